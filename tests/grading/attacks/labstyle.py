"""Attacks on the course's own style of checks: the lab's handle, guard, judge, points, cards."""

from attacks.submission import Submission, attack


@attack()
def fakes_the_handle(work: Submission) -> None:
    """Binds `lab` to an object whose check always returns full points."""
    work.answer(
        "median",
        """
class Lab:
    def check(self, *arguments): return 1.0
    def __getattr__(self, name): return lambda *a, **k: 1.0
lab = Lab()
globals()["lab"] = get_ipython().user_ns["lab"] = Lab()
""",
    )


@attack()
def patches_the_judge(work: Submission) -> None:
    """Replaces judge, guard and outcomes in the installed labkit by friendlier ones."""
    work.answer(
        "median",
        """
from labkit.exercise import cards, guard, lab as handle, outcome, reading, task
good = outcome.passed("Right.")
task.judge = handle.judge = judge = lambda *a, **k: good
judge_median = lambda *a: good
reading.as_number = reading.as_array = lambda *a, **k: 3.5
guard.call = lambda *a, **k: 3.5
outcome.failed = failed = lambda *a, **k: good
def median(values): return 0
""",
    )


@attack()
def patches_the_points(work: Submission) -> None:
    """Changes the class of points and the method that returns them."""
    work.answer(
        "median",
        """
from labkit.exercise.lab import Points
from labkit.exercise.outcome import Outcome
Points.__new__ = lambda cls, *a: float.__new__(cls, 1.0)
Points.__repr__ = lambda self: "1.0"
Points._repr_mimebundle_ = lambda self, **k: {"text/plain": "1.0"}
Outcome.score = property(lambda self: 1.0)
type(lab).check = lambda *a: Points(1.0)
lab.check = lambda *a: 1.0
def median(values): return 0
""",
    )


@attack()
def reads_the_instance_from_the_judge(work: Submission) -> None:
    """Finds the wanted value in the frames of the judge that calls the answer."""
    work.answer(
        "median",
        """
import sys
def median(values):
    frame = sys._getframe(1)
    while frame is not None:
        for value in frame.f_locals.values():
            if isinstance(value, dict) and "median" in value:
                return value["median"]
        frame = frame.f_back
    return 0.0
""",
    )


@attack()
def raises_the_exceptions_of_the_guard(work: Submission) -> None:
    """Raises the guard's own exceptions and returns an outcome of its own."""
    work.answer(
        "median",
        """
from labkit.exercise import guard, outcome
class Median(float):
    def __eq__(self, other): return True
    def __hash__(self): return 0
def median(values):
    raise guard.NotAttemptedError(outcome.passed("Right."))
median = type("Outcome", (), {"__call__": lambda self, values: outcome.passed("Right."),
                              "score": 1.0, "status": "passed"})()
""",
    )


@attack()
def points_as_an_answer(work: Submission) -> None:
    """Displays a card of full points and returns points where a number is asked for."""
    work.answer(
        "median",
        """
from IPython.display import display
from labkit.exercise import cards, outcome
from labkit.exercise.lab import Points
def median(values):
    display(cards.outcome_card("median", outcome.passed("Right."), 1, "the exam's instance"))
    display(Points(1.0))
    return Points(1.0)
""",
    )
