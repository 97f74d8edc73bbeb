"""What the lesson of module 11 states, checked by ``test_lessons.py``."""

PICTURES = 7
EXPLORERS = ("widgets.explore_bits(", "widgets.watch_live(")
STATED = (
    ("[768] times. The signal is", "signal_bytes / decision_bytes"),
    ("The signal is [600] bytes a second", "signal_bytes"),
    ("bytes a second, [52] MB a day", "signal_bytes * 86_400 / 1e6"),
    ("The decisions are [0.8] bytes", "decision_bytes"),
    ("train on [2,460] of them", "len(trained_on)"),
    ("test on [773] others", "len(held_back)"),
    ("finds an accuracy of [99.7] %", "100 * told"),
    ("[89] %. One window in nine is wrong", "100 * true_accuracy"),
    ("[89] % on average over two people", "100 * true_accuracy"),
    ("[25] %. Person 10, right arm, internal rotation", "100 * each[worst[0]]"),
    ("with the same arm stands at [38] %", "100 * each[worst[1]]"),
    ("[66], which means 0.3118", "whole[2]"),
    ("66, which means [0.3118]", "whole[2] * step"),
    ("add [32] to 80 products", "min(products)"),
    ("add 32 to [80] products", "max(products)"),
    ("can hold [132],000 of the largest", "2**31 / (127 * 128) / 1000"),
    ("With 4 bits [88.6] % are left", "explored(4, '16, 24, 32')"),
    ("with 3 bits [78.5] %", "explored(3, '16, 24, 32')"),
    ("with 2 bits [30] %", "explored(2, '16, 24, 32')"),
    ("the narrow one with 8 bits on [87.7] %", "explored(8, '12, 16, 24')"),
    ("needs only [61] % of the time", "100 * cost_at('w12') / cost_at('int8')"),
    ("int8 network is [0.5] points higher", "100 * (int8_accuracy - float_accuracy)"),
    ("[4] points. int8 moves", "100 * spread"),
    ("moves the accuracy by [0.6] points at most", "100 * abs(moved).max()"),
    ("and by [0.1] on average", "100 * moved.mean()"),
    ("[9] %. The emulator ran one window", "100 * plain_share['multiply']"),
    ("Of the [12] cycles for one MAC", "sum(spent['plain C'].values())"),
    ("in plain C, [6] are loads and stores", "spent['plain C']['load, store']"),
    ("and [1] is the multiplication", "spent['plain C']['multiply']"),
    ("The assembler is [3.6] times faster", "cost_of['plain C'] / cost_of['assembler']"),
    ("as one with [3.6] times as many MACs", "cost_of['plain C'] / cost_of['assembler']"),
    ("The network takes [2] % with the fast", "100 * shares['assembler']"),
    ("fast kernel and [7] % with plain C", "100 * shares['plain C']"),
    ("alone takes [64] %", "100 * shares['floating point, imitated']"),
    ("buys [two] hours in two days", "24 * (days['assembler'] - days['plain C'])"),
    ("From [68] % to 94 %. With ten", "100 * min(people.values())"),
    ("From 68 % to [94] %. With ten", "100 * max(people.values())"),
    (
        "the accuracy rises by [8] points",
        "100 * (trained_mean('8, 12, 16') - trained_mean('4, 8, 8'))",
    ),
    ("it rises by [1.5] points", "100 * (trained_mean('24, 36, 48') - trained_mean('8, 12, 16'))"),
    ("smallest network**: [3.5] points", "gains['4, 8, 8', 'pruned'][0]"),
    ("together, is right on [88.7] %", "100 * study['teacher_accuracy']"),
    (
        "saves another [8] % of the cycles",
        "100 * (1 - cost_of['assembler, 7-bit weights'] / cost_of['assembler'])",
    ),
    (
        "Imitating fractions** costs [277] cycles",
        "peers['emlearn, soft-float MLP']['cycles_per_mac']",
    ),
)
HELD = {
    "8 points for twice the cycles": "2 < cost_at('w8') / cost_at('w4') < 2.3",
    "1.5 points for five times the cycles": "4.8 < cost_at('w24') / cost_at('w8') < 5.4",
    "seeds are further apart than that": (
        "100 * np.ptp(by_name['8, 12, 16', 'trained']) > 2 and 100 * spread > 2"
    ),
    "pruning helps the smallest with every seed": (
        "(by_name['4, 8, 8', 'pruned'] > by_name['4, 8, 8', 'trained']).all()"
    ),
    "no other gain is larger than its error": (
        "all(abs(gain) <= error for one, (gain, error) in gains.items()"
        " if one != ('4, 8, 8', 'pruned'))"
    ),
    "It halves the cycles of plain C": (
        "1.8 < cost_of['plain C'] / peers['assembler, one product a MULS']['cycles'] < 2.2"
    ),
    "noise in training is more than half a step": "0.05 > ready['scale'] / 2",
    "a board that does nothing takes two thirds": "0.62 < board_share < 0.72",
    "with imitated fractions the battery is empty within a day": (
        "days['floating point, imitated'] < 1"
    ),
    "the watch worn in another way is right in 27 %, 41 % and 17 %": (
        "[right for _, right in worn_rows[1:]] == ['27%', '41%', '17%']"
    ),
    "an arm at rest is called an exercise, surer than 90 % in four of six positions": (
        "sum(float(one[2][:-1]) > 90 for one in still_rows) == 4"
    ),
    "float and int8 differ on 4 windows": "differ.sum() == 4",
    "in seven of ten cases the twin was in the same recording": "0.65 < same_recording < 0.75",
    "half of the recordings are at 95 % or more": "np.median(list(each.values())) >= 0.95",
    "the largest weights differ by two to three times": (
        "all(2 <= layer['weight_scale'].max() / layer['weight_scale'].min() <= 3"
        " for layer in ready['layers'] if layer['kind'] == 'conv')"
    ),
    "all answers of the chip equal the reference": "equal == len(sample)",
    "every kernel of ours is exact": "all(row[4] == 'yes' for row in kernel_rows)",
    "plain C takes the time of CMSIS-NN, within 2 %": (
        "0.98 < cost_of['plain C'] / peers['CMSIS-NN']['cycles'] < 1.02"
    ),
    "the assembler takes 6 KB more flash": (
        "5.5 < (chip.flash_bytes - chips['plain C'].flash_bytes) / 1024 < 6.5"
    ),
    "with 7 bits one window more is right": "round(773 * (seven_accuracy - int8_accuracy)) == 1",
    "the middle of the product is the dot product": "5_003 * 2_007 // 1000 % 1000 == 41",
}
# Names that the expressions above use beside the lesson's own.
HELPERS = """
import re
products = [layer["weight"][0].size for layer in ready["layers"] if "weight" in layer]
whole_plain = sum(spent["plain C"].values())
plain_share = {kind: part / whole_plain for kind, part in spent["plain C"].items()}
def explored(bits, width):
    text = widgets.explore_bits({"12, 16, 24": "w12", "16, 24, 32": "int8"}).draw(bits, width).alt
    return float(re.search(r"over the bits, ([0-9.]+) % at", text)[1])
def cost_at(name):
    return cost.cycles(integer.int8_network(name))
def trained_mean(name):
    return by_name[name, "trained"].mean()
def accuracy_of(name):
    made = integer.int8_network(name)
    said = integer.run(made, integer.quantise_input(made, test.signal))
    return network.accuracy(said, test.exercise)
seven_accuracy = accuracy_of("int7")
board_share = drawn["sleep, board"] * every / (
    drawn["sleep, board"] * every + drawn["sensor"] * every + drawn["active"] * 0.0068
)
"""
