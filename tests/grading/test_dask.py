"""Grading on a Dask cluster of two worker processes, one of which is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import small_course
from labkit.errors import CourseError
from labkit.grading import pool
from labkit.grading.engine import Ending, Options, grade
from labkit.grading.pool import cluster_pool
from small_course import ANSWERS, NAME, SCORES, hand_in, scores

distributed = pytest.importorskip("distributed")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers on loopback; their address and the workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    started = [start("scheduler", "--host", address, "--no-dashboard", cwd=tmp_path)]
    try:
        options = ["--no-nanny", "--no-dashboard", "--nthreads=1", "--host=127.0.0.1"]
        for _ in range(2):
            started.append(start("worker", address, *options, cwd=tmp_path))
        with distributed.Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def start(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    with (cwd / f"{arguments[0]}.log").open("ab") as log:
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        return subprocess.Popen(command, cwd=cwd, stdout=log, stderr=log, env=os.environ)


def test_a_worker_killed_in_the_middle_loses_nothing(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, need_sandbox: None
):
    address, workers = cluster
    course = small_course.make_course(tmp_path / "course")
    for number in range(6):
        hand_in(course, f"learner{number}", ANSWERS["ada"])
    ended: list[str] = []

    def kill_one(total: int, outcome: Ending) -> None:
        ended.append(outcome.student)
        if len(ended) == 3:
            workers[0].send_signal(signal.SIGKILL)

    report = grade(course, NAME, Options(scheduler=address, feedback=False), kill_one)
    assert workers[0].wait(10) == -signal.SIGKILL
    assert workers[1].poll() is None
    expected = SCORES | {f"learner{number}": SCORES["ada"] for number in range(6)}
    assert set(report.students("graded")) == set(expected)
    assert scores(course) == expected


def test_an_address_where_nobody_answers_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setattr(pool, "ANSWER_SECONDS", 0.5)
    with pytest.raises(CourseError, match="No Dask scheduler .* tcp://127.0.0.1:1 .*--scheduler"):
        cluster_pool("tcp://127.0.0.1:1")
