"""Frames, closures and the collector: find out what a test compares with, or change it."""

from attacks.submission import Submission, attack


@attack()
def reads_constants_of_the_caller(work: Submission) -> None:
    """Answers with the constants in the code of the calling test cell."""
    work.answer_all(
        """
import sys, types
def numbers(code):
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from numbers(constant)
        else:
            yield constant
def candidates():
    frame = sys._getframe(2)
    while frame is not None and "ipykernel" not in frame.f_code.co_filename:
        frame = frame.f_back
    return list(numbers(frame.f_code)) if frame else []
class Any:
    def __init__(self, pool): self.pool = pool
    def __eq__(self, other): return other in self.pool
def steal(*arguments):
    return Any(candidates())
tax = roman = steal
"""
    )


@attack()
def reads_the_expected_value_from_the_frame(work: Submission) -> None:
    """Looks up the answers in the variables of the calling frames."""
    work.answer_all(
        """
import sys
def look(name):
    frame = sys._getframe(1)
    while frame is not None:
        for names in (frame.f_locals, frame.f_globals):
            if name in names:
                return names[name]
        frame = frame.f_back
def roman(number): return look("cases")[number]
def is_prime(number): return number in (look("primes") or ())
def median(values): return look("instance")["median"]
def ranking(values): return look("expected") or []
"""
    )


@attack()
def searches_the_collector(work: Submission) -> None:
    """Searches all objects of the process for the dictionary of expected answers."""
    work.answer_all(
        """
import gc
def find(*keys):
    for thing in gc.get_objects():
        if type(thing) is dict and all(key in thing for key in keys):
            return thing
    return {}
def roman(number): return find(1994).get(number)
def is_prime(number): return number in find("primes").get("primes", ())
def median(values): return find("median", "values").get("median")
"""
    )


@attack()
def traces_the_test(work: Submission) -> None:
    """Sets a trace function that jumps over the asserts of later cells."""
    work.answer_all(
        """
import sys
def trace(frame, event, argument):
    if "ipykernel" in frame.f_code.co_filename and event == "line":
        try:
            frame.f_lineno = frame.f_lineno + 1
        except ValueError:
            pass
    return trace
sys.settrace(trace)
sys.setprofile(lambda *a: None)
get_ipython().events.register("pre_run_cell", lambda info: sys.settrace(trace))
"""
    )


@attack()
def changes_variables_of_the_caller(work: Submission) -> None:
    """Rewrites the test cell's own variables while it runs."""
    work.answer_all(
        """
import sys
def spoil(*arguments):
    frame = sys._getframe(1)
    while frame is not None:
        for name, value in (("cases", {}), ("primes", []), ("right", 8), ("rates", {})):
            if name in frame.f_globals:
                frame.f_globals[name] = value
        if "instance" in frame.f_locals:
            frame.f_locals["instance"]["median"] = 0.0
        frame = frame.f_back
    return 0
tax = ranking = is_prime = roman = is_even = median = spoil
"""
    )


@attack()
def leaks_the_hidden_test_by_its_source(work: Submission) -> None:
    """Prints, plain and reversed, the input history and the caller's source, for the feedback."""
    work.answer_all(
        """
import inspect, linecache, sys
def leak(*arguments):
    texts = [*get_ipython().history_manager.input_hist_raw, *map(str, In)]
    texts += ["".join(entry[2]) for entry in linecache.cache.values() if len(entry) > 2]
    frame = sys._getframe(1)
    while frame is not None:
        texts.append(str(frame.f_code.co_consts) + str(list(frame.f_globals.values())[:200]))
        frame = frame.f_back
    for text in texts:
        if "of-the-hidden" in text:
            print(text)
            print(text[::-1])
    return True
is_prime = leak
"""
    )
    work.insert("is_prime(7)", before="median")


@attack()
def leaks_the_hidden_test_by_an_error(work: Submission) -> None:
    """Raises an error that carries what the process knows of the hidden test to the feedback."""
    work.answer(
        "is_prime",
        """
import sys
def is_prime(number):
    frame, seen = sys._getframe(1), []
    while frame is not None:
        seen.append(repr(frame.f_code.co_consts) + repr(frame.f_locals)[:5000])
        frame = frame.f_back
    raise ValueError("".join(seen)[::-1])
""",
    )


@attack()
def searches_memory_of_the_process(work: Submission) -> None:
    """Reads its own and its relatives' memory through /proc for the text of the hidden test."""
    work.answer(
        "is_prime",
        """
import glob, os, re
word = b"secret-of-" + b"the-hidden-test"
def scan(pid):
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                low, high = (int(part, 16) for part in line.split()[0].split("-"))
                if "rw" not in line or high - low > 1 << 26:
                    continue
                memory.seek(low)
                text = memory.read(high - low)
                if word in text:
                    at = text.index(word)
                    print(pid, text[at:at + 400][::-1])
                    return
    except (OSError, ValueError):
        pass
def is_prime(number):
    for path in glob.glob("/proc/[0-9]*"):
        if int(path[6:]) != os.getpid():
            scan(path[6:])
    return True
""",
    )


@attack()
def counts_for_the_test(work: Submission) -> None:
    """Has variables of the test's names among its own, and changes them during each call."""
    work.answer(
        "roman",
        """
right, error, ranked, values = 0, 0, None, None
def roman(number):
    global right, error
    right = 8
    return ""
""",
    )
