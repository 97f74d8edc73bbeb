"""How NumPy's polynomials travel (see `wire`): by their coefficients, domain and window."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.polynomial as npp

from labkit.grading.trusted.wire import Decoder, Encoder, Node, Read, WireError, Write, text

_SERIES = {
    kind.__name__: kind
    for kind in (
        npp.Polynomial,
        npp.Chebyshev,
        npp.Legendre,
        npp.Laguerre,
        npp.Hermite,
        npp.HermiteE,
    )
}
MOST_COEFFICIENTS = 10_000


def _write_series(name: str) -> Write:
    def write(encoder: Encoder, value: Any, depth: int) -> Node:
        parts = (value.coef, value.domain, value.window)
        return ["polynomial.series", name, *encoder.all(map(np.asarray, parts), depth)]

    return write


def _read_series(decoder: Decoder, node: list[Node], depth: int) -> Any:
    name, *parts = node
    coefficients, domain, window = (_numbers(decoder, part, depth) for part in parts)
    return _SERIES[text(name)](coefficients, domain, window)


def _write_poly1d(encoder: Encoder, value: np.poly1d, depth: int) -> Node:
    return ["polynomial.old", encoder.encode(np.asarray(value.coeffs), depth)]


def _read_poly1d(decoder: Decoder, node: list[Node], depth: int) -> np.poly1d:
    (coefficients,) = node
    return np.poly1d(_numbers(decoder, coefficients, depth))


def _numbers(decoder: Decoder, node: Node, depth: int) -> np.ndarray:
    array = decoder.one(node, depth, np.ndarray)
    if array.ndim != 1 or array.dtype.kind not in "iufc" or array.size > MOST_COEFFICIENTS:
        raise WireError("a polynomial whose coefficients are no short row of numbers")
    return array


WRITERS: dict[type, Write] = {
    **{kind: _write_series(name) for name, kind in _SERIES.items()},
    np.poly1d: _write_poly1d,
}

READERS: dict[str, Read] = {
    "polynomial.series": _read_series,
    "polynomial.old": _read_poly1d,
}
