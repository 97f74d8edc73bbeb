# %% [markdown]
# # Lab 01: a small language model that is held to its job
#
# A language model writes one token after the other. In this lab you write what stands around it: the
# mask that keeps its text valid, the comparison that says which prompt is better, the adapter and
# the few bits that fit it to a job and a machine, the student that learns from it, and the test
# whether it has seen the exam.
#
# **How it works.** Fill in the cells that raise `NotImplementedError`. The cell below each one
# checks your answer at once, on practice data of your own, and tells you what is wrong and what to
# try. `lab.hint("allowed")` opens a hint, one more with every call; hints cost nothing.
# `lab.progress()` shows where you are. At grading the same checks run on other data, so an answer
# must be computed, not copied. In every task all cases must be right, or good in every group.
#
# No weights are needed here: tokens and formats are those of a real model, SmolLM2, and are on
# record.
#
# Time: about four hours. Points: 100. Everything runs in less than half a minute on one core.

# %% locked="setup"
import numpy as np

from labkit.checks.generative_ai import open_lab
from labkit.trends.generative_ai import data
from labkit.trends.generative_ai.world import exposure, flow, layers, logs, patterns, teachers

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Which tokens may come next (15 points)
#
# A pattern is a finite automaton over bytes. `moves` (states, 256) has the state after each byte, −1
# where a byte cannot follow; `accepting` (states,) says in which states a text is complete. A text
# begins in state 0. It is **valid** if every byte of it can follow, and it ends in an accepting state.
# Some states lead nowhere: bytes may follow, but no valid text.
#
# `text` (bytes) was written so far and can still become valid. `tokens` is a list of what the model
# can write next: bytes, mostly several at once. One of them, at any place of the list, is empty
# (`b""`): the **end** of the text. `room` is how many more bytes may be written at most.
#
# The mask is the list of allowed tokens: return their **places** in `tokens`, counted from 0, in any
# order. A token is allowed if after it the text can still become valid within the room, the token's own
# bytes counted. The end is allowed exactly where `text` is valid as it stands. Eight texts in four
# kinds of pattern are tried. To try it:
#
# ```python
# sizes = patterns.quantity(digits=2, decimals=1, units=["m", "min", "kg"], gap=" ")
# tokens = [b"", *data.tokens()]
# [tokens[place] for place in allowed(b"12 m", sizes.moves, sizes.accepting, tokens, room=2)]
# # the end and b'in'; b'i' is one of the model's tokens, too
# ```


# %% solution="allowed"
def allowed(text, moves, accepting, tokens, room):
    """Return the places in `tokens` of those that may come next."""

    ### BEGIN SOLUTION
    def walk(state, written):
        for byte in written:
            if state >= 0:
                state = moves[state, byte]
        return state

    needed = np.where(accepting, 0, np.inf)
    for _ in range(room):
        after = np.where(moves >= 0, needed[moves], np.inf).min(axis=1)
        needed = np.minimum(needed, after + 1)
    now = walk(0, text)
    found = []
    for place, token in enumerate(tokens):
        end = walk(now, token)
        if token and end >= 0 and len(token) + needed[end] <= room:
            found.append(place)
        if not token and accepting[now]:
            found.append(place)
    return found
    ### END SOLUTION


# %% test="allowed" points=15
lab.check("allowed", allowed)

# %% [markdown]
# ## 2 · The best prompt, and what may be promised (15 points)
#
# `scores` (tickets, prompts) is 1 where a prompt answered a ticket correctly, else 0; `customer`
# (tickets,) says who wrote it. Prompt 0 is today's; one of the others may replace it. A customer's
# tickets resemble each other, and some customers suit one prompt better than another.
#
# Return `(prompt, promise, low, high)`: which of the prompts 1, 2, … to take, which share of tickets
# of **new** customers you promise it answers correctly, and a 95 % interval for its **gain** over
# prompt 0 with new customers.
#
# Three groups of 400 logs are tried. In each group, the mean over its logs counts:
#
# - A choice loses the true share of the best of the prompts 1, 2, … minus that of the chosen one.
#   Yours may lose at most 0.75 times as much as a choice by lot among them.
# - The promise minus the true share of the chosen prompt may be −0.012 to 0.012.
# - The interval must hold the true gain in 89 % to 98.5 % of the logs, and be at most 1.25 times as
#   wide as that of the reference, which chooses on half of the customers.
#
# To try it:
#
# ```python
# log = logs.draw_log(1, prompts=12, customers=35, each=20)
# prompt, promise, low, high = pick_prompt(log.scores, log.customer)
# promise - log.true[prompt], (low, log.true[prompt] - log.true[0], high)
# ```

