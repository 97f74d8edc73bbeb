"""The warm process: it has the slow imports done and forks a sandboxed process a request.

It runs inside a box that `bwrap` made (no network, a read-only system, none of the course's
files), never runs learner code itself, and keeps the right to make namespaces. Each child starts in
namespaces of its own, takes on limits and a user, then becomes a kernel or an evaluator.

A request is one message on a Unix socket: JSON, with descriptors beside it, the first of them for
the answer. "import" loads modules. "fork" makes a child: the answer is a descriptor of the process,
and then, from the child, "ready" or what went wrong. "seal" makes a child's folder read-only once
its sockets stand there. See `client.py` for the other end.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib
import json
import os
import random
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from labkit.grading.sandbox import namespaces, seccomp
from labkit.grading.sandbox.limits import Limits, set_resource_limits

HOME = "/home/learner"
MEMORY_DISK_MB = 64
"""Size of /dev/shm, which PyTorch's data loaders use."""

ENVIRONMENT = {
    "HOME": HOME,
    "TMPDIR": "/tmp",
    "IPYTHONDIR": "/tmp/.ipython",
    "MPLCONFIGDIR": "/tmp/.matplotlib",
}

FIRST_USER = 1_000_000
"""Users from here on belong to nobody; each child of root gets one of its own."""

MESSAGE = 1 << 20
BRIDGE_VARIABLE = "LABKIT_BRIDGE"

ALWAYS = (
    "IPython.core.completer",
    "IPython.core.magics",
    "comm",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "labkit.grading.trusted.bridge",
    "labkit.grading.trusted.evaluator",
    "matplotlib_inline.backend_inline",
    "numpy",
)
"""Modules that every child needs."""


def main(descriptor: int, keep: list[str]) -> None:
    """Serve requests until the other end is gone.

    Args:
        descriptor: the listening socket.
        keep: folders below /tmp that children go on seeing, for example the environment.
    """
    namespaces.begin_apart()
    _load(ALWAYS)
    sys.path[:] = [path for path in sys.path if path]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    home = namespaces.handles()
    with socket.socket(fileno=descriptor) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                message, descriptors = receive(connection)
            if message and descriptors:
                _answer(json.loads(message), descriptors, keep, home)


def _answer(
    request: dict[str, Any], descriptors: list[int], keep: list[str], home: dict[int, int]
) -> None:
    """Do what is asked for; in a forked child, never return."""
    with socket.socket(fileno=descriptors[0]) as answer:
        done = b"done"
        if request["do"] == "fork":
            _fork(request, answer, descriptors[1:], keep, home)
            done = b""  # the child says when it is ready
        elif request["do"] == "seal":
            done = b"done" if _seal(descriptors[1], request["job"], home) else b""
        else:
            _load(request["modules"])
        with contextlib.suppress(OSError):  # nobody may wait any more
            answer.sendall(done)
    for each in descriptors[1:]:
        os.close(each)


def _load(modules: Iterable[str]) -> None:
    """Import modules; what cannot be imported is left to the learner."""
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a child would copy all memory that is shared


def receive(connection: socket.socket, most: int = 4) -> tuple[bytes, list[int]]:
    """Read one message and the descriptors beside it."""
    size = array.array("i").itemsize
    message, ancillary, *_ = connection.recvmsg(MESSAGE, socket.CMSG_SPACE(most * size))
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(data[: len(data) - len(data) % size])
    return message, list(descriptors)


def send(connection: socket.socket, message: bytes, descriptors: list[int]) -> None:
    """Write one message with descriptors beside it."""
    rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
    connection.sendmsg([message], [rights] if descriptors else [])


def _fork(
    request: dict[str, Any],
    control: socket.socket,
    descriptors: list[int],
    keep: list[str],
    home: dict[int, int],
) -> None:
    """Fork a child and tell the other end about it; in the child, never return."""
    child = namespaces.fork_apart(home)
    if child == 0:
        _child(request, control, descriptors, keep)
    process = os.pidfd_open(child)
    with contextlib.suppress(OSError):
        send(control, b"forked", [process])
    os.close(process)


def _seal(process: int, job: str, home: dict[int, int]) -> bool:
    """Let a child write no more where its sockets stand; tell whether it is there."""
    try:
        namespaces.enter({namespaces.MOUNT: process})
        namespaces.read_only(job)
        return True
    except OSError:
        return False
    finally:
        namespaces.enter(home)


