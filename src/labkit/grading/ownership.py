"""Which names an instructor leaves to the learner, read from the instructor's own code.

The trusted process needs to know which names a learner's answer may set or change. How a cell's
text is read is the business of `labkit.code`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from labkit import code

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def names_left_to_learners(
    solutions: Iterable[str], unmarked: Iterable[str], locked: Iterable[str]
) -> frozenset[str]:
    """Return the global names that an instructor's own unlocked code binds or changes.

    Binding is any assignment, definition, import, loop or `with` target; changing is an assignment
    to an item or attribute. A method called for its effect (`model.fit(x, y)`) counts in solution
    cells alone: the instructor's examples elsewhere may well call `lab.hint(...)` without leaving
    `lab` to the learner. Modules are never changed in this sense, and an import that a locked cell
    makes as well stays the instructor's.
    """
    solutions, unmarked, locked = list(solutions), list(unmarked), list(locked)
    answer, example = _effects(solutions), _effects(unmarked)
    kept = set(_import_bindings(locked))
    imports = set(_import_bindings([*solutions, *unmarked]))
    modules = {name for name, _ in kept | imports}
    only_imported_again = {name for name, _ in kept & imports}
    bound = (answer.bound | example.bound) - only_imported_again
    changed = (answer.changed | answer.called | example.changed) - modules
    return frozenset(bound | {name for name, _ in imports - kept} | changed)


def _import_bindings(cells: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (bound name, what it is bound to) of every import at the top level."""
    for source in cells:
        for node in code.cell(source).body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    target = alias.name if alias.asname else alias.name.partition(".")[0]
                    yield alias.asname or target, target
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield alias.asname or alias.name, f"{node.module}:{alias.name}"


def _effects(cells: Iterable[str]) -> _Effects:
    effects = _Effects()
    for source in cells:
        effects.visit(code.cell(source))
    return effects


class _Effects(ast.NodeVisitor):
    """Collect the global names that code binds, changes, or calls a method of."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.changed: set[str] = set()
        self.called: set[str] = set()
        self._local: frozenset[str] = frozenset()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del):
            self._add(self.bound, node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._note_change(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._note_change(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            self._add(self.called, _root(call.func))
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Imports are compared by target elsewhere, not by name alone."""

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """The name of a caught error is gone after its block."""
        with self._inside({node.name} if node.name else set()):
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._add(self.bound, node.name)
        self._visit_all([*node.decorator_list, node.args])
        arguments = {argument.arg for argument in _arguments(node.args)}
        with self._inside(arguments | _locals(node.body)):
            self._visit_all(node.body)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        with self._inside({argument.arg for argument in _arguments(node.args)}):
            self.visit(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._add(self.bound, node.name)
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords])
        with self._inside(_locals(node.body)):
            self._visit_all(node.body)

    def visit_ListComp(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        targets = {
            name.id
            for generator in node.generators
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name)
        }
        with self._inside(targets):
            self.generic_visit(node)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._add(self.bound, node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _note_change(self, node: ast.Attribute | ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del):
            self._add(self.changed, _root(node))
        self.generic_visit(node)

    def _add(self, names: set[str], name: str | None) -> None:
        if name is not None and name not in self._local:
            names.add(name)

    @contextmanager
    def _inside(self, names: set[str]) -> Iterator[None]:
        outer = self._local
        self._local = outer | names
        try:
            yield
        finally:
            self._local = outer


def _root(node: ast.expr) -> str | None:
    """Return the name at the start of `name.a[0].b`, or None where it starts with a call."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    rest = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]


def _locals(body: Iterable[ast.AST]) -> set[str]:
    """Return the names that a function's or class's own body makes local."""
    found: set[str] = set()
    outside: set[str] = set()
    open_nodes = list(body)
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, ast.Global | ast.Nonlocal):
            outside.update(node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(a.asname or a.name.partition(".")[0] for a in node.names)
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        if isinstance(node, SCOPES):
            found.update([node.name] if not isinstance(node, ast.Lambda) else [])
        else:
            open_nodes.extend(ast.iter_child_nodes(node))
    return found - outside
