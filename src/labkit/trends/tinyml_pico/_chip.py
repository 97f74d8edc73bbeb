"""The RP2040 emulator behind one small class, the only place that knows rp2040py.

It runs an image for so many cycles, plays the USB host, and looks at memory from outside. Where the
emulator is kinder than silicon it is made strict: an unaligned word, an address where nothing is,
and a write into ROM or flash are hard faults on the chip, so they end the run here. What an image
means, and words for people, are left to ``device``.

Cycles are the emulator's, at 125 MHz, whatever the program does to its clocks. It has no flash
cache (programs run from SRAM) and costs every instruction as ARM's table says, but for PUSH with LR
and POP with PC, which it makes one cycle cheaper.
"""

from __future__ import annotations

import re
import struct
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ._usb_host import BUS_CYCLES, UsbHost
from .uf2 import BOOT2_SIZE, FLASH_START, boot2_checksum

CLOCK_HZ = 125_000_000
SRAM_START = 0x20000000
SRAM_SIZE = 264 * 1024
_NANOSECONDS = 1e9 / CLOCK_HZ
_PACKET_CYCLES = 3000
"""An honest program needs about 1,500 to copy a packet and ask for the next."""
_HARD_FAULT = 3
_LONGEST_BOOT = 200_000
"""Cycles of ROM and second stage; ours takes 38,781."""
_LARGEST_STACK = 64 * 1024
_HEXADECIMAL = re.compile(r"\b[0-9a-f]+(?=,|$)")


class Fault(Exception):
    """The processor cannot go on: kind "hard fault" or "no boot", where (if known), and words."""

    def __init__(self, kind: str, pc: int | None, words: str) -> None:
        super().__init__(words)
        self.kind, self.pc, self.words = kind, pc, words


class _BusFault(Exception):
    """Raised inside the emulator by a memory access that silicon would refuse."""


class _Undefined(Exception):
    """Raised inside the emulator by an instruction that is none."""


class _StrictLogger:
    """Stands in for the emulator's logger: it reports bad memory accesses as warnings only."""

    def debug(self, component: str, message: str) -> None:
        """Nothing: peripherals chat."""

    info = error = debug

    def warning(self, component: str, message: str) -> None:
        if message.startswith(("read from address", "Read from invalid", "Write to undefined")):
            raise _BusFault(message)
        if "is not implemented" in message:
            raise _Undefined("no instruction of this processor")


