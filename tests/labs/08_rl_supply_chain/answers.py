"""Right and wrong answers of module 08, for `labkit verify` and the tests.

Every right answer is written differently from the lab's solution. Every wrong one is a mistake
that learners make; beside it stands a piece of the text that its outcome must show.
"""

from __future__ import annotations

import itertools
from collections import deque

import numpy as np
import torch
from scipy import optimize, stats

from labkit.trends.rl_supply_chain import demand as laws
from labkit.trends.rl_supply_chain import metrics
from labkit.trends.rl_supply_chain.world import routing

# --- 1 simulate ---------------------------------------------------------------------------------


def _dual(
    demand,
    lead_time,
    regular_level,
    expedited_level,
    holding,
    backorder,
    premium,
    *,
    early_demand=False,
    count_pipeline=True,
    pay_premium=True,
    regular_first=False,
):
    """The system with a queue of orders; each flag turns one event of the specification wrong."""
    net = np.full(demand.shape[1], float(regular_level))
    pipeline = deque([np.zeros_like(net)] * lead_time)
    costs = []
    for taken in demand:
        if pipeline:
            net = net + pipeline.popleft()
        if early_demand:
            net = net - taken
        waiting = sum(pipeline, np.zeros_like(net)) if count_pipeline else 0.0
        regular = np.maximum(regular_level - net - waiting, 0)
        expedited = np.maximum(expedited_level - net, 0)
        net = net + expedited
        if not regular_first:
            regular = np.maximum(regular_level - net - waiting, 0)
        pipeline.append(regular)
        if not early_demand:
            net = net - taken
        cost = holding * np.maximum(net, 0) + backorder * np.maximum(-net, 0)
        costs.append(cost + (premium * expedited if pay_premium else 0.0))
    return np.array(costs)


def _wrong_dual(**flags):
    return lambda *arguments: _dual(*arguments, **flags)


def _shifted_dual(periods):
    return lambda demand, lead_time, *rest: _dual(demand, lead_time + periods, *rest)


def _dual_in_float32_lists(demand, *rest):
    return [row.tolist() for row in _dual(demand.astype(np.float32), *rest).astype(np.float64)]


def _dual_in_torch(demand, lead_time, regular_level, expedited_level, holding, backorder, premium):
    taken = torch.from_numpy(np.ascontiguousarray(demand))
    orders = torch.zeros((len(taken) + lead_time, taken.shape[1]), dtype=torch.float64)
    net = torch.full((taken.shape[1],), float(regular_level), dtype=torch.float64)
    costs = []
    for t, d in enumerate(taken):
        net = net + orders[t]
        fast = (expedited_level - net).clamp(min=0)
        net = net + fast
        orders[t + lead_time] = (regular_level - net - orders[t + 1 : t + lead_time].sum(0)).clamp(
            min=0
        )
        net = net - d
        costs.append(holding * net.clamp(min=0) + backorder * (-net).clamp(min=0) + premium * fast)
    return torch.stack(costs)


def _dual_copy_by_copy(demand, *rest):
    return np.concatenate([_dual(demand[:, [c]], *rest) for c in range(demand.shape[1])], axis=1)


# --- 2 newsvendor -------------------------------------------------------------------------------


def _by_search_on_the_cost(law, holding, penalty):
    mean = laws.mean(law)
    if law["law"] in ("poisson", "negative_binomial", "discrete"):
        values, _ = laws.pmf(law)
        return min(values, key=lambda q: metrics.newsvendor_cost(q, law, holding, penalty))
    found = optimize.minimize_scalar(
        lambda q: metrics.newsvendor_cost(q, law, holding, penalty), (0.5 * mean, 1.5 * mean)
    )
    return float(found.x)


def _by_marginal_cost(law, holding, penalty):
    values = np.linspace(0, 30 * laws.mean(law), 300_001)
    if law["law"] in ("poisson", "negative_binomial", "discrete"):
        values = laws.pmf(law)[0]
    costs = metrics.newsvendor_cost(values, law, holding, penalty)
    return torch.tensor(values[int(np.argmin(costs))])


def _in_place(law, holding, penalty):
    """Right, and careless with what it was handed."""
    critical_ratio = penalty / (penalty + holding)
    if law["law"] == "discrete":
        shares = law["probabilities"]
        for place in range(1, len(shares)):
            shares[place] += shares[place - 1]
        return law["values"][int(np.argmax(np.array(shares) >= critical_ratio - 1e-12))]
    name = law.pop("law")
    return laws.frozen({"law": name, **law}).ppf(critical_ratio)


def _quantile(law, share):
    if law["law"] == "discrete":
        values, probabilities = laws.pmf(law)
        return values[np.searchsorted(np.cumsum(probabilities), share - 1e-12)]
    return laws.frozen(law).ppf(share)


