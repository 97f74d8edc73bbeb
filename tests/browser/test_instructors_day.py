"""An instructor's day in a real browser: what was graded, what waits, what learners get back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lab_server import LabServer, Watch, running_lab, use_theme
from labkit.desk.serve import INSTRUCTOR, prepare_instructor
from mini_course import LAB, hand_all_in, labkit, make_course

OpenPage = Callable[..., tuple[Page, Watch]]
THEMES = ("light", "dark")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> Path:
    """The small course, graded; `said` holds what grading said."""
    root = make_course(tmp_path_factory.mktemp("day") / "course")
    hand_all_in(root)
    (root / "said").write_text(labkit(root, "labkit.cli", "grade", LAB), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def server(course: Path) -> Iterator[LabServer]:
    prepare_instructor(course)
    with running_lab(course, course.parent / "home", INSTRUCTOR) as running:
        yield running


def serious(page: Page) -> list[str]:
    """What axe finds against a page that is serious."""
    return [
        f"{finding['id']}: {node['target']} {node['failureSummary']}"
        for finding in Axe().run(page).response["violations"]
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]


@pytest.fixture
def feedback(course: Path, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a learner's page in a theme; asking another host fails."""
    contexts, asked = [], []

    def open_feedback(learner: str, theme: str = "light") -> Page:
        context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((course / "grader" / "feedback" / learner / LAB / "sums.html").as_uri())
        return page

    yield open_feedback
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_grading_says_what_waits_for_a_reader_and_where(course: Path) -> None:
    said = (course / "said").read_text(encoding="utf-8")
    assert "ada  graded     10 of 10, essay to be read" in said
    assert "dan  graded     0 of 20" in said
    assert "2 essays to be read: ada, cyd. Read in formgrader, under Manual Grading" in said


def test_formgrader_shows_the_state_and_score_of_the_gradebook(
    open_page: OpenPage, server: LabServer
) -> None:
    page, _ = open_page(server)
    page.goto(server.address())
    page.goto(server.address(f"/formgrader/manage_submissions/{LAB}"))
    for learner, state, score in (
        ("ada", "needs manual grading", "10 / 20"),
        ("bob", "graded", "5 / 20"),
        ("dan", "graded", "0 / 20"),
    ):
        name = page.locator("td.student-id", has_text=re.compile(rf"^\s*{learner}\s*$"))
        row = page.get_by_role("row").filter(has=name)
        expect(row).to_contain_text(score)
        expect(row).to_contain_text(state)
    expect(page.get_by_text("needs autograding")).to_have_count(0)
    expect(page.get_by_text("ada, –")).to_be_visible()
    expect(page.get_by_text("None")).to_have_count(0)
    expect(page.get_by_text("no receipt")).to_have_count(3)


@pytest.mark.parametrize("theme", THEMES)
def test_formgraders_menus_stand_side_by_side_in_either_theme(
    theme: str, browser: Browser, server: LabServer, screenshots: Path
) -> None:
    with browser.new_context(
        color_scheme=theme, viewport={"width": 1280, "height": 900}
    ) as context:
        page = context.new_page()
        page.goto(server.address())
        page.goto(server.address(f"/formgrader/manage_submissions/{LAB}"))
        expect(page.get_by_text("ada, –")).to_be_visible()
        entries = page.locator(".nav-stacked > li").all()
        boxes = [entry.bounding_box() for entry in entries]
        tops, lefts = {box["y"] for box in boxes if box}, [box["x"] for box in boxes if box]
        assert len(tops) == 1 and lefts == sorted(set(lefts))
        ground = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        assert (ground == "rgb(22, 22, 22)") is (theme == "dark")
        for width in (1280, 800):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=screenshots / f"formgrader-{theme}-{width}.png")


