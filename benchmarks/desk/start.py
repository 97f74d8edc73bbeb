"""How soon a learner can begin, against stock JupyterLab, side by side in one run.

    OMP_NUM_THREADS=1 python benchmarks/desk/start.py --rounds 7
    OMP_NUM_THREADS=1 python benchmarks/desk/start.py --rounds 3 --lessons all

Two servers run at the same time on the same workbook: ours with the learner's settings, and stock
JupyterLab without any setting or extension of ours. Rounds alternate between them, the first one
is not counted, and every visit has a new browser profile, so nothing is cached; `reset` forgets
the notebook that was open before. On both, some seconds pass between page and click, as a learner
reads. Budget: a ratio of 1 for the page, 1.3 for the first cell.

With `--lessons`, each lesson in ours stands against a notebook in stock whose one cell says 1:
what a lesson's own first cell costs is then in the ratio. Budget: 1.3 for each lesson's cell.

- page: from navigation until the first module's button is there; stock, until the launcher is.
- kernel: from clicking the lesson until the status bar says Idle; stock, from double-clicking the
  notebook in its file browser. The kernel of the visit before is ended first.
- cell: from there until the lesson's first code cell has run, by Run All Cells.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from functools import partial
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab_server import PATIENCE, TOKEN, LabServer, running_lab  # noqa: E402
from labkit.authoring.catalog import load_catalog  # noqa: E402
from labkit.authoring.workbook import release_workbook  # noqa: E402
from labkit.desk.serve import lab_command  # noqa: E402

LESSON = "course/08_rl_supply_chain/lesson.ipynb"
EMPTY = "empty.ipynb"
IDLE = re.compile(r"\| Idle")
# Folded code has no prompt to look at, so the notebook itself is asked.
RAN = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  return cells.find(cell => cell.model.type === "code").model.executionCount === 1;
}"""
STEPS = ("page", "kernel", "cell")
READING = 5.0
"""Seconds between the page and the click."""
Times = dict[str, dict[str, list[float]]]
"""Seconds of each visit, by server and step."""


def ours(page: Page, server: LabServer, lesson: str) -> tuple[float, ...]:
    """Return seconds to the home page, from a click on the lesson to its kernel, to a cell."""
    start = time.perf_counter()
    page.goto(server.address("/lab/tree/HOME.md") + "&reset")
    page.get_by_role("link", name=re.compile("^Lesson of module")).first.wait_for()
    shown = time.perf_counter() - start
    return shown, *live(page, lambda: page.locator(f'a.lk-button[href$="{lesson}"]').last.click())


def stock(page: Page, server: LabServer, notebook: str) -> tuple[float, ...]:
    """Return seconds to the launcher, from a double click to the kernel, to a cell."""
    start = time.perf_counter()
    page.goto(server.address("/lab") + "&reset")
    page.locator(".jp-LauncherCard").first.wait_for()
    shown = time.perf_counter() - start
    for name in Path(notebook).parts[:-1]:
        page.locator(".jp-DirListing-item", has_text=name).dblclick()
    item = page.locator(".jp-DirListing-item", has_text=Path(notebook).name)
    return shown, *live(page, item.dblclick)


def live(page: Page, begin) -> tuple[float, float]:
    """Return seconds from a click until a kernel waits for work, and until a first cell has run."""
    time.sleep(READING)
    start = time.perf_counter()
    begin()
    expect(page.locator("#jp-main-statusbar")).to_contain_text(IDLE, timeout=PATIENCE)
    waits = time.perf_counter() - start
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(RAN)
    return waits, time.perf_counter() - start


def end_kernels(server: LabServer) -> None:
    """End all sessions, so that the next notebook starts its own kernel."""
    headers = {"Authorization": f"token {TOKEN}"}
    address = f"{server.url}/api/sessions"
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        sessions = json.load(answer)
    for session in sessions:
        one = f"{address}/{session['id']}"
        request = urllib.request.Request(one, headers=headers, method="DELETE")
        urllib.request.urlopen(request).close()


def visit(browser: Browser, server: LabServer, way) -> tuple[float, ...]:
    """Visit a server with a new browser profile."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    try:
        return way(context.new_page(), server)
    finally:
        context.close()
        end_kernels(server)


def stock_command(folder: Path) -> list[str]:
    """Stock JupyterLab, which like ours lets a script ask the page."""
    return [*lab_command(folder, 0, False), "--LabApp.expose_app_in_browser=True"]


def write_empty(path: Path) -> None:
    """Write a notebook whose one cell says 1."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [nbformat.v4.new_code_cell("1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def measure(folder: Path, rounds: int, against: dict[str, str]) -> dict[str, Times]:
    """Measure both servers in turn, for each lesson with the notebook it is held against."""
    work, plain = folder / "workbook", folder / "plain"
    release_workbook(ROOT, work)
    shutil.copytree(work, plain)
    write_empty(plain / EMPTY)
    found: dict[str, Times] = {
        lesson: {way: {name: [] for name in STEPS} for way in ("ours", "stock")}
        for lesson in against
    }
    with (
        running_lab(work, folder / "home") as own,
        running_lab(plain, folder / "home-plain", command=stock_command(plain)) as other,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for number in range(rounds + 1):
            for lesson, notebook in against.items():
                for name, server, way in (
                    ("stock", other, partial(stock, notebook=notebook)),
                    ("ours", own, partial(ours, lesson=lesson)),
                ):
                    for step, seconds in zip(STEPS, visit(browser, server, way), strict=True):
                        if number:
                            found[lesson][name][step].append(seconds)
        browser.close()
    return found


def row(label: str, own: list[float], other: list[float]) -> str:
    """Return a line of the table: medians, their ratio, and the ratios of the pairs."""
    pairs = sorted(a / b for a, b in zip(own, other, strict=True))
    a, b = statistics.median(own), statistics.median(other)
    spread = f"{pairs[0]:.2f} to {pairs[-1]:.2f}, median {statistics.median(pairs):.2f}"
    return f"{label:36}{a:8.2f} s{b:8.2f} s{a / b:8.2f}   {spread}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--lessons", nargs="+", metavar="MODULE", help="modules like 08_rl_supply_chain, or all"
    )
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as bootstrap.py starts it for a learner
    catalog = load_catalog(ROOT)
    if given.lessons is None:
        against, steps = {LESSON: LESSON}, STEPS
    else:
        modules = (
            [module for module in catalog.modules if module.available]
            if given.lessons == ["all"]
            else [catalog.module(name) for name in given.lessons]
        )
        against, steps = {module.lesson: EMPTY for module in modules}, STEPS[1:]
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.rounds, against)
    print(f"{'':36}{'ours':>10}{'stock':>10}{'ratio':>8}   ", end="")
    print(f"median of {given.rounds}; pairs' ratios")
    for lesson, times in found.items():
        for step in steps:
            label = f"{Path(lesson).parent.name} {step}"
            print(row(label, times["ours"][step], times["stock"][step]))


if __name__ == "__main__":
    main()
