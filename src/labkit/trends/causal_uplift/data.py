"""Two experiments that became yardsticks, read from the package `causaldata` (no download).

Lalonde's question: had the job-training programme never been tried as an experiment, would an
analyst with a survey have found its effect? Thornton's: what does a small incentive do? Estimating
is left to the learner and to `baselines`.

Sources: Lalonde (1986), Evaluating the econometric evaluations of training programs with
experimental data, American Economic Review 76(4); Dehejia and Wahba (1999), Causal effects in
nonexperimental studies, JASA 94(448); Thornton (2008), The demand for, and impact of, learning
HIV status, American Economic Review 98(5).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

COVARIATES = ("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75")

EXPERIMENT, EXPERIMENT_ERROR = 1794.34, 671.00
"""Effect of the training on the trained in the experiment and its standard error, US dollars
of 1978 earnings (`nsw`, difference in means)."""


def nsw() -> pd.DataFrame:
    """The experiment: 445 people, with ``treat`` (0 or 1) drawn by lot.

    Columns ``treat``, `COVARIATES` and ``re78``, all float64. ``re74``, ``re75`` and ``re78`` are
    real earnings of a year in US dollars, ``age`` and ``educ`` are years, the rest 0 or 1.
    """
    return _load("nsw_mixtape")


def cps() -> pd.DataFrame:
    """A survey of 15,992 people who were not trained; columns as in `nsw`, ``treat`` is 0."""
    return _load("cps_mixtape")


def lalonde() -> pd.DataFrame:
    """The observational problem: the 185 trained people of `nsw` above all of `cps`.

    16,177 rows, columns as in `nsw`. The experiment's own controls are left out: the right answer
    is known, `EXPERIMENT`, and has to be found without them.
    """
    experiment = nsw()
    return pd.concat([experiment[experiment["treat"] == 1], cps()], ignore_index=True)


def propensity_terms(people: pd.DataFrame) -> pd.DataFrame:
    """The 14 terms of the propensity score that Dehejia and Wahba's work made usual.

    `people` has the columns of `nsw`. Returns (n, 14) standardised columns: the covariates, powers
    of age and education, zero earnings, and education times earnings of 1974. Neither ``treat``
    nor ``re78`` is among them. Source: Cunningham (2021), Causal Inference: The Mixtape, ch. 5.
    """
    age, educ, re74 = people["age"], people["educ"], people["re74"]
    terms = people[list(COVARIATES)].assign(
        age_2=age**2,
        age_3=age**3,
        educ_2=educ**2,
        no_earnings_74=(re74 == 0).astype(float),
        no_earnings_75=(people["re75"] == 0).astype(float),
        educ_re74=educ * re74,
    )
    return (terms - terms.mean()) / terms.std()


def thornton() -> pd.DataFrame:
    """The incentive experiment in Malawi: 2,829 people with no gap in what counts here.

    ``any`` is 1 for who was offered money, by lot, for learning an HIV test result; ``got`` is 1
    for who came; ``distvct`` is the distance to the test centre in km, ``age`` in years;
    ``hiv2004`` is 1 for a positive test, 0 for a negative one and -1 for an unclear one.
    """
    from causaldata import thornton_hiv

    columns = ["any", "got", "distvct", "age", "hiv2004"]

    people = thornton_hiv.load_pandas().data[columns].dropna(subset=columns[:4])
    return people.astype(np.float64).reset_index(drop=True)


@cache
def _read(name: str) -> pd.DataFrame:
    # The files hold ages in one byte: squared as they are, they overflow silently.
    import causaldata  # late, because it loads all of statsmodels

    people: pd.DataFrame = getattr(causaldata, name).load_pandas().data
    return people[["treat", *COVARIATES, "re78"]].astype(np.float64)


def _load(name: str) -> pd.DataFrame:
    return _read(name).copy()
