"""What pages may show of a graded notebook: nothing that acts, and no hidden test.

`SanitizeNotebook` makes the stored notebook harmless before it is written, so that whatever opens
it later, formgrader, feedback or JupyterLab, has nothing to run. It never touches what a grade
depends on: sources of instructor's and code cells, grading metadata, plain results, errors,
printed text. `SanitizePage` does the same while formgrader makes a page, for notebooks that were
graded before or elsewhere. `HideTests` takes hidden tests, and what they reveal, out of feedback.
What harmless means is said in `labkit.grading.safe_html`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from mistune.util import escape_url
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from nbgrader.utils import compute_checksum
from traitlets import Bool
from traitlets.config import Config

from labkit import code
from labkit.grading.needs_person import is_undecided
from labkit.grading.safe_html import (
    MAX_HTML,
    RASTER,
    clean_html,
    clean_markdown,
    is_picture,
    missing_attachments,
    size,
)

MAX_NOTEBOOK_HTML = 1_000_000  # characters
PAGE_IDS = ("notebook", "notebook-container", "statusmessage", "toc", "top", "MathJax")
# Stands where an instructor's text shows an attached picture that the submission lost.
EMPTY_PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNgYPhfDwAChwGA60e6kgAAAABJRU5ErkJg"
    "gg=="
)
ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class SanitizeNotebook(Preprocessor):
    """Leave nothing in a notebook that could act in a page; run it before `SaveAutoGrades`.

    A markdown cell whose checksum is the instructor's stays as it is, so an unanswered question
    still counts as unanswered.
    """

    enabled = Bool(True, help="Whether to use this step.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clean texts, outputs, attachments and metadata in place."""
        nb.metadata = _notebook_metadata(nb.metadata)
        reserved = _page_ids(nb.cells)
        _limit_html(nb.cells)
        for cell in nb.cells:
            _clean_cell(cell, reserved)
        return nb, resources


class SanitizePage(SanitizeNotebook):
    """Clean a notebook while formgrader makes a page of it, and the names the page shows.

    formgrader writes the learner's id, names and path into the page as they are.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clean the notebook, and escape the texts that the page's template takes."""
        for name in ("student", "first_name", "last_name", "notebook_path"):
            if isinstance(resources.get(name), str):
                resources[name] = escape(resources[name])
        return super().preprocess(nb, resources)


