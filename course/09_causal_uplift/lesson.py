# %% [markdown]
# # Lesson 09: whom to call, and what the call changes
#
# A phone company loses customers. It has a budget for 4,000 calls and a good model of who will
# leave. Marketing wants 10 % more budget and has a chart that says it pays. Both rest on what was
# seen. Both ask for something that was not seen: **what would change if we acted?**
#
# This lesson asks one thing of every figure: compared with what? You will see a correct chart
# promise twice too much, a perfect model lose money, and a column too many turn a gain into a loss.
#
# You need no formulas and no code to follow. Guess before you open an answer; move the sliders.
# About 45 minutes, of which the computer needs less than half a minute. The graded lab comes
# afterwards.
#
# **In JupyterLab:** Shift+Enter runs a cell and goes on to the next. The code is folded; *Show or hide
# code* above the lesson unfolds it.

# %%
import json
import logging
import warnings
from importlib.resources import files

import numpy as np

from labkit.checks.causal_uplift import open_lab
from labkit.exercise.cards import table_card

# The libraries report every step; a lesson has no use for that.
warnings.filterwarnings("ignore")
for library in ("causalml", "dowhy", "duecredit"):
    logging.getLogger(library).setLevel(logging.CRITICAL)
lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Ten percent more budget
#
# A chain has 60 shops. For 50 weeks we know each shop's marketing budget, about 100 thousand euros
# a week, and its sales. Weeks with more budget are weeks with more sales. Through the 3,000 points
# goes a clear line: 10 thousand euros more budget, 63 thousand euros more sales.
#
# The shops also have a season. Before the holidays customers come by themselves, and the head
# office raises the budget then, because it always has.
#
# **Predict.** Next year every budget is 10 % higher, in every week, and nothing else changes. By
# how much do sales rise in an average week: 63, 45 or 30 thousand euros?
#
# <details><summary>Open when you have guessed</summary>
#
# By 30 thousand euros. The weeks come from a simulator, so each week can be replayed with a higher
# budget and the same season. The rest of the 63 is the season's. It comes without a cent more of
# budget.
#
# </details>

# %%
import pandas as pd

from labkit.pictures import palette
from labkit.pictures.plot import picture
from labkit.trends.causal_uplift.world import budget

weeks = budget.draw_weeks(3_000, seed=0)
chart = np.polyfit(weeks["budget"], weeks["sales"], 1)
promised = chart[0] * 0.1 * weeks["budget"].mean()
replayed = budget.gain(weeks, 0.1)

# Like with like: twenty bands of weeks with nearly the same season, one line in each.
band = pd.qcut(weeks["season"], 20, labels=False)
lines = [np.polyfit(part["budget"], part["sales"], 1) for _, part in weeks.groupby(band)]
like_with_like = np.mean([line[0] for line in lines]) * 0.1 * weeks["budget"].mean()

plot, axes = picture(
    "marketing budget (thousand € a week)",
    "sales (thousand € a week)",
    f"Sales against budget, 3,000 weeks. One line through all promises {promised:.0f} thousand "
    f"euros for 10 more; lines through weeks of one season are half as steep and lie above each "
    "other, the high season on top.",
    height=5.0,
)
shown = axes.scatter(weeks["budget"], weeks["sales"], c=weeks["season"], cmap="cividis", s=10)
bar = plot.colorbar(shown, ax=axes)
bar.set_label("season (standard score)", fontsize=palette.LABEL)
bar.ax.tick_params(labelsize=palette.TEXT)
ends = np.array([75.0, 125.0])
axes.plot(
    ends, np.polyval(chart, ends), color=palette.VERMILION, lw=4, label="all weeks: the chart"
)
for number in (1, 7, 12, 18):
    middle = weeks["budget"][band == number].mean() + np.array([-14.0, 14.0])
    axes.plot(middle, np.polyval(lines[number], middle), color=palette.BLACK, lw=3.5, ls="--",
              label="weeks of one season" if number == 1 else None)  # fmt: skip
axes.legend(fontsize=palette.TEXT, loc="upper left")
plot

# %%
table_card(
    "What 10 % more budget brings",
    "thousand € of sales a week, on average",
    ("how", "gain"),
    [
        ("the line through all weeks", f"{promised:.1f}"),
        ("lines through weeks of one season", f"{like_with_like:.1f}"),
        ("truth: the same weeks, replayed", f"{replayed:.1f}"),
    ],
)

# %% [markdown]
# The chart is correct. It answers another question: how much more do we sell in weeks in which we
# happened to spend more? The season moves both, so it is called a **confounder**. Comparing only
# weeks of nearly one season takes most of its part away: 31.6 instead of 63.1. The rest of the
# difference to 30.0 is chance, and the season that still differs a little within a band.

