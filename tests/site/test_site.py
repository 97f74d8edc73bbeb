"""The reading site as a reader meets it: offline, complete, readable in both themes, no answers."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from labkit.authoring.address import binder_address, binder_of
from labkit.authoring.catalog import load_catalog, render_badge
from labkit.authoring.leaks import collect_secrets, scan_files
from labkit.authoring.reading import SiteError
from labkit.authoring.site import BUILD, build_site, page_files
from labkit.pictures.explorer import STATES_TYPE
from site_course import FORMULAS, LESSON, REAL, REPOSITORY, ROOT, SMALL, make_course

LESSONS = {name: f"course/{name}/lesson.html" for name in (REAL, SMALL)}
THEMES = ("light", "dark")
# A picture that is no `Plot` of ours.
FOREIGN = "from IPython.display import Image\ndisplay(Image(plot.png()))"


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_course(tmp_path_factory.mktemp("site") / "course")
    build_site(root, run=[REAL, SMALL])
    return root


@pytest.fixture(scope="session")
def site(course: Path) -> Path:
    return course / BUILD / "html"


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}/"
        served.shutdown()
        thread.join()


class Reader:
    """Somebody who reads in one theme, and what went wrong meanwhile."""

    def __init__(self, browser: Browser, base: str, theme: str = "light", width: int = 1280):
        self.base = base
        self.trouble: list[str] = []
        context = browser.new_context(viewport={"width": width, "height": 900})
        context.add_init_script(f"localStorage.setItem('mode', '{theme}')")
        self.page: Page = context.new_page()
        self.page.on("request", lambda request: self._watch(request.url))
        self.page.on("requestfailed", lambda request: self.trouble.append(f"lost {request.url}"))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("response", self._answer)

    def open(self, path: str) -> Page:
        self.page.goto(self.base + path, wait_until="networkidle")
        return self.page

    def _watch(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            self.trouble.append(f"asked {url}")

    def _hear(self, message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            self.trouble.append(getattr(message, "text", ""))

    def _answer(self, response: object) -> None:
        status = getattr(response, "status", 0)
        if status >= 400:
            self.trouble.append(f"{status} {getattr(response, 'url', '')}")


class Markup(HTMLParser):
    """The parts of a page that tests ask about."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.pictures: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.links += [values[name] for name in ("href", "src") if name in values]
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "img":
            self.pictures.append(values.get("alt", ""))


def pages_of(site: Path) -> list[Path]:
    """Return the site's pages; templates that themes leave in _static are none."""
    return sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)


# --- What the pages hold ---------------------------------------------------------------------


def test_every_link_inside_the_site_leads_somewhere(site: Path) -> None:
    pages = {path: Markup(path) for path in pages_of(site)}
    lost = []
    for path, page in pages.items():
        for link in page.links:
            if urlsplit(link).scheme:
                continue
            address, anchor = urldefrag(link)
            place = urlsplit(address).path
            target = (path.parent / unquote(place)).resolve() if place else path
            if not target.is_file():
                lost.append(f"{path.name}: {link}")
            elif anchor and target in pages and anchor not in pages[target].anchors:
                lost.append(f"{path.name}: {link}, the place in the page")
    assert len(pages) > 5 and not lost


def test_a_course_page_loads_nothing_from_elsewhere(site: Path) -> None:
    for path in pages_of(site):
        text = path.read_text(encoding="utf-8")
        assert '<script src="http' not in text and "unpkg" not in text and "cdn" not in text


