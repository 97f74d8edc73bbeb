"""What has to be installed for the course: extras from the catalog, lists of pins from the lock.

The catalog says which packages a module needs, `pyproject.toml` what labkit itself and its
developers need, and `constraints.txt` the exact version of each package and who asks for it. From
these three come the modules' extras in `pyproject.toml`, one complete list of pins for each kind
of user, and the conda environment. Solving for versions is left to `tools/lock.py`, which needs
the network; nothing here does.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from labkit.authoring.catalog import Catalog, CatalogError, between, load_catalog

PYPROJECT = "pyproject.toml"
LOCK = "constraints.txt"
MARKS = ("# modules:start", "# modules:end")
RELOCK = "run `python tools/lock.py`"

# Which extras each list of pins is for: who learns or grades, who runs a hub, who develops.
LISTS = {
    "requirements/learner.txt": ("course",),
    "requirements/hub.txt": ("course", "hub"),
    "requirements/developer.txt": ("course", "dev"),
}
LIST_HEADER = (
    "# Made by `labkit build` from constraints.txt: do not edit. Complete, but for GPU code and a\n"
    "# slow grammar that nothing here runs. On Linux install torch's CPU build before it. Use:\n"
    "# pip install --no-deps -r {name}\n"
)

# What torch and xgboost ask for on Linux and a CPU does not need.
GPU_ONLY = re.compile(r"(nvidia|cuda)-.*|triton")
# Packages that are also built without GPU code, under another name and with the same versions, but
# not for macOS: xgboost takes 227 MB on Linux, xgboost-cpu 15.
CPU_BUILDS = {"xgboost": "xgboost-cpu"}
# A grammar that jsonschema would compile whenever it is loaded, a second of CPU for every process
# that reads a notebook, to check texts for "iri", which no schema here asks for.
SLOW = ("rfc3987-syntax", "lark")

ENVIRONMENTS = ("environment.yml", "binder/environment.yml")
# These come from conda-forge: its PyTorch has a CPU build on Linux, and shares NumPy's libraries.
FROM_CONDA = ("torch", "numpy")
BINDER = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.11.13",
    "python_version": "3.11",
    "sys_platform": "linux",
}
ENVIRONMENT = """\
# Made by `labkit build` from constraints.txt: do not edit. binder/environment.yml is a byte-equal
# copy. labkit itself is not listed: a local path here would rebuild Binder's environment at every
# commit. binder/postBuild installs it; elsewhere, `pip install --no-deps -e .` does.
name: labkit
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python={python}
  - pip
  - numpy={numpy}
  - pytorch-cpu={torch}
  - pip:
{pins}
"""

_PIN = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>[^\s;#]+)"
    r"(?: ; (?P<marker>[^#]+?))?(?: +# via (?P<parents>.+))?"
)


@dataclass(frozen=True)
class Pin:
    """A line of the lock.

    Attributes:
        name, version: The package, its name in the form that all tools agree on.
        marker: Where it is needed, as in "sys_platform == 'win32'"; "" for everywhere.
        parents: Names of the packages that ask for it.
    """

    name: str
    version: str
    marker: str
    parents: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}=={self.version}" + f" ; {self.marker}" * bool(self.marker)


def derived_files(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield each file made from catalog, pyproject.toml and lock, with what belongs into it.

    Raises:
        CatalogError: If the marks in pyproject.toml are missing, or a package that is asked for is
            not locked.
    """
    pyproject = updated_pyproject(root)
    yield root / PYPROJECT, pyproject.encode("utf-8")
    project = tomllib.loads(pyproject)["project"]
    lock = read_lock(root / LOCK)
    for name, extras in LISTS.items():
        pins = closure(lock, asked_for(project, extras))
        listed = [
            line
            for pin in pins
            if not GPU_ONLY.fullmatch(pin.name) and pin.name not in SLOW
            for line in without_gpu_code(pin)
        ]
        yield root / name, (LIST_HEADER.format(name=name) + _lines(listed)).encode("utf-8")
    environment = environment_text(closure(lock, asked_for(project, ("course",))))
    for name in ENVIRONMENTS:
        yield root / name, environment.encode("utf-8")


