"""The lab's `client` in Flower: the same model, what it costs, in an environment of its own.

    python benchmarks/edge_federated/flower/run.py              in one process, 8 clinics, 40 rounds
    python benchmarks/edge_federated/flower/run.py --network    a SuperLink and two SuperNodes

Flower asks for older versions of typer and rich than the course has, so the first call makes an
environment in ``build/flower`` (444 MB, 20 CPU-seconds, needs the package index once). The exit
code is 1 where Flower's model and ours differ by more than the order of a sum explains.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE, PLACE = Path(__file__).parent, ROOT / "build" / "flower"
PACKAGES = ("flwr==1.42.0", "numpy==2.3.5", "scipy==1.17.1")
CLINICS, ROUNDS = 8, 40
NODES, NETWORK_ROUNDS = 2, 3
SAME = 1e-12
FLEET, CONTROL, RUNTIME = 39_092, 39_093, 39_094


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


def in_process(folder: Path) -> float:
    """Run all in one process; return how far the models lie apart."""
    command = [program("python"), str(HERE / "here.py"), str(CLINICS), str(ROUNDS)]
    said = subprocess.run(command, env=shell(folder), check=True, capture_output=True, text=True)
    found = {name: float(number) for name, number in re.findall(r"(\w+) (\S+)", said.stdout)}
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(
        f"{CLINICS} clinics, {ROUNDS} rounds: Flower {found['flower']:.2f} CPU-s, ours "
        f"{found['ours']:.2f}; {memory:.0f} MB"
    )
    return found["off"]


def over_a_network(folder: Path) -> float:
    """Run a SuperLink and SuperNodes on loopback; return how far the models lie apart."""
    (folder / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n\n[superlink.here]\naddress = "127.0.0.1:{CONTROL}"\n'
        "insecure = true\n"
    )
    link = [
        program("flower-superlink"), "--insecure", "--disable-runtime-dependency-installation",
        "--fleet-api-address", f"127.0.0.1:{FLEET}", "--control-api-address",
        f"127.0.0.1:{CONTROL}", "--host", "127.0.0.1", "--port", str(RUNTIME),
    ]  # fmt: skip
    nodes = [
        [
            program("flower-supernode"), "--insecure", "--superlink", f"127.0.0.1:{FLEET}",
            "--host", "127.0.0.1", "--port", str(RUNTIME + 1 + place),
            "--node-config", f"place={place} clinics={NODES}",
        ]
        for place in range(NODES)
    ]  # fmt: skip
    start = time.perf_counter()
    with ExitStack() as running:
        for place, command in enumerate((link, *nodes)):
            log = running.enter_context((folder / f"{place}.log").open("w"))
            process = subprocess.Popen(command, env=shell(folder), stdout=log, stderr=log)
            running.callback(process.wait)
            running.callback(process.terminate)
            time.sleep(5 if command is link else 1)
        run = [program("flwr"), "run", str(HERE), "here", "--stream", "--run-config"]
        run.append(f"rounds={NETWORK_ROUNDS} clinics={NODES}")
        subprocess.run(run, env=shell(folder), check=True, timeout=300)
        while not (folder / "model.npy").exists() and time.perf_counter() < start + 300:
            time.sleep(1)
    print(f"{NODES} clinics, {NETWORK_ROUNDS} rounds: {time.perf_counter() - start:.0f} s in all")
    check = [program("python"), str(HERE / "here.py"), str(NODES), str(NETWORK_ROUNDS), "--ours"]
    said = subprocess.run(check, env=shell(folder), check=True, capture_output=True, text=True)
    return float(said.stdout.split()[-1])


def main() -> None:
    """Run one of the two, and hold the models side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        off = (over_a_network if asked.network else in_process)(Path(folder))
    print(f"the models differ by {off:.1g}")
    if off > SAME:
        sys.exit(1)


if __name__ == "__main__":
    main()
