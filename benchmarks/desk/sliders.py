"""How long the lessons' sliders take to answer: each slider's median and worst, wall and CPU.

Run: ``python benchmarks/desk/sliders.py [--limit SECONDS]``. It fails where a median is above the
limit, 0.2 s unless told.

Timed is the work of a move in the kernel: computing, drawing and the PNG that is sent. The way
through the browser is left out. Beside the wall's clock stands the thread's CPU time, which a busy
machine disturbs less, and above all the machine's load. The first move of a slider counts like any
other; what the explorer computes as it opens, and its first picture, do not. About one move in ten
meets Python's garbage collector, which takes as long as the move itself or longer: see the worst.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from labkit.trends.causal_uplift import widgets as uplift
from labkit.trends.neuro_symbolic_diagnosis import widgets as diagnosis
from labkit.trends.rl_supply_chain import widgets as supply
from labkit.trends.rl_supply_chain.world import routing
from labkit.trends.tinyml_pico import data
from labkit.trends.tinyml_pico import widgets as tinyml

MOVES = 9


def explorers() -> dict[str, Any]:
    """Every exploration of the lessons, made as the lesson makes it."""
    days = routing.draw_days(1, seed=2026)
    widths = {"4, 8, 8": "w4", "8, 12, 16": "w8", "12, 16, 24": "w12", "16, 24, 32": "int8"}
    # As long as the three exercises that lesson 11 plays.
    steps = round(60 * data.RATE_HZ)
    signal = np.random.default_rng(0).normal(size=(steps, 3))
    ends = np.arange(3, 60, 1.6)
    verdicts = [
        (float(end), data.EXERCISES[0], data.EXERCISES[row % 2]) for row, end in enumerate(ends)
    ]
    return {
        "07 diagnosis": diagnosis.explore_diagnosis(),
        "08 base-stock": supply.explore_base_stock(),
        "08 storm day": supply.play_storm_day(days, routing.nearest_request),
        "09 confounding": uplift.explore_confounding(),
        "11 bits and width": tinyml.explore_bits(widths),
        "11 wrist": tinyml.watch_live(signal, verdicts),
    }


def places(control: Any) -> list[Any]:
    """Values over the whole range of a slider, the ends among them."""
    if hasattr(control, "options"):
        return list(control.options)
    steps = round((control.max - control.min) / control.step)
    chosen = np.unique(np.linspace(0, steps, MOVES).round().astype(int))
    kind = type(control.value)
    return [kind(min(control.min + step * control.step, control.max)) for step in chosen]


def answers(explorer: Any, name: str) -> Iterator[tuple[float, float]]:
    """Move one slider from end to end; yield wall and CPU seconds of each answer."""
    control = explorer.controls[name]
    start = control.value
    for value in places(control):
        control.value = value
        wall, cpu = time.perf_counter(), time.thread_time()
        explorer.picture._repr_mimebundle_()
        yield time.perf_counter() - wall, time.thread_time() - cpu
    control.value = start


def main() -> int:
    """Print a line a slider."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=0.2, help="seconds (0.2)")
    limit = parser.parse_args().limit
    slow = []
    if hasattr(os, "getloadavg"):
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'in seconds':34}{'wall':>8}{'worst':>8}{'CPU':>8}{'worst':>8}")
    for title, explorer in explorers().items():
        explorer.picture._repr_mimebundle_()
        for name in explorer.controls:
            wall, cpu = zip(*answers(explorer, name), strict=True)
            median = statistics.median(wall)
            line = f"{title + ': ' + name:34}{median:8.3f}{max(wall):8.3f}"
            print(f"{line}{statistics.median(cpu):8.3f}{max(cpu):8.3f}")
            if median > limit:
                slow.append(f"{title}: {name}")
    if slow:
        print(f"above {limit} s: {', '.join(slow)}")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main())
