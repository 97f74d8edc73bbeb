"""Load the course catalog and render what is made from it: home page, its facts, README tables.

`course/course.yml` is the only list of modules. This module checks it and turns it into
Markdown and JSON; writing the results is left to `build` and `workbook`, what modules need to be
installed to `packages`, showing the facts joined with a learner's progress to `labkit.desk`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from labkit.errors import CourseError

CATALOG_PATH = Path("course/course.yml")
FACTS = ".labkit-course.json"
FACTS_FORMAT = 2
STATUSES = ("available", "planned")
MODULES_MARKS = ("<!-- modules:start -->", "<!-- modules:end -->")
DATA_MARKS = ("<!-- data:start -->", "<!-- data:end -->")
BADGE_MARKS = ("<!-- binder:start -->", "<!-- binder:end -->")

_NAME = re.compile(r"\d\d_[a-z][a-z0-9_]*")
# A name, extras, a range and a marker; nothing that could end the string it stands in.
_REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*(\[[\w, -]+\])?[\w.*<>=!~, ]*(; [\w.<>=!' ]+)?")


class CatalogError(CourseError):
    """The catalog cannot be used; the message names the entry, the field and the mend."""


@dataclass(frozen=True)
class DataSource:
    """A row of the table of data and licences, as Markdown: what it is, whence, on which terms."""

    what: str
    source: str
    licence: str


@dataclass(frozen=True)
class Module:
    """One entry of the catalog.

    Attributes:
        name: Folder and assignment, "NN_slug".
        title, trend, question: What it is called, what moves in the field, and the question it
            answers.
        skills, roles: What a learner can do afterwards, and who needs it.
        minutes: Working time of lesson and lab together.
        points: Points of the lab's tasks and essays together.
        prerequisites: Names of modules to do first.
        status: "available" or "planned".
        packages: Requirements of its world, lesson and lab, as in "scipy>=1.17".
        data: Where its data come from.
        due: When the lab is due, ISO 8601 in UTC; empty where it is not.
    """

    name: str
    title: str
    trend: str
    question: str
    skills: tuple[str, ...]
    roles: tuple[str, ...]
    minutes: int
    points: int
    prerequisites: tuple[str, ...]
    status: str
    packages: tuple[str, ...] = ()
    data: tuple[DataSource, ...] = ()
    due: str = ""

    @property
    def slug(self) -> str:
        """Name without its number, the name of packages and notebooks."""
        return self.name[3:]

    @property
    def number(self) -> str:
        """The two digits that order the modules."""
        return self.name[:2]

    @property
    def extra(self) -> str:
        """The extra of the distribution that installs `packages`."""
        return self.slug.replace("_", "-")

    @property
    def available(self) -> bool:
        """Whether lesson and lab exist."""
        return self.status == "available"

    @property
    def lesson(self) -> str:
        """Path of the lesson's notebook, relative to repository and workbook."""
        return f"course/{self.name}/lesson.ipynb"

    @property
    def lab(self) -> str:
        """Path of the lab's notebook, relative to repository and workbook."""
        return f"labs/{self.name}/{self.slug}.ipynb"

    @property
    def duration(self) -> str:
        """Working time as a reader likes it: "3 h 45 min"."""
        return _hours(self.minutes)


@dataclass(frozen=True)
class TaskFacts:
    """A task's name and points, its title, and the heading in the notebook that leads to it."""

    name: str
    points: float
    title: str
    heading: str


