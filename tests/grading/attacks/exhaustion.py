"""Exhaustion of every resource. Few of these burn time; each ends at a limit."""

from attacks.submission import ARMED, Submission, attack


@attack()
def endless_loop(work: Submission) -> None:
    """Loops for ever in a cell."""
    work.answer("tax", "while True:\n    pass")


@attack()
def loop_that_ignores_interrupts(work: Submission) -> None:
    """Loops for ever in an answer and catches every interrupt."""
    work.answer(
        "is_even",
        """
import signal
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
def is_even(number):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
    )


@attack()
def loop_in_c(work: Submission) -> None:
    """Runs one endless operation in C that sees no signal."""
    work.answer("is_even", "def is_even(number):\n    return sum(iter(int, 1))")


@attack()
def backtracking_expression(work: Submission) -> None:
    """Matches a regular expression that backtracks for ever."""
    work.answer(
        "is_even",
        """
import re
def is_even(number):
    return re.match("(a+)+$", "a" * 60 + "b")
""",
    )


@attack()
def memory_bomb(work: Submission) -> None:
    """Allocates and fills memory until there is none."""
    work.answer(
        "tax",
        ARMED
        + """
hoard = []
while True:
    hoard.append(bytearray(os.urandom(1) * (64 << 20)))
""",
    )


@attack()
def memory_bomb_in_an_answer(work: Submission) -> None:
    """Fills memory inside a call of a test."""
    work.answer(
        "is_even",
        ARMED
        + """
import numpy as np
def is_even(number):
    hoard = []
    while True:
        hoard.append(np.ones(1 << 23))
""",
    )


@attack()
def fork_bomb(work: Submission) -> None:
    """Forks without end."""
    work.answer(
        "tax",
        ARMED
        + """
import time
def bomb():
    for _ in range(2_000):
        try:
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
        except OSError as problem:
            print(problem)
            return
bomb()
""",
    )


@attack()
def thread_bomb(work: Submission) -> None:
    """Starts threads without end."""
    work.answer(
        "tax",
        ARMED
        + """
import threading, time
threading.stack_size(32768)
try:
    for _ in range(20_000):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
except RuntimeError as problem:
    print(problem)
""",
    )


@attack()
def file_descriptors(work: Submission) -> None:
    """Opens files until there are no descriptors, and keeps them."""
    work.answer(
        "tax",
        """
import os
kept = []
try:
    while True:
        kept.append(os.open("/dev/null", os.O_RDONLY))
except OSError as problem:
    print(problem)
""",
    )


@attack()
def deep_recursion(work: Submission) -> None:
    """Recurses until the interpreter's stack overflows, in Python and in C."""
    work.answer_all(
        """
import sys
sys.setrecursionlimit(10**8)
def dive(*arguments):
    return [dive(*arguments)]
tax = dive
def ranking(values):
    nest = []
    for _ in range(1_000_000):
        nest = [nest]
    return nest
lengths = ranking([])
"""
    )


@attack()
def crash_of_the_interpreter(work: Submission) -> None:
    """Reads from address zero, so that the process dies."""
    work.answer("is_prime", "import ctypes\ndef is_prime(number):\n    ctypes.string_at(0)\n")


@attack()
def flood_of_text(work: Submission) -> None:
    """Prints 200 MB on stdout and stderr."""
    work.answer(
        "tax",
        """
import sys
for _ in range(100):
    sys.stdout.write("x" * (1 << 20))
    sys.stderr.write("y" * (1 << 20))
""",
    )


@attack()
def flood_of_small_outputs(work: Submission) -> None:
    """Displays 100,000 small things."""
    work.answer(
        "tax",
        """
from IPython.display import display
for number in range(100_000):
    display(number)
""",
    )


@attack()
def huge_display_data(work: Submission) -> None:
    """Displays one picture of 60 MB and a table without an end."""
    work.answer(
        "tax",
        """
from IPython.display import HTML, display
display({"image/png": "A" * (60 << 20)}, raw=True)
display(HTML("<td>" * 5_000_000))
""",
    )


@attack()
def huge_values(work: Submission) -> None:
    """Returns texts, numbers and arrays too large to hand over, also as results of calls."""
    work.answer_all(
        """
import numpy as np
longest = "x" * 300_000_000
lengths = range(10**12)
def tax(income): return 1 << 50_000_000
def moving_average(values, width):
    return np.broadcast_to(1.0, (8, 1 << 40))
def ranking(values): return [list(range(1000))] * 100_000
def roman(number): return "M" * 200_000_000
"""
    )


@attack()
def flood_of_an_error(work: Submission) -> None:
    """Raises an error with a text of 50 MB and a traceback of very many lines."""
    work.answer_all(
        """
def down(depth):
    if depth == 0:
        raise ValueError("x" * 50_000_000)
    try:
        down(depth - 1)
    except ValueError as problem:
        raise RuntimeError("again") from problem
def tax(income): down(200)
class Account:
    def __init__(self, balance): down(200)
"""
    )


@attack()
def values_with_equal_hashes(work: Submission) -> None:
    """Returns many numbers with the same hash, of which a test makes a set."""
    work.answer_all(
        """
prime = 2**61 - 1
def ranking(values): return [prime * number for number in range(60_000)]
lengths = ranking([])
def median(values): return prime << 10_000
"""
    )


@attack()
def many_large_values(work: Submission) -> None:
    """Returns with each call as much as may be handed over at once."""
    work.answer(
        "is_even",
        """
import numpy as np
def is_even(number): return np.zeros(7_500_000)
""",
    )
