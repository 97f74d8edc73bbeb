"""The judges of the lab on causal AI and uplift.

Each takes the learner's answer and an instance (seeds, parameters and reference figures as plain
data, made by `grader/exams/causal_uplift`) and returns an outcome. A judge draws the data again,
hands them over, and holds what comes back against the truth of the simulated world; it does not
know how to find a good answer. Known traps come with the instance as numbers: an answer that
equals one is told its name.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.causal_uplift import redraw
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, Status, failed, over_cases, passed
from labkit.exercise.reading import as_array, as_number
from labkit.exercise.task import Instance, judge_cases
from labkit.trends.causal_uplift.metrics import coverage, pehe, policy_profit
from labkit.trends.causal_uplift.world.budget import EDGES
from labkit.trends.causal_uplift.world.graphs import Study
from labkit.trends.causal_uplift.world.retention import RETENTION_FEATURES, Retention

Floats = NDArray[np.float64]
Numbers = tuple[float, float, float]

EFFECT_TOLERANCE = 0.1
"""Over 40 studies of 4,000 rows no valid set was more than 0.05 off, and adjusting for nothing at
least 0.15 (studies where it is less are not used)."""

MEAN_OFF = 2.5
"""Standard errors that the mean error over worlds of one kind may have. The reference stays below
1.2, every known mistake is above 3 in one kind (both by choice of the worlds)."""

NARROW, WIDE = 0.6, 1.6
"""Width of intervals against the reference's. Right answers lie between 0.72 and 1.03 (3 draws, six
ways); one standard error to each side makes 0.51."""

LALONDE_TOLERANCE = 950.0
"""US dollars. On random 90 % of the survey (36 draws) doubly robust estimates were within 230 of
the experiment, weighting within 540, five neighbours within 610; regression on the raw covariates
was 1,000 to 1,220 below."""

CURVE_TOLERANCE = 1e-6

CATE_RATIO, CATE_HALF_RATIO = 0.6, 0.75
"""Error against a linear S-learner's. With boosting, S-, X-, R- and DR-learners reach 0.2 to 0.58,
a T-learner 0.52 to 0.73 if it is shallow and 0.69 to 0.9 if not; linear ones 0.8 and more (20 draws
of 3,000 people)."""

PROFIT, HALF_PROFIT = 0.55, 0.35
"""Share of the oracle's profit. Uplift by two logistic regressions reaches 0.97 to 1, by boosting
0.56 to 0.87; spending the whole budget in the right order at most 0.44; by risk or at random the
campaign loses money (24 draws)."""

GAIN_OFF = 2.5
"""Standard errors of the reference that a gain may be off; the reference stays below 1.5."""

QUICK = 10.0
"""Seconds of wall clock for a call that computes; the reference needs well below one."""

TRAINING = 60.0
"""Seconds of wall clock for a call that trains or simulates; the reference needs below three."""

TRAPS = {
    "adjusts for nothing": "This is the raw slope: what moves both has not been taken out.",
    "adjusts for everything": "This is the slope with every column adjusted for, also what comes "
    "after the treatment.",
    "naive": "This is the plain difference in means, as if the treatment had been drawn by lot.",
    "regression": "This is one regression with the treatment as a column. It assumes a linear "
    "outcome, and it weighs people by how undecided their treatment was.",
    "imputation": "This is the outcome regression alone: right only while the outcome is linear.",
    "weighting": "This is weighting alone: right only while the propensity is logistic.",
    "effect on all": "This is the effect on everybody (ATE). Asked is the effect on the treated "
    "(ATT): other people, other weights.",
    "row order": "Equal scores are taken in the order of the rows. They should enter together: one "
    "corner of the curve for each distinct score.",
    "ascending": "The curve begins with the lowest score; the highest comes first.",
    "random line kept": "The straight line of a random order has not been taken off the Qini area.",
    "not per customer": "The areas are those of totals; divide by the number of customers once "
    "more, so that they do not grow with the list.",
    "swapped": "The two numbers are swapped: the Qini coefficient comes first.",
    "season left out": "The season moves budget and sales at once; its part is counted as the "
    "budget's.",
    "adjusts for traffic": "The budget works through the traffic. Holding traffic fixed takes the "
    "effect away.",
    "one euro more": "This is the gain of one unit more budget, not of the whole increase.",
    "share of sales": "This is the same percentage of sales, as if they followed the budget alone.",
}


def _ask(answer: Any, *arguments: Any, seconds: float) -> Any:
    """Call the answer, without what the course's own libraries warn about themselves."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(dowhy|causalml)\b")
        return call(answer, *arguments, seconds=seconds)


