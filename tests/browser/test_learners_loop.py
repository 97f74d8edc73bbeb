"""The learner's loop in a real browser: lesson, question, lab and handing in tell the truth."""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request, Response, Route, expect

from lab_server import TOKEN, LabServer, Watch, running_lab, use_theme
from labkit.authoring.workbook import release_workbook
from labkit.learner import progress
from mini_course import LAB, make_course
from notebook_page import NotebookPage

OpenPage = Callable[..., tuple[Page, Watch]]
HOME_READ = "/api/contents/HOME.md?type=file"
HOME_LOOKED_UP = re.compile(r"/api/contents/HOME\.md\?content=0")
# Ends two frames after JupyterLab has opened the page of its address.
LAST_OPENED = """() => {
  const frame = () => new Promise(done => window.requestAnimationFrame(done));
  const opened = new Promise(done => window.jupyterapp.commands.commandExecuted.connect(
    (_, { id, result }) => id === 'docmanager:open' && result.then(done)));
  window.lastOpened = opened.then(frame).then(frame).then(() => true);
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    folder = tmp_path_factory.mktemp("loop")
    release_workbook(make_course(folder / "course"), folder / "workbook")
    shutil.copytree(folder / "workbook", folder / "home" / "released")
    with running_lab(folder / "workbook", folder / "home") as running:
        yield running


@pytest.fixture
def page(open_page: OpenPage, server: LabServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The home page of a learner who has not begun, in a workbook as it was released."""
    monkeypatch.setenv("LABKIT_HOME", str(server.labkit_home))
    shutil.rmtree(server.labkit_home, ignore_errors=True)
    end_kernels(server)
    shutil.copytree(server.home / "released", server.folder, dirs_exist_ok=True)
    page, _ = open_page(server)
    page.goto(server.address() + "&reset")
    expect(module(page)).to_contain_text("Not begun")
    return page


def module(page: Page) -> Locator:
    return page.get_by_role("article").filter(has_text="Sums")


def go_home(page: Page) -> Locator:
    page.evaluate("window.jupyterapp.commands.execute('labkit:open-home')")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    return module(page)


def is_layout_saved(answer: Response) -> bool:
    return "/api/workspaces/" in answer.url and answer.request.method == "PUT"


def run_all(page: Page) -> NotebookPage:
    notebook = NotebookPage(page)
    notebook.wait_for_kernel()
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    return notebook


def end_kernels(server: LabServer) -> None:
    """End all sessions, as leaving a computer for a day does."""
    headers = {"Authorization": f"token {TOKEN}"}
    address = f"{server.url}/api/sessions"
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        sessions = json.load(answer)
    for session in sessions:
        one = f"{address}/{session['id']}"
        urllib.request.urlopen(urllib.request.Request(one, headers=headers, method="DELETE"))


def test_a_lesson_run_to_its_end_is_read_and_one_click_answers_its_question(
    page: Page, screenshots: Path
) -> None:
    page.get_by_role("link", name="Lesson of module 01", exact=True).click()
    run_all(page)
    question = page.locator(".labkit-question")
    expect(question).to_be_visible()
    expect(go_home(page)).to_contain_text("Lesson read")
    page.get_by_role("tab", name="Lesson 01").click()

    question.get_by_role("button", name="three").click()
    expect(question.get_by_role("status")).to_contain_text("✘ not this one")
    expect(question.get_by_role("status")).to_contain_text("That is one more.")
    expect(go_home(page)).to_contain_text("Quiz: 0 of 1 answered correctly")
    page.get_by_role("tab", name="Lesson 01").click()
    question.get_by_role("button", name="four").press("Enter")
    expect(question.get_by_role("status")).to_contain_text("✔ right")
    for theme in ("light", "dark"):
        use_theme(page, theme)
        found = Axe().run(page, context=".labkit-question").response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        question.screenshot(path=screenshots / f"question-{theme}.png")
    expect(go_home(page)).to_contain_text("Quiz: 1 of 1 answered correctly")
    step = page.get_by_role("region", name="Next step")
    expect(step.get_by_role("link")).to_have_accessible_name("Begin the lab of module 01")


def test_a_zip_is_packed_until_the_learner_says_that_it_was_sent(
    page: Page, server: LabServer, screenshots: Path
) -> None:
    for task in ("double", "again"):
        progress.record_task(LAB, task, 1.0, "passed")
    folder = server.folder / "handed_in" / LAB
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"ada+{LAB}+20260107T100000Z+abcd.zip").write_bytes(b"PK")
    progress.record_submission(LAB, "abcd", "zip", "0" * 64)
    shown = go_home(page)
    expect(shown).to_contain_text("Packed, not sent yet")
    expect(page.get_by_role("region", name="Next step")).to_contain_text("not sent yet")
    for width in (1280, 800):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=screenshots / f"packed-{width}.png")
    with page.expect_download() as download:
        shown.get_by_role("link", name="Download the zip").click()
    assert download.value.suggested_filename.endswith("+abcd.zip")
    shown.get_by_role("button", name="I have sent it").click()
    expect(shown).to_contain_text("Handed in")
    expect(shown).to_contain_text("Done: every check is passed, and the lab is handed in.")


def test_a_task_is_called_by_its_title_and_its_link_leads_there(page: Page) -> None:
    progress.record_task(LAB, "again", 0.0, "failed")
    shown = go_home(page)
    shown.get_by_text("Tasks of module 01").click()
    shown.get_by_role("link", name="2 · Once more").click()
    heading = page.get_by_role("heading", name="2 · Once more")
    expect(heading).to_be_in_viewport()


