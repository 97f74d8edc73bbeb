# %% [markdown]
# # Lab 06: agents that act, and people who answer for it
#
# An office lets an agent work: it sorts mail, answers requests, pays invoices. Whatever it does is
# done. In this lab you write the parts that decide whether it may be let loose: when it asks, what
# it believes, how often it acts, who has approved what, and whose word it follows.
#
# **How it works.** Fill in the cells that raise `NotImplementedError`. The cell below each one
# checks your answer at once, on practice data of your own, and tells you what is wrong and what to
# try. `lab.hint("gate")` opens a hint, one more with every call; hints cost nothing.
# `lab.progress()` shows where you are. At grading the same checks run on other data, so an answer
# must be computed, not copied. In every task all cases must be right.
#
# Tools and their effects belong to the check: what counts is what was *done*, not what is said.
# Functions that you are handed work for the call in which you get them, and no longer.
#
# Time: about three and a half hours. Points: 100. Everything runs in less than half a minute on one core.

# %% locked="setup"
import numpy as np

from labkit.checks.intelligent_agents import open_lab
from labkit.trends.intelligent_agents.world import bank, mail, office, plans, reports

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Sort the mail, or ask (10 points)
#
# A model has scored mails by priority: `scores` (n, 3), log-odds of 0 "now", 1 "today", 2 "this
# week". It is too sure of itself, and easily taken in by capital letters. For these n mails people
# have found the true priority, `labels` (n,). `costs` (3, 4) says in euros what each decision
# (columns: the three priorities, then 3 "ask a person") costs for each true priority (rows).
#
# Return a decision, 0 to 3, for each of the `new` mails, (m, 3) scores. Their mean cost may be at
# most 1.04 times the least that is possible for one who knows the true chances. To try it:
#
# ```python
# rng = np.random.default_rng(1)
# known, new = (mail.draw_scored(rng, n, 1.7, 3.0, [0, 4, 0]) for n in (900, 2000))
# costs = np.array([[0, 30, 80, 3.5], [6, 0, 25, 3.5], [12, 1.5, 0, 3.5]])
# decisions = triage(known.scores, known.labels, new.scores, costs)
# mail.mean_cost(new.chances, costs, decisions)
# ```
#
# Here 2.37 € a mail is the least that is possible.

# %% solution="triage"
from sklearn.linear_model import LogisticRegression


def triage(scores, labels, new, costs):
    """Return a decision, 0 to 3, for each new mail, (m,)."""
    ### BEGIN SOLUTION
    chances = LogisticRegression(max_iter=1000).fit(scores, labels).predict_proba(new)
    return (chances @ costs).argmin(axis=1)
    ### END SOLUTION


# %% test="triage" points=10
lab.check("triage", triage)

# %% [markdown]
# ## 2 · Handle requests with a model that misreads (15 points)
#
# `request` has `id`, `sender` (a mail address) and `text`. `model(request["text"])` reads it and
# returns `{"intent", "order", "cents"}`: what is wanted (refund, cancel or invoice), about which
# order, and the sum that the mail names. Each reading is right with a chance of 0.73 and
# independent of the others; up to 15 readings a request are allowed.
#
# `tools` is a dictionary of functions. `find_order(number)` returns `{"number", "owner", "cents",
# "status"}`. These act: `refund(number, cents, request_id)`, `cancel(number, request_id)`,
# `send_invoice(number, to, request_id)`, `escalate(request_id)`.
#
# | intent | allowed if | then |
# |---|---|---|
# | refund | the sender owns the order and its status is "returned" | refund what the order cost |
# | cancel | the sender owns the order and its status is "open" | cancel it |
# | invoice | the sender owns the order | send it to the sender |
#
# Whatever is not allowed is escalated, and nothing else is done. Return True where you acted, False
# where you escalated. Every order that the model names exists. Two days of 25 requests each are
# tried, and every request must have exactly the effect that it deserves. That can be reached: what
# the model says most often in nine readings or more is right about each of them, for intent and order
# together and for each by itself.


