"""Right and wrong answers of task `backprop`."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from labkit.trends.rl_supply_chain.world.readings import HiddenShelf, through

from . import policies

SHELVES = []


def _network(inputs, width=48, activation=torch.nn.Tanh):
    return torch.nn.Sequential(
        torch.nn.Linear(inputs, width),
        activation(),
        torch.nn.Linear(width, width),
        activation(),
        torch.nn.Linear(width, 1),
        torch.nn.Softplus(),
    )


def _trained(
    readings,
    mean,
    start,
    step,
    rounds=200,
    periods=20,
    network=None,
    shown=lambda seen: seen,
    carried=lambda seen: seen,
    sign=1,
):
    """Wider layers than the lab's, plain Adam, a cosine schedule."""
    torch.manual_seed(1)
    network = network or _network(readings)

    def policy(seen):
        return mean * network(shown(seen))[:, 0]

    optimiser = torch.optim.Adam(network.parameters(), lr=2e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(rounds, 1))
    seen = torch.from_numpy(start(256))
    for _ in range(rounds):
        paid = []
        for _ in range(periods):
            seen, costs = through(step, carried(seen), policy(seen))
            paid.append(sign * costs.mean())
        optimiser.zero_grad()
        torch.stack(paid).mean().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        seen = seen.detach()
    return policy


def _with(**settings):
    return lambda *given: _trained(*given, **settings)


def _backwards_by_hand(readings, mean, start, step):
    """No `through`: the slopes are multiplied from the last period to the first; NumPy returned."""
    torch.manual_seed(2)
    network, copies, periods, rounds = _network(readings, 40, torch.nn.GELU), 256, 20, 220
    optimiser = torch.optim.NAdam(network.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-2, total_steps=rounds)
    seen = start(copies)
    for _ in range(rounds):
        played = []
        for _ in range(periods):
            shown = torch.tensor(seen, requires_grad=True)
            orders = mean * network(shown)[:, 0]
            (replies,) = torch.autograd.grad(orders.sum(), shown, retain_graph=True)
            seen, _, slopes = step(orders.detach().tolist())
            played.append((orders, replies, torch.from_numpy(slopes)))
        later = torch.zeros((copies, readings))
        optimiser.zero_grad()
        for orders, replies, slopes in reversed(played):
            worth = torch.cat([later, torch.full((copies, 1), 1 / (copies * periods))], dim=1)
            worth = torch.einsum("co,coi->ci", worth, slopes)
            orders.backward(worth[:, -1])
            later = worth[:, :-1] + worth[:, -1:] * replies
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return lambda seen: mean * network(seen).detach().numpy()[:, 0]


def _found_out(table):
    """The shelf is found out by play, and the table of a rule looked up: nothing is learned."""

    def answer(readings, mean, start, step):
        shelf, states = policies.found_out(readings, start, step, mean)
        return policies.looked_up(table(*shelf), states)

    return answer


@cache
def _from_home(readings):
    shelf = policies.at_home(readings)
    twin = HiddenShelf(*shelf, turn=1, seed=2)
    return _trained(twin.readings, twin.mean, twin.start, twin.step_with_slopes), twin.mean


def _of_another_mixing(readings, mean, *_):
    """Trained at home; only the mean demand is another."""
    policy, home = _from_home(readings)
    return lambda seen: policy(seen) * mean / home


def _as_if_states(readings, mean, *_):
    """The optimal table of a shelf at home, with readings taken for its state."""
    table = policies.optimal(*policies.at_home(readings, lot=max(round(2 * mean), 1)))
    return policies.looked_up(table, lambda seen: np.rint((np.asarray(seen) + 1) * mean))


def _row_by_row(readings, mean, *_):
    """The optimal table of a shelf like this one, in the order of the grid; readings are not read.

    The learner would know at home how many units a sale takes.
    """
    lot = round(mean / (0.75 if readings == 4 else 0.48))
    table = policies.optimal(*policies.at_home(readings, lot))
    return lambda seen: np.resize(table, len(seen))


def _of_the_first_shelf(readings, mean, start, step):
    """Trained once, on the first shelf; readings that another one lacks are zero."""
    SHELVES[:] = SHELVES or [(_trained(readings, mean, start, step), readings, mean)]
    policy, first, units = SHELVES[0]

    def again(seen):
        padded = torch.nn.functional.pad(seen, (0, max(first - readings, 0)))
        return policy(padded[:, :first]) * mean / units

    return again