# %% [markdown]
# ## 2 · What to hold fixed, and what to leave alone
#
# If holding the season fixed helps, why not hold everything fixed that is in the database?
#
# A retailer sends offers and books each customer's margin (the profit of a quarter, in euros). The
# sales team likes to send offers to good customers; a lottery adds some by chance. The arrows say
# what moves what.

# %%
from labkit.trends.causal_uplift import plots

drawn = {
    "lottery": (0, 1), "offer": (1, 1), "margin": (3, 1),
    "past spending": (2, 2), "visits after": (2, 0.35), "survey after": (2, -0.6),
}  # fmt: skip
arrows = [
    ("lottery", "offer"), ("past spending", "offer"), ("past spending", "margin"),
    ("offer", "margin"), ("offer", "visits after"), ("visits after", "margin"),
    ("offer", "survey after"), ("margin", "survey after"),
]  # fmt: skip
plots.causal_graph(arrows, drawn)

# %% [markdown]
# **Predict.** Offers raise the margin by 5.0 € on average; the simulator knows. An analyst compares
# customers with and without an offer who agree in some columns. Which columns give about 5 €?
#
# 1. none
# 2. what was known before: past spending and the like
# 3. the same, and the number of visits after the offer
# 4. the same as 2, and the score of a survey after the offer
#
# <details><summary>Open when you have guessed</summary>
#
# Only the second. The fourth does not just miss: it finds a *loss* of 6 €.
#
# </details>

# %%
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.world.retailer import FEATURES, draw_customers

held_fixed = {
    "1  nothing": [],
    "2  known before": [*FEATURES],
    "3  and visits after": [*FEATURES, "visits_after"],
    "4  and survey after": [*FEATURES, "survey"],
}
markets = [draw_customers(4_000, seed) for seed in range(30)]
rows, found = [], {}
for name, columns in held_fixed.items():
    each = [baselines.ols(m.observed[columns].to_numpy(), m.offer, m.margin) for m in markets]
    found[name] = np.mean(each)
    rows.append({
        "name": name, "estimand": "ATE" if name[0] == "2" else "biased", "estimate": found[name],
        "low": found[name] - 1.96 * np.std(each), "high": found[name] + 1.96 * np.std(each),
    })  # fmt: skip
true_mean = np.mean([market.ate for market in markets])
plots.forest(rows, true_mean, "€ of margin for an offer", "truth")

# %% [markdown]
# Each mark is the mean of 30 draws of 4,000 customers; 95 % of such draws lie within the bar. ATE
# is the average effect over everybody.
#
# - **Nothing held fixed: 10.6 €.** The sales team chose good customers. Their margin would have
#   been high anyway.
# - **What was known before: 4.9 €.** Good customers are compared with good customers.
# - **Visits after: 2.1 €.** The offer works partly by bringing people into the shop. Who compares
#   at equal visits takes that part of the effect away. Such a column is a **mediator**.
# - **Survey after: −6.0 €.** Take two customers with the same score. An offer raises the score, and
#   so does a high margin. The one without an offer must have had another reason for the score: a
#   high margin. So the comparison is with people who spend more anyway. Such a column is a
#   **collider**.
#
# A larger sample makes the bars narrower and moves none of them. No table of data says which column
# is which. **That knowledge is in the arrows, and somebody has to draw them.** The first question
# to ask of a column is when it was measured; after the offer is too late. The second is whether it
# moves both. The lottery was drawn before, but it moves the offer alone, so nothing has to be done
# about it.

# %%
lab.quiz("collider")

# %% [markdown]
# ## 3 · When a coin decides
#
# In Malawi, 2,829 people could learn the result of an HIV test. Some were offered a little money
# for coming to fetch it. Who got the offer was decided by lot.
#
# **Predict.** 34 % came without money. How many came with it: 39 %, 57 % or 79 %? And what has to
# be held fixed to believe the difference?
#
# <details><summary>Open when you have guessed</summary>
#
# 79 %. Nothing has to be held fixed. The lot knows nothing of the people, so no arrow points to the
# offer, and a plain difference of two means is right: 45 points.
#
# </details>

# %%
from labkit.trends.causal_uplift import data

people = data.thornton()
came = people.groupby("any")["got"].agg(["mean", "size"])
came_more = came["mean"][1] - came["mean"][0]
half_width = 1.96 * (came["mean"] * (1 - came["mean"]) / came["size"]).sum() ** 0.5
table_card(
    "Who fetched the result",
    f"difference {100 * came_more:.0f} ± {100 * half_width:.0f} points",
    ("money", "people", "came", "distance (km)", "age (years)"),
    [
        (name, f"{len(group):,}", f"{group['got'].mean():.0%}",
         f"{group['distvct'].mean():.1f}", f"{group['age'].mean():.0f}")
        for name, (_, group) in zip(("none", "some"), people.groupby("any"), strict=True)
    ],
)  # fmt: skip

