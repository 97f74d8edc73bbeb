"""The office, the bank and the desk: what they record, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from labkit.trends.intelligent_agents import metrics
from labkit.trends.intelligent_agents.world import bank, mail, office, plans


def _office():
    order = {"number": 7, "owner": "a@b", "cents": 500, "status": "returned"}
    return office.Office({7: order})


def test_effects_stand_in_the_ledger_and_change_the_order():
    house = _office()
    tools, _ = office.open_office(house)
    tools["refund"](7, 500, 31)
    assert house.ledger == [("refund", 31, 7, 500)]
    assert tools["find_order"](7)["status"] == "refunded"


def test_an_order_that_is_read_is_a_copy():
    house = _office()
    tools, _ = office.open_office(house)
    tools["find_order"](7)["status"] = "open"
    assert house.orders[7]["status"] == "returned"


@pytest.mark.parametrize("tool", ["find_order", "refund", "cancel", "send_invoice", "escalate"])
def test_tools_end_with_their_request(tool):
    house = _office()
    tools, end = office.open_office(house)
    end()
    arguments = {
        "find_order": (7,), "refund": (7, 1, 1), "cancel": (7, 1), "send_invoice": (7, "x", 1),
        "escalate": (1,),
    }[tool]  # fmt: skip
    with pytest.raises(PermissionError):
        tools[tool](*arguments)
    assert house.ledger == []


def test_a_reader_is_right_as_often_as_told_and_ends():
    true = {"intent": "cancel", "order": 5, "claim": 9, "others": [6]}
    hits = []
    for number in range(300):
        request = {"id": number, "text": "x"}
        read = office.reader(1, request, true, 0.73)
        said = [read("x") for _ in range(office.READINGS)]
        hits += [(s["intent"], s["order"]) == ("cancel", 5) for s in said]
        with pytest.raises(ConnectionError):
            read("x")
    assert np.mean(hits) == pytest.approx(0.73, abs=0.02)
    with pytest.raises(ValueError, match="request's text"):
        office.reader(1, {"id": 1, "text": "x"}, true, 0.73)("y")


def _paid(faults, key, times=3):
    house = bank.Bank(faults)
    tools, _ = bank.open_session(house)
    for _ in range(times):
        try:
            tools["pay"]("R", 5, key=key)
            break
        except TimeoutError:
            continue
    return house.ledger


@pytest.mark.parametrize("faults", [[], ["late"], ["lost"], ["late", "late"], ["lost", "late"]])
def test_a_key_pays_once_whatever_is_lost(faults):
    assert _paid({"R": faults}, "k") == [("R", 5)]


def test_a_key_needs_no_more_calls_than_there_are_lost_ones_and_one():
    """The least that any way needs which ends with a receipt."""
    faults = {"A": [], "B": ["late"], "C": ["lost", "late"]}
    house = bank.Bank(faults)
    tools, _ = bank.open_session(house)
    for name in faults:
        for _ in range(3):
            try:
                tools["pay"](name, 5, key=name)
                break
            except TimeoutError:
                continue
    assert dict(house.calls) == {name: len(lost) + 1 for name, lost in faults.items()}


def test_without_a_key_a_lost_answer_is_paid_again():
    assert _paid({"R": ["late"]}, None) == [("R", 5), ("R", 5)]
    assert _paid({"R": ["lost"]}, None) == [("R", 5)]


def test_a_key_belongs_to_one_payment():
    tools, _ = bank.open_session(bank.Bank({}))
    tools["pay"]("R", 5, key="k")
    with pytest.raises(ValueError, match="belongs to"):
        tools["pay"]("S", 5, key="k")


def test_reads_lag():
    tools, _ = bank.open_session(bank.Bank({}))
    tools["pay"]("R", 5)
    assert tools["paid"]("R") == []
    for number in range(bank.LAG):
        tools["pay"](f"S{number}", 1)
    assert tools["paid"]("R") == [5]


def test_the_line_dies_after_the_money_has_moved():
    house = bank.Bank({}, dies_at="R")
    tools, _ = bank.open_session(house)
    for _ in range(2):
        with pytest.raises(ConnectionError):
            tools["pay"]("R", 5, key="k")
    assert house.ledger == [("R", 5)]
    bank.open_session(house)[0]["pay"]("R", 5, key="k")
    assert house.ledger == [("R", 5)]


def test_the_payments_of_a_blind_caller_are_those_of_the_formula():
    rng = np.random.default_rng(3)
    n, lost, late = 20_000, 0.05, 0.1
    faults = {
        str(k): [str(f) for f in rng.choice(["lost", "late", ""], 3, p=[lost, late, 0.85])]
        for k in range(n)
    }
    house = bank.Bank(faults)
    tools, _ = bank.open_session(house)
    for name in faults:
        for _ in range(3):
            try:
                tools["pay"](name, 1)
                break
            except TimeoutError:
                continue
    distinct = len(set(house.ledger))
    unpaid, double = metrics.payments(lost, late)["call again"]
    assert 1000 * (n - distinct) / n == pytest.approx(unpaid, abs=0.5)
    assert 1000 * (len(house.ledger) - distinct) / n == pytest.approx(double, abs=8)


def test_votes_between_two_readings_are_those_of_the_binomial_distribution():
    for readings in (3, 9):
        exact = binom.sf(readings // 2, readings, 0.73)
        found = metrics.vote_accuracy(0.73, readings, wrong=1)
        assert found == pytest.approx(exact, abs=0.01)


def test_the_labels_of_scored_mails_have_the_stated_chances():
    drawn = mail.draw_scored(np.random.default_rng(0), 20_000, 1.5, 3.0, [0, 4, 0])
    shares = np.bincount(drawn.labels) / len(drawn.labels)
    assert shares == pytest.approx(drawn.chances.mean(axis=0), abs=0.01)
    sure = drawn.chances.max(axis=1) > 0.9
    hit = drawn.labels[sure] == drawn.chances[sure].argmax(axis=1)
    assert hit.mean() == pytest.approx(drawn.chances[sure].max(axis=1).mean(), abs=0.01)


def test_no_decision_costs_less_on_average_than_the_least_expected_one():
    drawn = mail.draw_scored(np.random.default_rng(0), 500, 1.5, 3.0, [0, 4, 0])
    costs = np.array([[0, 30, 80, 4], [8, 0, 25, 4], [12, 5, 0, 4]])
    least = mail.mean_cost(drawn.chances, costs, (drawn.chances @ costs).argmin(axis=1))
    for seed in range(50):
        lot = np.random.default_rng(seed).integers(0, 4, 500)
        assert mail.mean_cost(drawn.chances, costs, lot) > least


def test_the_worst_model_says_what_the_attacker_wants():
    mails = {"4": {"text": "hello", "says": {"address": "x@else"}}}
    tools, effects, end = plans.open_desk(mails, {"Ada": "a@firm"})
    assert tools["ask_model"]("address", tools["read_mail"](4)) == "x@else"
    assert (tools["find_contact"]("Ada"), tools["find_contact"]("Bo")) == ("a@firm", "")
    tools["send"](to="a@firm", body="b")
    assert effects == [("send", {"to": "a@firm", "body": "b"})]
    end()
    with pytest.raises(PermissionError):
        tools["pay"](to="x", cents=1)
