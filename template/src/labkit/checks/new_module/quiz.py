"""The questions of lesson 00."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "busy_days",
        "Half of all days see a shortage. What follows for the share of demand served?",
        (
            Option("it is one half", "Most units of such a day may have been served."),
            Option(
                "it may still be near one",
                "A day with a shortage can miss a single unit out of many.",
                right=True,
            ),
            Option("it is below one half", "That would need shortages of most of the demand."),
        ),
    ),
    Question(
        "one_unit_more",
        "The stock rises by one unit a day. Where does the share of demand served gain most?",
        (
            Option(
                "where the stock is small",
                "The added unit is asked for on every day with a shortage; those are most there.",
                right=True,
            ),
            Option("where the stock is large", "There it mostly lies on the shelf overnight."),
            Option("the same everywhere", "The curve bends: it is steep on the left."),
        ),
    ),
    Question(
        "which_to_watch",
        "Lost units cost money, whoever wanted them. Which share belongs in the report?",
        (
            Option("days without shortage", "It counts a day with one unit lost as a failure."),
            Option(
                "the share of demand served",
                "Each lost unit lowers it by the same amount.",
                right=True,
            ),
            Option("the mean of daily shares", "It weighs a unit of a quiet day more."),
        ),
    ),
)
