"""The format in which values travel between the learner's process and the trusted one.

A frame carries one message, a few named fields with arbitrary values, as a JSON header and a
binary body. The set of types is closed, nothing is ever unpickled or evaluated, and whatever bytes
arrive, `decode` returns exact values of these types or raises `WireError`. A subclass of a value
type travels as its base, read by the base's own methods, so that nothing it overrides is asked.
An object of any other type is described by the caller's `refer` and made into something by the
receiver's `resolve`: what references and messages mean is the business of the bridge and the
evaluator, and how long a decoding may last is that of their limits. The types of NumPy, torch,
SciPy and pandas stand in the modules `wire_*` beside this one, which are imported only when a
value needs them.

A frame is the magic word ``LKW1``, the header's length (4 bytes, big-endian), the body's length
(8 bytes), the header and the body. In the header, null, true, false, numbers and short texts stand
for themselves; every other value is a list that begins with the name of its kind. Buffers lie in
the body in the order in which the header mentions them, each exactly once, so a frame never
describes more data than it holds.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import functools
import importlib
import json
import math
import pathlib
import re
import socket
import struct
import sys
import time
import uuid
import zoneinfo
from collections.abc import Callable, Iterable, Mapping
from typing import Any

MAGIC = b"LKW1"
"""Opens every frame; the digit is the version of the format."""
MAX_FRAME = 64 * 2**20
"""Bytes of a whole frame."""
MAX_HEADER = 8 * 2**20
"""Bytes of a frame's header: parsed JSON takes about twenty times its text."""
MAX_DEPTH = 40
"""Containers around a value."""
MAX_NODES = 200_000
"""Values in a message. A long list of plain numbers counts as one."""
MAX_DIGITS = 4_000
"""Decimal digits of an integer, a fraction's part or a Decimal."""
MAX_FIELDS = 100
"""Fields of a namedtuple, and distinct namedtuples in a message."""
MAX_ALIKE = 100
"""Keys of a dict or elements of a set with one hash: more would make it quadratically slow."""

_PREFIX = struct.Struct(">4sIQ")
_MAX_BITS = math.floor(MAX_DIGITS * math.log2(10))
_INT64 = 2**63
_SHORT_TEXT = 32
_MANY_NUMBERS = 32

Node = Any
"""What stands in the header for a value: JSON."""
Refer = Callable[[object], dict[str, Any]]
Resolve = Callable[[dict[str, Any]], object]


class WireError(ValueError):
    """A value that cannot travel, or bytes that are no message; the text says which and why."""


class ConnectionClosed(ConnectionError):
    """The other side is gone, and no frame was under way."""


class Unsupported(Exception):
    """Raised by an encoder: this value's type is known, its contents are not; refer to it."""


# ---------------------------------------------------------------------------------- frames


def send(sock: socket.socket, frame: bytes, deadline: float | None = None) -> None:
    """Send one whole frame, as made by `encode`.

    `deadline` is a reading of `time.monotonic()`; past it, TimeoutError is raised.
    Raises ConnectionClosed when nobody is left to read.
    """
    try:
        sock.settimeout(_remaining(deadline))
        sock.sendall(frame)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise ConnectionClosed("the other process no longer reads") from error


def receive(
    sock: socket.socket, limit: int = MAX_FRAME, deadline: float | None = None
) -> bytearray:
    """Receive one whole frame of at most `limit` bytes, for `decode`.

    Raises ConnectionClosed when the other side is gone before the frame's first byte, WireError
    when what it sends is no frame, ends too early or announces more than `limit`, TimeoutError
    past `deadline` (a reading of `time.monotonic()`) however slowly bytes still arrive.
    """
    prefix = _receive_exactly(sock, _PREFIX.size, deadline)
    if not prefix:
        raise ConnectionClosed("the other process has closed the connection")
    header, body = _lengths(prefix, limit)
    rest = _receive_exactly(sock, header + body, deadline)
    if len(prefix) + len(rest) < _PREFIX.size + header + body:
        raise WireError(
            f"the connection ended after {len(rest):,} of {header + body:,} announced bytes"
        )
    return prefix + rest


