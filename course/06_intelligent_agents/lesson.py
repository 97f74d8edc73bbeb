# %% [markdown]
# # Lesson 06: what may a machine do on its own?
#
# An office of six handles 90 steps a day: sort mail, refund, send invoices, pay, file. A vendor
# offers an agent that does them all. "And your people approve every step", says the brochure, "so
# nothing can happen." The head of the office has to decide which steps go free, which wait for a
# person, and what nobody may ever trigger from outside.
#
# You will see a machine that reads one request in four wrongly, payments that are made twice because
# nobody answered, a filter that stops every attack that it knows, and people who approve 93 % of what
# they are asked without reading it.
#
# You need no formulas and no code to follow. Guess before you open an answer; move the sliders.
# About 40 minutes, of which the computer needs less than half a minute. The graded lab comes
# afterwards.
#
# **In JupyterLab:** Shift+Enter runs a cell and goes on to the next. The code is folded; *Show or hide
# code* above the lesson unfolds it.

# %%
import numpy as np

from labkit.checks.intelligent_agents import open_lab
from labkit.exercise.cards import table_card

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Sort the mail
#
# First the harmless part: a priority for each mail, *now*, *today* or *this week*. We label some mails
# by hand and let a machine learn from them. One machine counts words. The other uses **word vectors**,
# in which words of like meaning lie close together.
#
# New mails say things in new ways. So we test on phrasings that no labelled mail had.
#
# **Predict.** The machine that counts words sorts mails with *known* phrasings nearly without a
# mistake. How good is it on new phrasings, if 1 is perfect and guessing gives a third?
#
# <details><summary>Open when you have guessed</summary>
#
# 0.57 with 60 labelled mails, 0.60 with 300. Word vectors reach 0.63 and 0.73. More mails with the same
# few phrasings do not teach new ones.
#
# </details>

# %%
from sklearn.metrics import f1_score

from labkit.trends.intelligent_agents import baselines, plots
from labkit.trends.intelligent_agents.world import mailbox

found = {"words, known phrasings": [], "words, new phrasings": [], "meaning, new phrasings": []}
for labelled in (60, 300):
    runs = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        ways = rng.permutation(16)
        known, labels = mailbox.draw_mails(rng, labelled, ways[:8])
        new, truth = mailbox.draw_mails(rng, 150, ways[8:])
        seen, seen_truth = mailbox.draw_mails(rng, 150, ways[:8])
        runs.append([
            f1_score(seen_truth, baselines.by_words(known, labels, seen), average="macro"),
            f1_score(truth, baselines.by_words(known, labels, new), average="macro"),
            f1_score(truth, baselines.by_meaning(known, labels, new), average="macro"),
        ])  # fmt: skip
    for scores, mean in zip(found.values(), np.mean(runs, axis=0), strict=True):
        scores.append(float(mean))
plots.known_and_new(found, ["60", "300"])

# %% [markdown]
# A test on mails like those that were learned says 0.92 or 1.00 and means nothing. And even the better
# machine is often wrong. So it needs a third answer beside its three priorities: **ask**. When that
# pays depends on what a mistake costs and on how sure the machine *really* is, which is not how sure it
# says it is. That is task 1 of the lab.

# %% [markdown]
# ## 2 · Let it act
#
# Now the machine gets **tools**: functions that look something up, or do something. Here is an agent
# in a library that many use, `pydantic-ai`. One tool may be called freely; the other is marked
# "requires approval". In the place of a language model stands a recorded one, so that you see the
# same run as everybody else.

# %%
from concurrent.futures import ThreadPoolExecutor

from pydantic_ai import Agent, DeferredToolRequests, DeferredToolResults
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import FunctionModel

ledger = []
# The library's plain call cannot run beside a notebook's own loop, so it runs in a thread.
thread = ThreadPoolExecutor(1)


def recorded(messages, info):
    """A model that looks an order up, and then wants to refund what the mail claims."""
    answers = [part for m in messages for part in m.parts if part.part_kind == "tool-return"]
    if not answers:
        return ModelResponse(parts=[ToolCallPart("find_order", {"number": 4711})])
    if len(answers) == 1:
        return ModelResponse(parts=[ToolCallPart("refund", {"number": 4711, "cents": 7900})])
    return ModelResponse(parts=[TextPart("Your money is on its way.")])


