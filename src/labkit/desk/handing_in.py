"""The steps of handing in, behind `labkit submit` and the cell at the end of every lab.

The file on the disk is looked over, run from the top in a fresh kernel, and handed in with a
receipt. Checks that fail do not stand in the way: one minute before a deadline a learner wants the
points that are there, the last hand-in counts, and the report says what is missing. What does stop
it is a file that is not what the learner believes it to be (not saved, cells lost, another
edition), until the learner says `anyway`.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython import get_ipython
from IPython.display import display

from labkit.authoring.catalog import FACTS
from labkit.desk import report
from labkit.desk.deliver import (
    Exchange,
    ExchangeRefusedError,
    find_exchange,
    to_exchange,
    write_zip,
)
from labkit.desk.notebooks import SubmitError, Work, faults, find_notebook, read_work
from labkit.desk.receipt import RECEIPT, make_receipt, render
from labkit.desk.rehearse import Tell, rehearse
from labkit.desk.unsaved import unsaved
from labkit.exercise.cards import Card, notice_card
from labkit.exercise.reporting import FOLDER as REPORTS
from labkit.handed_in.folder import (
    DEPTH,
    FILE_BYTES,
    FILES,
    TOTAL_BYTES,
    UnusableName,
    entry_parts,
)
from labkit.learner import progress
from labkit.learner.identity import learner_id
from labkit.learner.state import last_hand_in
from labkit.learner.work import work_digest
from labkit.learner.zip_names import HANDED_IN, LEARNER_CHARACTERS, ZipName

# Accounts that many people share: as a name they tell an instructor nothing.
SHARED_ACCOUNTS = {"jovyan", "learner", "root", "student", "ubuntu", "user"}
LEFT_OUT = {"__pycache__", HANDED_IN, REPORTS}


@dataclass(frozen=True)
class Wishes:
    """How to hand in.

    Attributes:
        validate: run the notebook from the top first.
        anyway: hand in although the file may not be what the learner believes it to be.
        learner: the name that the instructor knows; empty for the account's.
        to: the folder for the zip; None for the workbook's own.
        tell: called with how many cells have run from the top, and of how many.
    """

    validate: bool = True
    anyway: bool = False
    learner: str = ""
    to: Path | None = None
    tell: Tell = lambda done, cells: None


class NameNeeded(SubmitError):
    """Nothing was handed in, since nobody can tell whose work it is."""


class LookedOdd(SubmitError):
    """Nothing was handed in, since the file may not be what the learner believes it to be."""


Show = Callable[[Card], None]


def from_notebook(lab: str, wishes: Wishes, now: bool) -> None:
    """Hand in the notebook that asks, or with `now` false only say how it stands."""
    try:
        work = read_work(find_notebook(lab, Path.cwd(), current_notebook()))
        found = [*_unsaved_faults(work), *faults(work)]
        if now:
            hand_in(work, found, wishes, display)
        else:
            display(report.standing_card(work, found, _handed_in(work), _due(work)))
    except SubmitError as problem:
        display(notice_card("Not handed in", str(problem)))


def from_terminal(target: str, wishes: Wishes) -> dict[str, Any]:
    """Hand in from the command line, printing each card's text.

    Raises:
        SubmitError: nothing was handed in.
    """
    work = read_work(find_notebook(target, Path.cwd()))
    return hand_in(work, faults(work), wishes, lambda card: print(card.text, flush=True))


def current_notebook() -> str:
    """The file name of the notebook that this kernel belongs to, or nothing if that is unknown."""
    return Path(os.environ.get("JPY_SESSION_NAME", "")).name


def hand_in(work: Work, found: list[str], wishes: Wishes, show: Show) -> dict[str, Any]:
    """Hand a notebook in, showing what happens; return the receipt.

    Args:
        work: the notebook.
        found: what makes it something else than the learner believes, in sentences.
        wishes: how to hand in.
        show: takes each card.

    Raises:
        SubmitError: nothing was handed in.
    """
    if found and not wishes.anyway:
        raise LookedOdd(report.refusal(found))
    files = gather(work)
    exchange = None if wishes.to else find_exchange(work.lab)
    learner = exchange.learner if exchange else _named(wishes.learner or learner_id())
    rehearsal = None
    if wishes.validate:
        show(report.rehearsing_card(work))
        rehearsal = rehearse(work, files, tell=wishes.tell)
        show(report.rehearsal_card(work, rehearsal))
    receipt = make_receipt(work, learner, files, rehearsal.as_data() if rehearsal else None)
    place, how, trouble = _deliver(work, receipt, files, exchange, wishes)
    kept = _record(work, receipt, how)
    show(report.receipt_card(receipt, how, place, [*found, *trouble, *kept]))
    return receipt


def gather(work: Work) -> dict[str, bytes]:
    """Read what is handed in: the notebook, and the plain files that lie beside it.

    Other notebooks, hidden files and links stay where they are.

    Raises:
        SubmitError: it is more than grading accepts, has a name that grading refuses, or cannot be
            read.
    """
    folder = work.path.absolute().parent
    files = {work.name: work.content}
    total = len(work.content)
    seen: set[str] = set()
    for taken in (work.name, RECEIPT):
        entry_parts(taken, seen)
    for path in _plain_files(folder):
        name = path.relative_to(folder).as_posix()
        _check_name(name, seen)
        try:
            size = path.stat().st_size
            total += size
            if size > FILE_BYTES or total > TOTAL_BYTES or len(files) >= FILES - 1:
                raise SubmitError(
                    f"The folder {folder} holds more than can be handed in: {FILES} files, "
                    f"{FILE_BYTES // 1_000_000} MB each, {TOTAL_BYTES // 1_000_000} MB in all "
                    f"(at {name}). Move what is not needed elsewhere."
                )
            files[name] = path.read_bytes()
        except OSError as problem:
            raise _unreadable(problem) from None
    return files


def _plain_files(folder: Path) -> Iterator[Path]:
    """The files beside the notebook that go along; reading a pipe would wait for ever."""

    def stop(problem: OSError) -> None:
        raise _unreadable(problem)

    for below, folders, names in os.walk(folder, onerror=stop):
        folders[:] = sorted(name for name in folders if not _is_left_out(Path(below, name)))
        for name in sorted(names):
            path = Path(below, name)
            left_out = _is_left_out(path) or path.suffix in (".ipynb", ".pyc") or name == RECEIPT
            if not left_out and path.is_file():
                yield path


def _check_name(name: str, seen: set[str]) -> None:
    """Refuse a name for which grading would refuse the whole zip."""
    try:
        entry_parts(name, seen)
    except UnusableName:
        raise SubmitError(
            f"Nothing was handed in: {ascii(name)}, beside the notebook, has a name that grading "
            "does not accept. It may hold no colon, backslash or control sign, and no letter that "
            f"is no UTF-8, lie at most {DEPTH - 1} folders deep, and not differ from another name "
            "in capitals only. Rename it and try again."
        ) from None


def _unreadable(problem: OSError) -> SubmitError:
    return SubmitError(
        f"Nothing was handed in: {ascii(problem.filename)}, beside the notebook, cannot be read "
        f"({problem.strerror}). Move it elsewhere and try again."
    )


def _is_left_out(path: Path) -> bool:
    return path.name.startswith(".") or path.name in LEFT_OUT or path.is_symlink()


def _deliver(
    work: Work,
    receipt: dict[str, Any],
    files: dict[str, bytes],
    exchange: Exchange | None,
    wishes: Wishes,
) -> tuple[str, str, list[str]]:
    """Bring the files to their place; return place, way, and what went wrong on the way."""
    files = {**files, RECEIPT: render(receipt)}
    trouble = []
    if exchange is not None:
        try:
            to_exchange(exchange, work.lab, files)
            return f"the exchange of {exchange.app.coursedir.course_id}", "exchange", []
        except ExchangeRefusedError as problem:
            trouble.append(
                f"The exchange did not take it ({problem}). It was packed as a zip instead: send "
                "that to your instructor."
            )
    claimed = receipt["when"][:19].replace("-", "").replace(":", "") + "Z"
    name = ZipName(receipt["learner"], work.lab, claimed, receipt["id"])
    folder = wishes.to or work.root / HANDED_IN / work.lab
    path = write_zip(folder, name, files)
    # A learner knows the workbook, and not what lies above it.
    inside = path.is_relative_to(work.root)
    return str(path.relative_to(work.root) if inside else path), "zip", trouble


def _named(learner: str) -> str:
    # As the zip's name is read back: a Mac's keyboard may give an accent as a sign of its own.
    name = unicodedata.normalize("NFC", learner.strip())
    # Grading names a folder after the learner.
    usable = (
        name and name.isprintable() and not name.startswith(".") and not {"/", "\\"} & set(name)
    )
    if not usable or name.lower() in SHARED_ACCOUNTS or len(name) > LEARNER_CHARACTERS:
        said = ascii(name[:LEARNER_CHARACTERS])
        raise NameNeeded(
            f"Nothing was handed in: {said} does not tell who you are. Give the name that "
            "your instructor knows you by: submit(..., learner='ada') in the notebook, "
            "`labkit submit LAB --learner ada` in a terminal."
        )
    return name


def _record(work: Work, receipt: dict[str, Any], how: str) -> list[str]:
    """Note the hand-in in the progress file; trouble there is told and undoes nothing."""
    try:
        progress.record_submission(
            work.lab,
            receipt=receipt["id"],
            how=how,
            digest=receipt["work"],
            when=receipt["when"],
        )
    except progress.ProgressError as problem:
        return [str(problem)]
    return []


def _handed_in(work: Work) -> str:
    """When this lab was last handed in or packed and whether it has changed since, in words."""
    try:
        last = last_hand_in(progress.load().get(work.lab, {}))
    except progress.ProgressError:
        return ""
    if last is None:
        return ""
    since = "changed since" if last.digest != work_digest(work.content) else "not changed since"
    return f"{last.stage.capitalize()} {last.when} (receipt {last.receipt}), {since}."


def _due(work: Work) -> str:
    """When the lab is due, as the workbook's facts say; empty where nobody says."""
    try:
        facts = json.loads((work.root / FACTS).read_text(encoding="utf-8"))
        found = [one for one in facts["modules"] if one["name"] == work.lab]
        return str(found[0].get("due", "")) if found else ""
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _unsaved_faults(work: Work) -> list[str]:
    shell = get_ipython()
    executed = [] if shell is None else [str(text) for text in shell.user_ns.get("In", ())]
    names = unsaved(work, executed)
    if not names:
        return []
    return [
        f"What you ran last in {', '.join(names)} is not in the saved file. Save the notebook "
        "(Ctrl+S), then run this cell again. If you changed an answer since you last ran it, run "
        "its cell first."
    ]
