# %% [markdown]
# # Lesson 12: learn where the data are
#
# Ten clinics want a model that names a diagnosis from twelve measurements. No clinic may hand out
# its patients. A vendor offers a federation: every clinic learns at home, only updates travel. The
# head of one clinic has to sign or not, and has to tell the patients what is promised to them.
#
# This lesson asks one thing of every promise: how was it measured? You will see a common model that
# is worse for a clinic's own patients, masked updates that give a patient away, and a rule against
# attackers that leaves out honest clinics.
#
# You need no formulas and no code to follow. Guess before you open an answer; move the sliders.
# About 45 minutes, of which the computer needs less than half a minute. The graded lab comes
# afterwards.
#
# **In JupyterLab:** Shift+Enter runs a cell and goes on to the next. The code is folded; *Show or hide
# code* above the lesson unfolds it.

# %%
import json
from importlib.resources import files

import numpy as np

from labkit.checks.edge_federated import open_lab
from labkit.exercise.cards import table_card

lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Ten clinics, five diagnoses
#
# The patients come from a simulator, so we may do what nobody may do with real ones: put them all
# in one table and learn the best common model. Everything else is measured against that.
#
# The clinics differ. One sees hearts, another lungs: most patients of a clinic have one or two of
# the five diagnoses. Half of each clinic's patients are for learning, the other half stands for its
# new patients.
#
# **Predict.** A clinic has two models: its own, learned from its own patients, and the common one,
# learned from all. Which is right more often for the clinic's *own kind* of new patients?
#
# <details><summary>Open when you have guessed</summary>
#
# Its own, in 92 % against 82 %. A clinic that sees two diagnoses need not know the other three. For
# patients from everywhere it is the other way round: 45 % against 82 %.
#
# </details>

# %%
from labkit.trends.edge_federated import metrics, plots
from labkit.trends.edge_federated.world.clinics import Clinics, accuracy, draw_clinics

drawn = draw_clinics(np.random.default_rng(0), patients=300)
ten = Clinics([x[::2] for x in drawn.x], [y[::2] for y in drawn.y],
              drawn.new_x, drawn.new_y, drawn.classes)  # fmt: skip
common = metrics.optimum(ten)
alone = [
    metrics.optimum(Clinics([x], [y], ten.new_x, ten.new_y, ten.classes))
    for x, y in zip(ten.x, ten.y, strict=True)
]
new_here = [(x[1::2], y[1::2]) for x, y in zip(drawn.x, drawn.y, strict=True)]
own_here = np.array([accuracy(m, *new) for m, new in zip(alone, new_here, strict=True)])
common_here = np.array([accuracy(common, *new) for new in new_here])
own_away = np.array([accuracy(model, ten.new_x, ten.new_y) for model in alone])
common_away = accuracy(common, ten.new_x, ten.new_y)
plots.own_and_common(own_here, common_here, own_away, common_away)

# %% [markdown]
# Both panels are correct, and a vendor will show you the second. In every clinic the common model is
# better for patients from everywhere, by 37 points on average. In nine of the ten it is worse for
# patients of the clinic's own kind, by 10 points on average.
#
# **So the first question is not how to learn together. It is whose patients will come through the
# door.** We come back to it in section 8, in euros.

# %% [markdown]
# ## 2 · Averaging models
#
# The usual way is called **FedAvg**. The server sends a model to all clinics. Each clinic improves it
# for its own patients, for some steps, and sends it back. The server averages what it gets, weighted
# by the number of patients. That is one round.
#
# We measure the **gap**: what is left of the way from the empty model to the best common one, 100 %
# at the start and 0 % at the best.
#
# **Predict.** After 40 rounds FedAvg leaves 2.4 % of the gap. How much is left after 320 rounds:
# nothing, 0.3 %, or more than 1 %?
#
# <details><summary>Open when you have guessed</summary>
#
# 1.4 %, as after 200 rounds. It stands still, beside the best model. Each clinic walks towards its
# own patients, and the mean of ten places is not the best place for all.
#
# </details>

