"""What honest tests need and attacks use: the test's objects as handles, state, calls made ahead.

A test hands over a fake, a stream and lists; later cells of the learner's have what its visible
lines bound; a loop's calls are made before the loop comes to them; modules beside the notebook are
found. None of this leads to what the test keeps to itself, or to a verdict.
"""

from attacks.bridge import SERVER
from attacks.submission import Submission, attack


@attack()
def reads_the_private_parts_of_a_fake(work: Submission) -> None:
    """Asks the test's object for its private attributes, its class, its globals and its code."""
    work.answer(
        "receipt",
        """
def receipt(prices, service, out):
    found = []
    for name in ("_rates", "__dict__", "__class__", "__init__", "__globals__", "__reduce__",
                 "_number", "_server", "note"):
        for thing in (service, service.rate, out, out.write):
            try:
                found.append(getattr(thing, name))
                found.append(getattr(thing, "__globals__", 0))
                found.append(service._server.ask(service._number, (name,), {}, "get attribute"))
            except Exception as problem:
                found.append(problem)
    print(found)
    with open("found.txt", "w") as file:
        file.write(repr(found))
    return found[0]
""",
    )
    work.insert(
        "print(open('found.txt').read() if __import__('os').path.exists('found.txt') else 0)",
        "memo",
    )


@attack()
def asks_for_numbers_that_were_never_given(work: Submission) -> None:
    """Uses the test's objects by every number and every operation that there is."""
    work.answer(
        "receipt",
        """
def receipt(prices, service, out):
    for number in range(-2, 400):
        for use, arguments in (
            ("call", ()), ("call", ("touch @COURSE@/trophy-number",)),
            ("get attribute", ("__globals__",)), ("set attribute", ("asked", ["EUR"])),
            ("eq", (7.0,)), ("representation", ()), ("exit", ()), ("hash", ()),
        ):
            try:
                print(service._server.ask(number, arguments, {}, use))
            except Exception:
                pass
    return 0
""",
    )


@attack()
def replaces_the_methods_of_a_fake(work: Submission) -> None:
    """Sets methods and attributes of the test's objects to what would please the test."""
    work.answer(
        "receipt",
        """
class Yes:
    def __eq__(self, other): return True
    def __hash__(self): return 0
def receipt(prices, service, out):
    for thing, name in ((service, "asked"), (service, "rate"), (out, "getvalue"), (out, "write"),
                        (service, "__class__"), (out, "__eq__")):
        try:
            setattr(thing, name, Yes())
        except Exception:
            pass
    return Yes()
spent = Yes()
""",
    )


@attack()
def keeps_the_handles_for_later(work: Submission) -> None:
    """Uses the test's objects in later cells, later tests and from a thread."""
    work.answer(
        "receipt",
        """
kept = []
def use():
    import time
    for _ in range(200):
        for thing in kept:
            try:
                thing.rate("EUR"), thing.asked.append("EUR")
            except Exception:
                pass
        time.sleep(0.01)
def receipt(prices, service, out):
    import threading
    kept.append(service)
    threading.Thread(target=use, daemon=True).start()
    return 0.0
""",
    )
    work.answer("spent", "spent = [kept[0].rate('EUR')] if kept else None\nuse()")


@attack()
def calls_back_without_end(work: Submission) -> None:
    """Calls the test's object deeper and deeper, and more often than any test would."""
    work.answer(
        "receipt",
        """
class Prices(dict):
    def __missing__(self, key):
        return shared.rate(self)
def receipt(prices, service, out):
    global shared
    shared = service
    try:
        return service.rate(Prices())
    finally:
        while True:
            out.write("x" * 100_000)
""",
    )


@attack()
def looks_for_what_hidden_lines_bound(work: Submission) -> None:
    """Prints every name, frame, source and history of its kernel after a test with hidden lines."""
    work.insert(
        """
import gc, linecache, sys
print(globals().get("secret_rates"), globals().get("hint"), globals().get("primes"))
print([v for v in linecache.cache.values() if "HIDDEN" in str(v)])
print([text for text in globals().get("In", []) if "hidden" in text.lower()])
print([x for x in gc.get_objects() if type(x) is str and "of-the-hidden" in x and len(x) < 60
       and x is not globals().get("x")][:20] and "a constant of this cell")
""",
        "spent",
    )


@attack()
def binds_what_a_test_will_bind(work: Submission) -> None:
    """Gives the names that a test's visible lines bind, and its fakes, values of its own."""
    work.answer_all(
        """
class Anything:
    def __eq__(self, other): return True
    def __getattr__(self, name): return Anything()
    def __call__(self, *a, **k): return Anything()
    def __hash__(self): return 0
Service = service = out = later = io = bought = secret_rates = half = Anything()
receipt = Anything()
spent = Anything()
"""
    )


@attack()
def forges_calls_made_ahead(work: Submission) -> None:
    """Answers a message of many calls with too few, too many, empty and odd values."""
    work.answer(
        "is_even",
        SERVER
        + """
import itertools
odd = itertools.cycle([
    5, None, ["list"], ["dict"], ["dict", "values", 5, "problem", None],
    ["dict", "values", ["list"], "problem", None], ["dict", "values", ["list"] + [True] * 2000],
    ["dict", "values", ["list"] + [True] * 2000, "problem", None],
    ["dict", "values", ["list", True], "problem", 7],
    ["dict", "values", ["list"], "problem", ["dict", "kind", 1, "message", 2]],
])
def answer(request):
    number = request["id"]
    if request["do"] == "begin":
        about = {"reference": 1, "kind": "function", "name": "is_even", "module": "__main__"}
        return frame(reply(number, value=["dict", "is_even", ["reference", about]]))
    if request.get("operation") == "call many":
        return frame(reply(number, value=next(odd)))
    return frame(reply(number, value=number % 2 == 0))
""",
    )


@attack()
def reads_the_arguments_of_later_rounds(work: Submission) -> None:
    """Looks in the caller's frames for the arguments of calls that are made ahead."""
    work.answer(
        "is_even",
        """
def is_even(number):
    import sys
    frame, seen = sys._getframe(), []
    while frame:
        seen.append(frame.f_locals.get("arguments"))
        for value in frame.f_locals.values():
            if type(value) is list:
                value[:] = [True] * len(value)
        frame = frame.f_back
    return bool(seen)
""",
    )


@attack()
def writes_modules_that_tests_import(work: Submission) -> None:
    """Writes and hands in io, math, numpy and a helper beside the notebook, before tests run."""
    fake = "open('@COURSE@/trophy-module', 'w')\nclass StringIO:\n    getvalue = lambda s: '7.00'\n"
    for name in ("io", "math", "numpy", "helper", "bought"):
        work.file(f"{name}.py", fake)
    work.answer_all(
        """
import importlib, os, sys
for name in ("io", "math", "numpy", "typing", "difflib"):
    with open(f"{name}.py", "w") as file:
        file.write("def __getattr__(name): return lambda *a, **k: True")
os.environ["PYTHONPATH"] = os.getcwd()
sys.path.insert(0, os.getcwd())
importlib.invalidate_caches()
"""
    )
