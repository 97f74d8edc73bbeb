# %% [markdown]
# # Lesson 04: what does the picture know that no review says?
#
# A shop for household goods sells 6 million € a year in clamshells, those welded plastic shells that
# one opens with scissors. Products in shells have fewer stars than others. No review mentions the
# shell. A supplier offers boxes instead, for 50,000 € a year more.
#
# The head of packaging decides on Friday. She has a picture and a review of every product, and a vendor
# who says that "our multimodal model is better than yours". She has to know what the shell does,
# whether the vendor's sentence means anything, and what to do with products that have no picture.
#
# You need no formulas and no code to follow. Guess before you open an answer; move the controls.
# About 40 minutes, of which the computer needs less than half a minute. The graded lab comes
# afterwards.
#
# **In JupyterLab:** Shift+Enter runs a cell and goes on to the next. The code is folded; *Show or hide
# code* above the lesson unfolds it.

# %%
from dataclasses import replace

import numpy as np

from labkit.checks.multimodal_fusion import open_lab
from labkit.exercise.cards import table_card

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Two witnesses
#
# Here are six of our products. The shop is simulated, so that we know why each has the stars it has.
#
# A **picture** shows whether a product has a shell, lies on a cluttered ground, is glossy, and its
# colour. A **review** tells what it is used for (everyday, or as a gift) and how good it seems.

# %%
from labkit.trends.multimodal_fusion import plots
from labkit.trends.multimodal_fusion.world.shop import Shop, draw_products, show

shop = Shop()
train, new = draw_products(shop, 1_200, 1), draw_products(shop, 1_500, 2)
USES = ("everyday", "gift")
plots.window(
    show(train.kinds, 1)[:6],
    [
        f"{USES[use]}\n{stars:.1f} stars"
        for use, stars in zip(train.kinds["use"][:6], train.stars[:6], strict=True)
    ],
)

# %%
table_card(
    "What customers wrote",
    "the same six products",
    ("review", "stars"),
    [(text, f"{stars:.1f}") for text, stars in zip(train.texts[:6], train.stars[:6], strict=True)],
)

# %% [markdown]
# Both are read by **frozen encoders**, which have never seen a star. A picture is compared with a
# dictionary of 64 small patches, and becomes 64 numbers; a review becomes the words it has. All that is
# learned from stars is a small model on top.
#
# ## 2 · Is fusion worth anything?
#
# There are three ways to join the two. **Late**: two models, and their predictions are added. **Early**:
# all features side by side, one linear model. **Hybrid**: each side is read for itself (is it glossy?
# is it a gift?), and the readings meet in a product.
#
# R² says which part of the differences in stars a model predicts: 0 is guessing the mean, 1 is perfect.
# Since we know all causes, we can compute the best R² that **any** model of a kind can have: its ceiling.
#
# **Predict.** Reviews alone reach 0.40. The best of all late models cannot be above 0.61. How far does
# early fusion get: to 0.5, 0.7, or 0.9?
#
# <details><summary>Open when you have guessed</summary>
#
# To 0.47. Early fusion under a linear model is also a sum. Hybrid fusion has 0.87, more than any sum.
#
# </details>

# %%
from labkit.trends.multimodal_fusion import baselines
from labkit.trends.multimodal_fusion.metrics import r_squared
from labkit.trends.multimodal_fusion.world.shop import ceilings

labelled = draw_products(shop, 200, 3)
best = ceilings(shop)
reached = {
    "pictures": r_squared(baselines.alone(train, new, 0), new, shop),
    "reviews": r_squared(baselines.alone(train, new, 1), new, shop),
    "late, averaged": r_squared(baselines.averaged(train, new), new, shop),
    "late, with care": r_squared(baselines.late(train, new), new, shop),
    "early": r_squared(baselines.early(train, new), new, shop),
    "hybrid": r_squared(baselines.hybrid(train, new, labelled), new, shop),
}
kinds = ("image", "text", "additive", "additive", "additive", "joint")
plots.under_ceilings(reached, {name: best[kind] for name, kind in zip(reached, kinds, strict=True)})