# %%
from labkit.trends.edge_federated import baselines
from labkit.trends.edge_federated.world.federation import rounds

ten_at_home = draw_clinics(np.random.default_rng(0))
best = metrics.optimum(ten_at_home)
left = [
    metrics.gap(model, ten_at_home, best)
    for model, _ in rounds(ten_at_home, *baselines.fed_avg(), 320)
]
print("rounds:", *(f"{number:>7}" for number in (10, 40, 80, 200, 320)))
print("gap:   ", *(f"{100 * left[number - 1]:7.2f} %" for number in (10, 40, 80, 200, 320)))

# %% [markdown]
# Two numbers decide how far off it ends: how much the clinics differ, and how far each walks alone
# between two averages. **alpha** says how alike they are: at 0.1 most patients of a clinic have one
# or two diagnoses, at 100 all clinics see nearly the same mix. Here are eight small clinics.
#
# Move *local steps* to 3, then *alpha* to 100. Where do thirty steps help, and where do they harm?

# %%
from labkit.trends.edge_federated import widgets

widgets.explore_drift()

# %% [markdown]
# At alpha 0.1 thirty steps are ahead for the first 15 rounds. Then they stand still, at 7.9 % of the
# gap; three steps go on and reach 3.6 %. At alpha 100 thirty steps stand still as well, but at 1.9 %
# and after ten rounds: clinics of sixty patients are never quite alike. Three steps take all 40 rounds
# to come to 2.0 %. **Long walks save rounds where clinics are alike, and cost the result where they
# differ.**

# %% [markdown]
# ### Five methods against the best model
#
# What do others do about the drift? *FedSGD* takes one step a round. *FedProx* holds every clinic on
# a spring. *FedAvgM* lets the server keep its momentum. *SCAFFOLD* tells each clinic how its slope
# differs from that of all, so that it can correct its steps.

# %%
from labkit.trends.edge_federated import data

study = data.figure("gaps")
methods = study["alphas"]["0.1"]
plots.gaps_by_round(methods)

# %% [markdown]
# Lines are medians of 20 draws of ten clinics at alpha 0.1, bands hold the middle eight tenths.
#
# - **FedAvg leaves 2.5 %, FedProx 3.1 %.** The spring keeps clinics from drifting, and from getting
#   on as well: in 40 rounds it is no better than FedSGD.
# - **FedAvgM leaves 0.9 %.** Its clinics walk ten steps instead of thirty, so they drift less; the
#   momentum makes up for the time.
# - **Corrected steps leave 0.03 %**, eighty times less than FedAvg. They cost twice the bytes. In the
#   lab you write them, and the same function runs in Flower without a change.

# %%
table_card(
    "What is left of the gap after 40 rounds, and what a round sends",
    "median of 20 draws of ten clinics; kB that all ten send in a round",
    ("method", "alpha 0.1", "alpha 1", "alpha 100", "kB"),
    [
        (name, *(f"{study['alphas'][alpha][name]['median'][-1]:.2%}" for alpha in study["alphas"]),
         f"{one['bytes'] / 1000:.1f}")
        for name, one in methods.items()
    ],
)  # fmt: skip

# %% [markdown]
# With clinics all alike (alpha 100) FedAvg leaves 0.2 % and nobody needs anything else. Tutorials
# mix the data before they deal them out; that is the case in which everything works.

# %%
lab.quiz("drift")

# %% [markdown]
# ## 3 · What travels
#
# **Predict.** A clinic has 140 patients with 13 numbers each; a model has 65 weights. What takes more
# bytes: 40 rounds of FedAvg, or sending all patients once?
#
# <details><summary>Open when you have guessed</summary>
#
# The rounds: 104 kB for all ten clinics, against 73 kB for all patients. Nobody learns apart to save
# bytes here. With a model of ten million weights they decide which method can be had.
#
# </details>

