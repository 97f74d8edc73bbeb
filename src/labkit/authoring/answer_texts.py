"""Answers of a lab as text that a learner could have typed into the task's cell.

The reference stands in the lab's source. Other right answers and typical mistakes stand in
`tests/labs/NN_slug/task.py` as values; here each becomes a cell of its own, with the imports and
helpers that it needs. What cannot be taken out of its file, such as an answer that a helper module
makes as a whole, is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from labkit.authoring.source import header_of

MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")


@dataclass(frozen=True)
class Written:
    """An answer as the text of a cell: its name in the author's table, and whether it is right."""

    name: str
    right: bool
    source: str


class _Bound(Exception):
    """An answer is bound to its file."""


def unmarked(source: str) -> str:
    """A solution as a learner would hand it in: without the marks around it."""
    return "\n".join(line for line in source.splitlines() if line.strip() not in MARKS)


def written_answers(root: Path, assignment: str, solved: NotebookNode) -> dict[str, list[Written]]:
    """Return the answers of each task of a lab, the reference first.

    Args:
        root: the course's folder; without `tests/labs` in it there are references alone.
        assignment: the lab's name.
        solved: the lab's notebook with its solutions.
    """
    cells = {header_of(cell).key: cell for cell in solved.cells if _is(cell, "solution")}
    found = {}
    for cell in solved.cells:
        header = header_of(cell)
        if header.role != "test" or header.key not in cells:
            continue
        reference = Written("reference", True, unmarked(cells[header.key].source))
        found[header.key] = [reference]
        path = root / "tests" / "labs" / assignment / f"{header.key}.py"
        asked = _checked_name(cell.source)
        if asked and path.is_file():
            found[header.key] += _of_table(_File(path), "RIGHT", asked, True)
            found[header.key] += _of_table(_File(path), "WRONG", asked, False)
    return found


def _is(cell: NotebookNode, role: str) -> bool:
    return header_of(cell).role == role


def _checked_name(source: str) -> str:
    """Return the name that a test cell hands to `lab.check`; empty where it is no plain name."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    last = calls[0].args[-1] if calls and len(calls[0].args) == 2 else None
    return last.id if isinstance(last, ast.Name) else ""


class _File:
    """A file of answers: what its top level binds, by name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bound: dict[str, ast.stmt] = {}
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            for name in _binds(statement):
                self.bound.setdefault(name, statement)

    def table(self, name: str) -> ast.Dict | None:
        """Return a table that is written out as one."""
        statement = self.bound.get(name)
        value = getattr(statement, "value", None)
        return value if isinstance(value, ast.Dict) else None


def _binds(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield (alias.asname or alias.name).partition(".")[0]
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _of_table(file: _File, table: str, asked: str, right: bool) -> Iterator[Written]:
    found = file.table(table)
    for key, value in zip(found.keys, found.values, strict=True) if found else ():
        answer = value if right else value.elts[0] if isinstance(value, ast.Tuple) else None
        if not isinstance(key, ast.Constant) or answer is None:
            continue
        try:
            yield Written(str(key.value), right, _cell(file, answer, asked))
        except _Bound:
            continue


def _cell(file: _File, answer: ast.expr, asked: str) -> str:
    """Write an answer and all that it needs, under the name that is asked for."""
    needed = list(_needed(file, _reads([answer]), {}))
    own = file.bound.get(answer.id) if isinstance(answer, ast.Name) else None
    text = "\n\n".join(ast.unparse(_plain(statement)) for statement in needed)
    if isinstance(own, ast.FunctionDef):
        # Nobody writes `asked = _helper`: the function has the name that is asked for.
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == own.name:
                node.id = asked
            elif isinstance(node, ast.FunctionDef) and node.name == own.name:
                node.name = asked
        return ast.unparse(tree)
    return f"{text}\n\n{asked} = {ast.unparse(answer)}".strip()


def _needed(file: _File, names: Iterable[str], seen: dict[str, ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that bind these names, and what those need, each before its use."""
    found: dict[int, ast.stmt] = {}
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        statement = file.bound.get(name)
        if statement is None or seen.get(name) is statement:
            continue
        if name in seen or name in ("RIGHT", "WRONG"):
            raise _Bound
        seen[name] = statement
        if isinstance(statement, ast.ImportFrom) and statement.level:
            yield from _beside(file, statement, name, seen)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            if (getattr(statement, "module", "") or "").startswith("labkit.authoring"):
                raise _Bound
            found[id(name)] = _only(statement, name)
        elif id(statement) not in found:
            found[id(statement)] = statement
            waiting += sorted(_reads([statement]))
    yield from sorted(found.values(), key=lambda one: one.lineno)


def _beside(
    file: _File, statement: ast.ImportFrom, name: str, seen: dict[str, ast.stmt]
) -> Iterator[ast.stmt]:
    """Yield what a file beside this one binds to an imported name."""
    alias = next(one for one in statement.names if (one.asname or one.name) == name)
    path = file.path.with_name(f"{statement.module}.py")
    if not statement.module or alias.asname or not path.is_file():
        raise _Bound
    del seen[name]
    yield from _needed(_File(path), [name], seen)


def _only(statement: ast.Import | ast.ImportFrom, name: str) -> ast.stmt:
    """Return an import with the one name that is needed."""
    kept = [one for one in statement.names if (one.asname or one.name).partition(".")[0] == name]
    if isinstance(statement, ast.Import):
        return ast.copy_location(ast.Import(kept), statement)
    return ast.copy_location(ast.ImportFrom(statement.module, kept, 0), statement)


def _reads(nodes: Iterable[ast.AST]) -> set[str]:
    return {
        node.id
        for one in nodes
        for node in ast.walk(one)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _plain(statement: ast.stmt) -> ast.stmt:
    """Take out docstrings: those of the author's say what is wrong with an answer."""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return statement
