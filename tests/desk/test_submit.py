"""Handing in: whole or not at all, never by accident, and with words where it does not work."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Configurable

from labkit.authoring.catalog import FACTS
from labkit.desk import deliver, handing_in
from labkit.desk.exchange import exchange_configured
from labkit.desk.handing_in import Wishes, from_notebook, gather, hand_in
from labkit.desk.notebooks import SubmitError, faults, read_work
from labkit.desk.receipt import verify
from labkit.desk.submit import submit
from labkit.desk.unsaved import unsaved
from labkit.exercise.cards import Card
from labkit.grading.collect import StampedZipCollector
from labkit.grading.unpack import SafeExtractor
from labkit.learner import progress
from labkit.learner.zip_names import ZipName
from sample_work import LAB, answered, make_workbook

QUICK = Wishes(validate=False, learner="ada")
Shown = list[Card]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """The cards that were shown, while this process stands for a notebook's kernel."""
    cards: Shown = []
    monkeypatch.setattr(handing_in, "display", cards.append)
    monkeypatch.setattr("labkit.desk.submit.get_ipython", lambda: SimpleNamespace())
    monkeypatch.setattr(handing_in, "get_ipython", lambda: SimpleNamespace(user_ns={"In": []}))
    return cards


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk of temporary files be full."""

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)


def words(cards: Shown) -> str:
    return " ".join(" ".join(card.text for card in cards).split())


def run(path: Path, wishes: Wishes = QUICK) -> Shown:
    work = read_work(path)
    cards: Shown = []
    hand_in(work, faults(work), wishes, cards.append)
    return cards


def zips(root: Path) -> list[Path]:
    return sorted((root / "handed_in").rglob("*.zip"))


def collected(found: Path) -> set[str]:
    """Whose files an instructor collects from a zip."""
    target = found.parent / "unpacked"
    SafeExtractor().extract(str(found.parent), str(target))
    app = Configurable()
    app.coursedir = CourseDirectory(assignment_id=LAB)
    collector = StampedZipCollector(parent=app)
    paths = (path for path in target.rglob("*") if path.is_file())
    said = [collector.collect(str(path)) for path in paths]
    return {one["student_id"] for one in said if one}


def everything(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# ------------------------------------------------------------------------------------ the zip


def test_without_an_exchange_a_zip_with_a_receipt_is_written_and_noted(tmp_path: Path):
    path = answered(tmp_path)
    told = words(run(path))
    (found,) = zips(tmp_path)
    assert verify(found).faults == ()
    said = ZipName.read(found.name)
    assert said is not None and (said.learner, said.lab) == ("ada", LAB)
    place = found.relative_to(tmp_path).as_posix()
    assert place.replace(" ", "") in told.replace(" ", "") and said.receipt in told
    assert str(tmp_path) not in told
    (entry,) = progress.load()[LAB]["submitted"]
    assert (entry["receipt"], entry["how"]) == (said.receipt, "zip")


def test_validation_is_shown_and_stands_in_the_receipt_and_failing_checks_stop_nothing(
    tmp_path: Path,
):
    path = answered(tmp_path, word="word = 'no'")
    told = words(run(path, Wishes(learner="ada")))
    assert "5 of 8 points in practice" in told
    (found,) = zips(tmp_path)
    tasks = verify(found).receipt["validation"]["tasks"]
    assert {task["task"]: task["reached"] for task in tasks} == {
        "double": 3.0,
        "word": 0.0,
        "share": 2.0,
        "memo": None,
    }


def test_handing_in_again_keeps_the_earlier_zip(tmp_path: Path):
    path = answered(tmp_path)
    run(path)
    (first,) = zips(tmp_path)
    content = first.read_bytes()
    run(path)
    assert len(zips(tmp_path)) == 2 and first.read_bytes() == content
    assert len(progress.load()[LAB]["submitted"]) == 2


@pytest.mark.parametrize(
    "learner", ["Zoë Ångström", "Zoe\u0308", "李雷", "o'neil@uni.edu", "a:b+c", "Byron, Ada", "CON"]
)
def test_a_learners_name_arrives_as_it_is(tmp_path: Path, learner: str):
    run(answered(tmp_path), Wishes(validate=False, learner=learner))
    (found,) = zips(tmp_path)
    assert verify(found).faults == ()
    assert found.parent == tmp_path / "handed_in" / LAB
    assert collected(found) == {unicodedata.normalize("NFC", learner)}


@pytest.mark.parametrize("learner", ["  ", "..", ".ada", "a/b", "a\\b", "a\nb", "a" * 81])
def test_a_name_that_grading_cannot_use_is_refused_at_once(tmp_path: Path, learner: str):
    with pytest.raises(SubmitError, match="does not tell who you are"):
        run(answered(tmp_path), Wishes(validate=False, learner=learner))
    assert zips(tmp_path) == []


@pytest.mark.parametrize("account", ["jovyan", "root", "Student"])
def test_a_shared_account_is_no_name(tmp_path: Path, monkeypatch, account: str):
    monkeypatch.setenv("LABKIT_LEARNER", account)
    with pytest.raises(SubmitError, match="does not tell who you are.*learner='ada'"):
        run(answered(tmp_path), Wishes(validate=False))
    assert zips(tmp_path) == []


def test_files_beside_the_notebook_go_along_and_private_ones_do_not(tmp_path: Path):
    path = answered(tmp_path)
    for name in ("data.csv", "data/more.csv", ".secret", ".ipynb_checkpoints/a.ipynb", "b.ipynb"):
        (path.parent / name).parent.mkdir(exist_ok=True)
        (path.parent / name).write_text("x", encoding="utf-8")
    (path.parent / "link").symlink_to("/etc/passwd")
    assert set(gather(read_work(path))) == {"sums.ipynb", "data.csv", "data/more.csv"}


ODD_NAMES = [
    b"at 12:30.png",
    b"a\\b.csv",
    b"Gr\xf6sse.csv",
    b"line\n.txt",
    b"Receipt.json",
    b"x/" * 12,
]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is no such name there")
@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_for_which_grading_would_refuse_the_zip_is_told(tmp_path: Path, name: bytes):
    path = answered(tmp_path)
    odd = path.parent / os.fsdecode(name)
    if name.endswith(b"/"):
        odd = odd / "deep.csv"
    odd.parent.mkdir(parents=True, exist_ok=True)
    odd.write_text("x", encoding="utf-8")
    with pytest.raises(SubmitError, match="has a name that grading does not accept.*Rename it"):
        run(path)
    assert zips(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_a_pipe_beside_the_notebook_keeps_nobody_waiting(tmp_path: Path):
    path = answered(tmp_path)
    os.mkfifo(path.parent / "pipe")
    assert set(gather(read_work(path))) == {"sums.ipynb"}


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch):
    path = answered(tmp_path)
    (path.parent / "locked.csv").write_text("x", encoding="utf-8")
    work = read_work(path)

    def refuse(self):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SubmitError, match=r"locked\.csv.*cannot be read \(Permission denied\)"):
        gather(work)


def test_more_than_grading_takes_is_told_before_anything_is_written(tmp_path: Path, monkeypatch):
    path = answered(tmp_path)
    (path.parent / "big.bin").write_bytes(bytes(2000))
    monkeypatch.setattr(handing_in, "FILE_BYTES", 1000)
    with pytest.raises(SubmitError, match=r"more than can be handed in.*big\.bin"):
        run(path)
    assert zips(tmp_path) == []


# -------------------------------------------------------------------------------- interruptions


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "disk of .* is full.*--to"), (errno.EROFS, "may not be written to.*--to")],
)
def test_a_full_or_read_only_disk_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch, number: int, words: str
):
    path = answered(tmp_path)
    before = everything(tmp_path)

    def fail(stream, files):
        stream.write(b"half")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(deliver, "_pack", fail)
    with pytest.raises(SubmitError, match=words):
        run(path)
    assert everything(tmp_path) == before
    assert progress.load() == {}


def test_without_room_for_the_run_the_zip_is_written_all_the_same(tmp_path: Path, no_room):
    told = words(run(answered(tmp_path), Wishes(learner="ada")))
    assert "It could not be run: No space left on device." in told
    (found,) = zips(tmp_path)
    assert "No space" in verify(found).receipt["validation"]["unfinished"]


def test_a_disk_that_keeps_no_modes_takes_the_zip(tmp_path: Path, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refuse)
    run(answered(tmp_path))
    assert len(zips(tmp_path)) == 1


def test_the_zip_can_go_elsewhere(tmp_path: Path):
    run(answered(tmp_path / "book"), Wishes(validate=False, learner="ada", to=tmp_path / "stick"))
    assert [found.suffix for found in (tmp_path / "stick").iterdir()] == [".zip"]


KILLED = """\
import os, signal, sys, zipfile
from labkit.desk import deliver
from labkit.cli import app
write = zipfile.ZipFile.writestr
def half(self, name, content):
    write(self, name, content)
    self.fp.flush()
    os.kill(os.getpid(), signal.SIGKILL)
