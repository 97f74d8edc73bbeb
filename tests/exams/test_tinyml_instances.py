"""Secret instances of the lab on TinyML: plain data, always the same, and fair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from exams.tinyml_pico import battery, deploy
from exams.tinyml_pico.windows import cut
from labkit.checks.tinyml_pico import SPEC, redraw
from labkit.exercise import instances
from labkit.trends.tinyml_pico import integer

GRADER = Path(__file__).resolve().parents[2] / "grader"


def draw(task, seed):
    return instances.draw(GRADER, "tinyml_pico", task, seed)


@pytest.mark.parametrize("task", [task.name for task in SPEC.tasks])
def test_an_instance_belongs_to_its_seed(task):
    first, again, other = (draw(task, seed) for seed in (5, 5, 6))
    assert first == again
    assert first != other


@pytest.mark.parametrize("seed", range(20))
def test_only_one_image_keeps_the_limits_of_a_deployment(seed):
    for case in draw("deploy", seed)["cases"]:
        limits = [125_000 * case["limits"]["milliseconds"], *list(case["limits"].values())[1:]]
        images = deploy.IMAGES[case["network"]].values()
        fitting = [taken for taken in images if np.all(np.array(taken) <= limits)]
        assert len(fitting) == 1


@pytest.mark.parametrize("name", ["int8", "int7"])
def test_a_network_with_shuffled_channels_answers_as_before(name):
    case = {"network": name, "seed": 3, "windows": 5}
    shuffled, stored = redraw.chip_network(case), integer.int8_network(name)
    windows = redraw.chip_windows(case, shuffled)
    assert not np.array_equal(shuffled["layers"][0]["weight"], stored["layers"][0]["weight"])
    assert np.array_equal(integer.run(shuffled, windows), integer.run(stored, windows))


@pytest.mark.parametrize("seed", range(20))
def test_a_battery_lasts_as_wanted_with_the_shortest_period(seed):
    *common, endless, busy = draw("battery", seed)["cases"]
    for case in common:
        watch = {**case["device"], "period_s": case["period_s"]}
        assert battery.days(watch) == pytest.approx(watch["wanted_days"])
    watch = endless["device"]
    assert endless["period_s"] is None
    assert battery.days({**watch, "period_s": 1e12}) < watch["wanted_days"]
    assert battery.days({**watch, "period_s": 1e12, "sensor_ma": 0}) > watch["wanted_days"]
    assert busy["period_s"] == pytest.approx(battery.awake_s(busy["device"]))


def test_a_chip_that_cannot_keep_up_lasts_no_day():
    watch = draw("battery", 1)["cases"][-1]["device"]
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
