# %% [markdown]
# # Lab 11: a network in a wrist watch, down to the last cycle
#
# Patients do shoulder exercises at home, and a watch is to tell which one they do. There is no
# cloud: the network runs on a Raspberry Pi Pico with 264 KB of memory, no floating point, and a
# battery. In seven tasks you cut the signals, turn the network into whole numbers, make it fit a
# budget, write its inner kernel in C, boot the firmware, and say how long the battery lasts.
#
# **How it works.** Fill in the cells that raise `NotImplementedError`. The cell below each one
# checks your answer at once, on practice numbers of your own, and tells you what is wrong and what
# to try. `lab.hint("layer")` opens a hint, one more with every call; hints cost nothing.
# `lab.progress()` shows where you are. At grading the same checks run on other numbers, so an
# answer must be computed, not copied.
#
# **No board needed.** The C compiler came with pip, and an emulator boots your image through the
# chip's own boot ROM and counts its cycles. If you have a Pico, the same file runs on it.
#
# Time: about four hours. Points: 100. Everything runs in less than a minute on one core.

# %% locked="setup"
import math
import tempfile
from pathlib import Path

import numpy as np
import torch

from labkit.checks.tinyml_pico import open_lab
from labkit.trends.tinyml_pico import (
    build,
    codegen,
    cost,
    data,
    device,
    differential,
    integer,
    network,
    packing,
    profiler,
    training,
)

torch.set_num_threads(1)
lab = open_lab(edition=1)

# %% [markdown]
# ## 1 · Windows without leakage between people (10 points)
#
# `recordings` is a list of dictionaries: `signal`, an array of shape (steps, channels), `exercise`
# (a whole number), `person` (a whole number) and `side`. Cut them into windows:
#
# - a window lies **within one recording**: `length` steps, starting at 0, `hop`, 2 · `hop`, … as
#   long as a whole window fits;
# - its label is the exercise of its recording;
# - windows of the people in `test_people` are for testing, all others for training;
# - both sides are standardised, channel by channel: minus the mean, divided by the standard
#   deviation. Both are taken over the **training people alone**, either over all samples of their
#   recordings or over all their windows; the two differ a little, and both are in use.
#
# Return `train_x, train_y, test_x, test_y`: windows of shape (n, length, channels), labels of shape
# (n,). The order of the windows is up to you. To try it: `cut_windows(data.recordings(), [9, 10],
# 64, 32)`.


# %% solution="windows"
def cut_windows(recordings, test_people, length, hop):
    """Return train_x, train_y, test_x, test_y."""
    ### BEGIN SOLUTION
    training_signals = [r["signal"] for r in recordings if r["person"] not in test_people]
    samples = np.concatenate(training_signals)
    mean, deviation = samples.mean(axis=0), samples.std(axis=0)
    sides = {False: ([], []), True: ([], [])}
    for recording in recordings:
        x, y = sides[recording["person"] in test_people]
        signal = (recording["signal"] - mean) / deviation
        for start in range(0, len(signal) - length + 1, hop):
            x.append(signal[start : start + length])
            y.append(recording["exercise"])
    (train_x, train_y), (test_x, test_y) = sides[False], sides[True]
    return np.array(train_x), np.array(train_y), np.array(test_x), np.array(test_y)
    ### END SOLUTION


# %% test="windows" points=10
lab.check("windows", cut_windows)

