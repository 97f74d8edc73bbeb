# %% [markdown]
# # Lesson 10: will the model still be right next month?
#
# A bank has a credit scorer that did well in every test. The head of credit has to decide whether it
# may decide on applications by itself, day and night. "It is tested", says the vendor, "and we have
# a dashboard." She asks what the dashboard will do on a good day, and what on a bad one.
#
# You will see a check that refuses good data, a test that knew the future, a service that answers a
# stranger with an error of its own, a dashboard that is always red, and a test that is looked at until
# it says yes.
#
# You need no formulas and no code to follow. Guess before you open an answer; move the sliders.
# About 40 minutes, of which the computer needs less than half a minute. The graded lab comes
# afterwards.
#
# **In JupyterLab:** Shift+Enter runs a cell and goes on to the next. The code is folded; *Show or hide
# code* above the lesson unfolds it.

# %%
import os

# Before mlflow is loaded: it sends nothing anywhere, and is quiet about its database.
os.environ.update(MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="1")

import numpy as np

from labkit.checks.mlops import open_lab
from labkit.exercise.cards import table_card

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · What may come in
#
# Every night a batch of applications arrives. A **contract** says what it must look like. Here it is
# in `pandera`, a library for this. The first version takes its limits from thirty good days: no
# income below the smallest or above the largest that was ever seen.
#
# We show it 200 good days and 200 on which every income comes in cents.
#
# **Predict.** How many of the good days does it refuse?
#
# <details><summary>Open when you have guessed</summary>
#
# 141 of 200. Incomes rise a little, and in a new batch some income is often larger than the largest so
# far. Nothing is wrong with it.
#
# </details>

# %%
import pandera.pandas as pa

from labkit.trends.mlops.world import tables

rng = np.random.default_rng(4)
who = tables.Applicants(2_900, 6.0, 44, 12, ("North", "South", "East", "West", "Isle"))
reference = tables.draw_table(rng, who, 600, (1, 30))
low, high = float(reference["income"].min()), float(reference["income"].max())


def mostly_inside(income):
    """At most one value in twenty may lie outside of what was seen."""
    return float((~income.between(low, high)).mean()) <= 0.05


contracts = {
    "no income outside": pa.Check.in_range(low, high),
    "at most 5 % outside": pa.Check(mostly_inside),
}
refused = {name: [0, 0] for name in contracts}
for _ in range(200):
    good = tables.draw_table(rng, who, 150, (31, 31), growth=0.05)
    bad, _ = tables.spoil(rng, good, "cents", "income")
    for name, check in contracts.items():
        schema = pa.DataFrameSchema({"income": pa.Column(float, check, nullable=True)})
        for kind, batch in enumerate((good, bad)):
            try:
                schema.validate(batch, lazy=True)
            except pa.errors.SchemaErrors:
                refused[name][kind] += 1
table_card(
    "200 good days, 200 in cents",
    "batches of 150 applications",
    ("contract", "good days refused", "days in cents refused"),
    [(name, f"{good}", f"{bad}") for name, (good, bad) in refused.items()],
)

# %% [markdown]
# A check that refuses two good days in three is switched off within a week. The second version asks
# **in which share of the rows** something is odd. It refuses none of the good days and all of the
# bad ones. A contract, too, has two kinds of error, and both are counted before it goes live.

# %% [markdown]
# ## 2 · What was known then
#
# The scorer learns from old decisions. One of its inputs is the balance of the account. In the data
# warehouse stand the balances as they are *today*: booked late, and corrected after some customers
# had stopped paying. At the hour of a decision only an older, rougher figure was there.
#
# **Predict.** In the test the scorer sorts good from bad customers with an AUC of 0.92 (1 is perfect,
# 0.5 a coin). What will it be in production?
#
# <details><summary>Open when you have guessed</summary>
#
# 0.79. Production has what is known at that hour, whatever the test was allowed to see.
#
# </details>

# %%
from sklearn.metrics import roc_auc_score

from labkit.trends.mlops import plots

