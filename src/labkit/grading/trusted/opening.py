"""Which of the learner's objects a test may look into: those that it opened, and how.

An object of the learner's could answer each question as it likes. So a test says what it means to
ask: by naming the object's class, by a comment, or by using a library whose objects show some
attributes without more ado (`trust`).
"""

from __future__ import annotations

from typing import Any

from labkit.grading.trusted import trust
from labkit.grading.trusted.handles import (
    LearnerClass,
    NotOptedInError,
    NoValueError,
    TrustedClass,
    words,
)

ALWAYS = ("builtins", "re", "functools")
"""Modules of Python whose objects show their usual attributes in every test."""


class Opening:
    """What the present test has opened."""

    def __init__(self, trusted_class: TrustedClass) -> None:
        """Open nothing yet; `trusted_class` finds a class of the set-up cells by its name."""
        self.libraries: set[str] | None = None
        self._trusted_class = trusted_class
        self._named: set[int] = set()
        self._attributes: frozenset[str] = frozenset()

    def note_libraries(self, source: str) -> None:
        """Note which libraries a test imports: their objects may be what it asks for."""
        if self.libraries is not None:
            self.libraries |= {n for n in trust.LIBRARIES_WITH_PROTOCOLS if n in source}

    def begin(self, attributes: frozenset[str]) -> None:
        """Start a test that names these attributes in a comment."""
        self._attributes = attributes
        self._named.clear()

    def name(self, kind: LearnerClass) -> None:
        """Note that the test names a class."""
        self._named.add(kind._class_seat.number)

    def opted_in(self, handle: Any) -> bool:
        """Whether the test, or code it relies on, names the class of an object, or a base of it."""
        if isinstance(handle, LearnerClass):
            kinds: tuple[Any, ...] = (handle,)
        else:
            kinds = (type(handle),)
        for kind in kinds:
            if not isinstance(kind, LearnerClass):
                continue
            if kind._class_seat.number in self._named:
                return True
            for ancestor in kind._claims["learner ancestors"]:
                if ancestor in self._named:
                    return True
            if any(self._trusted_class(n) for n in kind._claims["trusted names"]):
                return True
        return False

    def require(self, handle: Any, operation: str) -> None:
        """Raise an error unless a special method of an object may be used."""
        if self.opted_in(handle):
            return
        kind: Any = handle if isinstance(handle, LearnerClass) else type(handle)
        for base in kind._claims["library ancestors"]:
            if operation in trust.CONTAINERS.get(base, ()) and self._expects(base):
                return
        if operation in ("iterate", "next") and kind.__name__ in trust.ITERATORS:
            return
        raise NoValueError(
            f"The test uses {words(handle)} as if it were a value ({operation}): return a "
            f"number, text, list, array … (A test that is meant to do so names the class "
            f"{kind.__name__}.)"
        )

    def names_operator(self, handle: Any, operation: str) -> bool:
        """Whether a comment in the test opts in to an operator, for example ``__add__``."""
        return f"__{operation}__" in self._attributes and self.opted_in(handle)

    def _expects(self, base: str) -> bool:
        """Whether the instructor's notebook uses the library that a class belongs to."""
        top = base.partition(".")[0]
        return self.libraries is None or top in self.libraries or top in ALWAYS

    def require_attribute(self, handle: Any, name: str) -> None:
        """Raise an error unless an attribute of an object may be read, set or deleted."""
        if not name.startswith("_"):
            if name in self._attributes or self.opted_in(handle):
                return
            kind = handle if isinstance(handle, LearnerClass) else type(handle)
            if isinstance(kind, LearnerClass) and any(
                self._expects(base) and trust.grants(base, name)
                for base in kind._claims["library ancestors"]
            ):
                return
        raise NotOptedInError(
            f"The test reads .{name} of {words(handle)}, where a plain value is needed: return "
            "a number, text, list, array … (A test that is meant to read it says so in a comment: "
            f"# labkit: attributes {name})"
        )
