"""Right and wrong answers to the task `deploy`: images; one of them is forged."""

from __future__ import annotations

import numpy as np

from labkit.trends.tinyml_pico import build, codegen, device, integer, packing
from labkit.trends.tinyml_pico.network import macs

from .sharing import sharing

__all__ = ["RIGHT", "WRONG", "sharing"]


def _images(network, kernels=codegen.KERNELS, switches=("-Os", "-O2")):
    """All images of a network, with what the emulated chip says of each."""
    quiet = np.zeros((network["length"], network["channels"]), np.int8)
    for kernel in kernels:
        for switch in switches:
            try:
                sources = codegen.generate(network, kernel)
            except packing.CannotPack:
                continue
            image = build.firmware(sources, optimise=switch)
            if image["problem"]:
                continue
            with device.EmulatedPico(image["uf2"]) as pico:
                cycles = pico.infer(quiet.tobytes()).cycles
                yield (
                    {
                        "milliseconds": cycles / 125e3,
                        "flash_bytes": pico.flash_bytes,
                        "ram_bytes": pico.ram_bytes,
                    },
                    image,
                )


def _most_room(network, limits):
    """The image that stays furthest below its tightest limit."""
    tried = [
        (max(taken[name] / limits[name] for name in limits), number, image)
        for number, (taken, image) in enumerate(_images(network))
    ]
    return min(tried)[2]


def _first_that_fits(network, limits):
    """Assembler first, size first; only what a judge reads is returned."""
    for taken, image in _images(network, ("packed7", "packed", "plain"), ("-Os", "-O2")):
        if all(taken[name] < 0.995 * limits[name] for name in limits):
            return {"uf2": image["uf2"], "problem": None}
    return None


def _fastest_within(*names):
    """The fastest image within some of the limits; the others are never looked at."""

    def deploy(network, limits):
        tried = [
            (taken["milliseconds"], number, image)
            for number, (taken, image) in enumerate(_images(network))
            if all(taken[name] <= limits[name] for name in names)
        ]
        return min(tried)[2]

    return deploy


def _first_within(*names):
    """The first image within some of the limits, faster switch first."""

    def deploy(network, limits):
        for taken, image in _images(network, switches=("-O2", "-Os")):
            if all(taken[name] <= limits[name] for name in names):
                return image
        return None

    return deploy


def _smallest(network, limits):
    """The least flash and RAM, however long it takes."""
    tried = [
        (taken["flash_bytes"], taken["ram_bytes"], number, image)
        for number, (taken, image) in enumerate(_images(network))
    ]
    return min(tried)[3]


def _by_a_constant(cycles, switch="-Os"):
    """Nothing is booted: one constant, cycles a product, decides whether the C kernel will do."""

    def deploy(network, limits):
        products = sum(macs(network))
        kernels = ["packed7", "packed", "plain"]
        if cycles * products <= 125e3 * limits["milliseconds"]:
            kernels = ["plain"]
        for kernel in kernels:
            try:
                sources = codegen.generate(network, kernel)
            except packing.CannotPack:
                continue
            return build.firmware(sources, optimise=switch)

    return deploy


def _one_switch(switch):
    """Everything is measured, but one of the compiler's two switches is never tried."""

    def deploy(network, limits):
        room = [
            (max(taken[name] / limits[name] for name in limits), number, image)
            for number, (taken, image) in enumerate(_images(network, switches=(switch,)))
        ]
        return min(room)[2]

    return deploy


def _by_size_alone(network, limits):
    """What the linker says decides: the fastest kernel, at -O2 where memory holds that."""
    for kernel in ("packed7", "packed", "plain"):
        for switch in ("-O2", "-Os"):
            try:
                image = build.firmware(codegen.generate(network, kernel), optimise=switch)
            except packing.CannotPack:
                continue
            size = image["size"]
            if (
                size["flash"] <= limits["flash_bytes"]
                and size["static_ram"] + size["stack"] <= limits["ram_bytes"]
            ):
                return image
    return build.firmware(codegen.generate(network, "plain"), optimise="-Os")


