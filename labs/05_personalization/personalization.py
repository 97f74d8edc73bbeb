# %% [markdown]
# # Lab 05: what should this person see next, and what may the system learn from it?
#
# A streaming service loses viewers. You are to find out what people are in the mood for, what a new
# policy would have earned, which titles nobody has tried yet, and how to keep viewers for longer than
# the next click. Then you publish counts without giving anybody away, and test who only claims to. The
# last page is a decision for the product board.
#
# **How it works.** Fill in the cells that raise `NotImplementedError`. The cell below each one
# checks your answer at once, on practice numbers of your own, and tells you what is wrong and what
# to try. `lab.hint("plan")` opens a hint, one more with every call; hints cost nothing.
# `lab.progress()` shows where you are. At grading the same checks run on other numbers, so an
# answer must be computed, not copied. In every task all cases must be right.
#
# NumPy is enough. Time: about two and a half hours. Points: 100. Everything runs in less than half a
# minute on one core.

# %% locked="setup"
import numpy as np

from labkit.checks.personalization import open_lab
from labkit.privacy_audit import audit_epsilon
from labkit.trends.personalization.world import live, logs, loyalty, sessions, views

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · What are they in the mood for (10 points)
#
# Within a session a viewer is in one of a few moods, which nobody sees. `prior` (moods,) is the
# probability of each mood at the first item; `move[i, j]` the probability that mood i is followed by
# mood j at the next item; `watch[i, g]` the probability that an item of genre g is watched in mood i.
# `shown` (items,) holds the genres of the items of one session, `watched` (items,) is 1 where the item
# was watched.
#
# Return an array (items, moods): in row t the probability of each mood **at item t**, given what
# happened up to and including item t, to 1e-8. To try it:
#
# ```python
# known = sessions.draw_moods(np.random.default_rng(1))
# some = sessions.draw_session(np.random.default_rng(2), known)
# intent(*known, some.shown, some.watched)   # compare with some.mood
# ```


# %% solution="intent"
def intent(prior, move, watch, shown, watched):
    """Return the probability of each mood at each item, (items, moods)."""
    ### BEGIN SOLUTION
    belief, rows = prior, []
    for genre, seen in zip(shown, watched, strict=True):
        belief = belief * (watch[:, genre] if seen else 1 - watch[:, genre])
        belief = belief / belief.sum()
        rows.append(belief)
        belief = belief @ move
    return np.array(rows)
    ### END SOLUTION


# %% test="intent" points=10
lab.check("intent", intent)

# %% [markdown]
# ## 2 · What would the new policy have earned (15 points)
#
# An old policy served some visits. `items` (visits,) is what it showed, `clicks` (visits,) 0 or 1, and
# `logged` (visits,) the probability with which it showed just this item. `target` (visits, titles) are
# the probabilities with which a new policy would show each title in that visit; `model` (visits,
# titles) is what some model predicts for the click of each title. The model is off.
#
# Return `(ips, snips, dr, low, high, enough)`:
#
# - the value of the new policy in clicks a visit, by inverse propensity scores, by the same with
#   weights that are normalised to sum to one, and doubly robust, each to 1e-9;
# - a 95 % interval around the doubly robust estimate;
# - `enough`: whether the log is worth at least a twentieth of its visits, that is, whether its
#   *effective sample size* (Kish: the squared sum of the weights over the sum of their squares) is at
#   least 0.05 times their number.
#
# Six shops are drawn, with 20 to 100 logs each. `enough` must be right for every log. Where it is True,
# the interval must hold the truth in at least 88 % of the logs, be 0.93 to 1.08 times as wide as a good
# one, on average, on no log less than 0.72 times, and be wider where the log says less. To try it:
#
# ```python
# rng = np.random.default_rng(1)
# shop = logs.draw_shop(rng, loved=0.25)
# old, new = (logs.softmax(0.7 * rng.normal(size=shop.chance.shape)) for _ in range(2))
# log = logs.draw_log(rng, shop, old, 1_500)
# print(evaluate(log.items, log.clicks, log.logged, new[log.kind], 0.8 * shop.chance[log.kind]))
# print(logs.value(shop, new))
# ```