def _receive_exactly(sock: socket.socket, size: int, deadline: float | None) -> bytearray:
    """Return `size` bytes, or fewer if the other side closes before."""
    data = bytearray(size)
    view, filled = memoryview(data), 0
    while filled < size:
        try:
            sock.settimeout(_remaining(deadline))
            count = sock.recv_into(view[filled:])
        except ConnectionResetError:
            count = 0
        if not count:
            break
        filled += count
    view.release()
    del data[filled:]
    return data


def _remaining(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError("the other process has not answered in time")
    return remaining


def _lengths(prefix: bytes | bytearray | memoryview, limit: int) -> tuple[int, int]:
    """Return the lengths of header and body that a frame announces, within the limits."""
    if len(prefix) < _PREFIX.size:
        raise WireError(f"a frame of {len(prefix)} bytes is too short to be one")
    magic, header, body = _PREFIX.unpack_from(prefix)
    if magic != MAGIC:
        raise WireError(f"a frame begins with {magic!r} where {MAGIC!r} was expected")
    if header > MAX_HEADER or _PREFIX.size + header + body > limit:
        raise WireError(_too_large(limit))
    return header, body


def _too_large(limit: int) -> str:
    return f"the value is too large: more than {limit / 2**20:g} MB in all, or in too many parts"


# ---------------------------------------------------------------------------------- encoding


def encode(message: Mapping[str, Any], refer: Refer) -> bytes:
    """Return the frame that carries a message, a mapping of field names to arbitrary values.

    `refer` is asked for a JSON-able description of every object that is no plain value. Raises
    WireError if a value is too large, too deep (or contains itself), or has too many parts.
    """
    encoder = Encoder(refer)
    fields = [[name, encoder.encode(value, 0)] for name, value in message.items()]
    header = _TO_JSON.encode(fields).encode("utf-8", "surrogatepass")
    size = _PREFIX.size + len(header) + encoder.size
    if len(header) > MAX_HEADER or size > MAX_FRAME:
        raise WireError(_too_large(MAX_FRAME))
    return b"".join((_PREFIX.pack(MAGIC, len(header), encoder.size), header, *encoder.buffers))


# Nodes are trees by construction: looking for cycles again would only cost time.
_TO_JSON = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
)


class Encoder:
    """Turns values into nodes and collects their buffers; one for each message."""

    def __init__(self, refer: Refer) -> None:
        self.buffers: list[bytes | memoryview] = []
        self.size = 0
        self._refer = refer
        self._nodes = 0

    def encode(self, value: object, depth: int) -> Node:
        """Return the node of a value inside `depth` containers."""
        self.count(1)
        kind = type(value)
        if value is None or kind is bool:
            return value
        if depth > MAX_DEPTH:
            raise WireError(
                f"the value is nested more than {MAX_DEPTH} levels deep: does it contain itself?"
            )
        buffers, size = len(self.buffers), self.size
        write = _writer(kind)
        if write is not None:
            try:
                return write(self, value, depth + 1)
            except Unsupported:
                del self.buffers[buffers:]
                self.size = size
        return ["reference", self._refer(value)]

    def all(self, values: Iterable[object], depth: int) -> list[Node]:
        """Return the nodes of several values."""
        return [self.encode(value, depth) for value in values]

    def count(self, nodes: int) -> None:
        """Note that `nodes` values more are to travel."""
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise WireError(f"the value consists of more than {MAX_NODES:,} parts")

    def expect(self, size: int) -> None:
        """Raise WireError unless `size` bytes more fit: to be asked before making them."""
        if self.size + size > MAX_FRAME:
            raise WireError(_too_large(MAX_FRAME))

    def put(self, buffer: bytes | memoryview) -> int:
        """Append a buffer to the body and return its size in bytes."""
        size = len(buffer)
        self.expect(size)
        self.buffers.append(buffer)
        self.size += size
        return size


Write = Callable[[Encoder, Any, int], Node]