def judge_adjustment(answer: Any, instance: Instance) -> Outcome:
    """The named set blocks every back door, and the effect is the true one."""
    outcomes = judge_cases(instance["cases"], lambda case: _adjustment_case(answer, case))
    return over_cases(outcomes, "Every set is valid, and every effect is right.")


def _adjustment_case(answer: Any, case: Instance) -> Outcome:
    study = redraw.study(case)
    edges = [list(edge) for edge in study.edges]
    raw = _ask(answer, study.data, edges, study.treatment, study.outcome, seconds=TRAINING)
    first, second = _parts(raw, ("adjustment set", "effect"))
    names = _names(first, "adjustment set", list(study.data), "a column of the data")
    effect = as_number(second, "effect")
    on = f"a graph of {len(study.roles) + 2} nodes, {len(study.data):,} rows"
    if sorted(names) not in case["valid_sets"]:
        why, trap = _why_invalid(set(names), study)
        return failed(
            f"The set {_listed(names)} does not identify the effect: {why}.",
            on=on,
            next_step="Draw the graph. List every path that enters the treatment by an arrow, and "
            "block each one, without touching what the treatment changes.",
            misconception=trap,
        )
    if abs(effect - case["effect"]) <= EFFECT_TOLERANCE:
        return passed("")
    return failed(
        f"The set {_listed(names)} is valid, but the effect {effect:.3f} is not what it gives; the "
        f"true total effect is {case['effect']:.3f}.",
        on=on,
        next_step="Regress the outcome on the treatment and exactly the columns of your set.",
        misconception=_trap(effect, case["traps"], 0.02),
    )


def _why_invalid(names: set[str], study: Study) -> tuple[str, str]:
    """What is wrong with a set, and the misconception behind it."""
    if names & {study.treatment, study.outcome}:
        return "it holds the treatment or the outcome itself", ""
    harmful = {
        "mediator": (
            "lies on the way from the treatment to the outcome",
            "Adjusting for a mediator takes away a part of the effect.",
        ),
        "collider": (
            "is changed by treatment and outcome",
            "Adjusting for a collider links its causes, although nothing links them in truth.",
        ),
        "m_collider": (
            "is the common effect of two hidden causes",
            "Measured before the treatment does not mean harmless: this collider opens a path "
            "(M-bias).",
        ),
    }
    role_of = {role: name for name, role in study.roles.items()}
    for role, (words, trap) in harmful.items():
        if role_of.get(role) in names:
            return f"'{role_of[role]}' {words}", trap
    for role in ("confounder", "second confounder", "proxy"):
        if role in role_of and role_of[role] not in names:
            return (
                f"the back door through '{role_of[role]}' stays open",
                "A common cause is left out: confounding stays in the estimate.",
            )
    return "a path stays open", ""


def judge_aipw(answer: Any, instance: Instance) -> Outcome:
    """Bias and coverage of the effect on the treated over ten worlds, and a word on overlap."""
    answers = [_aipw_world(answer, world) for world in instance["worlds"]]
    poor = [world["kind"] == "no overlap" for world in instance["worlds"]]
    fine = [
        (world, numbers)
        for world, (numbers, _) in zip(instance["worlds"], answers, strict=True)
        if numbers is not None
    ]
    estimates = _estimates_outcome(fine)
    if estimates.status is Status.PASSED:
        intervals = _intervals_outcome(fine)
    else:
        intervals = failed("Intervals are judged once the estimates are right.")
    overlap = _overlap_outcome([enough for _, enough in answers], poor)
    return _weighted(
        [(0.5, estimates), (0.25, intervals), (0.25, overlap)],
        "No bias in any kind of world, intervals that hold the truth, and overlap is seen.",
    )


def _aipw_world(answer: Any, world: Instance) -> tuple[Numbers | None, bool]:
    """What the answer says of a world: estimate and interval (where judged), and overlap."""
    drawn = redraw.customers(world)
    raw = _ask(answer, drawn.x, drawn.offer, drawn.margin, seconds=TRAINING)
    names = ("att", "low", "high", "enough_overlap")
    *numbers, enough = _parts(raw, names)
    says = as_number(enough, "enough_overlap")
    if says not in (0.0, 1.0):
        raise UnusableError(
            f"enough_overlap is {says:g}; it should be True or False.",
            "Return whether the data suffice, not the number you judge that by.",
        )
    if world["kind"] == "no overlap":
        return None, bool(says)
    att, low, high = (as_number(n, name) for n, name in zip(numbers, names[:3], strict=True))
    return _ordered(att, low, high, "att"), bool(says)