def _by_the_linker(network, limits):
    """Time from the chip, flash and RAM from the linker: what is farthest from its limits."""
    quiet = np.zeros((network["length"], network["channels"]), np.int8)
    room = []
    for kernel in codegen.KERNELS:
        for switch in ("-O2", "-Os"):
            try:
                image = build.firmware(codegen.generate(network, kernel), optimise=switch)
            except packing.CannotPack:
                continue
            with device.EmulatedPico(image["uf2"]) as pico:
                time = pico.infer(quiet.tobytes()).cycles / 125e3 / limits["milliseconds"]
            size = image["size"]
            flash = size["flash"] / limits["flash_bytes"]
            room.append((max(time, flash, size["static_ram"] / limits["ram_bytes"]), image))
    return min(room, key=lambda pair: pair[0])[1]


def _always(kernel, switch="-O2"):
    def deploy(network, limits):
        try:
            sources = codegen.generate(network, kernel)
        except packing.CannotPack:
            sources = codegen.generate(network, "plain")
        return build.firmware(sources, optimise=switch)

    return deploy


def _without_weights(network, limits):
    """Small and quick, but it answers nothing of worth."""
    for layer in network["layers"]:
        if "weight" in layer:
            layer["weight"] = np.zeros_like(layer["weight"])
    return build.firmware(codegen.generate(network, "packed"), optimise="-Os")


def _stored_network(network, limits):
    return build.firmware(codegen.generate(integer.int8_network("w4"), "packed"), optimise="-Os")


def _size_forged(network, limits):
    made = _always("plain")(network, limits)
    made["size"] = {"flash": 1, "static_ram": 1, "stack": 1, "code": 1}
    return made


def _blocks_dropped(network, limits):
    """Every second block of the image left out to save flash."""
    made = _most_room(network, limits)
    blocks = [made["uf2"][i : i + 512] for i in range(0, len(made["uf2"]), 512)]
    return {**made, "uf2": b"".join(blocks[::2])}


RIGHT = {"most room": _most_room, "first that fits": _first_that_fits}
WRONG = {
    "always the C kernel": (_always("plain"), "takes too much"),
    "always the C kernel, for size": (_always("plain", "-Os"), "takes too much"),
    "always the assembler kernel": (_always("packed"), "takes too much"),
    "never looks at RAM": (
        _fastest_within("milliseconds", "flash_bytes"),
        "bytes of RAM, allowed",
    ),
    "never looks at flash": (
        _fastest_within("milliseconds", "ram_bytes"),
        "bytes of flash, allowed",
    ),
    "the first, whatever RAM": (
        _first_within("milliseconds", "flash_bytes"),
        "bytes of RAM, allowed",
    ),
    "the first, whatever flash": (
        _first_within("milliseconds", "ram_bytes"),
        "bytes of flash, allowed",
    ),
    "never looks at the time": (_smallest, " ms, allowed"),
    "twelve cycles a product": (_by_a_constant(12), "takes too much"),
    "ten cycles a product, for speed": (_by_a_constant(10.2, "-O2"), "takes too much"),
    "twenty cycles a product": (_by_a_constant(20), "takes too much"),
    "-Os alone": (_one_switch("-Os"), " ms, allowed"),
    "-O2 alone": (_one_switch("-O2"), "takes too much"),
    "by size alone": (_by_size_alone, "takes too much"),
    "flash and RAM by the linker": (_by_the_linker, "bytes of RAM, allowed"),
    "never optimised": (_always("plain", "-O0"), "takes too much"),
    "weights left out": (_without_weights, "get wrong answers"),
    "a stored network": (_stored_network, "another network"),
    "sizes forged": (_size_forged, "takes too much"),
    "blocks dropped": (_blocks_dropped, ""),
    "a path for bytes": (lambda *a: {"uf2": "image.uf2", "problem": None}, "should be the bytes"),
    "the problem alone": (lambda *a: {"problem": "none"}, "no key 'uf2'"),
}

HARMLESS = {
    "wheel: exam answer is in practice answer": "all images hold the same run-time",
    "wheel: exam answer is in what labkit.trends.tinyml_pico.build.selftest loads": "so does this",
    "line left out: continue -> pass": "the sources of the kernel before are built once more",
    "constant: …r(window).cycles / 125000 -> *": "one in 125,000",
    "constant: …nfer(window).cycles / 125000 -> *": "one in 125,000",
    "comparison: if milliseconds <= 0.99 * limits['milliseconds'] *": "none takes just that",
    "comparison: …] and pico.flash_bytes <= limits['flash_bytes'] *": "limits lie between images",
    "comparison: …'] and (pico.ram_bytes <= *": "limits lie between images",
}
