"""Every lab's checks accept right answers and refuse wrong ones, on few seeds.

`labkit verify NN_slug --seeds 20` is the proof before a release. The kill rates of this run stand
in the test summary.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.authoring.verify import run_trial, spec, summary, trials

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 2
ONE_SEED = {("11_tinyml_pico", "kernel"), ("11_tinyml_pico", "deploy")}
"""Each seed compiles and boots dozens of images. One already holds every kind of case: odd shapes
and the course's network, short of memory, short of time, and weights of 7 bits."""
LABS = sorted({path.parent.name for path in (ROOT / "tests" / "labs").glob("*/*.py")})
TASKS = [(lab, task.name) for lab in LABS for task in spec(lab).tasks]


@pytest.mark.parametrize(("lab", "task"), TASKS)
def test_right_answers_pass_and_wrong_ones_fail_for_the_reason_named(lab, task, record_property):
    seeds = 1 if (lab, task) in ONE_SEED else SEEDS
    results = [run_trial(trial) for trial in trials(ROOT, lab, seeds, [task])]
    ((_, reference, stub, right, wrong),) = summary(results)
    record_property(
        "kill rate",
        f"{lab} {task}: {wrong} wrong answers killed, {right} right accepted, "
        f"reference {reference}, stub is 0 {stub}",
    )
    faults = [f"{r.trial.kind} {r.trial.name}, seed {r.trial.seed}: {r.fault}" for r in results]
    assert [fault for fault, r in zip(faults, results, strict=True) if r.fault] == []


def test_every_lab_has_answers():
    labs = {path.parent.name for path in (ROOT / "labs").glob("*/*.py")}
    assert labs == set(LABS)
