"""The watch's recordings, cut into windows and split by person."""

from __future__ import annotations

import numpy as np
import pytest

from labkit.trends.tinyml_pico import data


def test_ten_people_did_seven_exercises_on_two_sides() -> None:
    seen = {(r["person"], r["exercise"], r["side"]) for r in data.recordings()}
    assert len(data.recordings()) == len(seen) == 10 * 7 * 2


def test_the_parts_have_the_sizes_that_the_course_quotes() -> None:
    sizes = {name: len(data.part(name).person) for name in data.PARTS}
    assert sizes == {"train": 2460, "validation": 372, "test": 773}


def test_no_person_is_in_two_parts_and_none_is_missing() -> None:
    people = [set(data.part(name).person.tolist()) for name in data.PARTS]
    assert sum(map(len, people)) == len(set.union(*people)) == 10


def test_mean_and_spread_are_those_of_the_people_trained_on() -> None:
    signal = data.part("train").signal.astype(np.float64)
    np.testing.assert_allclose(signal.mean(axis=(0, 1)), 0, atol=1e-6)
    np.testing.assert_allclose(signal.std(axis=(0, 1)), 1, atol=1e-6)


def test_other_people_differ_from_them() -> None:
    signal = data.part("test").signal.astype(np.float64)
    assert np.abs(signal.mean(axis=(0, 1))).max() > 0.05


def test_a_window_is_a_piece_of_one_recording_at_half_the_rate() -> None:
    windows = data.windows()
    second = np.flatnonzero(windows.recording == 7)[1]
    recording = data.recordings()[7]
    raw = recording["signal"][2 * data.HOP : 2 * (data.HOP + data.LENGTH)]
    expected = ((raw[0::2] + raw[1::2]) / 2 - data.MEAN) / data.SD
    np.testing.assert_allclose(windows.signal[second], expected, rtol=1e-5, atol=1e-5)
    assert windows.exercise[second] == recording["exercise"]
    assert windows.person[second] == recording["person"]


def test_neighbouring_windows_share_half_of_their_steps() -> None:
    windows = data.windows()
    assert windows.recording[0] == windows.recording[1]
    np.testing.assert_array_equal(windows.signal[0, data.HOP :], windows.signal[1, : data.HOP])


def test_nobody_can_spoil_the_recordings_for_others() -> None:
    with pytest.raises(ValueError, match="read-only"):
        data.recordings()[0]["signal"][0] = 0


def test_an_unknown_part_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"'exam'; there are train, validation, test"):
        data.part("exam")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install seglearn"):
        data.recordings.__wrapped__()
