"""The learner's `dot_rows`, called by itself on the emulated chip, with arrays of the judge's own.

A network has few shapes, and the linker puts its arrays where it likes. So the image is stopped
where it calls `dot_rows` for the first time, and the function is called again and again with other
numbers of rows and taps, from odd and even addresses, with random bytes around every array. What
it writes outside of them shows, and so does a load that the chip would refuse: the emulator lets
16 bits from an odd address pass, a Cortex-M0+ does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labkit.checks.tinyml_pico import chip, redraw
from labkit.trends.tinyml_pico import device
from labkit.trends.tinyml_pico._chip import SRAM_START, Fault

MOST_ROWS, MOST_TAPS = 64, 600
"""The task's text promises no more than these."""

SMALL = 7
"""Up to so many rows and taps, every shape is called: groups of two to four and what they leave."""

ARENA = 8 * 1024
"""Bytes at the end of SRAM for the arrays; the largest call needs half of them."""

GAP = 256
"""Bytes of poison before and after every array, at least."""

INSTRUCTIONS = 20_000, 100
"""Of one call, and more for every product; the given kernel needs about 20, and 8."""

FINDING = 2_000_000
"""Cycles until the first call; it comes after about 20,000."""

ADDRESSES = ("a multiple of 4", "an odd address", "a multiple of 2, not of 4", "an odd address")


class Shape(NamedTuple):
    """One call: rows and taps, and where `x` and `weight` begin, modulo 4."""

    rows: int
    taps: int
    x_at: int
    weight_at: int

    def words(self) -> str:
        """The call, for people."""
        return (
            f"{self.rows} row{'s' if self.rows > 1 else ''} of {self.taps} "
            f"tap{'s' if self.taps > 1 else ''}, x at {ADDRESSES[self.x_at]}, weight at "
            f"{ADDRESSES[self.weight_at]}"
        )


def shapes(rng: np.random.Generator) -> Iterator[Shape]:
    """All small shapes, then some over the whole range, each from a random pair of addresses.

    Signed and unsigned indices of a byte end at 127 and 255 taps; rows beyond 16 show a table of
    rows that is too short.
    """
    sizes = [(rows, taps) for rows in range(1, SMALL + 1) for taps in range(1, SMALL + 1)]
    sizes += [(int(rng.integers(1, 6)), 2 * int(rng.integers(64, 128)) + odd) for odd in (0, 1)]
    sizes += [(int(rng.integers(1, 4)), int(rng.integers(257, MOST_TAPS))), (1, MOST_TAPS)]
    sizes += [(int(rng.integers(17, MOST_ROWS)), int(rng.integers(2, 20))), (MOST_ROWS, 3)]
    for rows, taps in sizes:
        yield Shape(rows, taps, *(int(at) for at in rng.integers(0, 4, 2)))


class Arrays(NamedTuple):
    """The arrays of one call; `right` is what `acc` has to hold afterwards."""

    x: NDArray[np.int8]
    weight: NDArray[np.int8]
    bias: NDArray[np.int32]
    right: NDArray[np.int32]


def arrays(rng: np.random.Generator, shape: Shape) -> Arrays:
    """Random arrays, a quarter of them -128, so that -128 meets -128 often."""
    x, weight = (
        np.where(rng.random(size) < 0.25, -128, rng.integers(-128, 128, size)).astype(np.int8)
        for size in (shape.taps, (shape.rows, shape.taps))
    )
    bias = rng.integers(-(2**24), 2**24, shape.rows).astype(np.int32)
    return Arrays(x, weight, bias, bias + weight.astype(np.int32) @ x.astype(np.int32))


def problem(uf2: bytes, lines: Any, case: redraw.Case) -> str | None:
    """What goes wrong when the image's `dot_rows` is called by itself, None if nothing.

    The image is one that has answered the windows of `case`. Raises DeviceError where it is not
    to be called at all.
    """
    network = redraw.chip_network(case)
    rng = np.random.default_rng(case["seed"] + 2)
    budget: dict[str, Any] = dict(cycles=chip.BUDGET_CYCLES, seconds=chip.BUDGET_SECONDS)
    with Caller(uf2, lines=lines, seed=case["seed"], **budget) as pico:
        pico.stop_at_dot_rows(network["layers"][0], redraw.chip_windows(case, network)[0])
        for shape in shapes(rng):
            if words := pico.call(shape, arrays(rng, shape), rng):
                return f"dot_rows, called with {shape.words()}: {words}"
    return None