# %%
patients_kb = 4 * sum(x.size for x in ten_at_home.x) / 1000
wanted, rows, needed = 0.05, [], {}
for name, one in methods.items():
    needed[name] = int(np.argmax(np.array(one["median"]) <= wanted)) + 1
    weights = one["bytes"] / 10 / 4 / 65  # models that a clinic sends a round
    hours = needed[name] * weights * 10e6 * 4 * 8 / 2e6 / 3600
    rows.append((name, str(needed[name]), f"{one['bytes'] * needed[name] / 1000:.0f}",
                 f"{hours:.1f}"))  # fmt: skip
rounds_kb = 40 * methods["FedAvg"]["bytes"] / 1000
print(f"all patients once: {patients_kb:.0f} kB; 40 rounds of FedAvg: {rounds_kb:.0f} kB")
table_card(
    "What it takes until 5 % of the gap is left",
    "alpha 0.1, median run; line of 2 Mbit/s up, four bytes a weight",
    ("method", "rounds", "kB, our model, ten clinics", "hours, ten million weights, one clinic"),
    rows,
)

# %% [markdown]
# SCAFFOLD sends twice as much a round and still needs the least in all, since it needs 7 rounds where
# FedSGD needs 28. Two more ways to save: send the largest tenth of the entries, or fewer bits each.
# Both lose something in every round. What becomes of what was *not* sent decides whether the loss adds
# up; that is task 3 of the lab.

# %% [markdown]
# ## 4 · Hidden updates
#
# An update is not a record, but it comes from one. **Secure aggregation** hides it: every two clinics
# agree on a secret stream of numbers, one adds it, the other takes it away. The server gets numbers
# that look like chance, and their sum is exact.

# %%
from labkit.trends.edge_federated.world import secure

heart, lung = secure.encode([0.25, -1.5, 0.75]), secure.encode([0.5, 0.25, -0.25])
mask = secure.stream(key=2026, round_number=1, n=3).astype(np.int64)
sent = (heart + mask) % 2**32, (lung - mask) % 2**32
for name, numbers in zip(("heart clinic sends", "lung clinic sends"), sent, strict=True):
    print(f"{name:20}", *(f"{number:>12,}" for number in numbers))
summed = secure.decode((sent[0] + sent[1]) % 2**32)
print(f"{'the sum, decoded':20}", *(f"{number:>12}" for number in summed))

# %% [markdown]
# Each line alone is as likely as any other: a mask is uniform over all four billion numbers, so the
# server learns nothing from it, not even a little. If a clinic drops out in the middle, its masks
# stay in the sum. Then the others hand out shares of its secret, and only enough of them together
# can take its masks off. You build both in the lab.
#
# **Predict.** The server sees sums alone. On Monday it gets the sum of all slopes of ten clinics. On
# Tuesday one patient has joined, and it gets the new sum. What does it know of this patient?
#
# 1. nothing, the sum hides single updates
# 2. roughly that somebody joined
# 3. every measurement and the diagnosis
#
# <details><summary>Open when you have guessed</summary>
#
# Everything. The difference of the two sums is the slope of one patient, and at the first round that
# is the record itself, times a number.
#
# </details>

# %%
from labkit.trends.edge_federated.world.clinics import gradient

joins_x, joins_y = ten_at_home.new_x[:1], ten_at_home.new_y[:1]
monday = sum(len(y) * gradient(ten_at_home.start(), x, y)
             for x, y in zip(ten_at_home.x, ten_at_home.y, strict=True))  # fmt: skip
tuesday = monday + gradient(ten_at_home.start(), joins_x, joins_y)
difference = tuesday - monday
guess = int(difference[-1].argmin())  # the last row belongs to the feature that is always 1
record = difference[:, guess] / difference[-1, guess]
print("measurements: ", *(f"{value:5.2f}" for value in joins_x[0, :6]), " … diagnosis", joins_y[0])
print("from the sums:", *(f"{value:5.2f}" for value in record[:6]), " … diagnosis", guess)

