"""Reference figures of module 10's exams against published formulas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from catalogue import ROOT
from exams.mlops.canary import wald_minutes
from labkit.checks.mlops import redraw
from labkit.checks.mlops.version import _frame
from labkit.exercise.instances import draw
from labkit.trends.mlops.world.tables import FAULTS


def _exam(task, seed=0):
    return draw(ROOT / "grader", "mlops", task, seed)


def test_the_sequential_test_takes_what_wald_says():
    """Wald (1945): the mean number of requests, a little more where the bound is overshot.

    In the exam it takes longer by the wait for the end of a minute; here a minute has one request.
    """
    case = {**_exam("canary"), "traffic": 1.0, "minutes": 4_000}
    usual, bad = case["usual"], case["bad"]
    up, down = np.log(bad / usual), np.log((1 - bad) / (1 - usual))
    drifts = [abs(rate * up + (1 - rate) * down) for rate in (usual, bad)]
    wald = np.mean([0.9 * np.log(0.95 / 0.05) / drift for drift in drifts])
    found = np.mean([wald_minutes(case, number) for number in range(240)])
    assert 0.95 < found / wald < 1.2


def test_the_chart_that_knows_the_drift_needs_a_few_windows():
    for seed in range(3):
        assert all(3.5 < best < 7.5 for best in _exam("alarm", seed)["best"])


def test_every_fault_comes_at_each_bank_and_is_named():
    exam = _exam("contract")
    broken = [names for _, _, names in redraw.batches(exam)]
    kinds = [fault for _, fault, _ in exam["batches"]]
    at = [(bank, fault) for bank, fault, _ in exam["batches"]]
    due = {fault: 1 + (fault == "time zone") for fault in FAULTS}
    assert all(at.count((bank, fault)) == due[fault] for fault in FAULTS for bank in (0, 1))
    assert [bool(names) for names in broken] == [bool(fault) for fault in kinds]


def test_bodies_have_the_length_that_decides_their_status():
    for case in _exam("respond")["cases"]:
        for request in case["calls"]:
            length = sum(len(piece) * times for piece, times in request["body"])
            assert (length > 20_000) == (413 in request["statuses"])


def test_mistakes_lead_to_other_values_than_the_truth():
    for case in _exam("known_then")["cases"]:
        for led_to in case["traps"].values():
            assert (np.array(led_to) != np.array(case["truth"])).sum() >= 6


def test_equal_pairs_are_four_of_seventy():
    pairs = _exam("version")["pairs"]
    assert (sum(pair["same"] for pair in pairs), len(pairs)) == (4, 70)


def test_pairs_of_tables_are_equal_where_their_content_is():
    for pair in _exam("version")["pairs"]:
        contents = []
        for columns in (pair["one"], pair["other"]):
            frame = _frame(columns)
            names = sorted(frame)
            kinds = [str(frame[name].dtype) for name in names]
            rows = zip(*(frame[name].tolist() for name in names), strict=True)
            contents.append((names, kinds, sorted(map(repr, rows))))
        assert (contents[0] == contents[1]) == pair["same"]


def test_twins_have_one_hash_in_pandas_and_two_contents():
    (pair,) = (pair for pair in _exam("version")["pairs"] if pair["what"] == "twin")
    one, other = (_frame(pair[side])[sorted(_frame(pair[side]))] for side in ("one", "other"))
    hashes = [pd.util.hash_pandas_object(frame, index=False).tolist() for frame in (one, other)]
    assert hashes[0] == hashes[1]
    assert not one.equals(other)
