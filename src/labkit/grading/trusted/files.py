"""The trusted process's working directory: the instructor's files, the learner's, a test's own.

Files of the learner's are taken by plain names below this directory only, never over one of the
instructor's, and nothing is imported from where they lie.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from labkit.grading.trusted import link, watch

PRIVATE = ".trusted"
"""Folder below the working directory for what the learner must not see."""

MOST_PULLED = 100
"""Files of the learner's that a test gets to see."""

LARGEST_PULLED = 10 * 2**20
"""Bytes of each of them."""

PULLED_AT_ONCE = 6
"""Files in one message, so that the largest still fit into it (`wire.MAX_FRAME`)."""


class Folder:
    """The working directory: the instructor's files, the learner's, and the test's own."""

    def __init__(self) -> None:
        self.root = Path.cwd()
        self.private = self.root / PRIVATE
        self._given: set[str] = set()
        self._own: dict[str, tuple[int, int]] = {}
        self._watch = watch.Watch(self.root)
        self._theirs: dict[str, tuple[int, int]] = {}
        self._waiting: list[str] = []
        self.has_learner_files = False
        self.touched = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note that a file of the learner's is looked at."""
        if event in ("open", "os.listdir", "os.scandir", "glob.glob") and self._theirs:
            self.touched = True

    def lay_out(self, files: dict[str, str], below: Path) -> None:
        """Write files, given as base64 by relative path."""
        for name, content in files.items():
            path = below / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(content))

    def give(self, files: dict[str, str], instructors: Iterable[str]) -> None:
        """Write the files that both processes have; all but the instructor's were handed in."""
        laid_out = {name: content for name, content in files.items() if is_plain(name)}
        self.lay_out(laid_out, self.root)
        self._given = set(instructors)
        self.has_learner_files = not laid_out.keys() <= self._given
        self._own = watch.list_files(str(self.root))

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
            if not (isinstance(name, str) and is_plain(name)) or name in self._given:
                continue
            if type(about) is not tuple or len(about) != 2 or type(about[0]) is not int:
                continue
            if self._theirs.get(name) != about and 0 <= about[0] <= LARGEST_PULLED:
                self._theirs[name] = about
                self._waiting.append(name)

    def pull(self, link: link.Link) -> None:
        """Fetch the learner's files that changed."""
        waiting, self._waiting = self._waiting[:MOST_PULLED], []
        if not waiting:
            return
        for start in range(0, len(waiting), PULLED_AT_ONCE):
            names = waiting[start : start + PULLED_AT_ONCE]
            self._take(names, link.read_files(names))
        self._own = watch.list_files(str(self.root))

    def _take(self, names: list[str], contents: dict[str, Any]) -> None:
        """Write files of the learner's that were asked for by these names."""
        for name, content in contents.items():
            if name not in names or type(content) is not bytes or len(content) > LARGEST_PULLED:
                continue
            path = self.root / name
            with contextlib.suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.exists() or path.read_bytes() != content:
                    path.write_bytes(content)
                    self.has_learner_files = True


def is_plain(name: str) -> bool:
    """Whether a path stays below the folder it is relative to, and is nothing hidden."""
    parts = name.split("/")
    return (
        0 < len(name) <= 200
        and "\\" not in name
        and "\0" not in name
        and not any(part in ("", "..") or part.startswith(".") for part in parts)
    )


def keep_imports_from(root: Path, modules: Path) -> None:
    """Import nothing from the working directory: what lies there may be the learner's."""
    sys.path[:] = [p for p in sys.path if p not in ("", ".") and Path(p).resolve() != root]
    if modules.is_dir():
        sys.path.insert(0, str(modules))
    importlib.invalidate_caches()


_PLAIN_PICKLES = frozenset(
    "numpy.dtype numpy.ndarray collections.OrderedDict collections.Counter collections.deque "
    "datetime.date datetime.datetime datetime.time datetime.timedelta datetime.timezone "
    "decimal.Decimal fractions.Fraction _codecs.encode".split()
) | {
    f"{module}.{name}"
    for module in ("numpy.core.multiarray", "numpy._core.multiarray")
    for name in ("_reconstruct", "scalar")
}
"""What a pickle may name without running code of its writer's.

`_codecs.encode` makes bytes in pickles of older protocols, arrays of Python 2 among them.
"""


def refuse_pickles(learner_files: Callable[[], bool]) -> None:
    """Once a file of the learner's is here, unpickle plain values only: a pickle runs code."""

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "pickle.find_class" and learner_files():
            module, name = arguments
            if f"{module}.{name}" not in _PLAIN_PICKLES:
                raise RuntimeError(
                    f"This test unpickles {module}.{name}. A pickle that a learner wrote runs the "
                    "learner's code, so a test cannot load it: let the learner's code load it, "
                    "and test what it does."
                )

    sys.addaudithook(watch)
