"""Checks of module 11: tasks, points, hints and the quiz; judging itself is in `judges`."""

from __future__ import annotations

from labkit.checks.tinyml_pico import judges
from labkit.exercise.lab import Lab
from labkit.exercise.quiz import Option, Question
from labkit.exercise.task import LabSpec, Task

TASKS = (
    Task(
        "windows",
        10,
        judges.judge_windows,
        (
            "Decide for each recording which side it belongs to, before anything else.",
            "Mean and deviation: concatenate the signals of the training people's recordings, and "
            "take both along the first axis. One number a channel.",
            "range(0, len(signal) - length + 1, hop) gives the starts; it is empty where a "
            "recording is too short.",
        ),
    ),
    Task(
        "layer",
        15,
        judges.judge_layer,
        (
            "Write a function for (low, high) → (scale, zero point) first. With low = 0 the zero "
            "point is −128, with high = 0 it is 127.",
            "numpy.frexp(real) gives a fraction in [0.5, 1) and an exponent: the multiplier is the "
            "fraction times 2**31, rounded, and the exponent is the shift.",
            "If the fraction rounds up to 2**31, halve the multiplier and raise the shift by one.",
            "With three axes, weight.reshape(len(weight), -1) makes one row an output.",
        ),
    ),
    Task(
        "network",
        15,
        judges.judge_network,
        (
            "A batch norm is a gain and an offset for each output: gain = gamma / sqrt(variance + "
            "epsilon). Both go into the weights and the bias of the convolution before it.",
            "network.activations returns the input first, then what leaves each layer, ReLU "
            "included. So the range of a layer's input is that of the entry before.",
            "The pool keeps the range of what goes into it: the dense layer's input range is the "
            "last convolution's output range.",
            "A single far value makes every step coarser. Ranges between the 0.1st and the 99.9th "
            "percentile agree better than the extremes; the logits keep theirs.",
        ),
    ),
    Task(
        "budget",
        15,
        judges.judge_budget,
        (
            "Which widths fit? training.prune(network.float_network(0), widths) has a shape in no "
            "time; its accuracy is of no interest here.",
            "Train the largest network that fits, and quantise it as in the task before.",
            "If it is still too often wrong: networks of twice the width, trained on these same "
            "windows, may teach the small one: training.train(..., "
            "teacher=training.ensemble(teachers, signal)).",
        ),
    ),
    Task(
        "kernel",
        15,
        judges.judge_kernel,
        (
            "Count the instructions of one step of the given loop: two loads, a multiplication, an "
            "addition, and all that the loop itself needs.",
            "An activation that was loaded once can be used for two rows. With four, the chip runs "
            "out of its eight registers, and what does not fit goes to memory and back.",
            "LDRSB takes a base and an index. A loop that counts i down to 0 and reads x[i], a[i], "
            "b[i] needs no other counter.",
            "At -O2 the compiler unrolls loops, your outer one too, until registers run out; -Os "
            "does not. A helper function with __attribute__((noinline)) and clang's loop pragma "
            "`unroll(disable)` stop it at -O2.",
        ),
    ),
    Task(
        "deploy",
        15,
        judges.judge_deploy,
        (
            "There are six images or so for each network. Build and boot one after the other, and "
            "stop at the first whose three figures fit.",
            "codegen.generate raises packing.CannotPack for a kernel that cannot be exact: leave "
            "that one out.",
            "Any window will do to measure: np.zeros((length, channels), np.int8).",
        ),
    ),
    Task(
        "battery",
        10,
        judges.judge_battery,
        (
            "Everything is an average current in milliamperes. Write down one line for each part.",
            "Awake, the chip draws active_ma instead of sleep_ma, for wake_ms and cycles / "
            "clock_hz out of every period.",
            "Charge / current = hours. For the period, turn that around: which current is allowed, "
            "and how much of it is left for being awake? Nothing left: no period is long enough.",
        ),
    ),
)

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

SPEC = LabSpec(number=11, slug="tinyml_pico", edition=1, tasks=TASKS, questions=QUESTIONS)


def open_lab(edition: int) -> Lab:
    """Open the lab for a notebook of the given edition.

    Raises:
        EditionError: the notebook was made for another edition.
    """
    return Lab(SPEC, edition)