agent = Agent(FunctionModel(recorded), output_type=[str, DeferredToolRequests])


@agent.tool_plain
def find_order(number: int) -> dict:
    """Look an order up."""
    return {"number": number, "cents": 5900, "status": "returned"}


@agent.tool_plain(requires_approval=True)
def refund(number: int, cents: int) -> str:
    """Pay back; this writes to the ledger."""
    ledger.append((number, cents))
    return "done"


mail = "Order 4711 came back to you, I am waiting for my 79.00 €."
first = thread.submit(agent.run_sync, mail).result()
waiting = first.output.approvals[0]
print("waits for a person:", waiting.tool_name, waiting.args, "· ledger:", ledger)
before = list(ledger)
yes = DeferredToolResults(approvals={waiting.tool_call_id: True})
second = thread.submit(
    agent.run_sync, message_history=first.all_messages(), deferred_tool_results=yes
).result()
print("after a yes:", second.output, "· ledger:", ledger)

# %% [markdown]
# Look closely. The order cost 59.00 €, the mail claims 79.00 €, and 79.00 € is what was paid. The gate
# worked: nothing happened before the yes. It did not help, because the person saw only what the
# machine wanted. **An approval is as good as what the one who approves can see.**
#
# The library binds the yes to this one call. Many home-made gates bind it to the tool's name ("refunds
# are approved"), and then the next refund needs nobody.
#
# ### A whole mailbox
#
# Now the same agent works through a day: 20 requests, each waiting for a yes. Of these, 12 may be
# fulfilled. The others come from strangers, or their order is not in a state for it. The model is still
# the recorded one. It reads one request in four wrongly, as a small language model did when this course
# measured it, and it believes the sum that a mail names.
#
# One person says yes to everything. The other reads each question, looks into the order book, and says
# no to whatever is not due; then a person takes the request over.
#
# **Predict.** Of the 20 requests, how many get exactly what they should if everything is approved?
#
# <details><summary>Open when you have guessed</summary>
#
# 6. The other 14 get something that they should not. With the person who reads, no wrong effect happens
# and 14 get what they should; the rest costs a person's time.
#
# </details>

# %%
from labkit.trends.intelligent_agents import assistant
from labkit.trends.intelligent_agents.world import today

day = today.draw_day(np.random.default_rng(0))


def says_yes(request, tool, arguments):
    return True


def looks_it_up(request, tool, arguments):
    kind, *due = day.ledger[request["id"]]
    return tool.endswith(kind) and set(due) == set(arguments.values())


def mailbox_row(name, person, readers):
    office, questions = assistant.work_through(day, person, readers)
    pairs = list(zip(office.ledger, day.ledger, strict=True))
    wrong = sum(made != due and made[0] != "escalate" for made, due in pairs)
    return name, questions, sum(made == due for made, due in pairs), wrong


rows = [
    mailbox_row("yes to everything", says_yes, assistant.recorded(0.73)),
    mailbox_row("looks into the order book", looks_it_up, assistant.recorded(0.73)),
]
table_card(
    "Twenty requests through pydantic-ai",
    "with the recorded model, right in 73 % of its readings",
    ("the person", "questions", "exactly right", "wrong effects"),
    [tuple(map(str, row)) for row in rows],
)

# %% [markdown]
# ### A language model reads the mailbox
#
# Module 01 runs SmolLM2, a language model of 135 million weights. If it is set up here, it now takes the
# recorded one's place. It sees four mails with their readings, and a **schema** lets it write nothing but
# one of three intents and a number, so that each of its answers can be used.
#
# **Predict.** Each answer is valid. Of 20 intents, how many are right?
#
# <details><summary>Open when you have guessed</summary>
#
# 9, when this course ran it. It calls all twenty a refund, and nine of them are one. A schema makes an
# answer usable, not true. (On another type of processor one or two may come out differently.)
#
# </details>

