"""Cards in a live notebook: themes, widths, keyboard, screen readers, and a notebook re-opened."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect

from lab_server import PATIENCE, LabServer, Watch, running_lab

OpenPage = Callable[..., tuple[Page, Watch]]
KINDS = """
from labkit.exercise import cards
from labkit.exercise.outcome import Outcome, Status
from labkit.exercise.quiz import Option, Question
from labkit.exercise.summary import progress_card
from labkit.exercise.task import LabSpec, Task

def shown(status, score, before=None, **more):
    outcome = Outcome(status, score, "2 of 4 cases are right: the order is 12, not 14.", **more)
    display(cards.outcome_card("newsvendor", outcome, 15, "your practice instance", before))

shown(Status.PASSED, 1.0, 0.5)
shown(Status.PARTIAL, 0.5, on="lead time 2", next_step="Compare.", misconception="Periods")
shown(Status.FAILED, 0.0, printed="one\\n\\ntwo")
shown(Status.NOT_ATTEMPTED, 0.0)
shown(Status.ERROR, 0.0, 0.5, next_step="x" * 300)
display(cards.hint_card("newsvendor", ("Look at the ratio.", "Use the quantile."), 2))
question = Question("q", "Can it be negative?", (Option("yes", "No."), Option("no", "So.", True)))
display(cards.question_card("08_rl_supply_chain", question), cards.answer_card(question, "a"))
spec = LabSpec(8, "rl_supply_chain", 1,
               tuple(Task(name, 10, print, ()) for name in ("newsvendor", "order_up_to")),
               (question,))
tries = [{"score": 0.5, "when": "1"}, {"score": 1.0, "when": "2"}]
task = {"best": 1.0, "tries": 2, "status": "passed", "history": tries}
display(progress_card(spec, {"tasks": {"newsvendor": task}}))
display(cards.notice_card("Progress", "The progress file was broken and has been set aside."))
"""
CARDS = 10
TWO_LINES = 32  # pixels
HEIGHTS = """cells => cells.map(cell => {
  const text = document.createRange();
  text.selectNodeContents(cell);
  return text.getBoundingClientRect().height;
})"""
WRAPS = "cells => cells.map(cell => getComputedStyle(cell).overflowWrap)"
SQUARES = """
from labkit.exercise import instances
from labkit.exercise.guard import call
from labkit.exercise.reading import as_number
from labkit.exercise.lab import Lab
from labkit.exercise.outcome import failed, passed
from labkit.exercise.task import LabSpec, Task

def judge(answer, instance):
    value = as_number(call(answer, 3, seconds=5), "square")
    return passed("The square is right.") if value == 9 else failed("The square is wrong.")

instances.practice = lambda slug: {"square": [{}]}
lab = Lab(LabSpec(99, "squares", 1, (Task("square", 10, judge, ("Multiply.",)),)), 1)
_ = lab.check("square", lambda x: x)
lab.hint("square")
_ = lab.check("square", lambda x: x * x)
lab.progress()
"""


def write(path: Path, *sources: str) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [new_code_cell(source.strip()) for source in sources]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    folder = tmp_path_factory.mktemp("cards")
    (folder / "work").mkdir()
    write(folder / "work" / "kinds.ipynb", KINDS)
    write(folder / "work" / "squares.ipynb", SQUARES)
    with running_lab(folder / "work", folder / "home") as running:
        yield running


def opened(open_page: OpenPage, server: LabServer, name: str, **options: int) -> Page:
    page, _ = open_page(server, **options)
    page.goto(server.address(f"/lab/tree/{name}") + "&reset")
    expect(page.locator(".jp-Notebook")).to_be_visible(timeout=PATIENCE)
    return page


def choose_theme(server: LabServer, name: str) -> None:
    """Set JupyterLab's theme, "Light" or "Dark", for pages opened from now on."""
    path = server.home / "settings" / "@jupyterlab" / "apputils-extension"
    path.mkdir(parents=True, exist_ok=True)
    setting = json.dumps({"theme": f"JupyterLab {name}"})
    (path / "themes.jupyterlab-settings").write_text(setting)


