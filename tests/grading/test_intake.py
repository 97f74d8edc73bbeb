"""What is handed in is looked over and read without ever following, waiting or trusting."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from labkit.grading import intake
from labkit.grading.intake import SubmissionExporter, admit, copy_in, offences
from labkit.grading.rebuild import RebuildFromMaster
from labkit.handed_in import notebook
from labkit.handed_in.notebook import Unreadable, read_notebook
from sample_notebooks import generate, lesson

CELL = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": []}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission with a notebook, some data and a time."""
    folder = tmp_path / "submitted" / "ada" / "ps1"
    (folder / "data").mkdir(parents=True)
    nbformat.write(new_notebook(), folder / "p1.ipynb")
    (folder / "data" / "numbers.csv").write_text("1,2\n", encoding="utf-8")
    (folder / "timestamp.txt").write_text("2026-02-03 10:00:00.5 UTC", encoding="utf-8")
    return folder


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "gradebook.db"
    path.write_text("secret", encoding="utf-8")
    return path


def look(folder: Path) -> dict[str, str]:
    return {offence.path: offence.reason for offence in offences(folder)}


def hand_over(folder: Path) -> list[str]:
    """Call the hook as nbgrader does; return the notebooks that it goes on with."""
    notebooks = [str(path) for path in sorted(folder.glob("*.ipynb"))]
    admit(assignment="ps1", student="*", notebooks=notebooks)
    return [Path(path).name for path in notebooks]


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read_notebook(path)
    return str(caught.value)


# ------------------------------------------------------------------------------- the folder


def test_an_honest_folder_is_left_alone(folder: Path):
    (folder / "Bildschirmfoto 10.30\u202fUhr \U0001f600.png").touch()
    assert offences(folder) == []
    assert hand_over(folder) == ["p1.ipynb"]
    assert not (folder.parents[2] / "refused").exists()


def test_links_are_found_and_never_followed(folder: Path, secret: Path):
    (folder / "link.db").symlink_to(secret)
    (folder / "nowhere").symlink_to("/no/such/file")
    (folder / "data" / "up").symlink_to(folder.parents[1], target_is_directory=True)
    assert look(folder) == {"link.db": "link", "nowhere": "link", "data/up": "link"}


def test_pipes_and_sockets_are_refused_without_waiting(folder: Path, monkeypatch):
    os.mkfifo(folder / "pipe.csv")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
    assert look(folder) == {"pipe.csv": "special", "s": "special"}


def test_a_folder_in_a_notebooks_place_is_refused(folder: Path):
    (folder / "p2.ipynb").mkdir()
    (folder / "data" / "p3.ipynb").mkdir()
    assert look(folder) == {"p2.ipynb": "special"}


def test_names_with_control_characters_are_refused(folder: Path):
    (folder / "a\nb").touch()
    (folder / os.fsdecode(b"p\xff.ipynb")).touch()
    assert sorted(look(folder).values()) == ["name", "name"]


def test_files_beyond_the_limit_are_refused_from_the_deepest_up(folder: Path, monkeypatch):
    monkeypatch.setattr(intake, "FILES", 3)
    (folder / "helper.py").touch()
    assert look(folder) == {"data/numbers.csv": "too many"}
    hand_over(folder)
    assert look(folder) == {}


def test_large_files_and_large_folders_are_refused(folder: Path, monkeypatch):
    monkeypatch.setattr(intake, "FILE_BYTES", 100)
    monkeypatch.setattr(intake, "TOTAL_BYTES", 1000)
    (folder / "a.bin").write_bytes(b"x" * 101)
    for name in "bcdefghijklm":
        (folder / "data" / name).write_bytes(b"x" * 90)
    found = look(folder)
    assert found["a.bin"] == "too large"
    assert found["data/m"] == "too large" and "data/b" not in found


def test_endless_folders_are_not_walked_to_their_end(folder: Path, monkeypatch):
    deep = folder / "deep"
    for _ in range(intake.DEPTH + 3):
        deep = deep / "d"
    deep.mkdir(parents=True)
    assert look(folder) == {"deep": "too many"}
    monkeypatch.setattr(intake, "ENTRIES", 20)
    for number in range(40):
        (folder / "data" / str(number)).touch()
    assert look(folder)["data"] == "too many"


