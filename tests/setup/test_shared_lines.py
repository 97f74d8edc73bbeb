"""What modules share stands in a shared room, not in each of them."""

from __future__ import annotations

import sys

from catalogue import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import shared_lines

MOST = 30
"""Lines that a module may have in common with a sibling; the first four had 144 to 215 before
there were shared rooms, and 3 to 6 since."""


def test_no_module_copies_its_siblings() -> None:
    found = shared_lines.copied(ROOT)
    assert len(found) > 4
    assert {name: len(lines) for name, lines in found.items() if len(lines) > MOST} == {}


def test_a_copy_would_be_seen(tmp_path) -> None:
    body = "".join(f"first = second + {n} * third\n" for n in range(40))
    for name in ("01_one", "02_two"):
        (tmp_path / "labs" / name).mkdir(parents=True)
        (tmp_path / "labs" / name / f"{name[3:]}.py").write_text(body)
    assert {name: len(lines) for name, lines in shared_lines.copied(tmp_path).items()} == {
        "01_one": 40,
        "02_two": 40,
    }
