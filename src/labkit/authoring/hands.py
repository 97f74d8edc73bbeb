"""Writes an answer as one hand would: names, order and small forms that programmers choose freely.

What an answer computes stays the same. `Hand.write` chooses forms anew at every place, so that two
hands which start from one text end in different ones. `disguise` does what somebody does who hides
a copy: other names, other comments, lines that may change places moved. It keeps the forms.
"""

from __future__ import annotations

import ast
import builtins
import random
from collections.abc import Callable, Iterator

WORDS = (
    "value result total rows data out current step left right best cost share table items found "
    "chosen weight score level part first rest order scale limit each group mean start known"
).split()
COMMENTS = (
    "see the lesson", "checked by hand", "this is the main part", "TODO: make faster", "works",
    "as in the formula", "not sure whether this is needed", "edge case", "second try",
)  # fmt: skip
SIMPLE = (ast.Name, ast.Constant)
SYMMETRIC = frozenset("maximum minimum max min logical_and logical_or isclose".split())
MIRRORED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
SWAPS = 8
"""How often a disguise looks for two neighbours that may change places."""


class Hand:
    """One person's way to write: how often each form is chosen, and which names."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._habits: dict[str, float] = {}

    def write(self, source: str, kept: set[str]) -> str:
        """Write an answer in this hand.

        Args:
            source: the text of a cell.
            kept: names that must stay, such as the one that is asked for.
        """
        tree = ast.parse(source)
        tree = _Forms(self._chooses).visit(tree)
        ast.fix_missing_locations(tree)
        return _remarked(ast.unparse(_renamed(tree, kept, self._rng)), self._rng)

    def _chooses(self, form: str) -> bool:
        """Choose a form at a place: each hand has a leaning, and does not always follow it."""
        leaning = self._habits.setdefault(form, self._rng.betavariate(1, 1))
        return self._rng.random() < leaning


def disguise(source: str, kept: set[str], rng: random.Random) -> str:
    """Hide a copy: rename what can be renamed, move lines that may move, write other comments."""
    tree = ast.parse(source)
    for _ in range(SWAPS):
        bodies = [body for body in _bodies(tree) if len(body) > 1]
        if bodies:
            body = rng.choice(bodies)
            place = rng.randrange(len(body) - 1)
            if _may_swap(body[place], body[place + 1]):
                body[place], body[place + 1] = body[place + 1], body[place]
    return _remarked(ast.unparse(_renamed(tree, kept, rng)), rng)


class _Forms(ast.NodeTransformer):
    """Turns forms into others that mean the same, where `chooses` says so."""

    def __init__(self, chooses: Callable[[str], bool]) -> None:
        self._chooses = chooses
        self._number = 0

    def _name(self) -> str:
        self._number += 1
        return f"kept_{self._number}"

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) == 1 and type(node.ops[0]) in MIRRORED and self._chooses("mirror"):
            mirrored = MIRRORED[type(node.ops[0])]()
            return ast.Compare(node.comparators[0], [mirrored], [node.left])
        if (
            len(node.ops) == 2
            and isinstance(node.comparators[0], SIMPLE)
            and self._chooses("chain")
        ):
            first = ast.Compare(node.left, node.ops[:1], node.comparators[:1])
            second = ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])
            return ast.BoolOp(ast.And(), [first, second])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow) and isinstance(node.left, ast.Name):
            if isinstance(node.right, ast.Constant) and node.right.value == 2:
                if self._chooses("square"):
                    return ast.BinOp(node.left, ast.Mult(), node.left)
        numbers = [isinstance(side, ast.Constant) for side in (node.left, node.right)]
        plain = isinstance(node.op, ast.Mult | ast.Add) and any(numbers)
        if plain and not _has_text(node) and self._chooses("swap"):
            return ast.BinOp(node.right, node.op, node.left)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in SYMMETRIC and len(node.args) == 2 and not node.keywords:
            if not any(isinstance(one, ast.Starred) for one in node.args) and self._chooses("turn"):
                node.args.reverse()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        for place, one in enumerate(node.body[:-1]):
            if not isinstance(one, ast.If) or one.orelse:
                continue
            if isinstance(one.body[-1], ast.Return) and self._chooses("else after return"):
                one.orelse = node.body[place + 1 :]
                del node.body[place + 1 :]
                break
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if node.orelse and not isinstance(node.orelse[0], ast.If) and self._chooses("flip"):
            return ast.If(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        # An array of somebody else's may be changed in place: only what is spelled as a number.
        if isinstance(node.target, ast.Name) and isinstance(node.value, ast.Constant):
            if self._chooses("augment"):
                read = ast.Name(node.target.id, ast.Load())
                return ast.Assign([node.target], ast.BinOp(read, node.op, node.value))
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, SIMPLE):
            return node
        if isinstance(node.value, ast.IfExp) and self._chooses("ternary"):
            value = node.value
            return ast.If(value.test, [ast.Return(value.body)], [ast.Return(value.orelse)])
        if self._chooses("name before return"):
            name = self._name()
            kept = ast.Assign([ast.Name(name, ast.Store())], node.value)
            return [*self._split(kept), ast.Return(ast.Name(name, ast.Load()))]
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        return self._split(node)

    def _split(self, node: ast.Assign) -> list[ast.stmt]:
        """Write one assignment as several lines."""
        target, value = node.targets[0], node.value
        one = len(node.targets) == 1 and isinstance(target, ast.Name)
        if one and isinstance(value, ast.IfExp) and self._chooses("ternary"):
            yes, no = (ast.Assign(node.targets, part) for part in (value.body, value.orelse))
            return [ast.If(value.test, [yes], [no])]
        if one and isinstance(value, ast.ListComp) and self._chooses("loop"):
            loop = _loop(value, target.id, self._name) if isinstance(target, ast.Name) else None
            if loop:
                return loop
        if isinstance(value, ast.Call) and value.args and isinstance(value.args[0], ast.Call):
            if _is_dotted(value.func) and self._chooses("inner call"):
                return self._out_of(node, value.args)
        if isinstance(value, ast.BinOp) and isinstance(value.left, ast.Call | ast.BinOp):
            if self._chooses("operand"):
                name = self._name()
                before = ast.Assign([ast.Name(name, ast.Store())], value.left)
                value.left = ast.Name(name, ast.Load())
                return [*self._split(before), node]
        return [*self._parts(node), node]

    def _parts(self, node: ast.Assign) -> Iterator[ast.stmt]:
        """Name parts of a calculation that call nothing, so that nothing happens earlier."""
        for call in (one for one in _eager(node.value) if isinstance(one, ast.Call)):
            for place, argument in enumerate(call.args):
                if isinstance(argument, ast.BinOp) and _is_quiet(argument):
                    if self._chooses("part"):
                        name = self._name()
                        yield ast.Assign([ast.Name(name, ast.Store())], argument)
                        call.args[place] = ast.Name(name, ast.Load())

    def _out_of(self, node: ast.Assign, arguments: list[ast.expr]) -> list[ast.stmt]:
        name = self._name()
        before = ast.Assign([ast.Name(name, ast.Store())], arguments[0])
        arguments[0] = ast.Name(name, ast.Load())
        return [*self._split(before), node]


def _eager(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of an expression that are computed whatever comes."""
    lazy = (ast.Lambda, ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp)
    if not isinstance(node, (*lazy, ast.GeneratorExp)):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from _eager(child)


