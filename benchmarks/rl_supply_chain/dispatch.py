"""Dispatching under a storm: nearest request, PyVRP solved anew at every stop, a learned score.

Run from the root of the repository, on one core:

    OMP_NUM_THREADS=1 PYTHONPATH=grader python benchmarks/rl_supply_chain/dispatch.py

Every method drives the same days; a saving is the mean paired saving against nearest-request with
half its 95 % interval. What each one knows differs and is printed beside it. Process time is
counted, for training apart from driving.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from exams.rl_supply_chain.dispatch import train_scorer
from labkit.trends.rl_supply_chain.pyvrp_dispatch import solve_days_with_pyvrp
from labkit.trends.rl_supply_chain.world.routing import (
    FEATURES,
    USUAL_STORM,
    Days,
    Floats,
    Score,
    draw_days,
    nearest_request,
    paired_saving,
    rollout,
)

DAYS = 4_000
NO_FORECAST = tuple(name for name in FEATURES if name != "storm forecast")
NO_STORM = tuple(name for name in NO_FORECAST if name != "storm now")


def timed(work: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, float]:
    start = time.process_time()
    return work(*arguments, **options), time.process_time() - start


def line(name: str, knows: str, saving: tuple[float, float], train: float, a_day: float) -> None:
    print(
        f"{name:<22} {100 * saving[0]:6.2f} ± {100 * saving[1]:.2f} %   train {train:6.1f} s   "
        f"drive {1e3 * a_day:9.3f} ms a day   {knows}",
        flush=True,
    )


def compare(count: int, iterations: int) -> None:
    """The methods on the same days, and PyVRP on as many of them as it is given time for."""
    days = draw_days(DAYS, 777)
    nearest, seconds = timed(rollout, days, nearest_request)
    line("nearest request", "travel times now", (0.0, 0.0), 0.0, seconds / DAYS)
    some: Days = days[:count]
    for stays, knows in ((1.0, "travel times now, for good"), (0.0, "now, then no storm")):
        trips, seconds = timed(solve_days_with_pyvrp, some, iterations, stays)
        saving = paired_saving(trips.finish, nearest[:count])
        line(f"PyVRP, {count} days", knows, saving, 0.0, seconds / count)
    for name, knows, use in (
        ("learned", "twelve features with forecast", FEATURES),
        ("learned, no forecast", "eleven features", NO_FORECAST),
        ("learned, no storm", "travel time now, distances", NO_STORM),
    ):
        score, training = timed(train_scorer, 0, USUAL_STORM, use=use)
        finish, seconds = timed(rollout, days, score)
        line(name, knows, paired_saving(finish, nearest), training, seconds / DAYS)
        saving, half = paired_saving(finish[:count], trips.finish)
        print(f"    against the second PyVRP on its {count} days {saving:.2%} ± {half:.2%}")


def spread(seeds: int) -> None:
    """Savings of `seeds` trainings on `seeds` other sets of days each, in percent."""
    sets: list[tuple[Days, Floats]] = []
    for seed in range(seeds):
        days = draw_days(DAYS, 10_000 + seed)
        sets.append((days, rollout(days, nearest_request)))
    table = np.empty((seeds, seeds))
    for seed in range(seeds):
        score, training = timed(train_scorer, seed, USUAL_STORM)
        table[seed] = [_percent(score, days, nearest) for days, nearest in sets]
        row = " ".join(f"{value:5.2f}" for value in table[seed])
        print(f"training seed {seed} ({training:.1f} s): {row}", flush=True)
    print(
        f"saving over {seeds} trainings and {seeds} sets of {DAYS} days: "
        f"mean {table.mean():.2f} %, worst {table.min():.2f} %, "
        f"sd between trainings {table.mean(1).std(ddof=1):.2f}, "
        f"between sets of days {table.mean(0).std(ddof=1):.2f}"
    )


def _percent(score: Score, days: Days, nearest: Floats) -> float:
    return 100 * paired_saving(rollout(days, score), nearest)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=8, help="trainings and sets of days")
    parser.add_argument("--pyvrp-days", type=int, default=400)
    parser.add_argument("--pyvrp-iterations", type=int, default=30)
    arguments = parser.parse_args()
    compare(arguments.pyvrp_days, arguments.pyvrp_iterations)
    spread(arguments.seeds)


if __name__ == "__main__":
    main()