def _child(
    request: dict[str, Any],
    control: socket.socket,
    descriptors: list[int],
    keep: list[str],
) -> None:
    """Lock this process up and let it become what was asked for; never return."""
    try:
        _close_all_but([control.fileno(), *descriptors])
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        namespaces.die_with_parent()
        os.setsid()
        limits = Limits(**request["limits"])
        job = request["job"]
        _build_room(limits, [*keep, job] if job else keep, request["spool"])
        if not request["privileged"]:
            namespaces.own_users()
        # The other end puts this process under its control group, then tells it its number, which
        # is unique on the machine while it lives.
        number = control.recv(64)
        if not number:
            os._exit(1)
        set_resource_limits(
            limits, memory=request["limit_memory"], processes=request["limit_processes"]
        )
        if request["privileged"]:
            user = FIRST_USER + int(number)
            for folder in filter(None, (job, HOME)):
                os.chown(folder, user, user)
            namespaces.become(user)
        namespaces.drop_capabilities()
        namespaces.die_with_parent()
        # The evaluator starts nothing: a program that a test calls could be a learner's file.
        seccomp.install(programs=request["kind"] == "kernel")
        os.umask(0o077)
        for standard in (1, 2):  # what a learner writes there would fill the warm process's log
            os.dup2(os.open(os.devnull, os.O_WRONLY), standard)
        os.environ.update(ENVIRONMENT)
        _draw_anew()
        if request["kind"] == "kernel":
            start = _kernel(request, descriptors)
        else:
            start = _evaluator(control, descriptors)
        control.sendall(b"ready")
        start()
        os._exit(0)
    except BaseException:
        with contextlib.suppress(OSError):
            control.sendall(traceback.format_exc().encode()[-MESSAGE:])
    finally:
        os._exit(1)


def _close_all_but(kept: list[int]) -> None:
    """Close what the warm process has open: its listening socket and the way back to its world."""
    start = 3
    for descriptor in [*sorted(kept), 1 << 30]:
        if descriptor > start:  # for an empty range, os.closerange closes all there is
            os.closerange(start, descriptor)
        start = descriptor + 1


def _build_room(limits: Limits, keep: list[str], spool: str) -> None:
    """Give this process its own /proc, and empty folders to write in."""
    namespaces.make_private()
    namespaces.own_proc()
    namespaces.fresh("/dev/shm", MEMORY_DISK_MB, [])
    namespaces.fresh(HOME, limits.disk_mb, [], mode="700")
    namespaces.fresh("/tmp", limits.disk_mb, keep)
    if not Path(spool).is_relative_to("/tmp"):
        namespaces.fresh(spool, 1, keep, mode="755")
    os.chdir(HOME)


def _draw_anew() -> None:
    """Seed what every child would otherwise inherit alike."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].seed()


def _kernel(request: dict[str, Any], descriptors: list[int]) -> Callable[[], None]:
    """Make an IPython kernel with its sockets bound; return how to start it."""
    from ipykernel.kernelapp import IPKernelApp

    files = Path(request["job"]) / "files"
    if files.is_dir():
        shutil.copytree(files, HOME, dirs_exist_ok=True)
    for descriptor in descriptors:
        os.environ[BRIDGE_VARIABLE] = str(descriptor)
    connection = Path("/tmp/kernel.json")
    connection.write_text(json.dumps(request["connection"]))
    # A program that the learner starts finds what lies beside it, and arguments are a kernel's.
    os.environ.pop("PYTHONSAFEPATH", None)
    sys.argv = ["ipykernel_launcher.py", "-f", str(connection)]
    app = IPKernelApp.instance()
    app.initialize(
        [
            "-f",
            str(connection),
            "--InteractiveShellApp.ignore_cwd=True",
            "--HistoryManager.enabled=False",
            "--IPKernelApp.capture_fd_output=False",
        ]
    )
    _find_modules_beside()
    return app.start


def _find_modules_beside() -> None:
    """Let modules beside the notebook be imported, as in any: after Python's own, before others.

    This process is the learner's alone.
    """
    folders = ("site-packages", "dist-packages")
    others = (place for place, path in enumerate(sys.path) if Path(path).name in folders)
    sys.path.insert(next(others, len(sys.path)), "")


def _evaluator(control: socket.socket, descriptors: list[int]) -> Callable[[], None]:
    """Return how to start the trusted process that evaluates test cells."""
    from labkit.grading.trusted import evaluator

    namespaces.hide_memory()
    bridge = socket.socket(fileno=descriptors[0])
    return lambda: evaluator.main(control, bridge)


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
