"""Running what nobody has read in a child process: a mutant, a guess, a library's function.

It may loop, fill memory, crash or change a module; the child alone has the harm of it. Forking
keeps what this process has imported and drawn, so a child begins in milliseconds. One child runs
many steps after one another; where a step ends it, another child takes the rest.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from labkit.authoring.verify.lab import VerifyError

MEMORY = 3 * 2**30
"""Bytes that a child may take beyond what this process has; labs promise 1 GB."""

PATIENCE = 10
"""How many times its CPU limit a step may take on the clock."""


class LostError(RuntimeError):
    """A step ended its child without a result: out of time or memory, or crashed."""


def forked(steps: Sequence[Callable[[], Any]], seconds: float) -> Iterator[Any]:
    """Run steps in child processes and yield what each returns, or a `LostError`.

    Args:
        steps: need no arguments and return something picklable.
        seconds: limit of each in CPU time.

    Raises:
        VerifyError: this system cannot fork.
    """
    if not hasattr(os, "fork"):
        raise VerifyError("Mutants and guesses are tried in forked processes: use Linux or macOS.")
    done = 0
    while done < len(steps):
        for said in _one_child(steps[done:], seconds):
            yield said
            done += 1
        if done < len(steps):
            yield LostError(f"no result within {seconds:.3g} s of CPU")
            done += 1


def cpu_seconds() -> float:
    """CPU time of this process and of the children it has waited for."""
    return sum(os.times()[:4])


def _one_child(steps: Sequence[Callable[[], Any]], seconds: float) -> Iterator[Any]:
    """What the steps of one child return, until one ends it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _become_the_child(steps, seconds, writer)
    os.close(writer)
    try:
        with os.fdopen(reader, "rb", buffering=0) as pipe:
            for _ in steps:
                said = _message(pipe, time.monotonic() + PATIENCE * seconds)
                if said is None:
                    return
                yield pickle.loads(said)
    finally:
        for end in (os.killpg, os.kill):  # with what it started, such as a compiler
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _become_the_child(steps: Sequence[Callable[[], Any]], seconds: float, writer: int) -> NoReturn:
    try:
        os.setpgrp()
        for stream in (0, 1, 2):
            os.dup2(os.open(os.devnull, os.O_RDWR), stream)
        sys.stdout = sys.stderr = open(os.devnull, "w")
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            for step in steps:
                _limit(seconds)
                said = pickle.dumps(step())
                said = len(said).to_bytes(8, "big") + said
                while said:
                    said = said[os.write(writer, said) :]
    finally:
        os._exit(0)


def _limit(seconds: float) -> None:
    import resource  # not on Windows

    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists() and resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        now = int(statm.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))


def _message(pipe: Any, deadline: float) -> bytes | None:
    """One message of the child; None where it ends or the deadline passes before."""
    head = _bytes(pipe, 8, deadline)
    return None if head is None else _bytes(pipe, int.from_bytes(head, "big"), deadline)


def _bytes(pipe: Any, count: int, deadline: float) -> bytes | None:
    parts = b""
    while len(parts) < count:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            return None
        part = pipe.read(count - len(parts))
        if not part:
            return None
        parts += part
    return parts
