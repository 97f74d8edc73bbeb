# %% [markdown]
# # Lab 09: whom to keep, and what it would really change
#
# You work for a retailer that sends offers, spends on marketing and loses customers. In eight tasks
# you choose what to adjust for, estimate effects with honest intervals, meet an experiment, measure
# and model who reacts, spend a budget, throw out claims that are nothing, and tell the board what
# 10 % more budget would bring.
#
# **How it works.** Fill in the cells that raise `NotImplementedError`. The cell below each one
# checks your answer at once, on practice numbers of your own, and tells you what is wrong and what
# to try. `lab.hint("qini")` opens a hint, one more with every call; hints cost nothing.
# `lab.progress()` shows where you are. At grading the same checks run on other numbers, so an
# answer must be computed, not copied.
#
# You may use `causalml`, `dowhy`, scikit-learn, statsmodels, networkx and SciPy, or plain NumPy.
#
# Time: about three hours. Points: 100. Everything runs in less than a minute on one core.

# %% locked="setup"
import logging
import warnings

import numpy as np
import pandas as pd

from labkit.checks.causal_uplift import open_lab
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.data import COVARIATES, propensity_terms

# Both libraries report every step they take.
for library in ("dowhy", "causalml"):
    warnings.filterwarnings("ignore", module=library)
    logging.getLogger(library).setLevel(logging.ERROR)
lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · What to adjust for (10 points)
#
# A study comes with data and with the causal graph that its authors drew: a list of edges
# `[cause, effect]`. Nodes that stand in the edges but are no column of the data were never measured.
# Return the names of a **valid adjustment set** (any one), and the **total effect** of one unit of
# the treatment on the outcome. All effects are linear.
#
# The columns' names say nothing of their roles. Some are common causes of treatment and outcome;
# others lie on the way between them, or are changed by both. A direct cause of the treatment may be
# unmeasured or not enough: follow each path to where it can be blocked. An effect within 0.1 of the
# truth is right. Four studies are tried; set and effect must be right in all of them.

# %% solution="adjustment"
import networkx as nx
from dowhy import CausalModel


def adjust(data, edges, treatment, outcome):
    """Return a valid adjustment set (list of names) and the total effect."""
    ### BEGIN SOLUTION
    model = CausalModel(
        data=data, treatment=treatment, outcome=outcome, graph=nx.DiGraph(map(tuple, edges))
    )
    identified = model.identify_effect(proceed_when_unidentifiable=True)
    estimate = model.estimate_effect(identified, method_name="backdoor.linear_regression")
    return list(identified.get_backdoor_variables()), float(estimate.value)
    ### END SOLUTION


# %% test="adjustment" points=10
lab.check("adjustment", adjust)

# %% [markdown]
# ## 2 · The effect on those who got the offer (15 points)
#
# Offers went to whom the sales team liked. Estimate the mean effect **on the treated** (ATT) with a
# 95 % interval, and say whether there is **enough overlap** to do so at all.
#
# `x` has the features, shape (n, 6); `treated` is 0 or 1, `outcome` the margin in euros, both of
# shape (n,). Twelve worlds are tried, each with 8,000 customers. Each has money of its own size, and
# the features explain more of the margin in one than in another. In some the margin bends in the
# features, not like a square, so a regression is off, with squares too; in others the offers do, so
# a logistic propensity is off; in the rest nothing bends. In no world do both bend. So two simple
# models are enough, both used in one estimate that is right as long as either of them is. Which of
# them is right need not be known. Asked is the effect on all customers of that kind who would get an
# offer, not only on those you see. In two, three or four worlds many of the treated have nobody to be
# compared with: there `enough_overlap` must be `False`, and your numbers do not count. Elsewhere it
# must be `True`; if it is not, your estimates count as missing.
#
# 45 % of the points are for the estimates (over worlds of one kind the mean error, in standard
# errors, must be what chance explains), 30 % for the intervals (at most one may miss the truth; on
# average they may be 1.4 times as wide as needed where nothing bends, and twice as wide in each of
# the other two kinds), 25 % for overlap (right in all worlds).


# %% solution="aipw"
from sklearn.linear_model import LinearRegression, LogisticRegression


def att_aipw(x, treated, outcome):
    """Return (att, low, high, enough_overlap)."""
    ### BEGIN SOLUTION
    others = treated == 0
    chance = LogisticRegression(C=1e3, max_iter=1000).fit(x, treated).predict_proba(x)[:, 1]
    without = LinearRegression().fit(x[others], outcome[others]).predict(x)
    odds = chance / (1 - chance)
    each = np.where(others, -odds, 1.0) * (outcome - without) / treated.mean()
    att = each.mean()
    error = np.std(each - treated * att / treated.mean()) / np.sqrt(len(each))
    enough_overlap = np.mean(chance[~others] > 0.95) < 0.1
    return att, att - 1.96 * error, att + 1.96 * error, enough_overlap
    ### END SOLUTION


