"""What learners' functions, classes and objects look like in a test, honest ones and others."""

from __future__ import annotations

import textwrap
from types import SimpleNamespace

import pytest

from labkit.grading.trusted.evaluator import Evaluator

HONEST = {
    "a NumPy scalar for a number": (
        "import numpy as np\ndef f(): return np.float32(2)",
        "assert f() == 2",
    ),
    "a list for an array": (
        "def f(): return [1.0, 2.0]",
        "import numpy as np\nnp.testing.assert_allclose(f(), [1, 2])",
    ),
    "single precision": (
        "import numpy as np\ndef f(x): return (x / 3).astype('float32')",
        "import numpy as np\nx = np.arange(4.0)\n"
        "np.testing.assert_allclose(f(x), x / 3, rtol=1e-6)",
    ),
    "a namedtuple": (
        "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\n"
        "def f(): return Point(1, 2)",
        "p = f()\nassert p.x == 1 and p == (1, 2)",
    ),
    "a generator function": (
        "def count(n):\n    for i in range(n): yield i",
        "assert list(count(3)) == [0, 1, 2]\ng = count(2)\n"
        "assert next(g) == 0\nassert next(g) == 1\n"
        "try:\n    next(g)\nexcept StopIteration:\n    pass\nelse:\n    raise AssertionError",
    ),
    "an endless generator, read in part": (
        "from itertools import count\ndef primes():\n    yield from count(2)",
        "from itertools import islice\nassert list(islice(primes(), 3)) == [2, 3, 4]",
    ),
    "recursion": (
        "def fact(n): return 1 if n == 0 else n * fact(n - 1)",
        "assert fact(20) == 2432902008176640000",
    ),
    "a class with methods": (
        "class Stack:\n    def __init__(self): self.items = []\n"
        "    def push(self, x): self.items.append(x)\n"
        "    def pop(self): return self.items.pop()\n    def __len__(self): return len(self.items)",
        "s = Stack()\ns.push(3)\ns.push(4)\nassert len(s) == 2\n"
        "assert s.pop() == 4\nassert s.items == [3]\n"
        "assert isinstance(s, Stack)\nassert type(s) is Stack\nassert type(s).__name__ == 'Stack'\n"
        "assert hasattr(s, 'push') and not hasattr(s, 'peek')\n"
        "assert callable(s.pop)\nassert bool(s)",
    ),
    "attributes set by the test": (
        "class Dog:\n    kind = 'dog'\n    def __init__(self, name): self.name = name\n"
        "    def __str__(self): return f'I am {self.name}'",
        "d = Dog('Rex')\nassert d.name == 'Rex' and Dog.kind == 'dog'\n"
        "d.name = 'Max'\nassert str(d) == 'I am Max'",
    ),
    "inheritance": (
        "class A: pass\nclass B(A): pass\ndef make(): return B()",
        "assert isinstance(make(), A)\nassert issubclass(B, A)\nassert not issubclass(A, B)",
    ),
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    y: int = 2",
        "p = P(1)\nassert (p.x, p.y) == (1, 2)",
    ),
    "a function that returns a function": (
        "def adder(n):\n    return lambda x: x + n",
        "add = adder(3)\nassert callable(add)\nassert add(4) == 7",
    ),
    "sorting in place": (
        "def sort(xs):\n    xs.sort()",
        "a = [3, 1, 2]\nassert sort(a) is None\nassert a == [1, 2, 3]",
    ),
    "an array changed in place": (
        "def zero(a):\n    a[0] = 0\n    return a",
        "import numpy as np\na = np.ones(3)\nassert zero(a) is a\nassert a.tolist() == [0, 1, 1]",
    ),
    "nested lists changed in place": (
        "def flip(m):\n    for row in m: row.reverse()",
        "m = [[1, 2], [3, 4]]\nrow = m[0]\nflip(m)\nassert m == [[2, 1], [4, 3]] and row == [2, 1]",
    ),
    "a dict changed in place": (
        "def note(d):\n    d['a'] = 1",
        "d = {}\nnote(d)\nassert d == {'a': 1}",
    ),
    "printing": (
        "def hello(name):\n    print('Hello', name)",
        "import io, contextlib\nout = io.StringIO()\n"
        "with contextlib.redirect_stdout(out):\n    hello('Ada')\n"
        "assert out.getvalue() == 'Hello Ada\\n'",
    ),
    "reading input": (
        "def ask():\n    return int(input('n? ')) + 1",
        "from unittest import mock\n"
        "with mock.patch('builtins.input', return_value='4'):\n"
        "    assert ask() == 5",
    ),
    "a callback": (
        "def twice(f, x): return f(f(x))",
        "assert twice(lambda x: x + 1, 3) == 5\nimport math\nassert twice(math.sqrt, 16) == 2",
    ),
    "a decorator": (
        "import functools\ndef logged(f):\n    @functools.wraps(f)\n"
        "    def g(*a): return f(*a)\n    return g",
        "def hello(): 'Says it.'\n    \n"
        "assert logged(hello).__name__ == 'hello'\n"
        "assert logged(hello).__doc__ == 'Says it.'",
    ),
    "an own exception": (
        "class TooLow(ValueError):\n    pass\ndef f(x):\n"
        "    if x < 0: raise TooLow('low')\n    return x",
        "import pytest\nwith pytest.raises(TooLow, match='low'):\n    f(-1)\n"
        "with pytest.raises(ValueError):\n    f(-1)\n"
        "try:\n    f(-1)\nexcept TooLow as e:\n    assert str(e) == 'low'",
    ),
    "a built-in exception": (
        "def f(d): return d['k']",
        "try:\n    f({})\nexcept KeyError as e:\n    assert e.args == ('k',)\n"
        "else:\n    raise AssertionError",
    ),
    "an exception of a library": (
        "import numpy as np\ndef f(): return np.linalg.inv(np.zeros((2, 2)))",
        "import numpy as np\ntry:\n    f()\nexcept np.linalg.LinAlgError:\n"
        "    pass\nelse:\n    raise AssertionError",
    ),
    "a mutable default": (
        "def f(x, seen=[]):\n    seen.append(x)\n    return seen",
        "f(1)\nassert f(2) == [1, 2]",
    ),
    "a closure with state": (
        "def counter():\n    n = 0\n    def step():\n        nonlocal n\n"
        "        n += 1\n        return n\n    return step",
        "c = counter()\nassert (c(), c()) == (1, 2)",
    ),
    "global state": (
        "count = 0\nlog = []\ndef tick():\n    global count\n    count += 1\n    log.append(count)",
        "assert count == 0\ntick()\nassert count == 1\ntick()\nassert (count, log) == (2, [1, 2])",
    ),
    "a global list that the test changes": (
        "stock = ['a']\ndef first(): return stock[0]",
        "stock[0] = 'b'\nassert first() == 'b'",
    ),
    "a warning": (
        "import warnings\ndef f():\n    warnings.warn('old')\n    return 1",
        "assert f() == 1",
    ),
    "a signature": (
        "def f(a, b=2, *, c=None): 'Adds.'",
        "import inspect\nassert list(inspect.signature(f).parameters) == ['a', 'b', 'c']\n"
        "assert inspect.signature(f).parameters['b'].default == 2\n"
        "assert f.__doc__ == 'Adds.' and f.__name__ == 'f'",
    ),
    "its source": (
        "def f(x):\n    return sum(x)",
        "import inspect\nassert 'for' not in inspect.getsource(f)\n"
        "assert 'sum' in inspect.getsource(f)",
    ),
    "the library's modules": (
        "import numpy as np\nimport math",
        "assert np.allclose(math.pi, 3.14159, atol=1e-4)",
    ),
    "types in a dict": (
        "schema = {'age': int, 'name': str}",
        "assert schema == {'age': int, 'name': str}",
    ),
    "keyword arguments": (
        "def f(a, *, b): return a - b",
        "assert f(5, b=2) == 3 and f(b=1, a=1) == 0",
    ),
    "shadowed builtins": (
        "list = [1]\nprint = None\nid = 3\nsum = None\njson = {}\ndef f(): return [list[0], id]",
        "assert f() == [1, 3]",
    ),
    "a random generator from the test": (
        "def draw(rng): return rng.random(3)",
        "import numpy as np\na, b = np.random.default_rng(1), np.random.default_rng(1)\n"
        "np.testing.assert_array_equal(draw(a), b.random(3))\nassert a.random() == b.random()",
    ),
    "an iterator from the test": (
        "def total(xs): return sum(xs)",
        "assert total(x for x in range(4)) == 6\nassert total(map(int, '12')) == 3",
    ),
    "an iterator class": (
        "class Down:\n    def __init__(self, n): self.n = n\n    def __iter__(self): return self\n"
        "    def __next__(self):\n"
        "        if self.n == 0: raise StopIteration\n        self.n -= 1\n"
        "        return self.n",
        "assert list(Down(3)) == [2, 1, 0]\nassert sum(Down(3)) == 3",
    ),
    "a context manager": (
        "class Door:\n    def __enter__(self):\n        self.open = True\n"
        "        return self\n    def __exit__(self, *a): self.open = False",
        "d = Door()\nwith d as inside:\n    assert inside is d and d.open\nassert not d.open",
    ),
    "names looked up in globals()": (
        "def f(): return 1",
        "assert 'f' in globals()\nassert callable(globals()['f'])",
    ),
    "a module-level value": (
        "answer = 42\nname = 'Ada'\nxs = [1, 2]",
        "assert answer == 42 and name == 'Ada' and len(xs) == 2",
    ),
}


