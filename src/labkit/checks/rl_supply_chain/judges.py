"""The judges of the lab on reinforcement learning for supply chains.

Each takes the learner's answer and an instance (parameters and reference figures as plain data,
made by `grader/exams/rl_supply_chain`) and returns an outcome. A judge measures what an answer
costs, or compares its numbers; it does not know how to find a good one. Known traps come with the
instance as numbers too: an answer that equals one is told its name.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import NotAttemptedError, UnusableError, call, read
from labkit.exercise.outcome import Outcome, Status, failed, over_cases, passed
from labkit.exercise.reading import as_array, as_number
from labkit.exercise.task import Instance, attempt, judge_cases
from labkit.trends.rl_supply_chain.metrics import (
    all_states,
    lost_sales_cost,
    max_order,
    newsvendor_cost,
    serial_cost,
)
from labkit.trends.rl_supply_chain.world.lost_sales import LostSalesVec
from labkit.trends.rl_supply_chain.world.routing import (
    draw_days,
    nearest_request,
    paired_saving,
    rollout,
)
from labkit.trends.rl_supply_chain.world.sb3 import observe

Floats = NDArray[np.float64]

NEWSVENDOR_TOLERANCE = 1e-3
MULTI_ECHELON_TOLERANCE = 5e-3
CAPPED_TOLERANCE = 1e-3
BACKPROP_TOLERANCE = 0.01
PPO_TOLERANCE = 0.03
# Searching linear scores for 2 CPU-seconds saved 7.2 to 8.1 % (8 searches, 8 sets of 4,000 days,
# half-width of the 95 % interval 0.5 %), and 5.0 to 5.2 % where the forecast was left out.
SAVING, HALF_SAVING = 0.06, 0.03

QUICK = 10.0
"""Seconds of wall clock for a call that computes; the reference needs well below one."""

SEARCHING = 60.0
"""Seconds of wall clock for a call that searches over policies; the reference needs below one."""

TRAINING = 120.0
"""Seconds of wall clock for a call that trains; the reference needs below 15 on one core."""

SPEED_LIMIT = 60.0
"""How many times as long as `LostSalesVec` a simulation may take. Both run here, one after the
other. The reference takes 0.4 to 4 times as long, a loop over the copies over 140 times."""

SPEED_SECONDS = 5.0
"""Wall clock of the timed call; sixty times the peer are below one second."""

MOST_UNITS = 1e6
"""A quantity beyond this is a slip; summing over it would only cost memory."""

TRAPS = {
    "swapped costs": "The two costs are swapped: a dear shortage must raise the quantity.",
    "orders the mean": "This is the mean demand. It ignores what a shortage and a leftover cost.",
    "penalty over holding": "The ratio is the share of the penalty in the sum of both costs.",
    "adds one deviation": "This is the mean plus one standard deviation, whatever the costs are.",
    "arrives late": "The regular order arrives one period too late.",
    "arrives early": "The regular order arrives one period too early.",
    "demand before orders": "Demand comes before the orders here; the specification says after.",
    "forgets the pipeline": "The regular order ignores what is already on its way.",
    "premium left out": "The premium of expedited units is missing from the cost.",
    "local levels": "These look like local levels. Echelon levels count all stock downstream too.",
    "reversed stages": "The levels stand in the wrong order: stage 0 is nearest to the customer.",
    "without safety stock": "These levels cover the mean demand alone, with no safety stock.",
    "adds a review period": "Each level covers one period more than the lead time. Here orders are "
    "placed and shipped before the demand of the same period.",
    "one lead time only": "Each level looks at its own lead time; demand of all stages downstream "
    "has to be covered as well.",
}


def judge_simulate(answer: Any, instance: Instance) -> Outcome:
    """Costs of a dual-sourcing system, equal period by period, and as fast as arrays allow."""
    outcomes = judge_cases(instance["cases"], lambda case: _simulate_case(answer, case))
    if all(outcome.score == 1.0 for outcome in outcomes):
        outcomes.append(attempt(lambda: _fast_enough(answer, instance["timing"])))
    else:
        outcomes.append(failed("Speed is judged once all costs are right."))
    return over_cases(outcomes, "Every period of every copy costs what the specification says.")


def _simulate_case(answer: Any, case: Instance) -> Outcome:
    demand = np.array(case["demand"])
    costs = as_array(
        call(answer, *_dual_sourcing(demand, case), seconds=QUICK), "cost table", demand.shape
    )
    expected = np.array(case["costs"])
    # Single precision is precise enough: 40 periods of it stay within a tenth of this.
    wrong = np.abs(costs - expected) > 1e-4 * (1 + np.abs(expected))
    if not wrong.any():
        return passed("")
    period, copy = (int(i) for i in np.argwhere(wrong)[0])
    return failed(
        f"In period {period} of copy {copy} the cost is {costs[period, copy]:.4f}; "
        f"{expected[period, copy]:.4f} is right. Everything before fits."
        if period
        else f"Already in period 0 the cost of copy {copy} is {costs[0, copy]:.4f}; "
        f"{expected[0, copy]:.4f} is right.",
        on=_dual_sourcing_words(case),
        next_step="Print the state of that copy up to that period and follow the order of events "
        "in the specification with pencil and paper.",
        misconception=_trap(costs.mean(), case["traps"], 1e-5),
    )


def _dual_sourcing(demand: Floats, case: Instance) -> tuple[Any, ...]:
    names = ("lead_time", "regular_level", "expedited_level", "holding", "backorder", "premium")
    return (demand, *(case[name] for name in names))


def _dual_sourcing_words(case: Instance) -> str:
    return (
        f"lead time {case['lead_time']}, levels {case['regular_level']} and "
        f"{case['expedited_level']}, holding {case['holding']}, backorder {case['backorder']}, "
        f"premium {case['premium']}"
    )


def _fast_enough(answer: Any, timing: Instance) -> Outcome:
    """Hold the time of a large batch against the course's own simulator in the same run."""
    periods, batch = timing["periods"], timing["batch"]
    rng = np.random.default_rng()
    peer = min(_seconds(lambda: _step_lost_sales(periods, batch)) for _ in range(3))
    slow = failed(
        f"The costs are right, but {batch:,} copies take more than {SPEED_LIMIT:g} times as long "
        "as the course's own simulator.",
        on=f"{periods} periods, {batch:,} copies",
        next_step="Loop over the periods only, and let NumPy do all copies of a period at once.",
    )
    for _ in range(3):  # a disturbed run is tried again, on other demand
        demand = rng.poisson(timing["mean"], (periods, batch)).astype(float)
        start = time.perf_counter()
        try:
            raw = call(answer, *_dual_sourcing(demand, timing), seconds=SPEED_SECONDS)
        except UnusableError:
            return slow
        own = time.perf_counter() - start
        costs = as_array(raw, "cost table", demand.shape)
        few = call(answer, *_dual_sourcing(demand[:, :4].copy(), timing), seconds=QUICK)
        if not np.allclose(costs[:, :4], as_array(few, "cost table"), rtol=1e-4, atol=1e-4):
            return failed(
                "The same four copies cost something else in a large batch than on their own.",
                on=f"{periods} periods, {batch:,} copies",
                next_step="Copies know nothing of each other; look for what mixes them.",
            )
        if own <= SPEED_LIMIT * peer:
            return passed("")
    return slow


