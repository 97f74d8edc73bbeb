"""What code in a sandboxed kernel can and cannot do."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labkit.grading.sandbox import client
from labkit.grading.sandbox.limits import Limits
from labkit.grading.sandbox.provisioner import SandboxKernelManager

SMALL = Limits(memory_mb=400, processes=60, disk_mb=16, file_mb=8)


@pytest.fixture(scope="module")
def warm(need_sandbox: None) -> Iterator[client.WarmProcess]:
    yield client.warm_process()


@pytest.fixture
def shown(warm: client.WarmProcess) -> Callable[[str], str]:
    """Return what a new kernel shows when it runs some code: printed text and errors."""

    async def run(code: str, limits: Limits) -> str:
        manager = SandboxKernelManager()
        await manager.start_kernel(files={"data/prices.csv": b"1,2\n"}, limits=limits)
        connection = manager.client()
        connection.start_channels(hb=False)
        seen: list[str] = []

        def note(message: dict) -> None:
            content = message["content"]
            seen.append(content.get("text", "") or "\n".join(content.get("traceback", [])))

        try:
            await connection.wait_for_ready(timeout=60)
            running = connection.execute_interactive(code, output_hook=note, timeout=60)
            task = asyncio.ensure_future(running)
            while not (await asyncio.wait([task], timeout=0.2))[0]:
                if not await manager.is_alive():
                    task.cancel()
                    raise RuntimeError("the kernel died")
            task.result()
        finally:
            connection.stop_channels()
            await manager.shutdown_kernel(now=True)
        return "".join(seen)

    return lambda code, limits=SMALL: asyncio.run(run(code, limits))


def test_data_files_are_there_and_the_folder_can_be_written(shown):
    code = "open('out.txt', 'w').write('x'); import os; print(sorted(os.listdir()))"
    assert shown(code) == "['data', 'out.txt']\n"


def test_neither_the_course_nor_other_users_nor_the_system_can_be_seen(shown):
    root, home = Path(__file__).resolve().parents[3], Path.home()
    code = f"""
import os
for path in ("{root}/labs", "{root}/grader", "{home}/.bashrc", "/etc/passwd", "/etc/shadow"):
    print(os.path.exists(path), end=" ")
"""
    assert shown(code).split() == ["False"] * 5


def test_nothing_of_the_system_can_be_written(shown):
    code = """
import sys, labkit
for path in ("/x", "/usr/x", "/dev/x", sys.prefix + "/x", labkit.__file__):
    try:
        open(path, "a")
        print("written", path)
    except OSError as problem:
        print(type(problem).__name__)
"""
    assert set(shown(code).split()) <= {"OSError", "PermissionError"}


def test_there_is_no_network(shown):
    code = """
import socket
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", 22), 1),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("10.0.0.1", 53)),
    lambda: socket.socket(40, socket.SOCK_STREAM),
    lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
):
    try:
        attempt()
        print("reached")
    except OSError:
        print("refused")
"""
    assert shown(code).split() == ["refused"] * 4


def test_no_privilege_is_left_and_none_can_be_had(shown):
    code = """
import ctypes, os
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["CapEff"], 16), int(status["NoNewPrivs"]), int(status["Seccomp"]))
libc = ctypes.CDLL(None, use_errno=True)
mounted = libc.mount(b"x", b"/tmp", b"tmpfs", 0, None)
print(libc.unshare(0x10000000), mounted, libc.ptrace(0, 0, 0, 0))
print(os.getuid() == 0)
"""
    assert shown(code).split("\n")[:3] == ["0 1 2", "-1 -1 -1", "False"]


def test_only_the_kernels_own_processes_show(shown):
    code = "import os; print([p for p in os.listdir('/proc') if p.isdigit()], os.getppid())"
    assert shown(code) == "['1'] 0\n"


def test_processes_are_limited(shown):
    code = """
import subprocess
started = []
try:
    for _ in range(200):
        started.append(subprocess.Popen(["sleep", "9"]))
