"""Logits become beliefs, the network learns what its loss asks, the baseline sees verdicts."""

import numpy as np
import pytest
import torch

from labkit.trends.neuro_symbolic_diagnosis import perception
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases

LOGITS = torch.randn(7, perception.LOGITS, generator=torch.Generator().manual_seed(0))


def test_beliefs_are_probabilities_of_every_finding():
    believed = perception.beliefs(LOGITS)
    shapes = {name: tuple(part.shape) for name, part in believed.items()}
    assert shapes == {
        "asymmetry": (7, 3), "border": (7, 9), "colours": (7, 6), "structures": (7, 5),
    }  # fmt: skip
    for name in perception.ONE_OF_MANY:
        assert believed[name].sum(1).tolist() == pytest.approx([1] * 7)
    assert all(0 < part.min() and part.max() < 1 for part in believed.values())


def test_gradients_flow_from_beliefs_to_logits():
    logits = LOGITS.clone().requires_grad_()
    perception.beliefs(logits)["colours"].sum().backward()
    assert (logits.grad[:, perception.HEADS["colours"]] != 0).all()
    assert (logits.grad[:, perception.HEADS["border"]] == 0).all()


def test_sure_and_right_beliefs_are_wholly_accurate_and_inverted_ones_are_not():
    truth = draw_cases(50, seed=1).lesions.concepts()
    sure = {
        "asymmetry": np.eye(3)[truth["asymmetry"]],
        "border": np.eye(9)[truth["border"]],
        "colours": truth["colours"],
        "structures": truth["structures"],
    }
    assert set(perception.concept_accuracy(sure, truth).values()) == {1.0}
    inverted = {name: 1 - np.asarray(part) for name, part in sure.items()}
    assert set(perception.concept_accuracy(inverted, truth).values()) == {0.0}


def test_the_network_takes_channels_first_and_gives_a_row_of_logits():
    images = perception.as_channels(draw_cases(3, seed=0).images)
    assert images.shape == (3, 3, 64, 64)
    assert perception.LesionCNN()(images).shape == (3, 23)
    assert perception.LesionCNN(outputs=1)(images).shape == (3, 1)


def test_the_network_learns_what_its_loss_asks_for():
    draw = torch.Generator().manual_seed(0)
    images = torch.rand(40, 3, 32, 32, generator=draw)
    redder = torch.arange(40) % 2
    images[redder == 1, 0] += 0.5

    def loss(logits, rows):
        wanted = redder[rows].float()
        return torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 0], wanted)

    torch.manual_seed(0)
    network = perception.LesionCNN(1, width=4)
    perception.train_network(network, images, loss, steps=40, rate=1e-2)
    with torch.no_grad():
        assert ((network(images)[:, 0] > 0) == (redder > 0)).float().mean() > 0.9


def test_training_twice_with_one_seed_gives_the_same_network():
    images = perception.as_channels(draw_cases(8, seed=3).images)
    ends = []
    for _ in range(2):
        torch.manual_seed(0)
        network = perception.LesionCNN(1, width=4)
        perception.train_network(network, images, lambda logits, rows: (logits**2).mean(), steps=3)
        ends.append(torch.cat([part.flatten() for part in network.parameters()]))
    assert torch.equal(*ends)


def test_the_baseline_learns_verdicts_from_measurements_and_ignores_their_units():
    draw = np.random.default_rng(0)
    x = draw.standard_normal((120, 6))
    verdicts = (x[:, 0] + 0.3 * draw.standard_normal(120) > 0).astype(int)
    plain = perception.verdict_regression(x, verdicts)
    in_other_units = perception.verdict_regression(1_000 * x + 5, verdicts)
    assert plain.score(x, verdicts) > 0.85
    assert plain.predict_proba(x) == pytest.approx(in_other_units.predict_proba(1_000 * x + 5))
