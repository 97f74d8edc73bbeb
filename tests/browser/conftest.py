"""What the browser tests share: a released workbook, a browser, pages that watch.

A page notes every error on the console, every answer of 400 or more and every request to another
host; the fixture fails the test for each that the test did not take out of the notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lab_server import PATIENCE, ROOT, LabServer, Watch
from labkit.authoring.workbook import release_workbook


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released workbook, made once; nobody writes here."""
    folder = tmp_path_factory.mktemp("released") / "workbook"
    release_workbook(ROOT, folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def patience() -> None:
    """Let expectations wait as long as all else."""
    expect.set_options(timeout=PATIENCE)


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
