# %% [markdown]
# # Lab 14: work that others can check
#
# One case: a trader of parts sells a maintenance plan. Whom to offer it, what to stock for it, how
# to leave no region out, when to notice that the counter has changed: four decisions, each scored
# against the best that is possible. Around them stands what makes work count for others: records
# that can be verified, a plan that pays, figures that do not move.
#
# **How it works.** Fill in the cells that raise `NotImplementedError`. The cell below each one
# checks your answer at once, on practice data of your own, and tells you what is wrong and what to
# try. `lab.hint("accepted")` opens a hint, one more with every call; hints cost nothing.
# `lab.progress()` shows where you are. At grading the same checks run on other data, so an answer
# must be computed, not copied. In every task all cases must be right.
#
# Each task stands alone: one that does not work yet costs the others nothing.
#
# Time: about six hours. Points: 100. Everything runs in less than half a minute on one core.

# %% locked="setup"
import numpy as np
import pandas as pd

from labkit.checks.career_capstone import open_lab
from labkit.trends.career_capstone.world.pilot import draw_pilot
from labkit.trends.career_capstone.world.season import draw_days

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Records that hold (15 points)
#
# `records` is a list of 24 skills records as dictionaries, W3C Verifiable Credentials with a proof by
# the cryptosuite `eddsa-jcs-2022`. Return the places (0 to 23) of those that hold, in any order. A
# record holds if **all** of this is true:
#
# - its issuer, `record["issuer"]["id"]`, is in `trusted`, a list of `did:key:…`;
# - the key that signed it is the issuer's: `record["proof"]["verificationMethod"]` is the key's
#   `did:key:…`, then `#` and a fragment, which does not matter;
# - `record["proof"]["proofPurpose"]` is `"assertionMethod"`;
# - `now` lies between `validFrom` and `validUntil`, or is one of them; all three are texts with a date, a time and a zone;
# - the holder is `holder`: in `record["credentialSubject"]["identifier"][0]`, `identityHash` is
#   `"sha256$"` and the SHA-256 (hexadecimal) of `holder` followed by `salt`, in UTF-8;
# - the signature fits. It is Ed25519 over 64 bytes: the SHA-256 of the canonical proof **without**
#   `proofValue`, then the SHA-256 of the canonical record **without** `proof`. Canonical is JSON by
#   RFC 8785 (`rfc8785.dumps`). `proofValue` is `z` and the signature in base58; what follows `did:key:z`
#   is, in base58, two bytes `ed 01` and the key.
#
# `labkit.credentials.proof` has `unbase58`, `key_of` and `is_signed`; you may use them. What they leave
# open is yours. Every record has all of these parts in the form described, and numbers are written in
# ways that JSON allows (`93.0`). `labkit.credentials.record.verify`, which the lesson uses, is no answer:
# it takes the records of this course alone. Two piles of records are tried.


# %% solution="accepted"
import hashlib
from datetime import datetime

from labkit.credentials.proof import is_signed


def accepted(records, trusted, holder, now):
    """Return the places of the records that hold."""

    ### BEGIN SOLUTION
    def holds(record):
        issuer, proof = record["issuer"]["id"], record["proof"]
        begins, ends = record["validFrom"], record["validUntil"]
        who = record["credentialSubject"]["identifier"][0]
        digest = hashlib.sha256((holder + who["salt"]).encode()).hexdigest()
        time = datetime.fromisoformat
        return (
            issuer in trusted
            and proof["proofPurpose"] == "assertionMethod"
            and time(begins) <= time(now) <= time(ends)
            and who["identityHash"] == "sha256$" + digest
            and is_signed(record, issuer)
        )

    return [place for place, record in enumerate(records) if holds(record)]
    ### END SOLUTION


# %% test="accepted" points=15
lab.check("accepted", accepted)

