"""The notebook that is handed in is the one the learner means, and its faults are told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from labkit.desk.notebooks import SubmitError, faults, find_notebook, read_work
from sample_work import LAB, RIGHT, answered, make_workbook, released, write


@pytest.mark.parametrize("below", [".", "labs", f"labs/{LAB}", f"labs/{LAB}/data/raw"])
def test_a_lab_is_found_from_the_workbook_and_from_every_folder_below(tmp_path: Path, below: str):
    path = answered(tmp_path)
    (tmp_path / below).mkdir(parents=True, exist_ok=True)
    assert find_notebook(LAB, tmp_path / below) == path


def test_a_lab_fetched_from_an_exchange_is_found(tmp_path: Path):
    path = write(tmp_path / LAB / "sums.ipynb", released(), **RIGHT)
    assert find_notebook(LAB, tmp_path) == path
    assert read_work(path).root == tmp_path


def test_without_a_name_the_folders_own_notebook_is_meant(tmp_path: Path):
    path = answered(tmp_path)
    assert find_notebook("", path.parent) == path


def test_where_there_is_no_notebook_the_next_step_is_told(tmp_path: Path):
    with pytest.raises(SubmitError, match="no notebook of the lab '01_sums'.*Go to your workbook"):
        find_notebook(LAB, tmp_path)


def test_the_authors_source_is_never_handed_in(tmp_path: Path):
    path = write(tmp_path / "labs" / LAB / "sums.ipynb", released())
    path.with_suffix(".py").touch()
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "course.yml").touch()
    with pytest.raises(SubmitError, match="no notebook"):
        find_notebook(LAB, tmp_path)
    with pytest.raises(SubmitError, match="no notebook"):
        find_notebook(LAB, path.parent)


def test_of_two_changed_notebooks_the_learner_says_which_counts(tmp_path: Path):
    path = answered(tmp_path)
    copy = write(path.with_name("sums-Copy1.ipynb"), released(), word="word = 'yes'")
    with pytest.raises(SubmitError, match="There are 2 notebooks") as told:
        find_notebook(LAB, tmp_path)
    assert str(path) in str(told.value) and str(copy) in str(told.value)
    assert find_notebook(str(copy), tmp_path) == copy
    assert find_notebook(LAB, path.parent, current=copy.name) == copy
    assert read_work(copy).name == "sums.ipynb"


def test_a_released_notebook_beside_the_answered_one_is_in_nobodys_way(tmp_path: Path):
    path = answered(tmp_path)
    write(path.with_name("sums.new.ipynb"), released())
    record = tmp_path / ".labkit-release.json"
    assert find_notebook(LAB, tmp_path) == path
    assert json.loads(record.read_text())


@pytest.mark.parametrize("name", ["._sums.ipynb", ".~sums.ipynb"])
def test_hidden_files_of_the_system_are_no_second_notebook(tmp_path: Path, name: str):
    path = answered(tmp_path)
    path.with_name(name).write_bytes(b"\0\5\x16\7")
    assert find_notebook(LAB, tmp_path) == path


def test_a_link_that_leads_nowhere_is_no_second_notebook(tmp_path: Path):
    path = answered(tmp_path)
    path.with_name("old.ipynb").symlink_to(tmp_path / "gone.ipynb")
    assert find_notebook(LAB, tmp_path) == path


def test_a_whole_answered_notebook_has_no_faults(tmp_path: Path):
    assert faults(read_work(answered(tmp_path))) == []


def test_an_untouched_notebook_is_told_from_an_answered_one(tmp_path: Path):
    (told,) = faults(read_work(make_workbook(tmp_path)))
    assert "still as it was released" in told


def test_a_picture_that_nobody_will_see_is_told_before_it_is_handed_in(tmp_path: Path):
    path = answered(tmp_path)
    notebook = nbformat.read(path, as_version=4)
    memo = next(cell for cell in notebook.cells if cell.id == "memo")
    memo.attachments = {"page.svg": {"image/svg+xml": "<svg/>"}}
    nbformat.write(notebook, path)
    assert faults(read_work(path)) == [
        "The picture page.svg was left out: no PNG, JPEG, GIF or WebP."
    ]


def test_missing_and_doubled_cells_are_named(tmp_path: Path):
    path = answered(tmp_path)
    notebook = nbformat.read(path, as_version=4)
    again = nbformat.from_dict(notebook.cells[1] | {"id": "again"})
    notebook.cells = [cell for cell in notebook.cells if cell.id != "memo"] + [again]
    nbformat.write(notebook, path)
    missing, twice = faults(read_work(path))
    assert "missing: memo" in missing
    assert "more than once: double" in twice


@pytest.mark.parametrize(
    ("edition", "words"), [(0, "now at edition 1"), (2, "Update labkit"), (1, "")]
)
def test_a_notebook_of_another_edition_is_told(tmp_path: Path, edition: int, words: str):
    opening = "from labkit.checks.rl_supply_chain import open_lab\nlab = open_lab(edition={})"
    path = write(
        tmp_path / "08_rl_supply_chain" / "rl_supply_chain.ipynb",
        released(),
        setup=opening.format(edition),
    )
    work = read_work(path)
    assert (work.lab, work.edition) == ("08_rl_supply_chain", edition)
    told = " ".join(sentence for sentence in faults(work) if "edition" in sentence)
    assert words in told and bool(told) == bool(words)


def test_a_notebook_elsewhere_is_known_by_the_checks_it_opens(tmp_path: Path):
    opening = "from labkit.checks.rl_supply_chain import open_lab\nlab = open_lab(edition=1)"
    path = write(tmp_path / "Downloads" / "mine.ipynb", released(), setup=opening)
    work = read_work(path)
    assert (work.lab, work.name) == ("08_rl_supply_chain", "rl_supply_chain.ipynb")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b'{"cells": [', "no valid JSON"),
        (b"<<<<<<< mine\n{}\n>>>>>>> theirs\n", "unfinished merge"),
        (b"[1]", "no notebook"),
    ],
)
def test_a_broken_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes, words: str):
    path = answered(tmp_path)
    path.write_bytes(content)
    with pytest.raises(SubmitError, match=words):
        read_work(path)
    assert path.read_bytes() == content


def test_a_notebook_of_an_old_format_is_refused_in_a_sentence(tmp_path: Path):
    path = answered(tmp_path)
    nbformat.write(nbformat.convert(nbformat.read(path, as_version=4), 3), path)
    with pytest.raises(SubmitError, match=r"old format. Open it in JupyterLab"):
        read_work(path)


def test_a_save_while_it_is_looked_over_does_not_mix_two_versions(tmp_path: Path, monkeypatch):
    path = answered(tmp_path)
    before = path.read_bytes()
    load = json.loads

    def save_meanwhile(text, **named):
        path.write_bytes(before.replace(b"'yes'", b"'no'"))
        return load(text, **named)

    monkeypatch.setattr(json, "loads", save_meanwhile)
    work = read_work(path)
    assert "'yes'" in (work.source("word") or "") and work.content == before


def test_looking_over_running_and_packing_a_notebook_never_imports_nbgrader() -> None:
    modules = "handing_in, notebooks, rehearse, unsaved, deliver, report, receipt"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from labkit.desk import {modules}; from labkit.handed_in import folder, notebook\n"
            "import sys; print([m for m in sys.modules if m.startswith(('nbgrader', 'sqlalchemy',"
            " 'labkit.grading'))])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
