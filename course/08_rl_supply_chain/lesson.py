# %% [markdown]
# # Lesson 08: how much to order, and which truck goes where
#
# A trader of spare parts asks two questions every day. How much do we order? Which customer does
# the truck visit next? Demand is uncertain, goods arrive late, and the weather moves both.
#
# The textbook answers with simple rules. Reinforcement learning answers with a rule that was learned
# in a simulator. This lesson asks one thing of both: **how far is it from the best
# possible, and what does the difference cost?**
#
# You need no formulas and no code to follow. Guess before you open an answer; move the sliders.
# About 45 minutes, of which the computer needs less than half a minute. The graded lab comes
# afterwards.
#
# **In JupyterLab:** Shift+Enter runs a cell and goes on to the next. The code is folded; *Show or hide
# code* above the lesson unfolds it.

# %%
import itertools
import json
import time
from importlib.resources import files

import numpy as np

from labkit.checks.rl_supply_chain import open_lab
from labkit.exercise.cards import table_card

lab = open_lab(edition=1)
data = files("labkit.trends.rl_supply_chain") / "data"

# %% [markdown]
# ## 1 · One shelf, one week
#
# A part sells 100 units a week on average, give or take 30 (a normal distribution with that standard
# deviation). On Monday you fill the shelf. A unit left over on Sunday costs 1 €. A customer who
# finds nothing costs 4 €.
#
# **Predict.** You put exactly 100 units on the shelf, the mean. How much more than necessary do you
# pay, on average: 4 %, 14 % or 42 %?
#
# <details><summary>Open when you have guessed</summary>
#
# 42 % more. With 100 units you run short every second week, at the higher price. The next cell
# computes it, and the plot shows where the cheapest quantity lies.
#
# </details>

# %%
from labkit.pictures import palette
from labkit.pictures.plot import picture
from labkit.trends.rl_supply_chain import metrics

week = {"distribution": "normal", "mean": 100.0, "sd": 30.0}
quantities = np.arange(70, 191)
week_costs = metrics.newsvendor_cost(quantities, week, holding=1.0, penalty=4.0)
cheapest = int(quantities[week_costs.argmin()])
at_mean = metrics.newsvendor_cost(100, week, holding=1.0, penalty=4.0)

plot, axes = picture(
    "units on the shelf on Monday",
    "expected cost of the week (€)",
    f"Expected cost against units on the shelf. It falls to {week_costs.min():.1f} euros at "
    f"{cheapest} units and rises again; at the mean of 100 units it is {at_mean:.1f} euros.",
    width=8.5,
    height=4.6,
)
axes.plot(quantities, week_costs, color=palette.BLUE, lw=2.5)
for units, cost, colour, beside in (
    (100, at_mean, palette.VERMILION, (12, 8)),
    (cheapest, week_costs.min(), palette.GREEN, (-50, -28)),
):
    axes.plot(units, cost, "o", color=colour, ms=11)
    axes.annotate(f"{units} units: {cost:.1f} €", (units, cost), beside,
                  textcoords="offset points", fontsize=palette.TEXT)  # fmt: skip
axes.set_ylim(0, 140)
plot

# %% [markdown]
# The cheapest quantity is 125 units, a quarter above the mean. It costs 42.0 € a week instead of
# 59.8 €. Nobody learned anything here. This problem has had an exact answer for decades; it is
# called the newsvendor. **Where an exact answer exists, use it.**
#
# One question to test the idea. Open the option you believe in.

# %%
lab.quiz("critical_ratio")

# %% [markdown]
# ## 2 · The goods arrive four weeks later
#
# Now a slow mover. Customers ask for 5 units a week on average (a Poisson distribution). What you order
# today arrives in four weeks. A unit left over costs 1 € a week, a lost sale 4 €. A customer who
# finds nothing goes elsewhere and does not come back for it: these are **lost sales**.
#
# The usual rule is **base-stock**. Add up what is on hand and on its way (the
# *inventory position*), and order what is missing from a fixed level. With level 25 and a position
# of 20, order 5.

# %% [markdown]
# **Predict.** Two shelves have an inventory position of 20. Base-stock 25 orders 5 for both. What
# would the best possible rule order?
#
# - Shelf A: 20 on hand, nothing on its way.
# - Shelf B: nothing on hand, nothing next week, 10 units in two weeks and 10 in three.
#
# <details><summary>Open when you have guessed</summary>
#
# 5 for shelf A and 0 for shelf B. Shelf B will sell nothing this week and next. Those customers
# are gone, so the 20 units will be there later, and an order of today would come on top of them.
# The sum of the stock is the same; *when* it arrives is not. Base-stock cannot see that. How much it
# costs not to see it is another question, which we come back to.
#
# </details>

# %%
tables = np.load(data / "optimal_orders.npz")
best_orders = tables["orders_L4_p4"]
shelves = {
    "A": (20, 0, 0, 0),
    "B": (0, 0, 10, 10),
    "in between": (5, 5, 5, 5),
}
table_card(
    "What to order today",
    "lead time 4 weeks, inventory position 20",
    ("shelf", "on hand", "on its way", "base-stock 25", "best possible"),
    [
        (name, str(state[0]), ", ".join(map(str, state[1:])), "5", str(best_orders[state]))
        for name, state in shelves.items()
    ],
)

