"""The questions of lesson 13."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "winner",
        "A search has compared 60 models in five folds. The best one has an AUC of 0.77 there. "
        "What will it have on new customers?",
        (
            Option("about 0.77", "It is the best partly by luck, and luck does not come back."),
            Option(
                "less, and the more models were tried the less",
                "The best of many noisy figures is too high. A fresh sample, or shrinking towards "
                "the mean, says what is left.",
                right=True,
            ),
            Option("more, with more data to train on", "A little, but that is no part of 0.77."),
        ),
    ),
    Question(
        "budget",
        "A team gives every search ten minutes. On a busy machine its model is worse. Why?",
        (
            Option("the model is sensitive to the clock", "The model never sees the clock."),
            Option(
                "fewer trials fitted into the ten minutes",
                "Seconds buy as many trials as the machine has left. Count trials, and the same "
                "search gives the same model everywhere.",
                right=True,
            ),
            Option("bad luck", "It happens again at the next busy hour."),
        ),
    ),
    Question(
        "cutoff",
        "A table holds the number of complaints a customer ever made. May it be used to predict "
        "who leaves in May?",
        (
            Option("yes, it is correct", "It is correct today, not on the first of May."),
            Option(
                "only complaints booked before the day of the prediction",
                "Everything later was not there when the model would have been asked. Who leaves "
                "complains on the way out.",
                right=True,
            ),
            Option("yes, if folds are shuffled", "Every fold then holds the same future."),
        ),
    ),
)
