# %% [markdown]
# # Lesson 14: what can you show, and what next?
#
# Mara keeps the accounts of a trader of spare parts. She wants to become a data scientist, has 20 hours
# this spring, and a drawer full of certificates. Her employer has a decision of his own: sell a
# maintenance plan, or leave it. He asks her for one page by Monday.
#
# Both questions have the same answer at heart: what counts is work that others can check. A record
# whose signature holds. A figure that can be followed to its source. A decision that pays, in euros,
# against the best that was possible.
#
# You need no formulas and no code to follow. Guess before you open an answer; move the sliders. About
# 60 minutes, of which the computer needs less than half a minute. The graded lab comes afterwards.
#
# **In JupyterLab:** Shift+Enter runs a cell and goes on to the next. The code is folded; *Show or hide
# code* above the lesson unfolds it.

# %%
import json
from datetime import UTC, datetime

import numpy as np

from labkit.checks.career_capstone import open_lab
from labkit.exercise.cards import table_card

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Where you stand
#
# Each spoke is a module of this course. Grey is what a role asks for: the modules that name it. Blue is
# what you have reached, read from your own progress on this computer.

# %%
from labkit.learner import progress
from labkit.trends.career_capstone import plots
from labkit.trends.career_capstone.world import skills

own = skills.reached(progress.load())
ROLE = "Data scientist"
plots.radar(own, skills.asked(ROLE), ROLE)

# %% [markdown]
# The same as a table. Where nothing is reached yet, begin with the first row.

# %%
steps = skills.path(ROLE)
titles = {module.name: module for module in skills.modules()}
table_card(
    f"What the role {ROLE} asks for",
    "in the order in which it can be learned",
    ("module", "minutes", "reached", "first of its skills"),
    [(f"{step.name[:2]} {step.title}", f"{step.minutes}", f"{own[step.name]:.0%}", step.skills[0])
     for step in steps],
)  # fmt: skip

# %% [markdown]
# A role here is what the course's own list of modules says it is, nothing more. So that a reader
# elsewhere knows which occupation is meant, it has an address in O*NET, the occupation list of the U.S.
# Department of Labor: *Data Scientists* is 15-2051.00. An ML engineer has no code of its own in the
# version of 2019; the nearest is 15-1252.00, *Software Developers*.

# %% [markdown]
# ## 2 · The shortest way
#
# **Predict.** Mara begins at nothing. How many hours is the way to a data scientist in this course: 10,
# 20 or 40? And to an ML engineer?
#
# <details><summary>Open when you have guessed</summary>
#
# 20 hours for six modules, so her spring is just too short: with 20 hours she ends 20 minutes before
# the last module. To an ML engineer it is 41 hours and 11 modules, one of which, module 03, no
# ML engineer is asked for: module 07 needs it.
#
# </details>

# %%
from labkit.trends.career_capstone import widgets

widgets.explore_path(progress.load())

# %% [markdown]
# Hours of a course are no skill. They are the cheapest part of the way, and the one that can be
# planned. Task 2 of the lab plans it where several modules teach the same, and a list read from the top
# is no longer the shortest way.

# %% [markdown]
# ## 3 · Five records on a desk
#
# Mara applies with a record of this course. Somebody in personnel has five files before them. All five
# say: *Causal uplift, 93 of 100 points*, and all five show the course's name.
#
# - the first is as the course issued it;
# - in the second the points were raised from 83 to 93 afterwards;
# - the third has a correct signature, by a key that stands in the record, and is not the course's;
# - the fourth was correct, and held until last year;
# - the fifth is correct, and belongs to Mara's sister.
#
# **Predict.** How many of them pass where somebody verifies the signature with the key that the record
# names, and asks nothing else?
#
# <details><summary>Open when you have guessed</summary>
#
# All but one, so four. Only the second fails: it alone was changed after it was signed. Whoever asks
# all six questions of task 1 accepts one.
#
# </details>

# %%
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labkit.credentials.proof import did_of, sign
from labkit.credentials.record import Facts, Task, make, verify

NOW, HOLDER = datetime(2026, 12, 1, tzinfo=UTC), "mara@example.org"
course_key, other_key = (
    Ed25519PrivateKey.from_private_bytes(bytes([number] * 32)) for number in (7, 8)
)
DID = did_of(course_key.public_key())


def record(points=93.0, key=course_key, ends=2028, holder=HOLDER):
    """A signed record of the course."""
    facts = Facts(
        id="urn:uuid:00000000-0000-4000-8000-000000000014",
        issuer=(did_of(key.public_key()), "Machine-learning trends"),
        holder=("emailAddress", holder),
        salt="f00d",
        achievement=("urn:course:09", "Causal uplift", "Offers go where they add something"),
        skills=("Estimate effects",),
        tasks=(Task("targeting", "Whom to treat", points, 100.0),),
        criteria="50 of 100 points",
        narrative="Graded in a sandbox on instances drawn anew",
        begins=datetime(2024, 6, 1, tzinfo=UTC),
        ends=datetime(ends, 6, 1, tzinfo=UTC),
    )
    return sign(make(facts), key, "2024-06-01T00:00:00Z")