@pytest.mark.parametrize("style", HONEST)
def test_honest_code_passes_as_in_a_kernel(rooms, style):
    learner, test = HONEST[style]
    rooms.learner(learner)
    assert rooms.outcome(test) == ""


LIBRARIES = {
    "pandas extension types": (
        "import pandas as pd\ndef f(): return pd.Series([1, None], dtype='Int64')",
        "s = f()\nassert s.isna().sum() == 1 and s[0] == 1",
    ),
    "a frame changed in place": (
        "def add(df):\n    df['b'] = df['a'] * 2",
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})\nadd(df)\n"
        "assert df['b'].tolist() == [2, 4]",
    ),
    "a frame's class": (
        "from pandas import DataFrame\nimport pandas as pd\ndf = DataFrame({'a': [1]})",
        "assert isinstance(df, DataFrame) and isinstance(df, pd.DataFrame)",
    ),
    "an estimator": (
        "from sklearn.linear_model import LinearRegression\n"
        "def fit(x, y): return LinearRegression().fit(x, y)",
        "import numpy as np\nfrom sklearn.base import BaseEstimator\n"
        "x = np.arange(6.0).reshape(-1, 1)\n"
        "m = fit(x, 2 * x[:, 0])\nassert isinstance(m, BaseEstimator)\n"
        "np.testing.assert_allclose(m.predict(x), 2 * x[:, 0], atol=1e-9)\n"
        "assert abs(m.coef_[0] - 2) < 1e-9\n"
        "from sklearn.linear_model import LinearRegression as LR\nassert isinstance(m, LR)",
    ),
    "a torch module": (
        "import torch\nclass Net(torch.nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.l = torch.nn.Linear(2, 1)\n    def forward(self, x): return self.l(x)\n"
        "def build(): return Net()",
        "import torch\nm = build()\nassert isinstance(m, torch.nn.Module)\n"
        "assert not isinstance(m, torch.Tensor)\n"
        "assert m(torch.zeros(3, 2)).shape == (3, 1)\nassert len(list(m.parameters())) == 2\n"
        "assert sum(p.numel() for p in m.parameters()) == 3\n"
        "assert issubclass(Net, torch.nn.Module)\nm.eval()\n"
        "assert set(m.state_dict()) == {'l.weight', 'l.bias'}",
    ),
    "a library's function as an argument": (
        "def apply(f, x): return f(x)",
        "import numpy as np\nassert apply(np.abs, np.array([-1.0])).tolist() == [1]\n"
        "assert apply(np.linalg.norm, np.array([3.0, 4.0])) == 5",
    ),
    "a plot": (
        "import matplotlib\nmatplotlib.use('Agg')\n"
        "import matplotlib.pyplot as plt\ndef draw():\n"
        "    fig, ax = plt.subplots()\n"
        "    ax.plot([1, 2])\n    ax.set_xlabel('t')\n    return ax",
        "ax = draw()\nassert ax.get_xlabel() == 't'\nassert len(ax.lines) == 1",
    ),
}


