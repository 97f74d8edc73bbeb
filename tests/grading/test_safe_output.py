"""Graded notebooks keep what is readable, lose what could act, and feedback hides hidden tests."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.utils import compute_checksum, determine_grade
from traitlets.config import Config

from labkit.exercise.cards import table_card
from labkit.grading.safe_html import TAGS, clean_html, clean_markdown
from labkit.grading.safe_output import HideTests, SanitizeNotebook, SanitizePage

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 32).decode()


def render(source: str) -> str:
    """Make HTML of markdown as nbgrader's pages do."""
    return str(MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(source))


def sanitized(*cells: NotebookNode, **metadata: object) -> NotebookNode:
    notebook = new_notebook(metadata=metadata)
    notebook.cells = list(cells)  # not validated: a kernel may have sent anything
    notebook, _ = SanitizeNotebook().preprocess(notebook, {})
    return notebook


def answer(source: str, checksum_of: str | None = None, **marks: object) -> NotebookNode:
    """A written answer; its checksum is that of the text the instructor gave."""
    marks = {"grade": True, "solution": True, "locked": False, "points": 10, **marks}
    cell = new_markdown_cell(source, metadata={"nbgrader": {"grade_id": "memo", **marks}})
    before = new_markdown_cell(checksum_of or "Write here.", metadata=cell.metadata)
    cell.metadata.nbgrader["checksum"] = compute_checksum(before)
    return cell


def shown(data: dict[str, object], kind: str = "display_data", **fields: object) -> NotebookNode:
    """Return what is left of one rich output."""
    cell = new_code_cell("show()", outputs=[new_output(kind, data=data, **fields)])
    return sanitized(cell).cells[0].outputs[0]


