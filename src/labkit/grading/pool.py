"""Where grading jobs run: worker processes of this machine, or an existing Dask cluster.

A job is plain data and goes to any `concurrent.futures.Executor`; what it does is the grading
room's business (`labkit.grading.job`). This module keeps a bounded number of jobs under way,
replaces workers that die, and tells a job that kills its worker from one that was only beside it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from concurrent.futures.process import ProcessPoolExecutor
from multiprocessing import connection
from typing import Any, NamedTuple

from labkit.errors import CourseError
from labkit.grading.attempts import ATTEMPTS
from labkit.grading.sandbox.client import ADDRESS_VARIABLE, SandboxError
from labkit.grading.startup import spare_slow_imports

Job = dict[str, Any]
Result = dict[str, Any]
Key = tuple[str, str]
"""A learner and a notebook."""

DIED = "the grading process died three times on this submission"
# Within which a scheduler answers.
ANSWER_SECONDS = 10
# Jobs under way for each worker: enough that none waits for the engine, few enough that a
# large cohort's notebooks are not all in memory.
DEPTH = 4


class PoolError(CourseError):
    """There is no cluster to run jobs on; the text says why and what to do."""


class Ended(NamedTuple):
    """How a job ended: with a result, or without one, and then why.

    `died` says that it has no result because its worker processes died.
    """

    key: Key
    result: Result | None
    trouble: str = ""
    died: bool = False


class _Ticket(NamedTuple):
    """A job under way: whose it is, what it is, and how many workers died on it."""

    key: Key
    job: Job
    deaths: int


class Pool:
    """Runs jobs and hands back results in the order in which they end.

    Use as a context manager; leaving it by an exception (Ctrl-C too) kills the workers at once.
    """

    def __init__(
        self,
        open_executor: Callable[[], Executor],
        workers: int,
        run: Callable[[Job], Result],
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self._open = open_executor
        self._run = run
        self._close = close
        self._executor: Executor | None = None
        self._limit = DEPTH * workers
        self._running: dict[Future[Result], _Ticket] = {}
        self._suspects: deque[_Ticket] = deque()
        self._children: set[int] = set()

    def __enter__(self) -> Pool:
        self._children = {child.pid or 0 for child in multiprocessing.active_children()}
        self._executor = self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if self._executor is not None:
            if kind is not None:
                for child in multiprocessing.active_children():
                    if child.pid not in self._children:
                        child.kill()
                        child.join()
            self._executor.shutdown(wait=kind is None)
        self._close()

    @property
    def busy(self) -> int:
        """How many jobs have no result yet."""
        return len(self._running) + len(self._suspects)

    @property
    def full(self) -> bool:
        """Whether so many jobs are under way that a result should be taken first."""
        return self.busy >= self._limit

    def submit(self, key: Key, job: Job) -> None:
        """Put a job under way; `key` comes back with its result."""
        self._start(_Ticket(key, job, 0))

    def next(self) -> Ended:
        """Wait for a job to end; one that `ATTEMPTS` workers died on ends without a result."""
        while True:
            if not self._running:
                self._start(self._suspects.popleft())
            future = wait(self._running, return_when=FIRST_COMPLETED).done.pop()
            ticket = self._running.pop(future)
            try:
                return Ended(ticket.key, future.result())
            except SandboxError as error:
                return Ended(ticket.key, None, str(error))
            except Exception as error:
                if not _worker_died(error):
                    return Ended(ticket.key, None, f"{type(error).__name__}: {error}")
            ticket = ticket._replace(deaths=ticket.deaths + 1)
            if ticket.deaths == ATTEMPTS:
                return Ended(ticket.key, None, DIED, died=True)
            # Whoever was beside a culprit is a suspect too: alone, each shows what it is.
            self._suspects.append(ticket)

    def _start(self, ticket: _Ticket) -> None:
        assert self._executor is not None
        try:
            future = self._executor.submit(self._run, ticket.job)
        except BrokenExecutor:
            self._executor.shutdown(wait=False)
            self._executor = self._open()
            future = self._executor.submit(self._run, ticket.job)
        self._running[future] = ticket


def _worker_died(error: Exception) -> bool:
    # Dask has its own name for it; it is not imported where no cluster is used.
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def local_pool(workers: int) -> Pool:
    """Return a pool of processes of this machine.

    They start when the pool is entered, so that the engine can start the warm process meanwhile.
    """

    def open_executor() -> Executor:
        executor = _Local(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
        )
        for _ in range(workers):
            executor.submit(_greet)
        return executor

    return Pool(open_executor, workers, run_job)


class _Local(ProcessPoolExecutor):
    """Worker processes that are told with each job where the warm process is by then."""

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(_with_warm, os.environ.get(ADDRESS_VARIABLE), call, *args, **kwargs)


def _with_warm(address: str | None, call: Callable[..., Any], *args: Any) -> Any:
    # A worker that had to start a warm process of its own keeps to that one.
    if address:
        os.environ.setdefault(ADDRESS_VARIABLE, address)
    return call(*args)


def _greet() -> None:
    """Do nothing, in a process that has been started for it."""


def cluster_pool(address: str) -> Pool:
    """Return a pool on the Dask cluster whose scheduler listens at `address`.

    The cluster itself runs a job anew whose worker died, on another worker.

    Raises:
        PoolError: Dask is not installed, or there is no scheduler, or it has no worker.
    """
    try:
        from distributed import Client
    except ImportError:
        raise PoolError(
            "A cluster needs Dask, which is not installed: pip install 'labkit-trends[cluster]', "
            "here and on every worker."
        ) from None
    try:
        client = Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
        client.wait_for_workers(1, timeout=30)
    except (OSError, ValueError, TimeoutError) as error:
        raise PoolError(
            f"No Dask scheduler with a worker answers at {address} ({error}). Start them with "
            "`dask scheduler` and `dask worker`, or grade on this machine without --scheduler."
        ) from None
    threads = sum(client.nthreads().values())
    return Pool(lambda: client.get_executor(pure=False), threads, run_job, client.close)


def pool_here(run: Callable[[Job], Result]) -> Pool:
    """Return a pool of no other process: each job is run where and when it is submitted."""
    return Pool(_Here, 1, run)


class _Here(Executor):
    """Runs a call at once, in this process."""

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(call(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def run_job(job: Job) -> Result:
    """Run one job in a worker process."""
    from labkit.grading import job as grading_job

    return grading_job.run(job)


def _begin() -> None:
    """Make a new worker process ready."""
    # Ctrl-C reaches the whole process group: only the engine answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    spare_slow_imports()
    import labkit.grading.job  # noqa: F401  (the first job finds it imported)


def _end_with(sentinel: int) -> None:
    """End this process when the engine ends, even if it was killed."""
    connection.wait([sentinel])
    os._exit(1)
