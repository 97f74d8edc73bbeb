"""How far a prediction is from what an oracle would say."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def expected_log_loss(chance: ArrayLike, predicted: ArrayLike) -> float:
    """Return the mean log loss (nats) of `predicted`, with true chances `chance`, both (n,).

    It has no noise of drawn outcomes. Its least value is the entropy, at `predicted` = `chance`.
    """
    p, q = np.asarray(chance, float), np.clip(np.asarray(predicted, float), 1e-12, 1 - 1e-12)
    return float(-(p * np.log(q) + (1 - p) * np.log1p(-q)).mean())


def excess(chance: ArrayLike, predicted: ArrayLike) -> float:
    """Return the log loss above that of the oracle, in nats; 0 is perfect."""
    return expected_log_loss(chance, predicted) - expected_log_loss(chance, chance)