# %% [markdown]
# **Play.** Each dot is an order that is best in some state of the shelf: the larger the dot, the
# more states. The line *base-stock* is the rule at the level you choose; the title says what it
# costs, and what the best level does.
#
# 1. Move the level. Is there one at which the line runs through the dots?
# 2. Set the lead time to 1. Why does the line fit now?
# 3. Keep lead time 4 and raise the penalty of a lost sale from 4 to 39. What happens to the percent
#    in the title?

# %%
from labkit.trends.rl_supply_chain import widgets

widgets.explore_base_stock()

# %% [markdown]
# <details><summary>What to see</summary>
#
# 1. No. The dots lie flat near the demand of one week, the line falls steeply. At low positions it
#    orders far too much at once: it covers demand that will be lost before the goods arrive.
# 2. What is ordered now is on the shelf next week. Hardly any demand is lost until then, and every
#    missing unit has to be made up for.
# 3. The title falls from 9.9 % to 2.5 %. If a lost sale is very expensive, one hardly ever loses a
#    sale, and then a missing unit has to be made up for again.
#
# </details>

# %%
lab.quiz("lost_sales")

# %% [markdown]
# ### What is the difference worth, and can it be had without learning?
#
# The smallest repair of base-stock is a **cap**: order what is missing from the level, but never
# more than a fixed number of units at once.
#
# **Predict.** The best base-stock level costs 9.9 % more than the best possible rule. How much
# of that is left with a cap: 8 %, 5 % or 1.5 %?
#
# <details><summary>Open when you have guessed</summary>
#
# 1.5 %. One number more, no computer in the warehouse, and most of the gain is there. Any learned
# rule has to be compared with this one, not only with base-stock.
#
# </details>

# %%
from labkit.trends.rl_supply_chain import baselines

poisson = {"distribution": "poisson", "mean": 5.0}
shelf = (4, poisson, 1.0, 4.0)  # weeks of lead time, demand a week, € a unit left, € a lost sale
states = metrics.all_states(*shelf)
largest_order = metrics.max_order(*shelf)


def exact_cost(orders):
    """Return the long-run cost in € a week of one order for each state, without simulation."""
    return metrics.lost_sales_cost(np.minimum(orders, largest_order), *shelf)


levels = np.arange(14, 30)
level_costs = np.array([exact_cost(baselines.base_stock(states, level)) for level in levels])
least = exact_cost(best_orders.ravel())
rules = {
    "base-stock 25": level_costs[levels == 25].item(),
    "base-stock 26, at most 5 at once": exact_cost(baselines.capped_base_stock(states, 26, 5)),
    "best possible": least,
}
table_card(
    "Three rules for one shelf",
    "exact cost, no simulation",
    ("rule", "€ a week", "above the best", "€ a year above the best"),
    [
        (rule, f"{cost:.3f}", f"{cost / least - 1:.1%}", f"{52 * (cost - least):.1f}")
        for rule, cost in rules.items()
    ],
)

# %% [markdown]
# 9.9 % is 24 € a year on this shelf. For one shelf nobody should move a finger. A trader with
# 10,000 such shelves pays 244,000 € a year; the cap alone saves 208,000 € of them.
#
# ### Does it matter when the goods arrive?
#
# A cap still looks at nothing but the position. So does this rule: order 0.4 units for every unit
# that is missing from 31, rounded, and never more than 5.
#
# **Predict.** The rule cannot tell shelf A from shelf B. How far is it from the best possible: 8 %,
# 3 % or 0.3 %?
#
# <details><summary>Open when you have guessed</summary>
#
# 0.3 %. On this shelf the position is nearly all one has to know, because orders of nearly the same
# size are on their way every week: shelves like B hardly ever occur. Base-stock is expensive for
# another reason. It orders a whole unit for every unit missing, and part of that demand will be lost
# before the order arrives.
#
# There are shelves on which it matters. Take a slow mover with a lead time of five weeks that sells
# one unit in 55 of 100 weeks; a lost sale costs 2.50 €. Of 729 rules that
# look at the position alone the best is base-stock 3. One look at the pipeline, "never order two weeks in a row", saves
# 6 %.
#
# </details>

# %%
position = states.sum(axis=1)
gentle = exact_cost(np.minimum(np.rint(0.4 * np.maximum(31 - position, 0)), 5))
print(
    f"0.4 units for every unit missing from 31: {100 * (gentle / least - 1):.2f} % above the best"
)

