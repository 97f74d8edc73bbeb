"""What grading's processes should import early, once for all, and what never."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import labkit

# What is imported only on first use, in each learner's kernel and each evaluator anew, by the
# package that brings it. IPython's debugger and its tracebacks took 0.2 s of the 0.3 s of
# processor time that a kernel spent; PyTorch's optimizers import its compiler, 1.5 s.
ON_FIRST_USE = {
    "": (
        "IPython.core.completerlib",
        "IPython.core.debugger",
        "IPython.core.logger",
        "IPython.core.oinspect",
        "IPython.extensions.storemagic",
        "ipykernel.debugger",
        "labkit.grading.trusted.wire_numpy",
        "labkit.grading.trusted.wire_plain",
        "numpy.random",
        "pygments.formatters.terminal256",
        "stack_data",
    ),
    "pandas": ("labkit.grading.trusted.wire_pandas",),
    "scipy": ("labkit.grading.trusted.wire_scipy",),
    "torch": ("labkit.grading.trusted.wire_torch", "torch._dynamo"),
}

CHECKS = Path(labkit.__file__).parent / "checks"
"""Where each lab's package is, whose judges come with their first use."""

SOURCE_FOLDERS = ("labs", "source")
"""Where this course's configuration has its assignments, and nbgrader's own default."""

# An import at the margin of a cell, in the notebook's JSON: after a quotation mark or a line break.
_IMPORT = re.compile(r'(?:"|\\n)(?:import|from) +([A-Za-z_][\w.]*)')


def likely_modules(root: Path, assignment: str) -> list[str]:
    """Guess from the bare text of an assignment's notebooks what they import.

    For the warm process to begin with, before there is time to read them properly: what is missing
    is imported later, and what is too much costs time alone.
    """
    found: set[str] = set()
    for folder in SOURCE_FOLDERS:
        for notebook in (root / folder / assignment).glob("*.ipynb"):
            # An editor's lock, `.#who.ipynb`, is a link to nothing.
            with contextlib.suppress(OSError):
                text = notebook.read_text(encoding="utf-8", errors="replace")
                found.update(_IMPORT.findall(text))
    return with_companions(found)


def with_companions(modules: Iterable[str]) -> list[str]:
    """Return modules to import in a warm process, with those that come with their first use."""
    wanted = set(modules)
    for package in {"", *(name.partition(".")[0] for name in wanted)}:
        wanted.update(ON_FIRST_USE.get(package, ()))
    for package in [name for name in wanted if name.startswith("labkit.checks.")]:
        files = (CHECKS / package.split(".")[2]).glob("[!_]*.py")
        wanted.update(f"{package}.{file.stem}" for file in files)
    return sorted(wanted)


def spare_slow_imports() -> None:
    """Keep jsonschema from a check that takes longer to import than all the rest.

    Where `rfc3987_syntax` is installed (JupyterLab brings it), jsonschema builds a parser for
    international web addresses with it at import: 1.3 of the 1.45 s of processor time that
    `import nbformat` took here. Without it that one string format goes unchecked; no schema of
    notebooks or of nbgrader has it. To be called before anything imports nbformat.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