# %% solution="evaluate"
def evaluate(items, clicks, logged, target, model):
    """Return (ips, snips, dr, low, high, enough)."""
    ### BEGIN SOLUTION
    rows = np.arange(len(items))
    weight = target[rows, items] / logged
    terms = (target * model).sum(axis=1) + weight * (clicks - model[rows, items])
    margin = 1.96 * terms.std() / np.sqrt(len(terms))
    enough = weight.sum() ** 2 / (weight**2).sum() >= 0.05 * len(items)
    ips, snips, dr = (weight * clicks).mean(), np.average(clicks, weights=weight), terms.mean()
    return ips, snips, dr, dr - margin, dr + margin, enough
    ### END SOLUTION


# %% test="evaluate" points=15
lab.check("evaluate", evaluate)

# %% [markdown]
# ## 3 · What it may be worth, at most (10 points)
#
# A service has `titles` titles, numbered from 0. In each visit of a log the visitor had `features`
# (visits, d), was shown the title in `items` (visits,), and gave the reward in `rewards` (visits,). Each
# title has weights of its own, found by ridge regression of the rewards on the features, **in the visits
# in which this title was shown**: w minimises ‖y − X w‖² + `ridge` · ‖w‖². With A = XᵀX + `ridge` · I, the
# uncertainty of visitor x is the square root of xᵀ A⁻¹ x.
#
# Return an array (m, titles) for `visitors` (m, d): x · w plus `width` times that uncertainty, to 1e-8. A
# title that was never shown has no rows. To try it:
#
# ```python
# rng = np.random.default_rng(1)
# x = np.column_stack([np.ones(30), rng.uniform(-1, 1, 30)])
# upper(x, rng.integers(3, size=30), rng.integers(2, size=30), x[:2], 4, 1.0, 0.5)
# ```
#
# In the last column both bounds are 0.5 times the length of the visitor's features.


# %% solution="upper"
def upper(features, items, rewards, visitors, titles, ridge, width):
    """Return upper bounds, (visitors, titles)."""
    ### BEGIN SOLUTION
    columns = []
    for title in range(titles):
        x, y = features[items == title], rewards[items == title]
        inverse = np.linalg.inv(x.T @ x + ridge * np.eye(features.shape[1]))
        spread = ((visitors @ inverse) * visitors).sum(axis=1)
        columns.append(visitors @ inverse @ x.T @ y + width * np.sqrt(spread))
    return np.transpose(columns)
    ### END SOLUTION


# %% test="upper" points=10
lab.check("upper", upper)

# %% [markdown]
# ## 4 · Serve a live audience (15 points)
#
# Now the visitors are live: 3,000 of them, in batches of 100. Before that there is a log of 2,000 visits,
# but half of the titles are new and were never shown in it.
#
# A visitor with features x watches title i with probability (x · wᵢ) · keep ^ recent[genre of i]: what was
# seen lately of the same genre tires, and `keep` is known. The weights wᵢ are not.
#
# `past` is a dictionary of arrays, one row for each visit so far (log and live): `"features"` (n, d),
# `"recent"` (n, genres), `"items"` (n,), `"watched"` (n,). Of the visitors who are there now you know
# `features` (100, d) and `recent` (100, genres). `genre` (titles,) is the genre of each title. All chance
# comes from `seed`, another one for every batch. Return the number of a title for each visitor, (100,).
#
# You start from the static rule (one ridge for each title of the old log, with fatigue, new titles never
# shown), and an oracle knows all weights. In both of two services you must go at least 72 % of the way
# from the one to the other, in items watched per visit. That is at least a third more than the static
# rule earns. Tastes differ: a rule that knows how much each title is liked on average, but looks at no
# visitor, goes 60 % of the way at most. How you explore is up to you: by a bonus for what is uncertain, by
# lot, or everything first and then the best. What counts is what is watched. To try it:
#
# ```python
# rng = np.random.default_rng(1)
# known = live.draw_service(rng, taste=0.2)
# seen, shown, watched = live.draw_history(rng, known, 2_000)
# past = {"features": seen.features, "recent": seen.recent, "items": shown, "watched": watched}
# now = live.draw_visitors(rng, known, 100)
# picked = serve(past, *now, known.genre, known.keep, 1)
# print(live.chances(known, now)[np.arange(100), picked].mean())
# ```


