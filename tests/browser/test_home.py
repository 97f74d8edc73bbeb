"""The home page in a real browser: the first minute, progress, keyboard, themes, accessibility."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from catalogue import AVAILABLE
from lab_server import LabServer, Watch, running_lab, use_theme
from labkit.learner import progress

OpenPage = Callable[..., tuple[Page, Watch]]
LAB = "08_rl_supply_chain"
LESSON = f"course/{LAB}/lesson.ipynb"


@pytest.fixture(scope="module")
def server(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    folder = tmp_path_factory.mktemp("learner")
    shutil.copytree(released, folder / "workbook")
    board = "http://127.0.0.1:9/services/class/"  # without the hub's token it is never asked
    with running_lab(folder / "workbook", folder / "home", LABKIT_BOARD_URL=board) as running:
        yield running


@pytest.fixture(autouse=True)
def fresh_start(server: LabServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without progress; write where the server reads."""
    monkeypatch.setenv("LABKIT_HOME", str(server.labkit_home))
    shutil.rmtree(server.labkit_home, ignore_errors=True)
    shutil.rmtree(feedback_of(server), ignore_errors=True)


def feedback_of(server: LabServer) -> Path:
    return server.folder / "labs" / LAB / "feedback"


def give_feedback(server: LabServer, title: str = "1 · A simulator") -> None:
    """Lay a page as grading writes it, where nbgrader fetches it to."""
    task = {"title": title, "points": "10", "maximum": "10", "outcome": "✔ passed"}
    essay = {"title": "Memo", "points": "", "maximum": "10", "outcome": "✎ to be read"}
    told = {"received": "2026-01-07T10:00:00+00:00", "tasks": [task, essay]}
    told["total"] = "10 of 90 points, essay to be read (10 points)"
    folder = feedback_of(server) / "2026-01-07 10:00:00.000001 UTC"
    folder.mkdir(parents=True)
    meta = f'<meta name="labkit-results" content="{escape(json.dumps(told))}">'
    page = f"<!DOCTYPE html><html><head>{meta}</head><body>The page</body></html>"
    (folder / "rl_supply_chain.html").write_text(page, encoding="utf-8")


@pytest.fixture(scope="module")
def long_lived(browser: Browser, server: LabServer) -> Iterator[tuple[Page, Watch]]:
    """One page for most tests: what it shows follows the progress, and loading takes seconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, watch = context.new_page(), Watch(server.url)
    watch.follow(page)
    page.goto(server.address())
    expect(module(page)).to_be_visible()
    yield page, watch
    context.close()


@pytest.fixture
def page(long_lived: tuple[Page, Watch]) -> Iterator[Page]:
    """The home page of a learner who has not begun; trouble on it fails the test."""
    page, watch = long_lived
    page.evaluate("window.jupyterapp.commands.execute('labkit:open-home')")
    look_again(page)
    expect(module(page)).to_contain_text("Not begun")
    yield page
    trouble = watch.verdict()
    watch.clear()
    assert not trouble, trouble


def look_again(page: Page) -> None:
    """Come back to the browser's window, which makes the page ask the server at once."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def home_page(open_page: OpenPage, server: LabServer, **options: Any) -> Page:
    page, _ = open_page(server, **options)
    page.goto(server.address())
    expect(page.get_by_role("heading", name="Next step")).to_be_visible()
    return page


def module(page: Page, number: str = "08") -> Locator:
    heading = page.get_by_role("heading", level=3)
    titles = {"08": "Reinforcement learning for supply chains", "09": "Causal AI and uplift"}
    return page.get_by_role("article").filter(has=heading.filter(has_text=titles[number]))


def tab(page: Page, name: str) -> Locator:
    return page.locator("#jp-main-dock-panel").get_by_role("tab", name=name)