# %% [markdown]
# ## 2 · A layer in whole numbers (15 points)
#
# A real number $r$ is stored as an int8 number $q$ with $r = s\,(q - z)$: $s$ is the **scale**, $z$
# the **zero point**. You get a float layer and the ranges of what goes in and comes out. Return the
# int8 layer as a dictionary:
#
# | key | what it is |
# |---|---|
# | `input_zero_point`, `output_zero_point` | of a range `(low, high)`, **extended to hold 0 if it does not**, and never of width 0: scale (high − low) / 255, zero point round(−128 − low / scale), kept within −128 … 127 |
# | `weight` | int8, in the shape of the float weights. One scale for each output (the first axis): its largest absolute weight / 127. Zero point 0. A row without any weight: scale 1 / 127, so that its shift stays within −31 … 30 |
# | `bias` | int32, one for each output: the float bias / (input scale · weight scale), rounded |
# | `multiplier`, `shift` | one of each for each output. multiplier · 2^(shift − 31) is the real factor input scale · weight scale / output scale, and the multiplier, rounded or cut off, lies in 2^30 … 2^31 − 1 |
# | `low`, `high` | what outputs are clamped to: −128 to 127. A ReLU raises `low` to the output's zero point |
#
# `weight` has the shape (out, kernel, in) for a convolution and (out, in) for a dense layer. The
# check runs your numbers in `integer`, the course's reference, on tensors that you do not see:
# every output has to be right, bit for bit; how ties are rounded decides none of them. The reference
# subtracts the input's zero point itself, so leave it out of the bias.
#
# To try it: `quantise_layer(np.array([[0.5, -1], [2, 0]]), np.array([0.1, 0]), (0, 1), (-1, 2),
# False)`.


# %% solution="layer"
def activation_scale(low, high):
    """Return scale and zero point of int8 numbers for reals from `low` to `high`."""
    ### BEGIN SOLUTION
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / 255
    return scale, int(np.round(-128 - low / scale))
    ### END SOLUTION


def quantise_layer(weight, bias, input_range, output_range, relu):
    """Return the int8 layer as a dictionary."""
    ### BEGIN SOLUTION
    scale_in, zero_in = activation_scale(*input_range)
    scale_out, zero_out = activation_scale(*output_range)
    flat = weight.reshape(len(weight), -1).astype(float)
    largest = np.abs(flat).max(axis=1)
    scales = np.where(largest > 0, largest, 1.0) / 127
    fraction, exponent = np.frexp(scale_in * scales / scale_out)
    return {
        "weight": np.round(flat / scales[:, None]).reshape(weight.shape).astype(np.int8),
        "bias": np.round(bias / (scale_in * scales)).astype(np.int32),
        # Cut off: a fraction is below 1, so the multiplier stays below 2^31.
        "multiplier": (fraction * 2.0**31).astype(np.int64),
        "shift": exponent,
        "input_zero_point": zero_in,
        "output_zero_point": zero_out,
        "low": zero_out if relu else -128,
        "high": 127,
    }
    ### END SOLUTION


# %% test="layer" points=15
lab.check("layer", quantise_layer)

# %% [markdown]
# ## 3 · The whole network in whole numbers (15 points)
#
# `floating` is a trained network as plain data; the module `network` documents it: three
# convolutions, each followed by a **batch norm** and a ReLU, a pool (the mean over time), and a
# dense layer. `windows`, shape (n, 64, 6), are 256 training windows: `network.activations(floating,
# windows)` gives the values between the layers, from which you take the ranges.
#
# Return the int8 network in the form that the module `integer` documents: `length`, `channels`, the
# `scale` and `zero_point` of the input, and `layers`. A convolution and a dense layer are what
# `quantise_layer` gives you, with `kind` "conv" or "dense"; a convolution also has `stride` and
# `padding`. The pool is `{"kind": "pool"}` and changes neither scale nor zero point: what goes into
# the dense layer has the scale of the last convolution's output.
#
# The check trains networks of its own for this, on signals of a watch that is worn in another way
# and counts in other units. Their layers are of very different size, as happens in practice: one
# ends at 0.5, the next at 60. Half of the channels have a range eight times smaller than the
# others, and the last layer has large biases. So what a layer loses shows, and no range can be
# known beforehand: take each from the windows, the extremes, or percentiles that leave out at most
# 0.1 % at either end. Look at all 256: about a fifth of them show a watch that moves, the others one
# at rest, which tells nothing about the range. Where it moves differs from network to network.
#
# The check runs your int8 network on 773 windows of people whom no network has met, and asks three
# things, of every network:
#
# - it agrees with the float network on at least 95 % of the windows;
# - it loses at most 4 points of accuracy;
# - its seven outputs are a multiple of the float network's, one factor and one offset for all seven,
#   with a root mean square error of at most 9 % of their spread over the classes. A careful
#   quantiser stays near 4 %.
#
# It asks no more than these. There is no partial credit. To try it:
# `quantise_network(network.float_network(0), data.part("train").signal[:256])`.