# By the identity of a type, for a metaclass may define how its classes compare and hash.
_writers: dict[int, Write] = {}
_KEEP_ALIVE: list[type] = []
mro = type.__dict__["__mro__"].__get__
"""The bases of a type, whatever its metaclass says of them."""


def _writer(kind: type) -> Write | None:
    """Return what encodes values of a type or of its nearest base that is a value type."""
    write = _writers.get(id(kind))
    if write is not None:
        return write
    _add_loaded_libraries()
    for base in mro(kind):
        write = _writers.get(id(base))
        if write is not None:
            return write
    return None


def _add_writers(writers: Mapping[type, Write]) -> None:
    for kind, write in writers.items():
        _writers[id(kind)] = write
        _KEEP_ALIVE.append(kind)


_LIBRARIES = {
    "numpy": "wire_numpy",
    "torch": "wire_torch",
    "scipy": "wire_scipy",
}
_added: set[str] = set()
# A library's part that must have been imported before values of its types can exist.
_SIGNS = {"numpy": "numpy", "torch": "torch", "scipy": "scipy.sparse"}


def _add_loaded_libraries() -> None:
    """Learn the types of the libraries that this process has imported since."""
    for library, sign in _SIGNS.items():
        if library not in _added and sign in sys.modules:
            _add_library(library)


def _add_library(library: str) -> None:
    module = importlib.import_module(f"{__package__}.{_LIBRARIES[library]}")
    _add_writers(module.WRITERS)
    _READERS.update(module.READERS)
    _added.add(library)


# ---------------------------------------------------------------------------------- decoding


def decode(frame: bytes | bytearray | memoryview, resolve: Resolve) -> dict[str, Any]:
    """Return the message that a frame carries, its fields in the order they were given.

    `resolve` is given the description of every object that travelled by reference and returns
    what takes its place. Raises WireError, and nothing else, whatever the bytes.
    """
    view = memoryview(frame)
    header, body = _lengths(view, MAX_FRAME)
    if len(view) != _PREFIX.size + header + body:
        raise WireError(
            f"a frame of {len(view):,} bytes announces {_PREFIX.size + header + body:,}"
        )
    try:
        text = str(view[_PREFIX.size : _PREFIX.size + header], "utf-8", "surrogatepass")
        decoder = Decoder(view[_PREFIX.size + header :], resolve)
        message = {}
        for name, node in _FROM_JSON.decode(text):
            if type(name) is not str or name in message:
                raise WireError(f"the field {_shortened(name)} is no name or comes twice")
            message[name] = decoder.decode(node, 0)
        decoder.finish()
    except WireError:
        raise
    except Exception as error:
        # Constructors of every library are called here, with data made to break them.
        raise WireError(f"no valid message: {type(error).__name__}: {_shortened(error)}") from error
    return message


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


class Decoder:
    """Turns nodes into values, taking their buffers from the body; one for each message."""

    def __init__(self, body: memoryview, resolve: Resolve) -> None:
        self.kinds: set[tuple[str, ...]] = set()
        self._body = body
        self._position = 0
        self._nodes = 0
        self._resolve = resolve

    def decode(self, node: Node, depth: int) -> Any:
        """Return the value of a node inside `depth` containers."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise WireError(f"the message consists of more than {MAX_NODES:,} parts")
        if type(node) is not list:
            return _plain(node)
        if depth > MAX_DEPTH:
            raise WireError(f"the message is nested more than {MAX_DEPTH} levels deep")
        kind = text(node[0])
        if kind == "reference":
            if len(node) != 2 or type(node[1]) is not dict:
                raise WireError("a reference that refers to nothing")
            return self._resolve(node[1])
        return _reader(kind)(self, node[1:], depth + 1)

    def all(self, nodes: list[Node], depth: int) -> list[Any]:
        """Return the values of several nodes."""
        return [self.decode(node, depth) for node in nodes]

    def one(self, node: Node, depth: int, *kinds: type) -> Any:
        """Return the value of a node that must be of one of these exact types."""
        value = self.decode(node, depth)
        if type(value) not in kinds:
            raise WireError(f"a {type(value).__name__} where it has no place")
        return value

    def take(self, size: int) -> memoryview:
        """Return the body's next `size` bytes."""
        start, end = self._position, self._position + integer(size)
        if not start <= end <= len(self._body):
            raise WireError(f"a buffer of {size:,} bytes lies outside the message")
        self._position = end
        return self._body[start:end]

    def finish(self) -> None:
        """Raise WireError if the body has bytes that no value used."""
        if self._position != len(self._body):
            raise WireError(f"{len(self._body) - self._position:,} bytes belong to no value")


