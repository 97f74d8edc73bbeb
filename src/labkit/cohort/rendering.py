"""Fills this room's pages in: no file beside one, no request, no script but the one that sorts.

Everything from data is escaped by the templates. Besides, a page's own policy lets the browser run
one script alone, by its digest, so that a stored script would stay text twice over.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> bytes:
    """Fill a template of this room in; all values are escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters |= {"shown": shown, "exact": exact}
    script = (TEMPLATES / "sort.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    text = environment.get_template(template).render(
        style=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
        **values,
    )
    return text.encode("utf-8", "replace")


def shown(value: Any) -> str:
    """Return a value as a reader likes it: two digits behind the point, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text.replace("-", "−")
    return str(value)


def exact(value: Any) -> str:
    """Return a number as the sorting script reads it; nothing for None."""
    return "" if value is None else repr(float(value))
