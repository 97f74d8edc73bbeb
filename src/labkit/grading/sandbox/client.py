"""Starting the warm process, and asking it for kernels and evaluators.

One warm process serves all workers of a run: whoever starts it first puts the address into the
environment, and later workers connect to that. It ends with the process that started it.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import uuid
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import labkit
from labkit.grading.attempts import settled
from labkit.grading.sandbox.limits import ControlGroup, Limits, control_group, sweep
from labkit.grading.sandbox.warm import HOME, receive, send
from labkit.grading.startup import with_companions

ADDRESS_VARIABLE = "LABKIT_WARM"
START_SECONDS = 180
"""Importing torch from a cold disk takes up to half a minute."""

CHILD_SECONDS = 60


class SandboxError(RuntimeError):
    """A sandboxed process could not be started."""


@dataclass
class Child:
    """A sandboxed process.

    Attributes:
        pid: its process id as this process sees it.
        descriptor: refers to the process even when its id is taken anew (pidfd_open(2)).
        control: the socket to it.
        group: its control groups.
        job: its folder for sockets and files, or None.
    """

    pid: int
    descriptor: int
    control: socket.socket
    group: ControlGroup
    job: Path | None = None
    _ended: bool = field(default=False, init=False)

    def has_ended(self, seconds: float | None = 0) -> bool:
        """Wait at most so long for the process to end, and tell whether it has."""
        if not self._ended:
            self._ended = bool(select.select([self.descriptor], [], [], seconds)[0])
        return self._ended

    def signal(self, number: int) -> None:
        """Send a signal; nothing happens where the process has ended."""
        if not self.has_ended():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.descriptor, number)

    def close(self) -> None:
        """End the process with all it started, and clear what was made for it."""
        if self.descriptor < 0:
            return
        self.signal(signal.SIGKILL)
        self.has_ended(5)
        os.close(self.descriptor)
        self._ended, self.descriptor = True, -1
        self.control.close()
        self.group.remove()
        if self.job is not None:
            shutil.rmtree(self.job, ignore_errors=True)


class WarmProcess:
    """The warm process as its clients see it: an address in the file system."""

    def __init__(self, spool: Path) -> None:
        """Name the folder in which its socket stands."""
        self.spool = spool
        self._loaded: set[str] = set()
        self._box: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()

    @classmethod
    def start(cls) -> WarmProcess:
        """Start one and wait until it serves.

        Raises:
            SandboxError: it did not start; the text holds what it said.
        """
        sweep()
        _sweep_spools()
        spool = Path(tempfile.mkdtemp(prefix="labkit-", dir="/tmp"))
        spool.chmod(0o711)  # a kernel of another user passes through to its own folder
        warm = cls(spool)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            # A socket of this name on which nobody listens is swept away as a leftover.
            unnamed = spool / "warm.new"
            listener.bind(str(unnamed))
            listener.listen(64)
            unnamed.rename(warm.address)
            keep = [path for path in visible() if Path(path).is_relative_to("/tmp")]
            python = [sys.executable, "-Xfrozen_modules=off", "-m", "labkit.grading.sandbox.warm"]
            command = [*box(spool), *python, str(listener.fileno())]
            command += [json.dumps(keep)]
            with (spool / "log").open("wb") as log:
                warm._box = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[listener.fileno()],
                    cwd="/",
                    env={},
                )
        atexit.register(warm.close)
        try:
            warm._ask({"do": "import", "modules": []}, START_SECONDS)
        except SandboxError:
            text = warm.log()
            warm.close()
            raise SandboxError(f"The sandbox did not start. {text}") from None
        return warm

    @property
    def address(self) -> Path:
        """Where its socket stands."""
        return self.spool / "warm.sock"

    def load(self, modules: Sequence[str]) -> None:
        """Have modules imported, as far as that was not done before.

        Raises:
            SandboxError: it ended meanwhile.
        """
        missing = set(with_companions(modules)) - self._loaded
        if missing:
            self._ask({"do": "import", "modules": sorted(missing)}, START_SECONDS)
            self._loaded |= missing

    def is_alive(self) -> bool:
        """Tell whether it takes connections."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
            try:
                probe.connect(str(self.address))
            except OSError:
                return False
            return True

    def fork(
        self,
        kind: str,
        limits: Limits,
        bridge: socket.socket | None = None,
        connection: dict[str, Any] | None = None,
        job: Path | None = None,
    ) -> Child:
        """Have a sandboxed process forked.

        Args:
            kind: "kernel" or "evaluator".
            limits: what it may use.
            bridge: its end of the bridge between the two worlds.
            connection: a kernel's connection information.
            job: a kernel's folder, made by `new_job`.

        Raises:
            SandboxError: it did not come up.
        """
        name = f"labkit-{uuid.uuid4().hex[:12]}"
        group = control_group(name, limits)
        ours, theirs = socket.socketpair()
        request = {
            "do": "fork",
            "kind": kind,
            "limits": asdict(limits),
            "limit_memory": not group.memory,
            "limit_processes": not group.processes,
            "privileged": is_privileged(),
            "connection": connection,
            "job": str(job) if job else None,
            "spool": str(self.spool),
        }
        child: Child | None = None
        try:
            ours.settimeout(CHILD_SECONDS)
            passed = [theirs.fileno()] + ([bridge.fileno()] if bridge else [])
            self._send(request, passed)
            theirs.close()
            _, descriptors = receive(ours)
            if not descriptors:
                raise SandboxError(f"The warm process could not fork: {self.log()}")
            child = Child(_process_id(descriptors[0]), descriptors[0], ours, group, job)
            group.add(child.pid)
            ours.sendall(str(child.pid).encode())
            answer = ours.recv(1 << 16)
            if answer != b"ready":
                raise SandboxError(
                    f"The {kind} did not start: {answer.decode(errors='replace') or self.log()}"
                )
            ours.settimeout(None)
            if job:
                self._ask({"do": "seal", "job": str(job)}, CHILD_SECONDS, [child.descriptor])
            return child
        except (OSError, SandboxError) as problem:
            if child:
                child.close()
            else:
                ours.close()
                group.remove()
            if isinstance(problem, SandboxError):
                raise
            raise SandboxError(f"The warm process does not answer ({problem}).") from problem
        finally:
            theirs.close()

    def new_job(self) -> Path:
        """Make a folder for a kernel's sockets and files."""
        job = self.spool / uuid.uuid4().hex[:8]
        job.mkdir(mode=0o755)
        return job

    def log(self) -> str:
        """The end of what the warm process wrote."""
        with contextlib.suppress(OSError):
            return (self.spool / "log").read_text(errors="replace")[-2000:]
        return ""

    def close(self) -> None:
        """End it, if this process started it."""
        if self._box is None or self._owner != os.getpid():
            return
        self._box.kill()
        self._box.wait()
        self._box = None
        shutil.rmtree(self.spool, ignore_errors=True)

    def _send(self, request: dict[str, Any], descriptors: list[int]) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
            server.connect(str(self.address))
            send(server, json.dumps(request).encode(), descriptors)

    def _ask(
        self, request: dict[str, Any], seconds: float, descriptors: Sequence[int] = ()
    ) -> None:
        """Put a request and wait until it is done.

        Raises:
            SandboxError: it was not.
        """
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(seconds)
            try:
                with theirs:
                    self._send(request, [theirs.fileno(), *descriptors])
                done = ours.recv(4)
            except OSError as problem:
                raise SandboxError(f"The warm process does not answer ({problem}).") from problem
            if done != b"done":
                raise SandboxError(f"The warm process could not {request['do']}: {self.log()}")


