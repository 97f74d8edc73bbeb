"""The instructor's JupyterLab: the same home page, and nbgrader's own menus."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from lab_server import ROOT, Watch, running_lab
from labkit.desk.serve import INSTRUCTOR, prepare_instructor


def test_the_instructor_finds_home_page_and_formgrader(
    open_page: Callable[..., tuple[Page, Watch]], tmp_path: Path
) -> None:
    root = tmp_path / "repository"
    for name in ("course", "labs"):
        shutil.copytree(ROOT / name, root / name)
    prepare_instructor(root)
    with running_lab(root, tmp_path / "home", INSTRUCTOR) as server:
        page, _ = open_page(server)
        page.goto(server.address())
        link = page.get_by_role("link", name="Lab of module 08")
        expect(link).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("menuitem", name="Nbgrader").click()
        page.get_by_role("menuitem", name="Formgrader").click()
        expect(page.locator(".lm-TabBar-tab", has_text="Formgrader")).to_be_visible()
        expect(page.frame_locator("iframe").get_by_text("Manage Assignments").first).to_be_visible()
        page.close()  # before the server, which it would miss