# %% [markdown]
# **A mask hides who sent what. It does not make the sum harmless.** A vendor who says "updates are
# encrypted, so patients are safe" has answered another question.

# %%
lab.quiz("hidden")

# %% [markdown]
# ## 5 · A promise with a number
#
# Against sums that tell only noise helps. Every update is shortened to a fixed length, the **clip**,
# so that nobody can move the sum by more. Then noise is added to the sum. The promise is called
# **differential privacy** and has a number, **epsilon**: whoever sees every model of every round,
# and began with even odds on whether you took part, ends with odds of at most e^epsilon, except with
# a tiny probability **delta** (here one in a hundred thousand). Epsilon 1: odds of 2.7 to one. Epsilon
# 8: odds of 2,981 to one, which is not much of a promise.
#
# The noise has to cover one client, whoever else is there. The more clients share it, the less of it
# each update gets.
#
# **Predict.** Without noise the model is right in about 81 %. Every client is promised epsilon 1.
# What is left with 100, 300 and 1,000 clients?
#
# <details><summary>Open when you have guessed</summary>
#
# 63 %, 77 % and 81 %. The same promise costs 18 points with 100 clients, 4 with 300, and less than
# one with 1,000.
#
# </details>

# %%
noised = data.figure("private")
by_size = {}
for clients in (100, 300, 1_000, 3_000):
    of_size = [row for row in noised["rows"] if row["clients"] == clients]
    promised = [row for row in of_size if row["epsilon"]]
    by_size[f"{clients:,} clients"] = {
        "epsilon": [row["epsilon"] for row in promised],
        "accuracy": [row["accuracy"] for row in promised],
        "without": next(row["accuracy"] for row in of_size if not row["epsilon"]),
    }
plots.accuracy_against_epsilon(by_size)

# %% [markdown]
# Open marks at the right stand for no noise. **Privacy is bought with clients.** Every client here has
# ten patients; a tenth of the clients takes part in each of 60 rounds.
#
# Below you see one round of it. Two bells: the noisy mean with you, and without you. They lie the same
# share of their width apart for any number of clients; that share is the promise. But with more
# clients both shrink, and the step that all agree on stands clear of zero. Move *clients* to 3,000 and
# back to 100, then *epsilon*.

# %%
widgets.explore_privacy()

# %% [markdown]
# ### Whom do you promise?
#
# Ten clinics are far too few to hide a clinic. But is it the clinic that has to be hidden? The promise
# can be made to every *patient* instead. Then each patient's slope is shortened, and the noise is
# shared by all patients of all clinics, about 1,500.

# %%
by_patient = {row["epsilon"]: row["accuracy"] for row in data.figure("patients")}
table_card(
    "Ten clinics, a promise to every patient",
    "correct on new patients, mean of 20 draws, delta 0.00001, 60 rounds",
    ("epsilon for each patient", "correct"),
    [(f"{epsilon:g}" if epsilon else "no promise", f"{right:.1%}")
     for epsilon, right in by_patient.items()],
)  # fmt: skip

# %% [markdown]
# Epsilon 1 for every patient costs 1 point; half of that epsilon costs 2.9. **Who reads "epsilon 1"
# should ask: for whom, over how many rounds, at which delta?** A number for one round, or for one
# clinic's device, is another promise.
#
# ### The same rounds, four numbers
#
# Nobody measures epsilon; it is computed, and the way matters. Take 100 rounds with 1 % of the clients
# in each, and noise as large as the clip.
#
# **Predict.** For these rounds one vendor states epsilon 58, another 1.22, a third 0.46. Whose promise
# holds?
#
# <details><summary>Open when you have guessed</summary>
#
# The first two. The least number that holds is 0.72. Adding up the rounds gives 58, safe and useless.
# The usual bound, by Rényi divergences, gives 1.22: it holds, and is 1.7 times as high as it need be.
# 0.46 comes from a popular shortcut that takes all rounds together for one normal draw. It promises
# more than holds.
#
# </details>

