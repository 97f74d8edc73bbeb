"""Kill grading processes at random moments and see whether anyone's grade differs.

    python benchmarks/grading/kills.py --rounds 100

A round is one `kill -9` of a process of a grading run, at a random moment. A run that lost its
engine is started again; a cohort that is graded is followed by a fresh one. After each death of an
engine the gradebook is looked at as it was left, and at the end of each cohort all grades are
compared with those of an undisturbed run. Ends with 1 if any differs, if a submission was ever
half in the gradebook, or if a process or a draft is left over. Linux only.
"""

from __future__ import annotations

import argparse
import atexit
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
from cohorts import GUARDED, NAME, grades, make_course

VICTIMS = ("engine", "worker", "warm process", "kernel", "evaluator")
MARK = "LABKIT_KILLS"
PATIENCE = 600
"""Seconds that a run may take before a round counts as failed."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--learners", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ[MARK] = str(os.getpid())
    folder = Path(tempfile.mkdtemp())
    try:
        return rounds(folder, options)
    finally:
        shutil.rmtree(folder)


def rounds(folder: Path, options: argparse.Namespace) -> int:
    """Run all rounds and print what they showed; return the exit code."""
    template = make_course(folder / "template", "plain", options.learners, GUARDED)
    calm = Path(shutil.copytree(template, folder / "calm"))
    seconds = -time.monotonic()
    wait_for(start(calm))
    seconds += time.monotonic()
    storm = Storm(grades(calm), seconds, random.Random(options.seed))
    cohorts = 0
    while sum(storm.hits.values()) < options.rounds and not storm.faults:
        root = Path(shutil.copytree(template, folder / "round"))
        storm.grade(root, options.rounds)
        shutil.rmtree(root)
        cohorts += 1
    print(f"{sum(storm.hits.values())} rounds, {cohorts} cohorts of {options.learners} learners")
    for victim in VICTIMS:
        print(f"  {victim}: killed {storm.hits[victim]} times")
    print("\n".join(storm.faults) or "Every submission ended with the same grades as undisturbed.")
    return 1 if storm.faults else 0


class Storm:
    """Grades cohorts while their processes are killed one after the other.

    `expected` are the grades of an undisturbed run, which took so many `seconds`.
    """

    def __init__(
        self, expected: dict[tuple[str, str], float | None], seconds: float, chance: random.Random
    ) -> None:
        self.expected, self.seconds, self.chance = expected, seconds, chance
        self.hits: Counter[str] = Counter()
        self.faults: list[str] = []

    def grade(self, root: Path, most: int) -> None:
        """Grade a cohort to its end; kill until there were `most` kills in all."""
        code = -signal.SIGKILL
        for _ in range(most + 3):
            engine = start(root)
            while is_running(engine) and sum(self.hits.values()) < most:
                self.strike(engine)
            code = wait_for(engine)
            if code == 0:
                break
            found = grades(root)
            if any(found[key] != self.expected[key] for key in found):
                self.faults.append(f"half graded: {found}")
        left = remaining(root)
        if left:
            self.faults.append(f"left over: {left}")
        found = grades(root)
        if code or found != self.expected:
            self.faults.append(f"ended with {code} and {found}")

    def strike(self, engine: int) -> None:
        """Wait a moment, then kill a process of the kind whose turn it is, if there is one."""
        end = time.monotonic() + self.chance.uniform(0, self.seconds)
        while time.monotonic() < end and is_running(engine):
            time.sleep(0.01)
        victim = VICTIMS[sum(self.hits.values()) % len(VICTIMS)]
        self.hits[victim] += kill(engine, victim)


def start(root: Path) -> int:
    """Start a grading run in a process of its own; return its id."""
    from labkit.grading.engine import Options, grade

    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 2
    try:
        report = grade(root, NAME, Options(workers=2, feedback=False))
        code = 1 if report.students("failed", "refused") else 0
    except Exception as error:
        print(f"{type(error).__name__}: {error}", flush=True)
    finally:
        atexit._run_exitfuncs()  # ends the warm process, as the end of Python would
        os._exit(code)


def wait_for(process: int) -> int:
    """Wait for a run's end; return its exit code, negative for a signal."""
    for _ in range(PATIENCE * 20):
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return 3


def kill(engine: int, victim: str) -> bool:
    """Kill one of a run's processes as soon as there is one of the kind; tell whether one was."""
    while is_running(engine):
        for process in find(engine, victim):
            try:
                process.kill()
                return True
            except psutil.NoSuchProcess:
                continue
        time.sleep(0.01)
    return False


def is_running(process: int) -> bool:
    return psutil.Process(process).status() != psutil.STATUS_ZOMBIE


def find(engine: int, victim: str) -> list[psutil.Process]:
    """Return a run's processes of a kind."""
    if victim == "engine":
        return [psutil.Process(engine)]
    try:
        children = psutil.Process(engine).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    found = []
    for process in children:
        try:
            if kind_of(process) == victim:
                found.append(process)
        except psutil.Error:
            continue
    return found


def kind_of(process: psutil.Process) -> str:
    """Tell what a process below the engine is.

    The warm process forks a supervisor, which forks the kernel or the evaluator; a kernel has
    threads for its sockets.
    """
    command = " ".join(process.cmdline())
    if "spawn_main" in command:
        return "worker"
    if "sandbox.warm" not in command or "bwrap" in command:
        return ""
    depth = sum("sandbox.warm" in " ".join(p.cmdline()) for p in process.parents())
    above = sum("bwrap" in " ".join(p.cmdline()) for p in process.parents())
    kinds: dict[int, Callable[[], str]] = {
        0: lambda: "warm process",
        2: lambda: "kernel" if process.num_threads() > 2 else "evaluator",
    }
    return kinds.get(depth - above, lambda: "")()


def remaining(root: Path) -> str:
    """Return which processes of a run are still there after a few seconds, and which drafts."""
    drafts = [str(path) for path in root.glob("autograded/*/.*") if path.is_dir()]
    if drafts:
        return ", ".join(drafts)
    for _ in range(100):
        mine = psutil.Process().children(recursive=True)
        if not mine and not orphans():
            return ""
        time.sleep(0.1)
    return ", ".join(" ".join(process.cmdline())[:80] for process in [*mine, *orphans()])


def orphans() -> list[psutil.Process]:
    """Return workers of this script that lost their engine."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.ppid() == 1 and process.environ().get(MARK) == os.environ[MARK]:
                found.append(process)
        except psutil.Error:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main())
