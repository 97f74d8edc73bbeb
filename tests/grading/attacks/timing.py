"""Time, threads and exit handlers: do the harm when nobody looks."""

from attacks.submission import Submission, attack


@attack(waits=2)
def patches_from_a_thread(work: Submission) -> None:
    """Starts a thread that keeps on overwriting the answers' and the tests' names."""
    work.answer(
        "tax",
        """
import builtins, threading, time
def spoil():
    space = get_ipython().user_ns
    while True:
        space["lab"] = type("Lab", (), {"check": lambda *a: 1.0})()
        space["roman"] = lambda number: space.get("cases", {}).get(number)
        space["is_prime"] = lambda number: number in space.get("primes", [7])
        builtins.abs = lambda value: 0
        time.sleep(0.001)
threading.Thread(target=spoil, daemon=True).start()
""",
    )


@attack()
def patches_by_a_timer_signal(work: Submission) -> None:
    """Has a timer signal rewrite variables in the middle of a test."""
    work.answer(
        "tax",
        """
import signal, sys
def ring(number, frame):
    frame.f_globals["right"] = 8
    frame.f_globals["primes"] = []
    while frame is not None:
        if "ipykernel" in frame.f_code.co_filename:
            frame.f_globals.update(cases={}, ranked=[1, 3, 5, 7, 9], lengths=[6, 7, 4])
        frame = frame.f_back
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
longest = "sandbox"
""",
    )


@attack(waits=2)
def acts_at_exit(work: Submission) -> None:
    """Registers exit handlers, finalisers and a late thread that write to the course."""
    work.answer(
        "tax",
        """
import atexit, pathlib, sqlite3, threading, weakref
def write(tag="exit"):
    try:
        pathlib.Path("@COURSE@/trophy-" + tag).touch()
    except OSError:
        pass
atexit.register(write)
class Thing: pass
thing = Thing()
weakref.finalize(thing, write, "finalize")
threading._register_atexit(write, "thread-exit")
""",
    )


@attack()
def waits_before_it_patches(work: Submission) -> None:
    """Behaves until some time has passed, then replaces what later cells use."""
    work.answer(
        "tax",
        """
import asyncio
async def later():
    await asyncio.sleep(0.2)
    shell = get_ipython()
    shell.showtraceback = lambda *a, **k: None
    shell.ast_node_interactivity = "none"
    shell.user_ns["is_prime"] = shell.user_ns["is_even"] = lambda number: True
    while True:
        shell.user_ns["median"] = lambda values: 3.5 if False else None
        await asyncio.sleep(0.05)
asyncio.get_running_loop().create_task(later())
""",
    )


@attack()
def sleeps_in_every_call(work: Submission) -> None:
    """Sleeps just below the limit in each call, to hold up the run."""
    work.answer(
        "is_even",
        """
import time
def is_even(number):
    time.sleep(1)
    return number % 2 == 0
""",
    )


@attack()
def remembers_between_tests(work: Submission) -> None:
    """Stores what one call saw in a file and answers the next from it."""
    work.answer_all(
        """
import json, pathlib, sys
store = pathlib.Path("seen.json")
def remember(*arguments):
    seen = json.loads(store.read_text()) if store.exists() else []
    frame = sys._getframe(1)
    seen.append([str(frame.f_globals.get("cases")), str(arguments)])
    store.write_text(json.dumps(seen))
    return seen[-1][0]
tax = roman = is_prime = median = ranking = remember
"""
    )