# %% solution="network"
def fold(layer):
    """Return weight and bias of a convolution with its batch norm folded in."""
    ### BEGIN SOLUTION
    gain = layer["gamma"] / np.sqrt(layer["variance"] + layer["epsilon"])
    return layer["weight"] * gain[:, None, None], layer["beta"] - layer["mean"] * gain
    ### END SOLUTION


def quantise_network(floating, windows):
    """Return the int8 network that stands for `floating`."""
    ### BEGIN SOLUTION
    *inner, logits = network.activations(floating, windows)
    ranges = [tuple(np.percentile(values, [0.1, 99.9])) for values in inner]
    ranges.append((logits.min(), logits.max()))
    scale, zero_point = activation_scale(*ranges[0])
    layers, current = [], ranges[0]
    for layer, seen in zip(floating["layers"], ranges[1:], strict=True):
        if layer["kind"] == "pool":  # not secret
            layers.append({"kind": "pool"})  # not secret
            continue
        if layer["kind"] == "conv":  # not secret
            made = quantise_layer(*fold(layer), current, seen, True)
            made |= {"stride": layer["stride"], "padding": layer["padding"]}
        else:
            made = quantise_layer(layer["weight"], layer["bias"], current, seen, False)
        layers.append(made | {"kind": layer["kind"]})
        current = seen
    return {
        "length": floating["length"],
        "channels": floating["channels"],
        "scale": scale,
        "zero_point": zero_point,  # not secret
        "layers": layers,
    }
    ### END SOLUTION


# %% test="network" points=15
lab.check("network", quantise_network)

# %% [markdown]
# ## 4 · A sound network for a budget (15 points)
#
# A customer has seven movements of its own, and names a price: at most `limits["cycles"]` cycles for
# a window and at most `limits["flash_bytes"]` bytes of flash. `signal` (n, 64, 6) and `exercise`
# (n,) are windows of sixteen people, standardised. Return an int8 network that keeps to both limits
# and is soundly trained: it will be worn by other people.
#
# `cost.cycles(some_network)` and `cost.flash_bytes(some_network)` tell the price of a network,
# float or int8, without compiling it. `training` has `train` (for any three widths), `prune` (to
# fewer channels, then `train` again with `start=`) and `ensemble` (a teacher for `train`). Any way
# is fine.
#
# **What counts.** Accuracy on 32 people who were not in the training: at least 88.5 %, and there is
# no partial credit. Widths of 8, 12 and 16 keep to both limits. One limit leaves room for more, the
# other does not, and which one differs, so look at both. Networks of that size, trained as
# `training.train` does it by itself, reach 90 to 96 %, so an unlucky seed costs nothing. Networks of
# half that width stay below 83 %, those trained for a quarter of the epochs below 88 %. Keep the
# training below a minute.
#
# The movements are new, so the package's ready networks do not know them, neither as answers nor as
# teachers: train your own. To try it: `fit_budget(*data.part("train")[:2], {"cycles": 90_000,
# "flash_bytes": 9_000})`. The course's own movements are harder to tell apart: there the same
# networks reach less.


# %% solution="budget"
def fit_budget(signal, exercise, limits):
    """Return an int8 network within the limits, trained on these windows."""
    ### BEGIN SOLUTION
    # What a network costs follows from its shape, and the ready networks lend theirs.
    affordable = [
        widths
        for name, widths in network.WIDE.items()
        if cost.cycles(network.float_network(name)) <= limits["cycles"]
        and cost.flash_bytes(network.float_network(name)) <= limits["flash_bytes"]
    ]
    trained = training.train(signal, exercise, widths=max(affordable))
    return quantise_network(trained, signal)
    ### END SOLUTION