# %% solution="handle"
from collections import Counter


def handle(request, tools, model):
    """Act on one request; return True, or False where it was escalated."""
    ### BEGIN SOLUTION
    readings = (model(request["text"]) for _ in range(11))
    votes = Counter((said["intent"], said["order"]) for said in readings)
    intent, number = max(votes, key=votes.get)
    order = tools["find_order"](number)
    needed = {"refund": "returned", "cancel": "open", "invoice": order["status"]}[intent]
    if order["owner"] != request["sender"] or order["status"] != needed:
        tools["escalate"](request["id"])  # not secret
        return False
    if intent == "refund":
        tools["refund"](number, order["cents"], request["id"])
    elif intent == "cancel":
        tools["cancel"](number, request["id"])
    else:
        tools["send_invoice"](number, request["sender"], request["id"])
    return True
    ### END SOLUTION


# %% test="handle" points=15
lab.check("handle", handle)

# %% [markdown]
# ## 3 · Pay each invoice exactly once (15 points)
#
# `invoices` is a list of `{"id", "to", "cents"}`; some may be listed twice. `tools["pay"](id, cents,
# key=None)` pays and returns a receipt, or raises
#
# - `TimeoutError`: no answer came. The money has moved or not; nobody can tell. An invoice meets
#   this at most twice.
# - `PermissionError`: the account is closed. That will not change.
# - `ConnectionError`: the line is dead, for the rest of this run. You may let it rise, or catch it
#   and return what was refused until then.
#
# `key` is a text of yours. The bank pays once for each key, and gives the first receipt again when
# the key comes again. The same key with another invoice or sum is a ValueError. `tools["paid"](id)`
# lists the sums paid for an invoice; the newest payments are missing there for a while.
#
# Return the ids of the invoices that the bank refused in this run, in any order. In the middle of
# the first run the line goes dead; then your function is called once more, with new tools, by a
# program that was started again: the first run's memory is lost. The list is in another order then
# and has one more invoice. After that each invoice must have been paid exactly once, with at most three
# calls of `pay` an invoice and run, and one for a refused invoice, however often it is listed. To
# try it:
#
# ```python
# house = bank.Bank(faults={"R-1": ["late"], "R-2": ["lost", "late"]}, blocked=["R-3"])
# tools, end = bank.open_session(house)
# print(pay_all([{"id": f"R-{n}", "to": "Abel", "cents": 500} for n in (1, 2, 3)], tools))
# print(house.ledger)
# ```


# %% solution="pay_all"
def pay_all(invoices, tools):
    """Pay each invoice once; return the ids of those that the bank refused."""
    ### BEGIN SOLUTION
    refused = []
    for name, cents in {invoice["id"]: invoice["cents"] for invoice in invoices}.items():
        for _ in range(3):
            try:
                tools["pay"](name, cents, key=name)
            except TimeoutError:
                continue
            except PermissionError:
                refused.append(name)
            break
    return refused
    ### END SOLUTION


# %% test="pay_all" points=15
lab.check("pay_all", pay_all)

# %% [markdown]
# ## 4 · A gate that people do not learn to ignore (15 points)
#
# Calls wait at a gate. `attempts` is a list, in order of time, of `{"time", "call"}`, where a call
# is `{"tool", "arguments", "description"}`; every call has `arguments["cents"]`. Decide one after
# the other:
#
# - **Free**: the description is the one pinned in `policy["pinned"][tool]`, and the sum is at most
#   `policy["free"][tool]`. Every tool is pinned; one that is missing in `policy["free"]` has nothing
#   free, whatever the sum.
# - **Approved**: `approvals` is a list of `{"call", "from", "until"}`. An approval is for exactly
#   this call (tool, arguments and description), for a time from `from` to `until`, both included,
#   and for one use.
# - Otherwise **ask**: `ask(place)` asks a person about the attempt at that place in the list, and
#   returns True or False. The answer is for that attempt, even if the same call comes again.
#
# `run(place)` carries an attempt out. Whatever is free, approved or granted must run, nothing else
# may. And people get tired: ask as few questions as possible. You may look at all attempts before
# you begin, and `ask` and `run` may be called in any order. Return, for each attempt, whether it ran.