class _LeftOut:
    """Stands for a peripheral that no network needs, and whose emulation does whatever a program
    asks for, however long that takes, within one instruction: no budget could stop it.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def read_uint32(self, offset: int) -> int:
        raise _Undefined(f"uses the {self._name}, which is left out of this emulator")

    def write_uint32(self, offset: int, value: int) -> None:
        self.read_uint32(offset)

    def write_uint32_atomic(self, offset: int, value: int, atomic_type: int) -> None:
        self.read_uint32(offset)

    def reset(self) -> None:
        """Nothing to put back."""


_LEFT_OUT = {
    0x4003C: "SPI0",
    0x40040: "SPI1",
    0x40044: "I2C0",
    0x40048: "I2C1",
    0x4004C: "ADC",
    0x40050: "PWM",
    0x4005C: "RTC",
    0x50000: "DMA",
    0x50200: "PIO0",
    0x50300: "PIO1",
}


class Chip:
    """One RP2040 with `image` in its flash, about to leave reset, and a USB host plugged in."""

    def __init__(self, image: bytes) -> None:
        from rp2040py.device.bootrom import BOOTROM_B1
        from rp2040py.simulator import Simulator

        self._simulator = Simulator()
        self._mcu: Any = self._simulator.rp2040
        self._mcu.logger = _StrictLogger()
        self._mcu.on_break = self._on_break
        self._mcu.peripherals |= {page: _LeftOut(name) for page, name in _LEFT_OUT.items()}
        self._mcu.load_bootrom(list(BOOTROM_B1))
        self._mcu.flash[: len(image)] = image
        self._rom = bytes(self._mcu.bootrom)
        self._image = image
        self._sram = np.frombuffer(self._mcu.sram, np.uint32)
        self._host = UsbHost(self._mcu.usb_ctrl, self._simulator, lambda: self.cycles)
        header = image[BOOT2_SIZE : BOOT2_SIZE + 8].ljust(8, b"\xff")
        self._stack_top, entry = struct.unpack("<2I", header)
        self._entry = entry & ~1
        self._painted = self._at_ready = self._sram.copy()

    # ---- running ----

    @property
    def pc(self) -> int:
        """The address of the instruction that comes next."""
        return int(self._mcu.core.pc)

    @property
    def cycles(self) -> int:
        """Cycles since reset, at 125 MHz."""
        return round(self._mcu.clock.nanos / _NANOSECONDS)

    @property
    def asleep(self) -> bool:
        """Whether the processor waits for an interrupt or an event."""
        return bool(self._mcu.core.waiting)

    @property
    def connected(self) -> bool:
        """Whether the program has shown up as a serial port on USB."""
        return self._host.connected

    @property
    def received(self) -> bytearray:
        """What has come since the last `send`."""
        return self._host.received

    def send(self, data: bytes) -> None:
        """Hand `data` to the program, as fast as it takes it."""
        self._host.send(data)

    def answer_cycles(self, size: int) -> int:
        """From the last byte of `send` in the chip's buffer to byte number `size` of the answer.

        A program sets the pace at which it takes packets, and could compute meanwhile. What it
        takes beyond `_PACKET_CYCLES` for each is added.
        """
        host = self._host
        taking = host.last_in - host.sent_at - (BUS_CYCLES + _PACKET_CYCLES) * (host.packets - 1)
        return host.said_at(size) - host.last_in + max(0, taking)

    def boot_to_program(self, cycles: int, seconds: float) -> list[tuple[str, int]]:
        """Run the boot ROM and the second stage up to the image's reset handler.

        Returns the stages with the cycle at which each began. Raises Fault ("no boot") if the ROM
        does not accept the image, or if the second stage never gets there.
        """
        core, clock = self._mcu.core, self._mcu.clock
        deadline = time.process_time() + seconds
        stages = [("rom", 0)]
        try:
            while core.pc != self._entry and self.cycles < _LONGEST_BOOT:
                if len(stages) == 1 and core.pc >= SRAM_START:
                    stages.append(("boot2", self.cycles))
                clock.tick(core.execute_instruction() * _NANOSECONDS)
        except Exception as error:  # noqa: BLE001 - see _fault
            raise Fault("no boot", self.pc, f"The second stage fails: {error}.") from None
        if core.pc == self._entry:
            return [*stages, ("reset", self.cycles)]
        # It may be on its way to the ROM's USB mode: a checksum is tried in four ways before that.
        self.run(lambda: self._host.usb_enabled, cycles, deadline - time.process_time())
        raise Fault("no boot", self.pc, self._why_no_boot())

    def _why_no_boot(self) -> str:
        stored = self._image[BOOT2_SIZE - 4 : BOOT2_SIZE].ljust(4, b"\xff")
        right = struct.pack("<I", boot2_checksum(self._image[: BOOT2_SIZE - 4]))
        if self._host.usb_enabled and stored != right:
            return (
                "The boot ROM refuses the image and waits for another one over USB: the checksum "
                f"of the second stage is {stored[::-1].hex()}, not {right[::-1].hex()}."
            )
        return (
            f"The boot ends at address {self.pc:#010x} and never reaches the reset handler at "
            f"{self._entry:#010x} that the vector table names."
        )

    def run(self, done: Callable[[], bool], cycles: int, seconds: float) -> bool:
        """Run until `done`, which is asked whenever a packet arrives; False if the budget is
        spent first, or if the processor sleeps and nothing will wake it. Raises Fault.
        """
        from rp2040py.execute_batch import execute_batch

        limit, deadline = self.cycles + cycles, time.process_time() + seconds
        while not done():
            before = self.cycles
            if before > limit or time.process_time() > deadline:
                return False
            self._simulator.stopped = False
            try:
                execute_batch(self._simulator, 1)
            except Exception as error:  # noqa: BLE001 - see _fault
                raise self._fault(error) from None
            self._check_read_only()
            if self.cycles == before and not self._simulator.stopped:
                return False
        return True

    def profile(self, answer: int, cycles: int) -> dict[int, tuple[int, int, int]]:
        """Run instruction by instruction until `answer` bytes have come: address to (first
        half-word, executions, cycles) of what ran from the last byte in to the last byte out.
        """
        core, clock, host = self._mcu.core, self._mcu.clock, self._host
        limit = self.cycles + cycles
        counts: dict[int, tuple[int, int, int]] = {}
        while len(host.received) < answer and self.cycles < limit:
            computing = host.owes_answer and self.cycles >= host.last_in
            pc = int(core.pc)
            try:
                spent = core.execute_instruction()
            except Exception as error:  # noqa: BLE001 - see _fault
                raise self._fault(error) from None
            if computing:
                halfword, executions, before = counts.get(pc) or (self._mcu.read_uint16(pc), 0, 0)
                counts[pc] = (halfword, executions + 1, before + spent)
            clock.tick(spent * _NANOSECONDS)
        return counts

    def _fault(self, error: Exception) -> Fault:
        """What the exception stands for: a bus fault; or, on a program that does what no program
        should, anything that the emulator did not expect.
        """
        core = self._mcu.core
        pc = int(core.pc)
        if isinstance(error, _Undefined):
            return Fault("hard fault", pc - 2, str(error))
        if not isinstance(error, _BusFault):
            return Fault("hard fault", pc, f"the emulator cannot go on ({error})")
        address = int(_HEXADECIMAL.search(str(error))[0], 16)  # type: ignore[index]
        if address == pc & ~3:
            words = f"there is no code at {pc:#010x}; it was called from {core.lr & ~1:#010x}"
            return Fault("hard fault", int(core.lr) - 2 & ~1, words)
        if core.sp < SRAM_START or SRAM_START - _LARGEST_STACK <= address < SRAM_START:
            top = self._stack_top - SRAM_START
            return Fault("hard fault", pc - 2, f"the stack of {top:,} bytes overflows")
        if "aligned" in str(error):
            words = f"reads a word at {address:#010x}, which is no multiple of 4"
            return Fault("hard fault", pc - 2, words)
        verb = "writes to" if "Write" in str(error) else "reads"
        return Fault("hard fault", pc - 2, f"{verb} address {address:#010x}, where nothing is")

    def _on_break(self, code: int) -> None:
        raise _Undefined(f"breakpoint or undefined instruction, code {code}")

    def enter_fault_handler(self) -> None:
        """After a Fault: go on in the program's own handler, as silicon does."""
        core = self._mcu.core
        core.pc -= 2
        core.exception_entry(_HARD_FAULT)
        core.pc &= ~1

    def _check_read_only(self) -> None:
        """The emulator lets a program write into ROM and flash; silicon faults. Seen a batch
        later, so the instruction is not known any more.
        """
        for name, memory, before in (
            ("ROM (through a null pointer?)", self._mcu.bootrom, self._rom),
            ("flash, which a program can only read", self._mcu.flash, self._image),
        ):
            now = memory.cast("B")[: len(before)]
            if now != before:
                changed = np.frombuffer(now, np.uint8) != np.frombuffer(before, np.uint8)
                address = int(changed.argmax()) + (FLASH_START if before is self._image else 0)
                raise Fault("hard fault", None, f"the program wrote to {address:#010x}, in {name}")

    # ---- memory, seen from outside ----

    def paint(self, seed: int) -> None:
        """Fill SRAM with a pattern, before the program's first instruction."""
        pattern = np.random.default_rng(seed).integers(
            1 << 32, size=len(self._sram), dtype=np.uint32
        )
        self._sram[:] = self._painted = pattern

    def mark_ready(self) -> None:
        """From here on the stack is watched: whatever is below the stack pointer is unused now,
        and gets the value of the lowest word, which is the program's own paint if it has one.
        """
        bottom, top = self._stack_words()
        free = min(max((int(self._mcu.core.sp) - SRAM_START) // 4, bottom), top)
        self._sram[bottom:free] = self._sram[bottom] if free > bottom else 0
        self._at_ready = self._sram.copy()

    def stack_bytes(self) -> int:
        """The deepest stack since `mark_ready`: down to the lowest word that changed."""
        bottom, top = self._stack_words()
        changed = np.flatnonzero(self._sram[bottom:top] != self._at_ready[bottom:top])
        return 4 * (top - bottom - int(changed[0])) if len(changed) else 0

    def changed_bytes(self) -> int:
        """Words of SRAM beyond the stack that differ from the paint, in bytes."""
        bottom, top = self._stack_words()
        changed = self._sram != self._painted
        changed[bottom:top] = False
        return 4 * int(changed.sum())

    def _stack_words(self) -> tuple[int, int]:
        """First and last + 1 word of the stack: from SRAM's start to where the vector table puts
        the stack pointer (``pico.ld``); empty for a program that is laid out in another way.
        """
        top = (self._stack_top - SRAM_START) // 4
        return (0, top) if 0 < top <= _LARGEST_STACK // 4 else (0, 0)