# %% [markdown]
# The orange-red marks are exact. **What is above the mark of late fusion, and only that, depends on
# seeing both sides at once.** Here it is gloss: it suits gifts and puts off those who cook with it.
#
# ## 3 · "Our early fusion beats late fusion"
#
# The vendor's slide shows early fusion ahead of late fusion. We try the same in a second shop, in which
# finish and use do not work together at all.
#
# **Predict.** Does early fusion beat late fusion there, too?
#
# <details><summary>Open when you have guessed</summary>
#
# Yes: 0.83 against 0.70, if late fusion is the mean of two predictions. With care (each side learns what
# the other one leaves) late fusion has 0.83, too. In this shop the best sum is the best of all models.
#
# </details>

# %%
simple = replace(shop, together=0.0)
train0, new0 = draw_products(simple, 1_200, 11), draw_products(simple, 1_500, 12)
labelled0 = draw_products(simple, 200, 13)
best0 = ceilings(simple)
reached0 = {
    "late, averaged": r_squared(baselines.averaged(train0, new0), new0, simple),
    "late, with care": r_squared(baselines.late(train0, new0), new0, simple),
    "early": r_squared(baselines.early(train0, new0), new0, simple),
    "hybrid": r_squared(baselines.hybrid(train0, new0, labelled0), new0, simple),
}
kinds0 = ("additive", "additive", "additive", "joint")
plots.under_ceilings(
    reached0, {name: best0[kind] for name, kind in zip(reached0, kinds0, strict=True)}
)

# %% [markdown]
# So the slide proves nothing. Early "won" against a bad way to add, **below what adding can reach**.
# Whoever claims that fusion helps has to be above the best sum. Move the interaction, and watch when
# that is possible at all.

# %%
from labkit.trends.multimodal_fusion import widgets

widgets.explore_ceilings()

# %%
lab.quiz("ceiling")

# %% [markdown]
# ## 4 · Design a pack
#
# Choose a pack and read what late and hybrid fusion say of it, as a gift and for every day, beside the
# truth.
#
# **Predict.** You turn a matte pack glossy. What does late fusion say happens to a gift, and to an
# everyday product?
#
# <details><summary>Open when you have guessed</summary>
#
# The same for both: next to nothing. In truth the gift gains 0.75 stars and the everyday product
# loses 0.65. **A model that adds will always choose one pack for all.** Task 7 of the lab is about that.
#
# </details>

# %%
widgets.explore_pack()

# %% [markdown]
# ## 5 · What the shell does
#
# Now the question of Friday. The true effect is −0.35 stars, in our shop; we pretend not to know.
# Everyday products have shells three times as often as gifts, and fewer stars for other reasons.
#
# Eight shops, in three of which the shell does nothing. Four ways to estimate what it does:
#
# - *naive*: stars of products with a shell minus those without;
# - *picture alone*: the same among products that look alike otherwise;
# - *cheap labels*: with use and verdict held equal, but whether there is a shell comes from a detector
#   that is right in 94 of 100 pictures;
# - *both*: with use and verdict held equal, and shells seen correctly.
#
# **Predict.** Which of the four finds an effect in shops where there is none? And which one makes all
# effects too small?
#
# <details><summary>Open when you have guessed</summary>
#
# The first two: they are 0.20 stars off on average, since they blame the shell for what it is used for.
# Cheap labels shrink an effect: −0.5 stars come out 0.09 smaller on average. Both sides together are
# 0.03 off.
#
# </details>

# %%
from labkit.trends.multimodal_fusion.world.shop import draw_stars

TRUE = (-0.35, 0.0, -0.5, 0.0, -0.2, 0.2, 0.0, -0.35)


