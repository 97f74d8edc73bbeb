"""How a cohort stands, as plain data: by lab, by task, by learner, misconceptions, who is stuck.

`report` counts over everybody, `learner_report` has one learner and nobody else. How the data look
is left to `labkit.cohort.page` and `labkit.cohort.tables`.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from labkit.cohort import items
from labkit.cohort.gather import Cohort, GatherError, Lab, Learner, Result, Work
from labkit.cohort.kept_progress import Effort
from labkit.exercise.outcome import Status

Data = dict[str, Any]
BINS = 10
# A task that tells learners apart as usual (a correlation of .3) shows a negative one by chance
# among 30 learners in 5 % of cases (Fisher's z: .31 against a deviation of 1/sqrt(27) = .19), among
# ten in 21 %. With fewer learners the figure is shown and not remarked on.
ENOUGH_LEARNERS = 30


def report(cohort: Cohort) -> Data:
    """Return how everybody stands."""
    labs = [lab for lab in cohort.labs if _works(cohort, lab)]
    return {
        "course": cohort.course,
        "made": cohort.when.isoformat(timespec="seconds"),
        "labs": [_lab(cohort, lab) for lab in labs],
        "tasks": [row for lab in labs for row in _tasks(cohort, lab)],
        "learners": [_learner(cohort, labs, learner) for learner in cohort.learners],
        "misconceptions": _misconceptions(cohort, labs),
        "stuck": _stuck(cohort, labs),
        "marks": [row for learner in cohort.learners for row in _marks(cohort, labs, learner)],
    }


def learner_report(cohort: Cohort, name: str) -> Data:
    """Return how one learner stands, without anything about the others.

    Raises:
        GatherError: the gradebook has no such learner.
    """
    learner = next((one for one in cohort.learners if one.id == name), None)
    if learner is None:
        raise GatherError(f"The gradebook has no learner {name!r}. `labkit roster` lists them.")
    labs = [lab for lab in cohort.labs if (name, lab.name) in cohort.works]
    return {
        "course": cohort.course,
        "made": cohort.when.isoformat(timespec="seconds"),
        "learner": _learner(cohort, labs, learner),
        "marks": _marks(cohort, labs, learner),
        "labs": [{"name": lab.name, "title": lab.title} for lab in labs],
    }


def _works(cohort: Cohort, lab: Lab) -> dict[str, Work]:
    found = ((one.id, cohort.works.get((one.id, lab.name))) for one in cohort.learners)
    return {name: work for name, work in found if work}


def _lab(cohort: Cohort, lab: Lab) -> Data:
    works = list(_works(cohort, lab).values())
    scores = [work.score for work in works]
    return {
        "name": lab.name,
        "title": lab.title,
        "maximum": lab.maximum,
        "handed_in": len(works),
        "learners": len(cohort.learners),
        "waiting": sum(work.waiting > 0 for work in works),
        "late": sum(work.late_hours > 0 for work in works),
        "mean": statistics.fmean(scores),
        "spread": statistics.pstdev(scores),
        "histogram": _histogram(scores, lab.maximum),
        "reliability": _reliability(works, lab),
    }


def _histogram(scores: Iterable[float], maximum: float) -> list[int]:
    """Count scores in ten equal bins from 0 to the maximum; extra credit is in the last one."""
    counts = [0] * BINS
    for score in scores:
        share = score / maximum if maximum else 0.0
        counts[min(BINS - 1, int(share * BINS))] += 1
    return counts


def _complete(works: Sequence[Work], lab: Lab) -> list[str]:
    """Return the tasks that everybody who handed in has points for: what waits leaves gaps."""
    return [
        task
        for task in lab.tasks
        if all(task in work.results and work.results[task].score is not None for work in works)
    ]


def _reliability(works: Sequence[Work], lab: Lab) -> Data:
    tasks = _complete(works, lab)
    scores = np.array([[work.results[task].score for task in tasks] for work in works], dtype=float)
    value = items.alpha(scores.reshape(len(works), len(tasks)))
    interval = items.alpha_interval(value, len(works), len(tasks)) if value is not None else None
    return {"alpha": value, "interval": interval, "learners": len(works), "tasks": len(tasks)}


def _tasks(cohort: Cohort, lab: Lab) -> list[Data]:
    works = list(_works(cohort, lab).values())
    complete = _complete(works, lab)
    return [
        _task(lab, task, works, complete, _efforts(cohort, lab=lab.name, task=task))
        for task in lab.tasks
    ]


def _task(
    lab: Lab, task: str, works: Sequence[Work], complete: Sequence[str], efforts: Sequence[Effort]
) -> Data:
    results = [work.results[task] for work in works if task in work.results]
    marked = [one for one in results if one.score is not None]
    statuses = Counter(one.status for one in marked if one.status)
    found = _discrimination(task, works, complete)
    row = {
        "lab": lab.name,
        "task": task,
        "title": lab.tasks[task],
        "maximum": max((one.maximum for one in results), default=0.0),
        "written": all(one.written for one in results),
        "handed_in": len(results),
        "waiting": len(results) - len(marked),
        "passed": statuses[Status.PASSED],
        "partial": statuses[Status.PARTIAL],
        "failed": statuses[Status.FAILED] + statuses[Status.ERROR],
        "not_tried": statuses[Status.NOT_ATTEMPTED],
        "faults": sum(one.fault for one in marked),
        "difficulty": items.difficulty(np.array([_share(one) for one in marked])),
        "discrimination": found,
        "tries": _middle(one.tries for one in efforts if one.tries),
        "hints": _middle(one.hints for one in efforts if one.tries),
        "minutes": _middle(one.minutes for one in efforts if one.minutes is not None),
    }
    return row | {"remarks": _remarks(row, len(marked))}


def _discrimination(task: str, works: Sequence[Work], complete: Sequence[str]) -> float | None:
    """Correlate a task's points with those of the complete tasks, itself left out."""
    others = [name for name in complete if name != task]
    having = [work for work in works if task in work.results]
    pairs = [
        (score, math.fsum(work.results[name].score or 0.0 for name in others))
        for work in having
        if (score := work.results[task].score) is not None
    ]
    if not others or not pairs:
        return None
    one, rest = np.array(pairs).T
    return items.correlation(one, rest)


