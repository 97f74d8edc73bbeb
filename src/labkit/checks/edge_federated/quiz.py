"""The questions of lesson 12."""

from __future__ import annotations

from labkit.exercise.quiz import Option, Question

QUESTIONS = (
    Question(
        "drift",
        "Ten clinics average their models for 300 rounds. The loss stands still above the optimum. "
        "What helps?",
        (
            Option("more rounds", "It stands still: the averages end at another place."),
            Option("more local steps", "Each clinic then walks further towards its own patients."),
            Option(
                "telling each clinic how its slope differs from that of all",
                "At the optimum the clinics' own slopes are not zero, only their mean is. A clinic "
                "that knows the difference can correct for it.",
                right=True,
            ),
        ),
    ),
    Question(
        "hidden",
        "Updates are masked, and the server sees their sum alone. Is every patient hidden?",
        (
            Option("yes, single updates cannot be read", "The sum still depends on them."),
            Option(
                "no: the sum itself can tell of a patient",
                "If one patient changes the sum, two sums tell of the patient. Against that only "
                "noise helps, and its size is stated by epsilon.",
                right=True,
            ),
            Option("yes, if there are enough clinics", "More clinics help, but promise nothing."),
        ),
    ),
    Question(
        "odd",
        "A rule leaves out updates that look unlike the others, to keep attackers away. All "
        "clinics are honest and differ much. What happens?",
        (
            Option(
                "it leaves out honest clinics, and the model gets worse for their patients",
                "Odd is not evil. With clinics as different as these the median costs more than it "
                "saves unless somebody really attacks.",
                right=True,
            ),
            Option("nothing, nobody attacks", "The rule does not know that nobody does."),
            Option("the model gets better", "Only where what was left out was wrong."),
        ),
    ),
)
