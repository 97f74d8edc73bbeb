# %% [markdown]
# # Lesson 05: what should this person see next, and what may the system learn from it?
#
# The head of product of a streaming service has lost one viewer in twenty this month. Three proposals
# lie on the table. A policy that picks louder titles: a week's test shows more clicks. A policy that
# tries out new films: the analysts say that the log does not support it. And a film studio wants to buy
# counts of who watched what, "anonymous, with differential privacy".
#
# This lesson looks at what each of them leaves out: the mood of the session, the visits that a log does
# not have, the viewer who leaves, and the person behind many rows.
#
# You need no formulas and no code to follow. Guess before you open an answer; move the sliders.
# About 45 minutes, of which the computer needs less than half a minute. The graded lab comes
# afterwards.
#
# **In JupyterLab:** Shift+Enter runs a cell and goes on to the next. The code is folded; *Show or hide
# code* above the lesson unfolds it.

# %%
import numpy as np

from labkit.checks.personalization import open_lab
from labkit.exercise.cards import table_card

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · The mood, not the profile
#
# A household has one account. In the evening somebody is tired, somebody else is curious, and sometimes
# children hold the remote. The profile mixes all three. The session does not: each item that is watched,
# or passed over, says something about the mood now.
#
# **Predict.** With children around, a family film is watched in 85 % of the cases; a tired viewer watches
# it in 30 %, a curious one in 15 %. One session in five begins with children. After **one** family film
# was watched, how probable is it that children are there for the next item?
#
# 1. about 25 %
# 2. about 45 %
# 3. about 85 %
#
# <details><summary>Open when you have guessed</summary>
#
# 45 %. After three family films in a row it is 79 %. It never becomes certain, because moods change within
# a session.
#
# </details>
#
# Move *family films watched*, and look at what is shown. Leave the other sliders for later.

# %%
from labkit.trends.personalization import widgets

widgets.explore_session()

# %% [markdown]
# The service should show what this viewer, in this mood, watches. At the beginning that is a nature
# film; after three family films it is a family film. A profile would go on with nature. **The first question to a
# recommender is what it knows of the session**, and whether items that were passed over count too. In the
# lab you write the ten lines that do it.

# %% [markdown]
# ## 2 · What the log can tell, and what it cannot
#
# Nobody wants to try every idea on viewers. So analysts ask the log: visits in which the old policy
# happened to show what the new one would have shown count more, the others less. The estimate is correct
# on average. **Predict.** What happens to it as the new policy departs from the old one?
#
# Move *how far the new policy departs* from 0 to 2.

# %%
widgets.explore_log()

# %% [markdown]
# A handful of visits ends up with all the weight. Their number, the *effective sample*, is what the log
# is worth, however many rows it has. And then the interval is wrong as well: it is made of the visits
# that are in the log, and those that would have said something else are not.

# %%
from labkit.trends.personalization import data, plots

stored = data.figure("coverage")
plots.coverage(stored["effective"], {name: stored[name] for name in ("IPS", "DR")})

# %% [markdown]
# Where the log is worth three quarters of its visits, intervals that promise 95 % hold the truth in 94 % of
# 400 logs. Where it is worth 1.6 % of them, the same intervals (IPS) hold it in 70 %. A second opinion from
# a model of clicks, even one that is a fifth too low, helps: the doubly robust estimate (DR) still holds in
# 88 %.
#
# ### The same on real logs
#
# In November 2019 the fashion shop ZOZOTOWN served part of its visitors by a learning policy, and others
# by pure chance. It published both logs. So the value of "pure chance" can be estimated from the learner's
# log, and held against what was really clicked. Each sample has 10,000 impressions.
#
# **Predict.** What are these 10,000 rows worth in the worst of the three campaigns?

