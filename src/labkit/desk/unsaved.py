"""Compare what a kernel has run with what lies on the disk.

Only the file is handed in. Where an answer was last run with a text that the file does not hold,
the learner has most likely not saved yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from labkit import code
from labkit.desk.notebooks import Work


def unsaved(work: Work, executed: Sequence[str]) -> list[str]:
    """Name the answers whose latest run had a text that the file does not hold.

    Args:
        work: the notebook on the disk.
        executed: the texts that the kernel ran, in order.
    """
    saved = {_plain(cell.source) for cell in work.submitted.cells if cell.kind == "code"}
    found = []
    for cell in work.cells:
        names = _defined(work.source(cell.id) or "") if cell.kind == "answer" else set()
        latest = next((text for text in reversed(executed) if names & _defined(text)), None)
        if latest is not None and _plain(latest) not in saved:
            found.append(cell.id)
    return found


def _defined(text: str) -> set[str]:
    return code.defined_names(code.cell(text))


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
