"""Mutants: the reference with one mistake put in by rule, which the checks must find.

A list of wrong answers proves what its author thought of. Here nobody thinks: each place of a
task's solution at which a rule applies gives one mutant. mutmut and cosmic-ray change a package's
files and run its test suite for each mutant; a reference stands in a notebook's cell and is judged
by a function in this process, so neither fits, and the rules are written out below.

Left alone are texts, numbers up to 1e-6 and settings of effort such as `max_iter`: several values
of those fit, and the answer stays what it was.
"""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"

EFFORT = frozenset(
    "C batch_size clip_range device dtype epochs ent_coef gae_lambda learning_rate lr max_depth"
    " max_iter maxiter n_epochs n_estimators n_init n_jobs n_steps random_state rounds seed strict"
    " tol total_steps verbose".split()
)
"""Keywords of libraries that say how much work is done, not what is asked."""

SEEDING = frozenset({"default_rng", "manual_seed", "seed", "RandomState", "SeedSequence"})
"""Calls that fix the dice: any number does."""

NEGLIGIBLE = 1e-6

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SWAPS = {
    "max": "min",
    "maximum": "minimum",
    "argmax": "argmin",
    "ceil": "floor",
    "any": "all",
    "mean": "sum",
    "var": "std",
    "descendants": "ancestors",
    "successors": "predecessors",
    "row_stack": "column_stack",
    "left": "right",
}
SYMMETRIC = frozenset("max maximum min minimum add logical_and logical_or isclose".split())
"""Functions whose arguments may change places."""

SWAPS |= {after: before for before, after in SWAPS.items()} | {"median": "mean", "argsort": "sort"}

WRAPPERS = frozenset(
    "abs absolute ceil clip clip_ cumprod cumsum exp flip floor log maximum minimum nan_to_num"
    " reversed rint round sigmoid softmax sort sorted sqrt squeeze unique zero_grad".split()
)
"""Functions that a mutant leaves out: `sort(x)` becomes `x`."""


@dataclass(frozen=True)
class Mutant:
    """One changed cell.

    Attributes:
        name: rule and change, the same as long as the statement and its neighbours stay.
        source: the whole cell with the change in it.
        line: where in the cell, from 1.
        before, after: the changed statement, or the head of a compound one.
    """

    name: str
    source: str
    line: int
    before: str
    after: str


Change = tuple[str, Callable[[], None]]
"""A rule's name, and what puts its mistake into the tree."""


def mutants(source: str) -> list[Mutant]:
    """Make every mutant of a solution cell; changes lie between the solution's marks.

    A cell without marks is changed everywhere.
    """
    made: list[Mutant] = []
    times: Counter[str] = Counter()
    seen = {ast.unparse(ast.parse(source))}
    for place in range(len(list(_changes(ast.parse(source), source)))):
        tree = ast.parse(source)
        statement, (rule, change) = list(_changes(tree, source))[place]
        line, before = statement.lineno, _head(statement)
        parent = _Parent(tree, statement)
        change()
        ast.fix_missing_locations(tree)
        changed = ast.unparse(tree)
        if changed in seen:
            continue
        seen.add(changed)
        after = _head(parent.now())
        name = f"{rule}: {_change(before, after)}"
        times[name] += 1
        if times[name] > 1:
            name += f" ({times[name]})"
        made.append(Mutant(name, changed, line, before, after))
    return sorted(made, key=lambda mutant: mutant.line)


class _Parent:
    """Where a statement stands, so that what a change made of it can be shown."""

    def __init__(self, tree: ast.AST, statement: ast.stmt) -> None:
        self._body, self._place = next(
            (body, place)
            for body in _bodies(tree)
            for place, one in enumerate(body)
            if one is statement
        )

    def now(self) -> ast.stmt:
        return self._body[self._place] if self._body else ast.Pass()


def _bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body:
                yield body


