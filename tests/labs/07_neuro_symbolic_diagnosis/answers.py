"""Right and wrong answers of module 07, for `labkit verify` and the tests.

Every right answer is written differently from the lab's solution. Every wrong one is a mistake
that learners make; beside it stands a piece of the text that its outcome must show.
"""

from __future__ import annotations

import numpy as np
import torch
from rdflib.namespace import DCTERMS, RDF, SKOS
from scipy import ndimage
from sklearn.ensemble import RandomForestClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from torch.nn import functional

from labkit.trends.neuro_symbolic_diagnosis import (
    explanations,
    guideline,
    logic,
    measurements,
    perception,
)
from labkit.trends.neuro_symbolic_diagnosis.world import lesions, renderer, scores

# --- 1 posterior --------------------------------------------------------------------------------


def _with_slopes(posterior_of, slopes=lambda found: found):
    """The notebook's own wrapper around a posterior."""

    def posterior_and_slopes(logits):
        leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
        posterior = posterior_of(**perception.beliefs(leaf))
        (found,) = torch.autograd.grad(posterior[:, 48:].sum(), leaf)
        return posterior.detach(), slopes(found)

    return posterior_and_slopes


def _by_fourier(asymmetry, border, colours, structures, size=90):
    """The characteristic function of each finding, multiplied, and transformed back."""
    angle = torch.exp(-2j * torch.pi * torch.arange(size, dtype=torch.float64) / size)

    def levels(chances, weight):
        return sum(chances[:, k : k + 1] * angle ** (weight * k) for k in range(chances.shape[1]))

    def presences(chances, weight):
        return torch.stack(
            [1 - p[:, None] + p[:, None] * angle**weight for p in chances.unbind(1)]
        ).prod(0)

    product = levels(asymmetry, 13) * levels(border, 1)
    product = product * presences(torch.cat([colours, structures], 1), 5)
    return torch.fft.ifft(product).real


def _by_counts(asymmetry, border, colours, structures):
    """Count the findings worth half a point, then visit all sums of three numbers."""
    counts = torch.ones_like(border[:, :1])
    for chance in torch.cat([colours, structures], dim=1).unbind(1):
        less = functional.pad(counts, (0, 1)) * (1 - chance)[:, None]
        counts = less + functional.pad(counts, (1, 0)) * chance[:, None]
    columns = [[] for _ in range(90)]
    for a in range(3):
        for b in range(9):
            for c in range(12):
                columns[13 * a + b + 5 * c].append(asymmetry[:, a] * border[:, b] * counts[:, c])
    nothing = torch.zeros_like(asymmetry[:, 0])
    return torch.stack([sum(column, nothing) for column in columns], dim=1)


def _in_single_precision(logits):
    """Half the digits suffice; the answer comes back as lists."""
    posterior, slopes = _with_slopes(lambda **b: _by_counts(**b))(np.float32(logits))
    return posterior.float().numpy().tolist(), slopes.float().numpy()


def _most_likely_score(asymmetry, border, colours, structures):
    tenths = 13 * asymmetry.argmax(1) + border.argmax(1)
    tenths = tenths + 5 * (colours > 0.5).sum(1) + 5 * (structures > 0.5).sum(1)
    # The zero keeps a graph, as a learner does who is told that there is none.
    return functional.one_hot(tenths, 90).double() + 0 * asymmetry[:, :1]


def _bell_curve(asymmetry, border, colours, structures):
    exact = _by_counts(asymmetry, border, colours, structures)
    places = torch.arange(90.0, dtype=torch.float64)
    mean = exact @ places
    spread = (exact @ places**2 - mean**2).clamp(min=1e-12).sqrt()
    curve = torch.exp(-(((places - mean[:, None]) / spread[:, None]) ** 2) / 2) + 1e-300
    return curve / curve.sum(1, keepdim=True)


def _binomial(asymmetry, border, colours, structures):
    colours = colours.mean(1, keepdim=True).expand_as(colours)
    structures = structures.mean(1, keepdim=True).expand_as(structures)
    return _by_counts(asymmetry, border, colours, structures)


def _sampled(asymmetry, border, colours, structures):
    believed = {"asymmetry": asymmetry, "border": border}
    believed |= {"colours": colours, "structures": structures}
    numbers = logic.sample_tds({name: p.detach().numpy() for name, p in believed.items()})
    return torch.tensor(numbers) + 0 * asymmetry[:, :1]


def _at_least_one(asymmetry, border, colours, structures):
    """Combinations without a colour or a structure are taken out, and the rest scaled up."""
    exact = _by_counts(asymmetry, border, colours, structures)
    no = {"colours": torch.zeros_like(colours), "structures": torch.zeros_like(structures)}
    nothing = {
        name: (1 - p).prod(1, keepdim=True)
        for name, p in (("colours", colours), ("structures", structures))
    }
    empty = (
        nothing["colours"] * _by_counts(asymmetry, border, no["colours"], structures)
        + nothing["structures"] * _by_counts(asymmetry, border, colours, no["structures"])
        - nothing["colours"] * nothing["structures"] * _by_counts(asymmetry, border, **no)
    )
    return (exact - empty) / (exact - empty).sum(1, keepdim=True)


def _whole_border(asymmetry, border, colours, structures):
    """The border counts full points, and what does not fit is cut off."""
    moved = torch.zeros(len(border), 90, dtype=border.dtype)
    rest = _by_counts(
        asymmetry, functional.pad(torch.ones_like(border[:, :1]), (0, 8)), colours, structures
    )
    for level in range(9):
        moved = moved + functional.pad(rest, (10 * level, 0))[:, :90] * border[:, level : level + 1]
    return moved


