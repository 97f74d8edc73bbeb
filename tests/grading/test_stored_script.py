"""What a learner hands in never acts in the pages that an instructor or a learner opens.

A real browser opens formgrader and feedback of one submission that carries a script in every field
that is ever shown. The same pages made by stock nbgrader do fire, so the tripwire is known to work.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from nbformat import NotebookNode, write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.preprocessors import SaveAutoGrades
from playwright.sync_api import Browser, Dialog, Route
from traitlets.config import Config

from labkit.grading.page import TEMPLATE, TEMPLATES, FeedbackPage, LayOutFeedback
from labkit.grading.safe_output import HideTests, SanitizeNotebook

LAB = "01_who"
TOKEN = "only-for-this-test"
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNgYPhfDwAChwGA60e6kgAAAABJRU5ErkJg"
    "gg=="
)
SAFE_CONFIG = """
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import GetGrades
from labkit.grading.safe_output import SanitizePage
c.HTMLExporter.preprocessors = [SanitizePage]
"""


def fire(name: str) -> str:
    """JavaScript that asks the server for an address which the test watches."""
    return f"void((new(Image)).src='/fired/{name}')"


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


# Gives itself full marks with the rights of whoever opens the page.
FULL_MARKS = """
fetch(base_url + '/api/grades?submission_id=' + submission_id).then(r => r.json()).then(grades =>
  grades.forEach(grade => fetch(base_url + '/api/grade/' + grade.id, {method: 'PUT',
    headers: {'X-XSRFToken': document.cookie.match(/_xsrf=([^;]*)/)[1]},
    body: JSON.stringify({...grade, manual_score: grade.max_score, extra_credit: 7})})))
"""

WIDGET = f"</script><script>{fire('widget')}</script>"
MARKDOWN = {
    "script": f"<script>{fire('script')}</script>",
    "marks": f"<script>{FULL_MARKS}</script>",
    "onerror": f'<img src=x onerror="{fire("onerror")}">',
    "upper": f'<IMG SRC=x OnErRoR="{fire("upper")}">',
    "link": f"[my plot](javascript:{quote(fire('link'))})",
    "entity": f"[x](&#106;avascript:{quote(fire('entity'))})",
    "reference": f"- a\n  - [my plot][r]\n\n[r]: javascript:{quote(fire('reference'))}",
    "files": f"[x](files/javascript:{quote(fire('files'))})",
    "relative": "[x](/fired/relative)",
    "picture": "![x](/fired/picture)",
    "svg": f'<svg onload="{fire("svg")}"></svg>',
    "animate": f'<svg><animate onbegin="{fire("animate")}" attributeName=x dur=1s></svg>',
    "math": f'<math href="javascript:{fire("math")}">click me</math>',
    "mutation": f'<svg></p><style><a id="</style><img src=1 onerror={quote(fire("mutation"))}>">',
    "comment": f'<!--><img src=x onerror="{fire("comment")}">-->',
    "frame": f'<iframe srcdoc="<script>{fire("frame")}</script>"></iframe>',
    "dataframe": f"<iframe src='javascript:parent.eval(`{fire('dataframe')}`)'></iframe>",
    "object": "<object data='/fired/object'></object>",
    "style": "<style>#notebook {background: url(/fired/style)}</style>",
    "inline": "<p style='background: url(/fired/inline); position: fixed; top: 0'>x</p>",
    "handler": f'<details open ontoggle="{fire("handler")}"><summary>x</summary>y</details>',
    "focus": f'<input autofocus onfocus="{fire("focus")}">',
    "mermaid": f'```mermaid\n</pre><img src=x onerror="{fire("mermaid")}">\n```',
    "media": f'<video><source onerror="{fire("media")}"></video>',
    "refresh": "<meta http-equiv=refresh content='600;url=/fired/refresh'><link rel=stylesheet"
    " href=/fired/refresh>",
    "attached": "![x](attachment:x.svg)",
    "form": "<form action='/fired/form'><button>Open the figure</button></form>",
}
OUTPUTS = {
    "out-html": {"text/html": f"<script>{fire('out-html')}</script>"},
    "out-image": {"text/html": f'<div class=x><img src=x onerror="{fire("out-image")}"></div>'},
    "out-script": {"application/javascript": fire("out-script")},
    "out-svg": {"image/svg+xml": f"<svg><script>{fire('out-svg')}</script></svg>"},
    "out-markdown": {"text/markdown": f'<img src=x onerror="{fire("out-markdown")}">'},
    "out-latex": {"text/latex": f'$<img src=x onerror="{fire("out-latex")}">$'},
    "out-plain": {"text/plain": f'<img src=x onerror="{fire("out-plain")}">'},
    "out-png": {"image/png": f'x"><img src=x onerror="{fire("out-png")}">'},
    "out-widget": {"application/vnd.jupyter.widget-view+json": {"model_id": WIDGET}},
    "out-mermaid": {"text/vnd.mermaid": f'<img src=x onerror="{fire("out-mermaid")}">'},
    "out-vega": {"application/vnd.vega.v5+json": {"data": {"url": "/fired/out-vega"}}},
    "out-plotly": {"application/vnd.plotly.v1+json": {"data": "/fired/out-plotly"}},
    "out-unknown": {"text/x-unknown": f"<script>{fire('out-unknown')}</script>"},
}
# What fires in stock nbgrader's pages without a click, at least.
STOCK = {"script", "onerror", "upper", "picture", "svg", "frame", "style", "inline", "mermaid"}
STOCK |= {"out-html", "out-image", "out-script", "out-markdown", "out-size", "name", "handler"}
STOCK |= {"animate", "comment", "focus", "media", "object", "refresh"}
CLICKED = {"link", "reference", "entity", "files", "relative", "form"}

LISTS = [
    "/manage_assignments",
    f"/manage_submissions/{LAB}",
    "/gradebook",
    f"/gradebook/{LAB}",
    f"/gradebook/{LAB}/who",
    "/manage_students",
    "/manage_students/eve",
    f"/manage_students/eve/{LAB}",
]
# Addresses that a learner could send to an instructor.
INSERTED = quote(f'"</script><script>{fire("address")}</script>', safe="")
CRAFTED = [f"/manage_students/{INSERTED}", f"/gradebook/{INSERTED}/x"]

HOSTILE_CODE = f"""
from IPython.display import display
import sys
for data in {list(OUTPUTS.values())!r}:
    display(data, raw=True)
