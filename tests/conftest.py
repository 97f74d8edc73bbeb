"""What all tests share: one thread each, how they are spread, the system's tools, one browser."""

from __future__ import annotations

import itertools
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Before anything imports NumPy or torch: two test processes share two cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")


FIRST = "tests/site/"
"""The file that takes longest in one piece: begun last, one process would run it alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest file."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Give a worker one file at a time; of tests for every module, one module of the file.

    So what a file or a module prepares is prepared once, and a file that runs every lesson does
    not keep one worker busy for minutes. A test for every module says which one in its id, first.
    """
    from xdist.scheduler import LoadFileScheduling

    from catalogue import AVAILABLE

    if config.getoption("dist") != "loadfile":
        return None

    class OneModuleOfAFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, test = nodeid.partition("::")
            parameters = test.partition("[")[2]
            module = next((name for name in AVAILABLE if parameters.startswith(name)), None)
            return f"{file}[{module}]" if module else file

    return OneModuleOfAFile(config, log)


@pytest.fixture(scope="session")
def need_tool() -> Callable[[str], str]:
    """Return a function that finds a program, skips where it is missing, and fails on CI."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            reason = f"the program {name} is not on the PATH"
            if os.environ.get("LABKIT_REQUIRE_TOOLS"):
                pytest.fail(f"{reason}, and LABKIT_REQUIRE_TOOLS asks for it")
            pytest.skip(reason)
        return path

    return find


@pytest.fixture(scope="session")
def need_sandbox() -> None:
    """Skip where this machine cannot run learner code apart, with the reason, and fail on CI."""
    from labkit.grading.sandbox.protection import protection

    found = protection()
    if not found.sandbox:
        if os.environ.get("LABKIT_REQUIRE_TOOLS"):
            pytest.fail(f"{found.missing}, and LABKIT_REQUIRE_TOOLS asks for a sandbox")
        pytest.skip(found.missing)


@pytest.fixture(scope="module")
def browser(need_tool: Callable[[str], str]) -> Iterator[Browser]:
    """A Chromium for the tests of a file.

    It ends with the file: while it is there an event loop runs in this thread, which other files
    need not expect.
    """
    from playwright.sync_api import sync_playwright

    # Chromium without what only windows need, where there is one: a quarter less of CPU.
    path = shutil.which("chromium-headless-shell") or need_tool("chromium")
    arguments = ["--disable-gpu"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """The folder for pictures of pages: LABKIT_SCREENSHOTS, else one that goes with the test."""
    folder = Path(os.environ.get("LABKIT_SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the time of each folder of tests, and the kill rate of every task's wrong answers."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    folders, files = Counter[str](), Counter[str]()
    for report in itertools.chain(*terminalreporter.stats.values()):
        if isinstance(report, pytest.TestReport):
            file = report.nodeid.partition("::")[0]
            files[file] += report.duration
            folders[file.rpartition("/")[0]] += report.duration
    terminalreporter.section("seconds by folder, and files of more than a minute")
    for name, seconds in [*folders.most_common(), *files.most_common()]:
        if name in folders or seconds > 60:
            terminalreporter.line(f"{seconds:7.1f}  {name}")
    rates = [text for r in reports for name, text in r.user_properties if name == "kill rate"]
    if rates:
        terminalreporter.section("wrong answers killed")
        for text in sorted(rates):
            terminalreporter.line(text)
