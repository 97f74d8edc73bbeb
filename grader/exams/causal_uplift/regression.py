"""Linear regression: one coefficient and its standard error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def slope(
    data: pd.DataFrame, treatment: str, outcome: str, adjusted_for: Sequence[str]
) -> tuple[float, float]:
    """Coefficient of the treatment in a linear regression, and its standard error."""
    table = np.column_stack([np.ones(len(data)), data[[treatment, *adjusted_for]]])
    result = data[outcome].to_numpy()
    coefficients = np.linalg.lstsq(table, result, rcond=None)[0]
    residuals = result - table @ coefficients
    variance = residuals @ residuals / (len(data) - table.shape[1])
    error = np.sqrt(variance * np.linalg.inv(table.T @ table)[1, 1])
    return float(coefficients[1]), float(error)
