"""Text sources become notebooks and come back unchanged; wrong headers are named."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.authoring.source import (
    Header,
    SourceError,
    header_of,
    parse_source,
    read_source,
    write_source,
)

PATH = Path("labs/01_stock/stock.py")


def test_short_keys_expand_to_nbgrader_metadata(lab: Path):
    cells = {cell.id: cell for cell in read_source(lab).cells}
    assert cells["order_up_to"].metadata.nbgrader == {
        "grade": False,
        "grade_id": "order_up_to",
        "locked": False,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    assert cells["test_order_up_to"].metadata.nbgrader == {
        "grade": True,
        "grade_id": "test_order_up_to",
        "locked": True,
        "points": 4,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    assert cells["memo"].metadata.nbgrader["grade"] and cells["memo"].metadata.nbgrader["solution"]
    assert cells["setup"].metadata.nbgrader["locked"]


def test_a_source_comes_back_letter_by_letter(lab: Path):
    assert write_source(read_source(lab)) == lab.read_text(encoding="utf-8")


def test_a_notebook_is_valid_and_names_its_kernel(lab: Path):
    notebook = read_source(lab)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"


def test_windows_line_ends_make_the_same_notebook(lab: Path):
    text = lab.read_text(encoding="utf-8")
    assert parse_source(text.replace("\n", "\r\n"), lab) == parse_source(text, lab)


def test_a_plain_cell_put_in_leaves_ids_after_the_next_graded_cell_alone(lab: Path):
    text = lab.read_text(encoding="utf-8")
    more = "# %% [markdown]\n# Welcome.\n\n" + text
    before = [cell.id for cell in parse_source(text, lab).cells]
    after = [cell.id for cell in parse_source(more, lab).cells]
    assert after == ["cell-start-1", "cell-start-2", *before[1:]]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ('solutoin="a"', "Did you mean 'solution'"),
        ('solution="a" points=3', "earns no points"),
        ('test="a"', "needs points above zero"),
        ('test="a" points=0', "needs points above zero"),
        ('test="a" points="ten"', "needs points above zero"),
        ("points=3", "need a test or an essay"),
        ('solution="A b"', "is not a name"),
        ("solution=a", "cannot be read"),
        ('solution="a" test="a" points=1', "one role"),
        ('essay="a" points=1', "an essay is a markdown cell"),
        ('[markdown] test="a" points=1', "a test is a code cell"),
        ("Some words", "Remove them"),
    ],
)
def test_a_wrong_header_is_named_with_file_cell_and_mend(header: str, said: str):
    text = f"# %%\nx = 1\n\n# %% {header}\nx\n"
    with pytest.raises(SourceError, match=said) as caught:
        parse_source(text, PATH)
    assert f"{PATH}, cell 2" in str(caught.value)


def test_tags_that_are_no_list_are_refused():
    with pytest.raises(SourceError, match="Tags are a list: tags="):
        parse_source('# %% tags="hidden"\nx\n', PATH)


def test_an_id_used_twice_is_refused():
    text = '# %% locked="a"\nx\n\n# %% solution="a"\ny\n'
    with pytest.raises(SourceError, match='cell 2: the id "a" is used by cell 1'):
        parse_source(text, PATH)


def test_text_before_the_first_cell_is_refused():
    with pytest.raises(SourceError, match="before the first cell"):
        parse_source("import os\n\n# %%\nx\n", PATH)


def test_an_empty_source_is_refused():
    with pytest.raises(SourceError, match="holds no cell"):
        parse_source("# a comment\n", PATH)


def test_a_missing_source_is_named(tmp_path: Path):
    with pytest.raises(SourceError, match="no such source"):
        read_source(tmp_path / "nothing.py")


names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
headers = st.one_of(
    st.just(Header()),
    st.builds(Header, st.just("solution"), names),
    st.builds(Header, st.just("test"), names, st.integers(1, 100)),
    st.builds(Header, st.just("essay"), names, st.integers(1, 100)),
    st.builds(Header, st.just("locked"), names, tags=st.just(("hide-input",))),
)


cells = st.lists(
    st.tuples(headers, st.lists(names, min_size=1, max_size=3)),
    min_size=1,
    max_size=5,
    unique_by=lambda cell: cell[0].grade_id or object(),
)


@settings(max_examples=40, deadline=None)
@given(cells)
def test_any_notebook_survives_the_way_through_text(cells: list[tuple[Header, list[str]]]):
    text = ""
    for header, content in cells:
        keys = "" if header.role is None else f' {header.role}="{header.key}"'
        keys += "" if header.points is None else f" points={header.points}"
        keys += ' tags=["hide-input"]' if header.tags else ""
        mark = " [markdown]" if header.role == "essay" else ""
        prefix = "# " if header.role == "essay" else ""
        body = "".join(f"{prefix}{line}\n" for line in content)
        text += f"# %%{mark}{keys}\n{body}\n"
    notebook = parse_source(text, PATH)
    assert [header_of(cell) for cell in notebook.cells] == [header for header, _ in cells]
    assert parse_source(write_source(notebook), PATH) == notebook
