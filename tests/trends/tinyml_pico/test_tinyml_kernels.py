"""Every kernel against the integer reference: 2,100 random layers here, 60 on the chip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from labkit.trends.tinyml_pico import build, differential
from labkit.trends.tinyml_pico.device import EmulatedPico


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> differential.HostKernels:
    folder: Path = tmp_path_factory.mktemp("kernels")
    return differential.HostKernels(build.host_library(folder))


@pytest.mark.parametrize("kernel", differential.KERNELS)
def test_seven_hundred_random_layers_are_exact_on_this_computer(
    host: differential.HostKernels, kernel: str
) -> None:
    rng = np.random.default_rng(11)
    cases = [differential.draw(rng, kernel) for _ in range(700)]
    wrong = [
        number
        for number, case in enumerate(cases)
        if not np.array_equal(host.run(case), case.expected)
    ]
    assert wrong == []


def test_sixty_random_layers_are_exact_on_the_chip() -> None:
    rng = np.random.default_rng(12)
    cases = [differential.draw(rng, kernel) for kernel in differential.KERNELS for _ in range(20)]
    image = build.firmware(differential.sources(cases))
    assert image["problem"] is None
    output = EmulatedPico(image["uf2"]).infer(bytes(differential.INPUT_BYTES)).output
    assert differential.wrong_cases(cases, output) == []


def test_the_comparison_sees_a_kernel_that_forgets_the_borrow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    original = build.runtime_file

    def without_carry(name: str) -> str:
        return original(name).replace("adcs \\acc, \\product", "adds \\acc, \\product")

    monkeypatch.setattr(build, "runtime_file", without_carry)
    rng = np.random.default_rng(13)
    cases = [differential.draw(rng, "packed") for _ in range(8)]
    image = build.firmware(differential.sources(cases))
    output = EmulatedPico(image["uf2"]).infer(bytes(differential.INPUT_BYTES)).output
    assert differential.wrong_cases(cases, output) != []


def test_random_layers_reach_both_ends_of_the_range_and_the_middle() -> None:
    rng = np.random.default_rng(14)
    for kernel in differential.KERNELS:
        values = [differential.draw(rng, kernel) for _ in range(50)]
        clamped = np.concatenate(
            [np.isin(c.expected, (c.layer["low"], c.layer["high"])).ravel() for c in values]
        )
        assert 0.1 < clamped.mean() < 0.9


def test_the_inner_kernel_can_be_called_by_itself(host: differential.HostKernels) -> None:
    sums = host.dot_rows([1, 2, -128], [[1, 0, 1], [2, 2, -128]], [0, 100])
    assert sums.tolist() == [1 - 128, 2 + 4 + 128 * 128 + 100]


def test_own_kernels_can_be_tried_on_this_computer(tmp_path: Path) -> None:
    zero = (
        '#include "tinyml.h"\nvoid dot_rows(const int8_t *x, const int8_t *weight, int taps,'
        "int rows, const int32_t *bias, int32_t *acc) { while (rows--) *acc++ = 0; }"
    )
    host = differential.HostKernels(build.host_library(tmp_path, {"kernel.c": zero}))
    assert host.dot_rows([1, 2], [[3, 4]], [5]).tolist() == [0]
    case = differential.draw(np.random.default_rng(15), "plain")
    layer = case.layer
    expected = np.clip(layer["output_zero_point"], layer["low"], layer["high"])
    assert (host.run(case) == expected).all()
