"""Checks of module 08: tasks, points, hints and the quiz; judging itself is in `judges`."""

from __future__ import annotations

from labkit.checks.rl_supply_chain import judges
from labkit.exercise.lab import Lab
from labkit.exercise.quiz import Option, Question
from labkit.exercise.task import LabSpec, Task

TASKS = (
    Task(
        "simulate",
        10,
        judges.judge_simulate,
        (
            "Keep one array a quantity, with one entry a copy, and loop over the periods only.",
            "The regular orders on their way are a small table: one row a period still to wait, "
            "one column a copy. Or keep all orders in one table and read row t − lead_time.",
            "Within a period the order of events decides: arrival, expedited order, regular order, "
            "demand, cost.",
        ),
    ),
    Task(
        "newsvendor",
        10,
        judges.judge_newsvendor,
        (
            "Think of the last unit: it pays when the chance that it sells is large enough.",
            "The share that settles it is penalty / (penalty + holding).",
            "For whole units take the first quantity at which the probability of no shortage "
            "reaches that share. demand.frozen and demand.pmf give the probabilities.",
        ),
    ),
    Task(
        "multi_echelon",
        15,
        judges.judge_multi_echelon,
        (
            "Work from the customer upwards; each stage is a one-dimensional problem.",
            "Give each stage its echelon holding cost: its own rate less the rate one stage up.",
            "What a stage passes up is the extra cost of holding less than its best level, as a "
            "function of the position that arrives. A fine grid and a convolution with the demand "
            "over the lead time are enough.",
            "Another way: metrics.serial_cost is exact and fast. Search over the levels.",
        ),
    ),
    Task(
        "capped_base_stock",
        10,
        judges.judge_capped_base_stock,
        (
            "The order is min(cap, max(0, level − inventory position)).",
            "metrics.all_states lists the states, metrics.lost_sales_cost the exact cost of an "
            "ordering table. A table a pair, then the cheapest.",
            "The best cap lies near the mean demand, now and then below it; the best level above "
            "that of plain base-stock.",
        ),
    ),
    Task(
        "backprop",
        20,
        judges.judge_backprop,
        (
            "lost_sales_step is differentiable: run it for a few dozen periods and call backward() "
            "on the mean cost.",
            "Scale the states to about one, and end the network in softplus so that no order is "
            "negative. Begin near the mean demand.",
            "Carry the last state over to the next step of training, detached, so that you always "
            "train where the policy really goes.",
            "Let the learning rate rise and then fall to near zero (OneCycleLR); the last tenths "
            "of a percent come from its end.",
        ),
    ),
    Task(
        "ppo",
        10,
        judges.judge_ppo,
        (
            "Many short rollouts beat few long ones here: a few hundred copies of the shelf.",
            "The effect of an order is over after lead time plus a few periods, so a discount near "
            "0.98 and a small gae_lambda cut the noise.",
            "A learning rate that falls to zero, a small entropy bonus, and n_steps × num_envs "
            "that divides the budget.",
        ),
    ),
    Task(
        "dispatch",
        15,
        judges.judge_dispatch,
        (
            "A linear score is enough: twelve weights, one a feature.",
            "Try candidates on the same days. Differences are far smaller than days differ.",
            "Start from nearest-request (weight −1 on the travel time), change the weights at "
            "random, keep the best quarter, and repeat with their mean and spread.",
        ),
    ),
)

QUESTIONS = (
    Question(
        "critical_ratio",
        "A lost sale costs four times as much as a unit left over for one period. Demand has a "
        "normal law. How much should the shelf hold for one period?",
        (
            Option("the mean demand", "Then every second period runs short, at the higher cost."),
            Option(
                "the quantity that suffices in 80 % of periods",
                "4 / (4 + 1) = 0.8: one more unit sells with probability 0.2, which saves 0.8, "
                "and stays with probability 0.8, which costs 0.8.",
                right=True,
            ),
            Option("four times the mean demand", "Costs set the probability, not the multiple."),
        ),
    ),
    Question(
        "lost_sales",
        "Why is a base-stock policy not optimal when unmet demand is lost?",
        (
            Option(
                "it looks at the sum of what is on its way, not at when it arrives",
                "After a shortage the inventory position no longer says what future stock will be: "
                "lost customers do not come back for the goods in the pipeline.",
                right=True,
            ),
            Option("it orders too seldom", "It orders in nearly every period."),
            Option("Poisson demand has a heavy tail", "The same holds for demand without a tail."),
        ),
    ),
    Question(
        "fair_comparison",
        "On storm days a learned score is home about 8 % earlier than nearest-request. A routing "
        "solver that re-plans with the link times of the moment is about 7 % later. Does learning "
        "beat optimisation?",
        (
            Option("yes, by 15 %", "The solver planned the whole day as if the storm stood still."),
            Option(
                "one must ask what each one knew",
                "Told that the storm will have moved on after the first link, the same solver is "
                "as early as the learned score. The gain lies in the forecast.",
                right=True,
            ),
            Option("nobody can say, days differ too much", "Paired days take that out."),
        ),
    ),
)

SPEC = LabSpec(number=8, slug="rl_supply_chain", edition=1, tasks=TASKS, questions=QUESTIONS)


def open_lab(edition: int) -> Lab:
    """Open the lab for a notebook of the given edition.

    Raises:
        EditionError: the notebook was made for another edition.
    """
    return Lab(SPEC, edition)
