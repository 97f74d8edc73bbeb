"""Sphinx's settings for the reading site, and how a formula becomes MathML.

The pages are made by `labkit site` (`labkit.authoring.site`), which also gives the site its name
and starts Sphinx. Nothing here may make a page ask another host for anything.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

author = ""
copyright = "the labkit authors. Lessons: CC BY 4.0"

extensions = ["myst_nb"]
# To download, not to read.
exclude_patterns = ["notebooks"]
nb_execution_mode = "off"
# Widgets need a kernel, and their scripts would come from another host; the pictures stay.
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3

html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["labkit.css"]
html_favicon = "static/favicon.svg"
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "navbar_persistent": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "home_page_in_toc": True,
}

logger = logging.getLogger(__name__)

# TeX's sizes without a side, which docutils does not know: \Big( is \Bigl( but for the spacing.
SIDELESS = re.compile(r"\\([bB]igg?)(?![A-Za-z])")


def setup(app: Sphinx) -> None:
    """Render formulas with docutils' own converter: no script, no font, nothing to load."""
    app.add_html_math_renderer("mathml", (inline_formula, None), (display_formula, None))


def inline_formula(translator: HTML5Translator, node: nodes.Element) -> None:
    """Write a formula that stands in a sentence."""
    translator.body.append(mathml(node, block=False))
    raise nodes.SkipNode


def display_formula(translator: HTML5Translator, node: nodes.Element) -> None:
    """Write a formula that stands alone, with its number if it has one."""
    # A long formula scrolls; whoever uses the keyboard must be able to reach it.
    attributes = {"tabindex": "0", "role": "group", "aria-label": "Formula"}
    translator.body.append(translator.starttag(node, "div", CLASS="formula", **attributes))
    translator.body.append(mathml(node, block=True))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})</span>')
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def mathml(node: nodes.Element, block: bool) -> str:
    """Return the formula as MathML, its TeX as alternative text."""
    tex = " ".join(node.astext().split())
    try:
        markup = tex2mathml(SIDELESS.sub(r"\\\1l", tex), as_block=block)
    except MathError as trouble:
        # The build counts warnings as errors, so the author has to see it.
        words = "the formula %r cannot be shown: %s Write it with other commands."
        logger.warning(words, tex, trouble, location=node)
        return f"<code>{escape(tex)}</code>"
    return markup.replace("<math ", f'<math alttext="{escape(tex)}" ', 1)
