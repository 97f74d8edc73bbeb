"""The ways that everybody tries first: words counted, or words' meanings averaged, then a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.trends.intelligent_agents.data import embed


def by_words(known: Sequence[str], labels: ArrayLike, new: Sequence[str]) -> NDArray[np.int64]:
    """Priorities by a logistic regression on weighted word counts (TF-IDF)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10.0, max_iter=1000))
    return np.asarray(model.fit(known, labels).predict(new), dtype=np.int64)


def by_meaning(known: Sequence[str], labels: ArrayLike, new: Sequence[str]) -> NDArray[np.int64]:
    """Priorities by a logistic regression on mean word vectors."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, max_iter=1000).fit(embed(known), labels)
    return np.asarray(model.predict(embed(new)), dtype=np.int64)
