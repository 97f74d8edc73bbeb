"""What protection this machine gives against learner code, found by trying."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import sys
import uuid
from dataclasses import dataclass

from labkit.errors import CourseError
from labkit.grading.sandbox import seccomp
from labkit.grading.sandbox.client import SandboxError, WarmProcess, is_privileged
from labkit.grading.sandbox.limits import Limits, control_group

REMEDY = (
    "On Debian and Ubuntu install it with `apt-get install bubblewrap`. Without a sandbox, "
    "`labkit grade --unsafe` (or `c.ExecuteApart.unsafe = True`) runs learner code with your "
    "rights: only for learners you trust."
)


class UnprotectedError(CourseError):
    """There is no sandbox here, and nobody said to do without."""


@dataclass(frozen=True)
class Protection:
    """What stands between learner code and this machine.

    Attributes:
        sandbox: whether learner code can be run apart at all.
        missing: why not, in a sentence; empty where it can.
        calls_filtered: whether the system-call filter knows this processor.
        memory_counted: whether a control group counts the memory of all a learner's processes
            together; otherwise each process has the limit for itself.
        processes_counted: the same of the number of processes; otherwise the user's limit holds.
        own_user: whether each kernel runs as a user of its own.
    """

    sandbox: bool
    missing: str = ""
    calls_filtered: bool = False
    memory_counted: bool = False
    processes_counted: bool = False
    own_user: bool = False

    def lines(self) -> list[str]:
        """The protection in words, one fact a line."""
        if not self.sandbox:
            return [f"no sandbox: {self.missing}"]
        return [
            "learner code runs in namespaces of its own, without network and course files"
            + (", as a user of its own" if self.own_user else ""),
            "system calls are filtered"
            if self.calls_filtered
            else f"system calls are not filtered on {platform.machine()}",
            "memory is limited for a learner's processes together"
            if self.memory_counted
            else "memory is limited for each process; no control group for memory here",
            "processes are counted by a control group"
            if self.processes_counted
            else "processes are limited by the user's limit; no control group for them here",
        ]


@functools.cache
def protection() -> Protection:
    """Try what this machine allows; the answer is kept for the life of this process."""
    missing = _missing()
    if missing:
        return Protection(False, missing)
    group = control_group(f"labkit-try-{uuid.uuid4().hex[:8]}", Limits())
    group.remove()
    return Protection(
        sandbox=True,
        calls_filtered=seccomp.is_supported(),
        memory_counted=group.memory,
        processes_counted=group.processes,
        own_user=is_privileged(),
    )


def _missing() -> str:
    if not sys.platform.startswith("linux"):
        return f"{platform.system()} has none; sandboxed grading needs Linux"
    if shutil.which("bwrap") is None:
        return "the program bwrap (bubblewrap) is not installed"
    if not hasattr(os, "pidfd_open"):
        return "this Python or kernel is too old for process descriptors (Linux 5.3)"
    try:
        WarmProcess.start().close()
    except SandboxError as problem:
        return _why(str(problem))
    return ""


def _why(said: str) -> str:
    """Why a sandbox did not start, as what it said tells."""
    if "No module named" in said:
        return (
            f"in it {sys.executable} does not find what it needs ({said}). It runs without "
            "PYTHONPATH and sees only what is installed and the folders that this Python looks in, "
            "so install labkit there: `pip install -e .` in the course"
        )
    return f"namespaces are not allowed here ({said})"


def require_protection() -> None:
    """Go on only where there is a sandbox.

    Raises:
        UnprotectedError: there is none; the text says why and what to do.
    """
    found = protection()
    if not found.sandbox:
        raise UnprotectedError(f"Learner code is not run: {found.missing}. {REMEDY}")
