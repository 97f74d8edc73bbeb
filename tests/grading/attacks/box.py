"""An outer box in which stock nbgrader can meet the attacks without harm to the machine.

Stock nbgrader runs what learners wrote with the instructor's rights, so the whole run is shut in
by bubblewrap: no network, a read-only system, course and home in memory, own process numbers, and
limits on memory and processes. What stands outside of the box is the instructor's machine; what
attacks touch is looked for inside, by `python -m attacks.box`, which `grade` starts there.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from attacks import corpus
from attacks.cohort import Evidence, run
from attacks.submission import ASSIGNMENT, Place

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parents[1]

STOCK = "c.Execute.timeout = 4\nc.Execute.iopub_timeout = 4"
COMMANDS = (
    ["nbgrader", "autograde", ASSIGNMENT],
    ["nbgrader", "generate_feedback", ASSIGNMENT],
)
SHOWN = ("script", "tampering", "objects")
"""Classes of attacks for which the feedback is written too, which takes time."""

MEMORY = 3 << 30
PROCESSES = 300
SECONDS = 90
SECONDS_EACH = 10


class NoBoxError(RuntimeError):
    """This machine cannot hold the attacks; the text says what is missing."""


def grade(template: Path, names: Sequence[str]) -> Evidence | str:
    """Grade attacks with stock nbgrader in a box.

    Args:
        template: a course made by `course.build`; it is copied and not changed.
        names: of the attacks.

    Returns:
        What was found, or in one line why nothing was.

    Raises:
        NoBoxError: this machine cannot hold the attacks.
    """
    command = [*_bubblewrap(template), sys.executable, "-m", "attacks.box", *names]
    with _control_groups() as folders:

        def enter() -> None:
            for folder in folders:
                (folder / "cgroup.procs").write_text(str(os.getpid()))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 30, 4 << 30))
            if not folders:
                resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))

        try:
            done = subprocess.run(
                command,
                preexec_fn=enter,
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=3 * (SECONDS + len(names) * SECONDS_EACH),
            )
        except subprocess.TimeoutExpired:
            return "the whole box hung"
    try:
        return Evidence.from_json(done.stdout)
    except (ValueError, KeyError, TypeError):
        return f"no report from the box: {(done.stderr.strip().splitlines() or [''])[-1][:200]}"


def _bubblewrap(template: Path) -> list[str]:
    program = shutil.which("bwrap")
    if program is None:
        raise NoBoxError("bubblewrap (bwrap) is not installed")
    command = [program, "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
    command += ["--as-pid-1", "--uid", "1000", "--gid", "1000", "--hostname", "box", "--clearenv"]
    command += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib64", "sbin"):
        command += ["--symlink", f"usr/{name}", f"/{name}"]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", str(1 << 28), "--tmpfs", "/dev/shm"]
    for folder in ("/tmp", "/home", "/etc", "/course"):
        command += ["--size", str(1 << 29), "--tmpfs", folder]
    for path in {sys.prefix, sys.base_prefix, str(ROOT / "src"), str(TESTS)}:
        command += ["--ro-bind", path, path]
    command += ["--ro-bind", str(template), "/template", "--chdir", "/home"]
    variables = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin",
        "HOME": "/home/grader",
        "PYTHONPATH": str(TESTS),
        "PYTHONDONTWRITEBYTECODE": "1",
        "ATTACKS_OUTSIDE": os.readlink("/proc/self/ns/pid"),
    }
    for name, value in variables.items():
        command += ["--setenv", name, value]
    return [*command, "--"]


@contextlib.contextmanager
def _control_groups() -> Iterator[list[Path]]:
    """Make control groups (version 1) for processes and memory where this user may.

    Raises:
        NoBoxError: there are none, and this is root, whom a limit on processes does not hold.
    """
    made = []
    try:
        for kind, file, limit in (
            ("pids", "pids.max", PROCESSES),
            ("memory", "memory.limit_in_bytes", MEMORY),
        ):
            folder = Path("/sys/fs/cgroup", kind, f"attacks-{os.getpid()}-{time.monotonic_ns()}")
            try:
                folder.mkdir()
                made.append(folder)
                (folder / file).write_text(str(limit))
            except OSError:
                if kind == "pids" and os.geteuid() == 0:
                    raise NoBoxError("as root, only a control group stops a fork bomb") from None
        yield made
    finally:
        for folder in made:
            for _ in range(50):
                with contextlib.suppress(OSError):
                    folder.rmdir()
                    break
                time.sleep(0.1)


def _inside(names: Sequence[str]) -> Evidence:
    """Grade in here; the course is the template's copy."""
    course = Path("/course/attacked")
    shutil.copytree("/template", course, symlinks=True)
    Path("/etc/shadow").write_text("root:secret-of-the-passwords:1::::::\n")
    Path("/etc/passwd").write_text("grader:x:1000:1000::/home/grader:/bin/sh\n")
    place = Place(course, Path("/home/grader"), 4999, os.environ["ATTACKS_OUTSIDE"])
    place.home.mkdir()
    attacks = [attack for attack in corpus() if attack.name in names]
    commands = COMMANDS if any(attack.kind in SHOWN for attack in attacks) else COMMANDS[:1]
    seconds = SECONDS + len(attacks) * SECONDS_EACH
    evidence = run(place, attacks, commands, seconds, ("aa-solved", "zz-half"))
    evidence.touched += sorted(_left_processes())
    return evidence


def _left_processes() -> set[str]:
    """Programs that still run though grading is over."""
    left = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            if command and int(folder.name) != os.getpid():
                left.add(f"still running: {command[:60]}")
    return left


if __name__ == "__main__":
    print(_inside(sys.argv[1:]).to_json())
