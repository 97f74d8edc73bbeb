"""Secret instances of the lab on TinyML: plain data, always the same, and fair."""

from __future__ import annotations

from ast import literal_eval
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from exams.tinyml_pico import battery, budget, images, layer, quantiser
from exams.tinyml_pico.windows import cut
from labkit.checks.tinyml_pico import SPEC, redraw
from labkit.exercise import instances
from labkit.exercise.task import judge
from labkit.trends.tinyml_pico import codegen, cost, integer, network, packing

GRADER = Path(__file__).resolve().parents[2] / "grader"


def draw(task, seed):
    return instances.draw(GRADER, "tinyml_pico", task, seed)


@pytest.mark.parametrize("seed", range(3))
def test_a_multiplier_of_fifteen_bits_shows_in_every_convolution(seed):
    for case in draw("layer", seed)["cases"]:
        made = layer.quantised(case, redraw.float_layer(case))
        answered = np.array(case["outputs"]).ravel()
        assert np.array_equal(integer.apply(made, redraw.layer_input(case)).ravel(), answered)
        if made["kind"] == "conv":
            coarse = made | {"multiplier": made["multiplier"] >> 16 << 16}
            assert (integer.apply(coarse, redraw.layer_input(case)).ravel() != answered).any()


@pytest.mark.parametrize("seed", range(20))
def test_only_one_image_keeps_the_limits_of_a_deployment(seed):
    for case in draw("deploy", seed)["cases"]:
        limits = [125_000 * case["limits"]["milliseconds"], *list(case["limits"].values())[1:]]
        every = images.IMAGES[case["network"]].values()
        fitting = [taken for taken in every if np.all(np.array(taken) <= limits)]
        assert len(fitting) == 1


@pytest.mark.parametrize("seed", range(20))
def test_each_limit_of_a_deployment_is_the_only_one_that_rules_out_some_image(seed):
    alone = set()
    for case in draw("deploy", seed)["cases"]:
        limits = [125_000 * case["limits"]["milliseconds"], *list(case["limits"].values())[1:]]
        over = np.array(list(images.IMAGES[case["network"]].values())) > limits
        alone |= set(np.flatnonzero(over[over.sum(axis=1) == 1].any(axis=0)).tolist())
    assert alone == {0, 1, 2}


@pytest.mark.parametrize("seed", range(20))
def test_without_its_stack_a_faster_image_seems_to_have_more_room(seed):
    misled = 0
    for case in draw("deploy", seed)["cases"]:
        limits = np.array([125_000, 1, 1]) * list(case["limits"].values())
        room = {}
        for image, (cycles, flash, ram) in images.IMAGES[case["network"]].items():
            linked = np.array([cycles, flash, ram - images.STACK[image.split()[0]]])
            room[image] = max(linked / limits), max(np.array([cycles, flash, ram]) / limits)
        best = min(room, key=lambda image: room[image][0])
        misled += room[best][0] < 1 < room[best][1]
    assert misled >= 1


@pytest.mark.parametrize("seed", range(20))
def test_neither_a_switch_nor_cycles_a_product_decide_a_deployment(seed):
    wanted, cycles_a_product = set(), {}
    for case in draw("deploy", seed)["cases"]:
        name, limits = case["network"], case["limits"]
        cycles = 125_000 * limits["milliseconds"]
        allowed = [cycles, limits["flash_bytes"], limits["ram_bytes"]]
        wanted |= {
            image[-3:]
            for image, taken in images.IMAGES[name].items()
            if np.all(np.array(taken) <= allowed)
        }
        products = sum(network.macs(redraw.chip_network(case)))
        cycles_a_product[name.split()[0]] = cycles / products
    assert wanted == {"-Os", "-O2"}
    # The C kernel is right for the first and too slow for the second, which allows more.
    assert cycles_a_product["many"] < cycles_a_product["short"]


@pytest.mark.parametrize("seed", range(20))
def test_the_assembler_runs_no_network_that_a_kernel_is_timed_on(seed):
    made = redraw.chip_network(draw("kernel", seed)["cases"][1])
    for kernel in ("packed", "packed7"):
        with pytest.raises(packing.CannotPack):
            codegen.generate(made, kernel)


@pytest.mark.parametrize("seed", range(20))
def test_the_assembler_runs_a_deployment_where_an_image_of_it_was_measured(seed):
    for case in draw("deploy", seed)["cases"]:
        made = redraw.chip_network(case)
        for kernel in ("packed", "packed7"):
            if f"{kernel} -Os" in images.IMAGES[case["network"]]:
                assert codegen.generate(made, kernel)
            else:
                with pytest.raises(packing.CannotPack):
                    codegen.generate(made, kernel)


@pytest.mark.parametrize("seed", range(20))
def test_a_range_below_zero_shows_whether_it_was_extended_up_to_zero(seed):
    case = draw("layer", seed)["cases"][3]
    low, high = case["input_range"]
    assert high < 0
    right, outputs = case["right"]["input_zero_point"], np.array(case["outputs"])
    assert right == 127
    for scale, same in ((-low / 255, True), ((high - low) / 255, False)):
        output = quantiser.activation_scale(*case["output_range"])
        made = quantiser.quantise_layer(
            redraw.float_layer(case), (scale, right), output, relu=case["relu"]
        )
        found = integer.apply(made, redraw.layer_input(case)).reshape(outputs.shape)
        assert np.array_equal(found, outputs) == same


