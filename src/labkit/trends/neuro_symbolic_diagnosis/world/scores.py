"""The total dermatoscopy score (TDS) of the ABCD rule, and the verdict bands.

TDS = 1.3 A + 0.1 B + 0.5 C + 0.5 D, below 4.75 benign, up to 5.45 suspicious, above that highly
suspicious of melanoma. Source: Nachbar et al. 1994, J Am Acad Dermatol 30(4), 551-559, after Stolz
et al. 1994, Eur J Dermatol 4, 521-527. A score is held as a whole number of tenths, so that no
rounding decides a verdict. The rule with its sources, and other thresholds, are `guideline`'s.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]

WEIGHTS = {"asymmetry": 1.3, "border": 0.1, "colours": 0.5, "structures": 0.5}
"""Points of the TDS for one point of each criterion."""

SUSPICIOUS, HIGHLY_SUSPICIOUS = 4.75, 5.45
"""Scores above which the second and the third band begin; no score lies on either."""

BANDS = ("benign", "suspicious", "highly_suspicious")


def tds_tenths(
    asymmetry: ArrayLike, border: ArrayLike, colours: ArrayLike, structures: ArrayLike
) -> Ints:
    """Return ten times the TDS as whole numbers, shape (n,).

    `asymmetry` 0 to 2 and `border` 0 to 8 have the shape (n,). `colours` and `structures` are
    either counts (n,) or presences of 0 and 1, (n, 6) and (n, 5).
    """
    return np.asarray(
        13 * np.asarray(asymmetry, np.int64)
        + np.asarray(border, np.int64)
        + 5 * _count(colours)
        + 5 * _count(structures)
    )


def band_of(
    tenths: ArrayLike,
    suspicious: float = SUSPICIOUS,
    highly_suspicious: float = HIGHLY_SUSPICIOUS,
) -> Ints:
    """Return the place in `BANDS` of scores given in tenths: 0, 1 or 2, same shape.

    A score is in a band when it lies above the band's lower limit. Raises `ValueError` where the
    limits do not rise.
    """
    if not suspicious < highly_suspicious:
        raise ValueError(
            f"the limit of 'suspicious' ({suspicious}) must lie below that of "
            f"'highly_suspicious' ({highly_suspicious})"
        )
    scores = np.asarray(tenths, np.int64)
    # Rounded, because 10 * 4.7 may be a little more than 47 in binary.
    first, second = round(10 * suspicious, 6), round(10 * highly_suspicious, 6)
    return np.asarray((scores > first).astype(np.int64) + (scores > second))


def _count(presence_or_count: ArrayLike) -> Ints:
    values = np.asarray(presence_or_count, np.int64)
    return values.sum(axis=-1) if values.ndim == 2 else values
