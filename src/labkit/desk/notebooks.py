"""Find the notebook that a learner wants to hand in, and say what is wrong with it.

A notebook is read with the very code that reads it at grading, so what would be refused there is
refused here, where it can still be mended. What its cells do when they run is told by `rehearse`,
how it is handed in by `submit`.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from labkit.authoring.outline import OUTLINE
from labkit.errors import CourseError
from labkit.exercise.task import LabSpec
from labkit.handed_in.notebook import Submitted, Unreadable, parse_bytes, read_bytes
from labkit.learner.work import work_digest

RECORD = ".labkit-release.json"
LESSON = "lesson.ipynb"
OPENS_LAB = re.compile(r"\bopen_lab\(\s*(?:edition\s*=\s*)?(\d+)")
CHECKS_OF = re.compile(r"\bfrom\s+labkit\.checks\.(\w+)\s+import\b")
# What nbgrader and this course leave where an answer belongs.
STUBS = ("YOUR CODE HERE", "YOUR ANSWER HERE")


class SubmitError(CourseError):
    """Nothing was handed in; the text says why and what to do."""


@dataclass(frozen=True)
class MarkedCell:
    """A cell that counts: its id, its kind (answer, test, essay or setup) and its points."""

    id: str
    kind: str
    points: float = 0.0


@dataclass(frozen=True)
class Work:
    """A notebook as it lies on the disk, and the lab that it belongs to.

    Attributes:
        lab: the lab's name, for example "08_rl_supply_chain".
        path: the learner's file.
        name: the file's name in the release, under which it is handed in.
        content: the file's bytes.
        submitted: the cells, as grading will see them.
        cells: the released notebook's marked cells; empty where nobody knows them.
        root: the workbook, or where there is none the folder above the lab's.
        untouched: whether the file is the released one.
    """

    lab: str
    path: Path
    name: str
    content: bytes
    submitted: Submitted
    cells: tuple[MarkedCell, ...]
    root: Path
    untouched: bool

    @property
    def edition(self) -> int | None:
        """The edition that the notebook asks for, or None if it asks for none."""
        found = [OPENS_LAB.search(cell.source) for cell in self.submitted.cells]
        return next((int(match[1]) for match in found if match), None)

    def source(self, grade_id: str) -> str | None:
        """The text of a marked cell, the last one if there are several, or None."""
        found = [cell.source for cell in self.submitted.cells if cell.grade_id == grade_id]
        return found[-1] if found else None


def read_work(path: Path) -> Work:
    """Read a notebook that is to be handed in.

    Raises:
        SubmitError: it cannot be read, or belongs to no lab.
    """
    try:
        # Once: JupyterLab may save meanwhile, and what is looked over is what is handed in.
        content = read_bytes(path)
        submitted = parse_bytes(content)
    except Unreadable as problem:
        raise SubmitError(f"{path}: {problem} Nothing was handed in.") from None
    try:
        work_digest(content)
    except ValueError:
        raise SubmitError(
            f"{path} is in an old format. Open it in JupyterLab, save it and hand in again. "
            "Nothing was handed in."
        ) from None
    lab = _lab_of(path, submitted)
    root = _root_of(path, lab)
    outline = _outline(root, lab)
    name = outline.get("notebook") or f"{lab.partition('_')[2] or path.stem}.ipynb"
    if not outline and spec_of(lab) is None:
        name = path.name
    released = _release_record(root).values()
    digest = hashlib.sha256(content).hexdigest()
    cells = _cells(outline) or _cells_of_spec(lab)
    return Work(lab, path, name, content, submitted, cells, root, digest in released)


def find_notebook(target: str, start: Path, current: str = "") -> Path:
    """Find the notebook of a lab.

    Args:
        target: the lab's name, or a path to its notebook or folder; empty for the folder `start`.
        start: where to look from; the folders above it are searched too.
        current: the name of the notebook in `start` that asks, if one does.

    Raises:
        SubmitError: there is none, or several and nobody can tell which one is meant.
    """
    named = start / Path(target).expanduser()
    if target.endswith(".ipynb"):
        if not named.is_file():
            raise SubmitError(f"There is no notebook {named}. Look for the name in the file list.")
        return named
    folder = _find_folder(target.rstrip("/\\"), start)
    asking = start / current
    if current and asking.is_file() and asking.parent.resolve() == folder.resolve():
        return asking
    return _only_one(folder)


def faults(work: Work) -> list[str]:
    """Say in sentences what makes a notebook something else than the lab; empty if nothing does."""
    found = []
    if work.untouched:
        found.append(
            "The file is still as it was released. If you have answered, save it (Ctrl+S) first."
        )
    here = Counter(cell.grade_id for cell in work.submitted.cells if cell.grade_id)
    missing = [cell.id for cell in work.cells if not here[cell.id]]
    twice = [cell.id for cell in work.cells if here[cell.id] > 1]
    if missing:
        found.append(
            f"These cells of the lab are missing: {', '.join(missing)}. Without its cell an answer "
            "earns nothing. Take the cells back with Edit > Undo Delete Cells, or copy your "
            "answers into a fresh notebook of the lab."
        )
    if twice:
        found.append(
            f"These cells are there more than once: {', '.join(twice)}. Only the last of each "
            "counts. Delete the copies that you do not want."
        )
    found += [words for cell in work.submitted.cells for words in cell.left_out]
    return found + _edition_faults(work)


def spec_of(lab: str) -> LabSpec | None:
    """Return what labkit knows of a lab, or None for a lab without checks of this package."""
    name = f"labkit.checks.{lab.partition('_')[2]}"
    try:
        spec = importlib.import_module(name).SPEC
        tuple(spec.tasks)  # their files may need a library that is not here
    except (ImportError, AttributeError, ValueError):
        return None
    return spec if spec.assignment == lab else None


def is_stub(text: str) -> bool:
    """Tell whether an answer's text is still the one to be replaced."""
    return any(stub in text for stub in STUBS) or "raise NotImplementedError" in text


