"""How soon a learner can begin, against stock JupyterLab, side by side in one run.

    OMP_NUM_THREADS=1 python benchmarks/desk/start.py --rounds 7

Two servers run at the same time on the same workbook: ours with the learner's settings, and stock
JupyterLab without any setting or extension of ours. Rounds alternate between them, the first one
is not counted, and every visit has a new browser profile, so nothing is cached; `reset` forgets
the notebook that was open before. Budget: a ratio of 1 for the page, 1.3 for the first cell.

- page: from navigation until the first module's button is there; stock, until the launcher is.
- kernel: from clicking the lesson until the status bar says Idle; stock, from double-clicking the
  same notebook in its file browser. The kernel of the round before is ended first.
- cell: from there until the lesson's first code cell has run, by Run All Cells.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab_server import PATIENCE, TOKEN, LabServer, running_lab  # noqa: E402
from labkit.authoring.workbook import release_workbook  # noqa: E402
from labkit.desk.serve import lab_command  # noqa: E402

LESSON = "course/08_rl_supply_chain/lesson.ipynb"
IDLE = re.compile(r"\| Idle")
# Folded code has no prompt to look at, so the notebook itself is asked.
RAN = """() => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  return cells.find(cell => cell.model.type === "code").model.executionCount === 1;
}"""
STEPS = ("page", "kernel", "cell")
Times = dict[str, list[float]]


def ours(page: Page, server: LabServer) -> tuple[float, ...]:
    """Return seconds to the home page, from a click on the lesson to its kernel, to a cell."""
    start = time.perf_counter()
    page.goto(server.address("/lab/tree/HOME.md") + "&reset")
    page.get_by_role("link", name=re.compile("^Lesson of module")).first.wait_for()
    shown = time.perf_counter() - start
    return shown, *live(page, lambda: page.locator(f'a.lk-button[href$="{LESSON}"]').last.click())


def stock(page: Page, server: LabServer) -> tuple[float, ...]:
    """Return seconds to the launcher, from a double click to the kernel, to a cell."""
    start = time.perf_counter()
    page.goto(server.address("/lab") + "&reset")
    page.locator(".jp-LauncherCard").first.wait_for()
    shown = time.perf_counter() - start
    for name in Path(LESSON).parts[:-1]:
        page.locator(".jp-DirListing-item", has_text=name).dblclick()
    item = page.locator(".jp-DirListing-item", has_text=Path(LESSON).name)
    return shown, *live(page, item.dblclick)


def live(page: Page, begin) -> tuple[float, float]:
    """Return seconds from a click until a kernel waits for work, and until a first cell has run."""
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


def measure(folder: Path, rounds: int) -> dict[str, Times]:
    """Measure both servers in turn."""
    work, plain = folder / "workbook", folder / "plain"
    release_workbook(ROOT, work)
    shutil.copytree(work, plain)
    found: dict[str, Times] = {way: {name: [] for name in STEPS} for way in ("ours", "stock")}
    with (
        running_lab(work, folder / "home") as own,
        running_lab(plain, folder / "home-plain", command=stock_command(plain)) as other,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for number in range(rounds + 1):
            for name, server, way in (("stock", other, stock), ("ours", own, ours)):
                for step, seconds in zip(STEPS, visit(browser, server, way), strict=True):
                    if number:
                        found[name][step].append(seconds)
        browser.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), rounds)
    print(f"{'':8}{'ours':>10}{'stock':>10}{'ratio':>8}   median of {rounds}; pairs' ratios")
    for what in STEPS:
        ours_, stock_ = found["ours"][what], found["stock"][what]
        pairs = sorted(a / b for a, b in zip(ours_, stock_, strict=True))
        a, b = statistics.median(ours_), statistics.median(stock_)
        spread = f"{pairs[0]:.2f} to {pairs[-1]:.2f}, median {statistics.median(pairs):.2f}"
        print(f"{what:8}{a:8.2f} s{b:8.2f} s{a / b:8.2f}   {spread}")


if __name__ == "__main__":
    main()
