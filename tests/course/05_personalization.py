"""What the lesson of module 05 states, checked by ``test_lessons.py``."""

PICTURES = 6
EXPLORERS = ("widgets.explore_session(", "widgets.explore_log(")
STATED = (
    ("a family film is watched in [85] % of", "100 * widgets.KNOWN.watch[2, 4]"),
    ("a tired viewer watches it in [30] %", "100 * widgets.KNOWN.watch[0, 4]"),
    ("a curious one in [15] %", "100 * widgets.KNOWN.watch[1, 4]"),
    ("[45] %. After three family films", "100 * widgets.BELIEFS[1, 2]"),
    ("in a row it is [79] %", "100 * widgets.BELIEFS[3, 2]"),
    ("hold the truth in [94] % of", "100 * stored['IPS'][0]"),
    ("it is worth [1.6] % of them", "100 * stored['effective'][-1]"),
    ("(IPS) hold it in [70] %", "100 * stored['IPS'][-1]"),
    ("(DR) still holds in [88] %", "100 * stored['DR'][-1]"),
    ("[340], 656, and **2**", "real['all']['effective']"),
    ("340, [656], and **2**", "real['men']['effective']"),
    ("reads [7.4] clicks per thousand", "1000 * real['women']['estimate']"),
    ("where [4.6] were made", "1000 * real['women']['truth']"),
    (
        "were made, [62] % too many",
        "100 * (real['women']['estimate'] / real['women']['truth'] - 1)",
    ),
    ("and here they are [3.1]", "real['women']['mean weight']"),
    ("the interval ends at [4.5] and", "1000 * (real['men']['estimate'] + real['men']['margin'])"),
    ("just misses the [4.6]", "1000 * real['men']['truth']"),
    ("Hardly anything: [2] %, in the", "100 * gain('greedy')"),
    ("what is uncertain gains [77] %", "100 * gain('upper bounds')"),
    ("knows every taste is [84] % above", "100 * gain('oracle')"),
    ("the bonus gets to [77] %", "100 * gain('upper bounds')"),
    ("20 services it gains [55] %", "100 * min(live['gain']['upper bounds'])"),
    ("falls [53] % below", "-100 * gain('popularity')"),
    ("After [3],000 visits", "len(live['batches']['greedy']) / 10"),
    ("[59] %, in the median of 20 worlds", "100 * middle('next click')"),
    ("Pure chance reaches [60] %", "100 * middle('chance')"),
    ("watch [59] % of what is possible", "100 * middle('next click')"),
    ("*Never bait* gets [91] %", "100 * middle('never bait')"),
    ("but [69] % in the worst world", "100 * min(plans['never bait'])"),
    ("of the [1,008] combinations", "84 * 12"),
    ("by itself gives [48] % in the median", "100 * middle('raw counts')"),
    ("and in [17] of 20 worlds", "worse_than_chance"),
    ("gives [98] % in the worst", "100 * min(plans['counted in parts'])"),
    ("[0.9] for the honest one", "told['noise for a person']"),
    ("for the honest one, [3.5] for", "told['noise for a row']"),
    ("Odds of e^3.5 are [33] to one", "np.exp(3.5)"),
    ("where [2.7] to one was promised", "np.exp(1)"),
    ("viewers, epsilon 1 keeps [99] % of", "100 * used(1.0)"),
    ("epsilon 0.3 keeps [97] %", "100 * used(0.3)"),
    ("At epsilon 0.03 it is [72] %", "100 * used(0.03)"),
    ("is measured at [0.89]", "measured('laplace')"),
    ("many counts at once: [3.3], and", "measured('limit by title')"),
    ("Noise for a row: [3.7].", "measured('one row')"),
    ("is in it in [70] % of the cases", "100 * private['attack'][private['epsilon'].index(1.0)]"),
    ("In [270] audits of honest", "len(honest)"),
    ("they would cost [41] % of what", "100 * (1 - middle('next click'))"),
    ("simulation [55] to 94 %", "100 * min(live['gain']['upper bounds'])"),
    ("simulation 55 to [94] %", "100 * max(live['gain']['upper bounds'])"),
)
# Claims in words.
HELD = {
    "one session in five begins with children": "widgets.KNOWN.prior[2] == 0.2",
    "at the beginning nature films win, after three family films a family film": (
        "first_choice(0) == 'nature' and first_choice(3) == 'family'"
    ),
    "two impressions carry the estimate in the women's campaign": (
        "2 <= real['women']['effective'] < 2.5"
    ),
    "the women's interval starts below zero": (
        "real['women']['estimate'] < real['women']['margin']"
    ),
    "where the log is worth three quarters of its visits": "0.7 < stored['effective'][0] < 0.8",
    "the first batch of the bonus earns no less than the old rule": (
        "live['batches']['upper bounds'][0] >= live['batches']['old log, static'][0]"
    ),
    "nearly all of the gain is exploration": "gain('greedy') < 0.05 * gain('upper bounds')",
    "the best plan without bait leaves something in every world": (
        "max(plans['honest plan']) < 0.99"
    ),
    "the heaviest viewer has 30 rows": "times.max() == 30",
    "the row's vendor breaks its claim, the other does not": (
        "told['noise for a row'] > 1 >= told['noise for a person']"
    ),
    "under epsilon 10 the attacker is nearly always correct": "private['attack'][-1] > 0.99",
    "the honest vendor keeps every claim": (
        "all(a <= e for a, e in zip(private['audit']['laplace'], private['epsilon']))"
    ),
    "limits for each title break every claim but the smallest two": (
        "all(a > e for a, e in zip(private['audit']['limit by title'][2:5],"
        " private['epsilon'][2:5]))"
    ),
    "no audit measured an honest vendor above its claim": "0 < max(honest) < 1",
    "the worlds are twenty": "len(plans['next click']) == len(live['gain']['greedy']) == 20",
}
# Names that the expressions above use beside the lesson's own.
HELPERS = """
from labkit.checks.personalization.vendors import HONEST
def gain(way):
    return np.median(live["gain"][way])
def middle(way):
    return np.median(plans[way])
worse_than_chance = sum(a < b for a, b in zip(plans["raw counts"], plans["chance"]))
def used(epsilon):
    return private["use"][private["epsilon"].index(epsilon)]
def measured(kind):
    return private["audit"][kind][private["epsilon"].index(1.0)]
honest = sum((data.figure("audits")[kind] for kind in HONEST), [])
def first_choice(items):
    worth = widgets.BELIEFS[items] @ widgets.KNOWN.watch
    return widgets.GENRES[worth.argmax()]
"""
