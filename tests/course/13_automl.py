"""What the lesson of module 13 states, checked by ``test_lessons.py``."""

PICTURES = 5
EXPLORERS = ("widgets.explore_stop(", "widgets.explore_curse(")
STATED = (
    ("[16] settings are tried", "TRIALS"),
    ("[29] % is left on churn", "100 * churn_gap['tuned in 16 trials']"),
    ("the search leaves [16] %, and", "100 * credit_gap['tuned in 16 trials']"),
    ("logistic regression [7] %: there", "100 * credit_gap['logistic regression']"),
    ("FLAML leaves [39] % on churn", "100 * churn_gap['FLAML, 48 trials']"),
    ("and is given [48] trials", "48"),
    ("differ in [0.8] % of the rows", "100 * (stamp_off > 1e-5).mean()"),
    ("rows, by up to [0.08]", "stamp_off.max()"),
    ("come in steps of [128].", "np.spacing(np.float32(1.78e9))"),
    ("it leaves [0.07], the grid", "regret['optuna (TPE)'][39]"),
    ("the grid [0.16], random", "regret['two-level grid'][39]"),
    ("random search [0.21].", "regret['random'][39]"),
    ("the other, make [15] trials each", "together / 2"),
    ("After 100 trees it is in [6] of 20", "best_led(100)"),
    ("an AUC of [0.773] in its folds", "promised[60]"),
    ("[0.758], less than the promise", "real[60]"),
    ("less than the promise by [0.015]", "promised[60] - real[60]"),
    ("[0.996] is claimed, and", "row('repeated customers')[1]"),
    ("claimed, and [0.52] is true", "row('repeated customers')[3]"),
    ("A call costs [5] €", "CALL"),
    ("keeps [30] % of those", "100 * KEPT"),
    ("who stays is worth [60] €", "WORTH"),
    ("The search earns [3,861] € a year more", "euros['tuned in 16 trials'] - default"),
    ("bring only [7,114] € more", "euros['the oracle'] - default"),
)
# Claims in words.
HELD = {
    "on credit the search loses to the straight line": (
        "credit_gap['logistic regression'] < credit_gap['tuned in 16 trials']"
    ),
    "the mean of both models is near the better one on each table": (
        "all(one['mean of the last two'] - min(one['logistic regression'],"
        " one['tuned in 16 trials']) < 0.02 for one in gap.values())"
    ),
    "FLAML finds the straight line on credit": (
        "abs(credit_gap['FLAML, 48 trials'] - credit_gap['logistic regression']) < 0.01"
    ),
    "on churn FLAML is behind the sixteen trials": (
        "churn_gap['FLAML, 48 trials'] > churn_gap['tuned in 16 trials'] + 0.05"
    ),
    "two workers say what one says": "spread == here and len(here) == 40",
    "six kinds of models say the same in 32 bits, and one trained in 32 bits with a stamp": (
        "len(kinds) == 6 and all((exports[name][1] <= 1e-5).all()"
        " for name in [*kinds, 'the same, trained in 32 bits'])"
    ),
    "after 10 trials the grid is ahead": (
        "min(regret, key=lambda name: regret[name][9]) == 'two-level grid'"
    ),
    "TPE reaches in 20 trials what random search does not in 40": (
        "regret['optuna (TPE)'][19] < regret['random'][39]"
    ),
    "two of six settings change nothing": "surfaces.USELESS == 2 and surfaces.SETTINGS == 6",
    "some trials are stopped early": "0 < pruned < together",
    "after ten trees the leader never ends best": "best_led(10) == 0",
    "with one model promise and truth agree": "abs(promised[1] - real[1]) < 0.001",
    "with little noise both lines meet": (
        "max(abs(np.subtract(*widgets.winners(0.001, 0.006)))) < 0.001"
    ),
    "more trials make the winner better and the promise worse": (
        "real[200] > real[60] > real[10]"
        " and promised[200] - real[200] > promised[60] - real[60] > promised[10] - real[10]"
    ),
    "five of six tables promise at least 0.05 too much": (
        "sum(one[1] - one[3] >= 0.05 for one in rows) == 5 and len(rows) == 6"
    ),
    "repeated customers are the worst": (
        "max(rows, key=lambda one: one[1] - one[3])[0] == 'repeated customers'"
    ),
    "careful folds are at most 0.06 off": "max(abs(one[2] - one[3]) for one in rows) <= 0.06",
    "no model can pay for the service": "euros['the oracle'] - default < 40_000",
    "at ten times as many customers the search's gain nears the price": (
        "30_000 < 10 * (euros['tuned in 16 trials'] - default) < 40_000"
    ),
}
HELPERS = """
from labkit.trends.automl.world.curves import draw_runs, losses
churn_gap, credit_gap = gap.values()
promised, real = (dict(zip(widgets.TRIED, one)) for one in widgets.winners(0.008, 0.006))
stamp_off = exports["boosted trees, time stamp"][1]
default = euros["LightGBM as it comes"]
def row(kind):
    return next(one for one in rows if one[0] == kind)
def best_led(stop):
    at = int(np.abs(widgets.TREES - stop).argmin())
    runs = [draw_runs(np.random.default_rng(seed)) for seed in range(1, 21)]
    found = [losses(*one, widgets.TREES) for one in runs]
    return sum(int(one[:, at].argmin() == one[:, -1].argmin()) for one in found)
"""
