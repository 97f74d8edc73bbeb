"""Spares grading's own processes what they import and never use."""

from __future__ import annotations

import sys


def spare_slow_imports() -> None:
    """Keep jsonschema from a check that takes longer to import than all the rest.

    Where `rfc3987_syntax` is installed (JupyterLab brings it), jsonschema builds a parser for
    international web addresses with it at import: 1.3 of the 1.45 s of processor time that
    `import nbformat` took here. Without it that one string format goes unchecked; no schema of
    notebooks or of nbgrader has it. To be called before anything imports nbformat.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