@pytest.mark.parametrize(
    "content", [b"", b"2026-02-03 10:00:00 Europe/Berlin", b"2026-02-03 10:00"]
)
def test_times_that_nbgrader_can_read_stay(folder: Path, content: bytes):
    (folder / "timestamp.txt").write_bytes(content)
    assert offences(folder) == []


@pytest.mark.parametrize(
    "content",
    [b"yesterday", b"\xff\xfe", b"1" * 500, b"0001-01-01 00:00:00 +2359", b"1 2 99999999999999999"],
)
def test_times_that_stop_nbgrader_are_refused(folder: Path, content: bytes):
    (folder / "timestamp.txt").write_bytes(content)
    assert look(folder) == {"timestamp.txt": "timestamp"}


def test_a_folder_or_pipe_as_time_is_refused(folder: Path):
    (folder / "timestamp.txt").unlink()
    (folder / "timestamp.txt").mkdir()
    assert look(folder) == {"timestamp.txt": "timestamp"}
    (folder / "timestamp.txt").rmdir()
    os.mkfifo(folder / "timestamp.txt")
    assert look(folder) == {"timestamp.txt": "special"}


# --------------------------------------------------------------------------------- the hook


def test_the_hook_moves_what_offends_and_keeps_it(folder: Path, secret: Path):
    (folder / "data" / "link.db").symlink_to(secret)
    os.mkfifo(folder / "pipe.csv")
    hand_over(folder)
    shelf = folder.parents[2] / "refused" / "ada" / "ps1" / "1"
    assert os.readlink(shelf / "kept" / "data" / "link.db") == str(secret)
    note = (shelf / "README.txt").read_text(encoding="utf-8")
    assert "'data/link.db': a link" in note and "'pipe.csv': no ordinary file" in note
    assert offences(folder) == []
    assert (folder / "data" / "numbers.csv").is_file()


def test_a_notebook_that_is_moved_leaves_its_reason(folder: Path, secret: Path):
    (folder / "p1.ipynb").unlink()
    (folder / "p1.ipynb").symlink_to(secret)
    assert hand_over(folder) == ["p1.ipynb"]
    assert not (folder / "p1.ipynb").is_symlink()
    assert "was a link" in refusal(folder / "p1.ipynb")
    assert hand_over(folder) == ["p1.ipynb"]
    assert not (folder.parents[2] / "refused" / "ada" / "ps1" / "2").exists()


def test_a_second_name_of_a_file_of_the_course_is_moved(folder: Path, secret: Path):
    os.link(secret, folder / "data" / "copy.db")
    hand_over(folder)
    assert not (folder / "data" / "copy.db").exists()
    assert (folder.parents[2] / "refused/ada/ps1/1/kept/data/copy.db").is_file()
    assert secret.read_text(encoding="utf-8") == "secret"


def test_who_links_to_a_neighbours_notebook_loses_it_and_the_neighbour_does_not(folder: Path):
    thief = folder.parents[1] / "aaron" / "ps1"
    thief.mkdir(parents=True)
    while thief.lstat().st_ctime_ns <= folder.lstat().st_ctime_ns:
        thief.chmod(0o755)
    os.link(folder / "p1.ipynb", thief / "p1.ipynb")
    for _ in range(2):
        assert hand_over(thief) == hand_over(folder) == ["p1.ipynb"]
        assert read_notebook(folder / "p1.ipynb").cells == ()
        assert "second name" in refusal(thief / "p1.ipynb")


def test_second_names_elsewhere_and_in_backups_do_no_harm(folder: Path, tmp_path: Path):
    outside = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    outside.mkdir()
    os.link(folder / "p1.ipynb", outside / "p1.ipynb")
    backup = tmp_path / "backup" / "monday" / "submitted" / "ada" / "ps1"
    backup.mkdir(parents=True)
    os.link(folder / "p1.ipynb", backup / "p1.ipynb")
    neighbour = tmp_path / "submitted" / "bob" / "ps1"
    neighbour.mkdir(parents=True)
    os.link(folder / "data" / "numbers.csv", neighbour / "numbers.csv")
    for handed_in in (folder, neighbour):
        hand_over(handed_in)
    assert not (tmp_path / "refused").exists()


