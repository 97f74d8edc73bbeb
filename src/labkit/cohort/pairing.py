"""Learners review each other's essays: who reads whose, and a form that travels in a notebook.

All who handed an essay in stand in a ring, in an order by lot, and each reads those that come next.
So everybody reads and is read equally often, nobody reads the own essay, and nobody one twice. A
form holds the essays without names, as plain text, and the task's words with its rubric; who wrote
what stands in a table for the instructor alone.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat
import numpy as np
from nbformat.v4 import new_markdown_cell, new_notebook, new_raw_cell

from labkit.authoring.source import KERNELSPEC, header_of, read_source
from labkit.cohort.tables import render
from labkit.errors import CourseError
from labkit.files import write_atomically
from labkit.grading.engine import load_app

LARGEST = 20_000
"""Characters of an essay that a form shows: ten pages."""
BIGGEST = 20_000_000
"""Bytes of a notebook that is read."""
TABLE = "who_reads_whom.csv"


class PairingError(CourseError):
    """There is nothing to pair; the text says why."""


def ring(learners: Sequence[str], each: int, seed: int) -> dict[str, tuple[str, ...]]:
    """Return whose essays each learner reads.

    Args:
        learners: who handed one in.
        each: how many a learner reads.
        seed: decides the order; the same one gives the same pairs.

    Raises:
        PairingError: there are too few of them.
    """
    if not 1 <= each < len(learners):
        raise PairingError(
            f"{len(learners)} essays are here, so each learner can read 1 to "
            f"{max(len(learners) - 1, 0)} of others, not {each}."
        )
    order = np.random.default_rng(seed).permutation(sorted(learners)).tolist()
    return {
        name: tuple(order[(place + step) % len(order)] for step in range(1, each + 1))
        for place, name in enumerate(order)
    }


def essays(root: Path, lab: str, key: str) -> dict[str, str]:
    """Return the texts that were handed in for an essay, by learner; untouched ones are left out.

    A notebook that cannot be read counts as not handed in.
    """
    course, slug = load_app(root, lab).coursedir, lab.partition("_")[2]
    pattern = course.format_path(course.submitted_directory, "*", lab)
    found = {}
    for folder in sorted(Path(course.root).glob(str(Path(pattern).relative_to(course.root)))):
        path = folder / f"{slug}.ipynb"
        with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            if path.stat().st_size <= BIGGEST:
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                written = next(cell for cell in cells if _id(cell) == key)["source"]
                if text := "".join(written).strip():
                    found[folder.parent.name] = text[:LARGEST]
    blank = _blank(root, lab, key)
    return {name: text for name, text in found.items() if text != blank}


def write_forms(root: Path, lab: str, key: str, each: int, seed: int, folder: Path) -> list[Path]:
    """Write a form for each learner and the table of pairs; return their paths.

    Raises:
        PairingError: the lab has no such essay, too few were handed in, or the folder has forms of
            other pairs, whose reviews could no longer be told apart.
    """
    if (folder / TABLE).exists():
        raise PairingError(
            f"{folder} has the forms of an earlier pairing. Keep them while reviews come back: "
            "name another folder with --to, or remove this one."
        )
    asked, texts = _asked(root, lab, key), essays(root, lab, key)
    reads = ring(list(texts), each, seed)
    written = []
    for name, writers in sorted(reads.items()):
        path = folder / f"{name}.ipynb"
        write_atomically(path, form(lab, asked, [texts[writer] for writer in writers]))
        written.append(path)
    rows = [
        {"reader": name, "essay": place, "writer": writer}
        for name, writers in sorted(reads.items())
        for place, writer in enumerate(writers, start=1)
    ]
    write_atomically(folder / TABLE, render(("reader", "essay", "writer"), rows))
    return [*written, folder / TABLE]


def form(lab: str, asked: str, texts: Sequence[str]) -> bytes:
    """Return a notebook with essays to review, and a cell for the review of each."""
    head = (
        f"# Reviews for {lab}\n\nBelow are {len(texts)} essays of others, without names. Write "
        "after each what you would want to be told: what is decided and on which figures, what "
        "is wrong or hidden and what it costs, and one thing that the writer can do tomorrow.\n\n"
        "The essays were an answer to this:"
    )
    cells = [new_markdown_cell(head), new_markdown_cell(asked)]
    for place, text in enumerate(texts, start=1):
        cells += [
            new_markdown_cell(f"## Essay {place}"),
            # A raw cell shows what somebody typed as it is, and runs none of it.
            new_raw_cell(text),
            new_markdown_cell(f"**Your review of essay {place}.** Points by the rubric: …\n\n…"),
        ]
    for number, cell in enumerate(cells):
        cell.id = f"review-{number}"
    notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNELSPEC})
    return (nbformat.writes(notebook) + "\n").encode("utf-8", "replace")


def _id(cell: Mapping[str, object]) -> object:
    metadata = cell["metadata"]
    return metadata.get("nbgrader", {}).get("grade_id") if isinstance(metadata, dict) else None


def _asked(root: Path, lab: str, key: str) -> str:
    """The words before an essay: its task, and the rubric."""
    source = root / "labs" / lab / f"{lab.partition('_')[2]}.py"
    cells = read_source(source).cells
    for before, cell in zip(cells, cells[1:], strict=False):
        header = header_of(cell)
        if header.role == "essay" and header.key == key:
            return str(before.source)
    raise PairingError(f"{lab} has no essay {key!r}.")


def _blank(root: Path, lab: str, key: str) -> str:
    """The cell as the release has it; empty where there is no release."""
    course, slug = load_app(root, lab).coursedir, lab.partition("_")[2]
    path = Path(
        course.root, course.format_path(course.release_directory, ".", lab), f"{slug}.ipynb"
    )
    with contextlib.suppress(OSError, ValueError, StopIteration):
        cells = nbformat.read(path, as_version=4).cells
        return str(next(cell for cell in cells if _id(cell) == key).source).strip()
    return ""
