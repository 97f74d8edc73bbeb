"""How NumPy's arrays and scalars travel (see `wire`); imported only where a value needs NumPy.

Arrays of numbers, texts, bytes, dates and booleans travel as one buffer in C order, whatever
subclass they were; structured arrays field by field; object arrays element by element. A buffer's
contents are checked as well as its length: a boolean that is neither 0 nor 1, or a character that
Unicode does not have, would be a value that no program can make and no test expects.
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from labkit.grading.trusted.wire import (
    MAX_FIELDS,
    Decoder,
    Encoder,
    Node,
    Read,
    Unsupported,
    WireError,
    Write,
    shape,
    text,
)

# As `dtype.str` gives them. A text's length is bounded by its buffer, which must hold it.
_CODE = re.compile(
    r"\|b1|[|<>][iu][1248]|[<>]f(2|4|8|12|16)|[<>]c(8|16|24|32)|\|S[1-9]\d{0,8}|[<>]U[1-9]\d{0,7}"
    r"|[<>][mM]8(\[\d{0,9}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?",
    re.ASCII,
)
_LAST_CHARACTER = 0x10FFFF
MAX_EMPTY_ITEM = 2**16
"""Bytes of one item of an array that has none: NumPy may reserve that much for nothing."""


def data_type(node: Node) -> np.dtype[Any]:
    """Return the simple data type that a node names; WireError unless it is in the closed list."""
    return np.dtype(text(node, _CODE))


def _write_array(encoder: Encoder, value: np.ndarray, depth: int) -> Node:
    """Return the node of an array of any subclass; raises Unsupported for other contents."""
    array = np.ndarray.view(value, np.ndarray) if type(value) is not np.ndarray else value
    if array.dtype.kind == "O":
        return _write_objects(encoder, array, depth)
    if array.dtype.names is not None:
        return _write_structured(encoder, array, depth)
    code = array.dtype.str
    if array.dtype.kind in "SU" and not array.dtype.itemsize:
        array = array.astype(f"{array.dtype.kind}1")
        code = array.dtype.str
    if not _CODE.fullmatch(code):
        raise Unsupported(code)
    # A broadcast array is larger than the memory it occupies.
    encoder.expect(array.size * array.itemsize)
    encoder.put(array.tobytes())
    return ["numpy.array", code, list(array.shape)]


def _read_array(decoder: Decoder, node: list[Node], depth: int) -> np.ndarray:
    code, lengths = node
    kind, axes = data_type(code), shape(lengths)
    buffer = decoder.take(math.prod(axes) * kind.itemsize)
    if kind.itemsize > max(len(buffer), MAX_EMPTY_ITEM):
        raise WireError(f"an empty array of items of {kind.itemsize:,} bytes")
    # A copy, because an array over the frame would be read-only or unaligned.
    array = np.frombuffer(bytearray(buffer), kind) if len(buffer) else np.empty(0, kind)
    return _sound(array).reshape(axes)


def _sound(array: np.ndarray) -> np.ndarray:
    """Return a flat array whose items are possible ones, or raise WireError."""
    kind = array.dtype.kind
    if kind == "b" and array.size and array.view(np.uint8).max() > 1:
        raise WireError("a boolean array with an item that is neither true nor false")
    if kind == "U" and array.size:
        if array.view(f"{array.dtype.str[0]}u4").max() > _LAST_CHARACTER:
            raise WireError("a text array with a character that does not exist")
    if array.dtype.str[1:] in ("f16", "c32", "f12", "c24"):
        # Extended precision has bit patterns that are no number; arithmetic makes NaN of them.
        with np.errstate(all="ignore"):
            return (array * array.dtype.type(1)).astype(array.dtype, copy=False)
    return array


def _write_objects(encoder: Encoder, array: np.ndarray, depth: int) -> Node:
    encoder.expect(array.size)
    return ["numpy.objects", list(array.shape), encoder.encode(_flat(array), depth)]


def _flat(array: np.ndarray) -> list[object]:
    """Return an object array's elements in C order."""
    return np.ndarray.tolist(np.ndarray.ravel(array))


def _read_objects(decoder: Decoder, node: list[Node], depth: int) -> np.ndarray:
    lengths, elements = node
    axes, items = shape(lengths), decoder.one(elements, depth, list)
    if math.prod(axes) != len(items):
        raise WireError(f"an object array of shape {axes} with {len(items)} elements")
    array = np.empty(len(items), object)
    # One by one: NumPy would look into sequences.
    for index, item in enumerate(items):
        array[index] = item
    return array.reshape(axes)


def _write_structured(encoder: Encoder, array: np.ndarray, depth: int) -> Node:
    names = array.dtype.names or ()
    if not 0 < len(names) <= MAX_FIELDS:
        raise Unsupported("fields")
    node: list[Node] = ["numpy.structured", list(array.shape)]
    for name in names:
        node += [name, encoder.part(array[name], depth)]
    return node