zipfile.ZipFile.writestr = half
app(["submit", "01_sums", "--no-validate", "--learner", "ada"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_hand_in_leaves_no_zip_and_the_next_one_is_whole(tmp_path: Path):
    path = answered(tmp_path)
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=path.parent, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert zips(tmp_path) == []
    run(path)
    (found,) = zips(tmp_path)
    assert verify(found).faults == ()


def test_two_at_once_are_both_whole(tmp_path: Path):
    path = answered(tmp_path)
    command = ("submit", LAB, "--no-validate", "--learner", "ada")
    both = [
        subprocess.Popen([sys.executable, "-m", "labkit.cli", *command], cwd=path.parent)
        for _ in range(2)
    ]
    assert [one.wait(120) for one in both] == [0, 0]
    assert [verify(found).faults for found in zips(tmp_path)] == [(), ()]
    assert len(progress.load()[LAB]["submitted"]) == 2


# ------------------------------------------------------------------------------- the last cell


def test_without_now_the_cell_says_how_it_stands_and_hands_in_nothing(
    tmp_path: Path, monkeypatch, shown: Shown
):
    monkeypatch.chdir(answered(tmp_path).parent)
    submit(LAB)
    assert "Not handed in yet" in words(shown) and "now=True" in words(shown)
    assert zips(tmp_path) == []


def test_the_cell_says_when_it_was_handed_in_and_whether_it_changed(
    tmp_path: Path, monkeypatch, shown: Shown
):
    path = answered(tmp_path)
    monkeypatch.chdir(path.parent)
    submit(LAB, now=True, validate=False, learner="ada")
    submit(LAB)
    assert "not changed since" in words(shown)
    answered(tmp_path, word="word = 'other'")
    shown.clear()
    submit(LAB)
    assert ", changed since" in words(shown)


def test_the_cell_says_when_the_lab_is_due(tmp_path: Path, monkeypatch, shown: Shown):
    path = answered(tmp_path)
    monkeypatch.chdir(path.parent)
    facts = {"modules": [{"name": LAB, "due": "2026-03-01T23:59:59+00:00"}]}
    (read_work(path).root / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    submit(LAB)
    assert "Due 2026-03-0" in words(shown)


@pytest.mark.parametrize("variable", ["NBGRADER_EXECUTION", "LABKIT_EXAMS"])
def test_at_grading_and_validation_the_cell_does_nothing(
    tmp_path: Path, monkeypatch, shown: Shown, variable: str
):
    monkeypatch.chdir(answered(tmp_path).parent)
    monkeypatch.setenv(variable, "autograde")
    submit(LAB, now=True, validate=False, learner="ada")
    assert shown == [] and zips(tmp_path) == []


def test_an_answer_that_was_run_and_not_saved_is_asked_for_first(
    tmp_path: Path, monkeypatch, shown: Shown
):
    monkeypatch.chdir(answered(tmp_path).parent)
    ran = ["", "word = 'yes'", "def double(x):\n    return x * 2\n", "other = 1"]
    shell = SimpleNamespace(user_ns={"In": ran})
    monkeypatch.setattr(handing_in, "get_ipython", lambda: shell)
    from_notebook(LAB, QUICK, now=True)
    assert "What you ran last in double is not in the saved file" in words(shown)
    assert zips(tmp_path) == []
    ran.append("def double(x):\n    return x + x")
    from_notebook(LAB, QUICK, now=True)
    assert len(zips(tmp_path)) == 1


def test_an_import_in_a_cell_that_is_gone_is_no_unsaved_answer(tmp_path: Path):
    path = answered(tmp_path, word="import math\nword = 'yes'")
    work = read_work(path)
    assert unsaved(work, ["import math\nword = 'yes'", "import math"]) == []
    assert unsaved(work, ["import math\nword = 'no'"]) != []


def test_what_is_odd_is_handed_in_when_the_learner_says_so(
    tmp_path: Path, monkeypatch, shown: Shown
):
    monkeypatch.chdir(make_workbook(tmp_path).parent)
    submit(LAB, now=True, validate=False, learner="ada")
    assert "still as it was released" in words(shown) and "anyway=True" in words(shown)
    assert zips(tmp_path) == []
    submit(LAB, now=True, validate=False, learner="ada", anyway=True)
    assert len(zips(tmp_path)) == 1


def test_the_cell_hands_in_from_a_real_kernel_and_its_card_stays_in_the_notebook(tmp_path: Path):
    path = answered(tmp_path)
    notebook = nbformat.read(path, as_version=4)
    call = "from labkit.desk.submit import submit\nsubmit('01_sums', now=True, learner='ada')"
    notebook.cells.append(new_code_cell(call))
    nbformat.write(notebook, path)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": path.parent}}).execute()
    text = "\n".join(output.data["text/plain"] for output in notebook.cells[-1].outputs)
    (found,) = zips(tmp_path)
    assert "6 of 8 points in practice" in text
    assert verify(found).receipt["id"] in text
    assert verify(found).receipt["validation"]["stops_at"] == ""


# ------------------------------------------------------------------------------- the exchange


@pytest.fixture
def inbound(tmp_path: Path, monkeypatch) -> Path:
    """An exchange that takes in the lab, configured as a hub does; return where work arrives."""
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "exchange"
    (root / "c1" / "outbound" / LAB).mkdir(parents=True)
    (root / "c1" / "inbound").mkdir()
    root.chmod(0o777)
    config = Path(os.environ["JUPYTER_CONFIG_DIR"])
    config.mkdir(parents=True, exist_ok=True)
    (config / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'c1'\nc.Exchange.root = {str(root)!r}\n"
        f"c.Exchange.cache = {str(tmp_path / 'cache')!r}\n",
        encoding="utf-8",
    )
    return root / "c1" / "inbound"


def test_where_there_is_an_exchange_the_work_lies_there_under_the_accounts_name(
    tmp_path: Path, inbound: Path, monkeypatch
):
    monkeypatch.setattr("nbgrader.utils.get_osusername", lambda: "ada")
    path = answered(tmp_path / "book")
    told = words(run(path, Wishes(validate=False)))
    (folder,) = inbound.iterdir()
    assert folder.name.startswith(f"ada+{LAB}+")
    assert (folder / "sums.ipynb").read_bytes() == path.read_bytes()
    assert {"receipt.json", "timestamp.txt"} <= {entry.name for entry in folder.iterdir()}
    assert "the exchange of c1" in told and zips(tmp_path) == []
    assert progress.load()[LAB]["submitted"][0]["how"] == "exchange"


def test_what_the_exchange_refuses_is_packed_and_told(tmp_path: Path, inbound: Path, monkeypatch):
    def refuse(self):
        raise RuntimeError("closed since noon")

    monkeypatch.setattr("nbgrader.exchange.default.ExchangeSubmit.copy_files", refuse)
    monkeypatch.setattr("nbgrader.utils.get_osusername", lambda: "ada")
    path = answered(tmp_path / "book")
    told = words(run(path, Wishes(validate=False)))
    assert "closed since noon" in told and "send that to your instructor" in told
    assert len(zips(tmp_path / "book")) == 1


def test_without_room_on_the_way_to_the_exchange_it_is_packed_and_told(
    tmp_path: Path, inbound: Path, monkeypatch, no_room
):
    monkeypatch.setattr("nbgrader.utils.get_osusername", lambda: "ada")
    told = words(run(answered(tmp_path / "book"), Wishes(validate=False)))
    assert "No space left" in told and "send that to your instructor" in told
    assert len(zips(tmp_path / "book")) == 1


@pytest.mark.parametrize("setting", ["Exchange.root", "CourseDirectory.db_url"])
def test_a_wrong_setting_of_nbgrader_is_told_and_a_zip_can_be_written(
    tmp_path: Path, inbound: Path, setting: str
):
    config = Path(os.environ["JUPYTER_CONFIG_DIR"], "nbgrader_config.py")
    config.write_text(f"c = get_config()\nc.CourseDirectory.course_id = 'c1'\nc.{setting} = 5\n")
    path = answered(tmp_path / "book")
    with pytest.raises(SubmitError, match="configuration cannot be used.*--to FOLDER"):
        run(path)
    assert exchange_configured(tmp_path) is False
    run(path, Wishes(validate=False, learner="ada", to=tmp_path / "stick"))
    assert len(list((tmp_path / "stick").iterdir())) == 1


def test_a_course_without_this_lab_has_no_exchange_for_it(inbound: Path):
    assert deliver.find_exchange(LAB) is not None
    (inbound.parent / "outbound" / LAB).rmdir()
    assert deliver.find_exchange(LAB) is None


# ------------------------------------------------------------------------------- the terminal


def labkit(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "labkit.cli", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def test_the_terminal_tells_whether_a_zip_fits_its_receipt(tmp_path: Path):
    run(answered(tmp_path))
    (found,) = zips(tmp_path)
    checked = labkit("submit", "--verify", str(found), cwd=tmp_path)
    assert checked.returncode == 0 and "fits its receipt" in checked.stdout
    found.write_bytes(found.read_bytes()[:-30])
    checked = labkit("submit", "--verify", str(found), cwd=tmp_path)
    assert checked.returncode == 1 and "does not fit its receipt" in checked.stderr


def test_the_terminal_says_in_a_sentence_why_nothing_was_handed_in(tmp_path: Path):
    done = labkit("submit", LAB, cwd=make_workbook(tmp_path).parent)
    assert done.returncode == 1
    assert "still as it was released" in done.stderr and "--anyway" in done.stderr
    assert "Traceback" not in done.stderr
