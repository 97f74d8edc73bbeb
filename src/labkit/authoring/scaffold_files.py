"""What `labkit new-lab` writes: the texts of a small complete lab, with fields in @…@.

The example measures the share of demand served from stock. It is there to be replaced; what
stays is its shape: a world, an exam that draws instances with their traps, a judge that never
knows how to find the answer, right and wrong answers that prove the judge.
"""

from __future__ import annotations

POINTS = 15
TASK_NAME = "fill_rate"

WORLD = '''\
"""The world of @title@: replace this demand by what your lab is about."""

from __future__ import annotations

import numpy as np


def draw_demand(rng: np.random.Generator, days: int) -> np.ndarray:
    """Draw one demand a day, in units; shape (days,), integers from 1 to 20."""
    return rng.integers(1, 21, days)
'''

TASK = '''\
"""Task `fill_rate`: the share of demand served from stock.

Judged on every case by the share itself. Known traps come with the instance as numbers: an answer
that equals one is told its name.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

TOLERANCE = 1e-6

QUICK = 5.0
"""CPU-seconds of a call; the reference needs milliseconds."""

TRAPS = {
    "days without shortage": "This is the share of days without shortage. Count units, not days.",
    "mean of daily shares": "This weighs every day alike. A busy day has more units to serve.",
    "share lost": "This is the share of demand that was lost.",
    "stock over demand": "This counts stock nobody asked for. A day serves at most its demand.",
    "in percent": "This is in percent. Return a share from 0 to 1.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Judge the share of demand served on every case of the instance."""

    def one(case: Instance) -> Outcome:
        demand = np.array(case["demand"])
        found = as_number(call(answer, demand, case["stock"], seconds=QUICK), "fill rate")
        if math.isclose(found, case["fill_rate"], abs_tol=TOLERANCE):
            return passed("")
        return failed(
            f"You found {found:.4f}, which is not the share of demand served.",
            on=f"{len(demand)} days with a stock of {case['stock']} each",
            next_step="Take three days with small numbers and count the units by hand.",
            misconception=trap(found, case["traps"], TRAPS, TOLERANCE),
        )

    return each_case(instance, one, "The share of demand served is right in every case.")


TASK = Task(
    "fill_rate",
    10,
    judge,
    (
        "How many units were served on one single day?",
        "A day serves what was asked or what was there, whichever is less. np.minimum does it.",
    ),
    title="The share of demand served",
    traps=TRAPS,
)
'''

QUIZ = '''\
"""The questions of lesson @number@."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

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
'''

CHECKS = '''\
"""Checks of module @number@: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.@slug@ import fill_rate
from labkit.checks.@slug@.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=@plain_number@,
    slug="@slug@",
    edition=1,
    tasks=(fill_rate.TASK,),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
'''

EXAM = '''\
"""Instances of task `fill_rate`, with their reference figures: never shipped to learners."""

from __future__ import annotations

import numpy as np

from labkit.exercise.drawing import until

CASES = 3
DAYS = 12

APART = 1e-3
"""How far every trap must lie from the reference, so that a judge can tell them apart."""


def draw(rng: np.random.Generator) -> dict:
    """Return ``{"cases": [...]}``.

    Each has ``demand``, ``stock``, the reference ``fill_rate`` and ``traps``, the shares that known
    mistakes lead to.
    """
    return {
        "cases": [
            until(lambda: _case(rng), _all_apart, "a reference apart from every trap")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict:
    demand = rng.integers(1, 21, DAYS)
    stock = int(rng.integers(6, 15))
    return {
        "demand": demand.tolist(),
        "stock": stock,
        "fill_rate": fill_rate(demand, stock),
        "traps": _traps(demand, stock),
    }


def _all_apart(case: dict) -> bool:
    values = [case["fill_rate"], *case["traps"].values()]
    return min(abs(a - b) for i, a in enumerate(values) for b in values[:i]) > APART


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
"""Right and wrong answers of task `fill_rate`, which prove its judge."""

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
    "unit by unit": unit_by_unit,
    "by what is lost": by_what_is_lost,
}

WRONG = {
    "counts days": (days_without_shortage, "Count units, not days"),
    "weighs days alike": (mean_of_daily_shares, "This weighs every day alike"),
    "says what is lost": (share_lost, "the share of demand that was lost"),
    "forgets the demand": (stock_over_demand, "A day serves at most its demand"),
    "says percent": (in_percent, "This is in percent"),
}
'''

FILES = {
    "src/labkit/trends/@slug@/__init__.py": '"""The world of module @number@."""\n',
    "src/labkit/trends/@slug@/world.py": WORLD,
    "src/labkit/checks/@slug@/__init__.py": CHECKS,
    "src/labkit/checks/@slug@/quiz.py": QUIZ,
    "src/labkit/checks/@slug@/fill_rate.py": TASK,
    "grader/exams/@slug@/__init__.py": '"""The exams of module @number@."""\n',
    "grader/exams/@slug@/fill_rate.py": EXAM,
    "labs/@name@/@slug@.py": LAB,
    "course/@name@/lesson.py": LESSON,
    "tests/labs/@name@/fill_rate.py": ANSWERS,
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