def _changes(tree: ast.AST, source: str) -> Iterator[tuple[ast.stmt, Change]]:
    """Every change of the tree, with the statement it is in."""
    lines = source.split("\n")
    inside = _marked(lines)
    for body in _bodies(tree):
        for place, statement in enumerate(body):
            if statement.lineno not in inside:
                continue
            for change in _of_statement(body, place, _set_before(tree, statement.lineno)):
                yield statement, change
            for node in _own_nodes(statement):
                for change in _of_expression(node):
                    yield statement, change


def _set_before(tree: ast.AST, line: int) -> set[str]:
    """The names that arguments and the lines above give a value."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno < line:
            found.add(node.id)
    return found


def _marked(lines: list[str]) -> set[int]:
    """The numbers of the lines between the marks; of all lines where there are none."""
    if not any(BEGIN in line for line in lines):
        return set(range(1, len(lines) + 1))
    inside, marked = False, set()
    for number, line in enumerate(lines, 1):
        inside = (inside or BEGIN in line) and END not in line
        if inside:
            marked.add(number)
    return marked


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement, without those of the statements it holds."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting += [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.stmt)]


# --- The rules: statements ----------------------------------------------------------------------


def _of_statement(body: list[ast.stmt], place: int, assigned: set[str]) -> Iterator[Change]:
    statement = body[place]

    def instead(*new: ast.stmt) -> Callable[[], None]:
        def change() -> None:
            body[place : place + 1] = new

        return change

    if _may_be_left_out(statement, assigned):
        yield "line left out", instead(ast.Pass())
    if isinstance(statement, ast.If):
        yield "guard always", instead(*statement.body)
        yield "guard never", instead(*(statement.orelse or [ast.Pass()]))
    if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Tuple):
        value = statement.value
        if len(value.elts) > 1:
            yield "results swapped", lambda: value.elts.insert(0, value.elts.pop(1))


def _may_be_left_out(statement: ast.stmt, assigned: set[str]) -> bool:
    """Whether the rest can run without it: a name that nothing else sets would only be missing."""
    if isinstance(statement, ast.Assign):
        names = [n for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        new = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        return new <= assigned
    if isinstance(statement, ast.Expr):
        called = _called(statement.value) if isinstance(statement.value, ast.Call) else ""
        return not isinstance(statement.value, ast.Constant) and called not in SEEDING
    return isinstance(statement, (ast.AugAssign, ast.Break, ast.Continue))


# --- The rules: expressions ---------------------------------------------------------------------


def _of_expression(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in OPERATORS:
        if not _is_negligible(getattr(node, "right", None)):
            yield "operator", _set(node, "op", OPERATORS[type(node.op)]())
    for name, value in ast.iter_fields(node):
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.expr):
                continue
            for rule, new in _instead_of(child, node):
                if isinstance(value, list):
                    yield rule, lambda v=value, p=place, n=new: v.__setitem__(p, n)  # type: ignore[misc]
                else:
                    yield rule, _set(node, name, new)
    if isinstance(node, ast.Compare):
        for place, op in enumerate(node.ops):
            for new_op in COMPARISONS.get(type(op), ()):
                yield "comparison", lambda p=place, n=new_op: node.ops.__setitem__(p, n())  # type: ignore[misc]
    if isinstance(node, ast.Call) and len(node.args) > 1 and _called(node) not in SYMMETRIC:
        if not any(isinstance(a, ast.Starred) for a in node.args[:2]):
            yield "argument order", lambda: node.args.insert(0, node.args.pop(1))
    if isinstance(node, ast.Slice):
        for side in ("lower", "upper", "step"):
            if getattr(node, side) is not None:
                yield "slice", _set(node, side, None)


def _instead_of(node: ast.expr, parent: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a rule puts in the place of an expression."""
    if isinstance(node, ast.Constant):
        yield from _other_constants(node, parent)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
        if not isinstance(node.operand, ast.Constant) or isinstance(parent, ast.BinOp):
            yield "sign", node.operand
    if isinstance(node, ast.IfExp):
        yield "guard always", node.body
        yield "guard never", node.orelse
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _masks(node.slice):
        yield "mask dropped", node.value
    if isinstance(node, ast.Call):
        if not node.args or not isinstance(node.args[0], ast.Starred):
            yield from _without(node)
        other_name = SWAPS.get(_called(node), "")
        of_builtins = isinstance(node.func, ast.Name) and hasattr(builtins, other_name)
        if other_name and (of_builtins or isinstance(node.func, ast.Attribute)):
            other = copy.deepcopy(node)
            setattr(other.func, "id" if of_builtins else "attr", other_name)
            yield "function", other
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
        for place, loop in enumerate(node.generators):
            for which in range(len(loop.ifs)):
                without = copy.deepcopy(node)
                del without.generators[place].ifs[which]
                yield "filter dropped", without


