"""What a released lab consists of, written into the workbook beside the release record.

Learners rearrange notebooks. Before one is handed in, `labkit.desk` compares it with this list of
marked cells. It holds ids, kinds and points, which every learner can read in the notebook anyway.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

OUTLINE = ".labkit-labs.json"


def render_outline(files: Mapping[str, bytes]) -> bytes:
    """Render the outlines of the labs among a workbook's files."""
    listed = {}
    for name, content in files.items():
        path = PurePosixPath(name)
        if path.parts[0] == "labs" and path.suffix == ".ipynb":
            cells = marked_cells(json.loads(content))
            listed[path.parent.name] = {"notebook": path.name, "cells": cells}
    return (json.dumps(listed, indent=1, sort_keys=True) + "\n").encode("utf-8")


def marked_cells(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the cells that nbgrader knows: id, kind (answer, test, essay or setup) and points."""
    listed = []
    for cell in notebook["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        kind = _kind(mark)
        if kind:
            listed.append(
                {"id": mark["grade_id"], "kind": kind, "points": float(mark.get("points") or 0)}
            )
    return listed


def _kind(mark: Mapping[str, Any]) -> str:
    if mark.get("grade"):
        return "essay" if mark.get("solution") else "test"
    if mark.get("solution"):
        return "answer"
    return "setup" if mark.get("locked") or mark.get("task") else ""