def test_tabs_are_named_lesson_and_lab_lead_to_each_other_and_nothing_is_unsaved_on_opening(
    page: Page,
) -> None:
    dock = page.locator("#jp-main-dock-panel")
    page.get_by_role("link", name="Lab of module 01", exact=True).click()
    lab = NotebookPage(page)
    lab.wait_for_kernel()
    expect(dock.get_by_role("tab", name="Lab 01")).to_have_attribute("aria-selected", "true")
    expect(dock.locator(".jp-mod-dirty")).to_have_count(0)
    lab.panel.get_by_role("button", name="Lesson", exact=True).click()
    expect(dock.get_by_role("tab", name="Lesson 01")).to_have_attribute("aria-selected", "true")
    page.locator(".jp-NotebookPanel:visible").get_by_role("button", name="Course home").click()
    expect(dock.get_by_role("tab", name="Course home")).to_have_attribute("aria-selected", "true")


def test_what_is_opened_while_jupyterlab_still_starts_stays_in_front(
    page: Page, server: LabServer
) -> None:
    with page.expect_response(is_layout_saved):
        page.evaluate("window.jupyterapp.shell.collapseLeft()")  # the home page is to come back
    came_back: list[Request] = []
    held: list[Route] = []
    page.on("request", lambda one: came_back.append(one) if HOME_READ in one.url else None)
    # Once the home page is back, what asks for it again is the last step of the start.
    page.route(HOME_LOOKED_UP, lambda one: held.append(one) if came_back else one.continue_())
    page.goto(server.address())
    page.get_by_role("link", name="Lab of module 01", exact=True).click()
    tab = page.locator("#jp-main-dock-panel").get_by_role("tab", name="Lab 01")
    expect(tab).to_have_attribute("aria-selected", "true")
    page.wait_for_function("document.activeElement.closest('.jp-NotebookPanel')")
    while not held:
        page.wait_for_timeout(50)
    page.evaluate(LAST_OPENED)
    came_back.clear()
    for route in held:
        route.continue_()
    page.evaluate("window.lastOpened")
    expect(tab).to_have_attribute("aria-selected", "true")


def test_in_a_narrow_window_the_side_bar_starts_closed(
    open_page: OpenPage, server: LabServer
) -> None:
    page, _ = open_page(server, width=800)
    page.goto(server.address("/lab/workspaces/narrow/tree/HOME.md"))
    expect(module(page)).to_be_visible()
    expect(page.locator("#jp-left-stack")).to_be_hidden()


def test_one_button_hands_in_and_offers_the_zip(page: Page, screenshots: Path) -> None:
    page.get_by_role("link", name="Lab of module 01", exact=True).click()
    lab = NotebookPage(page)
    lab.wait_for_kernel()
    answer = lab.cell("def double")
    lab.write(answer, "def double(x):\n    return 2 * x")
    lab.panel.get_by_role("button", name="Hand in", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"\d+ of \d+ cells done"))
    link = dialog.get_by_role("link", name="Download the zip")
    expect(link).to_be_visible()
    expect(dialog).to_contain_text(re.compile(rf"handed_in/{LAB}/ada\S+\.zip"))
    page.screenshot(path=screenshots / "handin-1280.png")
    with page.expect_download() as download:
        link.click()
    with zipfile.ZipFile(download.value.path()) as packed:
        assert b"return 2 * x" in packed.read("sums.ipynb"), "it was saved first"
    dialog.get_by_role("button", name="Close").click()
    expect(go_home(page)).to_contain_text("Packed, not sent yet")


def test_sliders_that_ended_with_their_kernel_say_so_and_come_back_by_a_button(
    page: Page, server: LabServer, open_page: OpenPage
) -> None:
    page.get_by_role("link", name="Lesson of module 01", exact=True).click()
    lesson = run_all(page)
    expect(lesson.panel.get_by_role("slider")).to_be_visible()
    expect(go_home(page)).to_contain_text("Lesson read")
    page.get_by_role("tab", name="Lesson 01").click()
    lesson.save()
    page.close()
    end_kernels(server)

    page, watch = open_page(server)
    page.goto(server.address("/lab/workspaces/again/tree/course/01_sums/lesson.ipynb"))
    lesson = NotebookPage(page)
    lesson.wait_for_kernel()
    lost = lesson.panel.get_by_text("The sliders ended with their kernel")
    expect(lost).to_be_visible()
    lesson.panel.get_by_role("button", name="Run the cells down to here").click()
    expect(lesson.panel.get_by_role("slider")).to_be_visible()
    expect(lost).to_have_count(0)
    watch.console[:] = [line for line in watch.console if "widget" not in line.lower()]


def test_a_lessons_code_is_folded_and_one_button_shows_it_all(page: Page) -> None:
    page.get_by_role("link", name="Lesson of module 01", exact=True).click()
    lesson = NotebookPage(page)
    lesson.wait_for_kernel()
    editors = lesson.panel.locator(".jp-CodeCell .cm-editor:visible")
    expect(lesson.panel.get_by_role("paragraph").first).to_be_visible()
    expect(editors).to_have_count(0)
    lesson.panel.get_by_role("button", name="Show or hide code").click()
    expect(editors).not_to_have_count(0)
    lesson.panel.get_by_role("button", name="Show or hide code").click()
    expect(editors).to_have_count(0)
    expect(page.locator("#jp-main-dock-panel .jp-mod-dirty")).to_have_count(0)
