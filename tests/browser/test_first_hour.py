"""The first hour of a learner, told in one go in a real browser, and an instructor's first look.

Both begin with the command that people type. No step may leave an error on the console, an answer
of 400 or more, or a request to another host: `open_page` sees to that.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from lab_server import PATIENCE, ROOT, LabServer, Watch, running_lab, use_theme
from notebook_page import NotebookPage, expose_jupyterlab

OpenPage = Callable[..., tuple[Page, Watch]]
LAB = "08_rl_supply_chain"
LABKIT = [sys.executable, "-m", "labkit.cli"]


@contextmanager
def labkit_lab(root: Path, *options: str) -> Iterator[LabServer]:
    """Run `labkit lab` in a course's folder."""
    home = root / "home"
    expose_jupyterlab(home)
    command = [*LABKIT, "lab", "--no-browser", *options]
    with running_lab(root, home, command=command) as running:
        yield running


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Path:
    """The course's folder as it is after set-up: sources, and the released workbook."""
    root = tmp_path / "course"
    for part in ("course", "labs", "grader/exams"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("jupyter_server_config.py", "nbgrader_config.py", "grader/nbgrader_config.py"):
        shutil.copy(ROOT / part, root / part)
    shutil.copytree(released, root / "workbook")
    return root


@pytest.fixture
def learners_lab(course: Path) -> Iterator[LabServer]:
    with labkit_lab(course) as running:
        yield running


@pytest.fixture
def instructors_lab(course: Path) -> Iterator[LabServer]:
    command = [*LABKIT, "sample-cohort", LAB]
    subprocess.run(command, cwd=course, check=True, stdout=subprocess.DEVNULL)
    with labkit_lab(course, "--instructor") as running:
        yield running


def right_answer() -> str:
    """The source of a right answer to the task `newsvendor`, under the name the lab asks for."""
    text = (ROOT / "tests" / "labs" / LAB / "newsvendor.py").read_text(encoding="utf-8")
    name = "_by_search_on_the_cost"
    found = [
        ast.get_source_segment(text, part)
        for part in ast.parse(text).body
        if isinstance(part, ast.FunctionDef) and part.name == name
    ]
    answer = str(found[0]).replace(name, "newsvendor_quantity")
    whole = 'WHOLE = ("poisson", "negative_binomial", "discrete")'
    return f"from scipy import optimize\n\n{whole}\n\n\n{answer}"


def take_pictures(page: Page, folder: Path, name: str) -> None:
    """Picture the page in both themes, wide and narrow."""
    for theme in ("light", "dark"):
        use_theme(page, theme)
        expect(page.locator("#jupyterlab-splash")).to_have_count(0)
        for width in (1280, 800):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=folder / f"first-hour-{name}-{theme}-{width}.png")
    page.set_viewport_size({"width": 1280, "height": 900})
    use_theme(page, "light")


def module_on(page: Page) -> Locator:
    return page.get_by_role("article").filter(has=page.get_by_role("link", name="Lab of module 08"))


def go_home(page: Page) -> Locator:
    page.get_by_role("tab", name="Course home").click()
    return module_on(page)


def play_with_the_lesson(page: Page, screenshots: Path) -> None:
    page.get_by_role("link", name="Lesson of module 08", exact=True).click()
    lesson = NotebookPage(page)
    lesson.wait_for_kernel()
    lesson.run_text("lab = open_lab(edition=1)")
    outputs = lesson.run_text("widgets.explore_base_stock()")
    picture = outputs.locator("img").first
    before = picture.get_attribute("src")
    assert before
    slider = outputs.locator(".widget-slider", has_text="level").get_by_role("slider")
    slider.press("ArrowLeft")
    expect(picture).not_to_have_attribute("src", before)
    outputs.screenshot(path=screenshots / "readme-slider.png")
    page.set_viewport_size({"width": 800, "height": 900})
    track = outputs.locator(".widget-slider", has_text="level").locator(".noUi-target")
    box = track.bounding_box()
    assert box and box["width"] > 80 and box["x"] + box["width"] < 780, "the slider is squeezed"
    take_pictures(page, screenshots, "lesson")
    # What is not saved would keep the browser from reloading without a question.
    lesson.save()


