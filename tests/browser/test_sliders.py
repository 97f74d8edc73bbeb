"""A slider of each lesson moved in a live JupyterLab: picture and alternative text follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page, expect

from lab_server import PATIENCE, LabServer, Watch, running_lab

OpenPage = Callable[..., tuple[Page, Watch]]
ROOT = Path(__file__).resolve().parents[2]
# A lesson, and how the cell with its exploration begins.
LESSONS = {
    "07_neuro_symbolic_diagnosis": "widgets.explore_diagnosis(",
    "08_rl_supply_chain": "widgets.explore_base_stock(",
    "09_causal_uplift": "widgets.explore_confounding(",
    "11_tinyml_pico": "widgets.explore_bits(",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Serve a notebook a lesson that holds its exploration alone, so that it starts soon."""
    folder = tmp_path_factory.mktemp("sliders")
    (folder / "work").mkdir()
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name, start in LESSONS.items():
        lesson = nbformat.read(ROOT / "course" / name / "lesson.ipynb", 4)
        (shown,) = [cell.source for cell in lesson.cells if cell.source.startswith(start)]
        trend = name.partition("_")[2]
        sources = (f"from labkit.trends.{trend} import widgets", shown)
        cells = [new_code_cell(source) for source in sources]
        notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, folder / "work" / f"{name}.ipynb")
    with running_lab(folder / "work", folder / "home") as running:
        yield running


@pytest.mark.parametrize("name", LESSONS)
def test_moving_a_slider_changes_the_picture_and_its_words(
    open_page: OpenPage, server: LabServer, screenshots: Path, name: str
) -> None:
    page, _ = open_page(server)
    page.goto(server.address(f"/lab/tree/{name}.ipynb") + "&reset")
    expect(page.locator(".jp-Notebook")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Idle")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    slider = page.locator(".jp-OutputArea .noUi-handle").first
    expect(slider).to_be_visible(timeout=PATIENCE)
    picture = page.locator(".jp-OutputArea-output img")
    before = picture.get_attribute("src"), picture.get_attribute("alt")
    assert before[1]
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(picture).not_to_have_attribute("src", before[0] or "")
    expect(picture).not_to_have_attribute("alt", before[1])
    expect(page.locator(".jp-OutputArea-output img")).to_have_count(1)
    page.screenshot(path=screenshots / f"slider-{name}.png")
