"""Functions of the test that learner code may call back, by number."""

from __future__ import annotations

import functools
from collections.abc import Callable
from itertools import count
from typing import Any

from labkit.grading.trusted import wire


class Given:
    """What the present test has handed to learner code."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._functions: dict[int, Callable[..., Any]] = {}
        self._things: dict[int, Any] = {}
        self._known: dict[int, int] = {}

    def clear(self) -> None:
        """Forget all of it: the test is over."""
        self._functions.clear()
        self._things.clear()
        self._known.clear()

    def refer(self, thing: Any) -> dict[str, Any]:
        """Describe something that can be called or iterated over.

        Raises:
            WireError: it can neither.
        """
        if callable(thing):
            function = thing
        elif hasattr(type(thing), "__next__"):
            function = functools.partial(next, thing)
        else:
            raise wire.WireError(
                f"an object of class {type(thing).__name__}; only values, functions and the "
                "learner's own objects can be passed"
            )
        number = self._known.get(id(thing))
        if number is None:
            number = next(self._numbers)
            self._known[id(thing)] = number
            self._functions[number] = function
            # Keeps `thing` itself alive, or another one might get its id.
            self._things[number] = thing
        name, doc = getattr(thing, "__name__", "function"), getattr(thing, "__doc__", None)
        return {
            "test": number,
            "name": name if isinstance(name, str) else "function",
            "doc": doc if isinstance(doc, str) and not isinstance(thing, type) else None,
        }

    def function(self, number: int) -> Callable[..., Any]:
        """Return what is to be called for a number.

        Raises:
            KeyError: nothing has this number.
        """
        return self._functions[number]

    def thing(self, number: Any) -> Any:
        """Return what was given under a number.

        Raises:
            WireError: nothing was.
        """
        if type(number) is not int or number not in self._things:
            raise wire.WireError("a function that the test never gave")
        return self._things[number]
