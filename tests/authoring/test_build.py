"""Built notebooks fit their sources, byte by byte, and a check says where they do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labkit.authoring.build import build, render_notebook
from labkit.authoring.source import SourceError, read_source
from sample_course import write


def test_a_rebuild_changes_nothing(course: Path, lab: Path):
    first = build(course)
    content = lab.with_suffix(".ipynb").read_bytes()
    assert sorted(path.name for path in first) == ["lesson.ipynb", "stock.ipynb"]
    assert build(course) == []
    lab.with_suffix(".ipynb").unlink()
    build(course)
    assert lab.with_suffix(".ipynb").read_bytes() == content


def test_the_notebook_is_written_the_same_on_every_platform(lab: Path):
    content = render_notebook(read_source(lab))
    assert b"\r" not in content
    assert content.endswith(b"}\n") and not content.endswith(b"\n\n")
    text = content.decode("utf-8")
    data = json.loads(text)
    assert text == json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def test_a_check_names_what_is_stale_and_writes_nothing(course: Path, lab: Path):
    build(course)
    built = lab.with_suffix(".ipynb")
    before = built.read_bytes()
    write(lab, lab.read_text(encoding="utf-8").replace("little is lost", "less is lost"))
    assert build(course, check=True) == [built]
    assert built.read_bytes() == before
    assert build(course) == [built]
    assert build(course, check=True) == []


def test_a_source_that_cannot_be_read_stops_the_build_before_it_writes(course: Path, lab: Path):
    write(lab, '# %% solutoin="a"\nx\n')
    with pytest.raises(SourceError, match="Did you mean 'solution'"):
        build(course)
    assert list(course.rglob("*.ipynb")) == []


def test_a_graded_cell_in_a_lesson_is_refused(course: Path):
    write(course / "course" / "01_stock" / "lesson.py", '# %% solution="a"\nx\n')
    with pytest.raises(SourceError, match="a lesson is not graded"):
        build(course)


def test_the_table_of_the_readme_is_built_and_checked(course: Path):
    marks = "<!-- modules:start -->\nold\n<!-- modules:end -->"
    readme = write(course / "README.md", f"# Course\n\n{marks}\n\nThe rest.\n")
    build(course)
    text = readme.read_text(encoding="utf-8")
    assert "| 01 | Stock | How much? | 1 h 30 min | 10 |" in text
    assert text.startswith("# Course\n") and text.endswith("The rest.\n") and "old" not in text
    write(readme, text.replace("How much?", "How many?"))
    assert build(course, check=True) == [readme]