# %%
real = {}
for campaign in data.CAMPAIGNS:
    log = data.zozotown(campaign)
    weight = 1 / log.items / log.logged
    terms = weight * log.clicks
    real[campaign] = {
        "effective": weight.sum() ** 2 / (weight**2).sum(),
        "mean weight": weight.mean(),
        "estimate": terms.mean(),
        "margin": 1.96 * terms.std() / np.sqrt(len(terms)),
        "truth": log.random_clicks / 10_000,
    }
table_card(
    "What would showing by chance have earned?",
    "ZOZOTOWN, estimated from the log of another policy",
    ("campaign", "rows worth", "mean weight (should be 1)", "clicks per 1,000, estimated", "in truth"),
    [(name, f"{r['effective']:,.0f} of 10,000", f"{r['mean weight']:.2f}",
      f"{1000 * r['estimate']:.1f} ± {1000 * r['margin']:.1f}", f"{1000 * r['truth']:.1f}")
     for name, r in real.items()],
)  # fmt: skip

# %% [markdown]
# 340, 656, and **2**. In the women's campaign two impressions carry the estimate. It reads 7.4 clicks per
# thousand where 4.6 were made, 62 % too many, with an interval that starts below zero. A check that costs
# nothing tells it beforehand: weights should be 1 on average, and here they are 3.1. And a warning the other
# way round: in the men's campaign, with 656 rows, the interval ends at 4.5 and just misses the 4.6.
#
# **So the second question is how many visits the log is worth.** If the answer is "two", no estimator helps.

# %%
lab.quiz("rows")

# %% [markdown]
# ## 3 · What was never shown
#
# Half of our films are new. The old log has nothing about them, so the present rule never shows them, so
# there will never be anything about them. **Predict.** The rule is learned anew after every hundred visits,
# from all data, and then shows what it thinks is best. After 3,000 visits, how much more is watched than
# under the rule from the old log?
#
# 1. hardly anything more
# 2. about 30 % more
# 3. about 80 % more
#
# <details><summary>Open when you have guessed</summary>
#
# Hardly anything: 2 %, in the median of 20 simulated services. It learns ever more about films that it knew
# already. A rule that adds a bonus for what is uncertain gains 77 %.
#
# </details>

# %%
live = data.figure("live")
plots.batches(live["batches"])

# %% [markdown]
# All rules but *popularity* know that a genre seen lately tires. An oracle that knows every taste is
# 84 % above the old rule; the bonus gets to 77 %. In the worst of the 20 services it gains 55 %, and its first
# batch already earns no less than the old rule does. **Nearly all of the gain is exploration, hardly any of it
# more data.** Popularity alone, which knows neither the visitor nor fatigue, falls 53 % below the old rule.
#
# Be fair to the old rule: it does not learn, and it was never allowed to show the new films. And be careful
# with "no less": that holds here, where new films are often better than old ones. If they were all bad, a
# few hundred visits would be the price of finding out.
#
# **So the third question is what the system shows in order to learn.** Go back to the first exploration and
# move *bonus for the unknown*.

# %% [markdown]
# ## 4 · Beyond the next click
#
# Now the louder titles. Bait is clicked more, and those who feel fooled leave a little sooner. Our viewers
# have a satisfaction from 0 to 6, a genre they saw last, and a probability to leave that falls with
# satisfaction: 84 states, 12 actions. That is small enough to know the best policy exactly.
#
# **Predict.** The policy that always shows what is clicked most probably now: how many of the items that
# are possible in a session does it reach?
#
# <details><summary>Open when you have guessed</summary>
#
# 59 %, in the median of 20 worlds. Pure chance reaches 60 %.
#
# </details>

# %%
plans = data.figure("plans")
shown = {
    "next click": "next click",
    "chance": "chance",
    "never bait": "never bait",
    "bait from the highest satisfaction": "bait from 6",
    "best plan without bait": "honest plan",
    "learned: each case counted by itself": "raw counts",
    "learned: counted in parts": "counted in parts",
}
plots.shares({name: plans[key] for name, key in shown.items()}, "items watched, share of the best")