one_or_none = {"distribution": "discrete", "values": [0, 1], "probabilities": [0.45, 0.55]}
slow = (5, one_or_none, 1.0, 2.5)
slow_states = metrics.all_states(*slow)
slow_position = slow_states.sum(axis=1)
by_position = {
    rule: metrics.lost_sales_cost(
        np.array([*rule, *np.zeros(99)])[slow_position.astype(int)], *slow
    )
    for rule in itertools.product((0, 1, 2), repeat=6)  # what to order at position 0, 1, ... 5
}
best_by_position = min(by_position, key=by_position.get)
base_stock_3 = metrics.lost_sales_cost(baselines.base_stock(slow_states, 3).clip(0, 2), *slow)
last_week = slow_states[:, -1]
rested = (slow_position <= 2) & (last_week == 0)
never_twice = metrics.lost_sales_cost(rested.astype(int), *slow)
print(f"slow mover: base-stock 3 {base_stock_3:.3f} €, best of {len(by_position)} rules of the "
      f"position {by_position[best_by_position]:.3f} €, never two weeks in a row {never_twice:.3f} €")  # fmt: skip

# %% [markdown]
# Is the loss as large on every shelf? Here is what base-stock loses, and what it loses with a cap, for other
# lead times and penalties.

# %%
loss = 100 * (tables["base_stock_cost"] / tables["optimal_cost"] - 1)
loss_with_cap = 100 * (tables["capped_cost"] / tables["optimal_cost"] - 1)
table_card(
    "Above the best possible: base-stock, and with the best cap",
    "demand 5 a week, 1 € a unit left and week",
    ("weeks of lead time", *(f"lost sale {penalty} €" for penalty in tables["penalties"])),
    [
        (str(weeks), *(f"{plain:.1f} %, {cap:.1f} %" for plain, cap in zip(*row, strict=True)))
        for weeks, *row in zip(tables["lead_times"], loss, loss_with_cap, strict=True)
    ],
)

# %% [markdown]
# **When it is not worth it.** With a lead time of one week and a lost sale at 39 €, base-stock is
# 0.3 % above the best possible. There is nothing left to learn. The gain grows with the lead time
# and shrinks with the price of a lost sale. Most of it needs a cap, not a neural network.

# %% [markdown]
# ## 3 · Practise where mistakes are free
#
# So far one could compute the best rule, because the shelf has only 122,880 states worth looking
# at. A real network has too many. Then one practises in a **simulator**, because a mistake in the
# warehouse costs weeks and money.
#
# A simulator has to earn trust first. This one plays 250 copies of the shelf for 2,000 weeks, nearly
# 10,000 years of one shelf. Does it agree with the exact cost?


# %%
from labkit.trends.rl_supply_chain.world.lost_sales import LostSalesVec


def simulate(rule, demand_a_week=5.0, weeks=2_000, copies=250):
    """Return the mean cost in € a week of an ordering rule, and its standard error."""
    distribution = {"distribution": "poisson", "mean": demand_a_week}
    shelves = LostSalesVec(copies, 4, distribution, 1.0, 4.0, horizon=weeks + 100, max_order=40)
    state, _ = shelves.reset(seed=0)
    total = np.zeros(copies)
    for week in range(weeks + 100):
        state, reward, *_ = shelves.step(rule(state))
        if week >= 100:  # by then the start is forgotten
            total -= reward
    return total.mean() / weeks, total.std() / weeks / copies**0.5


start = time.process_time()
simulated, error = simulate(lambda state: baselines.base_stock(state, 25))
seconds = time.process_time() - start
print(f"simulated {simulated:.3f} ± {2 * error:.3f} € a week, exact {rules['base-stock 25']:.3f}")
print(f"{250 * 2_100:,} weeks in {seconds:.2f} s of CPU time")

# %% [markdown]
# The two agree within the error of the simulation. Two habits to take along: **check a simulator
# against a number that is known**, and say how uncertain its answer is.

# %% [markdown]
# ### A digital twin: one warehouse, four shops, and the weather
#
# A supplier fills a warehouse, the warehouse fills four shops that sell 20 units a day together.
# The weather changes from day to day:
#
# | | calm | rain | storm |
# |---|---|---|---|
# | customers ask for | 100 % | 125 % | 60 % |
# | supplier to warehouse | 2 days | 3 days | 5 days |
# | warehouse to shop | 1 day | 2 days | 3 days |
#
# Keeping a unit costs 1 € a day in a shop and 0.50 € in the warehouse; a lost sale costs 9 €. All
# five places run on base-stock. A level is the demand of the calm delivery time and one day more,
# plus **safety stock**.
#
# **Predict.** Play 1,500 quarters of 90 days and sort them by the number of storm days. With the
# safety stock that suits calm delivery times (26 units in the whole network), how much more do
# the stormiest quarters cost than the calmest: 2 %, 12 % or 50 %?
#
# <details><summary>Open when you have guessed</summary>
#
# 12 %: 47.8 € a day instead of 42.7 €. The stormiest quarters have 18 storm days, the
# calmest 4.
#
# </details>

# %%
from labkit.trends.rl_supply_chain.world import network

shop_demand = np.array([4.0, 6.0, 3.0, 7.0])
delivery_demand = np.append(3 * shop_demand.sum(), 2 * shop_demand)  # warehouse, then shops


