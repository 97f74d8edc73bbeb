"""The questions of lesson 05."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "rows",
        "A log of the old policy has 10,000 visits. The effective sample for the new policy is 2. "
        "The estimate for the new policy is 60 % higher than the old one's. What do you do?",
        (
            Option(
                "go live: 10,000 visits are plenty",
                "Nearly all the weight lies on two of them. The estimate is a story about two "
                "visits.",
            ),
            Option(
                "let the new policy serve a small share of the visits first",
                "The log cannot say anything about what the old policy hardly ever showed. Some "
                "new visits can.",
                right=True,
            ),
            Option(
                "drop the new policy",
                "The log does not speak against it either. It is silent.",
            ),
        ),
    ),
    Question(
        "bait",
        "An A/B test of one week shows 20 % more clicks with loud titles. What is missing?",
        (
            Option(
                "more viewers, for a smaller interval",
                "The clicks are there. A smaller interval would be around the wrong quantity.",
            ),
            Option(
                "who stays: the same viewers after the next months",
                "Bait is paid for later, by viewers who leave. The clicks of a week do not show "
                "it.",
                right=True,
            ),
            Option(
                "nothing, clicks are what is sold",
                "Only viewers who are still there click.",
            ),
        ),
    ),
    Question(
        "bound",
        "An audit of a vendor, with 20,000 runs, finds a lower bound of 0.8 where 1 is claimed. "
        "What is shown?",
        (
            Option(
                "that the vendor keeps epsilon 1",
                "Another attack, or another person, may tell more. A lower bound never acquits.",
            ),
            Option(
                "that this attack, on this person, does not break the claim",
                "That is all an audit can say in favour. It would have convicted above 1.",
                right=True,
            ),
            Option(
                "that epsilon is 0.8",
                "It is at least 0.8, with high confidence. It may be anything above.",
            ),
        ),
    ),
)
