"""Putting the present process into namespaces of its own, with nothing but the C library.

`bwrap` does this for a program that it starts. A warm process forks kernels and starts no program,
so it has to do the same for its children by itself. See namespaces(7), mount(2), capabilities(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import struct
from pathlib import Path
from typing import Any

MOUNT, UTS, IPC, USER, PID, NET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
READ_ONLY, NO_SETUID, NO_DEVICES, REMOUNT, BIND, RECURSIVE, PRIVATE = (
    1,
    2,
    4,
    32,
    4096,
    1 << 14,
    1 << 18,
)
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_DUMPABLE = 1, 24, 4
CAPABILITY_VERSION = 0x20080522
LAST_CAPABILITY = 63

# Windows imports this module too, and has no use for it.
_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None


def _checked(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system; the arguments are those of mount in section 2 of the manual.

    Raises:
        OSError: the kernel refuses.
    """
    arguments = [text.encode() or None for text in (source, target, kind)]
    _checked(
        _libc.mount(*arguments, ctypes.c_ulong(flags), options.encode() or None), f"mount {target}"
    )


def handles() -> dict[int, int]:
    """Open the namespaces that this process is in: descriptors by flag of setns(2)."""
    names = {MOUNT: "mnt", UTS: "uts", IPC: "ipc", PID: "pid", NET: "net"}
    return {flag: os.open(f"/proc/self/ns/{name}", os.O_CLOEXEC) for flag, name in names.items()}


def enter(namespaces: dict[int, int]) -> None:
    """Move this process, for PID namespaces its next children, into opened namespaces.

    Raises:
        OSError: the kernel refuses.
    """
    for flag, handle in namespaces.items():
        _checked(_libc.setns(handle, flag), "setns")


def fork_apart(home: dict[int, int]) -> int:
    """Fork a child that is the first process of new namespaces; return like os.fork.

    A process with much in memory takes long to fork. So this one goes ahead into the new
    namespaces, forks once and comes back, where others fork an intermediate process.

    Args:
        home: the caller's own namespaces, from `handles`.

    Raises:
        OSError: the kernel refuses.
    """
    _checked(_libc.unshare(MOUNT | UTS | IPC | PID | NET), "unshare")
    child = -1
    try:
        child = os.fork()
    finally:
        if child != 0:
            enter(home)
    return child


def begin_apart() -> None:
    """Go on as the first process of new namespaces, which this user then owns.

    `bwrap` leaves an ordinary user in namespaces that nobody can come back to. The process that
    called this stays and ends with the one that goes on.

    Raises:
        OSError: the kernel refuses.
    """
    _checked(_libc.unshare(MOUNT | UTS | IPC | PID | NET), "unshare")
    first = os.fork()
    if first:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(first, 0)[1]) & 255)
    die_with_parent()
    make_private()


def own_users() -> None:
    """Move into a user namespace, where this user's processes are counted apart from others.

    Raises:
        OSError: the kernel refuses.
    """
    user, group = os.getuid(), os.getgid()
    _checked(_libc.unshare(USER), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def own_proc() -> None:
    """Show this PID namespace's processes in /proc, or none where that is not allowed."""
    try:
        mount("proc", "/proc", "proc", NO_SETUID | NO_DEVICES)
    except OSError:
        mount("tmpfs", "/proc", "tmpfs", NO_SETUID | NO_DEVICES, "size=4k")


def fresh(folder: str, megabytes: int, keep: list[str], mode: str = "1777") -> None:
    """Cover a folder with an empty one in memory, in which only the kept paths below it show.

    Raises:
        OSError: the kernel refuses.
    """
    inside = [path for path in keep if Path(path).is_relative_to(folder)]
    handles = [os.open(path, os.O_PATH | os.O_CLOEXEC) for path in inside]
    mount("tmpfs", folder, "tmpfs", NO_SETUID | NO_DEVICES, f"size={megabytes}m,mode={mode}")
    for path, handle in zip(inside, handles, strict=True):
        os.makedirs(path, mode=0o755, exist_ok=True)
        mount(f"/proc/self/fd/{handle}", path, "", BIND | RECURSIVE)
        os.close(handle)


def make_private() -> None:
    """Let no mount of this namespace spread to another one."""
    mount("", "/", "", RECURSIVE | PRIVATE)


def read_only(folder: str) -> None:
    """Allow no more changes below a bound folder.

    Raises:
        OSError: the kernel refuses.
    """
    mount("", folder, "", REMOUNT | BIND | READ_ONLY | NO_SETUID | NO_DEVICES)


def become(user: int) -> None:
    """Give up root for a user that owns nothing."""
    for number in range(LAST_CAPABILITY + 1):
        _libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)  # fails where there is none, as intended
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def drop_capabilities() -> None:
    """Give up every privilege, for good."""
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    _checked(_libc.capset(header, b"\0" * 24), "capset")


def die_with_parent() -> None:
    """Have the kernel end this process when the one that forked it ends."""
    _checked(_libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0), "prctl")


def hide_memory() -> None:
    """Keep other processes of the same user from reading this one."""
    with contextlib.suppress(OSError):
        _checked(_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")
