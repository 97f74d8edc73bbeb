"""Who learns: identity and variants."""

from __future__ import annotations

import os

import pytest

from labkit.learner import variants
from labkit.learner.identity import learner_id


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