def play_quarters(safety, days=90, quarters=1_500):
    """Return storm days and cost in € a day of each quarter.

    `safety` says how many standard deviations of the delivery demand are kept as safety stock: one
    number, or one each for calm, rain and storm.
    """
    safety = np.broadcast_to(safety, 3)
    twin = network.NetworkVec(quarters, means=shop_demand, horizon=days + 1)
    seen, _ = twin.reset(seed=8)
    storm_days, cost = np.zeros(quarters), np.zeros(quarters)
    for _ in range(days):
        weather = network.weather_today(seen)
        storm_days += weather == network.WEATHER.index("storm")
        levels = delivery_demand + safety[weather, None] * np.sqrt(delivery_demand)
        missing = levels - network.inventory_positions(seen, shops=4)
        seen, reward, *_ = twin.step(np.clip(missing, 0, 100))
        cost -= reward
    return storm_days, cost / days


storm_days, quarter_cost = play_quarters(safety=1.3)
calmest = storm_days <= np.quantile(storm_days, 0.2)
stormiest = storm_days >= np.quantile(storm_days, 0.8)
for name, group in (("calmest", calmest), ("stormiest", stormiest)):
    print(
        f"{name} quarters: {storm_days[group].mean():.0f} storm days, "
        f"{quarter_cost[group].mean():.1f} € a day"
    )

# %% [markdown]
# ### What does more safety stock buy back?
#
# The manager's next question: we cannot stop the storm, but we can hold more. How much more, and
# what does it cost us when the quarter turns out calm?

# %%
safeties = np.arange(0.75, 4.01, 0.25)
spread = np.sqrt(delivery_demand).sum()
by_safety = np.array([play_quarters(safety)[1] for safety in safeties])
curves = {
    "stormiest quarters": (by_safety[:, stormiest].mean(1), palette.VERMILION, "s"),
    "calmest quarters": (by_safety[:, calmest].mean(1), palette.BLUE, "o"),
}
plot, axes = picture(
    "safety stock in the whole network (units)", "cost (€ a day)",
    "Cost a day against safety stock. "
    + " ".join(
        f"In the {name} it is least, {cost.min():.1f} euros, "
        f"with {spread * safeties[cost.argmin()]:.0f} units."
        for name, (cost, *_) in curves.items()
    ),
    width=8.5, height=4.6,
)  # fmt: skip
for name, (cost, colour, marker) in curves.items():
    axes.plot(spread * safeties, cost, color=colour, marker=marker, lw=2.5, label=name)
axes.axvline(1.3 * spread, color=palette.GREY, ls="--", lw=1.8)
axes.annotate("for calm delivery", (1.3 * spread, 57), (6, 0), textcoords="offset points",
              fontsize=palette.TEXT, color=palette.GREY)  # fmt: skip
axes.set_ylim(36, 60)
axes.legend(fontsize=palette.TEXT, loc="lower right")
plot

# %%
by_weather = play_quarters(safety=(2.0, 3.0, 4.0))[1]
one_safety = by_safety[by_safety.mean(1).argmin()]
table_card(
    "Safety stock that stays, and safety stock that follows the weather",
    f"€ a day; one standard deviation is {spread:.0f} units in the whole network",
    ("safety stock, in standard deviations", "calmest", "stormiest", "all quarters"),
    [
        (name, *(f"{cost[group].mean():.1f}" for group in (calmest, stormiest, slice(None))))
        for name, cost in (
            ("1.3 always, the plan for calm delivery", quarter_cost),
            (f"{safeties[by_safety.mean(1).argmin()]:g} always, the best fixed one", one_safety),
            ("2 when calm, 3 in rain, 4 in storm (a guess)", by_weather),
        )
    ],
)

# %% [markdown]
# With 40 units instead of 26, the best fixed safety stock, the stormiest quarters cost 43.9 € a day
# instead of 47.8 €. Nobody has to regret it when the quarter turns out calm: the calmest quarters
# become cheaper too. Beyond 51 units more stock costs more than it saves, even in the stormiest
# quarters.
#
# The last row is the opening for learning. A guessed rule that looks out of the window saves
# another 3 % on average. It has three numbers. Which numbers are best, for five places, with goods under way
# that nobody counts in the same way? **Such a rule is a policy, and a policy can be learned in the
# twin.**

# %% [markdown]
# ## 4 · A simulator that says what to change
#
# There are two ways to learn from a simulator.
#
# - **Trial and error.** Try orders, look at the cost, do more often what went well. PPO works like
#   that. It needs the cost and nothing else, so it works with any simulator.
# - **Back-propagation.** If the simulator is made of smooth pieces, one can ask it after a run: had
#   I ordered a little more that day, what would it have cost? The answer is a slope. It comes with
#   the same run, for all orders at once.
#
# Here is the second way with the smallest policy there is: **one number**, the base-stock level of
# the shelf of section 2.
#
# **Predict.** We start at level 16, where the best is 25. Which sign does the slope have, and will
# steps down the slope end at 25?
#
# <details><summary>Open when you have guessed</summary>
#
# The slope is negative: a higher level costs less. Yes, the steps end near 25. They do not land on
# it exactly, because every run sees other customers, and near the bottom the curve is flat.
#
# </details>