# %% test="budget" points=15
lab.check("budget", fit_budget)

# %% [markdown]
# ## 5 · The inner kernel, in C (15 points)
#
# Nearly all the time goes into one function. For every output step it computes
#
# ```c
# acc[r] = bias[r] + sum over i of x[i] * weight[r * taps + i]        for r = 0 .. rows - 1
# ```
#
# with int8 `x` and `weight` and 32-bit sums. `build.runtime_file("dot_rows.c")` shows the version
# that you are given; it is exact and slow. Write a faster one in C; inline assembler counts as C.
# It must be exact for **any** number of rows from 1 to 64 and of taps from 1 to 600, odd ones too,
# and for every int8 value, −128 included. It writes to `acc` and to variables of its own, nowhere
# else. `x` and `weight` may begin at any address; the chip stops at a load of 16 bits from an odd
# address, and at one of 32 bits from an address that is no multiple of 4. The emulator lets the
# first of these pass. The check does not: it also calls your `dot_rows` by itself, with shapes and
# addresses from the whole range, and looks at the bytes around its arrays.
#
# The given one takes 844,000 cycles for a network of the course's shape. Full marks below 760,000,
# a tenth faster; half for a kernel that is exact and at least 5 % faster. Good ideas end between
# 625,000 and 735,000. Two kinds of idea count, fewer loads and fewer branches, written by hand or
# got from the compiler: what is asked for is a kernel that you measured to be faster, not one way
# to it.
#
# The networks of the check are random. They clamp to less than a byte and have weights of −128, so
# the package's assembler does not run them: what is timed is your `dot_rows`.
#
# What the chip, a Cortex-M0+, is good at: a multiplication takes one cycle, a load two, a loop's
# branch two, and there are eight registers for everyday use. Beware of the compiler: at `-O2` it
# unrolls loops, often until eight registers no longer suffice. Then an idea that saves loads makes
# the program slower. So measure each idea at `-Os` as well.
#
# A compile error comes back with its line. To try your C on small numbers, compile it for this
# computer (this way takes no inline assembler, which is the chip's own):
#
# ```python
# library = build.host_library(Path(tempfile.mkdtemp()), {"kernel.c": kernel_source()})
# differential.HostKernels(library).dot_rows([1, 2, 3], [[1, 0, 1], [2, 2, 2]], [0, 100])   # [4, 112]
# ```
#
# To measure it on the chip, as a whole and by kinds of instructions:
#
# ```python
# image = kernel_image(integer.int8_network())
# pico, quiet = device.EmulatedPico(image["uf2"]), np.zeros((64, 6), np.int8)
# pico.infer(quiet).cycles, profiler.cycles_by_kind(pico.profile(quiet))
# ```


# %% solution="kernel"
def kernel_source():
    """Return the C source of your `dot_rows`, a text that begins with #include "tinyml.h"."""
    ### BEGIN SOLUTION
    return r"""
#include "tinyml.h"

/* Two rows at once share the loads of x. Counting down, one register is index and end. */
static __attribute__((noinline)) void two_rows(const int8_t *x, const int8_t *a, const int8_t *b,
                                               int taps, int32_t *acc) {
  int32_t sum_a = acc[0], sum_b = acc[1];
  int i = taps;
#pragma clang loop unroll(disable)
  do {
    i--;
    int32_t value = x[i];
    sum_a += value * a[i];
    sum_b += value * b[i];
  } while (i);
  acc[0] = sum_a;
  acc[1] = sum_b;
}

void dot_rows(const int8_t *x, const int8_t *w, int n, int rows, const int32_t *b, int32_t *acc) {
  for (int r = 0; r < rows; r++) acc[r] = b[r];
  int r = 0;
  for (; r + 1 < rows; r += 2, w += 2 * n) {
    two_rows(x, w, w + n, n, acc + r);
  }
  if (r < rows) {
    for (int i = 0; i < n; i++) acc[r] += x[i] * w[i];
  }
}
"""
    ### END SOLUTION


