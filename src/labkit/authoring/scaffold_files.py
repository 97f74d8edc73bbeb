"""What `labkit new-lab` writes: the texts of a small complete lab, with fields in @…@.

The example measures the share of demand served from stock. It is there to be replaced; what
stays is its shape: a world, an exam that draws instances with their traps, a judge that never
knows how to find the answer, right and wrong answers that prove the judge.
"""

from __future__ import annotations

POINTS = 15

WORLD = '''\
"""The world of @title@: replace this demand by what your lab is about."""

from __future__ import annotations

import numpy as np


def draw_demand(rng: np.random.Generator, days: int) -> np.ndarray:
    """Draw one demand a day, in units; shape (days,), integers from 1 to 20."""
    return rng.integers(1, 21, days)
'''

JUDGES = '''\
"""The judges of the lab on @title@.

Each takes the learner's answer and an instance (parameters and reference figures as plain data,
made by `grader/exams/@slug@`) and returns an outcome.
A judge does not know how to find a good answer. Known traps come with the instance as numbers
too: an answer that equals one is told its name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.exercise.guard import as_number, call
from labkit.exercise.outcome import Outcome, failed, over_cases, passed
from labkit.exercise.task import Instance, judge_cases

TOLERANCE = 1e-6

QUICK = 5.0
"""Seconds of wall clock for a call that computes; the reference needs milliseconds."""

TRAPS = {
    "days without shortage": "This is the share of days without shortage. Count units, not days.",
    "mean of daily shares": "This weighs every day alike. A busy day has more units to serve.",
    "share lost": "This is the share of demand that was lost.",
    "stock over demand": "This counts stock nobody asked for. A day serves at most its demand.",
    "in percent": "This is in percent. Return a share from 0 to 1.",
}


def judge_fill_rate(answer: Callable[..., Any], instance: Instance) -> Outcome:
    """Judge the share of demand served on every case of the instance."""
    outcomes = judge_cases(instance["cases"], lambda case: _one_case(answer, case))
    return over_cases(outcomes, "The share of demand served is right in every case.")


def _one_case(answer: Callable[..., Any], case: Instance) -> Outcome:
    demand = np.array(case["demand"])
    found = as_number(call(answer, demand, case["stock"], seconds=QUICK), "fill rate")
    if math.isclose(found, case["fill_rate"], abs_tol=TOLERANCE):
        return passed("The share of demand served is right.")
    on = f"{len(demand)} days with a stock of {case['stock']} each"
    for name, value in case["traps"].items():
        if math.isclose(found, value, abs_tol=TOLERANCE):
            return failed(f"You found {found:.4f}.", on=on, next_step=TRAPS[name])
    return failed(
        f"You found {found:.4f}, which is not the share of demand served.",
        on=on,
        next_step="Take three days with small numbers and count the units by hand.",
    )
'''

CHECKS = '''\
"""Checks of module @number@: tasks, points, hints and the quiz; judging is in `judges`."""

from __future__ import annotations

from labkit.checks.@slug@ import judges
from labkit.exercise.lab import Lab
from labkit.exercise.quiz import Option, Question
from labkit.exercise.task import LabSpec, Task

TASKS = (
    Task(
        "fill_rate",
        10,
        judges.judge_fill_rate,
        (
            "How many units were served on one single day?",
            "A day serves what was asked or what was there, whichever is less. np.minimum does it.",
        ),
    ),
)

QUESTIONS = (
    Question(
        "busy_days",
        "Half of all days see a shortage. What follows for the share of demand served?",
        (
            Option("it is one half", "Most units of such a day may have been served."),
            Option(
                "it may still be near one",
                "A day with a shortage can miss a single unit out of many.",
                right=True,
            ),
            Option("it is below one half", "That would need shortages of most of the demand."),
        ),
    ),
)

SPEC = LabSpec(
    number=@plain_number@,
    slug="@slug@",
    edition=1,
    tasks=TASKS,
    questions=QUESTIONS,
)


def open_lab(edition: int) -> Lab:
    """Open the lab for a notebook of the given edition.

    Raises:
        EditionError: the notebook was made for another edition.
    """
    return Lab(SPEC, edition)
'''

EXAM = '''\
"""Instances of the lab on @title@.

They come with their reference figures, so this folder is never shipped to learners.
"""

from __future__ import annotations

import numpy as np

TASKS = ("fill_rate",)

CASES = 3
DAYS = 12

APART = 1e-3
"""How far every trap must lie from the reference, so that a judge can tell them apart."""


def draw(task: str, seed: int) -> dict:
    """Draw an instance of a task: plain data with parameters, references and traps.

    Raises:
        LookupError: there is no task of this name.
    """
    if task not in TASKS:
        raise LookupError(f"there is no task {task!r}; there are {', '.join(TASKS)}")
    rng = np.random.default_rng(seed)
    return {"cases": [_case(rng) for _ in range(CASES)]}


def _case(rng: np.random.Generator) -> dict:
    while True:
        demand = rng.integers(1, 21, DAYS)
        stock = int(rng.integers(6, 15))
        reference = fill_rate(demand, stock)
        traps = _traps(demand, stock)
        values = [reference, *traps.values()]
        if min(abs(a - b) for i, a in enumerate(values) for b in values[:i]) > APART:
            return {
                "demand": demand.tolist(),
                "stock": stock,
                "fill_rate": reference,
                "traps": traps,
            }


def fill_rate(demand: np.ndarray, stock: int) -> float:
    """Share of demand served when every day begins with the same stock."""
    served_units = np.minimum(demand, stock).sum()
    return float(served_units / demand.sum())


def _traps(demand: np.ndarray, stock: int) -> dict[str, float]:
    reference = fill_rate(demand, stock)
    return {
        "days without shortage": float(np.mean(demand <= stock)),
        "mean of daily shares": float(np.mean(np.minimum(demand, stock) / demand)),
        "share lost": 1.0 - reference,
        "stock over demand": float(stock * len(demand) / demand.sum()),
        "in percent": 100.0 * reference,
    }
'''

