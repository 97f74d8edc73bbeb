"""What a lab's marks depend on besides the notebook: its exams, its judges, its world, the grader.

The exams are the instructor's files: `exams/<slug>/` belongs to one lab, what stands beside the
folders counts for every lab. Judges and world are installed with the package, and so is the
grader. A submission is graded anew where one of them changed, and not where another lab's did.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import labkit
from labkit.grading.record import LEFT_BEHIND, digest_of, folder_digest

GRADERS = ("grading", "exercise")
"""The rooms of this package that decide a mark, whatever the lab."""


def slug_of(assignment: str) -> str:
    """Return the lab's name without its number, or an empty text: "08_supply" is "supply"."""
    number, _, slug = assignment.partition("_")
    return slug if number.isdigit() and slug.isidentifier() else ""


def exam_files(folder: Path, slug: str) -> dict[str, bytes]:
    """Read the exams of one lab, and what all labs share, by path below the instructor's folder."""
    exams = folder / "exams"
    shared = [path for path in sorted(exams.glob("*")) if path.is_file()]
    own = sorted((exams / slug).rglob("*")) if slug else []
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (*shared, *own)
        if path.is_file() and not path.is_symlink() and not LEFT_BEHIND & set(path.parts)
    }


def lab_digest(folder: Path | None, slug: str) -> str:
    """Return a digest of a lab's exams, judges and world; `folder` is None where it has no exams.

    Instances are drawn from these three alone.
    """
    parts: list[str] = []
    for name, content in exam_files(folder, slug).items() if folder is not None else ():
        parts += [name, content.hex()]
    for room in ("checks", "trends"):
        package = _folder_of(f"labkit.{room}.{slug}") if slug else None
        parts.append(folder_digest(package) if package is not None else "")
    return digest_of(parts)


def grader_digest() -> str:
    """Return a digest of the grader's version: of the code that decides a mark."""
    rooms = (folder_digest(Path(labkit.__file__).parent / room) for room in GRADERS)
    return digest_of([labkit.__version__, *rooms])


def _folder_of(package: str) -> Path | None:
    """Where a package is installed, found without importing it."""
    try:
        found = importlib.util.find_spec(package)
    except ImportError:
        return None
    places = list(found.submodule_search_locations or ()) if found is not None else []
    return Path(places[0]) if places else None
