"""The identity that ties error rates to a base rate."""

from __future__ import annotations


def false_positive_rate(base: float, precision: float, false_negative: float) -> float:
    """The false-positive rate that follows from the other three: Chouldechova's identity.

    Source: Chouldechova (2017), Fair prediction with disparate impact, Big Data 5(2), equation 2.6.

    Args:
        base: share of positives.
        precision: share of positives among those called so.
        false_negative: share of positives not called so.
    """
    return base / (1 - base) * (1 - precision) / precision * (1 - false_negative)