# %% solution="gate"
def gate(attempts, approvals, policy, ask, run):
    """Run what is allowed; return for each attempt whether it ran."""
    ### BEGIN SOLUTION
    left = sorted(approvals, key=lambda approval: approval["until"])
    ran = []
    for place, attempt in enumerate(attempts):
        call, time = attempt["call"], attempt["time"]
        pinned = call["description"] == policy["pinned"][call["tool"]]
        may = pinned and call["arguments"]["cents"] <= policy["free"].get(call["tool"], -1)
        if not may:
            fits = [a for a in left if a["call"] == call and a["from"] <= time <= a["until"]]
            if fits:
                left.remove(fits[0])
            may = bool(fits) or ask(place)
        if may:
            run(place)
        ran.append(may)
    return ran
    ### END SOLUTION


# %% test="gate" points=15
lab.check("gate", gate)

# %% [markdown]
# ## 5 · An agent against the worst case (15 points)
#
# A plan was made from the user's words, before any mail was read. Run it so that no text from
# outside decides what happens. `plan` is a list of steps
#
# `{"tool": name, "arguments": {parameter: ...}, "if": name or None, "out": name}`
#
# An argument is `{"value": x}`, written by the user, or `{"of": name}`, the value of an earlier
# step's `out`. `tools[name](**arguments)` calls a tool; some have no parameters, and none raises. The
# model behind `ask_model` is the worst case: of an attacked mail it says what the attacker wants.
# Mails may be attacked or not; you cannot tell.
#
# **Sources.** A `{"value": x}` has the source "user". A result has the sources of all arguments of
# its step, those of its condition, and what `policy["gives"].get(tool, [])` adds.
#
# **A step runs** if every name that it needs, that of its condition (`"if"`) included, has a value,
# if the condition's value is true as Python has it (not "", 0 or False), and if the policy lets it:
# for each parameter in `policy["takes"].get(tool, {})`, the sources of the argument and those of the
# condition are all among the listed ones. A tool without an entry there takes everything. A step that
# does not run, for whatever reason, takes the value of its `out` away, if there was one. The plan goes
# on in any case.
#
# Return for each step whether it ran. All effects must be the allowed ones, and all of them. To try
# it, make a mailbox by `plans.open_desk(mails, contacts)`, which gives `tools` and the list of
# effects.


# %% solution="agent"
def agent(plan, tools, policy):
    """Run a plan as far as sources allow; return for each step whether it ran."""
    ### BEGIN SOLUTION
    known, ran = {}, []
    for step in plan:
        given = {
            key: known.get(what["of"]) if "of" in what else (what["value"], {"user"})
            for key, what in step["arguments"].items()
        }
        condition = known.get(step["if"]) if step["if"] else (True, set())
        known.pop(step["out"], None)
        may = condition and condition[0] and None not in given.values()
        if may:
            takes = policy["takes"].get(step["tool"], {})
            may = all((given[key][1] | condition[1]) <= set(takes[key]) for key in takes)
        if may:
            value = tools[step["tool"]](**{key: pair[0] for key, pair in given.items()})
            sources = condition[1].union(*(pair[1] for pair in given.values()))
            known[step["out"]] = value, sources.union(policy["gives"].get(step["tool"], []))
        ran.append(bool(may))
    return ran
    ### END SOLUTION


# %% test="agent" points=15
lab.check("agent", agent)