# %% test="aipw" points=15
lab.check("aipw", att_aipw)

# %% [markdown]
# ## 3 · Meet the experiment (10 points)
#
# In 1976 a job-training programme was tried as an experiment: it raised the yearly earnings of the
# trained by 1,794 US dollars. Lalonde threw the experiment's own controls away, put a survey of
# 15,992 people in their place, and asked which method finds the figure again.
#
# The check does the same with figures that nobody has published. It draws people from the
# experiment and from the survey. A secret rule says who is trained, what each earns in 1978, and
# what the training brings to each; it brings more to some than to others. `people` has the columns
# `treat`, `COVARIATES` and `re78` (earnings of 1978, US dollars). Return the effect and the name of
# what you estimate: `"ATT"` (effect on the trained), `"ATE"` (on everybody) or `"ATC"` (on those who
# were not). It must be what an experiment among the trained would show.
#
# `propensity_terms(people)` gives the 14 columns on which the propensity is usually modelled.
# Within 450 dollars is right, with the right name, in each of three draws; the naive difference is
# off by thousands.


# %% solution="lalonde"
def training_effect(people):
    """Return the effect in US dollars and its estimand: "ATT", "ATE" or "ATC"."""
    ### BEGIN SOLUTION
    terms = propensity_terms(people).to_numpy()
    trained, earnings = people["treat"].to_numpy() == 1, people["re78"].to_numpy()
    chance = baselines.fit_propensity(terms, trained)
    without = LinearRegression().fit(terms[~trained], earnings[~trained]).predict(terms)
    left = earnings - without
    odds = chance[~trained] / (1 - chance[~trained])
    return left[trained].mean() - np.average(left[~trained], weights=odds), "ATT"
    ### END SOLUTION


# %% test="lalonde" points=10
lab.check("lalonde", training_effect)

# %% [markdown]
# ## 4 · Qini and AUUC, by hand (15 points)
#
# A model gives each customer a score; an experiment says what happened with and without an offer.
# Go down the scores from the highest. **Customers with the same score come in together**: the curves
# have one corner for each distinct score, and straight lines between. At a corner let $n_t, n_c$ be
# the treated and untreated customers so far, and $y_t, y_c$ the sums of their outcomes:
#
# $$\text{gain} = \Big(\frac{y_t}{n_t} - \frac{y_c}{n_c}\Big)(n_t + n_c), \qquad
# \text{qini} = y_t - y_c\,\frac{n_t}{n_c}.$$
#
# Both curves start at 0; corners at which $n_t$ or $n_c$ is still 0 are left out. The horizontal
# axis is the share of customers, from 0 to 1. With $N$ customers in all,
#
# - **AUUC** is the area under the gain curve, divided by $N$;
# - the **Qini coefficient** is the area between the Qini curve and the straight line from 0 to its
#   end, divided by $N$.
#
# Return `(qini, auuc)`, right to 1e-6 in each of five small experiments. `causalml.metrics` has both curves, but takes equal scores in
# the order of the rows and sums heights instead of areas, so its numbers differ.


# %% solution="qini"
def qini_auuc(score, treated, outcome):
    """Return the Qini coefficient and the AUUC; all arguments have shape (n,)."""
    ### BEGIN SOLUTION
    _, step = np.unique(-score, return_inverse=True)  # 0 for the highest score
    n_t, n_c, y_t, y_c = (
        np.cumsum(np.bincount(step, weights=part))
        for part in (treated, 1 - treated, treated * outcome, (1 - treated) * outcome)
    )
    both = (n_t > 0) & (n_c > 0)
    n_t, n_c, y_t, y_c = n_t[both], n_c[both], y_t[both], y_c[both]
    share = np.append(0, n_t + n_c) / len(score)
    gain = np.append(0, (y_t / n_t - y_c / n_c) * (n_t + n_c))
    qini = np.append(0, y_t - y_c * n_t / n_c)
    above_line = np.trapezoid(qini, share) - qini[-1] / 2
    return above_line / len(score), np.trapezoid(gain, share) / len(score)
    ### END SOLUTION


# %% test="qini" points=15
lab.check("qini", qini_auuc)

# %% [markdown]
# ## 5 · The effect on each person (15 points)
#
# Another retailer, 8,000 customers, offers that went to big spenders. Learn from `x`, `treated` and
# `outcome` what an offer would change for each of the new customers `x_new`, in euros. Two markets
# are tried; who reacts, and to what, differs from one to the other.
#
# The check knows both futures of everybody. Your root mean squared error (√PEHE) may be at most
# 3.3 € in both markets, where effects deviate by 8 €. Two separate models with the library's
# defaults (a T-learner) are off by 3.4 to 4.3 €, which is not enough.
#
# `causalml.inference.meta` has S-, T-, X-, R- and DR-learners for any regressor of scikit-learn. They
# predict one column for each treatment, shape (m, 1); return it flat.

