"""The lab's `client` in Flower: the same model, what it costs, in an environment of its own.

    python benchmarks/edge_federated/flower/run.py              in one process, 8 clinics, 40 rounds
    python benchmarks/edge_federated/flower/run.py --clients    in one process, 10 to 1,000 clinics
    python benchmarks/edge_federated/flower/run.py --network    a SuperLink and two SuperNodes

Flower asks for older versions of typer and rich than the course has, so the first call makes an
environment in ``build/flower`` (444 MB, 20 CPU-seconds, needs the package index once). The exit
code is 1 where Flower's model and ours differ by more than the order of a sum explains.

Measured on one core of a busy machine: in one process 0.5 CPU-seconds (ours 0.3) and 113 MB; with
10, 100 and 1,000 clinics 1.5, 1.4 and 1.5 ms a clinic and round (ours 0.8 each); over the network
12 s a round and 993 MB in all processes together.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[3]
HERE, PLACE = Path(__file__).parent, ROOT / "build" / "flower"
PACKAGES = ("flwr==1.42.0", "numpy==2.3.5", "scipy==1.17.1")
CLINICS, ROUNDS = 8, 40
MANY, MANY_ROUNDS = (10, 100, 1_000), 3
NODES, NETWORK_ROUNDS = 2, 3
SAME = 1e-12
PORT = 39_092
PATIENCE = 300
"""Seconds until a part of the network has to have answered; on a busy machine it took 20."""


def program(name: str) -> str:
    """A program of Flower's environment, which is made where it is missing."""
    if not (PLACE / "bin" / "flwr").exists():
        venv.create(PLACE, with_pip=True)
        pip = [str(PLACE / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *PACKAGES], check=True)
    return str(PLACE / "bin" / name)


def shell(folder: Path) -> dict[str, str]:
    """The variables of a process of Flower: nothing is reported, its files stay in `folder`."""
    return os.environ | {
        "FLWR_TELEMETRY_ENABLED": "0",
        "FLWR_HOME": str(folder),
        "LABKIT_ROOT": str(ROOT),
        "LABKIT_RESULT": str(folder / "model.npy"),
        "OMP_NUM_THREADS": "1",
        "PATH": f"{PLACE / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{HERE}",
    }


def in_process(folder: Path, clinics: int = CLINICS, rounds: int = ROUNDS) -> float:
    """Run all in one process; return how far the models lie apart."""
    command = [program("python"), str(HERE / "here.py"), str(clinics), str(rounds)]
    said = subprocess.run(command, env=shell(folder), check=True, capture_output=True, text=True)
    found = {name: float(number) for name, number in re.findall(r"(\w+) (\S+)", said.stdout)}
    each = 1e3 / (clinics * rounds)
    print(
        f"{clinics:5,} clinics, {rounds} rounds: Flower {found['flower']:.2f} CPU-s, "
        f"{each * found['flower']:.2f} ms a clinic and round; ours {found['ours']:.2f} CPU-s, "
        f"{each * found['ours']:.2f} ms; {found['megabytes']:.0f} MB in all"
    )
    return found["off"]


def with_many(folder: Path) -> float:
    """Run more and more clinics in one process; return how far the models lie apart at most."""
    return max(in_process(folder, clinics, MANY_ROUNDS) for clinics in MANY)


def over_a_network(folder: Path) -> float:
    """Run a SuperLink and SuperNodes on loopback; return how far the models lie apart."""
    (folder / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n\n[superlink.here]\naddress = "127.0.0.1:{PORT}"\n'
        "insecure = true\n"
    )
    link = [
        program("flower-superlink"), "--insecure", "--disable-runtime-dependency-installation",
        "--host", "127.0.0.1", "--port", str(PORT),
    ]  # fmt: skip
    nodes = [
        [
            program("flower-supernode"), "--insecure", "--superlink", f"127.0.0.1:{PORT}",
            "--host", "127.0.0.1", "--port", str(PORT + 1 + place),
            "--node-config", f"place={place} clinics={NODES}",
        ]
        for place in range(NODES)
    ]  # fmt: skip
    run = [program("flwr"), "run", str(HERE), "here", "--stream", "--run-config"]
    run.append(f"rounds={NETWORK_ROUNDS} clinics={NODES}")
    start = time.perf_counter()
    with ExitStack() as running:
        parts = [_begin(link, folder / "link.log", running)]
        _wait_for(PORT)
        for place, command in enumerate(nodes):
            parts.append(_begin(command, folder / f"node {place}.log", running))
        ready = time.perf_counter()
        parts.append(_begin(run, folder / "run.log", running))
        most = _memory_until((folder / "model.npy").exists, parts, ready + PATIENCE)
    if not (folder / "model.npy").exists():
        raise SystemExit("".join(log.read_text() for log in sorted(folder.glob("*.log"))))
    print(
        f"{NODES} clinics, {NETWORK_ROUNDS} rounds: {time.perf_counter() - ready:.0f} s after "
        f"{ready - start:.0f} s to start; {most:.0f} MB in all processes together"
    )
    check = [program("python"), str(HERE / "here.py"), str(NODES), str(NETWORK_ROUNDS), "--ours"]
    said = subprocess.run(check, env=shell(folder), check=True, capture_output=True, text=True)
    return float(re.findall(r"off (\S+)", said.stdout)[0])


def _begin(command: list[str], log: Path, running: ExitStack) -> subprocess.Popen[bytes]:
    """Start a process that ends, with all that it started, when `running` does."""
    out = running.enter_context(log.open("w"))
    process = subprocess.Popen(command, env=shell(log.parent), stdout=out, stderr=out)
    running.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    below = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    for one in below:
        if one.is_running():
            one.terminate()
    process.wait()


def _wait_for(port: int) -> None:
    for _ in range(PATIENCE):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(1)
    raise SystemExit(f"Nothing answers on port {port} of 127.0.0.1.")


def _memory_until(
    done: Callable[[], bool], parts: list[subprocess.Popen[bytes]], latest: float
) -> float:
    """Wait until something is done, or cannot be any more; return the most memory used, in MB."""
    most = 0.0
    while not done() and not any(one.poll() for one in parts) and time.perf_counter() < latest:
        used = 0
        for one in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                used += one.memory_full_info().pss
        most = max(most, used / 1e6)
        time.sleep(0.2)
    return most


def main() -> None:
    """Run one of the three, and hold the models side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", dest="way", action="store_const", const=with_many)
    parser.add_argument("--network", dest="way", action="store_const", const=over_a_network)
    way = parser.parse_args().way or in_process
    with tempfile.TemporaryDirectory() as folder:
        off = way(Path(folder))
    print(f"the models differ by {off:.1g}")
    if off > SAME:
        sys.exit(1)


if __name__ == "__main__":
    main()