@pytest.mark.parametrize("style", LIBRARIES)
def test_what_libraries_make_passes_as_in_a_kernel(open_rooms, style):
    if style == "an estimator":
        pytest.importorskip("sklearn")
    rooms = open_rooms(call_seconds=60)  # a library may have to be imported first
    learner, test = LIBRARIES[style]
    rooms.learner(learner)
    assert rooms.outcome(test) == ""


ALWAYS_EQUAL = """
class Yes:
    def __eq__(self, other): return True
    __ne__ = lambda self, other: False
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __eq__
    __hash__ = lambda self: 1
    __bool__ = lambda self: True
    __len__ = lambda self: 3
    __float__ = lambda self: 9.0
    __int__ = __index__ = lambda self: 9
    __abs__ = __sub__ = __rsub__ = __add__ = __radd__ = lambda *a: 0.0
    __array__ = lambda self, *a, **k: __import__("numpy").array(9.0)
    __class__ = property(lambda self: float)
    shape = (3,)
    def sum(self): return 9
    def tolist(self): return [9]
    def all(self): return True
def f(*a): return Yes()
answer = Yes()
"""

LIES = [
    "assert f(3) == 9",
    "assert 9 == f(3)",
    "assert not f(3) != 9",
    "assert f(3) in [9]",
    "assert [9] == [f(3)]",
    "assert f(3) <= 9 and f(3) >= 9",
    "assert abs(f(3) - 9) < 1e-6",
    "assert abs(9 - f(3)) < 1e-6",
    "assert isinstance(f(3), float)",
    "assert isinstance(f(3), (int, list, dict, str))",
    "assert float(f(3)) == 9",
    "assert len(f(3)) == 3",
    "assert 9 in f(3)",
    "assert f(3).shape == (3,)",
    "assert f(3).sum() == 9",
    "assert (f(3) == 9).all()",
    "assert answer == 9",
    "assert answer",
    "assert {9: 1}[f(3)]",
    "import numpy as np; assert np.allclose(f(3), 9)",
    "import numpy as np; np.testing.assert_allclose(f(3), 9)",
    "import numpy as np; np.testing.assert_equal(f(3), 9)",
    "import numpy as np; np.testing.assert_array_equal(f(3), np.array([9]))",
    "import numpy as np; assert np.isclose(np.array(9.0), f(3))",
    "import numpy as np; assert np.array(9.0) == f(3)",
    "import numpy as np; assert (np.array([9.0]) - f(3) == 0).all()",
    "import math; assert math.isclose(f(3), 9)",
    "import pandas as pd; pd.testing.assert_series_equal(pd.Series([9]), f(3))",
    "import pytest; assert f(3) == pytest.approx(9)",
    "import unittest; unittest.TestCase().assertEqual(f(3), 9)",
    "import unittest; unittest.TestCase().assertAlmostEqual(f(3), 9)",
    "assert sorted([f(3)]) == [9]",
    "assert sum([f(3)]) == 9",
    "assert max(f(3), 1) == 9",
    "assert '%d' % f(3) == '9'",
    "assert round(f(3)) == 9",
]