def _sweep_spools() -> None:
    """Take away folders of warm processes whose engine was killed before it could."""
    for address in Path("/tmp").glob("labkit-*/warm.sock"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
            try:
                probe.connect(str(address))
            except ConnectionRefusedError:  # nobody will ever listen there again
                shutil.rmtree(address.parent, ignore_errors=True)
            except OSError:
                continue


def _process_id(descriptor: int) -> int:
    """The process id, as this process sees it, of what a pidfd refers to."""
    lines = Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pid:")).split()[1])


_lock = threading.Lock()
_current: WarmProcess | None = None
_begun: Future[WarmProcess] | None = None
# `bwrap --die-with-parent` ends with the thread that started it, so that thread has to stay.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="labkit-warm")


def begin(modules: Sequence[str] = ()) -> None:
    """Start a warm process with modules in the background; whoever asks for one next waits for it.

    Its imports take as long as those of the engine, so both are done side by side.
    """
    global _begun
    if _current is None and ADDRESS_VARIABLE not in os.environ:
        _begun = _starter.submit(_start_with, modules)


def _start_with(modules: Sequence[str]) -> WarmProcess:
    warm = WarmProcess.start()
    warm.load(modules)
    return warm


def warm_process(modules: Sequence[str] = ()) -> WarmProcess:
    """Return the warm process of this run, with these modules imported; start one if none is there.

    Its address goes into the environment, so that processes started from here share it.

    Raises:
        SandboxError: it does not start.
    """
    with _lock:
        return settled(lambda: _ready(modules), SandboxError)


def _ready(modules: Sequence[str]) -> WarmProcess:
    global _begun, _current
    address = os.environ.get(ADDRESS_VARIABLE)
    if address and (_current is None or str(_current.spool) != address):
        _current = WarmProcess(Path(address))
    if not (address and _current and _current.is_alive()):
        if _current:
            _current.close()
        starting, _begun = _begun or _starter.submit(WarmProcess.start), None
        _current = starting.result()
        os.environ[ADDRESS_VARIABLE] = str(_current.spool)
    _current.load(modules)
    return _current


def is_privileged() -> bool:
    """Tell whether this process is root with the right to make namespaces without a user's."""
    if os.geteuid() != 0:
        return False
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if "CapEff" in x)
    needed = (0, 5, 6, 7, 21)  # chown, kill, setgid, setuid, sys_admin
    return all(int(line.split()[1], 16) >> bit & 1 for bit in needed)


