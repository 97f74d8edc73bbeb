"""The three questions of the lesson, and why each answer is right or wrong."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        "doubtful_verdict",
        "The model believes every finding of a lesion with 80 %, and the most likely findings add "
        "up to 4.6, just benign. What should it report?",
        (
            Option("benign, 80 % sure", "The 80 % are for one finding. The verdict needs all."),
            Option(
                "the probability that the score lies above 4.75",
                "Add up the probability of every combination of findings above the threshold. The "
                "most likely combination is only one of them, and an unlikely one.",
                right=True,
            ),
            Option(
                "nothing, 80 % is too little",
                "Perhaps, but that is for the probability of the verdict to say.",
            ),
        ),
    ),
    Question(
        "shortcut",
        "Two models are right in 83 of 100 verdicts, both through the same rule. How do you find "
        "out which one may explain itself to a clinician?",
        (
            Option("compare their verdicts on more images", "They are equally right there."),
            Option("read a few of their explanations", "Both read well. That is the trouble."),
            Option(
                "compare their findings with findings of a clinician",
                "Only findings can tell whether a finding means what its name says. A few dozen "
                "described images are enough.",
                right=True,
            ),
        ),
    ),
    Question(
        "guideline_changes",
        "The guideline now counts border twice as much. Which model needs no new fit?",
        (
            Option(
                "the one that believes findings and applies the rule",
                "Its beliefs are about the lesion and not about the rule. Only the last step "
                "changes.",
                right=True,
            ),
            Option(
                "the regression of the score on measurements",
                "It predicts the old score as one number and cannot take the border out of it. A "
                "moved threshold it can follow, a changed weight it cannot.",
            ),
            Option(
                "the network that was trained on verdicts", "It knows neither score nor border."
            ),
        ),
    ),
)