def estimate(stars, label, others):
    """The label's least-squares coefficient and its 95 % interval."""
    table = np.column_stack([label, np.ones(len(stars)), others])
    inverse = np.linalg.inv(table.T @ table)
    weights = inverse @ table.T @ stars
    noise = ((stars - table @ weights) ** 2).sum() / (len(stars) - table.shape[1])
    half = 1.96 * np.sqrt(noise * inverse[0, 0])
    return weights[0], weights[0] - half, weights[0] + half


def four_ways(effect, seed):
    seller = replace(shop, effects={**shop.effects, "clamshell": effect})
    kinds, stars = draw_stars(seller, 500, seed)
    shell, looks = kinds["clamshell"], kinds[["clutter", "glossy", "colour"]]
    wrong = np.random.default_rng(seed).random(500) < 0.06
    return {
        "naive": estimate(stars, shell, np.empty((500, 0))),
        "picture alone": estimate(stars, shell, looks),
        "cheap labels": estimate(
            stars, np.where(wrong, 1 - shell, shell), kinds[["use", "verdict"]]
        ),
        "both": estimate(stars, shell, kinds[["use", "verdict"]]),
    }


effects = [(f"shop {place + 1}", true, four_ways(true, place)) for place, true in enumerate(TRUE)]
plots.effects(effects)

# %% [markdown]
# An interval that is sure of a wrong number is worse than none. In 400 such shops, how often does a 95 % interval hold
# the true effect?

# %%
DRAWS = 50
again = [
    (true, four_ways(true, 100 + DRAWS * place + draw))
    for place, true in enumerate(TRUE)
    for draw in range(DRAWS)
]
held = {
    way: np.mean([found[way][1] <= true <= found[way][2] for true, found in again])
    for way in ("naive", "picture alone", "cheap labels", "both")
}
table_card(
    "How often an interval holds the truth",
    f"{len(again)} shops",
    ("way", "held", "promised"),
    [(way, f"{100 * share:.0f} %", "95 %") for way, share in held.items()],
)

# %%
lab.quiz("silence")

# %% [markdown]
# ## 6 · No picture, no review
#
# In a third shop the shell costs 0.7 stars, and nine of ten everyday products have one. One product in
# five has no picture: a grey square stands there. One in five has no review. Three ways to live with
# that:
#
# - *grey believed*: learned where both are there; later the grey is read like any picture;
# - *filled with means*: mean features in every gap, in old products and in new ones;
# - *a model for each*: one for pictures alone, one for reviews alone, one for both.
#
# **Predict.** Where the picture is missing, does filling with means come near a model of its own?
#
# <details><summary>Open when you have guessed</summary>
#
# No: 0.57 against 0.68. A review that says "kitchen" also says "probably in a shell", and only a model
# for reviews alone may count that. Believing the grey is worse than guessing the mean: R² is −0.21. Where
# both are there, it costs nothing, so nobody notices.
#
# </details>

# %%
from labkit.trends.multimodal_fusion.world.encoder import encode
from labkit.trends.multimodal_fusion.world.pictures import placeholder

PATTERNS = ("both are there", "no review", "no picture")
third = replace(
    shop, together=0.0, often=(0.9, 0.1), gift=0.1, effects={**shop.effects, "clamshell": -0.7}
)
old, later = draw_products(third, 1_200, 21), draw_products(third, 1_500, 22)
gone, gone_later = (np.maximum(np.arange(len(one.stars)) % 5 - 2, 0) for one in (old, later))
(pictures, words), (pictures_later, words_later) = baselines.sides(old, later)
grey = (encode(placeholder((190, 190, 190))) - old.images.mean(axis=0)) / old.images.std(axis=0)


def with_gaps(picture_fill, word_fill):
    """Both sides of old and of new products, side by side, with something in every gap."""
    return [
        np.hstack([
            np.where((which == 2)[:, None], picture_fill, a),
            np.where((which == 1)[:, None], word_fill, b),
        ])
        for a, b, which in ((pictures, words, gone), (pictures_later, words_later, gone_later))
    ]  # fmt: skip


