"""Cards: how an outcome, a hint, a question or the progress looks.

A card is static HTML with a text form, so it is still there when a notebook is opened again,
converted, or shown in a terminal. Colours are JupyterLab's own variables with fallbacks, so light
and dark themes both work; a status is always a word and a sign, never a colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import fill, indent

from labkit.exercise.outcome import Outcome, Status
from labkit.exercise.quiz import Question

SIGNS = {
    Status.PASSED: ("✔", "--jp-success-color1, #2e7d32"),
    Status.PARTIAL: ("◐", "--jp-warn-color1, #b26a00"),
    Status.FAILED: ("✘", "--jp-error-color1, #c62828"),
    Status.NOT_ATTEMPTED: ("○", "--jp-border-color0, #757575"),
    Status.ERROR: ("⚠", "--jp-error-color1, #c62828"),
}
NEUTRAL = ("", "--jp-brand-color1, #1565c0")


@dataclass(frozen=True, repr=False)
class Card:
    """Something to show, in HTML and in plain text."""

    html: str
    text: str

    def __repr__(self) -> str:
        """The text form, which a terminal shows."""
        return self.text

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def outcome_card(task: str, outcome: Outcome, points: float, where: str) -> Card:
    """Show the outcome of a check.

    Args:
        task: the task's name.
        outcome: what the judge said.
        points: the task's full points.
        where: on which instances it was judged, for example "your practice instance".
    """
    reached = f"{outcome.score * points:.3g} of {points:g} points on {where}"
    rows = [("", outcome.message), ("On", outcome.on), ("Known trap", outcome.misconception)]
    rows.append(("Next", outcome.next_step))
    sign, colour = SIGNS[outcome.status]
    return _card(
        f"{sign} {task}: {outcome.status}",
        reached,
        [(label, text) for label, text in rows if text],
        colour,
        folded=[("Printed by your code", outcome.printed)] if outcome.printed.strip() else [],
    )


def hint_card(task: str, hints: Sequence[str], opened: int) -> Card:
    """Show the hints of a task that are open so far."""
    rows = [(f"{place}", hint) for place, hint in enumerate(hints[:opened], 1)]
    left = len(hints) - opened
    more = f"{left} more: call lab.hint again" if left else "these are all the hints"
    return _card(f"Hints for {task}", more, rows, NEUTRAL[1])


def question_card(question: Question) -> Card:
    """Show a quiz question; each option opens to tell whether it is right, and why."""
    rows = [("", question.text)]
    folded = [
        (f"{letter}) {option.text}", f"{'Right' if option.right else 'Not this one'}. {option.why}")
        for letter, option in zip(question.letters, question.options, strict=True)
    ]
    options = "\n".join(f"  {label}" for label, _ in folded)
    card = _card("Question", "open an option to compare", rows, NEUTRAL[1], folded=folded)
    return Card(card.html, f"Question\n{fill(question.text, 88)}\n{options}")


def answer_card(question: Question, letter: str) -> Card:
    """Show what a chosen option is worth."""
    option = question.option(letter)
    sign, colour = SIGNS[Status.PASSED if option.right else Status.FAILED]
    verdict = "right" if option.right else "not this one"
    rows = [("", question.text), ("You chose", option.text), ("Why", option.why)]
    return _card(f"{sign} {verdict}", "", rows, colour)


def table_card(title: str, note: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Card:
    """Show a table, for example the progress in a lab."""
    head = "".join(f'<th scope="col" style="text-align:left">{escape(h)}</th>' for h in header)
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{escape(c)}</td>' for c in row) + "</tr>"
        for row in rows
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    html = _frame(title, note, table, NEUTRAL[1])
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    return Card(html, "\n".join([f"{title} · {note}", *lines]))


def notice_card(title: str, text: str) -> Card:
    """Show a short notice."""
    return _card(title, "", [("", text)], NEUTRAL[1])


def _card(
    title: str,
    note: str,
    rows: Sequence[tuple[str, str]],
    colour: str,
    folded: Sequence[tuple[str, str]] = (),
) -> Card:
    parts = []
    for label, text in rows:
        shown = escape(text).replace("\n", "<br>")
        lead = f"<strong>{escape(label)}:</strong> " if label else ""
        parts.append(f'<p style="margin:.3em 0">{lead}{shown}</p>')
    for label, text in folded:
        parts.append(
            f'<details style="margin:.3em 0"><summary>{escape(label)}</summary>'
            f'<div style="margin:.3em 1.2em;white-space:pre-wrap">{escape(text)}</div></details>'
        )
    lines = [f"{title} · {note}" if note else title]
    for label, text in [*rows, *folded]:
        lines.append(indent(_wrapped(f"{label}: {text}" if label else text), "  "))
    return Card(_frame(title, note, "".join(parts), colour), "\n".join(lines))


def _frame(title: str, note: str, body: str, colour: str) -> str:
    aside = f' <span style="opacity:.85">· {escape(note)}</span>' if note else ""
    return (
        f'<section class="labkit-card" aria-label="{escape(title)}" style="'
        f"border:1px solid var(--jp-border-color1, #bdbdbd);border-left:.4em solid var({colour});"
        'border-radius:4px;padding:.4em .9em;margin:.3em 0;max-width:46em">'
        f'<p style="margin:.2em 0"><strong>{escape(title)}</strong>{aside}</p>{body}</section>'
    )


def _wrapped(text: str) -> str:
    return "\n".join(fill(line, 88) for line in text.splitlines())