Read = Callable[[Decoder, list[Node], int], Any]


def _reader(kind: str) -> Read:
    """Return what decodes nodes of a kind, importing the library it belongs to if necessary."""
    read = _READERS.get(kind)
    if read is None:
        library = kind.partition(".")[0]
        if library in _LIBRARIES and library not in _added:
            try:
                _add_library(library)
            except ImportError as error:
                raise WireError(f"a value needs {library}, which is not installed") from error
            read = _READERS.get(kind)
    if read is None:
        raise WireError(f"{_shortened(repr(kind))} is no kind of value")
    return read


def _plain(node: Node) -> Any:
    if node is None or type(node) in (bool, int, float, str):
        return node
    raise WireError(f"a {type(node).__name__} where a value was expected")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object as a dict; only references contain any."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WireError("a reference names the same thing twice")
    return found


def _parse_integer(digits: str) -> int:
    if len(digits) > 20 or not -_INT64 <= (value := int(digits)) < _INT64:
        raise WireError(f"{_shortened(digits)} is too long for a plain integer")
    return value


def _parse_constant(name: str) -> float:
    raise WireError(f"{name} is no JSON")


_FROM_JSON = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_int=_parse_integer, parse_constant=_parse_constant
)


# -------------------------------------------------------------- checks that all readers share


def integer(node: Node, low: int = -_INT64, high: int = _INT64) -> int:
    """Return a node that must be an integer from `low` to below `high`."""
    if type(node) is not int or not low <= node < high:
        raise WireError(f"{_shortened(repr(node))} where an integer was expected")
    return node


def text(node: Node, pattern: re.Pattern[str] | None = None) -> str:
    """Return a node that must be a text, and match the whole of `pattern` if one is given."""
    if type(node) is not str or (pattern is not None and not pattern.fullmatch(node)):
        raise WireError(f"{_shortened(repr(node))} is not what should stand there")
    return node


def flag(node: Node) -> bool:
    """Return a node that must be true or false."""
    if type(node) is not bool:
        raise WireError(f"{_shortened(repr(node))} where true or false was expected")
    return node


def shape(node: Node) -> tuple[int, ...]:
    """Return a node that must be an array's shape.

    A single length may not exceed a frame's size, not even beside a length of zero.
    """
    if type(node) is not list or len(node) > 32:
        raise WireError("an array with no shape or with more than 32 axes")
    return tuple(integer(length, 0, MAX_FRAME) for length in node)


def zone_name(node: Node) -> str:
    """Return a node that must be the name of a time zone, and no path out of their folder."""
    return text(node, _ZONE_NAME)


_ZONE_NAME = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,3}", re.ASCII)


# ---------------------------------------------------------------------------------- numbers


def _write_int(encoder: Encoder, value: int, depth: int) -> Node:
    number = int.__int__(value)
    if -_INT64 <= number < _INT64:
        return number
    if number.bit_length() > _MAX_BITS:
        raise WireError(f"an integer has more than {MAX_DIGITS:,} digits")
    return ["int", f"{number:x}"]


_HEXADECIMAL = re.compile(rf"-?[0-9a-f]{{1,{_MAX_BITS // 4 + 1}}}", re.ASCII)


def _read_int(decoder: Decoder, node: list[Node], depth: int) -> int:
    (digits,) = node
    return int(text(digits, _HEXADECIMAL), 16)


def _write_float(encoder: Encoder, value: float, depth: int) -> Node:
    number = float.__float__(value)
    return number if math.isfinite(number) else ["float", repr(number)]


