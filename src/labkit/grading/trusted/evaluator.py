"""The trusted process: runs the instructor's cells and never a line of a learner's code.

Set-up and test cells run here in IPython, as they would in a kernel. The names that a test takes
from the learner come over the bridge, as values or as handles; names of the instructor's stay his.
The worker that started the process drives it over a control socket (`main`); how a learner's
things behave in a test is the business of `handles`, locking the process down that of the sandbox.
"""

from __future__ import annotations

import ast
import base64
import builtins
import contextlib
import importlib
import io
import json
import os
import random
import socket
import struct
import sys
import time
import types
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from traitlets.config import Config

from labkit.grading.trusted import bridge, handles, wire

PRIVATE = ".trusted"
"""Folder below the working directory for what the learner must not see."""

LONGEST_MESSAGE = 500
"""Characters of an error's text that are shown."""

MOST_PULLED = 100
"""Files of the learner's that a test gets to see."""

LARGEST_PULLED = 10 * 2**20
"""Bytes of each of them."""

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


# ---------------------------------------------------------------------------------- outputs


class _Outputs:
    """Collects what a cell puts out, up to a number of characters."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.cell: list[dict[str, Any]] = []
        self._left = limit

    def begin(self) -> None:
        self.cell, self._left = [], self.limit

    def add(self, output: dict[str, Any]) -> None:
        size = len(json.dumps(output, default=str))
        if size > self._left:
            self.text("[output left out: too large]\n", free=True)
            return
        self._left -= size
        self.cell.append(output)

    def text(self, text: str, free: bool = False) -> None:
        if not free:
            if self._left <= 0:
                return
            if len(text) > self._left:
                text = text[: self._left] + "\n[output cut]\n"
            self._left -= len(text)
        last = self.cell[-1] if self.cell else {}
        if last.get("output_type") == "stream":
            last["text"] += text
        else:
            self.cell.append({"output_type": "stream", "name": "stdout", "text": text})


class _Stdout(io.TextIOBase):
    encoding = "utf-8"

    def __init__(self, outputs: _Outputs) -> None:
        self._outputs = outputs

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            self._outputs.text(str(text))
        return len(text)


class _Stderr(io.TextIOBase):
    """Drops what is written: nbgrader takes text on stderr for a failed test."""

    encoding = "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)


class _Publisher(DisplayPublisher):
    outputs: _Outputs

    def publish(self, data: dict[str, Any], metadata: Any = None, **_: Any) -> None:  # type: ignore[override]
        self.outputs.add(
            {"output_type": "display_data", "data": _json_data(data), "metadata": metadata or {}}
        )

    def clear_output(self, wait: bool = False) -> None:
        self.outputs.cell.clear()


class _Hook(DisplayHook):
    outputs: _Outputs
    source = ""

    def quiet(self) -> bool:
        return self.semicolon_at_end_of_expression(self.source)

    def write_output_prompt(self) -> None:
        pass

    def start_displayhook(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        self.outputs.add(
            {
                "output_type": "execute_result",
                "execution_count": None,
                "data": _json_data(format_dict),
                "metadata": md_dict or {},
            }
        )

    def finish_displayhook(self) -> None:
        pass


def _json_data(data: dict[str, Any]) -> dict[str, Any]:
    """A bundle of representations with bytes as base64, as a notebook holds them."""
    bundle = {}
    for kind, value in data.items():
        if isinstance(value, (bytes, bytearray)):
            value = base64.b64encode(value).decode("ascii")
        elif not isinstance(value, str):
            try:
                value = json.loads(json.dumps(value))
            except (TypeError, ValueError):
                continue
        bundle[str(kind)] = value
    return bundle


# ---------------------------------------------------------------------------------- shell


class _Compiler(CachingCompiler):
    """Remembers under which name the latest cell was compiled."""

    latest = ""

    def cache(self, transformed_code: str, number: int = 0, raw_code: str | None = None) -> str:
        name = super().cache(transformed_code, number, raw_code)
        self.latest = name
        return name


class _Shell(InteractiveShell):
    """IPython without history, prompts and traces on the screen."""

    compiler_class = _Compiler

    def enable_gui(self, gui: Any = None) -> None:
        pass

    def _showtraceback(self, *_: Any, **__: Any) -> None:
        pass

    def showtraceback(self, *_: Any, **__: Any) -> None:
        pass

    def showsyntaxerror(self, *_: Any, **__: Any) -> None:
        pass


def _make_shell(folder: Path, outputs: _Outputs) -> _Shell:
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.display_page = True
    folder.mkdir(parents=True, exist_ok=True)
    _Publisher.outputs = _Hook.outputs = outputs
    shell = _Shell.instance(
        config=config,
        ipython_dir=str(folder),
        profile_dir=ProfileDir(location=str(folder / "profile")),
        display_pub_class=_Publisher,
        displayhook_class=_Hook,
    )
    return shell


# ---------------------------------------------------------------------------------- names


def loaded_names(source: str) -> set[str]:
    """The global names that a cell reads or deletes, at its top level or in its functions.

    Texts that look like a name or an expression count too: a test may look a name up in
    `globals()`, evaluate it, or hand its cell to a magic.
    """
    names: set[str] = set()
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.Global):
            names.update(node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names |= _names_in_text(node.value)
    return names


def _names_in_text(text: str) -> set[str]:
    text = text.removeprefix("__main__.")  # as mock.patch takes it
    if text.isidentifier():
        return {text}
    if len(text) > 20_000 or not any(mark in text for mark in "(.=["):
        return set()
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        tree = ast.parse(text)
        return {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
        }
    return set()


def names_in_functions(source: str) -> set[str]:
    """The names that the functions and classes of a cell read: they may be called later."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    names: set[str] = set()
    for node in ast.walk(_parsed(source)):
        if isinstance(node, kinds):
            names |= {
                part.id
                for part in ast.walk(node)
                if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Store)
            }
    return names


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(InteractiveShell.instance().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def opted_attributes(source: str) -> frozenset[str]:
    """The attributes named in comments such as ``# labkit: attributes speed, name``."""
    names: set[str] = set()
    for line in source.splitlines():
        before, mark, rest = line.partition("# labkit: attributes")
        if mark:
            names |= {part.strip() for part in rest.strip(" :").split(",")}
    return frozenset(name for name in names if name.isidentifier())


class _Names:
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
        self._known: dict[str, Any] = {}
        self._pictures: dict[str, bytes] = {}
        self._before: dict[str, Any] = {}
        self._at_start: frozenset[str] = frozenset()
        self.link: handles.Link | None = None

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
        kind = self._classes.get(name)
        return kind if name not in self._learner_names else None

    @property
    def shared(self) -> list[str]:
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

    def bring_in(self, found: dict[str, Any], wanted: list[str]) -> None:
        """Put the learner's names into the namespace."""
        self._at_start = frozenset(self._namespace)
        for name in wanted:
            if name not in found and name not in self._namespace and hasattr(builtins, name):
                # The learner was to write it: Python's own must not do the work.
                found[name] = _undefined(name)
        self._before = {n: self._namespace[n] for n in found if n in self._namespace}
        for name, value in found.items():
            value = _trusted_module(name, value)
            self._namespace[name] = value
            self._learn(name, value)

    def take_out(self) -> None:
        """Drop the learner's names; what the test itself has bound stays."""
        for name, value in self._known.items():
            if self._namespace.get(name, _ABSENT) is value:
                del self._namespace[name]
            if name in self._before:
                self._namespace[name] = self._before[name]
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
        if self.link is None or not bridge.is_mutable_value(value):
            return None
        try:
            return handles.encoded(self.link, value)
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
                if _is_handle(value) or name in self._learner_names:
                    bind[name] = value
                    self._learn(name, value)
            elif name in self._pictures:
                picture = self._picture(value)
                if picture is not None and picture != self._pictures[name]:
                    pour[name] = value
                    self._pictures[name] = picture
        for name in self._learner_names & self._namespace.keys() - self._at_start:
            if name not in self._known:
                bind[name] = self._namespace[name]
                self._learn(name, bind[name])
        return {"bind": bind, "unbind": unbind, "pour": pour}

    def changed(self, names: dict[str, Any], gone: list[str]) -> None:
        for name, value in names.items():
            known = self._known.get(name, _ABSENT)
            if known is _ABSENT or self._namespace.get(name, _ABSENT) is not known:
                continue
            if bridge.pour(value, known):
                self._learn(name, known)
            else:
                self._namespace[name] = _trusted_module(name, value)
                self._learn(name, self._namespace[name])
        for name in gone:
            known = self._known.pop(name, _ABSENT) if isinstance(name, str) else _ABSENT
            if known is not _ABSENT and self._namespace.get(name, _ABSENT) is known:
                del self._namespace[name]


_ABSENT = object()


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
    if name in NEVER_THE_LEARNERS and _is_handle(value):
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
    return found if handles.is_installed(module) else value


# ---------------------------------------------------------------------------------- files


class _Folder:
    """The working directory: the instructor's files, the learner's, and the test's own."""

    def __init__(self) -> None:
        self.root = Path.cwd()
        self.private = self.root / PRIVATE
        self._given: set[str] = set()
        self._own: dict[str, tuple[int, int]] = {}
        self._watch = bridge.Watch(self.root)
        self._theirs: dict[str, tuple[int, int]] = {}
        self._waiting: list[str] = []
        self.has_learner_files = False

    def lay_out(self, files: dict[str, str], below: Path) -> None:
        """Write files, given as base64 by relative path."""
        for name, content in files.items():
            path = below / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(content))

    def give(self, files: dict[str, str]) -> None:
        """Write the files that both processes have."""
        self.lay_out({n: c for n, c in files.items() if _is_plain(n)}, self.root)
        self._given = set(files)
        self._own = bridge.list_files(str(self.root))

    def written(self) -> dict[str, bytes]:
        """Files that the test wrote since the last request."""
        if not self._watch.changed():
            return {}
        files = self._watch.files
        changed = [n for n, about in files.items() if self._own.get(n) != about]
        self._own = files
        contents = {}
        for name in changed:
            if files[name][0] <= LARGEST_PULLED:
                with contextlib.suppress(OSError):
                    contents[name] = (self.root / name).read_bytes()
        return contents

    def listed(self, files: dict[str, Any]) -> None:
        """Note which of the learner's files are new or changed; `pull` fetches them."""
        for name, about in list(files.items())[:MOST_PULLED]:
            if not (isinstance(name, str) and _is_plain(name)) or name in self._given:
                continue
            if type(about) is not tuple or len(about) != 2 or type(about[0]) is not int:
                continue
            if self._theirs.get(name) != about and 0 <= about[0] <= LARGEST_PULLED:
                self._theirs[name] = about
                if self._own.get(name, (None,))[0] != about[0] or name not in self._own:
                    self._waiting.append(name)
                elif name not in self._waiting:
                    self._waiting.append(name)

    def pull(self, link: handles.Link) -> None:
        """Fetch the learner's files that changed."""
        names, self._waiting = self._waiting[:MOST_PULLED], []
        if not names:
            return
        for name, content in link.read_files(names).items():
            if name not in names or type(content) is not bytes or len(content) > LARGEST_PULLED:
                continue
            path = self.root / name
            with contextlib.suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.exists() or path.read_bytes() != content:
                    path.write_bytes(content)
                    self.has_learner_files = True
        self._own = bridge.list_files(str(self.root))


