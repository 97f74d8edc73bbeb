"""The format in which values travel between the learner's process and the trusted one.

A frame carries one message, a few named fields with arbitrary values, as a JSON header and a
binary body. The set of types is closed, nothing is ever unpickled or evaluated, and whatever bytes
arrive, `decode` returns exact values of these types or raises `WireError`. A subclass of a value
type travels as its base, read by the base's own methods, so that nothing it overrides is asked.
An object of any other type is described by the caller's `refer` and made into something by the
receiver's `resolve`: what references and messages mean is the business of the bridge and the
evaluator, and how long a decoding may last is that of their limits. The types themselves stand in
the modules `wire_*` beside this one: Python's own, and those of NumPy, torch, SciPy, pandas, SymPy
and NetworkX, which are imported only when a value needs them.

A frame is the magic word ``LKW1``, the header's length (4 bytes, big-endian), the body's length
(8 bytes), the header and the body. In the header, null, true, false, numbers and short texts stand
for themselves; every other value is a list that begins with the name of its kind. Buffers lie in
the body in the order in which the header mentions them, each exactly once, so a frame never
describes more data than it holds.
"""

from __future__ import annotations

import importlib
import json
import re
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

MAGIC = b"LKW1"
"""Opens every frame; the digit is the version of the format."""
MAX_FRAME = 64 * 2**20
"""Bytes of a whole frame."""
MAX_HEADER = 8 * 2**20
"""Bytes of a frame's header: parsed JSON takes about twenty times its text."""
MAX_BRACKETS = 800_000
"""Opening brackets in a header, in texts too: empty lists take up most memory for their text."""
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
INT64 = 2**63
"""Integers from minus this to below it are called plain."""

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


def _refuse_brackets(header: bytes) -> None:
    if header.count(b"[") + header.count(b"{") > MAX_BRACKETS:
        raise WireError("the value consists of too many parts")


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
    _refuse_brackets(header)
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

    def part(self, value: object, depth: int) -> Node:
        """Return the node of a value; raise Unsupported if it can only be referred to."""
        node = self.encode(value, depth)
        if type(node) is list and node[0] == "reference":
            raise Unsupported(type(value).__name__)
        return node

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

# By the identity of a type, for a metaclass may define how its classes compare and hash. The
# modules that define these types keep them alive.
_writers: dict[int, Write] = {}
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


_MODULES = {
    "plain": "wire_plain",
    "numpy": "wire_numpy",
    "torch": "wire_torch",
    "scipy": "wire_scipy",
    "pandas": "wire_pandas",
    "polynomial": "wire_polynomial",
    "networkx": "wire_networkx",
    "sympy": "wire_sympy",
}
_added: set[str] = set()
# What must have been imported before values of a library's types can exist.
_SIGNS = {
    "plain": "builtins",
    "numpy": "numpy",
    "torch": "torch",
    "scipy": "scipy.sparse",
    "pandas": "pandas",
    "polynomial": "numpy.polynomial",
    "networkx": "networkx",
    "sympy": "sympy",
}


def _add_loaded_libraries() -> None:
    """Learn the types of the libraries that this process has imported since."""
    for library, sign in _SIGNS.items():
        if library not in _added and sign in sys.modules:
            _add_library(library)


def _add_library(library: str) -> None:
    module = importlib.import_module(f"{__package__}.{_MODULES[library]}")
    for kind, write in module.WRITERS.items():
        _writers[id(kind)] = write
    _readers.update(module.READERS)
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
        head = bytes(view[_PREFIX.size : _PREFIX.size + header])
        _refuse_brackets(head)
        fields = head.decode("utf-8", "surrogatepass")
        decoder = Decoder(view[_PREFIX.size + header :], resolve)
        message = {}
        for name, node in _FROM_JSON.decode(fields):
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
    """Return a text for an error, which must be short and fit to be written anywhere."""
    words = str(value)
    words = words if len(words) <= 200 else f"{words[:200]}…"
    return words.encode("utf-8", "backslashreplace").decode()


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

_readers: dict[str, Read] = {}


def _reader(kind: str) -> Read:
    """Return what decodes nodes of a kind, importing the library it belongs to if necessary."""
    read = _readers.get(kind)
    if read is None:
        library = kind.partition(".")[0] if "." in kind else "plain"
        if library in _MODULES and library not in _added:
            try:
                _add_library(library)
            except ImportError as error:
                raise WireError(f"a value needs {library}, which is not installed") from error
            read = _readers.get(kind)
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
    if len(digits) > 20 or not -INT64 <= (value := int(digits)) < INT64:
        raise WireError(f"{_shortened(digits)} is too long for a plain integer")
    return value


def _parse_constant(name: str) -> float:
    raise WireError(f"{name} is no JSON")


_FROM_JSON = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_int=_parse_integer, parse_constant=_parse_constant
)


# -------------------------------------------------------------- checks that all readers share


def integer(node: Node, low: int = -INT64, high: int = INT64) -> int:
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
