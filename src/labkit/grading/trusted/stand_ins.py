"""What stands in a test for the learner's things, made from what their process claims of them."""

from __future__ import annotations

import contextlib
import sys
import types
from typing import Any

from labkit.grading.trusted import trust, wire
from labkit.grading.trusted.handles import (
    SPECIAL,
    FunctionHandle,
    Handle,
    LearnerClass,
    LearnerEnum,
    LearnerError,
    ModuleHandle,
    Process,
    Seat,
    TrustedClass,
    call,
    call_within,
    face,
    signature,
    truth,
)

MOST_HANDLES = 1_000_000
"""Things of the learner's that are kept by number."""


class StandIns:
    """Handles and classes by the number that their originals have in the learner's process."""

    def __init__(self, process: Process, trusted_class: TrustedClass) -> None:
        """Make stand-ins that ask `process`; `trusted_class` finds classes of the set-up cells."""
        self._process = process
        self._trusted_class = trusted_class
        self._handles: dict[int, Any] = {}

    def resolve(self, claims: dict[str, Any]) -> Any:
        """The handle, function or class that a reference of the learner's process stands for.

        Raises:
            WireError: it refers to nothing.
        """
        number = claims["reference"]
        if type(number) is not int:
            raise wire.WireError("a reference without a number")
        if number not in self._handles:
            if len(self._handles) >= MOST_HANDLES:
                raise wire.WireError(f"more than {MOST_HANDLES:,} objects")
            if "kind" not in claims:
                raise wire.WireError("a reference to nothing")
            self._handles[number] = self._make(number, claims)
        return self._handles[number]

    def _make(self, number: int, claims: dict[str, Any]) -> Any:
        kind = claims["kind"]
        if kind == "class":
            return self._make_class(number, claims)
        if kind == "function":
            return FunctionHandle._made_of(Seat(self._process, number), claims)
        if kind == "module":
            module = object.__new__(ModuleHandle)
            module._seat = Seat(self._process, number)
            module._name = str(claims.get("name", ""))
            return module
        cls = self.resolve(claims["class"]) if "class" in claims else None
        if not isinstance(cls, LearnerClass):
            name = cls.__name__ if isinstance(cls, type) else str(claims.get("name", "object"))
            cls = self._stand_in(0, {"name": name})
        handle: Handle = object.__new__(cls)  # type: ignore[arg-type]
        handle._seat = Seat(self._process, number, claims.get("too large") is True)
        return handle

    def _make_class(self, number: int, claims: dict[str, Any]) -> type:
        own = trust.own_type(claims)
        if own is not None:
            return own
        if claims.get("exception"):
            return self._make_exception(number, claims)
        return self._stand_in(number, claims)

    def _make_exception(self, number: int, claims: dict[str, Any]) -> type:
        """A class of exceptions that is the learner's in name and bases only."""
        bases: list[type] = []
        for ancestor in claims.get("ancestors", ()):
            base = (
                self.resolve(ancestor)
                if "reference" in ancestor
                else trust.own_type(ancestor | {"exception": True})
            )
            if isinstance(base, type) and issubclass(base, Exception):
                if not any(issubclass(chosen, base) for chosen in bases):
                    bases.append(base)
        name = str(claims.get("name", "Exception"))
        contents = {"__module__": "__main__", "_learner_number": number}
        if not bases and "BaseException" in str(claims.get("ancestors")):
            bases = [LearnerError]
        try:
            return type(name, tuple(bases) or (LearnerError,), contents)
        except TypeError:
            return type(name, (Exception,), contents)

    def _stand_in(self, number: int, claims: dict[str, Any]) -> LearnerClass:
        """A class that stands for one of the learner's, with the special methods it claims."""
        ancestors = [a for a in claims.get("ancestors", ()) if isinstance(a, dict)]
        learner = [self.resolve(a) for a in ancestors if "reference" in a]
        own_library = [claims] if claims.get("library") else []
        library = [
            f"{a.get('module')}.{a.get('qualname')}"
            for a in (*own_library, *(a for a in ancestors if "reference" not in a))
        ]
        name = str(claims.get("name", "object"))[:100]
        special = {n: SPECIAL[n] for n in claims.get("special", ()) if n in SPECIAL}
        special.pop("__call__", None)
        if "__call__" in claims.get("special", ()):
            special |= {"__call__": call, "__call_within__": call_within}
        if {"__bool__", "__len__"} & set(claims.get("special", ())):
            special["__bool__"] = truth
        contents: dict[str, Any] = {
            "__slots__": (),
            "__module__": "__main__",
            "__doc__": claims.get("doc") if isinstance(claims.get("doc"), str) else None,
            "__class__": property(face),
            "_class_seat": Seat(self._process, number),
            "_face": (0, None),
            "_claims": {
                "library ancestors": library,
                "compares": "__eq__" in claims.get("special", ()),
                "learner ancestors": [
                    k._class_seat.number for k in learner if isinstance(k, LearnerClass)
                ],
                "trusted names": [
                    k.__name__
                    for k in learner
                    if isinstance(k, LearnerClass) and self._trusted_class(k.__name__)
                ],
            },
            **special,
        }
        bases = tuple(k for k in learner if isinstance(k, LearnerClass))[:1] or (Handle,)
        claimed = signature(claims.get("signature"))
        if claimed is not None:
            contents["__signature__"] = claimed
        kind = LearnerEnum if "enum.Enum" in library else LearnerClass
        return kind.__new__(kind, name, bases, contents)

    def face(self, kind: LearnerClass) -> type | None:
        """What `isinstance` sees besides the stand-in: real bases that only have behaviour."""
        modules = len(sys.modules)
        if kind._face[0] != modules:  # a test can only ask for classes that it has imported
            kind._face = (modules, self._make_face(kind))
        return kind._face[1]

    def _make_face(self, kind: LearnerClass) -> type | None:
        bases = [self._trusted_class(name) for name in kind._claims["trusted names"]]
        bases += [trust.behaviour(base) for base in kind._claims["library ancestors"]]
        chosen: list[type] = []
        for base in bases:
            if base is not None and not any(issubclass(other, base) for other in chosen):
                chosen.append(base)
        if len(chosen) > 1:
            with contextlib.suppress(Exception):
                return types.new_class(kind.__name__, tuple(chosen))
        return chosen[0] if chosen else None
