"""Right and wrong answers to the task `windows`."""

from __future__ import annotations

import numpy as np
import torch

from labkit.trends.tinyml_pico.data import TEST_PEOPLE


def _windows(
    recordings,
    test_people,
    length,
    hop,
    *,
    samples_of=lambda recordings, test_people: [
        r for r in recordings if r["person"] not in test_people
    ],
    axis=0,
    deviation=None,
    starts=lambda steps, length, hop: range(0, steps - length + 1, hop),
    label=lambda recording: recording["exercise"],
    last=None,
):
    samples = np.concatenate([r["signal"] for r in samples_of(recordings, test_people)])
    mean = samples.mean(axis=axis)
    spread = deviation(samples) if deviation else samples.std(axis=axis)
    sides = ([], [], [], [])
    for recording in recordings[:last]:
        side = 2 * (recording["person"] in test_people)
        signal = recording["signal"]
        for start in starts(len(signal), length, hop):
            window = signal[start : start + length]
            window = np.pad(window, ((0, length - len(window)), (0, 0)))
            sides[side].append((window - mean) / spread)
            sides[side + 1].append(label(recording))
    return tuple(np.array(side) for side in sides)


def _strided(recordings, test_people, length, hop):
    """Views by NumPy's sliding windows, scaled by the windows' own values, in torch."""
    x, y, tested = [], [], []
    for recording in recordings:
        if len(recording["signal"]) < length:
            continue
        views = np.lib.stride_tricks.sliding_window_view(recording["signal"], length, axis=0)
        views = np.moveaxis(views[::hop], -1, 1)
        x += list(views)
        y += [recording["exercise"]] * len(views)
        tested += [recording["person"] in set(test_people)] * len(views)
    tested = torch.tensor(tested)
    x, y = torch.tensor(np.array(x)), torch.tensor(y)
    own = x[~tested].reshape(-1, x.shape[2])
    x = (x - own.mean(0)) / own.std(0)
    return x[~tested], y[~tested], x[tested], y[tested]


def _backwards(recordings, test_people, length, hop):
    """People one after the other, single precision, the deviation with n - 1, lists at the end."""
    others = [r for r in recordings if r["person"] not in test_people]
    samples = np.vstack([r["signal"] for r in others]).astype(np.float32)
    scale = samples.std(axis=0, ddof=1)
    made = []
    for chosen in (others, [r for r in recordings if r["person"] in test_people]):
        pairs = [
            (((r["signal"][s : s + length] - samples.mean(0)) / scale).tolist(), r["exercise"])
            for r in sorted(chosen, key=lambda r: -r["person"])
            for s in range(0, len(r["signal"]), hop)
            if s + length <= len(r["signal"])
        ]
        made += [[x for x, _ in pairs], [y for _, y in pairs]]
    return made


def _random_split(recordings, test_people, length, hop):
    a, b, c, d = _windows(recordings, test_people, length, hop)
    x, y = np.concatenate([a, c]), np.concatenate([b, d])
    order = np.random.default_rng(0).permutation(len(x))
    test, train = order[: len(c)], order[len(c) :]
    return x[train], y[train], x[test], y[test]


def _over_the_end(recordings, test_people, length, hop):
    """All recordings of a side put together and cut as one."""
    sides = []
    for tested in (False, True):
        chosen = [r for r in recordings if (r["person"] in test_people) == tested]
        together = np.concatenate([r["signal"] for r in chosen])
        labels = np.concatenate([[r["exercise"]] * len(r["signal"]) for r in chosen])
        if not tested:
            mean, deviation = together.mean(0), together.std(0)
        together = (together - mean) / deviation
        starts = range(0, len(together) - length + 1, hop)
        sides += [
            np.array([together[s : s + length] for s in starts]),
            np.array([labels[s] for s in starts]),
        ]
    return tuple(sides)


def _each_window_by_itself(recordings, test_people, length, hop):
    a, b, c, d = _windows(recordings, test_people, length, hop)
    whole = [(x - x.mean((1, 2), keepdims=True)) / x.std((1, 2), keepdims=True) for x in (a, c)]
    return whole[0], b, whole[1], d


