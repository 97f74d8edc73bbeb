"""What a cell's code says, read from its text and never run: names, imports, the last expression.

One reader for authors' cells, learners' answers and instructors' tests. A cell that is not Python
(a shell command, HTML, a syntax error meant as an exercise) says nothing and reads as an empty one;
magics of IPython are read as what they become.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator

TRANSPARENT_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")
"""Cell magics whose body is ordinary code of the same namespace."""

_NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError, SystemError)


def python(text: str) -> ast.Module | None:
    """Read a text as Python; None where it is none."""
    try:
        return ast.parse(text)
    except _NOT_PYTHON:
        return None


def cell(source: str) -> ast.Module:
    """Read a cell, magics included; an empty module where it is no Python."""
    tree = python(source)
    if tree is not None:
        return tree
    from IPython.core.inputtransformer2 import TransformerManager

    first, _, rest = source.lstrip().partition("\n")
    try:
        source = rest if first.startswith(TRANSPARENT_MAGICS) else source
        return python(TransformerManager().transform_cell(source)) or ast.Module([], [])
    except _NOT_PYTHON:
        return ast.Module([], [])


def imports(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """The import statements at the top level, each with the names that it binds."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            yield ast.unparse(node), names


def import_statements(cells: Iterable[str]) -> tuple[str, ...]:
    """Return the import statements at the top level of some cells, in order, each once."""
    found = (statement for source in cells for statement, _ in imports(cell(source)))
    return tuple(dict.fromkeys(found))


def imported_modules(cells: Iterable[str]) -> tuple[str, ...]:
    """Return the dotted names of all modules that some cells import, at any level."""
    found: list[str] = []
    for source in cells:
        for node in ast.walk(cell(source)):
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.append(node.module)
    return tuple(module for module in dict.fromkeys(found) if module != "__future__")


def class_names(cells: Iterable[str]) -> tuple[str, ...]:
    """Return the names that some cells bind with `class` at the top level, sorted."""
    nodes = (node for source in cells for node in cell(source).body)
    return tuple(sorted({node.name for node in nodes if isinstance(node, ast.ClassDef)}))


def statements_for(tree: ast.Module, wanted: set[str], usable: Callable[[ast.stmt], bool]) -> str:
    """Return the statements of a cell that bind wanted names, with what these need of the cell.

    Args:
        tree: the cell.
        wanted: names that somebody reads later.
        usable: tells which statements may be taken.
    """
    kinds: tuple[type[ast.stmt], ...] = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.Assign)
    kinds += (ast.FunctionDef, ast.AsyncFunctionDef, ast.AnnAssign, ast.AugAssign)
    wanted, taken = set(wanted), []
    for statement in reversed(tree.body):
        part = ast.Module([statement], [])
        if isinstance(statement, kinds) and usable(statement) and top_level_names(part) & wanted:
            taken.append(statement)
            wanted |= read_names(part)
    return "\n".join(ast.unparse(statement) for statement in reversed(taken))


def defined_names(tree: ast.Module) -> set[str]:
    """The names that code defines or assigns at its top level; imports do not count."""
    names: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names |= {name for target in targets for name in _names(target)}
    return names


def top_level_names(tree: ast.Module) -> set[str]:
    """The names that code defines, assigns or imports at its top level."""
    return defined_names(tree).union(*(names for _, names in imports(tree)))


def bound_names(tree: ast.AST) -> set[str]:
    """The names that code binds anywhere by an assignment, a loop or the like."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and _stores(node)}


def read_names(tree: ast.AST) -> set[str]:
    """The names that code reads or deletes anywhere, in its functions too."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not _stores(node):
            names.add(node.id)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.Global):
            names.update(node.names)
    return names


def names_in_functions(tree: ast.Module) -> set[str]:
    """The names that the functions and classes of a cell read: they may be called later."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, kinds):
            names |= read_names(node)
    return names


def names_in_class_bodies(tree: ast.Module) -> set[str]:
    """The names that the bodies of classes read while the cell runs."""
    names: set[str] = set()
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    waiting: list[ast.AST] = [part for body in bodies for part in body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and not _stores(node):
            names.add(node.id)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return names


def texts(tree: ast.AST) -> set[str]:
    """The texts that stand in code."""
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def last_expression(tree: ast.Module) -> ast.expr | None:
    """The expression that a cell ends in, whose value it shows."""
    last = tree.body[-1] if tree.body else None
    return last.value if isinstance(last, ast.Expr) else None


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _stores(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
