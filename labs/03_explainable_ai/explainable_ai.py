# %% [markdown]
# # Lab 03: say why, and check whether it is true
#
# A bank refuses people, and a clinic trusts a network. Both were given explanations. In seven tasks
# you compute explanations that are exact, and try others for what they hide: a column that knew the
# outcome, a sticker, a heat map of nothing, a model that behaves while it is looked at. The last page
# is a letter to somebody who was refused.
#
# **How it works.** Fill in the cells that raise `NotImplementedError`. The cell below each one
# checks your answer at once, on practice data of your own, and tells you what is wrong and what to
# try. `lab.hint("shapley")` opens a hint, one more with every call; hints cost nothing.
# `lab.progress()` shows where you are. At grading the same checks run on other data, so an answer
# must be computed, not copied. Functions that you are given run in another process then: they can be
# called, and nobody can look inside. In every task all cases must be right.
#
# NumPy and SciPy are enough; shap, lime, captum, scikit-learn and torch are installed.
#
# Time: about three hours. Points: 100. Everything runs in less than half a minute on one core.

# %% locked="setup"
import itertools

import numpy as np

from labkit.checks.explainable_ai import open_lab
from labkit.trends.explainable_ai.world import audits, boxes, lesions, maps, networks, reviews

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Exact contributions (15 points)
#
# `f(rows)` takes rows (n, M) and returns log-odds (n,). `x` (M,) is an applicant, `background` (B, M)
# are rows to compare with. The value of a set S of columns is the mean of f over the background rows,
# after x's values are put into the columns S of each. The **Shapley value** of column i is the mean
# of what i adds, over all orders in which columns may come.
#
# Return an array (2, M): the Shapley values of the log-odds, and those of the chance
# 1 / (1 + e^−f), for which the value of S is the mean *chance*. Right to 1e-8, with up to 12 columns.
# Three boxes are tried. To try it:
#
# ```python
# f = boxes.box(boxes.draw_parts(1, np.ones(4)))
# rows = np.random.default_rng(1).normal(size=(6, 4))
# shapley(f, rows[0], rows[1:]).sum(axis=1), f(rows[:1])[0] - f(rows[1:]).mean()  # sums are known
# ```


# %% solution="shapley"
def shapley(f, x, background):
    """Return the contributions to log-odds and to chance, shape (2, M)."""
    ### BEGIN SOLUTION
    from math import factorial

    size = len(x)
    masks = np.array(list(itertools.product([0, 1], repeat=size)))
    rows = np.where(masks[:, None, :] == 1, x, background).reshape(-1, size)
    margin = f(rows).reshape(len(masks), -1)
    values = np.array([margin.mean(axis=1), (1 / (1 + np.exp(-margin))).mean(axis=1)])
    found = np.zeros((2, size))
    for column in range(size):
        without = np.flatnonzero(masks[:, column] == 0)
        step = 2 ** (size - 1 - column)
        others = masks[without].sum(axis=1)
        weight = np.array([factorial(k) * factorial(size - k - 1) for k in range(size)])
        gains = values[:, without + step] - values[:, without]
        found[:, column] = gains @ weight[others] / factorial(size)
    return found
    ### END SOLUTION


# %% test="shapley" points=15
lab.check("shapley", shapley)

# %% [markdown]
# ## 2 · LIME by hand (15 points)
#
# LIME asks f about points around x and fits a weighted line. Here points are normal, with mean `x`
# and standard deviations `scale` (M,). A point's distance d is taken in units of `scale`, and its
# weight in the sum of squares is √(exp(−d² / `width`²)), as in the library. With infinitely many
# points the slopes have a limit. Come near it.
#
# Return the slopes, shape (M,), per unit of each column (not of scale). f may be asked for at most
# `budget` rows (30,000) in all; it raises an error beyond. The slopes, in units of scale, may be off
# by at most 0.05 of their length. Five boxes with four to seven columns are tried; they have edges,
# so that the gradient says little. To try it:
#
# ```python
# scale = np.array([1.0, 0.5, 2.0, 1.0])
# f = boxes.box(boxes.draw_parts(2, scale))
# local_slopes(f, np.zeros(4), scale, 0.8, 30_000)
# ```


