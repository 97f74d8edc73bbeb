"""Where the milliseconds of a submission go, as `labkit grade` takes it.

    python benchmarks/grading/stages.py --kind torch --learners 20

One process does here, one submission after the other, what the engine and a worker do side by
side, and its steps are timed by the clock; steps that lie within others are indented. What belongs
to the engine is done once for all workers, what belongs to a worker is shared out among them.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cohorts import GUARDED, KINDS, NAME, make_course

from labkit.grading import engine, job, pool, stages
from labkit.grading.sandbox import provisioner

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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", default="torch", choices=sorted(KINDS))
    parser.add_argument("--learners", type=int, default=20)
    options = parser.parse_args()
    for name, place, step in STEPS:
        setattr(place, step, timed(name, place, step))
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        root = make_course(Path(folder, "course"), options.kind, options.learners, GUARDED)
        start = time.perf_counter()
        engine.local_pool = lambda workers: pool.pool_here(pool.run_job)
        report = engine.grade(root, NAME, engine.Options(workers=1, feedback=False))
    whole = time.perf_counter() - start
    assert len(report.students("graded")) == options.learners, report.outcomes
    print(f"{options.kind}, {options.learners} submissions in {whole:.1f} s, one after the other")
    for name, _, _ in STEPS:
        print(f"{name:44} {1000 * spent[name] / options.learners:7.1f} ms")
    named = sum(seconds for name, seconds in spent.items() if not name.startswith(" "))
    print(f"{'start-up and all else, once a run':44} {whole - named:7.1f} s")
    return 0


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
