"""What the lesson of module 03 states, checked by ``test_lessons.py``."""

PICTURES = 7
EXPLORERS = ("widgets.explore_deletion(", "widgets.explore_width(")
STATED = (
    ("sorts [12,000] pictures of moles", "PICTURES"),
    ("right on [97] of 100 pictures", "100 * right['as in the hospital']"),
    ("So [97] % of the malignant", "100 * clinic.SHARE"),
    ("and [3] % of the benign ones", "100 - 100 * clinic.SHARE"),
    ("[71] without a sticker", "100 * right['no sticker']"),
    ("sticker, [29] when it misleads", "100 * right['sticker misleads']"),
    ("The lesion itself can be read: [87] of", "100 * norm.cdf(clinic.CLEAR)"),
    ("The sticker covers [3.5] % of the picture", "100 * clinic.STICKER.size / clinic.SIZE**2"),
    ("with [26] to 42 % of their heat", "100 * sorted(shares.values())[1]"),
    ("to [42] % of their heat", "100 * max(shares.values())"),
    ("Grad-CAM has [5] %", "100 * shares['Grad-CAM']"),
    ("Integrated gradients: [0.49] is left", "alike['integrated gradients'][3]"),
    ("still has [0.70] when two", "alike['guided backpropagation'][2]"),
    ("to [0.32] by then", "alike['saliency'][2]"),
    ("and to [0.05] in the end", "alike['saliency'][3]"),
    ("the hottest-first order has an area of [0.57]", "area('hottest first', 0.7)"),
    ("a random order [0.73]: the map", "area('in random order', 0.7)"),
    ("The random one: [0.26], and", "area('in random order', 3)"),
    ("the map's order [0.52].", "area('hottest first', 3)"),
    ("With −2 both have [1.00]", "area('hottest first', -2)"),
    ("one of [1,984] mortgage applications", "len(loans.rows)"),
    ("by trying all [256] sets of columns", "2 ** len(names)"),
    ("one bar is off by [0.04]", "abs(fast['chance'] - exact['chance']).max()"),
    ("its slope is −[0.37] at a width of 0.2", "-widgets.exact_slopes(0.2)[1]"),
    ("a width of 0.2, and [0.29] at 2", "widgets.exact_slopes(2.0)[1]"),
    ("where [2.04] is right", "widgets.exact_slopes(0.2)[0]"),
    ("*income* gets [0.19] where", "limes(0.2)[:, 0].mean()"),
    ("the second counts [0.9] log-odds", "-shown['open'][2]"),
    ("−[0.13] instead of −0.90", "-shown['hidden'][1]"),
    ("the gap is −[0.90], as in", "-shown['hidden'][2]"),
    ("the first has one of −[0.99]", "-shown['honest'][0]"),
    ("mislead, [80] to 86 of 100", "100 * min(found['cured']['misleading'])"),
    ("80 to [86] of 100 calls", "100 * max(found['cured']['misleading'])"),
    ("stickers added [51] to 66", "100 * min(found['added']['misleading'])"),
    ("added 51 to [66] are", "100 * max(found['added']['misleading'])"),
    ("leave [15] to 37", "100 * min(found['longer']['misleading'])"),
    ("leave 15 to [37].", "100 * max(found['longer']['misleading'])"),
    ("over [five] networks", "len(found['cured']['misleading'])"),
    ("costs [40,000] € in later treatment", "MISSED"),
    ("a needless referral [300] €", "REFERRED"),
    ("[2] % of 12,000 pictures", "100 * MALIGNANT"),
    ("As sold the network misses [51] %", "100 * costs['sticker'][0]"),
    ("and costs [5.1] million", "costs['sticker'][2] / 1e6"),
    ("refer everybody costs [3.5] million", "costs['refer everybody'][2] / 1e6"),
    ("Cured it costs [2.8] million", "costs['cured'][2] / 1e6"),
    ("still misses [27] %", "100 * costs['cured'][0]"),
)
# Claims in words.
HELD = {
    "far worse than a coin where the sticker misleads": "right['sticker misleads'] < 0.4",
    "accuracy on usual pictures says nothing: all three kinds are above 82 %": (
        "min(min(one['usual']) for one in found.values()) > 0.82"
    ),
    "Grad-CAM has hardly more than chance": "0.035 < shares['Grad-CAM'] < 0.06",
    "Grad-CAM misses it in five networks, too": (
        "max(heat['Grad-CAM']) < 0.1 and min(min(heat[m]) for m in heat if m != 'Grad-CAM') > 0.2"
    ),
    "integrated gradients have the sticker most of all": (
        "max(shares, key=shares.get) == 'integrated gradients'"
    ),
    "integrated gradients stay most like themselves": (
        "max(alike, key=lambda name: alike[name][3]) == 'integrated gradients'"
    ),
    "plain gradients go first": (
        "all(alike['saliency'][k] == min(one[k] for one in alike.values()) for k in (1, 2, 3))"
    ),
    "with -2 both orders have 1": "area('in random order', -2) > 0.995",
    "in log-odds both ways agree to 0.001": (
        "abs(fast['log-odds'] - exact['log-odds']).max() < 0.001"
    ),
    "the contributions sum to the distance from the average": (
        "abs(exact['chance'].sum() - forest.predict_proba(person)[0, 1]"
        " + forest.predict_proba(background)[:, 1].mean()) < 1e-9"
    ),
    "the applicant was refused": "approved[48] == 0",
    "at width 2 the runs lie around the lines": (
        "abs(limes(2.0).mean(axis=0) - widgets.exact_slopes(2.0)).max() < 0.06"
    ),
    "every slope is pulled to zero at 0.2": (
        "(abs(limes(0.2)) < abs(widgets.exact_slopes(0.2))).all()"
    ),
    "the honest model's group makes no difference": "abs(shown['honest'][2]) < 1e-6",
    "SHAP sees the open one": "abs(shown['open'][1] + 0.9) < 0.01",
    "only swapping cures": (
        "min(found['cured']['misleading']) > 0.8"
        " and max(found['added']['misleading'] + found['longer']['misleading']) < 0.67"
    ),
    "as sold it costs more than no network": (
        "costs['sticker'][2] > costs['refer everybody'][2] > costs['cured'][2]"
    ),
    "240 are malignant": "PICTURES * MALIGNANT == 240",
}
HELPERS = """
from scipy.stats import norm
heat = clinic.shortcut()["heat"]
def area(order, grey):
    return float(widgets.deletion_curve(orders[order], grey).mean())
def limes(width):
    return np.array([widgets.lime_slopes(width, 300, 100 + run) for run in range(8)])
"""
