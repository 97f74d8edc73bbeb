"""The questions of lesson 03."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "accuracy",
        "A network is right on 97 % of test pictures from the hospital that supplied the training "
        "pictures. What does that say about another hospital?",
        (
            Option("it is right on 97 % there too", "Only if the same shortcuts work there."),
            Option(
                "nothing yet: both sets of pictures share what the hospital does",
                "A sticker on most malignant lesions is in both. Only pictures without it, or with "
                "it on the wrong ones, show what the network has learned.",
                right=True,
            ),
            Option(
                "it is right on a little less, since new pictures are harder",
                "That holds for a network that looks at lesions.",
            ),
        ),
    ),
    Question(
        "map",
        "A heat map outlines the lesion crisply. How do you find out whether it shows what the "
        "network uses?",
        (
            Option(
                "a dermatologist says whether it looks right", "Edges of the picture look right."
            ),
            Option(
                "draw the network's weights anew and see whether the map changes",
                "A map that stays the same with a network that knows nothing cannot say what the "
                "network knows.",
                right=True,
            ),
            Option(
                "compare it with three other methods",
                "Methods may agree because they all show the picture's edges.",
            ),
        ),
    ),
    Question(
        "audit",
        "A bank's SHAP values give the applicant's group no weight. Is the group unused?",
        (
            Option("yes, SHAP is exact", "Exact for what it asked, which are rows nobody has."),
            Option(
                "not shown: compare real applicants who differ in the group and in little else",
                "SHAP and LIME ask about made-up rows. A model can notice these and behave, and a "
                "column that goes with the group can stand in for it.",
                right=True,
            ),
            Option("yes, if the column is deleted", "Other columns may carry it."),
        ),
    ),
)
