"""Jobs in worker processes: a worker that dies costs nobody anything but its culprit."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from labkit.grading import pool
from labkit.grading.pool import DIED, Ended, Pool, local_pool, pool_here

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")


def work(job: dict[str, Any]) -> dict[str, Any]:
    """Answer after a moment, or end this process in the job's way."""
    if job.get("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if job.get("once") and not Path(job["once"]).exists():
        Path(job["once"]).touch()
        os._exit(1)
    if job.get("raise"):
        raise ValueError("a defect")
    time.sleep(0.05)
    return {"answer": job["number"], "lost": ""}


def run_all(jobs: list[dict[str, Any]], workers: int = 2) -> dict[int, Ended]:
    def open_executor() -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))

    ended = {}
    with Pool(open_executor, workers, work) as running:
        for number, job in enumerate(jobs):
            running.submit((str(number), "p1"), {"number": number} | job)
        while running.busy:
            end = running.next()
            ended[int(end.key[0])] = end
    return ended


def test_a_job_that_kills_its_worker_is_given_up_and_the_others_have_their_results():
    ended = run_all([{}, {"kill": True}, {}, {}, {"kill": True}, {}])
    assert sorted(ended) == [0, 1, 2, 3, 4, 5]
    for number in (0, 2, 3, 5):
        assert ended[number].result == {"answer": number, "lost": ""}
    for number in (1, 4):
        assert ended[number] == Ended((str(number), "p1"), None, DIED, died=True)


def test_a_worker_killed_by_chance_costs_nothing(tmp_path: Path):
    ended = run_all([{}, {"once": str(tmp_path / "killed")}, {}])
    assert [ended[number].result for number in range(3)] == [
        {"answer": number, "lost": ""} for number in range(3)
    ]


def test_an_error_of_ours_ends_its_job_alone():
    ended = run_all([{"raise": True}, {}])
    assert ended[0] == Ended(("0", "p1"), None, "ValueError: a defect")
    assert ended[1].result == {"answer": 1, "lost": ""}


def test_no_more_than_a_few_jobs_a_worker_are_under_way():
    with pool_here(work) as running:
        for number in range(pool.DEPTH):
            assert not running.full
            running.submit((str(number), "p1"), {"number": number})
        assert running.full


def test_workers_end_at_once_when_the_run_is_stopped():
    before = {child.pid for child in multiprocessing.active_children()}
    with pytest.raises(KeyboardInterrupt), local_pool(1) as running:
        running.submit(("ada", "p1"), {"version": 1})
        raise KeyboardInterrupt
    assert {child.pid for child in multiprocessing.active_children()} <= before


def test_workers_are_told_where_the_warm_process_is_and_may_have_their_own(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv(pool.ADDRESS_VARIABLE, "")
    monkeypatch.delenv(pool.ADDRESS_VARIABLE)  # put back at the end as it was
    look = functools.partial(os.environ.get, pool.ADDRESS_VARIABLE)
    assert pool._with_warm(None, look) is None
    assert pool._with_warm("/tmp/shared", look) == "/tmp/shared"
    monkeypatch.setenv(pool.ADDRESS_VARIABLE, "/tmp/own")
    assert pool._with_warm("/tmp/shared", look) == "/tmp/own"


def test_a_worker_is_spared_a_parser_that_notebooks_do_not_need():
    code = """
import sys
from labkit.grading.startup import spare_slow_imports
spare_slow_imports()
import labkit.grading.job, nbformat
nbformat.validate(nbformat.v4.new_notebook())
print("lark" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.stdout == "False\n", done.stderr