def _is_plain(name: str) -> bool:
    """Whether a path stays below the folder it is relative to, and is nothing hidden."""
    parts = name.split("/")
    return (
        0 < len(name) <= 200
        and "\\" not in name
        and "\0" not in name
        and not any(part in ("", "..") or part.startswith(".") for part in parts)
    )


# ---------------------------------------------------------------------------------- evaluator


class Evaluator:
    """Runs the cells of one submission."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._folder = _Folder()
        self._outputs = _Outputs(200_000)
        self._stdout = _Stdout(self._outputs)
        self._shell = _make_shell(self._folder.private / "ipython", self._outputs)
        self._namespace: dict[str, Any] = self._shell.user_ns
        self._names = _Names(self._namespace, ())
        self._link = handles.Link(connection, self._names, self._folder, 60.0)
        self._later: set[str] = set()

    def open(self, order: dict[str, Any]) -> dict[str, Any]:
        """Lay out files, set the environment, run the imports."""
        self._folder.give(order.get("files") or {})
        self._folder.lay_out(order.get("secret") or {}, self._folder.private)
        modules = self._folder.private / "modules"
        for name in order.get("trusted_files") or ():
            if name.endswith(".py") and name in (order.get("files") or {}) and _is_plain(name):
                self._folder.lay_out({name: order["files"][name]}, modules)
        _keep_imports_from(self._folder.root, modules)
        os.environ.setdefault("MPLBACKEND", "Agg")
        for name, value in (order.get("environment") or {}).items():
            os.environ[name] = str(value).replace("{secret}", str(self._folder.private))
        self._outputs.limit = int(order.get("max_output") or 200_000)
        _refuse_pickles(lambda: self._folder.has_learner_files)
        self._namespace["issubclass"] = handles.is_subclass
        self._names = _Names(
            self._namespace, order.get("learner_names") or (), order.get("learner_classes")
        )
        self._link = handles.Link(
            self._connection, self._names, self._folder, float(order.get("call_seconds") or 60)
        )
        self._names.link = self._link
        if order.get("preload") is not None:
            self._link.libraries = {module.partition(".")[0] for module in order["preload"]}
        for statement in order.get("imports") or ():
            self._run_statements(statement)
        self._names.note_imports()
        _seed()
        return {"ok": True}

    def setup(self, source: str) -> dict[str, Any]:
        """Run a set-up cell; a statement that needs the learner's names is left out."""
        self._outputs.begin()
        with self._captured():
            self._run_statements(source)
        self._names.note_classes()
        self._later |= names_in_functions(source)
        return {"outputs": self._outputs.cell}

    def test(self, source: str) -> dict[str, Any]:
        """Run a test cell against the learner's names."""
        start = time.monotonic()
        self._outputs.begin()
        was_lost = self._link.lost
        problem: BaseException | None = None
        try:
            problem = self._run_test(source)
        except (handles.LearnerLost, KeyboardInterrupt) as stopped:
            problem = stopped
        finally:
            self._names.take_out()
        with contextlib.suppress(handles.LearnerLost):
            self._link.finish()
        if problem is None and self._link.lost and not was_lost and not self._has_result():
            problem = handles.LearnerLost(self._link.lost)
        if problem is not None:
            self._outputs.cell.append(_error_output(problem, source, self._shell))
        self._later |= names_in_functions(source)
        seconds = time.monotonic() - start
        return {"outputs": self._outputs.cell, "seconds": seconds, "lost": self._link.lost}

    def _run_test(self, source: str) -> BaseException | None:
        wanted = self._names.wanted(loaded_names(source) | self._later)
        if wanted and not self._link.lost:
            self._link.note_libraries(source)
            found = self._link.begin(wanted, opted_attributes(source), self._stdout)
            self._names.bring_in(found, wanted)
        elif not self._link.lost:
            self._link.begin([], opted_attributes(source), self._stdout)
        _Hook.source = source
        with self._captured():
            result = self._shell.run_cell(source, store_history=False)
        if self._link.lost and isinstance(result.error_in_exec, NameError):
            return handles.LearnerLost(self._link.lost)
        return result.error_before_exec or result.error_in_exec

    def _has_result(self) -> bool:
        return any(output["output_type"] == "execute_result" for output in self._outputs.cell)

    def _run_statements(self, source: str) -> None:
        """Run a cell statement by statement, leaving out what cannot run."""
        try:
            text = self._shell.transform_cell(source)
            body = ast.parse(text).body
        except (SyntaxError, ValueError):
            return
        name = self._shell.compile.cache(text, raw_code=source)
        with self._captured():
            for statement in body:
                with contextlib.suppress(Exception, SystemExit):
                    code = compile(ast.Module([statement], []), name, "exec")
                    exec(code, self._namespace)

    @contextlib.contextmanager
    def _captured(self) -> Iterator[None]:
        stdin = sys.stdin
        sys.stdin = io.StringIO()
        try:
            with (
                contextlib.redirect_stdout(self._stdout),
                contextlib.redirect_stderr(_Stderr()),
            ):
                yield
        finally:
            sys.stdin = stdin


