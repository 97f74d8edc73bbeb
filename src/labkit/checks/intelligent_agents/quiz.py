"""The questions of lesson 06."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "timeout",
        "An agent pays an invoice and gets a time-out. What should it do?",
        (
            Option("try again at once", "If the first call went through, it pays twice."),
            Option(
                "look at the account, and pay if nothing is there",
                "The list may lag behind: what was just paid is not seen yet.",
            ),
            Option(
                "try again under the same key",
                "The bank pays once for each key, so the second call is harmless, whatever became "
                "of the first.",
                right=True,
            ),
        ),
    ),
    Question(
        "sources",
        "A filter stopped all forty attacks that a team had collected. Is the agent safe?",
        (
            Option("yes, forty of forty", "The next attacker writes something else."),
            Option(
                "no: what counts is what text from outside can bring about",
                "Assume a model that obeys every word it reads. What is then still impossible, is "
                "safe; a filter makes nothing impossible.",
                right=True,
            ),
            Option(
                "yes, if the model is told to ignore instructions in mails",
                "That is one more sentence in the same text, and models do not tell them apart "
                "reliably.",
            ),
        ),
    ),
    Question(
        "inbox",
        "A gate asks about every step. After a month, people approve 93 % without reading. What "
        "makes it safer?",
        (
            Option(
                "asking less, about what can do most harm",
                "Attention is what the gate spends. With fewer questions more of them are read, "
                "and those that are left are the ones that matter.",
                right=True,
            ),
            Option("asking twice", "More questions, less reading."),
            Option("nothing, every step is approved", "An approval that nobody read is none."),
        ),
    ),
)
