"""A fresh lab beside labkit, importable in this process, for tests of what proves a lab."""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import exams
import labkit.checks
import labkit.trends
from labkit.authoring.scaffold import new_lab
from sample_course import CATALOG, write

ROOT = Path(__file__).resolve().parents[2]
SLUG = "zz_fresh"
NAME = f"96_{SLUG}"


@contextlib.contextmanager
def fresh_lab(root: Path) -> Iterator[Path]:
    """Start a lab in a course at `root` and let its packages be imported."""
    write(root / "course" / "course.yml", CATALOG.replace("available", "planned"))
    shutil.copytree(ROOT / "template", root / "template")
    new_lab(root, NAME)
    package = root / "src" / "labkit"
    places = [
        (labkit.checks.__path__, str(package / "checks")),
        (labkit.trends.__path__, str(package / "trends")),
        (exams.__path__, str(root / "grader" / "exams")),
    ]
    for path, place in places:
        path.append(place)
    try:
        yield root
    finally:
        for path, place in places:
            path.remove(place)
        for name in [name for name in sys.modules if SLUG in name]:
            del sys.modules[name]