def test_the_first_start_shows_the_home_page_and_asks_nothing(
    open_page: OpenPage, server: LabServer
) -> None:
    page, _ = open_page(server)
    page.goto(server.address("/"))
    step = page.get_by_role("region", name="Next step")
    first = f"Begin with the lesson of module {AVAILABLE[0][:2]}"  # it asks for no other module
    expect(step.get_by_role("link")).to_have_accessible_name(first)
    expect(tab(page, "Course home")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_module_tells_question_time_points_and_progress(page: Page, server: LabServer) -> None:
    shown = module(page)
    expect(shown).to_contain_text("Does a learned policy beat the textbook")
    expect(shown).to_contain_text("3 h 45 min · 100 points")
    expect(shown.get_by_role("progressbar")).to_have_attribute("aria-valuetext", "Not begun")


def test_the_bar_grows_when_a_notebook_records_a_passed_task(page: Page, server: LabServer) -> None:
    progress.record_task(LAB, "simulate", 1.0, "passed")
    bar = module(page).get_by_role("progressbar")
    expect(bar).to_have_attribute(
        "aria-valuetext", "1 of 7 tasks passed · 10 of 90 points in practice"
    )
    step = page.get_by_role("region", name="Next step")
    expect(step).to_contain_text("Next task: 2 · Size one shelf")
    expect(step.get_by_role("link")).to_have_accessible_name("Continue the lab of module 08")


def test_two_tabs_show_the_same_progress(open_page: OpenPage, server: LabServer) -> None:
    first = home_page(open_page, server)
    second, _ = open_page(server, beside=first)
    second.goto(server.address("/lab/workspaces/second/tree/HOME.md"))
    expect(second.get_by_role("heading", name="Next step")).to_be_visible()
    progress.record_task(LAB, "newsvendor", 0.4, "partial")
    for page in (first, second):
        expect(module(page)).to_contain_text("0 of 7 tasks passed · 4 of 90 points in practice")


def test_saved_progress_comes_back_where_everything_was_forgotten(
    page: Page, server: LabServer, tmp_path: Path
) -> None:
    progress.record_task(LAB, "simulate", 1.0, "passed")
    look_again(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save progress").click()
    copy = tmp_path / download.value.suggested_filename
    download.value.save_as(copy)
    expect(page.get_by_text(f"Saved as {copy.name}")).to_be_visible()

    shutil.rmtree(server.labkit_home)
    expect(module(page)).to_contain_text("Not begun")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Restore progress…").click()
    chooser.value.set_files(copy)
    expect(module(page)).to_contain_text("1 of 7 tasks passed")
    expect(page.get_by_text(f"Restored from {copy.name}")).to_be_visible()


def test_a_file_that_is_no_copy_is_refused_in_words(
    open_page: OpenPage, server: LabServer, tmp_path: Path
) -> None:
    progress.record_task(LAB, "simulate", 1.0, "passed")
    page, watch = open_page(server)
    page.goto(server.address())
    other = tmp_path / "other.json"
    other.write_text('{"a": 1}')
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Restore progress…").click()
    chooser.value.set_files(other)
    words = "The chosen file is not a progress file of this course; nothing was changed."
    expect(page.get_by_text(words)).to_be_visible()
    expect(module(page)).to_contain_text("1 of 7 tasks passed")
    assert [trouble[:3] for trouble in watch.http] == ["400"]
    watch.clear()


def test_a_broken_progress_file_is_told_and_kept(page: Page, server: LabServer) -> None:
    server.labkit_home.mkdir()
    (server.labkit_home / "progress.json").write_text('{"format": 1, "labs": {"08_')
    look_again(page)
    notice = page.get_by_role("alert").filter(has_text="Your progress file was broken")
    expect(notice).to_be_visible()
    (kept,) = server.labkit_home.glob("progress.broken-*.json")
    assert kept.read_text() == '{"format": 1, "labs": {"08_'
    expect(notice).to_contain_text(kept.name)
    page.reload()
    expect(notice).to_be_visible()
    notice.get_by_role("button").click()
    expect(notice).to_have_count(0)


def test_nonsense_in_the_browsers_store_costs_no_page(page: Page, server: LabServer) -> None:
    page.evaluate("localStorage.setItem('labkit-home-dismissed', '{broken')")
    server.labkit_home.mkdir(parents=True, exist_ok=True)
    (server.labkit_home / "progress.json").write_text("{broken")
    look_again(page)
    notice = page.get_by_role("alert").filter(has_text="Your progress file was broken")
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="I have read this").click()
    expect(notice).to_have_count(0)


def test_what_was_handed_in_and_what_changed_is_told(page: Page, server: LabServer) -> None:
    progress.record_task(LAB, "simulate", 1.0, "passed")
    content = json.loads(progress.progress_path().read_text())
    task = content["labs"][LAB]["tasks"]["simulate"]
    task["history"] = [
        {"score": 0.4, "status": "partial", "when": "2026-01-05T10:00:00+00:00"},
        {"score": 1.0, "status": "passed", "when": "2026-01-06T10:00:00+00:00"},
    ]
    content["labs"][LAB]["submitted"] = [
        {"when": "2026-01-07T10:00:00+00:00", "receipt": "R-7", "how": "zip", "digest": "0" * 64}
    ]
    progress.progress_path().write_text(json.dumps(content))
    look_again(page)
    expect(module(page)).to_contain_text(
        "1 · A simulator, exactly as specified: up from 4 to 10 points"
    )
    expect(module(page)).to_contain_text("receipt R-7.")


def test_results_are_told_and_lead_to_the_feedback(page: Page, server: LabServer) -> None:
    evil = "<img src=/fired onerror=\"document.title='fired'\">"
    give_feedback(server, evil)
    look_again(page)
    expect(module(page)).to_contain_text("Graded: 10 of 90 points, essay to be read (10 points)")
    page.get_by_text("Results of module 08").click()
    expect(page.get_by_role("row").filter(has_text=evil)).to_contain_text("10 of 10")
    expect(page.get_by_role("row").filter(has_text="Memo")).to_contain_text("– of 10")
    assert page.title() != "fired"
    page.get_by_role("link", name="Read the feedback on module 08").click()
    frame = page.frame_locator(".jp-HTMLViewer iframe")
    expect(frame.get_by_text("The page")).to_be_visible()
    tab(page, "rl_supply_chain.html").locator(".lm-TabBar-tabCloseIcon").click()


def test_what_a_file_holds_never_becomes_markup(page: Page, server: LabServer) -> None:
    evil = "<img src=/fired onerror=\"document.title='fired'\">"
    progress.record_task(LAB, "simulate", 0.5, evil)
    content = json.loads(progress.progress_path().read_text())
    content["labs"][LAB]["submitted"] = [
        {"when": "2026-01-07", "receipt": evil, "how": "zip", "digest": "0" * 64}
    ]
    progress.progress_path().write_text(json.dumps(content))
    look_again(page)
    expect(module(page)).to_contain_text(f"receipt {evil}")
    assert page.title() != "fired"
    assert page.locator(".labkit-home img").count() == 0


def test_focus_and_opened_details_stay_when_progress_changes(page: Page, server: LabServer) -> None:
    progress.record_task(LAB, "simulate", 0.5, "partial")
    look_again(page)
    summary = page.get_by_text("Tasks of module 08")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text="A simulator")).to_contain_text("5 of 10")
    progress.record_task(LAB, "simulate", 1.0, "passed")
    expect(page.get_by_role("row").filter(has_text="A simulator")).to_contain_text("10 of 10")
    expect(summary).to_be_focused()


