"""What the lesson of module 04 states, checked by ``test_lessons.py``."""

PICTURES = 8
EXPLORERS = ("widgets.explore_ceilings(", "widgets.explore_pack(")
STATED = (
    ("sells [6] million € a year in clamshells", "SALES / 1e6"),
    ("instead, for [50,000] € a year more", "BOXES"),
    ("a dictionary of [64] small patches", "train.images.shape[1]"),
    ("Reviews alone reach [0.40].", "reached['reviews']"),
    ("cannot be above [0.61].", "best['additive']"),
    ("To [0.47]. Early fusion", "reached['early']"),
    ("Hybrid fusion has [0.87], more", "reached['hybrid']"),
    ("Yes: [0.83] against", "reached0['early']"),
    ("against [0.70], if late", "reached0['late, averaged']"),
    ("late fusion has [0.83], too", "reached0['late, with care']"),
    ("the gift gains [0.75] stars", "gloss_moves('gift', 'true')"),
    ("loses [0.65].", "-gloss_moves('everyday', 'true')"),
    ("The true effect is −[0.35] stars", "-shop.effects['clamshell']"),
    ("right in [94] of 100 pictures", "100 - 6"),
    ("they are [0.20] stars off on average", "off('naive')"),
    ("−0.5 stars come out [0.09] smaller", "0.5 + mean_found('cheap labels', -0.5)"),
    ("together are [0.03] off", "off('both')"),
    ("In [400] such shops", "len(again)"),
    ("the shell costs [0.7] stars", "-third.effects['clamshell']"),
    ("and [nine] of ten everyday products", "10 * third.often[0]"),
    ("No: [0.57] against", "missing['no picture']['filled with means']"),
    ("against [0.68]. A review", "missing['no picture']['a model for each']"),
    ("R² is −[0.21]. Where", "-missing['no picture']['grey believed']"),
    ("of two streams has [0.41] here", "two"),
    ("of three [0.48].", "three"),
    ("With [150] products the trees", "SIZES[0]"),
    ("they need [1,200] to pass", "next(n for n, one in zip(SIZES, curves['boosted trees']) "
     "if one > best['additive'])"),
    ("reach [0.83]; without", "curves['hybrid'][0]"),
    ("[2,400] reach", "SIZES[-1]"),
    ("reach [0.77].", "curves['boosted trees'][-1]"),
    ("brings [5] % more revenue", "100 * PER_STAR"),
    ("and [40] % of revenue is", "100 * LEFT"),
)  # fmt: skip
# Claims in words.
HELD = {
    "early fusion under a linear model stays below the best sum": (
        "reached['early'] < best['additive'] < reached['hybrid'] < best['joint']"
    ),
    "the best of three answers is the first": "abs(reached['early'] - 0.5) < 0.05",
    "no way to add passes the additive ceiling": (
        "max(value for name, value in reached.items() if name != 'hybrid') < best['additive']"
    ),
    "without interaction the best sum is the best of all models": (
        "abs(best0['additive'] - best0['joint']) < 1e-9"
    ),
    "early fusion won below what adding can reach": (
        "reached0['late, averaged'] < reached0['early'] < best0['additive']"
    ),
    "late fusion says the same of both uses": (
        "abs(gloss_moves('gift', 'late') - gloss_moves('everyday', 'late')) < 1e-6"
        " and abs(gloss_moves('gift', 'late')) < 0.15"
    ),
    "everyday products have shells three times as often": "shop.often[0] == 3 * shop.often[1]",
    "in three of eight shops the shell does nothing": "len(TRUE) == 8 and TRUE.count(0.0) == 3",
    "naive and picture alone find effects where there are none": (
        "min(abs(mean_found(way, 0.0)) for way in ('naive', 'picture alone')) > 0.15"
    ),
    "both sides find none there": "abs(mean_found('both', 0.0)) < 0.01",
    "picture alone is as far off as naive": "abs(off('naive') - off('picture alone')) < 0.01",
    "only both sides keep their promise": (
        "held['both'] > 0.92 and held['cheap labels'] < 0.85 and held['naive'] < 0.05"
    ),
    "one product in five lacks a picture, one a review": (
        "[float((gone == kind).mean()) for kind in (1, 2)] == [0.2, 0.2]"
    ),
    "believing the grey costs nothing where both are there": (
        "missing['both are there']['grey believed']"
        " >= missing['both are there']['a model for each'] - 1e-9"
    ),
    "a model for each is best in each pattern": (
        "all(row['a model for each'] >= max(row.values()) - 1e-9 for row in missing.values())"
    ),
    "the third stream helps": "three > two + 0.05",
    "what is loose costs 0.3 stars": (
        "abs((train.stars - stars3)[loose == 1].mean() - 0.3) < 1e-9"
    ),
    "trees are below addition with few products": (
        "curves['boosted trees'][0] < curves['late, with care'][0]"
    ),
    "hand-made readings beat any number of stars here": (
        "curves['hybrid'][0] > curves['boosted trees'][-1]"
    ),
    "the naive estimate says that the boxes pay, and they do not": "rows[0][1] > 0 > rows[1][1]",
    "what is left is worth less than 50,000 and more than 40,000": (
        "40_000 < -both * worth < 50_000"
    ),
    "at twice the sales the boxes pay": "-both * 2 * worth > 50_000",
    "the finish brings more than the boxes, at no cost": "rows[2][1] > rows[0][1]",
}
HELPERS = """
def gloss_moves(use, model):
    looks = {"clamshell": 0, "clutter": 0, "colour": 0}
    matte, glossy = (widgets.predicted({**looks, "glossy": shine})[0] for shine in (0, 1))
    return glossy[use][model] - matte[use][model]
def off(way):
    return np.mean([abs(found[way][0] - true) for true, found in again])
def mean_found(way, effect):
    return np.mean([found[way][0] for true, found in again if true == effect])
"""