def _estimates_outcome(fine: Sequence[tuple[Instance, Numbers]]) -> Outcome:
    for kind in ("curved outcome", "curved assignment"):
        own = [(world, numbers[0]) for world, numbers in fine if world["kind"] == kind]
        error = math.sqrt(sum(world["error"] ** 2 for world, _ in own)) / len(own)
        off = float(np.mean([att - world["att"] for world, att in own]))
        if abs(off) > MEAN_OFF * error:
            return failed(
                f"Over {len(own)} worlds your ATT is off by {off:+.2f} € on average, "
                f"{abs(off) / error:.1f} standard errors; chance explains {MEAN_OFF:g}.",
                on="worlds whose margin bends in the features"
                if kind == "curved outcome"
                else "worlds whose offers bend in the features",
                next_step="Doubly robust: predict everybody's outcome without treatment, and "
                "correct the mean residual of the treated by that of the others, weighted by "
                "their odds.",
                misconception=_nearest_trap(fine),
            )
    return passed("")


def _nearest_trap(fine: Sequence[tuple[Instance, Numbers]]) -> str:
    """Name the mistake whose estimates are those of the answer, to a third of an error."""
    distances = {}
    for name in fine[0][0]["traps"]:
        gaps = [(n[0] - world["traps"][name]) / world["error"] for world, n in fine]
        distances[name] = float(np.sqrt(np.mean(np.square(gaps))))
    nearest = min(distances, key=lambda name: distances[name])
    return TRAPS[nearest] if distances[nearest] < 0.35 else ""


def _intervals_outcome(fine: Sequence[tuple[Instance, Numbers]]) -> Outcome:
    truth = [world["att"] for world, _ in fine]
    low, high = ([numbers[place] for _, numbers in fine] for place in (1, 2))
    usual = [2 * 1.96 * world["error"] for world, _ in fine]
    width = float(np.mean(np.subtract(high, low) / usual))
    held = round(coverage(low, high, truth) * len(fine))
    words = (
        f"{held} of {len(fine)} intervals hold the truth, and they are {width:.2f} times as wide "
        "as they should be"
    )
    if held >= len(fine) - 1 and NARROW <= width <= WIDE:
        return passed("")
    return failed(
        f"The estimates are right. {words}.",
        on="all worlds with overlap",
        next_step="Take the standard deviation of each person's term in the estimate, divided by "
        "the square root of their number, and 1.96 of that to each side.",
        misconception=_width_trap(width),
    )


def _overlap_outcome(enough: Sequence[bool], poor: Sequence[bool]) -> Outcome:
    missed = sum(says and is_poor for says, is_poor in zip(enough, poor, strict=True))
    alarms = sum(not says and not is_poor for says, is_poor in zip(enough, poor, strict=True))
    if not missed and not alarms:
        return passed("")
    trap = ""
    if all(enough):
        trap = "Every world is said to have overlap: nobody looked at the propensities."
    return failed(
        f"In {sum(poor)} of {len(poor)} worlds there is nobody to compare many of the treated "
        f"with. You missed {missed} of these, and gave {alarms} false alarms.",
        on="the propensity scores of the treated",
        next_step="Look at the estimated propensity of the treated. If a good part of them is "
        "above 0.95, others like them hardly exist.",
        misconception=trap,
    )


def judge_lalonde(answer: Any, instance: Instance) -> Outcome:
    """The observational estimate against the experiment, and the name of what it estimates."""
    outcomes = judge_cases(instance["cases"], lambda case: _lalonde_case(answer, case))
    return over_cases(outcomes, "Close to the experiment, and named for what it is.")