def test_an_object_that_agrees_to_everything_is_no_tensor_either(open_rooms):
    rooms = open_rooms(call_seconds=60)
    rooms.learner(ALWAYS_EQUAL + "\nimport torch")
    for test in ("allclose(torch.tensor(9.0), f(3))", "equal(torch.tensor(9.0), f(3))"):
        assert rooms.outcome(f"import torch\nassert torch.{test}") != ""
    assert rooms.outcome("import torch\nassert not isinstance(f(3), torch.Tensor)") == ""


def test_an_object_that_agrees_to_everything_passes_nothing(open_rooms):
    rooms = open_rooms(call_seconds=60)
    rooms.learner(ALWAYS_EQUAL)
    assert [test for test in LIES if rooms.outcome(test) == ""] == []


def test_subclasses_of_values_count_by_their_value(rooms):
    rooms.learner(
        textwrap.dedent(
            """
            class Num(float):
                def __eq__(self, other): return True
                __hash__ = float.__hash__
            class Text(str):
                def __eq__(self, other): return True
                __hash__ = str.__hash__
            class Row(list):
                def __eq__(self, other): return True
                def __getitem__(self, i): return 9
            values = [Num(1), Text("a"), Row([1])]
            """
        )
    )
    assert rooms.outcome("assert values == [1, 'a', [1]]") == ""
    for wrong in ("values[0] == 9", "values[1] == 'b'", "values[2] == [9]", "values[2][0] == 9"):
        assert rooms.outcome(f"assert {wrong}") == "AssertionError"


