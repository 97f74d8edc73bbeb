"""What the images of the networks of `deploy` take: shapes, and a table that was measured.

    PYTHONPATH=grader OMP_NUM_THREADS=1 python -m exams.tinyml_pico.images

builds every image, boots it in the emulator and prints the table; it takes about a minute.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.tinyml_pico import build, codegen, device, packing, random_networks

Taken = tuple[int, int, int]

SHAPES: dict[str, dict[str, Any]] = {
    "long 1": dict(length=40, channels=32, widths=[8], kernels=[15], strides=[3], classes=5),
    "long 2": dict(length=36, channels=24, widths=[10], kernels=[19], strides=[2], classes=6),
    "long 3": dict(length=30, channels=40, widths=[8], kernels=[13], strides=[2], classes=7),
    "long 4": dict(length=48, channels=20, widths=[9], kernels=[25], strides=[3], classes=4),
    "wide 1": dict(length=128, channels=40, widths=[4], kernels=[3], strides=[3], classes=5),
    "wide 2": dict(length=200, channels=16, widths=[4], kernels=[4], strides=[4], classes=6),
    "wide 3": dict(length=160, channels=24, widths=[6], kernels=[3], strides=[3], classes=4),
    "wide 4": dict(length=144, channels=32, widths=[4], kernels=[2], strides=[2], classes=7),
    "many 1": dict(
        length=32, channels=12, widths=[48, 10], kernels=[1, 1], strides=[1, 1], classes=5
    ),
    "many 2": dict(
        length=36, channels=8, widths=[40, 16], kernels=[1, 1], strides=[1, 1], classes=6
    ),
    "many 3": dict(
        length=30, channels=10, widths=[56, 8], kernels=[1, 1], strides=[1, 1], classes=4
    ),
    "many 4": dict(
        length=34, channels=14, widths=[44, 12], kernels=[1, 1], strides=[1, 1], classes=6
    ),
    "short 1": dict(
        length=48, channels=2, widths=[48, 4], kernels=[3, 1], strides=[1, 3], classes=7
    ),
    "short 2": dict(length=60, channels=2, widths=[44], kernels=[2], strides=[1], classes=4),
    "short 3": dict(
        length=46, channels=4, widths=[40, 4], kernels=[1, 1], strides=[1, 2], classes=7
    ),
}
"""Rows of hundreds of weights, networks that are nearly all input, many outputs of short rows, and
many of the shortest. "wide" is drawn with weights of 7 bits, see `complete`."""

IMAGES: dict[str, dict[str, Taken]] = {
    "long 1": {
        "plain -Os": (556_516, 7_680, 10_744),
        "plain -O2": (543_932, 8_960, 12_292),
    },
    "long 2": {
        "plain -Os": (849_168, 8_448, 11_148),
        "plain -O2": (830_812, 9_984, 12_780),
    },
    "long 3": {
        "plain -Os": (645_971, 7_936, 11_060),
        "plain -O2": (631_266, 9_472, 12_624),
    },
    "long 4": {
        "plain -Os": (742_852, 8_192, 11_144),
        "plain -O2": (725_950, 9_728, 12_708),
    },
    "wide 1": {
        "plain -Os": (232_683, 4_096, 10_864),
        "plain -O2": (232_323, 5_376, 12_252),
        "packed -Os": (98_954, 5_120, 22_012),
        "packed -O2": (93_044, 5_632, 22_592),
        "packed7 -Os": (93_788, 5_120, 21_980),
        "packed7 -O2": (87_878, 5_632, 22_560),
    },
    "wide 2": {
        "plain -Os": (161_413, 3_840, 8_744),
        "plain -O2": (163_994, 5_120, 10_112),
        "packed -Os": (66_399, 4_608, 15_836),
        "packed -O2": (62_641, 5_120, 16_372),
        "packed7 -Os": (63_129, 4_608, 15_804),
        "packed7 -O2": (59_371, 5_120, 16_340),
    },
    "wide 3": {
        "plain -Os": (277_878, 4_096, 9_668),
        "plain -O2": (279_604, 5_376, 11_012),
        "packed -Os": (102_698, 4_864, 18_328),
        "packed -O2": (98_167, 5_376, 18_828),
        "packed7 -Os": (96_858, 4_864, 18_296),
        "packed7 -O2": (92_327, 5_376, 18_796),
    },
    "wide 4": {
        "plain -Os": (230_281, 3_840, 10_268),
        "plain -O2": (234_018, 5_376, 11_636),
        "packed -Os": (94_732, 4_608, 20_316),
        "packed -O2": (89_326, 5_120, 20_856),
        "packed7 -Os": (90_052, 4_608, 20_284),
        "packed7 -O2": (84_646, 5_120, 20_824),
    },
    "many 1": {
        "plain -Os": (544_705, 5_376, 8_516),
        "plain -O2": (564_013, 6_400, 9_832),
        "packed -Os": (152_218, 7_680, 12_908),
        "packed -O2": (151_657, 7_936, 13_316),
    },
    "many 2": {
        "plain -Os": (574_139, 5_120, 8_560),
        "plain -O2": (595_824, 6_400, 9_876),
        "packed -Os": (161_455, 7_424, 12_820),
        "packed -O2": (160_839, 7_936, 13_228),
    },
    "many 3": {
        "plain -Os": (515_691, 5_120, 8_548),
        "plain -O2": (543_985, 6_400, 9_864),
        "packed -Os": (154_075, 7_680, 13_084),
        "packed -O2": (153_654, 8_192, 13_492),
    },
    "many 4": {
        "plain -Os": (603_273, 5_376, 8_664),
        "plain -O2": (628_948, 6_656, 9_980),
        "packed -Os": (177_391, 7_936, 13_408),
        "packed -O2": (176_670, 8_192, 13_816),
    },
    "short 1": {
        "plain -Os": (427_887, 4_608, 8_372),
        "plain -O2": (468_342, 5_888, 9_688),
        "packed -Os": (132_310, 6_400, 12_460),
        "packed -O2": (132_222, 6_912, 12_868),
    },
    "short 2": {
        "plain -Os": (426_202, 4_352, 8_476),
        "plain -O2": (460_407, 5_632, 9_792),
        "packed -Os": (130_044, 5_632, 12_460),
        "packed -O2": (128_187, 6_144, 12_868),
    },
    "short 3": {
        "plain -Os": (325_099, 4_352, 7_748),
        "plain -O2": (352_186, 5_632, 9_064),
        "packed -Os": (94_199, 5_632, 11_076),
        "packed -O2": (93_980, 6_144, 11_484),
    },
}
"""Cycles for a window of zeros, flash and RAM (zig 0.16.0). Other weights move neither flash nor
RAM, and the cycles of an image by less than .3 % where a limit is near."""

STACK = {"plain": 440, "packed": 140, "packed7": 140}
"""Bytes of RAM that the linker's figure leaves out, at least: the part of the stack that is used.
With the C kernel, 440 to 448 at -Os and 500 to 508 at -O2; with the assembler 140 to 148."""


def complete(name: str) -> dict[str, Any]:
    """The shape of a network, `**` for `random_networks.random_network`.

    Weights of 7 bits are what the faster assembler wants; it refuses all others.
    """
    return {
        **SHAPES[name],
        "largest_weight": 63 if name.startswith("wide") else 127,
        "clamped": False,
        "padded": True,
    }


def measured(name: str, seed: int = 0) -> dict[str, Taken]:
    """What each image of a network takes, asked of the emulated chip."""
    network = random_networks.random_network(np.random.default_rng(seed), **complete(name))
    quiet = np.zeros((network["length"], network["channels"]), np.int8)
    taken = {}
    for kernel in codegen.KERNELS:
        for switch in ("-Os", "-O2"):
            try:
                sources = codegen.generate(network, kernel)
            except packing.CannotPack:
                continue
            with device.EmulatedPico(build.firmware(sources, optimise=switch)["uf2"]) as pico:
                cycles = pico.infer(quiet).cycles
                taken[f"{kernel} {switch}"] = (cycles, pico.flash_bytes, pico.ram_bytes)
    return taken


def main() -> None:
    """Measure everything and print it."""
    for name in SHAPES:
        print(name, measured(name))


if __name__ == "__main__":
    main()