def _remarks(row: Data, learners: int) -> list[str]:
    found = []
    if row["faults"]:
        found.append(f"{row['faults']} answers met a fault of the check: look at the check first.")
    if row["discrimination"] is not None and row["discrimination"] < 0:
        if learners >= ENOUGH_LEARNERS:
            found.append("Who is good at the rest does worse here: the check may mislead.")
    if row["difficulty"] == 0 and row["not_tried"] < learners:
        found.append("Nobody has a point.")
    return found


def _share(result: Result) -> float:
    return (result.score or 0.0) / result.maximum if result.maximum else 0.0


def _middle(numbers: Iterable[float]) -> float | None:
    found = list(numbers)
    return statistics.median(found) if found else None


def _efforts(cohort: Cohort, learner: str = "", lab: str = "", task: str = "") -> list[Effort]:
    wanted = (learner, lab, task)
    return [
        effort
        for place, effort in cohort.efforts.items()
        if all(not want or want == have for want, have in zip(wanted, place, strict=True))
    ]


def _learner(cohort: Cohort, labs: Sequence[Lab], learner: Learner) -> Data:
    works = {lab.name: cohort.works.get((learner.id, lab.name)) for lab in labs}
    efforts = _efforts(cohort, learner=learner.id)
    shown: dict[str, Data] = {
        lab.name: {
            "score": work.score,
            "maximum": lab.maximum,
            "waiting": work.waiting,
            "penalty": work.penalty,
            "late_hours": work.late_hours,
            "received": work.received.isoformat() if work.received else None,
        }
        for lab in labs
        if (work := works[lab.name])
    }
    return {
        "id": learner.id,
        "name": learner.name,
        "group": learner.group,
        "labs": shown,
        "handed_in": len(shown),
        "late": sum(one["late_hours"] > 0 for one in shown.values()),
        "score": math.fsum(one["score"] for one in shown.values()),
        "waiting": math.fsum(one["waiting"] for one in shown.values()),
        "maximum": math.fsum(lab.maximum for lab in labs),
        "tries": sum(one.tries for one in efforts) if efforts else None,
        "hints": sum(one.hints for one in efforts) if efforts else None,
    }


