"""Run a notebook from the top in a fresh kernel, and tell what every check then gives.

Notebooks come to work in the order in which their cells were clicked. At grading they run from
the top, so this does the same before a notebook is handed in: a copy of its files, in a folder
that is removed afterwards, with limits on time, with progress kept apart. The learner's file is
never opened for writing. The kernel runs below a process of its own, so that whatever happens in
it ends with that process.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labkit import code
from labkit.desk.notebooks import Work, is_stub, spec_of
from labkit.learner import progress

CELL_SECONDS = 300
TOTAL_SECONDS = 900
# Of the process that holds the kernel, beyond the time of the cells.
MARGIN_SECONDS = 60
# Between two looks at the progress that the process below writes into this file.
LOOK_SECONDS = 0.2
DONE = "done.txt"


@dataclass(frozen=True)
class TaskResult:
    """What one task's check gave: points reached, points in all, and the outcome in a word."""

    task: str
    reached: float | None
    points: float
    status: str


@dataclass(frozen=True)
class Rehearsal:
    """What came out of running a notebook from the top.

    Attributes:
        tasks: one result a task and essay, in the notebook's order.
        stops_at: the first cell that fails and why; empty if none does.
        unfinished: why the run came to an early end; empty if it did not.
        seconds: how long it took.
    """

    tasks: tuple[TaskResult, ...]
    stops_at: str = ""
    unfinished: str = ""
    seconds: float = 0.0

    @property
    def reached(self) -> float:
        """Points reached, essays not counted."""
        return sum(result.reached or 0.0 for result in self.tasks)

    @property
    def points(self) -> float:
        """Points of all tasks that are checked by the notebook."""
        return sum(result.points for result in self.tasks if result.reached is not None)

    def as_data(self) -> dict[str, Any]:
        """Return plain data, for the receipt."""
        return {**asdict(self), "tasks": [asdict(result) for result in self.tasks]}


# Told how many cells are done, and of how many.
Tell = Callable[[int, int], None]


def rehearse(
    work: Work,
    files: Mapping[str, bytes],
    total_seconds: int = TOTAL_SECONDS,
    tell: Tell = lambda done, cells: None,
) -> Rehearsal:
    """Run a notebook from the top.

    Args:
        work: the notebook.
        files: name and content of all that is handed in, the notebook included.
        total_seconds: limit on all cells together; a cell has at most `CELL_SECONDS`.
        tell: called again and again while it runs.
    """
    started = time.monotonic()
    tell(0, len(work.submitted.cells))
    outputs: dict[str, Any] = {}
    reached: dict[str, Any] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="labkit-", ignore_cleanup_errors=True) as name:
            folder = Path(name, "work")
            for file, content in files.items():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                (folder / file).write_bytes(content)
            unfinished = _run(folder / work.name, Path(name), total_seconds, tell)
            outputs = _read(Path(name, "result.json"))
            with contextlib.suppress(progress.ProgressError):
                reached = progress.load(Path(name, "home", "progress.json")).get(work.lab, {})
    # Where the disk is full, handing in may still work, with `to` another one.
    except OSError as problem:
        unfinished = f"It could not be run: {problem.strerror or problem}."
    outcome = _Findings(work, outputs.get("cells", []), reached.get("tasks", {}))
    unfinished = unfinished or str(outputs.get("unfinished", ""))
    seconds = round(time.monotonic() - started, 1)
    return Rehearsal(tuple(outcome.results()), outcome.stops_at(), unfinished, seconds)


