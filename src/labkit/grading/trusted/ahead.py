"""Calls of a learner's function in a loop, several in one message.

A call across the bridge takes some fifty microseconds, and a test may make a hundred thousand.
Where a loop or a comprehension does no more with the learner's things than to call one function or
method with plain numbers and texts, the calls of the next rounds are made ahead, in their order,
and their results wait until the loop comes to them. `Rewrite` finds such loops in a test's code,
`Ahead` makes the calls. A loop is watched in its first rounds; once anything else passes between
the two processes in a round, each call of that loop is made when the loop comes to it.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import itertools
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

    def rounds(
        self, find: Callable[[], Any], source: Iterator[Round]
    ) -> Iterator[tuple[Any, Outcome]]:
        """Yield for each round of a loop its variables and the outcome of its call.

        `find` finds what is called, as soon as the first call is made.
        """
        bridge, size, watched, most = self._bridge, 1, 0, MOST
        found: list[Any] = []

        def call(*arguments: Any) -> Any:
            if not found:
                found.append(find())
            return found[0](*arguments)

        while True:
            before = bridge.traffic
            rounds, problem = _take(source, size)
            calls = [arguments for _, arguments in rounds]
            made: list[Outcome] = []
            if size > 1 and calls and bridge.undisturbed() and _plain(calls):
                made = bridge.call_many(found[0], calls)
            later: list[Outcome] = [
                functools.partial(call, *arguments) for arguments in calls[len(made) :]
            ]
            for (variables, _), outcome in zip(rounds, made + later, strict=True):
                yield variables, outcome
            if problem is not None:
                raise problem
            if len(rounds) < size:
                return
            watched += 1
            if watched == 1:  # to find a method is a message too
                most = MOST if found and type(found[0]) is FunctionHandle else 1
            elif bridge.traffic - before != len(later) + bool(made) or (size > 1 and not made):
                size, most = 1, 1
            elif size > 1 and later:  # so many calls took long, or one returned no plain value
                size = most = len(made)
            elif watched > FIRST:
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


def _plain(calls: list[tuple[Any, ...]]) -> bool:
    """Whether all arguments of some calls are numbers and short texts."""
    arguments = list(itertools.chain.from_iterable(calls))
    kinds = set(map(type, arguments))
    long = str in kinds and any(type(a) is str and len(a) > LONGEST for a in arguments)
    return kinds <= _SIMPLE and not long


_SIMPLE = frozenset(SIMPLE)


class Rewrite(ast.NodeTransformer):
    """Rewrites loops over calls of one of the learner's functions, or a method of an object.

    `for x in xs: assert f(x) == 1` becomes, in effect,
    `for x, result in rounds(lambda: f, ((x, (x,)) for x in xs)): assert result() == 1`.
    """

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._objects: set[str] = set()
        self._variables: list[set[str]] = []

    def begin(self, names: set[str], bound: set[str]) -> None:
        """Note what a test takes from the learner, and what it binds itself."""
        self._names, self._objects, self._variables = names - bound, names | bound, []

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Look at methods only: a generator does not see the names of a class's body."""
        for part in node.body:
            if isinstance(part, ast.FunctionDef):
                self.visit(part)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        """Rewrite a loop of assertions, assignments and calls."""
        found = None
        with self._inside(node.target):
            self.generic_visit(node)
            if all(isinstance(statement, _STRAIGHT) for statement in node.body):
                found = self._one_call(node.body, node.target, [node.iter])
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
        parts = node.generators
        targets = [part.target for part in parts]
        target = targets[0] if len(parts) == 1 else ast.Tuple(targets, ast.Store())
        tests = [test for part in parts for test in part.ifs]
        over = [part.iter for part in parts]
        with self._inside(target):
            self.generic_visit(node)
            found = self._one_call([ast.Expr(node.elt)], target, [*over, *tests])
        if any(part.is_async for part in parts) or self._learners([*over[1:], *tests]):
            return node
        if found is not None:
            rounds = _rounds(found, target, parts)
            node.generators = [ast.comprehension(_with_result(target), rounds, [], 0)]
            _replace(found)
        return node

    @contextlib.contextmanager
    def _inside(self, target: ast.expr) -> Iterator[None]:
        """Note the variables of a loop while its inside is looked at."""
        self._variables.append(code.bound_names(target))
        yield
        self._variables.pop()

    def _one_call(
        self, body: list[ast.stmt], target: ast.expr, over: list[ast.expr]
    ) -> ast.Call | None:
        """The call that each round makes with known arguments, if it is all that there is.

        `over` is what the loop goes over: it must not change while the loop is ahead.
        """
        calls = [call for statement in body for call in _always(_value(statement))]
        chosen = [call for call in calls if self._is_the_learners(call)] or [
            call for call in calls if self._is_a_method(call)
        ]
        if len(chosen) != 1 or not _only_names(target):
            return None
        call = chosen[0]
        called = _root(call.func)
        changed = set().union(*map(code.bound_names, body))
        variables = set().union(*self._variables) - changed
        known = not call.keywords and all(
            part.id in variables if isinstance(part, ast.Name) else isinstance(part, _KNOWN)
            for argument in call.args
            for part in ast.walk(argument)
        )
        inside = [name for part in body for name in _names(part)]
        alone = inside.count(called) == 1 and called not in changed | set().union(*self._variables)
        others = set(inside) & self._names - {called}
        growing = set(inside) & {n for part in over if not _is_range(part) for n in _names(part)}
        still = not growing - code.bound_names(target)
        return call if known and alone and still and not others else None

    def _is_the_learners(self, call: ast.Call) -> bool:
        return isinstance(call.func, ast.Name) and call.func.id in self._names

    def _is_a_method(self, call: ast.Call) -> bool:
        method = call.func
        return (
            isinstance(method, ast.Attribute)
            and isinstance(method.value, ast.Name)
            and method.value.id in self._objects
        )

    def _learners(self, nodes: list[ast.expr]) -> bool:
        """Whether some code has one of the learner's names."""
        return any(name in self._names for node in nodes for name in _names(node))


_STRAIGHT = (ast.Assert, ast.Expr, ast.Assign, ast.AugAssign)
"""Statements that a rewritten loop may consist of."""

_KNOWN = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context)
"""What an argument may consist of, besides variables of loops: it is the same before its round."""


def _names(node: ast.AST) -> list[str]:
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]


def _root(function: Any) -> str:
    """The name of a function, or of the object that a method belongs to."""
    return str(function.id if isinstance(function, ast.Name) else function.value.id)


def _is_range(node: ast.expr) -> bool:
    """Whether a loop goes over whole numbers that are known when it begins."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"
    )


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
    nothing = ast.arguments([], [], None, [], [], None, [])
    find = ast.Lambda(nothing, call.func)
    made = ast.Call(ast.Name(AHEAD, ast.Load()), [find, each], [])
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
