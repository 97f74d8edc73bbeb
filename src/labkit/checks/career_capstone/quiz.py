"""The questions of lesson 14."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "record",
        "A record names an issuer whom you trust, and its signature verifies with the key that "
        "stands in the record. What has been shown?",
        (
            Option("that the issuer signed it", "Anybody can put a key of their own there."),
            Option(
                "that whoever has that key signed it",
                "Whose key it is has to be known from elsewhere: from the list of those you trust.",
                right=True,
            ),
            Option("that it holds today", "Its times are a question of their own."),
        ),
    ),
    Question(
        "chain",
        "The model that chooses customers is better this year. Parts are still ordered by last "
        "year's demand. What follows?",
        (
            Option("more profit, as far as offers go", "The parts for new plans are missing."),
            Option(
                "more plans are sold than can be served",
                "What the campaign earns is lost at the counter. Decisions that hang together are "
                "worth what the worst of them lets through.",
                right=True,
            ),
            Option("nothing, these are two departments", "They share the customers."),
        ),
    ),
    Question(
        "figure",
        "A report says that 97 million new jobs will come by 2025. What do you ask first?",
        (
            Option("whether 97 million is many", "Many of what, and compared with what?"),
            Option(
                "who was asked, when, what, and how many jobs go in the same report",
                "The figure comes from an employers' survey of 2020, beside 85 million jobs that "
                "may be displaced, and its year is over.",
                right=True,
            ),
            Option("for a newer report", "It has the same questions to answer."),
        ),
    ),
)