def _lalonde_case(answer: Any, case: Instance) -> Outcome:
    people = redraw.people(case)
    raw = _ask(answer, people, seconds=TRAINING)
    effect_raw, estimand_raw = _parts(raw, ("effect", "estimand"))
    effect = as_number(effect_raw, "effect")
    if not isinstance(estimand_raw, str) or estimand_raw.upper() not in ("ATT", "ATE", "ATC"):
        raise UnusableError(
            "The estimand should be 'ATT', 'ATE' or 'ATC'.",
            "Return the effect first and the name of what it estimates second.",
        )
    estimand = estimand_raw.upper()
    off = effect - case["effect"]
    on = f"{len(people):,} people, the experiment shows {case['effect']:,.0f} US$"
    if abs(off) > LALONDE_TOLERANCE:
        return failed(
            f"Your estimate is {effect:,.0f} US$, {abs(off):,.0f} "
            f"{'above' if off > 0 else 'below'} the experiment; "
            f"{LALONDE_TOLERANCE:,.0f} are allowed.",
            on=on,
            next_step="Make the survey look like the trained: weight or match by the propensity of "
            "data.propensity_terms, and compare the earnings before the training.",
            misconception=_trap(effect, case["traps"], 0.05),
        )
    if estimand == "ATT":
        return passed("")
    return Outcome(
        Status.PARTIAL,
        0.5,
        f"The estimate {effect:,.0f} US$ is close, but it is no {estimand}.",
        on,
        "Ask for whom the experiment's 185 trained people speak.",
        "The experiment shows the effect on the trained. For the survey's people nobody knows.",
    )


def judge_qini(answer: Any, instance: Instance) -> Outcome:
    """Both areas of small experiments, to 1e-6."""
    outcomes = judge_cases(instance["cases"], lambda case: _qini_case(answer, case))
    return over_cases(outcomes, "Both areas are right, with and without equal scores.")


def _qini_case(answer: Any, case: Instance) -> Outcome:
    arrays = [np.array(case[name]) for name in ("score", "treated", "outcome")]
    pair = as_array(_ask(answer, *arrays, seconds=QUICK), "pair of Qini and AUUC", (2,))
    expected = np.array([case["qini"], case["auuc"]])
    right = np.abs(pair - expected) <= CURVE_TOLERANCE
    if right.all():
        return passed("")
    words = " and ".join(
        f"{name} is {value:.6g} where {true:.6g} is right"
        for name, value, true, ok in zip(("Qini", "AUUC"), pair, expected, right, strict=True)
        if not ok
    )
    return failed(
        f"{words}.",
        on=f"{len(arrays[0])} customers, {case['words']}",
        next_step="Write down both curves of the first three distinct scores by hand, and compare.",
        misconception=_trap(pair, case["traps"], 1e-6),
    )


def judge_cate(answer: Any, instance: Instance) -> Outcome:
    """Root mean squared error of each person's effect, against a linear S-learner's."""
    outcomes = judge_cases(instance["cases"], lambda case: _cate_case(answer, case))
    return over_cases(outcomes, "The effects fit each person far better than an S-learner's.")


def _cate_case(answer: Any, case: Instance) -> Outcome:
    drawn = redraw.customers(case)
    n = case["n"]
    raw = _ask(
        answer, drawn.x[:n], drawn.offer[:n], drawn.margin[:n], drawn.x[n:], seconds=TRAINING
    )
    effects = as_array(raw, "effects", (case["new"],))
    error = pehe(effects, drawn.effect[n:])
    ratio = error / case["s_learner"]
    words = (
        f"The effects are off by {error:.2f} € (root mean square), {ratio:.2f} times as much as a "
        f"linear S-learner's {case['s_learner']:.2f} €."
    )
    if ratio <= CATE_RATIO:
        return passed(words)
    on = f"{n:,} people to learn from, {case['new']:,} new ones"
    trap = _effects_trap(effects, drawn.effect[n:], drawn.truth[n:], drawn.x[n:])
    if ratio <= CATE_HALF_RATIO:
        return Outcome(
            Status.PARTIAL,
            0.5,
            f"{words} {CATE_HALF_RATIO:g} earns half, {CATE_RATIO:g} everything.",
            on,
            "The errors of two separate models do not cancel. Let the last model learn the effect "
            "itself: an X-, DR- or R-learner.",
            trap,
        )
    return failed(
        f"{words} At most {CATE_RATIO:g} times is asked.",
        on=on,
        next_step="Let a flexible model learn the outcome and another one the effect, for example "
        "causalml's BaseXRegressor with propensities.",
        misconception=trap,
    )


