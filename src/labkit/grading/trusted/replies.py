"""Reading a reply of the learner's process: what its code raised, fields that may be missing.

A reply is data from an opponent: whatever it says is used as far as it makes sense.
"""

from __future__ import annotations

import contextlib
from typing import Any

from labkit.grading.trusted.handles import LearnerError


class EndError(LearnerError):
    """Learner code raised StopIteration."""


def exception(reply: dict[str, Any]) -> Exception:
    """What learner code raised, as an exception that the test may catch by its class."""
    kind, message = reply.get("kind"), reply.get("message")
    text = message[:2000] if type(message) is str else ""
    if kind is StopIteration:
        return EndError("The code raised StopIteration.")
    name = kind.__name__ if isinstance(kind, type) else "an exception"
    if (
        not (isinstance(kind, type) and issubclass(kind, Exception))
        or name in ("SystemExit", "KeyboardInterrupt", "GeneratorExit")
        or issubclass(kind, (StopIteration, StopAsyncIteration))
    ):
        return LearnerError(
            f"The code raised {name}: {text}" if text else f"The code raised {name}"
        )
    parts = reply.get("parts")
    problem = _build(kind, parts if type(parts) is tuple else (text,), text)
    for name, value in dictionary(reply, "attributes").items():
        if type(name) is str and not name.startswith("_"):
            with contextlib.suppress(Exception):
                setattr(problem, name, value)
    line = reply.get("line")
    if type(line) is tuple and len(line) == 2 and type(line[0]) is int:
        problem.learner_line = (line[0], str(line[1])[:200])  # type: ignore[attr-defined]
    return problem


def _build(kind: type[Exception], parts: tuple[Any, ...], text: str) -> Exception:
    """An exception of a class, or of its nearest base that can be made from a text."""
    for candidate in kind.__mro__:
        if not issubclass(candidate, Exception):
            break
        for arguments in (parts, (text,)):
            with contextlib.suppress(Exception):
                return candidate(*arguments)
    return LearnerError(text)


def dictionary(reply: dict[str, Any], key: str) -> dict[Any, Any]:
    """Return a field that should be a dictionary; an empty one where it is none."""
    value = reply.get(key)
    return value if type(value) is dict else {}
