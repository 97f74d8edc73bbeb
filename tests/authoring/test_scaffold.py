"""A new lab is complete from its first minute: built, linted, verified and released."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from labkit.authoring.build import build
from labkit.authoring.leaks import collect_secrets, scan
from labkit.authoring.lint import lint_course
from labkit.authoring.scaffold import ScaffoldError, new_lab
from sample_course import CATALOG, write

ROOT = Path(__file__).resolve().parents[2]

# Two tests scaffold beside a copy of labkit: a name that no author's clone has already.
SLUG = "zz_probe"
NAME = f"97_{SLUG}"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A course with a catalog and no lab."""
    root = tmp_path / "new course"
    write(root / "course" / "course.yml", CATALOG.replace("available", "planned"))
    shutil.copytree(ROOT / "template", root / "template")
    return root


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_new_lab_has_no_problem_and_gives_nothing_away(empty: Path):
    written = new_lab(empty, NAME)
    assert all((empty / path).is_file() for path in written)
    assert lint_course(empty) == []
    assert len(build(empty)) == 2 and build(empty, check=True) == []
    assert scan(empty / "src", collect_secrets(empty)) == []


def test_a_new_lab_is_verified_and_released_by_the_commands(empty: Path, tmp_path: Path):
    # A copy of labkit in the new course: the new checks must be importable beside the old.
    shutil.copytree(ROOT / "src" / "labkit", empty / "src" / "labkit")
    environment = os.environ | {"PYTHONPATH": str(empty / "src"), "OMP_NUM_THREADS": "1"}

    def labkit(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "labkit.cli", *arguments],
            cwd=empty,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    labkit("new-lab", NAME)
    labkit("build")
    labkit("build", "--check")
    assert "Proven on 20 seeds" in labkit("verify", NAME, "--seeds", "20")
    labkit("release", "--to", str(tmp_path / "workbook"))
    assert (tmp_path / "workbook" / "labs" / NAME / f"{SLUG}.ipynb").is_file()
    assert scan(empty / "src", collect_secrets(empty)) == []


def test_what_is_written_is_formatted_and_linted(empty: Path):
    shutil.copy(ROOT / "pyproject.toml", empty)
    # Ruff looks for labkit's own modules to tell its imports from those of others.
    shutil.copytree(ROOT / "src" / "labkit", empty / "src" / "labkit")
    written = [str(path) for path in new_lab(empty, NAME) if path.suffix == ".py"]
    for command in (["format", "--check"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *written],
            cwd=empty,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


def test_practice_instances_are_plain_data_of_every_task(empty: Path):
    new_lab(empty, NAME)
    practice = empty / "src" / "labkit" / "checks" / SLUG / "practice.json"
    variants = json.loads(practice.read_text(encoding="utf-8"))["fill_rate"]
    assert len(variants) == len({json.dumps(variant) for variant in variants}) > 1


def test_a_planned_module_becomes_available_and_keeps_its_words(empty: Path):
    catalog = empty / "course" / "course.yml"
    before = catalog.read_text(encoding="utf-8")
    new_lab(empty, "02_later")
    assert lint_course(empty) == []
    changed = [
        (old, new)
        for old, new in zip(
            before.splitlines(), catalog.read_text(encoding="utf-8").splitlines(), strict=True
        )
        if old != new
    ]
    assert changed == [
        ("    points: 10", "    points: 15"),
        ("    status: planned", "    status: available"),
    ]


def test_an_author_may_follow_the_guide_to_the_letter_and_keep_these_tests_green():
    assert SLUG not in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("my_topic", "two digits and a slug"),
        ("15_My_topic", "two digits and a slug"),
        ("15_../x", "two digits and a slug"),
        ("15_class", "a word of Python"),
        ("01_other", "has 01_stock already"),
        ("15_stock", "has 01_stock already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_before_anything_is_written(
    empty: Path, name: str, said: str
):
    before = files(empty)
    with pytest.raises(ScaffoldError, match=said):
        new_lab(empty, name)
    assert files(empty) == before


def test_a_file_that_is_there_is_never_overwritten(empty: Path):
    there = write(empty / "tests" / "labs" / NAME / "fill_rate.py", "mine")
    before = files(empty)
    with pytest.raises(ScaffoldError, match=r"fill_rate\.py is there already"):
        new_lab(empty, NAME)
    assert files(empty) == before and there.read_text() == "mine"
