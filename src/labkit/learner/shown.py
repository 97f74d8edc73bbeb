"""What a class's board may show of a learner: which tasks were tried, how often, which are passed.

No answer, no score, no hint, no quiz, no text. Whether anything is shown at all is the learner's
own word, which the board keeps (docs/HUB.md).
"""

from __future__ import annotations

from typing import Any

from labkit.learner.store import Record

Shown = dict[str, dict[str, dict[str, Any]]]


def shown(labs: Record) -> Shown:
    """Return of each lab the tasks that were tried.

    Args:
        labs: what `labkit.learner.progress.load` gives.

    Returns:
        `{lab: {task: {"passed": bool, "tries": int, "when": the last try, ISO 8601}}}`.
    """
    return {
        name: {
            task: {
                "passed": entry["best"] >= 1,
                "tries": entry["tries"],
                "when": entry.get("when", ""),
            }
            for task, entry in lab["tasks"].items()
        }
        for name, lab in labs.items()
        if lab.get("tasks")
    }