# %%
import torch

from labkit.trends.rl_supply_chain.world.lost_sales import lost_sales_step

torch.set_num_threads(1)


def cost_and_slope(level, weeks=50, copies=500):
    """Play base-stock on many copies of the shelf: € a week, and its slope in the level."""
    level = torch.tensor(level, requires_grad=True)
    state = torch.tensor([[10.0, 5.0, 5.0, 5.0]]).repeat(copies, 1)
    paid = []
    for _ in range(weeks):
        asked = torch.poisson(torch.full((copies,), 5.0))
        state, cost = lost_sales_step(state, torch.relu(level - state.sum(1)), asked, 1.0, 4.0)
        paid.append(cost.mean())
    average = torch.stack(paid[10:]).mean()
    return average.item(), torch.autograd.grad(average, level)[0].item()


torch.manual_seed(0)
level, steps = 16.0, []
for _ in range(25):
    cost, slope = cost_and_slope(level)
    steps.append((level, cost, slope))
    level -= 4.0 * slope
visited, paid, slopes = np.array(steps).T

plot, axes = picture(
    "base-stock level (units)", "cost (€ a week)",
    f"Exact cost against base-stock level, least at 25. Steps down the slope start at 16 with slope "
    f"{slopes[0]:.2f} euros a unit and end at {visited[-10:].mean():.1f}.",
    width=8.5, height=4.6,
)  # fmt: skip
axes.plot(levels, level_costs, "o", color=palette.GREY, ms=9, label="exact cost")
axes.plot(
    visited, paid, color=palette.VERMILION, marker="D", ms=5, lw=1.5, label="steps of learning"
)
for at in (0, 3):
    x = np.array([-1.2, 1.2])
    axes.plot(visited[at] + x, paid[at] + slopes[at] * x, color=palette.BLUE, lw=4, alpha=0.8,
              label="slope that the simulator gives" if at == 0 else None)  # fmt: skip
axes.legend(fontsize=palette.TEXT)
plot

# %%
print(f"slope at level 16: {slopes[0]:.2f} € a week for one unit more")
print(f"mean of the last ten steps: level {visited[-10:].mean():.1f}; exact best: 25")

# %% [markdown]
# One number could have been found by trying sixteen of them, as the dots *exact cost* did. The slope
# pays where trying ends: a network with a thousand numbers gets its thousand slopes from one run as
# well. That network may look at every delivery on its way, not only at their sum. Training it is
# task 5 of the lab.

# %% [markdown]
# ## 5 · How good, how soon?
#
# The question of this lesson, in one picture. The shelf of section 2, lead time 4. Across: seconds
# of computing on one core. Up: how far the learned rule is above the best possible cost, computed
# exactly. Both scales are logarithmic. Lines without marks are rules that need no learning.

# %%
from labkit.trends.rl_supply_chain import plots

learning = json.loads((data / "gap_curves.json").read_text())
plots.gap_curves(learning)

# %%
rows = []
for method in ("back-propagation", "PPO"):
    runs = [run for run in learning["methods"] if run["name"] == method]
    ends = [run["gap_percent"][-1] for run in runs]
    longest = max(run["cpu_seconds"][-1] for run in runs)
    rows.append(
        (method, f"{len(runs)}", f"{min(ends):.2f} to {max(ends):.2f} %", f"{longest:.0f} s")
    )
rows += [(rule, "", f"{gap:.2f} %", "none") for rule, gap in learning["baselines"].items()]
table_card(
    "Where they end",
    learning["source"],
    ("rule", "trainings", "above the best possible", "computing"),
    rows,
)

# %% [markdown]
# How to read it.
#
# - Both ways of learning pass base-stock, and the cap as well, within seconds. No magic is in it:
#   the simulator is fast, and the shelf is small.
# - Back-propagation ends less than 0.2 % above the best possible, within six seconds. PPO ends
#   less than 0.5 % above it and takes several times as long. PPO was never told the slopes; that is
#   its price, and the reason why it also works where no slopes exist.
# - From the cap's 1.5 % to 0.1 % is 3.4 € a year on this shelf. That is the whole gain of learning
#   over the best simple rule. It pays on thousands of shelves and on none alone.
# - The bands are different random starts of the same training. Early on they are wide: **one run is
#   no evidence.**

# %% [markdown]
# ## 6 · A truck and a storm
#
# Twenty customers a day, half of them known in the morning, the others call within two hours. One
# truck. A storm drifts over the map; in its middle a drive takes four times as long. The truck
# always goes to the request that can be reached soonest: **nearest request**, 6.4 hours a day.
#
# **Predict.** A dispatcher adds one rule of thumb: a request in the storm waits a little. How much
# earlier is the truck home on average: 2 %, 10 % or 25 %? And on how many days is it home *later*
# because of the rule?
#
# <details><summary>Open when you have guessed</summary>
#
# 2 % earlier on average. On one day in four it is home later. A rule that is right on average is
# wrong on many days, so one good day proves nothing.
#
# </details>