def _read_structured(decoder: Decoder, node: list[Node], depth: int) -> np.ndarray:
    axes, names = shape(node[0]), node[1::2]
    if len(names) > MAX_FIELDS or len(set(map(text, names))) != len(names):
        raise WireError("a structured array with too many fields or two of one name")
    fields = [decoder.one(field, depth, np.ndarray) for field in node[2::2]]
    if not fields or any(field.shape[: len(axes)] != axes for field in fields):
        raise WireError("a structured array with a field of another shape, or with none")
    kinds = [
        (name, field.dtype, field.shape[len(axes) :])
        for name, field in zip(names, fields, strict=True)
    ]
    array = np.empty(axes, kinds)
    for name, field in zip(names, fields, strict=True):
        array[name] = field
    return array


def _write_record(encoder: Encoder, value: np.void, depth: int) -> Node:
    if np.void.dtype.__get__(value).names is None:
        raise Unsupported("a block of bytes")
    return ["numpy.record", encoder.part(np.asarray(value), depth)]


def _read_record(decoder: Decoder, node: list[Node], depth: int) -> np.void:
    (inner,) = node
    array = decoder.one(inner, depth, np.ndarray)
    if array.ndim or array.dtype.names is None:
        raise WireError("a record that is no single one")
    return array[()]


def _write_masked(encoder: Encoder, value: np.ma.MaskedArray, depth: int) -> Node:
    if value is np.ma.masked:
        return ["numpy.nothing"]
    data = encoder.part(np.ma.getdata(value, subok=False), depth)
    if data[0] != "numpy.array":
        raise Unsupported("a masked array of objects or records")
    mask = np.ma.getmask(value)
    return [
        "numpy.masked",
        data,
        None if mask is np.ma.nomask else encoder.encode(mask, depth),
        encoder.encode(value.fill_value, depth),
    ]


def _read_masked(decoder: Decoder, node: list[Node], depth: int) -> np.ma.MaskedArray:
    data_node, mask_node, fill_node = node
    data = decoder.one(data_node, depth, np.ndarray)
    mask = None if mask_node is None else decoder.one(mask_node, depth, np.ndarray)
    if (
        data.dtype.kind in "OV"
        or mask is not None
        and (mask.dtype, mask.shape) != (bool, data.shape)
    ):
        raise WireError("a masked array whose mask does not fit its data")
    fill = decoder.decode(fill_node, depth)
    return np.ma.MaskedArray(data, np.ma.nomask if mask is None else mask, fill_value=fill)


def _read_nothing(decoder: Decoder, node: list[Node], depth: int) -> Any:
    return np.ma.masked


def _write_scalar(encoder: Encoder, value: np.generic, depth: int) -> Node:
    code = np.generic.dtype.__get__(value).str
    if not _CODE.fullmatch(code):
        raise Unsupported(code)
    return ["numpy.scalar", code, np.generic.tobytes(value).hex()]


def _read_scalar(decoder: Decoder, node: list[Node], depth: int) -> Any:
    code, digits = node
    kind, data = data_type(code), bytes.fromhex(text(digits))
    if len(data) != kind.itemsize or kind.kind in "SU":
        raise WireError(f"a NumPy scalar of kind {code} made of {len(data)} bytes")
    return _sound(np.frombuffer(data, kind))[0]


def _write_str(encoder: Encoder, value: np.str_, depth: int) -> Node:
    return ["numpy.str", encoder.encode(str.__str__(value), depth)]


def _read_str(decoder: Decoder, node: list[Node], depth: int) -> np.str_:
    (characters,) = node
    return np.str_(decoder.one(characters, depth, str))


def _write_bytes(encoder: Encoder, value: np.bytes_, depth: int) -> Node:
    return ["numpy.bytes", encoder.encode(bytes.__bytes__(value), depth)]


def _read_bytes(decoder: Decoder, node: list[Node], depth: int) -> np.bytes_:
    (data,) = node
    return np.bytes_(decoder.one(data, depth, bytes))


def _write_data_type(encoder: Encoder, value: np.dtype[Any], depth: int) -> Node:
    if value.kind == "O":
        return ["numpy.dtype", "O"]
    if not _CODE.fullmatch(value.str):
        raise Unsupported(value.str)
    return ["numpy.dtype", value.str]


def _read_data_type(decoder: Decoder, node: list[Node], depth: int) -> np.dtype[Any]:
    (code,) = node
    return np.dtype(object) if code == "O" else data_type(code)


def _scalar_types() -> set[type]:
    return {kind for kind in np.sctypeDict.values() if kind not in (np.object_, np.void)}


WRITERS: dict[type, Write] = {
    **dict.fromkeys(_scalar_types(), _write_scalar),
    np.str_: _write_str,
    np.bytes_: _write_bytes,
    np.void: _write_record,
    np.ndarray: _write_array,
    np.ma.MaskedArray: _write_masked,
    np.dtype: _write_data_type,
}

READERS: dict[str, Read] = {
    "numpy.array": _read_array,
    "numpy.objects": _read_objects,
    "numpy.structured": _read_structured,
    "numpy.record": _read_record,
    "numpy.masked": _read_masked,
    "numpy.nothing": _read_nothing,
    "numpy.scalar": _read_scalar,
    "numpy.str": _read_str,
    "numpy.bytes": _read_bytes,
    "numpy.dtype": _read_data_type,
}
