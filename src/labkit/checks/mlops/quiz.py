"""The questions of lesson 10."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "known",
        "A model is better in the test than in production, with the same code and the same data. "
        "What is the first thing to look at?",
        (
            Option("whether it is too simple", "Then it would be bad in the test as well."),
            Option(
                "whether its features were known at the moment of each decision",
                "A value that is corrected later makes the past look clearer than it was.",
                right=True,
            ),
            Option("whether the service is slow", "A slow score is late, but the same."),
        ),
    ),
    Question(
        "pvalue",
        "A dashboard tests each feature for drift at p < 0.05, and the traffic grows tenfold. What "
        "becomes of its alarms?",
        (
            Option("nothing, 5 % are 5 %", "Only while nothing at all differs, which never holds."),
            Option(
                "smaller and smaller differences ring",
                "With enough rows every difference is significant. Ask how large it is.",
                right=True,
            ),
            Option("they become rarer", "More rows make a test see more, not less."),
        ),
    ),
    Question(
        "canary",
        "A new version gets 5 % of the traffic. Each minute somebody looks whether its errors are "
        "significantly more, at 5 %. What happens to a version that is as good as the old one?",
        (
            Option("one in twenty is rolled back", "That holds for one look."),
            Option(
                "far more than one in twenty is rolled back",
                "Each look is another chance to be wrong. A sequential test is made for looking.",
                right=True,
            ),
            Option("none is rolled back", "Chance alone makes some look bad."),
        ),
    ),
)