# %% [markdown]
# | noise as large as the clip, delta 0.00001 | 100 rounds, 1 % take part | 300 rounds, 5 % take part |
# |---|---|---|
# | adding up the rounds | 58 | 630 |
# | the usual bound, by Rényi divergences | 1.22 | 6.51 |
# | **the loss itself, on a grid: tight** | **0.72** | **5.82** |
# | all rounds as one normal draw: too low | 0.46 | 5.07 |
#
# **Ask how an epsilon was computed.** With more rounds, and more clients in each, the usual bound is 12 %
# too high, which is a fair price for being simple; in the lab you compute it yourself.

# %% [markdown]
# ## 6 · Odd is not evil
#
# One clinic could send nonsense, or worse. A single one that turns its update round and makes it five
# times as long ruins a mean. So rules were invented that do without the odd ones: the *median* of each
# weight, or *Krum*, which takes the one update that is closest to its neighbours.
#
# **Predict.** All ten clinics are honest, and differ as ours do. What does the median cost?
#
# <details><summary>Open when you have guessed</summary>
#
# 7 points: 75.2 % are right instead of 82.3 %, and 28 % of the gap is left instead of 2.5 %. Most
# clinics know nothing of a given diagnosis. The median listens to most clinics, so what only two of
# them know is lost.
#
# </details>

# %%
attacked = {(row["alpha"], row["attack"], row["rule"]): row for row in data.figure("odd")}
table_card(
    "What a rule costs, and what it saves",
    "correct on new patients; median of 20 draws, 40 rounds, two attackers of ten clinics",
    ("clinics", "rule", "all honest", "two turn updates", "two give wrong labels"),
    [
        ("differ (alpha 0.1)" if alpha < 1 else "alike (alpha 100)", rule,
         *(f"{attacked[alpha, attack, rule]['accuracy']:.1%}"
           for attack in ("none", "turned updates", "wrong labels")))
        for alpha in (0.1, 100.0) for rule in ("mean", "median", "Krum")
    ],
)  # fmt: skip

# %% [markdown]
# - **Clinics alike: the median is a bargain.** It costs less than a tenth of a point, saves 5.2
#   points against wrong labels, and nearly everything against turned updates.
# - **Clinics that differ: a rule is a bet on being attacked.** Against turned updates the median keeps
#   63 % where the mean keeps 30 %. Against wrong labels it is *worse* than no rule, 66 % against 74 %.
#   Krum takes one clinic's model for everybody's, and costs 21 points while all are honest.
#
# And a rule has to look at every single update, which is what masks were for. **You cannot have
# both.** The memo of the lab is about that.

# %%
lab.quiz("odd")

# %% [markdown]
# ## 7 · A camera that decides what to send
#
# Learning at home is one half of the edge; answering there is the other. A camera on a chip is right
# in 75 % of its pictures. A large model in the cloud is right in 96 %. Sending takes bytes, time and
# battery.
#
# The camera knows how sure it is of each picture. **Predict.** It sends the fifth of its pictures of
# which it is least sure. How many of all answers are then correct? By lot it would be 79 %.
#
# <details><summary>Open when you have guessed</summary>
#
# 85 %. Half of what the cloud could add comes from a fifth of the pictures.
#
# </details>

# %%
from labkit.trends.edge_federated.world import camera

cloud = 0.96
pictures = camera.draw_pictures(np.random.default_rng(12), 4_000)
sure = pictures.chances.max(axis=1)
orders = {
    "least sure first": np.argsort(sure),
    "by lot": np.random.default_rng(0).permutation(len(sure)),
    "surest first": np.argsort(-sure),
}


