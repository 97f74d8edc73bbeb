"""Kill grading processes at random moments and see whether anyone's grade differs.

    python benchmarks/grading/kills.py --rounds 100

In each round a fresh cohort is graded, and one process of the run is killed (`kill -9`) at a random
moment. A run that lost its engine is started again. Then all grades are compared with those of an
undisturbed run; after the death of an engine the gradebook is also looked at as it was left. Ends
with 1 if any grade differs, if a submission was half in the gradebook, or if a process or a draft
is left over. Linux only.
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

import nbformat
import psutil
from cohorts import GUARDED, NAME, grades, make_course

from labkit.grading.sandbox.client import ADDRESS_VARIABLE

VICTIMS = ("engine", "worker", "warm process", "kernel", "evaluator")
MARK = "LABKIT_KILLS"
PATIENCE = 600
"""Seconds that a run may take before a round counts as failed."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--learners", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ[MARK] = str(os.getpid())
    # A warm process of whoever calls this is nobody's to kill.
    os.environ.pop(ADDRESS_VARIABLE, None)
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
    try:
        while sum(storm.hits.values()) < options.rounds:
            root = Path(shutil.copytree(template, folder / "round"))
            storm.grade(root)
            shutil.rmtree(root)
    except KeyboardInterrupt:
        print("Interrupted.")
    print(f"{sum(storm.hits.values())} rounds, {options.learners} learners, seed {options.seed}")
    for victim in VICTIMS:
        print(f"  {victim}: killed in {storm.hits[victim]} rounds")
    print("\n".join(storm.faults) or "Every submission ended with the same grades as undisturbed.")
    return 1 if storm.faults else 0


class Storm:
    """Grades cohorts and kills one process of each run.

    `expected` are the grades of an undisturbed run, which took so many `seconds`.
    """

    def __init__(
        self, expected: dict[tuple[str, str], float | None], seconds: float, chance: random.Random
    ) -> None:
        self.expected, self.seconds, self.chance = expected, seconds, chance
        self.hits: Counter[str] = Counter()
        self.faults: list[str] = []

    def grade(self, root: Path) -> None:
        """Grade a cohort to its end, with one process killed on the way."""
        engine = start(root)
        victim = VICTIMS[sum(self.hits.values()) % len(VICTIMS)]
        self.strike(engine, victim)
        code = wait_for(engine)
        if code:
            found = grades(root)
            if any(found[key] != self.expected[key] for key in found):
                self.fault(victim, f"half graded: {self.differing(root)}")
        for _ in range(3):
            if code:
                code = wait_for(start(root))
        left = remaining(root)
        if left:
            self.fault(victim, f"left over: {left}")
        if code or grades(root) != self.expected:
            self.fault(victim, f"ended with {code}: {self.differing(root)}")

    def strike(self, engine: int, victim: str) -> None:
        """Wait for a random moment, then kill a process of a kind, if there is one."""
        # The last third is a run's end; there is hardly anything left to kill.
        end = time.monotonic() + self.chance.uniform(0, self.seconds * 2 / 3)
        while time.monotonic() < end and is_running(engine):
            time.sleep(0.01)
        self.hits[victim] += kill(engine, victim)

    def fault(self, victim: str, text: str) -> None:
        text = f"round {sum(self.hits.values())}, {victim}: {text}"
        print(text, flush=True)
        self.faults.append(text)

    def differing(self, root: Path) -> str:
        """Return which grades differ from an undisturbed run's, and what stands in their cells."""
        found = grades(root)
        texts = []
        for (student, name), score in self.expected.items():
            if found.get((student, name)) != score:
                path = root / "autograded" / student / NAME / "work.ipynb"
                cells = nbformat.read(path, as_version=4).cells if path.exists() else []
                shown = [c.outputs for c in cells if c.metadata.get("nbgrader")["grade_id"] == name]
                texts.append(f"{student} {name}: {found.get((student, name))} {shown}")
        return "; ".join(texts)


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

    The warm process goes on in a child of its own, which forks kernels and evaluators; a kernel
    has threads for its sockets.
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
        1: lambda: "warm process",
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
