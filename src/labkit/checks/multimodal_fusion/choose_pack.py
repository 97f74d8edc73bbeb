"""Judge of the task `choose_pack`: stars given away against the best pack of each product."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.checks.multimodal_fusion.redraw import history, new_ones, packs, shop
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task, each_case

Floats = NDArray[np.float64]
TRAPS = {
    "one for all": "One pack was chosen for all. A model that adds a picture's part and a "
    "review's part always says so: the picture's part is the same for every product.",
}
SHARE = 0.5
"""Of what the best single pack gives away. In 12 shops models with products of both sides give
away 0 to 0.28 (kernels, words) or 0.10 to 0.39 (components). Models that add choose one pack and
give away 1 or more, and so do pictures alone; the packs of best sellers 0.26 to 1.1, 0.54 or more
in the worse of two shops; a pack for each of two clusters of reviews 0.7 or more; random packs 1.3
or more."""
TRAINING = 60.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def worth(case: Instance, kinds: pd.DataFrame) -> Floats:
    """Expected stars of each product (row) in each pack (column)."""
    seller = shop(case)
    return np.column_stack([seller.expected(kinds.assign(**pack)) for pack in case["packs"]])


def judge(answer: Any, instance: Instance) -> Outcome:
    """Mean regret, against that of the best single pack."""
    return each_case(instance, lambda case: _shop(answer, case), "The right pack for each use.")


def _shop(answer: Any, case: Instance) -> Outcome:
    sold, new = history(case), new_ones(case)
    given = (sold.images, sold.texts, sold.stars, new.texts, packs(case))
    n, k = len(new.texts), len(case["packs"])
    found = as_choices(call(answer, *given, seconds=TRAINING), "packs", n, range(k))
    table = worth(case, new.kinds)
    regret = float((table.max(axis=1) - table[np.arange(n), found]).mean())
    if regret <= SHARE * case["single"]:
        return passed(f"{regret:.3f} stars are given away on average.")
    same = len(np.unique(found)) == 1
    return failed(
        f"{regret:.3f} stars are given away on average; the best single pack gives away "
        f"{case['single']:.3f}, and {SHARE * case['single']:.3f} is allowed.",
        on=f"{n} new products, {k} packs",
        next_step="Predict the stars of every new review with every pack, by a model in which a "
        "pack can be good for one use and bad for the other.",
        misconception=TRAPS["one for all"] if same else "",
    )


TASK = Task(
    "choose_pack",
    10,
    judge,
    (
        "Which pack is best for one use, and which for the other?",
        "The model of task 2 takes any picture and any review: ask it for all pairs.",
        "For each new review, the features of each pack; then argmax over packs.",
    ),
    title="A pack for each product",
    traps=TRAPS,
)
