"""The doctor names what is missing and what to do, and calls only the serious serious."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import pytest

from labkit import doctor
from labkit.grading.sandbox import protection
from labkit.grading.sandbox.protection import Protection

DiskUsage = namedtuple("DiskUsage", "total used free")


def test_a_package_of_another_version_is_named_with_the_tested_one() -> None:
    (finding,) = doctor.package("pytest", "0.0.1")
    assert not finding.fine and not finding.serious
    assert "tested with 0.0.1" in finding.text and "bootstrap.py setup" in finding.text


def test_a_package_of_the_locked_version_is_not_worth_a_line() -> None:
    assert doctor.package("pytest", pytest.__version__) == []


def test_a_cpu_build_has_the_version_it_is_a_build_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.metadata, "version", lambda _: "2.13.0+cpu")
    assert doctor.package("torch", "2.13.0") == []


def test_a_missing_package_is_serious() -> None:
    (finding,) = doctor.package("no-such-package-anywhere", None)
    assert finding.serious and "is not installed" in finding.text


def test_pins_are_read_from_a_folder_above(tmp_path: Path) -> None:
    (tmp_path / "constraints.txt").write_text("# made\nnumpy==2.3.5\nwin==1 ; os_name == 'nt'\n")
    (tmp_path / "labs").mkdir()
    assert doctor.pins(tmp_path / "labs") == {"numpy": "2.3.5", "win": "1"}


def test_a_lock_that_says_who_asks_for_a_package_is_read_too(tmp_path: Path) -> None:
    line = "numpy==2.3.5 ; sys_platform == 'linux'  # via scipy, torch==like\n"
    (tmp_path / "constraints.txt").write_text(line)
    assert doctor.pins(tmp_path) == {"numpy": "2.3.5"}


def test_what_a_course_needs_is_what_its_extra_names(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [
        "numpy<3,>=2",
        "jupyterlab>=4; extra == 'lab'",
        'scipy>=1.17; extra == "rl-supply-chain"',
        "mlflow-skinny>=3; extra == 'mlops'",
        "labkit-trends[lab,rl-supply-chain]; extra == 'course'",
        "labkit-trends[course,mlops]; extra == 'all'",
    ]
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: asked)
    assert doctor.required() == {"numpy", "jupyterlab", "scipy"}


def test_a_full_disk_is_serious(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: DiskUsage(0, 0, 10**8))
    finding = doctor.free_disk(tmp_path)
    assert finding.serious and "0.1 GB" in finding.text


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    finding = doctor.write_access(tmp_path / "gone")
    assert finding.serious and "cannot be written" in finding.text


def test_the_instructor_is_told_what_shields_grading(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Protection(sandbox=True, calls_filtered=True)
    monkeypatch.setattr(protection, "protection", lambda: found)
    findings = doctor.grading()
    assert all(finding.fine for finding in findings)
    assert any("without network" in finding.text for finding in findings)


def test_the_instructor_is_told_where_nothing_shields_grading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = Protection(sandbox=False, missing="the program bwrap is not installed")
    monkeypatch.setattr(protection, "protection", lambda: found)
    (finding,) = doctor.grading()
    assert not finding.fine and not finding.serious
    assert "bwrap is not installed" in finding.text and "--unsafe" in finding.text


def test_many_threads_are_advised_against(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    assert "is 8: set it to 1" in doctor.threads().text


def test_the_report_ends_with_what_is_to_be_mended() -> None:
    findings = [
        doctor.Finding("Python", True, "3.11.7"),
        doctor.Finding("Disk", False, "full", serious=True),
    ]
    first, second, verdict = doctor.render(findings).splitlines()
    assert first.startswith("ok") and second.startswith("TODO")
    assert verdict == "To be mended: 1."


def test_a_set_up_computer_has_nothing_serious_to_mend(tmp_path: Path) -> None:
    assert not [finding for finding in doctor.diagnose(tmp_path) if finding.serious]
