"""Environment steps a second of CPU: the batched simulators against plain Python and gymnasium.

Run from the root of the repository, on one core:

    OMP_NUM_THREADS=1 python benchmarks/rl_supply_chain/speed.py

Everything is timed in one run by process time, best of three, and demand is drawn inside the
timed steps. Ratios are to a plain Python loop over an environment with the same dynamics, which is
first shown to give the same costs on the same demand.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import SyncVectorEnv

from labkit.trends.rl_supply_chain.world.base import InventoryVec
from labkit.trends.rl_supply_chain.world.lost_sales import LostSalesVec
from labkit.trends.rl_supply_chain.world.serial import SerialVec

LEAD_TIME, MEAN, HOLDING, PENALTY, MAX_ORDER = 4, 5.0, 1.0, 4.0, 14
POISSON = {"distribution": "poisson", "mean": MEAN}
NORMAL = {"distribution": "normal", "mean": MEAN, "sd": 1.0}


class PlainShelf(gymnasium.Env[Any, Any]):
    """The shelf of `LostSalesVec`, one at a time, as one would first write it."""

    def __init__(self, horizon: int = 200) -> None:
        self.horizon = horizon
        self.observation_space = spaces.Box(0.0, np.inf, (LEAD_TIME,), np.float32)
        self.action_space = spaces.Discrete(MAX_ORDER + 1)
        self.reset()

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.on_hand = 2 * MEAN
        self.pipeline = deque([MEAN] * (LEAD_TIME - 1))
        self.period = 0
        return self._observation(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        return self.step_with(action, self.np_random.poisson(MEAN))

    def step_with(
        self, action: Any, demand: float
    ) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.pipeline.append(action)
        left = max(self.on_hand - demand, 0)
        lost = max(demand - self.on_hand, 0)
        self.on_hand = left + self.pipeline.popleft()
        self.period += 1
        cost = HOLDING * left + PENALTY * lost
        return self._observation(), -float(cost), False, self.period >= self.horizon, {}

    def _observation(self) -> Any:
        return np.array([self.on_hand, *self.pipeline], dtype=np.float32)


def shelf(batch: int, horizon: int = 200) -> LostSalesVec:
    """Batched shelves with the parameters of `PlainShelf`."""
    return LostSalesVec(batch, LEAD_TIME, POISSON, HOLDING, PENALTY, horizon, MAX_ORDER)


def assert_same_dynamics(periods: int = 500) -> None:
    """Play both on the demand that the batched one draws."""
    batched, plain = shelf(1, horizon=10**6), PlainShelf(horizon=10**6)
    rng = np.random.default_rng(0)
    batched.reset(seed=0)
    for _ in range(periods):
        order = int(rng.integers(MAX_ORDER + 1))
        states, rewards, *_ = batched.step(np.array([order]))
        demand = batched._block[batched._next_row - 1, 0]
        state, reward, *_ = plain.step_with(order, demand)
        assert reward == rewards[0] and np.array_equal(state, states[0])


def plain_loop(steps: int) -> Callable[[], int]:
    """One plain environment, stepped in a loop."""
    env = PlainShelf()
    env.reset(seed=0)
    orders = np.random.default_rng(0).integers(0, MAX_ORDER + 1, steps).tolist()

    def work() -> int:
        for order in orders:
            if env.step(order)[3]:
                env.reset()
        return steps

    return work


def vector_loop(env: Any, calls: int) -> Callable[[], int]:
    """Any vector environment, stepped `calls` times with one batch of sampled actions."""
    env.reset(seed=0)
    env.action_space.seed(0)
    actions = env.action_space.sample()
    if isinstance(env, SerialVec):
        actions = np.full(actions.shape, MEAN, np.float32)

    def work() -> int:
        for _ in range(calls):
            env.step(actions)
        return calls * int(env.num_envs)

    return work


def steps_per_second(work: Callable[[], int]) -> float:
    """Best of three, after a short run to warm up."""
    work()
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        steps = work()
        best = max(best, steps / (time.process_time() - start))
    return best


def compare(scale: float) -> None:
    """Print every environment's speed, and its ratio to the plain loop."""

    def calls(env: InventoryVec) -> int:
        return max(20, int(scale * 2_000_000 / env.num_envs))

    plain = steps_per_second(plain_loop(int(scale * 50_000)))
    rows = [("plain Python loop", plain)]
    sync = SyncVectorEnv([PlainShelf] * 256)
    rows.append(("SyncVectorEnv, 256", steps_per_second(vector_loop(sync, int(scale * 200)))))
    for batch in (256, 4096):
        env = shelf(batch)
        speed = steps_per_second(vector_loop(env, calls(env)))
        rows.append((f"LostSalesVec, {batch:,}", speed))
    for batch in (256, 4096):
        chain = SerialVec(batch, (1, 1, 2), NORMAL, (7.0, 4.0, 2.0), 37.12, horizon=200)
        speed = steps_per_second(vector_loop(chain, calls(chain)))
        rows.append((f"SerialVec, 3 stages, {batch:,}", speed))
    print(f"{'environment, batch':<28}{'steps/s of CPU':>16}{'ratio':>10}")
    for name, speed in rows:
        print(f"{name:<28}{speed:>16,.0f}{speed / plain:>10,.1f}")


def horizons(scale: float, batch: int = 4096) -> None:
    """Print the cost of a step for short and long episodes."""
    print(f"\n{'horizon':<28}{'ns a step, batch 4,096':>26}")
    for horizon in (50, 200, 1_000, 10_000):
        calls = max(horizon, int(scale * 2_000))
        speed = steps_per_second(vector_loop(shelf(batch, horizon), calls))
        print(f"{horizon:<28,}{1e9 / speed:>26.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="length of the runs")
    arguments = parser.parse_args()
    assert_same_dynamics()
    compare(arguments.scale)
    horizons(arguments.scale)


if __name__ == "__main__":
    main()
