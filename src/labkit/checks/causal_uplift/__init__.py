"""Checks of module 09: tasks, points, hints and the quiz; judging itself is in `judges`."""

from __future__ import annotations

from labkit.checks.causal_uplift import judges
from labkit.exercise.lab import Lab
from labkit.exercise.quiz import Option, Question
from labkit.exercise.task import LabSpec, Task

TASKS = (
    Task(
        "adjustment",
        10,
        judges.judge_adjustment,
        (
            "Every back door starts with an arrow into the treatment. Which columns close all of "
            "them, and lie on no way out of the treatment?",
            "Never adjust for what the treatment changes. A column measured before it can harm as "
            "well, if it is the common effect of two others.",
            "dowhy's CausalModel takes the graph; identify_effect() finds sets, and "
            "get_backdoor_variables() names one. Or try all small sets with networkx's "
            "is_d_separator on the graph without the arrows out of the treatment.",
            "Then regress the outcome on the treatment and the set; the coefficient is the effect.",
        ),
    ),
    Task(
        "aipw",
        15,
        judges.judge_aipw,
        (
            "Only the outcome without an offer is missing: what the treated would have done.",
            "Predict it with a regression on the untreated. Its mean error on the untreated, "
            "weighted by their odds of treatment, tells what to correct.",
            "The odds are e / (1 − e) with the estimated propensity e. ATT = the sum over people "
            "of (treated − (1 − treated) · odds) · (outcome − prediction), divided by the number "
            "of the treated.",
            "Overlap: which share of the treated has a propensity above 0.95? In some worlds "
            "hardly any, in others a third and more.",
        ),
    ),
    Task(
        "lalonde",
        10,
        judges.judge_lalonde,
        (
            "The trained were poor and young; the survey is not. Who in it is like them?",
            "data.propensity_terms(people) gives columns for a logistic regression that were found "
            "to work. Weigh the survey by the odds e / (1 − e).",
            "The experiment speaks for the people who were trained.",
        ),
    ),
    Task(
        "qini",
        15,
        judges.judge_qini,
        (
            "Walk down the distinct scores, not the rows. numpy.unique with return_inverse, and "
            "bincount with weights, give the sums of each group.",
            "Cumulate four sums: people and outcomes, with and without the offer. Begin both "
            "curves at zero, and leave out corners at which one group is still empty.",
            "numpy.trapezoid(height, share) is the area; divide by the number of customers, and "
            "take half of the last height off for the Qini coefficient.",
        ),
    ),
    Task(
        "cate",
        15,
        judges.judge_cate,
        (
            "A linear model with the offer as one more column gives everybody the same effect.",
            "causalml.inference.meta has BaseXRegressor, BaseDRRegressor and BaseRRegressor; each "
            "takes any regressor of scikit-learn, and p= for the propensity.",
            "Estimate the propensity by logistic regression, of the people you learn from and of "
            "the new ones, and keep it away from 0 and 1.",
        ),
    ),
    Task(
        "targeting",
        15,
        judges.judge_targeting,
        (
            "What does an offer to this customer change, in euros?",
            "Uplift is the chance to stay with an offer less that without: two models, or one of "
            "causalml's learners for classes.",
            "Rank by uplift × value − cost, cut at the budget, and leave out all below zero.",
        ),
    ),
    Task(
        "triage",
        10,
        judges.judge_triage,
        (
            "A real effect survives a fair attack. Spurious ones die of different causes.",
            "Adjust for what was measured before the treatment, and for nothing that came after. "
            "Is the effect still there?",
            "The outcome's own past, margin_before, cannot have been changed. If the treatment "
            "'changes' it, something unseen is at work.",
            "With 40 looks, two of them are below 5 % by chance. Divide the 5 % by the looks.",
        ),
    ),
    Task(
        "budget",
        5,
        judges.judge_budget,
        (
            "Season opens a back door; traffic is how the budget works.",
            "dowhy.gcm answers the question as it is asked: fit an invertible causal model on the "
            "graph, then counterfactual_samples with a higher budget.",
            "The gain is the mean difference in sales. For the interval, repeat with weeks drawn "
            "again, or use the standard error of the regression behind it.",
        ),
    ),
)

QUESTIONS: tuple[Question, ...] = (
    Question(
        "collider",
        "Among customers who answered the survey, the offer seems to hurt. Offers and good moods "
        "both make people answer. What now?",
        (
            Option(
                "look at all customers, answered or not",
                "Answering is a collider: among those who answered, the offer and a good mood "
                "stand in for each other. Without selecting on it, the link is gone.",
                right=True,
            ),
            Option("adjust for having answered", "That is what selecting did already."),
            Option("ask more customers", "A larger selection has the same bias, only surer."),
        ),
    ),
    Question(
        "att_ate",
        "Weighting gives −7,200 dollars for everybody and +1,800 for the trained. Which one is "
        "wrong?",
        (
            Option("the first, effects cannot be negative", "They can."),
            Option(
                "the first answers a question that these data cannot",
                "Hardly anybody in the survey is like the trained, so what training would do to "
                "the survey's people rests on a handful of huge weights. For the trained there "
                "are people to compare with.",
                right=True,
            ),
            Option("the second, it is too small", "The experiment says 1,794, give or take 670."),
        ),
    ),
    Question(
        "whom",
        "Who should get the retention offer first?",
        (
            Option("who is most likely to leave", "Many of them leave anyway."),
            Option("who is worth most", "Many of them stay anyway."),
            Option(
                "whose chance to stay rises most in euros",
                "What the offer changes, times the value, less the cost: that is uplift.",
                right=True,
            ),
        ),
    ),
)

SPEC = LabSpec(number=9, slug="causal_uplift", edition=1, tasks=TASKS, questions=QUESTIONS)


def open_lab(edition: int) -> Lab:
    """Open the lab for a notebook of the given edition.

    Raises:
        EditionError: the notebook was made for another edition.
    """
    return Lab(SPEC, edition)
