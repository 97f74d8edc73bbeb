"""What grading's processes should import early, once for all, and what never."""

from __future__ import annotations

import sys
from collections.abc import Iterable

# What a package imports only when it is first used, in each learner's kernel anew. PyTorch's
# optimizers import its compiler: 1.5 s of processor time, of 1.6 s for a small training loop.
COMPANIONS = {"torch": ("torch._dynamo",)}


def with_companions(modules: Iterable[str]) -> list[str]:
    """Return modules to import in a warm process, with those that come with their first use."""
    wanted = set(modules)
    for name in list(wanted):
        wanted.update(COMPANIONS.get(name.partition(".")[0], ()))
    return sorted(wanted)


def spare_slow_imports() -> None:
    """Keep jsonschema from a check that takes longer to import than all the rest.

    Where `rfc3987_syntax` is installed (JupyterLab brings it), jsonschema builds a parser for
    international web addresses with it at import: 1.3 of the 1.45 s of processor time that
    `import nbformat` took here. Without it that one string format goes unchecked; no schema of
    notebooks or of nbgrader has it. To be called before anything imports nbformat.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
