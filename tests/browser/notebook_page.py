"""A notebook in JupyterLab as a learner works in it: open, write into cells, run them, save.

Finding and unfolding a cell goes through JupyterLab's own model, since cells out of sight are not
drawn; all else that a learner does is done with mouse and keyboard.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from lab_server import PATIENCE

# True once the notebook in front has a cell with this text: JupyterLab draws the first cells
# before it has read the others.
HOLDS = """text => (window.jupyterapp.shell.currentWidget?.content?.widgets ?? []).some(
  cell => cell.model?.sharedModel.getSource().includes(text))"""
SHOW = """async text => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  const place = notebook.widgets.findIndex(
    cell => cell.model.sharedModel.getSource().includes(text));
  notebook.activeCellIndex = place;
  notebook.widgets[place].inputHidden = false;
  await notebook.scrollToItem(place, 'start');
  return place;
}"""
# Notes when a cell has run. Its number may be that of a kernel before, and a quick cell shows its
# star too briefly to be seen.
WATCH = """place => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[place];
  cell.labkitRan = false;
  cell.model.stateChanged.connect((_, change) => {
    if (change.name === 'executionCount' && change.newValue) cell.labkitRan = true;
  });
}"""
HAS_RUN = """place =>
  window.jupyterapp.shell.currentWidget.content.widgets[place].labkitRan"""
RAN = re.compile(r"^\[\d+\]:")


def expose_jupyterlab(home: Path) -> None:
    """Let tests ask JupyterLab's page for its model, by the settings of this home's user."""
    config = home / "config" / "jupyter_lab_config.json"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(json.dumps({"LabApp": {"expose_app_in_browser": True}}))


class NotebookPage:
    """The notebook in front of a JupyterLab page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.locator(".jp-NotebookPanel:visible")

    def wait_for_kernel(self) -> None:
        """Wait until the status bar says that a kernel waits for work."""
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text(
            re.compile(r"\| Idle"), timeout=PATIENCE
        )

    def cell(self, text: str) -> Locator:
        """Bring the first cell that holds a text into view."""
        self.page.wait_for_function(HOLDS, arg=text, timeout=PATIENCE)
        place = self.page.evaluate(SHOW, text)
        return self.panel.locator(f'.jp-Cell[data-windowed-list-index="{place}"]')

    def write(self, cell: Locator, text: str) -> None:
        """Put a text into a cell in place of what stands there."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def start(self, cell: Locator) -> None:
        """Run a cell without waiting for its end."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+Enter")

    def run(self, cell: Locator) -> Locator:
        """Run a cell to its end; give its outputs."""
        place = int(cell.get_attribute("data-windowed-list-index") or 0)
        self.page.evaluate(WATCH, place)
        self.start(cell)
        self.page.wait_for_function(HAS_RUN, arg=place, timeout=PATIENCE)
        expect(cell.locator(".jp-InputPrompt")).to_have_text(RAN, timeout=PATIENCE)
        return cell.locator(".jp-Cell-outputArea")

    def run_text(self, text: str) -> Locator:
        """Run the first cell that holds a text; give its outputs."""
        return self.run(self.cell(text))

    def save(self) -> None:
        """Save with the keyboard, and wait until JupyterLab has."""
        self.page.keyboard.press("ControlOrMeta+s")
        expect(self.page.locator(".jp-mod-current.jp-mod-dirty")).to_have_count(0)
        self.page.wait_for_function(
            "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
        )
