"""Every lab's checks accept right answers and refuse wrong ones; what is on record still holds.

`labkit verify NN_slug --seeds 20 --record` is the proof before a release, with every mutant and
every guess; a record that no longer fits its files fails `labkit build --check`. Here one seed is
tried, with some of the answers where a trial is slow, and of a task whose proof is on record and
whose trials are quick some mutants and a sample of one kind more, which differs from task to task.
The rates of this run stand in the test summary.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.authoring.verify import HEADER, groups, proof, run_group, spec, summary

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = 3
"""Mutants and guesses a task, and wrong answers where a trial is slow: enough to see that a task is
tried, few enough for every test run."""

QUICK = 0.15
"""CPU-seconds of a trial up to which a sample is tried in every test run."""

IN_TURN = ("unskilled", "memory", "types", "wheel")
"""Kinds of which each task has one tried in every test run; its record holds the others."""

LABS = sorted({path.parent.name for path in (ROOT / "tests" / "labs").glob("*/*.py")})
TASKS = [(lab, task.name) for lab in LABS for task in spec(lab).tasks]


@pytest.mark.parametrize(("lab", "task"), TASKS)
def test_the_checks_of_a_task_tell_right_from_wrong(lab, task, record_property):
    tried(lab, task, record_property, {"answers": 1, "practice": 1})


@pytest.mark.parametrize(("lab", "task"), TASKS)
def test_what_was_proven_of_a_task_still_holds(lab, task, record_property):
    proven = proof.read(ROOT, lab).get(task)
    if proven is None:
        pytest.skip(f"no proof on record: labkit verify {lab} --task {task} --seeds 20 --record")
    trial = proven["cost"]["reference"] + proven["cost"]["judge"]
    if trial > QUICK:
        pytest.skip(f"a trial takes {trial:.1f} s of CPU: labkit verify {lab} --task {task}")
    # A mutant is caught by any of three exams.
    in_turn = IN_TURN[TASKS.index((lab, task)) % len(IN_TURN)]
    tried(lab, task, record_property, {"mutants": 3, in_turn: 1})


def tried(lab, task, record_property, kinds):
    """Try each kind on so many seeds."""
    results = [
        result
        for kind, seeds in kinds.items()
        for group in groups(ROOT, lab, seeds, [task], [kind], sample=SAMPLE)
        for result in run_group(group)
    ]
    ((_, *counts),) = summary(results)
    told = ", ".join(f"{name} {count}" for name, count in zip(HEADER[1:], counts, strict=True))
    record_property("kill rate", f"{lab} {task}: {told}")
    assert [f"{r.title}: {r.fault}" for r in results if r.fault] == []


def test_every_lab_has_answers():
    labs = {path.parent.name for path in (ROOT / "labs").glob("*/*.py")}
    assert labs == set(LABS)