# %% solution="serve"
def serve(past, features, recent, genre, keep, seed):
    """Return a title for each visitor, (100,)."""
    ### BEGIN SOLUTION
    items = past["items"]
    left = keep ** past["recent"][np.arange(len(items)), genre[items]]
    fresh = past["features"] * left[:, None]
    bound = upper(fresh, items, past["watched"], features, len(genre), 1.0, 0.5)
    return (bound * keep ** recent[:, genre]).argmax(axis=1)
    ### END SOLUTION


# %% test="serve" points=15
lab.check("serve", serve)

# %% [markdown]
# ## 5 · Beyond the next click (15 points)
#
# A session goes on until the viewer leaves. The state has three parts: `satisfaction` (0 to 6), `last`
# (the genre shown last, 0 to 5) and `twice` (1 if that genre was shown at least twice in a row). There
# are 12 actions, 2 × genre + bait: a genre, under an honest title (bait 0) or a loud one (bait 1).
# `help(loyalty)` says how watching, satisfaction and leaving hang together; the numbers behind it are
# not known.
#
# `log` is a dictionary of arrays, one row for each of 120,000 steps in which actions were taken by
# chance: `"satisfaction"`, `"last"`, `"twice"`, `"action"`, `"watched"` (0 or 1), `"then"` (the
# satisfaction afterwards) and `"left"` (0 or 1).
#
# Return `(viewer, policy)`. `viewer` is a `loyalty.Viewer` with your estimates: `taste` within 0.025
# of the truth, `up` within 0.06, `tired` within 0.08, `leave` within 0.02, `lift` within 0.012, `miss`
# within 0.008 and `down` within 0.011, about twice what counting the right rows leaves. `policy` is an
# array (7, 6, 2) with an action for each satisfaction, last genre and twice; of it the exact expected
# number of items watched in a session is judged. In both of two worlds it must be at least 95 % of that of
# the best policy. And it must be the best one for your own estimates, however you find it:
# `loyalty.missed(viewer, policy)` may be at most 0.01 items. To try it:
#
# ```python
# truth = loyalty.draw_viewer(np.random.default_rng(1))
# log = loyalty.draw_steps(np.random.default_rng(2), truth, 120_000)
# viewer, policy = plan(log._asdict())
# print(truth, viewer, loyalty.value(truth, policy), loyalty.missed(viewer, policy))
# ```


# %% solution="plan"
def plan(log):
    """Return (viewer, policy): estimates, and an action for each state, (7, 6, 2)."""
    ### BEGIN SOLUTION
    genre, bait = log["action"] // 2, log["action"] % 2
    watched, step = log["watched"] == 1, log["then"] - log["satisfaction"]
    same = genre == log["last"]

    def share(of, where):
        return of[where].mean()

    taste = np.array([share(watched, ~same & (genre == g) & (bait == 0)) for g in range(6)])
    lift = share(watched, ~same & (bait == 1)) - share(watched, ~same & (bait == 0))
    fresh = taste[genre] + lift * bait
    tired = [
        watched[same & (log["twice"] == t)].sum() / fresh[same & (log["twice"] == t)].sum()
        for t in (0, 1)
    ]
    inner = (log["satisfaction"] > 0) & (log["satisfaction"] < 6)
    honest = inner & (bait == 0)
    viewer = loyalty.Viewer(
        taste,
        np.array([share(step > 0, honest & watched & (genre == g)) for g in range(6)]),
        np.array(tired),
        np.array([share(log["left"], log["then"] == level) for level in range(7)]),
        lift,
        share(step < 0, honest & ~watched),
        share(step < 0, inner & (bait == 1) & watched),
    )
    watch, moves = loyalty.transitions(viewer)
    worth = np.zeros(len(watch))
    for _ in range(500):
        worth = (watch + moves @ worth).max(axis=1)
    return viewer, (watch + moves @ worth).argmax(axis=1).reshape(loyalty.SHAPE)
    ### END SOLUTION