# %% [markdown]
# Distance and age are nearly alike in both groups without anybody having seen to it. So is, up to
# chance, everything that nobody wrote down. That is what an experiment buys, and nothing else buys
# it.
#
# **If you can draw lots, do.** What follows is for when you cannot, or did not.

# %% [markdown]
# ## 4 · The yardstick: could an analyst have known?
#
# In 1976 a job training in the United States was tried as an experiment. The lot decided who was
# trained. It raised yearly earnings by 1,794 US dollars (give or take 671, the standard error).
#
# Robert LaLonde then did something unkind to his profession. He threw the experiment's own controls
# away and put a survey in their place. In the form used today, 185 trained people are compared with
# 15,992 others. **Which method finds the 1,794 again?**

# %%
experiment, observed = data.nsw(), data.lalonde()
groups = {
    "trained": experiment[experiment["treat"] == 1],
    "controls of the experiment": experiment[experiment["treat"] == 0],
    "survey": observed[observed["treat"] == 0],
}
table_card(
    "Who is compared with whom",
    "means; earnings in US dollars a year",
    ("", "people", "age", "black", "married", "earned 1974", "earned 1978"),
    [
        (name, f"{len(group):,}", f"{group['age'].mean():.0f}", f"{group['black'].mean():.0%}",
         f"{group['marr'].mean():.0%}", f"{group['re74'].mean():,.0f}",
         f"{group['re78'].mean():,.0f}")
        for name, group in groups.items()
    ],
)  # fmt: skip

# %% [markdown]
# **Predict.** The trained earned 6,349 dollars in 1978, the people of the survey 14,847. Somebody
# reports the difference as the effect of the training. What does the report say?
#
# <details><summary>Open when you have guessed</summary>
#
# That the training *cost* the trained 8,498 dollars a year. The sign is wrong and the size absurd.
# The table shows why: the people of the survey are older, mostly married, and earned seven times as
# much before anybody was trained.
#
# </details>

# %% [markdown]
# Is there anybody in the survey like the trained? The **propensity** answers that: the probability,
# given age, schooling and past earnings, that a person is one of the trained.

# %%
terms = data.propensity_terms(observed).to_numpy()
trained, earned = observed["treat"].to_numpy(), observed["re78"].to_numpy()
propensity = baselines.fit_propensity(terms, trained)
plots.overlap(propensity, trained)

# %%
unlike = (propensity[trained == 0] < 0.01).mean()
weight = np.sort(1 / propensity[trained == 1])[::-1]
five = weight[:5].sum() / weight.sum()
trimmed = (propensity > 0.1) & (propensity < 0.9)
print(f"{100 * unlike:.0f} % of the survey have a propensity below 1 %")
print(f"weights for everybody: 5 of the 185 trained carry {100 * five:.0f} % of the weight")
print(f"trimmed to 0.1-0.9: {trimmed.sum()} of {len(propensity):,} people are left,", end=" ")
print(f"{trained[trimmed].sum():.0f} of them trained")

# %% [markdown]
# The picture decides which question can be answered.
#
# - **What did the training do for the trained?** (The effect on the treated, **ATT**.) For each of
#   them, look for people like them in the survey. Below nearly every bar *treated* there is one
#   *not treated*. This can be answered.
# - **What would it do for everybody?** (The average effect, **ATE**.) For the 93 % at the left
#   edge there is hardly a trained person like them. Weighting by the propensity lets five trained
#   people stand in for half of the country. This cannot be answered with these data.
#
# The experiment trained poor young men. It speaks of the trained, so 1,794 is an ATT.

# %% [markdown]
# ### Every estimator against the experiment
#
# Marks *ATT* estimate the effect on the trained, marks *ATE* an average over a wider group, marks
# *unclear* nothing in particular. Lines are 95 % intervals.
#
# All *ATT* methods look in the survey for people like the trained: the nearest ones, all in the same
# band (*stratum*) of the propensity, or everybody, weighted by likeness. *Doubly robust* joins
# weights and a regression, and is right if one of them is.

# %%
report = json.loads(
    (files("labkit.trends.causal_uplift") / "figures" / "lalonde.json").read_text(encoding="utf-8")
)
estimates = {row["name"]: row for row in report["estimates"]}
plots.forest(report["estimates"], data.EXPERIMENT, report["unit"], "experiment")

