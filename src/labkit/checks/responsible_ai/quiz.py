"""The questions of lesson 02."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "eight",
        "A dashboard compares eight groups of 60 people and reports that the largest gap in "
        "acceptance is 17 points. What do you know?",
        (
            Option(
                "that two groups are treated unequally by 17 points",
                "Chance alone makes a gap "
                "of about this size, if all eight groups have the same rate.",
            ),
            Option(
                "nearly nothing, until the gap is held against what chance makes of eight groups",
                "The largest of many gaps is large by construction. It needs an interval that "
                "holds for all pairs together.",
                right=True,
            ),
            Option(
                "that the groups are too small to say anything",
                "A true gap of 40 points would stand out in groups of 60.",
            ),
        ),
    ),
    Question(
        "identity",
        "A score is equally precise in two groups: of those it calls risky, the same share "
        "defaults. The groups' base rates differ. May the false-positive rates be equal too?",
        (
            Option(
                "yes, with more data",
                "The identity holds for exact rates; it has nothing to do with samples.",
            ),
            Option(
                "yes, with a better model, short of a perfect one",
                "As long as there are errors, the four figures are tied to each other.",
            ),
            Option(
                "no, not unless the false-negative rates differ",
                "Base rate, precision, false-negative and false-positive rate are tied by one "
                "equation. Whoever wants one of them equal has to say which of the others may "
                "differ.",
                right=True,
            ),
        ),
    ),
    Question(
        "row",
        "A clinic publishes its number of visits with Laplace noise of scale 1 / epsilon. A "
        "patient came 30 times. What is promised to this patient?",
        (
            Option("epsilon", "The noise hides one visit. This patient moves the count by 30."),
            Option(
                "30 epsilon",
                "Losses add up over rows: noise for one row promises a person with 30 rows thirty "
                "times as much loss, which at epsilon 1 is no promise at all.",
                right=True,
            ),
            Option(
                "nothing can be said", "It can: the loss is proportional to what one person moves."
            ),
        ),
    ),
)
