"""Start a new lab: a small complete one, whose checks are proven, to be rewritten piece by piece.

Writes every file a module has and its entry in the catalog. What the files say stands in
`scaffold_files`; building notebooks and verifying the lab are left to their own commands.
"""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from types import ModuleType

from labkit.authoring.catalog import CATALOG_PATH, load_catalog
from labkit.authoring.practice import render_practice
from labkit.authoring.scaffold_files import CATALOG_ENTRY, FILES, POINTS, TASK_NAME
from labkit.errors import CourseError
from labkit.files import write_atomically

_NAME = re.compile(r"\d\d_[a-z][a-z0-9]*(_[a-z0-9]+)*")


class ScaffoldError(CourseError):
    """A lab cannot be started under this name; the message says why and what to do."""


def new_lab(root: Path, name: str) -> list[Path]:
    """Write a small complete lab, from catalog entry to wrong answers.

    Parameters
    ----------
    root
        Root of the repository.
    name
        Two digits and a slug, such as "15_my_topic". A module the catalog lists as planned
        becomes available and keeps what its entry says.

    Returns
    -------
    list of Path
        The files written, relative to `root`.

    Raises
    ------
    ScaffoldError
        If the name is no such name, belongs to an available module, or a file is there already;
        nothing has been written then.
    CatalogError
        If the catalog cannot be read; nothing has been written then.
    """
    _check_name(name)
    catalog = _catalog_with(root, name)
    slug = name[3:]
    contents = {
        Path(_filled(path, name)): _filled(text, name).encode("utf-8")
        for path, text in FILES.items()
    }
    exam_path = Path("grader", "exams", slug, f"{TASK_NAME}.py")
    contents[Path("src", "labkit", "checks", slug, "practice.json")] = _practice(
        contents[exam_path].decode("utf-8"), name
    )
    for path in contents:
        if (root / path).exists():
            raise ScaffoldError(f"{root / path} is there already. Choose another name.")
    for path, content in contents.items():
        write_atomically(root / path, content)
    write_atomically(root / CATALOG_PATH, catalog.encode("utf-8"))
    return [*contents, CATALOG_PATH]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ScaffoldError(
            f"{name!r} is no module name. Write two digits and a slug: 15_my_topic."
        )
    if keyword.iskeyword(name[3:]):
        raise ScaffoldError(
            f"{name[3:]!r} is a word of Python, so no package can have it as its name. "
            "Choose another slug."
        )


def _catalog_with(root: Path, name: str) -> str:
    """Return the catalog's text with the module available; the rest stays to the letter."""
    modules = load_catalog(root).modules
    text = (root / CATALOG_PATH).read_bytes().decode("utf-8").replace("\r\n", "\n")
    for module in modules:
        if module.name == name and not module.available:
            return _made_available(text, name)
        if module.number == name[:2] or module.slug == name[3:]:
            raise ScaffoldError(
                f"{name}: the catalog has {module.name} already. Choose another number and slug."
            )
    return text.rstrip("\n") + "\n\n" + _filled(CATALOG_ENTRY, name)


def _made_available(text: str, name: str) -> str:
    head, start, rest = text.partition(f"  - name: {name}\n")
    if not start:
        raise ScaffoldError(
            f"{CATALOG_PATH} does not begin the entry with the line `  - name: {name}`. "
            "Write it so."
        )
    entry, following, after = rest.partition("\n  - name:")
    entry = re.sub(r"(?m)^    status: planned$", "    status: available", entry)
    entry = re.sub(r"(?m)^    points: \d+$", f"    points: {POINTS}", entry)
    return head + start + entry + following + after


def _filled(text: str, name: str) -> str:
    slug = name[3:]
    fields = {
        "@name@": name,
        "@number@": name[:2],
        "@plain_number@": str(int(name[:2])),
        "@slug@": slug,
        "@title@": slug.replace("_", " ").capitalize(),
    }
    for field, value in fields.items():
        text = text.replace(field, value)
    return text


def _practice(exam: str, name: str) -> bytes:
    """Draw the practice instances with the new lab's own exam code."""
    module = ModuleType("new_exam")
    exec(compile(exam, "<new exam>", "exec"), module.__dict__)
    return render_practice({TASK_NAME: module.draw}, name)