# %%
from labkit.trends.generative_ai.model import Model, NoModelError

intents_right = None
try:
    small = assistant.written(Model().chat)
except NoModelError as missing:
    print(missing)
else:
    pairs = zip(day.requests, day.truths, strict=True)
    intents_right = sum(small(r, t)(r["text"])["intent"] == t["intent"] for r, t in pairs)
    by_small = [
        mailbox_row("yes to everything", says_yes, small),
        mailbox_row("looks into the order book", looks_it_up, small),
    ]
    table_card(
        f"Twenty requests, read by SmolLM2 on this computer: {intents_right} intents right",
        "the same mails, the same people",
        ("the person", "questions", "exactly right", "wrong effects"),
        [tuple(map(str, row)) for row in by_small],
    )

# %% [markdown]
# ### A machine that misreads
#
# A small language model that has to choose a tool for a request was right in 73 % of cases when this
# course measured it. Nobody lets that act.
#
# **Predict.** Ask it several times and take what it says most often. How often is that right with 9
# readings?
#
# <details><summary>Open when you have guessed</summary>
#
# In 98.7 %, if readings err independently and the errors spread over several wrong answers. Three
# readings give only 85.6 %.
#
# </details>

# %%
from labkit.trends.intelligent_agents import metrics

readings = (1, 3, 5, 7, 9, 11, 15)
right = [metrics.vote_accuracy(0.73, n) for n in readings]
plots.votes(readings, right, 0.73)

# %% [markdown]
# Votes cure chance, not error. If the mail itself lies, all nine readings repeat the lie. Here is the
# mailbox again, as if each request had been read nine times.

# %%
nine = assistant.recorded(metrics.vote_accuracy(0.73, 9))
voted = [
    mailbox_row("yes to everything", says_yes, nine),
    mailbox_row("looks into the order book", looks_it_up, nine),
]
table_card(
    "Twenty requests through pydantic-ai, nine readings each",
    "the same mails, the same people",
    ("the person", "questions", "exactly right", "wrong effects"),
    [tuple(map(str, row)) for row in voted],
)

# %% [markdown]
# The five refunds that are due are still wrong if somebody clicks yes, since each mail names too high a
# sum, and so are the eight requests that should have gone to a person. What a mail says is a **claim**;
# what the order book says is a fact. Task 2 asks for both: votes, and facts.

# %% [markdown]
# ## 3 · When nobody answers
#
# The agent pays an invoice and waits. No answer comes. Either the call was lost before it arrived, or
# the money has moved and the *answer* was lost. From outside both look alike.
#
# **Predict.** Two in a hundred calls are lost before, two after. The agent calls again when nobody
# answers, up to three times. How many of 1,000 invoices are paid twice?
#
# <details><summary>Open when you have guessed</summary>
#
# About 21: every time-out that had paid, and a few that are hit twice. Never calling again leaves 20
# unpaid instead, and nobody knows which.
#
# </details>
#
# Move both sliders. Which bar does *lost after* move, and for which way to call?

# %%
from labkit.trends.intelligent_agents import widgets

widgets.explore_timeouts()

# %% [markdown]
# A **key** ends the choice between two harms. The agent gives each payment a name; the bank pays once
# for each name, and answers a repeated call with the first receipt. The key must name the *payment*: a
# new one at each try is no better than none, and one made of supplier and sum merges two invoices that
# happen to be alike. Looking at the account first does not replace it: what was just paid may not be
# listed yet.

# %%
ways = metrics.payments(0.02, 0.02)
table_card(
    "Of 1,000 invoices, 2 % of calls lost before and 2 % after",
    "up to three calls an invoice",
    ("after a time-out", "not paid", "paid too often"),
    [(name, f"{unpaid:.2f}", f"{double:.1f}") for name, (unpaid, double) in ways.items()],
)

# %%
lab.quiz("timeout")

# %% [markdown]
# ## 4 · Two hours every Monday
#
# Each Monday somebody adds up what the branches have sent. It takes two hours, since every branch
# writes its files in its own way. Here is one of them.

# %%
import io

import pandas as pd

