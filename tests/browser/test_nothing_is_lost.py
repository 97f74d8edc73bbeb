"""What was passed stays passed, whatever dies: kernel, browser, server, disk or the file itself.

The notebook here opens a lab of two tasks with judges of its own, so that it starts at once; all
else is the real thing: JupyterLab, kernels, the progress file, the home page.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect

from lab_server import PATIENCE, LabServer, Watch, running_lab
from labkit.learner import progress
from notebook_page import NotebookPage

OpenPage = Callable[..., tuple[Page, Watch]]
NOTEBOOK = "work.ipynb"
LAB = "08_rl_supply_chain"
SET_UP = """
import os, time
from pathlib import Path
from labkit.exercise import instances
from labkit.exercise.guard import call
from labkit.exercise.reading import as_number
from labkit.exercise.lab import Lab
from labkit.exercise.outcome import failed, passed
from labkit.exercise.task import LabSpec, Task

def judge(answer, instance):
    value = as_number(call(answer, 3, seconds=5), "square")
    return passed("The square is right.") if value == 9 else failed("The square is wrong.")

instances.practice = lambda slug: {"newsvendor": [{}], "simulate": [{}]}
tasks = (Task("newsvendor", 10, judge, ()), Task("simulate", 10, judge, ()))
lab = Lab(LabSpec(8, "rl_supply_chain", 1, tasks), 1)
"""
PASS = 'lab.check("newsvendor", lambda x: x * x)'
DIE = "os.kill(os.getpid(), 9)"
WAIT = """
while not Path("go").exists():
    time.sleep(0.02)
"""
LATE = f'{WAIT}lab.check("simulate", lambda x: x * x)'
TOGETHER = f"{WAIT}for _ in range(10):\n    lab.check(TASK, lambda x: x * x)"
TRIED = "1 of 7 tasks passed · 10 of 90 points"


def fill(folder: Path, released: Path) -> None:
    """Make a workbook with the home page and the notebook of this file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("HOME.md", ".labkit-course.json"):
        shutil.copy(released / name, folder / name)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    sources = (SET_UP, PASS, DIE, LATE, TOGETHER)
    for name in (NOTEBOOK, "other.ipynb"):
        cells = [new_code_cell(source.strip()) for source in sources]
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / name)