def test_a_second_name_of_somebody_elses_file_is_refused(folder: Path, secret: Path, monkeypatch):
    os.link(secret, folder / "copy.db")
    real = os.lstat

    def of_another(path: Path) -> os.stat_result:
        status = real(path)
        fields = list(status)
        fields[4] += Path(path) == folder
        return os.stat_result(fields)

    monkeypatch.setattr(os, "lstat", of_another)
    assert look(folder)["copy.db"] == "hard link"


def test_a_second_offence_gets_a_shelf_of_its_own(folder: Path):
    for number in "12":
        (folder / "link").symlink_to("/etc/passwd")
        hand_over(folder)
        assert (folder.parents[2] / "refused/ada/ps1" / number / "kept/link").is_symlink()


def test_a_linked_folder_becomes_a_folder_of_reasons(folder: Path, tmp_path: Path):
    real = tmp_path / "elsewhere"
    folder.rename(real)
    folder.symlink_to(real, target_is_directory=True)
    assert hand_over(folder) == ["p1.ipynb"]
    assert not folder.is_symlink()
    assert "was a link" in refusal(folder / "p1.ipynb")
    assert nbformat.read(real / "p1.ipynb", as_version=4).cells == []


def test_a_name_that_no_database_takes_is_dropped_from_the_list(folder: Path):
    (folder / os.fsdecode(b"p\xff.ipynb")).touch()
    assert hand_over(folder) == ["p1.ipynb"]
    assert hand_over(folder) == ["p1.ipynb"]


def test_files_that_an_archive_locked_are_opened_up(folder: Path):
    (folder / "data" / "numbers.csv").chmod(0)
    (folder / "data").chmod(0)
    hand_over(folder)
    assert (folder / "data").stat().st_mode & 0o700 == 0o700
    assert (folder / "data" / "numbers.csv").stat().st_mode & 0o400


def test_where_looking_fails_all_is_set_aside(folder: Path, monkeypatch):
    monkeypatch.setattr(intake, "offences", lambda folder: 1 / 0)
    assert hand_over(folder) == ["p1.ipynb"]
    assert (folder.parents[2] / "refused/ada/ps1/1/kept/ps1/data/numbers.csv").is_file()
    assert "could not be opened" in refusal(folder / "p1.ipynb")


