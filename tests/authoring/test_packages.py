"""One entry in the catalog decides what is installed; the lock says in which version."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from labkit.authoring.build import build
from labkit.authoring.catalog import CatalogError, load_catalog, render_data
from labkit.authoring.packages import asked_for, closure, read_lock, render_extras
from sample_course import CATALOG, write

PYPROJECT = """\
[project]
name = "labkit-trends"
dependencies = ["numpy>=2"]

[project.optional-dependencies]
lab = ["jupyterlab>=4"]
instructor = ["bleach[css]>=6"]
hub = ["jupyterhub>=5"]
dev = ["labkit-trends[hub]", "pytest>=9"]
# modules:start
old = ["nothing"]
# modules:end

[project.scripts]
labkit = "labkit.cli:main"
"""
LOCK = """\
# Made.
bleach==6.2  # via labkit-trends (pyproject.toml)
colorama==0.4 ; sys_platform == 'win32'  # via pytest, jupyterlab
jupyterhub==5.5  # via labkit-trends (pyproject.toml)
jupyterlab==4.6  # via labkit-trends (pyproject.toml)
later-thing==1.0  # via labkit-trends (pyproject.toml)
numpy==2.3  # via stock-solver, labkit-trends (pyproject.toml)
nvidia-nccl-cu12==2.32 ; sys_platform == 'linux'  # via stock-solver
pytest==9.2  # via labkit-trends (pyproject.toml)
stock-solver==3.1  # via labkit-trends (pyproject.toml)
tinycss2==1.5  # via bleach
torch==2.13  # via stock-solver
xgboost==3.2  # via stock-solver
"""
NEEDS = """\
    status: available
    packages:
      - Stock.Solver>=3
    data:
      - what: orders | returns
        source: made from seeds
        licence: as the code
"""


@pytest.fixture
def stocked(course: Path) -> Path:
    """The small course with packages, data, a pyproject.toml and a lock."""
    catalog = CATALOG.replace("    status: available\n", NEEDS)
    catalog = catalog.replace(
        "    status: planned\n", "    status: planned\n    packages: [later-thing]\n"
    )
    write(course / "course" / "course.yml", catalog)
    write(course / "pyproject.toml", PYPROJECT)
    write(course / "constraints.txt", LOCK)
    build(course)
    return course


def listed(root: Path, name: str) -> set[str]:
    return {pin.name for pin in read_lock(root / "requirements" / f"{name}.txt")}


def test_a_module_has_an_extra_by_its_slug_and_the_course_those_that_are_available(stocked: Path):
    project = tomllib.loads((stocked / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert extras["stock"] == ["Stock.Solver>=3"] and extras["later"] == ["later-thing"]
    assert extras["course"] == ["labkit-trends[lab,instructor,stock]"]
    assert extras["all"] == ["labkit-trends[course,dev,later]"]
    assert "old" not in extras and project["scripts"]
    assert build(stocked, check=True) == []


def test_a_list_holds_what_its_users_need_and_no_more(stocked: Path):
    learner = {"bleach", "colorama", "jupyterlab", "numpy", "stock-solver", "tinycss2", "torch"}
    learner |= {"xgboost", "xgboost-cpu"}
    assert listed(stocked, "learner") == learner
    assert listed(stocked, "hub") == learner | {"jupyterhub"}
    assert listed(stocked, "developer") == learner | {"jupyterhub", "pytest"}


def test_a_list_tells_where_a_package_is_needed(stocked: Path):
    text = (stocked / "requirements" / "learner.txt").read_text()
    assert "colorama==0.4 ; sys_platform == 'win32'\n" in text
    assert "\nxgboost-cpu==3.2 ; sys_platform != 'darwin'\n" in text
    assert "\nxgboost==3.2 ; sys_platform == 'darwin'\n" in text


def test_a_module_that_becomes_available_changes_the_list_by_a_build(stocked: Path):
    catalog = stocked / "course" / "course.yml"
    write(catalog, catalog.read_text().replace("status: planned", "status: available"))
    changed = {path.name for path in build(stocked)}
    assert {"pyproject.toml", "learner.txt", "developer.txt", "environment.yml"} <= changed
    assert "later-thing" in listed(stocked, "learner")


def test_a_list_that_was_edited_is_stale(stocked: Path):
    path = stocked / "requirements" / "learner.txt"
    path.write_text(path.read_text() + "black==1\n")
    assert build(stocked, check=True) == [path]


def test_the_conda_environment_has_what_linux_needs_but_torch_and_gpu_code(stocked: Path):
    text = (stocked / "environment.yml").read_text()
    assert text == (stocked / "binder" / "environment.yml").read_text()
    *from_conda, by_pip = yaml.safe_load(text)["dependencies"]
    assert from_conda == ["python=3.11", "pip", "numpy=2.3", "pytorch-cpu=2.13"]
    pins = ["bleach==6.2", "jupyterlab==4.6", "stock-solver==3.1", "tinycss2==1.5", "xgboost==3.2"]
    assert by_pip["pip"] == pins


def test_a_package_that_is_not_locked_is_named_with_what_to_run(stocked: Path):
    catalog = stocked / "course" / "course.yml"
    write(
        catalog,
        catalog.read_text().replace("later-thing", "unheard-of").replace("planned", "available"),
    )
    with pytest.raises(CatalogError, match=r"unheard-of is asked for.*python tools/lock\.py"):
        build(stocked)


def test_a_lock_that_is_none_is_told_so(tmp_path: Path):
    write(tmp_path / "constraints.txt", "numpy>=2\n")
    with pytest.raises(CatalogError, match="is no pin"):
        read_lock(tmp_path / "constraints.txt")


@pytest.mark.parametrize("packages", ["scipy", '["scipy\\", \\"evil"]', "[1]", '["git+https://x"]'])
def test_what_is_no_requirement_is_refused(course: Path, packages: str):
    entry = f"    status: planned\n    packages: {packages}\n"
    write(course / "course" / "course.yml", CATALOG.replace("    status: planned\n", entry))
    with pytest.raises(CatalogError, match="packages"):
        load_catalog(course)


def test_data_without_a_licence_are_refused(course: Path):
    entry = "    status: planned\n    data: [{what: orders, source: a shop}]\n"
    write(course / "course" / "course.yml", CATALOG.replace("    status: planned\n", entry))
    with pytest.raises(CatalogError, match="data must be a list of entries with.*licence"):
        load_catalog(course)


def test_the_table_of_data_names_the_module_and_no_bar_breaks_it(stocked: Path):
    rows = render_data(load_catalog(stocked)).splitlines()
    assert rows[2] == "| Module 01: orders \\| returns | made from seeds | as the code |"


def test_extras_without_packages_are_there_all_the_same(course: Path):
    assert "stock = []\n" in render_extras(load_catalog(course))


def test_what_a_package_asks_for_is_followed_to_the_end(stocked: Path):
    lock = read_lock(stocked / "constraints.txt")
    assert {pin.name for pin in closure(lock, {"bleach"})} == {"bleach", "tinycss2"}
    project = tomllib.loads((stocked / "pyproject.toml").read_text())["project"]
    assert asked_for(project, ["dev"]) == {"numpy", "jupyterhub", "pytest"}
