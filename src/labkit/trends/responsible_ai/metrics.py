"""The identity that ties error rates to a base rate, and the attack of `labkit.audit` by its name.

Both take figures or outputs as they are; releasing and deciding are left to others.
"""

from __future__ import annotations

from labkit.audit import audit_epsilon

__all__ = ["audit_epsilon", "false_positive_rate"]


def false_positive_rate(base: float, precision: float, false_negative: float) -> float:
    """The false-positive rate that follows from the other three: Chouldechova's identity.

    Source: Chouldechova (2017), Fair prediction with disparate impact, Big Data 5(2), equation 2.6.

    Args:
        base: share of positives.
        precision: share of positives among those called so.
        false_negative: share of positives not called so.
    """
    return base / (1 - base) * (1 - precision) / precision * (1 - false_negative)