def kernel_image(network_int8):
    """Return the firmware of an int8 network with your kernel in it.

    `optimise` is the compiler's switch: try "-O1", "-O2", "-O3", "-Os" and "-Oz".
    """
    sources = codegen.generate(network_int8, "plain") | {"kernel.c": kernel_source()}
    return build.firmware(sources, optimise="-O2")


# %% test="kernel" points=15
lab.check("kernel", kernel_image)

# %% [markdown]
# ## 6 · Deploy (15 points)
#
# Customers differ, and so do their limits. `deploy` gets an int8 network and `limits`:
# `milliseconds` for a window at 125 MHz, `flash_bytes` of the image, and `ram_bytes` that the
# running program touches, its stack included. Return what `build.firmware` gives you for an image
# that keeps to all three.
#
# You choose the kernel that `codegen.generate` writes for, one of `codegen.KERNELS`, and the
# compiler's switch, `optimise="-O2"` or `"-Os"`. The assembler kernel for 7-bit weights is exact
# for some networks only; for others `codegen` raises `packing.CannotPack`. What an image really
# takes, the chip tells you: `with device.EmulatedPico(image["uf2"]) as pico:` boots it through the
# boot ROM and talks to it over its serial port. `pico.infer(window)` has `cycles`; after it,
# `pico.flash_bytes` and `pico.ram_bytes` are known.
#
# The check does the same with five networks that you do not see, and all five have to keep to their
# limits. They differ in shape: long rows or short ones, many inputs or few. So no constant tells
# their time, and neither switch is the faster for all of them: for at least one network only an
# image at `-O2` fits, for another only one at `-Os`. At least one network is short of flash with
# plenty of RAM, at least one is short of RAM with plenty of flash, and at least four are short of
# time. For each of them one image fits, with 1 % of its time to spare, whatever the window. The check
# believes the chip, not what a notebook prints. To try it:
# `deploy(integer.int8_network("w8"), {"milliseconds": 3, "flash_bytes": 8_000, "ram_bytes": 9_000})`.


# %% solution="deploy"
def deploy(network_int8, limits):
    """Return the firmware of the network that keeps to the limits."""
    ### BEGIN SOLUTION
    window = np.zeros((network_int8["length"], network_int8["channels"]), np.int8)
    for kernel in ("packed7", "packed", "plain"):
        try:
            sources = codegen.generate(network_int8, kernel)
        except packing.CannotPack:
            continue
        for optimise in ("-Os", "-O2"):
            image = build.firmware(sources, optimise=optimise)
            with device.EmulatedPico(image["uf2"]) as pico:  # not secret
                milliseconds = pico.infer(window).cycles / 125_000
                if (
                    milliseconds <= 0.99 * limits["milliseconds"]
                    and pico.flash_bytes <= limits["flash_bytes"]
                    and pico.ram_bytes <= limits["ram_bytes"]
                ):
                    return image
    raise ValueError("no image keeps to the limits")
    ### END SOLUTION


# %% test="deploy" points=15
lab.check("deploy", deploy)