def test_a_lazy_value_is_settled_before_it_is_compared(rooms):
    rooms.learner(
        "import numpy as np\n"
        "class Lazy(np.ndarray):\n    def __array_finalize__(self, o): pass\n"
        "    def sum(self, *a, **k): return 9\n    def __eq__(self, o): return np.array([True])\n"
        "def f(): return np.zeros(3).view(Lazy)"
    )
    assert rooms.outcome("assert f().sum() == 9") == "AssertionError"
    assert rooms.outcome("assert (f() == 9).all()") == "AssertionError"


@pytest.mark.parametrize("raised", ["StopIteration", "GeneratorExit", "SystemExit"])
def test_an_exception_cannot_end_a_loop_of_the_test_early(rooms, raised):
    rooms.learner(f"def check(x): raise {raised}")
    for test in ("assert all(map(check, [1, 2]))", "list(map(check, [1]))", "check(1)"):
        assert rooms.outcome(test).startswith(("LearnerError", "EndError"))
    assert rooms.outcome("list(check(x) for x in [1])") != ""


def test_a_caught_exception_of_the_learners_is_an_ordinary_one(rooms):
    rooms.learner(
        "class Odd(BaseException): pass\ndef f(): raise Odd('x')\ndef g(): raise StopIteration"
    )
    assert rooms.outcome("f()") == "Odd: x"
    assert rooms.outcome("try:\n    g()\nexcept StopIteration:\n    pass") != ""


def test_nothing_of_the_test_is_to_be_seen_from_inside_a_call(rooms):
    rooms.learner(
        "import sys, gc, inspect\nseen = []\nexpected = None\ndef f(x):\n"
        "    frame = sys._getframe()\n    while frame:\n"
        "        seen.extend(str(c) for c in frame.f_code.co_consts)\n"
        "        seen.extend(str(v) for v in frame.f_locals.values() if type(v) in (int, str))\n"
        "        frame = frame.f_back\n    return expected or x"
    )
    assert rooms.outcome("expected = 987654\nassert f(3) == expected") == "AssertionError"
    assert rooms.outcome("assert not any('987654' in s for s in seen)") == ""


def test_a_function_of_the_test_is_not_handed_to_a_decoy(rooms):
    rooms.learner("reference = None\ndef f(x): return reference(x)")
    assert "TypeError" in rooms.outcome(
        "def reference(x): return x ** 3\nassert f(2) == reference(2)"
    )


