"""What the lesson of module 10 states, checked by ``test_lessons.py``."""

PICTURES = 4
EXPLORERS = ("widgets.explore_looks(", "widgets.explore_drift(")
STATED = (
    ("We show it [200] good days", "200"),
    ("[141] of 200. Incomes rise", "refused['no income outside'][0]"),
    ("AUC of [0.92] (1 is perfect", "tests['balances of today'][0]"),
    ("[0.79]. Production has", "served"),
    ("distributions, is [0.0004] at any", "metrics.shift_distance(0.02)[0]"),
    ("In [99] %. With 100 applicants", "100 * measured['PSI > 0.2']['false']"),
    ("makes a PSI of [0.10] on average", "chance_psi()"),
    ("rings falsely in [4] %", "100 * measured['KS, p < 0.05 / 120']['false']"),
    ("needs [22] days", "measured['KS, p < 0.05 / 120']['delay']"),
    ("and needs [4.9] days", "measured['running sum']['delay']"),
    ("that knows everything needs [3.4]", "measured['knows the drift']['delay']"),
    ("[28] %. One look costs 5 %", "100 * hour"),
    ("One look costs [5] %", "100 * once"),
    ("a false alarm costs [2,000] €", "metrics.FALSE_ALARM"),
    ("on drifted features [400] €", "metrics.LATE_DAY"),
    ("running sum costs [6.6] thousand", "choices['running sum'] / 1000"),
    ("the corrected test [27.3]", "choices['KS, p < 0.05 / 120'] / 1000"),
    ("no alarm at all [48.0]", "choices['no alarm'] / 1000"),
    ("PSI costs [27.6] thousand", "choices['PSI > 0.2'] / 1000"),
    ("costs more than [314] €", "break_even()"),
)
# Claims in words.
HELD = {
    "the second contract refuses none of the good days and all of the bad": (
        "refused['at most 5 % outside'] == [0, 200]"
    ),
    "two good days in three are refused by the first": (
        "130 < refused['no income outside'][0] < 145"
    ),
    "only what was known tells what production shows": (
        "min(tests['balances of today'][0], tests['what had happened'][0]) > served + 0.02"
    ),
    "true gets a score, NaN and 1e400 a 500, text a 422": (
        "list(statuses.values()) == [200, 200, 500, 500, 422]"
    ),
    "the name moves and comes back, and the data's id with it": (
        "[row[1] for row in history] == ['1', '2', '1'] and history[0][2] == history[2][2]"
        " != history[1][2]"
    ),
    "a test rings about a fiftieth with a million rows and not with a thousand": (
        "metrics.expected_p(0.02, 1_000) > 0.05 > metrics.expected_p(0.02, 1_000_000)"
    ),
    "the running sum has as few false alarms as the corrected test": (
        "measured['running sum']['false'] <= measured['KS, p < 0.05 / 120']['false']"
    ),
    "a stricter level holds 5 % over the hour": "metrics.false_rollbacks(0.001, 1)[-1] < 0.05",
    "twelve periods and three drifts a year": "metrics.PERIODS == 12 and metrics.DRIFTS == 3",
}
# Names that the expressions above use beside the lesson's own.
HELPERS = """
def chance_psi():
    rng = np.random.default_rng(0)
    draws = [metrics.psi(rng.standard_normal(6_000), rng.standard_normal(100)) for _ in range(500)]
    return np.mean(draws)


def break_even():
    running = measured['running sum']
    others = [measured[name] for name in ('PSI > 0.2', 'KS, p < 0.05', 'KS, p < 0.05 / 120')]
    return max(
        metrics.DRIFTS * metrics.LATE_DAY * (running['delay'] - one['delay'])
        / (metrics.PERIODS * (one['false'] - running['false']))
        for one in others
    )
"""