display({{"image/png": {PNG!r}}}, raw=True,
        metadata={{"image/png": {{"width": "1 onload={fire("out-size")}"}}}})
display({{"text/html": "<script>parent.x</script>"}}, raw=True, metadata={{"isolated": True}})
print("\\x1b[31m<img src=x onerror=\\"{fire("stream")}\\">\\x1b[0m")
print("<script>{fire("stderr")}</script>", file=sys.stderr)
raise type("<img src=x onerror={fire("ename")}>", (Exception,), {{}})(
    "\\x1b[31m<script>{fire("evalue")}</script>")
"""
HONEST = """\
## A memo

If a < b, order less & save: $a<b$. See [the paper](https://doi.org/10.1287/mnsc.6.4.475).

```html
<div>shown as text</div>
```
"""
HONEST_CODE = f"""
from IPython.display import display
display({{"text/html": "<div><style scoped>td {{}}</style><table border='1' class='dataframe'>"
         "<tr><td>12.5</td></tr></table></div>", "text/plain": "12.5"}}, raw=True)
display({{"image/png": {PNG!r}, "text/plain": "<Figure>"}}, raw=True)
"""
TEST = """\
assert True
### BEGIN HIDDEN TESTS
assert 41 == 4242, "the secret of the hidden test"
### END HIDDEN TESTS"""


@dataclass
class Course:
    """A small course on disk and what it takes to run nbgrader on it."""

    root: Path
    config: Config = field(default_factory=Config)

    def run(self, step: str, *arguments: str) -> None:
        done = getattr(NbGraderAPI(config=self.config), step)(*arguments)
        assert done["success"], done["log"] + (done["error"] or "")

    def page(self, learner: str) -> str:
        with Gradebook(self.config.CourseDirectory.db_url) as gradebook:
            return str(gradebook.find_submission_notebook("who", LAB, learner).id)

    def marks(self, learner: str) -> set[object]:
        """What was given by hand; grading by machine leaves None."""
        with Gradebook(self.config.CourseDirectory.db_url) as gradebook:
            submission = gradebook.find_submission(LAB, learner)
            grades = [grade for book in submission.notebooks for grade in book.grades]
            return {mark for g in grades for mark in (g.manual_score, g.extra_credit)}


def marked(cell: NotebookNode, grade_id: str, **marks: object) -> NotebookNode:
    given = {"grade": True, "solution": True, "locked": False, "points": 10, "task": False}
    cell.id = grade_id
    cell.metadata["nbgrader"] = {"grade_id": grade_id, "schema_version": 3, **given, **marks}
    return cell


def handed_in(memo: str, code: str, extra: list[NotebookNode]) -> NotebookNode:
    test = {"solution": False, "locked": True}
    cells = [
        marked(new_markdown_cell(memo), "memo"),
        marked(new_code_cell(code), "show", grade=False, points=0),
        marked(new_code_cell(TEST), "test_who", **test),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=[*extra, *cells], metadata={"kernelspec": kernel})


def hostile() -> NotebookNode:
    extra = [new_markdown_cell(text) for text in MARKDOWN.values()]
    extra[list(MARKDOWN).index("attached")].attachments = {
        "x.svg": {"image/svg+xml": f'" onerror="{fire("attached")}" x="'}
    }
    raw = new_raw_cell(f"<script>{fire('raw')}</script>", metadata={"raw_mimetype": "text/html"})
    tagged = new_code_cell(f"'<script>{fire('code')}</script>'")
    tagged.metadata = NotebookNode(tags=[f'x" onclick="{fire("tag")}"'], alt='"><script>')
    notebook = handed_in(f"# test_who\n\n{MARKDOWN['script']}", HOSTILE_CODE, [*extra, raw, tagged])
    notebook.metadata.title = f"</title><script>{fire('title')}</script>"
    notebook.metadata.widgets = {
        "application/vnd.jupyter.widget-state+json": {"state": {WIDGET: {}}}
    }
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, empty_gradebook: Path) -> Course:
    """Three learners: `old` was graded and fed back by stock nbgrader, `eve` and `ada` safely."""
    root = tmp_path_factory.mktemp("pages")
    shutil.copy(empty_gradebook, root)
    course = Course(root)
    course.config.CourseDirectory.root = str(root)
    course.config.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
    source = handed_in("Write here.", "", [])
    save(source, root / "source" / LAB)
    course.run("generate_assignment", LAB)
    for learner, notebook in {"old": hostile(), "eve": hostile()}.items():
        save(notebook, root / "submitted" / learner / LAB)
    save(handed_in(HONEST, HONEST_CODE, []), root / "submitted" / "ada" / LAB)
    course.run("autograde", LAB, "old")
    course.run("generate_feedback", LAB, "old")
    steps = Autograde.class_traits()["autograde_preprocessors"].default()
    place = steps.index(SaveAutoGrades)
    course.config.Autograde.autograde_preprocessors = [
        *steps[:place],
        SanitizeNotebook,
        *steps[place:],
    ]
    course.config.GenerateFeedback.preprocessors = [SanitizeNotebook, LayOutFeedback, HideTests]
    course.config.GenerateFeedback.exporter_class = FeedbackPage
    course.config.FeedbackPage.template_name = TEMPLATE
    course.config.FeedbackPage.extra_template_basedirs = [str(TEMPLATES)]
    for learner in ("eve", "ada"):
        course.run("autograde", LAB, learner)
        course.run("generate_feedback", LAB, learner)
    with Gradebook(course.config.CourseDirectory.db_url) as gradebook:
        name = f'<img src=x onerror="{fire("name")}">'
        for learner in ("old", "eve"):
            gradebook.update_or_create_student(learner, first_name="x", last_name=name)
    return course