# %% [markdown]
# How to read it.
#
# - **The wrong question costs 9,000 dollars.** Weights for everybody give −7,238, weights for the
#   trained 1,782. Data and propensity are the same. Only the population differs: ATE instead of
#   ATT.
# - **Trimming is no repair.** Leaving out all below 0.1 and above 0.9 moves −7,238 to 1,807, close
#   to the line. But it is the effect on the 361 people who are left, of 16,177. Nobody asked about
#   them.
# - **Regression finds 699** and says nothing of whom. It draws one straight line through both the
#   poor and the well-off.
# - **The *ATT* intervals all hold the experiment**, and are about 3,000 dollars wide. They cannot be
#   told apart here. One nearest neighbour gives 959, five give 1,765: one person more or less in a
#   group of 185 matters that much. (Intervals from 200 samples drawn with replacement, in
#   `benchmarks/causal_uplift/lalonde.py`; for neighbours they give an order of size only.)
# - **What could be known beforehand.** Not which figure is right, but which question can be
#   answered. The picture of the overlap says so before anybody looks at the earnings of 1978.

# %%
lab.quiz("att_ate")

# %% [markdown]
# ## 5 · Play: drive the estimators off, and bring them back
#
# The retailer again, 20,000 customers, true average effect 5.0 €. Left: who is likely to get an
# offer. Right: four estimators, and the truth as a dashed line.
#
# *Naive* is the plain difference. *Regression* draws a straight line through all columns.
# *Weighting* counts a customer the more, the less likely it was that just this one would get the
# offer, or would not. *Trimmed* is the same without the customers who were nearly certain.
#
# 1. Set *confounding* to 0, then to 0.95. It says how far offers go to those who spend anyway.
#    Which estimators move, and which one stays?
# 2. Leave it at 0.95 and set *certainty* to 4: the sales team now leaves little to chance. Look
#    left, then at "weighting".
# 3. Move *trimming* to 0.10. It leaves out customers who were nearly certain to get an offer, or
#    none. Where does the trimmed estimate go, and which of the two lines does it meet?

# %%
from labkit.trends.causal_uplift import widgets

widgets.explore_confounding()

# %% [markdown]
# <details><summary>What to see</summary>
#
# 1. At 0 all four are between 5.1 € and 5.3 €: the offer is as good as drawn by lot. At 0.95 the
#    naive difference is 11.5 €, regression 6.6 € and weighting 5.0 €. Regression stays off because
#    the margin bends upwards for the best customers, and a straight line cannot follow.
# 2. The groups part to the left and right edge. Weighting now says 6.1 €: it rests on a few
#    customers who got an offer against all odds.
# 3. Back to 4.7 €, and 4.7 € is also the true effect on the customers who are left. It meets the
#    dotted line, not the dashed one. **Trimming answers a smaller question well instead of the old
#    one badly.** Whoever trims has to say whom the answer is about.
#
# </details>

# %% [markdown]
# ## 6 · Attack your own estimate
#
# An estimate that nobody attacked is a rumour. A simple attack is a **placebo**: shuffle the offers
# among the customers, so that they mean nothing, and estimate again. `dowhy`, a library in wide
# use, does it in one call.
#
# **Predict.** What should come out for a shuffled offer?
#
# <details><summary>Open when you have guessed</summary>
#
# Zero, up to chance. Regression gives that. Weighting, in the next table, does not.
#
# </details>

# %%
import networkx as nx
from dowhy import CausalModel

market = draw_customers(4_000, seed=9)


def attack(columns, estimator, refuter, **settings):
    """Return dowhy's estimate in € with `columns` held fixed, and what is left after an attack."""
    graph = nx.DiGraph([(name, end) for name in columns for end in ("offer", "margin")])
    graph.add_edge("offer", "margin")
    table = market.observed[[*columns, "margin"]].assign(offer=market.offer == 1)
    study = CausalModel(table, treatment="offer", outcome="margin", graph=graph)
    target = study.identify_effect(proceed_when_unidentifiable=True)
    before = study.estimate_effect(target, method_name=f"backdoor.{estimator}")
    after = study.refute_estimate(
        target, before, method_name=refuter, num_simulations=10, random_seed=0, **settings
    )
    return before.value, after.new_effect


def own_placebo(x, repeats=10):
    """Shuffle the offers, fit the propensity of the shuffled ones, and weight by that."""
    shuffling = np.random.default_rng(1)
    shuffled = [shuffling.permutation(market.offer) for _ in range(repeats)]
    return np.mean([
        baselines.ipw_ate(baselines.fit_propensity(x, offer), offer, market.margin)
        for offer in shuffled
    ])  # fmt: skip


placebo = {
    name: attack(FEATURES, method, "placebo_treatment_refuter", placebo_type="permute")
    for name, method in (
        ("regression", "linear_regression"),
        ("weighting", "propensity_score_weighting"),
    )
}
placebo["weighting, placebo by hand"] = (placebo["weighting"][0], own_placebo(market.x))
table_card(
    "A shuffled offer",
    f"€ of margin; true effect of the real offer {market.ate:.1f}",
    ("estimator", "real offer", "shuffled offer"),
    [(name, f"{real:.2f}", f"{fake:.2f}") for name, (real, fake) in placebo.items()],
)

