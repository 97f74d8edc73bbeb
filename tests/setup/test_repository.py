"""House rules that a machine can hold: imports, lint, types, line ends, and what texts may name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# In pieces, so that this file keeps its own rule.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry." + "npmjs",
    "deb." + "debian",
    "conda" + ".anaconda",
]
MACHINE_PATH = re.compile(
    r"(?<![\w.$}-])(?:/(?:root|work)/|/home/(?!jovyan\b)\w+/|/Users/\w+/|[A-Z]:\\Users\\)"
)


def texts() -> list[Path]:
    """Return the repository's text files: committed, and new ones that are not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    paths = [ROOT / name for name in names.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()]


def tool(*command: str) -> subprocess.CompletedProcess[str]:
    home = Path(sys.executable).parent
    return subprocess.run(
        [str(home / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True
    )


def test_texts_name_no_package_registry() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in texts()
        for host in REGISTRY_HOSTS
        if host in path.read_text(encoding="utf-8")
    ]
    assert not guilty


def test_texts_name_no_path_of_somebodys_machine() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in texts()
        if (found := MACHINE_PATH.search(path.read_text(encoding="utf-8")))
    ]
    assert not guilty


@pytest.mark.parametrize(
    "text",
    ["/ro" + "ot/project", "see /home" + "/ada/x", "C:" + r"\Users\ada", "/Use" + "rs/ada/x"],
)
def test_a_path_of_somebodys_machine_would_be_seen(text: str) -> None:
    assert MACHINE_PATH.search(text)


def test_texts_have_unix_line_ends() -> None:
    assert not [path for path in texts() if b"\r\n" in path.read_bytes()]


def test_imports_point_down_only() -> None:
    answer = tool("lint-imports", "--no-cache")
    assert answer.returncode == 0, answer.stdout


def test_the_code_is_linted_and_formatted() -> None:
    answer = tool("ruff", "check", "--no-cache", ".")
    assert answer.returncode == 0, answer.stdout
    answer = tool("ruff", "format", "--no-cache", "--check", ".")
    assert answer.returncode == 0, answer.stdout


def test_the_types_fit() -> None:
    answer = tool("mypy")
    assert answer.returncode == 0, answer.stdout


def test_continuous_integration_runs_exactly_make_test() -> None:
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("\nexec make test")
    assert "- run: .ci/run\n" in (ROOT / ".github" / "workflows" / "test.yml").read_text()
