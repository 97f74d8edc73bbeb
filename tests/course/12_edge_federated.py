"""What the lesson of module 12 states, checked by ``test_lessons.py``."""

PICTURES = 6
EXPLORERS = ("widgets.explore_drift(", "widgets.explore_privacy(")
STATED = (
    ("Its own, in [92] % against 82 %", "100 * own_here.mean()"),
    ("Its own, in 92 % against [82] %", "100 * common_here.mean()"),
    ("the other way round: [45] % against 82 %", "100 * own_away.mean()"),
    ("the other way round: 45 % against [82] %", "100 * common_away"),
    ("patients from everywhere, by [37] points", "100 * won"),
    ("In [nine] of the ten it is worse", "(common_here < own_here).sum()"),
    ("of the clinic's own kind, by [10] points", "100 * lost"),
    ("After 40 rounds FedAvg leaves [2.4] %", "100 * left[39]"),
    ("[1.4] %, as after 200 rounds", "100 * left[319]"),
    ("are ahead for the first [15] rounds", "ahead(0.1)"),
    ("they stand still, at [7.9] % of the gap", "end(0.1, 30)"),
    ("three steps go on and reach [3.6] %", "end(0.1, 3)"),
    ("stand still as well, but at [1.9] %", "end(100.0, 30)"),
    ("all 40 rounds to come to [2.0] %", "end(100.0, 3)"),
    ("medians of [20] draws of ten clinics", "study['seeds']"),
    ("FedAvg leaves [2.5] %, FedProx 3.1 %", "last('FedAvg')"),
    ("FedAvg leaves 2.5 %, FedProx [3.1] %", "last('FedProx')"),
    ("FedAvgM leaves [0.9] %", "last('FedAvgM')"),
    ("Corrected steps leave [0.03] %", "last(CORRECTED)"),
    ("(alpha 100) FedAvg leaves [0.2] %", "last('FedAvg', '100.0')"),
    ("A clinic has [140] patients", "np.mean(ten_at_home.sizes)"),
    ("with [13] numbers each", "ten_at_home.new_x.shape[1]"),
    ("a model has [65] weights", "best.size"),
    ("The rounds: [104] kB for all ten", "rounds_kb"),
    ("against [73] kB for all patients", "patients_kb"),
    ("since it needs [7] rounds", "needed[CORRECTED]"),
    ("where FedSGD needs [28]", "needed['FedSGD']"),
    ("Epsilon 1: odds of [2.7] to one", "np.exp(1)"),
    ("Epsilon 8: odds of [2,981] to one", "np.exp(8)"),
    ("right in about [81] %. Every client", "100 * by_size['300 clients']['without']"),
    ("[63] %, 77 % and 81 %", "100 * kept(100, 1.0)"),
    ("63 %, [77] % and 81 %", "100 * kept(300, 1.0)"),
    ("63 %, 77 % and [81] %", "100 * kept(1_000, 1.0)"),
    ("costs [18] points with 100 clients", "100 * (kept(100, None) - kept(100, 1.0))"),
    ("with 100 clients, [4] with 300", "100 * (kept(300, None) - kept(300, 1.0))"),
    ("in each of [60] rounds", "noised['rounds']"),
    (
        "Epsilon 1 for every patient costs [1] point;",
        "100 * (by_patient[None] - by_patient[1.0])",
    ),
    ("half of that epsilon costs [2.9]", "100 * (by_patient[None] - by_patient[0.5])"),
    ("one vendor states epsilon [58]", "few['sum']"),
    ("epsilon 58, another [1.22], a third", "few['Rényi']"),
    ("another 1.22, a third [0.46]", "few['normal']"),
    ("number that holds is [0.72]", "few['tight']"),
    ("Adding up the rounds gives [58]", "few['sum']"),
    ("by Rényi divergences, gives [1.22]", "few['Rényi']"),
    ("it holds, and is [1.7] times", "few['Rényi'] / few['tight']"),
    ("[0.46] comes from a popular shortcut", "few['normal']"),
    ("adding up the rounds | [58] | 630 |", "few['sum']"),
    ("adding up the rounds | 58 | [630] |", "many['sum']"),
    ("Rényi divergences | [1.22] | 6.51 |", "few['Rényi']"),
    ("Rényi divergences | 1.22 | [6.51] |", "many['Rényi']"),
    ("tight** | **[0.72]** | **5.82** |", "few['tight']"),
    ("tight** | **0.72** | **[5.82]** |", "many['tight']"),
    ("too low | [0.46] | 5.07 |", "few['normal']"),
    ("too low | 0.46 | [5.07] |", "many['normal']"),
    ("the usual bound is [12] %", "100 * (many['Rényi'] / many['tight'] - 1)"),
    ("[7] points: 75.2 % are right", "100 * (right('mean') - right('median'))"),
    ("7 points: [75.2] % are right", "100 * right('median')"),
    ("are right instead of [82.3] %", "100 * right('mean')"),
    ("and [28] % of the gap is left", "100 * attacked[0.1, 'none', 'median']['gap']"),
    ("is left instead of [2.5] %", "100 * attacked[0.1, 'none', 'mean']['gap']"),
    (
        "saves [5.2] points against wrong",
        "100 * (right('median', 'wrong labels', 100.0) - right('mean', 'wrong labels', 100.0))",
    ),
    ("the median keeps [63] % where", "100 * right('median', 'turned updates')"),
    ("where the mean keeps [30] %", "100 * right('mean', 'turned updates')"),
    ("*worse* than no rule, [66] % against", "100 * right('median', 'wrong labels')"),
    ("than no rule, 66 % against [74] %", "100 * right('mean', 'wrong labels')"),
    ("costs [21] points while all are honest", "100 * (right('mean') - right('Krum'))"),
    ("is right in [75] % of its pictures", "100 * sure.mean()"),
    ("in the cloud is right in [96] %", "100 * cloud"),
    ("By lot it would be [79] %", "100 * answered(orders['by lot'], 0.2)[1]"),
    ("[85] %. Half of what", "100 * answered(orders['least sure first'], 0.2)[1]"),
    ("of [22] % of its pictures the device", "100 * (sure > cloud).mean()"),
    ("if more than [35] % of your patients", "100 * break_even"),
    ("would pay [42],000 € a year", "-worth(0.05) / 1000"),
    ("joining pays from [18] % on", "100 * both_pay"),
)
# Claims in words.
HELD = {
    "in every clinic the common model is better for patients from everywhere": (
        "(own_away < common_away).all()"
    ),
    "most patients of a clinic have one or two of the five diagnoses": (
        "np.mean([np.sort(np.bincount(y, minlength=5))[-2:].sum() / len(y) for y in ten.y]) > 0.8"
    ),
    "about 1,500 patients share the noise": "1300 < len(ten_at_home.together[1]) < 1600",
    "FedAvg stands still from 200 rounds on": "left[199] - left[319] < 0.0001",
    "thirty steps at alpha 100 are still after ten rounds": (
        "np.ptp(widgets._gaps(100.0, 30)[9:]) < 0.0015"
    ),
    "at alpha 0.1 three steps still fall": (
        "widgets._gaps(0.1, 3)[-1] < 0.98 * widgets._gaps(0.1, 3)[-2]"
    ),
    "FedProx is no better than FedSGD in 40 rounds": "last('FedProx') > 0.98 * last('FedSGD')",
    "corrected steps leave eighty times less than FedAvg": (
        "80 < last('FedAvg') / last(CORRECTED) < 95"
    ),
    "they cost twice the bytes": ("methods[CORRECTED]['bytes'] == 2 * methods['FedAvg']['bytes']"),
    "SCAFFOLD needs the least bytes in all": (
        "min(needed, key=lambda name: needed[name] * methods[name]['bytes']) == CORRECTED"
    ),
    "the sum of two masked updates is exact": "list(summed) == [0.75, -1.25, 0.5]",
    "the difference of two sums is the record": (
        "np.allclose(record, joins_x[0]) and guess == joins_y[0]"
    ),
    "1,000 clients lose less than a point": "kept(1_000, None) - kept(1_000, 1.0) < 0.01",
    "the bells lie the same share of their width apart for any number of clients": (
        "len({round(apart(clients), 1) for clients in (300, 1_000)}) == 1"
    ),
    "where clinics are alike the median costs less than a tenth of a point": (
        "0 < right('mean', 'none', 100.0) - right('median', 'none', 100.0) < 0.001"
    ),
    "nearly everything is saved against turned updates where clinics are alike": (
        "right('mean', 'none', 100.0) - right('median', 'turned updates', 100.0) < 0.02"
        " and right('mean', 'turned updates', 100.0) < 0.1"
    ),
    "a fifth of the pictures brings half of the gain": (
        "0.49 < (answered(orders['least sure first'], 0.2)[1] - sure.mean())"
        " / (cloud - sure.mean()) < 0.53"
    ),
    "sending everything is not the best": "curves['least sure first'][1].max() > cloud + 0.003",
    "the least sure pictures take more bytes": (
        "answered(orders['least sure first'], 0.2)[0] > 0.21"
    ),
    "everything costs three times the energy of nothing": (
        "2.9 < spent['everything'] / spent['nothing sent'] < 3.2"
    ),
    "the fifth costs half as much again": (
        "1.4 < spent['the least sure fifth'] / spent['nothing sent'] < 1.55"
    ),
    "with a radio ten times as quick the chip drains the battery": "radio_mj / 10 < chip_mj / 3",
    "the chip takes 82.5 mW": "abs(1_000 * chip_mj / chip_ms - 82.5) < 1e-9",
    "a product took 11.9 cycles in plain C": "abs(plain_c['cycles_per_mac'] - 11.9) < 0.05",
}
# Names that the expressions above use beside the lesson's own.
HELPERS = """
import re, sys
sys.path.append("grader")
from exams.edge_federated.accountant import bounds, central_limit, renyi
def accounts(share, number, delta=1e-5):
    # epsilon of the same rounds by four ways
    setting = 1.0, share, number, delta
    return {"sum": number * bounds(1.0, share, 1, delta / number)[1], "Rényi": renyi(*setting),
            "tight": bounds(*setting)[1], "normal": central_limit(*setting)}
few, many = accounts(0.01, 100), accounts(0.05, 300)
CORRECTED = "corrected steps (SCAFFOLD)"
def end(alpha, steps):
    return 100 * widgets._gaps(alpha, steps)[-1]
def ahead(alpha):
    # rounds in which thirty steps are ahead of three
    return int(np.argmax(np.array(widgets._gaps(alpha, 30)) > np.array(widgets._gaps(alpha, 3))))
def last(method, alpha="0.1"):
    return 100 * study["alphas"][alpha][method]["median"][-1]
def kept(clients, epsilon):
    return next(row["accuracy"] for row in noised["rows"]
                if (row["clients"], row["epsilon"]) == (clients, epsilon))
def right(rule, attack="none", alpha=0.1):
    return attacked[alpha, attack, rule]["accuracy"]
def apart(clients):
    # width of a bell over the distance of the two, as the picture says it
    words = widgets.explore_privacy().draw(clients, 1.0).alt
    width, distance = re.search(r"is ([0-9.]+) clips wide and they lie ([0-9.]+)", words).groups()
    return float(width) / float(distance)
"""
