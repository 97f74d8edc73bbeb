"""The report in a real browser: both themes, two widths, keyboard, no request, nothing acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, expect

from labkit.cohort.board import class_page, own_page
from labkit.cohort.certificate import certificate_page
from labkit.cohort.gather import Cohort, Lab, Learner, Result, Work
from labkit.cohort.similar_page import write_findings
from labkit.cohort.similarity import Findings, Number, Pair
from labkit.cohort.write import write_report
from labkit.credentials.proof import did_of
from labkit.credentials.record import Facts, Task, make, seal
from labkit.exercise.outcome import Status

EVIL = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 200 learners and 14 labs of eight tasks, with script in all that is typed."""
    rng = np.random.default_rng(7)
    learners = tuple(
        Learner(f"l{place:03}{EVIL if place == 3 else ''}", EVIL) for place in range(200)
    )
    labs = tuple(
        Lab(f"{n:02}_lab", f"Lab {n} {EVIL if n == 2 else ''}",
            {f"t{k}": f"{k} · Task {k}" for k in range(8)}, 80.0)
        for n in range(1, 15)
    )  # fmt: skip
    works = {}
    for learner, skill in zip(learners, rng.random(200), strict=True):
        for lab in labs:
            results = {}
            for task in lab.tasks:
                right = rng.random() < skill
                status = Status.PASSED if right else Status.FAILED
                trap = "" if right or rng.random() < 0.7 else f"Takes the mean {EVIL}"
                results[task] = Result(10.0 * right, 10.0, False, status, trap)
            works[learner.id, lab.name] = Work(results)
    cohort = Cohort("A course", datetime(2026, 1, 1, tzinfo=UTC), learners, labs, works)
    place = tmp_path_factory.mktemp("report")
    write_report(cohort, place)
    write_report(cohort, place, learners[0].id)
    names = (learners[2].id, learners[3].id)
    works = {("02_lab", name): {"test_t1": f"x = 1  # {EVIL}\n" * 30} for name in names}
    pair = Pair("02_lab", names, 50.0, {"test_t1": 1.0})
    number = Number("02_lab", f"test_{EVIL}", names[0], (1.2345,), names, "practice")
    write_findings(cohort, Findings((pair,), (number,), works), place)
    (place / "certificate.html").write_bytes(certificate_page(made_record(), EVIL))
    course = {"title": f"A course {EVIL}", "modules": [
        {"name": lab.name, "tasks": [{"name": task, "title": f"{title} {EVIL}"}
                                     for task, title in lab.tasks.items()]}
        for lab in labs[:3]
    ]}  # fmt: skip
    tried = {"passed": False, "tries": 4, "when": "2026-01-05T10:00:00+00:00"}
    tasks = {"02_lab": {"t0": tried | {"passed": True}, "t1": tried, "t2": tried}}
    records = [{"name": one.id, "since": tried["when"], "tasks": tasks} for one in learners[:30]]
    (place / "board.html").write_bytes(
        class_page(records, course, datetime(2026, 1, 5, 12, tzinfo=UTC))
    )
    for name, record in (("shown", records[3]), ("hidden", None)):
        page = own_page(record, course, learners[3].id, f"teacher {EVIL}", '"><script>')
        (place / f"{name}.html").write_bytes(page)
    return place


def made_record() -> dict[str, Any]:
    """A record with script in all that a course says."""
    when = datetime(2026, 1, 1, tzinfo=UTC)
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    did = did_of(key.public_key())
    tasks = tuple(Task(f"t{n}", f"{n} · Task {EVIL}", 5.0, 10.0) for n in range(8))
    facts = Facts(
        "urn:uuid:00000000-0000-4000-8000-000000000001", (did, EVIL), ("emailAddress", "a@b"), "s",
        ("urn:x", f"Supply chains {EVIL}", EVIL), ("Order well", EVIL), tasks, EVIL, EVIL,
        when, when,
    )  # fmt: skip
    return seal(make(facts), key, when)


@pytest.fixture
def opened(browser: Browser, folder: Path) -> Iterator[Callable[..., Page]]:
    contexts, said = [], []

    def open_page(name: str, theme: str = "light", width: int = 1280) -> Page:
        context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url))
        page.goto((folder / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in said if not one.startswith(("file:", "data:"))] == []


def serious(page: Page) -> list[str]:
    results = Axe().run(page)
    assert results.response["passes"], "axe looked at nothing"
    return [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['failureSummary']}"
        for one in results.response["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 800)])
@pytest.mark.parametrize(
    "name",
    [
        "report.html",
        "learners/l000/report.html",
        "similar.html",
        "certificate.html",
        "board.html",
        "shown.html",
        "hidden.html",
    ],
)
def test_nothing_serious_is_found_and_nothing_typed_acts(
    opened: Callable[..., Page], screenshots: Path, name: str, theme: str, width: int
) -> None:
    page = opened(name, theme, width)
    page.screenshot(
        path=screenshots / f"cohort-{Path(name).parent.name}-{Path(name).stem}-{theme}-{width}.png"
    )
    sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert sideways <= 0
    assert page.title() != "owned"
    # Of the large table a part is enough: axe takes its time with 2,800 cells.
    page.evaluate("document.querySelectorAll('tbody tr:nth-child(n+12)').forEach(r => r.remove())")
    assert serious(page) == []


def test_a_table_is_sorted_with_the_keyboard(opened: Callable[..., Page]) -> None:
    page = opened("report.html")
    heading = page.locator("#learners ~ .wide th", has_text="points")
    heading.locator("button").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    column = page.locator("#learners ~ .wide tbody tr td:nth-child(4)").all_inner_texts()
    numbers = [float(text) for text in column]
    assert numbers == sorted(numbers) and numbers[0] < numbers[-1]
    page.keyboard.press("Space")
    expect(heading).to_have_attribute("aria-sort", "descending")


def test_a_point_of_the_plot_leads_to_its_task_with_the_keyboard(
    opened: Callable[..., Page],
) -> None:
    page = opened("report.html")
    point = page.get_by_role("link", name="5 · Task 5 (03_lab)")
    point.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector(':target').cells[1].innerText") == "03_lab"
