"""Which names in a test are the instructor's, which the learner's, and how they keep in step.

What a test uses is read from its text. Names that the instructor's cells have bound stay his;
others come from the learner's process for one test at a time, and what the test does to them is
told there before the next call.
"""

from __future__ import annotations

import builtins
import importlib
import types
from collections.abc import Callable, Iterable
from typing import Any

from labkit import code
from labkit.grading.trusted import bridge, copies, handles, link, trust, wire

ALIASES = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "sns": "seaborn",
    "sp": "scipy",
    "sk": "sklearn",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "optim": "torch.optim",
    "tf": "tensorflow",
    "nx": "networkx",
    "xr": "xarray",
    "gym": "gymnasium",
    "sm": "statsmodels.api",
    "stats": "scipy.stats",
    "la": "numpy.linalg",
    "npt": "numpy.testing",
}
"""Short names under which modules are known."""

NEVER_THE_LEARNERS = frozenset(
    "np pd plt npt numpy pandas torch math scipy sklearn os sys re json random unittest "
    "pytest".split()
)
"""Names that are a module in every test, whatever the learner has bound to them."""


def loaded_names(source: str) -> set[str]:
    """The global names that a cell reads or deletes, at its top level or in its functions.

    Texts that look like a name or an expression count too: a test may look a name up in
    `globals()`, evaluate it, or hand its cell to a magic.
    """
    tree = code.cell(source)
    return code.read_names(tree).union(*map(_names_in_text, code.texts(tree)))


def _names_in_text(text: str) -> set[str]:
    text = text.removeprefix("__main__.")  # as mock.patch takes it
    if text.isidentifier():
        return {text}
    if len(text) > 20_000 or not any(mark in text for mark in "(.=["):
        return set()
    tree = code.python(text)
    return set() if tree is None else code.read_names(tree)


def opted_attributes(source: str) -> frozenset[str]:
    """The attributes named in comments such as ``# labkit: attributes speed, name``."""
    names: set[str] = set()
    for line in source.splitlines():
        before, mark, rest = line.partition("# labkit: attributes")
        if mark:
            names |= {part.strip() for part in rest.strip(" :").split(",")}
    return frozenset(name for name in names if name.isidentifier())


_ABSENT = object()