rng = np.random.default_rng(2)
health = rng.standard_normal(20_000)  # how a customer really stands
fails = rng.random(20_000) < 1 / (1 + np.exp(1.6 + 1.9 * health))
happened = health + 0.5 * rng.standard_normal(20_000)
known = happened + 0.5 * rng.standard_normal(20_000)  # what was booked by then
today = happened - 1.6 * (fails & (rng.random(20_000) < 0.6))  # corrected after the default
served = float(roc_auc_score(fails, -known))
tests = {
    "balances of today": (float(roc_auc_score(fails, -today)), served),
    "what had happened": (float(roc_auc_score(fails, -happened)), served),
    "what was known": (served, served),
}
plots.offline_and_served(tests)

# %% [markdown]
# Nothing is wrong with the code, and no test on these data can find the fault. Only the third row
# tells beforehand what production will show. So each fact needs **two times**: when it happened,
# and when it was recorded. Task 2 of the lab builds such rows.

# %%
lab.quiz("known")

# %% [markdown]
# ## 3 · The service
#
# A scorer in production is a program that answers requests. Here is one, in `fastapi` under `uvicorn`,
# on this computer alone. It declares that an income is a number, and the library checks that. Then
# five requests come: a good one, and four that a script, a form or a stranger may send.
#
# **Predict.** 200 means "here is your score", 422 "your request is wrong", 500 "I fell over". What
# will the four bad ones get?
#
# <details><summary>Open when you have guessed</summary>
#
# `true` gets 200 and a score, since the library makes a 1 of it. NaN, which is no JSON, and 1e400 get
# 500: they pass as numbers, and the answer cannot be written. Only the text that is no number is
# refused.
#
# </details>

# %%
import socket
import threading
import time

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

service = FastAPI()


class Applicant(BaseModel):
    income: float


@service.post("/score")
def score(applicant: Applicant):
    return {"score": applicant.income / 10_000}


door = socket.socket()
door.bind(("127.0.0.1", 0))
server = uvicorn.Server(uvicorn.Config(service, log_level="critical"))
thread = threading.Thread(target=server.run, args=([door],), daemon=True)
thread.start()
while not server.started:
    time.sleep(0.02)
address = f"http://127.0.0.1:{door.getsockname()[1]}/score"
statuses = {}
for value in ("2500", "true", "NaN", "1e400", '"much"'):
    reply = httpx.post(
        address,
        content=f'{{"income": {value}}}',
        headers={"content-type": "application/json"},
        trust_env=False,
    )
    statuses[value] = reply.status_code
server.should_exit = True
thread.join(10)
door.close()
table_card(
    "What the service answers",
    "one request each",
    ("income", "status"),
    [(value, str(status)) for value, status in statuses.items()],
)

# %% [markdown]
# A 500 tells a stranger that he has found a hole, and rings at night about nothing. And a score of
# 0.0001 for `true` is worse: nobody will ever know. **What a service refuses is a part of what it
# does**, and it is tested like the rest. Task 4 asks for seventy such bodies.

# %% [markdown]
# ## 4 · Which version is that?
#
# A **registry** keeps the versions of a model, with a note of the data each one learned from. A name
# such as *live* points to one of them. The service asks for *live*, so to promote, or to go back, is
# to move the name. Here is the whole way in `mlflow`, in a file of its own. A bank puts the address of
# its server in the place of that file, and nothing else changes.

# %%
import hashlib
import logging
import tempfile
from pathlib import Path

from labkit.trends.mlops.registry import new_registry

logging.getLogger("mlflow").setLevel(logging.WARNING)
from mlflow import MlflowClient

logging.getLogger("mlflow.store.db.utils").setLevel(logging.WARNING)
logging.getLogger("alembic").setLevel(logging.WARNING)
folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
place = new_registry(Path(folder.name, "registry.db"))
registry = MlflowClient(tracking_uri=place, registry_uri=place)
registry.create_registered_model("scorer")
for number, batch in enumerate((reference, good)):
    learned_from = hashlib.sha256(batch.to_csv().encode()).hexdigest()[:12]
    registry.create_model_version(
        "scorer", source=f"{folder.name}/{number}", tags={"data": learned_from}
    )
