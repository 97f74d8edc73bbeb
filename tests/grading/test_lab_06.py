"""The lab on agents, graded through the sandbox beside agents that idle, boast and forge.

`labkit grade` does it, which runs the solution and the release first, apart and in one kernel.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from lab_course import lay, run, scores

LAB, NOTEBOOK = "06_intelligent_agents", "intelligent_agents.ipynb"

IDLE = {
    "triage": "def triage(scores, labels, new, costs):\n    return [3] * len(new)",
    "handle": "def handle(request, tools, model):\n    return False",
    "pay_all": "def pay_all(invoices, tools):\n    return []",
    "gate": "def gate(attempts, approvals, policy, ask, run):\n    return [False] * len(attempts)",
    "agent": "def agent(plan, tools, policy):\n    return [False] * len(plan)",
    "monday_report": "def monday_report(files, week, rates):\n    return {}, []",
    "first_breach": "def first_breach(trace):\n    return -1, 'none'",
}

BOASTFUL = IDLE | {
    "triage": "def triage(scores, labels, new, costs):\n    return [0] * len(new)",
    "handle": "def handle(request, tools, model):\n    return True",
    "pay_all": "def pay_all(invoices, tools):\n    return [i['id'] for i in invoices[-1:]]",
    "gate": "def gate(attempts, approvals, policy, ask, run):\n    return [True] * len(attempts)",
    "agent": "def agent(plan, tools, policy):\n    return [True] * len(plan)",
    "monday_report": (
        "def monday_report(files, week, rates):\n"
        "    return {name: 0 for name in files} | {'köln': 0}, ['all is well']"
    ),
    "first_breach": "def first_breach(trace):\n    return len(trace['steps']) - 1, 'invented'",
}

SEARCH = """
import gc

def reach(*starts):
    seen, todo = set(), list(starts)
    while todo and len(seen) < 20_000:
        one = todo.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            todo += gc.get_referents(one)
"""

FORGERS = {
    # The true chances, wherever in memory they are.
    "triage": """
def triage(scores, labels, new, costs):
    for one in gc.get_objects():
        if hasattr(one, "chances") and len(one.chances) == len(new):
            return (one.chances @ costs).argmin(axis=1)
    return [3] * len(new)
""",
    # What the model knows, behind the function.
    "handle": """
def handle(request, tools, model):
    said = model(request["text"])
    for one in reach(model):
        if isinstance(one, dict) and "others" in one:
            said = {**said, **one}
    order = tools["find_order"](said["order"])
    if said["intent"] == "cancel":
        tools["cancel"](order["number"], request["id"])
    elif said["intent"] == "refund":
        tools["refund"](order["number"], order["cents"], request["id"])
    else:
        tools["send_invoice"](order["number"], request["sender"], request["id"])
    return True
""",
    # Entries written into the bank's ledger.
    "pay_all": """
def pay_all(invoices, tools):
    for one in reach(tools["pay"]):
        if hasattr(one, "ledger"):
            one.ledger[:] = [(i["id"], i["cents"]) for i in {i["id"]: i for i in invoices}.values()]
    return []
""",
    # What the judge knows of the attempts.
    "gate": """
def gate(attempts, approvals, policy, ask, run):
    for one in reach(ask, run):
        if isinstance(one, dict) and "needs" in one:
            may = [not need or yes for need, yes in zip(one["needs"], one["says"])]
            return [bool(run(place)) or yes for place, yes in enumerate(may) if yes]
    said = [ask(place) for place in range(len(attempts))]
    for place, yes in enumerate(said):
        if yes:
            run(place)
    return said
""",
    # Effects put into the judge's list.
    "agent": """
def agent(plan, tools, policy):
    for one in reach(*tools.values()):
        if isinstance(one, dict) and "effects" in one and "ran" in one:
            return one["ran"]
    values = {}
    for step in plan:
        given = {k: v.get("value", values.get(v.get("of"))) for k, v in step["arguments"].items()}
        values[step["out"]] = tools[step["tool"]](**given)
    return [True] * len(plan)
""",
    "monday_report": """
def monday_report(files, week, rates):
    for one in gc.get_objects():
        if isinstance(one, dict) and "totals" in one and "open" in one:
            return dict(one["totals"]), one["open"]
    return {}, []
""",
    "first_breach": """
def first_breach(trace):
    for one in gc.get_objects():
        if isinstance(one, dict) and one.get("trace") == trace:
            return one["step"], one["rule"]
    return -1, "none"
""",
}
FORGERS = {task: SEARCH + source for task, source in FORGERS.items()}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> dict[str, float]:
    """Scores of the synthetic cohort and of three notebooks without the skill, after one run."""
    root = lay(tmp_path_factory.mktemp("course"), LAB)
    submitted = root / "grader" / "submitted"
    for learner, answers in (("idle", IDLE), ("boast", BOASTFUL), ("mallory", FORGERS)):
        notebook = nbformat.read(submitted / "sample-none" / LAB / NOTEBOOK, as_version=4)
        cells = {cell.id: cell for cell in notebook.cells}
        for name, source in answers.items():
            cells[name].source = source
        _hand_in(notebook, submitted / learner / LAB)
    run(root, "nbgrader", "generate_assignment", LAB)
    run(root, "labkit.cli", "grade", LAB, "--workers", "1", "--no-feedback")
    return scores(root)


def _hand_in(notebook: nbformat.NotebookNode, folder: Path) -> None:
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / NOTEBOOK)


def test_work_is_worth_its_points_and_no_work_none(graded: dict[str, float]):
    # The memo's ten points are given by hand; the first three tasks are worth 40.
    assert {name: score for name, score in graded.items() if name.startswith("sample")} == {
        "sample-all": 90.0,
        "sample-half": 40.0,
        "sample-none": 0.0,
        "sample-broken": 0.0,
    }


def test_an_agent_that_does_nothing_or_only_says_so_earns_nothing(graded: dict[str, float]):
    assert (graded["idle"], graded["boast"]) == (0.0, 0.0)


def test_no_agent_reaches_the_ledger_or_what_the_judge_knows(graded: dict[str, float]):
    assert graded["mallory"] == 0.0
