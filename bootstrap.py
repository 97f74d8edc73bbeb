"""Set the course up on a fresh computer, then open it or test it.

    python bootstrap.py lab      set up, then JupyterLab on the home page
    python bootstrap.py test     set up, then all tests; more arguments go to pytest
    python bootstrap.py site     set up, then the reading site of all lessons
    python bootstrap.py lint     set up, then formatting, types, imports and stale notebooks
    python bootstrap.py setup    set up only; where that was done, check that it still works

`lab` and `setup` install what a learner and an instructor need; `test`, `site` and `lint` add what
a developer needs. Any Python since 3.8 may start it, without anything installed; it finds Python
3.11 by itself and installs into .venv. What was done is stamped, so the next call starts in
seconds; an interrupted installation is taken up again, and two calls at once wait for each other.
Which packages there are stands in requirements/, their choice is explained in pyproject.toml, and
the notebooks are labkit's work.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator, NoReturn, Sequence

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = "labkit-stamp.json"
WORKBOOK = ROOT / "workbook"
RELEASED = "labkit-released.json"
# What decides which notebooks a learner gets.
SOURCES = ("course", "labs", "src/labkit")
PYTHON = "3.11"
# For whom something is set up, the later with all that the earlier needs.
KINDS = ("learner", "developer")
COMMANDS = {
    "lab": "learner",
    "test": "developer",
    "site": "developer",
    "lint": "developer",
    "setup": "learner",
}
HELP = ("-h", "--help")
LINT_STEPS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("labkit", "build", "--check"),
)
TOOLS = sorted({step[0] for step in LINT_STEPS})

# Programs that are started by name, and so have to be there.
PROGRAMS = {
    "learner": ("labkit",),
    "developer": tuple(sorted({step[0] for step in LINT_STEPS})),
}

# What is not installed though a package asks for it, so that `pip check` says so: xgboost is here
# as xgboost-cpu, the same without GPU code.
LEFT_OUT = re.compile(r"causalml \S+ requires xgboost, which is not installed\.")

# What the environment's Python is asked once the packages are there. The first: whether each file
# that a package brought is in its place, since an installer that is killed leaves halves.
CHECKS = (
    (
        "-c",
        "import csv, os, sys; from importlib.metadata import distributions\n"
        "sys.exit(any(not os.path.exists(package.locate_file(row[0])) "
        "for package in distributions() "
        "for row in csv.reader((package.read_text('RECORD') or '').splitlines()) "
        "if row and not row[0].endswith('.pyc')))",
    ),
    ("-c", "import labkit, numpy, torch"),
)

# `pip check` passes over the extras, where most of the packages stand; labkit's doctor knows them.
PACKAGES_CHECK = (
    "-c",
    "import pathlib, sys; from labkit.doctor import packages; "
    "sys.exit(not all(finding.fine for finding in packages(pathlib.Path.cwd())))",
)

# How systems say that another process holds a lock; any other word means that there are no locks.
LOCK_IS_HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)

# Measured on Linux (benchmarks/setup.py): the environment takes 2.8 GB, a developer's 3.2 GB. What
# uv downloads shares its place with it; what pip downloads takes 1 GB more.
DISK_NEEDED_GB = 4

# PyTorch's documented home of its CPU builds. PyPI's build for Linux would bring several GB of
# GPU libraries; on Windows and macOS PyPI's is a CPU build already.
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"

NO_DISK = ("No space left on device", "[Errno 28]", "not enough space on the disk")
NO_NETWORK = (
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Name or service not known",
    "getaddrinfo failed",
    "nodename nor servname",
    "Network is unreachable",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
)


class SetUpError(Exception):
    """What went wrong and what to do about it, in words for the person at the keyboard."""


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; return the exit code."""
    command, rest = (arguments[0] if arguments else ""), list(arguments[1:])
    if command not in COMMANDS or (rest and command != "test"):
        print(__doc__)
        asked = command in HELP or (command in COMMANDS and any(word in HELP for word in rest))
        return 0 if asked else 2
    os.chdir(ROOT)
    # Many small matrix products: more threads than one only fight over the cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # Images for containers often set this. Then every new kernel, and every process of a test,
    # compiles the libraries it imports once more: torch, SciPy, scikit-learn and pandas together
    # take 10 s of CPU instead of 3 s.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # nbgrader looks for `alembic` there.
    os.environ["PATH"] = f"{venv_python().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        with only_one_at_a_time():
            set_up(COMMANDS[command], checked=command == "setup")
            if command == "lab":
                fill_workbook()
        if command == "lab":
            return stay_with([str(program("labkit")), "lab"])
        if command == "test":
            return stay_with([str(venv_python()), "-m", "pytest", *rest])
        if command == "site":
            return call_tool("labkit", "site")
        return lint() if command == "lint" else 0
    except SetUpError as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130


