"""A real, small second example: cell nuclei of 569 breast tumours, from scikit-learn (no download).

A picture of a fine-needle sample was outlined by a person and measured by a program, so perception
is done; what is left is the verdict. How far one line of knowledge goes here, "larger and more
irregular nuclei are worse", is left to the lesson. It is a teaching example like the rest of this
package, and no medical device.

Source: Street, Wolberg and Mangasarian (1993), Nuclear feature extraction for breast tumor
diagnosis, Proc. SPIE 1905, 861-870. Data: UCI Machine Learning Repository, doi:10.24432/C5DW2B,
CC BY 4.0.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def breast_cancer() -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return ten measurements of 569 tumours, and 1 for each that was malignant.

    The columns are those of the worst nuclei of a sample (mean of the three largest values):
    radius, texture, perimeter, area, smoothness, compactness, concavity, concave points, symmetry,
    fractal dimension. Lengths are in pixels of the original pictures. Each of them tends to be
    larger in malignant tumours.
    """
    from sklearn.datasets import load_breast_cancer

    loaded = load_breast_cancer(as_frame=True)
    worst = loaded.data.filter(regex="^worst ")
    table = worst.rename(columns=lambda name: name.removeprefix("worst "))
    return table, 1 - loaded.target.to_numpy(np.int64)
