"""The loop against a registry on the network: `mlflow server` on loopback, by another address.

    python benchmarks/mlops/server.py

The server is in the full mlflow, which the course does without, so the first call makes an
environment in ``build/mlflow`` (851 MB, 45 CPU-seconds, needs the package index once). The loop
itself runs in the course's own environment, unchanged. The exit code is 1 where it fails.

Measured on one core of a busy machine: the loop takes 6.0 s of CPU and 247 MB, the server 6 s and
426 MB in two processes; it answers after 42 s, and all is over after two minutes.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import venv
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import psutil

from labkit.trends.mlops.registry import new_registry

HERE = Path(__file__).parent
PLACE = HERE.parents[1] / "build" / "mlflow"
PATIENCE = 300
"""Seconds until the server has to answer."""


def python() -> str:
    """The interpreter of the server's environment, which is made where it is missing."""
    place = PLACE / "bin" / "python"
    if not (PLACE / "bin" / "mlflow").exists():
        venv.create(PLACE, with_pip=True)
        wanted = f"mlflow=={version('mlflow-skinny')}"
        subprocess.run([place, "-m", "pip", "install", "--quiet", wanted], check=True)
    return str(place)


@contextmanager
def serving(folder: Path) -> Any:
    """Run the server with a registry of its own; give its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        python(), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--backend-store-uri", new_registry(folder / "registry.db"),
        "--artifacts-destination", str(folder / "artifacts"),
    ]  # fmt: skip
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"}
    # Jobs, such as judging by language models, would bring seven processes more.
    quiet["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
    path = f"{PLACE / 'bin'}{os.pathsep}{os.environ['PATH']}"
    address, log = f"http://127.0.0.1:{port}", folder / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, env=os.environ | quiet | {"PATH": path}, stdout=out, stderr=out, cwd=folder
        )
        try:
            latest = time.monotonic() + PATIENCE
            while not _answers(f"{address}/health"):
                if process.poll() is not None or time.monotonic() > latest:
                    sys.exit(log.read_text())
                time.sleep(0.2)
            yield address, psutil.Process(process.pid)
        finally:
            below = psutil.Process(process.pid).children(recursive=True)
            process.terminate()
            for one in below:
                with suppress(psutil.Error):
                    one.terminate()
            process.wait()


def _answers(address: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(address, trust_env=False).status_code == 200
    return False


def _most(server: psutil.Process, until: threading.Event, found: dict[str, float]) -> None:
    """Note the most processes, memory (MB) and CPU time that the server has had."""
    while not until.wait(0.2):
        with suppress(psutil.Error):
            all_of = [server, *server.children(recursive=True)]
            used = sum(one.memory_full_info().pss for one in all_of) / 1e6
            times = [one.cpu_times() for one in all_of]
            now = {"processes": len(all_of), "MB": used}
            now["CPU-s"] = sum(one.user + one.system for one in times)
            found.update({name: max(found.get(name, 0), value) for name, value in now.items()})


def main() -> None:
    """Start the server, run the loop with its address, and say what the server took."""
    python()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as (address, server):
        print(f"server: answers after {time.monotonic() - start:.0f} s", flush=True)
        done = threading.Event()
        found: dict[str, float] = {}
        looking = threading.Thread(target=_most, args=(server, done, found), daemon=True)
        looking.start()
        loop = [sys.executable, str(HERE / "loop.py"), "--registry", address]
        failed = subprocess.run(loop, check=False).returncode
        done.set()
        looking.join()
    print("server:", ", ".join(f"{value:.0f} {unit}" for unit, value in found.items()))
    sys.exit(failed)


if __name__ == "__main__":
    main()