raised = record(points=83.0)
raised["credentialSubject"]["result"][0]["value"] = "93"
desk = {
    "as issued": record(),
    "points raised": raised,
    "another key": record(key=other_key),
    "until last year": record(ends=2025),
    "her sister's": record(holder="ida@example.org"),
}


def own_key_fits(signed):
    """The careless check: the signature, by the key that the record names."""
    did = signed["proof"]["verificationMethod"].partition("#")[0]
    verdict = verify(json.dumps(signed).encode(), [did], datetime(2025, 1, 1, tzinfo=UTC))
    return verdict.valid


careless = {name: own_key_fits(signed) for name, signed in desk.items()}
careful = {
    name: verify(json.dumps(signed).encode(), [DID], NOW, HOLDER) for name, signed in desk.items()
}
table_card(
    "Five records",
    "what a careless and a careful check say",
    ("record", "signature alone", "all questions"),
    [(name, "accepted" if careless[name] else "refused", verdict.kind)
     for name, verdict in careful.items()],
)  # fmt: skip

# %% [markdown]
# The format is W3C's *Verifiable Credentials* in the shape of Open Badges 3.0, the proof
# `eddsa-jcs-2022`: anyone can check it offline, without asking us. Three things it does not do:
#
# - it says what an issuer claims, **not** that the claim is right: look at the evidence;
# - offline there is no list of withdrawn records, so records end, and are issued again;
# - the certification of Open Badges lists other suites (`eddsa-rdfc-2022`, `ecdsa-sd-2023`, or a signed
#   JWT), so a wallet that takes those alone does not take this one.

# %%
lab.quiz("record")

# %% [markdown]
# ## 4 · A number, followed to its origin
#
# "AI creates 97 million jobs" can be read everywhere. Its origin is the World Economic Forum's *Future of
# Jobs Report* of October 2020. Employers were asked how roles in their firms will change by 2025. In the
# same sentence stand 85 million jobs that may be displaced.
#
# **Predict.** What was lost on the way? Write down three things before you open the table.

# %%
ORIGIN = {"created": 97, "displaced": 85, "year": 2025}
RENEWED = {"created": 170, "displaced": 92, "year": 2030}
table_card(
    "Claims about jobs and pay",
    "read in November 2026; who was asked, what, and what a reader finds",
    ("claim", "origin", "who was asked what", "what got lost, or is not found"),
    [
        ("97 million new jobs", "World Economic Forum, October 2020",
         "291 firms of at least 100 people: how will roles in your firm change by 2025?",
         "85 million displaced; small firms were not asked; all technology and the pandemic, not AI alone; the year is over; "
         "it is retold as what AI did in 2023, and as a figure for 2030"),
        ("170 million new jobs", "World Economic Forum, January 2025",
         "some 1,000 employers: how will roles change by 2030?",
         "92 million displaced; an extrapolation of what employers expect"),
        ("40 % growth", "World Economic Forum, May 2023",
         "employers: which roles will grow by 2027?",
         "it is AI and machine-learning specialists alone, 1 million jobs"),
        ("170,000 a year", "not found",
         "unknown",
         "no country, year, or question; median pay of data scientists in the U.S. was 112,590 $ in "
         "May 2024 (Bureau of Labor Statistics, a survey of firms)"),
        ("a market of 1.8 trillion", "sellers of market reports, for 2030",
         "unknown: method and data are sold",
         "196.63 billion in 2023 to 1,811.75 in 2030, to five digits; others of them print 383 or "
         "1,345 billion; what is counted as AI; it says nothing about jobs"),
    ],
)  # fmt: skip

# %% [markdown]
# What remains of 97 is a net gain of 12 million that employers *expected*, in all, over five years. The
# renewed survey has 78 million by 2030. Neither says what Mara will earn. **A figure without source, date
# and question is a rumour**, also where it stands in a course like this one: the last three rows are
# claims from drafts of this course.

# %%
lab.quiz("figure")

# %% [markdown]
# ## 5 · One case, four decisions
#
# Her employer has 2,000 customers a year. An offer of the maintenance plan costs 20 €. For some it adds
# much, for most less than it costs. Who buys needs parts in winter, ordered in autumn: a missing part
# costs 24 €, one left over 4 €. A contract fines every point by which the regions' rates of offers lie
# further apart than ten points. And in some week a competitor comes, and every offer adds 14 € less.
#
# All of this is simulated, so the best decisions are known: those of an **oracle**. Each row takes *one* of
# the four carelessly, and all others as the oracle does.
#
# **Predict.** The oracle earns 4,300 €. Which slip costs most?
#
# - offers go to those who bring most;
# - regions are not looked at;
# - parts are ordered as last year;
# - nobody notices the competitor.
#
# <details><summary>Open when you have guessed</summary>
#
# Offers to those who bring most: instead of 4,300 € earned, 11,700 € are lost. Last year's parts also turn
# the year into a loss. Three good decisions do not make up for one bad one.
#
# </details>

