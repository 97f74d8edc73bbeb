"""How SymPy's expressions travel (see `wire`): as trees of a closed list of kinds.

They are put together again without being evaluated, so that nobody can send a power or a factorial
that takes for ever to work out.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.relational import Relational

from labkit.grading.trusted.wire import (
    MAX_DIGITS,
    Decoder,
    Encoder,
    Node,
    Read,
    Unsupported,
    WireError,
    Write,
    text,
)

_CONSTANTS = {
    name: getattr(sympy, name)
    for name in ("pi", "E", "I", "oo", "zoo", "nan", "GoldenRatio", "EulerGamma", "true", "false")
} | {"-oo": -sympy.oo}
_FUNCTIONS = {
    name: kind
    for name in (
        "Abs acos acosh asin asinh atan atan2 atanh ceiling cos cosh cot erf exp factorial floor "
        "gamma log Max Min sign sin sinc sinh tan tanh re im conjugate Heaviside"
    ).split()
    if isinstance(kind := getattr(sympy, name), type)
}
_OPERATIONS = {"Add": sympy.Add, "Mul": sympy.Mul, "Pow": sympy.Pow} | {
    name: getattr(sympy, name) for name in ("Eq", "Ne", "Lt", "Le", "Gt", "Ge")
}
_NAMES = {kind: name for name, kind in (_OPERATIONS | _FUNCTIONS).items()}


def _write(encoder: Encoder, value: Any, depth: int) -> Node:
    for name, constant in _CONSTANTS.items():
        if value is constant:
            return ["sympy.constant", name]
    if isinstance(value, sympy.Integer):
        return ["sympy.integer", _digits(value)]
    if isinstance(value, sympy.Rational):
        return ["sympy.rational", _digits(value.p), _digits(value.q)]
    if isinstance(value, sympy.Float):
        return ["sympy.float", str(value), value._prec]
    if type(value) is sympy.Symbol:
        assumed = {str(k): v for k, v in value._assumptions_orig.items() if type(v) is bool}
        return ["sympy.symbol", *encoder.all((value.name, assumed), depth)]
    name = _NAMES.get(type(value), "")
    if not name:
        raise Unsupported(type(value).__name__)
    return ["sympy.tree", name, *(encoder.part(part, depth) for part in value.args)]


def _digits(number: Any) -> str:
    digits = str(int(number))
    if len(digits) > MAX_DIGITS:
        raise WireError(f"a number has more than {MAX_DIGITS:,} digits")
    return digits


def _read_constant(decoder: Decoder, node: list[Node], depth: int) -> Any:
    (name,) = node
    return _CONSTANTS[text(name)]


def _read_integer(decoder: Decoder, node: list[Node], depth: int) -> Any:
    (digits,) = node
    return sympy.Integer(_integer(digits))


def _read_rational(decoder: Decoder, node: list[Node], depth: int) -> Any:
    above, below = map(_integer, node)
    if not below:
        raise WireError("a fraction over nothing")
    return sympy.Rational(above, below)


def _integer(node: Node) -> int:
    if len(text(node)) > MAX_DIGITS + 1:
        raise WireError(f"a number has more than {MAX_DIGITS:,} digits")
    return int(node)


def _read_float(decoder: Decoder, node: list[Node], depth: int) -> Any:
    digits, precision = node
    if type(precision) is not int or not 0 < precision < 10_000 or len(text(digits)) > MAX_DIGITS:
        raise WireError("a number of an odd precision")
    return sympy.Float(digits, precision=precision)


def _read_symbol(decoder: Decoder, node: list[Node], depth: int) -> Any:
    name, assumed = decoder.all(node, depth)
    if type(name) is not str or type(assumed) is not dict:
        raise WireError("a symbol without a name")
    if not all(type(k) is str and type(v) is bool for k, v in assumed.items()):
        raise WireError("a symbol of which nobody knows what is assumed")
    return sympy.Symbol(name, **assumed)


def _read_tree(decoder: Decoder, node: list[Node], depth: int) -> Any:
    name, *parts = node
    kind = (_OPERATIONS | _FUNCTIONS)[text(name)]
    arguments = decoder.all(parts, depth)
    if not all(isinstance(part, sympy.Basic) for part in arguments):
        raise WireError("an expression with a part that is none")
    return kind(*arguments, evaluate=False)


WRITERS: dict[type, Write] = {
    kind: _write for kind in (sympy.Expr, Relational, sympy.logic.boolalg.BooleanAtom)
}

READERS: dict[str, Read] = {
    "sympy.constant": _read_constant,
    "sympy.integer": _read_integer,
    "sympy.rational": _read_rational,
    "sympy.float": _read_float,
    "sympy.symbol": _read_symbol,
    "sympy.tree": _read_tree,
}
