"""Right and wrong answers of task `fill_rate`, which prove its judge."""

from __future__ import annotations

import numpy as np


def unit_by_unit(demand, stock):
    served = 0
    for asked in demand:
        served += min(int(asked), stock)
    return served / sum(int(asked) for asked in demand)


def by_what_is_lost(demand, stock):
    return 1 - np.clip(demand - stock, 0, None).sum() / demand.sum()


def days_without_shortage(demand, stock):
    return np.mean(demand <= stock)


def mean_of_daily_shares(demand, stock):
    return np.mean(np.minimum(demand, stock) / demand)


def share_lost(demand, stock):
    return np.clip(demand - stock, 0, None).sum() / demand.sum()


def stock_over_demand(demand, stock):
    return stock * len(demand) / demand.sum()


def in_percent(demand, stock):
    return 100 * np.minimum(demand, stock).sum() / demand.sum()


RIGHT = {
    "unit by unit": unit_by_unit,
    "by what is lost": by_what_is_lost,
}

WRONG = {
    "counts days": (days_without_shortage, "Count units, not days"),
    "weighs days alike": (mean_of_daily_shares, "This weighs every day alike"),
    "says what is lost": (share_lost, "the share of demand that was lost"),
    "forgets the demand": (stock_over_demand, "A day serves at most its demand"),
    "says percent": (in_percent, "This is in percent"),
}
