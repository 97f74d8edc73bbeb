"""Where the cycles of an inference go: which instructions, which functions.

Reads what `EmulatedPico.profile` counted for each address: its instruction, how often it ran, and
the cycles it took. Running the chip is left to ``device``, drawing to ``plots``.
"""

from __future__ import annotations

from collections.abc import Mapping

Profile = Mapping[int, tuple[int, int, int]]
"""Address: (first half-word of the instruction, executions, cycles)."""

KINDS = ("load, store", "multiply", "add, shift, move", "compare, jump")
"""The kinds of instructions that `kind` tells apart."""

_LOAD, _MULTIPLY, _ADD, _JUMP = KINDS
# (mask, value, kind), the first that fits: ARMv6-M Architecture Reference Manual, chapter A5.2.
_ENCODINGS = (
    (0xFFC0, 0x4340, _MULTIPLY),
    (0xF800, 0x2800, _JUMP),  # CMP with a number
    (0xFF80, 0x4280, _JUMP),  # CMP, CMN
    (0xFFC0, 0x4200, _JUMP),  # TST
    (0xFF00, 0x4500, _JUMP),  # CMP with a high register
    (0xFF00, 0x4700, _JUMP),  # BX, BLX
    (0xFF87, 0x4687, _JUMP),  # MOV to PC
    (0xFF87, 0x4487, _JUMP),  # ADD to PC
    (0xF800, 0x4800, _LOAD),  # LDR from beside the code
    (0xF000, 0x5000, _LOAD),  # with a register as offset
    (0xE000, 0x6000, _LOAD),  # with a number as offset: words and bytes
    (0xF000, 0x8000, _LOAD),  # half-words
    (0xF000, 0x9000, _LOAD),  # on the stack
    (0xF600, 0xB400, _LOAD),  # PUSH, POP
    (0xF000, 0xC000, _LOAD),  # LDM, STM
    (0xF000, 0xD000, _JUMP),  # B on a condition
    (0xF800, 0xE000, _JUMP),  # B
    (0xF800, 0xF000, _JUMP),  # BL, the only common one of two half-words
)


def kind(halfword: int) -> str:
    """What an instruction does, one of `KINDS`; everything that fits nothing else is the third."""
    for mask, value, name in _ENCODINGS:
        if halfword & mask == value:
            return name
    return _ADD


def cycles_by_kind(profile: Profile) -> dict[str, int]:
    """Cycles spent on each of `KINDS`."""
    spent = dict.fromkeys(KINDS, 0)
    for halfword, _, cycles in profile.values():
        spent[kind(halfword)] += cycles
    return spent


def cycles_by_function(profile: Profile, symbols: Mapping[str, int]) -> dict[str, int]:
    """Cycles spent in each function, most first.

    `symbols` maps names to addresses; an instruction belongs to the last one at or below it.
    """
    starts = sorted((address & ~1, name) for name, address in symbols.items())
    spent: dict[str, int] = {}
    place, name = 0, "?"
    for address in sorted(profile):
        while place < len(starts) and starts[place][0] <= address:
            name = starts[place][1]
            place += 1
        spent[name] = spent.get(name, 0) + profile[address][2]
    return dict(sorted(spent.items(), key=lambda item: -item[1]))
