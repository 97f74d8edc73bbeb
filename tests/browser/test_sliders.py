"""A slider of each lesson moved in a live JupyterLab: the picture and its words follow.

The words are the picture's alternative text: in the page, where a screen reader finds them, and in
the saved notebook, where nbconvert and the reading site take them from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect

from catalogue import AVAILABLE, ROOT, module_data
from lab_server import PATIENCE, LabServer, Watch, running_lab

OpenPage = Callable[..., tuple[Page, Watch]]
# A lesson, and how the line with its exploration begins.
LESSONS = {name: module_data("course", name).EXPLORERS[0] for name in AVAILABLE}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Serve a notebook a lesson that holds its exploration alone, so that it starts soon."""
    folder = tmp_path_factory.mktemp("sliders")
    (folder / "work").mkdir()
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name, start in LESSONS.items():
        lesson = nbformat.read(ROOT / "course" / name / "lesson.ipynb", 4)
        (shown,) = [cell.source for cell in lesson.cells if f"\n{start}" in f"\n{cell.source}"]
        trend = name.partition("_")[2]
        sources = (f"from labkit.trends.{trend} import widgets", shown)
        cells = [new_code_cell(source) for source in sources]
        notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, folder / "work" / f"{name}.ipynb")
    with running_lab(folder / "work", folder / "home") as running:
        yield running


@pytest.mark.parametrize("name", LESSONS)
def test_a_moved_slider_changes_the_picture_and_its_words(
    open_page: OpenPage, server: LabServer, screenshots: Path, name: str
) -> None:
    page, _ = open_page(server)
    page.goto(server.address(f"/lab/tree/{name}.ipynb") + "&reset")
    expect(page.locator(".jp-Notebook")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile("Python 3.*Idle"))).to_be_visible(timeout=PATIENCE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    slider = page.locator(".jp-OutputArea .noUi-handle").first
    expect(slider).to_be_visible(timeout=PATIENCE)
    picture = page.locator(".jp-OutputArea-output img")
    before = picture.get_attribute("src")
    first_words = picture.get_attribute("alt")
    assert first_words, "the picture has no alternative text"
    slider.focus()
    at_its_lowest = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemin")
    page.keyboard.press("ArrowRight" if at_its_lowest else "ArrowLeft")
    expect(picture).not_to_have_attribute("src", before or "")
    expect(picture).not_to_have_attribute("alt", first_words)
    expect(picture).to_have_count(1)
    page.screenshot(path=screenshots / f"slider-{name}.png")
    assert serious_in_pictures(page) == []
    page.locator(".jp-Notebook").press("Control+s")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0, timeout=PATIENCE)
    saved = nbformat.read(server.folder / f"{name}.ipynb", 4)
    shown = [out for out in saved.cells[1].outputs if "image/png" in out.get("data", {})]
    words = [out.metadata["image/png"]["alt"] for out in shown]
    assert words == [picture.get_attribute("alt")]


def serious_in_pictures(page: Page) -> list[str]:
    """What axe finds serious or critical in the pictures."""
    results = Axe().run(page, context=".jp-RenderedImage")
    assert any(rule["id"] == "image-alt" for rule in results.response["passes"])
    return [
        found["id"]
        for found in results.response["violations"]
        if found["impact"] in ("serious", "critical")
    ]
