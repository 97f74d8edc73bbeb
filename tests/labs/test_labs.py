"""Every lab's checks accept right answers, refuse wrong ones and pay no guess, on one seed.

`labkit verify NN_slug` is the proof before a release, on twenty seeds and with every mutant. The
rates of this run stand in the test summary.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.authoring.verify import HEADER, groups, run_group, spec, summary

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = 8
"""Mutants and guesses a task: enough to see that a task is tried, few enough for every test run."""

LABS = sorted({path.parent.name for path in (ROOT / "tests" / "labs").glob("*/*.py")})
TASKS = [(lab, task.name) for lab in LABS for task in spec(lab).tasks]


@pytest.mark.parametrize(("lab", "task"), TASKS)
def test_the_checks_of_a_task_tell_right_from_wrong(lab, task, record_property):
    listed = groups(ROOT, lab, 1, [task], sample=SAMPLE)
    results = [result for group in listed for result in run_group(group)]
    ((_, *counts),) = summary(results)
    told = ", ".join(f"{name} {count}" for name, count in zip(HEADER[1:], counts, strict=True))
    record_property("kill rate", f"{lab} {task}: {told}")
    assert [f"{r.title}: {r.fault}" for r in results if r.fault] == []


def test_every_lab_has_answers():
    labs = {path.parent.name for path in (ROOT / "labs").glob("*/*.py")}
    assert labs == set(LABS)