def _one_too_many(asymmetry, border, colours, structures):
    """The colours are counted from one."""
    return functional.pad(_by_counts(asymmetry, border, colours, structures), (5, 0))[:, :90]


def _over_the_batch(asymmetry, border, colours, structures):
    exact = _by_counts(asymmetry, border, colours, structures)
    return exact / exact.sum(0, keepdim=True).clamp(min=1e-12)


# --- 2 measure ----------------------------------------------------------------------------------


def _neutral(image, skin):
    return image / skin * np.array([0.88, 0.70, 0.60])


def _colours_by_share(images, least=0.02, near=0.2):
    found = measurements.segment(images)
    counts = []
    for image, mask, skin in zip(images, found.mask, found.skin, strict=True):
        smooth = ndimage.gaussian_filter(_neutral(image, skin), (0.7, 0.7, 0))[mask]
        distance = np.linalg.norm(smooth[:, None] - renderer.COLOUR_RGB, axis=2)
        shares = (distance < near).mean(axis=0)
        counts.append((shares > least).sum() + shares.clip(0, 0.05).sum())
    return np.array(counts)


def _smooth(mask):
    """Without streaks; a lesion that would vanish stays as it is."""
    opened = ndimage.binary_opening(mask, iterations=3)
    return opened if opened.sum() > 20 else mask