history = []
for night, version in (("first release", "1"), ("promoted", "2"), ("rolled back", "1")):
    registry.set_registered_model_alias("scorer", "live", version)
    live = registry.get_model_version_by_alias("scorer", "live")
    history.append((night, str(live.version), live.tags["data"]))
table_card(
    "What 'live' means, night by night",
    "a registry in one file",
    ("what was done", "version that is live", "learned from the data"),
    history,
)

# %% [markdown]
# Going back takes one line, once somebody knows that it is needed. The last column is what makes a
# version worth its name: an id of the **content** of the data. A file name or a date would stay the
# same when the content does not.

# %% [markdown]
# ## 5 · Who notices?
#
# Customers change. A dashboard compares each feature of today with good times and rings when they
# differ. Most dashboards ask for a **p-value**: how likely is such a difference if nothing has
# changed?
#
# **Predict.** A feature moves by a fiftieth of its standard deviation, which matters to nobody. Will
# a test at p < 0.05 ring with 1,000 rows? With 1,000,000?
#
# <details><summary>Open when you have guessed</summary>
#
# Not with 1,000, and always with 1,000,000. A p-value mixes how large a difference is with how many
# rows there are. The PSI, a distance between two distributions, is 0.0004 at any number.
#
# </details>
#
# Move both sliders. At which number of rows does a shift of 0.1 begin to ring?

# %%
from labkit.trends.mlops import widgets

widgets.explore_drift()

# %%
lab.quiz("pvalue")

# %% [markdown]
# ### Two errors, one picture
#
# Now the other side: small windows. Six features, a window of 100 applicants a day. Quiet periods of
# 20 windows, a thousand of them; and a thousand streams in which one feature moves by 0.2 standard
# deviations. Five alarms:
#
# - **PSI > 0.2**, the textbook's threshold,
# - **KS, p < 0.05**, a test a day for each feature,
# - **KS, p < 0.05 / 120**, the same, corrected for six features and twenty days,
# - **running sum**, which adds up over the days what points in one direction,
# - **knows the drift**: it knows which feature moves, where to, and how far. Nobody has it; it shows
#   what is possible.
#
# **Predict.** In how many quiet periods does the textbook's PSI ring?

# %%
from labkit.trends.mlops import data

measured = data.alarms()
plots.alarms(measured)

# %% [markdown]
# In 99 %. With 100 applicants and ten bins, chance alone makes a PSI of 0.10 on average. So the
# dashboard is **always red**, and people stop looking. The corrected test rings falsely in 4 %, and
# needs 22 days: **always green**, nearly. The running sum has as few false alarms and needs 4.9 days;
# the one that knows everything needs 3.4.
#
# The difference is not the statistic but the memory. A small drift is invisible on any single day and
# obvious after a week, to whoever adds up. Task 5 asks for such an alarm.

# %% [markdown]
# ### Where it fails
#
# All of these look at inputs. If the inputs stay and their **meaning** changes (the same income no
# longer says the same about a customer), none of them rings. That is seen in outcomes alone, which
# for credits come months later. No alarm on inputs replaces a sample whose outcome somebody follows.
#
# Nor is every drift worth an alarm: a feature the model hardly uses may move as it likes.

# %% [markdown]
# ## 6 · The canary
#
# A new version is ready. It first gets a small part of the traffic, the **canary**, and somebody looks
# whether it makes more errors, at a level of 5 %: one healthy version in twenty would be rolled back
# for nothing.
#
# **Predict.** Somebody looks every minute for an hour, and rolls back at the first look that is
# significant. How many *healthy* versions does that cost?
#
# <details><summary>Open when you have guessed</summary>
#
# 28 %. One look costs 5 %, and sixty looks are sixty chances to be unlucky.
#
# </details>
#
# Set *minutes between looks* to 1, then look for a level that holds 5 % over the hour.

