"""What a learner's function may do wrong, and what the guard makes of it."""

from __future__ import annotations

import os
import threading
import time

import numpy as np
import pytest
import torch

from labkit.exercise import guard


def test_an_untouched_stub_is_not_attempted():
    def stub() -> None:
        raise NotImplementedError

    for answer in (None, ..., stub):
        with pytest.raises(guard.NotAttemptedError):
            guard.call(answer, seconds=1)


def test_an_error_is_told_with_its_type_and_text():
    with pytest.raises(guard.UnusableError, match="ZeroDivisionError: division by zero"):
        guard.call(lambda: 1 / 0, seconds=1)


def test_a_call_of_exit_does_not_end_the_notebook():
    with pytest.raises(guard.UnusableError, match="SystemExit"):
        guard.call(lambda: exit(3), seconds=1)


def test_an_error_whose_text_cannot_be_read_is_still_told():
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def answer() -> None:
        raise MuteError

    with pytest.raises(guard.UnusableError, match="MuteError"):
        guard.call(answer, seconds=1)


def _spin() -> None:
    while True:
        pass


def _swallow() -> None:
    while True:
        try:
            _spin()
        except Exception:
            continue


@pytest.mark.parametrize("answer", [_spin, _swallow, lambda: time.sleep(60)])
def test_an_endless_call_is_stopped(answer):
    with pytest.raises(guard.UnusableError, match="did not return within 0.2 s"):
        guard.call(answer, seconds=0.2)


def test_an_endless_call_is_stopped_outside_the_main_thread_too():
    caught: list[BaseException] = []

    def work() -> None:
        try:
            guard.call(_swallow, seconds=0.2)
        except guard.UnusableError as problem:
            caught.append(problem)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    assert "did not return" in str(caught[0])


def test_an_answer_that_swallows_the_time_limit_is_still_over_time():
    def answer() -> int:
        try:
            _spin()
        except:  # noqa: E722
            return 3
        return 4

    with pytest.raises(guard.UnusableError, match="did not return within"):
        guard.call(answer, seconds=0.2)


def test_a_library_that_lacks_something_is_no_untouched_stub():
    def answer() -> torch.Tensor:
        return torch.poisson(torch.full((3,), 5))

    with pytest.raises(guard.UnusableError, match="NotImplementedError"):
        guard.call(answer, seconds=1)


def test_an_answer_that_changes_its_arguments_harms_itself_alone():
    rates, table = [3.0, 1.0], np.ones(3)

    def answer(rates: list[float], table: np.ndarray) -> None:
        rates.sort()
        table *= 0

    guard.call(answer, rates, table, seconds=1)
    assert rates == [3.0, 1.0]
    assert table.tolist() == [1.0, 1.0, 1.0]


def test_no_alarm_is_left_behind_by_a_quick_call():
    assert guard.call(lambda: 3, seconds=0.1) == 3
    time.sleep(0.25)


def test_a_value_instead_of_a_function_is_told():
    with pytest.raises(guard.UnusableError, match="value of type float, not a function"):
        guard.call(3.0, seconds=1)  # type: ignore[arg-type]


def test_a_flood_of_text_is_cut_and_counted():
    with guard.quiet() as printed:
        for _ in range(1_000):
            print("x" * 1_000)
    assert len(printed.text()) < guard.PRINT_LIMIT + 50
    assert "more characters" in printed.text()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_the_time_of_a_program_that_an_answer_runs_counts_once_it_has_ended():
    def elsewhere():
        child = os.fork()
        if child == 0:
            while time.process_time() < 0.4:
                pass
            os._exit(0)
        os.waitpid(child, 0)
        return 1

    with pytest.raises(guard.UnusableError, match=r"did not return within 0\.2 s"):
        guard.call(elsewhere, seconds=0.2)
    assert guard.call(elsewhere, seconds=20) == 1


def test_an_answer_that_keeps_time_itself_is_asked_to():
    class Remote:
        def __call__(self) -> None:
            raise AssertionError("called without a time limit")

        def __call_within__(self, seconds: float, first: int) -> float:
            return first + seconds

    assert guard.call(Remote(), 1, seconds=0.5) == 1.5


def test_a_remote_answer_that_is_out_of_time_is_told_like_any_other():
    class Remote:
        def __call__(self) -> None:
            raise AssertionError("called without a time limit")

        def __call_within__(self, seconds: float) -> None:
            raise guard.TimeUpError

    with pytest.raises(guard.UnusableError, match="did not return within 0.2 s"):
        guard.call(Remote(), seconds=0.2)


def test_an_error_of_a_remote_answer_is_told_with_the_line_that_came_with_it():
    def answer() -> None:
        problem = ValueError("too few")
        problem.learner_line = (3, "return x[5]")  # type: ignore[attr-defined]
        raise problem

    with pytest.raises(guard.UnusableError, match=r"too few at line 3 of your cell \(return x"):
        guard.call(answer, seconds=1)


class Trained:
    steps = 12

    @property
    def broken(self) -> float:
        return 1 / 0

    @property
    def endless(self) -> float:
        while True:
            pass

    def double(self, x: int) -> int:
        return 2 * x


def test_an_attribute_is_read_and_a_method_can_be_called():
    assert guard.read(Trained(), "steps") == 12
    assert guard.call(guard.read(Trained(), "double"), 4, seconds=1) == 8


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing", "no attribute 'missing'"), ("broken", "division"), ("endless", "within 0.2 s")],
)
def test_an_attribute_that_cannot_be_read_is_told_in_words(name: str, words: str):
    with pytest.raises(guard.UnusableError, match=words):
        guard.read(Trained(), name, seconds=0.2)


@pytest.mark.parametrize("nothing", [None, ...])
def test_no_answer_has_no_attributes(nothing):
    with pytest.raises(guard.NotAttemptedError):
        guard.read(nothing, "steps")