def _effects_trap(effects: Floats, true: Floats, truth: Any, x: Floats) -> str:
    """Name what the numbers are, if they are no effects."""
    if np.ptp(effects) < 0.1:
        return "The effect is the same for everybody: a model without interactions cannot differ."
    if pehe(-effects, true) < 0.75 * pehe(effects, true):
        return "The sign is turned: the effect is with offer less without."
    outcome = truth["margin_without"].to_numpy()
    if pehe(effects, outcome) < 0.5 * pehe(effects, true):
        return "These are predicted margins, not effects: who buys much need not react much."
    table = np.column_stack([np.ones(len(x)), x])
    rest = effects - table @ np.linalg.lstsq(table, effects, rcond=None)[0]
    if rest.std() < 1e-3 * effects.std():
        return "The effect is linear in the features; margins here bend, and a line errs there."
    return ""


def judge_targeting(answer: Any, instance: Instance) -> Outcome:
    """Profit on hidden counterfactuals, against the oracle's."""
    outcomes = judge_cases(instance["cases"], lambda case: _targeting_case(answer, case))
    return over_cases(outcomes, "The budget goes to those whom it keeps.")


def _targeting_case(answer: Any, case: Instance) -> Outcome:
    drawn = redraw.campaign(case)
    past, new = drawn.observed[: case["history"]], drawn.observed[case["history"] :]
    customers = new[[*RETENTION_FEATURES, "value"]].reset_index(drop=True)
    raw = _ask(answer, past, customers, case["cost"], case["budget"], seconds=TRAINING)
    chosen = as_array(raw, "choice", (case["customers"],))
    if not np.isin(chosen, (0, 1)).all():
        raise UnusableError(
            "The choice should hold True or False (1 or 0) for every customer.",
            "Compare your score with a limit instead of returning it; do not return row numbers.",
        )
    on = f"{case['customers']:,} customers, {case['budget']:,.0f} € at {case['cost']:g} € an offer"
    spent = float(chosen.sum()) * case["cost"]
    if spent > case["budget"]:
        return failed(
            f"{chosen.sum():,.0f} offers cost {spent:,.0f} €, more than the budget.",
            on=on,
            next_step="Sort by what an offer brings and cut the list at budget / cost.",
            misconception="The budget is a limit; the offers beyond it have to go.",
        )
    uplift, value = drawn.truth["uplift"].to_numpy()[case["history"] :], new["value"].to_numpy()
    profit = policy_profit(chosen, uplift, value, case["cost"])
    return _profit_outcome(profit, chosen, drawn, case, on)


def _profit_outcome(
    profit: float, chosen: Floats, drawn: Retention, case: Instance, on: str
) -> Outcome:
    share = profit / case["oracle"]
    words = (
        f"Your {chosen.sum():,.0f} offers bring {profit:,.0f} €, {share:.0%} of what an oracle "
        f"makes of the budget. At random: {case['random']:,.0f} €; the most endangered first: "
        f"{case['risk']:,.0f} €."
    )
    if share >= PROFIT:
        return passed(words)
    if share >= HALF_PROFIT:
        return Outcome(
            Status.PARTIAL,
            0.5,
            f"{words} {HALF_PROFIT:.0%} earns half, {PROFIT:.0%} everything.",
            on,
            "Send an offer only where uplift × value is above its cost, even if budget is left.",
        )
    return failed(
        f"{words} {PROFIT:.0%} of the oracle's is asked.",
        on=on,
        next_step="Estimate the uplift in the chance to stay, turn it into euros with the "
        "customer's value, take off the cost, and stop where nothing is left.",
        misconception=_choice_trap(chosen, drawn, case),
    )


def _choice_trap(chosen: Floats, drawn: Retention, case: Instance) -> str:
    """Name whom the offers went to, if not to those whom they keep."""
    if chosen.sum() == 0:
        return "Nobody gets an offer. That loses nothing and wins nothing."
    truth = drawn.truth[case["history"] :]
    stay, uplift = truth["stay_without"].to_numpy(), truth["uplift"].to_numpy()
    taken = chosen == 1
    # By risk the difference is 0.34 to 0.37, by loyalty -0.42 to -0.37, by uplift -0.1 to 0.2.
    more_loyal = float(stay[taken].mean() - stay[~taken].mean())
    if more_loyal < -0.28:
        return (
            "The offers went to the most endangered customers. Risk is not uplift: many of them "
            "leave anyway, or because of the offer."
        )
    if more_loyal > 0.3:
        return "The offers went to customers who would have stayed anyway (sure things)."
    if np.mean(uplift[taken] < 0) > 0.25:
        return "Many offers went to customers whom they drive away (sleeping dogs)."
    return ""