def _asymmetry_by_images(images):
    """Turn the mask as a picture, mirror it left to right, and count where it differs."""
    found = measurements.segment(images)
    result = []
    for mask in found.mask:
        smooth = _smooth(mask)
        middle = (np.array(mask.shape) - 1) / 2
        centred = ndimage.shift(
            smooth.astype(float), middle - ndimage.center_of_mass(smooth), order=1
        )
        errors = []
        for angle in range(0, 180, 12):
            turned = ndimage.rotate(centred, angle, reshape=False, order=1)
            errors.append(np.abs(turned - turned[:, ::-1]).sum() / smooth.sum())
        errors = np.array(errors)
        result.append(np.min(errors + np.roll(errors, len(errors) // 2)))
    return np.array(result)


def _asymmetry_by_outline(images):
    """The outline in polar form: compare the radius left and right of every axis."""
    smooth = np.array([_smooth(mask) for mask in measurements.segment(images).mask])
    radius = measurements.outline(smooth)
    radius = radius / radius.mean(axis=1, keepdims=True)
    steps = radius.shape[1]
    places = np.arange(steps)
    errors = np.array(
        [np.abs(radius - radius[:, (2 * axis - places) % steps]).mean(1) for axis in places]
    )
    return (errors + np.roll(errors, steps // 4, axis=0)).min(axis=0)


def _unmirrored(images):
    """The lesion against its mirror image, left to right, wherever its centre and axis lie."""
    mask = measurements.segment(images).mask
    return np.array([1 - (one & one[:, ::-1]).sum() / max(one.sum(), 1) for one in mask])


def _elongation(images):
    result = []
    for mask in measurements.segment(images).mask:
        spread = np.linalg.eigvalsh(np.cov(np.argwhere(mask).T))
        result.append(spread[1] / spread[0])
    return result


def _colour_spread(images):
    mask = measurements.segment(images).mask
    return [image[one].std(axis=0).sum() for image, one in zip(images, mask, strict=True)]


def _colours_by_nearest(images, least, neutral=True, skin_too=False):
    """Every pixel goes to the nearest colour, however far; skin may be one of them."""
    found = measurements.segment(images)
    palette = np.vstack([renderer.COLOUR_RGB, [[0.88, 0.70, 0.60]]][: 1 + skin_too])
    counts = []
    for image, mask, skin in zip(images, found.mask, found.skin, strict=True):
        pixels = (_neutral(image, skin) if neutral else image)[mask]
        nearest = np.linalg.norm(pixels[:, None] - palette, axis=2).argmin(axis=1)
        shares = np.bincount(nearest, minlength=len(palette)) / len(pixels)
        counts.append((shares[:6] > least).sum())
    return np.array(counts)


def _colours_of_the_picture(images):
    distance = np.linalg.norm(images[:, :, :, None] - renderer.COLOUR_RGB, axis=4)
    return [len(np.unique(one)) for one in distance.argmin(axis=3)]


# --- 3 and 5: learning ----------------------------------------------------------------------------


def _verdict(believed, above=48):
    """1 where more than half of the exact posterior lies in a place from `above` on."""
    tensors = {name: torch.as_tensor(np.asarray(p)) for name, p in believed.items()}
    return (_by_counts(**tensors)[:, above:].sum(1) > 0.5).int().numpy()


def _regressions(x, findings, x_new, strength=0.1):
    """One logistic regression a finding; a finding that never varies is certain."""

    def levels(labels, size):
        chances = np.full((len(x_new), size), 1e-3)
        seen = np.unique(labels)
        if len(seen) == 1:
            chances[:, seen] = 1
        else:
            model = LogisticRegression(C=strength, max_iter=500).fit(x, labels)
            chances[:, seen] = model.predict_proba(x_new)
        return chances / chances.sum(axis=1, keepdims=True)

    return {
        "asymmetry": levels(findings["asymmetry"], 3),
        "border": levels(findings["border"], 9),
        **{
            kind: np.column_stack([levels(labels, 2)[:, 1] for labels in findings[kind].T])
            for kind in ("colours", "structures")
        },
    }


def _ridge_presences(x, findings, x_new, shrink=20.0):
    """Ridge regression of every finding as a number, cut to probabilities."""
    table = {
        "asymmetry": np.eye(3)[findings["asymmetry"]],
        "border": np.eye(9)[findings["border"]],
        "colours": findings["colours"],
        "structures": findings["structures"],
    }
    believed = {}
    for name, labels in table.items():
        chances = Ridge(alpha=shrink).fit(x, labels).predict(x_new).clip(0.01, 0.99)
        if name in ("asymmetry", "border"):
            chances = chances / chances.sum(axis=1, keepdims=True)
        believed[name] = torch.tensor(chances)
    return believed


def _verdict_regression(x, findings, suspicious, x_new):
    return perception.verdict_regression(x, suspicious).predict(x_new)


def _verdict_neighbours(x, findings, suspicious, x_new):
    return KNeighborsClassifier(7).fit(x, suspicious).predict(x_new)


def _verdict_forest(x, findings, suspicious, x_new):
    return RandomForestClassifier(100, random_state=0).fit(x, suspicious).predict(x_new)


def _commonest_verdict(x, findings, suspicious, x_new):
    return np.full(len(x_new), round(float(np.mean(suspicious))))


def _by_rule(x, findings, suspicious, x_new):
    return _verdict(_regressions(x, findings, x_new))


def _probabilities(x, findings, suspicious, x_new):
    return perception.verdict_regression(x, suspicious).predict_proba(x_new)[:, 1]


def _through_the_rule(x, x_new, verdicts, labels=None, weight=1.0, shrink=3.0):
    """Linear heads fitted through the rule to verdicts, and to findings of the first lesions."""
    table, new = (torch.tensor(np.column_stack([rows, np.ones(len(rows))])) for rows in (x, x_new))
    start = torch.Generator().manual_seed(3)
    weights = 0.1 * torch.randn(table.shape[1], 23, generator=start, dtype=torch.double)
    weights.requires_grad_()
    optimiser = torch.optim.LBFGS([weights], max_iter=60, line_search_fn="strong_wolfe")
    wanted = torch.as_tensor(np.asarray(verdicts)).double()

    def loss():
        optimiser.zero_grad()
        logits = table @ weights
        chance = _by_fourier(**perception.beliefs(logits))[:, 48:].sum(1).clamp(1e-6, 1 - 1e-6)
        total = weight * functional.binary_cross_entropy(chance, wanted, reduction="sum")
        total = total + shrink / 2 * (weights[:-1] ** 2).sum()
        if labels is not None:
            total = total + _finding_loss(logits[: len(labels["border"])], labels)
        total.backward()
        return total

    optimiser.step(loss)
    return {name: p.numpy() for name, p in perception.beliefs(new @ weights.detach()).items()}


def _finding_loss(logits, findings):
    parts = perception.split(logits)
    total = 0.0
    for name in ("asymmetry", "border"):
        labels = torch.as_tensor(findings[name])
        total = total + functional.cross_entropy(parts[name], labels, reduction="sum")
    for name in ("colours", "structures"):
        labels = torch.as_tensor(findings[name]).double()
        total = total + functional.binary_cross_entropy_with_logits(
            parts[name], labels, reduction="sum"
        )
    return total


CRITERIA = ("asymmetry", "colours", "structures")


def _chance_corrected(findings, system):
    """Shortcuts by Cohen's kappa: agreement beyond what the margins give."""
    found = []
    for name in CRITERIA:
        likely, truth = perception.most_likely(system)[name], findings[name]
        columns = (
            [(likely, truth)] if name == "asymmetry" else list(zip(likely.T, truth.T, strict=True))
        )
        kappas = []
        for said, true in columns:
            by_chance = sum((said == v).mean() * (true == v).mean() for v in range(3))
            kappas.append(((said == true).mean() - by_chance) / max(1 - by_chance, 1e-9))
        if np.mean(kappas) < 0.25:
            found.append(name)
    return found


def _by_likelihood(findings, system):
    """Shortcuts: the truth is less likely under the system than under plain shares."""
    found = set()
    for name in CRITERIA:
        chances, truth = np.asarray(system[name]).clip(0.02, 0.98), findings[name]
        if name == "asymmetry":
            own = np.log(chances[np.arange(len(truth)), truth]).mean()
            plain = np.log(np.bincount(truth, minlength=3) / len(truth) + 1e-9)[truth].mean()
        else:
            share = truth.mean(axis=0).clip(0.02, 0.98)
            own = np.where(truth, np.log(chances), np.log(1 - chances)).mean()
            plain = np.where(truth, np.log(share), np.log(1 - share)).mean()
        if own < plain:
            found.add(name)
    return found


def _no_better(findings, system):
    """Shortcuts as the task's sentence says it, to the letter: mean over columns."""
    found = []
    likely = perception.most_likely(system)
    for name in CRITERIA:
        truth = findings[name]
        shares = [(truth == level).mean(axis=0) for level in range(3)]
        if (likely[name] == truth).mean() <= np.mean(np.max(shares, axis=0)):
            found.append(name)
    return found


def _no_better_than_one_word(findings, system):
    """Against the commonest value of the whole table, columns and all."""
    likely = perception.most_likely(system)
    return [
        name
        for name in CRITERIA
        if (likely[name] == findings[name]).mean()
        <= max((findings[name] == level).mean() for level in range(3))
    ]


def _no_better_whole(findings, system):
    """A lesion counts if the criterion is wholly right, against the commonest row."""
    likely, found = perception.most_likely(system), []
    for name in CRITERIA:
        truth = findings[name].reshape(len(findings["border"]), -1)
        said = likely[name].reshape(truth.shape)
        rows = np.unique(truth, axis=0, return_counts=True)[1]
        if (said == truth).all(axis=1).mean() <= rows.max() / len(truth):
            found.append(name)
    return found


def _fixed_cut(findings, system):
    """The same number for every criterion, whatever its commonest finding."""
    likely = perception.most_likely(system)
    return [name for name in CRITERIA if (likely[name] == findings[name]).mean() < 0.6]


def _repairing(find, repair):
    """An answer of `find(findings, system)` and `repair(x, suspicious, findings, x_new)`."""

    def find_and_repair(x, suspicious, findings, system, x_new):
        return find(findings, system), repair(x, suspicious, findings, x_new)

    return find_and_repair


def _from_described(x, suspicious, findings, x_new):
    return _regressions(x[: len(findings["border"])], findings, x_new, strength=0.3)


def _from_both(x, suspicious, findings, x_new):
    return _through_the_rule(x, x_new, suspicious, findings, weight=0.5)


def _by_ridge(x, suspicious, findings, x_new):
    believed = _ridge_presences(x[: len(findings["border"])], findings, x_new)
    return {name: believed[name].tolist() for name in CRITERIA}


def _from_verdicts(x, suspicious, findings, x_new):
    return _through_the_rule(x, x_new, suspicious)


def _commonest_findings(x, suspicious, findings, x_new):
    shares = {
        "asymmetry": np.bincount(findings["asymmetry"], minlength=3) / len(findings["border"])
    }
    shares |= {name: findings[name].mean(axis=0) for name in ("colours", "structures")}
    return {name: np.tile(share, (len(x_new), 1)) for name, share in shares.items()}


def _turned_columns(x, suspicious, findings, x_new):
    believed = _from_described(x, suspicious, findings, x_new)
    return {name: chances[:, ::-1] for name, chances in believed.items()}


def _findings_of_the_wrong_rows(x, suspicious, findings, x_new):
    return _regressions(x[-len(findings["border"]) :], findings, x_new, strength=0.3)


def _logits(x, suspicious, findings, x_new):
    believed = _from_described(x, suspicious, findings, x_new)
    return {name: np.log(p.clip(1e-6) / (1 - p).clip(1e-6)) for name, p in believed.items()}


# --- 4 explain ------------------------------------------------------------------------------------


def _explaining(flip_of, rule_book_of=lambda turtle: guideline.read(guideline.load(turtle))):
    """Explanations whose flip is chosen by `flip_of(found, rule_book)`."""

    def explain(believed, turtle):
        rule_book = rule_book_of(turtle)
        likely = perception.most_likely(believed)
        written = []
        for row in range(len(likely["border"])):
            found = explanations.findings_of(likely, row)
            fired = explanations.trace(found, rule_book)
            flip = flip_of(found, rule_book)
            written.append(
                {k: fired[k] for k in ("verdict", "rule")} | {"findings": found, "flip": flip}
            )
        return written

    return explain


def _verdict_of_the_posterior(believed, turtle):
    """The band with the highest chance over all combinations, beside the most likely findings."""
    chances = _adapting("new", "new")(believed, turtle).argmax(1).tolist()
    records = _explaining(_first_flip)(believed, turtle)
    return [r | {"verdict": scores.BANDS[k]} for r, k in zip(records, chances, strict=True)]


def _published(turtle):
    return guideline.read(guideline.load())


def _flips(found, rule_book):
    """All flips that hold, in the order of the guideline."""
    before = explanations.trace(found, rule_book)["verdict"]
    values = {"asymmetry": range(3), "border": range(9)}
    for finding in ("asymmetry", "border", *lesions.COLOURS, *lesions.STRUCTURES):
        for to in values.get(finding, (0, 1)):
            after = explanations.changed(found, finding, to)
            verdict = explanations.trace(after, rule_book)["verdict"]
            if verdict != before and after["colours"] and after["structures"]:
                yield {"finding": finding, "to": to, "verdict": verdict}


def _first_flip(found, rule_book):
    return next(_flips(found, rule_book), {"finding": "border", "to": 0, "verdict": "benign"})


def _last_flip(found, rule_book):
    *_, last = _flips(found, rule_book)
    return last


def _largest_contribution(found, rule_book):
    """What weighs most is taken away, whether or not the verdict falls."""
    points = rule_book.weights
    parts = {"asymmetry": points["asymmetry"] * found["asymmetry"], found["colours"][0]: 5}
    finding = max(parts, key=parts.get)
    verdict = explanations.trace(explanations.changed(found, finding, 0), rule_book)["verdict"]
    return {"finding": finding, "to": 0, "verdict": verdict}


def _same_as_before(found, rule_book):
    flip = _first_flip(found, rule_book)
    return flip | {"verdict": explanations.trace(found, rule_book)["verdict"]}


def _nothing_changed(found, rule_book):
    verdict = explanations.trace(found, rule_book)["verdict"]
    return {"finding": "asymmetry", "to": found["asymmetry"], "verdict": verdict}


def _out_of_range(found, rule_book):
    return {"finding": "border", "to": 30, "verdict": "highly_suspicious"}


def _with_records(change):
    """Right explanations, each of them changed."""
    return lambda *a: [change(record) for record in _explaining(_first_flip)(*a)]


def _by_hand(believed, turtle):
    """Right, without the course's helpers but the reader of the guideline."""
    book = guideline.read(guideline.load(turtle))
    weight = book.weights
    result = []
    for row in range(len(believed["border"])):
        a, b = (int(np.argmax(believed[name][row])) for name in ("asymmetry", "border"))
        c, d = ([bool(p > 0.5) for p in believed[name][row]] for name in ("colours", "structures"))

        def tenths(a, b, c, d):
            points = weight["asymmetry"] * a + weight["border"] * b
            return points + weight["colours"] * sum(c) + weight["structures"] * sum(d)

        def verdict(score):
            limits = [10 * book.lower[band] for band in scores.BANDS[1:]]
            return scores.BANDS[sum(score > limit for limit in limits)]

        here = tenths(a, b, c, d)
        tries = [("border", to, tenths(a, to, c, d)) for to in range(9)]
        tries += [("asymmetry", to, tenths(to, b, c, d)) for to in range(3)]
        for names, has, kind in ((lesions.COLOURS, c, "colours"), (lesions.STRUCTURES, d, "s")):
            for place, name in enumerate(names):
                turned = [value != (place == k) for k, value in enumerate(has)]
                if any(turned):
                    own = (turned, d) if kind == "colours" else (c, turned)
                    tries.append((name, np.int64(turned[place]), tenths(a, b, *own)))
        finding, to, score = next(t for t in tries if verdict(t[2]) != verdict(here))
        result.append(
            {
                "verdict": verdict(here),
                "rule": book.rule_ids(np.array([here]))[0],
                "findings": {
                    "asymmetry": a,
                    "border": b,
                    "colours": {n for n, there in zip(lesions.COLOURS, c, strict=True) if there},
                    "structures": tuple(
                        n for n, there in zip(lesions.STRUCTURES, d, strict=True) if there
                    ),
                },
                "flip": {"finding": finding, "to": to, "verdict": verdict(score)},
            }
        )
    return tuple(result)


# --- 6 adapt --------------------------------------------------------------------------------------


def _by_enumeration(believed, turtle):
    """Every combination of levels and counts, one lesion after the other."""
    book = guideline.read(guideline.load(turtle))
    result = []
    for row in range(len(believed["border"])):
        chances = np.zeros(3)
        counts = []
        for name in ("colours", "structures"):
            count = np.ones(1)
            for p in believed[name][row]:
                count = np.convolve(count, [1 - p, p])
            counts.append(count)
        for a, pa in enumerate(believed["asymmetry"][row]):
            for b, pb in enumerate(believed["border"][row]):
                for c, pc in enumerate(counts[0]):
                    for d, pd in enumerate(counts[1]):
                        w = book.weights
                        score = w["asymmetry"] * a + w["border"] * b
                        score += w["colours"] * c + w["structures"] * d
                        band = sum(score > round(10 * limit, 6) for limit in book.lower.values())
                        chances[band] += pa * pb * pc * pd
        result.append(chances)
    return np.array(result).tolist()


def _bands(posterior, book):
    place = book.bands(np.arange(posterior.shape[1]))
    return np.stack([np.asarray(posterior)[:, place == k].sum(1) for k in range(3)], axis=1)


def _weighted_posterior(believed, weights):
    """The score's distribution for any weights, by a dictionary of scores."""
    table = {0: 1.0}
    w = [weights[name] for name in ("asymmetry", "border", "colours", "structures")]
    findings = [
        *(
            (believed[name], weight)
            for name, weight in zip(("asymmetry", "border"), w, strict=False)
        ),
        *((np.stack([1 - p, p], 1), w[2]) for p in believed["colours"].T),
        *((np.stack([1 - p, p], 1), w[3]) for p in believed["structures"].T),
    ]
    for chances, weight in findings:
        fresh = {}
        for score, so_far in table.items():
            for level in range(chances.shape[1]):
                key = score + weight * level
                fresh[key] = fresh.get(key, 0.0) + so_far * chances[:, level]
        table = fresh
    posterior = np.zeros((len(believed["border"]), max(table) + 1))
    for score, chance in table.items():
        posterior[:, score] = chance
    return posterior


def _adapting(weights_of, book_of):
    def band_chances(believed, turtle):
        new, old = guideline.read(guideline.load(turtle)), guideline.read(guideline.load())
        books = {"new": new, "old": old}
        posterior = _weighted_posterior(believed, books[weights_of].weights)
        return torch.tensor(_bands(posterior, books[book_of]))

    return band_chances


def _limits_cut_off(believed, turtle):
    """int(4.75 * 10) is 47, and the score 4.7 is taken for suspicious."""
    book = guideline.read(guideline.load(turtle))
    posterior = _weighted_posterior(believed, book.weights)
    first, second = (int(limit * 10) for limit in book.lower.values())
    parts = posterior[:, :first], posterior[:, first:second], posterior[:, second:]
    return np.stack([part.sum(axis=1) for part in parts], axis=1)


def _adapt_most_likely(believed, turtle):
    book = guideline.read(guideline.load(turtle))
    likely = perception.most_likely(believed)
    return np.eye(3)[book.bands(book.tenths(likely))]


def _adapt_by_sampling(believed, turtle):
    book = guideline.read(guideline.load(turtle))
    rng = np.random.default_rng(0)
    n, draws = len(believed["border"]), 500
    total = np.zeros((n, draws))
    for name in ("asymmetry", "border"):
        ends = np.cumsum(believed[name], axis=1)[:, None, :-1]
        total += book.weights[name] * (rng.random((n, draws, 1)) > ends).sum(axis=2)
    for name in ("colours", "structures"):
        there = rng.random((n, draws, believed[name].shape[1])) < believed[name][:, None]
        total += book.weights[name] * there.sum(axis=2)
    place = book.bands(total.astype(int).ravel()).reshape(n, draws)
    return np.stack([(place == k).mean(axis=1) for k in range(3)], axis=1)


# --- 7 sparql -------------------------------------------------------------------------------------

_ASKED = """
    SELECT ?letter ?name WHERE {{
        ?finding a g:Finding ; skos:notation ?name ; g:ofCriterion ?criterion ; {sign} .
        ?criterion g:letter ?letter ; g:weight ?weight .
        {filter}
    }}
"""
_NOT_NEWER = (
    "FILTER NOT EXISTS {{ ?finding dcterms:source/dcterms:issued ?y . FILTER(?y > {year}) }}"
)


def _asking(sign="g:suggests ?sign", heavy="FILTER(?weight >= {weight})", old=_NOT_NEWER):
    """A query of three conditions, each of which can be left out or be wrong."""

    def ask_guideline(turtle, weight, year):
        filters = (heavy + old).format(weight=weight, year=year)
        rows = guideline.ask(guideline.load(turtle), _ASKED.format(sign=sign, filter=filters))
        return [(row["letter"], row["name"]) for row in rows]

    return ask_guideline


def _by_walking(turtle, weight, year):
    """Without SPARQL: walk over the graph."""
    graph, g = guideline.load(turtle), guideline.G
    found = set()
    for finding in graph.subjects(RDF.type, g.Finding):
        criterion = graph.value(finding, g.ofCriterion)
        years = [
            int(graph.value(s, DCTERMS.issued)) for s in graph.objects(finding, DCTERMS.source)
        ]
        heavy = float(graph.value(criterion, g.weight)) > weight - 1e-9
        if heavy and max(years) <= year and (finding, g.suggests, None) in graph:
            name = graph.value(finding, SKOS.notation)
            found.add((str(graph.value(criterion, g.letter)), str(name)))
    return found


def _by_groups(turtle, weight, year):
    """The newest source of each finding, by GROUP BY and HAVING."""
    query = """
        SELECT ?letter ?name (MAX(?y) AS ?newest) WHERE {
            ?f a g:Finding ; skos:notation ?name ; g:suggests ?sign ;
               dcterms:source/dcterms:issued ?y ; g:ofCriterion [ g:letter ?letter ; g:weight ?w ] .
            FILTER(?w >= %s)
        } GROUP BY ?letter ?name HAVING(MAX(?y) <= %d)
    """
    rows = guideline.ask(guideline.load(turtle), query % (weight, year))
    return tuple([row["letter"], row["name"]] for row in rows)


# --- 8 abstain ------------------------------------------------------------------------------------


def _odds(chance):
    return np.log(chance / (1 - chance))[:, None]


def _surest(chance, suspicious, chance_new, risk):
    """Decide from the surest down, as long as the known lesions stay within the risk."""
    doubt = np.minimum(chance, 1 - chance)
    order = np.argsort(doubt)
    share = np.cumsum(((chance > 0.5) != suspicious)[order]) / np.arange(1, len(order) + 1)
    within = np.flatnonzero(share <= risk)
    limit = doubt[order[within[-1]]] if len(within) else -1
    return np.where(np.minimum(chance_new, 1 - chance_new) <= limit, chance_new > 0.5, -1.0)


def _uncalibrated(stated, suspicious, stated_new, risk):
    return _surest(stated, suspicious, stated_new, risk).tolist()


def _isotonic(stated, suspicious, stated_new, risk):
    model = IsotonicRegression(out_of_bounds="clip").fit(stated, suspicious)
    # A trace of the stated order keeps ties apart.
    old, new = (0.999 * model.predict(p) + 0.001 * p for p in (stated, stated_new))
    return torch.tensor(_surest(old, suspicious, new, risk))


def _expected_errors(stated, suspicious, stated_new, risk):
    """Calibrate, and let the calibrated chances themselves say how many errors to expect."""
    model = LogisticRegression(C=1e3).fit(_odds(stated), suspicious)
    new = model.predict_proba(_odds(stated_new))[:, 1]
    doubt = np.minimum(new, 1 - new)
    ordered = np.sort(doubt)
    within = np.cumsum(ordered) / np.arange(1, len(ordered) + 1) <= risk
    limit = ordered[within][-1] if within.any() else -1
    return np.where(doubt <= limit, (new > 0.5).astype(int), -1)


def _believing(stated, suspicious, stated_new, risk):
    sure = np.maximum(stated_new, 1 - stated_new) >= 1 - risk
    return np.where(sure, (stated_new > 0.5).astype(int), -1)


def _each_below_the_risk(stated, suspicious, stated_new, risk):
    model = LogisticRegression(C=1e3).fit(_odds(stated), suspicious)
    return _believing(stated, suspicious, model.predict_proba(_odds(stated_new))[:, 1], risk)


def _everything(stated, suspicious, stated_new, risk):
    return (stated_new > 0.5).astype(int)


def _a_share(stated, suspicious, stated_new, risk):
    """The least sure `risk` of the lesions are handed over."""
    doubt = np.minimum(stated_new, 1 - stated_new)
    return np.where(doubt < np.quantile(doubt, 1 - risk), (stated_new > 0.5).astype(int), -1)


def _believed_on_average(stated, suspicious, stated_new, risk):
    doubt = np.minimum(stated_new, 1 - stated_new)
    ordered = np.sort(doubt)
    limit = ordered[np.cumsum(ordered) / np.arange(1, len(ordered) + 1) <= risk][-1]
    return np.where(doubt <= limit, (stated_new > 0.5).astype(int), -1)


RIGHT = {
    "posterior": {
        "by Fourier": _with_slopes(_by_fourier),
        "by counts and all sums": _with_slopes(_by_counts),
        "float32, as lists": _in_single_precision,
    },
    "measure": {
        "masks turned as pictures": lambda images: (
            _asymmetry_by_images(images),
            _colours_by_share(images),
        ),
        "the outline's radius, as an array": lambda images: np.stack(
            [_asymmetry_by_outline(images), _colours_by_share(images, 0.015, 0.22)]
        ),
        "nearest colours, the light as it is": lambda images: (
            _asymmetry_by_outline(images),
            _colours_by_nearest(images, 0.01, neutral=False),
        ),
        "nearest colours, skin among them": lambda images: [
            _asymmetry_by_outline(images).tolist(),
            _colours_by_nearest(images, 0.03, skin_too=True).tolist(),
        ],
    },
    "label_efficiency": {
        "a regression a finding, and the rule": _by_rule,
        "findings and verdicts, through the rule": lambda x, findings, suspicious, x_new: _verdict(
            _through_the_rule(x, x_new, suspicious, findings, weight=0.3)
        ),
    },
    "explain": {
        "the first flip": _explaining(_first_flip),
        "the last flip": _explaining(_last_flip),
        "by hand, sets and tuples": _by_hand,
    },
    "shortcut": {
        "kappa, and regressions": _repairing(_chance_corrected, _from_described),
        "likelihood, and findings with verdicts": _repairing(_by_likelihood, _from_both),
        "kappa, and ridge regression": _repairing(_chance_corrected, _by_ridge),
        "no better, to the letter": _repairing(_no_better, _from_described),
        "no better than one word": _repairing(_no_better_than_one_word, _from_described),
        "no better on whole lesions": _repairing(_no_better_whole, _from_described),
    },
    "adapt": {
        "every combination": _by_enumeration,
        "a dictionary of scores": _adapting("new", "new"),
    },
    "sparql": {
        "a query with NOT EXISTS": _asking(),
        "walking over the graph": _by_walking,
        "groups, as lists": _by_groups,
    },
    "abstain": {
        "without calibration": _uncalibrated,
        "isotonic": _isotonic,
        "expected errors": _expected_errors,
    },
}

WRONG = {
    "posterior": {
        "the most likely score": (_with_slopes(_most_likely_score), "most likely findings"),
        "a bell curve": (_with_slopes(_bell_curve), "bell curve"),
        "at least one colour and structure": (
            _with_slopes(_at_least_one),
            "Do not renormalise",
        ),
        "a binomial count": (_with_slopes(_binomial), "not binomial"),
        "sampling": (_with_slopes(_sampled), "no sampling"),
        "the border counts whole points": (_with_slopes(_whole_border), "is right"),
        "colours counted from one": (_with_slopes(_one_too_many), "is right"),
        "normalised over the batch": (_with_slopes(_over_the_batch), "is right"),
        "the border is a constant": (
            _with_slopes(lambda border, **b: _by_counts(border=border.detach(), **b)),
            "no slope reaches the border",
            0.8,
        ),
        "NumPy on the way": (
            _with_slopes(
                lambda **b: torch.tensor(
                    _weighted_posterior(
                        {name: p.detach().numpy() for name, p in b.items()},
                        dict(zip(logic.WIDTHS, (13, 1, 5, 5), strict=True)),
                    )
                )
            ),
            "Stay in torch",
        ),
        "the chance above the limit only": (
            _with_slopes(lambda **b: _by_counts(**b)[:, 48:]),
            "should have shape",
        ),
        "the posterior alone": (
            lambda logits: _with_slopes(_by_counts)(logits)[0],
            "tuple of 2",
        ),
    },
    "measure": {
        "left against right of the picture": (
            lambda images: (_unmirrored(images), _colours_by_share(images)),
            "rank correlation of your asymmetry",
            0.5,
        ),
        "how long the lesion is": (
            lambda images: (_elongation(images), _colours_by_share(images)),
            "rank correlation of your asymmetry",
            0.5,
        ),
        "how much the colour varies": (
            lambda images: (_asymmetry_by_outline(images), _colour_spread(images)),
            "rank correlation of your colour count",
            0.5,
        ),
        "only large areas count": (
            lambda images: (
                _asymmetry_by_outline(images),
                _colours_by_nearest(images, 0.06, neutral=False),
            ),
            "smallest area",
            0.5,
        ),
        "colours of the skin, too, and no light": (
            lambda images: (_asymmetry_by_outline(images), _colours_of_the_picture(images)),
            "rank correlation of your colour count",
            0.5,
        ),
        "swapped": (
            lambda images: (_colours_by_share(images), _asymmetry_by_outline(images)),
            "swapped",
        ),
        "the sign is turned": (
            lambda images: (-_asymmetry_by_outline(images), -_colours_by_share(images)),
            "order is turned",
        ),
        "constants": (lambda images: (np.ones(len(images)),) * 2, "same for every image"),
        "one score": (_asymmetry_by_outline, "tuple of 2"),
        "the outline": (
            lambda images: (
                measurements.outline(measurements.segment(images).mask),
                _colours_by_share(images),
            ),
            "should have shape",
        ),
    },
    "label_efficiency": {
        "a regression of the verdict": (_verdict_regression, "without the findings", 0.5),
        "neighbours": (_verdict_neighbours, "is asked"),
        "a forest": (_verdict_forest, "is asked", 0.5),
        "the commonest verdict": (_commonest_verdict, "same verdict"),
        "verdicts turned": (lambda *a: 1 - _by_rule(*a), "verdicts are turned"),
        "the upper limit": (
            lambda x, findings, suspicious, x_new: _verdict(_regressions(x, findings, x_new), 62),
            "is asked",
        ),
        "probabilities": (_probabilities, "should hold 0 or 1"),
        "for the old lesions": (lambda x, f, suspicious, x_new: suspicious, "should have shape"),
    },
    "explain": {
        "the largest contribution": (_explaining(_largest_contribution), "explanations hold"),
        "the published numbers": (
            _explaining(_first_flip, _published),
            "explanations hold",
            0.5,
        ),
        "the posterior's band": (_verdict_of_the_posterior, "explanations hold", 0.75),
        "the flip's verdict is the old one": (_explaining(_same_as_before), "the verdict is"),
        "nothing is changed": (_explaining(_nothing_changed), "already"),
        "out of range": (_explaining(_out_of_range), "goes from 0 to 8"),
        "one finding is left out": (
            _with_records(lambda r: r | {"findings": r["findings"] | {"colours": ["white"]}}),
            "all of it",
        ),
        "the wrong rule": (_with_records(lambda r: r | {"rule": "TDS-9"}), "explanation cites"),
        "no flip": (_with_records(lambda r: r | {"flip": None}), "what would change"),
        "a key is missing": (
            _with_records(lambda r: {k: r[k] for k in ("verdict", "rule", "flip")}),
            "has no 'findings'",
        ),
        "one explanation": (lambda *a: _explaining(_first_flip)(*a)[0], "A list of"),
    },
    "shortcut": {
        "none is found": (_repairing(lambda *_: [], _from_described), "you missed", 0.67),
        "a fixed cut": (_repairing(_fixed_cut, _from_described), "no fixed number", 0.84),
        "all are accused": (_repairing(lambda *_: CRITERIA, _from_described), "accused", 0.67),
        "verdicts only": (
            _repairing(_chance_corrected, _from_verdicts),
            "reasoning shortcut",
            0.34,
        ),
        "the commonest findings": (
            _repairing(_chance_corrected, _commonest_findings),
            "whatever was measured",
            0.34,
        ),
        "columns in the wrong order": (
            _repairing(_chance_corrected, _turned_columns),
            "too few are right",
            0.34,
        ),
        "findings of other lesions": (
            _repairing(_chance_corrected, _findings_of_the_wrong_rows),
            "too few are right",
            0.34,
        ),
        "the shortcut is kept": (
            lambda x, suspicious, findings, system, x_new: (
                [],
                _from_verdicts(x, suspicious, findings, x_new),
            ),
            "",
        ),
        "logits": (_repairing(_chance_corrected, _logits), "between 0 and 1"),
        "beliefs first": (
            lambda *a: _repairing(_chance_corrected, _from_described)(*a)[::-1],
            "list of names",
        ),
        "the border accused": (
            _repairing(lambda *_: ["border"], _from_described),
            "is none of",
        ),
    },
    "adapt": {
        "the old limits": (_adapting("new", "old"), "published limits", 0.34),
        "the old weights": (_adapting("old", "new"), "published ones", 0.34),
        "the old guideline": (_adapting("old", "old"), "under this guideline"),
        "the most likely findings": (_adapt_most_likely, "most likely findings"),
        "limits cut to whole tenths": (_limits_cut_off, "47 is still below"),
        "sampling": (_adapt_by_sampling, "under this guideline"),
        "bands in the other order": (
            lambda *a: _adapting("new", "new")(*a).flip(1),
            "under this guideline",
        ),
        "the chance above the first limit": (
            lambda *a: _adapting("new", "new")(*a)[:, 1:].sum(1),
            "should have shape",
        ),
    },
    "sparql": {
        "some source is old enough": (
            _asking(old="?finding dcterms:source/dcterms:issued ?year . FILTER(?year <= {year})"),
            "not the same",
        ),
        "signs are not asked for": (_asking(sign="g:points 1"), "suggest no sign"),
        "the weight is not asked for": (_asking(heavy=""), "too little weight"),
        "more than the weight": (
            _asking(heavy="FILTER(?weight > {weight})"),
            "includes exactly so much",
        ),
        "before the year": (_asking(old=_NOT_NEWER.replace(">", ">=")), "of the year itself"),
        "the published guideline": (
            lambda turtle, weight, year: _by_walking(
                guideline.to_turtle(guideline.load()), weight, year
            ),
            "are missing",
        ),
        "names alone": (
            lambda *a: [name for _, name in _by_walking(*a)],
            "pairs of texts",
        ),
        "rows as they come": (
            lambda *a: [{"letter": c, "name": n} for c, n in _by_walking(*a)],
            "take the values out",
        ),
    },
    "abstain": {
        "the stated chances are believed": (_believing, "are believed"),
        "believed on average": (_believed_on_average, "may be"),
        "each below the risk": (_each_below_the_risk, "of that is asked"),
        "everything is decided": (_everything, "Every lesion is decided"),
        "nothing is decided": (lambda a, b, new, risk: np.full(len(new), -1), "never decides"),
        "a share of the lesions": (_a_share, "may be"),
        "probabilities": (lambda a, b, new, risk: new, "should hold"),
        "the known ones": (lambda a, known, new, risk: known, "should have shape"),
    },
}
