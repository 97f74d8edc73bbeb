"""A receipt fits what was handed in and nothing else; a zip's name says whose it is."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.desk.notebooks import read_work
from labkit.desk.receipt import RECEIPT, make_receipt, render, variant_id, verify
from labkit.learner.variants import PRACTICE_KEY, seed
from labkit.learner.work import work_digest
from labkit.learner.zip_names import ZipName
from sample_work import LAB, answered

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A zip as it is handed in."""
    work = read_work(answered(tmp_path))
    files = {work.name: work.content, "data/a.csv": b"1\n"}
    receipt = make_receipt(work, "ada", files, None)
    name = ZipName("ada", LAB, "20260203T120000Z", receipt["id"])
    return write(tmp_path / str(name), {**files, RECEIPT: render(receipt)})


def write(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_was_handed_in_fits_its_receipt(packed: Path):
    verdict = verify(packed)
    assert verdict.faults == ()
    assert (verdict.receipt["learner"], verdict.receipt["lab"]) == ("ada", LAB)
    assert set(verdict.receipt["files"]) == {"sums.ipynb", "data/a.csv"}
    assert verdict.receipt["versions"]["nbgrader"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sums.ipynb": b"{}"}, "sums.ipynb was changed"),
        ({"more.txt": b"x"}, "more.txt is not in the receipt"),
        ({"data/a.csv": None}, "data/a.csv is missing"),
        ({RECEIPT: None}, "holds no receipt.json"),
        ({RECEIPT: b"[]"}, "holds no receipt.json"),
    ],
)
def test_a_changed_file_no_longer_fits(packed: Path, change: dict, words: str):
    files = {name: content for name, content in (read(packed) | change).items() if content}
    assert words in " ".join(verify(write(packed, files)).faults)


def test_a_changed_receipt_no_longer_fits_its_id(packed: Path):
    files = read(packed)
    receipt = json.loads(files[RECEIPT]) | {"when": "2020-01-01T00:00:00+00:00"}
    write(packed, files | {RECEIPT: render(receipt)})
    assert "its id does not fit" in " ".join(verify(packed).faults)


def test_a_zip_renamed_to_another_learner_no_longer_fits(packed: Path):
    renamed = packed.with_name(packed.name.replace("ada+", "bob+"))
    assert "says bob" in " ".join(verify(packed.rename(renamed)).faults)


def test_a_file_that_is_no_zip_is_told(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(b"no zip")
    assert "no whole zip" in " ".join(verify(tmp_path / "a.zip").faults)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_damaged_within_is_told_whatever_its_packing(tmp_path: Path, method: int):
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("p1.ipynb", bytes(range(256)) * 40)
    content = path.read_bytes()
    path.write_bytes(content[:60] + b"\xff" * 40 + content[100:])
    assert "no whole zip file" in verify(path).faults[0]


def test_a_zip_that_unfolds_to_too_much_is_told(packed: Path, monkeypatch):
    monkeypatch.setattr("labkit.desk.receipt.ARCHIVE_BYTES", 100)
    assert "holds more than" in verify(packed).faults[0]


def test_the_variant_comes_from_the_public_key_and_tells_learners_apart():
    ada = variant_id("ada", LAB)
    assert ada == f"{seed(PRACTICE_KEY, 'ada', LAB, 'variant'):016x}"[:12]
    assert len({ada, variant_id("bob", LAB), variant_id("ada", "02_other")}) == 3


def test_two_receipts_of_the_same_work_have_two_ids(tmp_path: Path):
    work = read_work(answered(tmp_path))
    files = {work.name: work.content}
    assert (
        make_receipt(work, "ada", files, None)["id"] != make_receipt(work, "ada", files, None)["id"]
    )


def test_outputs_and_the_cell_that_hands_in_are_no_part_of_the_work(tmp_path: Path):
    notebook = json.loads(answered(tmp_path).read_bytes())
    before = work_digest(json.dumps(notebook).encode())
    notebook["cells"][0]["execution_count"] = 7
    notebook["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    notebook["cells"].append({"cell_type": "code", "source": ["submit('01_sums', now=True)"]})
    assert work_digest(json.dumps(notebook).encode()) == before
    notebook["cells"][0]["source"] = "limit = 11"
    assert work_digest(json.dumps(notebook).encode()) != before


@given(NAMES)
def test_every_learners_name_survives_every_file_system(learner: str):
    name = str(ZipName(learner, LAB, "20260203T120000Z", "0" * 12))
    assert not set(name) & set('<>:"/\\|?*\n\r\t\0')
    assert not name.startswith((" ", "."))
    normal = unicodedata.normalize("NFC", learner)
    for form in ("NFC", "NFD"):
        said = ZipName.read(unicodedata.normalize(form, name))
        assert said is not None and said.learner == normal


@pytest.mark.parametrize(
    "name", ["ada.zip", "ada+01_sums+now+x.zip", "download.zip", "+".join("abcd")]
)
def test_other_names_are_not_taken_for_ours(name: str):
    assert ZipName.read(name) is None
