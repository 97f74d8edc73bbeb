"""Submissions a minute, beside stock nbgrader in the same run.

    python benchmarks/grading/throughput.py --kinds plain torch --sizes 10 50 200

For each kind of assignment: stock `nbgrader autograde` on a few submissions, then `labkit grade`
on each size with 1 and 2 workers, all from the shell's point of view, so that start-up and the
making of the warm process are in every figure. Stock grades one submission after the other; it is
measured on two sizes (`--stock`) and its time for larger ones is the line through these two. The
grades of both are compared. Feedback is written by neither.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from cohorts import GUARDED, NAME, STOCK, grades, make_course, run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", nargs="+", default=["plain", "torch"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[10, 50, 200])
    parser.add_argument("--workers", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--stock", nargs=2, type=int, default=[2, 6])
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    print(
        f"{'':6} {'learners':>8} {'stock s':>9} {'workers':>7} {'labkit s':>9} {'a minute':>9}"
        f" {'ratio':>6}"
    )
    for kind in options.kinds:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), kind, options)
    return 0


def measure(folder: Path, kind: str, options: argparse.Namespace) -> None:
    """Print a line for each size and number of workers."""
    small, large = options.stock
    template = make_course(folder / "stock", kind, large, STOCK)
    first = stock(template, folder, small)
    second = stock(template, folder, large)
    each = (second - first) / (large - small)
    print(
        f"{kind:6} stock: {first:.1f} s for {small}, {second:.1f} s for {large}; "
        f"{each:.2f} s each; larger sizes follow from these"
    )
    reference = grades(folder / f"stock{large}")
    for size in options.sizes:
        template = make_course(folder / f"labkit{size}", kind, size, GUARDED)
        expected = first + each * (size - small)
        for workers in options.workers:
            root = copy(template, folder / f"{size}-{workers}", size)
            seconds = timed(
                root, "labkit.cli", "grade", NAME, "--no-feedback", "--workers", str(workers)
            )
            found = grades(root)
            differing = [key for key in reference if key in found and found[key] != reference[key]]
            if differing:
                raise RuntimeError(f"stock and labkit differ on {differing}")
            print(
                f"{kind:6} {size:8} {expected:9.1f} {workers:7} {seconds:9.1f} "
                f"{60 * size / seconds:9.1f} {expected / seconds:6.1f}",
                flush=True,
            )


def stock(template: Path, folder: Path, size: int) -> float:
    return timed(copy(template, folder / f"stock{size}", size), "nbgrader", "autograde", NAME)


def copy(template: Path, to: Path, size: int) -> Path:
    """Copy a course with its first `size` submissions."""
    shutil.copytree(template, to)
    for extra in sorted((to / "submitted").iterdir())[size:]:
        shutil.rmtree(extra)
    return to


def timed(root: Path, module: str, *arguments: str) -> float:
    start = time.monotonic()
    run(root, module, *arguments)
    return time.monotonic() - start


if __name__ == "__main__":
    sys.exit(main())