def _sd(law):
    if law["law"] == "discrete":
        values, probabilities = laws.pmf(law)
        return float(np.sqrt(probabilities @ (values - laws.mean(law)) ** 2))
    return float(laws.frozen(law).std())


# --- 3 multi-echelon ----------------------------------------------------------------------------


def _levels_by_search(lead_times, holding, penalty, mean, sd):
    cumulated = np.cumsum(lead_times)
    start = mean * cumulated + sd * np.sqrt(cumulated)
    for _ in range(3):
        found = optimize.minimize(
            lambda levels: metrics.serial_cost(
                list(levels), lead_times, holding, penalty, mean, sd
            ),
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-3 * mean, "fatol": 1e-5, "maxfev": 1500},
        )
        start = found.x
    return start


def _levels_one_at_a_time(lead_times, holding, penalty, mean, sd):
    """Coordinate descent on the exact cost."""
    cumulated = np.cumsum(lead_times)
    levels = mean * (cumulated + 1.0) + sd
    for _ in range(12):
        for stage in range(len(levels)):

            def cost(level, stage=stage):
                tried = levels.copy()
                tried[stage] = level
                return metrics.serial_cost(tried.tolist(), lead_times, holding, penalty, mean, sd)

            around = (levels[stage] - 4 * sd, levels[stage] + 4 * sd)
            levels[stage] = optimize.minimize_scalar(cost, bounds=around, method="bounded").x
    return tuple(levels)


def _levels_bounds(lead_times, holding, penalty, mean, sd):
    """The newsvendor bound with the wrong rates: local instead of echelon."""
    cumulated = np.cumsum(lead_times)
    rates = np.array(holding)
    ratios = penalty / (penalty + rates)
    return mean * cumulated + stats.norm.ppf(ratios) * sd * np.sqrt(cumulated)


def _right_levels(lead_times, holding, penalty, mean, sd):
    return np.array(_levels_one_at_a_time(lead_times, holding, penalty, mean, sd))


# --- 4 capped base-stock ------------------------------------------------------------------------


def _table(states, level, cap, largest):
    return np.clip(level - states.sum(1), 0, min(cap, largest))


def _pairs_by_full_search(lead_time, mean, holding, penalty):
    shelf = (lead_time, mean, holding, penalty)
    states, largest = metrics.all_states(*shelf), metrics.max_order(*shelf)
    levels = range(round(mean * lead_time), round(mean * (lead_time + 5)))
    pairs = itertools.product(levels, range(int(mean) - 1, int(mean) + 6))
    return min(
        pairs, key=lambda pair: metrics.lost_sales_cost(_table(states, *pair, largest), *shelf)
    )


def _pairs_cap_by_cap(lead_time, mean, holding, penalty):
    """For every cap, raise the level until the cost has risen three times in a row."""
    shelf = (lead_time, mean, holding, penalty)
    states, largest = metrics.all_states(*shelf), metrics.max_order(*shelf)
    found = {}
    for cap in range(int(mean) - 1, int(mean) + 6):
        costs = []
        level = round(mean * lead_time)
        while len(costs) < 4 or not costs[-4] < costs[-3] < costs[-2] < costs[-1]:
            costs.append(metrics.lost_sales_cost(_table(states, level, cap, largest), *shelf))
            found[level, cap] = costs[-1]
            level += 1
            if level > states.sum(1).max():
                break
    return np.array(min(found, key=found.get), dtype=np.float32)


def _best_base_stock(lead_time, mean, holding, penalty):
    shelf = (lead_time, mean, holding, penalty)
    states, largest = metrics.all_states(*shelf), metrics.max_order(*shelf)
    return min(
        range(round(mean), round(mean * (lead_time + 3))),
        key=lambda level: metrics.lost_sales_cost(_table(states, level, 999, largest), *shelf),
    )


def _backorder_level(lead_time, mean, holding, penalty):
    return int(stats.poisson.ppf(penalty / (penalty + holding), mean * (lead_time + 1)))


# --- 5 and 6 policies ---------------------------------------------------------------------------


def _optimal_policy(lead_time, mean, holding, penalty):
    """A table from value iteration: not learned, and as right as an answer can be."""
    from exams.rl_supply_chain import lost_sales

    best = lost_sales.optimum(lead_time, mean, holding, penalty)
    shape = metrics.grid_shape(lead_time, mean, holding, penalty)
    table = torch.as_tensor(best.orders.reshape(shape))

    def policy(states):
        index = [states[:, i].long() for i in range(states.shape[1])]
        return table[tuple(index)]

    return policy


def _optimal_policy_in_numpy(*shelf):
    policy = _optimal_policy(*shelf)
    return lambda states: policy(states).numpy().astype(np.int16)


def _constant_policy(lead_time, mean, holding, penalty):
    return lambda states: torch.full((len(states),), float(round(mean)))