class Names:
    """Which of the namespace's names are the instructor's, and which the learner's in this test."""

    def __init__(
        self,
        namespace: dict[str, Any],
        learner_names: Iterable[str],
        learner_classes: Iterable[str] | None = None,
    ) -> None:
        self._namespace = namespace
        self._learner_classes = None if learner_classes is None else frozenset(learner_classes)
        self._learner_names = frozenset(learner_names)
        self._hidden = frozenset(namespace) - self._learner_names
        self._imported: frozenset[str] = frozenset()
        self._classes: dict[str, type] = {}
        self._fetched: dict[str, Any] = {}
        self._known: dict[str, Any] = {}
        self._pictures: dict[str, bytes] = {}
        self._before: dict[str, Any] = {}
        self._at_start: frozenset[str] = frozenset()
        self._tests_own: frozenset[str] = frozenset()
        self.link: link.Link | None = None

    # ---- what belongs to whom

    def note_imports(self) -> None:
        """Keep what the instructor's imports have bound: a test may judge by it."""
        self._imported = frozenset(self._namespace) - self._hidden

    def note_classes(self) -> None:
        """Remember the classes that set-up cells defined."""
        for name, value in self._namespace.items():
            if (
                isinstance(value, type)
                and not isinstance(value, handles.LearnerClass)
                and value.__module__ == "__main__"
                and value.__name__ == name
                and name not in self._hidden
            ):
                self._classes[name] = value

    def trusted_class(self, name: str) -> type | None:
        """Return a class of the set-up cells."""
        kind = self._classes.get(name)
        return kind if name not in self._learner_names else None

    @property
    def shared(self) -> list[str]:
        """Names of the classes whose instances are copied."""
        return [name for name in self._classes if name not in self._learner_names]

    def wanted(self, names: set[str]) -> list[str]:
        """Which names a test takes from the learner, if he has them."""
        return sorted(name for name in names if self._is_the_learners(name))

    def _is_the_learners(self, name: str) -> bool:
        if name.startswith("__") or name in self._hidden or name in self._imported:
            return False
        if name in self._namespace:
            own = isinstance(self._namespace[name], types.ModuleType)
            return name in self._learner_names and not own
        return not hasattr(builtins, name) or name in self._learner_names

    def opts_in(self, name: str) -> bool:
        """Whether a test that uses a name means a class by it.

        A learner may write a class where a function was asked for, and answer for its results.
        Where the instructor's source does not say which names are classes, a capital does.
        """
        if self._learner_classes is not None:
            return name in self._learner_classes
        return name.lstrip("_")[:1].isupper()

    # ---- one test

    def bring_in(self, found: dict[str, Any], wanted: list[str], bound: set[str]) -> None:
        """Put the learner's names into the namespace; `bound` are those that the test binds."""
        self._tests_own = frozenset(bound - self._learner_names)
        self._at_start = frozenset(self._namespace)
        for name in wanted:
            if name not in found and name not in self._namespace and hasattr(builtins, name):
                # The learner was to write it: Python's own must not do the work.
                found[name] = _undefined(name)
        self._before = {n: self._namespace[n] for n in found if n in self._namespace}
        for name, value in found.items():
            value = _trusted_module(name, value)
            self._namespace[name] = self._fetched[name] = value
            self._learn(name, value)

    def take_out(self) -> None:
        """Drop the learner's names; what the test itself has bound stays."""
        for name, value in self._fetched.items():
            if self._namespace.get(name, value) is value:
                self._namespace.pop(name, None)
                if name in self._before:
                    self._namespace[name] = self._before[name]
        self._fetched.clear()
        self._known.clear()
        self._pictures.clear()
        self._before.clear()

    def _learn(self, name: str, value: Any) -> None:
        self._known[name] = value
        self._pictures.pop(name, None)
        picture = self._picture(value)
        if picture is not None and len(picture) <= bridge.WATCH_LIMIT:
            self._pictures[name] = picture

    def _picture(self, value: Any) -> bytes | None:
        if self.link is None or not copies.is_mutable_value(value):
            return None
        try:
            return self.link.encoded(value)
        except wire.WireError:
            return None

    # ---- keeping the learner's process informed

    def edits(self) -> dict[str, Any]:
        """What the test did to the learner's names since the last request.

        A value is only told where the instructor's own source lets learners change the name, for
        otherwise a learner could read what a test expects from a name of his.
        """
        bind: dict[str, Any] = {}
        pour: dict[str, Any] = {}
        unbind = [
            name
            for name, value in self._known.items()
            if value is not _ABSENT and name not in self._namespace
        ]
        for name in unbind:
            self._known[name] = _ABSENT
        for name, known in list(self._known.items()):
            value = self._namespace.get(name, _ABSENT)
            if value is _ABSENT:
                continue
            if value is not known:
                if _is_handle(value) or (name in self._learner_names and self._travels(value)):
                    bind[name] = value
                    self._learn(name, value)
            elif name in self._pictures:
                picture = self._picture(value)
                if picture is not None and picture != self._pictures[name]:
                    pour[name] = value
                    self._pictures[name] = picture
        for name in self._learner_names & self._namespace.keys() - self._at_start:
            if name not in self._known and self._travels(self._namespace[name]):
                bind[name] = self._namespace[name]
                self._learn(name, bind[name])
        return {"bind": bind, "unbind": unbind, "pour": pour}

    def _travels(self, value: Any) -> bool:
        """Whether a value can be sent at all: a module or an object of the test's cannot."""
        try:
            return self.link is not None and bool(self.link.encoded(value))
        except wire.WireError:
            return False

    def changed(self, names: dict[str, Any], gone: list[str]) -> None:
        """Take what learner code did to the learner's names."""
        for name, value in names.items():
            known = self._known.get(name, _ABSENT)
            # What the test itself binds may be the very object that was fetched, a small number.
            if name in self._tests_own or known is _ABSENT:
                continue
            if self._namespace.get(name, _ABSENT) is not known:
                continue
            if copies.pour(value, known):
                self._learn(name, known)
            else:
                self._namespace[name] = self._fetched[name] = _trusted_module(name, value)
                self._learn(name, self._namespace[name])
        for name in gone:
            known = self._known.pop(name, _ABSENT) if isinstance(name, str) else _ABSENT
            if known is not _ABSENT and self._namespace.get(name, _ABSENT) is known:
                del self._namespace[name]


def _undefined(name: str) -> Callable[..., Any]:
    def missing(*_: Any, **__: Any) -> Any:
        raise NameError(f"name '{name}' is not defined")

    return missing


def _is_handle(value: Any) -> bool:
    if issubclass(type(value), handles.Handle) or isinstance(value, handles.LearnerClass):
        return True
    return isinstance(value, type) and isinstance(value.__dict__.get("_learner_number"), int)


def _trusted_module(name: str, value: Any) -> Any:
    """Return this process's own module, where a name stands for a module that is known by it."""
    oracle = isinstance(value, handles.LearnerClass) and name in ALIASES
    if oracle or (name in NEVER_THE_LEARNERS and _is_handle(value)):
        module = ALIASES.get(name, name)
    elif isinstance(value, handles.ModuleHandle):
        module = value._name
        if ALIASES.get(name) != module and name != module.rpartition(".")[2]:
            return value
    else:
        return value
    try:
        found = importlib.import_module(module)
    except Exception:
        return value
    return found if trust.is_installed(module) else value
