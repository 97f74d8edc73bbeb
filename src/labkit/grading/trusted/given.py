"""Functions and objects of the test that learner code may use, by number.

A function can be called back. An object can be used as far as its class is known here: one that
the test itself defines (a fake, a clock) by its public names, a stream by reading and writing, an
estimator by its usual methods. Of anything else the learner's process gets a number and no more.
What can be reached from a test's object must not lead out of what the test meant to give.
"""

from __future__ import annotations

import inspect
import io
import sqlite3
import sys
import types
from itertools import count
from typing import Any, NamedTuple

from labkit.grading.trusted import trust, wire
from labkit.grading.trusted.operations import OPERATIONS, SPECIAL_OPERATIONS

_STREAM = frozenset(
    "read readline readlines write writelines seek tell close closed truncate flush getvalue "
    "readable writable seekable".split()
)

_DATABASE = frozenset(
    "execute executemany executescript cursor commit rollback close fetchone fetchall fetchmany "
    "description rowcount lastrowid".split()
)

_AXES = frozenset(
    "plot scatter bar barh hist step fill_between axhline axvline text annotate legend grid "
    "errorbar imshow boxplot pie loglog semilogx semilogy set_title set_xlabel set_ylabel set_xlim "
    "set_ylim set_xscale set_yscale set_xticks set_yticks get_title get_xlabel get_ylabel".split()
)

_FIGURE = frozenset("add_subplot suptitle".split())

_STEPS = frozenset({"iterate", "next"})


class _Uses(NamedTuple):
    """How an object may be used: its attributes, None for all public ones, and operations."""

    attributes: frozenset[str] | None
    operations: frozenset[str] = frozenset()


_NOTHING = _Uses(frozenset())


class Given:
    """What the present test has handed to learner code."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._things: dict[int, Any] = {}
        self._known: dict[int, int] = {}

    def clear(self) -> None:
        """Forget all of it: the test is over."""
        self._things.clear()
        self._known.clear()

    def refer(self, thing: Any) -> dict[str, Any]:
        """Describe an object of the test.

        Raises:
            WireError: it is a module, which both processes have by themselves.
        """
        if isinstance(thing, types.ModuleType):
            raise wire.WireError(f"the module {thing.__name__}")
        number = self._known.get(id(thing))
        if number is None:
            number = next(self._numbers)
            self._known[id(thing)] = number
            # Kept alive, or another one might get its id.
            self._things[number] = thing
        name, doc = getattr(thing, "__name__", "function"), getattr(thing, "__doc__", None)
        uses = _uses(thing)
        if callable(thing) and uses.attributes == frozenset():
            return {
                "test": number,
                "name": name if isinstance(name, str) else "function",
                "doc": doc if isinstance(doc, str) and not isinstance(thing, type) else None,
            }
        return {
            "test": number,
            "object": type(thing).__name__,
            "attributes": None if uses.attributes is None else sorted(uses.attributes),
            "operations": sorted(uses.operations),
        }

    def thing(self, number: Any) -> Any:
        """Return what was given under a number.

        Raises:
            WireError: nothing was.
        """
        if type(number) is not int or number not in self._things:
            raise wire.WireError("a function that the test never gave")
        return self._things[number]

    def use(self, number: Any, do: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
        """Do with something what learner code asks for.

        Raises:
            AttributeError: it is not to be used in this way.
            Exception: whatever the test's own code raises.
        """
        thing = self.thing(number)
        if do == "call" and callable(thing):
            return thing(*arguments, **named)
        uses = _uses(thing)
        if do in ("get attribute", "set attribute"):
            name = arguments[0]
            opened = uses.attributes is None or name in uses.attributes
            if type(name) is not str or name.startswith("_") or not opened:
                raise AttributeError(f"{type(thing).__name__} shows no {name!r}")
            if do == "get attribute":
                return getattr(thing, name)
            if uses.attributes is None and not callable(inspect.getattr_static(thing, name, None)):
                return setattr(thing, name, arguments[1])
            raise AttributeError(f"{name!r} of {type(thing).__name__} is not to be set")
        if do in uses.operations:
            return OPERATIONS[do](thing, *arguments)
        raise AttributeError(f"{type(thing).__name__} does not do that ({do})")


def _is_the_tests(thing: Any) -> bool:
    """Whether an object's class stands in a cell of the instructor's; functions are none."""
    kind = type(thing)
    return kind.__module__ == "__main__" and isinstance(kind, type) and kind is not type


def _uses(thing: Any) -> _Uses:
    """How an object of the test may be used by learner code."""
    kind = type(thing)
    if _is_the_tests(thing):
        special = (name for name, _ in SPECIAL_OPERATIONS.items() if _defines(kind, name))
        return _Uses(None, frozenset(SPECIAL_OPERATIONS[name] for name in special))
    if isinstance(thing, io.IOBase):
        return _Uses(_STREAM, _STEPS | {"enter", "exit"})
    if isinstance(thing, (sqlite3.Connection, sqlite3.Cursor)):
        connection = thing if isinstance(thing, sqlite3.Connection) else thing.connection
        connection.set_authorizer(_no_other_files)
        return _Uses(_DATABASE, _STEPS | {"enter", "exit"})
    for base, attributes in (
        ("sklearn.base.BaseEstimator", trust.PROTOCOLS["sklearn.base.BaseEstimator"]),
        ("matplotlib.axes._axes.Axes", _AXES),
        ("matplotlib.figure.Figure", _FIGURE),
    ):
        if _is_of(kind, base):
            return _Uses(attributes | {name for name in vars(thing) if name.endswith("_")})
    return _Uses(frozenset(), _STEPS) if hasattr(kind, "__next__") else _NOTHING


def _defines(kind: type, name: str) -> bool:
    return getattr(kind, name, None) not in (None, getattr(object, name, None))


def _is_of(kind: type, base: str) -> bool:
    module, _, name = base.rpartition(".")
    found = getattr(sys.modules.get(module), name, None)
    return isinstance(found, type) and issubclass(kind, found)


def _no_other_files(action: int, *_: Any) -> int:
    """Keep learner code from opening another database by a statement of SQL."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_ATTACH else sqlite3.SQLITE_OK