# %% [markdown]
# Both estimates of the real offer are fine, and the attack condemns one of them. Here the attack is
# broken: dowhy 0.12 shuffles the offers but keeps the weights of the real ones. A
# placebo with weights of its own gives zero again. **Know what an attack does before you
# believe it, in either direction.**

# %% [markdown]
# ### Forty segments
#
# Marketing tried an offer in 40 segments: young, old, north, south, and so on. In truth it did
# nothing in any of them. The report shows the best segment, with a 95 % interval that excludes
# zero.
#
# **Predict.** How likely is it that at least one of 40 empty segments looks that way: 5 %, 40 % or
# 87 %?
#
# <details><summary>Open when you have guessed</summary>
#
# 87 %. Each segment has a chance of 95 % to look empty, and 0.95 forty times is 13 %.
#
# </details>

# %%
one_report = np.sort(np.random.default_rng(4).standard_normal(40))  # in standard errors
fooled = 1 - 0.95**40
loud = np.abs(one_report) > 1.96

plot, axes = picture(
    "segment, sorted by its estimate", "estimated effect (standard errors)",
    f"Forty segments without any effect: estimates with 95 % intervals. {loud.sum()} of them "
    "exclude zero and are marked.", height=4.2,
)  # fmt: skip
for part, colour, marker, name in (
    (~loud, palette.GREY, "o", "interval holds zero"),
    (loud, palette.VERMILION, "D", "interval excludes zero"),
):
    at = np.flatnonzero(part)
    axes.errorbar(at + 1, one_report[part], 1.96, fmt=marker, color=colour, ms=7, lw=2, label=name)
axes.axhline(0, color=palette.GREEN, lw=3, ls="--", label="truth")
axes.legend(fontsize=palette.TEXT, loc="upper left")
plot

# %% [markdown]
# Ask how many segments were looked at. With 40 looks, one finding at the usual 5 % is no finding.

# %% [markdown]
# ## 7 · Whom does the call keep?
#
# The phone company has 20,000 customers and may make 4,000 calls at 10 € each. A customer who stays
# is worth 84 € on average. The model of who will leave is as good as a model can be: it knows each
# customer's true risk.
#
# **Predict.** The company calls the 4,000 customers most at risk. What is the profit after the cost
# of the calls: plus 55,000 €, about zero, or minus 21,000 €?
#
# <details><summary>Open when you have guessed</summary>
#
# Minus 21,000 €. Calling 4,000 customers drawn by lot loses 32,000 €. Calling those for whom the
# call changes the most brings 55,000 €.
#
# </details>

# %%
from labkit.trends.causal_uplift import metrics
from labkit.trends.causal_uplift.world.retention import draw_retention

customers = draw_retention(20_000, seed=9)
value, uplift = customers.observed["value"].to_numpy(), customers.truth["uplift"].to_numpy()
risk = 1 - customers.truth["stay_without"].to_numpy()
calls, call_cost = 4_000, 10.0
earns = uplift * value - call_cost  # euros, the cost of the call taken off


def best(score):
    """Return whether each customer is among the `calls` with the highest score."""
    return np.isin(np.arange(len(score)), np.argsort(-score)[:calls])


by_risk, by_gain = best(risk), best(earns)
by_lot = best(np.random.default_rng(0).random(len(risk)))
profits = {
    "called by lot": metrics.policy_profit(by_lot, uplift, value, call_cost),
    "most at risk": metrics.policy_profit(by_risk, uplift, value, call_cost),
    "most to gain": metrics.policy_profit(by_gain, uplift, value, call_cost),
}

plot, axes = picture(
    "risk of leaving without a call",
    "change in the chance to stay (points)",
    "Each dot is a customer: risk of leaving against what a call changes. The customers most at "
    "risk lie on the right, many of them below zero. Those with most to gain lie high up at "
    "all middle risks.",
    height=5.6,
)
for chosen, colour, marker, name in (
    (~by_risk & ~by_gain, "#AAAAAA", ".", "on no list"),
    (by_risk & ~by_gain, palette.VERMILION, "x", "most at risk only"),
    (by_gain & ~by_risk, palette.BLUE, "o", "most to gain only"),
    (by_gain & by_risk, palette.BLACK, "s", "on both lists"),
):
    few = np.flatnonzero(chosen)[::8]  # every eighth, so that dots can be told apart
    axes.scatter(risk[few], 100 * uplift[few], c=colour, marker=marker, s=26, label=name)
axes.axhline(0, color=palette.BLACK, lw=1)
axes.set_ylim(-60, 95)
axes.legend(fontsize=palette.TEXT, loc="upper center", ncols=2)
plot