# %% [markdown]
# A week's test would have shown more clicks. The same viewers, until they leave, watch 59 % of what is possible.
# *Never bait* gets 91 %, but 69 % in the worst world: which genre makes viewers stay matters as much. Even the
# best plan without bait leaves something on the table; a satisfied viewer forgives a loud title.
#
# ### A place where learning fails
#
# The best policy can be learned from a log of 40,000 random steps, or made worse than chance by it. Counting
# each of the 1,008 combinations of state and action by itself gives 48 % in the median, and in 17 of 20 worlds
# less than chance: in some combinations nobody left, by luck, and the plan runs for exactly these. Knowing how
# the parts hang together (leaving depends on satisfaction only) gives 98 % in the worst of the 20 worlds, from
# the same log.
#
# **So the fourth question is who is still there at the end of the quarter.**

# %%
lab.quiz("bait")

# %% [markdown]
# ## 5 · A promise about a person
#
# The studio gets counts, with noise. The promise is *differential privacy*: whoever sees the counts can
# tell with odds of at most e^epsilon whether a given person is in the data. It can be tested. Remove one
# person, release again, many times; the two heaps of releases must not be told apart better than promised.
#
# Here are two vendors. Both claim epsilon 1, and both add noise. One made its noise for a row, the other for
# a person, of whom four rows count. **Predict.** The heaviest viewer has 30 rows. What does the audit find?

# %%
from labkit.privacy_audit import audit_epsilon
from labkit.trends.personalization.world import views

rows = views.draw_views(np.random.default_rng(0), 150, 6, 30)
people, times = np.unique(rows[:, 0], return_counts=True)
heaviest = people[times.argmax()]
fewer = views.without(rows, heaviest)
title = np.bincount(rows[rows[:, 0] == heaviest, 1]).argmax()
rng = np.random.default_rng(1)
moved = min((rows[rows[:, 0] == heaviest, 1] == title).sum(), 4)
told = {}
for name, scale in (("noise for a person", 4.0), ("noise for a row", 1.0)):
    count = 100 + rng.laplace(scale=scale, size=20_000)
    without_them = 100 - moved + rng.laplace(scale=scale, size=20_000)
    told[name] = audit_epsilon(count, without_them)
table_card(
    "Epsilon, at least",
    "20,000 releases with the heaviest viewer, and without",
    ("vendor", "claims", "measured, with 99.9 % confidence"),
    [(name, "1", f"at least {value:.2f}") for name, value in told.items()],
)

# %% [markdown]
# 0.9 for the honest one, 3.5 for the other. Odds of e^3.5 are 33 to one where 2.7 to one was promised.
#
# Here is the whole picture, for counts of several titles: what the counts are still good for, and what an
# audit of all of them together measures.

# %%
private = data.figure("privacy")
names = {
    "laplace": "honest",
    "limit by title": "limit for each title",
    "one row": "noise for a row",
}
plots.privacy(
    private["epsilon"],
    private["use"],
    {name: private["audit"][key] for key, name in names.items()},
)

# %% [markdown]
# - **Use.** If the counts choose the title for each of 30 groups of viewers, epsilon 1 keeps 99 % of the clicks
#   and epsilon 0.3 keeps 97 %. At epsilon 0.03 it is 72 %: there privacy is not worth it, or the groups are too
#   small. *epsilon of the counts* in the first exploration shows it on groups that are much smaller.
# - **Audit.** At a promise of 1 the honest vendor is measured at 0.89. A vendor who limits each title by itself
#   lets one person move many counts at once: 3.3, and no single count shows it. Noise for a row: 3.7.
# - **An attacker** who sees one honest release under epsilon 1, and knows everything else, guesses correctly
#   whether the heaviest viewer is in it in 70 % of the cases; chance is 50 %. Under epsilon 10 it is nearly always.
#
# In 270 audits of honest vendors, each with 20,000 releases, none was measured above its claim. That is what
# the audit is built for: **a lower bound convicts, it never acquits.**