def _seconds(step: Callable[[], Any]) -> float:
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def _step_lost_sales(periods: int, batch: int) -> None:
    law = {"law": "poisson", "mean": 5.0}
    world = LostSalesVec(batch, 4, law, 1.0, 4.0, horizon=2 * periods, max_order=20)
    world.reset(seed=1)
    orders = np.full(batch, 5)
    for _ in range(periods):
        world.step(orders)


def judge_newsvendor(answer: Any, instance: Instance) -> Outcome:
    """Expected cost of one shelf, exact for every law."""
    outcomes = judge_cases(instance["cases"], lambda case: _newsvendor_case(answer, case))
    return over_cases(outcomes, "The quantity is best for every demand law.")


def _newsvendor_case(answer: Any, case: Instance) -> Outcome:
    law, holding, penalty = case["law"], case["holding"], case["penalty"]
    quantity = as_number(call(answer, law, holding, penalty, seconds=QUICK), "quantity")
    if abs(quantity) > MOST_UNITS:
        raise UnusableError(
            f"The quantity is {quantity:.3g} units; at most {MOST_UNITS:,.0f} make sense here.",
            "Look at the units: is a probability or a cost in the place of a quantity?",
        )
    cost = float(newsvendor_cost(quantity, law, holding, penalty))
    gap = cost / case["optimal_cost"] - 1
    if gap <= NEWSVENDOR_TOLERANCE:
        return passed("")
    return failed(
        f"Your quantity {quantity:.4g} costs {cost:.4g} a period, {gap:.2%} above the least "
        f"possible; {NEWSVENDOR_TOLERANCE:.1%} is allowed.",
        on=f"{_law_words(law)}, holding {holding}, penalty {penalty}",
        next_step="Ask when one more unit on the shelf stops paying: its chance to be sold against "
        "its chance to be left over.",
        misconception=_trap(quantity, case["traps"], 1e-3),
    )


