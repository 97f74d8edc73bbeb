"""What the lesson of module 02 states, checked by ``test_lessons.py``."""

PICTURES = 6
EXPLORERS = ("widgets.explore_cut_offs(", "widgets.explore_release(")
STATED = (
    ("offered the job in [36] % of the cases", "100 * pairs['w'].mean()"),
    ("In [22] %. The difference is 13 points", "100 * pairs['b'].mean()"),
    ("The difference is [13] points", "100 * gap"),
    ("standard error of [3.1], so between", "100 * error"),
    ("so between [7] and 19 points", "100 * gap - 196 * error"),
    ("so between 7 and [19] points", "100 * gap + 196 * error"),
    ("[241] employers later", "len(pairs)"),
    ("mortgage in [91] % of cases", "100 * raw[1]"),
    ("of cases, others in [71] %", "100 * raw[0]"),
    ("How much of these [20] points", "100 * (raw[1] - raw[0])"),
    ("[13] points are left. That is still", "100 * held_fixed"),
    ("and the [7] points that went", "100 * (raw[1] - raw[0] - held_fixed)"),
    ("[18] points. With eight groups", "100 * chance_gaps.mean()"),
    ("there are [28] pairs", "8 * 7 / 2"),
    ("it reports [20] points for", "100 * shown.difference()['selection']"),
    ("and [19] points for the true-positive", "100 * shown.difference()['true positives']"),
    ("again and again: from [15] to", "100 * boot_low"),
    ("[42] points. **The truth", "100 * boot_high"),
    ("hit Black defendants in [45] %", "100 * shares['Black'][ALARM]"),
    ("in 45 %, white ones in [23] %", "100 * shares['white'][ALARM]"),
    ("of those called risky, [63] % and 59 %", "100 * shares['Black'][PRECISE]"),
    ("of those called risky, 63 % and [59] %", "100 * shares['white'][PRECISE]"),
    ("[42] % and 26 %. There is no choice", "100 * forced['Black']"),
    ("42 % and [26] %. There is no choice", "100 * forced['white']"),
    ("base rates of [51] % and 39 %", "100 * shares['Black']['arrested again']"),
    ("base rates of 51 % and [39] %", "100 * shares['white']['arrested again']"),
    ("costs as much as [4.6] repaid loans", "data.LOSS"),
    ("more than [82] % repay", "100 * data.LOSS / (1 + data.LOSS)"),
    ("the bank keeps [99.4] % of the", "100 * before['share']"),
    ("accepts [81] % of the white", "100 * before['true_positive'][0]"),
    ("payers but [55] % of the Black", "100 * before['true_positive'][1]"),
    ("It leaves [70.5] % of the profit", "100 * left('parity')"),
    ("Odds leave [80.4] %", "100 * left('odds')"),
    ("opportunity [92.9] %", "100 * left('opportunity')"),
    ("equal odds cost [20] % of the profit; if", "100 * (1 - left('odds'))"),
    ("differ by three points, [7.6] %", "100 * (1 - left('odds', 0.03))"),
    ("[127] more Black applicants get a loan", "changed[1]"),
    ("of whom [75] repay it", "changed[1] - more_defaults[1]"),
    ("The other [52] do not", "more_defaults[1]"),
    ("[348] fewer white applicants", "-changed[0]"),
    ("[297] of them would have repaid", "more_defaults[0] - changed[0]"),
    ("The bank earns [274],000 € less", "-euros / 1000"),
    ("groups lie [4] points apart: among", "100 * np.ptp(in_truth.true_positive)"),
    ("people there are [60] Black payers", "((group[:2000] == 1) & (repaid[:2000] == 1)).sum()"),
    ("happens to earn [90] %", "100 * library_share"),
    ("leaves a gap of [31] points", "100 * tried['no rule, group not used'][1]"),
    ("alone gave [1.3] points instead", "100 * tried['eps=0.05'][1]"),
    (
        "paid for it with [4.7] points",
        "100 * (tried['no rule, group not used'][0] - tried['eps=0.05'][0])",
    ),
    ("gave [7.8] points. The bound", "100 * tried['difference_bound=0.05'][1]"),
    ("is right in [68.6] % of the cases", "100 * best_blind[0.05]"),
    ("[3.5] points below the best without", "100 * (best_blind[1.0] - best_blind[0.05])"),
    ("it is [0.9] of the promised 1", "told(1, 1)"),
    ("odds of [2.7] to one", "np.exp(1)"),
    ("The accuracy, [69] %, is that of", "100 * right(train)"),
    ("on others it is [62] %", "100 * right(test)"),
    ("by sex alone, [0.66]", "impact_sex"),
    ("together it is [0.26]", "impact_crossed"),
    ("In the crossing, [20] % of the women", "100 * crossed[worst]"),
    ("and [76] % of the men of origin A", "100 * crossed[best]"),
    ("It leaves [95.1] % of the highest", "100 * left('opportunity', 0.05)"),
    (
        "profit, [180],000 € less",
        "10_000 * stored['most'] * (before['share'] - left('opportunity', 0.05))",
    ),
    ("Parity takes [30] % of the profit", "100 * (1 - left('parity'))"),
)
# Claims in words.
HELD = {
    "the worst category are women of origin C, the best men of origin A": (
        "worst == ('female', 'C') and best == ('male', 'A')"
    ),
    "no gap at all is not in the interval of the frame": "boot_low > 0.1",
    "two groups may lie twice as far apart as the bound of the library": (
        "0.05 < tried['difference_bound=0.05'][1] < 0.1"
    ),
    "the largest gap of equals is below 40 points": "chance_gaps.max() < 0.4",
    "with equal precision and misses the false alarms differ": (
        "forced['Black'] > forced['white'] + 0.15"
    ),
    "parity is the most expensive rule": ("left('parity') < left('odds') < left('opportunity')"),
    "a gap of three points cannot be measured in a group of 500": (
        "1.96 * np.sqrt(0.4 * 0.6 / 500) > 0.03"
    ),
    "thirty visits are told apart practically surely": "told(30, 1) > 7",
    "at five visits it is above 4": "4 < told(5, 1) < 5",
    "noise for all thirty visits keeps the promise": "0.85 < told(30, 30) <= 1",
    "parity accepts a third of the Black applicants who would not repay": (
        "0.32 < stored['policies']['parity']['false_positive'][1] < 0.34"
    ),
    "a group of twenty has an interval forty points wide": (
        "0.39 < np.ptp(binomtest(10, 20).proportion_ci(method='wilson')) < 0.41"
    ),
    "groups repay a little differently at the same score, and have very different scores": (
        "abs(curves.good[100, 0] - curves.good[100, 1]) < 0.08"
        " and np.ptp(before['selection']) > 0.4"
    ),
    "one cut-off does not bring odds or opportunity": "np.ptp(before['true_positive']) > 0.2",
    "the table of what applies has a source and a date of reading on each line": (
        "all(row['source'] and row['read'] == '2026-11-28' for row in data.what_applies())"
    ),
}
# Names that the expressions above use beside the lesson's own.
HELPERS = """
from scipy.stats import binomtest
from labkit.privacy_audit import audit_epsilon
ALARM = "false alarm: not arrested, called risky"
PRECISE = "of those called risky, arrested"
def left(rule, bound=0.0):
    return stored["share"][rule][stored["bounds"].index(bound)]
def told(visits, covered):
    return audit_epsilon(*widgets._released(visits, covered, 1.0))
"""