# %%
useless = by_risk & (earns < 0)  # on the list of risks, and yet a call costs more than it keeps
lists = {
    "called by lot": by_lot,
    "most at risk": by_risk,
    "of these, not worth a call": useless,
    "most to gain": by_gain,
}
table_card(
    "Whom the lists call",
    "change in points; price rise, contact (likes it) and complaints: 0 is the average customer",
    ("list", "calls", "risk", "change", "price rise", "contact", "complaints", "profit (€)"),
    [
        (name, f"{chosen.sum():,}", f"{risk[chosen].mean():.0%}",
         f"{100 * uplift[chosen].mean():+.0f}",
         *(f"{round(customers.observed[column][chosen].mean(), 1) + 0.0:+.1f}"
           for column in ("price_rise", "contact", "complaints")),
         f"{earns[chosen].sum():,.0f}")
        for name, chosen in lists.items()
    ],
)  # fmt: skip

# %% [markdown]
# **Whom to call, and why.** Call customers whose price rose and who like to be contacted. The call
# answers their reason to leave. Do not call those who complained a lot and do not care to be
# contacted. They fill the list of risks: 2,715 of its 4,000 calls go to customers who are not worth
# one. On average such a call lowers the chance to stay, by 7 points, because it reminds them that
# they could go. Risk says who leaves. It does not say whom a call keeps.
#
# The difference between the chance to stay with and without a call is called **uplift**. More calls
# are not better either:

# %%
share = np.arange(len(risk) + 1) / len(risk)


def profit_by(score):
    """Return the profit in euros of calling the best-scored share of all customers."""
    order = np.argsort(-score, kind="stable")
    return share, np.concatenate([[0.0], np.cumsum(earns[order])])


curves = {
    "most to gain in euros": profit_by(earns),
    "most at risk": profit_by(risk),
    "by lot": (np.array([0.0, 1.0]), np.array([0.0, earns.sum()])),
}
best_share = curves["most to gain in euros"][1].argmax() / len(risk)
plots.profit_curves(curves)

# %% [markdown]
# The best list ends after 22 % of the customers. From there on a call costs more than it keeps.
# Calling everybody loses 163,000 €, whatever the order.
#
# ### But nobody sees both futures
#
# So far the simulator told the uplift. In reality a customer is called or not called, and the other
# future is never seen. The way out is a pilot: call some by lot, learn from one half who reacts,
# and check the promise on the other half.
#
# Here a pilot of 24,000 customers, and an uplift forest, whose trees split where the *difference*
# between called and not called changes.

# %%
import matplotlib
from causalml.dataset import make_uplift_classification
from causalml.inference.tree import CausalRandomForestRegressor, UpliftRandomForestClassifier
from causalml.metrics import get_qini

matplotlib.rcdefaults()  # importing causalml changes the look of every plot
learned_from, checked_on = draw_retention(12_000, seed=10), draw_retention(12_000, seed=11)
forest = UpliftRandomForestClassifier(
    control_name="not called", n_estimators=20, max_depth=5, min_samples_leaf=100, n_jobs=1,
    random_state=0,
)  # fmt: skip
called = learned_from.observed["offer"].to_numpy()
forest.fit(
    learned_from.x,
    np.where(called == 1, "called", "not called"),
    learned_from.observed["stayed"].to_numpy().astype(int),
)
score = forest.predict(checked_on.x)[:, 0]
pilot = checked_on.observed
plots.uplift_by_decile(100 * score, pilot["offer"], 100 * pilot["stayed"], "points, chance to stay")

# %% [markdown]
# Each bar is a small experiment among 1,200 customers, half of them called. The order is right as
# far as chance lets one see it: the first five tenths gain, the last four lose. The bar of the
# sixth is below zero too, but its interval holds zero, and the simulator knows that a call gains
# 1.8 points there. The diamonds are what the forest promised. They lie near the bars, not on them.
# Use such a score to rank, and the bars to say how much. And leave the last four tenths alone:
# there the call drives people away.
#
# One number for the whole order is the area under the **Qini curve**: go down the list and count
# how many more customers stayed than would have without calls. A useful score bends far above the
# straight line of a random order.

# %%
from sklearn.linear_model import LogisticRegression

left_alone = learned_from.observed["offer"] == 0
leaving = LogisticRegression().fit(
    learned_from.x[left_alone], 1 - learned_from.observed["stayed"][left_alone]
)
scores = pd.DataFrame(
    {
        "uplift forest": score,
        "learned risk": leaving.predict_proba(checked_on.x)[:, 1],
        "called": pilot["offer"].astype(int),
        "stayed": pilot["stayed"],
    }
)
heights = get_qini(scores, outcome_col="stayed", treatment_col="called")
along = np.arange(len(heights)) / (len(heights) - 1)
plots.qini_curves(
    {name: (along, heights[name]) for name in ("uplift forest", "learned risk")}, "customers kept"
)

# %%
lab.quiz("whom")