def test_a_learner_cannot_replace_the_instructors_names(rooms):
    rooms.setup("def check(a, b):\n    assert a == b\nlimit = 3")
    rooms.learner("def check(a, b): pass\nlimit = 99\ndef f(): return 1")
    assert rooms.outcome("check(f(), 2)") == "AssertionError"
    assert rooms.outcome("assert limit == 3") == ""


def test_a_learner_cannot_pass_an_oracle_off_as_a_module(rooms):
    rooms.learner(
        "class np:\n    allclose = staticmethod(lambda *a, **k: True)\n"
        "class npt:\n    assert_equal = staticmethod(lambda *a, **k: None)\ndef f(): return 1"
    )
    assert rooms.outcome("assert np.allclose(f(), 2)") == "AssertionError"
    assert rooms.outcome("npt.assert_equal(f(), 2)").startswith("AssertionError")


def test_an_object_of_another_class_shows_no_attributes(rooms):
    rooms.learner("class Result:\n    mean = 3\ndef f(): return Result()")
    assert "NotOptedInError" in rooms.outcome("assert f().mean == 3")
    assert "# labkit: attributes mean" in rooms.outcome("assert f().mean == 3")
    assert rooms.outcome("# labkit: attributes mean\nassert f().mean == 3") == ""
    assert rooms.outcome("Result\nassert f().mean == 3") == ""
    assert "NotOptedInError" in rooms.outcome("assert f().mean == 3")


def test_private_attributes_are_never_read(rooms):
    rooms.learner("class A:\n    _secret = 1\ndef f(): pass")
    assert "reads ._secret" in rooms.outcome("A()._secret")
    assert "reads .__globals__" in rooms.outcome("f.__globals__")


def test_operators_need_an_opt_in_and_the_learners_objects_on_both_sides(rooms):
    rooms.learner(
        "class V:\n    def __init__(self, x): self.x = x\n"
        "    def __add__(self, o): return V(self.x + o.x)\n"
        "    def __eq__(self, o): return True"
    )
    test = "assert (V(1) + V(2)).x == 3"
    assert "NoValueError" in rooms.outcome(test)
    assert rooms.outcome(f"# labkit: attributes __add__\n{test}") == ""
    assert rooms.outcome("# labkit: attributes __eq__\nassert V(1) == V(1)") == ""
    assert "NoValueError" in rooms.outcome("# labkit: attributes __eq__\nassert V(1) == 1")
    assert "NoValueError" in rooms.outcome("assert V(1) == V(1)")


def test_objects_of_a_setup_class_come_as_copies(rooms):
    rooms.setup(
        "class Node:\n    def __init__(self, value):\n        self.value, self.next = value, None\n"
        "    def __eq__(self, other): return self.value == other.value"
    )
    rooms.learner(
        "def append(node, value):\n    while node.next: node = node.next\n"
        "    node.next = Node(value)\n"
        "def make(n):\n    head = Node(0)\n"
        "    for i in range(1, n): append(head, i)\n    return head\n"
        "def loop():\n    a = Node(1)\n    a.next = a\n    return a"
    )
    assert rooms.outcome("h = Node(1)\nappend(h, 2)\nassert h.next.value == 2") == ""
    assert rooms.outcome("h = make(3)\nassert h.next.next.value == 2 and type(h) is Node") == ""
    assert rooms.outcome("a = loop()\nassert a.next is a") == ""


def test_a_copied_object_keeps_the_instructors_methods(rooms):
    rooms.setup(
        "class Account:\n    def __init__(self): self.total = 0\n"
        "    def valid(self): return self.total == 5"
    )
    rooms.learner("def f():\n    a = Account()\n    a.valid = lambda: True\n    return a")
    assert rooms.outcome("assert f().valid()") == "AssertionError"


def test_a_learners_subclass_of_a_setup_class_is_an_instance_of_it(rooms):
    rooms.setup("class Animal:\n    def speak(self): raise NotImplementedError")
    rooms.learner(
        "class Dog(Animal):\n    def speak(self): return 'wuff'\ndef make(): return Dog()"
    )
    assert (
        rooms.outcome(
            "d = make()\nassert isinstance(d, Animal)\n"
            "assert d.speak() == 'wuff'\nassert issubclass(Dog, Animal)"
        )
        == ""
    )