@dataclass(frozen=True)
class LabGrading:
    """What a lab gives points for.

    Attributes:
        tasks: Each task that a check judges, in the notebook's order.
        essay_points: Points that a person gives, for all essays together.
        questions: Names of the questions that the lesson asks.
    """

    tasks: tuple[TaskFacts, ...]
    essay_points: float
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalog:
    """The course's title, its introduction, its modules in order, and what else it says of itself.

    Attributes:
        data: Where the data of no single module come from.
        repository: "OWNER/NAME" on GitHub, where Binder finds the course; may be empty.
        help: Whom learners ask, in a sentence or two; may be empty.
    """

    title: str
    introduction: str
    modules: tuple[Module, ...]
    data: tuple[DataSource, ...] = ()
    repository: str = ""
    help: str = ""

    def module(self, name: str) -> Module:
        """Find a module by "NN_slug" or slug.

        Raises:
            CatalogError: If there is none of that name.
        """
        for module in self.modules:
            if name in (module.name, module.slug):
                return module
        known = ", ".join(module.name for module in self.modules)
        raise CatalogError(f"No module {name!r} in {CATALOG_PATH}. There are: {known}.")


def load_catalog(root: Path) -> Catalog:
    """Read and check `course/course.yml` of the course at `root`.

    Raises:
        CatalogError: If the file is missing, is not YAML, or an entry is incomplete or contradicts
            another.
    """
    path = root / CATALOG_PATH
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogError(f"{path}: no catalog. Run the command in the course's root.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: cannot be read as YAML: {error}") from None
    if not isinstance(data, dict) or not isinstance(data.get("modules"), list):
        raise CatalogError(f"{path}: needs title, introduction and a list named modules.")
    modules = tuple(_module(entry, path) for entry in data["modules"])
    _check_together(modules, path)
    return Catalog(
        title=_text(data, "title", f"{path}"),
        introduction=_text(data, "introduction", f"{path}"),
        modules=modules,
        data=_data(data, f"{path}"),
        repository=_repository(data, path),
        help=_text(data, "help", f"{path}") if "help" in data else "",
    )


def render_home(catalog: Catalog) -> str:
    """Render the workbook's home page: Markdown with links that open without a kernel."""
    lines = [f"# {catalog.title}", "", catalog.introduction, ""]
    for heading, status in (("Start here", "available"), ("To come", "planned")):
        modules = [module for module in catalog.modules if module.status == status]
        if not modules:
            continue
        lines += [f"## {heading}", ""]
        for module in modules:
            lines += _home_entry(module, catalog)
    return "\n".join(lines).rstrip("\n") + "\n"


def course_facts(catalog: Catalog, grading: Mapping[str, LabGrading]) -> dict[str, Any]:
    """Give what the home page in JupyterLab needs to know, as JSON can hold it.

    Args:
        catalog: The course's catalog.
        grading: What each available lab gives points for, by the module's name.
    """
    modules = []
    for module in catalog.modules:
        lab = grading.get(module.name, LabGrading((), 0))
        told = asdict(module)
        # What an author needs to know and a learner does not.
        del told["packages"], told["data"]
        modules.append(
            told
            | {
                "number": module.number,
                "time": _hours(module.minutes),
                "lesson": module.lesson if module.available else None,
                "lab": module.lab if module.available else None,
                "tasks": [asdict(task) for task in lab.tasks],
                "essay_points": lab.essay_points,
                "questions": list(lab.questions),
            }
        )
    return {
        "format": FACTS_FORMAT,
        "title": catalog.title,
        "introduction": catalog.introduction,
        "help": catalog.help,
        "modules": modules,
    }


def render_facts(facts: dict[str, Any]) -> str:
    """Render the facts as the file FACTS, which a release lays beside the home page."""
    return json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def render_table(catalog: Catalog) -> str:
    """Render the README's table: one row a module, with a link to the lesson.

    Not to the lab: its notebook in the repository holds the solutions, and learners meet it as
    released.
    """
    rows = ["| | Module | Question | Time | Points | Status |", "|---|---|---|---|---|---|"]
    for module in catalog.modules:
        status = "planned"
        if module.available:
            status = f"available: [lesson]({module.lesson})"
        rows.append(
            f"| {module.number} | {_cell(module.title)} | {_cell(module.question)} "
            f"| {_hours(module.minutes)} | {module.points} | {status} |"
        )
    return "\n".join(rows) + "\n"