def _is_quiet(node: ast.AST) -> bool:
    quiet = (ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context, *SIMPLE)
    return all(isinstance(one, (*quiet, ast.Attribute)) for one in ast.walk(node))


def _has_text(node: ast.AST) -> bool:
    """Tell whether texts, lists or tuples may be joined here: their order counts."""
    constants = (one for one in ast.walk(node) if isinstance(one, ast.Constant))
    joined = any(isinstance(one, ast.List | ast.Tuple | ast.JoinedStr) for one in ast.walk(node))
    return joined or any(not isinstance(one.value, int | float) for one in constants)


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _loop(value: ast.ListComp, name: str, fresh: Callable[[], str]) -> list[ast.stmt] | None:
    """Write a list comprehension as a loop, if it has one variable of its own."""
    (generator, *others), reads = value.generators, _names(value.generators[0].iter)
    if others or not isinstance(generator.target, ast.Name) or name in _names(value) or not reads:
        return None
    if any(isinstance(one, ast.Lambda | ast.ListComp) and one is not value
           for one in ast.walk(value)):  # fmt: skip
        return None  # a function made in a loop would see the last value alone
    old, new = generator.target.id, fresh()
    for node in ast.walk(value):
        if isinstance(node, ast.Name) and node.id == old and node not in ast.walk(generator.iter):
            node.id = new
    append = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
    body: list[ast.stmt] = [ast.Expr(ast.Call(append, [value.elt], []))]
    for condition in reversed(generator.ifs):
        body = [ast.If(condition, body, [])]
    empty = ast.Assign([ast.Name(name, ast.Store())], ast.List([], ast.Load()))
    return [empty, ast.For(ast.Name(new, ast.Store()), generator.iter, body, [])]