def _run(notebook: Path, folder: Path, total_seconds: int, tell: Tell) -> str:
    """Run a process that runs the notebook; return why it came to an early end, if it did."""
    environment = {
        **os.environ,
        "LABKIT_HOME": str(folder / "home"),
        # nbgrader's own sign, which also keeps the cell that hands in quiet.
        "NBGRADER_EXECUTION": "validate",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    environment.pop("JPY_SESSION_NAME", None)
    command = [sys.executable, "-m", "labkit.desk.rehearse", str(notebook), str(folder)]
    with (folder / "log.txt").open("wb") as log:
        child = subprocess.Popen(
            [*command, str(total_seconds)],
            cwd=notebook.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            ended = _wait(child, folder / DONE, total_seconds + MARGIN_SECONDS, tell)
        except subprocess.TimeoutExpired:
            return "It took too long."
        finally:
            # Also where the learner interrupts. The kernel notices that its parent is gone.
            if child.poll() is None:
                child.kill()
                child.wait()
    if ended:
        text = (folder / "log.txt").read_text(encoding="utf-8", errors="replace").strip()
        return f"The run broke off: {text.splitlines()[-1] if text else f'exit code {ended}'}"
    return ""


def _wait(child: subprocess.Popen[bytes], done: Path, seconds: float, tell: Tell) -> int:
    """Wait for a process, telling what it writes of its progress; return its exit code.

    Raises:
        subprocess.TimeoutExpired: it takes longer.
    """
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, ValueError):
            number, _, cells = done.read_text(encoding="ascii").partition(" ")
            tell(int(number), int(cells))
        try:
            return child.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() > end:
                raise


class _Findings:
    """Puts together what cells printed and what checks recorded."""

    def __init__(self, work: Work, cells: list[dict[str, Any]], reached: dict[str, Any]) -> None:
        self._work = work
        self._reached = reached
        self._cells = work.submitted.cells
        self._ran = dict(enumerate(cells))

    def results(self) -> Iterator[TaskResult]:
        """One result a task and essay."""
        for cell in self._work.cells:
            if cell.kind == "essay":
                text = self._work.source(cell.id)
                written = text is not None and text.strip() and not is_stub(text)
                yield TaskResult(cell.id, None, cell.points, "written" if written else "empty")
            elif cell.kind == "test":
                yield self._result(cell.id, cell.points)

    def _result(self, test: str, points: float) -> TaskResult:
        task = test.removeprefix("test_")
        if task in self._reached:
            found = self._reached[task]
            return TaskResult(task, round(found["last"] * points, 2), points, found["status"])
        if is_stub(self._work.source(task) or ""):
            return TaskResult(task, 0.0, points, "not attempted")
        places = [n for n, cell in enumerate(self._cells) if cell.grade_id == test]
        if not places:
            return TaskResult(task, 0.0, points, "its cell is missing")
        ran = self._ran.get(places[-1])
        # A check of this package always leaves a record.
        if ran is None or (not ran["error"] and spec_of(self._work.lab)):
            return TaskResult(task, 0.0, points, "not run")
        if ran["error"]:
            return TaskResult(task, 0.0, points, "error")
        # A test in plain nbgrader style passes in silence, or its last value is partial credit.
        reached = points if ran["value"] is None else min(points, max(0.0, ran["value"]))
        status = "passed" if reached == points else "partial" if reached else "failed"
        return TaskResult(task, reached, points, status)

    def stops_at(self) -> str:
        """Name the first cell that fails for another reason than that it is not written yet."""
        for place, ran in self._ran.items():
            error = ran["error"]
            if not error or error["name"] == "NotImplementedError":
                continue
            cell = self._cells[place]
            task = (cell.grade_id or "").removeprefix("test_")
            if is_stub(self._work.source(task) or ""):
                continue
            named = f" ({cell.grade_id})" if cell.grade_id else ""
            words = f"Cell {place + 1}{named} fails: {error['name']}: {error['text']}"
            return f"{words}. {self._order(place, error)}".rstrip()
        return ""

    def _order(self, place: int, error: dict[str, str]) -> str:
        """Explain a name that is not there yet: the classic of cells run in another order."""
        if error["name"] != "NameError" or error["text"].count("'") < 2:
            return ""
        name = error["text"].split("'")[1]
        for later in range(place + 1, len(self._cells)):
            cell = self._cells[later]
            if cell.kind == "code" and name in code.top_level_names(code.cell(cell.source)):
                return (
                    f"{name} is defined further down, in cell {later + 1}. Your kernel still knew "
                    "it; from the top it is not there yet. Move that cell up."
                )
        return (
            f"No cell of the notebook defines {name}. Your kernel may still know it from a cell "
            "that is gone. Write it again, then use Run > Restart Kernel and Run All Cells."
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


# ------------------------------------------------------------- in the process below the desk's


def execute(
    notebook: Path, total_seconds: int, tell: Tell = lambda done, cells: None
) -> tuple[list[dict[str, Any]], str]:
    """Run all cells; return what each gave, and why the run came to an early end.

    Of a cell that ran there is its error, with name and text, and its value if that is a number.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    from labkit.handed_in.notebook import read_notebook, to_node

    node = to_node(read_notebook(notebook))
    left = _countdown(total_seconds)
    ran: list[dict[str, Any]] = []
    client = NotebookClient(
        node,
        kernel_name="python3",
        allow_errors=True,
        timeout_func=lambda _: min(CELL_SECONDS, left()),
        interrupt_on_timeout=True,
        resources={"metadata": {"path": str(notebook.parent)}},
    )
    try:
        with client.setup_kernel():
            for place, cell in enumerate(node.cells):
                tell(place, len(node.cells))
                client.execute_cell(cell, place)
                ran.append(_ran(cell))
    except DeadKernelError:
        ran.append({"error": {"name": "DeadKernelError", "text": "it ended"}, "value": None})
        return ran, "The kernel died, often for want of memory."
    except CellTimeoutError:
        return ran, f"A cell ran for more than {CELL_SECONDS} seconds."
    return ran, "" if left() > 1 else f"All cells together took more than {total_seconds} s."


def _countdown(seconds: int) -> Callable[[], int]:
    end = time.monotonic() + seconds
    return lambda: max(1, int(end - time.monotonic()))


def _ran(cell: Any) -> dict[str, Any]:
    """Pick what counts from an executed cell's outputs."""
    found: dict[str, Any] = {"error": None, "value": None}
    for output in cell.get("outputs", ()):
        if output.output_type == "error" and found["error"] is None:
            text = " ".join(output.evalue.split())[:300]
            found["error"] = {"name": output.ename, "text": text}
        elif output.output_type == "execute_result":
            try:
                found["value"] = float(output.data.get("text/plain", ""))
            except ValueError:
                found["value"] = None
    return found


def main() -> None:
    """Run a notebook and write what came out beside it; the desk's process reads that."""
    notebook, folder, seconds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

    def tell(done: int, cells: int) -> None:
        (folder / DONE).write_text(f"{done} {cells}", encoding="ascii")

    cells, unfinished = execute(notebook, seconds, tell)
    found = json.dumps({"cells": cells, "unfinished": unfinished})
    (folder / "result.json").write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main()
