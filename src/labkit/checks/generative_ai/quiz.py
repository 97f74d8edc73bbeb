"""The questions of lesson 01."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "schema",
        "A supplier says: 'With our schema the answers are valid in 100 % of cases.' What do you "
        "know of the answers now?",
        (
            Option(
                "they can be read by a program; whether they are right is open",
                "A schema removes what cannot be read. It adds no knowledge of tickets.",
                right=True,
            ),
            Option(
                "they are right, or the model would not have given them",
                "The model had to give one of the valid answers, also where it knew none.",
            ),
            Option(
                "they are those the model gives anyway, without the invalid ones",
                "Masking token by token changes what is likely among the valid texts, too.",
            ),
        ),
    ),
    Question(
        "winner",
        "Twelve prompts were tried on the same tickets. The best one was right in 70 % of them. "
        "What would you ask before you promise 70 %?",
        (
            Option(
                "whether there were more than a hundred tickets",
                "More tickets of the same few customers help little, and the choice is still "
                "made on them.",
            ),
            Option(
                "how it does on tickets of customers that had no part in the choice",
                "The best of twelve was also lucky. Only fresh customers say what is left.",
                right=True,
            ),
            Option(
                "whether the other eleven were clearly worse",
                "That tells whether the choice was hard, not what the winner will do.",
            ),
        ),
    ),
    Question(
        "size",
        "On tickets in known words, a linear model of counted words is right in nearly all. "
        "What speaks for a language model all the same?",
        (
            Option(
                "it is larger, so it is more accurate",
                "On known ground it is not. Size is a price here, not a result.",
            ),
            Option(
                "it needs no labelled tickets to be tested",
                "Without labels nobody knows whether it is right.",
            ),
            Option(
                "tickets in words that were in no example",
                "The linear model knows words it has seen. A model that has read more may know "
                "others, and this has to be measured.",
                right=True,
            ),
        ),
    ),
)