# %%
from labkit.trends.rl_supply_chain.world import routing

names = list(routing.FEATURES)
now, storm = names.index("travel time now"), names.index("storm now")


def wait_out_the_storm(table):
    """Rule of thumb: the nearest request, with a guessed tenth of an hour for the storm there."""
    return -table[..., now] - 0.1 * table[..., storm]


days = routing.draw_days(1_000, seed=2026)
nearest = routing.rollout(days, routing.nearest_request)
thumb = routing.rollout(days, wait_out_the_storm)
saving, half_width = routing.paired_saving(thumb, nearest)
print(f"nearest request: home after {nearest.mean():.2f} h on average of 1,000 days")
print(f"rule of thumb: {100 * saving:.1f} % ± {100 * half_width:.1f} % earlier on the same days")
print(f"earlier on {100 * (thumb < nearest - 0.01).mean():.0f} % of the days, ", end="")
print(f"later on {100 * (thumb > nearest + 0.01).mean():.0f} %")

# %% [markdown]
# **Play one day.** Left: nearest request. Right: the rule of thumb. Press play or move the hour.
# Filled dots were known in the morning, a hollow dot carries the hour at which the customer called,
# grey is done. This is the day with the largest gain of the thousand, shown because the difference
# is easy to see, not because it is typical. Watch where the two trucks part.

# %%
clearest = int((nearest - thumb).argmax())
widgets.play_storm_day(days, wait_out_the_storm, day=clearest, name="rule of thumb")

# %% [markdown]
# ### Against a real routing solver
#
# PyVRP is a strong open-source solver. At every stop it plans a whole tour through all open
# requests, and the truck drives to the first of them. It must be told what a drive will cost later
# in the day. We try two answers, on 100 days:
#
# - *The storm stays where it is* for the rest of the day.
# - *The storm will be gone* after the next drive.
#
# Which one is better is not obvious. Guess, then run.

# %%
from labkit.trends.rl_supply_chain.pyvrp_dispatch import solve_days_with_pyvrp

hundred = routing.draw_days(4_000, seed=777)[:100]  # the first days of the benchmark named below
hundred_nearest = routing.rollout(hundred, routing.nearest_request)
solver = {}
for belief, share in (("the storm stays", 1.0), ("the storm will be gone", 0.0)):
    finish = solve_days_with_pyvrp(hundred, iterations=30, storm_stays=share).finish
    gain, half_width = solver[belief] = routing.paired_saving(finish, hundred_nearest)
    verdict = "earlier" if gain > 0 else "later"
    print(
        f"PyVRP, {belief}: home {abs(gain):.1%} ± {half_width:.1%} {verdict} than nearest request"
    )

# %% [markdown]
# The same solver on the same days loses or wins, by one assumption about the weather. On 400 days
# it is 7.1 ± 2.2 % later than nearest request if it believes that the storm stays, and 7.0 ± 1.5 %
# earlier if it believes that it goes. A learned score that sees the storm's forecast two hours
# ahead is 7.6 ± 0.5 % earlier on 4,000 days; without the forecast it is 5.0 ± 0.5 % earlier.
# (Source: `benchmarks/rl_supply_chain/dispatch.py`.)
#
# For the solver, one assumption decides between losing and winning. For the learned score, the
# forecast is a third of the gain. The learned score and the solver with the better assumption
# cannot be told apart.
# **"Learning beats optimisation" does not follow; each one knew something else.** What does follow:
# a forecast is worth giving to any method, and the learned score, trained in 3 seconds, then needs
# less than a hundredth of the solver's computing time a day.

# %%
lab.quiz("fair_comparison")

# %% [markdown]
# ## 7 · Where it fails
#
# ### The demand is not what it was
#
# A rule that was trained perfectly for 5 customers a week is still run when the demand has moved.
# No real training is better than perfect, so we take the best possible table for demand 5 and play
# it under other demands.
#
# **Predict.** Demand grows. At which demand is plain base-stock 25 cheaper than the "perfect" rule:
# at 5.5 already, at 6.5, or never?

# %%
largest = np.array(best_orders.shape) - 1


def perfect_for_five(state):
    """Look up the order that is best if demand is 5 a week."""
    return best_orders[tuple(np.minimum(state, largest).astype(int).T)]


demands = np.array([4.0, 4.5, 5.0, 5.5, 6.0, 6.5])
unchanged = {
    "base-stock 25": lambda state: baselines.base_stock(state, 25),
    "with a cap: 26, at most 5": lambda state: baselines.capped_base_stock(state, 26, 5),
    "perfect for demand 5": perfect_for_five,
}
moved = {
    name: np.array([simulate(rule, demand)[0] for demand in demands])
    for name, rule in unchanged.items()
}
lead = 100 * (moved["perfect for demand 5"] / moved["base-stock 25"] - 1)
lead_with_cap = 100 * (moved["with a cap: 26, at most 5"] / moved["base-stock 25"] - 1)

