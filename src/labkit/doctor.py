"""What this computer has and lacks for the course, in plain words.

It looks and reports, and mends nothing: `python bootstrap.py setup` does. It imports none of the
packages it reports on, so that it works where they are missing.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

DISTRIBUTION = "labkit-trends"
MEND = "run `python bootstrap.py setup` in the course's folder"
# The extra that names what a working course has: the others belong to its developers or to
# modules that are planned.
NEEDED_EXTRA = "course"
FREE_DISK_GB = 1.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        subject: what was looked at.
        fine: whether it is as the course needs it.
        text: what was found and, where that is not fine, what to do.
        serious: whether labs cannot be worked or graded until it is mended.
    """

    subject: str
    fine: bool
    text: str
    serious: bool = False


def diagnose(folder: Path | None = None) -> list[Finding]:
    """Look at this computer; `folder` (default: the working folder) is where work is kept."""
    folder = folder or Path.cwd()
    return [
        python_version(),
        *packages(folder),
        nbgrader_programs(),
        free_disk(folder),
        write_access(folder),
        threads(),
        *grading(),
    ]


def render(findings: list[Finding]) -> str:
    """Return one line a finding, and a last line with the sum of it."""
    width = max((len(finding.subject) for finding in findings), default=0)
    lines = [
        f"{'ok  ' if finding.fine else 'TODO' if finding.serious else 'note'}  "
        f"{finding.subject.ljust(width)}  {finding.text}"
        for finding in findings
    ]
    serious = sum(finding.serious and not finding.fine for finding in findings)
    verdict = "This computer is ready." if not serious else f"To be mended: {serious}."
    return "\n".join([*lines, verdict])


def python_version() -> Finding:
    """The course is locked for one minor version of Python."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] == (3, 11):
        return Finding("Python", True, found)
    return Finding("Python", False, f"{found}; the course needs 3.11: {MEND}", serious=True)


def required(name: str = DISTRIBUTION) -> set[str]:
    """Return the names of the packages that labkit and the extras of a working course ask for."""
    asked: dict[str, set[str]] = {}
    for line in metadata.requires(name) or []:
        requirement, _, marker = line.partition(";")
        extra = re.search(r"extra == ['\"]([\w-]+)['\"]", marker)
        asked.setdefault(extra.group(1) if extra else "", set()).add(requirement.strip())
    # `course` asks for labkit itself with the extras that it stands for.
    extras = re.findall(r"[\w-]+", " ".join(asked.pop(NEEDED_EXTRA, ())).removeprefix(name))
    wanted = set().union(*(asked.get(extra, set()) for extra in ("", *extras)))
    return {re.split(r"[^\w.-]", requirement)[0] for requirement in wanted}


def pins(folder: Path) -> dict[str, str]:
    """Return the lock's version of each package; empty where no constraints.txt is near."""
    for place in (folder, *folder.parents):
        path = place / "constraints.txt"
        if path.is_file():
            return dict(re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", path.read_text()))
    return {}


def packages(folder: Path) -> list[Finding]:
    """Compare what is installed with what labkit asks for and with the lock."""
    try:
        names = sorted(required(), key=str.lower)
    except metadata.PackageNotFoundError:
        return [Finding("labkit", False, f"is not installed: {MEND}", serious=True)]
    locked = pins(folder)
    findings = []
    for name in names:
        findings += package(name, locked.get(re.sub(r"[-_.]+", "-", name).lower()))
    known = f"{len(names)} packages as {'locked' if locked else 'asked for (no lock to compare)'}"
    return findings or [Finding("Packages", True, known)]


def package(name: str, pin: str | None) -> list[Finding]:
    """Return what is wrong with one package: nothing, or one finding."""
    try:
        # torch calls its CPU build 2.13.0+cpu.
        found = metadata.version(name).partition("+")[0]
    except metadata.PackageNotFoundError:
        return [Finding(name, False, f"is not installed: {MEND}", serious=True)]
    if pin in (None, found):
        return []
    return [Finding(name, False, f"is {found}, the course was tested with {pin}: {MEND}")]


def nbgrader_programs() -> Finding:
    """Grading needs nbgrader, and nbgrader starts `alembic` as a program."""
    if util.find_spec("nbgrader") is None:
        return Finding("nbgrader", False, f"is not installed: {MEND}", serious=True)
    # The course's configuration of nbgrader puts the environment's programs on the PATH itself.
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if shutil.which("alembic", path=places) is None:
        return Finding("nbgrader", False, f"lacks `alembic` to make its gradebook: {MEND}")
    return Finding("nbgrader", True, "finds what it needs")


def free_disk(folder: Path) -> Finding:
    """Notebooks and a gradebook are small; a full disk loses them all the same."""
    free = shutil.disk_usage(folder).free / 1e9
    if free >= FREE_DISK_GB:
        return Finding("Disk", True, f"{free:.0f} GB free")
    return Finding("Disk", False, f"only {free:.1f} GB free: make room", serious=True)


def write_access(folder: Path) -> Finding:
    """Notebooks and progress are saved where labkit runs."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("Folder", True, f"{folder} can be written")
    except OSError as trouble:
        text = f"{folder} cannot be written ({trouble.strerror}): work in a folder of your own"
        return Finding("Folder", False, text, serious=True)


def threads() -> Finding:
    """More threads than one make the labs' small matrix products slower."""
    found = os.environ.get("OMP_NUM_THREADS")
    if found == "1":
        return Finding("Threads", True, "OMP_NUM_THREADS=1")
    return Finding(
        "Threads", False, f"OMP_NUM_THREADS is {found or 'not set'}: set it to 1 to grade faster"
    )


def grading() -> list[Finding]:
    """Say what stands between this computer and learners' code when it grades."""
    from labkit.grading.sandbox.protection import REMEDY, protection

    found = protection()
    if not found.sandbox:
        return [Finding("Grading", False, f"{found.lines()[0]}. {REMEDY}")]
    return [Finding("Grading", True, line) for line in found.lines()]