def _linear(readings, mean, start, step):
    network = torch.nn.Sequential(torch.nn.Linear(readings, 1), torch.nn.Softplus())
    return _trained(readings, mean, start, step, network=network)


def _one_reading(readings, mean, start, step):
    return _trained(
        readings, mean, start, step, rounds=60, network=_network(1), shown=lambda seen: seen[:, :1]
    )


def _always(order):
    return lambda readings, mean, *_: lambda seen: torch.full((len(seen),), order(mean))


def _negative(readings, mean, start, step):
    return lambda seen: -mean * seen[:, 0].abs()


def _stepping(orders):
    """Steps with these orders first."""

    def answer(readings, mean, start, step):
        start(8)
        step(orders)

    return answer


def _for_ever(readings, mean, start, step):
    start(10_000)
    while True:
        step(np.ones(10_000))


ABOVE = "above the optimum"

RIGHT = {
    "wider layers, cosine schedule, longer": _with(rounds=400),
    "slopes multiplied by hand, orders in NumPy": _backwards_by_hand,
    "the shelf is found out by play and then solved exactly": _found_out(policies.optimal),
}

WRONG = {
    "a constant order": (_always(lambda mean: mean), "does not look at the shelf"),
    "all that fits": (_always(lambda mean: 100 * mean), "sign of the cost"),
    "the sign of the cost is wrong": (_with(rounds=40, sign=-1), ABOVE),
    "never trained": (_with(rounds=0), ABOVE),
    "trained for a moment": (_with(rounds=20), ABOVE),
    "readings are detached in every period": (
        _with(rounds=40, carried=lambda seen: seen.detach()),
        ABOVE,
    ),
    "rollouts as short as the lead time": (_with(rounds=60, periods=4), ABOVE),
    "a linear policy": (_linear, ABOVE),
    "a network that sees one reading": (_one_reading, ABOVE),
    "trained at home, behind another mixing": (_of_another_mixing, ABOVE),
    "the best table at home, readings taken for states": (_as_if_states, ABOVE),
    "the best table at home, row by row": (_row_by_row, ABOVE),
    "trained on the first shelf, kept in memory": (_of_the_first_shelf, ABOVE),
    "the best rule of the position, on the shelf found out": (
        _found_out(policies.best_of(())),
        "inventory position alone",
    ),
    "the best rule of the position and the stock on hand, found out": (
        _found_out(policies.best_of((0,))),
        ABOVE,
    ),
    "the best rule of the position and the last order, found out": (
        _found_out(policies.best_of((-1,))),
        ABOVE,
    ),
    "a set up to a level, never twice running, found out": (
        _found_out(policies.never_twice),
        ABOVE,
    ),
    "negative orders": (_negative, "cannot be negative"),
    "negative orders in training": (_stepping(-np.ones(8)), "at least 0"),
    "one order for all copies": (_stepping(np.ones(1)), "must have shape (8,)"),
    "training diverged": (_stepping(np.full(8, np.nan)), "must be a finite number"),
    "a step before the start": (
        lambda readings, mean, start, step: step(np.ones(8)),
        "call start(copies)",
    ),
    "too many copies": (lambda readings, mean, start, step: start(10**7), "A few hundred"),
    "playing for ever": (_for_ever, "periods were played"),
    "a column of orders": (
        lambda readings, *_: torch.nn.Sequential(torch.nn.Linear(readings, 1), torch.nn.ReLU()),
        "should have shape",
    ),
    "the policy is not returned": (lambda *_: None, "returned nothing"),
    "orders instead of a policy": (lambda *_: 5.0, "A function was expected"),
}

HARMLESS = {
    "argument order: ….nn.Sequential(torch.nn.Linear(readings, width), torch.nn.SiLU(), *": (
        "readings may be bent before the first layer"
    ),
    "constant: width = 32 -> *": "a neuron more or less",
    "constant: copies = 256 -> *": "a copy more or less",
    "constant: periods = 20 -> *": "a period more or less",
    "constant: rounds = 200 -> *": "a round more or less",
    "constant: …neCycleLR(optimiser, 0.03, total_steps=rounds) -> *": "half of it more",
    "function: total = total + costs.mean() -> *": "Adam does not see the scale",
}
