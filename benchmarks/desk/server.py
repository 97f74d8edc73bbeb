"""How much processor time the learner's server takes until it answers, against stock JupyterLab.

    python benchmarks/desk/server.py --rounds 5

Rounds alternate between the two on the same empty folder, the first one is not counted. Ours is
`labkit lab`'s command with the learner's settings, stock is `jupyterlab` without any setting of
ours. Processor time, since a busy machine stretches the clock. Budget: a ratio of at most 1.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from labkit.desk.serve import lab_command, lab_environment

PATIENCE = 120  # seconds


def seconds_until_it_answers(command: list[str], environment: dict[str, str], home: Path) -> float:
    """Start a server with a new home, and return the processor time it took until it answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"HOME": home, "JUPYTER_CONFIG_DIR": home / "config", "JUPYTER_RUNTIME_DIR": home / "run"}
    environment = environment | {name: str(value) for name, value in own.items()}
    server = subprocess.Popen(
        [*command, f"--ServerApp.port={port}"],
        env=environment,
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/api")
        fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    finally:
        server.terminate()
        server.wait()


def _wait(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(f"{address} does not answer")


def main() -> None:
    """Measure both in turns, and print medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    times: dict[str, list[float]] = {"ours": [], "stock": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = lab_command(folder, 0, open_browser=False)
        stock = [sys.executable, "-m", "jupyterlab", *ours[3:]]
        for number in range(rounds + 1):
            for kind, command, environment in (
                ("ours", ours, lab_environment()),
                ("stock", stock, dict(os.environ)),
            ):
                home = Path(tempfile.mkdtemp(dir=folder))
                seconds = seconds_until_it_answers(command, environment, home)
                if number:
                    times[kind].append(seconds)
    middle = {kind: statistics.median(found) for kind, found in times.items()}
    for kind, found in times.items():
        print(f"{kind:6} {middle[kind]:.2f} s ({min(found):.2f} to {max(found):.2f})")
    print(f"ratio  {middle['ours'] / middle['stock']:.2f}")


if __name__ == "__main__":
    main()
