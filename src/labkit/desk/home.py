"""What the home page shows: the course's facts joined with the learner's progress, as plain data.

Facts come from the file that a release lays beside the home page, or, in the course's own folder,
from its catalog. Serving the result is left to `server`, drawing it to the extension in
`labextensions`, keeping progress to `labkit.learner.progress`. No check is imported: some need
torch, and the page must be there at once.
"""

from __future__ import annotations

import glob
import json
from pathlib import Path
from typing import Any

from labkit.authoring.catalog import CATALOG_PATH, FACTS, FACTS_FORMAT
from labkit.desk.results import results
from labkit.errors import CourseError
from labkit.exercise.outcome import Status
from labkit.learner import progress as records
from labkit.learner.progress import ProgressError
from labkit.learner.state import Stage, last_hand_in, stage
from labkit.learner.work import work_digest
from labkit.learner.zip_names import HANDED_IN

Facts = dict[str, Any]
PASSED = str(Status.PASSED)


class HomeError(CourseError):
    """There is no course to show; the text says where it was looked for and what to do."""


def home(folder: Path) -> dict[str, Any]:
    """Give everything the home page in `folder` shows.

    Raises:
        HomeError, CatalogError, SourceError: If the course's facts are missing or cannot be read.
            Trouble with the progress file is no error: it stands in the notices.
    """
    facts = read_facts(folder)
    progress, notices = read_progress()
    modules = [
        _module(module, progress.get(module["name"], {}), folder) for module in facts["modules"]
    ]
    titles = {module["name"]: module for module in modules}
    for module in modules:
        module["prerequisites"] = [
            {"name": name, "title": titles[name]["title"], "stage": titles[name]["stage"]}
            for name in module["prerequisites"]
            if name in titles
        ]
    return {
        "title": facts["title"],
        "introduction": facts["introduction"],
        "help": facts.get("help", ""),
        "notices": notices,
        "next": next_step(modules),
        "total": _total(modules),
        "modules": modules,
    }


def read_facts(folder: Path) -> Facts:
    """Read the facts that a release laid into `folder`, or make them from a catalog there.

    Raises:
        HomeError, CatalogError, SourceError: If there are none, or they cannot be read.
    """
    path = folder / FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return _facts_of_course(folder)
    except (OSError, ValueError):
        facts = None
    if not isinstance(facts, dict) or facts.get("format") != FACTS_FORMAT:
        raise HomeError(
            f"{path} cannot be read, so the modules are not known here. Remove it and release the "
            "course again: `labkit release --to FOLDER`."
        )
    return facts


def read_progress() -> tuple[records.Record, list[dict[str, str]]]:
    """Read the learner's progress, and what has to be told about the file."""
    path = records.progress_path()
    before, trouble = _set_aside(path), []
    try:
        progress = records.load()
    except ProgressError as problem:
        progress = {}
        if _set_aside(path) == before:  # otherwise what was set aside is told below
            trouble = [{"id": "unreadable", "text": str(problem)}]
    # They stay listed until the learner removes them, so that no tab and no restart misses one.
    told = [
        {
            "id": broken.name,
            "text": f"Your progress file was broken. It was set aside as {broken.name} in "
            f"{broken.parent}, and a new one was begun. Nothing was deleted. If you have a saved "
            "copy, restore it below.",
        }
        for broken in _set_aside(path)[:3]
    ]
    return progress, trouble + told


def _set_aside(path: Path) -> list[Path]:
    """The broken progress files that were set aside, the newest first."""
    return sorted(path.parent.glob(f"{path.stem}.broken-*{path.suffix}"), reverse=True)


def next_step(modules: list[dict[str, Any]]) -> dict[str, str] | None:
    """Say what to do next, or None where nothing is available or all is done."""
    begun = [module for module in modules if module["stage"] not in (Stage.NEW, Stage.DONE)]
    if begun:
        return _continue(max(begun, key=lambda module: module["when"]))
    done = any(module["stage"] == Stage.DONE for module in modules)
    fresh = [module for module in modules if module["lesson"] and module["stage"] == Stage.NEW]
    ready = [m for m in fresh if all(one["stage"] == Stage.DONE for one in m["prerequisites"])]
    for module in ready or fresh:
        verb = "Go on" if done else "Begin"
        return {
            "module": module["name"],
            "path": module["lesson"],
            "action": f"{verb} with the lesson",
            "why": module["question"],
        }
    return None


def _continue(module: dict[str, Any]) -> dict[str, str]:
    open_tasks = [task["title"] for task in module["tasks"] if task["status"] != PASSED]
    count = f"{module['passed']} of {len(module['tasks'])} tasks passed"
    path, action, why = module["lab"], "Continue the lab", f"{count}."
    if open_tasks:
        why += f" Next task: {open_tasks[0]}."
    match module["stage"]:
        case Stage.LESSON_BEGUN:
            path, action = module["lesson"], "Go on with the lesson"
            why = "Run its cells to the end; the lab is next."
        case Stage.LESSON_READ:
            action, why = "Begin the lab", "You have read the lesson; the lab is next."
        case Stage.PASSED:
            action = "Hand in the lab"
            why = "All tasks are passed. Write what is asked for in words, then hand in."
        case Stage.PACKED:
            action = "Open the lab"
            why = "It is packed and not sent yet: download the zip below, send it to your "
            why += "instructor, then press “I have sent it”."
        case Stage.HANDED_IN:
            why = f"Handed in with {why[0].lower()}{why[1:]} The last hand-in counts."
    return {"module": module["name"], "path": path, "action": action, "why": why}


