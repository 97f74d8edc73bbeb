"""The instructor's notebook with the learner's answers in it.

Nothing of a submitted notebook is kept but text: the answers go into the instructor's cells, by
grade id, and the learner's own cells stay behind the cell they followed. Order, types, points,
checksums, kernel and every locked text are the master's, so no metadata that a learner wrote has
any effect. `labkit.handed_in.notebook` reads what was handed in; `labkit.grading.execute` runs what
comes out of here.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from labkit.grading.master import Master, MasterCell, load
from labkit.handed_in.notebook import Submitted, SubmittedCell, Unreadable, parse

# nbgrader's own words, see nbgrader.preprocessors.OverwriteCells.missing_cell_notification.
ADDED_BACK = (
    "This cell (id:{grade_id}) was missing from the submission. It was added back by nbgrader."
)
LEFT_OUT = "This cell (id:{grade_id}) was missing from the submission."
NOT_READ = "**This notebook was not read, so it earns no points.**"
NOT_ALL = "**Not everything that was handed in could be used.**"
# The longest cell id that the notebook format allows.
CELL_ID_CHARACTERS = 64


def rebuild(submitted: Submitted, master: Master) -> NotebookNode:
    """Put a learner's answers and own cells into the instructor's notebook.

    Where a grade id comes twice the last cell counts, as with stock nbgrader, and the others stay
    as ordinary cells. A marked cell that is missing is put back as released, below a note. An
    answer that is missing is only noted: its stub would undo an answer that the learner gave in a
    cell of their own. A refused notebook becomes the released one with the reason at its top and
    in `metadata.labkit.refused`.
    """
    answers, own_cells = _sort_cells(submitted, master)
    cells = _notices(submitted)
    cells += [_own(cell) for cell in own_cells[None]]
    for known in master.cells:
        answer = answers.get(known.grade_id)
        missing = answer is None and not submitted.refused
        if missing and known.solution and known.grade:
            cells.append(_missing_by_hand(known))
        elif missing:
            note = LEFT_OUT if known.solution else ADDED_BACK
            cells.append(new_markdown_cell(note.format(grade_id=known.grade_id)))
        if not missing or not known.solution:
            cells.append(_marked(known, answer))
        cells += [_own(cell) for cell in own_cells[known.grade_id]]
    _set_ids(cells)
    metadata: dict[str, Any] = {"kernelspec": dict(master.kernelspec)}
    if submitted.refused:
        metadata["labkit"] = {"refused": submitted.refused}
    return new_notebook(cells=cells, metadata=metadata)


def is_notice(cell: NotebookNode) -> bool:
    """Tell whether a cell of a rebuilt notebook tells the learner what became of the submission."""
    if cell.cell_type != "markdown" or "nbgrader" in cell.metadata:
        return False
    start = ADDED_BACK.partition("{")[0]
    return bool(cell.source.startswith((NOT_READ, NOT_ALL, start)))


class RebuildFromMaster(NbGraderPreprocessor):
    """Rebuild a submitted notebook; among `Autograde.sanitize_preprocessors` it comes first."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Replace the notebook by the instructor's with the learner's answers."""
        master = load_master(resources, find_coursedir(self))
        refused = resources.get("labkit_refused", "")
        try:
            submitted = Submitted(refused=refused) if refused else parse(nb)
        except Unreadable as refusal:
            submitted = Submitted(refused=str(refusal))
        submitted = replace(submitted, set_aside=tuple(resources.get("labkit_set_aside", ())))
        self._report(submitted, master)
        return rebuild(submitted, master), resources

    def _report(self, submitted: Submitted, master: Master) -> None:
        """Tell the instructor what did not look like the released notebook."""
        if submitted.refused:
            self.log.warning("The notebook was not read: %s", submitted.refused)
            return
        for answer in submitted.cells:
            for words in answer.left_out:
                self.log.warning("%s (cell %s)", words, answer.grade_id or "of the learner's own")
        claimed = [cell.grade_id for cell in submitted.cells if cell.grade_id]
        for grade_id in sorted({name for name in claimed if claimed.count(name) > 1}):
            self.log.warning("Cell %s exists more than once; the last one counts", grade_id)
        for cell in master.cells:
            if cell.grade_id not in claimed:
                self.log.warning("Cell %s was missing", cell.grade_id)