class Tags(HTMLParser):
    """Lists the tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


# --- Texts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "If a < b and b > c, then x & y; 3 <4, 5> 2.",
        "# A memo\n\nDear *manager*,\n\n- one\n- two\n\n> said\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
        "```html\n<div onclick='alert(1)'><script>x</script></div>\n```\n\nand `<script>`",
        "$a<b$, $$\\sum_{i<n} x_i & y$$ and\n\\begin{align}a&<b\\\\c&>d\\end{align}",
        "[a paper](https://doi.org/10.1287/mnsc.6.4.475 'Clark') <https://x.org> a@b.org",
        "![a plot](plots/cost%20curve.png)",
        "- [ ] open\n- [x] done ~~not~~",
        f"![](data:image/png;base64,{PNG})",
    ],
)
def test_plain_markdown_stays_as_it_was_written(source: str):
    assert clean_markdown(source) == source


HARMFUL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=x OnErRoR=alert(1)/>",
    "<a href='java&#115;cript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "- item\n  - [x](data:text/html,<script>alert(1)</script>)",
    "[x](files/javascript:alert(1))",
    "[x](/formgrader/manage_students/x)",
    "![x](http://evil.example/pixel.png)",
    "![x](/logout.png)",
    "![x](files//evil.example/pixel.png)",
    "![x](a/%2e%2e/%2e%2e/pixel.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](attachment:gone.png)",
    "```mermaid\n</pre><script>alert(1)</script>\n```",
    "<svg><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=a>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<form action=/formgrader/api><input name=a><button class='full-credit'>x</button></form>",
    "<style>body{display:none}</style>",
    "<div style='position:fixed;top:0;background:url(http://evil.example)'>x</div>",
    "<div style='margin:-900px'>x</div>",
    "<p class='navbar-fixed-top full-credit' id=notebook name=x data-link=y>x</p>",
    "</div></div></div><div class='panel'>out of the box",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "<base href=http://evil.example/>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<div\n\nonclick=alert(1)\n\n>",
    "<a\x0bhref=javascript:alert(1)>x</a>",
]
ALLOWED = {
    "id",
    "href",
    "src",
    "alt",
    "title",
    "class",
    "style",
    "type",
    "disabled",
    "checked",
    "start",
}


def assert_harmless(html: str) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in TAGS | {"input"}, html
        assert attributes.keys() <= ALLOWED | {"aria-label", "dir", "lang", "hidden", "open"}, html
        assert re.match(r"https?:|mailto:|#|$", attributes.get("href") or ""), html
        assert re.match(r"data:image/png|[\w-]|$", attributes.get("src") or ""), html
        assert "script:" not in (attributes.get("src") or ""), html
        assert "id" not in attributes or tag[0] == "h", html
        style = attributes.get("style") or ""
        assert not re.search(r"url|position|-\d", style), html
        assert "full-credit" not in (attributes.get("class") or ""), html


@pytest.mark.parametrize("source", HARMFUL)
def test_markdown_that_could_act_comes_back_harmless_and_stays_so(source: str):
    cleaned = clean_markdown(f"Before.\n\n{source}\n\nAfter $a<b$.", reserved=("memo",))
    html = render(cleaned)
    assert_harmless(html)
    assert "Before." in html
    assert html.strip() == cleaned, "nbconvert must take the text over as one block"
    assert clean_html(html.strip()) == html.strip()


MARKUP = st.lists(
    st.sampled_from(
        "<script> </script> <img src=x onerror=alert(1)> <a href=javascript:x> </a> [a] (b) "
        "[x](javascript:a) ![y](z) ``` ~~~ ` $ $$ \\ \n \n\n \" ' <!-- --> <div> </div> <svg> & "
        "&lt; <style> </style> <table> <td> * _ # | - > word <b 1. [r]: </p> \t ]]> "
        "<![CDATA[ <? <pre>".split(" ")
    ),
    max_size=14,
)


@given(MARKUP)
@settings(max_examples=150, deadline=None)
@example(["<div>", "\n\n", "    ", "<script>"])
def test_no_mixture_of_markup_makes_a_page_act(parts: list[str]):
    cleaned = clean_markdown(" ".join(parts))
    assert_harmless(render(cleaned))


def test_tags_that_are_not_allowed_can_be_read():
    html = render(clean_markdown("if x <y and z> 3 <b>then</b> <script>alert(1)</script>"))
    assert "&lt;y and z&gt;" in html
    assert "<b>then</b>" in html
    assert "[script removed]" in html


def test_a_heading_cannot_take_the_id_of_another_grade():
    cells = [answer("# Big\n\n# test_costs\n\nDone."), new_code_cell("1")]
    cells[1].metadata = NotebookNode(nbgrader={"grade_id": "test_costs", "grade": True})
    html = render(sanitized(*cells).cells[0].source)
    assert "test_costs</h1>" in html
    assert "id=" not in html


def test_a_text_without_end_is_cut_and_shown_as_text():
    html = render(clean_markdown("\\begin{a}" * 10_000))
    assert len(html) < 60_000
    assert "(cut)" in html
    assert "too deep" in clean_html("<div>" * 5_000)


def test_pictures_attached_to_an_answer_stay_and_drawings_go():
    cell = answer("![a](attachment:a.png) ![b](attachment:b.svg) ![c](attachment:c.png)")
    cell.attachments = {
        "a.png": {"image/png": PNG},
        "b.svg": {"image/svg+xml": "PHN2Zz4="},
        "c.png": {"image/png": "\" onerror='alert(1)"},
    }
    cleaned = sanitized(cell).cells[0]
    assert list(cleaned.attachments) == ["a.png"]
    assert f'src="data:image/png;base64,{PNG}"' in render(cleaned.source)
    assert render(cleaned.source).count("src=") == 1


# --- What a grade depends on ---------------------------------------------------------------


@pytest.mark.parametrize("marks", [{}, {"locked": True, "solution": False, "task": False}])
def test_a_text_that_nobody_changed_keeps_its_checksum(marks: dict[str, object]):
    text = "<details><summary>Hint</summary>Write <b onclick='x()'>here</b></details> [a](b.html)"
    cell = answer(text, checksum_of=text, **marks)
    cell.attachments = {"x.svg": {"image/svg+xml": "PHN2Zz4="}}
    cleaned = sanitized(cell).cells[0]
    assert cleaned.source == text
    assert cleaned.metadata.nbgrader == cell.metadata.nbgrader
    assert "attachments" not in cleaned


def test_an_answer_still_counts_as_given_after_cleaning():
    cell = answer("<script>1</script>")
    assert determine_grade(sanitized(cell).cells[0])[0] is None
    untouched = answer("Write here.")
    assert determine_grade(sanitized(untouched).cells[0])[0] == 0


def test_an_untouched_text_whose_picture_was_lost_can_still_be_rendered():
    text = "![d](attachment:diagram.png)"
    notebook = sanitized(answer(text, checksum_of=text))
    html, _ = HTMLExporter(template_name="classic").from_notebook_node(notebook)
    assert "data:image/png;base64," in html


@pytest.mark.parametrize(
    "output",
    [
        new_output("execute_result", data={"text/plain": "7.5"}),
        new_output("execute_result", data={"text/plain": ["7.5", "x"], "image/svg+xml": "<svg/>"}),
        new_output("error", ename="E<b>", evalue="\x1b[31m<i>", traceback=["a", "\x1b[0m<script>"]),
        new_output("stream", name="stderr", text="warning"),
        new_output("stream", name="stdout", text="<script>"),
    ],
)
def test_what_nbgrader_reads_points_from_is_left_alone(output: NotebookNode):
    marks = {"grade_id": "t", "grade": True, "solution": False, "locked": True, "points": 10}
    cell = new_code_cell("check('<script>')", outputs=[output], metadata={"nbgrader": marks})
    before = determine_grade(cell)
    cleaned = sanitized(cell).cells[0]
    assert determine_grade(cleaned) == before
    assert cleaned.source == "check('<script>')"
    assert cleaned.metadata.nbgrader == marks
    if output.output_type != "execute_result":
        assert cleaned.outputs == [output]


# --- Outputs -------------------------------------------------------------------------------


FRAME = """<div><style scoped>.dataframe tbody {color: red}</style>
<table border="1" class="dataframe"><thead>
<tr style="text-align: right;"><th></th><th>cost</th></tr></thead>
<tbody><tr><th>0</th><td>1 &lt; 2</td></tr></tbody></table><p>1 rows × 1 columns</p></div>"""


def test_a_data_frame_keeps_its_table():
    html = shown({"text/html": FRAME, "text/plain": "   cost"}).data["text/html"]
    assert '<table border="1" class="dataframe">' in html
    assert '<tr style="text-align: right;">' in html
    assert "1 &lt; 2" in html
    assert "scoped" not in html and "color: red" not in html


def test_a_card_looks_as_before():
    card = table_card("Progress <1>", "so far", ["task", "score"], [["a", "1"]]).html
    styles = re.findall(r"[\w-]+:[^;\"]+", ";".join(re.findall(r'style="([^"]*)"', card)))
    cleaned = clean_html(card)
    assert all(style.replace(" ", "") in cleaned.replace(" ", "") for style in styles)
    assert 'class="labkit-card"' in cleaned
    assert "Progress &lt;1&gt;" in cleaned


def test_a_plot_keeps_picture_size_and_text_and_nothing_else():
    metadata = {
        "image/png": {"width": 300, "height": "1 onload=alert(1)", "alt": "Costs", "unconfined": 1},
        "isolated": True,
        "filenames": {"image/png": "javascript:x"},
    }
    out = shown({"image/png": PNG, "image/svg+xml": "<svg/>", "text/plain": "<Figure>"})
    assert set(out.data) == {"image/png", "text/plain"}
    out = shown({"image/png": PNG}, metadata=metadata)
    assert out.metadata == {"image/png": {"width": 300, "alt": "Costs"}}


@pytest.mark.parametrize(
    "mime",
    [
        "application/javascript",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.plotly.v1+json",
        "application/vnd.vega.v5+json",
        "application/geo+json",
        "application/json",
        "application/pdf",
        "image/svg+xml",
        "text/vnd.mermaid",
        "text/x-<script>",
    ],
)
def test_what_would_need_a_program_is_replaced_by_a_sentence(mime: str):
    out = shown({mime: "<script>alert(1)</script>", "text/plain": "<Figure 1>"})
    assert set(out.data) == {"text/html", "text/plain"}
    assert "not shown" in out.data["text/html"]
    assert "&lt;Figure 1&gt;" in out.data["text/html"]
    assert "<script>" not in out.data["text/html"]


def test_a_picture_that_is_none_goes():
    assert "image/png" not in shown({"image/png": '"><script>alert(1)</script>'}).data
    assert "image/jpeg" not in shown({"image/jpeg": "bm90IGEganBlZw=="}).data


def test_markdown_and_formulas_shown_by_code_are_cleaned_as_well():
    out = shown({"text/markdown": "**a** <img src=x onerror=alert(1)>", "text/latex": "$a<b$"})
    assert_harmless(render(out.data["text/markdown"]))
    assert out.data["text/latex"] == "$a<b$"


def test_more_html_than_anyone_reads_is_not_cleaned_for_minutes():
    outputs = [new_output("display_data", data={"text/html": "<p>x</p>" * 30_000})] * 6
    cleaned = sanitized(new_code_cell("", outputs=[NotebookNode(out) for out in outputs]))
    assert "too much output" in cleaned.cells[0].outputs[-1].data["text/html"]


def test_half_characters_and_odd_types_do_not_stop_the_page():
    odd = NotebookNode(output_type="stream", name="x", text=["a", "\ud800"])
    error = NotebookNode(output_type="error", ename=1, evalue=None, traceback=[2])
    unknown = NotebookNode(output_type="update_display_data", data={"text/html": "x"})
    broken = NotebookNode(output_type="display_data", data="x", metadata="y")
    cell = new_code_cell("")
    cell.outputs = [odd, error, unknown, broken]
    outputs = sanitized(cell).cells[0].outputs
    assert [out.output_type for out in outputs] == ["stream", "error", "display_data"]
    assert outputs[0].text == "a?"


# --- Metadata ------------------------------------------------------------------------------


def test_only_known_metadata_stays():
    cell = new_code_cell("1", metadata={"tags": ["keep", "x tabbable"], "alt": "x", "a": {"b": 1}})
    raw = new_raw_cell("<script>alert(1)</script>", metadata={"raw_mimetype": "text/html"})
    notebook = sanitized(
        cell,
        raw,
        title="</title><script>",
        widgets={"application/vnd.jupyter.widget-state+json": {}},
        kernelspec={"name": "python3", "display_name": "<script>", "language": "python"},
        language_info={"name": "python", "pygments_lexer": "ipython3", "x": "y"},
    )
    assert notebook.metadata == {
        "kernelspec": {"name": "python3", "language": "python"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
    }
    assert notebook.cells[0].metadata == {"tags": ["keep"]}
    assert notebook.cells[1].metadata == {}
    assert notebook.cells[1].source == "&lt;script>alert(1)&lt;/script>"


def test_names_are_escaped_while_a_page_is_made():
    resources = {"student": "<b>", "first_name": None, "index": 1}
    _, resources = SanitizePage().preprocess(new_notebook(), resources)
    assert resources == {"student": "&lt;b&gt;", "first_name": None, "index": 1}


# --- Hidden tests --------------------------------------------------------------------------


TEST = """\
assert total(1) == 1
### BEGIN HIDDEN TESTS
secret_case = 41
assert total(secret_case) == 4242, f"got {total(secret_case)}"
### END HIDDEN TESTS
assert total(2) == 2
assert total(secret_case) > 0
10.0"""


def failed(line: int, message: str = "AssertionError: no") -> NotebookNode:
    lines = [f"In line {line} of this test:", TEST.split("\n")[line - 1], message]
    return new_output("error", ename="AssertionError", evalue=message, traceback=lines)


def fed_back(*outputs: NotebookNode, source: str = TEST, **config: object) -> NotebookNode:
    notebook = new_notebook(cells=[new_code_cell(source, outputs=list(outputs))])
    notebook, _ = HideTests(config=Config(config)).preprocess(notebook, {})
    return notebook.cells[0]


def test_hidden_lines_are_taken_out_and_the_rest_stays():
    cell = fed_back()
    assert cell.source == (
        "assert total(1) == 1\nassert total(2) == 2\nassert total(secret_case) > 0\n10.0"
    )


def test_a_cell_that_is_all_hidden_says_so():
    hidden = "### BEGIN HIDDEN TESTS\nassert f(41) == 4242\n### END HIDDEN TESTS\n"
    assert fed_back(source=hidden).source == "# This cell holds hidden tests."


def test_a_region_that_is_never_closed_is_hidden_to_the_end():
    source = "1\n### BEGIN HIDDEN TESTS\nassert f(41) == 4242"
    assert fed_back(source=source).source == "1"


def test_a_hidden_failure_is_told_without_its_values():
    cell = fed_back(failed(4, "AssertionError: got 17"))
    assert cell.outputs == [
        new_output(
            "error",
            ename="HiddenTest",
            evalue="A hidden test failed.",
            traceback=["A hidden test failed."],
        )
    ]


def test_a_failure_of_a_visible_line_is_told_in_full():
    assert fed_back(failed(1)).outputs == [failed(1)]
    assert fed_back(failed(6)).outputs == [failed(6)]


@pytest.mark.parametrize(
    "error",
    [
        failed(7),  # uses a name that hidden lines bind
        failed(1, "AssertionError: secret_case  =  41"),  # quotes a hidden line
        new_output("error", ename="E", evalue="no", traceback=["\x1b[31m--> 1 total(1)", "E: no"]),
        new_output("error", ename="E", evalue="no", traceback=[]),
    ],
)
def test_an_error_that_may_tell_of_hidden_lines_counts_as_hidden(error: NotebookNode):
    assert fed_back(error).outputs[0].evalue == "A hidden test failed."


def test_an_error_elsewhere_that_quotes_a_hidden_line_is_hidden():
    quoting = new_output(
        "error", ename="E", evalue="so \x1b[31msecret_case  =\x1b[0m 41", traceback=[]
    )
    plain = new_output("error", ename="E", evalue="mine", traceback=["a"])
    cells = [new_code_cell(TEST), new_code_cell("total(1)", outputs=[quoting, plain])]
    notebook, _ = HideTests().preprocess(new_notebook(cells=cells), {})
    evalues = [out.evalue for out in notebook.cells[1].outputs]
    assert evalues == ["A hidden test failed.", "mine"]


def test_an_error_that_quotes_what_the_learner_can_see_anyway_stays():
    hidden = "### BEGIN HIDDEN TESTS\nimport numpy as np\n### END HIDDEN TESTS"
    own = new_output("error", ename="E", evalue="import numpy as np", traceback=["a"])
    cells = [new_code_cell(hidden), new_code_cell("import numpy as np", outputs=[own])]
    notebook, _ = HideTests().preprocess(new_notebook(cells=cells), {})
    assert notebook.cells[1].outputs == [own]


def test_what_a_cell_with_hidden_tests_printed_goes_and_its_points_stay():
    points = new_output("execute_result", data={"text/plain": "10.0"})
    printed = new_output("stream", text="secret 41")
    picture = new_output("display_data", data={"image/png": PNG})
    assert fed_back(printed, picture, points).outputs == [points]
    hidden_last = TEST.replace("10.0", "### BEGIN HIDDEN TESTS\n10.0\n### END HIDDEN TESTS")
    assert fed_back(points, source=hidden_last).outputs == []
    assert fed_back(printed, source="total(1)").outputs == [printed]


def test_a_mark_scheme_goes_with_its_pictures():
    text = "Do it.\n### BEGIN MARK SCHEME\n![m](attachment:m.png) 3 points\n### END MARK SCHEME"
    cell = new_markdown_cell(text, attachments={"m.png": {"image/png": PNG}})
    notebook, _ = HideTests().preprocess(new_notebook(cells=[cell]), {})
    assert notebook.cells[0].source == "Do it."
    assert notebook.cells[0].attachments == {}


def test_the_delimiters_are_those_of_the_course():
    config = {"ClearHiddenTests": {"begin_test_delimeter": "AUF", "end_test_delimeter": "ZU"}}
    assert fed_back(source="1\n# AUF\n2\n# ZU\n3", **config).source == "1\n3"
