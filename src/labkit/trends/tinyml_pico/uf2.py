"""UF2, the format of the file that is dragged onto a Pico, and the checksum of its second stage.

A UF2 file is a row of 512 byte blocks; each carries 256 bytes and the address they belong to
(https://github.com/microsoft/uf2). Reading is strict and trusts nothing in the file: the judge of
a learner's image begins here. Running the image is left to ``device``.
"""

from __future__ import annotations

import struct

FLASH_START = 0x10000000
FLASH_SIZE = 2 * 1024 * 1024
FAMILY_RP2040 = 0xE48BFF56
BOOT2_SIZE = 256

_BLOCK = 512
_PAYLOAD = 256
_MAGIC = (0x0A324655, 0x9E5D5157)
_MAGIC_END = 0x0AB16F30
_HAS_FAMILY = 0x2000


class MalformedUF2(ValueError):
    """A file that is no UF2 image for an RP2040; the words say what is wrong, and where."""


def boot2_checksum(code: bytes) -> int:
    """CRC-32/MPEG-2 of the first 252 bytes of flash, as the RP2040's boot ROM computes it."""
    crc = 0xFFFFFFFF
    for byte in code:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
            crc &= 0xFFFFFFFF
    return crc


def seal_boot2(image: bytes) -> bytes:
    """``image`` with the checksum of its second stage in bytes 252 to 255."""
    if len(image) < BOOT2_SIZE:
        raise ValueError(f"An image begins with {BOOT2_SIZE} bytes of boot code, got {len(image)}.")
    code = image[: BOOT2_SIZE - 4]
    return code + struct.pack("<I", boot2_checksum(code)) + image[BOOT2_SIZE:]


def to_uf2(image: bytes) -> bytes:
    """``image``, a picture of flash from its start, as a UF2 file for the RP2040."""
    image += b"\0" * (-len(image) % _PAYLOAD)
    count = len(image) // _PAYLOAD
    blocks = []
    for number in range(count):
        start = number * _PAYLOAD
        address = FLASH_START + start
        head = (*_MAGIC, _HAS_FAMILY, address, _PAYLOAD, number, count, FAMILY_RP2040)
        data = image[start : start + _PAYLOAD].ljust(_BLOCK - 36, b"\0")
        blocks.append(struct.pack("<8I", *head) + data + struct.pack("<I", _MAGIC_END))
    return b"".join(blocks)


def from_uf2(file: bytes) -> bytes:
    """The picture of flash, from its start, in a UF2 file; gaps are 0xFF.

    Raises MalformedUF2, naming the block, if the file is empty, cut off, for another chip,
    incomplete, or writes outside the 2 MB of flash.
    """
    if not file or len(file) % _BLOCK:
        raise MalformedUF2(
            f"A UF2 file is a row of {_BLOCK} byte blocks; this one has {len(file)} bytes."
        )
    if len(file) > FLASH_SIZE // _PAYLOAD * _BLOCK:
        raise MalformedUF2(f"{len(file)} bytes of UF2 hold more than the flash of 2 MB.")
    count = len(file) // _BLOCK
    image = bytearray()
    for number in range(count):
        start, data = _read_block(file[number * _BLOCK : (number + 1) * _BLOCK], number, count)
        image.extend(b"\xff" * (start + len(data) - len(image)))
        image[start : start + len(data)] = data
    return bytes(image)


def _read_block(block: bytes, number: int, count: int) -> tuple[int, bytes]:
    """Offset in flash and the bytes of one block."""
    first, second, flags, address, size, index, total, family = struct.unpack_from("<8I", block)
    where = f"Block {number} of the UF2 file"
    if (first, second) != _MAGIC or struct.unpack_from("<I", block, _BLOCK - 4)[0] != _MAGIC_END:
        raise MalformedUF2(f"{where} does not carry the marks of a UF2 block.")
    if not flags & _HAS_FAMILY or family != FAMILY_RP2040:
        raise MalformedUF2(
            f"{where} is for chip family {family:#010x}, not the RP2040 ({FAMILY_RP2040:#010x})."
        )
    if (index, total) != (number, count):
        raise MalformedUF2(
            f"{where} says that it is block {index} of {total}; the file has {count} blocks."
        )
    if size != _PAYLOAD or address % _PAYLOAD:
        raise MalformedUF2(
            f"{where} holds {size} bytes for address {address:#x}; the RP2040's boot ROM takes "
            f"{_PAYLOAD} bytes at a multiple of {_PAYLOAD}."
        )
    if not FLASH_START <= address <= FLASH_START + FLASH_SIZE - size:
        raise MalformedUF2(f"{where} goes to address {address:#x}, outside the flash.")
    return address - FLASH_START, block[32 : 32 + size]
