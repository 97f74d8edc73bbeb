"""The questions of lesson 09."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

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
