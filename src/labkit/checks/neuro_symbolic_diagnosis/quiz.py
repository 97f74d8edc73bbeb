"""The quiz of the lesson on neuro-symbolic diagnosis."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        "shortcut",
        "A system trained on verdicts alone is right in 84 % of all cases. How good are its "
        "concepts?",
        (
            Option("about as good", "The verdict needs only the sum to be right."),
            Option(
                "nobody knows until they are compared with labelled findings",
                "Many wrong concepts give the right sum: a colour can pass for a structure, since "
                "both weigh 0.5. That is a reasoning shortcut.",
                right=True,
            ),
            Option("better, since errors cancel", "Errors cancel in the sum, not in its parts."),
        ),
    ),
    Question(
        "new_limit",
        "The limit for referral moves from 4.75 to 5.45. What has to be learned again?",
        (
            Option("everything", "What is seen in the image has not changed."),
            Option("the verdict's last layer", "There is none: the rule makes the verdict."),
            Option(
                "nothing",
                "Beliefs about the findings stay; the rule reads its limit from the guideline. A "
                "network trained on verdicts would need new ones.",
                right=True,
            ),
        ),
    ),
    Question(
        "exact",
        "Exact logic says 0.99. How often is the verdict right then?",
        (
            Option(
                "less often than 99 times in 100, unless somebody checked",
                "The logic is exact, the beliefs are not, and it takes their errors for "
                "independent. Hold stated probabilities against known cases.",
                right=True,
            ),
            Option("99 times in 100, it is exact", "Exact given the beliefs. Are they right?"),
            Option("always, the rule fired", "The rule fired with a probability."),
        ),
    ),
)
