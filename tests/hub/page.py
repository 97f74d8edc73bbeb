"""The commands of docs/HUB.md, and what its examples are called in a test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "HUB.md").read_text(encoding="utf-8")


def blocks(section: str, names: Mapping[str, str]) -> list[list[str]]:
    """Return the shell's lines below a heading of the page, block by block.

    Args:
        section: the heading.
        names: what stands on the page, and what is to stand in its place; longer ones win.

    Raises:
        ValueError: the page has no commands below such a heading.
    """
    parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    text = "".join(part for part in parts if part.partition("\n")[0] == section)
    found = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    if not found:
        raise ValueError(f"docs/HUB.md has no commands below {section!r}")
    ordered = sorted(names, key=len, reverse=True)
    example = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in ordered))
    return [example.sub(lambda hit: names[hit[0]], block).splitlines() for block in found]


def commands(section: str, names: Mapping[str, str]) -> list[str]:
    """Return all lines of all blocks below a heading."""
    return [line for block in blocks(section, names) for line in block]