# %% [markdown]
# ## 8 · Where it fails
#
# ### What nobody wrote down
#
# Back to the retailer of section 6. This time the database has only three columns from before the
# offer: basket, share of discounts, tenure. Past spending, recency and visits, on which the sales
# team acted, were never stored. The analyst holds fixed what there is, and attacks the result as
# the textbook says.
#
# **Predict.** The true effect is 5.0 €. Will regression and weighting disagree? Will one of three
# attacks raise the alarm?

# %%
stored = ("basket", "discount_share", "tenure")
attacks = {
    "shuffled offer (should be 0)": ("placebo_treatment_refuter", {"placebo_type": "permute"}),
    "one more column of noise (should not move)": ("random_common_cause", {}),
    "80 % of the customers (should not move)": ("data_subset_refuter", {"subset_fraction": 0.8}),
}
by_regression = {
    name: attack(stored, "linear_regression", refuter, **settings)
    for name, (refuter, settings) in attacks.items()
}
propensity_stored = baselines.fit_propensity(market.observed[list(stored)], market.offer)
regression = by_regression["shuffled offer (should be 0)"][0]
weighting = baselines.ipw_ate(propensity_stored, market.offer, market.margin)
table_card(
    "Three columns stored, three forgotten",
    f"€ of margin; truth {market.ate:.1f}",
    ("", "estimate"),
    [
        ("regression", f"{regression:.1f}"),
        ("weighting", f"{weighting:.1f}"),
        *((f"attack: {name}", f"{left:.1f}") for name, (_, left) in by_regression.items()),
    ],
)

# %% [markdown]
# <details><summary>The answer</summary>
#
# Both say about 11 €, more than twice the truth. They agree, because both lack the same columns.
# All three attacks pass. They test the arithmetic. None of them can see a column that is not there.
#
# </details>

# %% [markdown]
# **Agreement between methods and passed tests do not make up for a missing cause.** What helps is
# outside the table: ask the sales team how they chose; look at something the offer cannot have
# changed; say how strong an unseen cause would have to be; or draw lots.

# %% [markdown]
# ### A name is no guarantee, and neither is a ruler
#
# Two more finds, from a library in wide use, causalml 0.18.
#
# A *causal forest* sounds as if it removed confounding. We give it the retailer's customers with
# more confounding than before, and average what it says of each.

# %%
from labkit.trends.causal_uplift.world.retailer import Market

steered = draw_customers(4_000, seed=9, market=Market(confounding=0.8))
trees = CausalRandomForestRegressor(
    control_name=0, n_estimators=30, min_samples_leaf=10, n_jobs=1, random_state=0
)
by_forest = trees.fit(steered.x, steered.offer, steered.margin).predict(steered.x).mean()
by_difference = baselines.difference_in_means(steered.offer, steered.margin)
by_line = baselines.ols(steered.x, steered.offer, steered.margin)

# Synthetic data whose effect is known: an offer raises the rate by 20 points.
only_increase = {"n_uplift_increase_dict": {"offer": 4}}
others = ("n_uplift_decrease", "n_uplift_increase_mix_informative",
          "n_uplift_decrease_mix_informative")  # fmt: skip
synthetic, _ = make_uplift_classification(
    n_samples=10_000, treatment_name=["control", "offer"], random_seed=1,
    delta_uplift_increase_dict={"offer": 0.2}, delta_uplift_decrease_dict={"offer": 0.0},
    **only_increase, **{f"{name}_dict": {"offer": 0} for name in others},
)  # fmt: skip
rate = synthetic.groupby("treatment_group_key")["conversion"].mean()
in_column = synthetic["treatment_effect"].mean()

table_card(
    "Two surprises",
    "causalml 0.18 against a known truth",
    ("", "truth", "found"),
    [
        ("causal forest, mean effect (€)", f"{steered.ate:.1f}", f"{by_forest:.1f}"),
        ("linear regression on the same data (€)", f"{steered.ate:.1f}", f"{by_line:.1f}"),
        ("plain difference on the same data (€)", f"{steered.ate:.1f}", f"{by_difference:.1f}"),
        ("generator: offer less control (points)", "20",
         f"{100 * (rate['offer'] - rate['control']):.0f}"),
        ("generator: mean of its column of effects (points)", "20", f"{100 * in_column:.0f}"),
    ],
)  # fmt: skip

# %% [markdown]
# - The causal forest finds 11.3 € where 5.0 € is right, not far from the plain difference of 12.4
#   €. This version takes the offers as if drawn by lot. Plain regression, which holds
#   fixed what the sales team looked at, finds 5.0 €.
# - A generator of test data promises a column with the true effect on each person. For everybody
#   without an offer it says 0, so its mean is half the effect. A model held against that column
#   would be praised for being half wrong.
#
# Neither is hidden; both are found in a minute by a run on data whose truth is known. **Do that
# with any method before you let it spend money.**

