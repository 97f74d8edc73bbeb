"""The test's global names: what the learner has comes in when it is first looked for.

A test finds a learner's name in every way in which Python finds one: by reading it, through
`globals()`, `eval`, or an attribute of `__main__`. That also tells which names a test has looked
at. Which names may come in is decided by `names`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Namespace(dict):
    """A module's dictionary that asks for a name it does not hold."""

    bring: Callable[[str], bool] = staticmethod(lambda name: False)
    """Brings a name in and says whether it is there now."""

    def __missing__(self, name: Any) -> Any:
        if self.bring(name):
            return dict.__getitem__(self, name)
        raise KeyError(name)

    def __delitem__(self, name: Any) -> None:
        if not self.holds(name):
            self.bring(name)
        dict.__delitem__(self, name)

    def __contains__(self, name: Any) -> bool:
        return self.holds(name) or self.bring(name)

    def get(self, name: Any, default: Any = None) -> Any:
        """Return what a name stands for, or the default."""
        return self[name] if name in self else default

    def holds(self, name: Any) -> bool:
        """Whether a name is there without asking for it."""
        return dict.__contains__(self, name)

    def held(self, name: Any, default: Any = None) -> Any:
        """Return what a name stands for without asking for it, or the default."""
        return dict.get(self, name, default)


class Main:
    """The module `__main__` of the tests, whose attributes are the names."""

    def __init__(self, namespace: Namespace) -> None:
        namespace.update(__name__="__main__", __doc__=None)
        self.__dict__ = namespace

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"module '__main__' has no attribute {name!r}") from None
