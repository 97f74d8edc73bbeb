"""What the lesson of module 06 states, checked by ``test_lessons.py``."""

PICTURES = 5
EXPLORERS = ("widgets.explore_timeouts(", "widgets.explore_inbox(")
STATED = (
    ("handles [90] steps a day", "inbox.STEPS"),
    ("[0.57] with 60 labelled mails", "score('words, new phrasings', 0)"),
    ("mails, [0.60] with 300", "score('words, new phrasings', 1)"),
    ("Word vectors reach [0.63] and", "score('meaning, new phrasings', 0)"),
    ("reach 0.63 and [0.73]", "score('meaning, new phrasings', 1)"),
    ("says [0.92] or 1.00", "score('words, known phrasings', 0)"),
    ("says 0.92 or [1.00]", "score('words, known phrasings', 1)"),
    ("day: [20] requests", "len(day.requests)"),
    ("Of these, [12] may be", "sum(due[0] != 'escalate' for due in day.ledger)"),
    ("[6]. The other 14", "rows[0][2]"),
    ("6. The other [14] get something", "rows[0][3]"),
    ("happens and [14] get what", "rows[1][2]"),
    ("The [five] refunds that are due", "sum(due[0] == 'refund' for due in day.ledger)"),
    ("are the [eight] requests that", "sum(due[0] == 'escalate' for due in day.ledger)"),
    ("In [98.7] %, if readings", "100 * right[readings.index(9)]"),
    ("readings give only [85.6] %", "100 * right[readings.index(3)]"),
    ("was right in [73] % of cases", "100 * right[0]"),
    ("About [21]: every time-out", "ways['call again'][1]"),
    ("leaves [20] unpaid instead", "ways['no second call'][0]"),
    ("still followed [35] % of the orders", "100 * attacks.FENCED"),
    ("We take [60] attacked mails", "sum(task.attacked for task in tasks)"),
    ("and [60] clean ones", "len(clean)"),
    ("Sources do [70] % of the tasks", "100 * measured['sources'][0]"),
    ("The other [30] % need a receiver", "100 * (1 - measured['sources'][0])"),
    ("It lets [50] % of", "100 * measured['word filter'][1]"),
    ("it puts [33] % of the *honest*", "100 * aside"),
    ("chance of [2] %. Most could", "100 * inbox.WRONG"),
    ("grant [93] % of requests", "100 * inbox.UNREAD"),
    ("together cost [678] € a day", "nobody.cost"),
    ("[645] €. Approving everything", "every.cost"),
    ("everything saves [5] % of the cost", "100 * (1 - every.cost / nobody.cost)"),
    ("half as much as either extreme: [313] €", "best.cost"),
    ("people's time is [10] €", "45 * best.hours"),
    ("the ninety steps take [6] hours", "best.saved + best.hours"),
    ("the [nine] steps a day", "best.questions"),
    ("about nothing that saves [365] € a day", "saved"),
    ("about everything [332] €", "every.cost - best.cost"),
)
# Claims in words.
HELD = {
    "the person who looks it up lets nothing wrong happen": "rows[1][3] == voted[1][3] == 0",
    # None where it is not set up; near ties may fall otherwise on another type of processor.
    "the language model calls almost everything a refund, so about nine of twenty are right": (
        "intents_right is None or (abs(intents_right - 9) <= 2 and"
        " sum(small(r, t)(r['text'])['intent'] == 'refund'"
        " for r, t in zip(day.requests, day.truths)) >= 18)"
    ),
    "each of the twenty waits for a yes": "{row[1] for row in rows + voted} == {20}",
    "with nine readings the refunds and what was for a person are wrong": (
        "voted[0][3] == 5 + 8 and voted[0][2] == 20 - 13"
    ),
    "each mail names too high a sum": (
        "all(t['claim'] > day.orders[t['order']]['cents'] for t in day.truths)"
    ),
    "the gate wrote nothing before the yes": "before == [] and ledger == [(4711, 7900)]",
    "the mail's claim was paid and not what the order cost": (
        "find_order(4711)['cents'] == 5900 and ledger[0][1] == 7900"
    ),
    "everything except the total cannot be read": "read.notna().sum() == 1",
    "the number is wrong by far": "abs(read.sum() - true_total) > 1000",
    "all three ways save more than 5.6 hours": (
        "min(one.saved for one in (every, nobody, best)) > 5.5"
    ),
    "nine questions have the least cost": "best.questions == 9",
    "half as much as either extreme": "best.cost < 0.5 * min(every.cost, nobody.cost)",
    "a question that is read takes two minutes, one that is clicked away five seconds": (
        "inbox.READ_MINUTES == 2 and abs(60 * inbox.CLICK_MINUTES - 5) < 1e-9"
    ),
    "somebody who is asked about all ninety clicks 93 % away": "abs(1 - every.read - 0.93) < 1e-9",
    "the filter stops all attacks that were collected": "len(collected) == 3",
    "only two ways let nothing through, and one of them works": (
        "[name for name, (_, harm) in measured.items() if harm == 0]"
        " == ['no mail at all', 'sources'] and measured['no mail at all'][0] == 0"
    ),
    "a key leaves no payment too many": "ways['call again, same key'][1] == 0",
    "a key leaves next to nothing unpaid": "ways['call again, same key'][0] < 0.01",
    "lost after moves the bar of calling again alone": (
        "metrics.payments(0.02, 0.1)['no second call'] == ways['no second call']"
        " and metrics.payments(0.02, 0.1)['call again'][1] > 4 * ways['call again'][1]"
    ),
    "most steps could do little harm, a few thousands of euros": (
        "np.median(inbox.harms()) < 100 and 1 < (inbox.harms() > 1000).sum() < 9"
    ),
}
# Names that the expressions above use beside the lesson's own.
HELPERS = """
def score(name, place):
    return found[name][place]
"""