def test_a_server_that_does_not_know_the_course_shows_the_file_itself(
    open_page: OpenPage, server: LabServer
) -> None:
    page, watch = open_page(server)
    page.route("**/labkit/home*", lambda route: route.fulfill(status=404, body="Not Found"))
    page.goto(server.address())
    expect(page.get_by_text("This JupyterLab does not know the course")).to_be_visible()
    expect(page.get_by_role("heading", name="08 · Reinforcement learning")).to_be_visible()
    watch.clear()


def test_when_the_server_is_away_the_page_stays_and_says_so(
    open_page: OpenPage, server: LabServer
) -> None:
    page, watch = open_page(server)
    page.goto(server.address())
    expect(module(page)).to_be_visible()
    page.route("**/labkit/home*", lambda route: route.abort())
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    expect(module(page)).to_be_visible()
    page.unroute("**/labkit/home*")
    progress.record_task(LAB, "simulate", 1.0, "passed")
    expect(module(page)).to_contain_text("1 of 7 tasks passed")
    expect(page.get_by_text("The server does not answer.")).to_be_hidden()
    watch.clear()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_stands_against_the_page_in_either_theme(
    theme: str, page: Page, server: LabServer, screenshots: Path
) -> None:
    progress.record_task(LAB, "simulate", 1.0, "passed")
    progress.record_task(LAB, "newsvendor", 0.4, "partial")
    (server.labkit_home / "progress.broken-20260101-000000-000000.json").write_text("{")
    give_feedback(server)
    look_again(page)
    page.get_by_text("Tasks of module 08").click()
    page.get_by_text("Results of module 08").click()
    link = page.get_by_role("link", name="the page of the class")
    expect(link).to_have_attribute("href", "/services/class/")
    use_theme(page, theme)
    for width in (1280, 800):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, context=".labkit-home").response["violations"]
        serious = [
            f"{finding['id']}: {node['target']} {node['failureSummary']}"
            for finding in found
            if finding["impact"] in ("serious", "critical")
            for node in finding["nodes"]
        ]
        assert not serious, "\n".join(serious)
        page.screenshot(path=screenshots / f"home-{theme}-{width}.png")
        page.get_by_role("button", name="Save progress").scroll_into_view_if_needed()
        page.screenshot(path=screenshots / f"home-{theme}-{width}-below.png")
        page.locator(".labkit-home").evaluate("element => element.scrollTo(0, 0)")


def test_learners_see_nothing_of_nbgrader(page: Page, server: LabServer) -> None:
    assert page.locator(".lm-MenuBar").inner_text().count("Nbgrader") == 0
    commands = page.evaluate("window.jupyterapp.commands.listCommands()")
    assert [name for name in commands if name.startswith("nbgrader")] == []


# The last two open notebooks, whose kernels later pages would join.
def test_the_keyboard_alone_opens_a_lesson(page: Page, server: LabServer) -> None:
    link = page.get_by_role("link", name="Lesson of module 08", exact=True)
    page.locator(".labkit-home").focus()
    for _ in range(4 * len(AVAILABLE)):
        page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    outline = link.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid", "the focus is not visible"
    page.keyboard.press("Enter")
    expect(tab(page, "Lesson 08")).to_have_attribute("aria-selected", "true")
    # A kernel of its own, and no question about which.
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_launcher_leads_back_to_the_home_page(page: Page, server: LabServer) -> None:
    page.get_by_role("link", name="Lab of module 08").click()
    expect(tab(page, "Lab 08")).to_have_attribute("aria-selected", "true")
    tab(page, "Course home").locator(".lm-TabBar-tabCloseIcon").click()
    expect(tab(page, "Course home")).to_have_count(0)
    page.evaluate("window.jupyterapp.commands.execute('launcher:create')")
    page.locator(".jp-LauncherCard").filter(has_text="Course home").click()
    expect(page.get_by_role("heading", name="Next step")).to_be_visible()
