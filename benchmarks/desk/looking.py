"""How long `submit` takes in a notebook where it only looks, in a kernel that has just started.

    python benchmarks/desk/looking.py --rounds 5

Each round starts a kernel in a released workbook and runs the lab's last cell, once cold and once
more. Beside the wall's clock stands the kernel's processor time, which a busy machine disturbs
less. Budget: 1.5 s.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from jupyter_client.manager import start_new_kernel

from labkit.authoring.workbook import release_workbook

ROOT = Path(__file__).resolve().parents[2]
LAB = "08_rl_supply_chain"
LAST_CELL = f'from labkit.desk.submit import submit\nsubmit("{LAB}")'
TIMED = f"""
import json, time
wall, cpu = time.perf_counter(), time.process_time()
{LAST_CELL}
print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]))
"""


def seconds(folder: Path) -> list[list[float]]:
    """Return wall and processor seconds of the last cell, run twice in a new kernel."""
    manager, client = start_new_kernel(cwd=str(folder))
    found: list[list[float]] = []

    def keep(message: dict) -> None:
        if message["msg_type"] == "error":
            raise RuntimeError(message["content"]["evalue"])
        if message["msg_type"] == "stream" and message["content"]["text"].startswith("["):
            found.append(json.loads(message["content"]["text"]))

    try:
        for _ in range(2):
            client.execute_interactive(TIMED, timeout=120, output_hook=keep)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return found


def main() -> None:
    """Print medians and the worst."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        workbook = Path(name) / "workbook"
        release_workbook(ROOT, workbook)
        runs = [seconds(workbook / "labs" / LAB) for _ in range(rounds)]
    for place, kind in enumerate(("first", "again")):
        wall, cpu = zip(*(run[place] for run in runs), strict=True)
        print(
            f"{kind:6} wall {statistics.median(wall):.2f} s (worst {max(wall):.2f}), "
            f"CPU {statistics.median(cpu):.2f} s (worst {max(cpu):.2f})"
        )


if __name__ == "__main__":
    main()