def say(text: str) -> None:
    """Show which long step begins now."""
    print(f"==> {text}", flush=True)


# --- Python 3.11 ---------------------------------------------------------------------------


def version_of(python: Sequence[str]) -> str:
    """Return "3.11" for such an interpreter; "" where the command does not run."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [*python, "-c", question], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.decode().strip() if answer.returncode == 0 else ""


def find_python() -> list[str]:
    """Return the command that starts Python 3.11: this interpreter, or one on the PATH."""
    for candidate in ([sys.executable], [f"python{PYTHON}"], ["py", f"-{PYTHON}"], ["python"]):
        if version_of(candidate) == PYTHON:
            return candidate
    raise SetUpError(
        f"Python {PYTHON} was not found; this is Python {platform.python_version()}.\n"
        f"Install it and run the same command again:\n"
        f"  Debian, Ubuntu   sudo apt-get install python{PYTHON} python{PYTHON}-venv\n"
        f"  macOS            brew install python@{PYTHON}\n"
        f"  Windows          winget install Python.Python.{PYTHON}"
    )


def venv_python() -> Path:
    """Return the environment's interpreter, present or not."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


# --- The environment -----------------------------------------------------------------------


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Hold the set-up lock. The system frees it even where the holder is killed."""
    try:
        handle = open(ROOT / ".venv.lock", "w")
    except OSError as error:
        raise SetUpError(
            f"Nothing can be written into {ROOT}: {error.strerror}.\n"
            "The course installs itself into its own folder. Copy the folder to a place where you\n"
            "may write (your home folder, say), and run the same command there."
        ) from error
    with handle:
        if not try_lock(handle.fileno()):
            say("Another set-up is at work in this folder; waiting for it to end")
            while not try_lock(handle.fileno()):
                time.sleep(0.5)
        yield


def try_lock(descriptor: int) -> bool:
    """Take the lock of an open file; return False where another holds it. Closing frees it.

    Some network drives have no locks: waiting for one would never end, so it counts as taken.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in LOCK_IS_HELD:
            return False
        say(f"No locks on this drive ({error.strerror}): do not start two set-ups here at once")
    return True


def list_of(kind: str) -> str:
    """Return the file that lists every package for one kind of user, but for GPU code."""
    return f"requirements/{kind}.txt"


def stamp_text(kind: str = "developer") -> str:
    """Describe all that decides what is installed: same text, same environment."""
    described = {
        name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        for name in ("pyproject.toml", list_of(kind))
    }
    described.update(
        folder=str(ROOT),
        kind=kind,
        python=PYTHON,
        system=sys.platform,
        machine=platform.machine(),
    )
    return json.dumps(described, indent=1, sort_keys=True)


