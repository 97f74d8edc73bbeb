"""Start a new lab: a small complete one, whose checks are proven, to be rewritten piece by piece.

Copies the module in `template/`, which is complete and linted where it stands, under another name,
and adds its entry to the catalog. Building notebooks and verifying the lab are left to their own
commands.
"""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from types import ModuleType

from labkit.authoring.catalog import CATALOG_PATH, load_catalog
from labkit.authoring.practice import render_practice
from labkit.errors import CourseError
from labkit.files import write_atomically

TEMPLATE = "template"
"""The folder of the course that holds the module to start from."""

SLUG, NAME, TITLE = "new_module", "00_new_module", "New module"
"""What the template calls itself."""

ENTRY = Path("course", "entry.yml")
TASK = Path("grader", "exams", SLUG, "fill_rate.py")
"""Where the template has its entry in the catalog, and its exam."""

_NUMBER = re.compile(r"(?<=[Mm]odule |[Ll]esson )00\b|(?<=Lab )00\b")
_NAME = re.compile(r"\d\d_[a-z][a-z0-9]*(_[a-z0-9]+)*")


class ScaffoldError(CourseError):
    """A lab cannot be started under this name; the message says why and what to do."""


def new_lab(root: Path, name: str) -> list[Path]:
    """Write a small complete lab, from catalog entry to wrong answers.

    Args:
        root: Root of the repository.
        name: Two digits and a slug, such as "15_my_topic". A module the catalog lists as planned
            becomes available and keeps what its entry says.

    Returns:
        The files written, relative to `root`.

    Raises:
        ScaffoldError: If the name is no such name, belongs to an available module, or a file is
            there already; nothing has been written then.
        CatalogError: If the catalog cannot be read; nothing has been written then.
    """
    _check_name(name)
    template = root / TEMPLATE
    entry = _renamed((template / ENTRY).read_text(encoding="utf-8"), name)
    catalog = _catalog_with(root, name, entry)
    contents = {
        Path(_renamed(path.relative_to(template).as_posix(), name)): _renamed(
            path.read_text(encoding="utf-8"), name
        ).encode("utf-8")
        for path in sorted(template.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path != template / ENTRY
    }
    contents[Path("src", "labkit", "checks", name[3:], "practice.json")] = _practice(template, name)
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


def _catalog_with(root: Path, name: str, entry: str) -> str:
    """Return the catalog's text with the module available; the rest stays to the letter."""
    modules = load_catalog(root).modules
    text = (root / CATALOG_PATH).read_bytes().decode("utf-8").replace("\r\n", "\n")
    for module in modules:
        if module.name == name and not module.available:
            return _made_available(text, name, entry)
        if module.number == name[:2] or module.slug == name[3:]:
            raise ScaffoldError(
                f"{name}: the catalog has {module.name} already. Choose another number and slug."
            )
    return text.rstrip("\n") + "\n\n" + entry


def _made_available(text: str, name: str, new: str) -> str:
    head, start, rest = text.partition(f"  - name: {name}\n")
    if not start:
        raise ScaffoldError(
            f"{CATALOG_PATH} does not begin the entry with the line `  - name: {name}`. "
            "Write it so."
        )
    entry, following, after = rest.partition("\n  - name:")
    entry = re.sub(r"(?m)^    status: planned$", "    status: available", entry)
    (points,) = re.findall(r"(?m)^    points: \d+$", new)
    entry = re.sub(r"(?m)^    points: \d+$", points, entry)
    return head + start + entry + following + after


def _renamed(text: str, name: str) -> str:
    """A path or a text of the template, with the new module's name, number and title."""
    slug = name[3:]
    text = text.replace(NAME, name).replace(SLUG, slug)
    text = text.replace(TITLE, slug.replace("_", " ").capitalize())
    text = text.replace("number=0,", f"number={int(name[:2])},")
    return _NUMBER.sub(name[:2], text)


def _practice(template: Path, name: str) -> bytes:
    """Draw the practice instances with the template's exam, which the new lab begins with."""
    module = ModuleType("new_exam")
    code = (template / TASK).read_text(encoding="utf-8")
    exec(compile(code, str(TASK), "exec"), module.__dict__)
    return render_practice({TASK.stem: module.draw}, name)
