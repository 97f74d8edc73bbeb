"""Runs one submitted notebook: the learner's cells apart from the tests.

A job is plain data, bytes in and bytes out, so that it runs in this process, in a pool or on
another machine alike. The learner's cells go to a kernel in a sandbox. Test cells go to the
evaluator, a second sandboxed process that never runs learner code and sees the learner's values
over a bridge. Whatever a learner does ends in a notebook with explained outputs.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import contextlib
import json
import math
import re
import signal
import socket
import struct
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import nbformat
import zmq.asyncio
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from labkit import code
from labkit.grading.attempts import settled
from labkit.grading.sandbox.client import Child, SandboxError, warm_process
from labkit.grading.sandbox.limits import Limits
from labkit.grading.sandbox.provisioner import SandboxKernelManager

VERSION = 2
SERVE = '__import__("labkit.grading.trusted.bridge", fromlist=["serve"]).serve(globals())'
LARGEST_MESSAGE = 50_000_000
"""Bytes of one message from the kernel; ZeroMQ drops the connection where one is larger."""

GRACE_SECONDS = 5
CALLS_END_EARLIER = 2
"""Seconds before a test is stopped, within which its calls have come to an end."""

NEEDS_PERSON = "NeedsPerson"
"""Name of the error that is added to a test whose result a person must decide."""

CUT = "… more was shown than is kept.\n"


def prepare(modules: Sequence[str]) -> None:
    """Start the warm process of this machine, with modules imported, if there is none yet.

    Raises:
        SandboxError: it does not start.
    """
    warm_process(modules)


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Run a submission.

    Args:
        job: `version`, `notebook` (the rebuilt notebook as JSON bytes), `tests` and `setup` (the
            instructor's source of locked cells by grade id), `imports`, `learner_names`,
            `learner_classes`, `preload`, `files` and `secret` (bytes by relative path),
            `trusted_files` (the instructor's among `files`), `drawn` (instances that need not be
            drawn, and the digest of what they are from), `environment` and `limits`.

    Returns:
        `version`, `notebook` (bytes), `lost` (why the learner's side came to an early end, or an
        empty text), `drawn` (JSON of instances drawn anew, by name), `drawn_from` (their digest)
        and `seconds` of wall clock.

    Raises:
        SandboxError: this machine could not give a sandbox; no fault of the learner's.
    """
    start = time.monotonic()
    nb = nbformat.reads(job["notebook"].decode("utf-8"), as_version=4)
    lost = nb.metadata.get("labkit", {}).get("refused", "")
    if lost:
        for cell in nb.cells:
            if _grade_id(cell) in job["tests"]:
                cell.outputs = [_error("Unreadable", lost)]
        run = _Run(nb, lost, {})
    else:
        # A kernel ends by its own code, but also when somebody kills it or the machine runs short
        # of memory. Only what happens every time is the learner's doing.
        run = settled(lambda: _run_once(job), SandboxError, lambda run: run.died)
    return {
        "version": VERSION,
        "notebook": nbformat.writes(run.nb).encode("utf-8"),
        "lost": run.lost,
        "drawn": run.drawn,
        "drawn_from": job["drawn"].get("from", ""),
        "seconds": time.monotonic() - start,
    }


class _Run(NamedTuple):
    """How a run of a notebook ended.

    `lost` says why it came to an early end, `died` whether a process of it died, `drawn` holds the
    instances that were drawn for it.
    """

    nb: NotebookNode
    lost: str
    drawn: dict[str, str]
    died: bool = False


def _run_once(job: dict[str, Any]) -> _Run:
    """Run a notebook."""
    nb = nbformat.reads(job["notebook"].decode("utf-8"), as_version=4)
    limits = Limits(**job["limits"])
    ours, learners_end = socket.socketpair()
    with learners_end, ThreadPoolExecutor(max_workers=1) as beside:
        # It starts beside the kernel; whoever asks it first waits for it.
        evaluator = beside.submit(_Evaluator.open, job, limits, ours)
        try:
            client = _Apart(nb, job, limits, evaluator, learners_end)
            client.run()
            # A machine that gives no evaluator is told even where there is no test.
            drawn = evaluator.result().drawn()
            return _Run(nb, client.lost, drawn, client.died)
        finally:
            with contextlib.suppress(SandboxError):
                evaluator.result().child.close()


