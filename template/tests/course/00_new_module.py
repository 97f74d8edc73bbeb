"""What the lesson of module 00 states, checked by ``test_lessons.py``."""

PICTURES = 2
EXPLORERS = ("widgets.explore_stock(",)
STATED = (
    ("With ten units a day, [50] % of the days", "100 - 100 * shelf['days served'][9]"),
    ("Ten units serve [74] % of the demand", "100 * shelf['demand served'][9]"),
    ("The eleventh unit adds [5] points", "100 * gain[9]"),
)
HELD = {
    "the twentieth adds not one point": "0 < 100 * gain[18] < 1",
    "half of all days": "abs(short.mean() - 0.5) < 0.06",
}
HELPERS = """
gain = np.diff(shelf["demand served"])
"""
