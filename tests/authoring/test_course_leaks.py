"""The course as it stands: what learners get holds no line of a solution or an exam."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from labkit.authoring.leaks import Secret, collect_secrets, scan
from labkit.authoring.workbook import release_workbook

ROOT = Path(__file__).resolve().parents[2]
PLANTED = "        expedited = np.maximum(expedited_level - net, 0)\n"


@pytest.fixture(scope="module")
def secrets() -> list[Secret]:
    return collect_secrets(ROOT)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "workbook"
    release_workbook(ROOT, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip builds it, from a copy so that the checkout stays clean."""
    copy = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-lessons"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "src" / "labkit", copy / "src" / "labkit")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(copy / "dist"), str(copy)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (built,) = (copy / "dist").glob("*.whl")
    return built


def test_the_secrets_are_those_of_the_labs_and_exams(secrets: list[Secret]):
    assert len(secrets) > 100


def test_the_release_is_clean_and_a_planted_line_is_seen(
    workbook: Path, secrets: list[Secret], tmp_path: Path
):
    assert scan(workbook, secrets) == []
    spoilt = tmp_path / "workbook"
    shutil.copytree(workbook, spoilt)
    (spoilt / "notes.md").write_text(PLANTED, encoding="utf-8")
    assert [leak.place for leak in scan(spoilt, secrets)] == ["notes.md"]


def test_the_wheel_is_clean_and_a_planted_line_is_seen(wheel: Path, secrets: list[Secret]):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "labkit/checks/rl_supply_chain/practice.json" in names
    assert scan(wheel, secrets) == []
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("labkit/trends/rl_supply_chain/planted.py", PLANTED)
    assert [leak.found.strip() for leak in scan(wheel, secrets)] == [PLANTED.strip()]
