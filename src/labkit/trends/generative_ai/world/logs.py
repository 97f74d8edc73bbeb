"""Logs of a comparison of prompts: who asked, and which prompt answered each ticket correctly.

A customer's tickets resemble each other: some customers are easy for every prompt, some suit one
prompt better than another. A hard ticket is hard for all prompts. The share of correct answers
that a prompt reaches over all customers there are is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Log:
    """One comparison.

    Attributes:
        scores: 1 where a prompt answered a ticket correctly, else 0, shape (tickets, prompts).
        customer: who wrote each ticket, whole numbers, shape (tickets,).
        true: the share of correct answers of each prompt over all customers, shape (prompts,).
    """

    scores: NDArray[np.int64]
    customer: NDArray[np.int64]
    true: Floats


def draw_log(
    seed: int,
    prompts: int,
    customers: int,
    each: float,
    level: float = 0.55,
    spread: float = 0.03,
    easy: float = 0.2,
    suits: float = 0.12,
    hard: float = 0.7,
) -> Log:
    """Draw a log.

    Args:
        seed: of the draw.
        prompts: how many are compared.
        customers: how many wrote.
        each: tickets of a customer, on average; at least one.
        level: share of correct answers of a prompt, on average over prompts.
        spread: standard deviation of these shares among prompts.
        easy: a customer moves the chance of every prompt by up to this, in either direction.
        suits: a customer moves the chance of each single prompt by up to this.
        hard: correlation of a ticket's luck between prompts.
    """
    rng = np.random.default_rng(seed)
    edge = easy + suits
    true = np.clip(rng.normal(level, spread, prompts), edge, 1 - edge)
    tickets = 1 + rng.poisson(each - 1, customers)
    chance = true + rng.uniform(-easy, easy, (customers, 1))
    chance = chance + rng.uniform(-suits, suits, (customers, prompts))
    customer = np.repeat(rng.permutation(customers), tickets)
    shared = rng.standard_normal((len(customer), 1))
    own = rng.standard_normal((len(customer), prompts))
    luck = ndtr(np.sqrt(hard) * shared + np.sqrt(1 - hard) * own)
    return Log((luck < chance[customer]).astype(np.int64), customer, true)