# %% solution="local_slopes"
def local_slopes(f, x, scale, width, budget):
    """Return the slopes of LIME's weighted line, shape (M,)."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    steps = rng.normal(size=(budget, len(x)))
    root = np.exp(-(steps**2).sum(axis=1) / (4 * width**2))
    table = np.column_stack([np.ones(budget), steps])
    found = np.linalg.lstsq(table * root[:, None], f(x + steps * scale) * root, rcond=None)[0]
    return found[1:] / scale
    ### END SOLUTION


# %% test="local_slopes" points=15
lab.check("local_slopes", local_slopes)

# %% [markdown]
# ## 3 · Columns that knew the outcome (15 points)
#
# A credit model is reviewed. `validation` and `production` are triples: `columns` (n, M), their
# `contributions` (n, M) to the log-odds of default, exact, and `default` (n,), 0 or 1. What the model
# says of a row, in log-odds, is `base + contributions.sum(axis=1)` in either table. Columns are numbers,
# or say whether a word stands in the applicant's letter.
#
# A **leak** is a column filled in after the outcome was known. Its contributions make the validation
# log loss lower: that loss would be higher if this column's contributions alone were left out of the
# sum, all else as it is. In production, where nobody knows the outcome yet, they make it higher:
# without them it would be lower. Return the names of the leaks: none, one or two. Other columns may
# be strong, move, pay less than they did, seem to lose their correlation, be unused, or have been
# learned by heart, so that they help in neither table; none of that is a leak. Each difference is
# three standard errors or more from zero; that of an unused column is zero. Six reviews are tried. To
# try it:
#
# ```python
# roles = [{"kind": k, "weight": w, "rate": 0.0} for k, w in
#          [("strong", 1.4), ("leak", 0.9), ("honest", 0.6), ("faded", 0.8), ("useless", 0.4)]]
# drawn = reviews.draw_review(1, list("abcde"), roles, rows=5000, is_text=False)
# tables = [(t.columns, t.contributions, t.default) for t in (drawn.validation, drawn.production)]
# leaks(drawn.names, drawn.base, *tables)  # b
# ```


# %% solution="leaks"
def leaks(names, base, validation, production):
    """Return the names of the columns that knew the outcome."""

    ### BEGIN SOLUTION
    def rises(table):
        """How much the log loss rises when each contribution is taken out."""
        _, said, default = table
        total = base + said.sum(axis=1)

        def loss(odds):
            return (np.logaddexp(0, odds) - default * odds).mean()

        return np.array([loss(total - one) - loss(total) for one in said.T])

    leaking = (rises(validation) > 0) & (rises(production) < 0)
    return [name for name, leaks_out in zip(names, leaking, strict=True) if leaks_out]
    ### END SOLUTION


# %% test="leaks" points=15
lab.check("leaks", leaks)

# %% [markdown]
# ## 4 · Right for the wrong reason (10 points)
#
# `images` (500, 16, 16) are grey lesions, `labels` say which are malignant. The hospital puts one or
# two stickers, 3 by 3 pixels each, on most malignant lesions and on few benign ones. A sticker lies
# beside the lesion, seldom over its rim, and always in the same place. Its nine grey values are darker
# than skin, and the same in every picture that has it. Between two stickers at least two rows or two
# columns of pixels are free. `network` has learned the stickers. It is a dictionary of arrays and says
# `relu((pixels − 0.7) @ w1 + b1) @ w2 + b2`; above 0 is malignant.
#
# Return `(places, cured)`: for each sticker the row and column of its upper left corner (one pixel
# off is near enough), and a network of the same form that is right on at least 0.75 of other
# pictures as they come, **and** on at least 0.75 of pictures where every benign lesion has the
# stickers and no malignant one does. The lesions themselves can be read with 0.8 or more. Mean
# pictures of the two labels differ by 0.15 or more in every pixel of a sticker; where there is none,
# and outside of the lesion, by less than 0.12. Two hospitals are tried.
#
# `networks.train(network, images, labels)` trains further; torch or scikit-learn are as good. Training
# on the pictures as they are, on new noise, or with stickers only added, does not cure.


# %% solution="repair"
def repair(network, images, labels):
    """Return the stickers' places, and a network that they do not mislead."""
    ### BEGIN SOLUTION
    from scipy.ndimage import maximum_filter, minimum_filter

    apart = np.abs(images[labels == 1].mean(axis=0) - images[labels == 0].mean(axis=0))
    whole = minimum_filter(apart, 3, mode="constant")  # all nine pixels of a window differ
    places = np.argwhere((whole == maximum_filter(whole, 7)) & (whole > 0.12)) - 1
    rng = np.random.default_rng(0)
    swapped = np.concatenate([images, images])
    for top, left in places:
        here = np.s_[:, top : top + 3, left : left + 3]
        swapped[here] = swapped[here][rng.permutation(len(swapped))]
    return places, networks.train(network, swapped, np.tile(labels, 2))
    ### END SOLUTION


