"""A small course on disk for every authoring test."""

from __future__ import annotations

from pathlib import Path

import pytest

from sample_course import CATALOG, LAB, LESSON, REFERENCE, WORLD, write


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with one lab, one lesson, a catalog, a world and a reference."""
    root = tmp_path / "a course"
    write(root / "labs" / "01_stock" / "stock.py", LAB)
    write(root / "course" / "01_stock" / "lesson.py", LESSON)
    write(root / "course" / "course.yml", CATALOG)
    write(root / "grader" / "exams" / "stock" / "__init__.py", REFERENCE)
    write(root / "src" / "labkit" / "trends" / "stock" / "world.py", WORLD)
    return root


@pytest.fixture
def lab(course: Path) -> Path:
    """The source of the course's lab."""
    return course / "labs" / "01_stock" / "stock.py"
