"""What a set-up costs on this machine, and whether README says the same.

    python benchmarks/setup.py                a learner's set-up, on a machine that has nothing yet
    python benchmarks/setup.py --developer    also what `make test` adds to it
    python benchmarks/setup.py --cached       with the packages that were downloaded before

It copies the tree into a temporary folder and sets it up there, with empty download caches unless
told otherwise. Then it starts `bootstrap.py lab` three times, from the command to the home page's
first answer: the first start writes the notebooks, the others are what a learner waits for every
day. Wanted on two cores: a learner's set-up of at most 90 s and 2.7 GiB, and 3 s for a later start.

Sizes are what the folder takes on the disk, files with several names counted once, as `du` does.
The exit code is 1 where README promises less than was measured.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROMISE = re.compile(r"\((\d+\.\d) GB on Linux, less than (\d+) seconds on a fast\s+line\)")
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\S*token=(\w+)")


def copy_tree(folder: Path) -> None:
    """Copy what git knows or would take, so that nothing set up here comes along."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def environment(caches: Path | None) -> dict[str, str]:
    """Return the variables of a learner's shell, with download caches of their own."""
    found = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    found |= {"BROWSER": "true", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    if caches:
        found |= {"PIP_CACHE_DIR": str(caches / "pip"), "UV_CACHE_DIR": str(caches / "uv")}
    return found


def set_up(tree: Path, shell: dict[str, str], kind: str) -> tuple[float, float, float]:
    """Set up for one kind of user; return seconds, seconds of processor time, and .venv's GiB."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    code = f"import bootstrap; bootstrap.set_up({kind!r})"
    with open(tree / f"{kind}.log", "w") as log:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tree, env=shell, stdout=log, stderr=subprocess.STDOUT
        )
    if done.returncode:
        sys.exit((tree / f"{kind}.log").read_text())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used, disk_size(tree / ".venv")


def disk_size(folder: Path) -> float:
    """Return the GiB that a folder takes on the disk; a file with several names counts once."""
    states = {(state.st_dev, state.st_ino): state.st_blocks for state in states_of(folder)}
    return sum(states.values()) * 512 / 2**30


def states_of(folder: Path) -> list[os.stat_result]:
    """Return the state of a folder and of everything below it."""
    return [path.lstat() for path in [folder, *folder.rglob("*")]]


def first_page(tree: Path, shell: dict[str, str]) -> float:
    """Start `bootstrap.py lab`; return the seconds until the home page answers, and end it."""
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "bootstrap.py", "lab"],
        cwd=tree,
        env=shell,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert server.stdout is not None
    try:
        said = []
        for line in server.stdout:
            said.append(line)
            if found := ADDRESS.search(line):
                answer(f"{found[1]}/lab/tree/HOME.md?token={found[2]}")
                return time.perf_counter() - start
        sys.exit("".join(said))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        # What it still says must be read, or it cannot end.
        threading.Thread(target=server.stdout.read, daemon=True).start()
        server.wait()


def answer(address: str) -> None:
    """Ask for a page until the server answers."""
    while True:
        try:
            urllib.request.urlopen(address, timeout=60).read()
            return
        except urllib.error.URLError as trouble:
            if isinstance(trouble, urllib.error.HTTPError):
                raise
            time.sleep(0.02)


def tell(kind: str, seconds: float, used: float, size: float) -> None:
    """Print what a set-up took: seconds, seconds of processor time, GiB of .venv."""
    print(f"{kind}: {seconds:.0f} s, {used:.0f} s of CPU, .venv {size:.2f} GiB", flush=True)


def promised() -> tuple[float, float]:
    """Return the GB and the seconds that README names."""
    found = PROMISE.search((ROOT / "README.md").read_text(encoding="utf-8"))
    if not found:
        sys.exit(f"README.md has no sentence of the form {PROMISE.pattern}")
    return float(found[1]), float(found[2])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--developer", action="store_true", help="also what `make test` adds")
    parser.add_argument("--cached", action="store_true", help="use this account's download caches")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="labkit-setup-") as folder:
        tree, caches = Path(folder, "tree"), Path(folder, "caches")
        tree.mkdir()
        copy_tree(tree)
        shell = environment(None if options.cached else caches)
        seconds, used, size = set_up(tree, shell, "learner")
        tell("learner", seconds, used, size)
        first, *later = [f"{first_page(tree, shell):.1f} s" for _ in range(3)]
        print(f"home page: {first} at the first start, later {' and '.join(later)}", flush=True)
        if options.developer:
            tell("developer", *set_up(tree, shell, "developer"))
    gigabytes = size * 2**30 / 1e9
    wanted_gigabytes, wanted_seconds = promised()
    print(f"measured {gigabytes:.1f} GB; README promises {wanted_gigabytes} GB", end=" ")
    print(f"in less than {wanted_seconds:.0f} s")
    return int(round(gigabytes, 1) > wanted_gigabytes or seconds > wanted_seconds)


if __name__ == "__main__":
    sys.exit(main())