# %% [markdown]
# ## 7 · How long does the battery last? (10 points, and 5 for the paragraph below)
#
# The same chip listens to a machine's bearing and looks at it once in every `period_s`. `watch`
# has:
#
# | key | what it is |
# |---|---|
# | `cycles`, `clock_hz` | what one look computes, and how fast |
# | `period_s` | seconds from look to look |
# | `wake_ms` | milliseconds to wake up before each look; the current is the same as for computing |
# | `active_ma`, `sleep_ma` | the chip's current while awake, and while asleep (all other time), mA |
# | `sensor_ma` | the sensor's current, which flows all the time, mA |
# | `events_per_day`, `event_ms`, `event_ma` | radio messages a day, how long each is, and the current it takes **on top** |
# | `capacity_mah`, `usable` | the battery's capacity in mAh, and the share of it that can be drawn |
# | `lost_per_month` | self-discharge: a share of the whole capacity, lost in every 720 hours, evenly |
# | `wanted_days` | how long it should last |
#
# Return `days`, how long it lasts, and `period_s`, the shortest period with which it lasts
# `wanted_days`. Where a look, waking up included, takes longer than its period, `days` is 0.
# `period_s` is never shorter than one look takes, waking up included, and `math.inf` if no period
# is long enough. Within 2 % is right. Half of the points are for `days`, half for `period_s`; either
# half takes every watch of the check: one that sleeps lightly, one that talks for hours a day, one
# that cannot keep up, one whose look takes half an hour, one for which no period is long enough. To
# try it: `battery_life(WATCH)` with
#
# ```python
# WATCH = dict(cycles=500_000, clock_hz=125_000_000, period_s=5.0, wake_ms=20, active_ma=25, sleep_ma=0.2,
#              sensor_ma=0.1, events_per_day=50, event_ms=1_000, event_ma=80, capacity_mah=1_200,
#              usable=0.8, lost_per_month=0.03, wanted_days=90)
# ```


# %% solution="battery"
def battery_life(watch):
    """Return (days, period_s)."""
    ### BEGIN SOLUTION
    awake = watch["wake_ms"] / 1000 + watch["cycles"] / watch["clock_hz"]
    events = watch["events_per_day"] * watch["event_ms"] / 1000 * watch["event_ma"] / 86_400
    leak = watch["capacity_mah"] * watch["lost_per_month"] / 720
    steady = watch["sleep_ma"] + watch["sensor_ma"] + events + leak
    extra = watch["active_ma"] - watch["sleep_ma"]
    charge = watch["capacity_mah"] * watch["usable"]
    days = charge / (steady + extra * awake / watch["period_s"]) / 24
    allowed = charge / (24 * watch["wanted_days"]) - steady
    period = awake * max(extra / allowed, 1.0) if allowed > 0 else math.inf
    return (days if awake <= watch["period_s"] else 0.0), period
    ### END SOLUTION


# %% test="battery" points=10
lab.check("battery", battery_life)

# %% [markdown]
# ### One paragraph for the customer (5 points, graded by hand)
#
# A pump maker wants the bearing watch for two years on a coin cell of 620 mAh (80 % usable, 1 %
# lost a month). The chip draws 25 mA awake and 0.18 mA asleep, the sensor 0.06 mA; it wakes up in
# 12 ms, and there are no radio messages. Use your own cycles from task 5 or 6, and write at most
# 120 words.
#
# | criterion | points |
# |---|---|
# | States how long the battery lasts with a look every 10 seconds, and whether any period reaches two years | 2 |
# | Says what drains it most, with a number, and that a faster kernel hardly helps here | 1 |
# | Names one thing that the figure leaves out or assumes | 1 |
# | Recommends a change that can be decided or measured | 1 |

# %% [markdown] essay="customer" points=5
# ### BEGIN SOLUTION
# **Model answer.** With a look every ten seconds the cell lasts about 72 days, and no period
# reaches two years: even a watch that never looked would be empty after 83 days. Sleep and sensor
# draw 0.24 mA all the time, the awake chip only 0.04 mA on average, most of it for waking up; a
# kernel twice as fast would buy two days. The figure assumes a fresh cell at room temperature and
# no radio messages; a cold pump room takes more. I recommend measuring the sleeping current first,
# then letting the sensor's own motion detector switch the chip on and off, so that sleep costs
# microamperes. Two AA cells of 2,500 mAh alone last about 265 days.
# ### END SOLUTION

# %% [markdown]
# ## Where you stand

# %%
lab.progress()

# %% [markdown]
# ## Hand in
#
# Only what is saved is handed in, so save first (Ctrl+S). The cell below says how it stands and
# hands in nothing yet. To hand in, run `submit("11_tinyml_pico", now=True)`: it runs a copy of your
# notebook from the top, shows what every check gives, and hands in. You may hand in again as
# often as you like; the last one counts.

# %%
from labkit.desk.submit import submit

submit("11_tinyml_pico")