def _renamed(tree: ast.Module, kept: set[str], rng: random.Random) -> ast.Module:
    """Give everything that a cell names by itself another name."""
    own = _own_names(tree) - kept
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | kept
    names = {}
    for old in sorted(own):
        new = "_".join(rng.sample(WORDS, rng.choice((1, 2))))
        while new in taken:
            new = f"{rng.choice(WORDS)}_{new}"
        taken.add(new)
        names[old] = new
    for node in ast.walk(tree):
        for field in ("id", "arg", "name"):
            if getattr(node, field, None) in names and not isinstance(node, ast.keyword):
                setattr(node, field, names[getattr(node, field)])
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [names.get(name, name) for name in node.names]
    return tree


def _own_names(tree: ast.Module) -> set[str]:
    """Return what may be renamed: neither imported, nor an argument that is passed by its name."""
    found, fixed = set(), set(dir(builtins))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.keyword) and node.arg:
            fixed.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            fixed |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        if isinstance(node, ast.ClassDef):
            fixed |= {node.name}
            fixed |= {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
            fixed |= {name for one in node.body for name in _names(one, ast.Store)}
    for node in tree.body:  # the arguments that the task names stay
        if isinstance(node, ast.FunctionDef):
            fixed |= {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    return found - fixed


def _names(node: ast.AST, kind: type[ast.expr_context] = ast.Load) -> set[str]:
    return {
        one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, kind)
    }


def _bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                yield body


def _may_swap(one: ast.stmt, other: ast.stmt) -> bool:
    """Tell whether two lines may change places: assignments to names that the other leaves alone.

    Calls may draw random numbers, whose order counts.
    """
    if not (isinstance(one, ast.Assign) and isinstance(other, ast.Assign)):
        return False
    if any(isinstance(node, ast.Call | ast.Subscript) for node in ast.walk(other)):
        return False
    mine, yours = (_names(part, ast.Store) for part in (one, other))
    plain = all(isinstance(target, ast.Name) for part in (one, other) for target in part.targets)
    return plain and not (mine & (yours | _names(other)) or yours & _names(one))


def _remarked(source: str, rng: random.Random) -> str:
    """Put comments and empty lines into a text."""
    lines = []
    for line in source.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() and indent and rng.random() < 0.15:
            lines.append(f"{indent}# {rng.choice(COMMENTS)}")
        lines.append(line)
    text = "\n".join(lines)
    return text if _same(text, source) else source  # a line within a text of several lines


def _same(one: str, other: str) -> bool:
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
