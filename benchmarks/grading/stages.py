"""Where the milliseconds of a submission go, as `labkit grade` takes it.

    python benchmarks/grading/stages.py --kind torch --learners 20

One process does here, one submission after the other, what the engine and a worker do side by
side, and its steps are timed by the clock; steps that lie within others are indented. What belongs
to the engine is done once for all workers, what belongs to a worker is shared out among them. Then
the processor time of each process, which a busy machine hardly changes: with as many workers as
processors, it decides how long a cohort takes.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import os
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cohorts import GUARDED, KINDS, NAME, make_course

from labkit.grading import engine, job, pool, stages
from labkit.grading.sandbox import client, provisioner

STEPS = (
    ("engine: sanitise and rebuild", stages.StagedAutograde, "prepare"),
    ("engine: marks, files, gradebook", stages.StagedAutograde, "complete"),
    ("worker: a whole job", job, "_run_once"),
    ("  start the evaluator (beside the kernel)", job._Evaluator, "open"),
    ("  fork the kernel", provisioner.SandboxProvisioner, "launch_kernel"),
    ("  until the kernel answers", job._Apart, "async_start_new_kernel_client"),
    ("  the learner's cells", job._Apart, "_in_sandbox"),
    ("  the tests", job._Apart, "_evaluate"),
    ("  end the kernel", provisioner.SandboxProvisioner, "kill"),
)

spent: dict[str, float] = defaultdict(float)
used: dict[str, list[float]] = defaultdict(list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", default="torch", choices=sorted(KINDS))
    parser.add_argument("--learners", type=int, default=20)
    options = parser.parse_args()
    for name, place, step in STEPS:
        setattr(place, step, timed(name, place, step))
    client.WarmProcess.fork = named(client.WarmProcess.fork)
    client.Child.signal = counted(client.Child.signal)
    with tempfile.TemporaryDirectory() as folder:
        root = make_course(Path(folder, "course"), options.kind, options.learners, GUARDED)
        start = time.perf_counter()
        engine.check(root, NAME, again=False)
        looked_over = time.perf_counter() - start
        spent.clear()
        used.clear()
        start, here = time.perf_counter(), time.process_time()
        engine.local_pool = lambda workers: pool.pool_here(pool.run_job)
        report = engine.grade(root, NAME, engine.Options(workers=1, feedback=False))
    whole, here = time.perf_counter() - start, time.process_time() - here
    assert len(report.students("graded")) == options.learners, report.outcomes
    print(f"{options.kind}, {options.learners} submissions in {whole:.1f} s, one after the other")
    for name, _, _ in STEPS:
        print(f"{name:44} {1000 * spent[name] / options.learners:7.1f} ms")
    known = sum(seconds for name, seconds in spent.items() if not name.startswith(" "))
    print(f"{'start-up and all else, once a run':44} {whole - known:7.1f} s")
    print(f"{'pre-flight with the warm process, once':44} {looked_over:7.1f} s")
    print("processor time")
    print(f"{'this process: engine and worker':44} {1000 * here / options.learners:7.1f} ms")
    for kind, seconds in used.items():
        print(f"{'a forked ' + kind:44} {1000 * sum(seconds) / len(seconds):7.1f} ms")
    return 0


def named(fork: Callable[..., Any]) -> Callable[..., Any]:
    """A fork whose child knows of which kind it is."""

    @functools.wraps(fork)
    def run(self: Any, kind: str, *arguments: Any, **options: Any) -> Any:
        child = fork(self, kind, *arguments, **options)
        child.kind = kind
        return child

    return run


def counted(send: Callable[..., None]) -> Callable[..., None]:
    """A signal that, where it ends a child, first notes the processor time the child has used."""

    @functools.wraps(send)
    def run(self: Any, number: int) -> None:
        kind = getattr(self, "kind", "")
        if number == signal.SIGKILL and kind and not self.has_ended():
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            used[kind].append(sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK"))
            self.kind = ""
        send(self, number)

    return run


def timed(name: str, place: Any, step: str) -> Callable[..., Any]:
    """A step that adds the time it takes to what was spent on it."""
    found = place.__dict__[step]
    kind = type(found) if isinstance(found, classmethod | staticmethod) else None
    own = getattr(found, "__func__", found)

    @functools.wraps(own)
    def run(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return own(*arguments, **named)
        finally:
            spent[name] += time.perf_counter() - start

    @functools.wraps(own)
    async def wait(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return await own(*arguments, **named)
        finally:
            spent[name] += time.perf_counter() - start

    made = wait if asyncio.iscoroutinefunction(own) else run
    return kind(made) if kind else made


if __name__ == "__main__":
    sys.exit(main())