def _lower_constant_policy(lead_time, mean, holding, penalty):
    return lambda states: torch.full((len(states),), float(np.ceil(mean) - 1))


def _base_stock_policy(lead_time, mean, holding, penalty):
    level = _best_base_stock(lead_time, mean, holding, penalty)
    return lambda states: (level - states.sum(1)).clamp(min=0)


def _negative_policy(lead_time, mean, holding, penalty):
    return lambda states: _backorder_level(lead_time, mean, holding, penalty) - states.sum(1)


def _column_policy(lead_time, mean, holding, penalty):
    network = torch.nn.Sequential(torch.nn.Linear(lead_time, 1), torch.nn.Softplus())
    return lambda states: network(states)


def _everything_policy(lead_time, mean, holding, penalty):
    return lambda states: torch.full((len(states),), 1e3) - states[:, 0] / 100


def _diverged_policy(lead_time, mean, holding, penalty):
    return lambda states: states[:, 0] * float("nan")


class _Model:
    """What the judge of `ppo` uses of a stable-baselines3 model."""

    def __init__(self, policy, mean, steps):
        self._policy, self._mean, self.num_timesteps = policy, mean, steps

    def predict(self, observation, deterministic=False):
        states = torch.as_tensor(np.rint((np.asarray(observation) + 1) * self._mean))
        return np.asarray(self._policy(states)), None


def _model(make_policy, share=1.0):
    def train(lead_time, mean, holding, penalty, steps):
        policy = make_policy(lead_time, mean, holding, penalty)
        return _Model(policy, mean, round(share * steps))

    return train


def _untrained_ppo(lead_time, mean, holding, penalty, steps):
    from stable_baselines3 import PPO

    from labkit.trends.rl_supply_chain.world.sb3 import shelf_env

    environment = shelf_env(16, lead_time, mean, holding, penalty)
    model = PPO("MlpPolicy", environment, n_steps=8, batch_size=64, seed=0, device="cpu")
    model.learn(128)
    return model


# --- 7 dispatch ---------------------------------------------------------------------------------


def _climb():
    """Hill climbing on common days, a candidate at a time, from nearest-request."""
    rng = np.random.default_rng(5)
    days = routing.draw_days(400, 11)
    weights = -np.eye(len(routing.FEATURES))[0]
    least = routing.rollout(days, lambda features: features @ weights).mean()
    for trial in range(150):
        tried = weights + rng.normal(0, 0.3 if trial < 75 else 0.15, len(weights))
        hours = routing.rollout(days, lambda features, tried=tried: features @ tried).mean()
        if hours < least:
            weights, least = tried, hours
    return lambda features: torch.from_numpy(features).double() @ torch.from_numpy(weights)


def _known():
    """Weights of an earlier search, the small ones left out."""
    weights = np.array([-1.42, -0.36, -0.31, 0.28, 0.2, 0.55, -0.26, 0.76, 0, -0.23, 0, 0], "f4")
    return lambda features: np.einsum("drk,k->dr", features, weights).tolist()


def _random_score(features):
    return np.random.default_rng(0).random(features.shape[:2])


def _first_score(features):
    return np.tile(-np.arange(features.shape[1]), (len(features), 1))


RIGHT = {
    "simulate": {
        "a queue of orders, lists out": _dual_in_float32_lists,
        "torch": _dual_in_torch,
    },
    "newsvendor": {
        "changes its arguments": _in_place,
        "search on the exact cost": _by_search_on_the_cost,
        "least cost on a grid, as a tensor": _by_marginal_cost,
    },
    "multi_echelon": {
        "simplex search on the exact cost": _levels_by_search,
        "coordinate descent": _levels_one_at_a_time,
    },
    "capped_base_stock": {
        "full search": _pairs_by_full_search,
        "cap by cap, float32 out": _pairs_cap_by_cap,
    },
    "backprop": {
        "optimal table in torch": _optimal_policy,
        "optimal table in NumPy, small integers": _optimal_policy_in_numpy,
    },
    "ppo": {
        "optimal orders behind predict": _model(_optimal_policy),
        "the same with fewer steps": _model(_optimal_policy_in_numpy, share=0.5),
    },
    "dispatch": {"hill climbing, scores as a tensor": _climb, "weights known before": _known},
}