# %% solution="cate"
from causalml.inference.meta import BaseXRegressor
from sklearn.ensemble import HistGradientBoostingRegressor


def effect_for_each(x, treated, outcome, x_new):
    """Return the effect on each row of `x_new`, shape (m,), in euros."""
    ### BEGIN SOLUTION
    chance = LogisticRegression().fit(x, treated)
    learner = BaseXRegressor(
        HistGradientBoostingRegressor(max_iter=100, max_depth=3, learning_rate=0.08)
    )
    learner.fit(X=x, treatment=treated, y=outcome, p=chance.predict_proba(x)[:, 1])
    return learner.predict(X=x_new, p=chance.predict_proba(x_new)[:, 1])[:, 0]
    ### END SOLUTION


# %% test="cate" points=15
lab.check("cate", effect_for_each)

# %% [markdown]
# ## 6 · Spend the budget (15 points)
#
# Some customers will leave. An offer keeps some of them, leaves others cold, and reminds a few that
# they could go. `history` holds a past campaign: features, `value` (euros a customer is worth who
# stays), `offer` and `stayed` (0 or 1); the sales team preferred customers who looked endangered.
# `customers` holds features and `value` of those you can choose from now. An offer costs `cost`, and
# all of them together at most `budget`.
#
# Return 1 or `True` for every customer who gets an offer. Three campaigns are tried, each by a company
# of its own: to one a customer is worth some euros, to another thousands. In one the budget is short.
# In the others it is ample, and you need not spend it: in one of them an offer is expensive for
# what it keeps, so that it pays for few customers; in the other it is cheap, and pays for many. Your
# profit is counted on the hidden counterfactuals, and held against an oracle who knows them: 72 % of
# its profit is right where the budget is short, 50 % where an offer is expensive, 75 % where it is
# cheap. All three must be right.