def _law_words(law: Mapping[str, Any]) -> str:
    parameters = ", ".join(f"{name} {value}" for name, value in law.items() if name != "law")
    return f"{law['law']} demand with {parameters}"


def judge_multi_echelon(answer: Any, instance: Instance) -> Outcome:
    """Exact cost of echelon base-stock levels in a serial system."""
    outcomes = judge_cases(instance["cases"], lambda case: _multi_echelon_case(answer, case))
    return over_cases(outcomes, "The levels are within 0.5 % of the least possible cost.")


def _multi_echelon_case(answer: Any, case: Instance) -> Outcome:
    names = ("lead_times", "holding", "penalty", "mean", "sd")
    arguments = [case[name] for name in names]
    stages = len(case["lead_times"])
    levels = as_array(call(answer, *arguments, seconds=2 * QUICK), "echelon levels", (stages,))
    levels = np.clip(levels, -MOST_UNITS, MOST_UNITS)
    cost = serial_cost(levels.tolist(), *arguments)
    gap = cost / case["optimal_cost"] - 1
    if gap <= MULTI_ECHELON_TOLERANCE:
        return passed("")
    return failed(
        f"Your levels {_numbers(levels)} cost {cost:.4g} a period, {gap:.2%} above the least "
        f"possible; {MULTI_ECHELON_TOLERANCE:.1%} is allowed.",
        on=f"{stages} stages, lead times {case['lead_times']}, holding {case['holding']}, "
        f"penalty {case['penalty']}, demand {case['mean']} ± {case['sd']}",
        next_step="Start at the customer's stage, find its best level, and hand the cost of being "
        "short of it up to the next stage.",
        misconception=_trap(levels, case["traps"], 5e-3),
    )


def judge_capped_base_stock(answer: Any, instance: Instance) -> Outcome:
    """Exact cost of a pair of level and cap."""
    outcomes = judge_cases(instance["cases"], lambda case: _capped_case(answer, case))
    return over_cases(outcomes, "No pair of level and cap is more than 0.1 % cheaper.")


def _capped_case(answer: Any, case: Instance) -> Outcome:
    where = _shelf(case)
    pair = as_array(call(answer, *where, seconds=SEARCHING), "pair of level and cap", (2,))
    level, cap = pair
    if level < 0 or cap < 0:
        raise UnusableError(
            f"Level and cap are {level:g} and {cap:g}; neither can be below zero.",
            "Return the level first and the cap second, both in units.",
        )
    states = all_states(*where)
    cost = _cost(np.clip(level - states.sum(axis=1), 0, cap), where)
    gap = cost / case["capped_cost"] - 1
    if gap <= CAPPED_TOLERANCE:
        return passed("")
    misconception = ""
    if level < cap and level < case["lead_time"] * case["mean"]:
        misconception = "The cap stands first here; the level comes first."
    elif cap >= max_order(*where):
        misconception = "The cap is never reached, so this is a plain base-stock policy."
    return failed(
        f"Level {level:g} with cap {cap:g} costs {cost:.4g} a period, {gap:.2%} above the best "
        f"pair; {CAPPED_TOLERANCE:.1%} is allowed.",
        on=_shelf_words(case),
        next_step="Hold the pairs around yours against each other on the same demand, or exactly "
        "with metrics.lost_sales_cost.",
        misconception=misconception,
    )


