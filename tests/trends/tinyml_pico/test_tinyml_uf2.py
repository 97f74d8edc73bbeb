"""UF2 files: what is written comes back, and what is wrong is named with its block."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.trends.tinyml_pico import uf2


def block(**changes: int) -> bytes:
    """A good single block with some header words changed."""
    words = ["first", "second", "flags", "address", "size", "index", "total", "family"]
    data = bytearray(uf2.to_uf2(bytes(range(256))))
    for name, value in changes.items():
        struct.pack_into("<I", data, 4 * words.index(name), value)
    return bytes(data)


@given(st.binary(min_size=1, max_size=2000))
def test_an_image_comes_back_padded_to_whole_blocks(image: bytes) -> None:
    back = uf2.from_uf2(uf2.to_uf2(image))
    assert back[: len(image)] == image
    assert len(back) % 256 == 0
    assert not any(back[len(image) :])


def test_blocks_may_come_in_gaps_which_are_erased_flash() -> None:
    back = uf2.from_uf2(block(address=uf2.FLASH_START + 512))
    assert back == b"\xff" * 512 + bytes(range(256))


def test_the_checksum_is_crc_32_mpeg_2() -> None:
    # The check value of CRC-32/MPEG-2 in the catalogue of parametrised CRC algorithms.
    assert uf2.boot2_checksum(b"123456789") == 0x0376E6E7


def test_sealing_writes_the_checksum_and_nothing_else() -> None:
    image = bytes(range(256)) * 2
    sealed = uf2.seal_boot2(image)
    assert sealed[252:256] == struct.pack("<I", uf2.boot2_checksum(image[:252]))
    assert sealed[:252] + sealed[256:] == image[:252] + image[256:]


def test_an_image_without_boot_code_cannot_be_sealed() -> None:
    with pytest.raises(ValueError, match="256 bytes of boot code, got 100"):
        uf2.seal_boot2(bytes(100))


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "this one has 0 bytes"),
        (b"x" * 700, "this one has 700 bytes"),
        (b"x" * 512, "Block 0 of the UF2 file does not carry the marks"),
        (block(family=0xE48BFF59), "chip family 0xe48bff59, not the RP2040"),
        (block(flags=0), "not the RP2040"),
        (block(total=2), "says that it is block 0 of 2; the file has 1 blocks"),
        (block(size=255), "holds 255 bytes for address 0x10000000"),
        (block(address=0x10000001), "at a multiple of 256"),
        (block(address=0x20000000), "goes to address 0x20000000, outside the flash"),
        (block(address=0x10200000), "outside the flash"),
        (bytes(512 * 8193), "more than the flash of 2 MB"),
    ],
)
def test_a_file_that_is_no_image_is_refused_with_the_reason(file: bytes, words: str) -> None:
    with pytest.raises(uf2.MalformedUF2, match=words):
        uf2.from_uf2(file)
