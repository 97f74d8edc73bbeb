"""The energy estimate and where its currents come from."""

from __future__ import annotations

import pytest

from labkit.trends.tinyml_pico import power


def test_energy_is_voltage_times_current_times_time() -> None:
    # 0.1 s at 125 MHz, 3 V and 20 mA: 3 * 0.02 * 0.1 J = 6 mJ
    assert power.energy_mj(12_500_000, volts=3.0, active_ma=20.0) == pytest.approx(6.0)


def test_every_current_names_its_source() -> None:
    assert all(current.ma > 0 and current.source for current in power.CURRENTS.values())


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="cycles -1"):
        power.energy_mj(-1)