# %%
from labkit.trends.career_capstone.world import year

hidden = year.draw_year(1)
offers, parts = year.oracle(hidden)
made = int(offers.sum())
by_value = hidden.usual.argsort().argsort() >= len(offers) - made
blind = hidden.worth() > 0
late = year.allowed(hidden, hidden.worth(year.WEEKS))
last_year = year.enough(hidden, np.zeros(len(offers), bool))
decided = {
    "the oracle": (offers, parts),
    "offers to who brings most": (by_value, year.enough(hidden, by_value)),
    "regions not looked at": (blind, year.enough(hidden, blind)),
    "last year's parts": (offers, last_year),
    "competitor not noticed": (late, year.enough(hidden, late)),
    "the first and the third": (by_value, last_year),
}
euros = {name: year.balance(hidden, *one) for name, one in decided.items()}
plots.chains(euros)

# %% [markdown]
# Take the four decisions yourself.
#
# **Predict.** Offers go to whom they add most, you choose to how many, and the right parts are ordered.
# How much of the oracle's 4,300 € can you reach: all, 80 %, or half?
#
# <details><summary>Open when you have guessed</summary>
#
# Half, 2,300 €, with 15 % of the customers: with more, the fine grows faster than what offers add. Go
# region by region, with 25 % of each and 600 parts, and 3,900 € are reached.
#
# </details>

# %%
widgets.explore_year()

# %% [markdown]
# Look at two of the sliders together. With more offers, the parts that cost least are more. The links
# touch: that is why one page must hold all four.

# %%
lab.quiz("chain")

# %% [markdown]
# ## 6 · When it is not worth it
#
# The four analyses of the lab take Mara about 40 hours. At 50 € an hour they cost 2,000 €. Against an
# owner who offers nobody anything and loses only what his shelves cost him anyway, the oracle's year is
# worth 4,543 € more with 2,000 customers.
#
# **Predict.** With how many customers does the work pay for itself, if she reaches 80 % of that?
#
# <details><summary>Open when you have guessed</summary>
#
# With about 1,100. A dealer with 500 customers should leave it, or ask his three best mechanics.
#
# </details>

# %%
HOURS, WAGE, REACHED = 40, 50, 0.8
nothing = year.balance(hidden, np.zeros(len(offers), bool), last_year)["sum"]
gained = euros["the oracle"]["sum"] - nothing
pays_from = HOURS * WAGE / (REACHED * gained / year.CUSTOMERS)
print(
    f"{gained:,.0f} € more than without the plan; the work pays from {pays_from:,.0f} customers on"
)

# %% [markdown]
# That takes gain to grow with customers in proportion, and a pilot that is free. Both flatter the work.
#
# ## 7 · The decision
#
# **Mara** takes five of the six modules this spring and the last in summer. She puts the drawer of
# certificates away and applies with one record, its evidence, and the page that she wrote.
#
# **Her employer** launches the plan, to those to whom an offer adds something, with the parts ordered on
# the same day, rates within ten points of each other, and somebody who looks at the counter every week.
#
# **What to ask an applicant.** Which of your figures can I compute again, with what? Who signed this, and
# how do I know the key? **What to ask an analyst.** What would we earn if we knew everything, and which
# part of that do you reach? Which decision of somebody else does yours rest on?

# %% [markdown]
# ## Sources
#
# - W3C, [Verifiable Credentials Data Model v2.0](https://www.w3.org/TR/vc-data-model-2.0/), Recommendation, May
#   2025, and [Data Integrity EdDSA Cryptosuites v1.0](https://www.w3.org/TR/vc-di-eddsa/), Recommendation, May 2025.
# - 1EdTech, [Open Badges 3.0](https://www.imsglobal.org/spec/ob/v3p0/), 2024: the shape of the record, and the
#   suites that certification lists.
# - Rundgren, Jordan and Erdtman, [RFC 8785: JSON Canonicalization Scheme](https://www.rfc-editor.org/rfc/rfc8785), 2020.
# - U.S. Department of Labor, [O*NET OnLine](https://www.onetonline.org/link/summary/15-2051.00), CC BY 4.0, O*NET-SOC
#   2019: addresses of occupations, read in November 2026.
# - World Economic Forum, [The Future of Jobs Report 2020](https://www.weforum.org/publications/the-future-of-jobs-report-2020/),
#   [2023](https://www.weforum.org/publications/the-future-of-jobs-report-2023/) and
#   [2025](https://www.weforum.org/publications/the-future-of-jobs-report-2025/): surveys of employers.
# - U.S. Bureau of Labor Statistics, [Occupational Outlook Handbook: Data
#   Scientists](https://www.bls.gov/ooh/math/data-scientists.htm), 2025: median pay in May 2024.
