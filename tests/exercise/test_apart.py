"""What a function keeps in memory is lost with the process that it is called in."""

from __future__ import annotations

import os
import time

import pytest
import torch

from labkit.exercise import apart, guard

KEPT: list[int] = []


def test_what_a_function_keeps_is_lost_and_what_it_returns_is_not():
    def keep(value: int) -> list[int]:
        KEPT.append(value)
        return KEPT

    assert guard.call(keep, 3, seconds=1, forgets=True) == [3]
    assert KEPT == []
    assert guard.call(keep, 4, seconds=1) == [4]
    KEPT.clear()


def test_a_tensor_arrives_although_the_process_that_made_it_has_ended():
    for _ in range(10):  # without its numbers it arrives in one call of ten
        value = guard.call(lambda: {"parts": torch.ones(3)}, seconds=1, forgets=True)
        assert value["parts"].tolist() == [1, 1, 1]


def test_functions_among_the_arguments_act_here_and_raise_there():
    made: list[int] = []

    def act(number: int, *, key: str) -> str:
        if key in ("", "again"):
            raise TimeoutError("no answer")
        made.append(number)
        return f"{key} {os.getpid()}"

    def answer(numbers: list[int], tools: dict) -> tuple:
        try:
            tools["act"](0, key="")
        except TimeoutError as problem:
            return str(problem), [tools["act"](n, key="k") for n in numbers], os.getpid()
        raise AssertionError("the error was lost")

    said, receipts, process = guard.call(answer, [1, 2], {"act": act}, seconds=1, forgets=True)
    assert said == "no answer"
    assert made == [1, 2]
    assert receipts == [f"k {os.getpid()}"] * 2
    assert process != os.getpid()


def test_what_it_prints_and_raises_arrives():
    def answer() -> None:
        print("halfway")
        raise KeyError("x")

    with guard.quiet() as printed, pytest.raises(guard.UnusableError, match="KeyError: 'x'"):
        guard.call(answer, seconds=1, forgets=True)
    assert printed.text() == "halfway\n"


def test_the_line_of_a_cell_is_told():
    space: dict = {}
    exec(compile("def answer():\n    return 1 / 0\n", "<cell>", "exec"), space)
    with pytest.raises(guard.UnusableError, match="at line 2 of your cell"):
        guard.call(space["answer"], seconds=1, forgets=True)


def test_an_endless_answer_ends():
    def endless() -> None:
        while True:
            pass

    start = time.monotonic()
    with pytest.raises(guard.UnusableError, match="did not return within 0.1 s"):
        guard.call(endless, seconds=0.1, forgets=True)
    assert time.monotonic() - start < 5


def test_a_program_that_ends_is_told():
    with pytest.raises(guard.UnusableError, match="ended before the function returned"):
        guard.call(lambda: os._exit(3), seconds=1, forgets=True)


def test_what_cannot_be_sent_is_told():
    with pytest.raises(guard.UnusableError, match="pickle"):
        guard.call(lambda: (x for x in (1, 2)), seconds=1, forgets=True)


def test_the_stub_is_still_a_stub():
    def stub() -> None:
        raise NotImplementedError

    with pytest.raises(guard.NotAttemptedError):
        guard.call(stub, seconds=1, forgets=True)


def test_without_processes_it_is_called_here(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(os, "fork")
    assert apart.call(lambda: os.getpid()) == os.getpid()