# %%
lab.quiz("bound")

# %% [markdown]
# ## 6 · Which goes live
#
# | Situation | Do | Because |
# |---|---|---|
# | "The profile says nature films" | ask what the session says | 20 % became 79 % after three items |
# | "The log shows 62 % more" | ask how many visits the log is worth | two of 10,000 |
# | "We learn from all data, every hour" | ask what is shown in order to learn | 2 % against 77 % |
# | "More clicks in a week's test" | wait until viewers leave, or plan for it | 59 % of what is possible |
# | A plan learned from raw counts | hold it against pure chance first | below it in 17 of 20 worlds |
# | "Anonymous, with epsilon 1" | remove the heaviest viewer and test | 1 became 3.7 |
# | An audit below the claim | ask whom it removed, and what it looked at | it never acquits |
#
# **Louder titles: no.** At the same number of viewers they would cost 41 % of what is watched until people
# leave. **New films: yes**, with a bonus for the unknown, for one viewer in ten at first; the price is some
# hundred visits, the gain in simulation 55 to 94 %. **Counts for the studio: yes**, under epsilon 1 for a
# person, four rows of each counting, after an audit of our own. The number to watch is the share of viewers
# who leave within 30 days, against those who keep the old service.
#
# **When it is not worth it.** A service with twenty titles and no new ones has nothing to explore. Where
# viewers stay for the length of a contract, the next click is all there is. And for groups of a few dozen
# people, counts under epsilon 0.1 are noise.
#
# **What is not shown here.** All viewers but ZOZOTOWN's are simulated. The worlds are small on purpose, so
# that the best possible is known. Real tastes drift, and a real log has no probability written beside every
# row unless somebody took care that it does.

# %% [markdown]
# ## Sources
#
# - Saito, Aihara, Matsutani and Narita (2021), Open Bandit Dataset and Pipeline, *NeurIPS Datasets and
#   Benchmarks*. [arXiv:2008.07146](https://arxiv.org/abs/2008.07146); samples from the package
#   [obp](https://github.com/st-tech/zr-obp)
# - Dudík, Langford and Li (2011), Doubly robust policy evaluation and learning.
#   [arXiv:1103.4601](https://arxiv.org/abs/1103.4601)
# - Kish (1965), *Survey sampling*, Wiley: the effective sample size
# - Rabiner (1989), A tutorial on hidden Markov models, *Proceedings of the IEEE* 77(2).
#   [doi:10.1109/5.18626](https://doi.org/10.1109/5.18626)
# - Li, Chu, Langford and Schapire (2010), A contextual-bandit approach to personalized news article
#   recommendation. [arXiv:1003.0146](https://arxiv.org/abs/1003.0146)
# - Howard (1960), *Dynamic programming and Markov processes*, MIT Press
# - Ie and others (2019), RecSim: a configurable simulation platform for recommender systems.
#   [arXiv:1909.04847](https://arxiv.org/abs/1909.04847)
# - Dwork, McSherry, Nissim and Smith (2006), Calibrating noise to sensitivity in private data analysis.
#   [doi:10.1007/11681878_14](https://doi.org/10.1007/11681878_14)
# - Jagielski, Ullman and Oprea (2020), Auditing differentially private machine learning.
#   [arXiv:2006.07709](https://arxiv.org/abs/2006.07709)

# %% [markdown]
# ## Now the lab
#
# Open `labs/05_personalization/personalization.ipynb`. Eight tasks and a memo, 100 points, about two and a
# half hours. Every check tells you at once what is right and what is not yet.
#
# 1. Find the mood from what was watched and what was not.
# 2. Estimate a policy from another one's log, and say when that cannot be done.
# 3. Bound what each title may be worth.
# 4. Serve a live audience with titles that nobody tried yet.
# 5. Plan for the whole session.
# 6. Release counts, and keep the promise under attack.
# 7. Find the vendors whose promise is broken.
# 8. Choose what goes live, and write to the board.
