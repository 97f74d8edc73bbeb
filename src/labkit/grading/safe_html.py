"""HTML and markdown that cannot act: what a page may show of a text that a learner wrote.

An allow-list holds for everything: no script, no frame, no form, no address on the grading server,
no picture from elsewhere, no name by which the page's own scripts find their parts. What may stay
is text, structure, tables, harmless styles and embedded pictures. Pages are made by nbconvert, so
markdown is judged by what nbconvert makes of it. Which text belongs to whom is for the callers.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from html import escape, unescape
from itertools import accumulate
from typing import Any

import tinycss2
from bleach.css_sanitizer import CSSSanitizer
from bleach.sanitizer import Cleaner
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.token import STANDARD_TYPES

from labkit.handed_in.notebook import PICTURE_STARTS

RASTER = tuple(PICTURE_STARTS)
# Characters without embedded pictures, and depth of tags. Cleaning takes about a second for 50,000
# characters of HTML, and grows with the square of the depth.
MAX_HTML = 250_000
MAX_MARKDOWN = 50_000
MAX_DEPTH = 100

TAGS = frozenset(
    "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small "
    "span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
# Their content is not text for a reader, so it goes with them.
CLOSED = re.compile(
    r"<(script|style|template|iframe|object|svg|math|noscript|select|textarea|title|xmp)\b"
    r".*?(?:</\1[^>]*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
CHECKBOX = re.compile(r'<input class="task-list-item-checkbox"[^>]*?disabled( checked)?\s*/?>')
# Tags that need no end are left out: a list of many items is not deep.
NESTING = re.compile(r"<(/?)(?!(?:br|col|dd|dt|hr|img|li|p|t[dhr])\b)[a-z][^<>]*", re.IGNORECASE)
PLAIN_ATTRIBUTES = frozenset({"title", "aria-label", "dir", "lang", "hidden", "style"})
TAG_ATTRIBUTES: dict[str, frozenset[str]] = {
    "details": frozenset({"open"}),
    "img": frozenset({"alt"}),
    "ol": frozenset({"start"}),
    "table": frozenset({"border"}),
    "td": frozenset({"colspan", "rowspan", "align", "valign", "halign"}),
    "th": frozenset({"colspan", "rowspan", "align", "valign", "halign", "scope"}),
}
# The page's scripts and style sheets act on classes: only those that colour code or tables stay.
CLASSES = frozenset({"labkit-card", "dataframe", "highlight", *STANDARD_TYPES.values()})
STYLES = frozenset(
    "background background-color border border-bottom border-collapse border-color border-left "
    "border-radius border-right border-spacing border-style border-top border-width color display "
    "font-family font-size font-style font-weight height line-height list-style-type margin "
    "margin-bottom margin-left margin-right margin-top max-height max-width min-width opacity "
    "overflow overflow-wrap overflow-x padding padding-bottom padding-left padding-right "
    "padding-top text-align text-decoration vertical-align white-space width".split()
)
STYLE_FUNCTIONS = frozenset({"var", "rgb", "rgba", "hsl", "hsla"})

# Outside addresses only: a link to the grading server would act with the instructor's rights.
LINK = re.compile(r"(?:https?://|mailto:|#)[^\s\x00-\x1f]*\Z", re.IGNORECASE)
# A picture that lies beside the notebook; never up, never from the server's root.
NAME = r"[\w-](?:[\w. -]|%(?!2e|2f|5c)[0-9a-f]{2})*"
PICTURE = re.compile(rf"(?!files\b)(?:{NAME}/)*{NAME}\.(?:png|jpe?g|gif|webp)\Z", re.IGNORECASE)
BASE64 = re.compile(r"(?<=;base64,)[A-Za-z0-9+/=]+")
EMBEDDED = re.compile(
    r"data:(image/(?:png|jpeg|gif|webp));base64,(.*)\Z", re.IGNORECASE | re.DOTALL
)


@lru_cache(maxsize=64)  # formgrader cleans the same tables whenever a page is opened
def clean_html(html: str) -> str:
    """Return HTML that shows what the given HTML shows, as far as it is allowed.

    Tags that are not allowed go and their text stays; scripts, drawings and frames go whole and
    leave a note.
    """
    return _clean(html, strip=True)


def clean_markdown(
    source: str,
    attachments: Mapping[str, Mapping[str, str]] | None = None,
    reserved: Collection[str] = (),
) -> str:
    """Return markdown that nbconvert turns into harmless HTML.

    Plain markdown comes back unchanged. Text with raw HTML or an address that is not allowed comes
    back as one line of cleaned HTML, in which tags that are not allowed are readable as text.

    Args:
        source: what was written in the cell.
        attachments: the cell's attached pictures by name, already cleaned.
        reserved: ids of the page, which no heading may take.
    """
    if size(source) > MAX_MARKDOWN:
        return _one_line(f"<pre>{escape(source[:MAX_MARKDOWN])}\n… (cut)</pre>")
    renderer = _Judge(attachments or {}, reserved)
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # whatever nbconvert cannot render, the pages cannot either
        return _one_line(f"<pre>{escape(source)}</pre>")
    return source if renderer.harmless else _one_line(_clean(html, strip=False))


def missing_attachments(source: str, attachments: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return the names of attached pictures that a text shows and that are not there.

    nbconvert refuses the whole page for one of them.
    """
    renderer = _Judge(attachments, ())
    MarkdownWithMath(renderer=renderer).render(source)
    return renderer.missing


