"""Calls of a learner's function in a loop, several in one message.

A call across the bridge takes some fifty microseconds, and a test may make a hundred thousand.
Where a loop or a comprehension does no more with the learner's things than to call one function
with plain numbers and texts, the calls of the next rounds are made ahead, in their order, and their
results wait until the loop comes to them. `Rewrite` finds such loops in a test's code, `Ahead`
makes the calls. A loop is watched in its first rounds; once anything else passes between the two
processes in a round, each call of that loop is made when the loop comes to it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from labkit import code
from labkit.grading.trusted.claims import SIMPLE
from labkit.grading.trusted.handles import FunctionHandle

AHEAD = "__labkit_ahead__"
"""The built-in name under which rewritten loops find `Ahead.rounds`."""

_RESULT = "__labkit_result__"

FIRST = 16
"""Rounds of a loop that are watched before calls are made ahead."""

MOST = 1_000
"""Calls in one message."""

LONGEST = 10_000
"""Characters of a text that is passed ahead."""

Outcome = Callable[[], Any]
"""Returns what a call returned, or raises what it raised."""

Round = tuple[Any, tuple[Any, ...]]
"""The variables of a loop, and the arguments of its call."""


class Bridge(Protocol):
    """The way to the learner's process, as far as it matters here."""

    traffic: int
    """Grows with every request and every callback."""

    def undisturbed(self) -> bool:
        """Whether nobody reads what an answer prints, and no built-in is replaced."""

    def call_many(self, function: FunctionHandle, calls: list[tuple[Any, ...]]) -> list[Outcome]:
        """Call a function several times; fewer outcomes where something else happened."""


class Ahead:
    """Makes the calls of a test's loops."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge

    def rounds(self, function: Any, source: Iterator[Round]) -> Iterator[tuple[Any, Outcome]]:
        """Yield for each round of a loop its variables and the outcome of its call."""
        bridge, size, watched = self._bridge, 1, 0
        most = MOST if type(function) is FunctionHandle else 1
        while True:
            before = bridge.traffic
            rounds, problem = _take(source, size)
            calls = [arguments for _, arguments in rounds]
            made: list[Outcome] = []
            if size > 1 and calls and bridge.undisturbed() and all(map(_plain, calls)):
                made = bridge.call_many(function, calls)
            later = [_later(function, arguments) for arguments in calls[len(made) :]]
            for (variables, _), outcome in zip(rounds, made + later, strict=True):
                yield variables, outcome
            if problem is not None:
                raise problem
            if len(rounds) < size:
                return
            if bridge.traffic - before != len(later) + bool(made) or (size > 1 and later):
                size, most = 1, 1
            elif watched < FIRST:
                watched += 1
            else:
                size = min(2 * size, most)


def _take(source: Iterator[Round], most: int) -> tuple[list[Round], Exception | None]:
    """The next rounds, and the error that came instead of a further one."""
    rounds: list[Round] = []
    try:
        for taken in source:
            rounds.append(taken)
            if len(rounds) == most:
                break
    except Exception as problem:
        return rounds, problem
    return rounds, None


def _later(function: Any, arguments: tuple[Any, ...]) -> Outcome:
    return lambda: function(*arguments)


def _plain(arguments: tuple[Any, ...]) -> bool:
    return all(type(a) in SIMPLE and (type(a) is not str or len(a) <= LONGEST) for a in arguments)


class Rewrite(ast.NodeTransformer):
    """Rewrites loops over calls of one of the learner's functions.

    `for x in xs: assert f(x) == 1` becomes, in effect,
    `for x, result in rounds(f, ((x, (x,)) for x in xs)): assert result() == 1`.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        """What the test takes from the learner, and does not bind itself."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Look at methods only: a generator does not see the names of a class's body."""
        for part in node.body:
            if isinstance(part, ast.FunctionDef):
                self.visit(part)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        """Rewrite a loop of assertions, assignments and calls."""
        self.generic_visit(node)
        if not all(isinstance(statement, _STRAIGHT) for statement in node.body):
            return node
        found = self._one_call(node.body, node.target)
        if found is not None:
            source = ast.comprehension(node.target, node.iter, [], 0)
            node.iter = _rounds(found, node.target, [source])
            node.target = _with_result(node.target)
            _replace(found)
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        """Rewrite a comprehension."""
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        """Rewrite a comprehension."""
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        """Rewrite a generator."""
        return self._comprehension(node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> ast.AST:
        self.generic_visit(node)
        parts = node.generators
        targets = [part.target for part in parts]
        target = targets[0] if len(parts) == 1 else ast.Tuple(targets, ast.Store())
        inside = [part.iter for part in parts[1:]] + [test for part in parts for test in part.ifs]
        if any(part.is_async for part in parts) or self._learners(inside):
            return node
        body: list[ast.stmt] = [ast.Expr(node.elt)]
        found = self._one_call(body, target)
        if found is not None:
            rounds = _rounds(found, target, parts)
            node.generators = [ast.comprehension(_with_result(target), rounds, [], 0)]
            _replace(found)
        return node

    def _one_call(self, body: list[ast.stmt], target: ast.expr) -> ast.Call | None:
        """The call that each round makes with known arguments, if it is all that there is."""
        calls = [call for s in body for call in _always(_value(s)) if self._is_the_learners(call)]
        if len(calls) != 1 or len(self._learners(body)) != 1 or not _only_names(target):
            return None
        call = calls[0]
        changed = set().union(*map(code.bound_names, body))
        known = isinstance(call.func, ast.Name) and call.func.id not in changed
        known = known and all(
            isinstance(part, _KNOWN) and not (isinstance(part, ast.Name) and part.id in changed)
            for argument in call.args
            for part in ast.walk(argument)
        )
        return call if known and not call.keywords else None

    def _is_the_learners(self, call: ast.Call) -> bool:
        return isinstance(call.func, ast.Name) and call.func.id in self.names

    def _learners(self, nodes: list[Any]) -> list[ast.Name]:
        """Where the learner's names stand in some code."""
        parts = (part for node in nodes for part in ast.walk(node))
        return [part for part in parts if isinstance(part, ast.Name) and part.id in self.names]


_STRAIGHT = (ast.Assert, ast.Expr, ast.Assign, ast.AugAssign)
"""Statements that a rewritten loop may consist of."""

_KNOWN: tuple[type[ast.AST], ...] = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Subscript)
_KNOWN += (ast.Tuple, ast.Slice, ast.operator, ast.unaryop, ast.expr_context)
"""What an argument may consist of: evaluating it before its round changes nothing."""