def judge_backprop(answer: Any, instance: Instance) -> Outcome:
    """Exact cost of a policy that was trained on the instance."""
    import torch

    where = _shelf(instance)
    policy = _returned(call(answer, *where, seconds=TRAINING), "policy")
    states = all_states(*where)
    with torch.no_grad():
        raw = call(policy, torch.from_numpy(np.ascontiguousarray(states)), seconds=QUICK)
    orders = as_array(raw, "orders", (len(states),))
    return _ordering_outcome(orders, states, instance, BACKPROP_TOLERANCE)


def judge_ppo(answer: Any, instance: Instance) -> Outcome:
    """Exact cost of the greedy policy of a stable-baselines3 model."""
    where, budget = _shelf(instance), instance["steps"]
    model = call(answer, *where, budget, seconds=TRAINING)
    try:
        told, predict = read(model, "num_timesteps"), read(model, "predict")
    except UnusableError:
        raise UnusableError(
            f"train_ppo returned a {type(model).__name__}, not a stable-baselines3 model.",
            "End the function with `return model`.",
        ) from None
    steps = max(as_number(told, "model's num_timesteps"), _steps_taken(model))
    if not 0 < steps <= budget:
        return failed(
            f"The model has seen {steps:,.0f} environment steps; more than 0 and at most "
            f"{budget:,} are allowed.",
            on=_shelf_words(instance),
            next_step="Pass the steps to learn(total_timesteps=…). A rollout of n_steps × num_envs "
            "is never cut short, so choose both such that they divide the budget.",
        )
    states = all_states(*where)
    seen = observe(states, instance["mean"])
    raw = call(lambda: predict(seen, deterministic=True)[0], seconds=QUICK)
    orders = as_array(raw, "model's orders", (len(states),))
    return _ordering_outcome(orders, states, instance, PPO_TOLERANCE)


def _steps_taken(model: Any) -> float:
    """Steps that the model's environment has counted; every `learn` begins its own count anew."""
    try:
        taken = read(call(read(model, "get_env"), seconds=QUICK), "steps_taken")
    except (UnusableError, NotAttemptedError):  # a model without an environment, or another's
        return 0.0
    return as_number(taken, "environment's steps")


def _returned(function: Any, what: str) -> Any:
    """A function that a training function returned; forgetting to return it is common."""
    if function is None:
        raise UnusableError(
            f"Your function ran, but returned nothing where a {what} was expected.",
            f"End it with `return {what}`.",
        )
    return function


def _ordering_outcome(
    orders: Floats, states: NDArray[np.float32], instance: Instance, tolerance: float
) -> Outcome:
    if orders.min() <= -0.5:
        place = int(orders.argmin())
        raise UnusableError(
            f"The policy orders {orders[place]:.3g} units in state {_numbers(states[place])}; "
            "an order cannot be negative.",
            "Let the last layer end in a function that is never negative, such as softplus.",
        )
    where = _shelf(instance)
    cost = _cost(orders, where)
    gap = cost / instance["optimal_cost"] - 1
    base_stock = instance["base_stock_cost"] / instance["optimal_cost"] - 1
    yardsticks = f"The best base-stock policy is {base_stock:.1%} above it"
    textbook = base_stock
    if "capped_cost" in instance:
        textbook = instance["capped_cost"] / instance["optimal_cost"] - 1
        yardsticks += f", with the best cap {textbook:.1%}"
    words = (
        f"The policy costs {cost:.4f} a period, {gap:.2%} above the optimum "
        f"{instance['optimal_cost']:.4f}. {yardsticks}."
    )
    if gap <= tolerance:
        return passed(words)
    on = _shelf_words(instance)
    if gap < 0.9 * textbook and np.ptp(np.rint(orders)) > 0:
        return Outcome(
            Status.PARTIAL,
            0.5,
            f"{words} Better than the textbook earns half; {tolerance:.0%} earns the rest.",
            on,
            "Train a little longer, or let the learning rate fall further at the end.",
        )
    return failed(
        f"{words} At most {tolerance:.0%} is asked.",
        on=on,
        next_step="Print the cost while training. If it still falls, train longer; if it jumps, "
        "lower the learning rate. Do not round orders in training: rounding has slope zero.",
        misconception=_policy_trap(np.rint(orders), states, max_order(*where)),
    )