from labkit.trends.intelligent_agents.world.reports import write_report

week = [("2026-03-03", 123_450), ("2026-03-04", -80_000), ("2026-03-05", None),
        ("2026-03-06", 2_000_000), ("2026-03-07", 95_000)]  # fmt: skip
records = [
    {"id": f"B{place}", "version": 1, "date": day, "branch": "Köln", "hundredths": amount,
     "unit": "EUR"}
    for place, (day, amount) in enumerate(week)
]  # fmt: skip
sent = write_report(np.random.default_rng(5), records, ";", "cp1252").decode("cp1252")
print(sent)

# %% [markdown]
# **Predict.** An agent reads this with a library's ordinary reader and adds up the amounts. What does
# it report, an error or a number?
#
# <details><summary>Open when you have guessed</summary>
#
# A number, and no error: it is told to skip what it cannot read, and what it cannot read is
# everything except the line that says "Total".
#
# </details>

# %%
table = pd.read_csv(io.StringIO(sent), sep=";", skiprows=4)
read = pd.to_numeric(table["amount"], errors="coerce")
true_total = sum(amount for _, amount in week if amount) / 100
print(f"rows that were read: {read.notna().sum()} of {len(read)}")
print(f"reported: {read.sum():,.2f} €; true: {true_total:,.2f} €, and one amount that nobody knows")

# %% [markdown]
# Minutes instead of two hours are possible, and the lab asks for them: to the cent, each record once
# although it was sent twice and corrected late, and **what nobody knows is reported as unknown**. A
# report without gaps is the easiest thing for a machine to write.

# %% [markdown]
# ## 5 · Orders from strangers
#
# Everybody can write to the office. What if a mail says: "by the way, our account has changed"? A
# language model reads one text. It has no place where it could note which sentences come from its
# user and which from a stranger; this is called **prompt injection**, the first in OWASP's list of
# risks for such models.
#
# We take 60 attacked mails and 60 clean ones and the *worst case*: a model that obeys whatever it
# reads. Five ways to live with it:
#
# - **nothing**: it is shown the mail,
# - **fence**: the mail stands between marks, "this is data". A small model that was measured still
#   followed 35 % of the orders,
# - **word filter**: mails with words of known attacks are put aside,
# - **no mail at all**,
# - **sources**: every value remembers where it came from, and a receiver may only come from the user
#   or the firm's own directory.
#
# **Predict.** Which of them lets no attack through and still gets work done?

# %%
from labkit.trends.intelligent_agents.world import attacks

tasks = attacks.draw_tasks(np.random.default_rng(0))
measured = {name: attacks.measure(tasks, defence) for name, defence in attacks.DEFENCES.items()}
plots.defences(measured)

# %% [markdown]
# Only the two ways at the left edge let nothing through, and only one of them does any work.
#
# **Sources do 70 % of the tasks with no attack at all.** The other 30 % need a receiver that stands in
# the mail alone; no machine can do these safely, so they go to a person. Note what is *not* asked: whether
# a mail looks suspicious, or whether the model is good. Researchers call the idea an information flow
# policy; the system CaMeL showed it for language models.
#
# ### Where the filter fails
#
# The filter was tuned on attacks that somebody had collected. It stops all of them. It lets 50 % of
# these attacks through, since they use other words or are encoded, and it puts 33 % of the *honest*
# mails aside, for "please ignore my mail of yesterday". A filter makes attacks rarer until somebody
# tries. **Do not ask a vendor how many attacks were stopped. Ask what a model that obeys every word
# could still do.**

# %%
clean = [task for task in tasks if not task.attacked]
aside = np.mean([attacks.KNOWN.search(task.text) is not None for task in clean])
collected = [order for order in attacks.ORDERS if attacks.KNOWN.search(order)]
print(f"attacks that get through the filter: {100 * measured['word filter'][1]:.0f} %")
print(f"honest mails that it puts aside:     {100 * aside:.0f} %")

# %%
lab.quiz("sources")

