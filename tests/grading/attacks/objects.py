"""Objects that lie: `__eq__`, `__class__`, `__array__`, `__bool__`, lazy and stateful answers."""

from attacks.submission import Submission, attack

ALL_NAMES = "tax = moving_average = ranking = is_prime = roman = is_even = median = answer\n"


@attack()
def equals_everything(work: Submission) -> None:
    """Returns an object that is equal to everything, of any length and any truth."""
    work.answer_all(
        """
class Yes:
    def __init__(self, *a): pass
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 1
    def __sub__(self, other): return 0
    __rsub__ = __abs__ = __float__ = lambda self, *a: 0.0
    def __len__(self): return 5
    def __getattr__(self, name): return Yes()
    def __call__(self, *a, **k): return Yes()
def answer(*arguments): return Yes()
longest = lengths = Yes()
Account = Yes
"""
        + ALL_NAMES
    )


@attack()
def subclasses_of_builtins_that_lie(work: Submission) -> None:
    """Returns subclasses of int, str and list whose comparisons are always true."""
    work.answer_all(
        """
def lying(kind):
    yes = lambda self, *a: True
    names = ("__eq__", "__le__", "__lt__", "__ge__", "__gt__", "__contains__")
    body = dict.fromkeys(names, yes) | {"__hash__": lambda self: 1}
    body |= {"__sub__": lambda self, other: 0, "__ne__": lambda self, other: False}
    return type(kind.__name__, (kind,), body)
Int, Str, List = lying(int), lying(str), lying(list)
longest, lengths = Str("kernel"), List([0])
def tax(income): return Int(1)
def roman(number): return Str("")
def ranking(values): return List([Int(i) for i in (5, 4, 3, 2, 1)])
def median(values): return Int(0)
class Account:
    def __init__(self, balance): self.balance = Int(0)
    def deposit(self, amount): pass
    def withdraw(self, amount):
        if amount > 500: raise ValueError
"""
    )


@attack()
def wears_a_false_class(work: Submission) -> None:
    """Says through `__class__` that it is an array of the wanted shape."""
    work.answer(
        "moving_average",
        """
import numpy as np
class Mask:
    __class__ = np.ndarray
    shape, ndim, dtype, size = (8,), 1, np.dtype(float), 8
    def __array__(self, *a, **k): return np.arange(1.0, 9.0)
    def __array_ufunc__(self, *a, **k): return np.ones(8, bool)
    def __array_function__(self, *a, **k): return True
    def __eq__(self, other): return np.ones(8, bool)
    def __len__(self): return 8
def moving_average(values, width): return Mask()
""",
    )


@attack()
def array_subclass_with_its_own_arithmetic(work: Submission) -> None:
    """Returns a subclass of ndarray that takes over ufuncs and array functions."""
    work.answer(
        "moving_average",
        """
import numpy as np
class Mine(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return np.zeros(8, bool) if ufunc in (np.isnan, np.isinf) else np.ones(8, bool)
    def __array_function__(self, function, types, arguments, options):
        return np.True_
    def __eq__(self, other): return np.ones(8, bool)
    def __sub__(self, other): return np.zeros(8)
    __rsub__ = __sub__
def moving_average(values, width): return np.zeros(8).view(Mine)
""",
    )


@attack()
def metaclass_that_claims_instances(work: Submission) -> None:
    """Has a metaclass answer isinstance and issubclass, and a type that equals other types."""
    work.answer_all(
        """
class Meta(type):
    def __instancecheck__(cls, value): return True
    def __subclasscheck__(cls, value): return True
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(float)
class Number(float, metaclass=Meta):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __hash__(self): return 0
def answer(*arguments): return Number()
longest = Number()
"""
        + ALL_NAMES
    )


@attack()
def bool_that_changes(work: Submission) -> None:
    """Returns an object whose truth flips each time it is asked, to please `assert not` too."""
    work.answer_all(
        """
class Flip:
    asked = 0
    def __bool__(self):
        Flip.asked += 1
        return Flip.asked % 2 == 1
def is_prime(number): return Flip()
class Wish:
    def __init__(self, number): self.number = number
    def __bool__(self):
        import sys
        code = sys._getframe(1).f_code
        return "not" not in str(code.co_names) and self.number % 2 == 0 or bool(Flip())
def is_even(number): return Flip()
"""
    )


@attack()
def nan_that_hides(work: Submission) -> None:
    """Returns infinities and not-a-numbers, for tests that only ask for what is not greater."""
    work.answer_all(
        """
import numpy as np
def tax(income): return float("nan")
def moving_average(values, width): return np.full(8, np.nan)
def ranking(values): return [float("nan")] * 5
def median(values): return float("nan")
"""
    )


@attack()
def stops_the_iteration(work: Submission) -> None:
    """Raises StopIteration from the answer, which ends an `all(map(…))` with True."""
    work.answer("is_even", "def is_even(number):\n    raise StopIteration\n")


@attack()
def raises_what_the_test_catches(work: Submission) -> None:
    """Raises exceptions of its own making: base exceptions, groups, with hostile text."""
    work.answer_all(
        """
class Odd(BaseException):
    def __str__(self): raise self
    __repr__ = __str__
class Worse(StopIteration, ValueError):
    def __getattribute__(self, name): raise Odd
def is_even(number): raise Worse
def tax(income): raise GeneratorExit
def roman(number): raise BaseExceptionGroup("x", [Odd()])
def median(values): raise Odd
def ranking(values): raise KeyboardInterrupt
class Account:
    def __init__(self, balance): raise Odd
"""
    )