# %% [markdown]
# ## 2 · The shortest way to a role (10 points)
#
# `catalogue` is a list of modules, dictionaries with `name`, `minutes`, `skills` and `prerequisites` (names
# of modules). `done` lists names of modules that are done: their skills are held, and they cost nothing
# any more. `role` lists the skills that a role asks for. You have `minutes`.
#
# Return the names of the modules to take, in any order, and none that is done. All prerequisites of
# each must be done or in the plan. Among the plans that fit into `minutes`, return one that reaches
# **most of the role's skills that are not held**; among these, one that takes the **fewest minutes**.
# Some skills are taught by several modules. At most 13 modules are in a catalogue; four of them are
# tried. To try it:
#
# ```python
# catalogue = [
#     {"name": "a", "minutes": 60, "skills": ["x"], "prerequisites": []},
#     {"name": "b", "minutes": 90, "skills": ["x", "y"], "prerequisites": ["c"]},
#     {"name": "c", "minutes": 30, "skills": ["z"], "prerequisites": []},
# ]
# plan(catalogue, done=[], role=["x", "y"], minutes=150)  # b and c: two skills in 120 minutes
# ```

# %% solution="plan"
from itertools import compress, product


def plan(catalogue, done, role, minutes):
    """Return the names of the modules to take."""
    ### BEGIN SOLUTION
    held = {skill for module in catalogue if module["name"] in done for skill in module["skills"]}
    missing = set(role) - held
    new = [module for module in catalogue if module["name"] not in done]

    def worth(some):
        have = {module["name"] for module in some} | set(done)
        cost = sum(module["minutes"] for module in some)
        gained = missing & {skill for module in some for skill in module["skills"]}
        ready = all(have.issuperset(module["prerequisites"]) for module in some)
        return ready and cost <= minutes, len(gained), -cost

    plans = [list(compress(new, flags)) for flags in product((True, False), repeat=len(new))]
    return [module["name"] for module in max(plans, key=worth)]
    ### END SOLUTION


# %% test="plan" points=10
lab.check("plan", plan)

# %% [markdown]
# ## 3 · Whom to offer it (15 points)
#
# In a pilot a coin decided who was offered the maintenance plan. `x` (n, 5) are features of its
# customers, `offered` (n,) is 1 where the plan was offered, `profit` (n,) is what each brought afterwards
# (euros, before the cost of the offer). `new` (m, 5) are customers to come. An offer costs `cost` euros,
# and at most `most` offers can be made.
#
# Return m flags, 1 where an offer is made. For some customers an offer adds less than it costs, for
# some it even takes away. Profit is linear in the features, both with an offer and without, plus
# noise. What counts is the expected profit that your offers add, less their cost: at least **80 %** of
# what an oracle would earn who knows the truth. Four pilots are tried. To try it:
#
# ```python
# pilot = draw_pilot(4_000, 2_000, seed=1, mean=12.0, spread=16.0, usual=30.0, along=0.4, noise=45.0)
# flags = offer(pilot.x, pilot.offered, pilot.profit, pilot.new, 20.0, 250)
# (pilot.gain - 20.0)[np.array(flags) == 1].sum()
# ```

# %% solution="offer"
from sklearn.linear_model import LinearRegression


def offer(x, offered, profit, new, cost, most):
    """Return a flag a new customer, shape (m,)."""
    ### BEGIN SOLUTION
    with_it = LinearRegression().fit(x[offered == 1], profit[offered == 1])
    without = LinearRegression().fit(x[offered == 0], profit[offered == 0])
    net = with_it.predict(new) - without.predict(new) - cost
    limit = np.sort(net)[-most]
    return (net >= limit) & (net > 0)
    ### END SOLUTION


# %% test="offer" points=15
lab.check("offer", offer)

# %% [markdown]
# ## 4 · What to stock for it (10 points)
#
# Offers have gone out. Customer i buys the plan with the chance `chances[i]`, independently of the
# others. A season's demand for parts is a Poisson number with the mean `factor * (base + rate * buyers)`:
# `base` parts are asked for without any plan, and each buyer adds `rate` on average. `winters` is a list of
# pairs `[chance, factor]`; one of them comes, and it is the same for all customers.
#
# You order once, before the season. A missing part costs `short` euros, one left over costs `over`
# euros. Return the number of parts to order, a whole number. Its expected cost may be at most **1 %**
# above the least possible. Four seasons are tried. To try it:
#
# ```python
# stock([0.3] * 100, 1.5, 20.0, [[0.7, 0.8], [0.3, 1.8]], short=30.0, over=5.0)  # 118, or close to it
# ```