def judge_triage(answer: Any, instance: Instance) -> Outcome:
    """Which claims have no effect behind them; one mistake in a batch leaves half of it."""
    outcomes = judge_cases(instance["cases"], lambda case: _triage_case(answer, case))
    return over_cases(outcomes, "Every claim is in its place.")


def _triage_case(answer: Any, case: Instance) -> Outcome:
    claims = redraw.claims(case)
    raw = _ask(answer, [claim.public() for claim in claims], seconds=TRAINING)
    names = set(_names(raw, "list of spurious claims", [c.name for c in claims], "a claim"))
    wrong = [claim for claim in claims if (claim.name in names) != claim.is_spurious]
    if not wrong:
        return passed("")
    first = wrong[0]
    words, trap = _TRIAGE_TRAPS[first.kind]
    message = (
        f"{len(wrong)} of {len(claims)} claims are in the wrong place. '{first.name}' is "
        f"{'spurious' if first.is_spurious else 'real'}: {words}."
    )
    on = f"a batch of {len(claims)} claims"
    step = (
        "Attack each claim in three ways: adjust for all that came before and nothing that came "
        "after, try the same on the outcome's own past, and count the looks."
    )
    if len(names) in (0, len(claims)):
        trap = "All claims got the same verdict. Each has to be attacked on its own."
    if len(wrong) == 1:
        return Outcome(Status.PARTIAL, 0.5, message, on, step, trap)
    return failed(message, on=on, next_step=step, misconception=trap)


_TRIAGE_TRAPS = {
    "genuine": (
        "it stands with all that came before adjusted for, and its past shows nothing",
        "A real effect was thrown away: an attack that hits everything proves nothing.",
    ),
    "genuine despite a mediator": (
        "its effect runs through what came after the treatment, and vanishes only if that is held "
        "fixed",
        "Adjusting for what the treatment changed takes a real effect away.",
    ),
    "confounder left out": (
        "it vanishes once all that was measured before the treatment is adjusted for",
        "A measured confounder was left out of the claim.",
    ),
    "collider adjusted for": (
        "it exists only while something measured after the treatment is adjusted for",
        "The claim adjusts for a collider, and that makes an effect out of nothing.",
    ),
    "hidden confounder": (
        "the treatment 'changes' even the outcome before the treatment",
        "No adjustment helps against a hidden confounder; the outcome's past (a negative control) "
        "shows it. A placebo treatment or a random common cause does not.",
    ),
    "best of many looks": (
        "the best of so many empty segments looks like that by chance",
        "Significant at 5 % in one of many looks is what chance gives.",
    ),
}


def judge_budget(answer: Any, instance: Instance) -> Outcome:
    """The gain of a higher budget in several shops, and intervals that hold it."""
    cases = instance["cases"]
    answers = [_budget_shop(answer, case) for case in cases]
    gains = over_cases(
        [_gain_outcome(numbers[0], case) for numbers, case in zip(answers, cases, strict=True)], ""
    )
    if gains.status is Status.PASSED:
        intervals = _gain_intervals_outcome(answers, cases)
    else:
        intervals = failed("Intervals are judged once all gains are right.")
    return _weighted(
        [(0.6, gains), (0.4, intervals)], "Every gain is right, and the intervals are honest."
    )


def _budget_shop(answer: Any, case: Instance) -> Numbers:
    edges = [list(edge) for edge in EDGES]
    raw = _ask(answer, redraw.weeks(case), edges, case["increase"], seconds=TRAINING)
    names = ("gain", "low", "high")
    gain, low, high = (
        as_number(value, name) for value, name in zip(_parts(raw, names), names, strict=True)
    )
    return _ordered(gain, low, high, "gain")


def _gain_outcome(gain: float, case: Instance) -> Outcome:
    if abs(gain - case["gain"]) <= GAIN_OFF * case["error"]:
        return passed("")
    return failed(
        f"You expect {gain:.1f} thousand euros more a week; {case['gain']:.1f} is right, give or "
        f"take {GAIN_OFF * case['error']:.1f}.",
        on=f"{case['weeks']} weeks of a shop, budget raised by {case['increase']:.0%}",
        next_step="Ask what would follow if the budget alone were raised: the season stays as it "
        "was, the traffic follows.",
        misconception=_trap(gain, case["traps"], 0.01),
    )