@attack()
def answers_in_the_order_of_questions(work: Submission) -> None:
    """Counts its calls and plays back a list of answers copied from the visible tests."""
    work.answer_all(
        """
calls = iter([True, False] + [True] * 200)
def is_prime(number): return next(calls)
values_of_even = [True] * 50 + [False] * 50
def is_even(number): return values_of_even.pop()
"""
    )


@attack()
def list_that_changes_between_looks(work: Submission) -> None:
    """Returns a lazy sequence with another content at each look."""
    work.answer(
        "ranking",
        """
class Shifty(list):
    looks = 0
    def __len__(self): return 5
    def __iter__(self):
        Shifty.looks += 1
        return iter([1, 3, 5, 7, 9] if Shifty.looks > 2 else [1, 1, 1, 1, 1])
    def __getitem__(self, index): return Shifty()
    def __eq__(self, other): return True
def ranking(values):
    return Shifty([9, 1])
""",
    )


@attack()
def class_in_the_place_of_a_function(work: Submission) -> None:
    """Has a class under the name of the function: its instance is another list at each look."""
    work.answer(
        "ranking",
        """
class ranking:
    def __init__(self, values):
        self.values, self.looks = list(values), 0
    def __len__(self): return 5
    def __getitem__(self, index): return [1, 1, 1, 1]
    def __iter__(self):
        self.looks += 1
        return iter([1] * 5 if self.looks == 1 else self.values)
""",
    )


@attack()
def endless_sequence(work: Submission) -> None:
    """Returns a generator without an end and an object with an endless length."""
    work.answer_all(
        """
import itertools, sys
class Long:
    def __len__(self): return sys.maxsize
    def __getitem__(self, index): return 1
    def __iter__(self): return itertools.count()
def ranking(values): return Long()
lengths, longest = Long(), itertools.repeat("sandbox")
"""
    )


@attack()
def object_with_hostile_attributes(work: Submission) -> None:
    """Keeps the balance in properties that count, raise and return liars."""
    work.answer(
        "account",
        """
class Account:
    asked = 0
    def __init__(self, balance): pass
    def deposit(self, amount): pass
    def withdraw(self, amount):
        if amount > 150: raise ValueError
    @property
    def balance(self):
        class Liar(int):
            def __eq__(self, other): return True
            def __hash__(self): return 0
        return Liar(7)
    def __getattribute__(self, name):
        if name == "__class__": return int
        return object.__getattribute__(self, name)
""",
    )


@attack()
def pickles_and_reductions(work: Submission) -> None:
    """Returns objects that run code when they are pickled, copied, shown or taken apart."""
    work.answer_all(
        """
import os
class Bomb:
    def __reduce__(self): return (os.system, ("touch @COURSE@/trophy-pickle",))
    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    def __deepcopy__(self, memo): return 5_000
    def _repr_html_(self): return "<script>alert('stored')</script>"
    def __array__(self, *a, **k): return 5_000
    def __index__(self): return 5_000
    def __float__(self): return 3.5
    def tolist(self): return [1, 3, 5, 7, 9]
def answer(*arguments): return Bomb()
longest = lengths = Bomb()
"""
        + ALL_NAMES
    )


@attack()
def changes_its_arguments(work: Submission) -> None:
    """Changes in place the arguments that a test hands over and compares with later."""
    work.answer_all(
        """
import numpy as np
def moving_average(values, width):
    values[:] = 0
    return np.zeros(8)
def ranking(values):
    values[:] = []
    return values
def median(values):
    values[:] = [3.5]
    values.clear()
    return 0
"""
    )


@attack()
def equal_to_everything_from_the_library(work: Submission) -> None:
    """Returns `unittest.mock.ANY`, an honest object of the library that equals everything."""
    work.answer_all(
        """
from unittest.mock import ANY, MagicMock
def answer(*arguments): return ANY
longest = lengths = ANY
Account = MagicMock
"""
        + ALL_NAMES
    )


@attack()
def masked_array(work: Submission) -> None:
    """Returns arrays in which everything is masked: NumPy's comparisons skip what is masked."""
    work.answer_all(
        """
import numpy as np
def moving_average(values, width): return np.ma.masked_all(8)
def answer(*arguments): return np.ma.masked
tax = ranking = is_even = roman = median = answer
"""
    )


@attack(earned=0.125)
def points_that_are_no_number(work: Submission) -> None:
    """Has the partial-credit cell end in an array, whose text stock takes for full marks."""
    work.answer_all(
        """
import numpy as np
def roman(number): return np.array(["I", "X"])
def estimate(count): return np.array([1e9, 1e9])
"""
    )


@attack(earned=0.125)
def points_of_numpy(work: Submission) -> None:
    """Has the partial-credit cell end in a NumPy number, whose text stock takes for full marks."""
    work.answer("roman", "import numpy as np\ndef roman(number):\n    return np.str_('I')\n")


@attack()
def points_that_are_not_a_number(work: Submission) -> None:
    """Has the partial-credit cell end in not-a-number or below zero; stock gives full marks."""
    work.answer("estimate", "def estimate(count):\n    return float('nan')\n")