@pytest.fixture(scope="module")
def server(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    folder = tmp_path_factory.mktemp("losses")
    fill(folder / "work", released)
    with running_lab(folder / "work", folder / "home") as running:
        yield running


@pytest.fixture
def fresh(server: LabServer, released: Path, monkeypatch: pytest.MonkeyPatch) -> LabServer:
    """The shared server with notebooks as at first, no progress, and no kernel but new ones."""
    monkeypatch.setenv("LABKIT_HOME", str(server.labkit_home))
    shutil.rmtree(server.labkit_home, ignore_errors=True)
    (server.folder / "go").unlink(missing_ok=True)
    fill(server.folder, released)
    return server


def opened(open_page: OpenPage, server: LabServer, name: str = NOTEBOOK) -> NotebookPage:
    """Open a notebook in a browser of its own, with its lab set up."""
    return opened_and_watched(open_page, server, name)[0]


def opened_and_watched(
    open_page: OpenPage, server: LabServer, name: str = NOTEBOOK
) -> tuple[NotebookPage, Watch]:
    """Open a notebook as `opened` does; give the watch on its page too."""
    page, watch = open_page(server)
    page.goto(server.address(f"/lab/tree/{name}") + "&reset")
    notebook = NotebookPage(page)
    notebook.wait_for_kernel()
    notebook.run_text("lab = Lab(")
    return notebook, watch


def passed_check(notebook: NotebookPage) -> Locator:
    card = notebook.run_text(PASS)
    expect(card).to_contain_text("newsvendor: ✔ passed")
    return card


def module_at(page: Page, server: LabServer) -> Locator:
    page.goto(server.address() + "&reset")
    return page.get_by_role("article").filter(has=page.get_by_role("link", name="Lab of module 08"))


def tries(task: str) -> int:
    entry = progress.load().get(LAB, {}).get("tasks", {}).get(task, {})
    return int(entry.get("tries", 0))


def wait_until(page: Page, happened: Callable[[], bool]) -> None:
    """Wait for what happens outside the browser."""
    for _ in range(PATIENCE // 100):
        if happened():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen")


def test_when_a_kernel_dies_the_notebook_says_so_and_goes_on(
    open_page: OpenPage, fresh: LabServer
) -> None:
    notebook = opened(open_page, fresh)
    passed_check(notebook)
    notebook.start(notebook.cell(DIE))
    dialog = notebook.page.get_by_role("dialog")
    expect(dialog).to_contain_text("appears to have died", timeout=PATIENCE)
    dialog.get_by_role("button", name="Ok").click()
    assert tries("newsvendor") == 1

    notebook.wait_for_kernel()
    notebook.run_text("lab = Lab(")
    expect(passed_check(notebook)).to_contain_text("as at your last try")
    assert tries("newsvendor") == 2


def test_a_check_that_ends_after_the_browser_closed_is_kept(
    open_page: OpenPage, fresh: LabServer
) -> None:
    notebook = opened(open_page, fresh)
    passed_check(notebook)
    notebook.save()
    late = notebook.cell('lab.check("simulate"')
    notebook.start(late)
    expect(late.locator(".jp-InputPrompt")).to_have_text("[*]:")
    notebook.page.context.close()

    (fresh.folder / "go").touch()
    page, _ = open_page(fresh)
    wait_until(page, lambda: tries("simulate") == 1)
    expect(module_at(page, fresh)).to_contain_text("2 of 7 tasks passed", timeout=PATIENCE)
    page.goto(fresh.address(f"/lab/tree/{NOTEBOOK}") + "&reset")
    expect(NotebookPage(page).cell(PASS)).to_be_visible()
    expect(page.get_by_text("The square is right.").first).to_be_visible()


def test_two_notebooks_that_check_at_the_same_time_are_both_kept(
    open_page: OpenPage, fresh: LabServer
) -> None:
    one = opened(open_page, fresh)
    two = opened(open_page, fresh, "other.ipynb")
    for notebook, task in ((one, "newsvendor"), (two, "simulate")):
        cell = notebook.cell("lab.check(TASK")
        notebook.write(cell, TOGETHER.strip().replace("TASK", f'"{task}"'))
        notebook.start(cell)
        expect(cell.locator(".jp-InputPrompt")).to_have_text("[*]:")
    (fresh.folder / "go").touch()
    wait_until(one.page, lambda: tries("newsvendor") == tries("simulate") == 10)


def test_two_tabs_on_one_notebook_both_count(open_page: OpenPage, fresh: LabServer) -> None:
    one, first_watch = opened_and_watched(open_page, fresh)
    page, second_watch = open_page(fresh, beside=one.page)
    # Stock JupyterLab's own remark where two pages share a kernel.
    first_watch.expected = second_watch.expected = ("Comm not found",)
    page.goto(fresh.address(f"/lab/workspaces/second/tree/{NOTEBOOK}") + "&reset")
    two = NotebookPage(page)
    two.wait_for_kernel()
    passed_check(one)
    passed_check(two)
    assert tries("newsvendor") == 2


def test_a_broken_progress_file_is_set_aside_and_a_saved_copy_brings_all_back(
    open_page: OpenPage, fresh: LabServer, tmp_path: Path
) -> None:
    progress.record_task(LAB, "simulate", 1.0, "passed")
    copy = tmp_path / "copy.json"
    progress.save_to(copy)
    notebook = opened(open_page, fresh)
    broken = '{"format": 1, "labs": {"08_'
    progress.progress_path().write_text(broken)
    card = passed_check(notebook)
    expect(card).to_contain_text("has been set aside as progress.broken-")
    (aside,) = fresh.labkit_home.glob("progress.broken-*.json")
    assert aside.read_text() == broken

    module = module_at(notebook.page, fresh)
    expect(module).to_contain_text(TRIED, timeout=PATIENCE)
    alert = notebook.page.get_by_role("alert").filter(has_text="It was set aside as")
    expect(alert).to_contain_text(aside.name)
    with notebook.page.expect_file_chooser() as chooser:
        notebook.page.get_by_role("button", name="Restore progress…").click()
    chooser.value.set_files(copy)
    expect(module).to_contain_text("2 of 7 tasks passed")
    assert aside.read_text() == broken


def test_a_server_that_was_killed_comes_back_with_all_that_was_passed(
    open_page: OpenPage, released: Path, tmp_path: Path
) -> None:
    fill(tmp_path / "work", released)
    with running_lab(tmp_path / "work", tmp_path / "home") as server:
        notebook = opened(open_page, server)
        passed_check(notebook)
        notebook.save()
        notebook.page.context.close()
        server.process.kill()
        server.process.wait()
    with running_lab(tmp_path / "work", tmp_path / "home") as server:
        page, _ = open_page(server)
        expect(module_at(page, server)).to_contain_text(TRIED, timeout=PATIENCE)
        notebook = opened(open_page, server)
        expect(notebook.cell(PASS)).to_contain_text("newsvendor: ✔ passed")
        expect(passed_check(notebook)).to_contain_text("as at your last try")
        notebook.page.context.close()
        page.context.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB; skips, with the reason, where none can be made, and fails on CI."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "labkit-test", str(folder)]
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if sys.platform != "linux" or not root:
        pytest.skip("only root on Linux can mount a disk that is small enough to be filled")
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        reason = f"no small disk could be mounted: {made.stderr.strip()}"
        if os.environ.get("LABKIT_REQUIRE_TOOLS"):
            pytest.fail(f"{reason}, and LABKIT_REQUIRE_TOOLS asks for it")
        pytest.skip(reason)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_up(disk: Path) -> Path:
    """Take all room that is left on a disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        for size in (65_536, 4_096, 1):
            try:
                while stream.write(b"0" * size):
                    pass
            except OSError:
                continue
    return ballast


def test_a_full_disk_costs_the_record_and_says_so_and_nothing_else(
    open_page: OpenPage, released: Path, small_disk: Path, tmp_path: Path
) -> None:
    work = small_disk / "work"
    fill(work, released)
    with running_lab(work, tmp_path / "home", LABKIT_HOME=str(small_disk / "labkit")) as server:
        notebook, watch = opened_and_watched(open_page, server)
        passed_check(notebook)
        notebook.save()
        before = (work / NOTEBOOK).read_bytes()
        kept = (small_disk / "labkit" / "progress.json").read_bytes()

        ballast = fill_up(small_disk)
        card = passed_check(notebook)
        expect(card).to_contain_text("Progress was not kept")
        expect(card).to_contain_text("free some space")
        notebook.page.keyboard.press("ControlOrMeta+s")
        dialog = notebook.page.get_by_role("dialog")
        expect(dialog).to_contain_text("Save Error")
        dialog.get_by_role("button").last.click()
        # The save that was refused, and nothing else.
        assert [trouble.split("?")[0] for trouble in watch.http] == [
            f"500 {server.url}/api/contents/{NOTEBOOK}"
        ]
        watch.clear()
        assert (small_disk / "labkit" / "progress.json").read_bytes() == kept
        assert json.loads((work / NOTEBOOK).read_bytes()) == json.loads(before)

        ballast.unlink()
        passed_check(notebook)
        notebook.save()
        assert json.loads((work / NOTEBOOK).read_bytes()) != json.loads(before)
        after = json.loads((small_disk / "labkit" / "progress.json").read_bytes())
        assert after["labs"][LAB]["tasks"]["newsvendor"]["tries"] == 2
        notebook.page.context.close()
