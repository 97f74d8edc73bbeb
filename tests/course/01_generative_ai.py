"""What the lesson of module 01 states, checked by ``test_lessons.py``."""

PICTURES = 7
EXPLORERS = ("widgets.explore_next(", "widgets.explore_steps(")
STATED = (
    ("gets [400] tickets a day. Each", "PER_DAY"),
    ("[240] tickets were asked about", "len(tickets)"),
    ("million weights, in [98] MB", "vectors['megabytes']"),
    ("After six solved examples, [65] % can be read", "100 * valid['6 shots']"),
    ("begins with *h* in [80] % of cases", "100 * small.after['^']['h']"),
    ("of its valid texts [31] % are", "100 * own['high']"),
    ("[80] %. Once *h* is written", "100 * forced['high']"),
    ("six of each of [40] customers", "len(set(customer))"),
    ("18 examples with a schema get [35] % of", "100 * right('18 shots, schema')"),
    ("six get [60] %, and", "100 * right('6 shots, schema')"),
    ("in the barest words, [49] %", "100 * right('bare, schema')"),
    ("Guessing gets [17] %", "100 / 6"),
    ("Choose it with [20] customers", "len(set(customer)) / 2"),
    ("here it loses [0.008], since", "here - elsewhere"),
    (
        "the next one is [6] points behind",
        "100 * (rows[0][1] - rows[1][1])",
    ),
    ("of 40 customers shows [0.058] more", "luck[0] - luck[1]"),
    ("learn from [320] labelled tickets", "len(data.training())"),
    ("counted words too, with [15] kilobytes", "1000 * point('counted words')['megabytes']"),
    ("counted words fall to [19] %", "100 * point('counted words')['held_out']"),
    ("the mini GPT to [10.5] %", "100 * point('mini GPT')['held_out']"),
    ("vectors keep [29] %, LoRA", "100 * vectors['held_out']"),
    ("vectors [76] %, counted words", "100 * vectors['component_held_out']"),
    ("counted words [54] %, LoRA", "100 * point('counted words')['component_held_out']"),
    ("weights, [0.9] MB in all", "lora['megabytes'] - asked['megabytes']"),
    ("LoRA is right in [75] %, and", "100 * lora['seen']"),
    ("29 %, LoRA [31] %; of", "100 * lora['held_out']"),
    ("54 %, LoRA [43] %", "100 * lora['component_held_out']"),
    ("took [108] CPU-seconds and", "lora['training_seconds']"),
    ("CPU-seconds and [1.5] GB", "lora['training_megabytes'] / 1000"),
    ("[0.02] ms against", "point('counted words')['milliseconds']"),
    ("against [248] ms a ticket", "asked['milliseconds']"),
    ("A layer of [12] rows", "len(weights)"),
    ("[24] % and 6 %. Codes", "100 * errors['one scale for all rows'][2]"),
    ("24 % and [6] %. Codes", "100 * errors['one scale a row'][2]"),
    ("each other's errors leave [4] %", "100 * fed_back"),
    ("[200] items, of which", "len(bench.seen)"),
    ("of which [25] % were seen", "100 * bench.seen.mean()"),
    ("[46] %: easy items", "100 * highest"),
    ("**above the line**, [96] %", "100 * above"),
    ("around [200] handwritten digits", "digits.DIGITS"),
    ("off by [3.6] grey levels", "digits.off(digits.draw(digits.noise(1), 2), 1)"),
    ("they are off by [0.06]", "digits.off(digits.draw(digits.noise(1), 32), 1)"),
    ("wrong colleague costs [10] minutes", "MINUTES"),
    ("vectors send [28] tickets a day", "wrong[vectors['name']]"),
    ("counted words [56]: 4.6", "wrong['counted words']"),
    ("counted words 56: [4.6] hours", "(wrong['counted words'] - wrong[vectors['name']]) / 6"),
    ("for [33] CPU-seconds a day", "PER_DAY * vectors['milliseconds'] / 1000"),
    ("merely asked, sends [149]", "wrong['SmolLM2, 6 shots, schema']"),
    ("right in more than [76] % of", "100 * vectors['component_held_out']"),
)
HELD = {
    "no free answer to the list can be read": "valid['lists'] == 0",
    "under a schema every answer can be read": (
        "all(valid[one.name] == 1 for one in prompts.PROMPTS if one.schema)"
    ),
    "the model wanted to write password, and no component begins so": (
        "dict(data.figures('next.json')['tickets'][0]['likely'])['password']"
        " == max(dict(data.figures('next.json')['tickets'][0]['likely']).values())"
        " and not widgets.can_begin('password')"
    ),
    "half of the tickets are in words that no solved example has": (
        "0.4 < np.mean([one.held_out for one in tickets]) < 0.6"
    ),
    "with 12 and 18 examples it is right less often than with 6": (
        "max(right('12 shots, schema'), right('18 shots, schema')) < right('6 shots, schema') - 0.2"
    ),
    "in known words all trained models but LoRA are right in 100 %, and LoRA in the component": (
        "all(one['seen'] >= 0.995 for one in points if one['kind'] != 'prompted'"
        " and one is not lora) and lora['component_seen'] >= 0.995"
    ),
    "eight bits change nothing in the mini GPT, and four little": (
        "point('mini GPT, 8 bits')['seen'] == point('mini GPT')['seen']"
        " and abs(point('mini GPT, 4 bits')['seen'] - point('mini GPT')['seen']) < 0.02"
    ),
    "counted words beat the model that is only asked, on their own ground": (
        "point('counted words')['seen'] > max(one['seen'] for one in points"
        " if one['kind'] == 'prompted')"
    ),
    "at a thousandth of the size and time": (
        "point('counted words')['megabytes'] < asked['megabytes'] / 1000"
        " and point('counted words')['milliseconds'] < asked['milliseconds'] / 1000"
    ),
    "in new words, the vectors find the most components": (
        "vectors['component_held_out'] == max(one['component_held_out'] for one in points)"
    ),
    "with eight steps some digits are clear and others are not": (
        "digits.off(digits.draw(digits.noise(2), 8), 2) < 0.3"
        " and digits.off(digits.draw(digits.noise(1), 8), 1) > 1.5"
    ),
    "three in ten tickets are in new words": "NEW == 0.3",
}
HELPERS = """
import sys
from pathlib import Path
sys.path.insert(0, str(next(p for p in Path.cwd().resolve().parents if (p / "grader").is_dir())
                       / "grader") if not (Path.cwd() / "grader").is_dir() else "grader")
from exams.generative_ai import quantise
from labkit.trends.generative_ai import digits
def point(name):
    return next(one for one in points if one["name"] == name)
def right(name):
    return scored[name][:, 1].mean()
vectors, asked = point("SmolLM2's vectors, linear"), point("SmolLM2, 6 shots, schema")
lora = point("SmolLM2, LoRA")
scales = np.abs(weights).max(axis=1) / 7
codes = quantise.reference(weights, inputs, scales, 4) * scales[:, None]
off = ((inputs @ (weights - codes).T) ** 2).sum(axis=0)
fed_back = np.sqrt(off / ((inputs @ weights.T) ** 2).sum(axis=0)).mean()
"""
