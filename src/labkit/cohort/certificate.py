"""A record as a page for people, with a code that holds the record's digest.

The page is for reading and printing. Nobody signs it: whoever wants to be sure checks the record
itself, and compares its digest with that in the code.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import segno
from markupsafe import Markup

from labkit.cohort.rendering import render
from labkit.credentials.record import digest

COLUMNS = (("task", "title", "text"), ("points", "score", "text"), ("of", "maximum", "text"))


def certificate_page(record: Mapping[str, Any], name: str) -> bytes:
    """Return the page of a record.

    Args:
        record: with its proof, as `labkit.cohort.certify.issue` gives it.
        name: of the person it was given to, which the record has as a digest alone.
    """
    subject = record["credentialSubject"]
    achievement = subject["achievement"]
    described = {one["id"]: one for one in achievement["resultDescription"]}
    tasks = [
        {
            "title": described[one["resultDescription"]]["name"],
            "score": one["value"],
            "maximum": described[one["resultDescription"]]["valueMax"],
        }
        for one in subject["result"]
    ]
    return render(
        "certificate.html",
        record=record,
        name=name,
        achievement=achievement,
        tasks=tasks,
        columns=COLUMNS,
        evidence=record["evidence"][0]["narrative"],
        digest=digest(record),
        code=_code(digest(record)),
    )


def _code(text: str) -> Markup:
    """Return a QR code as a picture, dark on light in both themes: readers ask for that."""
    stream = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        stream, kind="svg", scale=4, border=4, light="#fff", xmldecl=False, svgns=True, nl=False,
        svgclass="code", lineclass=None, title="The record's digest as a QR code",
    )  # fmt: skip
    return Markup(stream.getvalue().decode("utf-8"))