# %% solution="pick_prompt"
from scipy.stats import t as student


def pick_prompt(scores, customer):
    """Return the prompt, the share promised, and both ends of the interval of its gain."""
    ### BEGIN SOLUTION
    names = np.unique(customer)
    chooses = np.isin(customer, names[::2])
    prompt = 1 + scores[chooses, 1:].mean(axis=0).argmax()
    rest, names = scores[~chooses], names[1::2]
    gain = rest[:, prompt] - rest[:, 0]
    whose = customer[~chooses]
    off = [(gain[whose == name] - gain.mean()).sum() for name in names]
    error = np.sqrt(np.var(off, ddof=1) * len(names)) / len(gain)
    reach = student.ppf(0.975, len(names) - 1) * error
    return prompt, rest[:, prompt].mean(), gain.mean() - reach, gain.mean() + reach
    ### END SOLUTION


# %% test="pick_prompt" points=15
lab.check("pick_prompt", pick_prompt)

# %% [markdown]
# ## 3 · An adapter of low rank (10 points)
#
# A layer gives `x @ frozen.T`; `frozen` (outputs, inputs) stays as it is. On a new task its outputs
# should be `y` (n, outputs) for the inputs `x` (n, inputs), some of which are sums of others. A LoRA
# adapter adds `alpha / rank · B @ A` to the weights, with `A` (rank, inputs) and `B` (outputs, rank).
#
# Return `(A, B, merged)`: the adapter with the least mean squared error on these examples, and the
# weights (outputs, inputs) of one layer that does the same as `frozen` and adapter together. Each
# merged weight may be 1e-6 off (an absolute difference).
#
# Even a full matrix in place of `B @ A`, which has no limit on its rank, leaves some error. What counts
# is by how much your adapter's error exceeds that one: at most 1.05 times as much as the error of the
# best adapter of this rank does. Three layers are tried. To try it:
#
# ```python
# new = layers.draw_adaptation(1, n=120, inputs=24, outputs=16)
# A, B, merged = adapt(new.frozen, new.x, new.y, rank=3, alpha=12.0)
# layers.loss(new.x, new.y, new.frozen), layers.loss(new.x, new.y, merged)
# ```


# %% solution="adapt"
def adapt(frozen, x, y, rank, alpha):
    """Return A (rank, inputs), B (outputs, rank) and the merged weights (outputs, inputs)."""
    ### BEGIN SOLUTION
    change = np.linalg.lstsq(x, y - x @ frozen.T)[0].T
    directions = np.linalg.svd(x @ change.T, full_matrices=False)[2][:rank]
    A = directions @ change
    B = directions.T * rank / alpha
    return A, B, frozen + alpha / rank * B @ A
    ### END SOLUTION


# %% test="adapt" points=10
lab.check("adapt", adapt)

# %% [markdown]
# ## 4 · Read four-bit weights (5 points)
#
# Most of SmolLM2's weights are stored as **Q4_1**: blocks of 20 bytes, each with 32 weights that stand
# next to each other in a row. A block has a scale and a least value, both 16-bit floats with the low
# byte first, then 16 bytes. The low four bits of these are the codes of weights 0 to 15, the high four
# bits those of weights 16 to 31. A weight is scale · code + least value, code 0 to 15.
#
# `raw` (bytes) has the blocks of a table row by row. Return the weights, shape (rows, columns), each at
# most 1e-6 off. Three tables are tried.


