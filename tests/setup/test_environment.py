"""The lock, the lists of packages, the conda environment and pyproject.toml tell the same story."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import tomllib
from importlib import metadata
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from labkit.authoring.catalog import load_catalog
from labkit.authoring.packages import BINDER, CPU_BUILDS, LISTS, Pin, asked_for, read_lock

ROOT = Path(__file__).resolve().parents[2]
ITSELF = "labkit-trends"
# What environment.yml calls otherwise.
CONDA_NAMES = {"pytorch-cpu": "torch"}


# What only a developer or a hub needs, and what a CPU does not.
NOT_A_LEARNERS = {"mypy", "playwright", "jupyterhub", "sphinx", "pytest", "ruff"}
GPU_CODE = re.compile(r"nvidia-|cuda-|triton$")


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def locked() -> dict[str, set[str]]:
    """Return the versions the lock knows of each package: several where platforms differ."""
    pins: dict[str, set[str]] = {}
    for pin in read_lock(ROOT / "constraints.txt"):
        pins.setdefault(pin.name, set()).add(pin.version)
    return pins


def requirements() -> list[Requirement]:
    """Return what pyproject.toml asks for, in all of its extras."""
    extras = project()["optional-dependencies"].values()
    lines = [*project()["dependencies"], *(line for lines in extras for line in lines)]
    return [Requirement(line) for line in lines if not line.startswith(ITSELF)]


def listed(name: str) -> set[str]:
    """Return the packages of one of the lists that the set-up installs."""
    return {pin.name for pin in read_lock(ROOT / name)}


def conda() -> tuple[dict[str, str], dict[str, str]]:
    """Return what environment.yml takes from conda-forge and what from pip."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    named = [entry for entry in entries if isinstance(entry, str) and "=" in entry]
    (by_pip,) = (entry["pip"] for entry in entries if isinstance(entry, dict))
    from_conda = dict(entry.split("=") for entry in named)
    from_pip = dict(line.partition(";")[0].strip().split("==") for line in by_pip)
    return (
        {CONDA_NAMES.get(name, name): version for name, version in from_conda.items()},
        {canonicalize_name(name): version for name, version in from_pip.items()},
    )


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_the_lock_pins_a_version_that_pyproject_allows(requirement: Requirement) -> None:
    versions = locked().get(canonicalize_name(requirement.name))
    assert versions, f"{requirement.name} is not locked: run python tools/lock.py"
    assert all(requirement.specifier.contains(version) for version in versions)


def test_binder_and_conda_have_the_same_environment_to_the_byte() -> None:
    copy = ROOT / "binder" / "environment.yml"
    assert not copy.is_symlink()
    assert copy.read_bytes() == (ROOT / "environment.yml").read_bytes()


def test_the_conda_environment_has_the_versions_of_the_lock() -> None:
    from_conda, from_pip = conda()
    pins = locked()
    for name, version in {**from_conda, **from_pip}.items():
        assert name == "python" or version in pins[name], name


def test_the_conda_environment_lists_all_that_a_course_needs() -> None:
    from_conda, from_pip = conda()
    assert asked_for(project(), ["course"]) <= {*from_conda, *from_pip}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_packages_is_complete_but_for_gpu_code(name: str) -> None:
    """Each package that is installed in the list's version finds all that it asks for there."""
    names = listed(name)
    lacking = {
        (pin.name, missing)
        for pin in read_lock(ROOT / name)
        for missing in installed_requirements(pin) - names
        if not GPU_CODE.match(missing)
    }
    assert not lacking


def installed_requirements(pin: Pin) -> set[str]:
    """Return what a pinned package asks for on Binder's machine, without its extras."""
    try:
        if metadata.version(pin.name) != pin.version:
            return set()
    except metadata.PackageNotFoundError:
        return set()
    asked = [Requirement(line) for line in metadata.requires(pin.name) or []]
    here = {**BINDER, "extra": ""}
    return {
        canonicalize_name(requirement.name)
        for requirement in asked
        if requirement.marker is None or requirement.marker.evaluate(here)
    }


def test_a_learner_gets_what_available_modules_need_and_no_tools_of_developers() -> None:
    names = listed("requirements/learner.txt")
    for module in load_catalog(ROOT).modules:
        if module.available:
            assert {
                canonicalize_name(Requirement(line).name) for line in module.packages
            } <= names, module.name
    assert {"jupyterlab", "nbgrader", "torch"} <= names
    assert not names & NOT_A_LEARNERS


def test_a_developer_gets_what_a_learner_gets_and_the_tools() -> None:
    names = listed("requirements/developer.txt")
    assert listed("requirements/learner.txt") | NOT_A_LEARNERS <= names


def test_the_set_up_installs_no_gpu_code_and_knows_what_misses_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not [name for path in LISTS for name in listed(path) if GPU_CODE.match(name)]
    # Whoever loads jsonschema would compile this grammar first.
    assert not [path for path in LISTS if "rfc3987-syntax" in listed(path)]
    monkeypatch.syspath_prepend(str(ROOT))
    left_out = importlib.import_module("bootstrap").LEFT_OUT
    lock = read_lock(ROOT / "constraints.txt")
    asking = {parent for pin in lock if GPU_CODE.match(pin.name) for parent in pin.parents}
    # torch's CPU build asks for none of it, and neither does xgboost-cpu.
    assert {name for name in asking if not GPU_CODE.match(name)} == {"torch", *CPU_BUILDS}
    orphans = {
        f"{parent} 0.18.0 requires {pin.name}, which is not installed."
        for pin in lock
        for parent in pin.parents
        if pin.name in CPU_BUILDS
    }
    assert orphans and all(left_out.fullmatch(line) for line in orphans)


def test_every_extra_is_in_the_lock_and_what_is_available_is_installed() -> None:
    for module in load_catalog(ROOT).modules:
        asked = project()["optional-dependencies"][module.extra]
        names = {canonicalize_name(Requirement(one).name) for one in asked}
        assert names <= set(locked())
        assert not module.available or names <= listed("requirements/learner.txt")


def test_the_conda_environment_has_the_python_of_the_bootstrap() -> None:
    bootstrap = (ROOT / "bootstrap.py").read_text()
    assert f'PYTHON = "{conda()[0]["python"]}"' in bootstrap


def test_the_conda_environment_lists_no_gpu_library() -> None:
    assert not [name for name in conda()[1] if GPU_CODE.match(name)]


@pytest.mark.parametrize("name", ["constraints.txt", "environment.yml", *LISTS])
def test_the_lock_names_no_host_and_no_path(name: str) -> None:
    pins = [
        line for line in (ROOT / name).read_text().splitlines() if not line.lstrip().startswith("#")
    ]
    assert not [line for line in pins if "/" in line or " @ " in line]


def imported_packages(folder: str) -> set[str]:
    """Return the top-level names that a folder's modules import, wherever in the module."""
    names: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names


@pytest.mark.parametrize("folder", ["src", "grader", "course", "labs", "tests", "benchmarks"])
def test_whatever_is_imported_is_asked_for(folder: str) -> None:
    asked = {canonicalize_name(requirement.name) for requirement in requirements()} | {ITSELF}
    known = packages_distributions()
    # A name without a distribution is a module of the repository: a helper or an exam.
    missing = {
        name
        for name in imported_packages(folder) & known.keys()
        if not asked & {canonicalize_name(distribution) for distribution in known[name]}
    }
    assert not missing, f"add {missing} to pyproject.toml and run python tools/lock.py"