# %% solution="targeting"
def choose_customers(history, customers, cost, budget):
    """Return whether each customer gets an offer, shape (m,)."""
    ### BEGIN SOLUTION
    features = [name for name in customers.columns if name != "value"]
    staying = [
        LogisticRegression()
        .fit(
            history.loc[history["offer"] == arm, features],
            history["stayed"][history["offer"] == arm],
        )
        .predict_proba(customers[features])[:, 1]
        for arm in (0, 1)
    ]
    brings = (staying[1] - staying[0]) * customers["value"].to_numpy() - cost
    last = np.sort(brings)[::-1][: int(budget // cost)][-1]
    return brings >= max(last, 1e-9)
    ### END SOLUTION


# %% test="targeting" points=15
lab.check("targeting", choose_customers)

# %% [markdown]
# ## 7 · Claims that are nothing (10 points)
#
# Marketing reports six effects; some are real, some are **spurious**: the true effect is zero. Each
# claim is a dictionary:
#
# | key | what it is |
# |---|---|
# | `name` | what is claimed |
# | `data` | a frame with everything that was measured |
# | `treatment`, `outcome` | names of columns |
# | `adjusted_for` | columns that the claim's regression adjusted for |
# | `before` | columns measured **before** the treatment; the last, `margin_before`, is the outcome's own past |
# | `looks` | in how many segments an effect was looked for until this one was reported |
# | `estimate`, `error` | the claimed effect and its standard error |
#
# The money of each claim, then and now, is booked in a unit of its own, and how strong its causes are
# differs from claim to claim: the size of an effect says nothing without its error, and a euro of then
# need not be one of now. A claim is real or it is nothing, never both. Return the names of the
# spurious ones. Three batches are tried, and all count together. Whoever calls one real effect spurious
# gets nothing. Otherwise 40 % of the points are for finding all that the wrong columns made (a cause
# left out, or something adjusted for that came after), 30 % for all that a cause nobody measured made,
# 30 % for all that the number of looks made. Bad work does not make a claim false: some real effects
# come with the same mistakes. What shows in the past shows clearly: any usual level will do. For the
# effect itself take 5 % for all the looks of a claim together: a small effect that was looked for once
# may be real, and one as clear that is the best of forty nothing. Something that nobody measured may
# move the margin, of then and of now: unless it moves the treatment too, it makes no effect out of
# nothing. A placebo treatment or a random common cause, dowhy's first two refuters, cannot find any of
# these: think of what could have made each claim out of nothing.

# %% solution="triage"
from scipy.stats import norm


def spurious(claims):
    """Return the names of the claims without any effect."""

    ### BEGIN SOLUTION
    def strength(claim, outcome):
        """The effect in standard errors, adjusted for what came before the treatment."""
        own_past = f"{claim['outcome']}_before"
        model = CausalModel(
            data=claim["data"],
            treatment=claim["treatment"],
            outcome=outcome,
            common_causes=[name for name in claim["before"] if name != own_past],
        )
        identified = model.identify_effect(proceed_when_unidentifiable=True)
        estimate = model.estimate_effect(identified, method_name="backdoor.linear_regression")
        return abs(estimate.value) / float(np.ravel(estimate.get_standard_error())[0])

    found = []
    for claim in claims:
        limit = norm.ppf(1 - 0.025 / claim["looks"])
        vanishes = strength(claim, claim["outcome"]) < limit
        changes_the_past = strength(claim, f"{claim['outcome']}_before") > norm.ppf(1 - 0.005)
        if vanishes or changes_the_past:
            found.append(claim["name"])
    return found
    ### END SOLUTION


# %% test="triage" points=10
lab.check("triage", spurious)

# %% [markdown]
# ## 8 · "What does 10 % more budget bring?" (5 points, and 5 for the paragraph below)
#
# `weeks` has two to fourteen years of weeks: `season` (a standard score), `budget` (thousand euros), `traffic`
# (visits) and `sales` (thousand euros). `edges` is the causal graph, `[cause, effect]`. Had every
# budget been higher by `increase` (0.1 is 10 %) and everything else as it was, how many thousand
# euros a week would sales have been higher on average? Return the gain and its 95 % interval.
#
# Six shops are tried. The gains earn 2 points, if all are right; the intervals 3, if they are as wide
# as they should be for each shop (0.6 to 1.6 times) and at most one misses the truth.

# %% solution="budget"
from dowhy import gcm


def budget_effect(weeks, edges, increase):
    """Return (gain, low, high) in thousand euros a week."""
    ### BEGIN SOLUTION
    gcm.config.disable_progress_bars()
    graph = nx.DiGraph(map(tuple, edges))
    model = gcm.InvertibleStructuralCausalModel(graph)
    for node in graph:
        if graph.in_degree(node):
            line = gcm.AdditiveNoiseModel(gcm.ml.create_linear_regressor())
            model.set_causal_mechanism(node, line)
        else:
            model.set_causal_mechanism(node, gcm.EmpiricalDistribution())
    gcm.fit(model, weeks)
    raised = gcm.counterfactual_samples(
        model, {"budget": lambda budget: (1 + increase) * budget}, observed_data=weeks
    )
    gain = (raised["sales"] - weeks["sales"]).mean()

    # The interval: weeks drawn again, and the regression that the graph asks for.
    rng = np.random.default_rng(0)
    gains = []
    for _ in range(400):
        again = weeks.iloc[rng.integers(len(weeks), size=len(weeks))]
        slope = baselines.ols(again[["season"]], again["budget"], again["sales"])
        gains.append(slope * increase * weeks["budget"].mean())
    half_width = np.subtract(*np.percentile(gains, [97.5, 2.5])) / 2
    return gain, gain - half_width, gain + half_width
    ### END SOLUTION


# %% test="budget" points=5
lab.check("budget", budget_effect)

# %% [markdown]
# ### One paragraph for the board (5 points, graded by hand)
#
# The board has seen a chart of budget against sales and wants to raise the budget by 10 %. Use the
# weeks of `draw_weeks(260, seed=9)` from `labkit.trends.causal_uplift.world.budget` and write at
# most 120 words.
#
# | criterion | points |
# |---|---|
# | States the gain in thousand euros a week with its interval, and what the increase costs | 2 |
# | Says in plain words why the chart promises about twice as much | 1 |
# | Names one assumption that the data cannot prove | 1 |
# | Recommends something that can be decided or measured | 1 |

# %% [markdown] essay="board" points=5
# ### BEGIN SOLUTION
# **Model answer.** Raising the budget by 10 % costs about 10 thousand euros a week and brings about
# 31 thousand euros of sales (28 to 33). The chart promises about twice as much, because budget and
# sales both rise before the holidays; that part comes without the raise. Our figure assumes that the
# season score holds everything that moves budget and sales at once; a rival's campaign, for
# instance, is not in it. And sales are not profit: at a margin below a third the raise does not pay.
# I recommend raising the budget in ten regions drawn by lot for eight weeks, leaving ten as they
# are, and deciding on the difference.
# ### END SOLUTION

# %% [markdown]
# ## Where you stand

# %%
lab.progress()

# %% [markdown]
# ## Hand in
#
# Only what is saved is handed in, so save first (Ctrl+S). The cell below says how it stands and
# hands in nothing yet. To hand in, run `submit("09_causal_uplift", now=True)`: it runs a copy of your
# notebook from the top, shows what every check gives, and hands in. You may hand in again as
# often as you like; the last one counts.

# %%
from labkit.desk.submit import submit

submit("09_causal_uplift")