def _module(facts: dict[str, Any], reached: dict[str, Any], folder: Path) -> dict[str, Any]:
    tasks = [_task(task, reached.get("tasks", {}).get(task["name"])) for task in facts["tasks"]]
    answers = reached.get("quiz", {})
    right = sum(bool(answers.get(name, {}).get("right")) for name in facts["questions"])
    return facts | {
        "tasks": tasks,
        "reached": round(sum(task["best"] * task["points"] for task in tasks), 2),
        "checked_points": sum(task["points"] for task in tasks),
        "passed": sum(task["status"] == PASSED for task in tasks),
        "tried": sum(task["tries"] > 0 for task in tasks),
        "answered": sum(name in answers for name in facts["questions"]),
        "right": right,
        "stage": stage(reached, [task["name"] for task in facts["tasks"]]),
        "when": _latest(reached),
        "submitted": _submitted(reached, folder, facts),
        "results": results((folder / facts["lab"]).parent) if facts.get("lab") else None,
        "changed": [task["changed"] for task in tasks if task["changed"]],
    }


def _task(facts: dict[str, Any], entry: dict[str, Any] | None) -> dict[str, Any]:
    if entry is None:
        return facts | {"best": 0.0, "tries": 0, "status": "", "changed": ""}
    # The best outcome counts: a later failure takes nothing away.
    status = PASSED if entry["best"] >= 1 else str(entry.get("status", ""))
    return facts | {
        "best": entry["best"],
        "tries": entry["tries"],
        "status": status,
        "changed": _changed(facts, entry),
    }


def _changed(facts: dict[str, Any], entry: dict[str, Any]) -> str:
    """Compare the last two tries of a task, in words; empty where there is nothing to tell."""
    history = [one for one in entry.get("history", []) if isinstance(one, dict)]
    if len(history) < 2:
        return ""
    before, now = (float(one.get("score", 0)) * facts["points"] for one in history[-2:])
    if before == now:
        return ""
    direction = "up" if now > before else "down"
    return f"{facts['title']}: {direction} from {before:.3g} to {now:.3g} points"


def _submitted(
    reached: dict[str, Any], folder: Path, facts: dict[str, Any]
) -> dict[str, str] | None:
    """Give the latest hand-in, where its zip lies, and whether the lab changed since."""
    last = last_hand_in(reached)
    if last is None:
        return None
    return {
        "stage": last.stage,
        "when": last.when,
        "receipt": last.receipt,
        "file": "" if last.sent else _zip_of(folder / HANDED_IN / facts["name"], last.receipt),
        "since": _since(folder / (facts.get("lab") or ""), last.digest),
    }


def _zip_of(folder: Path, receipt: str) -> str:
    """Return the path of a receipt's zip, relative to the workbook; empty if it is not there."""
    found = sorted(folder.glob(f"*{glob.escape(receipt)}*.zip")) if receipt else []
    return found[-1].relative_to(folder.parents[1]).as_posix() if found else ""


def _since(lab: Path, digest: str) -> str:
    """Say "changed since" where the lab on the disk is no longer what was handed in."""
    try:
        return "" if work_digest(lab.read_bytes()) == digest else "changed since"
    except (OSError, ValueError):
        return ""


def _latest(reached: dict[str, Any]) -> str:
    """When the learner last did something in a lab, as ISO text; empty if never."""
    entries = [*reached.get("tasks", {}).values(), *reached.get("quiz", {}).values()]
    entries += reached.get("submitted", [])
    times = [str(one.get("when", "")) for one in entries if isinstance(one, dict)]
    times += [*reached.get("lesson", {}).values(), *reached.get("sent", {}).values()]
    return max(times, default="")


def _total(modules: list[dict[str, Any]]) -> dict[str, float]:
    return {
        "reached": round(sum(module["reached"] for module in modules), 2),
        "points": sum(module["checked_points"] for module in modules),
        "passed": sum(module["passed"] for module in modules),
        "tasks": sum(len(module["tasks"]) for module in modules),
    }


def _facts_of_course(folder: Path) -> Facts:
    if not (folder / CATALOG_PATH).is_file():
        raise HomeError(
            f"{folder} holds no course: neither {FACTS} nor {CATALOG_PATH.as_posix()} is there. "
            "Release the course into it: `labkit release --to FOLDER`."
        )
    # Only the course's own folder needs the authors' tools, which take a second to import.
    from labkit.authoring.workbook import read_course_facts

    return read_course_facts(folder)
