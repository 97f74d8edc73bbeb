"""The progress file: what it keeps, how copies join, and what happens to a damaged one."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from labkit.learner import progress, store

LAB = "08_x"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LABKIT_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def clock(monkeypatch):
    """Let every record be a second later than the one before."""
    seconds = iter(range(60))
    monkeypatch.setattr(progress, "_now", lambda: f"2026-01-01T00:00:{next(seconds):02}+00:00")


def write(home: Path, labs: object, **more: object) -> None:
    (home / "progress.json").write_text(json.dumps({"format": 1, "labs": labs} | more))


def content(home: Path) -> dict:
    return json.loads((home / "progress.json").read_text())


# --- what is kept -------------------------------------------------------------------------------


def test_the_last_five_tries_of_a_task_are_kept_the_newest_last(home, clock):
    for score in (0.0, 0.1, 0.2, 0.3, 1.0, 0.4, 0.5):
        progress.record_task(LAB, "a", score, "partial")
    entry = progress.load()[LAB]["tasks"]["a"]
    assert [one["score"] for one in entry["history"]] == [0.2, 0.3, 1.0, 0.4, 0.5]
    assert entry["history"][-1]["when"] == entry["when"] == "2026-01-01T00:00:06+00:00"
    assert (entry["best"], entry["last"], entry["tries"]) == (1.0, 0.5, 7)


def test_recording_a_try_tells_the_one_before(home):
    assert progress.record_task(LAB, "a", 0.5, "partial") is None
    before = progress.record_task(LAB, "a", 1.0, "passed")
    assert before is not None
    assert (before["score"], before["status"]) == (0.5, "partial")


def test_what_changed_names_tasks_whose_last_try_differs_newest_first(home, clock):
    for task, score in [("a", 0.5), ("b", 1.0), ("c", 1.0), ("b", 0.25), ("c", 1.0), ("a", 1.0)]:
        progress.record_task(LAB, task, score, "partial" if score < 1 else "passed")
    progress.record_task("09_y", "d", 1.0, "passed")
    changes = progress.what_changed(LAB)
    assert [change["text"] for change in changes] == [
        "a: 0.5 -> 1.0 since your last try",
        "b: 1.0 -> 0.25 since your last try",
    ]
    assert changes[0].items() >= {"lab": LAB, "task": "a", "before": 0.5, "after": 1.0}.items()
    assert progress.what_changed() == changes
    assert progress.what_changed("09_y") == progress.what_changed("10_z") == []


def test_each_submission_is_kept_in_the_order_of_time(home):
    progress.record_submission(LAB, "r2", "zip", "b" * 64, when="2026-01-02T00:00:00+00:00")
    progress.record_submission(LAB, "r1", "exchange", "a" * 64, when="2026-01-01T00:00:00+00:00")
    progress.record_submission(LAB, "r3", "zip", "c" * 64)
    kept = progress.load()[LAB]["submitted"]
    assert [entry["receipt"] for entry in kept] == ["r1", "r2", "r3"]
    assert kept[0] == {
        "when": "2026-01-01T00:00:00+00:00",
        "receipt": "r1",
        "how": "exchange",
        "digest": "a" * 64,
    }


def test_a_file_of_before_loads_and_its_last_try_counts(home):
    old = {"best": 0.5, "last": 0.5, "status": "partial", "tries": 3, "when": "2025-01-01T00:00:00"}
    write(home, {LAB: {"tasks": {"a": old}}})
    assert progress.load()[LAB]["tasks"]["a"] == old
    progress.record_task(LAB, "a", 1.0, "passed")
    assert progress.what_changed(LAB)[0]["text"] == "a: 0.5 -> 1.0 since your last try"
    assert progress.load()[LAB]["tasks"]["a"]["tries"] == 4


def test_fields_of_a_newer_labkit_stay(home, tmp_path):
    task = {"best": 0.5, "tries": 1, "mood": "good", "history": [{"score": 0.5, "x": 1}]}
    quiz = {"q": {"right": False, "mood": "good"}}
    lab = {"tasks": {"a": task}, "quiz": quiz, "badges": [1], "submitted": [{"x": 1}]}
    write(home, {LAB: lab, "new": {"badges": [2]}}, theme="dark")
    progress.record_task(LAB, "a", 1.0, "passed")
    progress.record_quiz(LAB, "q", True)
    progress.record_submission(LAB, "r", "zip", "d")
    progress.save_to(tmp_path / "copy.json")
    (home / "progress.json").unlink()
    progress.restore_from(tmp_path / "copy.json")
    kept = content(home)
    assert (kept["theme"], kept["labs"]["new"]["badges"]) == ("dark", [2])
    assert kept["labs"][LAB]["badges"] == [1]
    assert kept["labs"][LAB]["tasks"]["a"]["mood"] == "good"
    assert kept["labs"][LAB]["tasks"]["a"]["history"][0] == {"score": 0.5, "x": 1}
    assert kept["labs"][LAB]["quiz"]["q"]["mood"] == "good"
    assert kept["labs"][LAB]["submitted"][0] == {"x": 1}


def test_a_file_of_a_later_format_is_left_alone_and_told(home, tmp_path):
    later = '{"format": 2, "labs": {}}'
    for place in (home / "progress.json", tmp_path / "copy.json"):
        place.write_text(later)
    with pytest.raises(progress.ProgressError, match="newer labkit"):
        progress.load()
    with pytest.raises(progress.ProgressError, match="newer labkit"):
        progress.record_task(LAB, "a", 1.0, "passed")
    with pytest.raises(progress.ProgressError, match="newer labkit"):
        progress.restore_from(tmp_path / "copy.json")
    assert (home / "progress.json").read_text() == later
    assert not list(home.glob("*broken*"))


# --- copies -------------------------------------------------------------------------------------


def test_copies_join_without_losing_anything(home, tmp_path, clock):
    progress.record_task(LAB, "a", 1.0, "passed")
    progress.record_hint(LAB, "a", 3)
    progress.record_quiz(LAB, "q", False)
    progress.record_submission(LAB, "r1", "zip", "d1")
    progress.save_to(tmp_path / "copy.json")
    progress.record_task(LAB, "a", 0.0, "failed")
    progress.record_submission(LAB, "r2", "zip", "d2")
    (home / "progress.json").rename(tmp_path / "elsewhere.json")
    progress.record_task(LAB, "a", 0.5, "partial")
    progress.record_hint(LAB, "a", 1)
    progress.record_quiz(LAB, "q", True)
    for name in ("copy.json", "elsewhere.json", "copy.json"):
        progress.restore_from(tmp_path / name)
    lab = progress.load()[LAB]
    assert [one["score"] for one in lab["tasks"]["a"]["history"]] == [1.0, 0.0, 0.5]
    assert (lab["tasks"]["a"]["best"], lab["tasks"]["a"]["status"]) == (1.0, "partial")
    assert lab["tasks"]["a"]["tries"] == 2
    assert lab["hints"] == {"a": 3}
    assert lab["quiz"]["q"]["right"] is True
    assert [entry["receipt"] for entry in lab["submitted"]] == ["r1", "r2"]


def test_saving_over_an_earlier_copy_keeps_what_only_the_copy_has(home, tmp_path):
    # A fresh Binder session whose learner saves before restoring.
    progress.record_task(LAB, "a", 1.0, "passed")
    progress.save_to(tmp_path / "copy.json")
    (home / "progress.json").unlink()
    progress.record_task(LAB, "b", 1.0, "passed")
    progress.save_to(tmp_path / "copy.json")
    assert set(progress.load(tmp_path / "copy.json")[LAB]["tasks"]) == {"a", "b"}
    assert set(progress.load()[LAB]["tasks"]) == {"b"}


def test_the_better_score_stays_when_a_copy_is_restored(home, tmp_path):
    progress.record_task("08_x", "a", 1.0, "passed")
    progress.record_task("08_x", "b", 0.0, "failed")
    progress.save_to(tmp_path / "copy.json")
    (home / "progress.json").unlink()
    progress.record_task("08_x", "a", 0.5, "partial")
    progress.record_task("08_x", "c", 1.0, "passed")
    progress.restore_from(tmp_path / "copy.json")
    best = {name: entry["best"] for name, entry in progress.load()["08_x"]["tasks"].items()}
    assert best == {"a": 1.0, "b": 0.0, "c": 1.0}


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        '{"format": 0, "labs": {}}',
        pytest.param("[" * 5000, id="too deep"),
        '{"format": 1, "labs": {"08_x": {"submitted": {"receipt": "r"}}}}',
        '{"format": 1, "labs": {"8": {"tasks": {"a": {"best": 1, "tries": 1, "history": [2]}}}}}',
        '{"format": 1, "labs": {"08_x": 3}}',
        '{"format": 1, "labs": {"08_x": {"tasks": {"a": {"best": "much"}}}}}',
        '{"format": 1, "labs": {"08_x": {"tasks": {"a": {"best": NaN, "tries": 1}}}}}',
        '{"format": 1, "labs": {"08_x": {"tasks": {"a": {"best": 999.0, "tries": 1}}}}}',
        '{"format": 1, "labs": {"08_x": {"tasks": {"a": {"best": 1.0, "tries": -1}}}}}',
    ],
)
def test_a_broken_file_is_set_aside_whole_and_told(home, broken):
    (home / "progress.json").write_text(broken, encoding="utf-8")
    with pytest.raises(progress.ProgressError, match="set aside"):
        progress.record_task("08_x", "a", 1.0, "passed")
    aside = list(home.glob("progress.broken-*.json"))
    assert [file.read_text(encoding="utf-8") for file in aside] == [broken]
    assert progress.load()["08_x"]["tasks"]["a"]["best"] == 1.0


def test_a_foreign_file_is_not_restored_and_stays(home, tmp_path):
    progress.record_task("08_x", "a", 1.0, "passed")
    foreign = tmp_path / "foreign.json"
    foreign.write_text("{}", encoding="utf-8")
    with pytest.raises(progress.ProgressError, match="nothing was changed"):
        progress.restore_from(foreign)
    assert foreign.exists()
    assert progress.load()["08_x"]["tasks"]["a"]["best"] == 1.0


def test_another_file_is_never_overwritten_by_a_copy(home, tmp_path):
    notebook = tmp_path / "mine.ipynb"
    notebook.write_text("{}", encoding="utf-8")
    with pytest.raises(progress.ProgressError, match="stays as it is"):
        progress.save_to(notebook)
    assert notebook.read_text(encoding="utf-8") == "{}"
    progress.save_to(tmp_path / "copy.json")
    progress.save_to(tmp_path / "copy.json")


def test_a_full_disk_is_told_and_the_old_file_stays(home, monkeypatch):
    progress.record_task("08_x", "a", 1.0, "passed")
    before = (home / "progress.json").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(progress.ProgressError, match="No space left on device"):
        progress.record_task("08_x", "b", 1.0, "passed")
    assert (home / "progress.json").read_bytes() == before
    assert not [f for f in home.iterdir() if f.name not in ("progress.json", "progress.json.lock")]


def _record_many(place: str, worker: int) -> None:
    os.environ["LABKIT_HOME"] = place
    for task in range(10):
        progress.record_task("08_x", f"{worker}-{task}", 1.0, "passed")


def test_a_left_over_that_cannot_be_removed_costs_no_record(home):
    (home / ".progress.json.1.part").mkdir()
    progress.record_task(LAB, "a", 0.5, "partial")
    assert progress.load()[LAB]["tasks"]["a"]["best"] == 0.5


def test_a_copy_that_windows_notepad_saved_is_restored(home, tmp_path):
    progress.record_task(LAB, "a", 0.5, "partial")
    text = progress.copy().replace("\n", "\r\n")
    (home / "progress.json").unlink()
    (tmp_path / "copy.json").write_text(text, encoding="utf-8-sig")
    progress.restore_from(tmp_path / "copy.json")
    assert progress.load()[LAB]["tasks"]["a"]["best"] == 0.5


def test_two_notebooks_at_once_lose_nothing(home):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_record_many, args=(str(home), n)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(progress.load()["08_x"]["tasks"]) == 20


def test_what_another_process_mends_in_time_is_not_set_aside(home, monkeypatch):
    progress.record_task("08_x", "a", 1.0, "passed")
    whole = (home / "progress.json").read_text()
    (home / "progress.json").write_text("{")
    lock = store.FileLock(str(home / "progress.json") + ".lock")
    reached = threading.Event()
    take = store.locked

    def told(path):
        reached.set()
        return take(path)

    monkeypatch.setattr(store, "locked", told)
    found: list = []
    with lock:
        reader = threading.Thread(target=lambda: found.append(progress.load()))
        reader.start()
        assert reached.wait(10)  # it has read the broken text, and now waits for the lock
        (home / "progress.json").write_text(whole)
    reader.join(20)
    assert found[0]["08_x"]["tasks"]["a"]["best"] == 1.0
    assert not list(home.glob("*broken*"))


DIES = """
import os, sys
from labkit.learner import progress, store
progress.record_task("08_x", "a", 1.0, "passed")
def wait(*_):
    print("in the middle", flush=True)
    sys.stdin.read()