def test_the_feedback_page_says_what_was_reached_and_what_is_still_to_be_read(
    feedback: Callable[..., Page],
) -> None:
    page = feedback("ada")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lab 01: sums you can defend")
    expect(page.get_by_text("10 of 10 points, essay to be read (10 points)")).to_be_visible()
    table = page.get_by_role("table", name="Tasks")
    letter = table.get_by_role("row").filter(has_text="3 · A letter")
    expect(letter).to_contain_text("to be read")
    letter.get_by_role("link").click()
    expect(page.get_by_role("heading", name="3 · A letter")).to_be_in_viewport()
    expect(page.get_by_text("Twice is twice.")).to_be_visible()
    assert page.locator("[onclick]").count() == 0


def test_the_feedback_page_holds_nothing_of_progress_hints_or_handing_in(
    feedback: Callable[..., Page],
) -> None:
    text = str(feedback("ada").locator("body").text_content())
    for untrue in ("Handed in", "Hints for", "Not handed in", "in practice, essays not counted"):
        assert untrue not in text


def test_a_failed_check_is_there_with_its_trap_and_an_unwritten_essay_says_so(
    feedback: Callable[..., Page],
) -> None:
    page = feedback("bob")
    card = page.locator(".labkit-card").first
    expect(card).to_contain_text("Known trap: squares instead of doubling")
    rows = page.get_by_role("table", name="Tasks").get_by_role("row")
    expect(rows.filter(has_text="1 · Twice as much")).to_contain_text("failed")
    expect(rows.filter(has_text="3 · A letter")).to_contain_text("nothing written")


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_serious_stands_against_the_feedback_page(
    theme: str, feedback: Callable[..., Page], screenshots: Path
) -> None:
    page = feedback("bob", theme)
    for summary in page.locator("summary").all():
        summary.click()
    assert not serious(page)
    for width in (1280, 800):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=screenshots / f"feedback-{theme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", THEMES)
def test_the_instructors_page_tells_how_the_cohort_stands(
    theme: str, open_page: OpenPage, server: LabServer, screenshots: Path
) -> None:
    page, _ = open_page(server)
    page.goto(server.address())
    table = page.get_by_role("table", name="Points are those given so far")
    row = table.get_by_role("row").filter(has_text="01 · Sums")
    expect(row.get_by_role("cell")).to_have_text(
        ["4", "4", "2", "1", "3.8 ± 4.1 of 20", re.compile("due 1 Mar 2026")]
    )
    expect(table).to_contain_text(
        "Most frequent known trap: squares instead of doubling (1 · Twice as much, 2 times)."
    )
    use_theme(page, theme)
    for width in (1280, 800):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=screenshots / f"instructor-{theme}-{width}.png")
    found = Axe().run(page, context=".labkit-home").response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_the_report_opens_from_the_menu_and_from_the_page(
    open_page: OpenPage, server: LabServer
) -> None:
    page, _ = open_page(server)
    page.goto(server.address())
    expect(page.get_by_role("link", name="Report")).to_be_visible()
    view = page.get_by_role("menuitem", name="View", exact=True)
    entry = page.get_by_role("menuitem", name="Report on the cohort")
    for _ in range(20):  # the entry comes a moment after the page; an open menu stays as it is
        view.click()
        page.wait_for_timeout(500)
        if entry.is_visible():
            break
        page.keyboard.press("Escape")
    with page.expect_popup() as opened:
        entry.click()
    report = opened.value
    expect(report.get_by_role("table").first).to_contain_text("Sums")
    heading = report.locator("#learners ~ .wide th button", has_text="points")
    heading.click()
    expect(report.locator("#learners ~ .wide th[aria-sort=ascending]")).to_have_count(1)
    # Nothing in it may act as the instructor who is logged in.
    assert report.evaluate("window.origin") == "null"


def test_buttons_grade_and_export_as_the_commands_do(
    open_page: OpenPage, server: LabServer
) -> None:
    page, _ = open_page(server)
    page.goto(server.address())
    page.get_by_role("button", name="Grade for lab 01").click()
    expect(page.get_by_text("grade 01_sums is done.")).to_be_visible()
    expect(page.get_by_text("01_sums: 0 graded, 4 unchanged")).to_be_visible()
    page.get_by_role("button", name="Export grades for lab 01").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download grades.csv").click()
    assert "points_to_be_read" in Path(download.value.path()).read_text(encoding="utf-8")