def _marks(cohort: Cohort, labs: Sequence[Lab], learner: Learner) -> list[Data]:
    rows = []
    for lab in labs:
        work = cohort.works.get((learner.id, lab.name))
        for task, title in lab.tasks.items() if work else ():
            if work is None or task not in work.results:
                continue
            result = work.results[task]
            effort = cohort.efforts.get((learner.id, lab.name, task))
            rows.append(
                {
                    "learner": learner.id,
                    "lab": lab.name,
                    "task": task,
                    "title": title,
                    "score": result.score,
                    "maximum": result.maximum,
                    "status": str(result.status) if result.status else _of_text(result),
                    "trap": result.trap,
                    "fault": result.fault,
                    "tries": effort.tries if effort else None,
                    "hints": effort.hints if effort else None,
                    "minutes": effort.minutes if effort else None,
                }
            )
    return rows


def _of_text(result: Result) -> str:
    return "to be read" if result.score is None else "read"


def _misconceptions(cohort: Cohort, labs: Sequence[Lab]) -> list[Data]:
    rows = []
    for lab in labs:
        works = _works(cohort, lab)
        for task, title in lab.tasks.items():
            found = Counter(
                work.results[task].trap
                for work in works.values()
                if task in work.results and work.results[task].trap
            )
            rows += [
                {
                    "lab": lab.name,
                    "task": task,
                    "title": title,
                    "words": words,
                    "count": count,
                    "share": count / len(works),
                }
                for words, count in found.items()
            ]
    return sorted(rows, key=lambda row: (-row["count"], row["lab"], row["task"], row["words"]))


def _stuck(cohort: Cohort, labs: Sequence[Lab]) -> list[Data]:
    """Count who, in the lab handed in last, tried a task and did not pass it."""
    held: dict[tuple[str, str], list[Result]] = {}
    latest: Counter[str] = Counter()
    titles = {(lab.name, task): title for lab in labs for task, title in lab.tasks.items()}
    for learner in cohort.learners:
        lab = _latest(cohort, labs, learner)
        if lab is None:
            continue
        latest[lab] += 1
        for task, result in cohort.works[learner.id, lab].results.items():
            if result.status in (Status.FAILED, Status.PARTIAL, Status.ERROR):
                held.setdefault((lab, task), []).append(result)
    rows = [
        {
            "lab": lab,
            "task": task,
            "title": titles[lab, task],
            "count": len(results),
            "of": latest[lab],
            "trap": _most_frequent(result.trap for result in results),
        }
        for (lab, task), results in held.items()
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["lab"], row["task"]))


def _latest(cohort: Cohort, labs: Sequence[Lab], learner: Learner) -> str | None:
    """Return the lab handed in last: by receipts if all have one, else the course's last."""
    works = [(lab.name, cohort.works.get((learner.id, lab.name))) for lab in labs]
    there = [(work.received, name) for name, work in works if work]
    if not there:
        return None
    if all(received for received, _ in there):
        return max(there)[1]  # of one time, the later in the course
    return there[-1][1]


def _most_frequent(words: Iterable[str]) -> str:
    counted = Counter(one for one in words if one)
    return counted.most_common(1)[0][0] if counted else ""