def load_master(resources: ResourcesDict, coursedir: CourseDirectory | None) -> Master:
    """Load the master of the notebook that nbgrader's `resources` name."""
    names = resources["nbgrader"]
    source = None
    if coursedir is not None:
        folder = coursedir.format_path(coursedir.source_directory, ".", names["assignment"])
        source = Path(folder, f"{names['notebook']}.ipynb")
    with Gradebook(names["db_url"]) as gradebook:
        return load(gradebook, names["assignment"], names["notebook"], source)


def find_coursedir(step: Any) -> CourseDirectory | None:
    """Return the course's directories, from the converter that a preprocessor runs in."""
    while step is not None:
        coursedir = getattr(step, "coursedir", None)
        if coursedir is not None:
            return coursedir
        step = getattr(step, "parent", None)
    return None


def _sort_cells(
    submitted: Submitted, master: Master
) -> tuple[dict[str, SubmittedCell], dict[str | None, list[SubmittedCell]]]:
    """Return the answers by grade id, and a learner's own cells by the known cell before them."""
    known = {cell.grade_id for cell in master.cells}
    last = {cell.grade_id: cell for cell in submitted.cells if cell.grade_id in known}
    own_cells: dict[str | None, list[SubmittedCell]] = {name: [] for name in (None, *known)}
    before = None
    for cell in submitted.cells:
        if cell.grade_id in known and last[cell.grade_id] is cell:
            before = cell.grade_id
        else:
            own_cells[before].append(cell)
    answers = {name: cell for name, cell in last.items() if name is not None}
    return answers, own_cells


def _marked(known: MasterCell, answer: SubmittedCell | None) -> NotebookNode:
    """Return the instructor's cell, with the learner's text where learners may write."""
    if known.locked:
        source = known.source
    elif answer is None:
        source = known.released
    else:
        source = answer.source
    make = new_code_cell if known.cell_type == "code" else new_markdown_cell
    cell = make(source=source, metadata={"nbgrader": known.metadata})
    pictures = json.loads(known.pictures) if known.locked else answer.pictures if answer else {}
    if known.cell_type == "markdown" and pictures:
        cell["attachments"] = pictures
    return cell


def _own(cell: SubmittedCell) -> NotebookNode:
    """Return a learner's own cell, without a mark."""
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    node = make[cell.kind](source=cell.source)
    if cell.pictures:
        node["attachments"] = cell.pictures
    return node


def _notices(submitted: Submitted) -> list[NotebookNode]:
    """Return what the learner should read first."""
    texts = []
    if submitted.refused:
        texts.append(f"{NOT_READ} {submitted.refused}")
    elif submitted.set_aside:
        kinds = "\n".join(f"- {reason}" for reason in submitted.set_aside)
        texts.append(f"{NOT_ALL} Left out:\n\n{kinds}")
    return [new_markdown_cell(text) for text in texts]


def _missing_by_hand(known: MasterCell) -> NotebookNode:
    """Put back a cell that a person grades, with the note in it.

    Unchanged it would get 0 without a look. But the answer may stand in a cell of the learner's
    own, so a person is to decide, as with stock nbgrader.
    """
    note = ADDED_BACK.format(grade_id=known.grade_id)
    cell = _marked(known, None)
    cell.source = f"{'# ' if known.cell_type == 'code' else ''}{note}\n\n{cell.source}"
    return cell


def _set_ids(cells: list[NotebookNode]) -> None:
    """Give every cell an id that depends on its mark or place alone."""
    marked = {cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata}
    for number, cell in enumerate(cells):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if not 0 < len(grade_id) <= CELL_ID_CHARACTERS:
            grade_id = f"cell-{number}"
            while grade_id in marked:
                grade_id = f"own-{grade_id}"
        cell["id"] = grade_id
