"""A roster goes into the gradebook and comes out again as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grading.roster import (
    COLUMNS,
    RosterError,
    current_roster,
    parse_roster,
    read_roster,
    render_roster,
)
from small_course import CONFIG

ADA = {
    "learner": "ada",
    "first_name": "Ада",
    "last_name": '李, "Lovelace"',
    "email": "ada@example.org",
    "group": "Übung 2",
    "platform_id": "=1+1",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def test_names_of_any_script_mail_group_and_platform_identity_come_back(root: Path):
    bob = dict.fromkeys(COLUMNS, "") | {"learner": "bob"}
    (root / "in.csv").write_bytes(render_roster([ADA, bob]))
    assert read_roster(root, root / "in.csv") == [ADA, bob] == current_roster(root)
    assert b'"\'=1+1"' in (root / "in.csv").read_bytes(), "no spreadsheet runs it"


def test_a_table_with_fewer_columns_changes_nothing_else(root: Path):
    (root / "in.csv").write_bytes(render_roster([ADA]))
    read_roster(root, root / "in.csv")
    (root / "less.csv").write_text("\ufefflearner;email\r\nada;a@b.c\r\n;\r\n", encoding="utf-8")
    read_roster(root, root / "less.csv")
    assert current_roster(root) == [ADA | {"email": "a@b.c"}]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"name\nada\n", "unknown column 'name'"),
        (b"email\na@b\n", "no column 'learner'"),
        (b"learner\nada\nada\n", "'ada' more than once"),
        (b"learner\n../ada\n", "Line 2 of the roster"),
        (b"learner\nada,bob\n", "more fields"),
        (b"learner\n\xff\n", "not UTF-8"),
    ],
)
def test_what_is_no_roster_is_refused_in_words(content: bytes, told: str):
    with pytest.raises(RosterError, match=told):
        parse_roster(content)


texts = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=8)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, texts)), max_size=3))
def test_whatever_is_written_is_read_back(rows):
    named = [row | {"learner": f"learner-{n}"} for n, row in enumerate(rows)]
    assert parse_roster(render_roster(named)) == named