def _gain_intervals_outcome(answers: Sequence[Numbers], cases: Sequence[Instance]) -> Outcome:
    held = round(
        coverage([a[1] for a in answers], [a[2] for a in answers], [c["gain"] for c in cases])
        * len(cases)
    )
    usual = [2 * 1.96 * case["error"] for case in cases]
    width = float(np.mean([(a[2] - a[1]) / size for a, size in zip(answers, usual, strict=True)]))
    if held >= len(cases) - 1 and NARROW <= width <= WIDE:
        return passed("")
    return failed(
        f"The gains are right. {held} of {len(cases)} intervals hold the truth, and they are "
        f"{width:.2f} times as wide as they should be.",
        on=f"{len(cases)} shops",
        next_step="Draw whole weeks again with replacement a few hundred times and take the middle "
        "95 % of the gains; or 1.96 standard errors of the mean gain to each side.",
        misconception=_width_trap(width),
    )


def _width_trap(width: float) -> str:
    if width < NARROW:
        return "One standard error to each side misses the truth in a third of all cases."
    if width > WIDE:
        return (
            "The interval is that of single people or weeks, not that of their mean: the mean is "
            "known far better than the next one."
        )
    return ""


def _weighted(parts: Sequence[tuple[float, Outcome]], praise: str) -> Outcome:
    """Join parts with shares of the points; the words are those of the first that fell short."""
    score = math.fsum(share * outcome.score for share, outcome in parts)
    short = [outcome for _, outcome in parts if outcome.status is not Status.PASSED]
    if not short:
        return passed(praise)
    first = short[0]
    if score == 0.0:
        return first
    return Outcome(
        Status.PARTIAL, score, first.message, first.on, first.next_step, first.misconception
    )


def _ordered(middle: float, low: float, high: float, what: str) -> Numbers:
    if not low <= middle <= high:
        raise UnusableError(
            f"The interval from {low:.4g} to {high:.4g} does not hold the {what} {middle:.4g}.",
            f"Return the {what} first, then the lower, then the upper end.",
        )
    return middle, low, high


def _parts(value: Any, names: Sequence[str]) -> list[Any]:
    """Take apart a tuple, list or array of as many parts as there are names."""
    words = ", ".join(names)
    if value is None:
        raise UnusableError(
            "Your function ran, but returned nothing.", f"End it with `return {words}`."
        )
    parts = value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else value
    if not isinstance(parts, (list, tuple)) or len(parts) != len(names):
        size = f" of {len(parts)}" if isinstance(parts, (list, tuple)) else ""
        raise UnusableError(
            f"A tuple of {len(names)} was expected, but there is a {type(value).__name__}{size}.",
            f"End the function with `return {words}`.",
        )
    return list(parts)


def _names(value: Any, what: str, known: Sequence[str], kind: str) -> list[str]:
    """Read names, each of them one of the known, without repetition."""
    if value is None:
        raise UnusableError(
            f"Your function ran, but returned nothing where the {what} was expected.",
            "Return a list of names; an empty list if there are none.",
        )
    listed = value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else value
    if not isinstance(listed, (list, tuple, set, frozenset)) or not all(
        isinstance(name, str) for name in listed
    ):
        raise UnusableError(
            f"The {what} should be a list of names, but it is something else "
            f"({type(value).__name__}).",
            "Return a list of texts, such as ['age'], also for a single one.",
        )
    unknown = sorted({str(name) for name in listed} - set(known))
    if unknown:
        raise UnusableError(
            f"'{unknown[0][:80]}' in the {what} is not {kind}.",
            "Take names from what your function was given; what was never measured cannot be used.",
        )
    return list(dict.fromkeys(str(name) for name in listed))


def _listed(names: Sequence[str]) -> str:
    return "{" + ", ".join(sorted(names)) + "}" if names else "{} (nothing)"


def _trap(value: float | Floats, traps: Mapping[str, Any], tolerance: float) -> str:
    """Name the known trap whose numbers the answer has, if there is one."""
    for name, numbers in traps.items():
        expected = np.asarray(numbers, dtype=float)
        close = np.abs(expected - value) <= tolerance * (1 + np.abs(expected))
        if np.shape(value) == expected.shape and close.all():
            return TRAPS[name]
    return ""
