"""Which means of the kernel hold a submission to its limits."""

from __future__ import annotations

import dataclasses
import os
import platform
import struct
from pathlib import Path

import pytest

from labkit.grading.sandbox import seccomp
from labkit.grading.sandbox.limits import ControlGroup, Limits, control_group, sweep

LIMITS = Limits(memory_mb=300, processes=40)


def test_version_2_of_control_groups_holds_memory_and_processes(tmp_path: Path):
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids")
    group = control_group("one", LIMITS, tmp_path)
    (folder,) = group.folders
    assert (group.memory, group.processes) == (True, True)
    assert (folder / "memory.max").read_text() == str(300 << 20)
    assert (folder / "pids.max").read_text() == "40"


def test_version_1_of_control_groups_holds_what_is_mounted(tmp_path: Path):
    (tmp_path / "pids").mkdir()
    group = control_group("one", LIMITS, tmp_path)
    assert (group.memory, group.processes) == (False, True)
    assert (tmp_path / "pids" / "one" / "pids.max").read_text() == "40"


def test_where_no_control_group_can_be_made_none_is_claimed(tmp_path: Path):
    assert control_group("one", LIMITS, tmp_path) == ControlGroup()


def test_a_name_that_is_taken_is_not_shared(tmp_path: Path):
    (tmp_path / "pids" / "one").mkdir(parents=True)
    assert control_group("one", LIMITS, tmp_path) == ControlGroup()


def test_groups_that_a_killed_run_left_are_swept_once_they_are_old(tmp_path: Path):
    old, new = tmp_path / "pids" / "labkit-old", tmp_path / "pids" / "labkit-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    sweep(tmp_path)
    assert not old.exists() and new.exists()


def test_every_limit_has_a_sentence_that_says_what_it_limits():
    documented = Limits.__doc__ or ""
    for field in dataclasses.fields(Limits):
        assert f"{field.name}: " in documented


@pytest.mark.parametrize("machine", sorted(seccomp.DENIED))
def test_the_filter_refuses_what_it_lists_and_allows_the_rest(machine: str):
    for name, number in seccomp.DENIED[machine].items():
        assert _verdict(machine, number) == seccomp.EPERM, name
    assert _verdict(machine, 0) == seccomp.ALLOW
    assert _verdict(machine, seccomp.CLONE3) == seccomp.ENOSYS
    assert _verdict(machine, seccomp.CLONE[machine], argument=0x11) == seccomp.ALLOW
    assert _verdict(machine, seccomp.CLONE[machine], argument=0x10000011) == seccomp.EPERM
    assert _verdict(machine, seccomp.SOCKET[machine], argument=1) == seccomp.ALLOW
    assert _verdict(machine, seccomp.SOCKET[machine], argument=40) == seccomp.EPERM


@pytest.mark.parametrize("machine", sorted(seccomp.DENIED))
def test_the_filter_lets_only_kernels_start_programs(machine: str):
    for number in seccomp.START_PROGRAM[machine]:
        assert _verdict(machine, number) == seccomp.ALLOW
        assert _verdict(machine, number, programs=False) == seccomp.EPERM


def test_the_filter_kills_calls_of_another_architecture():
    assert _verdict("x86_64", 0, architecture=0x40000003) == seccomp.KILL
    assert _verdict("x86_64", seccomp.X32 + 1) == seccomp.EPERM


def test_this_machine_is_one_the_filter_knows():
    if platform.machine() not in seccomp.DENIED:
        pytest.skip(f"the filter does not know {platform.machine()}")
    assert seccomp.is_supported()


def _verdict(
    machine: str, number: int, argument: int = 0, architecture: int = 0, programs: bool = True
) -> int:
    """Run the filter as the kernel would."""
    data = {
        seccomp.NUMBER: number,
        seccomp.ARCHITECTURE: architecture or seccomp.AUDIT_ARCH[machine],
        seccomp.FIRST_ARGUMENT: argument,
    }
    lines = list(struct.iter_unpack("HBBI", seccomp.program(machine, programs)))
    place, accumulator = 0, 0
    while True:
        code, if_true, if_false, value = lines[place]
        place += 1
        if code == seccomp.RETURN:
            return value
        if code == seccomp.LOAD:
            accumulator = data[value]
            continue
        holds = {
            seccomp.EQUAL: accumulator == value,
            seccomp.AT_LEAST: accumulator >= value,
            seccomp.ANY_BIT: bool(accumulator & value),
        }[code]
        place += if_true if holds else if_false
