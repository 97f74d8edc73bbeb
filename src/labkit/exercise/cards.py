"""Cards: how an outcome, a hint, a question or the progress looks.

A card is static HTML with a text form, so it is still there when a notebook is opened again,
converted, or shown in a terminal. It must be readable wherever a notebook is: in both themes of
JupyterLab, in nbconvert's pages, on GitHub, and after the sanitizers of these, which take away
styles with variables, roles and ARIA attributes. So structure is in the tags alone (a heading,
tables with captions, `details`), text has the page's own colour, and the only coloured text is a
status on a ground of its own, a word with a sign.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from labkit.exercise.outcome import Outcome, Status
from labkit.exercise.quiz import Question
from labkit.pictures.words import percent_apart

QUESTION_TYPE = "application/vnd.labkit.question+json"
WIDTH = 88
"""Columns of the text form."""

WHITE = "#ffffff"
NEUTRAL = "#1565c0"
# On each ground white text has a contrast of 4.5 or more, and each ground has 3 or more to a white
# and to a dark (#111111) page.
SIGNS = {
    Status.PASSED: ("✔", "#2e7d32"),
    Status.PARTIAL: ("◐", "#a65300"),
    Status.FAILED: ("✘", "#c62828"),
    Status.NOT_ATTEMPTED: ("○", "#6b6b6b"),
    Status.ERROR: ("⚠", "#c62828"),
}
OUTCOME = re.compile(
    f"(?:{'|'.join(sign for sign, _ in SIGNS.values())}) [^:]*(?::[^:]*?)*?: "
    f"({'|'.join(Status)}) · "
)
TRAP = re.compile(r"^  Known trap: (.*(?:\n    .*)*)", re.MULTILINE)
NUMBER = re.compile(r"[-−+±]?\d[\d.,]*(?: \S{1,4})?")
Row = tuple[str, str]


@dataclass(frozen=True, repr=False)
class Card:
    """Something to show, in HTML, in plain text, and as data by type for our own extension."""

    html: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """The text form, which a terminal shows."""
        return self.text

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/html": self.html, "text/plain": self.text, **self.data}


def outcome_card(
    task: str,
    outcome: Outcome,
    points: float,
    where: str,
    before: float | None = None,
    hints: Sequence[str] = (),
) -> Card:
    """Show the outcome of a check.

    Args:
        task: what the task is called.
        outcome: what the judge said.
        points: the task's full points.
        where: on which instances it was judged, for example "your practice instance".
        before: the score of the try before, from 0 to 1; None if there was none.
        hints: hints to offer, one inside the other, where the task is not passed.
    """
    note = f"{outcome.score * points:.3g} of {points:g} points on {where}"
    if before is not None:
        note += _since(before, outcome.score, points)
    rows = [("", outcome.message), ("On", outcome.on), ("Known trap", outcome.misconception)]
    rows.append(("Next", outcome.next_step))
    folded = [("Printed by your code", outcome.printed)] if outcome.printed.strip() else []
    sign, colour = SIGNS[outcome.status]
    heading = f"{escape(task)}: {_badge(outcome.status)}"
    offered = "" if outcome.status is Status.PASSED else _hints(hints)
    return Card(
        _frame(heading, note, _rows(rows) + offered + _folded(folded), colour),
        _text(f"{sign} {task}: {outcome.status}", note, [*rows, *folded]),
    )


def read_outcome(text: str) -> tuple[Status, str] | None:
    """Read an outcome's status and misconception back from its card's text form.

    Returns:
        None if the text is no such card.
    """
    found = OUTCOME.match(" ".join(text.split()))
    if not found:
        return None
    trap = TRAP.search(text)
    return Status(found[1]), " ".join(trap[1].split()) if trap else ""


def hint_card(task: str, hints: Sequence[str], opened: int) -> Card:
    """Show the hints of a task that are open so far."""
    title = f"Hints for {task}"
    left = len(hints) - opened
    note = f"{left} more: call lab.hint again" if left else "these are all the hints"
    items = "".join(f"<li>{_in_html(hint)}</li>" for hint in hints[:opened])
    body = f'<ol style="margin:.3em 0;padding-left:2em">{items}</ol>' if items else ""
    rows = [(f"{place}", hint) for place, hint in enumerate(hints[:opened], 1)]
    return Card(_frame(escape(title), note, body, NEUTRAL), _text(title, note, rows))


def question_card(lab: str, question: Question) -> Card:
    """Show a quiz question; each option opens to tell whether it is right, and why.

    The text form holds the options without the answers. The extension of JupyterLab draws the
    question from data instead: there a click answers it, and counts.
    """
    title, note = "Question", "open an option to compare"
    options = list(zip(question.letters, question.options, strict=True))
    folded = [
        (f"{letter}) {option.text}", f"{'Right' if option.right else 'Not this one'}. {option.why}")
        for letter, option in options
    ]
    body = _rows([("", question.text)]) + _folded(folded)
    rows = [("", question.text), *((f"{letter})", option.text) for letter, option in options)]
    how = "answer with lab.quiz(NAME, LETTER)"
    data = {
        "lab": lab,
        "name": question.name,
        "text": question.text,
        "options": [
            {"letter": letter, "text": option.text, "why": option.why, "right": option.right}
            for letter, option in options
        ],
    }
    html, text = _frame(title, note, body, NEUTRAL), _text(title, how, rows)
    return Card(html, text, {QUESTION_TYPE: data})


def answer_card(question: Question, letter: str) -> Card:
    """Show what a chosen option is worth."""
    option = question.option(letter)
    status, word = (Status.PASSED, "right") if option.right else (Status.FAILED, "not this one")
    sign, colour = SIGNS[status]
    rows = [("", question.text), ("You chose", option.text), ("Why", option.why)]
    return Card(
        _frame(f"Answer: {_badge(status, word)}", "", _rows(rows), colour),
        _text(f"{sign} Answer: {word}", "", rows),
    )


def table_card(
    title: str,
    note: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    more: Sequence[Row] = (),
) -> Card:
    """Show a table, for example the progress in a lab, and below it some more lines.

    The note is the table's caption, the first cell of a row its heading. A cell that is the word
    of a status is shown as one.
    """
    rows = [[percent_apart(cell) for cell in row] for row in rows]
    more = [(label, percent_apart(text)) for label, text in more]
    body = _table(note or title, header, rows) + _rows(more)
    lines = [*_columns(header, rows), *(_line(label, text) for label, text in more if text)]
    head = _text(title, note, [])
    return Card(_frame(escape(title), "", body, NEUTRAL), "\n".join([head, *lines]))


def notice_card(title: str, text: str) -> Card:
    """Show a short notice."""
    rows = [("", text)]
    return Card(_frame(escape(title), "", _rows(rows), NEUTRAL), _text(title, "", rows))


def _since(before: float, score: float, points: float) -> str:
    if before == score:
        return ", as at your last try"
    way = "up" if score > before else "down"
    return f", {way} from {before * points:.3g} of {points:g}"


# --- HTML ---------------------------------------------------------------------------------------


def _frame(heading: str, note: str, body: str, colour: str) -> str:
    """Put a card together; `heading` and `body` are HTML, `note` is text."""
    below = f'<p style="margin:.2em 0">{_in_html(note)}</p>' if note else ""
    return (
        f'<section class="labkit-card" style="border:1px solid #808080;border-left:.4em solid '
        f"{colour};border-radius:4px;padding:.4em .9em;margin:.3em 0;max-width:46em;"
        'overflow-wrap:anywhere">'
        f'<h4 style="margin:.2em 0;font-size:1em;font-weight:bold;line-height:1.3">{heading}</h4>'
        f"{below}{body}</section>"
    )


def _badge(status: Status, word: str = "") -> str:
    sign, colour = SIGNS[status]
    return (
        f'<span style="color:{WHITE};background-color:{colour};border-radius:3px;padding:0 .4em">'
        f'<span aria-hidden="true">{sign}</span> {escape(word or status)}</span>'
    )


def _rows(rows: Sequence[Row]) -> str:
    parts = []
    for label, text in rows:
        lead = f"<strong>{escape(label)}:</strong> " if label else ""
        if text:
            parts.append(f'<p style="margin:.3em 0">{lead}{_in_html(text)}</p>')
    return "".join(parts)


def _folded(folded: Sequence[Row]) -> str:
    return "".join(
        f'<details style="margin:.3em 0"><summary>{escape(label)}</summary>'
        f'<div style="margin:.3em 1.2em;white-space:pre-wrap">{_in_html(text)}</div></details>'
        for label, text in folded
    )


def _hints(hints: Sequence[str]) -> str:
    """Fold hints into each other, so that each opens only after the gentler one."""
    html = ""
    for place, hint in reversed(list(enumerate(hints, 1))):
        html = (
            f'<details style="margin:.3em 0"><summary>Hint {place} of {len(hints)}</summary>'
            f'<div style="margin:.3em 1.2em">{_in_html(hint)}{html}</div></details>'
        )
    return html


def _side(column: tuple[str, ...]) -> str:
    """Say where a column, its heading first, stands: numbers, with or without a unit, right."""
    cells = column[1:]
    right = any(cells) and all(not cell or NUMBER.fullmatch(cell) for cell in cells)
    return "right" if right else "left"


# Within a table no word may break: broken numbers mislead. JupyterLab says otherwise of headings.
# Narrow gaps leave room for six columns on a page of 800 pixels.
CELL = "overflow-wrap:break-word;padding:.4em .3em"


def _table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    sides = [_side(column) for column in zip_longest(header, *rows, fillvalue="")]
    head = "".join(
        f'<th scope="col" style="{CELL};text-align:{side}">{escape(cell)}</th>'
        for cell, side in zip(header, sides, strict=False)
    )
    body = "".join(
        f'<tr><th scope="row" style="{CELL};text-align:{sides[0]}">{escape(row[0])}</th>'
        + "".join(
            f'<td style="{CELL};text-align:{side}">{_cell(cell)}</td>'
            for cell, side in zip(row[1:], sides[1:], strict=False)
        )
        + "</tr>"
        for row in rows
    )
    return (
        '<table style="margin:.3em 0">'
        f'<caption style="text-align:left">{_in_html(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(text: str) -> str:
    return _badge(Status(text)) if text in list(Status) else _in_html(text)


def _in_html(text: str) -> str:
    """Escape a text. No line break stays: an empty line would end HTML within markdown."""
    return escape(text).replace("\n", "<br>")


# --- text ---------------------------------------------------------------------------------------


def _text(title: str, note: str, rows: Sequence[Row]) -> str:
    head = wrap(f"{title} · {note}" if note else title, WIDTH)
    return "\n".join([*head, *(_line(label, text) for label, text in rows if text)])


def _line(label: str, text: str) -> str:
    """Indent a row; what does not fit stands below it, further in."""
    lead = label if label.endswith(")") else f"{label}:"
    first, *others = (f"{lead} {text}" if label else text).splitlines()
    lines = wrap(first, WIDTH, initial_indent="  ", subsequent_indent="    ") or [""]
    for other in others:
        lines += wrap(other, WIDTH, initial_indent="    ", subsequent_indent="    ") or [""]
    return "\n".join(lines)


def _columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Write a table in columns; a cell that is the word of a status has its sign before it."""
    signed = [[_signed(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *signed, strict=True)]
    if 2 + sum(widths) + 2 * len(widths) > WIDTH + 2:  # too wide: a row a paragraph
        return [
            _line("", "; ".join(f"{name} {cell}" for name, cell in zip(header, row, strict=True)))
            for row in signed
        ]
    return [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *signed)
    ]


def _signed(cell: str) -> str:
    return f"{SIGNS[Status(cell)][0]} {cell}" if cell in list(Status) else cell