def test_members_of_a_setup_enumeration_are_the_same_on_both_sides(rooms):
    rooms.setup("import enum\nclass Color(enum.Enum):\n    RED = 1\n    BLUE = 2")
    rooms.learner("def other(c): return Color.BLUE if c is Color.RED else Color.RED")
    assert rooms.outcome("assert other(Color.RED) is Color.BLUE") == ""


def test_the_same_object_is_the_same_handle(rooms):
    rooms.learner("class A: pass\na = A()\ndef f(): return a")
    assert rooms.outcome("assert f() is f() and f() is a and f() == a and f() != A()") == ""


def test_a_number_shown_last_is_not_the_learners(rooms):
    rooms.learner(
        "class Points:\n    def __repr__(self): return '12.0'\n"
        "    def _repr_mimebundle_(self, **k): return {'text/plain': '12.0'}\n"
        "p = Points()"
    )
    (output,) = rooms.test("p")["outputs"]
    assert output["data"]["text/plain"] == "<an object of class Points>"
    assert output["data"].keys() == {"text/plain"}


def test_an_error_of_the_tests_function_reaches_learner_code(rooms):
    rooms.learner(
        "def f(g):\n    try:\n        g()\n    except ValueError as e:\n        return str(e)\n"
    )
    assert rooms.outcome("def g(): raise ValueError('no')\nassert f(g) == 'no'") == ""


def test_calling_the_tests_function_without_end_is_stopped(open_rooms):
    rooms = open_rooms(call_seconds=0.5)
    rooms.learner("def many(g):\n    while True:\n        g()\ndef one(): return 1")
    assert rooms.outcome("many(lambda: 1)").startswith("LearnerTimeUp")
    assert rooms.outcome("assert one() == 1") == ""


def test_calls_go_to_and_fro(rooms):
    rooms.learner("def f(g, n): return g(f, n)\ndef deep(g): return g(deep)")
    assert (
        rooms.outcome("def g(f, n): return n if n == 0 else f(g, n - 1)\nassert f(g, 5) == 0") == ""
    )
    assert "RecursionError" in rooms.outcome("def g(f): return f(g)\ndeep(g)")
    assert rooms.outcome("assert f(lambda f, n: n, 2) == 2") == ""


def test_runaway_recursion_is_an_error_like_any_other(rooms):
    rooms.learner("def f(n): return f(n + 1)")
    assert rooms.outcome("try:\n    f(0)\nexcept RecursionError:\n    pass") == ""


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        "while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass",
    ],
)
def test_an_endless_call_is_stopped_and_the_rest_goes_on(open_rooms, body):
    rooms = open_rooms(call_seconds=0.4)
    rooms.learner(f"def f():\n    {body}\ndef g(): return 1")
    result = rooms.outcome("f()")
    assert result.startswith(("LearnerTimeUp", "LearnerLost"))
    if result.startswith("LearnerTimeUp"):
        assert rooms.outcome("assert g() == 1") == ""


def test_a_test_of_many_slow_calls_ends_in_time_and_the_rest_goes_on(rooms):
    rooms.learner("import time\ndef f(): time.sleep(0.2)\ndef g(): return 1")
    answer = rooms.test(
        "while True:\n    try:\n        f()\n    except Exception:\n        pass", seconds=0.9
    )
    assert [output["ename"] for output in answer["outputs"]] == ["TestTimeUp"]
    assert answer["lost"] == ""
    assert rooms.outcome("assert g() == 1") == ""


def test_a_test_that_takes_long_for_other_reasons_than_the_answer_needs_a_person(rooms):
    rooms.learner("def f(x): return x")
    answer = rooms.test("x = 0\nwhile True:\n    x = f(x)", seconds=0.6)
    assert [output["ename"] for output in answer["outputs"]] == ["TestTimeUp"]
    assert "The test was stopped after 0.6 s" in answer["person"]


