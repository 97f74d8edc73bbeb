"""The float network, its storage, and training it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from labkit.trends.tinyml_pico import data, training
from labkit.trends.tinyml_pico import network as net

TEST = data.part("test")


def test_the_network_has_the_size_that_the_course_quotes() -> None:
    made = net.float_network()
    assert net.parameters(made) == 5_199
    assert net.macs(made) == [21_504, 30_720, 18_432, 0, 224]


def test_a_layer_computes_what_torch_computes() -> None:
    layer = net.float_network()["layers"][0]
    x = torch.tensor(TEST.signal[:20]).transpose(1, 2)
    weight = torch.tensor(layer["weight"]).transpose(1, 2)
    y = functional.conv1d(x, weight, stride=2, padding=3)
    names = ("mean", "variance", "gamma", "beta")
    y = functional.batch_norm(y, *(torch.tensor(layer[name]) for name in names), eps=1e-5)
    ours = net.activations(net.float_network(), TEST.signal[:20])[1]
    np.testing.assert_allclose(ours, functional.relu(y).transpose(1, 2), atol=2e-5)


def test_the_stored_networks_know_exercises_of_people_they_never_saw() -> None:
    """Measured .851 to .893 over the eight seeds: one number alone says little."""
    reached = [
        net.accuracy(net.logits(net.float_network(seed), TEST.signal), TEST.exercise)
        for seed in net.FLOAT_SEEDS
    ]
    assert min(reached) == pytest.approx(0.851, abs=0.003)
    assert max(reached) == pytest.approx(0.893, abs=0.003)


@pytest.mark.parametrize(
    ("name", "accuracy", "macs"),
    [("w4", 0.787, 9_528), ("w8", 0.825, 23_152), ("w12", 0.873, 40_872), ("w24", 0.893, 143_184)],
)
def test_other_widths_are_stored_too(name: str, accuracy: float, macs: int) -> None:
    made = net.float_network(name)
    reached = net.accuracy(net.logits(made, TEST.signal), TEST.exercise)
    assert reached == pytest.approx(accuracy, abs=0.003)
    assert sum(net.macs(made)) == macs


def test_an_unknown_network_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no network 'w5' was stored; there are seed0"):
        net.float_network("w5")


def test_who_changes_a_stored_network_changes_a_copy() -> None:
    net.float_network()["layers"][0]["weight"][:] = 0
    assert net.float_network()["layers"][0]["weight"].any()


def test_saving_and_loading_keeps_every_value_and_type(tmp_path: Path) -> None:
    made = {"a/b": net.float_network(1), "c": net.float_network("w4")}
    net.save(tmp_path / "some.npz", made)
    back = net.load(tmp_path / "some.npz")
    assert list(back) == list(made)
    for name, network in made.items():
        for before, after in zip(network["layers"], back[name]["layers"], strict=True):
            assert before.keys() == after.keys()
            for key, value in before.items():
                np.testing.assert_array_equal(value, after[key])
                assert type(value) is type(after[key])


def test_training_learns_repeats_itself_and_leaves_torch_alone() -> None:
    few = slice(None, None, 4)
    taught = data.part("train")
    state = torch.random.get_rng_state()
    first, second, other = (
        training.train(
            taught.signal[few], taught.exercise[few], widths=(8, 8, 8), epochs=8, seed=seed
        )
        for seed in (3, 3, 4)
    )
    assert torch.equal(torch.random.get_rng_state(), state)
    for a, b in zip(first["layers"], second["layers"], strict=True):
        assert all(np.array_equal(a[key], b[key]) for key in a)
    assert not np.array_equal(first["layers"][0]["weight"], other["layers"][0]["weight"])
    reached = net.accuracy(net.logits(first, taught.signal[few]), taught.exercise[few])
    assert reached > 0.3  # one in seven by chance; measured .45 to .65 over six seeds


def test_an_ensemble_gives_probabilities_between_its_members() -> None:
    members = [net.float_network(seed) for seed in (0, 1)]
    mean = training.ensemble(members, TEST.signal[:50])
    alone = np.stack([training.ensemble([member], TEST.signal[:50]) for member in members])
    np.testing.assert_allclose(mean.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(mean, alone.mean(axis=0), rtol=1e-5)


def test_eight_networks_together_are_a_better_teacher_than_their_mean() -> None:
    """Measured: the ensemble .887, its members .872 on average, the best of them .893."""
    members = [net.float_network(seed) for seed in net.FLOAT_SEEDS]
    together = net.accuracy(training.ensemble(members, TEST.signal), TEST.exercise)
    each = [net.accuracy(net.logits(member, TEST.signal), TEST.exercise) for member in members]
    assert together > np.mean(each) + 0.005


def test_a_teacher_moves_the_pupil_toward_its_opinion() -> None:
    taught = data.part("train")
    few = slice(None, None, 4)
    opinion = np.zeros((len(taught.exercise[few]), 7), np.float32)
    opinion[:, 2] = 1
    pupil = training.train(
        taught.signal[few],
        taught.exercise[few],
        widths=(8, 8, 8),
        epochs=8,
        seed=4,
        teacher=opinion,
    )
    verdicts = net.logits(pupil, taught.signal[few]).argmax(axis=1)
    assert (verdicts == 2).mean() > 0.5  # .17 of the labels are 2; measured .46 to 1 over six seeds


def test_a_pruned_network_keeps_its_strongest_channels() -> None:
    full = net.float_network()
    small = training.prune(full, (8, 12, 16))
    assert [len(layer["weight"]) for layer in small["layers"] if "weight" in layer] == [
        8,
        12,
        16,
        7,
    ]
    assert sum(net.macs(small)) == 23_152
    first = full["layers"][0]
    strength = np.abs(first["weight"]).sum(axis=(1, 2))
    strength *= np.abs(first["gamma"]) / np.sqrt(first["variance"] + first["epsilon"])
    kept = np.sort(np.argsort(-strength)[:8])
    np.testing.assert_array_equal(small["layers"][0]["gamma"], first["gamma"][kept])


def test_pruning_nothing_changes_nothing() -> None:
    full = net.float_network()
    same = training.prune(full, training.WIDTHS)
    np.testing.assert_array_equal(
        net.logits(same, TEST.signal[:9]), net.logits(full, TEST.signal[:9])
    )


def test_a_network_cannot_be_pruned_to_more_than_it_has() -> None:
    with pytest.raises(ValueError, match="cannot keep 20 of 16 channels; ask for 1 to 16"):
        training.prune(net.float_network(), (20, 24, 32))


def test_training_goes_on_from_where_a_network_stands() -> None:
    taught = data.part("train")
    full = net.float_network()
    longer = training.train(taught.signal[:640], taught.exercise[:640], start=full, epochs=1)
    before, after = (net.logits(made, TEST.signal).argmax(axis=1) for made in (full, longer))
    assert (before == after).mean() > 0.6  # one in seven from noise; measured .87 to .90
