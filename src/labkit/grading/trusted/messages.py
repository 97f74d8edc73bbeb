"""How the trusted process writes and reads messages: what is no value goes by reference."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labkit.grading.trusted import copies, trust, wire
from labkit.grading.trusted.given import Given
from labkit.grading.trusted.handles import Handle, LearnerClass, TrustedClass
from labkit.grading.trusted.stand_ins import StandIns


@dataclass(frozen=True)
class Table:
    """What references stand for: the learner's things, the test's, set-up cells' classes."""

    stand_ins: StandIns
    given: Given
    trusted_class: TrustedClass

    def refer(self, thing: Any) -> dict[str, Any]:
        """Describe an object of the test for the learner's process.

        Raises:
            WireError: it can neither be called nor found in a library.
        """
        if isinstance(thing, LearnerClass):
            if not thing._class_seat.number:
                raise wire.WireError(f"the class {thing.__name__}, which the test never named")
            return {"reference": thing._class_seat.number}
        if issubclass(type(thing), Handle):
            return {"reference": thing._seat.number}
        known = getattr(thing, "_learner_number", None) if isinstance(thing, type) else None
        if type(known) is int:
            return {"reference": known}
        library = trust.library_name(thing)
        if library is not None:
            return {"library": library}
        return copies.random_claims(thing) or self.given.refer(thing)

    def resolve(self, claims: dict[str, Any]) -> Any:
        """Return what a reference of the learner's process stands for.

        Raises:
            WireError: it refers to nothing.
        """
        if "test" in claims:
            return self.given.thing(claims["test"])
        if "generator" in claims:
            return copies.random_generator(claims)
        return self.stand_ins.resolve(claims)


class Encoding:
    """Makes one frame for the learner's process."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.copies: list[Any] = []
        self._places: dict[int, int] = {}

    def frame(self, message: dict[str, Any]) -> bytes:
        """Return the message's frame.

        Raises:
            WireError: a value of it cannot travel.
        """
        return wire.encode(copies.Growing(message, self._states), self._refer)

    def _states(self) -> Iterator[tuple[str, Any]]:
        place = 0
        while place < len(self.copies):
            yield f"state {place}", dict(vars(self.copies[place]))
            place += 1

    def _refer(self, thing: Any) -> dict[str, Any]:
        kind = type(thing)
        if self._table.trusted_class(kind.__name__) is kind:
            if isinstance(thing, enum.Enum):
                return {"member": thing.name, "shared": kind.__name__}
            if copies.can_be_copied(kind):
                place = self._places.setdefault(id(thing), len(self.copies))
                if place == len(self.copies):
                    self.copies.append(thing)
                return {"shared": kind.__name__, "place": place}
        return self._table.refer(thing)


class Decoding:
    """Reads one frame of the learner's process.

    `originals` are the test's objects that went there as copies: a copy that comes back changes
    its original.
    """

    def __init__(self, table: Table, originals: list[Any]) -> None:
        self._table = table
        self._originals = originals
        self._copies: dict[int, Any] = {}

    def message(self, frame: bytearray) -> dict[str, Any]:
        """Return the message, its copied objects complete.

        Raises:
            WireError: it makes no sense.
        """
        message = wire.decode(frame, self._resolve)
        for place, copy in self._copies.items():
            state = message.pop(f"state {place}", None)
            if type(state) is not dict:
                raise wire.WireError("an object without its attributes")
            own = {name: value for name, value in state.items() if _may_be_set(type(copy), name)}
            vars(copy).clear()
            vars(copy).update(own)
        return message

    def _resolve(self, claims: dict[str, Any]) -> Any:
        if "shared" not in claims:
            return self._table.resolve(claims)
        kind = self._table.trusted_class(claims["shared"])
        if kind is None:
            raise wire.WireError("an object of a class that no set-up cell defined")
        if "member" in claims:
            return kind[claims["member"]]  # type: ignore[index]
        place = claims["place"]
        if type(place) is not int or not copies.can_be_copied(kind):
            raise wire.WireError("an object that cannot be copied")
        copy = self._copies.get(place)
        if copy is None:
            was = claims.get("was")
            if type(was) is int and 0 <= was < len(self._originals):
                copy = self._originals[was]
            else:
                copy = object.__new__(kind)
            self._copies[place] = copy
        if type(copy) is not kind:
            raise wire.WireError("an object of two classes")
        return copy


def _may_be_set(kind: type, name: Any) -> bool:
    """Whether a copied object may have an attribute: not one that hides a method of its class."""
    return type(name) is str and not callable(inspect.getattr_static(kind, name, None))
