# ruff: noqa: B018, E402, F821, I001
# The assignment that the corpus attacks: 14 points, 12 of them automatic. `course.py` makes a
# cell of stock nbgrader form from each block; its first line names kind, task and points.

# %% markdown
# # Small functions
# Fill in every function. The cell below it checks the answer.

# %% code
# Cells without a mark are the learners' to change; tests rely on these imports all the same.
from math import isclose

from numpy.testing import assert_allclose

# %% locked setup
import numpy as np
from IPython.display import display

from labkit.exercise import cards, guard, reading
from labkit.exercise.lab import Points
from labkit.exercise.outcome import failed, passed
from labkit.exercise.task import Task, judge

rates = {"low": 0.1, "high": 0.4}


def judge_median(answer, instance):
    found = reading.as_number(guard.call(answer, instance["values"], seconds=2), "median")
    return passed("Right.") if found == instance["median"] else failed("Not the median.")


class Lab:
    """A handle of the course's own style: judges an answer and returns its points."""

    def check(self, task, answer):
        instance = {"values": [7.0, 1.0, 5.0, 2.0], "median": 3.5}
        outcome = judge(Task(task, 1, judge_median, ()), answer, instance)
        display(cards.outcome_card(task, outcome, 1, "a fixed instance"))
        return Points(outcome.score)


lab = Lab()


# %% solution tax
def tax(income):
    """Return the low rate on an income up to 10 000 plus the high rate on what lies above."""
    ### BEGIN SOLUTION
    # secret-of-the-solution
    return rates["low"] * min(income, 10_000) + rates["high"] * max(income - 10_000, 0)
    ### END SOLUTION


# %% test tax 1
assert tax(0) == 0
assert tax(5_000) == rates["low"] * 5_000
assert isclose(tax(20_000), 5_000)


# %% solution moving_average
def moving_average(values, width):
    """Return the mean of every window of `width` neighbours, an array."""
    ### BEGIN SOLUTION
    return np.convolve(values, np.full(width, 1 / width), "valid")
    ### END SOLUTION


# %% test moving_average 1
result = moving_average(np.arange(10.0), 3)
assert isinstance(result, np.ndarray)
assert result.shape == (8,)
np.testing.assert_allclose(result, np.arange(1.0, 9.0))
assert_allclose(moving_average(np.ones(4), 2), np.ones(3))


# %% solution account
class Account:
    """An account with a balance that never falls below zero."""

    ### BEGIN SOLUTION
    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError("not covered")
        self.balance -= amount

    ### END SOLUTION


# %% test account 1
account = Account(100)
account.deposit(50)
assert account.balance == 150
try:
    account.withdraw(1_000)
except ValueError:
    pass
else:
    raise AssertionError("an overdraft was allowed")
account.withdraw(30)
assert account.balance == 120

# %% solution words
longest = None
lengths = None
### BEGIN SOLUTION
longest = max(["kernel", "sandbox", "cell"], key=len)
lengths = [len(word) for word in ["kernel", "sandbox", "cell"]]
### END SOLUTION

# %% test words 1
assert longest == "sandbox"
assert lengths == [6, 7, 4]


# %% solution ranking
def ranking(values):
    """Return the values in rising order."""
    ### BEGIN SOLUTION
    return sorted(values)
    ### END SOLUTION


# %% test ranking 1
values = [5, 3, 9, 1, 7]
ranked = ranking(values)
assert len(set(ranked)) == len(ranked) == 5
assert all(low <= high for low, high in zip(ranked, ranked[1:], strict=False))
assert set(ranked) == set(values)


# %% solution is_prime
def is_prime(number):
    """Tell whether a whole number is prime."""
    ### BEGIN SOLUTION
    return number > 1 and all(number % factor for factor in range(2, int(number**0.5) + 1))
    ### END SOLUTION


# %% test is_prime 1
assert is_prime(7)
assert not is_prime(9)
### BEGIN HIDDEN TESTS
hint = "secret-of-the-hidden-test"
primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
assert [number for number in range(40) if is_prime(number)] == primes, hint
### END HIDDEN TESTS


# %% solution roman
def roman(number):
    """Return a number from 1 to 3999 in Roman numerals."""
    ### BEGIN SOLUTION
    text = ""
    signs = {1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL"}
    for value, sign in (signs | {10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I"}).items():
        text += sign * (number // value)
        number %= value
    return text
    ### END SOLUTION


# %% test roman 1
cases = {1: "I", 4: "IV", 9: "IX", 14: "XIV", 44: "XLIV", 90: "XC", 400: "CD", 1994: "MCMXCIV"}
right = 0
for number, numeral in cases.items():
    if roman(number) == numeral:
        right += 1
right / len(cases)


# %% solution estimate
def estimate(count):
    """Return the sum of the whole numbers from 1 to `count`; an estimate earns a part."""
    ### BEGIN SOLUTION
    return count * (count + 1) // 2
    ### END SOLUTION


# %% test estimate 1
error = abs(estimate(100) - 5_050) / 5_050
0.0 if error > 1 else 1 - error


# %% solution is_even
def is_even(number):
    """Tell whether a whole number is even."""
    ### BEGIN SOLUTION
    return number % 2 == 0
    ### END SOLUTION


# %% test is_even 1
assert all(map(is_even, range(0, 100, 2)))
assert not any(map(is_even, range(1, 100, 2)))
for half in range(60):
    assert is_even(2 * half)


# %% solution median
def median(values):
    """Return the median of a list of numbers."""
    ### BEGIN SOLUTION
    return float(np.median(values))
    ### END SOLUTION


# %% test median 1
lab.check("median", median)


# %% solution receipt
def receipt(prices, service, out):
    """Write the sum of the prices, at the service's rate, to a stream and return it."""
    ### BEGIN SOLUTION
    total = service.rate("EUR") * sum(prices)
    out.write(f"{total:.2f}")
    return total
    ### END SOLUTION


# %% test receipt 1
import io


class Service:
    """A fake of the test's own."""

    def __init__(self, rates):
        self._rates = rates
        self.asked = []

    def rate(self, currency):
        self.asked.append(currency)
        return self._rates[currency]


bought = [1.0, 2.5]
service, out = Service({"EUR": 2.0}), io.StringIO()
assert receipt(bought, service, out) == 7.0
assert out.getvalue() == "7.00"
assert service.asked == ["EUR"]
### BEGIN HIDDEN TESTS
secret_rates = {"EUR": 3.25, "note": "secret-of-the-hidden-test"}
later = io.StringIO()
assert receipt([4.0], Service(secret_rates), later) == 13.0
assert later.getvalue() == "13.00"
### END HIDDEN TESTS

# %% solution spent
spent = None
### BEGIN SOLUTION
spent = [price * 2 for price in bought]
### END SOLUTION

# %% test spent 1
assert spent == [2.0, 5.0]

# %% essay memo 2
# Say in two sentences what a test can prove.
