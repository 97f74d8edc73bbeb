"""Rebuild the lock: constraints.txt and the two environment files made from it.

Run `python tools/lock.py` after a change of the dependencies in pyproject.toml. It needs `uv`.
Pins that still fit are kept; `python tools/lock.py --upgrade` looks for newer ones, and
`--upgrade-package NAME` for one of them. Everything is written for Python 3.11.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
ENVIRONMENTS = (ROOT / "environment.yml", ROOT / "binder" / "environment.yml")

PYTHON = "3.11"
HEADER = "# Made by `python tools/lock.py`: do not edit. Use: pip install -c constraints.txt ...\n"

# What Binder and conda users get: everything to learn and to grade with, no developer's tools.
ENVIRONMENT_EXTRAS = ("lab", "instructor", "rl", "causal", "diagnosis", "tinyml")
# These come from conda-forge: its PyTorch has a CPU build on Linux, and shares NumPy's libraries.
FROM_CONDA = ("torch", "numpy")
# What PyPI's torch asks for on Linux and a CPU does not need.
GPU_ONLY = re.compile(r"^(nvidia-|cuda-|triton==)")

ENVIRONMENT = """\
# Made by `python tools/lock.py`: do not edit. binder/environment.yml is a byte-equal copy.
# labkit itself is not listed: a local path here would rebuild Binder's environment at every
# commit. binder/postBuild installs it; elsewhere, `pip install --no-deps -e .` does.
name: labkit
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python={python}
  - pip
  - numpy={numpy}
  - pytorch-cpu={torch}
  - pip:
{pins}
"""


def compile_pins(extras: tuple[str, ...], *options: str, start: str = "") -> list[str]:
    """Return uv's answer, one `name==version ; marker` a line, sorted by name.

    uv keeps the versions that it finds in its output file: `start` is what stands there before.
    """
    command = ["uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--python-version", PYTHON]
    for extra in extras:
        command += ["--extra", extra]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "pins.txt")
        output.write_text(start)
        command += [*options, "--output-file", str(output), "pyproject.toml"]
        subprocess.run(command, cwd=ROOT, check=True)
        return [line for line in output.read_text().splitlines() if "==" in line]


def universal_pins(options: list[str]) -> list[str]:
    """Lock every extra for every platform, keeping the pins that stand in constraints.txt."""
    start = CONSTRAINTS.read_text() if CONSTRAINTS.exists() else ""
    pins = compile_pins(("all",), "--universal", *options, start=start)
    # True wherever the course runs, so it only hides the markers that matter.
    always = r"python_full_version < '3\.12'"
    return [re.sub(rf" ; {always}$|{always} and | and {always}", "", pin) for pin in pins]


def environment_text() -> str:
    """Return the conda environment: the lock's versions of what ENVIRONMENT_EXTRAS need."""
    pins = compile_pins(
        ENVIRONMENT_EXTRAS, "--constraints", str(CONSTRAINTS), "--python-platform", "linux"
    )
    versions = dict(pin.split("==", 1) for pin in pins)
    listed = [
        pin for pin in pins if not GPU_ONLY.match(pin) and pin.split("==")[0] not in FROM_CONDA
    ]
    return ENVIRONMENT.format(
        python=PYTHON,
        numpy=versions["numpy"],
        torch=versions["torch"],
        pins="\n".join(f"      - {pin}" for pin in listed),
    )


def main(options: list[str]) -> None:
    """Write the lock and the environment files."""
    CONSTRAINTS.write_text(HEADER + "\n".join(universal_pins(options)) + "\n", newline="\n")
    text = environment_text()
    for path in ENVIRONMENTS:
        path.write_text(text, newline="\n")
    print(f"Wrote {CONSTRAINTS.name} and {len(ENVIRONMENTS)} environment files.")


if __name__ == "__main__":
    main(sys.argv[1:])