def _edition_faults(work: Work) -> list[str]:
    spec, edition = spec_of(work.lab), work.edition
    if spec is None or edition is None or edition == spec.edition:
        return []
    if edition < spec.edition:
        return [
            f"This notebook is edition {edition}; the lab is now at edition {spec.edition}. Carry "
            "your answers over into the lab's current notebook."
        ]
    return [
        f"This notebook is edition {edition}; the installed labkit has edition {spec.edition}. "
        "Update labkit: run `make setup` in the course's folder."
    ]


def _find_folder(target: str, start: Path) -> Path:
    looked = []
    for base in (start, *start.parents):
        for folder in _places(base, target):
            if folder.is_dir() and _notebooks(folder) and not _is_source(folder):
                return folder
            looked.append(folder)
    what = f"the lab {target!r}" if target else "a lab"
    raise SubmitError(
        f"There is no notebook of {what} in {start} or in the folders around it. Go to your "
        "workbook, or give the path: labkit submit PATH/TO/NOTEBOOK.ipynb"
    )


def _places(base: Path, target: str) -> Iterator[Path]:
    """Where a lab's folder may be, seen from one folder."""
    if not target:
        yield base
        return
    if base.name == target:
        yield base
    if (base / "course" / "course.yml").is_file():
        base = base / "workbook"
    yield base / "labs" / target
    yield base / target


def _notebooks(folder: Path) -> list[Path]:
    """A folder's notebooks, without hidden files: macOS and a save that was cut leave such."""
    found = (path for path in sorted(folder.glob("*.ipynb")) if path.is_file())
    return [path for path in found if path.name != LESSON and not path.name.startswith(".")]


def _is_source(folder: Path) -> bool:
    """Whether this is the author's folder, which holds the solutions."""
    return any(path.with_suffix(".py").exists() for path in _notebooks(folder)) and (
        (folder.parent.parent / "course" / "course.yml").is_file()
    )


def _only_one(folder: Path) -> Path:
    """Choose a folder's notebook; those that are just as released do not count beside others."""
    found = _notebooks(folder)
    if len(found) > 1:
        released = set(_release_record(_root_of(found[0], folder.name)).values())
        touched = [
            path for path in found if hashlib.sha256(path.read_bytes()).hexdigest() not in released
        ]
        found = touched or [path for path in found if path.stem in folder.name] or found
    if len(found) == 1:
        return found[0]
    listed = "\n".join(f"  {path}  (saved {saved_at(path)})" for path in found)
    raise SubmitError(
        f"There are {len(found)} notebooks in {folder}:\n{listed}\n"
        "Say which one counts: labkit submit PATH/TO/NOTEBOOK.ipynb"
    )


def saved_at(path: Path) -> str:
    """When a file was last saved, on this computer's clock."""
    return datetime.fromtimestamp(path.stat().st_mtime).strftime("%Y-%m-%d %H:%M:%S")


def _lab_of(path: Path, submitted: Submitted) -> str:
    """The lab a notebook belongs to: that of its checks, else its folder's name."""
    for cell in submitted.cells:
        match = CHECKS_OF.search(cell.source) if cell.kind == "code" else None
        if match and path.absolute().parent.name.partition("_")[2] != match[1]:
            try:
                return str(importlib.import_module(f"labkit.checks.{match[1]}").SPEC.assignment)
            except (ImportError, AttributeError):
                break
    return path.absolute().parent.name


def _root_of(path: Path, lab: str) -> Path:
    folder = path.absolute().parent
    for above in (folder, *folder.parents):
        if (above / RECORD).is_file():
            return above
    return folder.parent if folder.name == lab else folder


def _release_record(root: Path) -> dict[str, str]:
    found = _json(root / RECORD)
    return {str(name): str(digest) for name, digest in found.items()}


def _outline(root: Path, lab: str) -> dict[str, Any]:
    found = _json(root / OUTLINE).get(lab, {})
    return found if isinstance(found, dict) else {}


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _cells(outline: dict[str, Any]) -> tuple[MarkedCell, ...]:
    try:
        return tuple(
            MarkedCell(str(cell["id"]), str(cell["kind"]), float(cell["points"]))
            for cell in outline.get("cells", ())
        )
    except (TypeError, KeyError, ValueError):
        return ()


def _cells_of_spec(lab: str) -> tuple[MarkedCell, ...]:
    """What is known of a lab that was not fetched with a workbook: its tasks, not its essays."""
    spec = spec_of(lab)
    tasks = spec.tasks if spec else ()
    return tuple(
        cell
        for task in tasks
        for cell in (
            MarkedCell(task.name, "answer"),
            MarkedCell(f"test_{task.name}", "test", task.points),
        )
    )
