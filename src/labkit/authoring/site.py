"""The reading site: every lesson as a page with its results, made without a network.

Runs each lesson once and keeps the result until the lesson or the code under it changes, and
starts Sphinx with the settings in `site/` on the pages that `reading` makes. Labs are no part of
it: in the repository they hold their solutions. Sphinx itself is an extra of its own (`site`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

import labkit
from labkit.authoring.address import NOWHERE, binder_address
from labkit.authoring.build import render_notebook
from labkit.authoring.catalog import Catalog, Module, load_catalog
from labkit.authoring.reading import SiteError, download_path, reading_copy, render_index
from labkit.authoring.release import release_source
from labkit.files import write_atomically

BUILD = Path("build/site")
# Sphinx's settings are those of this repository, whatever course they are used on.
SETTINGS = Path(labkit.__file__).resolve().parents[2] / "site"

# A lesson takes half a minute in all; a busy machine gets ten times as long for each cell.
SECONDS_A_CELL = 300
# What of labkit a lesson's results depend on.
ROOMS = ("trends", "checks", "exercise", "learner")


def build_site(
    root: Path, run: Collection[str] | None = None, say: Callable[[str], None] = print
) -> Path:
    """Make the site of the course at `root` below `build/site`; return its first page.

    Args:
        root: Root of the repository.
        run: Names of the lessons to show with their results, None for all. The others appear as
            they are written, which is enough to read through a text.
        say: Is told what begins.

    Raises:
        SiteError: If a lesson fails or shows a picture without alternative text, or Sphinx is
            missing or warns; there is no site then.
        CatalogError, SourceError, ReleaseError: If the course cannot be read.
    """
    catalog = load_catalog(root)
    pages, html = root / BUILD / "pages", root / BUILD / "html"
    files = dict(page_files(root, catalog, run, say))
    for folder in (pages, html):
        shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        write_atomically(pages / name, content)
    say("Making the pages")
    run_sphinx(pages, html, catalog.title)
    return html / "index.html"


def page_files(
    root: Path, catalog: Catalog, run: Collection[str] | None, say: Callable[[str], None]
) -> Iterator[tuple[str, bytes]]:
    """Give name and content of what Sphinx reads: index, lessons, notebooks to download."""
    binder = binder_address(root, catalog)
    if not binder:
        say(NOWHERE)
    wanted = {catalog.module(name) for name in run} if run is not None else set(catalog.modules)
    yield "index.md", render_index(catalog, binder).encode("utf-8")
    for module in catalog.modules:
        if module.available:
            notebook = release_source((root / module.lesson).with_suffix(".py"))
            yield download_path(module), render_notebook(notebook)
            if module in wanted:
                notebook = executed_lesson(root, module, notebook, say)
            yield module.lesson, render_notebook(reading_copy(notebook, module, binder))


def executed_lesson(
    root: Path, module: Module, notebook: NotebookNode, say: Callable[[str], None]
) -> NotebookNode:
    """Return the lesson with its outputs, from the last run where nothing has changed since."""
    folder = root / BUILD / "executed"
    digest = results_digest((root / module.lesson).parent, notebook)
    kept = folder / f"{module.name}-{digest[:16]}.ipynb"
    if not kept.is_file():
        say(f"Running the lesson of module {module.number}; the results are kept")
        executed = run_lesson(notebook, root / module.lesson)
        for old in folder.glob(f"{module.name}-*.ipynb"):
            old.unlink()
        write_atomically(kept, render_notebook(executed))
    return nbformat.read(kept, as_version=4)


def results_digest(folder: Path, notebook: NotebookNode) -> str:
    """Digest what a lesson's results depend on: its cells, files beside it, labkit, versions."""
    package = Path(labkit.__file__).parent
    files = [path for room in ROOMS for path in sorted((package / room).rglob("*"))]
    files += [path for path in sorted(folder.rglob("*")) if path.suffix not in (".py", ".ipynb")]
    files += [SETTINGS.parent / "constraints.txt"]
    digest = hashlib.sha256(render_notebook(notebook))
    for path in files:
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def run_lesson(notebook: NotebookNode, path: Path) -> NotebookNode:
    """Run a lesson in a fresh kernel, in its own folder and without anybody's progress.

    Raises:
        SiteError: If a cell fails, takes longer than `SECONDS_A_CELL`, or ends the kernel.
    """
    client = NotebookClient(
        notebook,
        timeout=SECONDS_A_CELL,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    with tempfile.TemporaryDirectory() as home:
        own = {"OMP_NUM_THREADS": "1", "LABKIT_HOME": home, "LABKIT_LEARNER": "reader"}
        try:
            executed: NotebookNode = client.execute(env={**os.environ, **own})
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as trouble:
            raise SiteError(
                f"{path}: the lesson does not run to its end.\n{trouble}\n"
                "Mend it, and make the site again."
            ) from None
    return executed


def run_sphinx(pages: Path, html: Path, title: str) -> None:
    """Turn the pages into HTML; any warning is an error.

    Raises:
        SiteError: If Sphinx or its theme is not installed, or Sphinx warns.
    """
    missing = [name for name in ("sphinx", "myst_nb", "sphinx_book_theme") if not _is_there(name)]
    if missing or not SETTINGS.is_dir():
        raise SiteError(
            f"The site needs {', '.join(missing) or SETTINGS}. In the course's repository, "
            '`python bootstrap.py site` installs it; so does `pip install -e ".[site]"`.'
        )
    command = [sys.executable, "-m", "sphinx", "-b", "html", "--fail-on-warning", "--keep-going"]
    # Everything is read anew: Sphinx does not repeat the warnings of pages it has read before.
    command += ["--fresh-env", "--quiet", "--doctree-dir", str(html.with_name("doctrees"))]
    command += ["-c", str(SETTINGS), "-D", f"project={title}", "-D", f"html_title={title}"]
    answer = subprocess.run([*command, str(pages), str(html)], capture_output=True, text=True)
    if answer.returncode:
        shutil.rmtree(html, ignore_errors=True)
        raise SiteError(f"Sphinx found something to mend:\n{answer.stdout}{answer.stderr}")


def _is_there(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
