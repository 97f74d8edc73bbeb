"""What a command takes, with all processes below it: time and memory."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psutil


class Taken(NamedTuple):
    """Seconds on the clock, seconds of CPU, and the highest sum of memory in megabytes."""

    clock: float
    cpu: float
    megabytes: float


def run(root: Path, *words: str) -> Taken:
    """Run a module of Python in `root` and look at its processes while it works.

    They are looked at ten times a second, since nobody waits for a sandbox's processes: what a
    process used after the last look is not counted. Memory that processes share counts once (PSS);
    it is looked at once a second. Raises RuntimeError with what a command said that failed.
    """
    begun, peak, looked = time.perf_counter(), 0, 0.0
    spent: dict[tuple[int, float], float] = {}
    with (root / "said.txt").open("w+", encoding="utf-8") as said:
        command = [sys.executable, "-m", *words]
        process = psutil.Popen(command, cwd=root, stdout=said, stderr=subprocess.STDOUT)
        while process.poll() is None:
            below: list[psutil.Process] = [process]
            with contextlib.suppress(psutil.Error):
                below += process.children(recursive=True)
            for one in below:
                with contextlib.suppress(psutil.Error):
                    used = one.cpu_times()
                    spent[one.pid, one.create_time()] = used.user + used.system
            if time.perf_counter() - looked > 1:
                peak, looked = max(peak, sum(map(_shared_once, below))), time.perf_counter()
            time.sleep(0.1)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{words}: {said.read()}")
    return Taken(time.perf_counter() - begun, sum(spent.values()), peak / 1e6)


def _shared_once(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_full_info().pss)
    return 0
