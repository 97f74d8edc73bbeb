"""The same network on every kernel: cycles, flash, RAM and stack, beside the literature's kernels.

Builds the int8 network of the lesson with each kernel, boots it through the boot ROM, gives it test
windows, and compares every byte with the integer reference (``windows.py`` does it for all 773).
The cycles are the emulator's, taken from outside.
Writes ``figures/kernels.json``, from which the lesson draws; the figures of other people's kernels
were measured once on the same network and the same emulator, with their own compilers.

    OMP_NUM_THREADS=1 python benchmarks/tinyml/kernels.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from labkit.trends import tinyml_pico
from labkit.trends.tinyml_pico import build, codegen, data, device, integer, network

CLOCK_HZ = 125_000_000
WINDOWS = 50
FOLDER = Path(tinyml_pico.__file__).parent / "figures"

# (name, network, kernel, the compiler's switch)
OURS = [
    ("plain C", "int8", "plain", "-O2"),
    ("plain C, small", "int8", "plain", "-Os"),
    ("assembler, 8 bit", "int8", "packed", "-O2"),
    ("assembler, 7 bit", "int7", "packed7", "-O2"),
]

# Measured once, in the same emulator. CMSIS-NN (gcc -O2) and the single products ran the same
# network; TinyMaix's figure is for its dot products alone, emlearn's for a floating point MLP.
LITERATURE = [
    ("assembler, one product a MULS", 6.1, None, ""),
    ("CMSIS-NN", 12.1, 15_300, "https://github.com/ARM-software/CMSIS-NN"),
    ("TinyMaix, dot products alone", 7.6, None, "https://github.com/sipeed/TinyMaix"),
    ("emlearn, soft-float MLP", 277.0, None, "https://github.com/emlearn/emlearn"),
]


def measure(name: str, which: str, kernel: str, optimise: str, windows: int) -> dict[str, Any]:
    """One kernel on the first `windows` test windows."""
    net = integer.int8_network(which)
    test = data.part("test")
    signal = integer.quantise_input(net, test.signal[:windows])
    image = build.firmware(codegen.generate(net, kernel), optimise=optimise)
    verdict = device.judge(image["uf2"], signal, lines=image["lines"], seconds=60)
    if verdict["problem"]:
        raise SystemExit(f"{name}: {verdict['problem']}")
    outputs = np.stack(verdict["outputs"])
    macs = sum(network.macs(net))
    cycles = verdict["cycles"]
    return {
        "name": name,
        "network": which,
        "kernel": kernel,
        "cycles": round(float(np.mean(cycles))),
        "cycles_range": [min(cycles), max(cycles)],
        "cycles_per_mac": round(float(np.mean(cycles)) / macs, 2),
        "flash": verdict["flash"],
        "ram": verdict["ram"],
        "stack": verdict["stack"],
        "windows": windows,
        "exact": bool((outputs == integer.run(net, signal)).all()),
        "accuracy": round(float((outputs.argmax(1) == test.exercise[:windows]).mean()), 4),
        "measured": "here",
        "link": "",
    }


def quoted(macs: int) -> list[dict[str, Any]]:
    """The literature's kernels in the same form."""
    return [
        {
            "name": name,
            "cycles": round(rate * macs),
            "cycles_per_mac": rate,
            "flash": flash,
            "ram": None,
            "exact": None,
            "measured": "literature",
            "link": link,
        }
        for name, rate, flash, link in LITERATURE
    ]


def main() -> None:
    macs = sum(network.macs(integer.int8_network()))
    kernels = [measure(*row, WINDOWS) for row in OURS] + quoted(macs)
    for row in kernels:
        print(
            f"{row['name']:30} {row['cycles']:>10,} cycles  {row['cycles_per_mac']:>6.2f} a MAC  "
            f"flash {row['flash'] or '-':>6}  RAM {row['ram'] or '-':>6}  exact {row['exact']}"
        )
    FOLDER.mkdir(exist_ok=True)
    figures = {
        "source": "benchmarks/tinyml/kernels.py",
        "macs": macs,
        "clock_hz": CLOCK_HZ,
        "kernels": kernels,
    }
    (FOLDER / "kernels.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
