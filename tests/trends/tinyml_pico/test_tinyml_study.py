"""The stored study of widths and seeds belongs to the code and the networks that are stored."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from labkit.trends.tinyml_pico import cost, data, integer, training
from labkit.trends.tinyml_pico.network import accuracy, float_network, logits

STUDY = json.loads(
    (files("labkit.trends.tinyml_pico") / "figures" / "study.json").read_text(encoding="utf-8")
)
TEST = data.part("test")


def runs(widths: tuple[int, ...], how: str, epochs: int) -> list[dict[str, Any]]:
    return [
        run
        for run in STUDY["runs"]
        if (tuple(run["channels"]), run["how"], run["epochs"]) == (widths, how, epochs)
    ]


def test_the_main_networks_of_the_study_are_the_stored_ones() -> None:
    main = runs(training.WIDTHS, "trained", 40)
    assert [run["seed"] for run in main] == list(range(8))
    for run in main:
        reached = accuracy(logits(float_network(run["seed"]), TEST.signal), TEST.exercise)
        assert run["float_accuracy"] == pytest.approx(reached, abs=0.003)


@pytest.mark.parametrize("name", ["w4", "w8", "w12", "int8", "w24"])
def test_the_stored_costs_are_those_of_the_shapes(name: str) -> None:
    network = integer.int8_network(name)
    widths = tuple(len(layer["weight"]) for layer in network["layers"][:3])
    for run in runs(widths, "trained", 80):
        assert run["cycles"] == cost.cycles(network)
        assert run["flash"] == cost.flash_bytes(network)


def test_int8_costs_less_than_another_seed_changes() -> None:
    main = runs(training.WIDTHS, "trained", 40)
    moved = [abs(run["int8_accuracy"] - run["float_accuracy"]) for run in main]
    spread = np.ptp([run["float_accuracy"] for run in main])
    assert max(moved) < 0.01 < 0.03 < spread


def test_windows_dealt_at_random_promise_what_new_people_do_not_keep() -> None:
    promised = np.mean(STUDY["random_windows"]["accuracy"])
    kept = [person["accuracy"] for person in STUDY["left_out"]]
    assert len(kept) == 10
    assert promised > np.mean(kept) + 0.05
    assert promised > max(run["float_accuracy"] for run in STUDY["runs"])