def _other_constants(node: ast.Constant, parent: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    value = node.value
    if isinstance(parent, ast.keyword) and parent.arg in EFFORT:
        return
    if isinstance(parent, ast.Call) and _called(parent) in SEEDING:
        return
    if isinstance(parent, ast.keyword) and parent.arg in ("axis", "dim") and value in (0, 1, -1):
        yield "axis", ast.Constant(0 if value else 1)
        return
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int):
        rule = "index" if isinstance(parent, (ast.Subscript, ast.Slice)) else "constant"
        yield rule, ast.Constant(value + 1)
        if value > 1:
            yield rule, ast.Constant(value - 1)
    elif isinstance(value, float) and not _is_negligible(node):
        yield "constant", ast.Constant(round(1.5 * value, 12) if value else 1.0)


def _is_negligible(node: ast.AST | None) -> bool:
    """Whether a node is a number that only guards against rounding."""
    value = getattr(node, "value", None)
    return isinstance(value, float) and 0 < abs(value) <= NEGLIGIBLE


def _called(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def _masks(index: ast.expr) -> bool:
    """Whether an index may choose rows: a name, a comparison, a negation, no number or text."""
    return isinstance(index, (ast.Compare, ast.UnaryOp, ast.BinOp, ast.Name)) and not isinstance(
        getattr(index, "operand", None), ast.Constant
    )


def _without(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """A call left out: its first argument, or what its method belongs to, stays."""
    if isinstance(node.func, ast.Name):
        if node.func.id in WRAPPERS and node.args:
            yield "call dropped", node.args[0]
    elif isinstance(node.func, ast.Attribute) and node.func.attr in WRAPPERS:
        owner = node.func.value
        of_library = isinstance(owner, ast.Name) and owner.id in ("np", "torch", "math", "special")
        if of_library and node.args:
            yield "call dropped", node.args[0]
            if len(node.args) > 1 and node.func.attr in ("maximum", "minimum"):
                yield "call dropped", node.args[1]
        elif not of_library:
            yield "call dropped", owner


def _set(node: ast.AST, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, name, value)


# --- Words --------------------------------------------------------------------------------------


def _head(statement: ast.stmt) -> str:
    """A statement in one line; of a compound one the line that begins it."""
    shown = copy.copy(statement)
    for name in ("body", "orelse", "finalbody", "handlers"):
        if isinstance(getattr(shown, name, None), list):
            setattr(shown, name, [])
    text = ast.unparse(ast.fix_missing_locations(shown))
    return re.sub(r"\s+", " ", text).strip()


def _change(before: str, after: str, around: int = 24) -> str:
    """The place where two texts differ, with a few characters to either side."""
    start = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    ends = zip(reversed(before[start:]), reversed(after[start:]), strict=False)
    same = next((i for i, (a, b) in enumerate(ends) if a != b), 0)
    low, high = max(0, start - around), max(0, same - around)

    def window(text: str) -> str:
        shown = text[low : len(text) - high]
        return f"{'…' * bool(low)}{shown}{'…' * bool(high)}"

    return f"{window(before)} -> {window(after)}"
