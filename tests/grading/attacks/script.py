"""Stored script: active content in every field that feedback or formgrader ever shows.

What a browser does with it is another test's business; here it must not be stored.
"""

from attacks.submission import Submission, attack

ACTIVE = (
    "<script>document.title='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\">"
    "<svg onload=\"document.title='owned'\"></svg>"
    "<a href=\"javascript:document.title='owned'\">x</a>"
    "<iframe srcdoc=\"<script>parent.document.title='owned'</script>\"></iframe>"
)


@attack()
def script_in_a_markdown_answer(work: Submission) -> None:
    """Writes script into the essay: as tags, as handlers, as links, in a table and in math."""
    work.answer(
        "memo",
        ACTIVE
        + f"\n\n[x](javascript:document.title='owned')\n\n![x]({ACTIVE})\n\n$$ {ACTIVE} $$\n\n"
        + f"```html\n</code></pre>{ACTIVE}\n```\n\n| a |\n|---|\n| {ACTIVE} |\n",
    )


@attack()
def script_in_other_cells(work: Submission) -> None:
    """Inserts markdown and raw cells with script, with attachments."""
    work.insert(ACTIVE, "tax", "markdown")
    work.insert(ACTIVE, "tax", "raw", raw_mimetype="text/html", format="text/html")


@attack()
def script_in_code(work: Submission) -> None:
    """Writes script into the text of code cells, which highlighting may not escape."""
    work.answer_all(f"# </pre></div>{ACTIVE}\nx = '''{ACTIVE}'''\n")


@attack()
def script_in_display_data(work: Submission) -> None:
    """Displays script as HTML, JavaScript, SVG, markdown, LaTeX and widgets."""
    work.answer(
        "tax",
        f"""
from IPython.display import display
active = {ACTIVE!r}
for kind in ("text/html", "application/javascript", "image/svg+xml", "text/markdown",
             "text/latex", "application/vnd.jupyter.widget-view+json", "application/pdf"):
    display({{kind: active, "text/plain": active}}, raw=True)
display({{"image/png": 'x" onerror="document.title=1'}}, raw=True,
        metadata={{"image/png": {{"width": '1" onload="document.title=1', "alt": active}}}})
""",
    )


@attack()
def script_in_lists(work: Submission) -> None:
    """Displays lists of texts where a text is expected, which a filter may overlook."""
    work.answer(
        "tax",
        f"""
from IPython.display import display
for kind in ("text/html", "image/svg+xml", "text/markdown", "text/latex", "text/plain"):
    display({{kind: [{ACTIVE!r}]}}, raw=True)
""",
    )


@attack()
def script_in_printed_text(work: Submission) -> None:
    """Prints script on stdout and stderr, with terminal codes around it."""
    work.answer(
        "tax",
        f"import sys\nprint({ACTIVE!r})\nprint('\\x1b[31m' + {ACTIVE!r}, file=sys.stderr)",
    )


@attack()
def script_in_errors(work: Submission) -> None:
    """Raises an error whose name, text and traceback hold script, in a cell and in a test."""
    work.answer_all(
        f"""
active = {ACTIVE!r}
Bad = type("Bad" + active, (Exception,), {{"_render_traceback_": lambda self: [active]}})
def fail(*arguments): raise Bad(active)
tax = moving_average = Account = ranking = is_prime = roman = is_even = median = fail
longest = active
"""
    )
    work.insert(f"raise ValueError({ACTIVE!r})", "tax")


@attack()
def script_in_a_value(work: Submission) -> None:
    """Returns values whose texts hold script, for the messages of failed tests and cards."""
    work.answer_all(
        f"""
active = {ACTIVE!r}
longest, lengths = active, [active]
def text(*arguments): return active
tax = roman = ranking = is_prime = text
def median(values):
    print(active)
    raise ValueError(active)
"""
    )


@attack()
def script_in_metadata(work: Submission) -> None:
    """Puts script into the names of cells, the language, the kernel and attachments."""
    work.notebook["metadata"]["language_info"] = {"name": ACTIVE, "pygments_lexer": ACTIVE}
    work.notebook["metadata"]["kernelspec"]["display_name"] = ACTIVE
    work.notebook["metadata"]["title"] = ACTIVE
    for cell in work.notebook["cells"]:
        cell["id"] = "a"
        cell["metadata"].update(name=ACTIVE, tags=[ACTIVE], slideshow={"slide_type": ACTIVE})
        if cell["cell_type"] == "markdown":
            cell["attachments"] = {f"{ACTIVE}.png": {"text/html": ACTIVE, "image/png": ACTIVE}}


@attack()
def script_in_file_names(work: Submission) -> None:
    """Hands in files whose names are markup."""
    work.file("<img src=x onerror=alert(1)>.csv", "1")
    work.file("'); alert(1); ('.csv", "1")
