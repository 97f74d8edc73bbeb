"""How the values of Python's own types travel (see `wire`).

Long lists and tuples of plain numbers, or of texts, travel as one buffer, so that they count and
cost as one value.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import functools
import itertools
import math
import pathlib
import re
import struct
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from labkit.grading.trusted.wire import (
    INT64,
    MAX_ALIKE,
    MAX_DIGITS,
    MAX_FIELDS,
    Decoder,
    Encoder,
    Node,
    Read,
    Unsupported,
    WireError,
    Write,
    integer,
    mro,
    text,
    zone_name,
)

_MAX_BITS = math.ceil(MAX_DIGITS * math.log2(10))
# Up to this length a text stands in the header.
_SHORT_TEXT = 32
# From this length on a list may travel as one buffer.
_MANY = 32
# A short text takes ten times its bytes in memory.
_MAX_TEXTS = 2_000_000

# ---------------------------------------------------------------------------------- numbers


def _write_int(encoder: Encoder, value: int, depth: int) -> Node:
    number = int.__int__(value)
    if -INT64 <= number < INT64:
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


PATH: list[type[pathlib.PurePosixPath]] = [pathlib.PurePosixPath]
"""What a path arrives as: in the trusted process a name that opens nothing."""


def _write_path(encoder: Encoder, value: pathlib.PurePosixPath, depth: int) -> Node:
    return ["path", encoder.encode(str.__str__(pathlib.PurePath.__str__(value)), depth)]


def _read_path(decoder: Decoder, node: list[Node], depth: int) -> pathlib.PurePosixPath:
    (characters,) = node
    return PATH[0](decoder.one(characters, depth, str))


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
    hour, minute, second, microsecond, fold = map(integer, node[1:])
    return datetime.time(hour, minute, second, microsecond, _read_zone(node[0]), fold=fold)


def _write_datetime(encoder: Encoder, value: datetime.datetime, depth: int) -> Node:
    zone = _write_zone(value, datetime.datetime)
    return ["datetime", zone, *(part.__get__(value) for part in _DATETIME)]


def _read_datetime(decoder: Decoder, node: list[Node], depth: int) -> datetime.datetime:
    *parts, fold = map(integer, node[1:])
    year, month, day, hour, minute, second, microsecond = parts
    zone = _read_zone(node[0])
    return datetime.datetime(year, month, day, hour, minute, second, microsecond, zone, fold=fold)


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


def _write_packed(encoder: Encoder, kind: str, items: list[object]) -> Node:
    """Return a long list of plain numbers or of texts as one value, or null for anything else."""
    if len(items) < _MANY:
        return None
    kinds = set(map(id, map(type, items)))
    if len(kinds) != 1:
        return None
    if type(items[0]) is str:
        return _write_texts(encoder, kind, items)
    letter = _LETTERS.get(id(type(items[0])))
    if letter is None:
        return None
    encoder.expect(8 * len(items))
    try:
        return ["numbers", kind, letter, encoder.put(struct.pack(f"<{len(items)}{letter}", *items))]
    except struct.error:
        return None


_LETTERS = {id(float): "d", id(int): "q"}


def _read_numbers(decoder: Decoder, node: list[Node], depth: int) -> Any:
    kind, letter, size = node
    if letter not in ("d", "q"):
        raise WireError("a list of numbers of no known kind")
    numbers = struct.unpack(f"<{integer(size) // 8}{letter}", decoder.take(size))
    return _sequence(kind)(numbers)


def _write_texts(encoder: Encoder, kind: str, items: list[Any]) -> Node:
    if len(items) > _MAX_TEXTS:
        raise WireError(f"the value holds more than {_MAX_TEXTS:,} texts")
    joined = "".join(items)
    encoder.expect(4 * len(items) + len(joined))
    lengths = struct.pack(f"<{len(items)}I", *map(len, items))
    characters = joined.encode("utf-8", "surrogatepass")
    return ["texts", kind, encoder.put(lengths), encoder.put(characters)]


def _read_texts(decoder: Decoder, node: list[Node], depth: int) -> Any:
    kind, size, length = node
    if integer(size) // 4 > _MAX_TEXTS:
        raise WireError(f"the message holds more than {_MAX_TEXTS:,} texts")
    ends = list(itertools.accumulate(struct.unpack(f"<{size // 4}I", decoder.take(size))))
    joined = str(decoder.take(length), "utf-8", "surrogatepass")
    if not ends or ends[-1] != len(joined):
        raise WireError("texts whose lengths do not add up")
    pieces = (joined[start:end] for start, end in itertools.pairwise([0, *ends]))
    return _sequence(kind)(pieces)


def _sequence(kind: Node) -> Any:
    return {"list": list, "tuple": tuple}[text(kind)]


def _write_list(encoder: Encoder, value: list[object], depth: int) -> Node:
    items = list(list.__iter__(value))
    packed = _write_packed(encoder, "list", items)
    return ["list", *encoder.all(items, depth)] if packed is None else packed


def _read_list(decoder: Decoder, node: list[Node], depth: int) -> list[object]:
    return decoder.all(node, depth)


def _write_tuple(encoder: Encoder, value: tuple[object, ...], depth: int) -> Node:
    items = list(tuple.__iter__(value))
    named = _named(type(value)) if type(value) is not tuple else None
    if named is not None and len(named[1]) == len(items):
        return ["namedtuple", named[0], list(named[1]), *encoder.all(items, depth)]
    packed = _write_packed(encoder, "tuple", items)
    return ["tuple", *encoder.all(items, depth)] if packed is None else packed


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
    return collections.namedtuple(name, fields, module="builtins")


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


MOST_PATTERN = 1_000
"""Characters of a regular expression: compiling one takes time and memory."""


def _write_pattern(encoder: Encoder, value: re.Pattern[str], depth: int) -> Node:
    if type(value.pattern) is not str or len(value.pattern) > MOST_PATTERN:
        raise Unsupported("pattern")
    return ["pattern", encoder.encode(value.pattern, depth), value.flags]


def _read_pattern(decoder: Decoder, node: list[Node], depth: int) -> re.Pattern[str]:
    characters, flags = node
    pattern = decoder.one(characters, depth, str)
    if len(pattern) > MOST_PATTERN or _REPEATED.search(pattern):
        raise WireError("a regular expression that is too long")
    return re.compile(pattern, integer(flags, 0, 512) & ~re.DEBUG)


# A repeat within a repeat multiplies what the compiler writes.
_REPEATED = re.compile(r"\{\d{4,}")


def _write_namespace(encoder: Encoder, value: types.SimpleNamespace, depth: int) -> Node:
    return ["namespace", encoder.encode(dict(vars(value)), depth)]


def _read_namespace(decoder: Decoder, node: list[Node], depth: int) -> types.SimpleNamespace:
    (entries,) = node
    found = decoder.one(entries, depth, dict)
    if not all(type(name) is str for name in found):
        raise WireError("a namespace with a name that is no text")
    return types.SimpleNamespace(**found)


class Record(dict):
    """A dictionary whose entries are read as attributes too: a result of SciPy, say."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the result has no attribute {name!r}") from None


def _write_dict(encoder: Encoder, value: dict[object, object], depth: int) -> Node:
    """A subclass that reads entries as attributes travels as a record, any other as its base."""
    reads = any("__getattr__" in base.__dict__ for base in mro(type(value)))
    return _write_mapping("record" if reads else "dict")(encoder, value, depth)


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


WRITERS: dict[type, Write] = {
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
    dict: _write_dict,
    re.Pattern: _write_pattern,
    types.SimpleNamespace: _write_namespace,
    collections.OrderedDict: _write_ordered,
    collections.Counter: _write_mapping("counter"),
    collections.defaultdict: _write_mapping("defaultdict"),
}

READERS: dict[str, Read] = {
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
    "texts": _read_texts,
    "list": _read_list,
    "tuple": _read_tuple,
    "namedtuple": _read_namedtuple,
    "deque": _read_deque,
    "set": _read_set,
    "frozenset": _read_frozenset,
    "dict": _read_mapping(dict),
    "record": _read_mapping(Record),
    "pattern": _read_pattern,
    "namespace": _read_namespace,
    "ordered": _read_mapping(collections.OrderedDict),
    "counter": _read_mapping(collections.Counter),
    "defaultdict": _read_mapping(functools.partial(collections.defaultdict, None)),
}
