"""Right and wrong answers of the task `posterior`."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from labkit.trends.neuro_symbolic_diagnosis import logic

from .guidelines import weighted_posterior
from .posteriors import by_counts, by_fourier, with_slopes


def _in_single_precision(logits):
    """Half the digits suffice; the answer comes back as lists."""
    posterior, slopes = with_slopes(lambda **b: by_counts(**b))(np.float32(logits))
    return posterior.float().numpy().tolist(), slopes.float().numpy()


def _most_likely_score(asymmetry, border, colours, structures):
    tenths = 13 * asymmetry.argmax(1) + border.argmax(1)
    tenths = tenths + 5 * (colours > 0.5).sum(1) + 5 * (structures > 0.5).sum(1)
    # The zero keeps a graph, as a learner does who is told that there is none.
    return functional.one_hot(tenths, 90).double() + 0 * asymmetry[:, :1]


def _bell_curve(asymmetry, border, colours, structures):
    exact = by_counts(asymmetry, border, colours, structures)
    places = torch.arange(90.0, dtype=torch.float64)
    mean = exact @ places
    spread = (exact @ places**2 - mean**2).clamp(min=1e-12).sqrt()
    curve = torch.exp(-(((places - mean[:, None]) / spread[:, None]) ** 2) / 2) + 1e-300
    return curve / curve.sum(1, keepdim=True)


def _binomial(asymmetry, border, colours, structures):
    colours = colours.mean(1, keepdim=True).expand_as(colours)
    structures = structures.mean(1, keepdim=True).expand_as(structures)
    return by_counts(asymmetry, border, colours, structures)


def _sampled(asymmetry, border, colours, structures):
    believed = {"asymmetry": asymmetry, "border": border}
    believed |= {"colours": colours, "structures": structures}
    numbers = logic.sample_tds({name: p.detach().numpy() for name, p in believed.items()})
    return torch.tensor(numbers) + 0 * asymmetry[:, :1]


def _at_least_one(asymmetry, border, colours, structures):
    """Combinations without a colour or a structure are taken out, and the rest scaled up."""
    exact = by_counts(asymmetry, border, colours, structures)
    no = {"colours": torch.zeros_like(colours), "structures": torch.zeros_like(structures)}
    nothing = {
        name: (1 - p).prod(1, keepdim=True)
        for name, p in (("colours", colours), ("structures", structures))
    }
    empty = (
        nothing["colours"] * by_counts(asymmetry, border, no["colours"], structures)
        + nothing["structures"] * by_counts(asymmetry, border, colours, no["structures"])
        - nothing["colours"] * nothing["structures"] * by_counts(asymmetry, border, **no)
    )
    return (exact - empty) / (exact - empty).sum(1, keepdim=True)


def _whole_border(asymmetry, border, colours, structures):
    """The border counts full points, and what does not fit is cut off."""
    moved = torch.zeros(len(border), 90, dtype=border.dtype)
    rest = by_counts(
        asymmetry, functional.pad(torch.ones_like(border[:, :1]), (0, 8)), colours, structures
    )
    for level in range(9):
        moved = moved + functional.pad(rest, (10 * level, 0))[:, :90] * border[:, level : level + 1]
    return moved


def _one_too_many(asymmetry, border, colours, structures):
    """The colours are counted from one."""
    return functional.pad(by_counts(asymmetry, border, colours, structures), (5, 0))[:, :90]


def _over_the_batch(asymmetry, border, colours, structures):
    exact = by_counts(asymmetry, border, colours, structures)
    return exact / exact.sum(0, keepdim=True).clamp(min=1e-12)


def _counts_first(asymmetry, border, colours, structures):
    """Sums and products in another order than the reference's."""
    counts = torch.ones_like(border[:, :1])
    for chance in torch.cat([structures, colours], dim=1).unbind(1):
        more = functional.pad(counts, (1, 0)) * chance[:, None]
        counts = functional.pad(counts, (0, 1)) * (1 - chance[:, None]) + more
    return _with_counts(asymmetry, border, counts)


