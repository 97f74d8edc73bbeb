"""The home page in a real browser: the first minute, progress, keyboard, themes, accessibility."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lab_server import PATIENCE, LabServer, Watch, running_lab

OpenPage = Callable[..., tuple[Page, Watch]]
LAB = "08_rl_supply_chain"


@pytest.fixture(scope="module")
def server(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    folder = tmp_path_factory.mktemp("learner")
    shutil.copytree(released, folder / "workbook")
    with running_lab(folder / "workbook", folder / "home") as running:
        yield running


@pytest.fixture(autouse=True)
def fresh_progress(server: LabServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process write where the server reads, beginning with nothing."""
    monkeypatch.setenv("LABKIT_HOME", str(server.labkit_home))
    shutil.rmtree(server.labkit_home, ignore_errors=True)


def home_page(open_page: OpenPage, server: LabServer, **options: object) -> Page:
    page, _ = open_page(server, **options)
    page.goto(server.address("/lab/tree/HOME.md"))
    expect(page.get_by_role("heading", name="Next step")).to_be_visible(timeout=PATIENCE)
    return page


def test_the_first_start_shows_the_home_page_and_asks_nothing(
    open_page: OpenPage, server: LabServer
) -> None:
    page, _ = open_page(server)
    page.goto(server.address("/"))
    expect(page.get_by_role("link", name="Begin with the lesson of module 08")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
