"""What a learner reads when handing in: how it stands, what the run gave, the receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from labkit.desk.notebooks import Work, saved_at
from labkit.desk.rehearse import Rehearsal
from labkit.exercise.cards import Card, notice_card, table_card


def refusal(found: Sequence[str]) -> str:
    """Say why nothing was handed in, and how to hand in all the same."""
    listed = "\n".join(f"- {sentence}" for sentence in found)
    return (
        f"Nothing was handed in.\n{listed}\nTo hand in the file as it is all the same: "
        "submit(..., now=True, anyway=True) in the notebook, `labkit submit LAB --anyway` in a "
        "terminal."
    )


def standing_card(work: Work, found: Sequence[str], handed_in: str, due: str = "") -> Card:
    """Say what would be handed in, before anything is; `due` is ISO 8601, or empty."""
    lines = [
        f"{work.path.name}, saved {saved_at(work.path)}. Only what is saved is handed in.",
        handed_in or "Not handed in yet.",
        *([f"Due {_local(due)}."] if due else []),
        *(f"Mend first: {sentence}" for sentence in found),
        "To hand in: press Hand in above the notebook, which saves it first. Where there is no "
        f'such button, save (Ctrl+S) and run submit("{work.lab}", now=True). The last one counts.',
    ]
    return notice_card(f"Handing in {work.lab}", "\n".join(lines))


def rehearsing_card(work: Work) -> Card:
    """Say that the notebook is being run."""
    return notice_card(
        f"Running {work.path.name} from the top",
        "A copy runs in a fresh kernel, as at grading; most labs take one or two minutes. In a "
        "hurry, interrupt and hand in without: validate=False, or --no-validate in a terminal.",
    )


def rehearsal_card(work: Work, found: Rehearsal) -> Card:
    """Show what every task gave when the notebook ran from the top."""
    note = f"{found.reached:.3g} of {found.points:g} points in practice, {found.seconds:.0f} s"
    rows = [
        (
            result.task,
            "by hand" if result.reached is None else f"{result.reached:.3g}",
            f"{result.points:g}",
            result.status,
        )
        for result in found.tasks
    ]
    header = ("task", "points", "of", "outcome")
    card = table_card(f"{work.lab}, run from the top", note, header, rows)
    words = [sentence for sentence in (found.unfinished, found.stops_at) if sentence]
    if not words:
        return card
    more = notice_card("What stopped", "\n".join(words))
    return Card(card.html + more.html, f"{card.text}\n{more.text}")


def receipt_card(receipt: Mapping[str, Any], how: str, place: str, trouble: Sequence[str]) -> Card:
    """Show the receipt, and what is left to do."""
    when = _local(receipt["when"])
    lines = [
        f"{receipt['learner']}, {receipt['lab']}, {when}, receipt {receipt['id']}.",
        _what_next(how, place),
        *(f"{name}: sha256 {digest[:16]}…" for name, digest in receipt["files"].items()),
        *trouble,
        "You may hand in again as often as you like; the last one counts.",
    ]
    return notice_card("Handed in" if how == "exchange" else "Packed", "\n".join(lines))


def _local(when: str) -> str:
    """Write a time on this computer's clock."""
    return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _what_next(how: str, place: str) -> str:
    if how == "exchange":
        return f"It lies in {place}; there is nothing more to do."
    return f"Send this file to your instructor, where your course collects work: {place}"