def _by_odds(asymmetry, border, colours, structures):
    """Presences by their odds, all 1 - p taken out first: what is certain divides by zero."""
    chance = torch.cat([colours, structures], dim=1)
    counts = (1 - chance).prod(1, keepdim=True)
    for odds in (chance / (1 - chance)).unbind(1):
        counts = functional.pad(counts, (0, 1)) + functional.pad(counts, (1, 0)) * odds[:, None]
    return _with_counts(asymmetry, border, counts)


def _by_logarithms(asymmetry, border, colours, structures):
    """Products as sums of logarithms: what is certain has none."""
    chance = torch.cat([colours, structures], dim=1)
    counts = (1 - chance).log().sum(1, keepdim=True)
    for odds in (chance.log() - (1 - chance).log()).unbind(1):
        less = functional.pad(counts, (0, 1), value=-torch.inf)
        more = functional.pad(counts, (1, 0), value=-torch.inf) + odds[:, None]
        counts = torch.logaddexp(less, more)
    return _with_counts(asymmetry, border, counts.exp())


def _with_counts(asymmetry, border, counts):
    """Spread the chances of 0 to 11 findings worth half a point by asymmetry and border."""
    posterior = functional.pad(counts[:, :, None], (0, 4)).flatten(1)[:, :56]
    for levels, weight in ((border, 1), (asymmetry, 13)):
        most = weight * (levels.shape[1] - 1)
        posterior = sum(
            functional.pad(posterior, (weight * k, most - weight * k)) * chance[:, None]
            for k, chance in enumerate(levels.unbind(1))
        )
    return posterior


RIGHT = {
    "counts first, border and asymmetry after": with_slopes(_counts_first),
    "by Fourier": with_slopes(by_fourier),
    "by counts and all sums": with_slopes(by_counts),
    "float32, as lists": _in_single_precision,
}

WRONG = {
    "slopes of every second lesion": (
        with_slopes(by_counts, lambda found: found * (torch.arange(len(found))[:, None] % 2)),
        "slope",
    ),
    "one lesion after the other, up to a hundred": (
        lambda logits: with_slopes(by_counts)(logits[:100]),
        "should have shape",
    ),
    "by odds": (with_slopes(_by_odds), "must be a finite number"),
    "by logarithms": (with_slopes(_by_logarithms), "must be a finite number"),
    "the most likely score": (with_slopes(_most_likely_score), "most likely findings"),
    "a bell curve": (with_slopes(_bell_curve), "bell curve"),
    "at least one colour and structure": (
        with_slopes(_at_least_one),
        "Do not renormalise",
    ),
    "a binomial count": (with_slopes(_binomial), "not binomial"),
    "sampling": (with_slopes(_sampled), "no sampling"),
    "the border counts whole points": (with_slopes(_whole_border), "is right"),
    "colours counted from one": (with_slopes(_one_too_many), "is right"),
    "normalised over the batch": (with_slopes(_over_the_batch), "is right"),
    "the border is a constant": (
        with_slopes(lambda border, **b: by_counts(border=border.detach(), **b)),
        "no slope reaches the border",
    ),
    "NumPy on the way": (
        with_slopes(
            lambda **b: torch.tensor(
                weighted_posterior(
                    {name: p.detach().numpy() for name, p in b.items()},
                    dict(zip(logic.WIDTHS, (13, 1, 5, 5), strict=True)),
                )
            )
        ),
        "Stay in torch",
    ),
    "the chance above the limit only": (
        with_slopes(lambda **b: by_counts(**b)[:, 48:]),
        "should have shape",
    ),
    "the posterior alone": (
        lambda logits: with_slopes(by_counts)(logits)[0],
        "tuple of 2",
    ),
}

HARMLESS = {
    "index: …t in ((colours, weights[2]), *": "colours and structures weigh the same in this task",
    "index: …), (structures, weights[3])): -> *": "colours and structures weigh the same in this "
    "task; those of task 6 differ",
}
