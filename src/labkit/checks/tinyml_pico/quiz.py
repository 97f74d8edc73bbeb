"""The three questions of lesson 11."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        "leak",
        "A model reaches 100 % on random windows of ten people, and 88 % on two people who were "
        "left out. Which figure do you tell the customer?",
        (
            Option("100 %, it was measured on more people", "On people whom it knows already."),
            Option(
                "88 %",
                "Windows of one person overlap and resemble each other. A random split asks "
                "whether the model remembers them; the customer's patients are all new.",
                right=True,
            ),
            Option("the mean of both", "One of the two answers another question."),
        ),
    ),
    Question(
        "seed",
        "On one seed the int8 network is 0.4 points better than the float one. What follows?",
        (
            Option("rounding regularises", "It may, but one seed cannot show it."),
            Option("there is a bug in the test", "A difference this small needs no bug."),
            Option(
                "nothing yet",
                "Another seed moves the accuracy by up to 4 points. Compare both on several seeds, "
                "pair by pair.",
                right=True,
            ),
        ),
    ),
    Question(
        "cycles",
        "A plain kernel spends 840,000 cycles on 70,880 multiply-accumulates. What shortens this "
        "most?",
        (
            Option("a faster multiplier", "It already takes one cycle."),
            Option(
                "to load each number fewer times",
                "A load takes two cycles, a multiplication one. Each activation that serves two "
                "rows, and each word that holds two numbers, saves loads.",
                right=True,
            ),
            Option(
                "16 bits instead of 8",
                "A load takes as long, and flash and memory double.",
            ),
        ),
    ),
)
