"""Which names in a test are the instructor's, which the learner's, and how they keep in step.

Names that the instructor's cells have bound stay his; others come from the learner's process for
one test at a time, and what the test does to them is told there before the next call. What a test
is likely to use is read from its text, so that it comes in one message.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import types
from collections.abc import Callable, Iterable
from typing import Any

from labkit import code
from labkit.grading.trusted import bridge, copies, handles, link, trust, wire
from labkit.grading.trusted.namespace import Namespace

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


LISTS_NAMES = frozenset(
    "globals locals vars dir eval exec __main__ doctest unittest inspect getmembers".split()
)
"""What a test reads that looks at all names there are."""


def lists_names(source: str) -> bool:
    """Whether a cell may list all names, or look one up by a text that it computes."""
    tree = code.cell(source)
    modules = {part for name in code.imported_modules([source]) for part in name.split(".")}
    return not LISTS_NAMES.isdisjoint(code.read_names(tree) | modules)


def patched_modules(source: str) -> set[str]:
    """What a cell replaces in modules by `patch("module.name")` or by assigning to an attribute.

    Names of `__main__` and of built-ins are not told: these act where the answer runs.
    """
    tree = code.cell(source)
    modules = {name for _, names in code.imports(tree) for name in names}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "patch":
            target = node.args[0] if node.args else None
            if isinstance(target, ast.Constant) and isinstance(target.value, str):
                found.add(target.value)
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                if target.value.id in modules:
                    found.add(ast.unparse(target))
    return {name for name in found if not name.startswith(("builtins.", "__main__."))}


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
        namespace: Namespace,
        learner_names: Iterable[str],
        learner_classes: Iterable[str] | None = None,
    ) -> None:
        self._namespace = namespace
        self._learner_classes = None if learner_classes is None else frozenset(learner_classes)
        self._learner_names = frozenset(learner_names)
        self._hidden = frozenset(namespace) - self._learner_names
        self._imported: frozenset[str] = frozenset()
        self._classes: dict[str, type] = {}
        self._waiting: dict[str, Any] = {}
        self._absent: set[str] = set()
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
        return sorted(name for name in names if self.is_the_learners(name))

    def is_the_learners(self, name: str) -> bool:
        """Whether a name is taken from the learner, if he has it."""
        if name.startswith("__") or name in self._hidden or name in self._imported:
            return False
        if self._namespace.holds(name):
            own = isinstance(self._namespace.held(name), types.ModuleType)
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

    @property
    def touched(self) -> bool:
        """Whether the test has looked at a name of the learner's."""
        return bool(self._fetched)

    def begin(self, found: dict[str, Any], wanted: list[str], bound: set[str]) -> None:
        """Have the learner's names wait until they are looked for.

        Args:
            found: what the learner has of `wanted`, and more where the test looks at all names.
            wanted: the names that the test's text speaks of.
            bound: the names that the test binds.
        """
        self._tests_own = frozenset(bound - self._learner_names)
        for name in wanted:
            if name not in found and not self._namespace.holds(name) and hasattr(builtins, name):
                # The learner was to write it: Python's own must not do the work.
                found[name] = _undefined(name)
        self._waiting = found
        self._absent = set(wanted) - found.keys()
        for name in found.keys() & self._namespace.keys():
            self._before[name] = self._namespace.held(name)
            dict.__delitem__(self._namespace, name)
        self._at_start = frozenset(self._namespace)
        self._namespace.bring = self.bring

    def bring(self, name: Any) -> bool:
        """Put a name of the learner's into the namespace; says whether he has it."""
        if name not in self._waiting and not self._ask_for(name):
            return False
        value = _trusted_module(name, self._waiting.pop(name))
        self._namespace[name] = self._fetched[name] = value
        self._learn(name, value)
        return True

    def bring_all(self) -> None:
        """Put all names that wait into the namespace, for a test that lists them."""
        for name in list(self._waiting):
            self.bring(name)

    def _ask_for(self, name: Any) -> bool:
        """Ask for a name that the test's text does not speak of; each is asked for once."""
        if type(name) is not str or name in self._absent or name in self._fetched:
            return False
        if self.link is None or self.link.lost or not name.isidentifier():
            return False
        if not self.is_the_learners(name):
            return False
        self._absent.add(name)
        self._waiting.update(self.link.fetch([name]))
        return name in self._waiting

    def take_out(self) -> None:
        """Drop the learner's names; what the test itself has bound stays."""
        vars(self._namespace).pop("bring", None)
        for name, value in self._fetched.items():
            if self._namespace.held(name, value) is value:
                self._namespace.pop(name, None)
        for name, value in self._before.items():
            self._namespace.setdefault(name, value)
        for part in (self._waiting, self._fetched, self._known, self._pictures, self._before):
            part.clear()

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
            if value is not _ABSENT and not self._namespace.holds(name)
        ]
        for name in unbind:
            self._known[name] = _ABSENT
        for name, known in list(self._known.items()):
            value = self._namespace.held(name, _ABSENT)
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
            if name not in self._known and self._travels(self._namespace.held(name)):
                bind[name] = self._namespace.held(name)
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
            if name in self._waiting:
                self._waiting[name] = value
                continue
            known = self._known.get(name, _ABSENT)
            # What the test itself binds may be the very object that was fetched, a small number.
            if name in self._tests_own or known is _ABSENT:
                continue
            if self._namespace.held(name, _ABSENT) is not known:
                continue
            if copies.pour(value, known):
                self._learn(name, known)
            else:
                self._namespace[name] = self._fetched[name] = _trusted_module(name, value)
                self._learn(name, self._namespace.held(name))
        for name in gone:
            if not isinstance(name, str) or self._waiting.pop(name, _ABSENT) is not _ABSENT:
                continue
            known = self._known.pop(name, _ABSENT)
            if known is not _ABSENT and self._namespace.held(name, _ABSENT) is known:
                dict.__delitem__(self._namespace, name)


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
