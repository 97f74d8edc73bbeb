"""What running a notebook costs: CPU seconds and peak memory of its kernel, one thread.

    OMP_NUM_THREADS=1 python benchmarks/notebooks.py labs/08_rl_supply_chain/rl_supply_chain.ipynb

The kernel's start and its imports are included. Budgets: a solved lab 60 s and 1 GB, a lesson 30 s.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def cost(path: Path) -> tuple[float, float]:
    """Run a notebook; return CPU seconds and peak memory in MB of the largest process so far."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as home:
        os.environ["LABKIT_HOME"] = home
        NotebookClient(notebook, timeout=900, kernel_name="python3").execute()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, after.ru_maxrss / 1024


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for name in sys.argv[1:]:
        cpu, memory = cost(Path(name))
        print(f"{name}: {cpu:.1f} s of CPU, {memory:.0f} MB")
