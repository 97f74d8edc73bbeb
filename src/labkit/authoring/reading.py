"""The pages of the reading site: the index of the catalog, and a lesson as a reader meets it.

Pure functions from catalog and executed notebooks to what Sphinx reads. A reading copy differs
from the lesson in four things: it says at its head and at its end where the live notebook is, its
code is folded, sliders give way to their picture, and pictures carry their alternative text where
MyST-NB looks for it. Running lessons and starting Sphinx is left to `site`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from labkit.authoring.catalog import Catalog, Module
from labkit.errors import CourseError

WIDGET = "application/vnd.jupyter.widget-view+json"
OURS = "application/vnd.labkit."
"""How the types of outputs begin that only the course's own JupyterLab shows; HTML stands by."""

HOME = "HOME.md"


class SiteError(CourseError):
    """The site cannot be made; the message names the lesson, the cell and the mend."""


def download_path(module: Module) -> str:
    """Path of the notebook that readers download, below the folder of the pages."""
    return f"notebooks/{module.name}.ipynb"


def binder_link(binder: str, path: str) -> str:
    """Return the address that opens a file of the workbook on Binder."""
    return f"{binder}?urlpath=lab/tree/{path}"


def render_index(catalog: Catalog, binder: str) -> str:
    """Render the first page in MyST Markdown: what each module answers, and where to go."""
    lines = [f"# {catalog.title}", "", catalog.introduction, ""]
    live = "run `make lab` in the course's repository."
    if binder:
        live = f"[open the course on Binder]({binder_link(binder, HOME)}), without installing "
        live += "anything."
    lines += [
        "Here you can read every lesson with its results, also without a network. The sliders, the "
        f"graded labs and your progress are in JupyterLab: {live}",
        "",
    ]
    available = [module for module in catalog.modules if module.available]
    planned = [module for module in catalog.modules if not module.available]
    if available:
        lines += ["## Lessons to read", ""]
        for module in available:
            lines += _lesson_entry(module, catalog, binder)
    if planned:
        lines += ["## Planned", "", *(_planned_entry(module, catalog) for module in planned), ""]
    lines += ["```{toctree}", ":hidden:", ":caption: Lessons", ""]
    for module in available:
        document = module.lesson.removesuffix(".ipynb")
        lines.append(f"{module.number} · {module.title} <{document}>")
    return "\n".join([*lines, "```", ""])


def reading_copy(lesson: NotebookNode, module: Module, binder: str) -> NotebookNode:
    """Return a lesson, executed or not, as the site shows it; the argument stays as it is.

    Raises:
        SiteError: If the lesson does not begin with its title, a picture has no alternative text,
            or something could not show itself.
    """
    page = copy.deepcopy(lesson)
    page.metadata.pop("widgets", None)
    live = binder_link(binder, module.lesson) if binder else ""
    for number, cell in enumerate(page.cells, 1):
        if cell.cell_type == "code":
            cell.metadata["tags"] = [*cell.metadata.get("tags", ()), "hide-input"]
            cell.outputs = [_without_widget(output, live) for output in cell.outputs]
            _describe_pictures(cell, f"{module.lesson}, cell {number}")
    page.cells = [*_opening(page.cells, module, binder), *page.cells[1:], _ending(module, binder)]
    return page


def _lesson_entry(module: Module, catalog: Catalog, binder: str) -> list[str]:
    links = [
        f"[{kind} {module.number} on Binder]({binder_link(binder, path)})"
        for kind, path in (("lesson", module.lesson), ("lab", module.lab))
        if binder
    ]
    return [
        f"### [{module.number} · {module.title}]({module.lesson})",
        "",
        f"**{module.question}**",
        "",
        module.trend,
        "",
        " · ".join([_facts(module, catalog), *links]),
        "",
    ]


def _planned_entry(module: Module, catalog: Catalog) -> str:
    return f"- **{module.number} · {module.title}.** {module.question} *{_facts(module, catalog)}*"


def _facts(module: Module, catalog: Catalog) -> str:
    facts = f"{module.duration} with the lab · {module.points} points"
    if module.prerequisites:
        titles = [catalog.module(name).title for name in module.prerequisites]
        facts += f" · builds on {', '.join(titles)}"
    return facts


def _opening(cells: list[NotebookNode], module: Module, binder: str) -> Iterator[NotebookNode]:
    """Give the first cell in pieces: the title, how to get the live notebook, the rest."""
    title, _, rest = cells[0].source.partition("\n") if cells else ("", "", "")
    if not title.startswith("# ") or cells[0].cell_type != "markdown":
        raise SiteError(
            f"{module.lesson}: a lesson begins with its title, a Markdown cell like `# Lesson "
            f"{module.number}: …`. Put one first."
        )
    # From a page to the folder of the pages, where the notebooks to download are.
    up = "../" * module.lesson.count("/")
    on_binder = f"[**Open in Binder**]({binder_link(binder, module.lesson)}), or " if binder else ""
    note = (
        "```{note}\n"
        "These are the lesson and its results, to read. To move the sliders and run the code, "
        f"{on_binder}[download the notebook](path:{up}{download_path(module)}) and run it in the "
        "course's own JupyterLab.\n"
        "```"
    )
    for place, source in (("title", title), ("live", note), ("opening", rest.strip())):
        if source:
            yield new_markdown_cell(source, id=f"page-{place}")


def _ending(module: Module, binder: str) -> NotebookNode:
    lab = f"[Open the lab in Binder]({binder_link(binder, module.lab)})"
    if not binder:
        lab = f"The lab is in JupyterLab: {module.lab}"
    source = f"{lab} · {module.points} points · [All modules](../../index.md)"
    return new_markdown_cell(source, id="page-ending")


def _without_widget(output: NotebookNode, live: str) -> NotebookNode:
    """Replace controls, which need a kernel, by a line that says where they work."""
    if WIDGET in output.get("data", {}):
        words = "The sliders work in the live notebook"
        words += f': <a href="{live}">open it in Binder</a>.' if live else "."
        output.data = NotebookNode({"text/html": f'<p class="labkit-live">{words}</p>'})
        output.metadata = NotebookNode()
    for kind in [kind for kind in output.get("data", {}) if kind.startswith(OURS)]:
        del output.data[kind]
    return output


def _describe_pictures(cell: NotebookNode, place: str) -> None:
    """Copy the alternative text from the output to the cell, where MyST-NB takes it from."""
    # What cannot show itself, such as a `Plot` without text, leaves an error; the cell goes on.
    for output in cell.outputs:
        if output.output_type == "error":
            raise SiteError(f"{place}: {output.ename}: {output.evalue}")
    kinds = ("image/png", "image/jpeg", "image/svg+xml")
    texts = {
        output.metadata.get(kind, {}).get("alt", "").strip()
        for output in cell.outputs
        for kind in kinds
        if kind in output.get("data", {})
    }
    if "" in texts:
        raise SiteError(
            f"{place}: a picture without alternative text. Show a `Plot` with `alt` set, which "
            "says in one or two sentences what is to be seen."
        )
    if len(texts) > 1:
        raise SiteError(f"{place}: several pictures in one cell. Show each in a cell of its own.")
    for text in texts:
        cell.metadata["mystnb"] = {"image": {"alt": text}}
