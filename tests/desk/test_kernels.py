"""The kernel that waits: it moves to its notebook unseen, and a notebook never waits for it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from labkit.desk import kernels
from labkit.desk.kernels import WaitingKernels, moving

PATIENCE = 60.0
NOTEBOOK = "lesson 'one'/lesson.ipynb"
WHERE = "import os, sys\nprint([os.getcwd(), os.environ['JPY_SESSION_NAME'], _dh, os.getpid()])"


@asynccontextmanager
async def managed(root: Path, waiting: bool = True) -> AsyncIterator[WaitingKernels]:
    """Kernels of a folder, one of which waits already."""
    manager = WaitingKernels(root_dir=str(root))
    try:
        if waiting:
            manager.prepare(0)
            assert manager._starting is not None
            await manager._starting
        yield manager
    finally:
        await manager.shutdown_all(now=True)


async def opened(manager: WaitingKernels, root: Path) -> str:
    """Start a kernel as a session of a notebook does, and return its id."""
    folder = root / Path(NOTEBOOK).parent
    folder.mkdir(exist_ok=True)
    env = {**os.environ, "JPY_SESSION_NAME": str(root / NOTEBOOK)}
    number = await manager.start_kernel(
        path=Path(NOTEBOOK).parent.as_posix(), kernel_name="python3", env=env
    )
    return str(number)


async def said(manager: WaitingKernels, number: str, code: str) -> tuple[str, int]:
    """Run code in a kernel; return what it printed and the cell's number."""
    client: Any = manager.get_kernel(number).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=PATIENCE)
        printed: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                printed.append(message["content"]["text"])

        reply = await client.execute_interactive(code, timeout=PATIENCE, output_hook=keep)
        return "".join(printed).strip(), reply["content"]["execution_count"]
    finally:
        client.stop_channels()


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a test's coroutine to its end."""
    asyncio.run(asyncio.wait_for(story(), 2 * PATIENCE))


def test_it_moves_to_its_notebook_and_leaves_nothing_behind(tmp_path: Path):
    async def story() -> None:
        async with managed(tmp_path) as manager:
            process = manager._waiting.provisioner.pid
            assert manager.list_kernels() == [], "nobody sees it before it has a notebook"
            number = await opened(manager, tmp_path)
            folder = str(tmp_path / Path(NOTEBOOK).parent)
            expected = [folder, str(tmp_path / NOTEBOOK), [folder], process]
            assert await said(manager, number, WHERE) == (str(expected), 1)
            fresh = await said(manager, number, "%who")
            assert fresh == ("os\t sys", 2), "only the cell's own names"
            await manager.restart_kernel(number, now=True)
            place, _, again = (await said(manager, number, WHERE))[0].partition(", [")
            assert place == str([folder, str(tmp_path / NOTEBOOK)])[:-1]
            assert str(process) not in again

    run(story)


def test_another_one_is_started_for_the_next_notebook(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(kernels, "AFTER_MOVE", 0.0)

    async def story() -> None:
        async with managed(tmp_path) as manager:
            first = await opened(manager, tmp_path)
            while manager._waiting is None:
                await asyncio.sleep(0.05)
            second = await opened(manager, tmp_path)
            assert len({first, second}) == len(manager.list_kernels()) == 2

    run(story)


@pytest.mark.parametrize(
    "asked", [{"kernel_name": "another"}, {"kernel_id": "5d1c6a4c-0000-4000-8000-000000000000"}]
)
def test_who_wants_another_kernel_gets_another(tmp_path: Path, asked: dict[str, str]):
    async def story() -> None:
        async with managed(tmp_path) as manager:
            waits = manager._waiting
            made, _, number = manager.pre_start_kernel(asked.pop("kernel_name", None), asked)
            assert made is not waits and manager._waiting is waits
            assert number != waits.kernel_id

    run(story)


def test_a_notebook_that_comes_too_early_starts_its_own(tmp_path: Path):
    async def story() -> None:
        async with managed(tmp_path, waiting=False) as manager:
            number = await opened(manager, tmp_path)
            assert (await said(manager, number, "print(6 * 7)"))[0] == "42"

    run(story)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process for a while")
def test_one_that_hangs_is_started_anew_in_the_right_folder(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(kernels, "MOVING", 0.5)

    async def story() -> None:
        async with managed(tmp_path) as manager:
            stuck = manager._waiting.provisioner.pid
            os.kill(stuck, signal.SIGSTOP)
            number = await opened(manager, tmp_path)
            shown, _ = await said(manager, number, WHERE)
            assert str(tmp_path / NOTEBOOK) in shown and str(stuck) not in shown

    run(story)


def test_one_that_cannot_be_started_is_tried_once(tmp_path: Path, monkeypatch):
    async def story() -> None:
        async with managed(tmp_path, waiting=False) as manager:

            async def refuse(*_: Any, **__: Any) -> None:
                raise OSError("no more processes")

            monkeypatch.setattr(kernels.WaitingKernel, "start_kernel", refuse)
            manager.prepare(0)
            failed = manager._starting
            assert failed is not None
            await failed
            manager.prepare(0)
            assert manager._starting is failed and manager._waiting is None

    run(story)


def test_all_end_with_the_server(tmp_path: Path):
    ended: list[Any] = []

    async def story() -> None:
        async with managed(tmp_path) as manager:
            ended.append(manager._waiting)
        assert not await ended[0].is_alive()

    run(story)


def test_the_code_that_moves_it_holds_any_path():
    odd = {"cwd": '/tmp/it\'s "here"\\n', "env": {**os.environ, "JPY_SESSION_NAME": "é'\"\\"}}
    code = moving(odd)
    assert compile(code, "moving", "exec") and repr(odd["cwd"]) in code
    assert "PATH" not in code, "only what differs is sent"
