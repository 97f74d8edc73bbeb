"""Identity, variants and the progress file."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from labkit.learner import progress, variants
from labkit.learner.identity import learner_id


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LABKIT_HOME", str(tmp_path))
    return tmp_path


def test_the_grading_run_names_the_learner_before_the_hub_does(monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "hub")
    assert learner_id() == "hub"
    monkeypatch.setenv("LABKIT_LEARNER", "ada")
    assert learner_id() == "ada"


def test_without_hub_and_grading_the_account_names_the_learner(monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.delenv("LABKIT_LEARNER", raising=False)
    assert learner_id()


def test_a_seed_depends_on_key_learner_lab_and_task_alone():
    base = variants.seed(b"k", "ada", "08_x", "t")
    assert base == variants.seed(b"k", "ada", "08_x", "t")
    others = [
        variants.seed(b"l", "ada", "08_x", "t"),
        variants.seed(b"k", "adb", "08_x", "t"),
        variants.seed(b"k", "ada", "09_x", "t"),
        variants.seed(b"k", "ada", "08_x", "u"),
        variants.seed(b"k", "ada08_x", "", "t"),
    ]
    assert len({base, *others}) == 6
    assert 0 <= base < 2**63


def test_the_private_key_is_created_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "course.key"
    key = variants.private_key(path)
    assert variants.private_key(path) == key
    assert len(key) == variants.KEY_BYTES
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_private_key_is_never_replaced_silently(tmp_path):
    path = tmp_path / "course.key"
    path.write_text("abc", encoding="ascii")
    with pytest.raises(ValueError, match="Restore it from a backup"):
        variants.private_key(path)
    assert path.read_text(encoding="ascii") == "abc"


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
        '{"format": 99, "labs": {}}',
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

    monkeypatch.setattr(progress.os, "fsync", full)
    with pytest.raises(progress.ProgressError, match="No space left on device"):
        progress.record_task("08_x", "b", 1.0, "passed")
    assert (home / "progress.json").read_bytes() == before
    assert not [f for f in home.iterdir() if f.name not in ("progress.json", "progress.json.lock")]


def _record_many(place: str, worker: int) -> None:
    os.environ["LABKIT_HOME"] = place
    for task in range(10):
        progress.record_task("08_x", f"{worker}-{task}", 1.0, "passed")


def test_two_notebooks_at_once_lose_nothing(home):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_record_many, args=(str(home), n)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(progress.load()["08_x"]["tasks"]) == 20