# %% test="repair" points=10
lab.check("repair", repair)

# %% [markdown]
# ## 5 · A map of what? (10 points)
#
# `makers` is a dictionary: a name, and a function `make(network, image)` that returns a heat map
# (16, 16). A network is as in task 4, with arrays of the same shapes. The vendor shows its makers on
# `images` (12, 16, 16) alone: with another picture they raise an error. Some maps do not depend on the
# network: whatever its weights, the pattern is the same up to a positive factor and to noise that is
# drawn anew at every call. Return the names of these makers. There may be none.
#
# Give the makers networks of your own, and see: `networks.fresh(seed, 256, 8)` draws one that has
# learned nothing. Four sets of six makers are tried. To try it:
#
# ```python
# makers = {"A": maps.maker("edges", 1, 16, 8), "B": maps.maker("gradient", 2, 16, 8)}
# ignores_model(makers, lesions.draw_lesions(3, 12)[0])  # A
# ```


# %% solution="ignores_model"
def ignores_model(makers, images):
    """Return the names of the makers whose maps do not depend on the network."""

    ### BEGIN SOLUTION
    def alike(one, other):
        return np.corrcoef(one.ravel(), other.ravel())[0, 1]

    found = []
    for name, make in makers.items():
        drop = 0
        for number, image in enumerate(images):
            network, other = networks.fresh(number, 256, 8), networks.fresh(100 + number, 256, 8)
            shown = make(network, image)
            drop += alike(shown, make(network, image)) - alike(shown, make(other, image))
        if drop < 0.6:
            found.append(name)
    return found
    ### END SOLUTION


# %% test="ignores_model" points=10
lab.check("ignores_model", ignores_model)

# %% [markdown]
# ## 6 · A change that would have been enough (15 points)
#
# An applicant `x` (M,) was refused: `f(rows)` approves where it is 0 or more. `grid[i]` are the values
# that column i may take, and `costs[i]` what each of them costs (x's own costs 0); the cost of a row
# is the sum. `rules` is a dictionary:
#
# | key | what it says |
# |---|---|
# | `"fixed"` | columns that stay as they are |
# | `"up"` | columns that may only rise |
# | `"tied"` | triples (i, j, rate): column j moves by rate times what column i moves, summed over all triples with this j, and never by itself. Its value need not stand in its grid |
#
# A tied column has one value in its grid, x's own, and costs nothing wherever it comes to lie. It is
# neither in `"fixed"` nor in `"up"`, and never the i of a triple: ties make no chains.
#
# Return the approved and allowed row (M,) that costs least, or x itself where there is none. 24
# applicants of four banks are tried; at most a few thousand candidates each keep the rules.


# %% solution="counterfactual"
def counterfactual(f, x, grid, costs, rules):
    """Return the cheapest allowed row that is approved, shape (M,)."""
    ### BEGIN SOLUTION
    choices = []
    for column, values in enumerate(grid):
        allowed = np.arange(len(values))
        if column in rules["fixed"]:
            allowed = allowed[values == x[column]]
        if column in rules["up"]:
            allowed = allowed[values >= x[column]]
        choices.append(allowed)
    places = np.array(list(itertools.product(*choices)))
    rows = np.column_stack([grid[m][places[:, m]] for m in range(len(x))])
    price = np.column_stack([costs[m][places[:, m]] for m in range(len(x))]).sum(axis=1)
    moved = rows - x
    for i, j, rate in rules["tied"]:
        rows[:, j] += rate * moved[:, i]
    price[f(rows) < 0] = np.inf
    return rows[price.argmin()] if np.isfinite(price.min()) else x
    ### END SOLUTION


# %% test="counterfactual" points=15
lab.check("counterfactual", counterfactual)