class HideTests(Preprocessor):
    """Take hidden tests and mark schemes out of feedback, with all that tells about them.

    The delimiters are those of nbgrader's `ClearHiddenTests` and `ClearMarkScheme`.
    """

    enabled = Bool(True, help="Whether to use this step.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Remove the regions, and from outputs what came from them or quotes them."""
        marks = self._marks()
        hidden = [_hidden_lines(cell.source, marks) for cell in nb.cells]
        secrets = _secrets(nb.cells, hidden)
        for cell, places in zip(nb.cells, hidden, strict=True):
            if cell.cell_type == "code":
                cell.outputs = _without_secrets(cell, places, secrets)
            if places:
                _hide(cell, places)
        return nb, resources

    def _marks(self) -> list[tuple[str, str]]:
        names = ("ClearHiddenTests", "ClearMarkScheme")
        config = Config({name: self.config[name] for name in names if name in self.config})
        tests, scheme = ClearHiddenTests(config=config), ClearMarkScheme(config=config)
        return [
            (tests.begin_test_delimeter, tests.end_test_delimeter),
            (scheme.begin_mark_scheme_delimeter, scheme.end_mark_scheme_delimeter),
        ]


def _page_ids(cells: Iterable[NotebookNode]) -> set[str]:
    """Return the ids by which formgrader's scripts find the fields of a page."""
    ids = set(PAGE_IDS)
    for cell in cells:
        name = str(_marks(cell).get("grade_id", ""))
        ids |= {name, f"{name}-comment", f"{name}_extra_credit"}
    return ids - {""}


def _limit_html(cells: Iterable[NotebookNode]) -> None:
    """Drop HTML and markdown outputs once a notebook has shown more than anyone would read."""
    left = MAX_NOTEBOOK_HTML
    for data in (_mapping(out.get("data")) for cell in cells for out in cell.get("outputs", [])):
        for mime in ("text/html", "text/markdown"):
            left -= size(_text(data.get(mime, "")))
            if left < 0 and mime in data:
                data[mime] = "[not shown: too much output]"  # type: ignore[index]


def _clean_cell(cell: NotebookNode, reserved: set[str]) -> None:
    untouched = _is_untouched(cell)
    if cell.cell_type == "code":
        outputs = map(_clean_output, cell.get("outputs", []))
        cell.outputs = [output for output in outputs if output is not None]
    elif cell.cell_type == "markdown":
        attachments = _clean_attachments(cell.get("attachments", {}))
        if untouched:
            missing = missing_attachments(cell.source, attachments)
            attachments |= {name: {"image/png": EMPTY_PNG} for name in missing}
        else:
            cell.source = clean_markdown(cell.source, attachments, reserved)
        cell.pop("attachments", None)
        if attachments:
            cell.attachments = attachments
    else:
        cell.source = cell.source.replace("<", "&lt;")
        cell.pop("attachments", None)
    cell.metadata = _cell_metadata(cell.metadata)


def _is_untouched(cell: NotebookNode) -> bool:
    """Tell whether a cell still holds what the instructor wrote, locked or never answered."""
    marks = _marks(cell)
    if not marks.get("grade_id") or not marks.get("checksum"):
        return False
    try:
        return bool(marks["checksum"] == compute_checksum(cell))
    except (KeyError, TypeError, ValueError):  # marks that nbgrader did not write
        return False


def _marks(cell: NotebookNode) -> Mapping[str, object]:
    return _mapping(cell.metadata.get("nbgrader"))


def _cell_metadata(metadata: Mapping[str, object]) -> NotebookNode:
    kept = {name: metadata[name] for name in ("nbgrader",) if name in metadata}
    kept |= {
        name: metadata[name]
        for name in ("deletable", "editable")
        if isinstance(metadata.get(name), bool)
    }
    tags = metadata.get("tags")
    if isinstance(tags, list):
        kept["tags"] = [tag for tag in tags if re.fullmatch(r"[\w-]+", str(tag))]
    return NotebookNode(kept)


def _notebook_metadata(metadata: Mapping[str, object]) -> NotebookNode:
    """Keep kernel, language, and why a submission was refused; titles and widgets go."""
    kept = {}
    for name, fields in (
        ("kernelspec", ("display_name", "language", "name")),
        ("language_info", ("file_extension", "mimetype", "name", "pygments_lexer", "version")),
    ):
        given = metadata.get(name)
        if isinstance(given, Mapping):
            texts = {field: given.get(field) for field in fields}
            kept[name] = {
                field: text
                for field, text in texts.items()
                if isinstance(text, str) and re.fullmatch(r"[\w .+()/-]{0,80}", text)
            }
    ours = metadata.get("labkit")
    if isinstance(ours, Mapping) and "refused" in ours:
        kept["labkit"] = {"refused": _text(ours["refused"])}
    return NotebookNode({name: NotebookNode(fields) for name, fields in kept.items()})


def _clean_attachments(attachments: object) -> dict[str, dict[str, str]]:
    """Keep pictures, each under its name as nbconvert writes it in an address and looks it up."""
    if not isinstance(attachments, Mapping):
        return {}
    pictures = {
        escape_url(str(name)): {mime: text for mime, text in data.items() if is_picture(mime, text)}
        for name, data in attachments.items()
        if isinstance(data, Mapping)
    }
    return {name: data for name, data in pictures.items() if data}


def _clean_output(output: NotebookNode) -> NotebookNode | None:
    """Return an output made anew from the fields that are known, or None for an unknown kind."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_text(output.get("text", "")))
    if kind == "error":
        return new_output(
            "error",
            ename=_text(output.get("ename", "")),
            evalue=_text(output.get("evalue", "")),
            traceback=[_text(line) for line in output.get("traceback") or []],
        )
    if kind not in ("display_data", "execute_result"):
        return None
    data = _clean_data(_mapping(output.get("data")))
    cleaned = new_output(kind, data=data, metadata=_output_metadata(output.get("metadata")))
    if kind == "execute_result":
        count = output.get("execution_count")
        cleaned.execution_count = count if isinstance(count, int) else None
    return cleaned


def _clean_data(data: Mapping[str, object]) -> NotebookNode:
    """Keep text, cleaned HTML and markdown, formulas and pictures; say so where nothing is left."""
    kept: dict[str, object] = {}
    if "text/plain" in data:
        plain = data["text/plain"]
        # nbgrader reads points from here and tells a list from a text.
        kept["text/plain"] = plain if isinstance(plain, list) else _text(plain)
    if "text/html" in data:
        kept["text/html"] = clean_html(_text(data["text/html"]))
    if "text/markdown" in data:
        kept["text/markdown"] = clean_markdown(_text(data["text/markdown"]))
    if "text/latex" in data:
        kept["text/latex"] = _text(data["text/latex"])[:MAX_HTML]
    kept |= {mime: data[mime] for mime in RASTER if is_picture(mime, data.get(mime))}
    dropped = [mime for mime in data if mime not in kept]
    if dropped and not kept.keys() - {"text/plain"}:
        kept["text/html"] = _not_shown(dropped, data.get("text/plain"))
    return NotebookNode(kept)


def _not_shown(dropped: Sequence[str], plain: object) -> str:
    kinds = ", ".join(escape(str(mime)[:60]) for mime in sorted(dropped)[:3])
    shown = "text, tables and PNG, JPEG, GIF or WebP pictures"
    note = f"<p><em>[{kinds}: not shown; {shown} are]</em></p>"
    return note + (f"<pre>{escape(_text(plain))}</pre>" if plain else "")


def _output_metadata(metadata: object) -> NotebookNode:
    """Keep the size and the alternative text of pictures."""
    if not isinstance(metadata, Mapping):
        return NotebookNode()
    kept = {}
    for mime in RASTER:
        given = metadata.get(mime)
        if isinstance(given, Mapping):
            size = {side: given.get(side) for side in ("width", "height")}
            shown: dict[str, object] = {k: v for k, v in size.items() if type(v) in (int, float)}
            if isinstance(given.get("alt"), str):
                shown["alt"] = given["alt"]
            kept[mime] = NotebookNode(shown)
    return NotebookNode(kept)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    """Return a text that can be written as UTF-8, whatever a kernel sent in its place."""
    if isinstance(value, list):
        value = "".join(map(str, value))
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _hidden_lines(source: str, marks: Iterable[tuple[str, str]]) -> set[int]:
    """Return the numbers of the lines in hidden regions, delimiters included, counted from 1.

    A region that is never closed reaches to the end.
    """
    hidden: set[int] = set()
    for begin, end in marks:
        inside = False
        for place, line in enumerate(source.split("\n"), 1):
            inside = inside or begin in line
            if inside or end in line:
                hidden.add(place)
            if end in line:
                inside = False
    return hidden


def _secrets(cells: Sequence[NotebookNode], hidden: Sequence[set[int]]) -> set[str]:
    """Return the hidden lines, without spaces, that stand nowhere else and are worth hiding."""
    secret: set[str] = set()
    known: set[str] = set()
    for cell, places in zip(cells, hidden, strict=True):
        for place, line in enumerate(cell.source.split("\n"), 1):
            (secret if place in places else known).add(_squeezed(line))
    return {line for line in secret - known if len(line) >= 8}


def _hide(cell: NotebookNode, places: set[int]) -> None:
    lines = cell.source.split("\n")
    shown = "\n".join(line for place, line in enumerate(lines, 1) if place not in places)
    if not shown.strip():
        shown = "This cell holds hidden tests."
        shown = f"# {shown}" if cell.cell_type == "code" else shown
    cell.source = shown
    if "attachments" in cell:
        cell.attachments = {
            name: data for name, data in cell.attachments.items() if f"attachment:{name}" in shown
        }


def _without_secrets(cell: NotebookNode, places: set[int], secrets: set[str]) -> list[NotebookNode]:
    """Return a cell's outputs without what hidden lines printed, showed or failed on."""
    last = len(cell.source.rstrip().split("\n"))
    kept = []
    for output in cell.outputs:
        if is_undecided(output):
            kept.append(_undecided())
        elif output.output_type == "error":
            telling = _tells(output, cell.source, places) if places else False
            kept.append(_failed() if telling or _quotes(output, secrets) else output)
        elif not places or (output.output_type == "execute_result" and last not in places):
            kept.append(output)
    return kept


def _undecided() -> NotebookNode:
    text = "This test could not be decided by itself. Your instructor looks at it."
    return new_output("error", ename="NeedsPerson", evalue=text, traceback=[text])


def _failed() -> NotebookNode:
    text = "A hidden test failed."
    return new_output("error", ename="HiddenTest", evalue=text, traceback=[text])


def _tells(error: NotebookNode, source: str, places: set[int]) -> bool:
    """Tell whether an error comes, or may come, from hidden lines or what they bind."""
    first = ANSI.sub("", error.traceback[0]) if error.traceback else ""
    found = re.fullmatch(r"In line (\d+) of this test:\s*", first)
    if found is None:
        return True
    place = int(found[1])
    return place in places or _uses_hidden_names(source, place, places)


def _uses_hidden_names(source: str, place: int, places: set[int]) -> bool:
    """Tell whether the statement on a line uses a name that hidden lines bind."""
    tree = code.python(source)
    if tree is None:
        return True
    bound: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        if getattr(node, "lineno", 0) in places:
            bound |= _bound_names(node)
    for statement in tree.body:
        if statement.lineno <= place <= (statement.end_lineno or place):
            used |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    return bool(bound & used)


def _bound_names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return {node.id}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.alias):
        return {(node.asname or node.name).split(".")[0]}
    return set()


def _quotes(error: NotebookNode, secrets: set[str]) -> bool:
    told = _squeezed(ANSI.sub("", "\n".join([error.evalue, *error.traceback])))
    return any(secret in told for secret in secrets)


def _squeezed(text: str) -> str:
    return "".join(text.split())
