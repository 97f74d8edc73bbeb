"""Malformed notebooks: what no editor writes, for every program that reads it."""

import json
from typing import Any

from attacks.submission import Submission, attack


def _raw(work: Submission, content: bytes) -> None:
    work.path.write_bytes(content)


def _with(work: Submission, **fields: Any) -> None:
    work.notebook.update(fields)


@attack()
def empty_file(work: Submission) -> None:
    """Hands in a file without content."""
    _raw(work, b"")


@attack(graded=False)
def missing_notebook(work: Submission) -> None:
    """Hands in a folder without a notebook."""
    work.file("readme.txt", "nothing here")
    work.written = True


@attack()
def not_json(work: Submission) -> None:
    """Hands in a text that is no JSON."""
    _raw(work, b"def tax(income): return 0\n")


@attack()
def truncated(work: Submission) -> None:
    """Hands in the first half of a notebook."""
    work.honest()
    text = json.dumps(work.notebook).encode()
    _raw(work, text[: len(text) // 2])


@attack()
def binary(work: Submission) -> None:
    """Hands in bytes that are no text."""
    _raw(work, bytes(range(256)) * 40)


@attack(earned=12)
def another_encoding(work: Submission) -> None:
    """Hands in an honest notebook in UTF-16 with a byte order mark."""
    work.honest()
    _raw(work, json.dumps(work.notebook).encode("utf-16"))


@attack(earned=12)
def format_99(work: Submission) -> None:
    """Says that it is of the notebook format 99."""
    work.honest()
    _with(work, nbformat=99, nbformat_minor=99)


@attack()
def format_3(work: Submission) -> None:
    """Hands in a notebook of format 3 with worksheets."""
    cells = [{"cell_type": "code", "input": "1", "language": "python", "outputs": []}]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    _raw(work, json.dumps(old | {"worksheets": [{"cells": cells, "metadata": {}}]}).encode())


@attack()
def format_of_another_type(work: Submission) -> None:
    """Has texts, lists and nothing where the format's numbers stand."""
    _with(work, nbformat="four", nbformat_minor=[None])


@attack()
def cells_are_null(work: Submission) -> None:
    """Has null where the list of cells stands."""
    _with(work, cells=None)


@attack()
def cells_of_wrong_types(work: Submission) -> None:
    """Has numbers, texts and nothing among its cells, and a list on top."""
    _with(work, cells=[1, "two", None, [], {}, {"cell_type": "alien"}, *work.notebook["cells"]])


@attack()
def a_list_for_a_notebook(work: Submission) -> None:
    """Hands in valid JSON that is no object."""
    _raw(work, b"[1, 2, 3]")


@attack()
def sources_of_wrong_types(work: Submission) -> None:
    """Has lists of numbers, objects and null where a cell's text stands."""
    odd: list[Any] = [[1, 2], {"a": 1}, None, 5, [None], True]
    for number, cell in enumerate(work.notebook["cells"]):
        cell["source"] = odd[number % 6]
        if number % 3 == 0:
            cell.pop("outputs", None)
            cell["metadata"] = [None, 7, "text"][number % 9 // 3]


@attack()
def very_many_cells(work: Submission) -> None:
    """Adds 200,000 empty cells."""
    cell = '{"cell_type":"code","source":"","metadata":{},"outputs":[],"execution_count":null}'
    text = json.dumps(work.notebook)
    at = text.index("[", text.index('"cells"')) + 1
    _raw(work, (text[:at] + (cell + ",") * 200_000 + text[at:]).encode())


@attack()
def deeply_nested(work: Submission) -> None:
    """Nests JSON a hundred thousand levels deep, in metadata and in a source."""
    depth = 100_000
    text = json.dumps(work.notebook)
    nested = '{"metadata": {"x": ' + "[" * depth + "]" * depth + "}, "
    _raw(work, (nested + text[1:]).encode())


@attack()
def giant_cell(work: Submission) -> None:
    """Has a cell of 20 MB on one line."""
    work.answer("tax", "x = '" + "a" * (20 << 20) + "'")


@attack()
def lone_surrogates(work: Submission) -> None:
    """Has halves of characters that no encoding can write, in sources and metadata."""
    half = "\ud800\udfff\udc80"
    work.answer("tax", f"x = '{half}'\n# {half}\nprint('{half}')")
    work.answer("memo", half)
    work.notebook["metadata"]["title"] = half
    work.cell("tax")["metadata"][half] = half


@attack()
def null_characters(work: Submission) -> None:
    """Has NUL and other control characters in sources."""
    work.answer("tax", "x = 1\x00\x1b[31m\x08\x7f\ndef tax(income): return \x00")
    work.answer("memo", "\x00\x1b]0;owned\x07")


@attack()
def not_a_number_in_json(work: Submission) -> None:
    """Has NaN, infinities and huge numbers where JSON allows none."""
    work.notebook["metadata"]["x"] = [float("nan"), float("inf"), 10**4000]
    _with(work, nbformat_minor=float("nan"))


@attack()
def huge_number(work: Submission) -> None:
    """Has a number of a million digits, which takes for ever to read."""
    text = json.dumps(work.notebook)
    _raw(work, ('{"x": ' + "9" * 1_000_000 + ", " + text[1:]).encode())


@attack(earned=12)
def repeated_keys(work: Submission) -> None:
    """Has every key twice, with another value the second time."""
    work.honest()
    text = json.dumps(work.notebook)
    _raw(work, (text[:-1] + ', "cells": [], "metadata": {}, "nbformat": 4}').encode())


@attack()
def ids_of_wrong_types(work: Submission) -> None:
    """Has cell ids that are long, empty, repeated, numbers and lists."""
    odd: list[Any] = ["", "a" * 1000, 5, None, [], "same", "same", "../x", "<b>"]
    for number, cell in enumerate(work.notebook["cells"]):
        cell["id"] = odd[number % 9]


@attack()
def syntax_that_breaks_compilers(work: Submission) -> None:
    """Has sources that overflow the parser or the compiler."""
    work.answer("tax", "(" * 5_000 + ")" * 5_000)
    work.answer("ranking", "x = " + "-" * 200_000 + "1")
    work.answer("roman", "\n".join(" " * depth + "if True:" for depth in range(200)))
    work.answer("is_even", "\tdef x():\n  return\n\\\n\f!!ls\n%%bash\n")
