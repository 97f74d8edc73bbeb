"""The catalog is complete, consistent, and tells readers where to start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from labkit.authoring.catalog import (
    CatalogError,
    load_catalog,
    render_home,
    render_table,
    updated_readme,
)
from labkit.authoring.scaffold import new_lab
from sample_course import CATALOG, write

ROOT = Path(__file__).resolve().parents[2]


def fourteen_modules_are_there_and_the_eighth_is_available(root: Path):
    catalog = load_catalog(root)
    assert {f"{n:02d}" for n in range(1, 15)} <= {module.number for module in catalog.modules}
    assert catalog.module("rl_supply_chain").available
    assert catalog.module("08_rl_supply_chain").slug == "rl_supply_chain"


def test_the_course_lists_its_fourteen_modules_and_the_eighth_is_available():
    fourteen_modules_are_there_and_the_eighth_is_available(ROOT)


def test_the_course_may_grow_by_a_lab_of_an_author(tmp_path: Path):
    write(tmp_path / "course" / "course.yml", (ROOT / "course" / "course.yml").read_text("utf-8"))
    shutil.copytree(ROOT / "template", tmp_path / "template")
    new_lab(tmp_path, "97_zz_probe")
    assert load_catalog(tmp_path).module("97_zz_probe").available
    fourteen_modules_are_there_and_the_eighth_is_available(tmp_path)


def test_the_home_page_links_into_lesson_and_lab_of_available_modules_only(course: Path):
    home = render_home(load_catalog(course))
    assert "[Lesson](course/01_stock/lesson.ipynb)" in home
    assert "[Lab](labs/01_stock/stock.ipynb)" in home
    assert "**How much?**" in home and "1 h 30 min · 10 points" in home
    assert "Planned · 1 h · 10 points · builds on Stock" in home
    assert "02_later" not in home


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-01", "2026-03-01T23:59:59+00:00"),
        ("2026-03-01 18:00", "2026-03-01T18:00:00+00:00"),
        ("2026-03-01T18:00:00+01:00", "2026-03-01T17:00:00+00:00"),
    ],
)
def test_a_due_date_is_a_day_or_a_time_in_utc(course: Path, written: str, meant: str):
    text = CATALOG.replace("status: planned", f"status: planned\n    due: {written}", 1)
    write(course / "course" / "course.yml", text)
    assert load_catalog(course).modules[1].due == meant


def test_a_due_date_that_is_none_is_named(course: Path):
    text = CATALOG.replace("status: planned", "status: planned\n    due: soon", 1)
    write(course / "course" / "course.yml", text)
    with pytest.raises(CatalogError, match="due must be a day or a time"):
        load_catalog(course)


def test_a_bar_in_a_title_does_not_break_the_table(course: Path):
    write(course / "course" / "course.yml", CATALOG.replace("title: Stock", "title: A | B"))
    rows = render_table(load_catalog(course)).splitlines()
    assert all(row.replace("\\|", "").count("|") == 7 for row in rows)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("status: planned", "status: soon"), "module 02_later: status 'soon' must be one of"),
        (("minutes: 60", "minutes: long"), "minutes must be a whole number above zero"),
        (("points: 10\n    prerequisites: [01_", "points: 0\n    prerequisites: [01_"), "points"),
        (("skills: [Wait]", "skills: []"), "skills must be a list of texts"),
        (("question: When?", "questoin: When?"), "unknown field 'questoin'"),
        (("    question: When?\n", ""), "question must be a text"),
        (("name: 02_later", "name: later"), "two digits and a slug"),
        (("name: 02_later", "name: 01_later"), "'01' is used by an earlier"),
        (("name: 02_later", "name: 02_stock"), "'stock' is used by an earlier"),
        (("[01_stock]", "[07_none]"), "prerequisite '07_none' is not another"),
        (("prerequisites: []", "prerequisites: [02_later]"), "in a circle"),
        (("title: A course", "titel: A course"), "title must be a text"),
        (("modules:", "modules: [\n#"), "cannot be read as YAML"),
        (("modules:", "parts:"), "a list named modules"),
    ],
)
def test_a_wrong_entry_is_named(course: Path, change: tuple[str, str], said: str):
    assert change[0] in CATALOG
    write(course / "course" / "course.yml", CATALOG.replace(*change, 1))
    with pytest.raises(CatalogError, match=said):
        load_catalog(course)


def test_an_unknown_module_is_answered_with_the_known_ones(course: Path):
    with pytest.raises(CatalogError, match="There are: 01_stock, 02_later"):
        load_catalog(course).module("03_none")


def test_a_course_without_catalog_is_told_so(tmp_path: Path):
    with pytest.raises(CatalogError, match="no catalog"):
        load_catalog(tmp_path)


def test_a_readme_without_marks_is_told_which_to_add(course: Path):
    write(course / "README.md", "<!-- modules:end --> <!-- modules:start -->\n")
    with pytest.raises(CatalogError, match="needs a line <!-- modules:start -->"):
        updated_readme(course)