def _error_output(problem: BaseException, source: str, shell: _Shell) -> dict[str, Any]:
    """A failed test as a notebook shows it: the line, its text, and the error."""
    name = type(problem).__name__
    try:
        message = str(problem)[:LONGEST_MESSAGE]
    except Exception:
        message = ""
    number = _line(problem, shell)
    lines = source.splitlines()
    text = lines[number - 1] if 0 < number <= len(lines) else ""
    said = f"{name}: {message}" if message else name
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": [f"In line {number} of this test:", text, said],
    }


def _line(problem: BaseException, shell: _Shell) -> int:
    """The innermost line of the test cell that an error went through."""
    if isinstance(problem, SyntaxError) and problem.lineno and problem.__traceback__ is None:
        return problem.lineno
    number = 0
    trace = problem.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == shell.compile.latest:  # type: ignore[attr-defined]
            number = trace.tb_lineno
        trace = trace.tb_next
    if not number and isinstance(problem, SyntaxError):
        number = problem.lineno or 0
    return number or 1


def _keep_imports_from(root: Path, modules: Path) -> None:
    """Import nothing from the working directory: what lies there may be the learner's."""
    sys.path[:] = [p for p in sys.path if p not in ("", ".") and Path(p).resolve() != root]
    if modules.is_dir():
        sys.path.insert(0, str(modules))
    importlib.invalidate_caches()


