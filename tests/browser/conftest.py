"""What the browser tests share: a released workbook, a browser, pages that watch, a picture folder.

A page notes every error on the console, every answer of 400 or more and every request to another
host; the fixture fails the test for each that the test did not take out of the notes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from lab_server import PATIENCE, ROOT, LabServer, Watch
from labkit.authoring.workbook import release_workbook


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released workbook, made once; nobody writes here."""
    folder = tmp_path_factory.mktemp("released") / "workbook"
    release_workbook(ROOT, folder)
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium for all tests of this process; skips, with the reason, where there is none."""
    path = shutil.which("chromium")
    if path is None:
        reason = "the program chromium is not on the PATH"
        if os.environ.get("LABKIT_REQUIRE_TOOLS"):
            pytest.fail(f"{reason}, and LABKIT_REQUIRE_TOOLS asks for it")
        pytest.skip(reason)
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """Return a function that opens a page and gives it with its watch.

    Each page has a browser profile of its own, unless that of another page is given: then they
    are two tabs of one browser. At the end the test fails for whatever the watches still hold.
    """
    contexts = []
    watches = []

    def new_page(
        server: LabServer, width: int = 1280, height: int = 900, beside: Page | None = None
    ) -> tuple[Page, Watch]:
        context: BrowserContext
        if beside is None:
            context = browser.new_context(viewport={"width": width, "height": height})
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
        else:
            context = beside.context
        page = context.new_page()
        watch = Watch(server.url)
        watch.follow(page)
        watches.append(watch)
        return page, watch

    yield new_page
    for context in contexts:
        context.close()
    trouble = "\n".join(filter(None, (watch.verdict() for watch in watches)))
    assert not trouble, trouble


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """The folder for pictures: LABKIT_SCREENSHOTS, else one that goes with the test."""
    folder = Path(os.environ.get("LABKIT_SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