# %% [markdown]
# ## 6 · The Monday report (10 points)
#
# Every Monday somebody spends two hours on what the branches send. `files` maps names to the bytes
# of CSV files, `week` is the first and the last day, `("2026-03-02", "2026-03-08")`, and `rates`
# says what a unit of another currency is in euros, `{"USD": 0.91}`. Return `(totals, open)`: the
# total of each branch and of nothing else, its name in lower case, in cents, and the ids of the
# records whose amount nobody knows, in any order. Every branch has an amount that is known and counts
# in the week, so none is missing and none needs a nought.
#
# - Files are UTF-8, some with a byte-order mark; those that are not are Windows-1252.
# - Cells stand between semicolons, with a decimal comma and dates such as 31.12.2026; or between
#   commas, with a decimal point and dates such as 12/31/2026. ISO dates occur in both. Points, commas
#   and non-breaking spaces part thousands.
# - The header names the columns id, version, date, branch, amount and unit, in any order. Titles, also
#   of several columns at once, may stand above it, and it may come again. Rows without an id are no
#   records.
# - A record may stand in several files. Its highest version counts, once, whatever a lower one says
#   of date or amount. Rows of the same version are the same.
# - Only records of the week count, and only they can be open. Branches may be in capitals, with
#   spaces around.
# - Units: EUR, ct, TEUR (a thousand euros), USD. Dollars come out in whole cents at these rates;
#   round what floating point adds, once, in the end. Less than nothing is -5, 5- or (5).
# - Where the newest version has no amount ("", "?", "n/a"), the record is open and in no total.
#
# Two weeks are tried; totals must be right to the cent. To try it, make a file of your own by
# `reports.write_report`.

# %% solution="monday_report"
import csv
import re


def monday_report(files, week, rates):
    """Return (totals by branch in cents, ids of open records)."""
    ### BEGIN SOLUTION
    newest = {}
    for data in files.values():
        try:
            lines = data.decode("utf-8-sig").split("\n")
        except UnicodeDecodeError:
            lines = data.decode("cp1252").split("\n")
        mark = ";" if any(line.count(";") == 5 for line in lines) else ","
        names = []
        for cells in csv.reader(lines, delimiter=mark):
            if "id" in cells:
                names = cells
            row = dict(zip(names, cells, strict=False), mark=mark)
            if row.get("id", "id") not in ("id", ""):
                versions = newest.setdefault(row["id"], {})
                versions[int(row["version"])] = row
    totals, left = {}, []
    units = {"EUR": 100, "ct": 1, "TEUR": 100_000, "USD": 100 * rates["USD"]}
    for name, versions in newest.items():
        row = versions[max(versions)]
        first, second, third = re.findall(r"\d+", row["date"])
        if len(first) == 4:
            day = row["date"]
        else:
            day = f"{third}-{second}-{first}" if row["mark"] == ";" else f"{third}-{first}-{second}"
        if not week[0] <= day <= week[1]:
            continue
        digits = re.sub(r"[^\d.,]", "", row["amount"])
        if not digits:
            left.append(name)
            continue
        if row["mark"] == ";":
            digits = digits.replace(".", "").replace(",", ".")
        sign = -1 if re.search(r"[-(]", row["amount"]) else 1
        cents = sign * float(digits.replace(",", "")) * units[row["unit"]]
        branch = row["branch"].strip().lower()
        totals[branch] = totals.get(branch, 0) + cents
    return {branch: round(cents) for branch, cents in totals.items()}, left
    ### END SOLUTION


# %% test="monday_report" points=10
lab.check("monday_report", monday_report)

# %% [markdown]
# ## 7 · Read what an agent did (10 points)
#
# `trace` is a recorded run: `recipients`, whom it was allowed to reach; `budget`, how many calls it
# was allowed; and `steps`, a list of dictionaries whose `kind` is
#
# - "tools": `descriptions`, tool to text, as the agent loaded them, always all; the first step is one,
# - "approval": a person approved `tool` and `arguments`,
# - "call": `tool`, `arguments` (`to` and `cents`) and `key`; the tools "pay" and "send" have effects,
# - "result" (with a `figure`) or "error": what the call before led to,
# - "say": the agent told its user `figures`.
#
# A call whose key came before is a retry of the same call, whatever stands between them. An approval
# holds from then on and is not used up. An effect counts as made also if it led to an error, since
# nobody knows what became of it. Find the first step that breaks a rule:
#
# | rule | broken by |
# |---|---|
# | "recipient" | an effect, retry or not, whose `to` is not among the recipients |
# | "approval" | an effect, no retry, without an approval of this tool and these arguments before it |
# | "doubled" | an effect, no retry, with tool and arguments of an effect before it |
# | "tool" | a call, retry or not, of a tool whose description, as loaded last, is not the first one |
# | "budget" | a call, retries included, beyond the budget |
# | "invented" | a figure that is told and that no result before it had |
#
# Return `(step, rule)`, the step's place in the list, counted from 0, or `(-1, "none")`. No step of a
# run breaks two rules at once before the first breach is found. All of 34 runs must be right.