# %% solution="decode"
def decode(raw, rows, columns):
    """Return the weights, shape (rows, columns)."""
    ### BEGIN SOLUTION
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, 20)
    scale, least = blocks[:, :4].copy().view("<f2").astype(np.float32).T
    codes = np.hstack([blocks[:, 4:] % 16, blocks[:, 4:] // 16])
    return (scale[:, None] * codes + least[:, None]).reshape(rows, columns)
    ### END SOLUTION


# %% test="decode" points=5
lab.check("decode", decode)

# %% [markdown]
# ## 5 · Store a layer in three or four bits (10 points)
#
# `weights` (outputs, inputs) are to be stored as whole `codes` (outputs, inputs) from −2^(bits − 1) to
# 2^(bits − 1) − 1; they are read as `codes * scales[:, None]`. The `scales` (outputs,) are given, one a
# row. `inputs` (n, inputs) are typical inputs of the layer, which move together.
#
# Return the codes. What counts is the squared error of the layer's **outputs** on `inputs`, not of its
# weights: at most **1.6** times that of error feedback (GPTQ), in the geometric mean of the outputs, in
# each of four layers. The nearest codes give 2 to 5. To try it:
#
# ```python
# weights, inputs = layers.draw_layer(1, n=360, inputs=130, outputs=12, decay=0.6)
# scales = abs(weights).max(axis=1) / 3
# codes = quantise(weights, inputs, scales, bits=3)
# ((inputs @ (weights - codes * scales[:, None]).T) ** 2).sum(axis=0)
# ```


# %% solution="quantise"
def quantise(weights, inputs, scales, bits):
    """Return whole codes, shape (outputs, inputs)."""
    ### BEGIN SOLUTION
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1  # not secret
    together = inputs.T @ inputs
    order = np.argsort(-together.diagonal())
    spread = np.linalg.cholesky(np.linalg.inv(together[order][:, order])).T
    left, codes = weights[:, order], np.zeros(weights.shape)
    for place, column in enumerate(order):
        codes[:, column] = np.clip(np.rint(left[:, place] / scales), low, high)
        error = (left[:, place] - codes[:, column] * scales) / spread[place, place]
        left = left - np.outer(error, spread[place])
    return codes
    ### END SOLUTION


# %% test="quantise" points=10
lab.check("quantise", quantise)

# %% [markdown]
# ## 6 · Learn from a teacher (15 points)
#
# A student is a small model: its chances are the softmax of `[1, x] @ weights`, with `weights`
# (d + 1, classes). You have `x` (n, d) with labels `y` (n,), 0, 1, …, and with the chances `teacher`
# (n, classes) that a large model states; and `x_val`, `y_val`, other examples with labels alone.
#
# Teachers differ. One states the true chances, a little blurred; one is too sure of itself, one too
# little: their scores (logarithms of chances) are the true ones times some factor. And one takes
# classes for each other. You are not told which one you have.
#
# Return the weights. `x_val` and `y_val` may be used as you like, for fitting too. What counts is the
# student's expected cross-entropy above the least possible, on all `x` there are: at most **0.13** times
# that of a student of the labels in `y` alone (which minimises the mean cross-entropy plus 0.0005 times
# the sum of its squared weights); with the teacher who mixes classes up, at most **1.6** times. All
# four teachers are tried. To try it:
#
# ```python
# lesson = teachers.draw_lesson(1, "sure")
# weights = distil(lesson.x, lesson.y, lesson.teacher, lesson.x_val, lesson.y_val)
# teachers.excess(lesson.true, weights, seed=2)  # labels alone: about 0.1
# ```

# %% solution="distil"
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression


def distil(x, y, teacher, x_val, y_val):
    """Return the student's weights, shape (d + 1, classes)."""

    ### BEGIN SOLUTION
    n, classes = teacher.shape

    def fit(targets):
        # Each row once for each class, with its chance as the weight.
        rows, labels = np.repeat(x, classes, axis=0), np.tile(np.arange(classes), n)
        model = LogisticRegression(C=30.0, max_iter=500)
        model.fit(rows, labels, sample_weight=targets.ravel())
        return np.vstack([model.intercept_, model.coef_.T])

    def log_loss(weights):
        said = log_softmax(weights[0] + x_val @ weights[1:], axis=1)
        return -np.mean([said[row, label] for row, label in enumerate(y_val)])

    students = [fit(np.eye(classes)[y])]
    for temperature in np.geomspace(0.2, 5, 15):
        students.append(fit(softmax(np.log(teacher + 1e-12) / temperature, axis=1)))
    return min(students, key=log_loss)
    ### END SOLUTION


# %% test="distil" points=15
lab.check("distil", distil)

# %% [markdown]
# ## 7 · From noise to data in few evaluations (10 points)
#
# Image and sound models turn noise into data: from time `start` to time `end`, each point x follows a
# flow, dx/dt = `velocity(x, t)`. Here x has shape (n, d), t is a number, and the result has the shape of
# x. Time may run up or down. A call is expensive, for all points at once: `evaluations` calls are
# allowed, a multiple of four. Nothing else is known of the flow, and more calls earn nothing.
#
# Return where the points `noise` (n, d) of time `start` are at time `end`. What counts is the median
# distance from where the exact flow leads: at most **0.35** of what `evaluations` steps of Euler's
# method miss. Four flows are tried. To try it, with one that turns on its way:
#
# ```python
# velocity = flow.draw_flow(1, start=2.0, end=0.5, turn=1.8)
# noise = np.random.default_rng(2).standard_normal((500, 2))
# sample(velocity, noise, 2.0, 0.5, 12)[:3]
# ```


# %% solution="sample"
def sample(velocity, noise, start, end, evaluations):
    """Return where the flow leads, shape (n, d)."""
    ### BEGIN SOLUTION
    x, steps = noise, evaluations // 2
    step = (end - start) / steps
    for place in range(steps):
        t = start + place * step
        middle = x + step / 2 * velocity(x, t)
        x = x + step * velocity(middle, t + step / 2)
    return x
    ### END SOLUTION


# %% test="sample" points=10
lab.check("sample", sample)

# %% [markdown]
# ## 8 · Which items has the model seen (10 points)
#
# A model does well on a benchmark. Were its items in the training data? `target` (items,) has the mean
# log-probability per token that the model gives each item, `reference` (items,) that of another model
# which saw none of them. `fresh` (m, 2) has such pairs (target, reference) for items that were written
# after both models were trained, from the same sources. How target scores follow reference scores may
# be another line for each pair of models.
#
# Return the places of the items that you say were seen. Three groups of 100 benchmarks are tried, of
# which nothing, some and much was seen; in each group, the mean over its benchmarks counts:
#
# - The false share is that of the items you name which were *not* seen (0 if you name none). It may
#   be at most `level` + 0.03. Where nothing was seen, it is 1 as soon as you name any item, and its
#   mean may be at most `level` + 0.1.
# - Of the seen items, you must find at least 0.9 times as many as the reference does.
#
# To try it:
#
# ```python
# bench = exposure.draw_benchmark(1, items=200, fresh=1500, share=0.2, slope=0.45)
# named = contaminated(bench.target, bench.reference, bench.fresh, level=0.1)
# (~bench.seen[named]).mean(), bench.seen[named].sum() / bench.seen.sum()
# ```


# %% solution="contaminated"
from scipy.stats import false_discovery_control, norm


def contaminated(target, reference, fresh, level):
    """Return the places of the items that were seen."""
    ### BEGIN SOLUTION
    line = np.polyfit(fresh[:, 1], fresh[:, 0], 1)
    usual = fresh[:, 0] - np.polyval(line, fresh[:, 1])
    over = target - np.polyval(line, reference)  # not secret
    p = norm.sf(over / usual.std())
    return np.flatnonzero(false_discovery_control(p) <= level)
    ### END SOLUTION


# %% test="contaminated" points=10
lab.check("contaminated", contaminated)

# %% [markdown]
# ## A memo: which model for the job (10 points, graded by hand)
#
# Your help desk gets 400 tickets a day. A supplier offers a large language model by subscription; your
# colleague would rather run a small one on the office server, without a GPU; another says that counting
# words is enough. Write at most 200 words to the head of the help desk.
#
# | criterion | points |
# |---|---|
# | Recommends one way, and says with numbers from the lesson where it is better: accuracy, megabytes or time | 3 |
# | Says what a schema guarantees and what it does not | 2 |
# | Names where the recommended way fails, with a number, and what happens to those tickets | 3 |
# | Says how the claim will be tested: whose tickets, chosen by whom, with what interval | 2 |

# %% [markdown] essay="memo" points=10
# ### BEGIN SOLUTION
# **Model answer.** I recommend the small model on our server, with a linear model that reads its last
# layer. On tickets in words that none of our examples had, it sends 76 % to the right component,
# counted words 54 %. Both are right in all tickets in known words. It needs 98 MB and 33 seconds of
# computing a day for 400 tickets; no GPU, and no ticket leaves the house.
#
# A schema makes every answer one that our program can read. It does not make it right: asked with a
# schema and six examples, the same model is valid in 100 % of tickets and right in 29 %.
#
# It fails in new words: 24 % of these tickets would go to the wrong colleague, and the urgency is
# worse. So tickets unlike all examples go to a person first. What she decides is a label, and we train
# again each month.
#
# Before we start, and before we sign any subscription: 240 tickets of customers who had no part in
# choosing prompt or model, labelled by two clerks. We compare both ways ticket by ticket and report the
# gain with a 95 % interval by customer. If a subscription is better by more than the interval, and by
# more than its price in hours, we buy.
# ### END SOLUTION

# %% [markdown]
# ## Where you stand

# %%
lab.progress()

# %% [markdown]
# ## Hand in
#
# Only what is saved is handed in, so save first (Ctrl+S). The cell below says how it stands and
# hands in nothing yet. To hand in, run `submit("01_generative_ai", now=True)`: it runs a copy of your
# notebook from the top, shows what every check gives, and hands in. You may hand in again as
# often as you like; the last one counts.

# %%
from labkit.desk.submit import submit

submit("01_generative_ai")
