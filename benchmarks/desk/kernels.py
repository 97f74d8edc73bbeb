"""How soon a notebook's kernel says its first word, ours against Jupyter's, in one run.

    python benchmarks/desk/kernels.py --rounds 7

Two servers run side by side, one with the learner's settings and one without. Each round asks each
for the home page or nothing, waits as a learner reads, asks for a session, connects to its kernel
and waits for the first message. The kernel is ended after that. Beside it stands the memory of the
kernel that waits.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil
from tornado.websocket import websocket_connect

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from start import READING, end_kernels, stock_command  # noqa: E402

from lab_server import TOKEN, LabServer, running_lab  # noqa: E402
from labkit.authoring.workbook import release_workbook  # noqa: E402

WISH = {"name": "a", "type": "notebook", "kernel": {"name": "python3"}}


def ask(server: LabServer, path: str, data: dict[str, Any] | None = None) -> Any:
    """GET, or POST where there is data; return the JSON."""
    body = None if data is None else json.dumps(data).encode()
    headers = {"Authorization": f"token {TOKEN}"}
    request = urllib.request.Request(server.url + path, data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


async def heard(server: LabServer, kernel: str) -> None:
    """Connect to a kernel and wait for a message."""
    address = server.url.replace("http", "ws", 1)
    line = await websocket_connect(f"{address}/api/kernels/{kernel}/channels?token={TOKEN}")
    await line.read_message()
    line.close()


def seconds(server: LabServer, number: int) -> float:
    """Seconds from the request for a session to its kernel's first message."""
    start = time.perf_counter()
    session = ask(server, "/api/sessions", WISH | {"path": f"notebook-{number}.ipynb"})
    asyncio.run(heard(server, session["kernel"]["id"]))
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as bootstrap.py starts it for a learner
    found: dict[str, list[float]] = {"ours": [], "stock": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        work, plain = folder / "workbook", folder / "plain"
        release_workbook(ROOT, work)
        plain.mkdir()
        with (
            running_lab(work, folder / "home") as own,
            running_lab(plain, folder / "home-plain", command=stock_command(plain)) as other,
        ):
            for number in range(rounds):
                for way, server in (("stock", other), ("ours", own)):
                    if way == "ours":
                        ask(server, "/labkit/home?path=HOME.md")
                    time.sleep(READING)
                    found[way].append(seconds(server, number))
                    end_kernels(server)
            time.sleep(2 * READING)  # until the next one waits
            waiting = [
                process.memory_full_info().uss / 1e6
                for process in psutil.Process().children(recursive=True)
                if any("ipykernel" in word for word in process.cmdline())
            ]
    for way, each in found.items():
        print(f"{way:6}{statistics.median(each):8.2f} s, {min(each):.2f} to {max(each):.2f}")
    print("a kernel that waits: " + ", ".join(f"{size:.0f} MB" for size in waiting))


if __name__ == "__main__":
    main()
