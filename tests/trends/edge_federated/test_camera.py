"""A camera whose doubts are honest, and figures that are saved."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.trends.edge_federated.data import figure
from labkit.trends.edge_federated.world.camera import draw_pictures, gain


def drawn(**settings):
    return draw_pictures(np.random.default_rng(4), 20_000, **settings)


def test_every_picture_has_chances_and_a_whole_number_of_bytes():
    pictures = drawn(kinds=7)
    assert pictures.chances.shape == (20_000, 7)
    assert pictures.chances.sum(axis=1) == pytest.approx(1)
    assert pictures.size.min() > 0 and np.array_equal(pictures.size, np.rint(pictures.size))


def test_the_gain_is_that_of_pictures_drawn_from_the_chances():
    pictures = drawn()
    rng = np.random.default_rng(5)
    cumulative = pictures.chances.cumsum(axis=1)
    shown = (rng.random((20_000, 1)) > cumulative).sum(axis=1)
    device = pictures.chances.argmax(axis=1) == shown
    cloud = rng.random(20_000) < 0.9
    sent = pictures.chances.max(axis=1) < 0.7
    counted = np.where(sent, cloud, device).sum() - device.sum()
    # Standard error of the difference: at most the root of the pictures sent.
    assert gain(pictures, sent, 0.9) == pytest.approx(counted, abs=4 * np.sqrt(sent.sum()))


def test_a_clear_camera_is_surer_and_doubtful_pictures_are_larger():
    assert drawn(clear=4.0).chances.max(axis=1).mean() > drawn(clear=2.0).chances.max(axis=1).mean()
    pictures = drawn()
    unsure = pictures.chances.max(axis=1) < 0.6
    assert pictures.size[unsure].mean() > 1.1 * pictures.size[~unsure].mean()


def test_a_promise_costs_less_the_more_clients_share_it():
    rows = {(row["clients"], row["epsilon"]): row["accuracy"] for row in figure("private")["rows"]}
    for epsilon in (0.5, 1.0, 2.0):
        lost = [rows[clients, None] - rows[clients, epsilon] for clients in (100, 300, 1_000)]
        assert lost[0] > lost[1] > lost[2]


def test_the_saved_noise_falls_with_the_promise():
    noise = list(figure("private")["noise"].values())
    assert noise == sorted(noise, reverse=True)
