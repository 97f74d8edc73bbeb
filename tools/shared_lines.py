"""Count what a module copies from its siblings, and what a new one needs.

    python tools/shared_lines.py [FOLDER]

A line counts as copied where it and its neighbours, at least RUN lines in a row, also stand in a
module of another name. Blank lines, comments, imports and lines of fewer than two names, such as a
closing bracket or one name of a list, do not count, and the names of modules are taken for one
another. FOLDER is a checkout of the course, by default this one.
What a new module needs is read from `template/`.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

RUN = 3

ROOMS = (
    "src/labkit/trends/{slug}",
    "src/labkit/checks/{slug}",
    "grader/exams/{slug}",
    "labs/{name}",
    "course/{name}",
    "tests/labs/{name}",
    "tests/trends/{slug}",
    "benchmarks/{slug}",
)
"""The folders of a module, beside its single files in `tests`."""

FILES = (
    "tests/course/{name}.py",
    "tests/course/test_lesson_{number}.py",
    "tests/pictures/{name}.py",
    "tests/grading/test_lab_{number}.py",
)

NOTHING = re.compile(r"#.*|(from|import) .*|@pytest.*|\W*\w*\W*|[\w.]+: |return [\[{(]")

Line = tuple[Path, int, str]


def modules(root: Path) -> list[str]:
    """The names of the modules that have a lab, such as 08_rl_supply_chain."""
    return sorted(path.parent.name for path in root.glob("labs/*/*.py"))


def files(root: Path, name: str) -> Iterator[Path]:
    """Every Python file of a module."""
    fields = {"name": name, "slug": name[3:], "number": name[:2]}
    for room in ROOMS:
        yield from sorted((root / room.format(**fields)).rglob("*.py"))
    for file in FILES:
        if (root / file.format(**fields)).exists():
            yield root / file.format(**fields)


def lines(root: Path, name: str, names: list[str]) -> list[list[Line]]:
    """The lines of each file that say something, without the names of modules."""
    every = re.compile("|".join(part for one in names for part in (one, one[3:])))
    number = re.compile(rf"\b(module|lesson|lab) ({'|'.join(one[:2] for one in names)})\b")
    found = []
    for path in files(root, name):
        text = number.sub(r"\1 00", every.sub("module", path.read_text(encoding="utf-8")))
        said = [(path, n, line.strip()) for n, line in enumerate(text.splitlines(), 1)]
        found.append([line for line in said if not NOTHING.fullmatch(line[2])])
    return found


def copied(root: Path) -> dict[str, list[Line]]:
    """The copied lines of each module."""
    names = modules(root)
    said = {name: lines(root, name, names) for name in names}
    owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name in names:
        for file in said[name]:
            for run in zip(*(file[start:] for start in range(RUN)), strict=False):
                owners[tuple(line[2] for line in run)].add(name)
    found: dict[str, list[Line]] = {}
    for name in names:
        lines_of = set()
        for file in said[name]:
            for run in zip(*(file[start:] for start in range(RUN)), strict=False):
                if len(owners[tuple(line[2] for line in run)]) > 1:
                    lines_of |= set(run)
        found[name] = sorted(lines_of)
    return found


def needs(root: Path) -> tuple[int, int]:
    """Files of a new module, and their lines."""
    made = [
        p for p in (root / "template").rglob("*") if p.is_file() and "__pycache__" not in p.parts
    ]
    return len(made), sum(len(path.read_text(encoding="utf-8").splitlines()) for path in made)


def main() -> None:
    """Print the count of each module, and where copied lines stand with `--where`."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--where"]
    root = Path(arguments[0] if arguments else Path(__file__).parents[1]).resolve()
    for name, found in copied(root).items():
        print(f"{name:32} {len(found):5} lines copied from siblings")
        if "--where" in sys.argv:
            for path, number, line in found:
                print(f"    {path.relative_to(root)}:{number}: {line}")
    count, total = needs(root)
    if count:
        print(f"{'a new module':32} {count:5} files, {total} lines")


if __name__ == "__main__":
    main()