def run_all(page: Page, cards: int) -> Locator:
    """Run the notebook, save it, and give its cards."""
    found = page.locator(".labkit-card, .labkit-question")
    if found.count() < cards:
        expect(page.get_by_text(re.compile("Python 3.*Idle"))).to_be_visible(timeout=PATIENCE)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(found).to_have_count(cards, timeout=PATIENCE)
    page.locator(".jp-Notebook").press("Control+s")
    return found


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical in the cards."""
    page.locator(".labkit-card").first.wait_for()
    results = Axe().run(page, context=".jp-OutputArea-output .labkit-card")
    assert results.response["passes"], "axe looked at nothing"
    return [
        f"{found['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for found in results.response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_every_kind_of_card_is_readable_in_both_themes_and_widths(
    open_page: OpenPage, server: LabServer, screenshots: Path, theme: str
) -> None:
    choose_theme(server, theme)
    page = opened(open_page, server, "kinds.ipynb", height=2400)
    cards = run_all(page, CARDS)
    for width in (1280, 800):
        page.set_viewport_size({"width": width, "height": 2400})
        page.screenshot(path=screenshots / f"cards-{theme.lower()}-{width}.png")
        assert serious(page) == []
        for card in cards.all():
            sizes = card.evaluate("card => [card.scrollWidth, card.clientWidth]")
            assert sizes[0] <= sizes[1], "something is wider than its card"
        heights = page.locator(".labkit-card table td").evaluate_all(HEIGHTS)
        assert heights and max(heights) < TWO_LINES, "a number or a badge is broken"
        wraps = page.locator(".labkit-card th").evaluate_all(WRAPS)
        assert set(wraps) == {"break-word"}, "a heading may break within a word"


def test_a_fold_opens_by_the_keyboard_alone(open_page: OpenPage, server: LabServer) -> None:
    page = opened(open_page, server, "kinds.ipynb")
    run_all(page, CARDS)
    fold = page.locator(".labkit-card details").first
    page.locator(".jp-OutputArea").first.click(position={"x": 2, "y": 2})
    for _ in range(40):
        page.keyboard.press("Tab")
        if fold.locator("summary").evaluate("fold => fold === document.activeElement"):
            break
    expect(fold.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("open", "")
    expect(page.locator(".labkit-card, .labkit-question")).to_have_count(CARDS)


def test_a_check_fails_takes_a_hint_passes_and_is_still_there_when_reopened(
    open_page: OpenPage, server: LabServer
) -> None:
    page = opened(open_page, server, "squares.ipynb")
    cards = run_all(page, 4)
    expected = [
        r"square: ✘ failed.*0 of 10 points",
        "Hints for square.*Multiply",
        r"square: ✔ passed.*10 of 10 points.*up from 0 of 10",
        "10 of 10 points in practice.*square.*passed.*0.0 -> 1.0 since your last try.*not yet",
    ]
    for place, text in enumerate(expected):
        expect(cards.nth(place)).to_have_text(re.compile(text, re.DOTALL))
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
    page.reload()
    for place, text in enumerate(expected):
        expect(cards.nth(place)).to_have_text(re.compile(text, re.DOTALL), timeout=PATIENCE)
    kept = json.loads((server.labkit_home / "progress.json").read_text())
    assert kept["labs"]["99_squares"]["tasks"]["square"]["best"] == 1.0


def test_a_notebook_that_is_not_trusted_shows_its_cards_as_they_are(
    open_page: OpenPage, server: LabServer, screenshots: Path
) -> None:
    from labkit.exercise import cards
    from labkit.exercise.outcome import passed

    made = [
        cards.outcome_card("newsvendor", passed("Right."), 15, "your practice instance", 0.5),
        cards.table_card("Progress", "so far", ["task", "last"], [["a", "failed"]]),
    ]
    path = server.folder / "foreign.ipynb"
    write(path, "1")
    notebook = nbformat.read(path, 4)
    notebook.cells[0].outputs = [
        nbformat.v4.new_output("display_data", card._repr_mimebundle_()) for card in made
    ]
    nbformat.write(notebook, path)
    page = opened(open_page, server, "foreign.ipynb")
    shown = page.locator(".labkit-card")
    expect(shown).to_have_count(2)
    assert "aria-hidden" not in shown.first.inner_html(), "it was trusted"
    expect(
        shown.first.get_by_role("heading", name=re.compile("newsvendor: . passed"))
    ).to_be_visible()
    expect(shown.nth(1).get_by_role("columnheader", name="last")).to_be_visible()
    page.screenshot(path=screenshots / "cards-untrusted.png")
    assert serious(page) == []
    ground = shown.first.locator("h4 > span").last.evaluate(
        "e => getComputedStyle(e).backgroundColor"
    )
    assert ground == "rgb(46, 125, 50)"
