"""What stands in a GGUF file: its settings, its tokens, and where each tensor's bytes lie.

GGUF is the format in which llama.cpp keeps models: a header of named settings, a list of tensors
with their shapes and kinds, then the tensors themselves. Decoding them is the lab's work.

The format: ggml, docs/gguf.md in the repository ggml-org/ggml.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

NUMBERS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
"""How Python's struct calls the kinds of numbers among the settings."""
TEXT, LIST = 8, 9
KINDS = {0: ("F32", 1, 4), 1: ("F16", 1, 2), 3: ("Q4_1", 32, 20), 8: ("Q8_0", 32, 34)}
"""Of a tensor: its name, how many weights make a block, and the bytes of a block."""


@dataclass(frozen=True)
class Tensor:
    """Where a tensor lies.

    Attributes:
        name: as in the model.
        shape: rows first.
        kind: "F32", "Q4_1" and the like.
        start: the first byte in the file.
        size: in bytes.
    """

    name: str
    shape: tuple[int, ...]
    kind: str
    start: int
    size: int


@dataclass(frozen=True)
class Header:
    """What a file says of itself.

    Attributes:
        settings: by name; lists of tokens are lists of text.
        tensors: by name.
    """

    settings: dict[str, Any]
    tensors: dict[str, Tensor]


def header(path: Path) -> Header:
    """Read the header of a file, version 3.

    Raises:
        ValueError: it is no such file, or has a kind of tensor that is not known here.
    """
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        reader = _Reader(raw)
        magic, version = reader.take("4s"), reader.take("I")
        if magic != b"GGUF" or version != 3:
            raise ValueError(f"{path} is no GGUF file of version 3")
        count, entries = reader.take("Q"), reader.take("Q")
        settings = {reader.text(): reader.value(reader.take("I")) for _ in range(entries)}
        found = []
        for _ in range(count):
            name = reader.text()
            shape = tuple(reader.take("Q") for _ in range(reader.take("I")))[::-1]
            kind, offset = reader.take("I"), reader.take("Q")
            if kind not in KINDS:
                raise ValueError(f"tensor {name} is of kind {kind}, which is not known here")
            found.append((name, shape, kind, offset))
        align = settings.get("general.alignment", 32)
        first = -(-reader.at // align) * align
    tensors = {}
    for name, shape, kind, offset in found:
        words, weights, size = KINDS[kind]
        tensors[name] = Tensor(name, shape, words, first + offset, prod(shape) // weights * size)
    return Header(settings, tensors)


def raw_bytes(path: Path, tensor: Tensor, size: int | None = None) -> bytes:
    """Read a tensor's bytes, or its first `size`."""
    with path.open("rb") as handle:
        handle.seek(tensor.start)
        return handle.read(tensor.size if size is None else min(size, tensor.size))


class _Reader:
    """Reads one value after the other."""

    def __init__(self, raw: mmap.mmap) -> None:
        self.raw, self.at = raw, 0

    def take(self, kind: str) -> Any:
        (value,) = struct.unpack_from(f"<{kind}", self.raw, self.at)
        self.at += struct.calcsize(f"<{kind}")
        return value

    def text(self) -> str:
        length = self.take("Q")
        self.at += length
        return self.raw[self.at - length : self.at].decode()

    def value(self, kind: int) -> Any:
        if kind == TEXT:
            return self.text()
        if kind == LIST:
            inner = self.take("I")
            return [self.value(inner) for _ in range(self.take("Q"))]
        return self.take(NUMBERS[kind])


def token_bytes(token: str) -> bytes:
    """Return the bytes of a token that is written in byte-level BPE's alphabet.

    That alphabet (Radford and others, GPT-2, 2019) writes each byte as one visible character: those
    that are visible as themselves, the others as the characters from 256 on, in order.
    """
    return bytes(_BYTES[character] for character in token)


def _alphabet() -> dict[str, int]:
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    written = visible + [256 + place for place in range(len(hidden))]
    return {chr(code): byte for code, byte in zip(written, visible + hidden, strict=True)}


_BYTES = _alphabet()