def stamped_kind() -> str:
    """Return for whom .venv was set up, whole and now or once; "" where nobody knows."""
    try:
        kind = json.loads((VENV / STAMP).read_text())["kind"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return kind if kind in KINDS else ""


def is_set_up(kind: str) -> bool:
    """Say whether .venv holds what that kind of user needs by the files as they are now."""
    stamped = stamped_kind()
    if not stamped or KINDS.index(stamped) < KINDS.index(kind) or not venv_python().exists():
        return False
    return (VENV / STAMP).read_text() == stamp_text(stamped)


def set_up(kind: str, checked: bool = False) -> None:
    """Bring .venv up to date; return at once where it is, or `checked`, where it works as well.

    What was set up for a developer stays so.
    """
    kind = max(kind, stamped_kind() or kind, key=KINDS.index)
    if is_set_up(kind):
        if not checked:
            return
        if still_works(kind):
            lay_weights()
            say("Already set up")
            return
        say("The environment .venv was set up, but works no longer; setting it up again")
    python = find_python()
    refuse_foreign_venv()
    check_disk()
    stamp = VENV / STAMP
    with contextlib.suppress(FileNotFoundError):
        stamp.unlink()
    if not working_pip():
        make_venv(python)
    if not install(kind):
        say("An earlier set-up was cut off and left the environment broken; making it anew")
        make_venv(python)
        if not install(kind):
            raise SetUpError(
                "The packages were installed, but they do not work together (see above).\n"
                "If pyproject.toml or a file in requirements/ was edited here, undo that;\n"
                "otherwise tell the authors what stands above."
            )
    lay_weights()
    stamp.write_text(stamp_text(kind))
    say("Set up")


def lay_weights() -> None:
    """Fetch the language model of module 1 (98 MB) unless it is there; go on without it."""
    if quiet_call("-m", "labkit.trends.generative_ai.model"):
        say("The language model of module 1 could not be fetched: its lesson shows a record of it")


def refuse_foreign_venv() -> None:
    """Refuse to touch a .venv with files in it that neither Python nor this script has made."""
    if not VENV.exists() or any((VENV / mark).is_file() for mark in (STAMP, "pyvenv.cfg")):
        return
    # Folders alone are what a venv looks like that was cut off in its first moments.
    if VENV.is_dir() and not any(path.is_file() for path in VENV.rglob("*")):
        return
    raise SetUpError(
        f"{VENV} is there already, and it is no Python environment: it was left as it is.\n"
        "The course installs itself under that name. Move it away or rename it, and run the same\n"
        "command again."
    )


def check_disk() -> None:
    """Refuse to begin what would fill the disk, unless most of it is installed already."""
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < DISK_NEEDED_GB and not venv_python().exists():
        raise SetUpError(disk_message(f"only {free:.1f} GB are free there"))


def disk_message(reason: str) -> str:
    """Tell what to do about a full disk."""
    return (
        f"The disk of {ROOT} is too full: {reason}.\n"
        f"The course needs {DISK_NEEDED_GB} GB. Free some space, and run the same command again.\n"
        "If the full disk is that of temporary files, set TMPDIR to a folder on another one."
    )


def working_pip() -> bool:
    """Say whether .venv is there, of the right Python, with a pip that starts."""
    if version_of([str(venv_python())]) != PYTHON:
        return False
    return quiet_call("-m", "pip", "--version") == 0


def quiet_call(*arguments: str) -> int:
    """Run the environment's Python without a word; return its exit code."""
    silent = subprocess.DEVNULL
    return subprocess.call([str(venv_python()), *arguments], stdout=silent, stderr=silent)


def still_works(kind: str) -> bool:
    """Say whether .venv has a pip that starts, packages that fit, and the programs called here."""
    return (
        working_pip()
        and all(program(name).is_file() for name in PROGRAMS[kind])
        and packages_fit()
        and quiet_call(*PACKAGES_CHECK) == 0
    )


def packages_fit() -> bool:
    """Say whether the packages are whole and have what they ask for; print what they lack."""
    answer = subprocess.run(
        [str(venv_python()), "-m", "pip", "check"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    complaints = [
        line
        for line in answer.stdout.decode(errors="replace").splitlines()
        if answer.returncode and line and not LEFT_OUT.fullmatch(line)
    ]
    for line in complaints:
        print(line, file=sys.stderr)
    python = str(venv_python())
    return not complaints and all(subprocess.call([python, *check]) == 0 for check in CHECKS)


def remove_venv() -> None:
    """Delete .venv, pyvenv.cfg last: by it, what an interruption leaves is still known as ours."""
    for path in VENV.iterdir() if VENV.is_dir() else ():
        if path.name != "pyvenv.cfg":
            shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(VENV, ignore_errors=True)


def make_venv(python: Sequence[str]) -> None:
    """Make .venv from nothing."""
    say(f"Making the environment .venv with {' '.join(python)}")
    remove_venv()
    answer = subprocess.run(
        [*python, "-m", "venv", str(VENV)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if answer.returncode == 0:
        return
    text = answer.stdout.decode(errors="replace")
    if any(sign in text for sign in NO_DISK):
        raise SetUpError(disk_message("making .venv failed"))
    raise SetUpError(
        f"{text}\nPython {PYTHON} could not make the environment .venv (its words stand above).\n"
        f"On Debian and Ubuntu, install its other half: sudo apt-get install python{PYTHON}-venv"
    )


# --- Packages ------------------------------------------------------------------------------


def install(kind: str) -> bool:
    """Install torch's CPU build, then labkit with the rest; say whether the result works."""
    install_cpu_torch()
    say("Installing the course's packages; on a new computer this takes a minute or more")
    wanted = ["install", "--no-deps", "-r", list_of(kind), "-e", "."]
    if not install_fast(wanted):
        code, log = pip(*wanted)
        if code:
            explain(log)
    say("Checking that the packages fit together")
    return packages_fit()


def pinned(name: str) -> str:
    """Return "name==version" of a package in the lock."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return next(line.split()[0] for line in lines if line.startswith(name + "=="))


def install_fast(wanted: Sequence[str]) -> bool:
    """Let uv, which is a package itself, do what pip would; say whether it got through."""
    if not program("uv").is_file():
        pip("install", "--quiet", "--no-deps", "--timeout", "15", "--retries", "1", pinned("uv"))
    command = [str(program("uv")), "pip", *wanted, "--python", str(venv_python())]
    try:
        if subprocess.call(command, env={**os.environ, **uv_index()}) == 0:
            return True
    except OSError:
        pass
    say("The fast installer uv did not get through; pip does the work, which takes some minutes")
    return False


def uv_index() -> dict[str, str]:
    """Return the package index that pip was told to use, for uv, which knows no settings of pip."""
    answer = subprocess.run(
        [str(venv_python()), "-m", "pip", "config", "get", "global.index-url"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    index = os.environ.get("PIP_INDEX_URL") or answer.stdout.decode().strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


def install_cpu_torch() -> None:
    """On Linux, take torch from a wheel at hand or from its CPU index; else from PyPI."""
    if sys.platform != "linux" or torch_is_there():
        return
    torch = pinned("torch")
    say(f"Installing {torch}, the build without GPU libraries")
    sources = (
        ["--no-index", "--quiet", "--quiet", "--quiet"],
        ["--index-url", TORCH_CPU_INDEX, "--timeout", "15", "--retries", "0"],
    )
    for source in sources:
        # Not compiled ahead: Python compiles what it imports, which is a small part.
        code, log = pip("install", "--no-deps", "--no-compile", *source, torch)
        if code == 0:
            return
        if any(sign in log for sign in NO_DISK):
            explain(log)
    say("PyTorch's CPU index was not reached: PyPI's build follows, with GB of GPU libraries")
    code, log = pip("install", "-c", "constraints.txt", torch)
    if code:
        explain(log)


def torch_is_there() -> bool:
    """Say whether .venv has the lock's version of torch, of whatever build."""
    question = "import importlib.metadata as m, sys; sys.exit(m.version('torch').split('+')[0] != "
    return quiet_call("-c", f"{question}{pinned('torch').split('==')[1]!r})") == 0


def pip(*arguments: str) -> tuple[int, str]:
    """Run pip with its progress shown; return the exit code and what it logged."""
    log = VENV / "pip.log"
    with contextlib.suppress(FileNotFoundError):
        log.unlink()
    options = ["--disable-pip-version-check", "--no-input", "--log", str(log)]
    code = subprocess.call([str(venv_python()), "-m", "pip", *options, *arguments])
    return code, log.read_text(errors="replace") if log.exists() else ""


def explain(log: str) -> NoReturn:
    """Raise what pip's log means for the person at the keyboard."""
    if any(sign in log for sign in NO_DISK):
        raise SetUpError(disk_message("pip ran out of space"))
    if any(sign in log for sign in NO_NETWORK):
        raise SetUpError(
            "The packages could not be fetched: there is no way to the network from here.\n"
            "Check the connection (behind a proxy, set HTTPS_PROXY; with a mirror, set pip's\n"
            "index-url), and run the same command again: it goes on from here."
        )
    raise SetUpError(
        "pip could not install the packages; its words stand above and in .venv/pip.log.\n"
        "Run the same command again; if it fails the same way, delete .venv and try once more."
    )


# --- Tools of the environment --------------------------------------------------------------


def program(name: str) -> Path:
    """Return where a program of .venv stands, present or not."""
    return venv_python().parent / (f"{name}.exe" if os.name == "nt" else name)


def cannot_start(name: str) -> SetUpError:
    """Tell what to do about a program of .venv that is missing or broken."""
    return SetUpError(
        f"`{name}` could not be started: the environment .venv is damaged.\n"
        "Repair it with `python bootstrap.py setup`, and run the same command again."
    )


def call_tool(name: str, *arguments: str) -> int:
    """Run a program of .venv; return its exit code."""
    try:
        return subprocess.call([str(program(name)), *arguments])
    except OSError as error:
        raise cannot_start(name) from error


def run_tool(name: str, *arguments: str) -> None:
    """Run a program of .venv that has to succeed."""
    code = call_tool(name, *arguments)
    if code:
        raise SetUpError(f"`{name} {' '.join(arguments)}` ended with {code}; see above.")


def stay_with(command: list[str]) -> int:
    """Run a program that answers Ctrl-C itself; return its exit code when it has ended."""
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        raise cannot_start(Path(command[0]).name) from error
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def fill_workbook() -> None:
    """Put the notebooks into the workbook, unless all that these sources give is there already.

    Making them takes seconds: the answers are taken out, and it is proven that none is left.
    """
    stamp = VENV / RELEASED
    sources = digest_of(SOURCES)
    try:
        told = json.loads(stamp.read_text())
        done = told["sources"] == sources
        if done and all((WORKBOOK / name).is_file() for name in told["files"]):
            return
    except (OSError, ValueError, KeyError, TypeError):
        pass
    say("Putting the notebooks into workbook/")
    run_tool("labkit", "release", "--to", str(WORKBOOK))
    # labkit's record of what it wrote there; what a learner has thrown away since is not missed.
    record = json.loads((WORKBOOK / ".labkit-release.json").read_text())
    files = [name for name in record if (WORKBOOK / name).is_file()]
    stamp.write_text(json.dumps({"sources": sources, "files": files}))


def digest_of(folders: Sequence[str]) -> str:
    """Return one digest of names and contents of all files in some folders of the course."""
    digest = hashlib.sha256(stamp_text(stamped_kind() or KINDS[0]).encode())
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(ROOT).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def lint() -> int:
    """Run every check that reads the code without running it; fail if one of them does."""
    failed = ""
    for step in LINT_STEPS:
        say(" ".join(step))
        if call_tool(*step):
            failed = " ".join(step)
    if failed:
        print(f"\nNot clean: `{failed}` and whatever is named above.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
