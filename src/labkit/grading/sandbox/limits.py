"""How much one submission may use, and the kernel's means to hold it to that.

Resource limits (setrlimit(2)) hold everywhere. Control groups count memory and processes of a
whole sandbox exactly; they are used where this user may make them (cgroups(7)): version 2 in a
delegated sub-tree, version 1 where its controllers are mounted.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1 << 20
CGROUPS = Path("/sys/fs/cgroup")
LEFT_OVER_SECONDS = 3600
"""No submission runs as long: an older group without processes belongs to nobody."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        cell_seconds: wall clock of one cell.
        total_seconds: wall clock of the whole notebook.
        call_seconds: wall clock of one call from a test into learner code.
        cpu_seconds: processor time of the learner's processes, each.
        memory_mb: memory of the learner's side.
        processes: processes and threads of the learner's side; a kernel alone has about a dozen.
        disk_mb: files that learner code may write; they lie in memory.
        file_mb: size of one file.
        open_files: open descriptors of one process.
        output_bytes: kept of what one cell shows.
    """

    cell_seconds: int = 30
    total_seconds: int = 1200
    call_seconds: int = 30
    cpu_seconds: int = 1200
    memory_mb: int = 2000
    processes: int = 128
    disk_mb: int = 256
    file_mb: int = 100
    open_files: int = 1024
    output_bytes: int = 200_000


def set_resource_limits(limits: Limits, memory: bool, processes: bool) -> None:
    """Hold this process and all it starts to the limits.

    Args:
        limits: the limits.
        memory: hold memory here too, because no control group does. What the process has mapped
            already is not counted.
        processes: hold the number of processes here too.
    """
    import resource  # not on Windows

    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, limits.file_mb * MEGABYTE)
    _limit(resource.RLIMIT_NOFILE, limits.open_files)
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    _limit(resource.RLIMIT_MSGQUEUE, 0)
    if memory:
        _limit(resource.RLIMIT_DATA, _mapped() + limits.memory_mb * MEGABYTE)
    if processes:
        _limit(resource.RLIMIT_NPROC, limits.processes)


def _limit(kind: int, wanted: int) -> None:
    import resource

    _, hard = resource.getrlimit(kind)
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (value, value))


def _mapped() -> int:
    """Bytes of private writable memory that this process has mapped (VmData)."""
    with contextlib.suppress(OSError, StopIteration, ValueError):
        text = Path("/proc/self/status").read_text().splitlines()
        line = next(line for line in text if line.startswith("VmData:"))
        return int(line.split()[1]) * 1024
    return 1024 * MEGABYTE


@dataclass(frozen=True)
class ControlGroup:
    """The control groups of one sandbox, one folder a hierarchy.

    Attributes:
        folders: where they were made; empty where this user may make none.
        memory: whether they hold memory.
        processes: whether they hold the number of processes.
    """

    folders: tuple[Path, ...] = ()
    memory: bool = False
    processes: bool = False

    def add(self, process: int) -> None:
        """Put a process, and all it starts from now on, under the limits."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(process))

    def remove(self) -> None:
        """Take the groups away; their processes have been killed before, which takes a moment."""
        for folder in self.folders:
            for _ in range(100):
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.01)
                else:
                    break


def control_group(name: str, limits: Limits, root: Path = CGROUPS) -> ControlGroup:
    """Make the control groups for one sandbox, as far as this user may.

    Args:
        name: the groups' name, unique on this machine.
        limits: what they hold to.
        root: where control groups are mounted.
    """
    memory, processes = str(limits.memory_mb * MEGABYTE), str(limits.processes)
    if (root / "cgroup.controllers").is_file():
        values = {"memory.max": memory, "memory.swap.max": "0", "pids.max": processes}
        folder = _folder(_delegated(root) / name, values)
        return ControlGroup((folder,), True, True) if folder else ControlGroup()
    by_memory = _folder(root / "memory" / name, {"memory.limit_in_bytes": memory})
    by_processes = _folder(root / "pids" / name, {"pids.max": processes})
    folders = tuple(folder for folder in (by_memory, by_processes) if folder)
    return ControlGroup(folders, by_memory is not None, by_processes is not None)


def sweep(root: Path = CGROUPS) -> None:
    """Take away old groups whose engine was killed before it could; they hold no processes."""
    for folder in root.glob("*/labkit-*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > LEFT_OVER_SECONDS:
                folder.rmdir()


def _delegated(root: Path) -> Path:
    """The version-2 group of this process, made ready to hold groups of its own.

    A group with processes hands no controllers down, so this process first moves one level deeper.
    """
    line = Path("/proc/self/cgroup").read_text().splitlines()[-1]
    own = root / line.partition("::")[2].lstrip("/")
    group = own.parent if own.name == "labkit-engine" else own
    with contextlib.suppress(OSError):
        if "memory" not in (group / "cgroup.subtree_control").read_text():
            engine = group / "labkit-engine"
            engine.mkdir(exist_ok=True)
            (engine / "cgroup.procs").write_text(str(os.getpid()))
            (group / "cgroup.subtree_control").write_text("+memory +pids")
    return group


def _folder(folder: Path, values: dict[str, str]) -> Path | None:
    """Make a group and set its limits; None where that is not allowed."""
    if not folder.parent.is_dir():
        return None
    try:
        folder.mkdir()
    except OSError:
        return None
    try:
        for name, value in values.items():
            if name != "memory.swap.max" or (folder / name).exists():  # absent without swap
                (folder / name).write_text(value)
    except OSError:
        with contextlib.suppress(OSError):
            folder.rmdir()
        return None
    return folder
