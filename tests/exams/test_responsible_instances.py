"""Secret instances of the lab on responsible AI: fair, and with references that hold."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.stats import binomtest

from catalogue import ROOT
from exams.responsible_ai import blind_policy, diagnose, intervals, rate_gaps
from exams.responsible_ai.accept import gap
from exams.responsible_ai.false_claims import figure
from exams.responsible_ai.programmes import accepted, blind
from labkit.checks.responsible_ai import redraw, varied
from labkit.checks.responsible_ai.anonymise import suppressed
from labkit.exercise.instances import draw
from labkit.trends.responsible_ai.world import tables
from labkit.trends.responsible_ai.world.lending import Curves, draw_curves, profit, rates


def drawn(task, seed):
    return draw(ROOT / "grader" / "exams", "responsible_ai", task, seed)


def test_our_wilson_interval_is_scipys():
    for k, n in ((0, 20), (3, 17), (60, 61)):
        theirs = binomtest(k, n).proportion_ci(method="wilson")
        assert intervals.wilson(k, n) == pytest.approx((theirs.low, theirs.high))


def test_newcombes_interval_holds_in_400_populations_and_walds_does_not():
    rng = np.random.default_rng(8)
    one, zero = rng.binomial(8, 0.94, 400), rng.binomial(20, 0.88, 400)
    covered = []
    for interval in (intervals.newcombe, intervals.wald):
        low, high = interval(one, 8, zero, 20)
        covered.append(np.mean((low <= 0.06) & (high >= 0.06)))
    assert 0.93 < covered[0] < 0.99
    assert covered[1] < 0.9


def test_the_largest_gap_of_eight_alike_groups_is_seventeen_points():
    chosen = np.random.default_rng(0).binomial(60, 0.35, (4_000, 8))
    assert np.ptp(chosen / 60, axis=1).mean() == pytest.approx(0.174, abs=0.005)
    wrong = intervals.largest(chosen, np.full(8, 60)) > 0
    assert wrong.mean() <= 0.05
    alone = intervals.largest(chosen, np.full(8, 60), family=False) > 0
    assert alone.mean() > 0.25


@pytest.mark.parametrize("seed", range(3))
def test_the_intervals_are_asked_where_the_textbooks_fail(seed):
    for case in drawn("rate_gaps", seed)["cases"]:
        people = varied.populations(case)
        held = [
            [
                np.mean((low <= truth) & (truth <= high))
                for table, truth in zip(rate_gaps.counts(people), people.truth.T, strict=True)
                for low, high in [interval(*table)]
            ]
            for interval in (
                intervals.wald,
                intervals.newcombe,
                intervals.caffo,
                intervals.jeffreys,
            )
        ]
        assert min(sum(held[1:], [])) >= 0.93
        assert case["people"][1] > 40 or min(held[0]) < 0.915
        for y, decided, group in list(zip(people.y, people.decided, people.group, strict=True))[:9]:
            assert min(people_of(y, decided, group)) >= 2


def people_of(y, decided, group):
    """How many good people and others each group has, counted by pandas."""
    assert set(decided) == {0, 1}
    return pd.crosstab(group, y).to_numpy().ravel()


@pytest.mark.parametrize("seed", range(2))
def test_thirty_audits_and_more_are_all_diagnosed(seed):
    audits = drawn("diagnose", seed)["audits"]
    assert len(audits) == 20
    for case in audits:
        found = diagnose.sizes(redraw.audit(case))
        cause = max(found, key=lambda name: found[name][0] / found[name][1])
        size, error = found[cause]
        if size < 4 * error:
            cause, size = "none", 0.0
        assert cause == case["cause"]
        assert size == pytest.approx(case["size"], rel=0.12)


def test_cut_offs_by_group_found_by_brute_force_are_those_of_the_programme():
    """Two groups, rule parity: between two neighbouring cut-offs a rate is met exactly."""
    curves = draw_curves(np.random.default_rng(9), scores=15, groups=2, apart=1.5)

    def at_rate(rate):
        policy = np.zeros_like(curves.mass)
        for group in (0, 1):
            left = rate
            for score in range(14, -1, -1):
                policy[score, group] = min(1.0, left / curves.mass[score, group])
                left -= policy[score, group] * curves.mass[score, group]
        return policy

    best = max(profit(curves, at_rate(rate), 3.0) for rate in np.linspace(0, 1, 4_001))
    programme = profit(curves, accepted(curves, 3.0, "parity", 0.0), 3.0)
    assert best == pytest.approx(programme, rel=1e-3)
    assert best <= programme + 1e-9


@pytest.mark.parametrize("rule", ["parity", "opportunity", "odds"])
def test_the_programme_agrees_with_a_mixed_integer_solver_on_a_written_out_problem(rule):
    """The same rule as pairs of groups, solved by `milp` without whole numbers."""
    curves = draw_curves(np.random.default_rng(10), scores=12, groups=3, apart=1.5)
    good, mass, shares = curves
    held = {"parity": [mass], "opportunity": [mass * good],
            "odds": [mass * good, mass * (1 - good)]}[rule]  # fmt: skip
    rows = []
    for people in held:
        for a, b in itertools.combinations(range(3), 2):
            row = np.zeros((12, 3))
            row[:, a], row[:, b] = (
                people[:, a] / people[:, a].sum(),
                -people[:, b] / people[:, b].sum(),
            )
            rows.append(row.ravel())
    worth = (mass * (good - 3.0 * (1 - good)) * shares).ravel()
    peer = milp(
        -worth, constraints=LinearConstraint(np.array(rows), -0.02, 0.02), bounds=Bounds(0, 1)
    )
    policy = accepted(curves, 3.0, rule, 0.02)
    assert profit(curves, policy, 3.0) == pytest.approx(-peer.fun, abs=1e-7)
    assert gap(rates(Curves(*curves), policy), rule) <= 0.02 + 1e-7


@pytest.mark.parametrize("seed", range(2))
def test_the_blind_optimum_is_met_by_a_price_but_for_one_cell(seed):
    for case in drawn("blind_policy", seed)["cases"]:
        reached = blind_policy.priced(redraw.files(case), case["bound"])
        assert case["best"] - 0.001 <= reached <= case["best"] + 1e-9
        assert blind(redraw.files(case), case["bound"]) == pytest.approx(case["best"])


def test_the_least_loss_of_a_table_is_that_of_counting_with_dictionaries():
    case = drawn("anonymise", 0)["cases"][0]
    some = redraw.table(case)
    least = np.inf
    for levels in itertools.product(*(range(len(names)) for names in some.hierarchies)):
        if tables.loss(some, levels) < least:
            groups: dict[tuple[int, ...], list[int]] = {}
            for row, secret in zip(
                tables.generalise(some, levels).tolist(), some.secret, strict=True
            ):
                groups.setdefault(tuple(row), []).append(int(secret))
            out = sum(
                len(g) for g in groups.values() if len(g) < case["k"] or len(set(g)) < case["l"]
            )
            assert out == suppressed(some, levels, case["k"], case["l"])
            if out <= case["limit"]:
                least = tables.loss(some, levels)
    assert least == pytest.approx(case["best"])


@pytest.mark.parametrize("seed", range(3))
def test_a_false_claim_lies_clearly_apart_and_a_true_one_does_not(seed):
    for case in drawn("false_claims", seed)["cases"]:
        people = redraw.hiring(case)
        for claim in case["claims"]:
            off = abs(figure(people, claim["metric"], claim["where"]) - claim["value"])
            why = dict(case["false"]).get(claim["name"])
            assert (
                off < 0.0042
                if why is None
                else off > {"little": 0.0058, "mean": 0.007}.get(why, 0.019)
            )
