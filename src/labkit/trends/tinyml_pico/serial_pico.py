"""A real Pico on a serial port, behind the same words as the emulated one in ``device``.

No line of this project has run on silicon yet: ``firmware/README.md`` says what that leaves open,
and how to try it. Putting an image onto the board is done by hand, by dragging the UF2 file.
"""

from __future__ import annotations

import struct
from typing import Self

from numpy.typing import ArrayLike

from ._link import Answer, DeviceError, Link, shown


class SerialPico(Link):
    """A real board that runs one of our images, on a serial port.

    port: its name ("COM3", "/dev/ttyACM0"); None: the first port with a Raspberry Pi's USB number.
    seconds: how long to wait for an answer. Raises DeviceError ("silent") where no board answers.
    """

    VENDOR = 0x2E8A

    def __init__(self, port: str | None = None, *, seconds: float = 5.0) -> None:
        import serial  # pyserial: only who has a board needs it

        name = port or self._first_port()
        try:
            self._port = serial.serial_for_url(name, timeout=seconds, write_timeout=seconds)
        except serial.SerialException as error:
            raise DeviceError("silent", f"The port {name} cannot be opened: {error}") from None
        self.info = self._read_info()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the port back."""
        self._port.close()

    @property
    def stack_bytes(self) -> int:
        """Bytes of stack ever used, as the chip says."""
        return self.said_stack()

    def infer(self, signal: ArrayLike | bytes) -> Answer:
        """One window (int8, `info.input_bytes` of them, any shape) through the network."""
        cycles, output = self._run_window(signal)
        return Answer(output, cycles, cycles)

    def _ask(self, request: bytes, answer: int) -> bytes:
        self._port.reset_input_buffer()
        self._port.write(request)
        said = bytes(self._port.read(1))
        if said == b"F":
            pc, lr = struct.unpack("<2I", self._port.read(8))
            raise DeviceError("hard fault", f"Hard fault at {pc:#010x}, called from {lr:#010x}.")
        said += bytes(self._port.read(answer - len(said)))
        if len(said) < answer:
            raise DeviceError(
                "silent",
                f"Of {answer} bytes the board sends {len(said)}: {shown(said)}. Is one of our "
                "images on it? Hold BOOTSEL while plugging it in and drag the UF2 file onto it.",
            )
        return said

    def _first_port(self) -> str:
        from serial.tools import list_ports

        ports = [port.device for port in list_ports.comports() if port.vid == self.VENDOR]
        if not ports:
            raise DeviceError(
                "silent", "No serial port belongs to a Raspberry Pi: is it plugged in?"
            )
        return str(ports[0])
