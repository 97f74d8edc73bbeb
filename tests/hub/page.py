"""The commands of docs/HUB.md, and what its examples are called in a test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "HUB.md").read_text(encoding="utf-8")


def commands(section: str, names: Mapping[str, str] | None = None) -> list[str]:
    """Return the shell's lines below a heading of the page.

    Args:
        section: the heading.
        names: what stands on the page, and what is to stand in its place; longer ones win.

    Raises:
        ValueError: the page has no commands below such a heading.
    """
    text = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    found = [part for part in text if part.partition("\n")[0] == section]
    blocks = [block for part in found for block in re.findall(r"```sh\n(.*?)```", part, re.DOTALL)]
    if not blocks:
        raise ValueError(f"docs/HUB.md has no commands below {section!r}")
    names = names or {}
    ordered = sorted(names, key=len, reverse=True)
    example = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in ordered))
    lines = "".join(blocks).splitlines()
    return [example.sub(lambda hit: names[hit[0]], line) if names else line for line in lines]