def test_where_nothing_can_be_moved_the_run_stops(folder: Path, secret: Path, monkeypatch):
    def deny(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    (folder / "link.db").symlink_to(secret)
    monkeypatch.setattr(os, "rename", deny)
    with pytest.raises(SystemExit, match="Make the folder writable"):
        hand_over(folder)


def test_across_file_systems_links_and_files_are_kept(folder: Path, secret: Path, monkeypatch):
    def other_device(*arguments: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    (folder / "link.db").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    (folder / "a\tb").mkdir()
    monkeypatch.setattr(os, "rename", other_device)
    hand_over(folder)
    kept = folder.parents[2] / "refused/ada/ps1/1/kept"
    assert (kept / "link.db").is_symlink() and (kept / "a\tb").is_dir()
    assert offences(folder) == []
    assert secret.read_text(encoding="utf-8") == "secret"


# ---------------------------------------------------------------------------- the notebook


def write(folder: Path, data: object) -> Path:
    path = folder / "p1.ipynb"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_text_kind_and_id_are_read_and_nothing_else(folder: Path):
    cell = {**CELL, "source": ["a = 1\n", "b = 2"], "id": [1], "outputs": "none"}
    cell["metadata"] = {"nbgrader": {"grade_id": "sum", "points": "many"}, "tags": {}}
    data = {"nbformat": 4, "nbformat_minor": 99, "metadata": [], "cells": [cell]}
    (read,) = read_notebook(write(folder, data)).cells
    assert (read.kind, read.grade_id, read.source) == ("code", "sum", "a = 1\nb = 2")


@pytest.mark.parametrize(
    "nbgrader",
    [None, [], "x", 3, {"grade_id": None}, {"grade_id": ["a"]}, {"grade_id": "a b"}, {}],
)
def test_marks_of_any_type_are_no_marks(folder: Path, nbgrader: object):
    data = {"cells": [{**CELL, "metadata": {"nbgrader": nbgrader}}, {**CELL, "metadata": nbgrader}]}
    assert [cell.grade_id for cell in read_notebook(write(folder, data)).cells] == [None, None]


def test_odd_cells_are_read_as_far_as_they_go(folder: Path):
    cells = [None, [], {}, {"cell_type": {}, "source": 3}, {"cell_type": "raw", "source": [1, "x"]}]
    read = read_notebook(write(folder, {"cells": cells})).cells
    assert [(c.kind, c.source) for c in read] == [("markdown", ""), ("markdown", ""), ("raw", "x")]


def test_what_editors_add_to_honest_files_does_no_harm(folder: Path):
    text = json.dumps({"cells": [CELL], "metadata": {"figure": float("nan")}, "nbformat": 4})
    doubled = text.replace('"nbformat": 4', '"nbformat": 3, "nbformat": 4')
    assert len(read_notebook(write(folder, "\ufeff" + doubled)).cells) == 1


def test_half_a_surrogate_pair_is_replaced(folder: Path):
    read = read_notebook(write(folder, '{"cells": [{"cell_type": "code", "source": "\\ud800"}]}'))
    assert read.cells[0].source == "?"


def test_a_notebook_of_format_3_is_converted(folder: Path):
    sheet = nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("a = 1")])
    old = nbformat.v3.new_notebook(worksheets=[sheet])
    assert [c.source for c in read_notebook(write(folder, old)).cells] == ["a = 1"]
    assert "old format" in refusal(write(folder, {"nbformat": 3, "worksheets": [{"cells": [3]}]}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("{\n\n", r"no valid JSON (line 3)"),
        ('{"cells": [\n<<<<<<< HEAD\n', "unfinished merge"),
        ("[" * 100_000, "no JSON that a notebook could hold"),
        ('{"cells": [' + "1" * 5000 + "]}", "no JSON that a notebook could hold"),
        ("[]", "no notebook"),
        ("{}", "no list of cells"),
        ('{"cells": {}}', "no list of cells"),
        (json.dumps({"cells": [CELL] * 2001}), "2001 cells"),
        (json.dumps({"cells": [{**CELL, "source": "x" * 500_001}]}), "500001 characters"),
        ("[" * 1_000_001, "larger than 20 MB"),
    ],
)
def test_what_is_no_notebook_is_refused_in_words(folder: Path, text: str, words: str):
    assert words in refusal(write(folder, text))


def test_files_that_are_no_files_are_refused_without_waiting(folder: Path, secret: Path):
    (folder / "p1.ipynb").unlink()
    assert "was not there" in refusal(folder / "p1.ipynb")
    os.mkfifo(folder / "p1.ipynb")
    assert "no ordinary file" in refusal(folder / "p1.ipynb")
    (folder / "p2.ipynb").symlink_to(secret)
    assert "was a link" in refusal(folder / "p2.ipynb")
    (folder / "p3.ipynb").mkdir()
    assert "no ordinary file" in refusal(folder / "p3.ipynb")
    (folder / "p4.ipynb").write_bytes(b'{"cells": "\xff"}')
    assert "no UTF-8" in refusal(folder / "p4.ipynb")


def test_a_giant_notebook_is_not_read_to_its_end(folder: Path, monkeypatch):
    monkeypatch.setattr(notebook, "NOTEBOOK_BYTES", 100)
    assert "Clear Outputs" in refusal(write(folder, '"' + "x" * 200 + '"'))


# ---------------------------------------------------------------------------- the exporter


@pytest.fixture
def converter(folder: Path, db: str) -> Autograde:
    root = folder.parents[2]
    released = generate(db, lesson(), root / "source" / "ps1" / "p1.ipynb")
    nbformat.write(released, folder / "p1.ipynb")
    return Autograde(coursedir=CourseDirectory(root=str(root), db_url=db))


def export(converter: Autograde, path: Path, *steps: type) -> nbformat.NotebookNode:
    exporter = SubmissionExporter(parent=converter, config=converter.config)
    for step in steps:
        exporter.register_preprocessor(step, enabled=True)
    names = {"student": "ada", "assignment": "ps1", "notebook": "p1"}
    resources = {"nbgrader": {**names, "db_url": converter.coursedir.db_url}}
    text, _ = exporter.from_filename(str(path), resources=resources)
    return nbformat.reads(text, as_version=4)