# %% solution="stock"
def stock(chances, rate, base, winters, short, over):
    """Return how many parts to order."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    share, factors = np.transpose(winters)
    factor = rng.choice(factors, size=30_000, p=share)
    bought = rng.binomial(1, chances, size=(30_000, len(chances))).sum(axis=1)
    demand = rng.poisson(factor * (base + rate * bought))
    return int(np.quantile(demand, short / (short + over)))
    ### END SOLUTION


# %% test="stock" points=10
lab.check("stock", stock)

# %% [markdown]
# ## 5 · No region left out (10 points)
#
# Customers are sorted into cells: `worth` (s, r) is what an offer to a customer of segment s in region r
# adds, less its cost (euros, expected), and `people` (s, r) how many customers the cell has. Return
# `shares` (s, r), from 0 to 1: which share of each cell gets an offer. Two rules hold:
#
# - at most `most` offers are made in all (fractions of an offer are allowed);
# - a region's **rate** is the share of its customers who get an offer. The highest rate of all regions
#   may lie above the lowest by at most `bound`.
#
# Rates may break the bound by 1e-6 and offers the limit by a millionth of `most`, as solvers do; one
# that stops earlier needs a tighter tolerance, or a hair less of everything. Reach at least
# **99.9 %** of the highest profit that they allow. Four cases are tried. To try it:
#
# ```python
# fair_offer(np.array([[9.0, 2.0], [4.0, -3.0]]), np.array([[50.0, 80.0], [50.0, 20.0]]), 120, 0.1)
# # shares [[1, 0.6875], [0.3, 0]]: rates 0.65 and 0.55, 620 €
# ```


# %% solution="fair_offer"
from scipy.optimize import linprog


def fair_offer(worth, people, most, bound):
    """Return the share of each cell that gets an offer, shape (s, r)."""
    ### BEGIN SOLUTION
    regions = np.eye(people.shape[1])
    rate = people / people.sum(axis=0)
    rows = [(rate * (one - other)).ravel() for one in regions for other in regions]
    limits = [bound] * len(rows)
    found = linprog(
        -(worth * people).ravel(),  # not secret
        A_ub=[*rows, people.ravel()],
        b_ub=[*limits, most],
        bounds=(0, 1),
    )
    return found.x.reshape(worth.shape)
    ### END SOLUTION


# %% test="fair_offer" points=10
lab.check("fair_offer", fair_offer)

# %% [markdown]
# ## 6 · When the counter has changed (10 points)
#
# `known` (728,) has the daily sales of two years in which nothing changed, `year` the days of the year
# that follows, up to 364 of them. A year here has 52 weeks and begins on a Monday. Sales have a season
# (waves of one and of two a year), a shape of the week, and noise of the same size on every day, all
# independent; how large it is, `known` has to tell. From some day on the level may be higher or lower,
# by 0.8 to 1.2 standard deviations of a day's noise, and stay there.
#
# Return the first day of `year` (from 0) on which you ring the alarm, or −1. Nobody has tomorrow's sales
# today: shown the days up to an alarm, you must ring on the same day.
#
# 60 quiet years and 100 that shift are tried, in any order. An alarm may ring in **9 of the quiet ones**.
# The mean delay after a shift may be **1.65 times** that of a sum which knows season and size of the
# shift, and whose level rings in one quiet year of sixteen. A shift that is missed counts as if it were
# seen on the day after the year; an alarm before the shift counts for nothing. To try it:
#
# ```python
# days = draw_days(3, noise=60.0, swing=2.0, shift=-1.0, start=120)
# alarm(days.known, days.year)  # some 20 days after 120
# ```


# %% solution="alarm"
def alarm(known, year):
    """Return the day of the alarm, or -1."""
    ### BEGIN SOLUTION
    days = np.arange(len(known) + len(year))
    turn = 2 * np.pi * days / 364
    waves = [wave(times * turn) for times in (1, 2) for wave in (np.sin, np.cos)]
    table = np.column_stack([*waves, np.eye(7)[days % 7]])
    before, now = table[: len(known)], table[len(known) :]
    found = np.linalg.lstsq(before, known, rcond=None)[0]
    spread = (known - before @ found).std()
    up = down = 0.0
    for day, z in enumerate((year - now @ found) / spread):
        up, down = max(0, up + z - 0.5), max(0, down - z - 0.5)
        if max(up, down) > 9:
            return day
    return -1
    ### END SOLUTION


# %% test="alarm" points=10
lab.check("alarm", alarm)

# %% [markdown]
# ## 7 · Figures that do not move (10 points)
#
# `files` is a dictionary: names of files, and their texts. Each text is a table with the columns `order`,
# `version` (a whole number) and `amount` (euros), separated by commas. Rows stand in any order and in any
# file, and some were delivered twice. Of each order only the **highest version** is current; it takes
# the place of the others.
#
# Return a dictionary of figures over the current orders:
#
# | key | what it is |
# |---|---|
# | `rows` | how many orders there are |
# | `mean` | the mean amount |
# | `low`, `high` | ends of the middle 95 % of the mean, by a bootstrap: 10,000 times, draw as many orders as there are with replacement; `seed` decides which |
# | `fingerprint` | a text that belongs to the current orders: another one if any order's number, version or amount is another |
#
# For the same current orders and the same seed all figures must be the same, to nine digits: whatever
# the files are called, however the rows are spread over them and ordered, whichever rows came twice or
# are out of date, and whatever was drawn before. (`hash` of a text is another one in every new kernel,
# so it is no fingerprint either.) Another seed moves `low` and `high` a little, and nothing else. From
# where the middle 95 % of such means ends exactly, `low` may lie 0.08 and `high` 0.16 standard errors
# of the mean: a few large orders decide the mean, and a formula for normal means misses that. Versions
# pass 9. Three ledgers are tried, each eight times. To try it:
#
# ```python
# files = {"17": "order,version,amount\nA1,1,30.0\nA2,1,50.0\n", "4": "order,version,amount\nA2,2,40.0\n"}
# run(files, seed=1)  # two rows, mean 35.0
# ```

# %% solution="run"
from io import StringIO


def run(files, seed):
    """Return the figures of a ledger."""
    ### BEGIN SOLUTION
    table = pd.concat([pd.read_csv(StringIO(text)) for text in files.values()])
    current = table.sort_values(["order", "version"]).drop_duplicates("order", keep="last")
    amounts = current["amount"].to_numpy()
    draws = np.random.default_rng(seed).choice(amounts, size=(10_000, len(amounts)))
    means = draws.mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    text = current[["order", "version", "amount"]].to_csv(index=False)
    return {
        "rows": len(current),
        "mean": amounts.mean(),
        "low": low,
        "high": high,
        "fingerprint": hashlib.sha256(text.encode()).hexdigest(),
    }
    ### END SOLUTION


# %% test="run" points=10
lab.check("run", run)

# %% [markdown]
# ## A memo: the plan, decided (10 points, graded by hand)
#
# The owner has ten minutes. Write one page, at most 250 words: does the trader launch the maintenance
# plan, to whom, with what in stock, and what would make you stop? Take your figures from the lesson's
# year, or from runs of your own; say which.
#
# | criterion | points |
# |---|---|
# | Begins with the decision, in a sentence that can be acted on | 2 |
# | Gives what it is expected to bring in euros, with what the number rests on and how far it may be off | 3 |
# | Names two of the four decisions that hang together, and what goes wrong if one is taken without the other | 3 |
# | Says what is watched after the launch, at which figure one stops, and who does it | 2 |

# %% [markdown] essay="memo" points=10
# ### BEGIN SOLUTION
# **Model answer.** Launch the plan on the first of October, for the quarter of our customers to whom an
# offer adds more than the 20 € it costs, and order 640 parts on the same day.
#
# We expect 3,500 € a year from 2,000 customers (the lesson's year). The best that was possible there is
# 4,300 €, and analysts who know the pilot alone reach 80 to 95 % of it. The figure holds while customers
# are like those of the pilot, in which a coin decided who was asked, and it is gone if parts are missing.
#
# Offers and stock hang together. Whoever orders last year's quantity sells plans that cannot be
# served: a missing part costs us six times one left over, so in a hard winter that alone would eat
# the gain. Whoever orders as if every offer were a sale ties up the same money on shelves.
#
# Offers and regions hang together too. One region is poorer. Whoever follows the euros alone hardly
# offers it anything, and the fine takes what the offers add. We hold the rates within ten points.
#
# Anna watches the counter every evening, against what season and weekday lead us to expect. If the sum
# of differences passes nine standard deviations of a day, offers stop until we know why. The competitor
# takes 14 € from each offer; unnoticed, that alone costs more than half of the profit.
# ### END SOLUTION

# %% [markdown]
# ## A review: two memos of others (10 points, graded by hand)
#
# Two memos came in for the same case. Each has at least **three faults of substance**. Name three of
# each, say for each what it costs or hides, and what the writer should do instead. Write as you would
# want to be told.
#
# > **Memo A.** We should offer the plan to our best customers: those who bring more than 90 € a year.
# > In the pilot, customers who were offered the plan and bought it brought 40 € more than all others, so
# > 1,000 offers bring 40,000 €. As demand will be about 130 parts on average, we order 130. Our alarm
# > looks at each day's sales and rings when they are below 900 €; it has rung twice in January, when it
# > is always quiet, so we have switched it off.
#
# > **Memo B.** The offer model reaches 96 % of the possible profit on the customers from whom it was
# > learned. To be fair, each of our three regions gets 300 offers; they have 600, 1,500 and 4,000 customers.
# > The figures are in `final_v3_new.xlsx` on my desk and can be repeated on my laptop. We launch next
# > week.
#
# | criterion | points |
# |---|---|
# | Memo A: three faults named, one point each | 3 |
# | Memo B: three faults named, one point each | 3 |
# | For at least four faults, what it costs or hides is said | 2 |
# | For at least four faults, there is something the writer can do tomorrow, and nobody is blamed | 2 |

# %% [markdown] essay="review" points=10
# ### BEGIN SOLUTION
# **Model answer.** Memo A. Thank you for a memo that can be read in a minute. (1) Those who bring most
# would often bring it anyway; an offer to them costs 20 € and adds little. Please rank by what an offer
# adds. (2) Buyers against all others compares people who wanted the plan with people who did not. The
# 40,000 € may be nothing at all. The pilot has a coin: compare those who were asked with those who were
# not. (3) A missing part costs six times one left over, so 130 is too few in half of all seasons. Order
# the quantile, from simulated winters. And the alarm would ring at Christmas every year: subtract the
# season first, then switch it on again, since otherwise nobody will notice a real change.
#
# Memo B. The part on regions shows that you thought of them. (1) On the customers it was learned from,
# every model looks good; hold some back and report these. (2) 300 of 600 and 300 of 4,000 are 50 % and 8 %:
# the large region is left out. Bound the rates. (3) If you are ill next week, nobody can check the
# figures. Put ledger, code and seed where two others can run them, and send the fingerprint along.
#
# **What counts as a fault.** Memo A, any three of four: the best customers are not those to whom an offer
# adds; buyers against all others is no comparison by lot; mean demand ignores what missing and left-over
# parts cost; the alarm knows no season, and was switched off instead of mended. Memo B: scored on the
# customers it was learned from; equal numbers are not equal rates; nobody else can repeat the figures.
# ### END SOLUTION

# %% [markdown]
# ## Where you stand

# %%
lab.progress()

# %% [markdown]
# ## Hand in
#
# Only what is saved is handed in, so save first (Ctrl+S). The cell below says how it stands and
# hands in nothing yet. To hand in, run `submit("14_career_capstone", now=True)`: it runs a copy of your
# notebook from the top, shows what every check gives, and hands in. You may hand in again as
# often as you like; the last one counts.

# %%
from labkit.desk.submit import submit

submit("14_career_capstone")
