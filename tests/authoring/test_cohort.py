"""Made-up learners who walk into the known traps."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from catalogue import ROOT
from labkit.authoring.cohort import CohortError, write_trapped

LAB = "08_rl_supply_chain"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for part in ("labs", "tests"):
        (tmp_path / part).symlink_to(ROOT / part)
    return tmp_path


def test_each_known_trap_has_a_learner_who_walks_into_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labkit.checks.rl_supply_chain import SPEC
    from labkit.exercise.instances import practice

    lines = write_trapped(root, LAB)
    task = SPEC.task("newsvendor")
    assert len(lines) == len(task.traps) > 8
    named = set()
    for number in range(1, len(lines) + 1):
        folder = root / "grader" / "submitted" / f"sample-trap-{number}" / LAB
        assert (folder / ".sample").is_file()
        cells = nbformat.read(folder / "rl_supply_chain.ipynb", 4).cells
        (answer,) = [cell.source for cell in cells if cell.id == "newsvendor"]
        monkeypatch.syspath_prepend(str(folder))
        namespace: dict = {}
        exec(answer, namespace)
        instance = practice("rl_supply_chain")["newsvendor"][0]
        named.add(task.judge(namespace["newsvendor_quantity"], instance).misconception)
    # Three have no learner of their own: the first case's words are shown, and a normal demand's
    # mean is its median; of the two roundings one answer's words fit both.
    assert len(set(task.traps.values()) & named) >= len(lines) - 3


def test_a_lab_without_traps_has_no_such_learners(root: Path) -> None:
    with pytest.raises(CohortError, match="There is no lab"):
        write_trapped(root, "99_none")
