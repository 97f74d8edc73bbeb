"""The questions of lesson 04."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "ceiling",
        "A vendor's model reads pictures and reviews and has an R² of 0.33. Reviews alone have "
        "0.26. What follows for fusion?",
        (
            Option("it works: 0.33 is more than 0.26", "A sum of two models would be more, too."),
            Option(
                "nothing yet: what would the best sum of both sides have?",
                "Only above the additive ceiling does anything depend on seeing both at once.",
                right=True,
            ),
            Option(
                "it needs a larger model", "Size is no reason before it is known what is missing."
            ),
        ),
    ),
    Question(
        "silence",
        "No review mentions the pack, and products in shells have fewer stars. What does the pack "
        "do?",
        (
            Option(
                "nothing, or people would write about it", "People write about what they notice."
            ),
            Option("all of the difference", "Shells hold other products than boxes do."),
            Option(
                "what is left between products of the same use and quality",
                "The picture tells who has the shell, the review what else differs. It takes both.",
                right=True,
            ),
        ),
    ),
    Question(
        "missing",
        "A third of the products have no picture; a grey square stands there. The model was "
        "trained with them. Is that fine?",
        (
            Option("yes, it has learned what grey means", "It has one weight a feature for all."),
            Option(
                "no: without a picture a review should count for more",
                "A review tells in part what the picture would have shown. A model of that kind "
                "uses it; one with a grey picture does not.",
                right=True,
            ),
            Option(
                "yes, if the grey is replaced by a mean",
                "A mean says: an average pack. The review knows better.",
            ),
        ),
    ),
)