complete = gone == 0
grey_old, grey_later = with_gaps(grey, 0.0)
mean_old, mean_later = with_gaps(pictures[gone != 2].mean(axis=0), words[gone != 1].mean(axis=0))
predicted = {
    "grey believed": baselines.ridge(grey_old[complete], old.stars[complete], grey_later),
    "filled with means": baselines.ridge(mean_old, old.stars, mean_later),
    "a model for each": np.choose(
        gone_later,
        [
            baselines.ridge(grey_old[complete], old.stars[complete], grey_later),
            baselines.ridge(pictures[gone != 2], old.stars[gone != 2], pictures_later),
            baselines.ridge(words[gone != 1], old.stars[gone != 1], words_later),
        ],
    ),
}


def on_pattern(found, pattern):
    """R² on the new products with this pattern, their mean stars and scatter being known."""
    there = gone_later == pattern
    scatter = third.scatter()[later.kinds["verdict"][there]].mean()
    off = ((found[there] - later.expected[there]) ** 2).mean()
    return 1 - (off + scatter) / (later.expected[there].var() + scatter)


missing = {
    name: {way: on_pattern(found, place) for way, found in predicted.items()}
    for place, name in enumerate(PATTERNS)
}
plots.gaps(missing)

# %%
lab.quiz("missing")

# %% [markdown]
# ## 7 · A third witness
#
# A supplier shakes a sample of each product for a second and records the pressure. What is packed
# loosely knocks, and costs 0.3 stars. A trace is no picture, and yet nothing is new: cut it into pieces,
# compare each with a dictionary, average. The function `respond` is the one that reads our pictures.

# %%
from sklearn.cluster import KMeans

from labkit.trends.multimodal_fusion.world import sounds
from labkit.trends.multimodal_fusion.world.encoder import respond

draws = np.random.default_rng(5)
loose, loose_new = draws.integers(0, 2, 1_200), draws.integers(0, 2, 1_500)
pieces, pieces_new = (
    sounds.patches(sounds.shake(what, seed)) for what, seed in ((loose, 6), (loose_new, 7))
)
some = pieces[:300].reshape(-1, sounds.PATCH)
dictionary = KMeans(24, n_init=1, random_state=0).fit(some).cluster_centers_.astype(np.float32)
heard, heard_new = (respond(cut, dictionary).mean(axis=1) for cut in (pieces, pieces_new))
stars3, stars3_new = train.stars - 0.3 * loose, new.stars - 0.3 * loose_new


def r2(found, true):
    return 1 - ((found - true) ** 2).mean() / true.var()


seen, seen_new = (np.hstack(side) for side in baselines.sides(train, new))
scale = heard.std(axis=0)
two = r2(baselines.ridge(seen, stars3, seen_new), stars3_new)
three = r2(
    baselines.ridge(
        np.hstack([seen, heard / scale]), stars3, np.hstack([seen_new, heard_new / scale])
    ),
    stars3_new,
)
print(f"R² of early fusion with two streams {two:.2f}, with three {three:.2f}")

# %% [markdown]
# Early fusion of two streams has 0.41 here, of three 0.48. The same lines of code would join a fourth.
#
# ## 8 · Where it is not worth it
#
# Hybrid fusion knew which two readings to multiply. A library's boosted trees on all features have to
# find that out. How many products does it take?

# %%
from sklearn.ensemble import HistGradientBoostingRegressor

SIZES = (150, 300, 600, 1_200, 2_400)
many = draw_products(shop, 2_400, 41)


def first(products, n):
    return replace(
        products,
        kinds=products.kinds[:n],
        expected=products.expected[:n],
        stars=products.stars[:n],
        images=products.images[:n],
        texts=products.texts[:n],
    )


def boosted(old, later):
    a, b = (np.hstack(side) for side in baselines.sides(old, later))
    model = HistGradientBoostingRegressor(max_iter=80, random_state=0)
    return model.fit(a, old.stars).predict(b)