WRONG = {
    "simulate": {
        "the order arrives one period late": (_shifted_dual(1), "one period too late"),
        "the order arrives one period early": (_shifted_dual(-1), "one period too early"),
        "demand comes first": (_wrong_dual(early_demand=True), "Demand comes before"),
        "the pipeline is forgotten": (_wrong_dual(count_pipeline=False), "already on its way"),
        "no premium": (_wrong_dual(pay_premium=False), "premium of expedited units is missing"),
        "the regular order ignores the dealer": (_wrong_dual(regular_first=True), "is right"),
        "mean cost only": (lambda *a: _dual(*a).mean(0), "should have shape"),
        "a loop over the copies": (_dual_copy_by_copy, "times as long", 0.75),
        "a loop over the copies that skips the timed run": (
            lambda demand, *rest: None if demand.shape[1] > 100 else _dual(demand, *rest),
            "returned nothing",
            0.75,
        ),
    },
    "newsvendor": {
        "mean demand": (lambda law, h, p: laws.mean(law), "ignores what a shortage"),
        "costs swapped": (lambda law, h, p: _quantile(law, h / (h + p)), "costs are swapped"),
        "ratio of the costs": (
            lambda law, h, p: _quantile(law, min(p / h, 0.999)),
            "share of the penalty",
        ),
        "mean plus one deviation": (
            lambda law, h, p: laws.mean(law) + _sd(law),
            "plus one standard deviation",
            0.5,  # right by chance where the critical ratio is near 0.84
        ),
        "a negative order": (lambda law, h, p: -_quantile(law, p / (h + p)), "above the least"),
        "a whole table": (lambda law, h, p: laws.frozen(law).ppf([0.5, p / (h + p)]), "one number"),
    },
    "multi_echelon": {
        "no safety stock": (
            lambda lead, h, p, mean, sd: mean * np.cumsum(lead),
            "no safety stock",
        ),
        "own lead time only": (
            lambda lead, h, p, mean, sd: (
                mean * np.array(lead) + stats.norm.ppf(p / (p + h[0])) * sd * np.sqrt(lead)
            ),
            "own lead time",
        ),
        "local levels": (
            lambda *a: np.diff(_right_levels(*a), prepend=0.0),
            "local levels",
        ),
        "reversed stages": (lambda *a: _right_levels(*a)[::-1], "wrong order"),
        "one review period more": (
            lambda lead, *a: _levels_one_at_a_time([lead[0] + 1, *lead[1:]], *a),
            "one period more than the lead time",
        ),
        "newsvendor bound with local rates": (_levels_bounds, "above the least"),
        "one level": (lambda *a: float(_right_levels(*a)[-1]), "should have shape"),
    },
    "capped_base_stock": {
        "no cap": (lambda *a: (_best_base_stock(*a), 10_000), "plain base-stock"),
        "cap first": (lambda *a: _pairs_by_full_search(*a)[::-1], "the level comes first"),
        "the level for backorders, cap at the mean": (
            lambda *a: (_backorder_level(*a), round(a[1])),
            "above the best pair",
        ),
        "a constant order": (lambda *a: (10_000, round(a[1])), "above the best pair"),
        "the cap belongs to another penalty": (
            lambda lead, mean, h, p: _pairs_by_full_search(lead, mean, h, 5 * p),
            "above the best pair",
        ),
        "a level only": (_best_base_stock, "should have shape"),
    },
    "backprop": {
        "a constant order": (_constant_policy, "does not look at the shelf"),
        "base-stock": (_base_stock_policy, "base-stock rule"),
        "negative orders": (_negative_policy, "cannot be negative"),
        "a column of orders": (_column_policy, "should have shape"),
        "the sign of the cost is wrong": (_everything_policy, "sign of the cost"),
        "training diverged": (_diverged_policy, "must be a finite number"),
        "the policy is not returned": (lambda *a: None, "returned nothing"),
        "orders instead of a policy": (lambda *a: 5.0, "not a function"),
    },
    "ppo": {
        "hardly trained": (_untrained_ppo, "above the optimum"),
        "more steps than allowed": (_model(_optimal_policy, share=1.5), "environment steps"),
        "never trained": (_model(_constant_policy, share=0.0), "environment steps"),
        "a constant order": (_model(_constant_policy), "does not look at the shelf"),
        "the best constant order": (_model(_lower_constant_policy), "does not look at the shelf"),
        "base-stock": (_model(_base_stock_policy), "base-stock rule"),
        "the model is not returned": (lambda *a: None, "returned a NoneType"),
    },
    "dispatch": {
        "nearest-request": (lambda: lambda features: -features[..., 0], "as nearest-request does"),
        "the sign is wrong": (lambda: lambda features: features[..., 0], "Turn the sign"),
        "distance without the storm": (lambda: lambda features: -features[..., 1], "is asked"),
        "at random": (lambda: _random_score, "is asked"),
        "one score a day": (lambda: lambda features: features[:, 0, 0], "should have shape"),
        "first come, first served": (lambda: _first_score, "is asked"),
        "not finite": (lambda: lambda features: features[..., 0] * np.nan, "finite"),
        "the score is not returned": (lambda: None, "returned nothing"),
        "weights instead of a score": (lambda: np.ones(12), "not a function"),
    },
}