def size(text: str) -> int:
    """Return how many characters a text has beside its embedded pictures."""
    return len(BASE64.sub("", text))


def is_picture(mime: str, data: object) -> bool:
    """Tell whether data is the base64 text of a PNG, JPEG, GIF or WebP picture."""
    if mime not in RASTER or not isinstance(data, str):
        return False
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return any(start.match(content) for start in PICTURE_STARTS.values())


class _Judge(IPythonRenderer):
    """Renders as nbconvert's pages do, and remembers whether anything was not harmless."""

    def __init__(
        self, attachments: Mapping[str, Mapping[str, str]], reserved: Collection[str]
    ) -> None:
        super().__init__(
            escape=False,
            attachments={name: dict(data) for name, data in attachments.items()},
            exclude_anchor_links=True,
        )
        self.harmless = True
        self.missing: set[str] = set()
        self._reserved = reserved

    def block_html(self, html: str) -> str:
        self.harmless = False
        return str(super().block_html(html))

    def inline_html(self, html: str) -> str:
        self.harmless = False
        return str(super().inline_html(html))

    def block_mermaidjs(self, code: str) -> str:
        # nbconvert writes this block without escaping it.
        self.harmless = False
        return f"<pre>{escape(code)}</pre>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        self.harmless &= _may_link(url)
        return str(super().link(text, url, title))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        html = str(super().image(text, url, title))
        self.harmless &= _may_show(unescape(self._embed_image_or_attachment(url)))
        return html

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        html = str(super().heading(text, level, **attrs))
        shown = re.sub(r"<[^>]*>", "", text)
        self.harmless &= unescape(shown).strip().replace(" ", "-") not in self._reserved
        return html

    def _embed_image_or_attachment(self, src: str) -> str:
        name = src.removeprefix("attachment:")
        if name != src and name not in self.attachments:
            self.harmless = False
            self.missing.add(name)
            return ""
        return str(super()._embed_image_or_attachment(src))


class _Styles(CSSSanitizer):
    """Keeps declarations that change looks in place: no addresses, no escape from the box."""

    def sanitize_css(self, style: str) -> str:
        kept = [
            declaration
            for declaration in tinycss2.parse_declaration_list(style, skip_whitespace=True)
            if declaration.type == "declaration"
            and declaration.lower_name in STYLES
            and all(map(_may_style, declaration.value))
        ]
        return str(tinycss2.serialize(kept))


def _clean(html: str, strip: bool) -> str:
    html = CHECKBOX.sub(lambda match: "☑ " if match[1] else "☐ ", CLOSED.sub(_removed, html))
    if size(html) > MAX_HTML or _depth(html) > MAX_DEPTH:
        return "<p><em>[HTML too large or too deep to be shown]</em></p>"
    cleaner = Cleaner(
        tags=TAGS,
        attributes=_may_have,
        protocols=frozenset({"http", "https", "mailto", "data"}),
        strip=strip,
        css_sanitizer=_Styles(),
    )
    return str(cleaner.clean(html))


def _depth(html: str) -> int:
    steps = (-1 if match[1] else 1 for match in NESTING.finditer(html))
    return max(accumulate(steps), default=0)


def _removed(match: re.Match[str]) -> str:
    name = match[1].lower()
    return "" if name == "style" else f"<em>[{name} removed]</em>"


def _one_line(html: str) -> str:
    """Write HTML as one block of markdown, which nothing in it can end early."""
    lines = re.split(r"\r\n|\r|\n", html.strip())
    return f"<div>{'&#10;'.join(lines)}</div>"


def _may_have(tag: str, name: str, value: str) -> bool:
    """Tell whether a tag may have an attribute; bleach asks for each one."""
    value = unescape(value)
    if name == "href":
        return tag == "a" and _may_link(value)
    if name == "src":
        return tag == "img" and _may_show(value)
    if name == "class":
        return bool(CLASSES.issuperset(value.split()))
    if name in ("width", "height"):
        return value.isascii() and value.isdigit()
    return name in PLAIN_ATTRIBUTES or name in TAG_ATTRIBUTES.get(tag, ())


def _may_link(url: str) -> bool:
    return LINK.match(unescape(url)) is not None


def _may_show(url: str) -> bool:
    embedded = EMBEDDED.match(url)
    if embedded:
        return is_picture(embedded[1].lower(), embedded[2])
    return PICTURE.match(url) is not None


def _may_style(token: Any) -> bool:
    if token.type == "function":
        return token.lower_name in STYLE_FUNCTIONS and all(map(_may_style, token.arguments))
    if token.type in ("number", "percentage", "dimension"):
        return bool(token.value >= 0)
    if token.type == "literal":
        return token.value in (",", "/")
    return token.type in ("ident", "hash", "whitespace")
