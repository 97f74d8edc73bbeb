"""The lock, the conda environment and pyproject.toml tell the same story."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
ITSELF = "labkit-trends"
# tools/lock.py writes these into environment.yml, under conda's name for torch.
BINDER_EXTRAS = ("lab", "instructor", "rl", "causal", "diagnosis", "tinyml")
CONDA_NAMES = {"pytorch-cpu": "torch"}


def locked() -> dict[str, set[str]]:
    """Return the versions the lock knows of each package: several where platforms differ."""
    pins: dict[str, set[str]] = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, version = line.partition(";")[0].strip().split("==")
            pins.setdefault(canonicalize_name(name), set()).add(version)
    return pins


def asked_for(extra: str | None = None) -> list[Requirement]:
    """Return what pyproject.toml asks for in one extra, or in all of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    lines = project["dependencies"] + [
        line for name, lines in extras.items() if extra in (None, name) for line in lines
    ]
    return [Requirement(line) for line in lines if not line.startswith(ITSELF)]


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


@pytest.mark.parametrize("requirement", asked_for(), ids=lambda requirement: requirement.name)
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


@pytest.mark.parametrize("extra", BINDER_EXTRAS)
def test_the_conda_environment_lists_all_that_a_course_needs(extra: str) -> None:
    from_conda, from_pip = conda()
    names = {canonicalize_name(requirement.name) for requirement in asked_for(extra)}
    assert names <= {*from_conda, *from_pip}


def test_the_conda_environment_has_the_python_of_the_bootstrap() -> None:
    bootstrap = (ROOT / "bootstrap.py").read_text()
    assert f'PYTHON = "{conda()[0]["python"]}"' in bootstrap


def test_what_the_course_installs_asks_for_no_gpu_library() -> None:
    _, from_pip = conda()
    assert not [name for name in from_pip if re.match(r"nvidia-|cuda-|triton$", name)]


@pytest.mark.parametrize("name", ["constraints.txt", "environment.yml"])
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
    asked = {canonicalize_name(requirement.name) for requirement in asked_for()} | {ITSELF}
    known = packages_distributions()
    # A name without a distribution is a module of the repository: a helper or an exam.
    missing = {
        name
        for name in imported_packages(folder) & known.keys()
        if not asked & {canonicalize_name(distribution) for distribution in known[name]}
    }
    assert not missing, f"add {missing} to pyproject.toml and run python tools/lock.py"
