"""What of a notebook is the learner's work, as one digest.

JupyterLab writes a notebook anew whenever a cell is run: outputs, counters and the file's bytes
change, the work does not. The digest covers the text of all cells but the one that hands in, so
"changed since you handed in" means what it says.
"""

from __future__ import annotations

import hashlib
import json
import re

HANDS_IN = re.compile(r"^\s*submit\(", re.MULTILINE)


def work_digest(content: bytes) -> str:
    """Return the SHA-256 of the kinds and texts of a notebook file's cells, in hexadecimal.

    Raises:
        ValueError: the bytes are no notebook.
    """
    try:
        cells = [_cell(cell) for cell in json.loads(content)["cells"]]
    except (TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise ValueError(f"no notebook ({problem})") from None
    kept = [cell for cell in cells if not HANDS_IN.search(cell[1])]
    return hashlib.sha256(json.dumps(kept).encode("ascii")).hexdigest()


def _cell(cell: dict[str, object]) -> tuple[str, str]:
    source = cell.get("source", "")
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return str(cell.get("cell_type")), text