curves = {
    "late, with care": [r_squared(baselines.late(first(many, n), new), new, shop) for n in SIZES],
    "boosted trees": [r_squared(boosted(first(many, n), new), new, shop) for n in SIZES],
    "hybrid": [
        r_squared(baselines.hybrid(first(many, n), new, labelled), new, shop) for n in SIZES
    ],
}
plots.learning(SIZES, curves, best["additive"])

# %% [markdown]
# With 150 products the trees are below careful addition, and they need 1,200 to pass the additive
# ceiling. **With few products, or where nothing works together, add.** And the 200 products of which people
# wrote down finish and use are worth more than any number of stars here: with them, 150 products
# reach 0.83; without, 2,400 reach 0.77.
#
# ## 9 · In euros
#
# A star more brings 5 % more revenue (an estimate for restaurants says 5 to 9), and 40 % of revenue is
# left after costs. 6 million € are sold in shells; as much is sold with a finish that does not suit its
# use.

# %%
PER_STAR, LEFT, SALES, BOXES = 0.05, 0.4, 6_000_000, 50_000
worth = PER_STAR * LEFT * SALES
naive = float(np.mean([found["naive"][0] for true, found in again if true == -0.35]))
both = float(np.mean([found["both"][0] for true, found in again if true == -0.35]))
gloss = 2 * shop.together
rows = (
    ("boxes for shells, as the naive estimate has it", -naive * worth - BOXES),
    ("boxes for shells, as both sides have it", -both * worth - BOXES),
    ("finish by use, no further cost", gloss * worth),
)
table_card(
    "What a year brings",
    "€, against leaving everything as it is",
    ("measure", "€ a year"),
    [(name, f"{euros:+,.0f}") for name, euros in rows],
)

# %% [markdown]
# ## 10 · The decision
#
# 1. **Do not buy the boxes at this price.** The naive estimate says that they pay, and it blames the
#    shell for the kitchen. What is left between products of one use is worth less than 50,000 €.
# 2. **Choose the finish by use.** It costs nothing, and no average shows it.
# 3. **Ask the vendor for the additive ceiling.** A model below the best sum has not shown that fusion does
#    anything.
#
# What would change it: boxes for 40,000 €, or twice the sales. And a test by lot, shells against boxes on
# the same products for six weeks, is better than all of this.
#
# **What is simplified here.** Pictures are rendered and reviews put together from phrases, so the
# encoders read them nearly perfectly. At scale one would train the encoder, not freeze it; it fits in
# at the same place, `encode(pictures)`, and so do many machines, since every picture is encoded alone.

# %% [markdown]
# ## Sources
#
# - Liang and others, [MultiBench](https://arxiv.org/abs/2107.07502), NeurIPS 2021: a benchmark of
#   multimodal fusion.
# - Hessel and Lee,
#   [Does my multimodal model learn cross-modal interactions?](https://aclanthology.org/2020.emnlp-main.62/),
#   EMNLP 2020: the additive projection, and how often it is as good.
# - Coates, Ng and Lee,
#   [An analysis of single-layer networks in unsupervised feature learning](https://proceedings.mlr.press/v15/coates11a.html),
#   AISTATS 2011: dictionaries of patches.
# - Baltrušaitis, Ahuja and Morency,
#   [Multimodal machine learning: a survey and taxonomy](https://arxiv.org/abs/1705.09406), TPAMI 2019:
#   early, late and hybrid fusion.
# - Le Morvan and others,
#   [What's a good imputation to predict with missing values?](https://arxiv.org/abs/2106.00311),
#   NeurIPS 2021: filling in for prediction.
# - Luca, [Reviews, reputation, and revenue: the case of Yelp.com](https://www.hbs.edu/faculty/Pages/item.aspx?num=41233),
#   Harvard Business School 2016: a star and 5 to 9 % of revenue.