def _read_float(decoder: Decoder, node: list[Node], depth: int) -> float:
    (name,) = node
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[text(name)]


def _write_complex(encoder: Encoder, value: complex, depth: int) -> Node:
    number = complex.__complex__(value)
    return ["complex", *encoder.all((number.real, number.imag), depth)]


def _read_complex(decoder: Decoder, node: list[Node], depth: int) -> complex:
    real, imaginary = (decoder.one(part, depth, float) for part in node)
    return complex(real, imaginary)


def _write_decimal(encoder: Encoder, value: decimal.Decimal, depth: int) -> Node:
    digits = decimal.Decimal.__str__(value)
    if len(digits) > MAX_DIGITS:
        raise WireError(f"a Decimal has more than {MAX_DIGITS:,} digits")
    return ["decimal", digits]


# Six digits of exponent are what arithmetic with Decimal allows by default.
_DECIMAL = re.compile(r"-?(\d+(\.\d+)?(E[+-]\d{1,6})?|Infinity|s?NaN\d*)", re.ASCII)


def _read_decimal(decoder: Decoder, node: list[Node], depth: int) -> decimal.Decimal:
    (digits,) = node
    if len(text(digits, _DECIMAL)) > MAX_DIGITS:
        raise WireError(f"a Decimal has more than {MAX_DIGITS:,} digits")
    return decimal.Decimal(digits)


_numerator = fractions.Fraction.numerator.fget  # type: ignore[attr-defined]
_denominator = fractions.Fraction.denominator.fget  # type: ignore[attr-defined]


def _write_fraction(encoder: Encoder, value: fractions.Fraction, depth: int) -> Node:
    return ["fraction", *encoder.all((_numerator(value), _denominator(value)), depth)]


def _read_fraction(decoder: Decoder, node: list[Node], depth: int) -> fractions.Fraction:
    numerator, denominator = (decoder.one(part, depth, int) for part in node)
    return fractions.Fraction(numerator, denominator)


def _write_range(encoder: Encoder, value: range, depth: int) -> Node:
    return ["range", *encoder.all((value.start, value.stop, value.step), depth)]


def _read_range(decoder: Decoder, node: list[Node], depth: int) -> range:
    start, stop, step = (decoder.one(part, depth, int) for part in node)
    return range(start, stop, step)


def _write_slice(encoder: Encoder, value: slice, depth: int) -> Node:
    return ["slice", *encoder.all((value.start, value.stop, value.step), depth)]


def _read_slice(decoder: Decoder, node: list[Node], depth: int) -> slice:
    start, stop, step = decoder.all(node, depth)
    return slice(start, stop, step)


# ---------------------------------------------------------------------------------- texts


def _write_str(encoder: Encoder, value: str, depth: int) -> Node:
    characters = str.__str__(value)
    if len(characters) <= _SHORT_TEXT:
        return characters
    encoder.expect(len(characters))
    return ["str", encoder.put(characters.encode("utf-8", "surrogatepass"))]


def _read_str(decoder: Decoder, node: list[Node], depth: int) -> str:
    (size,) = node
    return str(decoder.take(size), "utf-8", "surrogatepass")


def _write_bytes(encoder: Encoder, value: bytes, depth: int) -> Node:
    return ["bytes", encoder.put(memoryview(value))]


def _read_bytes(decoder: Decoder, node: list[Node], depth: int) -> bytes:
    (size,) = node
    return bytes(decoder.take(size))


def _write_bytearray(encoder: Encoder, value: bytearray, depth: int) -> Node:
    return ["bytearray", encoder.put(bytes(memoryview(value)))]


def _read_bytearray(decoder: Decoder, node: list[Node], depth: int) -> bytearray:
    (size,) = node
    return bytearray(decoder.take(size))


def _write_uuid(encoder: Encoder, value: uuid.UUID, depth: int) -> Node:
    number = uuid.UUID.__dict__["int"].__get__(value)
    return ["uuid", f"{int.__int__(number):032x}"]