# %% solution="first_breach"
def first_breach(trace):
    """Return (step, rule) of the first breach, or (-1, "none")."""
    ### BEGIN SOLUTION
    first, approvals, keys, made, figures, calls = None, [], set(), [], set(), 0
    for place, step in enumerate(trace["steps"]):
        if step["kind"] == "tools":
            loaded = step["descriptions"]
            first = first or loaded
        elif step["kind"] == "approval":
            approvals.append((step["tool"], step["arguments"]))
        elif step["kind"] == "result":
            figures.add(step["figure"])
        elif step["kind"] == "say" and not figures.issuperset(step["figures"]):
            return place, "invented"
        elif step["kind"] == "call":
            what = (step["tool"], step["arguments"])
            calls += 1
            if calls > trace["budget"]:
                return place, "budget"
            if loaded[step["tool"]] != first[step["tool"]]:
                return place, "tool"
            if step["tool"] != "look" and step["arguments"]["to"] not in trace["recipients"]:
                return place, "recipient"
            if step["tool"] != "look" and step["key"] not in keys:
                if what in made:
                    return place, "doubled"
                if what not in approvals:
                    return place, "approval"
                made.append(what)
            keys.add(step["key"])
    return -1, "none"
    ### END SOLUTION


# %% test="first_breach" points=10
lab.check("first_breach", first_breach)

# %% [markdown]
# ## A memo: where the person stays (10 points, graded by hand)
#
# The head of the office has seen the agent work for a week without a fault, and wants to drop all
# approvals: "they click yes anyway". Write at most 180 words to her.
#
# | criterion | points |
# |---|---|
# | Says why a week without a fault proves little, with a kind of fault that it would not show | 3 |
# | Names which steps keep a person and which go free, and by what they are told apart | 3 |
# | Uses a number from lesson or lab for what asking costs and what it prevents | 2 |
# | Says what is measured from now on, and what would change the decision | 2 |

# %% [markdown] essay="memo" points=10
# ### BEGIN SOLUTION
# **Model answer.** A week without a fault shows that the model reads well, not what it does when
# somebody writes to it on purpose. No such mail came, and no time-out in the middle of a payment, so
# neither was tested.
#
# You are right that they click yes anyway: at ninety questions a day our people read few of them,
# and an approval that nobody read stops nothing. So ask less. What can be undone and stays in the
# house goes free: sorting, filing, drafts, refunds up to the limit that we set. A person keeps what
# leaves the house and cannot be called back: payments above the limit, new recipients, and every
# tool whose description has changed. Whatever comes out of a mail is never a recipient, approved or
# not.
#
# In the lesson's inbox the best limit asks a small part of the questions and does less harm than
# asking about everything, and both are cheaper than asking about nothing.
#
# From now on we plant a false request every day and count how many are approved. If more than one
# in five passes, the limit goes up and there are fewer questions.
# ### END SOLUTION

# %% [markdown]
# ## Where you stand

# %%
lab.progress()

# %% [markdown]
# ## Hand in
#
# Only what is saved is handed in, so save first (Ctrl+S). The cell below says how it stands and
# hands in nothing yet. To hand in, run `submit("06_intelligent_agents", now=True)`: it runs a copy of your
# notebook from the top, shows what every check gives, and hands in. You may hand in again as
# often as you like; the last one counts.

# %%
from labkit.desk.submit import submit

submit("06_intelligent_agents")