def answered(order, share):
    """Correct answers and bytes, as shares, if the first pictures in this order are sent."""
    gone = np.zeros(len(sure), dtype=bool)
    gone[order[: round(share * len(sure))]] = True
    right = sure.mean() + camera.gain(pictures, gone, cloud) / len(sure)
    return pictures.size[gone].sum() / pictures.size.sum(), right


curves = {
    name: np.transpose([answered(order, share) for share in np.linspace(0, 1, 41)])
    for name, order in orders.items()
}
plots.sending_curves(curves, sure.mean())

# %% [markdown]
# Sending everything is not the best: of 22 % of its pictures the device is surer than the cloud ever
# is. And the least sure pictures are busy ones, which take more bytes. What to send if bytes are what
# you pay for is task 8 of the lab.
#
# What it costs, on the chip of lesson 11: there a product of a network took 11.9 cycles in plain C,
# counted on the emulated chip. Assume half a million of them for a picture, and a radio that takes
# 300 mW and sends 1 Mbit a second. The chip's power is an estimate from data sheets.

# %%
from labkit.trends.tinyml_pico import power

measured = (files("labkit.trends.tinyml_pico") / "figures" / "kernels.json").read_text("utf-8")
plain_c = next(one for one in json.loads(measured)["kernels"] if one["name"] == "plain C")
cycles = 500_000 * plain_c["cycles_per_mac"]
chip_mj, chip_ms = power.energy_mj(cycles), 1_000 * cycles / power.CLOCK_HZ
picture_ms = 8 * pictures.size.mean() / 1e6 * 1000
radio_mj = 300 * picture_ms / 1000
rows, spent = [], {}
for name, share in (("nothing sent", 0.0), ("the least sure fifth", 0.2), ("everything", 1.0)):
    of_bytes, right = answered(orders["least sure first"], share)
    spent[name] = chip_mj + of_bytes * radio_mj
    rows.append((name, f"{right:.0%}", f"{of_bytes * pictures.size.mean():,.0f}",
                 f"{chip_ms + of_bytes * picture_ms:.0f}", f"{spent[name]:.1f}"))  # fmt: skip
table_card(
    "A picture on average",
    f"chip: {chip_ms:.0f} ms at 82.5 mW; radio: 300 mW, 1 Mbit a second",
    ("sent", "correct", "bytes", "ms", "mJ"),
    rows,
)

# %% [markdown]
# Sending everything costs three times the energy of sending nothing; the least sure fifth costs half
# as much again and brings half of the gain. Put in your own radio before you believe it: with one
# that is ten times as quick, the chip is what drains the battery.

# %% [markdown]
# ## 8 · Sign or not
#
# Back to the head of the clinic. Assume 2,000 patients a year, 150 € for each wrong first diagnosis,
# and 20,000 € a year for the federation. Some patients are of the clinic's own kind, some come from
# everywhere.

# %%
wrong_costs = 2_000 * 150


def worth(share):
    """€ a year that the common model brings if this share of patients comes from everywhere."""
    here = (common_here - own_here).mean()
    away = (common_away - own_away).mean()
    return wrong_costs * ((1 - share) * here + share * away) - 20_000


lost, won = (own_here - common_here).mean(), (common_away - own_away).mean()
break_even = (20_000 / wrong_costs + lost) / (won + lost)
both_pay = 20_000 / wrong_costs / won  # own model for the own kind, common model for the others
table_card(
    "What joining is worth",
    "€ a year, the mean clinic; the common model for all patients",
    ("patients from everywhere", "worth"),
    [(f"{share:.0%}", f"{worth(share):,.0f} €".replace("-", "−")) for share in (0.05, 0.2, 0.5)],
)

