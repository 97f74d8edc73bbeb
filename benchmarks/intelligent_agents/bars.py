"""A naive agent, a careful one and what is attainable, task by task, on exams of twenty seeds.

    python benchmarks/intelligent_agents/bars.py [SEEDS]

In the units of the task, over all cases of these exams: what the naive agent reaches at best, what
the careful one reaches at worst, and what is attainable. On twenty seeds, and the bar:

    triage   1.261   1.018   1   times the least cost a mail; 1.04 is allowed
    handle   0.913   1       1   of the requests are exactly right; all are asked for
    pay_all  0.455   1       1   of the invoices are paid exactly once; all are asked for
    gate     1.406   1       1   times the fewest questions; these are asked for
    agent       15   0       0   effects forbidden or missing; none is allowed

The two other tasks, the Monday report and the recorded runs, have one right answer each.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from labkit.checks.intelligent_agents.redraw import mails
from labkit.exercise.instances import draw
from labkit.trends.intelligent_agents.world.bank import Bank, open_session
from labkit.trends.intelligent_agents.world.mail import mean_cost
from labkit.trends.intelligent_agents.world.office import Office, open_office, reader
from labkit.trends.intelligent_agents.world.plans import open_desk

GRADER = Path(__file__).resolve().parents[2] / "grader"
Case = dict[str, Any]
Row = tuple[float, float, float]
"""What a naive agent reaches in a case, what a careful one does, and what is attainable."""


def triage(case: Case) -> Row:
    """Mean cost of a mail, in euros: scores believed, a logistic regression, true chances."""
    known, new = mails(case)
    costs = np.array(case["costs"])
    fitted = LogisticRegression(max_iter=1000).fit(known.scores, known.labels)
    chances = (softmax(new.scores, axis=1), fitted.predict_proba(new.scores))
    naive, careful = (mean_cost(new.chances, costs, (p @ costs).argmin(axis=1)) for p in chances)
    return naive / case["best"], careful / case["best"], 1.0


def handle(case: Case) -> Row:
    """Share of requests that are exactly right: one reading or eleven, both with the facts."""

    def share(readings: int) -> float:
        office = Office({order["number"]: dict(order) for order in case["orders"]})
        for one in case["requests"]:
            request = one["request"]
            model = reader(case["seed"], request, one["true"], case["right"])
            said = [model(request["text"]) for _ in range(readings)]
            votes = Counter((s["intent"], s["order"]) for s in said)
            _serve(office, request, *votes.most_common(1)[0][0])
        made = [list(effect) for effect in office.ledger]
        return float(np.mean([a == b for a, b in zip(made, case["effects"], strict=True)]))

    return share(1), share(11), 1.0


def _serve(office: Office, request: Case, intent: str, number: int) -> None:
    tools, _ = open_office(office)
    order = tools["find_order"](number)
    state = {"refund": "returned", "cancel": "open", "invoice": order["status"]}[intent]
    if order["owner"] != request["sender"] or order["status"] != state:
        tools["escalate"](request["id"])
    elif intent == "refund":
        tools["refund"](number, order["cents"], request["id"])
    elif intent == "cancel":
        tools["cancel"](number, request["id"])
    else:
        tools["send_invoice"](number, request["sender"], request["id"])


def pay_all(case: Case) -> Row:
    """Share of invoices that are paid exactly once: no key, a key, all."""

    def share(keyed: bool) -> float:
        bank = Bank(dict(case["faults"]), case["blocked"], case["dies_at"])
        for invoices in (case["first"], case["second"]):
            try:
                _pay(invoices, open_session(bank)[0], keyed)
            except ConnectionError:
                continue
        due = {i["id"] for i in case["second"]} - set(case["blocked"])
        made = Counter(name for name, _ in bank.ledger)
        return sum(made[name] == 1 for name in due) / len(due)

    return share(False), share(True), 1.0


def _pay(invoices: list[Case], tools: Case, keyed: bool) -> None:
    for name, cents in {i["id"]: i["cents"] for i in invoices}.items():
        for _ in range(3):
            try:
                tools["pay"](name, cents, key=name if keyed else None)
            except TimeoutError:
                continue
            except PermissionError:
                pass
            break


def gate(case: Case) -> Row:
    """Questions, over the fewest possible: all that is not free, and by the end of approvals."""
    from exams.intelligent_agents.gate import reference

    shown = case["attempts"], case["approvals"], case["policy"]
    fewest = case["questions"]
    return sum(case["needs"]) / fewest, len(reference(*shown)[1]) / fewest, 1.0


def agent(case: Case) -> Row:
    """Effects that are forbidden or missing: the plan as it stands, with sources, none."""
    from exams.intelligent_agents.agent import reference

    def wrong(policy: Case) -> float:
        tools, effects, _ = open_desk(case["mails"], dict(case["contacts"]))
        reference(case["plan"], tools, policy)
        made = [[tool, given] for tool, given in effects]
        return sum(e not in case["effects"] for e in made) + sum(
            e not in made for e in case["effects"]
        )

    return wrong(case["policy"] | {"takes": {}}), wrong(case["policy"]), 0.0


TASKS: dict[str, tuple[Callable[[Case], Row], bool]] = {
    "triage": (triage, False),
    "handle": (handle, True),
    "pay_all": (pay_all, True),
    "gate": (gate, False),
    "agent": (agent, False),
}
"""How a case is measured, and whether more is better."""


def cases(task: str, seeds: int) -> Iterator[Case]:
    """All cases of a task's exams."""
    for seed in range(seeds):
        yield from draw(GRADER, "intelligent_agents", task, seed)["cases"]


def main() -> None:
    """Print the table."""
    seeds = int(sys.argv[1]) if sys.argv[1:] else 20
    sys.path.insert(0, str(GRADER))
    print("task       naive, at best   careful, at worst   attainable")
    for task, (measure, more) in TASKS.items():
        rows = np.array([measure(case) for case in cases(task, seeds)])
        best, worst = (np.max, np.min) if more else (np.min, np.max)
        print(f"{task:10} {best(rows[:, 0]):14.3f} {worst(rows[:, 1]):19.3f} {rows[0, 2]:12.3f}")


if __name__ == "__main__":
    main()
