"""Every test window through the whole tool chain: are the chip's bytes those of the reference?

    OMP_NUM_THREADS=1 python benchmarks/tinyml/windows.py

For each kernel: generates C, compiles it, boots the image through the boot ROM in the emulator and
sends it all 773 test windows over USB (one to two minutes a kernel). Where the wheel tflite-micro
is installed, TensorFlow Lite Micro is asked too. Ends with an error if one byte differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "grader"))

from exams.tinyml_pico.tflite import to_tflite
from labkit.trends.tinyml_pico import build, codegen, data, integer
from labkit.trends.tinyml_pico.device import EmulatedPico
from labkit.trends.tinyml_pico.network import Network, accuracy, float_network, logits

CASES = (("int8", "packed"), ("int8", "plain"), ("int7", "packed7"), ("int7", "packed"))


def main() -> None:
    """Run and print all cases."""
    test = data.part("test")
    real = logits(float_network(), test.signal)
    print(f"float: accuracy {accuracy(real, test.exercise):.4f} on {len(test.exercise)} windows")
    wrong = 0
    for name in dict(CASES):
        network = integer.int8_network(name)
        windows = integer.quantise_input(network, test.signal)
        answers = integer.run(network, windows)
        agreement = accuracy(answers, real.argmax(axis=1))
        print(f"{name}: accuracy {accuracy(answers, test.exercise):.4f}, agreement {agreement:.4f}")
        wrong += on_tflite_micro(network, windows, answers)
        for kernel in [kernel for case, kernel in CASES if case == name]:
            wrong += on_chip(network, kernel, windows, answers)
    if wrong:
        raise SystemExit(f"{wrong} answers differ from the integer reference")


def on_chip(network: Network, kernel: str, windows: integer.Int8, answers: integer.Int8) -> int:
    """Print what the emulated chip does; returns how many answers differ."""
    image = build.firmware(codegen.generate(network, kernel))
    if image["problem"]:
        raise SystemExit(image["problem"])
    with EmulatedPico(image["uf2"], lines=image["lines"], seconds=60) as pico:
        given = [pico.infer(window) for window in windows]
        sizes = (
            f"flash {pico.flash_bytes:,} B, RAM {pico.ram_bytes:,} B, stack {pico.stack_bytes} B"
        )
    same = sum(
        bool((one.output == answer).all()) for one, answer in zip(given, answers, strict=True)
    )
    cycles = np.array([one.cycles for one in given])
    print(
        f"  {kernel:<8} {same}/{len(answers)} exact, cycles min/mean/max {cycles.min():,} / "
        f"{cycles.mean():,.0f} / {cycles.max():,}, {sizes}",
        flush=True,
    )
    return len(answers) - same


def on_tflite_micro(network: Network, windows: integer.Int8, answers: integer.Int8) -> int:
    """Print how many answers TensorFlow Lite Micro shares; returns how many differ."""
    try:
        from tflite_micro.python.tflite_micro import runtime
    except ImportError:
        print("  TFLite Micro: not asked, the wheel tflite-micro is not installed")
        return 0
    interpreter = runtime.Interpreter.from_bytes(to_tflite(network))
    same = 0
    for window, answer in zip(windows, answers, strict=True):
        interpreter.set_input(window[None, None], 0)
        interpreter.invoke()
        same += int((interpreter.get_output(0)[0] == answer).all())
    print(f"  TFLite Micro: {same}/{len(answers)} exact")
    return len(answers) - same


if __name__ == "__main__":
    main()