# %%
widgets.explore_looks()

# %%
from labkit.trends.mlops import metrics
from labkit.trends.mlops.world import canaries

hour, once = metrics.false_rollbacks(0.05, 1)[-1], metrics.false_rollbacks(0.05, 60)[-1]
rng = np.random.default_rng(6)
requests, errors = canaries.draw_minutes(rng, 60, traffic=50, rate=0.02)
print(
    f"looked once: {100 * once:.0f} % of healthy versions rolled back; every minute: {100 * hour:.0f} %"
)
print(f"a healthy version's first hour: {errors.sum()} errors in {requests.sum():,} requests")

# %% [markdown]
# A stricter level helps, and waits longer for versions that are really broken. In 1945 Abraham Wald
# solved this for factories: a test that is *made* for looking. It weighs how likely the errors are
# under both stories, healthy and broken, and stops when one is nineteen times as likely. No other
# test with these errors needs less time on average. That is task 7.

# %%
lab.quiz("canary")

# %% [markdown]
# ## 7 · The decision
#
# What does a year cost? Assume that a false alarm costs 2,000 € (two people, two days), a day on which
# the model decides on drifted features 400 €, and that a year has twelve quiet periods and three
# drifts. A dashboard without any alarm lets a drift run for forty days.

# %%
choices = {name: metrics.year_cost(one["false"], one["delay"]) for name, one in measured.items()}
choices["no alarm"] = metrics.year_cost(0.0, 40.0)
table_card(
    "What alarms cost in a year",
    "thousand euros, false alarms and late days together",
    ("alarm", "cost"),
    [(name, f"{cost / 1000:.1f}") for name, cost in sorted(choices.items(), key=lambda c: c[1])],
)

# %% [markdown]
# The running sum costs 6.6 thousand euros, the corrected test 27.3, no alarm at all 48.0. The textbook's
# PSI costs 27.6 thousand, and that counts each period's first false alarm alone. The prices are
# assumptions; put in your own. Of the four that anybody can have, the running sum is the cheapest as long
# as a false alarm costs more than 314 €.
#
# The head of credit decides:
#
# 1. **Yes, behind four gates.** A contract that has been shown good days as well as bad ones; rows
#    that know what was known; a service whose refusals are tested; a canary with a test made for
#    looking.
# 2. **One alarm with a memory**, calibrated on quiet days, instead of a wall of p-values.
# 3. **A way back that is rehearsed**: moving a name takes a second, and noticing takes days.
#
# What would change it: more than one false alarm a quarter, or outcomes of the followed sample that
# leave their band while every input is green.
#
# **What to ask a vendor.** How often does this ring on a good day? How long does it take to see a drift
# of a fifth of a standard deviation? Which data did the live version learn from, and what does the
# service do with NaN?

# %% [markdown]
# ## Sources
#
# - Page, [Continuous inspection schemes](https://doi.org/10.1093/biomet/41.1-2.100), 1954: the
#   cumulative sum.
# - Wald, [Sequential tests of statistical hypotheses](https://doi.org/10.1214/aoms/1177731118), 1945.
# - Sculley and others, [Hidden technical debt in machine learning systems](https://papers.nips.cc/paper/5656-hidden-technical-debt-in-machine-learning-systems),
#   2015.
# - Breck and others, [The ML test score](https://research.google/pubs/pub46555/), 2017: what to test
#   before a model goes live.
# - Johari and others, [Peeking at A/B tests](https://doi.org/10.1145/3097983.3097992), 2017: what
#   looking does to a test.
# - Yurdakul and Naranjo, [Statistical properties of the population stability index](https://doi.org/10.21314/JRMV.2020.227),
#   2020: why a fixed threshold fails.
# - [MLflow model registry](https://mlflow.org/docs/latest/ml/model-registry/), documentation, 2026.
# - [pandera](https://pandera.readthedocs.io/), documentation, 2026.