# %% [markdown]
# **Join if more than 35 % of your patients come from everywhere.** With 5 % the clinic would pay
# 42,000 € a year to be wrong more often. A clinic that can tell beforehand which patients are of its
# own kind keeps both models; for such a clinic joining pays from 18 % on.
#
# | Situation | Do | Because |
# |---|---|---|
# | Patients stay of your own kind | keep your own model | 92 % against 82 % |
# | Patients come from everywhere | join | 45 % against 82 % |
# | Clinics differ, the gap stands still | correct the steps, do not add rounds | FedAvg leaves 2.5 %, corrected steps 0.03 % |
# | Clinics are alike | average, and nothing more | FedAvg leaves 0.2 % |
# | "Updates are encrypted" | ask what the sum tells | two sums gave a whole record away |
# | "We have epsilon 1" | ask for whom, over how many rounds, at which delta | 18 points with 100 clients, less than one with 1,000 |
# | A rule against attackers | measure what it costs while all are honest | the median costs 7 points, Krum 21 |
# | A device with a line to the cloud | send what it doubts | a fifth of the pictures brings half of the gain |
#
# **When it is not worth it.** If patients may be put in one place, under contract, do that: every
# method of this lesson only tries to come close. If there are ten clients and each of them has to be
# hidden, there is no model left.

# %% [markdown]
# ## Sources
#
# - McMahan, Moore, Ramage, Hampson and Agüera y Arcas (2017), Communication-efficient learning of deep
#   networks from decentralized data: FedAvg. [arXiv:1602.05629](https://arxiv.org/abs/1602.05629)
# - Hsu, Qi and Brown (2019), Measuring the effects of non-identical data distribution for federated
#   visual classification: alpha, FedAvgM. [arXiv:1909.06335](https://arxiv.org/abs/1909.06335)
# - Li, Sahu, Zaheer, Sanjabi, Talwalkar and Smith (2020), Federated optimization in heterogeneous
#   networks: FedProx. [arXiv:1812.06127](https://arxiv.org/abs/1812.06127)
# - Karimireddy, Kale, Mohri, Reddi, Stich and Suresh (2020), SCAFFOLD: stochastic controlled averaging
#   for federated learning. [arXiv:1910.06378](https://arxiv.org/abs/1910.06378)
# - Bonawitz and others (2017), Practical secure aggregation for privacy-preserving machine learning,
#   *ACM Conference on Computer and Communications Security*.
#   [doi:10.1145/3133956.3133982](https://doi.org/10.1145/3133956.3133982)
# - Abadi and others (2016), Deep learning with differential privacy.
#   [arXiv:1607.00133](https://arxiv.org/abs/1607.00133)
# - Mironov, Talwar and Zhang (2019), Rényi differential privacy of the sampled Gaussian mechanism.
#   [arXiv:1908.10530](https://arxiv.org/abs/1908.10530)
# - Koskela, Jälkö and Honkela (2020), Computing tight differential privacy guarantees using FFT.
#   [arXiv:1906.03049](https://arxiv.org/abs/1906.03049)
# - Bu, Dong, Long and Su (2020), Deep learning with Gaussian differential privacy: the shortcut.
#   [arXiv:1911.11607](https://arxiv.org/abs/1911.11607)
# - Blanchard, El Mhamdi, Guerraoui and Stainer (2017), Machine learning with adversaries: Krum.
#   [arXiv:1703.02757](https://arxiv.org/abs/1703.02757)
# - Zhu, Liu and Han (2019), Deep leakage from gradients.
#   [arXiv:1906.08935](https://arxiv.org/abs/1906.08935)

# %% [markdown]
# ## Now the lab
#
# Open `labs/12_edge_federated/edge_federated.ipynb`. Eight tasks and a memo, 100 points, about two
# and a half hours. Every check tells you at once what is right and what is not yet.
#
# 1. Average the updates of unequal clinics, of which some do not answer.
# 2. Write what a clinic does in a round, so that all end at the common optimum.
# 3. Send a tenth of the bytes, and lose nothing in the long run.
# 4. Hide every update, and keep the sum exact.
# 5. Cope with drop-outs without revealing anybody.
# 6. Compute the epsilon of many rounds.
# 7. Write one private round.
# 8. Decide which pictures a camera sends.
# 9. Tell the data-protection officer what can be had together.