class Caller(device.EmulatedPico):
    """An `EmulatedPico` that is stopped at its first `dot_rows`, and called there again."""

    def stop_at_dot_rows(self, layer: dict[str, Any], window: redraw.Int8) -> None:
        """Run an inference until `dot_rows` is entered for the network's first layer."""
        board, core = self._chip, self._chip._mcu.core
        self._sram = np.frombuffer(board._mcu.sram, np.uint8)
        # What differs from the paint is the program's own: its code, its variables.
        own = np.repeat(board._at_ready != board._painted, 4)
        if own[-ARENA:].any():
            raise device.DeviceError(
                "too large", f"The image takes the last {ARENA // 1024} KB of the chip's RAM, too."
            )
        wanted = layer["weight"].reshape(len(layer["weight"]), -1)
        first = np.frombuffer(wanted.tobytes(), np.uint8)
        board.send(b"I" + window.tobytes())
        limit, lr = board.cycles + FINDING, int(core.lr)
        while board.cycles < limit:
            board._mcu.clock.tick(self._step() * 1e9 / chip.CLOCK_HZ)
            if int(core.lr) != lr:
                lr = int(core.lr)
                at = core.registers[1] - SRAM_START
                if (core.registers[2], core.registers[3]) == wanted.shape[::-1] and np.array_equal(
                    self._sram[at : at + first.size], first
                ):
                    self._keep(own, (window.shape[0] + 2 * layer["padding"]) * window.shape[1])
                    return
        raise device.DeviceError("silent", "The image never calls dot_rows with the first layer.")

    def _keep(self, own: NDArray[np.bool_], taken: int) -> None:
        """Remember how everything stands at the entry of `dot_rows`, for a layer that takes so
        many bytes.

        It may change variables of its own. Which they are nobody says; not what the program has
        changed without it since it was ready, and not the network's input.
        """
        core = self._chip._mcu.core
        self._entered = [int(value) for value in core.registers]
        self._before = self._sram.copy()
        own &= self._before == self._chip._at_ready.view(np.uint8)
        x_at = self._entered[0] - SRAM_START
        own[x_at : x_at + taken] = False
        # The function may write below the stack pointer, and into the words of its own arguments.
        own[: self._entered[13] + 8 - SRAM_START] = True
        self._writable = own
        self._decoded: dict[int, tuple[int, int, int, int] | None] = {}

    def call(self, shape: Shape, given: Arrays, rng: np.random.Generator) -> str | None:
        """Call `dot_rows` once; what it did wrong, in words, or None."""
        acc_at = self._lay(shape, given, rng)
        before, core = self._sram.copy(), self._chip._mcu.core
        back = self._entered[14] & ~1
        most = INSTRUCTIONS[0] + INSTRUCTIONS[1] * given.weight.size
        for _ in range(most):
            try:
                self._check_alignment()
            except Fault as fault:
                return str(self._fault(fault))
            try:
                self._step()
            except device.DeviceError as error:
                return str(error)
            if core.pc == back:
                return self._after(before, acc_at, given.right)
        return f"It has not come back after {most:,} instructions. It is at {self._where(core.pc)}."

    def _lay(self, shape: Shape, given: Arrays, rng: np.random.Generator) -> int:
        """Put the arrays among poison, and the arguments in place; where `acc` begins in SRAM."""
        sram, core = self._sram, self._chip._mcu.core
        sram[:] = self._before
        sram[-ARENA:] = rng.integers(0, 256, ARENA)
        places, at = [], len(sram) - ARENA
        wanted: list[tuple[NDArray[Any], int]] = [
            (given.x, shape.x_at),
            (given.weight, shape.weight_at),
            (given.bias, 0),
        ]
        for array, remainder in wanted:
            at += GAP + (remainder - at) % 4
            sram[at : at + array.nbytes] = np.frombuffer(array.tobytes(), np.uint8)
            places.append(at)
            at += array.nbytes
        acc_at = at + GAP
        for register, value in enumerate(self._entered):
            core.registers[register] = value
        x, weight, bias = (SRAM_START + place for place in places)
        for register, value in enumerate((x, weight, shape.taps, shape.rows)):
            core.registers[register] = value
        stack = self._entered[13] - SRAM_START
        sram[stack : stack + 8].view(np.uint32)[:] = bias, SRAM_START + acc_at
        return acc_at

    def _after(
        self, before: NDArray[np.uint8], acc_at: int, right: NDArray[np.int32]
    ) -> str | None:
        """What memory shows after a call."""
        end = acc_at + right.nbytes
        said = self._sram[acc_at:end].view(np.int32)
        changed = self._sram != before
        changed[acc_at:end] = False
        outside = np.flatnonzero(changed & ~self._writable)
        if outside.size:
            first = int(outside[0]) - acc_at
            where = (
                f"{-first} bytes before acc"
                if first < 0
                else f"{first - right.nbytes} bytes after it"
            )
            near = f", the first {where}" if abs(first) < GAP else ""
            return f"It changes {outside.size} bytes outside of acc{near}."
        wrong = np.flatnonzero(said != right)
        if wrong.size:
            row = int(wrong[0])
            return (
                f"{wrong.size} of {right.size} sums are wrong. acc[{row}] is {said[row]:,}; right "
                f"is {right[row]:,}."
            )
        return None

    def _step(self) -> int:
        """One instruction; its cycles."""
        try:
            return int(self._chip._mcu.core.execute_instruction())
        except Exception as error:  # noqa: BLE001 - see Chip._fault
            raise self._fault(self._chip._fault(error)) from None

    def _check_alignment(self) -> None:
        """Raises Fault where the next instruction's load or store is one the chip refuses."""
        registers = self._chip._mcu.core.registers
        pc = registers[15]
        if pc not in self._decoded:
            self._decoded[pc] = _access(self._chip._mcu.read_uint16(pc & ~1))
        if access := self._decoded[pc]:
            size, base, index, offset = access
            address = registers[base] + (registers[index] if index >= 0 else offset) & 0xFFFFFFFF
            if address % size:
                words = f"{8 * size} bits at {address:#010x}, which is no multiple of {size}"
                raise Fault("hard fault", pc, words)


def _access(opcode: int) -> tuple[int, int, int, int] | None:
    """Size, base register, index register (or -1) and offset of a 16- or 32-bit load or store."""
    base, kind = opcode >> 3 & 7, opcode >> 12
    if kind == 5:  # with an index: STR, STRH, STRB, LDRSB, LDR, LDRH, LDRB, LDRSH
        size = (4, 2, 1, 1, 4, 2, 1, 2)[opcode >> 9 & 7]
        return (size, base, opcode >> 6 & 7, 0) if size > 1 else None
    if kind in (6, 8):  # STR and LDR, STRH and LDRH, with an offset
        size = 4 if kind == 6 else 2
        return size, base, -1, (opcode >> 6 & 31) * size
    if kind == 12:  # STM and LDM
        return 4, opcode >> 8 & 7, -1, 0
    return None