_PLAIN_PICKLES = (
    "numpy.core.multiarray",
    "numpy._core.multiarray",
    "numpy",
    "collections",
    "datetime",
    "decimal",
    "fractions",
)


def _refuse_pickles(learner_files: Callable[[], bool]) -> None:
    """Once a file of the learner's is here, unpickle plain values only: a pickle runs code."""

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "pickle.find_class" and learner_files():
            module, name = arguments
            if module not in _PLAIN_PICKLES or "." in name:
                raise RuntimeError(
                    f"This test unpickles {module}.{name}. A pickle that a learner wrote runs the "
                    "learner's code, so a test cannot load it: let the learner's code load it, "
                    "and test what it does."
                )

    sys.addaudithook(watch)


def _seed() -> None:
    """Start every source of random numbers anew: no two runs test the same numbers."""
    random.seed(os.urandom(32))
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(int.from_bytes(os.urandom(4), "big"))
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(int.from_bytes(os.urandom(7), "big"))


# ---------------------------------------------------------------------------------- control

_LENGTH = struct.Struct(">I")


def main(control: socket.socket, bridge: socket.socket) -> None:
    """Serve the worker's orders until "close" or the end of the connection.

    Args:
        control: frames of a length (4 bytes, big-endian) and JSON, both ways.
        bridge: connected to the learner's process.
    """
    evaluator = Evaluator(bridge)
    while (order := _receive(control)) is not None and order["do"] != "close":
        if order["do"] == "open":
            answer = evaluator.open(order)
        elif order["do"] == "setup":
            answer = evaluator.setup(order["source"])
        else:
            answer = evaluator.test(order["source"])
        payload = json.dumps(answer).encode()
        control.sendall(_LENGTH.pack(len(payload)) + payload)


def _receive(control: socket.socket) -> dict[str, Any] | None:
    head = _exactly(control, _LENGTH.size)
    if head is None:
        return None
    body = _exactly(control, _LENGTH.unpack(head)[0])
    return None if body is None else json.loads(body)


def _exactly(control: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = control.recv(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