def visible() -> list[str]:
    """The folders of this machine that a sandbox shows, read-only: Python and what it imports."""
    package = Path(labkit.__file__).resolve().parent.parent
    places = {sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("purelib")}
    roots = [Path(place).resolve() for place in places] + [Path(sys.prefix), package]
    chosen: list[Path] = []
    for root in sorted(set(roots), key=lambda path: len(path.parts)):
        if not any(root.is_relative_to(other) for other in (*chosen, Path("/usr"))):
            chosen.append(root)
    return [str(path) for path in chosen]


def box(spool: Path) -> list[str]:
    """The `bwrap` command before the program: no network, a read-only system, an own spool."""
    command = ["bwrap", "--die-with-parent", "--new-session"]
    command += ["--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try"]
    command += ["--cap-add", "ALL", *([] if is_privileged() else ["--unshare-user"])]
    command += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        place = Path("/", name)
        if place.is_symlink():
            command += ["--symlink", os.readlink(place), str(place)]
        elif place.is_dir():
            command += ["--ro-bind", str(place), str(place)]
    command += ["--perms", "0755", "--dir", "/etc"]
    for name in ("ld.so.cache", "fonts", "localtime", "mime.types"):
        command += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    # A child can mount a /proc of its own only where the whole of this one shows.
    command += ["--bind", "/proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", HOME]
    shown = [Path(path) for path in visible()]
    for parent in sorted({parent for path in (*shown, spool) for parent in path.parents}):
        if parent != Path("/") and not parent.is_relative_to("/usr"):
            command += ["--perms", "0755", "--dir", str(parent)]
    for path in shown:
        command += ["--ro-bind", str(path), str(path)]
    command += ["--bind", str(spool), str(spool), "--remount-ro", "/dev", "--remount-ro", "/"]
    for name, value in ENVIRONMENT.items():
        command += ["--setenv", name, value]
    return [*command, "--chdir", HOME, "--"]


ENVIRONMENT = {
    "HOME": HOME,
    "LANG": "C.UTF-8",
    "LOGNAME": "learner",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "NBGRADER_EXECUTION": "autograde",
    "OMP_NUM_THREADS": "1",
    "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONSAFEPATH": "1",
    "USER": "learner",
}