def _value(statement: Any) -> ast.expr:
    return statement.test if isinstance(statement, ast.Assert) else statement.value


def _always(node: ast.AST) -> Iterator[ast.Call]:
    """The calls in an expression that are made whatever its parts are, outermost first."""
    if isinstance(node, ast.Call):
        yield node
    parts: list[ast.AST] = []
    if isinstance(node, ast.Compare):
        parts = [node.left, node.comparators[0]]
    elif isinstance(node, ast.BoolOp):
        parts = [node.values[0]]
    elif isinstance(node, ast.IfExp):
        parts = [node.test]
    elif not isinstance(node, _OTHER_CODE):
        parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from _always(part)


_OTHER_CODE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _only_names(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_only_names, target.elts))
    return isinstance(target, ast.Name)


def _rounds(call: ast.Call, target: ast.expr, parts: list[ast.comprehension]) -> ast.expr:
    """The iterator of a rewritten loop."""
    each = ast.GeneratorExp(_tuple([_loaded(target), _tuple(call.args)]), parts)
    made = ast.Call(ast.Name(AHEAD, ast.Load()), [call.func, each], [])
    return ast.fix_missing_locations(ast.copy_location(made, call))


def _loaded(target: ast.expr) -> ast.expr:
    """A loop's variables as an expression."""
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    return _tuple([_loaded(part) for part in target.elts])  # type: ignore[attr-defined]


def _with_result(target: ast.expr) -> ast.expr:
    result = ast.Name(_RESULT, ast.Store())
    made = ast.Tuple([target, result], ast.Store())
    return ast.fix_missing_locations(ast.copy_location(made, target))


def _tuple(parts: list[ast.expr]) -> ast.Tuple:
    return ast.Tuple(list(parts), ast.Load())


def _replace(call: ast.Call) -> None:
    """Make a call one that asks for its result; its node and so its line stay."""
    call.func = ast.copy_location(ast.Name(_RESULT, ast.Load()), call.func)
    call.args = []