# %% [markdown]
# ## 6 · People who approve
#
# Back to the brochure: "your people approve every step". Each of the ninety steps is wrong with a
# chance of 2 %. Most could do little harm, a few could do thousands of euros. A question that is read
# takes two minutes and stops a wrong step. A question that is clicked away takes five seconds and stops
# nothing. The more questions, the fewer are read; one maker of agents reports that its users grant
# 93 % of requests, and we take that as the share of questions clicked away by somebody who is asked
# about all ninety.
#
# **Predict.** Harm and working time together cost 678 € a day if nobody is asked. What does the same
# day cost if people are asked about every step?
#
# <details><summary>Open when you have guessed</summary>
#
# 645 €. Approving everything saves 5 % of the cost, for ninety interruptions a day.
#
# </details>
#
# The slider *ask from* is the harm from which on a person is asked. Move it from 1 € to the right, and
# watch the meter: how much of what is asked is read?

# %%
widgets.explore_inbox()

# %%
from labkit.trends.intelligent_agents.world import inbox

every, nobody, best = inbox.day(0.0), inbox.day(np.inf), inbox.day(inbox.best_threshold())
table_card(
    "A day with ninety steps",
    "expected values",
    ("who is asked", "questions", "of which read", "harm, €", "hours saved", "cost, €"),
    [
        (name, f"{one.questions}", f"{one.read:.0%}" if one.questions else "", f"{one.harm:,.0f}",
         f"{one.saved:.1f}", f"{one.cost:,.0f}")
        for name, one in (("about everything", every), ("about nothing", nobody),
                          (f"from {inbox.best_threshold():,.0f} € on", best))
    ],
)  # fmt: skip

# %% [markdown]
# **Nine questions a day beat ninety.** They cost half as much as either extreme: 313 €, of which the
# people's time is 10 €. By hand the ninety steps take 6 hours; all three ways save more than 5.6 of
# them, so hours do not decide here, harm does. Attention is what a gate spends. Where it is spent on stamps and filing, none is left for the payment of thousands.
#
# The model is simple, and its number for fatigue is the shakiest in this lesson: it comes from one
# report, about people who grant, not about people who read. So measure it at home: plant a false
# request now and then, and count how many are approved.

# %%
lab.quiz("inbox")

# %% [markdown]
# ## 7 · The decision
#
# The head of the office decides:
#
# 1. **Free**: what stays in the house and can be undone. Sorting, filing, drafts, small refunds.
# 2. **Asked**: the nine steps a day that could cost most, with the facts beside the claim. An approval
#    is for exact arguments, once, for a limited time.
# 3. **Never from outside**: a receiver, an account, a tool's description that comes out of a mail.
# 4. **Once**: every payment has a key that survives a restart.
#
# Against asking about nothing that saves 365 € a day, against asking about everything 332 €.
#
# What would change it: more than one planted request in five approved, a single effect in the ledger
# that no approval covers, or a new tool.
#
# **What to ask a vendor.** What happens when no answer comes? What can a mail bring about at worst? To
# what exactly is a yes bound, and for how long? Show us the ledger, not the transcript.

# %%
saved = nobody.cost - best.cost
print(f"saved a day against asking about nothing: {saved:.0f} €")

# %% [markdown]
# ## Sources
#
# - OWASP, [Top 10 for LLM applications](https://genai.owasp.org/llm-top-10/), 2025: LLM01 prompt
#   injection, LLM06 excessive agency.
# - Debenedetti and others, [Defeating prompt injections by design](https://arxiv.org/abs/2503.18813),
#   2025: CaMeL, values that carry their source.
# - Debenedetti and others, [AgentDojo](https://arxiv.org/abs/2406.13352), 2024: attacks on agents with
#   tools, and defences.
# - Anthropic, [Claude Code auto mode](https://www.anthropic.com/engineering/claude-code-auto-mode),
#   2026: users approve 93 % of permission prompts.
# - IETF, [The Idempotency-Key HTTP header field](https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/),
#   draft of 2025.
# - [Pydantic AI: deferred tools](https://ai.pydantic.dev/deferred-tools/), documentation, 2026.
# - Word vectors: the package [wordllama](https://github.com/dleemiller/WordLlama), 2025.