def _each_channel_by_itself(recordings, test_people, length, hop):
    a, b, c, d = _windows(recordings, test_people, length, hop)
    whole = [(x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True) for x in (a, c)]
    return whole[0], b, whole[1], d


def _by_recording(recordings, test_people, length, hop):
    a, b, c, d = _windows(recordings, test_people, length, hop)
    signals = [r["signal"] for r in recordings if r["person"] not in test_people]
    samples = np.concatenate(signals)
    mean, spread = np.mean([[s.mean(0), s.std(0)] for s in signals], axis=0)
    back = [(x * samples.std(0) + samples.mean(0) - mean) / spread for x in (a, c)]
    return back[0], b, back[1], d


def _tested_by_heart(recordings, test_people, length, hop):
    there = {r["person"] for r in recordings} & set(TEST_PEOPLE)
    return _windows(recordings, there or test_people, length, hop)


def _unscaled(recordings, test_people, length, hop):
    a, b, c, d = _windows(recordings, test_people, length, hop)
    own = np.concatenate([r["signal"] for r in recordings if r["person"] not in test_people])
    back = [x * own.std(0) + own.mean(0) for x in (a, c)]
    return back[0], b, back[1], d


def _channels_first(*arguments):
    a, b, c, d = _windows(*arguments)
    return np.moveaxis(a, 2, 1), b, np.moveaxis(c, 2, 1), d


def _sides_swapped(*arguments):
    a, b, c, d = _windows(*arguments)
    return c, d, a, b


def _only(**changes):
    return lambda *arguments: _windows(*arguments, **changes)


def _by_windows(recordings, test_people, length, hop):
    """Scaled by the training windows, in which overlaps count twice and tails not at all."""
    a, b, c, d = _windows(recordings, test_people, length, hop)
    mean, spread = a.mean((0, 1)), a.std((0, 1))
    return (a - mean) / spread, b, (c - mean) / spread, d


RIGHT = {
    "scaled by the training windows": _by_windows,
    "sliding views in torch": _strided,
    "lists, person by person": _backwards,
}
WRONG = {
    "split window by window": (_random_split, "Leakage between people"),
    "recordings put together": (_over_the_end, "reaches over the end"),
    "scaled by everybody": (
        _only(samples_of=lambda recordings, _: recordings),
        "Mean and deviation of everybody",
    ),
    "scaled by those tested": (
        _only(
            samples_of=lambda recordings, tested: [r for r in recordings if r["person"] in tested]
        ),
        "not standardised by the training people alone",
    ),
    "one scale for all channels": (_only(axis=None), "each channel has its own"),
    "every window by itself": (_each_window_by_itself, "standardised by the training people"),
    "every channel of every window by itself": (_each_channel_by_itself, "scaled by itself"),
    "not scaled": (_unscaled, "not scaled at all"),
    "mean alone": (
        _only(deviation=lambda samples: np.ones(samples.shape[1])),
        "nothing is divided",
    ),
    "variance": (_only(deviation=lambda samples: samples.var(axis=0)), "square root"),
    "mean of the recordings' means": (_by_recording, "not standardised"),
    "last window left out": (
        _only(starts=lambda steps, length, hop: range(0, steps - length, hop)),
        " fit.",
    ),
    "tail filled up": (
        _only(starts=lambda steps, length, hop: range(0, steps, hop)),
        "is no stretch of one recording",
    ),
    "no overlap": (
        _only(starts=lambda steps, length, hop: range(0, steps - length + 1, length)),
        "",
    ),
    "always the course's test people": (_tested_by_heart, "belongs on the other side"),
    "person for a label": (_only(label=lambda r: r["person"]), "The label is the exercise"),
    "channels first": (_channels_first, "should have shape"),
    "sides swapped": (_sides_swapped, "belongs on the other side"),
    "ten recordings only": (_only(last=10), " fit."),
}
