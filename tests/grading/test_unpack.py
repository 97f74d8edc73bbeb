"""Archives that learners hand in: what is hostile is refused, and everybody else is collected."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from nbgrader.plugins import ExtractorPlugin

from labkit.grading import unpack as unpacking
from labkit.grading.unpack import SafeExtractor
from labkit.learner.zip_names import ZipName

NOTEBOOK = b'{"cells": []}'


@pytest.fixture
def downloaded(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def own_name(learner: str = "bob") -> str:
    return str(ZipName(learner, "ps", "20260203T120000Z", "0" * 12))


def own_zip(learner: str = "bob", *more: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    receipt = json.dumps({"learner": learner, "lab": "ps"}).encode()
    return zipped(("p1.ipynb", NOTEBOOK), ("receipt.json", receipt), *more)


def extract(downloaded: Path) -> dict[str, bytes]:
    """Unpack what was downloaded; return all that came out."""
    target = downloaded.parent / "extracted"
    target.mkdir()
    SafeExtractor().extract(str(downloaded), str(target))
    return {
        path.relative_to(target).as_posix(): path.read_bytes()
        for path in target.rglob("*")
        if path.is_file()
    }


def link(name: str, target: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info, target


def test_an_archive_comes_out_as_with_nbgraders_own_extractor(downloaded: Path, tmp_path: Path):
    (downloaded / "ada.zip").write_bytes(zipped(("p1.ipynb", NOTEBOOK), ("data/a.csv", b"1")))
    (downloaded / "loose.ipynb").write_bytes(NOTEBOOK)
    found = extract(downloaded)
    (tmp_path / "stock").mkdir()
    ExtractorPlugin().extract(str(downloaded), str(tmp_path / "stock"))
    stock = (path for path in (tmp_path / "stock").rglob("*") if path.is_file())
    assert set(found) == {path.relative_to(tmp_path / "stock").as_posix() for path in stock}
    assert found["ada/p1.ipynb"] == NOTEBOOK


def test_a_platforms_download_of_archives_comes_out_one_level_deeper(downloaded: Path):
    inner = [(f"{name}/{own_name(name)}", own_zip(name)) for name in ("ada", "bob")]
    (downloaded / "download.zip").write_bytes(zipped(*inner))
    found = extract(downloaded)
    assert f"download/ada/{own_name('ada')[:-4]}/p1.ipynb" in found
    assert f"download/bob/{own_name('bob')[:-4]}/p1.ipynb" in found


def test_tar_archives_come_out_too(downloaded: Path):
    with tarfile.open(downloaded / "ada.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("p1.ipynb")
        info.size = len(NOTEBOOK)
        archive.addfile(info, io.BytesIO(NOTEBOOK))
    assert extract(downloaded) == {"ada/p1.ipynb": NOTEBOOK}


HOSTILE = {
    "leads out": ("../../evil.ipynb", b"x"),
    "is absolute": ("/tmp/evil.ipynb", b"x"),
    "is absolute on Windows": ("C:/evil.ipynb", b"x"),
    "leads out on Windows": ("..\\evil.ipynb", b"x"),
    "is a link": link("p2.ipynb", b"/etc/passwd"),
    "is the name of another entry": ("P1.IPYNB", b"x"),
    "is a folder of another file's name": ("p1.ipynb/x", b"x"),
    "is hidden in control signs": ("p2\n.ipynb", b"x"),
    "is made out to somebody else": (f"{own_name('ada')[:-4]}/p1.ipynb", b"x"),
    "is very deep": ("/".join("a" * 40), b"x"),
    "is very long": ("a" * 300, b"x"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_an_archive_with_an_entry_that_breaks_a_rule_is_refused_and_others_are_taken(
    downloaded: Path, caplog, what: str
):
    (downloaded / own_name("bob")).write_bytes(own_zip("bob", HOSTILE[what]))
    (downloaded / own_name("cyd")).write_bytes(own_zip("cyd"))
    found = extract(downloaded)
    assert {name.partition("+")[0] for name in found} == {"cyd"}
    assert "was refused" in caplog.text and own_name("bob") in caplog.text
    assert not list(downloaded.parents[1].rglob("evil*"))


def test_links_in_a_tar_archive_are_refused(downloaded: Path, caplog):
    with tarfile.open(downloaded / "bob.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("p1.ipynb")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    assert extract(downloaded) == {}
    assert "is a link or a device" in caplog.text


def bomb(path: Path, size: int, claimed: int | None = None) -> None:
    """Write an archive of zeros, which may claim another size in its headers."""
    block = bytes(1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("p1.ipynb", "w", force_zip64=True) as stream:
            for _ in range(size >> 20):
                stream.write(block)
        if claimed is not None:
            archive.infolist()[0].file_size = claimed


@pytest.mark.parametrize("claimed", [None, 10])
def test_zeros_without_end_stop_at_the_limit_whatever_the_header_says(
    downloaded: Path, caplog, monkeypatch, claimed: int | None
):
    monkeypatch.setattr(unpacking, "FILE_BYTES", 1_000_000)
    written = 0
    copy = unpacking._copy

    def counting(stream, out, room, name):
        nonlocal written
        try:
            copy(stream, out, room, name)
        finally:
            written += out.tell()

    monkeypatch.setattr(unpacking, "_copy", counting)
    bomb(downloaded / own_name("bob"), 64 << 20, claimed)
    (downloaded / own_name("cyd")).write_bytes(own_zip("cyd"))
    found = extract(downloaded)
    assert {name.partition("+")[0] for name in found} == {"cyd"}
    assert "was refused" in caplog.text
    assert written < 2_000_000


def test_many_files_of_zeros_stop_at_the_limit_too(downloaded: Path, caplog, monkeypatch):
    monkeypatch.setattr(unpacking, "TOTAL_BYTES", 1_000_000)
    members = [(f"{number}.ipynb", bytes(50_000)) for number in range(100)]
    (downloaded / own_name("bob")).write_bytes(zipped(*members))
    # Not named like ours: what it may unfold to depends on its own size.
    (downloaded / "eve.zip").write_bytes(zipped(*members))
    assert extract(downloaded) == {}
    assert caplog.text.count("it unfolds to more than is allowed") == 2


def test_more_files_than_are_graded_are_refused(downloaded: Path, caplog):
    members = [(f"{number}.txt", b"") for number in range(300)]
    (downloaded / own_name("bob")).write_bytes(own_zip("bob", *members))
    assert extract(downloaded) == {}
    assert "more files than are allowed" in caplog.text


def test_archives_in_a_learners_archive_stay_packed(downloaded: Path, caplog):
    nest = own_zip("bob")
    for _ in range(5):
        nest = zipped(("again.zip", nest))
    many = [(f"{number}.zip", nest) for number in range(1000)]
    (downloaded / "eve.zip").write_bytes(zipped(*many))
    found = extract(downloaded)
    assert all(name.count("/") == 2 and name.endswith("again.zip") for name in found)
    assert "not unpacked" in caplog.text


def test_a_zip_made_out_to_somebody_else_than_its_receipt_is_refused(downloaded: Path, caplog):
    (downloaded / own_name("ada")).write_bytes(own_zip("bob"))
    assert extract(downloaded) == {}
    assert "its name says 'ada', its receipt 'bob'" in caplog.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"no zip at all"])
def test_what_is_no_archive_is_refused(downloaded: Path, caplog, content: bytes):
    (downloaded / own_name("bob")).write_bytes(content)
    (downloaded / own_name("cyd")).write_bytes(own_zip("cyd"))
    assert {name.partition("+")[0] for name in extract(downloaded)} == {"cyd"}
    assert "it is broken" in caplog.text


def test_an_archive_cut_short_is_refused_as_a_whole(downloaded: Path, caplog):
    whole = own_zip("bob", ("noise.bin", bytes(range(256)) * 400))
    damaged = whole[:200] + b"\x00" * 40 + whole[240:]
    (downloaded / own_name("bob")).write_bytes(damaged)
    assert extract(downloaded) == {}
    assert "was refused" in caplog.text


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damage_within_any_kind_of_packing_stops_nobody(downloaded: Path, caplog, method: int):
    path = downloaded / own_name("bob")
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("p1.ipynb", bytes(range(256)) * 40)
    content = path.read_bytes()
    path.write_bytes(content[:60] + b"\xff" * 40 + content[100:])
    (downloaded / own_name("cyd")).write_bytes(own_zip("cyd"))
    assert {name.partition("+")[0] for name in extract(downloaded)} == {"cyd"}
    assert "was refused" in caplog.text


def test_an_entry_without_a_name_stops_nobody(downloaded: Path, caplog):
    content = own_zip("bob", ("x", b"1")).replace(b"x", b"\0")
    (downloaded / own_name("bob")).write_bytes(content)
    (downloaded / own_name("cyd")).write_bytes(own_zip("cyd"))
    assert {name.partition("+")[0] for name in extract(downloaded)} == {"cyd"}
    assert "was refused" in caplog.text


def test_links_among_the_downloaded_files_are_not_followed(downloaded: Path, caplog):
    (downloaded / own_name("bob")).symlink_to("/etc/passwd")
    assert extract(downloaded) == {}
    assert "no ordinary file" in caplog.text


def test_one_name_from_two_places_is_left_to_a_person(downloaded: Path, caplog):
    for place, learner in (("a", "ada"), ("m", "ada"), ("b", "bob")):
        (downloaded / place).mkdir()
        (downloaded / place / own_name(learner)).write_bytes(own_zip(learner))
    assert {name.split("/")[0] for name in extract(downloaded)} == {"b"}
    assert "'ada' is the name on zips from" in caplog.text


def test_what_a_platform_puts_before_a_name_is_no_part_of_it(downloaded: Path):
    (downloaded / f"lovelaceada_12_34_{own_name('ada')}").write_bytes(own_zip("ada"))
    (folder,) = {name.split("/")[0] for name in extract(downloaded)}
    said = ZipName.read(f"{folder}.zip")
    assert said is not None
    found = unpacking.split_platform_prefix(said.learner, "ada")
    assert found == ("ada", "lovelaceada_12_34_")


def test_of_one_learners_zips_the_latest_is_taken_whole(downloaded: Path):
    for hour, extra in (("11", "old.txt"), ("13", "new.txt"), ("12", "middle.txt")):
        name = ZipName("ada", "ps", f"20260203T{hour}0000Z", "0" * 12)
        (downloaded / str(name)).write_bytes(own_zip("ada", (extra, b"x")))
    assert {name.split("/")[1] for name in extract(downloaded)} == {
        "p1.ipynb",
        "receipt.json",
        "new.txt",
    }