# %% test="plan" points=15
lab.check("plan", plan)

# %% [markdown]
# ## 6 · Release counts, keep a promise (10 points)
#
# `rows` (views, 2) has one row for each item watched, in order of time: the number of the person and the
# number of the title. The service wants to publish how often each of its `titles` titles was watched,
# where only the **first `bound` rows of each person** count, over all titles together. Nobody who sees the
# counts shall be able to tell whether a given person is in the table, with all of their rows, or not:
# differential privacy with `epsilon`, no delta.
#
# Return `runs` such releases, an array (runs, titles), each with noise of its own. All chance comes from
# `seed`.
#
# The judge attacks 20,000 runs with and without the person who watched most, and with and without
# somebody who watched a rare title. It bounds epsilon from below, from each title's count and from all of
# them together; the bound must not lie above yours. It is sharp: noise that is a twentieth too small for
# the promise shows. For every title the mean error, held against the
# count without noise, may be at most 1.15 times that of the noise that is just enough. To try it:
#
# ```python
# rows = views.draw_views(np.random.default_rng(1))
# print(release(rows, 6, 4, 1.0, 5, 1).round(1))
# ```


# %% solution="release"
def release(rows, titles, bound, epsilon, runs, seed):
    """Return private counts, (runs, titles)."""
    ### BEGIN SOLUTION
    kept = [np.flatnonzero(rows[:, 0] == person)[:bound] for person in np.unique(rows[:, 0])]
    counts = np.bincount(rows[np.concatenate(kept), 1], minlength=titles)
    return counts + np.random.default_rng(seed).laplace(scale=bound / epsilon, size=(runs, titles))
    ### END SOLUTION


# %% test="release" points=10
lab.check("release", release)

# %% [markdown]
# ## 7 · Whose promise is broken (10 points)
#
# Six vendors release counts of titles like these, and each claims `epsilon` for every person. Some are
# wrong. `vendors` is a dictionary from names to functions; `vendors[name](rows, runs, seed)` returns
# (runs, titles). `rows` is the table, as in task 6. You may remove whom you like from it, and ask for
# as many runs as you like (20,000 are enough, and quick). The claims lie between 0.15 and 1.2; beside a
# small one, chance alone moves a ratio of two shares as far as a broken promise does.
#
# `audit_epsilon(one, other)` is given: from arrays (runs,), one number a run, with and without somebody,
# it returns a lower bound for epsilon that holds with 99.9 % confidence. Whom to remove, and which number
# to take from a release of many counts, is yours to find. That confidence is for one look; who takes
# many gives a smaller `miss`, its third argument. A vendor's noise can have any shape, so its mean and
# its variance neither convict nor acquit. A broken claim is exceeded twice over and more; what the last
# digits of floating-point numbers give away is not meant.
#
# Return the names of the vendors who break their claim. Three tables are drawn; each set must be exact. To
# try it:
#
# ```python
# rows = views.draw_views(np.random.default_rng(1))
# def mine(rows, runs, seed):
#     return release(rows, 6, 4, 2.0, runs, seed)
# broken_promises({"mine": mine}, rows, 1.0)   # keeps 2, claims 1
# ```


# %% solution="broken_promises"
def broken_promises(vendors, rows, epsilon):
    """Return the set of names of vendors who give away more than they claim."""
    ### BEGIN SOLUTION
    people, times = np.unique(rows[:, 0], return_counts=True)  # not secret
    rarest = np.bincount(rows[:, 1]).argmin()
    suspects = [people[times.argmax()], rows[rows[:, 1] == rarest, 0][0]]
    tables = [rows] + [rows[rows[:, 0] != person] for person in suspects]

    def told(one, other):
        here, there = one.mean(axis=0), other.mean(axis=0)
        nearer = [(abs(part - there) - abs(part - here)).sum(axis=1) for part in (one, other)]
        return audit_epsilon(*nearer)

    broken = set()
    for name, vendor in vendors.items():
        whole, *others = (vendor(table, 20_000, seed) for seed, table in enumerate(tables))
        if max(told(whole, other) for other in others) > epsilon:
            broken.add(name)
    return broken
    ### END SOLUTION