plot, axes = picture(
    "true demand (units a week)",
    "cost against base-stock 25 (percent)",
    "Cost of two rules against base-stock 25 under other demands. The rule that is perfect for "
    "demand 5 is at "
    + ", ".join(f"{a:+.1f} percent for {d:g}" for a, d in zip(lead, demands, strict=True))
    + ".",
    width=8.5,
    height=4.6,
)
axes.axhline(0, color=palette.GREY, lw=2, ls="--")
axes.plot(demands, lead, color=palette.BLUE, marker="o", lw=2.5, label="perfect for demand 5")
axes.plot(demands, lead_with_cap, color=palette.ORANGE, marker="s", lw=2.5,
          label="base-stock 26, at most 5 at once")  # fmt: skip
axes.annotate("base-stock 25", (5.0, 0), (0, 6), textcoords="offset points", ha="center",
              fontsize=palette.TEXT, color=palette.GREY)  # fmt: skip
axes.legend(fontsize=palette.TEXT, loc="lower left")
axes.set_ylim(-14, 5)
plot

# %% [markdown]
# <details><summary>The answer</summary>
#
# At 6.5. At demand 5 the perfect rule is 9.0 % cheaper than base-stock 25, at 5.5 it is 5.5 %
# cheaper, at 6 the lead is gone, and at 6.5 it is 3.1 % more expensive. The same happens on the other side:
# at 4 it is 2.5 % more expensive.
#
# </details>
#
# Its lead survives an error of 10 % in the demand and not one of 20 %. All three rules were made for
# demand 5, and all of them should be computed anew when demand moves. The difference: for the
# simple rules somebody has to change one or two numbers, for the learned one somebody has to notice,
# simulate and train again.

# %% [markdown]
# ### The slope is zero
#
# Three stages in a row: a factory store feeds a warehouse, the warehouse feeds a shop. Here unmet
# demand waits. For this system Clark and Scarf proved in 1960 that one level a stage is *exactly*
# optimal, so there is nothing to gain. Can learning at least find the three levels?
#
# We learn them through the simulator, from two starts. Only the shop's level differs much: 5 units
# in the first start, 16 in the second. The best is 6.49.


# %%
from labkit.trends.rl_supply_chain.world import serial

chain = {"lead_times": (1, 1, 2), "holding": (7.0, 4.0, 2.0), "penalty": 37.12}
best_levels = (6.49, 12.02, 22.71)  # example 6.1 of Snyder and Shen (2019)
chain_least = metrics.serial_cost(best_levels, **chain, mean=5.0, sd=1.0)


def chain_gap(chain_levels):
    """Return percent above the least cost, exactly."""
    return 100 * (metrics.serial_cost(chain_levels, **chain, mean=5.0, sd=1.0) / chain_least - 1)


def learn_chain(chain_levels, rounds=45):
    """Move each level against the sign of its slope, in smaller and smaller steps."""
    torch.manual_seed(0)
    chain_levels, path = torch.tensor(chain_levels, requires_grad=True), []
    for number in range(rounds):
        state, paid = torch.tensor([[6.0, 6.0, 6.0, 0.0, 0.0, 0.0, 5.0]]).repeat(128, 1), []
        for _ in range(40):
            position = serial.echelon_inventory_position(state, chain["lead_times"])
            orders = torch.relu(chain_levels - position)
            state, cost = serial.serial_step(state, orders, torch.randn(128) + 5, **chain)
            paid.append(cost.mean())
        (slope,) = torch.autograd.grad(torch.stack(paid[10:]).mean(), chain_levels)
        path.append((*chain_levels.tolist(), slope[0].item()))
        with torch.no_grad():
            chain_levels -= 0.5 * 0.92**number * slope.sign()
    return np.array(path)


good, bad = learn_chain([5.0, 11.0, 20.0]), learn_chain([16.0, 12.0, 20.0])
table_card(
    "Three levels learned through the simulator",
    f"units; least possible cost {chain_least:.2f} a period",
    ("", "shop", "warehouse", "factory store", "slope of the shop's level", "above the least cost"),
    [
        (name, *(f"{units:.1f}" for units in row[:3]), f"{row[3]:.2f}", f"{chain_gap(row[:3]):.1f} %")
        for name, row in (
            ("first start", good[0]), ("ends at", good[-1]),
            ("second start", bad[0]), ("ends at", bad[-1]),
        )
    ],
)  # fmt: skip

# %% [markdown]
# The second run ends 2 % above the least cost, and its shop level has never moved. What does the
# ground look like there?

# %%
shop_levels = np.arange(4.5, 18.01, 0.25)
ground = [chain_gap((level, *best_levels[1:])) for level in shop_levels]
plot, axes = picture(
    "level of the shop (units)", "above the least cost (percent)",
    "Exact cost against the shop's level with the others at their best: a valley at 6.49 and a flat "
    f"plain of {ground[-1]:.1f} percent from 12 on. The first run ends in the valley, the second "
    "falls straight down onto the plain and stays.",
    width=8.5, height=4.6,
)  # fmt: skip
axes.plot(shop_levels, ground, color=palette.GREY, lw=3, label="exact cost, others at their best")
for name, path, colour, marker in (
    ("first start", good, palette.GREEN, "o"),
    ("second start", bad, palette.VERMILION, "s"),
):
    gaps = [chain_gap(row[:3]) for row in path]
    axes.plot(path[:, 0], gaps, color=colour, marker=marker, ms=6, lw=1, label=name)