def save(notebook: NotebookNode, folder: Path) -> None:
    folder.mkdir(parents=True)
    write(notebook, folder / "who.ipynb")


@contextmanager
def serving(course: Course, config: str, *options: str) -> Iterator[str]:
    """Run a Jupyter server with formgrader, from the course's root, on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (course.root / "nbgrader_config.py").write_text(f"c = get_config()\n{config}")
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += ["--ServerApp.ip=127.0.0.1", f"--IdentityProvider.token={TOKEN}"]
    command += options
    environment = os.environ | {"JUPYTER_CONFIG_DIR": str(course.root / ".jupyter")}
    log = course.root / "server.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            command, cwd=course.root, stdout=stream, stderr=stream, env=environment
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/formgrader/?token={TOKEN}", process, log)
            yield address
        finally:
            process.terminate()
            process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server answers, as long as it is there."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.25)
    raise AssertionError(log.read_text()[-2000:])


class Visit:
    """A browser's visit to some pages, and what fired meanwhile."""

    def __init__(self, browser: Browser, address: str = "") -> None:
        self.fired: set[str] = set()
        self.address = address
        self.context = browser.new_context()
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()
        self.page.on("dialog", self._dialog)
        if address:
            self.page.goto(f"{address}/formgrader/?token={TOKEN}")

    def open(self, path: str) -> None:
        """Open a page and give what it loads time to act."""
        target = path if "://" in path else f"{self.address}/formgrader{path}"
        self.page.goto(target, wait_until="load")
        self.page.wait_for_timeout(200)

    def click_everything(self) -> None:
        """Click, one by one, all that can be clicked in what the learner wrote."""
        self.page.evaluate(
            """async () => {
                const found = ':is(#notebook-container, main) :is(a, button, math, summary)'
                for (const thing of document.querySelectorAll(found)) {
                    if (thing.closest('.panel-heading')) continue
                    thing.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))
                    await new Promise(done => setTimeout(done, 20))
                }
            }"""
        )
        self.page.wait_for_timeout(100)

    def _dialog(self, dialog: Dialog) -> None:
        self.fired.add("dialog")
        dialog.dismiss()

    def _answer(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.path.startswith("/fired/"):
            self.fired.add(url.path.removeprefix("/fired/"))
            route.fulfill(status=204)
        elif "mathjax" in url.path.lower():
            stub = "MathJax={Hub:{Config(){},Queue(){},Startup:{signal:{Interest(){}}}}}"
            route.fulfill(body=stub, content_type="text/javascript")
        elif url.scheme == "file" or url.hostname == "127.0.0.1":
            route.continue_()
        else:
            route.fulfill(status=204)


def feedback(course: Course, learner: str) -> str:
    return (course.root / "feedback" / learner / LAB / "who.html").as_uri()


@pytest.fixture(scope="module")
def formgrader(course: Course) -> Iterator[str]:
    option = "--ServerApp.jpserver_extensions=labkit.grading.formgrader=True"
    with serving(course, SAFE_CONFIG, option) as address:
        yield address


@pytest.mark.parametrize("learner", ["eve", "old"], ids=["graded safely", "graded by stock"])
def test_nothing_acts_in_formgrader(
    formgrader: str, course: Course, browser: Browser, learner: str
):
    visit = Visit(browser, formgrader)
    visit.open(f"/submissions/{course.page(learner)}/")
    assert visit.page.locator("#notebook-container .nbgrader_cell").count() == 3
    visit.click_everything()
    assert visit.fired == set()
    assert course.marks(learner) <= {None, 0.0}


def test_nothing_acts_in_the_lists_of_formgrader(formgrader: str, browser: Browser):
    visit = Visit(browser, formgrader)
    for path in LISTS:
        visit.open(path)
        visit.page.wait_for_function(
            "!document.querySelector('#main-table').innerText.includes('Loading')"
        )
    for path in CRAFTED:
        visit.open(path)
    assert visit.fired == set()


def test_nothing_acts_in_feedback(course: Course, browser: Browser):
    visit = Visit(browser)
    visit.open(feedback(course, "eve"))
    visit.click_everything()
    assert visit.fired == set()
    assert "Your answer" in visit.page.inner_text("body")


def test_a_mark_given_to_a_memo_goes_to_no_other_cell(
    formgrader: str, course: Course, browser: Browser
):
    # The memo has a heading called like the test that follows.
    visit = Visit(browser, formgrader)
    visit.open(f"/submissions/{course.page('eve')}/")
    memo = visit.page.locator(".nbgrader_cell", has=visit.page.locator("#memo-comment"))
    with visit.page.expect_response(lambda answer: answer.request.method == "PUT"):
        memo.locator(".full-credit").click()
    with Gradebook(course.config.CourseDirectory.db_url) as gradebook:
        given = {
            name: gradebook.find_grade(name, "who", LAB, "eve").manual_score
            for name in ("memo", "test_who")
        }
    assert given == {"memo": 10.0, "test_who": None}


def test_honest_work_is_shown_and_hidden_tests_are_not(
    formgrader: str, course: Course, browser: Browser
):
    visit = Visit(browser, formgrader)
    for path in (f"/submissions/{course.page('ada')}/", feedback(course, "ada")):
        visit.open(path)
        text = visit.page.locator("#notebook-container, main").first.inner_text()
        assert "If a < b, order less & save: $a<b$." in text
        assert "<div>shown as text</div>" in text
        assert visit.page.locator("table.dataframe td").inner_text() == "12.5"
        assert visit.page.locator(".output_png img").evaluate("image => image.naturalWidth") == 1
        assert visit.page.get_by_text("the paper").get_attribute("href").startswith("https://doi")
        shown_to_learner = path.startswith("file:")
        assert ("A hidden test failed." in text) is shown_to_learner
        assert ("4242" in visit.page.content()) is not shown_to_learner


def test_stock_pages_fire_so_the_tripwire_works(course: Course, browser: Browser):
    with serving(course, "") as address:
        visit = Visit(browser, address)
        visit.open(f"/submissions/{course.page('old')}/")
        by_itself = set(visit.fired)
        visit.click_everything()
        visit.open(CRAFTED[0])
        visit.open(CRAFTED[1])
        assert by_itself >= STOCK
        assert visit.fired >= STOCK | CLICKED | {"address"}
        assert 10.0 in course.marks("old")
    visit = Visit(browser)
    visit.open(feedback(course, "old"))
    # Without the server there is no jQuery, no address below the root, and no name on the page.
    assert visit.fired >= STOCK - {"name", "picture", "out-script"}
    assert "4242" in visit.page.content()
