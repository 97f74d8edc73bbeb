"""Grades given back to a learning platform by LTI 1.3, through `nbgrader export`.

    nbgrader export --exporter=labkit.cohort.passback.LtiPassback --LtiPassback.dry_run=True
    nbgrader export --exporter=labkit.cohort.passback.LtiPassback

Who a learner is on the platform is the roster's `platform_id`, which has to be the `sub` that the
platform uses in LTI. What was accepted stands in a file beside the gradebook, so that a grade is
sent when it changed and not again; what was begun stands there too, so that after a crash the same
score goes out with the same time. The requests themselves are the work of `labkit.cohort.ags`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import typer
from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Unicode

from labkit.cohort.ags import NO_ANSWER, AgsError, Platform, public_key
from labkit.cohort.certify import read_rsa_key
from labkit.errors import CourseError
from labkit.files import write_atomically
from labkit.grading.standing import Standing, standings

Entry = dict[str, Any]
Sent = dict[str, dict[str, Entry]]


class LtiPassback(ExportPlugin):
    """Gives grades back to the platform that `nbgrader_config.py` names."""

    client_id = Unicode("", help="What the platform calls this tool.").tag(config=True)
    token_url = Unicode("", help="Where the platform gives out tokens.").tag(config=True)
    lineitems = Unicode("", help="The address of the course's line items.").tag(config=True)
    audience = Unicode("", help="To whom a request for a token is made out; if empty, its address.")
    audience.tag(config=True)
    columns = Dict(help="The title that a lab has on the platform, by lab.").tag(config=True)
    key_file = Unicode("grader/lti.pem", help="The tool's own key, made on first use.")
    key_file.tag(config=True)
    sent_file = Unicode("grader/lti_sent.json", help="What the platform has accepted.")
    sent_file.tag(config=True)
    dry_run = Bool(False, help="Send nothing; say what would be sent.").tag(config=True)
    wait = 0.5

    def export(self, gradebook: Gradebook) -> None:
        """Send what changed, or say what would be sent; end with 1 if something was not taken."""
        try:
            refused = self._export(gradebook)
        except CourseError as trouble:
            self.log.error("%s", trouble)
            sys.exit(1)
        if refused:
            sys.exit(1)

    def _export(self, gradebook: Gradebook) -> list[str]:
        platform, ledger = self._platform(), Ledger(Path(self.sent_file))
        wanted, learners = set(map(str, self.assignment)), set(map(str, self.student))
        people = {
            str(one.id): str(one.lms_user_id or one.id)
            for one in gradebook.students
            if not learners or one.id in learners
        }
        sent = 0
        refused: list[str] = []
        for one in sorted(gradebook.assignments, key=lambda one: str(one.name)):
            lab, maximum = str(one.name), float(one.max_score)
            if wanted and lab not in wanted:
                continue
            found = [(name, at) for name, at in standings(gradebook, lab).items() if name in people]
            for name, at in found:
                if at.waiting:
                    tell(f"Left as it is: {name}, {lab}: {at.waiting_points:g} points wait")
            due = list(_due(found, maximum, ledger.of(lab)))
            if self.dry_run:
                _foretell(lab, due, ledger.of(lab))
                sent += len(due)
            else:
                done, trouble = self._send(platform, lab, maximum, due, people, ledger)
                sent, refused = sent + done, refused + trouble
        for line in refused:
            tell(f"Not accepted: {line}")
        what = "to be sent" if self.dry_run else "accepted"
        tell(f"grades {what}: {sent}, not accepted: {len(refused)}")
        return refused

    def _send(
        self,
        platform: Platform,
        lab: str,
        maximum: float,
        due: list[tuple[str, Entry]],
        people: Mapping[str, str],
        ledger: Ledger,
    ) -> tuple[int, list[str]]:
        """Send the scores of a lab; return how many were accepted, and what was not, with why."""
        if not due:
            return 0, []
        try:
            item = platform.line_item(lab, str(self.columns.get(lab, lab)), maximum)
        except AgsError as trouble:
            return 0, [f"{lab}, {len(due)} grades: {trouble}"]
        refused = []
        for name, score in due:
            before = ledger.begin(lab, name, score)
            try:
                platform.score(item, score | {"userId": people[name]}, sent_before=before)
            except AgsError as trouble:
                refused.append(f"{name}, {lab}: {trouble}")
                if trouble.status not in NO_ANSWER:
                    ledger.refused(lab, name)
            else:
                ledger.accepted(lab, name)
        return len(due) - len(refused), refused

    def _platform(self) -> Platform:
        for name in ("client_id", "token_url", "lineitems"):
            if not getattr(self, name):
                raise CourseError(f"c.LtiPassback.{name} is not set in nbgrader_config.py.")
        key = read_rsa_key(Path(self.key_file))
        public = Path(self.key_file).with_suffix(".public.json")
        write_atomically(public, (json.dumps({"keys": [public_key(key)]}) + "\n").encode())
        addresses = (self.client_id, self.token_url, self.lineitems)
        return Platform(*addresses, key, self.audience, self.wait)


class Ledger:
    """What was sent, by lab and learner: `{"accepted": points, "pending": score}`, or None each."""

    def __init__(self, path: Path) -> None:
        """Read the file, if there is one.

        Raises:
            CourseError: it cannot be read.
        """
        self.path = path
        try:
            self.sent: Sent = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        except (OSError, ValueError):
            raise CourseError(
                f"{path} cannot be read. Remove it, and all grades are sent once more."
            ) from None

    def of(self, lab: str) -> dict[str, Entry]:
        """Return the entries of a lab by learner."""
        return self.sent.get(lab, {})

    def begin(self, lab: str, name: str, score: Entry) -> bool:
        """Note that a score is about to be sent; tell whether it may have been sent before."""
        entry = self.sent.setdefault(lab, {}).setdefault(name, {"accepted": None, "last": ""})
        before = entry.get("pending") == score
        self._write(entry, entry["accepted"], pending=score, last=score["timestamp"])
        return before

    def accepted(self, lab: str, name: str) -> None:
        """Note that the platform has the score that was begun."""
        entry = self.sent[lab][name]
        self._write(entry, entry["pending"]["scoreGiven"], maximum=entry["pending"]["scoreMaximum"])

    def refused(self, lab: str, name: str) -> None:
        """Note that the platform answered, and does not have the score that was begun."""
        self._write(self.sent[lab][name], self.sent[lab][name]["accepted"])

    def _write(self, entry: Entry, accepted: float | None, **more: Any) -> None:
        entry |= {"accepted": accepted, "pending": None} | more
        write_atomically(self.path, (json.dumps(self.sent, indent=1) + "\n").encode())


def _due(
    found: Iterable[tuple[str, Standing]], maximum: float, sent: Mapping[str, Entry]
) -> Iterator[tuple[str, Entry]]:
    """Yield the score of each learner whose points the platform does not have."""
    for name, at in sorted(found):
        entry = sent.get(name, {})
        given = round(at.score, 2)
        if at.waiting or (entry.get("accepted"), entry.get("maximum")) == (given, maximum):
            continue
        score = {
            "scoreGiven": given,
            "scoreMaximum": maximum,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        }
        pending = entry.get("pending")
        if pending and score.items() <= pending.items():
            yield name, pending
        else:
            yield name, score | {"timestamp": _after(entry.get("last", ""))}


def _foretell(lab: str, due: Iterable[tuple[str, Entry]], sent: Mapping[str, Entry]) -> None:
    """Say what would be sent."""
    for name, score in due:
        before = sent.get(name, {}).get("accepted")
        was = "nothing" if before is None else f"{before:g}"
        tell(f"{name}, {lab}: {was} -> {score['scoreGiven']:g}")


def _after(last: str) -> str:
    """Return the time now, but later than a learner's last score, even if the clock was reset."""
    now = datetime.now(UTC)
    if last:
        now = max(now, datetime.fromisoformat(last) + timedelta(milliseconds=1))
    return now.isoformat(timespec="milliseconds")


def tell(line: str) -> None:
    """Print a line in which nothing acts on a terminal."""
    typer.echo("".join(c if c.isprintable() else "?" for c in line))