def render_data(catalog: Catalog) -> str:
    """Render the README's table of data and licences: the modules' rows in order, then the rest."""
    rows = ["| What | Source | Licence |", "|---|---|---|"]
    sources = [
        (f"Module {module.number}: ", source)
        for module in catalog.modules
        for source in module.data
    ]
    for prefix, source in [*sources, *(("", source) for source in catalog.data)]:
        cells = (prefix + source.what, source.source, source.licence)
        rows.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(rows) + "\n"


def render_badge(repository: str) -> str:
    """Render the README's way to Binder, or how to get one where no repository is named."""
    if not repository:
        return (
            "To offer the course on Binder, name its repository on GitHub in `course/course.yml`\n"
            "(`repository: OWNER/NAME`) and run `labkit build`.\n"
        )
    address = f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath=lab/tree/HOME.md"
    return (
        "Without installing anything, on Binder:\n\n"
        f"[![Binder](https://mybinder.org/badge_logo.svg)]({address})\n\n"
        "Binder forgets everything after ten idle minutes. Save your progress on the home page.\n"
    )


def updated_readme(root: Path) -> bytes:
    """Return README.md of `root` with the tables between their marks made anew.

    Raises:
        CatalogError: If the marks are missing or stand in the wrong order.
    """
    path = root / "README.md"
    catalog = load_catalog(root)
    text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    text = between(text, MODULES_MARKS, render_table(catalog), path)
    text = between(text, DATA_MARKS, render_data(catalog), path)
    if BADGE_MARKS[0] in text:
        text = between(text, BADGE_MARKS, render_badge(catalog.repository), path)
    return text.encode()


def between(text: str, marks: tuple[str, str], content: str, path: Path) -> str:
    """Return `text` of the file `path` with `content` between two lines that mark the place.

    Raises:
        CatalogError: If the marks are missing or stand in the wrong order.
    """
    before, start, rest = text.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not start or not end:
        raise CatalogError(
            f"{path}: what `labkit build` writes there needs a line {marks[0]} and, below it, "
            f"{marks[1]}."
        )
    return f"{before}{start}\n{content}{end}{after}"


def _module(entry: Any, path: Path) -> Module:
    if not isinstance(entry, dict):
        raise CatalogError(f"{path}: {entry!r} is no module entry. Write `- name: NN_slug` first.")
    name = entry.get("name")
    place = f"{path}, module {name}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise CatalogError(f"{path}: name {name!r} must be two digits and a slug: 08_my_topic.")
    wanted = {field.name for field in fields(Module)}
    if unknown := sorted(set(entry) - wanted):
        raise CatalogError(f"{place}: unknown field {unknown[0]!r}. Fields: {sorted(wanted)}.")
    status = _text(entry, "status", place)
    if status not in STATUSES:
        raise CatalogError(f"{place}: status {status!r} must be one of {', '.join(STATUSES)}.")
    return Module(
        name=name,
        title=_text(entry, "title", place),
        trend=_text(entry, "trend", place),
        question=_text(entry, "question", place),
        skills=_list(entry, "skills", place),
        roles=_list(entry, "roles", place),
        minutes=_count(entry, "minutes", place),
        points=_count(entry, "points", place),
        prerequisites=_list(entry, "prerequisites", place, empty_allowed=True),
        status=status,
        packages=_packages(entry, place),
        data=_data(entry, place),
        due=_due(entry.get("due"), place),
    )


def _due(value: Any, place: str) -> str:
    """Return a due date in UTC; YAML reads a time by itself, and gives a day as one."""
    if value is None:
        return ""
    if isinstance(value, str):
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(23, 59, 59))
    if not isinstance(value, datetime):
        raise CatalogError(
            f"{place}: due must be a day or a time in UTC, like 2026-03-01 or 2026-03-01 18:00, "
            f"got {value!r}."
        )
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat()