# %% [markdown]
# ## 7 · Behaves while it is explained (10 points)
#
# `models` is a dictionary of eight banks, each a function from rows (n, M) to chances of approval.
# `rows` (1,000, M) are real applicants, with at least ten columns, of which `group` is the number of the
# one that says which group a person is in (0 or 1). Columns go together, and some go with the group.
#
# Some banks know their applicants: a row that is nobody's, even by one digit, they treat in another
# way than a real one. SHAP and LIME ask about such rows. Return the names of the banks that **use the
# group for real applicants**, so that it matters although all other columns are equal, **and do not
# show it on made-up rows**, where a change of the group changes nothing. Where a bank uses the group,
# it is worth 1 or more in log-odds, and its other columns' effects are nearly straight lines. Three
# audits are tried; a bank's raw gap proves nothing. To try it:
#
# ```python
# rows = audits.draw_applicants(1, 1000, 10, place=3)
# parts = [["line", 1.0, 0.0, [0.2, 0.1, 0.0, 0.0, 0.1, 0.0, 0.3, 0.0, 0.1, 0.0]]]
# kinds = {"A": "honest", "B": "hidden", "C": "open"}
# models = {name: audits.bank(kind, rows, 3, parts, 1.2) for name, kind in kinds.items()}
# hides_discrimination(models, rows, 3)  # B
# ```


# %% solution="hides_discrimination"
def hides_discrimination(models, rows, group):
    """Return the names of the banks that use the group when nobody looks."""
    ### BEGIN SOLUTION
    table = np.column_stack([np.ones(len(rows)), rows])

    def worth(model, shown):
        """The group's coefficient in a straight line through the log-odds."""
        chance = model(shown)
        odds = np.log(chance / (1 - chance))
        return abs(np.linalg.lstsq(table, odds, rcond=None)[0][1 + group])

    return [
        name
        for name, model in models.items()
        if worth(model, rows) > 0.4 and worth(model, rows + 1e-7) < 0.4
    ]
    ### END SOLUTION


# %% test="hides_discrimination" points=10
lab.check("hides_discrimination", hides_discrimination)

# %% [markdown]
# ## A letter of refusal (10 points, graded by hand)
#
# Mrs K., 34, asked for 9,000 € and was refused: her chance to pay back is 0.71, and 0.80 is asked for.
# These are the contributions to her log-odds, against the mean of approved applicants:
#
# | what | hers | contribution |
# |---|---|---|
# | monthly debts as a share of income | 46 % | −0.92 |
# | months since the last late payment | 5 | −0.81 |
# | loans asked for in the last 30 days | 3 | −0.40 |
# | months with her employer | 8 | −0.22 |
# | letters with the word "urgent" | 1 | −0.04 |
# | income | 2,900 € | +0.55 |
# | savings | 4,100 € | +0.19 |
#
# The cheapest change that is allowed and would have been enough: debts of 38 % of income, which is 230 €
# a month less. Six months more without a late payment alone would not.
#
# Write the letter, at most 180 words, in words that Mrs K. would use herself. Under US rules (Regulation
# B, 12 CFR 1002.9) it names the specific principal reasons, and more than four are not likely to help.
# Under the EU Court's judgment C-203/22 of 27 February 2025 it lets her see how a change in her data
# would have led to another result.
#
# | criterion | points |
# |---|---|
# | At most four reasons, the strongest ones against her first, none that helped her, none that hardly counts | 3 |
# | Each with her own figure, in her words: no log-odds, no contributions, no names of columns | 2 |
# | One change that would have been enough, with the figure, and nothing promised beyond that | 3 |
# | Says that it rests on data she can see and correct, and whom to ask for a person's decision | 2 |

# %% [markdown] essay="letter" points=10
# ### BEGIN SOLUTION
# **Model answer.** Mrs K., we cannot grant the loan of 9,000 € on the terms you asked for. A
# computer model was part of the decision. These were the main reasons, the weightiest first:
#
# 1. Your monthly debts take 46 % of your income.
# 2. A payment was late five months ago.
# 3. You asked for three loans within 30 days.
# 4. You have been with your employer for eight months.
#
# Your income and your savings spoke for you, but were not enough.
#
# What would have changed the result: had your monthly debts been 38 % of your income, which is 230 €
# a month less, with all else as it is, the model would have reached the mark that we ask for. Waiting
# six months without a late payment would not have been enough by itself. This describes today's
# decision; it is no promise for a later one, since other data may have changed by then.
#
# You can see the data we used, and have them corrected, free of charge. If you think that something is
# wrong or want to tell us your view, call Ms B. at 555-0134: she is no machine, and may decide otherwise.
# ### END SOLUTION

# %% [markdown]
# ## Where you stand

# %%
lab.progress()

# %% [markdown]
# ## Hand in
#
# Only what is saved is handed in, so save first (Ctrl+S). The cell below says how it stands and
# hands in nothing yet. To hand in, run `submit("03_explainable_ai", now=True)`: it runs a copy of
# your notebook from the top, shows what every check gives, and hands in. You may hand in again as
# often as you like; the last one counts.

# %%
from labkit.desk.submit import submit

submit("03_explainable_ai")
