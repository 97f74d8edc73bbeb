"""What the attack corpus does to stock nbgrader, and to this course's grading beside it.

    python benchmarks/grading/attacks.py                     # both, about an hour on two cores
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
from collections.abc import Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "grading"))

from attacks import box, corpus, course, ours  # noqa: E402
from attacks.cohort import Evidence, remove  # noqa: E402
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
        "aborted": _why_not_graded(evidence) if attack.graded and not own.graded else "",
        "touched": [*evidence.touched, *leaked, *(["stored script"] if own.active else [])],
    }


def _why_not_graded(evidence: Evidence) -> str:
    return "; ".join(evidence.problems) or "left out"


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
                print(f"  {attack.name}: {effect(found[attack.name])}", flush=True)
            if keep:
                keep.write_text(json.dumps(found, indent=1))
    return found


def run_ours(attacks: Sequence[Attack]) -> dict[str, dict[str, object]]:
    """Grade all attacks in one cohort; what happened to the cohort counts for its first attack."""
    with tempfile.TemporaryDirectory() as folder:
        place = ours.make_place(Path(folder))
        evidence = ours.grade(place, attacks)
        remove(place)
    found = {attack.name: judge(attack, evidence) for attack in attacks}
    for name in list(found)[1:]:
        own = evidence.results[name]
        found[name]["others"] = []
        found[name]["touched"] = [*own.leaked, *(["stored script"] if own.active else [])]
    return found


def groups(attacks: Iterable[Attack]) -> list[list[Attack]]:
    """Which attacks meet stock nbgrader in one box."""
    together: dict[str, list[Attack]] = {}
    for attack in attacks:
        shared = attack.kind in TOGETHER and attack.name not in ALONE
        together.setdefault(attack.kind if shared else attack.name, []).append(attack)
    return list(together.values())


def effect(seen: dict[str, object]) -> str:
    """Say in a few words what an attack did."""
    touched = [str(item) for item in seen["touched"]]  # type: ignore[attr-defined]
    marks = [
        f"+{seen['gained']:g} points" if seen["gained"] else "",
        "honest points lost" if seen["lost"] else "",
        f"changed {len(seen['others'])} others" if seen["others"] else "",  # type: ignore[arg-type]
        f"not graded ({str(seen['aborted'])[:30]})" if seen["aborted"] else "",
        f"{touched[0][:50]} (1 of {len(touched)})" if touched else "",
    ]
    return ", ".join(mark for mark in marks if mark) or "-"


def summary(name: str, rows: list[dict[str, object]]) -> str:
    """Give the figures of a whole run in a few lines."""
    gains = [float(r["gained"]) for r in rows]  # type: ignore[arg-type]
    harm = ("gained", "lost", "others", "aborted", "touched")
    return "\n".join(
        [
            f"{name}: {len(rows)} attacks",
            f"  with any effect          {sum(any(r[k] for k in harm) for r in rows)}",
            f"  gained points            {sum(g > 0 for g in gains)}, at most {max(gains):g}",
            f"  changed someone else     {sum(bool(r['others']) for r in rows)}",
            f"  were not graded at all   {sum(bool(r['aborted']) for r in rows)}",
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
    stock = run_stock(attacks, options.keep)
    own = run_ours(attacks)
    print(f"\n{'class':12} {'attack':46} {'stock nbgrader':70} this course")
    for attack in attacks:
        columns = (effect(stock[attack.name]), effect(own[attack.name]))
        print(f"{attack.kind:12} {attack.name:46} {columns[0]:70} {columns[1]}")
    print(summary("\nstock nbgrader", [stock[attack.name] for attack in attacks]))
    print(summary("this course", list(own.values())))


if __name__ == "__main__":
    main()
