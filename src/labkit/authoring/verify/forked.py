"""Running what nobody has read in a child process: a mutant, a guess, a library's function.

It may loop, fill memory, crash or change a module; the child alone has the harm of it. Forking
keeps what this process has imported and drawn, so a child begins in milliseconds.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MEMORY = 3 * 2**30
"""Bytes that a child may take beyond what this process has; labs promise 1 GB."""

PATIENCE = 10
"""How many times its CPU limit a child may take on the clock."""


class LostError(RuntimeError):
    """The child ended without a result: out of time or memory, or crashed."""


def forked(step: Callable[[], Any], seconds: float, writes: bool = True) -> Any:
    """Run a step in a child process and return what it returns, which must be picklable.

    Args:
        step: needs no arguments.
        seconds: limit in CPU time.
        writes: whether it may write files.

    Raises:
        LostError: it did not come to an end.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _become_the_child(step, seconds, writes, writer)
    os.close(writer)
    said = _all_from(reader, time.monotonic() + PATIENCE * seconds)
    for group in (os.killpg, os.kill):  # with what it started, such as a compiler
        with contextlib.suppress(ProcessLookupError, PermissionError):
            group(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        return pickle.loads(said)
    except (pickle.UnpicklingError, EOFError):
        raise LostError(f"no result within {seconds:.3g} s of CPU") from None


def cpu_seconds() -> float:
    """CPU time of this process and of the children it has waited for."""
    return sum(os.times()[:4])


def _become_the_child(step: Callable[[], Any], seconds: float, writes: bool, writer: int) -> None:
    try:
        os.setpgrp()
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        with contextlib.suppress(ValueError, OSError):
            _limit(seconds, writes)
        with _own_folder() if writes else contextlib.nullcontext():
            said = pickle.dumps(step())
        while said:
            said = said[os.write(writer, said) :]
    finally:
        os._exit(0)


@contextlib.contextmanager
def _own_folder() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield


def _limit(seconds: float, writes: bool) -> None:
    import resource  # not on Windows

    cpu = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not writes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():
        now = int(statm.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))


def _all_from(reader: int, deadline: float) -> bytes:
    """What comes from a pipe until it is closed, or the deadline passes."""
    parts = []
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        while (left := deadline - time.monotonic()) > 0:
            if select.select([pipe], [], [], left)[0]:
                part = pipe.read(1 << 16)
                if not part:
                    break
                parts.append(part)
    return b"".join(parts)