except OSError:
    print(10 < len(started) < 60)
for process in started:
    process.kill()
"""
    assert shown(code) == "True\n"


def test_the_size_of_a_file_and_of_all_files_is_limited(shown):
    code = """
try:
    with open("big", "wb") as file:
        for _ in range(20):
            file.write(bytes(1_000_000))
except OSError as problem:
    print("file", problem.errno)
try:
    for number in range(9):
        open(f"file{number}", "wb").write(bytes(4_000_000))
except OSError as problem:
    print("disk", problem.errno)
"""
    assert shown(code) == "file 27\ndisk 28\n"


def test_memory_is_limited(shown):
    code = "block = b'x' * 900_000_000; print(len(block))"
    try:
        assert "MemoryError" in shown(code)
    except RuntimeError as problem:  # a control group ends the kernel instead
        assert "died" in str(problem)


def test_a_process_that_outlives_its_cell_ends_with_the_kernel(warm, shown):
    before = _processes_named("leftover")
    code = """
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("python", ["leftover", "-c", "import time; time.sleep(600)"])
    os._exit(0)
os.wait()
"""
    shown(code)
    deadline = time.monotonic() + 60
    while _processes_named("leftover") != before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _processes_named("leftover") == before


def _processes_named(name: str) -> int:
    count = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            count += path.read_bytes().startswith(name.encode() + b"\0")
        except OSError:
            continue
    return count


def test_two_kernels_draw_different_random_numbers(shown):
    code = "import random, numpy; print(random.random(), numpy.random.rand())"
    assert set(shown(code).split()).isdisjoint(shown(code).split())


def test_a_kernel_leaves_nothing_behind(warm, shown):
    shown("print(1)")
    assert [path for path in warm.spool.iterdir() if path.is_dir()] == []


def test_a_killed_warm_process_takes_its_kernels_along_and_is_replaced(warm):
    other = client.WarmProcess.start()
    job = other.new_job()
    child = other.fork(
        "kernel",
        SMALL,
        connection={"transport": "ipc", "ip": str(job / "k")}
        | {f"{kind}_port": place for place, kind in enumerate(PORTS, 1)}
        | {"key": "k", "signature_scheme": "hmac-sha256"},
        job=job,
    )
    assert not child.has_ended()
    assert other._box is not None
    os.kill(other._box.pid, signal.SIGKILL)
    assert child.has_ended(10)
    child.close()
    assert not any(folder.exists() for folder in child.group.folders)
    assert not other.is_alive()
    other.close()


def test_a_warm_process_that_is_killed_while_it_starts_is_started_again(need_sandbox, monkeypatch):
    monkeypatch.delenv(client.ADDRESS_VARIABLE, raising=False)
    monkeypatch.setattr(client, "_current", None)
    ask, asked = client.WarmProcess._ask, []

    def kill_the_first(self, *arguments):
        if not asked:
            self._box.kill()
        asked.append(arguments)
        ask(self, *arguments)

    monkeypatch.setattr(client.WarmProcess, "_ask", kill_the_first)
    warm = client.warm_process()
    assert warm.is_alive()
    assert len(asked) > 1
    warm.close()


def test_the_folder_of_a_warm_process_whose_engine_was_killed_is_swept(need_sandbox, tmp_path):
    warm = client.WarmProcess.start()
    shutil.copytree(warm.spool, left := Path(f"{warm.spool}-left"), ignore=lambda *_: ["warm.sock"])
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(left / "warm.sock"))
    client._sweep_spools()
    assert not left.exists()
    assert warm.is_alive()
    warm.close()


PORTS = ("shell", "iopub", "stdin", "control", "hb")


def test_what_a_learner_writes_to_the_standard_streams_fills_no_log(warm, shown):
    before = len(warm.log())
    shown("import os; os.write(1, b'x' * 1000); os.write(2, b'x' * 1000)")
    assert "xxxx" not in warm.log()[before:]