setattr(store.os, sys.argv[1], wait)
progress.record_task("08_x", "b", 1.0, "passed")
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a POSIX matter")
@pytest.mark.parametrize("place", ["fsync", "replace"])
def test_a_process_killed_in_the_middle_of_a_write_leaves_the_old_file_and_no_lock(home, place):
    with subprocess.Popen(
        [sys.executable, "-c", DIES, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in the middle\n"
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    assert set(progress.load()["08_x"]["tasks"]) == {"a"}
    assert list(home.glob("*.part"))
    progress.record_task("08_x", "c", 1.0, "passed")
    assert set(progress.load()["08_x"]["tasks"]) == {"a", "c"}
    assert not list(home.glob("*.part"))


FULL = """
import resource, signal, sys
from labkit.learner import progress
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    progress.record_task("08_x", "b", 1.0, "passed")
except progress.ProgressError as problem:
    print(problem)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits on files are a POSIX matter")
def test_a_write_that_stops_half_way_leaves_the_old_file(home):
    progress.record_task("08_x", "a", 1.0, "passed")
    before = (home / "progress.json").read_bytes()
    done = subprocess.run([sys.executable, "-c", FULL], capture_output=True, text=True, timeout=60)
    assert "Progress was not kept" in done.stdout, done.stderr
    assert (home / "progress.json").read_bytes() == before
    assert not list(home.glob("*.part"))