LAB = '''\
# %% [markdown]
# # Lab @number@: @title@
#
# Fill in the cells that raise `NotImplementedError`. The cell below each one checks your answer
# at once, on practice numbers of your own. `lab.hint("fill_rate")` opens a hint; hints cost
# nothing. At grading the same checks run on other numbers.

# %% locked="setup"
import numpy as np

from labkit.checks.@slug@ import open_lab

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · The share of demand served (10 points)
#
# Every day begins with `stock` units. `demand` holds the units asked for, one number a day.
# What is missing is lost. Return the share of all demand that was served, from 0 to 1.


# %% solution="fill_rate"
def fill_rate(demand, stock):
    """Return the share of demand served."""
    ### BEGIN SOLUTION
    served_units = np.minimum(demand, stock).sum()
    return served_units / demand.sum()
    ### END SOLUTION


# %% test="fill_rate" points=10
lab.check("fill_rate", fill_rate)

# %% [markdown]
# ## 2 · What you would tell the manager (5 points, graded by hand)
#
# | points | for |
# |---|---|
# | 3 | says which share the manager should watch, and why |
# | 2 | names a case in which it misleads |

# %% [markdown] essay="memo" points=5
# Write three sentences.
#
# ### BEGIN SOLUTION
# Watch the share of demand served, because lost units are lost customers. It misleads where a
# few large orders hide many small ones.
# ### END SOLUTION

# %% [markdown]
# ## Hand in
#
# Only what is saved is handed in, so save first (Ctrl+S). The cell below says how it stands and
# hands in nothing yet. To hand in, run `submit("@name@", now=True)`: it runs a copy of your
# notebook from the top, shows what every check gives, and hands in. You may hand in again as
# often as you like; the last one counts.

# %%
from labkit.desk.submit import submit

submit("@name@")
'''

LESSON = """\
# %% [markdown]
# # @title@
#
# **The question.** A shop runs out of stock on half of all days. How much of the demand does it
# still serve? Make a guess before you go on.

# %%
import matplotlib.pyplot as plt
import numpy as np

from labkit.checks.@slug@ import open_lab
from labkit.trends.@slug@.world import draw_demand

lab = open_lab(edition=1)
demand = draw_demand(np.random.default_rng(1), 200)
demand[:10]

# %% [markdown]
# On which days is a stock of ten units too small?

# %%
figure, axes = plt.subplots(figsize=(7, 3))
axes.hist(demand, bins=np.arange(0.5, 21.5), color="#0072B2")
axes.axvline(10.5, color="#D55E00")
axes.set(xlabel="demand (units a day)", ylabel="days", title="Half of all days ask for more")
figure.tight_layout()

# %%
lab.quiz("busy_days")
"""

ANSWERS = '''\
"""Right and wrong answers of lab @number@, which prove its judges."""

from __future__ import annotations

import numpy as np


def unit_by_unit(demand, stock):
    served = 0
    for asked in demand:
        served += min(int(asked), stock)
    return served / sum(int(asked) for asked in demand)


def by_what_is_lost(demand, stock):
    return 1 - np.clip(demand - stock, 0, None).sum() / demand.sum()


def days_without_shortage(demand, stock):
    return np.mean(demand <= stock)


def mean_of_daily_shares(demand, stock):
    return np.mean(np.minimum(demand, stock) / demand)


def share_lost(demand, stock):
    return np.clip(demand - stock, 0, None).sum() / demand.sum()


def stock_over_demand(demand, stock):
    return stock * len(demand) / demand.sum()


def in_percent(demand, stock):
    return 100 * np.minimum(demand, stock).sum() / demand.sum()


RIGHT = {
    "fill_rate": {
        "unit by unit": unit_by_unit,
        "by what is lost": by_what_is_lost,
    }
}

WRONG = {
    "fill_rate": {
        "counts days": (days_without_shortage, "Count units, not days"),
        "weighs days alike": (mean_of_daily_shares, "This weighs every day alike"),
        "says what is lost": (share_lost, "the share of demand that was lost"),
        "forgets the demand": (stock_over_demand, "A day serves at most its demand"),
        "says percent": (in_percent, "This is in percent"),
    }
}
'''

FILES = {
    "src/labkit/trends/@slug@/__init__.py": '"""The world of module @number@."""\n',
    "src/labkit/trends/@slug@/world.py": WORLD,
    "src/labkit/checks/@slug@/__init__.py": CHECKS,
    "src/labkit/checks/@slug@/judges.py": JUDGES,
    "grader/exams/@slug@/__init__.py": EXAM,
    "labs/@name@/@slug@.py": LAB,
    "course/@name@/lesson.py": LESSON,
    "tests/labs/@name@/answers.py": ANSWERS,
}

CATALOG_ENTRY = f"""\
  - name: @name@
    title: @title@
    trend: What moves in the field, in one or two sentences.
    question: Which question does this module answer?
    skills:
      - What a learner can do afterwards
    roles: [Who needs it]
    minutes: 60
    points: {POINTS}
    prerequisites: []
    status: available
"""
