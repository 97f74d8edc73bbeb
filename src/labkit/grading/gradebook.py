"""The gradebook during a grading run: one writer, one session, one transaction a submission.

nbgrader opens its database anew in every step, several times a submission, and commits after
every grade. While `hold` is in force, each of those openings is the one session held here, and
nbgrader's commits wait for the end of the transaction, so that a run killed at any moment leaves
every submission wholly graded or wholly as it was. What is written stays nbgrader's business;
which submissions are graded, and when, is the engine's.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbgrader.api
from filelock import FileLock, Timeout
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from labkit.errors import CourseError

# Seconds to wait for formgrader or another program to let go of the database.
PATIENCE = 60


class GradebookError(CourseError):
    """The gradebook cannot be used now; the text says why and what to do."""


class EntryRefused(Exception):
    """The database refused a part of a transaction; nothing of it was written."""


class HeldSession(Session):
    """A session that may put off the commits asked of it.

    `info["held"]` says that a transaction of ours is open: a commit then only flushes. nbgrader
    answers a database error with a rollback; `info["spoiled"]` remembers that, because what was
    written before it is gone and the rest must not be committed alone.
    """

    def commit(self) -> None:
        """Commit, or flush while a transaction of ours is open."""
        if self.info.get("held"):
            self.flush()
        else:
            super().commit()

    def rollback(self) -> None:
        """Roll back, and remember it while a transaction of ours is open."""
        self.info["spoiled"] = bool(self.info.get("held"))
        super().rollback()


class HeldGradebook:
    """nbgrader's gradebook, open for a whole run; `api` is its `Gradebook`."""

    def __init__(self, api: nbgrader.api.Gradebook) -> None:
        self.api = api

    @property
    def session(self) -> HeldSession:
        """The one session behind every `Gradebook` that is opened during the run."""
        session = self.api.db()
        assert isinstance(session, HeldSession)
        return session

    @contextmanager
    def transaction(self) -> Iterator[nbgrader.api.Gradebook]:
        """Commit all that the block writes at once, or nothing of it.

        Raises:
            EntryRefused: the database refused a part; nothing was written.
        """
        session = self.session
        session.rollback()  # for a fresh view of the database
        session.info.update(held=True, spoiled=False)
        try:
            if session.get_bind().dialect.name == "sqlite":
                # Take the write lock before reading: no other program then changes what a
                # decision rests on, and SQLite's wait for the lock cannot deadlock.
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            yield self.api
            if session.info["spoiled"]:
                raise EntryRefused("the gradebook refused an entry")
            session.info["held"] = False
            session.commit()
        finally:
            session.info["held"] = False
            session.rollback()


@contextmanager
def hold(url: str, course: str) -> Iterator[HeldGradebook]:
    """Open the gradebook for a run; until the block ends, nbgrader opens no other at this url.

    SQLite's journal stays as the database has it: a write-ahead log would be faster by less than
    a millisecond a submission, and is unsafe where the folder is on a network file system.
    Commits reach the disk before they return (SQLite's default, `synchronous=FULL`).

    Raises:
        GradebookError: another `hold` on the same database is in force, here or in another
            process of this computer.
    """
    with _alone(url):
        api = nbgrader.api.Gradebook(url, course)  # makes the tables where there are none
        api.close()
        api.engine = _engine(url)
        maker = sessionmaker(class_=HeldSession, bind=api.engine, autoflush=True)
        api.db = scoped_session(maker)
        try:
            with _every_opening_is(api, url), warnings.catch_warnings():
                # nbgrader fills related entries one by one, which newer SQLAlchemy remarks on.
                warnings.simplefilter("ignore", SAWarning)
                yield HeldGradebook(api)
        finally:
            api.close()


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": PATIENCE})

    @event.listens_for(engine, "connect")
    def remember_more(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA cache_size = -32000")  # 32 MB: a large cohort's gradebook

    return engine


@contextmanager
def _every_opening_is(api: nbgrader.api.Gradebook, url: str) -> Iterator[None]:
    """Give every new `Gradebook(url)` the engine and session of `api`, and let none close it.

    nbgrader's modules import the class by name, and a course's own steps may too. So its methods
    are changed rather than the name in each module.
    """
    cls = nbgrader.api.Gradebook
    opened, closed = cls.__init__, cls.close

    def join(
        self: nbgrader.api.Gradebook,
        db_url: str,
        course_id: str = "default_course",
        authenticator: Any = None,
    ) -> None:
        if db_url != url:
            opened(self, db_url, course_id, authenticator)
            return
        self.engine, self.db = api.engine, api.db
        self.course_id, self.authenticator = course_id, authenticator

    def leave(self: nbgrader.api.Gradebook) -> None:
        if self.engine is not api.engine:
            closed(self)

    cls.__init__, cls.close = join, leave
    try:
        yield
    finally:
        cls.__init__, cls.close = opened, closed


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Keep out every other run on this database; the system frees the lock of a killed one."""
    database = make_url(url).database
    if make_url(url).get_backend_name() != "sqlite" or database in (None, "", ":memory:"):
        yield
        return
    path = Path(database or "").absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.parent / f".{path.name}.grading", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise GradebookError(
            f"Another grading run is writing to {path}. Wait for its end, or stop it with Ctrl-C "
            "where it runs, and start again: what is graded is not graded twice."
        ) from None
    try:
        yield
    finally:
        lock.release()