def _read_uuid(decoder: Decoder, node: list[Node], depth: int) -> uuid.UUID:
    (digits,) = node
    return uuid.UUID(int=int(text(digits, _HEXADECIMAL), 16))


def _write_path(encoder: Encoder, value: pathlib.PurePosixPath, depth: int) -> Node:
    return ["path", encoder.encode(str.__str__(pathlib.PurePath.__str__(value)), depth)]


def _read_path(decoder: Decoder, node: list[Node], depth: int) -> pathlib.PurePosixPath:
    (characters,) = node
    return pathlib.PurePosixPath(decoder.one(characters, depth, str))


# ---------------------------------------------------------------------------------- dates

_DATE = (datetime.date.year, datetime.date.month, datetime.date.day)
_TIME = tuple(
    datetime.time.__dict__[name] for name in ("hour", "minute", "second", "microsecond", "fold")
)
_DATETIME = _DATE + tuple(
    datetime.datetime.__dict__[name] for name in ("hour", "minute", "second", "microsecond", "fold")
)
_TIMEDELTA = tuple(
    datetime.timedelta.__dict__[name] for name in ("days", "seconds", "microseconds")
)


def _write_date(encoder: Encoder, value: datetime.date, depth: int) -> Node:
    return ["date", *(part.__get__(value) for part in _DATE)]


def _read_date(decoder: Decoder, node: list[Node], depth: int) -> datetime.date:
    year, month, day = map(integer, node)
    return datetime.date(year, month, day)


def _write_time(encoder: Encoder, value: datetime.time, depth: int) -> Node:
    zone = _write_zone(value, datetime.time)
    return ["time", zone, *(part.__get__(value) for part in _TIME)]


def _read_time(decoder: Decoder, node: list[Node], depth: int) -> datetime.time:
    *parts, fold = map(integer, node[1:])
    return datetime.time(*parts, tzinfo=_read_zone(node[0]), fold=fold)


def _write_datetime(encoder: Encoder, value: datetime.datetime, depth: int) -> Node:
    zone = _write_zone(value, datetime.datetime)
    return ["datetime", zone, *(part.__get__(value) for part in _DATETIME)]


def _read_datetime(decoder: Decoder, node: list[Node], depth: int) -> datetime.datetime:
    *parts, fold = map(integer, node[1:])
    return datetime.datetime(*parts, tzinfo=_read_zone(node[0]), fold=fold)


def _write_timedelta(encoder: Encoder, value: datetime.timedelta, depth: int) -> Node:
    return ["timedelta", *(part.__get__(value) for part in _TIMEDELTA)]


def _read_timedelta(decoder: Decoder, node: list[Node], depth: int) -> datetime.timedelta:
    days, seconds, microseconds = map(integer, node)
    return datetime.timedelta(days, seconds, microseconds)


def _write_zone(
    value: datetime.time | datetime.datetime,
    base: type[datetime.time] | type[datetime.datetime],
) -> Node:
    """Return a zone as its name, as microseconds east of UTC, or null for none.

    A zone of a type that is not Python's own travels as what it makes of this time.
    """
    zone = base.__dict__["tzinfo"].__get__(value)
    if zone is None:
        return None
    if zoneinfo.ZoneInfo in mro(type(zone)) and zone.key is not None:
        return str.__str__(zone.key)
    offset = base.utcoffset(value)  # type: ignore[arg-type]
    return None if offset is None else offset // datetime.timedelta(microseconds=1)


def _read_zone(node: Node) -> datetime.tzinfo | None:
    if node is None:
        return None
    if type(node) is str:
        return zoneinfo.ZoneInfo(zone_name(node))
    if node == 0:
        return datetime.UTC
    return datetime.timezone(datetime.timedelta(microseconds=integer(node)))


# ---------------------------------------------------------------------------------- sequences


