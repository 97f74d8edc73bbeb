"""The references of module 14 say what can be counted by hand, and what others say."""

from __future__ import annotations

import numpy as np
import pytest
import rfc8785
from scipy.optimize import LinearConstraint, milp

from exams.career_capstone import accepted, fair_offer, plan, run, stock
from labkit.credentials.proof import is_signed

FAILS = {
    "altered": {"signature"},
    "added": {"signature"},
    "redated": {"signature"},
    "moved proof": {"signature"},
    "strange key": {"key"},
    "unknown issuer": {"issuer"},
    "colleague's key": {"key"},
    "expired": {"times"},
    "early": {"times"},
    "another holder": {"holder"},
    "purpose": {"purpose"},
    "": set(),
}


@pytest.fixture(scope="module")
def piles():
    return accepted.draw(np.random.default_rng(5))["cases"]


def test_each_way_to_tamper_fails_one_step_and_no_other(piles):
    for case in piles:
        assert set(case["kinds"]) == set(FAILS)
        for record, kind in zip(case["records"], case["kinds"], strict=True):
            found = accepted.verdicts(record, case["trusted"], case["holder"], case["now"])
            failed = {step for step in accepted.STEPS if not found[step]}
            # A proof moved from another issuer's record names that issuer's key as well.
            assert failed - ({"key"} if kind == "moved proof" else set()) == FAILS[kind]


def test_the_courses_own_verifier_agrees_on_signatures(piles):
    for case in piles:
        for record in case["records"]:
            named = record["proof"]["verificationMethod"].partition("#")[0]
            found = accepted.verdicts(record, case["trusted"], case["holder"], case["now"])
            assert is_signed(record, named) == found["signature"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        ("é", '"é"'),
        ({"\ufb33": 1, "\U0001f600": 2, "1": 3}, '{"1":3,"\U0001f600":2,"\ufb33":1}'),
    ],
)
def test_rfc_8785_writes_what_its_text_and_appendices_say(value, text):
    assert rfc8785.dumps(value) == text.encode()


def test_rfc_8785_refuses_a_lone_surrogate():
    with pytest.raises((UnicodeError, rfc8785.CanonicalizationError)):
        rfc8785.dumps("\ud83d")


def by_milp(case):
    """Minutes and skills of the best plan, by an integer programme."""
    new = [module for module in case["catalogue"] if module["name"] not in case["done"]]
    held = {s for m in case["catalogue"] if m["name"] in case["done"] for s in m["skills"]}
    missing = sorted(set(case["role"]) - held)
    n, k = len(new), len(missing)
    names = [module["name"] for module in new]
    rows, upper = [], []
    for place, module in enumerate(new):
        for before in module["prerequisites"]:
            if before in names:
                row = np.zeros(n + k)
                row[place], row[names.index(before)] = 1, -1
                rows.append(row)
                upper.append(0)
    for place, skill in enumerate(missing):
        row = np.zeros(n + k)
        row[n + place] = 1
        row[:n] -= [skill in module["skills"] for module in new]
        rows.append(row)
        upper.append(0)
    minutes = np.array([module["minutes"] for module in new] + [0] * k, float)
    rows.append(minutes)
    upper.append(case["minutes"])
    goal = minutes - 10_000 * np.r_[np.zeros(n), np.ones(k)]
    found = milp(
        goal, constraints=LinearConstraint(np.array(rows), -np.inf, upper),
        integrality=np.ones(n + k), bounds=(0, 1),
    )  # fmt: skip
    taken = np.rint(found.x)
    return int(taken[n:].sum()), int(minutes @ taken)


def test_an_integer_programme_finds_no_better_plan():
    for case in plan.draw(np.random.default_rng(3))["cases"]:
        assert by_milp(case) == (case["reached"], case["least"])


def test_a_plan_of_three_modules_counted_by_hand():
    catalogue = [
        {"name": "a", "minutes": 60, "skills": ["x"], "prerequisites": []},
        {"name": "b", "minutes": 90, "skills": ["x", "y"], "prerequisites": ["c"]},
        {"name": "c", "minutes": 30, "skills": ["z"], "prerequisites": []},
    ]
    assert set(plan.reference(catalogue, [], ["x", "y"], 150)) == {"b", "c"}
    assert plan.reference(catalogue, [], ["x", "y"], 100) == ["a"]
    assert plan.reference(catalogue, ["c"], ["x", "y", "z"], 100) == ["b"]


def test_demand_is_that_of_simulated_seasons():
    case = stock.draw(np.random.default_rng(2))["cases"][0]
    parts, chances = stock.demand(case)
    rng = np.random.default_rng(0)
    share, factors = np.transpose(case["winters"])
    factor = rng.choice(factors, size=50_000, p=share)
    bought = (rng.uniform(size=(50_000, len(case["chances"]))) < case["chances"]).sum(axis=1)
    seasons = rng.poisson(factor * (case["base"] + case["rate"] * bought))
    assert chances.sum() == pytest.approx(1)
    assert parts @ chances == pytest.approx(seasons.mean(), rel=0.01)
    quantity = 40
    simulated = (
        case["over"] * np.clip(quantity - seasons, 0, None)
        + case["short"] * np.clip(seasons - quantity, 0, None)
    ).mean()
    assert case["costs"][quantity] == pytest.approx(simulated, rel=0.02)


def test_offers_of_two_regions_counted_by_hand():
    case = {
        "worth": [[9.0, 2.0], [4.0, -3.0]],
        "people": [[50.0, 80.0], [50.0, 20.0]],
        "most": 120,
        "bound": 0.1,
    }
    found = fair_offer.reference(case)
    # 65 offers in the first region and 55 in the second: one more there costs one here.
    np.testing.assert_allclose(found, [[1, 55 / 80], [15 / 50, 0]], atol=1e-9)
    assert fair_offer.earned(case, found) == pytest.approx(50 * 9 + 15 * 4 + 55 * 2)


def test_a_ledger_counted_by_hand():
    rows = [("A1", 1, 30.0), ("A2", 1, 50.0), ("A2", 2, 40.0)]
    assert run._current(rows) == {"A1": (1, 30.0), "A2": (2, 40.0)}
    assert run._current(rows[::-1]) == run._current(rows)
    mistakes = run._mistakes(rows, [*rows, rows[0]])
    assert mistakes["old versions"] == 40.0 and mistakes["delivered twice"] == 37.5
