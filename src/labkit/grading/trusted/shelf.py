"""How the learner's process writes and reads messages: what is no value goes by number.

A thing of the learner's gets a number on a shelf and a description; a function of the test's is
called back; an instance of a set-up cell's class is copied attribute by attribute.
"""

from __future__ import annotations

import enum
import importlib
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from labkit.grading.trusted import claims, copies, wire
from labkit.grading.trusted.operations import SPECIAL_OPERATIONS


class Asker(Protocol):
    """The way back to the test's process, and what lies on this side."""

    namespace: dict[str, Any]
    shelf: Shelf

    def ask(
        self, number: int, positional: tuple[Any, ...], named: dict[str, Any], use: str = "call"
    ) -> Any:
        """Call a function of the test, or use an object of its."""


class Shelf:
    """Keeps what travels by number."""

    def __init__(self) -> None:
        self.things: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self.described: set[int] = set()

    def number(self, thing: Any) -> int:
        """Put a thing on the shelf, if it does not lie there, and return its number."""
        number = self._numbers.get(id(thing))
        if number is None:
            number = len(self.things) + 1
            self.things[number] = thing
            self._numbers[id(thing)] = number
        return number


class Unsendable:
    """Marks a value that is too large to travel, so that it goes by number."""

    def __init__(self, value: Any) -> None:
        self.value = value


def bare(value: Any) -> Any:
    """Return a value without the mark that it is too large."""
    return value.value if type(value) is Unsendable else value


class Encoding:
    """Makes one frame. With `bare`, references are not described, so that frames compare."""

    def __init__(
        self,
        shelf: Shelf,
        shared: frozenset[str],
        namespace: dict[str, Any],
        bare: bool = False,
        origins: dict[int, int] | None = None,
    ) -> None:
        self._shelf = shelf
        self._shared = shared
        self._namespace = namespace
        self._bare_only = bare
        self._origins = origins or {}
        self._fresh: set[int] = set()
        self._copies: list[Any] = []
        self._places: dict[int, int] = {}

    def frame(self, message: dict[str, Any]) -> bytes:
        """Return the message's frame."""
        return wire.encode(copies.Growing(message, self._states), self.refer)

    def sent(self) -> None:
        """Note that the other side has seen the descriptions of this frame."""
        self._shelf.described |= self._fresh

    def _states(self) -> Iterator[tuple[str, Any]]:
        """The attributes of the copied objects; describing one may bring in others."""
        place = 0
        while place < len(self._copies):
            yield f"state {place}", dict(vars(self._copies[place]))
            place += 1

    def refer(self, thing: Any) -> dict[str, Any]:
        """Describe what is no plain value: JSON-able."""
        too_large, thing = type(thing) is Unsendable, bare(thing)
        if type(thing) is TestFunction or isinstance(thing, TestObject):
            return {"test": thing._number}
        random = copies.random_claims(thing)
        if random is not None:
            return random
        name = shared_name(thing, self._shared, self._namespace)
        if name is not None:
            if isinstance(thing, enum.Enum):
                return {"member": thing.name, "shared": name}
            place = self._places.setdefault(id(thing), len(self._copies))
            if place == len(self._copies):
                self._copies.append(thing)
            return {"shared": name, "place": place, "was": self._origins.get(id(thing))}
        number = self._shelf.number(thing)
        if self._bare_only or number in self._shelf.described or number in self._fresh:
            return {"reference": number}
        self._fresh.add(number)
        try:
            described = {"reference": number} | claims.describe(thing, self.refer)
            return described | {"too large": True} if too_large else described
        except Exception:
            return {"reference": number, "kind": "instance", "name": type(thing).__name__}


class Decoding:
    """Reads one frame."""

    def __init__(self, server: Asker) -> None:
        self._server = server
        self.copies: dict[int, Any] = {}

    def message(self, frame: bytearray) -> dict[str, Any]:
        """Return the message, its copied objects complete."""
        message = wire.decode(frame, self.resolve)
        for place, copy in self.copies.items():
            vars(copy).update(message.pop(f"state {place}"))
        return message

    def resolve(self, reference: dict[str, Any]) -> Any:
        """Return what a reference of the test's process stands for."""
        if "reference" in reference:
            return self._server.shelf.things[reference["reference"]]
        if "test" in reference:
            if "object" in reference:
                return make_test_object(self._server, reference)
            return TestFunction(self._server, reference)
        if "library" in reference:
            return find_library(*reference["library"])
        if "generator" in reference:
            return copies.random_generator(reference)
        kind = self._server.namespace[reference["shared"]]
        if "member" in reference:
            return kind[reference["member"]]
        place = reference["place"]
        if place not in self.copies:
            self.copies[place] = object.__new__(kind)
        return self.copies[place]


class TestFunction:
    """Stands for a function of the test; calling it asks the test's process."""

    __test__ = False

    def __init__(self, server: Asker, claims: dict[str, Any]) -> None:
        self._server = server
        self._number = claims["test"]
        self.__name__ = claims.get("name", "function")
        self.__doc__ = claims.get("doc")

    def __call__(self, *positional: Any, **named: Any) -> Any:
        """Ask the test's process."""
        return self._server.ask(self._number, positional, named)


class TestObject:
    """Stands for an object of the test; what it may be used for, the test's process decides."""

    __test__ = False
    _server: Asker
    _number: int
    _shown: frozenset[str] | None
    _of: str

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not (self._shown is None or name in self._shown):
            raise AttributeError(f"a TestObject that stands for a {self._of} has no {name!r}")
        return self._server.ask(self._number, (name,), {}, "get attribute")

    def __setattr__(self, name: str, value: Any) -> None:
        self._server.ask(self._number, (name, value), {}, "set attribute")


def make_test_object(server: Asker, claims: dict[str, Any]) -> TestObject:
    """Make what stands for an object of the test, with the operations that it allows."""
    methods = {
        name: _operation(operation)
        for name, operation in SPECIAL_OPERATIONS.items()
        if operation in claims["operations"]
    }
    if "next" in claims["operations"]:
        methods["__iter__"] = lambda self: self
    if "eq" in claims["operations"] and "hash" not in claims["operations"]:
        methods["__hash__"] = object.__hash__
    attributes = claims["attributes"]
    about = {
        "_server": server,
        "_number": claims["test"],
        "_shown": None if attributes is None else frozenset(attributes),
        "_of": claims["object"],
    }
    made: TestObject = type(f"TestObject{claims['object']}", (TestObject,), methods | about)()
    return made


def _operation(operation: str) -> Callable[..., Any]:
    def special(self: TestObject, *arguments: Any, **named: Any) -> Any:
        arguments = () if operation == "exit" else arguments
        return self._server.ask(self._number, arguments, named, operation)

    return special


def shared_name(thing: Any, shared: frozenset[str], namespace: dict[str, Any]) -> str | None:
    """The name of the set-up cells' class that a thing is an instance of, if it can be copied."""
    kind = type(thing)
    name = kind.__name__
    if name in shared and namespace.get(name) is kind and copies.can_be_copied(kind):
        return name
    return None


def find_library(module: str, name: str) -> Any:
    """The object of an installed library that a module and a dotted name stand for."""
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found
