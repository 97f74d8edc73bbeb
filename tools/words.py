"""Finds words in the course's prose that CONTRIBUTING.md asks to replace.

    python tools/words.py

The list is the table below "## Words" there: what not to write, and what to write instead. Prose is
what people read: Markdown files, Markdown cells of lessons and labs, the catalog, the pages'
scripts, and texts in the package that hold a space. Code between backticks and formulas are left
out.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROW = re.compile(r"\| ([^|]+?) \| ([^|]+?) \|")
CODE = re.compile(r"`[^`]*`|\$[^$]*\$")
CELL = "# %%"


def listed_words(contributing: str) -> list[tuple[re.Pattern[str], str]]:
    """Return what not to write, as patterns, with what to write instead."""
    section = contributing.partition("## Words\n")[2].partition("\n## ")[0]
    found = []
    for row in map(ROW.match, section.splitlines()):
        if row and not row[1].startswith(("not", "---")):
            forms = "|".join(re.escape(word.strip()) for word in row[1].split(","))
            found.append((re.compile(rf"\b(?:{forms})\b", re.IGNORECASE), row[2]))
    return found


def prose(root: Path) -> Iterator[tuple[Path, int, str]]:
    """Give every line that people read: file, line number, text."""
    for path in _files(root, "*.md", "docs/*.md", "course/course.yml"):
        yield from _lines(path, path.read_text(encoding="utf-8").splitlines())
    for path in _files(root, "course/*/lesson.py", "labs/*/*.py"):
        yield from _markdown(path)
    for path in _files(root, "src/labkit/desk/labextensions/**/*.js"):
        yield from _lines(path, path.read_text(encoding="utf-8").splitlines())
    for path in _files(root, "src/labkit/**/*.py"):
        yield from _texts(path)


def found_in(root: Path) -> Iterator[str]:
    """Say where a word stands that should not, and what to write."""
    words = listed_words((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    for path, number, text in prose(root):
        for pattern, instead in words:
            if match := pattern.search(CODE.sub("", text)):
                place = f"{path.relative_to(root).as_posix()}:{number}"
                yield f"{place}: {match.group()!r}; write {instead}."


def _files(root: Path, *patterns: str) -> list[Path]:
    return sorted({path for pattern in patterns for path in root.glob(pattern)})


def _lines(path: Path, lines: Iterable[str]) -> Iterator[tuple[Path, int, str]]:
    inside = False  # the table of words itself
    for number, line in enumerate(lines, 1):
        inside = (inside or line == "## Words") and not (inside and line.startswith("## "))
        if not inside:
            yield path, number, line


def _markdown(path: Path) -> Iterator[tuple[Path, int, str]]:
    written = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(CELL):
            written = "[markdown]" in line
        elif written:
            yield path, number, line


def _texts(path: Path) -> Iterator[tuple[Path, int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            for more, line in enumerate(node.value.splitlines()):
                yield path, node.lineno + more, line


if __name__ == "__main__":
    problems = list(found_in(ROOT))
    print("\n".join(problems))
    sys.exit(bool(problems))