# %% [markdown]
# ## 9 · What to do on Monday
#
# | Situation | Do | Because |
# |---|---|---|
# | You can decide by lot | draw lots, compare two means | nothing to hold fixed; 45 points in Malawi, with no model |
# | A chart promises a gain | ask what moves both | the season turned 30 thousand euros into 63 |
# | Many columns to choose from | hold fixed what came before and moves both; nothing that came after | a survey turned +5 € into −6 € |
# | Offers went to chosen customers | look at the overlap, then say whom the answer is about | ATE instead of ATT was 9,000 dollars off |
# | Hardly anybody to compare with | ask a smaller question, or stop | five people stood for half of a country |
# | An estimate that everybody likes | attack it, and know what the attack can see | a wrong one passed all three; a right one failed a broken one |
# | The best of many segments | count the looks | 40 empty segments give a finding in 87 % of cases |
# | A budget for retention | call whom the call changes most, in euros | most at risk lost 21,000 €, most to gain brought 55,000 € |
#
# **When it is not worth it.** If an offer does the same for everybody, there is nothing to rank. If
# a call costs next to nothing and harms nobody, call all. If drawing lots is cheap, it beats every
# method of this lesson.
#
# Before you believe an effect, ask four questions. Compared with whom? What moved both? Whom is the
# answer about? What attack did it survive, and could that attack have seen the error?

# %% [markdown]
# ## Sources
#
# - LaLonde (1986), Evaluating the econometric evaluations of training programs with experimental
#   data, *American Economic Review* 76(4).
#   [jstor.org/stable/1806062](https://www.jstor.org/stable/1806062)
# - Dehejia and Wahba (1999), Causal effects in nonexperimental studies, *Journal of the American
#   Statistical Association* 94(448).
#   [doi:10.1080/01621459.1999.10473858](https://doi.org/10.1080/01621459.1999.10473858)
# - Thornton (2008), The demand for, and impact of, learning HIV status, *American Economic Review*
#   98(5). [doi:10.1257/aer.98.5.1829](https://doi.org/10.1257/aer.98.5.1829)
# - Cunningham (2021), *Causal Inference: The Mixtape*, Yale University Press, chapter 5: the data
#   and the propensity of section 4. [mixtape.scunning.com](https://mixtape.scunning.com)
# - Hernán and Robins (2020), *Causal Inference: What If*, Chapman & Hall: confounders, colliders,
#   weights. [miguelhernan.org/whatifbook](https://miguelhernan.org/whatifbook)
# - Pearl (2009), *Causality*, 2nd edition, Cambridge University Press.
#   [doi:10.1017/CBO9780511803161](https://doi.org/10.1017/CBO9780511803161)
# - Crump, Hotz, Imbens and Mitnik (2009), Dealing with limited overlap in estimation of average
#   treatment effects, *Biometrika* 96(1).
#   [doi:10.1093/biomet/asn055](https://doi.org/10.1093/biomet/asn055)
# - Ascarza (2018), Retention futility: targeting high-risk customers might be ineffective, *Journal
#   of Marketing Research* 55(1). [doi:10.1509/jmr.16.0163](https://doi.org/10.1509/jmr.16.0163)
# - Gutierrez and Gérardy (2017), Causal inference and uplift modelling: a review of the literature,
#   *Proceedings of Machine Learning Research* 67.
#   [proceedings.mlr.press/v67](https://proceedings.mlr.press/v67/gutierrez17a.html)
# - Rzepakowski and Jaroszewicz (2012), Decision trees for uplift modeling with single and multiple
#   treatments, *Knowledge and Information Systems* 32.
#   [doi:10.1007/s10115-011-0434-0](https://doi.org/10.1007/s10115-011-0434-0)
# - Sharma and Kiciman (2020), DoWhy: an end-to-end library for causal inference.
#   [arXiv:2011.04216](https://arxiv.org/abs/2011.04216)
# - Chen, Harinen, Lee, Yung and Zhao (2020), CausalML: Python package for causal machine learning.
#   [arXiv:2002.11631](https://arxiv.org/abs/2002.11631)

# %% [markdown]
# ## Now the lab
#
# Open `labs/09_causal_uplift/causal_uplift.ipynb`. Eight tasks, 100 points, about three hours.
# Every check tells you at once what is right and what is not yet.
#
# 1. Choose what to hold fixed on a graph that you have not seen.
# 2. Estimate the effect on the treated, with an interval, and say when there is not enough overlap.
# 3. Meet the experiment of section 4 with the survey's people.
# 4. Write the Qini curve of section 7 yourself, ties included.
# 5. Estimate the effect on each person when offers went to chosen customers.
# 6. Spend a budget on the right customers.
# 7. Find which of six claims are nothing.
# 8. Tell the board what 10 % more budget brings, with an interval and in one paragraph.
