"""Rebuild the lock, constraints.txt, and everything that `labkit build` makes from it.

Run `python tools/lock.py` after a change of the packages in course/course.yml or pyproject.toml,
in the developer's environment (it has uv) and with a network. Pins that still fit are kept;
`python tools/lock.py --upgrade` looks for newer ones, and `--upgrade-package NAME` for one of them.
Everything is locked for Python 3.11.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from labkit.authoring.packages import LOCK, PYPROJECT, derived_files, updated_pyproject
from labkit.files import write_atomically

ROOT = Path(__file__).resolve().parent.parent
PYTHON = "3.11"
HEADER = "# Made by `python tools/lock.py`: do not edit. Use: pip install -c constraints.txt ...\n"

# True wherever the course runs, so it only hides the markers that matter.
ALWAYS = r"python_full_version < '3\.12'"


def locked(options: list[str]) -> list[str]:
    """Return the pins of every extra for every platform, one a line, with who asks for each.

    uv keeps the versions that it finds in its output file, so constraints.txt stands there first.
    """
    command = ["uv", "pip", "compile", "--quiet", "--no-header", "--universal"]
    command += ["--annotation-style", "line", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--python-version", PYTHON, "--extra", "all", *options]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "pins.txt")
        output.write_text((ROOT / LOCK).read_text() if (ROOT / LOCK).exists() else "")
        subprocess.run([*command, "--output-file", str(output), PYPROJECT], cwd=ROOT, check=True)
        pins = [line for line in output.read_text().splitlines() if "==" in line]
    return [re.sub(rf" ; {ALWAYS}(?=  #|$)|{ALWAYS} and | and {ALWAYS}", "", pin) for pin in pins]


def main(options: list[str]) -> None:
    """Write the modules' extras, the lock, and what is made from it."""
    write_atomically(ROOT / PYPROJECT, updated_pyproject(ROOT).encode("utf-8"))
    write_atomically(ROOT / LOCK, (HEADER + "\n".join(locked(options)) + "\n").encode("utf-8"))
    for path, content in derived_files(ROOT):
        write_atomically(path, content)
    print(f"Wrote {LOCK} and the files made from it.")


if __name__ == "__main__":
    main(sys.argv[1:])
