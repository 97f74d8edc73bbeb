"""What the lesson of module 08 states, checked by ``test_lessons.py``."""

PICTURES = 8
EXPLORERS = ("widgets.explore_base_stock(", "widgets.play_storm_day(")
STATED = (
    ("[42] % more. With 100 units", "100 * (at_mean / week_costs.min() - 1)"),
    ("The cheapest quantity is [125] units", "cheapest"),
    ("It costs [42.0] € a week", "week_costs.min()"),
    ("instead of [59.8] €", "at_mean"),
    ("[5] for shelf A", "best_orders[20, 0, 0, 0]"),
    ("and [0] for shelf B", "best_orders[0, 0, 10, 10]"),
    ("The title falls from [9.9] %", "loss[3, 0]"),
    ("to [2.5] %. If a lost sale", "loss[3, 3]"),
    ("The best base-stock level costs [9.9] % more", "100 * (level_costs.min() / least - 1)"),
    ("[1.5] %. One number more", "loss_with_cap[3, 0]"),
    ("3 % or [0.3] %? <details>", "100 * (gentle / least - 1)"),
    (
        "<summary>Open when you have guessed</summary> [0.3] %. On this shelf",
        "100 * (gentle / least - 1)",
    ),
    ("saves [6] %. </details>", "100 * (1 - never_twice / base_stock_3)"),
    ("9.9 % is [24] € a year", "52 * (rules['base-stock 25'] - least)"),
    ("pays [244],000 € a year", "520 * (rules['base-stock 25'] - least)"),
    (
        "the cap alone saves [208],000 €",
        "520 * (rules['base-stock 25'] - rules['base-stock 26, at most 5 at once'])",
    ),
    ("base-stock is [0.3] % above the best possible. There is nothing", "loss[0, 3]"),
    ("only [122,880] states", "len(states)"),
    ("([26] units in the whole network)", "1.3 * spread"),
    ("[12] %: 47.8 € a day", "100 * (dear / cheap - 1)"),
    ("12 %: [47.8] € a day", "dear"),
    ("instead of [42.7] €. The stormiest", "cheap"),
    ("The stormiest quarters have [18] storm days", "storm_days[stormiest].mean()"),
    ("calmest [4]. </details>", "storm_days[calmest].mean()"),
    ("With [40] units instead of 26", "spread * safeties[by_safety.mean(1).argmin()]"),
    ("the stormiest quarters cost [43.9] €", "one_safety[stormiest].mean()"),
    ("Beyond [51] units", "spread * safeties[by_safety[:, stormiest].mean(1).argmin()]"),
    ("saves another [3] % on average", "100 * (1 - by_weather.mean() / one_safety.mean())"),
    ("where the best is [25]", "levels[level_costs.argmin()]"),
    ("Yes, the steps end near [25]", "visited[-10:].mean()"),
    ("is [3.4] € a year on this shelf", "0.52 * least * (loss_with_cap[3, 0] - 0.1)"),
    ("**nearest request**, [6.4] hours a day", "nearest.mean()"),
    ("[2] % earlier on average", "100 * saving"),
    ("the perfect rule is [9.0] % cheaper", "-lead[2]"),
    ("at 5.5 it is [5.5] % cheaper", "-lead[3]"),
    ("at 6.5 it is [3.1] % more expensive", "lead[5]"),
    ("at 4 it is [2.5] % more expensive", "lead[0]"),
    ("The best is [6.49]", "best_levels[0]"),
    ("The second run ends [2] % above", "chain_gap(bad[-1, :3])"),
)
HELD = {
    "the best of all rules of the position is base-stock 3": (
        "abs(base_stock_3 / min(by_position.values()) - 1) < 1e-6"
    ),
    "the calmest quarters become cheaper too": "one_safety[calmest].mean() < cheap",
    "one day in four it is later": "0.2 < (thumb > nearest + 0.01).mean() < 0.3",
    "the solver loses with one belief and wins with the other": (
        "solver['the storm stays'][0] + solver['the storm stays'][1] < 0"
        " < solver['the storm will be gone'][0] - solver['the storm will be gone'][1]"
    ),
    "at 6 the lead is gone": "abs(lead[4]) < 1",
    "the simulator agrees with the exact cost": (
        "abs(simulated - rules['base-stock 25']) < 2 * error"
    ),
    "within six seconds": (
        "all(r['cpu_seconds'][-1] < 6 for r in learning['methods'] if r['name'] != 'PPO')"
    ),
    "the learned rules pass the cap within seconds": (
        "all(g < 1.466 for r in learning['methods']"
        " for s, g in zip(r['cpu_seconds'], r['gap_percent']) if s > 10)"
    ),
    "the second run's shop level has never moved, its slope is zero": (
        "(bad[:, 0] == 16).all() and (bad[:, 3] == 0).all()"
    ),
    "the first run ends at the optimum": "chain_gap(good[-1, :3]) < 0.1",
    "the slope at level 16 is negative": "slopes[0] < 0",
    "back-propagation ends less than 0.2 % above": (
        "all(r['gap_percent'][-1] < 0.2 for r in learning['methods'] if r['name'] != 'PPO')"
    ),
    "PPO ends less than 0.5 % above": (
        "all(r['gap_percent'][-1] < 0.5 for r in learning['methods'])"
    ),
    "PPO takes several times as long": "3 * ends_after('back-propagation') < ends_after('PPO')",
}
# Names that the expressions above use beside the lesson's own.
HELPERS = """
cheap, dear = quarter_cost[calmest].mean(), quarter_cost[stormiest].mean()
def ends_after(name):
    return min(r['cpu_seconds'][-1] for r in learning['methods'] if r['name'] == name)
"""
