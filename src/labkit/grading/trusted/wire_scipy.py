"""How SciPy's sparse matrices and arrays travel (see `wire`); imported only where one needs it.

Compressed rows, compressed columns and coordinates travel by their parts; every other format as
compressed rows. All indices are checked, because SciPy's compiled code trusts them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse

from labkit.grading.trusted.wire import (
    Decoder,
    Encoder,
    Node,
    Read,
    Unsupported,
    WireError,
    Write,
    integer,
    text,
)

_COMPRESSED = {
    name: getattr(scipy.sparse, name)
    for name in ("csr_matrix", "csc_matrix", "csr_array", "csc_array")
}
_COORDINATES = {name: getattr(scipy.sparse, name) for name in ("coo_matrix", "coo_array")}
_OTHERS = tuple(
    getattr(scipy.sparse, f"{name}_{kind}")
    for name in ("bsr", "dia", "dok", "lil")
    for kind in ("matrix", "array")
)


def _write_compressed(name: str) -> Write:
    def write(encoder: Encoder, value: Any, depth: int) -> Node:
        parts = (value.data, value.indices, value.indptr)
        return _node(encoder, name, value.shape, parts, depth)

    return write


def _write_coordinates(name: str) -> Write:
    def write(encoder: Encoder, value: Any, depth: int) -> Node:
        return _node(encoder, name, value.shape, (value.data, *value.coords), depth)

    return write


def _write_other(encoder: Encoder, value: Any, depth: int) -> Node:
    if len(value.shape) != 2:
        raise Unsupported("a sparse array that is no matrix")
    rows = value.tocsr()
    name = "csr_array" if isinstance(rows, scipy.sparse.sparray) else "csr_matrix"
    return _write_compressed(name)(encoder, rows, depth)


def _node(
    encoder: Encoder, name: str, lengths: tuple[int, ...], parts: tuple[Any, ...], depth: int
) -> Node:
    if len(lengths) != 2:
        raise Unsupported("a sparse array that is no matrix")
    arrays = [encoder.part(part, depth) for part in parts]
    return ["scipy.sparse", name, *map(int, lengths), *arrays]


def _read_sparse(decoder: Decoder, node: list[Node], depth: int) -> Any:
    name, rows, columns, *parts = node
    lengths = (integer(rows, 0), integer(columns, 0))
    data, first, second = (decoder.one(part, depth, np.ndarray) for part in parts)
    if {data.ndim, first.ndim, second.ndim} != {1} or data.dtype.kind not in "biufc":
        raise WireError("a sparse matrix whose parts are no lists of numbers")
    if first.dtype.kind not in "iu" or second.dtype.kind not in "iu":
        raise WireError("a sparse matrix whose indices are no integers")
    if text(name) in _COORDINATES:
        _refuse_outside(first, lengths[0])
        _refuse_outside(second, lengths[1])
        return _COORDINATES[name]((data, (first, second)), shape=lengths)
    if name not in _COMPRESSED:
        raise WireError("a sparse matrix of no known format")
    _refuse_outside(first, lengths[1] if name.startswith("csr") else lengths[0])
    matrix = _COMPRESSED[name]((data, first, second), shape=lengths)
    matrix.check_format(full_check=True)
    return matrix


def _refuse_outside(indices: np.ndarray, length: int) -> None:
    if indices.size and not 0 <= indices.min() <= indices.max() < length:
        raise WireError("a sparse matrix with an index outside its shape")


WRITERS: dict[type, Write] = {
    **{kind: _write_compressed(name) for name, kind in _COMPRESSED.items()},
    **{kind: _write_coordinates(name) for name, kind in _COORDINATES.items()},
    **dict.fromkeys(_OTHERS, _write_other),
}

READERS: dict[str, Read] = {"scipy.sparse": _read_sparse}