def _write_numbers(encoder: Encoder, kind: str, items: list[object]) -> Node:
    """Return a long list of plain numbers as one buffer, or null if it is anything else."""
    if len(items) < _MANY_NUMBERS:
        return None
    kinds = set(map(id, map(type, items)))
    if kinds == {id(float)}:
        letter = "d"
    elif kinds == {id(int)}:
        letter = "q"
    else:
        return None
    encoder.expect(8 * len(items))
    try:
        numbers = struct.pack(f"<{len(items)}{letter}", *items)
    except struct.error:
        return None
    return ["numbers", kind, letter, encoder.put(numbers)]


def _read_numbers(decoder: Decoder, node: list[Node], depth: int) -> Any:
    kind, letter, size = node
    if letter not in ("d", "q"):
        raise WireError("a list of numbers of no known kind")
    numbers = struct.unpack(f"<{integer(size) // 8}{letter}", decoder.take(size))
    return {"list": list, "tuple": tuple}[text(kind)](numbers)


def _write_list(encoder: Encoder, value: list[object], depth: int) -> Node:
    items = list(list.__iter__(value))
    numbers = _write_numbers(encoder, "list", items)
    return ["list", *encoder.all(items, depth)] if numbers is None else numbers


def _read_list(decoder: Decoder, node: list[Node], depth: int) -> list[object]:
    return decoder.all(node, depth)


def _write_tuple(encoder: Encoder, value: tuple[object, ...], depth: int) -> Node:
    items = list(tuple.__iter__(value))
    named = _named(type(value)) if type(value) is not tuple else None
    if named is not None and len(named[1]) == len(items):
        return ["namedtuple", named[0], list(named[1]), *encoder.all(items, depth)]
    numbers = _write_numbers(encoder, "tuple", items)
    return ["tuple", *encoder.all(items, depth)] if numbers is None else numbers


def _read_tuple(decoder: Decoder, node: list[Node], depth: int) -> tuple[object, ...]:
    return tuple(decoder.all(node, depth))


def _named(kind: type) -> tuple[str, tuple[str, ...]] | None:
    """Return the name and the fields of the namedtuple that a type is or derives from."""
    for base in mro(kind):
        fields = type.__dict__["__dict__"].__get__(base).get("_fields")
        if fields is None:
            continue
        name = type.__dict__["__name__"].__get__(base)
        if type(fields) is not tuple or len(fields) > MAX_FIELDS:
            return None
        if all(type(f) is str and _FIELD.fullmatch(f) for f in (name, *fields)):
            return name, fields
        return None
    return None


_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}", re.ASCII)


def _read_namedtuple(decoder: Decoder, node: list[Node], depth: int) -> tuple[object, ...]:
    name, fields, *items = node
    if type(fields) is not list or len(fields) > MAX_FIELDS or len(fields) != len(items):
        raise WireError("a namedtuple with too many fields, or not as many as values")
    key = (text(name, _FIELD), *(text(field, _FIELD) for field in fields))
    decoder.kinds.add(key)
    if len(decoder.kinds) > MAX_FIELDS:
        raise WireError(f"the message has more than {MAX_FIELDS} kinds of namedtuples")
    return _namedtuple(*key)._make(decoder.all(items, depth))  # type: ignore[attr-defined]


@functools.lru_cache(maxsize=256)
def _namedtuple(name: str, *fields: str) -> type[tuple[object, ...]]:
    return collections.namedtuple(name, fields, module="builtins")  # type: ignore[misc]


def _write_deque(encoder: Encoder, value: collections.deque[object], depth: int) -> Node:
    longest = collections.deque.__dict__["maxlen"].__get__(value)
    return ["deque", longest, *encoder.all(collections.deque.__iter__(value), depth)]


def _read_deque(decoder: Decoder, node: list[Node], depth: int) -> collections.deque[object]:
    longest = None if node[0] is None else integer(node[0], 0)
    return collections.deque(decoder.all(node[1:], depth), longest)


def _write_set(encoder: Encoder, value: set[object], depth: int) -> Node:
    return ["set", *encoder.all(set.__iter__(value), depth)]


def _read_set(decoder: Decoder, node: list[Node], depth: int) -> set[object]:
    items = decoder.all(node, depth)
    _refuse_alike(items)
    return _complete(set(items), items)