def test_a_submitted_notebook_comes_out_rebuilt(converter: Autograde, folder: Path):
    rebuilt = export(converter, folder / "p1.ipynb", RebuildFromMaster)
    assert len(rebuilt.cells) == len(lesson().cells)
    assert "labkit" not in rebuilt.metadata


def test_a_refused_notebook_comes_out_with_its_reason(converter: Autograde, folder: Path):
    rebuilt = export(converter, write(folder, "{"), RebuildFromMaster)
    assert "no valid JSON (line 1)" in rebuilt.metadata.labkit.refused
    assert rebuilt.metadata.labkit.refused in rebuilt.cells[0].source


def test_a_learner_reads_why_a_file_was_not_used(converter: Autograde, folder: Path):
    (folder / "data" / "up").symlink_to("/", target_is_directory=True)
    hand_over(folder)
    rebuilt = export(converter, folder / "p1.ipynb", RebuildFromMaster)
    assert "Not everything" in rebuilt.cells[0].source
    assert "- a link to another file or folder" in rebuilt.cells[0].source
    (folder / intake.SET_ASIDE).write_text("<script>\nspecial\n", encoding="utf-8")
    rebuilt = export(converter, folder / "p1.ipynb", RebuildFromMaster)
    assert rebuilt.cells[0].source.endswith("Left out:\n\n- no ordinary file or folder")


def test_a_file_that_the_instructor_gave_is_not_reported_to_the_learner(
    converter: Autograde, folder: Path
):
    given = folder.parents[2] / "source" / "ps1" / "data" / "all prices.csv"
    given.parent.mkdir()
    given.write_text("1,2,3")
    (folder / "data" / "all prices.csv").symlink_to(given)
    hand_over(folder)
    assert not (folder / "data" / "all prices.csv").exists()
    rebuilt = export(converter, folder / "p1.ipynb", RebuildFromMaster)
    assert "Not everything" not in nbformat.writes(rebuilt)


def test_what_was_written_here_is_read_as_it_is(converter: Autograde, folder: Path):
    ours = folder.parents[2] / "autograded" / "ada" / "ps1" / "p1.ipynb"
    ours.parent.mkdir(parents=True)
    nbformat.write(new_notebook(metadata={"labkit": {"refused": "x"}}), ours)
    assert export(converter, ours).metadata.labkit.refused == "x"
    nbformat.write(new_notebook(metadata={"labkit": {"refused": "x"}}), folder / "p1.ipynb")
    assert "labkit" not in export(converter, folder / "p1.ipynb").metadata


# ----------------------------------------------------------------------- out of the exchange


def test_collecting_copies_files_and_leaves_links(folder: Path, secret: Path, tmp_path: Path):
    (folder / "link.db").symlink_to(secret)
    (folder / "data" / "up").symlink_to(tmp_path, target_is_directory=True)
    (folder / "p2.ipynb").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    (folder / "notes.pyc").touch()
    target = tmp_path / "collected"
    left = copy_in(folder, target, lambda folder, names: [n for n in names if n.endswith("pyc")])
    assert {offence.path for offence in left} == {"link.db", "data/up", "p2.ipynb", "pipe"}
    copied = {path.relative_to(target).as_posix() for path in target.rglob("*")}
    expected = {"data", "data/numbers.csv", "p1.ipynb", "p2.ipynb", "timestamp.txt"}
    assert copied == expected | {intake.SET_ASIDE}
    assert "was a link" in refusal(target / "p2.ipynb")


def test_a_file_that_turns_into_a_link_meanwhile_is_left(folder: Path, secret: Path, monkeypatch):
    (folder / "data" / "numbers.csv").unlink()
    (folder / "data" / "numbers.csv").symlink_to(secret)
    monkeypatch.setattr(intake, "offences", lambda folder: [])
    target = folder.parents[2] / "collected"
    assert copy_in(folder, target, lambda folder, names: []) == []
    assert not (target / "data" / "numbers.csv").exists()