def work_in_the_lab(page: Page, screenshots: Path) -> NotebookPage:
    page.get_by_role("link", name="Lab of module 08", exact=True).click()
    expect(page.get_by_role("tab", name="Lab 08")).to_be_visible()
    lab = NotebookPage(page)
    lab.wait_for_kernel()
    lab.run_text("lab = open_lab(edition=1)")

    answer = lab.cell("def newsvendor_quantity")
    lab.write(
        answer,
        "def newsvendor_quantity(demand, holding, penalty):\n    return distributions.mean(demand)",
    )
    lab.run(answer)
    card = lab.run_text('lab.check("newsvendor"')
    expect(card).to_contain_text("✘ failed")
    expect(card).to_contain_text("ignores what a shortage")
    card.screenshot(path=screenshots / "readme-check.png")

    check = lab.cell('lab.check("newsvendor"')
    check.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text('lab.hint("newsvendor")  # one hint')
    hint = lab.run_text("# one hint")
    expect(hint).to_contain_text("the chance that it sells")

    answer = lab.cell("def newsvendor_quantity")
    lab.write(answer, right_answer())
    lab.run(answer)
    card = lab.run_text('lab.check("newsvendor"')
    expect(card).to_contain_text("✔ passed")
    expect(card).to_contain_text("up from")
    take_pictures(page, screenshots, "lab")
    lab.save()
    return lab


def hand_in(lab: NotebookPage) -> None:
    """Hand in without the rehearsal, which test_learners_loop.py waits for on a smaller lab."""
    cell = lab.cell("from labkit.desk.submit import submit")
    lab.write(
        cell, f'from labkit.desk.submit import submit\n\nsubmit("{LAB}", now=True, validate=False)'
    )
    lab.save()
    outputs = lab.run(cell)
    expect(outputs).to_contain_text("receipt")


def test_a_learner_plays_fails_takes_a_hint_passes_comes_back_and_hands_in(
    learners_lab: LabServer, open_page: OpenPage, screenshots: Path
) -> None:
    server = learners_lab
    page, _ = open_page(server)
    page.goto(server.address("/"))
    expect(page.get_by_role("link", name="Begin with the lesson of module")).to_be_visible(
        timeout=PATIENCE
    )
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.screenshot(path=screenshots / "readme-home.png")

    play_with_the_lesson(page, screenshots)
    go_home(page)
    lab = work_in_the_lab(page, screenshots)

    passed = "1 of 7 tasks passed · 10 of 90 points"
    expect(go_home(page)).to_contain_text(passed)
    page.reload()
    expect(module_on(page)).to_contain_text(passed, timeout=PATIENCE)

    # By its address, since JupyterLab brings the page of its address to the front at the end.
    page.goto(server.address(f"/lab/tree/labs/{LAB}/rl_supply_chain.ipynb"))
    lab = NotebookPage(page)
    lab.wait_for_kernel()
    expect(lab.cell('lab.check("newsvendor"')).to_contain_text("✔ passed")
    hand_in(lab)
    expect(go_home(page)).to_contain_text(re.compile("Packed, not sent yet.*receipt"))
    take_pictures(page, screenshots, "handed-in")


def test_an_instructor_sees_formgrader_with_what_the_sample_cohort_handed_in(
    instructors_lab: LabServer, open_page: OpenPage, screenshots: Path
) -> None:
    page, _ = open_page(instructors_lab)
    page.goto(instructors_lab.address("/"))
    expect(module_on(page)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    page.get_by_role("menuitem", name="Formgrader", exact=True).click()
    row = page.frame_locator("iframe").locator("tr").filter(has_text=LAB)
    expect(row.locator("td.num-submissions")).to_have_text("4", timeout=PATIENCE)
    take_pictures(page, screenshots, "formgrader")