def _write_frozenset(encoder: Encoder, value: frozenset[object], depth: int) -> Node:
    return ["frozenset", *encoder.all(frozenset.__iter__(value), depth)]


def _read_frozenset(decoder: Decoder, node: list[Node], depth: int) -> frozenset[object]:
    items = decoder.all(node, depth)
    _refuse_alike(items)
    return _complete(frozenset(items), items)


def _refuse_alike(keys: list[object]) -> None:
    """Raise WireError for keys chosen to have equal hashes."""
    if len(keys) <= MAX_ALIKE:
        return
    hashes = sorted(map(hash, keys))
    # Equal hashes lie side by side: somebody's neighbour so far away is equal too.
    if any(map(int.__eq__, hashes, hashes[MAX_ALIKE:])):
        raise WireError(f"more than {MAX_ALIKE} keys of a dict or set have the same hash")


def _complete(collection: Any, keys: list[object]) -> Any:
    if len(collection) != len(keys):
        raise WireError("a dict or set in which two keys are equal")
    return collection


# ---------------------------------------------------------------------------------- mappings


def _write_mapping(kind: str) -> Write:
    def write(encoder: Encoder, value: dict[object, object], depth: int) -> Node:
        return [kind, *(encoder.encode(x, depth) for pair in dict.items(value) for x in pair)]

    return write


def _write_ordered(
    encoder: Encoder, value: collections.OrderedDict[object, object], depth: int
) -> Node:
    # Its order is not that of the dict below it once a key was moved to the end.
    node: list[Node] = ["ordered"]
    for key in collections.OrderedDict.__iter__(value):
        node.append(encoder.encode(key, depth))
        node.append(encoder.encode(dict.__getitem__(value, key), depth))
    return node


def _read_mapping(make: Callable[[dict[object, object]], Any]) -> Read:
    def read(decoder: Decoder, node: list[Node], depth: int) -> Any:
        values = decoder.all(node, depth)
        keys = values[::2]
        _refuse_alike(keys)
        return make(_complete(dict(zip(keys, values[1::2], strict=True)), keys))

    return read


_add_writers(
    {
        int: _write_int,
        float: _write_float,
        complex: _write_complex,
        decimal.Decimal: _write_decimal,
        fractions.Fraction: _write_fraction,
        range: _write_range,
        slice: _write_slice,
        str: _write_str,
        bytes: _write_bytes,
        bytearray: _write_bytearray,
        uuid.UUID: _write_uuid,
        pathlib.PurePosixPath: _write_path,
        datetime.date: _write_date,
        datetime.time: _write_time,
        datetime.datetime: _write_datetime,
        datetime.timedelta: _write_timedelta,
        list: _write_list,
        tuple: _write_tuple,
        collections.deque: _write_deque,
        set: _write_set,
        frozenset: _write_frozenset,
        dict: _write_mapping("dict"),
        collections.OrderedDict: _write_ordered,
        collections.Counter: _write_mapping("counter"),
        collections.defaultdict: _write_mapping("defaultdict"),
    }
)

_READERS: dict[str, Read] = {
    "int": _read_int,
    "float": _read_float,
    "complex": _read_complex,
    "decimal": _read_decimal,
    "fraction": _read_fraction,
    "range": _read_range,
    "slice": _read_slice,
    "str": _read_str,
    "bytes": _read_bytes,
    "bytearray": _read_bytearray,
    "uuid": _read_uuid,
    "path": _read_path,
    "date": _read_date,
    "time": _read_time,
    "datetime": _read_datetime,
    "timedelta": _read_timedelta,
    "numbers": _read_numbers,
    "list": _read_list,
    "tuple": _read_tuple,
    "namedtuple": _read_namedtuple,
    "deque": _read_deque,
    "set": _read_set,
    "frozenset": _read_frozenset,
    "dict": _read_mapping(dict),
    "ordered": _read_mapping(collections.OrderedDict),
    "counter": _read_mapping(collections.Counter),
    "defaultdict": _read_mapping(functools.partial(collections.defaultdict, None)),
}