def _repository(data: dict[str, Any], path: Path) -> str:
    if "repository" not in data:
        return ""
    repository = _text(data, "repository", f"{path}")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise CatalogError(f"{path}: repository {repository!r} must be like OWNER/NAME on GitHub.")
    return repository


def _check_together(modules: tuple[Module, ...], path: Path) -> None:
    seen: set[str] = set()
    for module in modules:
        clash = {module.name, module.number, module.slug} & seen
        if clash:
            raise CatalogError(
                f"{path}, module {module.name}: {sorted(clash)[0]!r} is used by an earlier "
                "module. Numbers and slugs are unique."
            )
        seen |= {module.name, module.number, module.slug}
    names = {module.name for module in modules}
    for module in modules:
        for wanted in module.prerequisites:
            if wanted not in names or wanted == module.name:
                raise CatalogError(
                    f"{path}, module {module.name}: prerequisite {wanted!r} is not another "
                    "module of this catalog."
                )
    _refuse_cycles({module.name: module.prerequisites for module in modules}, path)


def _refuse_cycles(prerequisites: dict[str, tuple[str, ...]], path: Path) -> None:
    open_modules = dict(prerequisites)
    while open_modules:
        ready = [
            name for name, before in open_modules.items() if not set(before) & set(open_modules)
        ]
        if not ready:
            raise CatalogError(
                f"{path}: {', '.join(sorted(open_modules))} need one another in a circle. "
                "Remove one prerequisite."
            )
        for name in ready:
            del open_modules[name]


def _text(entry: dict[str, Any], name: str, place: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CatalogError(f"{place}: {name} must be a text, got {value!r}.")
    return value.strip()


def _list(
    entry: dict[str, Any], name: str, place: str, empty_allowed: bool = False
) -> tuple[str, ...]:
    value = entry.get(name)
    good = isinstance(value, list) and all(isinstance(item, str) and item for item in value)
    if not good or not (value or empty_allowed):
        raise CatalogError(f"{place}: {name} must be a list of texts, got {value!r}.")
    return tuple(value or ())


def _packages(entry: dict[str, Any], place: str) -> tuple[str, ...]:
    requirements = _list(entry | {"packages": entry.get("packages", [])}, "packages", place, True)
    for requirement in requirements:
        if not _REQUIREMENT.fullmatch(requirement):
            raise CatalogError(
                f"{place}: {requirement!r} in packages is no requirement. Write a name and a "
                'range, as in "scipy>=1.17".'
            )
    return requirements


def _data(entry: dict[str, Any], place: str) -> tuple[DataSource, ...]:
    rows = entry.get("data", [])
    wanted = {field.name for field in fields(DataSource)}
    if not isinstance(rows, list) or any(
        not isinstance(row, dict) or set(row) != wanted for row in rows
    ):
        raise CatalogError(f"{place}: data must be a list of entries with {sorted(wanted)}.")
    return tuple(
        DataSource(**{name: _text(row, name, f"{place}, data") for name in wanted}) for row in rows
    )


def _count(entry: dict[str, Any], name: str, place: str) -> int:
    value = entry.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise CatalogError(f"{place}: {name} must be a whole number above zero, got {value!r}.")
    return value


def _home_entry(module: Module, catalog: Catalog) -> list[str]:
    lines = [
        f"### {module.number} · {module.title}",
        "",
        f"**{module.question}**",
        "",
        module.trend,
        "",
    ]
    facts = f"{_hours(module.minutes)} · {module.points} points"
    if module.prerequisites:
        titles = [catalog.module(name).title for name in module.prerequisites]
        facts += f" · builds on {', '.join(titles)}"
    if module.available:
        lines += [f"[Lesson]({module.lesson}) · [Lab]({module.lab}) · {facts}", ""]
    else:
        lines += [f"Planned · {facts}", ""]
    return lines


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" * bool(hours), f"{rest} min" * bool(rest)) if part
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