class _Evaluator:
    """The trusted process as its worker sees it: questions and answers over a socket."""

    def __init__(self, child: Child) -> None:
        self.child = child

    @classmethod
    def open(cls, job: dict[str, Any], limits: Limits, bridge: socket.socket) -> _Evaluator:
        """Start the trusted process with its end of the bridge, and tell it what belongs to a job.

        Raises:
            SandboxError: it does not answer.
        """
        with bridge:
            child = warm_process(job["preload"]).fork("evaluator", limits, bridge)
        evaluator = cls(child)
        try:
            evaluator.ask(_opening(job, limits), limits.cell_seconds + GRACE_SECONDS)
            return evaluator
        except OSError as problem:
            child.close()
            raise SandboxError(f"The evaluator did not answer ({problem}).") from problem

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a question and wait for the answer.

        Raises:
            TimeoutError: there is none in time.
            OSError: the evaluator is gone.
        """
        control = self.child.control
        control.settimeout(seconds)
        data = json.dumps(question).encode()
        control.sendall(struct.pack(">I", len(data)) + data)
        return self.answer()

    def drawn(self) -> dict[str, str]:
        """Return what was drawn for the tests; nothing where the process is gone."""
        try:
            return dict(self.ask({"do": "drawn"}, GRACE_SECONDS).get("drawn", {}))
        except OSError:
            return {}

    def answer(self) -> dict[str, Any]:
        """Read one answer."""
        (size,) = struct.unpack(">I", self._exactly(4))
        answer = json.loads(self._exactly(size))
        return dict(answer)

    def _exactly(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self.child.control.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise ConnectionError("the evaluator is gone")
            parts += part
        return bytes(parts)


def _opening(job: dict[str, Any], limits: Limits) -> dict[str, Any]:
    def text(files: dict[str, bytes]) -> dict[str, str]:
        return {name: base64.b64encode(data).decode() for name, data in files.items()}

    return {
        "do": "open",
        "imports": list(job["imports"]),
        "learner_names": list(job["learner_names"]),
        "learner_classes": job["learner_classes"],
        "preload": list(job["preload"]),
        "trusted_files": list(job["trusted_files"]),
        "files": text(job["files"]),
        "secret": text(job["secret"]),
        "drawn": job["drawn"].get("instances", {}),
        "environment": job["environment"],
        "call_seconds": limits.call_seconds,
        "max_output": limits.output_bytes,
    }


class _Apart(NotebookClient):
    """Executes learner cells in the sandbox and has test cells evaluated elsewhere."""

    def __init__(
        self,
        nb: NotebookNode,
        job: dict[str, Any],
        limits: Limits,
        evaluator: Future[_Evaluator],
        learners_end: socket.socket,
    ) -> None:
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        super().__init__(
            nb,
            km=SandboxKernelManager(context=context),
            timeout=limits.cell_seconds,
            allow_errors=True,
            interrupt_on_timeout=True,
            raise_on_iopub_timeout=True,
            error_on_timeout={"ename": "CellTimeoutError", "evalue": "", "traceback": []},
            shutdown_kernel="immediate",
        )
        self.lost, self.died, self._started = "", False, False
        self._job, self._limits = job, limits
        self._evaluator, self._learners_end = evaluator, learners_end
        self._room, self._overtime, self._quiet = 0, False, False
        self._verdicts: dict[int, list[NotebookNode]] = {}
        self._kept_back: dict[str, str] = {}
        """Names that a test bound and later cells do not have, with the test's id."""
        self._context = context
        self._seen_later = [
            code.read_names(code.cell(cell.source))
            if cell.cell_type == "code" and _grade_id(cell) not in job["tests"]
            else set()
            for cell in nb.cells
        ]

    def run(self) -> None:
        """Execute all cells."""
        overall = threading.Timer(self._limits.total_seconds, self._out_of_time)
        overall.daemon = True
        try:
            overall.start()
            self.execute(files=self._job["files"], limits=self._limits, bridge=self._learners_end)
        except SandboxError:
            raise
        except Exception as problem:
            if not self._started:
                raise SandboxError(f"The kernel did not answer ({problem!r}).") from problem
            self._lose_to(problem)
        finally:
            overall.cancel()
            with contextlib.suppress(Exception):
                run_sync(self._async_cleanup_kernel)()
            self._context.destroy(linger=0)
        # Only now, because a kernel may change what it showed before.
        for index, cell in enumerate(self.nb.cells):
            if _grade_id(cell) in self._job["tests"]:
                cell.outputs = self._verdicts.get(index) or []
                if index not in self._verdicts:
                    cell.outputs = [self._not_run()]

    async def async_start_new_kernel_client(self) -> Any:
        """Connect, and go on as soon as the kernel answers.

        ipykernel greets a new subscriber of its output (Jupyter enhancement proposal 65), so there
        is no need to wait for silence.
        """
        assert self.km is not None
        self.kc = kc = self.km.client()
        kc.start_channels(stdin=False, hb=False)
        kc.allow_stdin = False
        kc.kernel_info()
        await asyncio.wait_for(kc.shell_channel.get_msg(timeout=None), self.startup_timeout)
        await asyncio.wait_for(kc.iopub_channel.get_msg(timeout=None), self.startup_timeout)
        self._started = True
        return kc

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, *args: Any, **kwargs: Any
    ) -> NotebookNode:
        """Execute a cell where it belongs; a dead kernel is told there and ends no notebook."""
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        name = _grade_id(cell)
        if name in self._job["tests"]:
            await self._evaluate(cell, cell_index)
        elif not self.lost:
            await self._in_sandbox(cell, cell_index)
            if name in self._job["setup"]:
                await self._ask({"do": "setup", "source": self._job["setup"][name]})
        return cell

    async def _in_sandbox(self, cell: NotebookNode, index: int) -> None:
        """Execute a cell in the learner's kernel."""
        self._room, self._overtime = self._limits.output_bytes, False
        try:
            await super().async_execute_cell(cell, index)
            if self._overtime:
                text = f"This cell ran longer than {self._limits.cell_seconds} seconds."
                cell.outputs.append(_error("CellTimeoutError", text))
            cell.outputs += self._where_bound(cell.outputs)
        except Exception as problem:  # a kernel's malformed message can raise anything
            self._lose_to(problem)
            cell.outputs.append(_error("Stopped", self.lost))

    async def _evaluate(self, cell: NotebookNode, index: int) -> None:
        """Have a test evaluated while the kernel serves the learner's values."""
        if self.lost:
            return
        serving = asyncio.ensure_future(self._serve(index))
        seconds = self._test_seconds - CALLS_END_EARLIER
        source = self._job["tests"][_grade_id(cell)]
        question = {"do": "test", "source": source, "seconds": seconds}
        answer = await self._ask(question)
        if answer.get("lost"):
            self._lose(answer["lost"], died=self._kernel_has_ended())
        if self.lost:
            await self.km.shutdown_kernel(now=True)
        await serving
        verdict = [nbformat.from_dict(output) for output in answer["outputs"]]
        if self._stopped:
            text = f"This test ran longer than {self._test_seconds:g} seconds, so it was stopped."
            verdict.append(_error("CellTimeoutError", text))
        verdict += self._where_bound(verdict)
        if answer.get("person"):
            verdict.append(_error(NEEDS_PERSON, answer["person"]))
        self._verdicts[index] = verdict
        cell.execution_count = None
        if not self.lost:
            await self._bind_for_learner(cell, verdict, index)

    def _where_bound(self, outputs: list[Any]) -> list[NotebookNode]:
        """Say of a name that is missing in which test it was bound, if in one."""
        texts = [str(out.get("evalue")) for out in outputs if out.output_type == "error"]
        missing = re.search(r"name '(\w+)' is not defined", "\n".join(texts))
        test = self._kept_back.get(missing[1]) if missing else None
        if missing is None or test is None:
            return []
        text = (
            f"{missing[1]} is bound in {test}, in lines that learners do not see or that were not "
            "reached. Answers do not have it.\n"
        )
        return [new_output("stream", name="stdout", text=text)]

    async def _serve(self, index: int) -> None:
        """Let the kernel answer the evaluator until that says it is done."""
        await self._quietly(SERVE, index)
        # A kernel that ended early leaves the evaluator with nobody to ask.
        if not self._answered.is_set():
            await asyncio.sleep(0.2)
            if not self._answered.is_set():
                with contextlib.suppress(OSError):
                    self._learners_end.shutdown(socket.SHUT_RDWR)

    async def _quietly(self, source: str, index: int) -> None:
        """Run code of ours in the learner's kernel; what it shows is dropped."""
        self._quiet = True
        shown = self.nb.cells[index]
        try:
            await super().async_execute_cell(new_code_cell(source), index, store_history=False)
        except Exception as problem:
            self._lose_to(problem)
        finally:
            self.nb.cells[index] = shown  # nbclient puts there what it has executed
            self._quiet = False

    async def _bind_for_learner(self, cell: NotebookNode, verdict: list[Any], index: int) -> None:
        """Later cells of the learner may use what a test cell bound, as they can in nbgrader.

        What hidden lines bind stays hidden, and what stands below a failure was never bound.
        """
        source = self._job["tests"][_grade_id(cell)]
        later = set().union(*self._seen_later[index + 1 :])
        hidden, end = _hidden_lines(source), _failing_line(verdict)

        def usable(statement: ast.stmt) -> bool:
            lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
            return statement.lineno < end and hidden.isdisjoint(lines)

        tree = code.cell(source)
        statements = code.statements_for(tree, later, usable)
        kept_back = code.top_level_names(tree) - code.top_level_names(code.cell(statements))
        self._kept_back |= dict.fromkeys(kept_back, _grade_id(cell))
        if statements:
            await self._quietly(statements, index)

    async def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Put a question to the evaluator; stop a test that takes too long."""
        self._answered, self._stopped = asyncio.Event(), False
        loop = asyncio.get_running_loop()
        seconds = self._test_seconds
        timer = loop.call_later(seconds, self._stop_test)
        try:
            return await loop.run_in_executor(
                None, lambda: self._evaluator.result().ask(question, seconds + 2 * GRACE_SECONDS)
            )
        except TimeoutError:
            self._lose("The test did not come to an end.")
            return {"outputs": [_error("Stopped", self.lost)]}
        except OSError:
            self._lose("The process that runs the tests ended.", died=True)
            return {"outputs": [_error("Stopped", self.lost)]}
        finally:
            timer.cancel()
            self._answered.set()

    @property
    def _test_seconds(self) -> float:
        """How long a test may take: a call into learner code has the same limit, and ends first."""
        return float(max(self._limits.cell_seconds, self._limits.call_seconds) + GRACE_SECONDS)

    def _stop_test(self) -> None:
        self._stopped = True
        if self._evaluator.done():
            self._evaluator.result().child.signal(signal.SIGINT)

    def _get_timeout(self, cell: NotebookNode | None) -> int | None:
        """The kernel may serve as long as the evaluator asks; each call has its own limit."""
        return None if cell is not None and cell.source == SERVE else self._limits.cell_seconds

    async def _async_poll_kernel_alive(self) -> None:
        """Watch the kernel; nobody waits for what this task raises after the kernel is gone."""
        with contextlib.suppress(Exception):
            await super()._async_poll_kernel_alive()

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> Any:
        """Remember that the cell was interrupted; what it shows then is up to its code."""
        self._overtime = True
        return await super()._async_handle_timeout(timeout, cell)

    def process_message(self, msg: Any, cell: NotebookNode, cell_index: int) -> Any:
        """Keep what a cell shows within bounds, and do without what makes no sense."""
        try:
            if msg["msg_type"] != "status" and (self._quiet or not self._has_room(msg, cell)):
                return None
            return super().process_message(msg, cell, cell_index)
        except CellControlSignal:
            raise
        except Exception as problem:
            self.log.warning("A message of the kernel was dropped: %r", problem)
            return None

    def _has_room(self, msg: Any, cell: NotebookNode) -> bool:
        """Tell whether a message is still to be kept; the first that is not leaves a note."""
        self._room -= _size(msg)
        if self._room >= 0:
            return True
        if self._room + _size(msg) >= 0:
            cell.outputs.append(new_output("stream", name="stdout", text=CUT))
            self._room = -1
        return False

    def _lose(self, why: str, died: bool = False) -> None:
        """Remember why the run came to an early end; the first reason is the one."""
        if not self.lost:
            self.lost, self.died = why, died

    def _lose_to(self, problem: Exception) -> None:
        died = isinstance(problem, DeadKernelError)
        self._lose(_why(problem, self._limits), died=died)

    def _kernel_has_ended(self) -> bool:
        child = getattr(getattr(self.km, "provisioner", None), "child", None)
        return child is None or child.has_ended(0.2)

    def _out_of_time(self) -> None:
        self._lose(f"The notebook ran longer than {self._limits.total_seconds} seconds.")
        child = getattr(getattr(self.km, "provisioner", None), "child", None)
        if child is not None:
            child.signal(signal.SIGKILL)

    def _not_run(self) -> NotebookNode:
        return _error("NotRun", f"This test could not be run. The reason: {self.lost}")


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _hidden_lines(source: str) -> set[int]:
    """The lines of a test that learners do not see, with their marks."""
    hidden, inside = set(), False
    for number, line in enumerate(source.splitlines(), 1):
        inside = inside or bool(re.search("BEGIN (HIDDEN TESTS|MARK SCHEME)", line))
        if inside:
            hidden.add(number)
        inside = inside and not re.search("END (HIDDEN TESTS|MARK SCHEME)", line)
    return hidden


def _failing_line(verdict: list[Any]) -> float:
    """The line in which a test ended with an error; without one, beyond all lines."""
    for output in verdict:
        if output.output_type == "error" and output.traceback:
            found = re.fullmatch(r"In line (\d+) of this test:", output.traceback[0])
            if found:
                return int(found[1])
    return math.inf


def _error(name: str, text: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=[text])


def _why(problem: Exception, limits: Limits) -> str:
    if isinstance(problem, CellTimeoutError):
        return f"The code did not stop after {limits.cell_seconds} seconds, even when interrupted."
    if isinstance(problem, DeadKernelError):
        return (
            "The code ended the kernel: it left Python, or used more memory, processes or time "
            f"than allowed ({limits.memory_mb} MB, {limits.processes} processes)."
        )
    return f"The kernel answered what no kernel answers ({type(problem).__name__}: {problem})."


def _size(msg: Any) -> int:
    """How much of the room for outputs a message takes; most of one is its content."""
    content = msg["content"]
    if msg["msg_type"] in ("execute_input", "clear_output"):
        return 0
    return len(str(content)) if isinstance(content, dict) else 1 << 30