# %% test="broken_promises" points=10
lab.check("broken_promises", broken_promises)

# %% [markdown]
# ## 8 · Which one goes live (5 points)
#
# `table` is a list of dictionaries, one for each way to run the service: its `"name"` and `"epsilon"`; the
# `"minutes"` that a viewer watches a month; `"leave"`, the viewers who leave, in per cent a month;
# `"attack"`, how often an attacker guessed correctly whether somebody is in the data (0.5 is chance), and
# `"attack_error"`, the standard error of that. `prices` says what a `"minute"` earns and what a `"lost"`
# viewer costs, in euros, and the `"cap"` that the attack may not exceed.
#
# Return the name of the way that is worth most, in euros a viewer and month, among those whose attack
# keeps the cap **with the upper end of its 95 % interval** (1.96 standard errors). Six tables are drawn.


# %% solution="decide"
def decide(table, prices):
    """Return the name of the best way to run the service."""

    ### BEGIN SOLUTION
    def worth(way):
        return prices["minute"] * way["minutes"] - prices["lost"] * way["leave"] / 100

    allowed = [w for w in table if w["attack"] + 1.96 * w["attack_error"] <= prices["cap"]]
    return max(allowed, key=worth)["name"]
    ### END SOLUTION


# %% test="decide" points=5
lab.check("decide", decide)

# %% [markdown]
# ## A decision for the product board (10 points, graded by hand)
#
# The board asks: shall the service that explores, plans whole sessions and publishes counts under
# epsilon go live, for whom, and what would make you switch it off again? Write at most 220 words, to be
# read by people who buy films. Use figures of the lab or the lesson.
#
# | criterion | points |
# |---|---|
# | Says what is gained in items watched and in viewers who stay, against what, and on which evidence | 3 |
# | Says what a log could not tell, and how much live traffic is spent on finding out | 2 |
# | States what is promised to whom (person, not row), with epsilon, the audit's bound, and what an audit cannot show | 3 |
# | Names one number that is watched, with the value at which the service is switched off, and by when it is known | 2 |

# %% [markdown] essay="memo" points=10
# ### BEGIN SOLUTION
# **Model answer.** Go live, for one viewer in ten first.
#
# In 20 simulated services exploring earned 0.68 items a visit, the present rule 0.39: the gain comes from new
# titles, which the present rule never shows. Showing what is clicked next reaches 59 % of what a plan for whole
# sessions does, in the median of 20 worlds. These are models of viewers; nobody has met them yet.
#
# Our log cannot tell what a new title is worth, since it was never shown: it is worth no visit at all. Finding
# out costs the first few hundred visits, so one viewer in ten is enough.
#
# We publish counts of titles under epsilon 1 for a person with all of their views, of which at most four count.
# Our own audit, 20,000 runs with and without our heaviest viewer and one who saw a rare title, finds at least
# 0.9; above 1 it would have convicted us. It cannot acquit us: another attack may see more. A vendor with noise
# for a row was measured at 3.7.
#
# We watch the share of viewers who leave within 30 days, against the nine in ten who keep the old service. If its
# upper 95 % end is worse by more than half a point on 15 January, the service is switched off. Clicks are not
# looked at for this decision.
# ### END SOLUTION

# %% [markdown]
# ## Where you stand

# %%
lab.progress()

# %% [markdown]
# ## Hand in
#
# Only what is saved is handed in, so save first (Ctrl+S). The cell below says how it stands and
# hands in nothing yet. To hand in, run `submit("05_personalization", now=True)`: it runs a copy of your
# notebook from the top, shows what every check gives, and hands in. You may hand in again as
# often as you like; the last one counts.

# %%
from labkit.desk.submit import submit

submit("05_personalization")
