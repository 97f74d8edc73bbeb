"""Bring what is handed in to its place: nbgrader's exchange where there is one, else a zip.

Both get the same files from memory, so what was looked over is what arrives, also when the
learner saves meanwhile. A zip gets its name in one step when it is whole and was read back.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.desk.notebooks import SubmitError
from labkit.files import replacing
from labkit.learner.zip_names import ZipName


class ExchangeRefusedError(Exception):
    """The exchange did not take the work; the text says why."""


def write_zip(folder: Path, name: ZipName, files: Mapping[str, bytes]) -> Path:
    """Write a zip, whole or not at all, and never over another one.

    Raises:
        SubmitError: it cannot be written; nothing is left under its name.
    """
    target = folder / str(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(target, 0o644) as stream:
            _pack(stream, files)
            if target.exists():
                raise FileExistsError(errno.EEXIST, "a file of this name is there", str(target))
    except (OSError, zipfile.BadZipFile) as problem:
        raise SubmitError(_why(problem, folder, files)) from None
    return target


def _pack(stream: Any, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        if archive.testzip() is not None:
            raise zipfile.BadZipFile("it could not be read back")


def _why(problem: Exception, folder: Path, files: Mapping[str, bytes]) -> str:
    number = getattr(problem, "errno", None)
    elsewhere = "labkit submit LAB --to ANOTHER/FOLDER writes it elsewhere"
    if number in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        size = sum(map(len, files.values()))
        return (
            f"Nothing was handed in: the disk of {folder} is full; up to {size:,} bytes are "
            f"needed. Free some space and try again, or {elsewhere}."
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Nothing was handed in: {folder} may not be written to. {elsewhere.capitalize()}."
    return f"Nothing was handed in: the zip cannot be written to {folder}: {problem}. {elsewhere}."


@dataclass(frozen=True)
class Exchange:
    """An nbgrader exchange that takes a lab: nbgrader's configured program, and who hands in."""

    app: Any
    learner: str


def find_exchange(lab: str) -> Exchange | None:
    """Find the exchange that this computer's nbgrader is configured for; None if there is none.

    There is one where a course is named and its exchange takes in this lab.

    Raises:
        SubmitError: nbgrader's configuration cannot be used.
    """
    if sys.platform == "win32":
        return None
    try:
        return _find_exchange(lab)
    except ImportError:
        return None
    # With a wrong setting nbgrader raises whatever that led to, or exits.
    except (Exception, SystemExit) as problem:
        raise SubmitError(
            f"Nothing was handed in: nbgrader's configuration cannot be used ({problem}). Tell "
            "your instructor. labkit submit LAB --to FOLDER writes a zip instead."
        ) from None


def _find_exchange(lab: str) -> Exchange | None:
    from nbgrader.apps.submitapp import SubmitApp
    from nbgrader.exchange.default import ExchangeSubmit
    from nbgrader.utils import get_username

    app = SubmitApp()
    app.initialize([lab, f"--log-level={logging.CRITICAL}"])
    submit = _step(app)
    course = app.coursedir.course_id
    if isinstance(submit, ExchangeSubmit):
        inbound = Path(submit.root, course, "inbound")
        outbound = Path(submit.root, course, "outbound", lab)
        if not (course and outbound.is_dir() and os.access(inbound, os.W_OK | os.X_OK)):
            return None
    elif not course:
        return None
    student = app.coursedir.student_id
    return Exchange(app, get_username() if student == "*" else student)


def to_exchange(exchange: Exchange, lab: str, files: Mapping[str, bytes]) -> None:
    """Hand files in with nbgrader's own step.

    Raises:
        ExchangeRefusedError: it did not take them.
    """
    try:
        _submit(exchange.app, lab, files)
    # Exchanges of other makers raise errors of their own.
    except (Exception, SystemExit) as problem:
        raise ExchangeRefusedError(str(problem) or type(problem).__name__) from None


def _submit(app: Any, lab: str, files: Mapping[str, bytes]) -> None:
    submit = _step(app)
    with tempfile.TemporaryDirectory(prefix="labkit-", ignore_cleanup_errors=True) as name:
        course = app.coursedir.course_id if submit.path_includes_course else ""
        folder = Path(name, course, lab)
        for file, content in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        app.coursedir.assignment_id = lab
        submit.assignment_dir = name
        submit.start()


def _step(app: Any) -> Any:
    from nbgrader.auth import Authenticator
    from nbgrader.exchange import ExchangeFactory

    factory = ExchangeFactory(config=app.config)
    return factory.Submit(
        coursedir=app.coursedir, authenticator=Authenticator(parent=app), parent=app
    )