def test_channels_that_were_moved_apart_answer_as_before():
    case = draw("network", 3)["cases"][0]
    near, far = (redraw.float_network(case | {"apart": apart}) for apart in (1, 8))
    signal = redraw.counted(case, "test").signal[:40]
    answers = network.logits(near, signal)
    assert np.allclose(answers, network.logits(far, signal), atol=1e-4 * np.abs(answers).max())
    assert not np.allclose(near["layers"][1]["gamma"], far["layers"][1]["gamma"])


def test_a_network_that_counts_in_other_units_says_the_same():
    case = draw("network", 3)["cases"][1]
    usual = case | {"sizes": [1.0] * 5}
    values, others = (
        network.activations(redraw.float_network(c), redraw.counted(c, "test").signal[:40])
        for c in (usual, case)
    )
    first, second, third, fourth, logits = case["sizes"]
    for size, own, other in zip(
        (first, second, third, fourth, fourth, logits), values, others, strict=True
    ):
        assert np.allclose(size * own, other, atol=1e-4 * np.abs(other).max())


@pytest.mark.parametrize("seed", range(20))
def test_no_range_suits_both_networks_nor_two_layers_of_one(seed):
    large, small = (np.array(case["sizes"]) for case in draw("network", seed)["cases"])
    apart = np.abs(np.log(large / small))
    assert apart.min() > np.log(50)
    for sizes in (large, small):
        assert np.abs(np.diff(np.log(sizes))).min() > np.log(50)


def test_nobody_who_is_tested_moves_as_somebody_in_the_training():
    taught, tested = redraw.movements(draw("budget", 3))
    assert len(taught.signal) == 16 * 10 * 7
    assert len(tested.signal) == 32 * 5 * 7
    assert abs(taught.signal.mean()) < 1e-5
    assert np.bincount(tested.exercise).tolist() == [160] * 7


@pytest.mark.parametrize("seed", range(20))
def test_a_budget_has_room_for_its_widths_and_one_limit_alone_for_larger_ones(seed):
    case = draw("budget", seed)

    def kept(name):
        made = network.float_network(name)
        return [cost.cycles(made) <= case["cycles"], cost.flash_bytes(made) <= case["flash_bytes"]]

    assert network.WIDE["w8"] == budget.WIDTHS
    assert kept("w8") == [True, True]
    assert sorted(kept("w12")) == [False, True]


def test_either_limit_of_a_budget_may_be_the_tight_one():
    cycles = [draw("budget", seed)["cycles"] for seed in range(20)]
    assert min(cycles) < 100_000 < max(cycles)


@pytest.mark.parametrize("seed", range(20))
def test_a_battery_lasts_as_wanted_with_the_shortest_period(seed):
    *common, _, endless, busy, seldom = draw("battery", seed)["cases"]
    assert seldom["period_s"] > 1.9 * battery.DAY_S
    for case in [*common, seldom]:
        watch = {**case["device"], "period_s": case["period_s"]}
        assert battery.days(watch) == pytest.approx(watch["wanted_days"])
    watch = endless["device"]
    assert endless["period_s"] is None
    assert battery.days({**watch, "period_s": 1e12}) < watch["wanted_days"]
    assert battery.days({**watch, "period_s": 1e12, "sensor_ma": 0}) > watch["wanted_days"]
    assert busy["period_s"] == pytest.approx(battery.awake_s(busy["device"]))


def test_a_chip_that_cannot_keep_up_lasts_no_day():
    watch = draw("battery", 1)["cases"][-2]["device"]
    assert battery.awake_s(watch) > watch["period_s"]
    assert battery.days(watch) == 0


@pytest.mark.parametrize("seed", range(20))
def test_windows_can_be_told_apart_and_lie_within_one_recording(seed):
    for case in draw("windows", seed)["cases"]:
        recordings = redraw.recordings(case)
        windows, row = cut(recordings, case["length"], case["hop"])
        assert [recordings[r]["person"] for r in row] == case["person"]
        prints = np.array(case["fingerprint"])
        apart = np.abs(prints[:, None] - prints[None]).max(axis=2)
        assert apart[~np.eye(len(windows), dtype=bool)].min() > 4 * 0.01


@pytest.mark.parametrize("margin", [1, 1.5, 2, 4, 8])
def test_no_margin_makes_up_for_windows_that_were_not_looked_at(margin, monkeypatch):
    def wider(*arguments):
        return [(margin * low, margin * high) for low, high in ranges(*arguments)]

    ranges = quantiser.ranges
    monkeypatch.setattr(quantiser, "ranges", wider)
    monkeypatch.setattr(redraw, "float_network", lambda case: network.copy(trained(repr(case))))
    outcome = judge(SPEC.task("network"), few_windows, draw("network", 3))
    assert outcome.score == 0


def few_windows(floating, windows):
    return quantiser.quantise(floating, windows[::64], percent=100)


@cache
def trained(case, train=redraw.float_network):
    return train(literal_eval(case))