axes.set(ylim=(-0.4, 8), xlim=(4.5, 18))
axes.legend(fontsize=palette.TEXT, loc="upper right")
plot

# %% [markdown]
# A plain. With a level of 16 the shop takes everything the warehouse has, every day. A little more
# or less changes nothing, so the slope is exactly zero, and zero tells the learner nothing. (It ends
# a little below the line *exact cost* because the two other levels have made the best of it.)
# Choosing a better start helps; so does knowing the theory. **Where a classical rule is exactly
# optimal, learning can only tie or lose.**

# %% [markdown]
# ## 8 · When is it worth it?
#
# | Situation | Use | Because |
# |---|---|---|
# | One order, one period | newsvendor | exact answer; ordering the mean cost 42 % more |
# | A chain whose customers wait | echelon base-stock levels | exactly optimal; learning tied with it from a good start and ended 2 % above from a bad one |
# | Lost sales, short lead time or very expensive shortages | base-stock | 0.3 % from the best possible in the mildest case |
# | Lost sales, long lead time, cheap shortages | base-stock **with a cap** | 1.5 % instead of 9.9 % above the best possible |
# | The same on thousands of shelves, demand well known | a learned policy | takes the last percent; train again when demand moves by 10 to 20 % |
# | Weather, many places, no formula | a twin first, then a learned policy | safety stock by weather, guessed, already saved 3 % |
# | Trucks in changing weather | tell *any* method what the weather will do | for the solver it decided between 7 % later and 7 % earlier |
#
# Before you believe a learned policy, ask four questions. What is the best possible cost? What do
# the simple rules cost on the same days? What did each method know? What happens when the demand
# moves?

# %% [markdown]
# ## Sources
#
# - Clark and Scarf (1960), Optimal policies for a multi-echelon inventory problem, *Management
#   Science* 6(4). [doi:10.1287/mnsc.6.4.475](https://doi.org/10.1287/mnsc.6.4.475)
# - Snyder and Shen (2019), *Fundamentals of Supply Chain Theory*, 2nd edition, Wiley; section 7 uses
#   the numbers of example 6.1.
# - Zipkin (2008), Old and new methods for lost-sales inventory systems, *Operations Research* 56(5).
#   [doi:10.1287/opre.1070.0471](https://doi.org/10.1287/opre.1070.0471). The shelf of section 2 is
#   in table 3(a), with a least cost of 4.73.
# - Xin (2021), Understanding the performance of capped base-stock policies in lost-sales inventory
#   models, *Operations Research* 69(1).
#   [doi:10.1287/opre.2020.2019](https://doi.org/10.1287/opre.2020.2019)
# - Gijsbrechts, Boute, Van Mieghem and Zhang (2022), Can deep reinforcement learning improve
#   inventory management?, *Manufacturing & Service Operations Management* 24(3).
#   [doi:10.1287/msom.2021.1064](https://doi.org/10.1287/msom.2021.1064)
# - Madeka, Torkkola, Eisenach, Luo, Foster and Kakade (2022), Deep inventory management: learning
#   through differentiable simulators. [arXiv:2210.03137](https://arxiv.org/abs/2210.03137)
# - Temizöz, Imdahl, Dijkman, Lamghari-Idrissi and van Jaarsveld (2025), Deep controlled learning for
#   inventory control. [arXiv:2011.15122](https://arxiv.org/abs/2011.15122). Gaps of at most 0.2 %.
# - Schulman, Wolski, Dhariwal, Radford and Klimov (2017), Proximal policy optimization algorithms
#   (PPO). [arXiv:1707.06347](https://arxiv.org/abs/1707.06347)
# - Wouda, Lan and Kool (2024), PyVRP: a high-performance VRP solver package, *INFORMS Journal on
#   Computing* 36(4). [doi:10.1287/ijoc.2023.0055](https://doi.org/10.1287/ijoc.2023.0055)

# %% [markdown]
# ## Now the lab
#
# Open `labs/08_rl_supply_chain/rl_supply_chain.ipynb`. Eight tasks, 100 points, about three hours.
# Every check tells you at once what is right and what is not yet.
#
# 1. Build a simulator exactly as specified, and fast.
# 2. Size the shelf of section 1 for any demand distribution.
# 3. Compute the levels of a chain like the one of section 7.
# 4. Find the best level and cap.
# 5. Train a policy through a supplier's simulator, to within 1.2 % of the best possible. You see
#    neither stock nor demand, but readings that nobody explains, and slopes.
# 6. Train another by trial and error, with PPO, for slow movers, to within 3 %. There are readings
#    again, and no slopes.
# 7. Send the truck around a storm while one town is urgent, by twelve dials that nobody explains: all
#    you see is what each setting cost.
# 8. Write one page to the operations manager. Section 8 is where to begin.
