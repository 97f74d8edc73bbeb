"""What the lesson of module 14 states, checked by ``test_lessons.py``."""

PICTURES = 4
EXPLORERS = ("widgets.explore_year(", "widgets.explore_path(")
STATED = (
    ("[20] hours for six modules", "hours('Data scientist')"),
    ("hours for [six] modules, so", "len(steps)"),
    ("she ends [20] minutes before the last module", "sum(s.minutes for s in steps) - 20 * 60"),
    ("it is [41] hours and 11", "hours('ML engineer')"),
    ("41 hours and [11] modules", "len(skills.path('ML engineer'))"),
    ("All but one, so [four]. Only", "sum(careless.values())"),
    ("of task 1 accepts [one].", "sum(verdict.valid for verdict in careful.values())"),
    ("What remains of [97] is", "ORIGIN['created']"),
    ("a net gain of [12] million", "ORIGIN['created'] - ORIGIN['displaced']"),
    ("renewed survey has [78] million", "RENEWED['created'] - RENEWED['displaced']"),
    ("has [2,000] customers a year", "year.CUSTOMERS"),
    ("maintenance plan costs [20] €", "year.COST"),
    ("a missing part costs [24] €", "year.SHORT"),
    ("one left over [4] €", "year.OVER"),
    ("further apart than [ten] points", "100 * year.BOUND"),
    ("every offer adds [14] € less", "year.DROP"),
    ("The oracle earns [4,300] €", "round(euros['the oracle']['sum'], -2)"),
    ("[11,700] € are lost", "round(-euros['offers to who brings most']['sum'], -2)"),
    ("Half, [2,300] €, with", "round(by_hand(widgets.RANKINGS[0], 0.15), -2)"),
    ("and [3,900] € are reached", "round(by_hand(widgets.RANKINGS[1], 0.25, 600), -2)"),
    ("take Mara about [40] hours", "HOURS"),
    ("At [50] € an hour", "WAGE"),
    ("they cost [2,000] €. Against", "HOURS * WAGE"),
    ("is worth [4,543] € more", "gained"),
    ("if she reaches [80] % of that", "100 * REACHED"),
    ("With about [1,100]. A dealer", "round(pays_from, -2)"),
)
# Claims in words.
HELD = {
    "module 07 needs 03, which no ML engineer is asked for": (
        "'03_explainable_ai' in titles['07_neuro_symbolic_diagnosis'].prerequisites"
        " and 'ML engineer' not in titles['03_explainable_ai'].roles"
        " and [s.name for s in skills.path('ML engineer') if 'ML engineer' not in s.roles]"
        " == ['03_explainable_ai']"
    ),
    "five modules fit into her 20 hours, six do not": (
        "sum(s.minutes for s in steps[:5]) <= 1200 < sum(s.minutes for s in steps)"
    ),
    "the addresses are those of the world": (
        "skills.OCCUPATIONS['Data scientist'][0] == '15-2051.00'"
        " and skills.OCCUPATIONS['ML engineer'][0] == '15-1252.00'"
    ),
    "only the record whose points were raised fails the careless check": (
        "[name for name, fits in careless.items() if not fits] == ['points raised']"
    ),
    "each of the others is refused for its own reason": (
        "[v.kind for v in careful.values()]"
        " == ['valid', 'altered', 'unknown issuer', 'expired', 'not the holder']"
    ),
    "all five say 93 of 100": (
        "all(one['credentialSubject']['result'][0]['value'] == '93' for one in desk.values())"
    ),
    "offers to who brings most cost more than any other slip alone": (
        "min(list(euros)[:5], key=lambda name: euros[name]['sum']) == 'offers to who brings most'"
    ),
    "last year's parts turn the year into a loss": "euros[\"last year's parts\"]['sum'] < 0",
    "no slip comes near the oracle": (
        "sorted(one['sum'] for one in euros.values())[-2] < 0.7 * euros['the oracle']['sum']"
    ),
    "the oracle pays no fine": "euros['the oracle']['regions'] == 0",
    "for most customers an offer adds less than it costs": "(hidden.net < 0).mean() > 0.5",
    "more offers need more parts": "year.enough(hidden, late) > parts > last_year",
    "with more than 15 % the fine grows faster than what offers add": (
        "max(range(21), key=lambda n: by_hand(widgets.RANKINGS[0], n / 20)) == 3"
    ),
    "half of what the oracle earns": (
        "0.45 < by_hand(widgets.RANKINGS[0], 0.15) / euros['the oracle']['sum'] < 0.55"
    ),
    "500 customers do not pay for the work": "pays_from > 500",
}
HELPERS = """
def hours(role):
    return sum(step.minutes for step in skills.path(role)) / 60
def by_hand(ranking, share, parts=None):
    chosen = widgets.offers_by(hidden, ranking, share)
    parts = year.enough(hidden, chosen) if parts is None else parts
    return year.balance(hidden, chosen, parts)["sum"]
"""
