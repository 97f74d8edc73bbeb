"""What a module's world offers to be called."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

NOT_CALLED = ("save", "load", "show", "exit", "seed", "set_", "input", "open", "test", "compile")
"""Pieces of names of functions that are not asked: they act on the world, and answer nothing."""

NOT_WORLD = ("plots", "widgets")
"""Modules that draw; nothing in them answers a task."""


def world_modules(slug: str) -> Iterator[ModuleType]:
    """Import the modules of a trend package, but for those that draw."""
    world = importlib.import_module(f"labkit.trends.{slug}")
    yield world
    for found in pkgutil.walk_packages(world.__path__, world.__name__ + "."):
        if not any(part in NOT_WORLD or part.startswith("_") for part in found.name.split(".")):
            yield importlib.import_module(found.name)


def public_functions(
    modules: Iterable[ModuleType], left_out: Iterable[str] = ()
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public functions of modules by their full names, each once.

    Args:
        modules: where to look.
        left_out: pieces of names of functions to leave out.
    """
    seen: set[int] = set()
    for module in modules:
        for name, value in vars(module).items():
            usable = callable(value) and not isinstance(value, type) and not name.startswith("_")
            if usable and id(value) not in seen and not any(piece in name for piece in left_out):
                seen.add(id(value))
                home = getattr(value, "__module__", None) or module.__name__
                yield f"{home}.{name}", value