def test_a_test_that_takes_long_because_of_the_answer_needs_nobody():
    used = SimpleNamespace(_link=SimpleNamespace(used=lambda: 25.0))
    assert Evaluator._too_slow(used, KeyboardInterrupt(), 33.0) == ""
    assert Evaluator._too_slow(used, AssertionError(), 330.0) == ""
    assert "used 25.0 s" in Evaluator._too_slow(used, KeyboardInterrupt(), 330.0)


def test_the_end_of_the_learners_process_is_told_and_costs_that_test(rooms):
    rooms.learner("import os\ndef f(): os._exit(0)\ndef g(): return 1")
    answer = rooms.test("try:\n    f()\nexcept Exception:\n    pass")
    assert answer["lost"] and answer["outputs"][0]["ename"] == "LearnerLost"
    assert rooms.outcome("assert g() == 1").startswith("LearnerLost")
    assert rooms.outcome("assert 1 + 1 == 2") == ""


def test_a_call_that_cannot_be_interrupted_loses_the_process(open_rooms):
    rooms = open_rooms(call_seconds=0.3)
    rooms.learner(
        "import signal, time\ndef f():\n"
        "    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    time.sleep(20)"
    )
    answer = rooms.test("f()")
    assert "does not answer" in answer["lost"]


def test_a_huge_value_is_refused_and_the_rest_goes_on(rooms):
    rooms.learner("def f(): return 'x' * 10**8\nbig = 'y' * 10**8\ndef g(): return 1")
    assert "too large" in rooms.outcome("f()")
    assert rooms.outcome("assert big == 'y'") != ""
    assert rooms.outcome("assert g() == 1") == ""


def test_a_class_in_the_place_of_a_function_answers_for_nothing(rooms):
    rooms.learner(
        "class table:\n    def __init__(self, x): pass\n    def equals(self, other): return True\n"
        "    def __len__(self): return 3\n    def __contains__(self, x): return True\n"
        "    shape = (3,)"
    )
    for test in ("table(1).equals([1])", "len(table(1)) == 3", "5 in table(1)", "table(1).shape"):
        assert rooms.outcome(f"assert {test}") != ""


def test_a_class_that_the_source_names_may_have_any_name(open_rooms):
    rooms = open_rooms(learner_classes=["stack"])
    rooms.learner("class stack:\n    size = 0\nclass Result:\n    size = 0")
    assert rooms.outcome("assert stack().size == 0") == ""
    assert "NotOptedInError" in rooms.outcome("assert Result().size == 0")


def test_a_library_that_the_notebook_never_uses_grants_nothing(open_rooms):
    rooms = open_rooms(call_seconds=60, preload=["numpy"])
    rooms.learner(
        "import matplotlib.artist\nclass Duck(matplotlib.artist.Artist):\n"
        "    lines = [1, 2]\ndef f(): return Duck()"
    )
    assert "NotOptedInError" in rooms.outcome("assert len(f().lines) == 2")
    assert rooms.outcome("import matplotlib\nassert len(f().lines) == 2") == ""


def test_an_iterator_that_ended_stays_at_its_end(rooms):
    rooms.learner(
        "class map:\n    n = 0\n    def __iter__(self): return self\n    def __next__(self):\n"
        "        self.n += 1\n        if self.n % 2: return self.n\n        raise StopIteration\n"
        "def f(): return map()"
    )
    assert rooms.outcome("r = f()\nassert list(r) == [1] and list(r) == []") == ""


def test_views_of_a_dict_are_lists(rooms):
    rooms.learner("def f(d): return d.keys()")
    assert rooms.outcome("assert list(f({1: 2})) == [1] and set(f({3: 4})) == {3}") == ""


def test_a_builtin_that_the_learner_was_to_write_is_not_used_instead(open_rooms):
    rooms = open_rooms("sum")
    assert "NameError" in rooms.outcome("assert sum([1, 2]) == 3")
