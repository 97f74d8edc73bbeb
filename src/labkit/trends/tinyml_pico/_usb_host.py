"""The computer at the other end of the emulated Pico's USB cable.

It enumerates a serial port, gives the program bytes when that asks for them, collects what it says,
and notes the cycles at which bytes went in and came out. What the bytes mean is left to ``device``,
the chip itself to ``_chip``. Nothing that the program says is believed: packets are cut to 64 bytes
and answers to 1 MB.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_PACKET = 64
_LARGEST_ANSWER = 1 << 20
_AVAILABLE = 1 << 10
_LENGTH = 0x3FF
_MOST_HANDOVERS = 8192
BUS_CYCLES = 1250
"""Cycles the emulated bus takes for a packet, 10 microseconds: rp2040py's own constant."""
_RESET_NANOSECONDS = 100_000
"""Until this host resets the bus. A computer takes 10 ms, more than a million cycles in which the
program only polls: to emulate them took longer than all the rest of a boot."""


class UsbHost:
    """A USB host for the controller `usb`. It stops `simulator` whenever a packet arrives, so that
    whoever runs the chip sees it at once; `cycles` tells the time.

    `sent_at`: when the first byte of the last `send` was in the chip's buffer; `last_in`: the last
    byte; `packets`: of how many packets.
    """

    def __init__(self, usb: Any, simulator: Any, cycles: Callable[[], int]) -> None:
        from rp2040py.usb.cdc import USBCDC

        self.usb_enabled = self.connected = False
        self.received = bytearray()
        self.sent_at = self.last_in = self.packets = 0
        self._handed_over: list[tuple[int, int]] = []
        self._handovers = 0
        self._usb, self._simulator, self._cycles = usb, simulator, cycles
        self._to_send = bytearray()
        self._asked: tuple[int, int] | None = None
        self._cdc = USBCDC(usb)
        self._cdc.on_device_connected = self._on_connected
        self._cdc.on_serial_data = self._on_data
        # The emulator's host answers "nothing" whenever the chip asks and it has nothing, every
        # 10 microseconds. A real host does not: so those questions are taken over here.
        self._answer_control, usb.on_endpoint_read = usb.on_endpoint_read, self._on_asked
        usb.on_usb_enabled = self._on_enabled
        self._after_dpram, usb.dpram_updated = usb.dpram_updated, self._on_dpram

    def send(self, data: bytes) -> None:
        """Give the program `data`, as fast as it takes them; forget what it said before."""
        self.received.clear()
        self._handed_over.clear()
        self._handovers = 0
        self.sent_at = self.last_in = self.packets = 0
        self._to_send += data
        self._serve()

    @property
    def owes_answer(self) -> bool:
        """Whether the program has been sent everything and has not begun to answer."""
        return not self._to_send and not self._handed_over

    def said_at(self, size: int) -> int:
        """The cycle at which the program handed over byte number `size` since the last `send`; 0
        before that.
        """
        total = 0
        for cycle, count in self._handed_over:
            total += count
            if total >= size:
                return cycle
        return 0

    def _on_enabled(self) -> None:
        self.usb_enabled = self._simulator.stopped = True
        self._usb.reset_alarm.schedule(_RESET_NANOSECONDS)

    def _on_connected(self) -> None:
        self.connected = self._simulator.stopped = True

    def _on_data(self, data: bytes | bytearray) -> None:
        if len(self.received) < _LARGEST_ANSWER:
            self.received += data
        self._simulator.stopped = True

    def _on_asked(self, endpoint: int, size: int) -> None:
        if endpoint == 0:
            self._answer_control(endpoint, size)
        else:
            self._asked = (endpoint, size)
            self._serve()

    def _serve(self) -> None:
        if self._asked is None or not self._to_send:
            return
        (endpoint, size), self._asked = self._asked, None
        packet = bytes(self._to_send[: min(size, _PACKET)])
        del self._to_send[: len(packet)]
        self.last_in = self._cycles() + BUS_CYCLES
        self.sent_at = self.sent_at or self.last_in
        self.packets += 1
        self._usb.endpoint_read_done(endpoint, packet)

    def _on_dpram(self, offset: int, value: int) -> None:
        """The chip wrote a word of the controller's memory: perhaps a packet handed over."""
        if value & _AVAILABLE:
            self._handovers += 1
            if self._handovers > _MOST_HANDOVERS:  # the emulator keeps them all in memory
                raise RuntimeError(f"it hands over more than {_MOST_HANDOVERS:,} USB packets")
        is_in = 0x88 <= offset < 0x100 and offset % 8 == 0
        if is_in and value & _AVAILABLE:
            self._handed_over.append((self._cycles(), value & _LENGTH))
        self._after_dpram(offset, value)
