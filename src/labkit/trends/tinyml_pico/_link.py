"""The protocol of ``firmware/main.c``, as seen from the computer, and the one error of devices.

Two devices speak it: the emulated one in ``device``, the board in ``serial_pico``. How bytes get to
a chip and back is left to them. Every length is fixed beforehand; nothing that comes back is
believed.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

PROTOCOL = 2
KINDS = ("malformed", "too large", "no boot", "hard fault", "time", "silent")
LARGEST_MESSAGE = 64 * 1024


class DeviceError(RuntimeError):
    """Something is wrong with the image or the board.

    `kind` is one of `KINDS`: "malformed" (no UF2 for this chip), "too large" (RAM or flash is too
    small for it), "no boot" (the boot ROM refuses it, or it never appears on USB), "hard fault",
    "time" (it computes for longer than the budget), "silent" (it answers nothing, or nonsense).
    """

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(words)
        self.kind = kind


class Info(NamedTuple):
    """What a network on the chip says about itself: sizes in bytes, its clock in Hz."""

    input_bytes: int
    output_bytes: int
    clock_hz: int


class Answer(NamedTuple):
    """An inference: the int8 output, and the cycles it took.

    `cycles` are measured from outside on an emulated Pico; on a real one they are the chip's own
    count. `said_cycles` is always what the chip says.
    """

    output: NDArray[np.int8]
    cycles: int
    said_cycles: int


class Link:
    """The questions of the protocol; a device brings `_ask`."""

    info: Info

    def _ask(self, request: bytes, answer: int) -> bytes:
        """Send `request`; return exactly `answer` bytes. Raises DeviceError."""
        raise NotImplementedError

    def _ask_numbers(self, request: bytes, mark: bytes, count: int, data: int = 0) -> bytes:
        said = self._ask(request, 1 + 4 * count + data)
        if said[:1] != mark:
            raise DeviceError(
                "silent",
                f"Asked {request[:1]!r} the chip does not answer {mark!r}, but {shown(said)}.",
            )
        return said[1:]

    def _read_info(self) -> Info:
        said = self._ask_numbers(b"?", b"V", 4)
        protocol, inputs, outputs, clock = struct.unpack("<4I", said)
        if protocol != PROTOCOL:
            raise DeviceError("silent", f"The chip speaks protocol {protocol}, not {PROTOCOL}.")
        if not (0 < inputs <= LARGEST_MESSAGE and 0 < outputs <= LARGEST_MESSAGE):
            raise DeviceError(
                "silent", f"The chip asks for {inputs} bytes and promises {outputs} in return."
            )
        return Info(inputs, outputs, clock)

    def _run_window(self, signal: ArrayLike | bytes) -> tuple[int, NDArray[np.int8]]:
        request = b"I" + window_bytes(signal, self.info.input_bytes)
        said = self._ask_numbers(request, b"R", 1, self.info.output_bytes)
        return struct.unpack_from("<I", said)[0], np.frombuffer(said[4:], np.int8)

    def said_stack(self) -> int:
        """Bytes of stack that the program has ever used, in its own words."""
        return int(struct.unpack("<I", self._ask_numbers(b"S", b"S", 1))[0])


def window_bytes(signal: ArrayLike | bytes, size: int) -> bytes:
    """`signal` as `size` bytes. Raises TypeError for other types, DeviceError for another size."""
    if isinstance(signal, bytes):
        data = signal
    else:
        array = np.asarray(signal)
        if array.dtype != np.int8:
            raise TypeError(f"The chip takes int8 values, got {array.dtype}: quantise the window.")
        data = array.tobytes()
    if len(data) != size:
        raise DeviceError(
            "silent", f"The network on the chip takes {size} bytes, the window has {len(data)}."
        )
    return data


def shown(said: bytes) -> str:
    """Bytes of a stranger, short and harmless."""
    return repr(said[:20]) if said else "nothing"