def _policy_trap(orders: Floats, states: NDArray[np.float32], largest: int) -> str:
    """Name an ordering rule that learned too little from the state."""
    if orders.mean() >= 0.9 * largest:
        return "The policy orders all it can. Is the sign of the cost right?"
    if np.ptp(orders) == 0:
        return "The order is the same in every state: the policy does not look at the shelf."
    position = states.sum(axis=1)
    inside = (orders > 0) & (orders < min(orders.max(), largest))
    levels = (orders + position)[inside]
    if len(levels) > len(orders) / 100 and np.ptp(levels) == 0:
        return (
            "This is a base-stock rule, perhaps with a cap: it sees the inventory position alone. "
            "What arrives when matters too."
        )
    return ""


def judge_dispatch(answer: Any, instance: Instance) -> Outcome:
    """Mean paired saving against nearest-request on the same secret days."""
    learned = _returned(call(answer, seconds=TRAINING), "score")
    days = draw_days(instance["days"], instance["seed"])

    def score(features: NDArray[np.float32]) -> Floats:
        return as_array(call(learned, features, seconds=QUICK), "scores", features.shape[:2])

    baseline = rollout(days, nearest_request)
    saving, interval = paired_saving(rollout(days, score), baseline)
    words = (
        f"The truck is home {saving:.2%} earlier than with nearest-request "
        f"(± {interval:.2%}, {instance['days']:,} paired days)"
    )
    if saving >= SAVING:
        return passed(f"{words}.")
    if saving >= HALF_SAVING:
        share = 0.5 + 0.5 * (saving - HALF_SAVING) / (SAVING - HALF_SAVING)
        return Outcome(
            Status.PARTIAL,
            share,
            f"{words}. {HALF_SAVING:.0%} earns half, {SAVING:.0%} everything.",
            next_step="Search longer, on more days, and look at which weights matter.",
        )
    trap = ""
    if abs(saving) < 1e-9:
        trap = "These scores choose as nearest-request does: a faster truck needs another order."
    elif saving < -0.1 and paired_saving(rollout(days, _turned(score)), baseline)[0] > -0.02:
        trap = "The highest score is visited next; these scores seem to be costs. Turn the sign."
    return failed(
        f"{words if saving >= 0 else _later(saving, interval)}; {SAVING:.0%} is asked.",
        on=f"{instance['days']:,} storm days",
        next_step="Judge every candidate on the same days, and let the score see where the storm "
        "will be, not only where it is.",
        misconception=trap,
    )


def _turned(score: Callable[[NDArray[np.float32]], Floats]) -> Callable[..., Floats]:
    return lambda features: -score(features)


def _later(saving: float, interval: float) -> str:
    return f"The truck is home {-saving:.2%} later than with nearest-request (± {interval:.2%})"


def _shelf(case: Instance) -> tuple[int, float, float, float]:
    return case["lead_time"], case["mean"], case["holding"], case["penalty"]


def _shelf_words(case: Instance) -> str:
    return (
        f"lead time {case['lead_time']}, Poisson demand of mean {case['mean']}, "
        f"holding {case['holding']}, penalty {case['penalty']}"
    )


def _cost(orders: Floats, where: tuple[int, float, float, float]) -> float:
    """Exact cost; a truck holds `max_order` units, so what is ordered above stays behind."""
    return lost_sales_cost(np.clip(orders, 0, max_order(*where)), *where)


def _trap(value: float | Floats, traps: Mapping[str, Any], tolerance: float) -> str:
    """Name the known trap whose numbers the answer has, if there is one."""
    for name, numbers in traps.items():
        expected = np.asarray(numbers, dtype=float)
        close = np.abs(expected - value) <= tolerance * (1 + np.abs(expected))
        if np.shape(value) == expected.shape and close.all():
            return TRAPS[name]
    return ""


def _numbers(values: NDArray[Any]) -> str:
    return "(" + ", ".join(f"{value:.4g}" for value in values) + ")"
