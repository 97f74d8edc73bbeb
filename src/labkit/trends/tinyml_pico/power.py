"""What computing costs a battery: an estimate from published currents, measured on no board.

The numbers below are typical figures of data sheets at room temperature. A board's regulator, LED
and supply voltage move them by tens of per cent, so a plan for a product starts with an ammeter.
How long a battery lasts, with sleep, sensor and everything else in it, is left to the learner.
"""

from __future__ import annotations

from typing import NamedTuple

CLOCK_HZ = 125_000_000


class Current(NamedTuple):
    """A current in mA and where the figure comes from."""

    ma: float
    source: str


CURRENTS = {
    "active": Current(
        25.0,
        "Rule of thumb for a Pico with one core busy at 125 MHz and nothing attached; "
        "measurements on boards lie between 20 and 30 mA",
    ),
    "sleep, chip": Current(0.39, "RP2040 data sheet, section 5.4, SLEEP mode, core supply"),
    "dormant, chip": Current(0.18, "RP2040 data sheet, section 5.4, DORMANT mode, core supply"),
    "sleep, board": Current(1.3, "Pico data sheet, SLEEP mode, at VBUS with 5 V"),
    "dormant, board": Current(0.8, "Pico data sheet, DORMANT mode, at VBUS with 5 V"),
    "sensor": Current(
        0.55, "LSM6DSO data sheet, accelerometer and gyroscope, high-performance mode"
    ),
}
"""Typical average currents. The data sheets: https://datasheets.raspberrypi.com/rp2040,
https://datasheets.raspberrypi.com/pico and https://www.st.com/en/mems-and-sensors/lsm6dso.html"""


def energy_mj(cycles: float, *, volts: float = 3.3, active_ma: float = 25.0) -> float:
    """Energy in millijoules for `cycles` of the processor at `CLOCK_HZ`: an estimate.

    Raises ValueError for a negative number.
    """
    if min(cycles, volts, active_ma) < 0:
        raise ValueError(f"cycles {cycles}, volts {volts} and active_ma {active_ma} must be >= 0")
    return volts * active_ma * cycles / CLOCK_HZ
