"""Task `triage`: a priority or a question for each mail, at the least expected cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.intelligent_agents.redraw import NEW, mails
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.intelligent_agents.world.mail import ASK, mean_cost

MOST = 1.04
"""Times the least possible cost. In 42 cases of 14 seeds: a logistic regression on the scores 1.001
to 1.010, one on their differences 1.000 to 1.010, a factor and two shifts fitted by likelihood
1.000 to 1.006. The least harm of a mistake in the worst of three cases: a factor chosen by eye
1.11, likeliest or ask 1.15, never asking 1.28, the scores taken for log-odds as they are 1.35, one
table for all costs 1.38, always asking 1.67. A fit on 200 of the 1,500 mails costs 1.056 to 1.17 in
the case that is drawn for it."""

SAME_TRAP = 1e-4
QUICK = 5.0
"""CPU-seconds of a call; the reference needs a tenth."""

TRAPS = {
    "believed": "Scores are taken for log-odds as they are: the model is too sure of itself.",
    "largest": "The largest score decides, whatever a mistake costs.",
    "likeliest": "The likeliest priority decides, whatever a mistake costs.",
    "two": "The likeliest priority or a question, nothing else: where a little too early is cheap, "
    "the second likeliest priority may cost least.",
    "half": "A threshold of one half asks the same questions whatever they cost.",
    "never": "Nobody is ever asked, although a question is cheaper than many a mistake.",
    "always": "Everything is asked: that is safe, and the people do all the work.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the exact mean cost against the least possible one."""

    def one(case: Instance) -> Outcome:
        known, new = mails(case)
        costs = np.array(case["costs"])
        raw = call(answer, known.scores, known.labels, new.scores, costs, seconds=QUICK)
        decisions = as_choices(raw, "decisions", NEW, (0, 1, 2, 3))
        cost = mean_cost(new.chances, costs, decisions)
        words = (
            f"A mail costs {cost:.2f} € on average, {cost / case['best']:.2f} times the least "
            f"possible; {(decisions == ASK).mean():.0%} are asked about"
        )
        if cost <= MOST * case["best"]:
            return passed(f"{words}.")
        return failed(
            f"{words}. {MOST:g} times is allowed.",
            on=f"{NEW:,} new mails, a question costs {case['costs'][0][ASK]:g} €",
            next_step="Turn scores into chances that hold on the labelled mails, then take the "
            "decision whose cost, weighted by these chances, is least.",
            misconception=trap(cost, case["traps"], TRAPS, SAME_TRAP),
        )

    return each_case(instance, one, "Every decision costs about as little as it can.")


TASK = Task(
    "triage",
    10,
    judge,
    (
        "How often is the model right where it says 90 %? Count it on the labelled mails.",
        "A logistic regression from the three scores to the label gives chances that hold.",
        "Chances (n, 3) times costs (3, 4) is the expected cost of each decision for each mail.",
    ),
    title="Sort the mail, or ask",
    traps=TRAPS,
)