def updated_pyproject(root: Path) -> str:
    """Return pyproject.toml of `root` with the modules' extras between its marks made anew."""
    path = root / PYPROJECT
    text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    return between(text, MARKS, render_extras(load_catalog(root)), path)


def render_extras(catalog: Catalog) -> str:
    """Render the modules' extras as TOML: one each, `course` with the available ones, and `all`."""
    lines = []
    for module in catalog.modules:
        packages = "".join(f'    "{requirement}",\n' for requirement in module.packages)
        lines.append(f"{module.extra} = [\n{packages}]" if packages else f"{module.extra} = []")
    available = [module.extra for module in catalog.modules if module.available]
    planned = [module.extra for module in catalog.modules if not module.available]
    lines.append(_joined("course", ["lab", "instructor", *available]))
    lines.append(_joined("all", ["course", "dev", *planned]))
    return _lines(lines)


def asked_for(project: dict[str, Any], extras: Iterable[str]) -> set[str]:
    """Return the names of the packages that a project and some of its extras ask for directly.

    Args:
        project: The table [project] of pyproject.toml.
        extras: Names of extras; those that they name in turn are followed.
    """
    own = canonicalize_name(project["name"])
    waiting: list[str] = list(project["dependencies"])
    names: set[str] = set()
    waiting += [line for extra in extras for line in project["optional-dependencies"][extra]]
    while waiting:
        requirement = Requirement(waiting.pop())
        if canonicalize_name(requirement.name) != own:
            names.add(canonicalize_name(requirement.name))
            continue
        for extra in requirement.extras:
            waiting += project["optional-dependencies"][extra]
    return names


def read_lock(path: Path) -> list[Pin]:
    """Read the lock, one `name==version ; marker  # via who asks for it, ...` a line.

    Raises:
        CatalogError: If a line is not of that form.
    """
    pins = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        found = _PIN.fullmatch(line)
        if not found:
            raise CatalogError(f"{path}: {line!r} is no pin: {RELOCK}.")
        parents = tuple(
            canonicalize_name(name) for name in (found["parents"] or "").split(", ") if name
        )
        pins.append(
            Pin(canonicalize_name(found["name"]), found["version"], found["marker"] or "", parents)
        )
    return pins


def closure(lock: list[Pin], names: set[str]) -> list[Pin]:
    """Return the pins of the named packages and of all that these ask for, in the lock's order.

    Raises:
        CatalogError: If one of the named packages is not locked.
    """
    if missing := sorted(names - {pin.name for pin in lock}):
        raise CatalogError(f"{missing[0]} is asked for, but is not locked: {RELOCK}.")
    wanted: set[str] = set()
    found = set(names)
    while found:
        wanted |= found
        found = {pin.name for pin in lock if wanted & set(pin.parents)} - wanted
    return [pin for pin in lock if pin.name in wanted]


def without_gpu_code(pin: Pin) -> Iterator[str]:
    """Yield the line of a pin, or two where it has a build without GPU code."""
    if pin.name not in CPU_BUILDS:
        yield str(pin)
        return
    yield f"{CPU_BUILDS[pin.name]}=={pin.version} ; sys_platform != 'darwin'"
    yield f"{pin.name}=={pin.version} ; sys_platform == 'darwin'"


def environment_text(pins: list[Pin]) -> str:
    """Return the conda environment with those of the pins that Binder's machines need."""
    here = [pin for pin in pins if not pin.marker or Marker(pin.marker).evaluate(BINDER)]
    versions = {pin.name: pin.version for pin in here}
    listed = [
        f"      - {pin.name}=={pin.version}"
        for pin in here
        if not GPU_ONLY.fullmatch(pin.name) and pin.name not in FROM_CONDA
    ]
    return ENVIRONMENT.format(
        python=BINDER["python_version"],
        numpy=versions["numpy"],
        torch=versions["torch"],
        pins="\n".join(listed),
    )


def _joined(name: str, extras: list[str]) -> str:
    quoted = ",".join(extras)
    return f'{name} = ["labkit-trends[{quoted}]"]'


def _lines(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
