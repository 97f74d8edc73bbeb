"""What the attack corpus does to stock nbgrader, and to this course's grading beside it.

    python benchmarks/grading/attacks.py                     # both, about half an hour
    python benchmarks/grading/attacks.py --only fork-bomb    # one attack
    python benchmarks/grading/attacks.py --keep stock.json   # go on where a run was stopped

Stock nbgrader meets an attack alone with two honest learners, in a box of its own (see
`tests/grading/attacks/box.py`); only attacks by which nothing is executed but their own tests
share a box. This course's grading meets all of them in one cohort.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "grading"))

from attacks import box, corpus, course  # noqa: E402
from attacks.cohort import Evidence  # noqa: E402
from attacks.submission import Attack  # noqa: E402

TOGETHER = ("malformed", "script", "labstyle")
"""Classes whose attacks share a box, because they cannot harm each other …"""
ALONE = ("very-many-cells", "deeply-nested", "huge-number", "giant-cell")
"""… but for those that take long."""

SHOWN_TO_ALL = "secret-of-the-hidden-test"
"""Stock shows the hidden test to whoever fails it; it is not an attack's doing."""


def judge(attack: Attack, evidence: Evidence | str) -> dict[str, object]:
    """Put in plain data what an attack did: points gained, others changed, and so on."""
    if isinstance(evidence, str):
        return {"gained": 0.0, "lost": False, "others": [], "aborted": evidence, "touched": []}
    own = evidence.results[attack.name]
    others = {name: r for name, r in evidence.results.items() if name in course.BYSTANDERS}
    score = own.score or 0.0
    leaked = [f"read {secret}" for secret in own.leaked if secret != SHOWN_TO_ALL]
    return {
        "gained": max(0.0, score - attack.earned),
        "lost": attack.keeps and score < attack.earned,
        "others": [name for name, r in others.items() if r.score != course.BYSTANDERS[name]],
        "aborted": "" if own.graded else "; ".join(evidence.problems) or "not graded",
        "touched": [*evidence.touched, *leaked, *(["stored script"] if own.active else [])],
    }


def run_stock(attacks: Iterable[Attack], keep: Path | None) -> dict[str, dict[str, object]]:
    """Grade each attack with stock nbgrader; with `keep`, only those that it does not hold."""
    found = json.loads(keep.read_text()) if keep and keep.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder, "attacked")
        template.mkdir()
        course.build(template, box.STOCK)
        for group in groups([attack for attack in attacks if attack.name not in found]):
            evidence = box.grade(template, [attack.name for attack in group])
            for attack in group:
                found[attack.name] = judge(attack, evidence)
                print(row(attack, found[attack.name]), flush=True)
            if keep:
                keep.write_text(json.dumps(found, indent=1))
    return found


def groups(attacks: Iterable[Attack]) -> list[list[Attack]]:
    """Which attacks meet stock nbgrader in one box."""
    together: dict[str, list[Attack]] = {}
    for attack in attacks:
        shared = attack.kind in TOGETHER and attack.name not in ALONE
        together.setdefault(attack.kind if shared else attack.name, []).append(attack)
    return list(together.values())


def row(attack: Attack, seen: dict[str, object]) -> str:
    """One line of the table."""
    touched = [str(item) for item in seen["touched"]]  # type: ignore[attr-defined]
    marks = [
        f"+{seen['gained']:g} points" if seen["gained"] else "",
        "honest points lost" if seen["lost"] else "",
        f"changed {len(seen['others'])} others" if seen["others"] else "",  # type: ignore[arg-type]
        f"ended with an error ({str(seen['aborted'])[:60]})" if seen["aborted"] else "",
        f"touched: {touched[0][:60]} (1 of {len(touched)})" if touched else "",
    ]
    effect = ", ".join(mark for mark in marks if mark) or "-"
    return f"{attack.kind:12} {attack.name:48} {effect}"


def summary(name: str, seen: dict[str, dict[str, object]]) -> str:
    """The figures of a whole run in a few lines."""
    rows = list(seen.values())
    gains = [float(r["gained"]) for r in rows]  # type: ignore[arg-type]
    harm = ("gained", "lost", "others", "aborted", "touched")
    return "\n".join(
        [
            f"{name}: {len(rows)} attacks",
            f"  with any effect          {sum(any(r[k] for k in harm) for r in rows)}",
            f"  gained points            {sum(g > 0 for g in gains)}, at most {max(gains):g}",
            f"  changed someone else     {sum(bool(r['others']) for r in rows)}",
            f"  ended the run in error   {sum(bool(r['aborted']) for r in rows)}",
            f"  touched, read or stored  {sum(bool(r['touched']) for r in rows)}",
            f"  cost honest points       {sum(bool(r['lost']) for r in rows)}",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", help="name of an attack; may be repeated")
    parser.add_argument("--keep", type=Path, help="file that holds the stock results so far")
    options = parser.parse_args()
    attacks = [attack for attack in corpus() if not options.only or attack.name in options.only]
    print(summary("stock nbgrader", run_stock(attacks, options.keep)))


if __name__ == "__main__":
    main()