def test_every_picture_has_the_alternative_text_of_its_plot(course: Path, site: Path) -> None:
    for name, page in LESSONS.items():
        (executed,) = (course / BUILD / "executed").glob(f"{name}-*.ipynb")
        cells = nbformat.read(executed, as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", ())]
        told = []
        for output in outputs:
            data = output.get("data", {})
            told += [output.metadata["image/png"]["alt"]] if "image/png" in data else []
            told += [state["alt"] for state in data.get(STATES_TYPE, ())]
        assert told and Markup(site / page).pictures == told


def test_the_first_page_tells_of_every_module(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    article = text.partition("<article")[2].partition("</article>")[0]
    for module in load_catalog(ROOT).modules:
        assert module.question.replace("'", "’") in article and module.duration in article
        assert (f"course/{module.name}/lesson.html" in article) is module.available


def test_the_first_page_shows_a_picture_of_each_lesson_that_has_run(site: Path) -> None:
    shown = Markup(site / "index.html").pictures
    first = [next(iter(Markup(site / page).pictures)) for page in LESSONS.values()]
    assert [alt for alt in shown if alt in first] == first


def test_other_states_stand_under_a_slider(course: Path, site: Path) -> None:
    text = (site / LESSONS[REAL]).read_text(encoding="utf-8")
    strip = text.partition('<div class="labkit-states">')[2].partition("</div>")[0]
    words = re.findall("<figcaption>(.*?)</figcaption>", strip)
    assert words == ["lead time (weeks): 1", "a lost sale costs (€): 39"]


def test_a_page_says_nothing_of_the_keys_and_buttons_of_jupyterlab(site: Path) -> None:
    for page in LESSONS.values():
        text = (site / page).read_text(encoding="utf-8")
        assert "Shift+Enter" not in text and "Show or hide" not in text


def test_every_lesson_page_leads_to_its_notebook_and_lab_on_binder(site: Path) -> None:
    binder = f"https://mybinder.org/v2/gh/{REPOSITORY}/HEAD"
    for module in load_catalog(ROOT).modules:
        if module.available:
            links = Markup(site / f"course/{module.name}/lesson.html").links
            assert f"{binder}?urlpath=lab/tree/{module.lesson}" in links
            assert f"{binder}?urlpath=lab/tree/{module.lab}" in links


def test_the_notebook_to_download_is_the_lesson_without_results(site: Path) -> None:
    for name, page in LESSONS.items():
        (link,) = [link for link in Markup(site / page).links if link.endswith(f"{name}.ipynb")]
        notebook = nbformat.read((site / page).parent / link, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert code and not any(cell.outputs for cell in code)


def test_no_answer_and_no_lab_is_on_the_site(site: Path) -> None:
    files = {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file()
    }
    assert not [name for name in files if name.startswith("labs/")]
    assert not scan_files(files, collect_secrets(ROOT))


def test_sliders_leave_their_picture_and_the_way_to_the_live_notebook(site: Path) -> None:
    text = (site / LESSONS[SMALL]).read_text(encoding="utf-8")
    assert "The sliders work in the live notebook" in text
    assert "IntSlider(" not in text.partition("</details>")[2]
    assert "widget-view" not in text and "widget-state" not in text


# --- What a browser makes of it --------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("way", ["server", "file"])
def test_pages_open_without_trouble_and_ask_nobody_else(
    browser: Browser, site: Path, server: str, way: str, theme: str
) -> None:
    reader = Reader(browser, server if way == "server" else f"{site.as_uri()}/", theme)
    for path in pages_of(site):
        page = reader.open(path.relative_to(site).as_posix())
        assert page.locator("html").get_attribute("data-theme") == theme
    assert reader.trouble == []


@pytest.mark.parametrize("way", ["server", "file"])
def test_search_finds_a_word_of_a_lesson(
    browser: Browser, site: Path, server: str, way: str
) -> None:
    reader = Reader(browser, server if way == "server" else f"{site.as_uri()}/")
    for word, lesson in (("newsvendor", REAL), ("zebrafish", SMALL)):
        page = reader.open(f"search.html?q={word}")
        found = page.locator("#search-results li a").first
        found.wait_for()
        assert lesson in (found.get_attribute("href") or "")


def test_a_search_is_typed_and_a_result_opened(browser: Browser, server: str) -> None:
    page = Reader(browser, server).open("index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("zebrafish")
    page.keyboard.press("Enter")
    page.locator("#search-results li a").first.click()
    page.get_by_role("heading", name="Lesson 15: one of each kind").wait_for()


def test_formulas_are_set_without_a_script(browser: Browser, server: str) -> None:
    page = Reader(browser, server).open(LESSONS[SMALL])
    formulas = page.locator("article math")
    assert formulas.count() == 5
    for formula in formulas.all():
        box = formula.bounding_box()
        assert box and box["width"] > 5 and box["height"] > 5
    for text, formula in zip(FORMULAS, page.locator(".formula math").all(), strict=True):
        assert formula.get_attribute("alttext") == text
    above, below = page.locator(".formula mfrac").first.locator("> *").all()
    upper, lower = above.bounding_box(), below.bounding_box()
    assert upper and lower and upper["y"] + upper["height"] <= lower["y"] + 1
    rows = [row.bounding_box() for row in page.locator("mtable.ams-align > mtr").all()]
    assert len(rows) >= 2 and all(rows)


def test_a_search_leads_to_the_section(browser: Browser, server: str) -> None:
    page = Reader(browser, server).open("search.html?q=a+truck+and+a+storm")
    found = page.locator("#search-results li a[href*='#']").first
    found.wait_for()
    found.click()
    heading = page.get_by_role("heading", name="A truck and a storm")
    assert heading.bounding_box()["y"] < 900


def test_what_one_is_asked_to_predict_is_folded_until_a_click(
    browser: Browser, server: str
) -> None:
    page = Reader(browser, server).open(LESSONS[REAL])
    guess = page.locator("details.below-input").filter(has_text="Guess first, then open").first
    result = guess.locator(".cell_output").first
    assert not result.is_visible()
    guess.locator("summary").first.click()
    result.wait_for()


def test_a_quiz_is_answered_with_the_keyboard(browser: Browser, server: str) -> None:
    page = Reader(browser, server).open(LESSONS[REAL])
    option = page.locator(".labkit-card details").first
    assert option.get_attribute("open") is None
    option.locator("summary").focus()
    page.keyboard.press("Enter")
    assert option.get_attribute("open") is not None and option.locator("div").is_visible()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", ["index.html", *LESSONS.values()])
def test_there_is_no_serious_obstacle_for_anybody(
    browser: Browser, server: str, path: str, theme: str
) -> None:
    page = Reader(browser, server, theme).open(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    # The theme fades opened parts in; half faded, they would seem pale.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    found = Axe().run(page).response["violations"]
    serious = [
        f"{entry['id']}: {node['target']} {node['failureSummary']}"
        for entry in found
        if entry["impact"] in ("serious", "critical")
        for node in entry["nodes"]
    ]
    assert not serious, "\n".join(serious)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1280, 800])
def test_pages_fit_the_window(
    browser: Browser, server: str, screenshots: Path, theme: str, width: int
) -> None:
    reader = Reader(browser, server, theme, width)
    for name, path in {"index": "index.html", **LESSONS}.items():
        page = reader.open(path)
        page.screenshot(path=screenshots / f"site-{name}-{theme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


# --- What an author is told ------------------------------------------------------------------


def test_a_lesson_is_run_again_only_when_it_has_changed(tmp_path: Path) -> None:
    root = make_course(tmp_path / "course", "# %% [markdown]\n# # Lesson\n\n# %%\n1 + 1\n", False)
    source = root / "course" / SMALL / "lesson.py"
    catalog = load_catalog(root)
    said: list[str] = []
    for _ in range(2):
        dict(page_files(root, catalog, None, said.append))
        assert len(said) == 1
    source.write_text(source.read_text() + "\n# %%\n3 * 3\n")
    files = dict(page_files(root, catalog, None, said.append))
    assert len(said) == 2
    cells = nbformat.reads(files[f"course/{SMALL}/lesson.ipynb"].decode(), as_version=4).cells
    results = [cell.outputs[0].data["text/plain"] for cell in cells if cell.cell_type == "code"]
    assert results == ["2", "9"]
    assert len(list((root / BUILD / "executed").iterdir())) == 1


@pytest.mark.parametrize(
    ("lesson", "told"),
    [
        ("# %% [markdown]\n# # Lesson\n#\n# $\\fraction{x}$\n", r"\fraction"),
        (LESSON.replace('plot.alt = "A line that rises from 0 to 1."', ""), "no alternative text"),
        (LESSON.replace("display(plot)", FOREIGN), "without alternative"),
        (LESSON.replace('print("printed', 'print(printer"printed'), "does not run to its end"),
        ("# %% [markdown]\n# # Lesson\n#\n# See [there](nowhere.md).\n", "nowhere"),
        (LESSON.replace("# # Lesson 15: one of each kind", "#"), "begins with its title"),
    ],
    ids=["formula", "plot", "picture", "code", "link", "title"],
)
def test_what_is_wrong_in_a_lesson_ends_the_build_and_is_named(
    tmp_path: Path, lesson: str, told: str
) -> None:
    root = make_course(tmp_path / "course", lesson, real=False)
    with pytest.raises(SiteError) as trouble:
        build_site(root)
    assert told in str(trouble.value)
    assert not (root / BUILD / "html").exists()


def test_where_no_address_is_known_binder_is_left_out_and_the_build_says_so(tmp_path: Path) -> None:
    root = make_course(tmp_path / "course", real=False)
    catalog = root / "course" / "course.yml"
    catalog.write_text(catalog.read_text().replace(f"repository: {REPOSITORY}\n", ""))
    said: list[str] = []
    files = dict(page_files(root, load_catalog(root), [], said.append))
    assert [line for line in said if "No address on Binder is known" in line]
    assert not [name for name, content in files.items() if b"mybinder" in content]


@pytest.mark.parametrize(
    ("remote", "repository"),
    [
        ("https://github.com/someone/a-course.git", "someone/a-course"),
        ("git@github.com:someone/a.course.git", "someone/a.course"),
        ("ssh://git@github.com/someone/course", "someone/course"),
        ("https://example.org/someone/course.git", ""),
    ],
)
def test_the_address_is_that_of_the_remote(tmp_path: Path, remote: str, repository: str) -> None:
    root = make_course(tmp_path / "course", real=False)
    catalog = replace(load_catalog(root), repository="")
    assert binder_address(root, catalog) == ""
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    subprocess.run(["git", "-C", str(root), "remote", "add", "origin", remote], check=True)
    assert binder_address(root, catalog) == binder_of(repository)


def test_a_readme_gets_a_badge_where_the_catalog_names_the_repository() -> None:
    assert "gh/someone/a-course/HEAD" in render_badge("someone/a-course")
    assert "mybinder" not in render_badge("") and "repository: OWNER/NAME" in render_badge("")
