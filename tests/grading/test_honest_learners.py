"""Honest learners get their marks in whatever style they write.

Each case is an answer with a test as instructors write them for stock nbgrader. All answers are
right; the wrong ones are in `attacks/`.
"""

from __future__ import annotations

import pytest

RIGHT = {
    "a NumPy scalar for a number": (
        "import numpy as np\ndef mean(x):\n    return np.mean(x)",
        "assert mean([1, 2, 3]) == 2\nassert isinstance(mean([1.0, 2]), float)",
    ),
    "a list for an array": (
        "def double(x):\n    return [2 * v for v in x]",
        "import numpy as np\nnp.testing.assert_allclose(double(np.arange(3)), [0, 2, 4])",
    ),
    "single precision": (
        "import numpy as np\ndef half(x):\n    return np.asarray(x, dtype=np.float32) / 2",
        "import numpy as np\nnp.testing.assert_allclose(half([1, 3]), [0.5, 1.5], rtol=1e-6)\n"
        "assert half([1]).shape == (1,)",
    ),
    "subclasses of plain types": (
        "class Names(list):\n    pass\nclass Table(dict):\n    pass\n"
        "def names():\n    return Names(['ada', 'bob'])\ndef table():\n    return Table(a=1)",
        "assert names() == ['ada', 'bob'] and isinstance(names(), list)\nassert table()['a'] == 1",
    ),
    "a named tuple": (
        "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\n"
        "def origin():\n    return Point(0, 0)",
        "assert origin() == (0, 0)\nassert origin().x == 0",
    ),
    "pandas extension types": (
        "import pandas as pd\ndef ages():\n"
        "    return pd.Series([30, None], dtype='Int64', name='age')\n"
        "def kinds():\n    return pd.DataFrame({'kind': pd.Categorical(['a', 'b', 'a'])})",
        "import pandas as pd\nassert ages().isna().tolist() == [False, True]\n"
        "assert ages().sum() == 30\nassert kinds()['kind'].value_counts()['a'] == 2",
    ),
    "a table with dates as index": (
        "import pandas as pd\nsales = pd.DataFrame({'units': [1, 2]},"
        " index=pd.date_range('2026-01-01', periods=2))",
        "assert sales.loc['2026-01-02', 'units'] == 2\nassert sales.shape == (2, 1)",
    ),
    "warnings and log lines on stderr": (
        "import warnings, sys, logging\ndef f(x):\n    warnings.warn('careful')\n"
        "    print('noted', file=sys.stderr)\n    logging.warning('hm')\n    return x\n"
        "warnings.warn('at the top, too')",
        "assert f(1) == 1",
    ),
    "prints everywhere": (
        "print('hello')\ndef f(x):\n    print('computing', x)\n    return x + 1",
        "assert f(1) == 2",
    ),
    "a progress bar": (
        "from tqdm.auto import tqdm\ndef total(n):\n    s = 0\n    for i in tqdm(range(n)):\n"
        "        s += i\n    return s\ntotal(3)",
        "assert total(5) == 10",
    ),
    "plots on the way": (
        "import matplotlib.pyplot as plt\ndef f(x):\n    plt.plot([1, x])\n    plt.show()\n"
        "    return x\nf(2)\nfig, ax = plt.subplots()",
        "assert f(3) == 3",
    ),
    "widgets on the way": (
        "import ipywidgets as widgets\nfrom IPython.display import display\n"
        "slider = widgets.IntSlider(value=4)\ndisplay(slider)\ndef f():\n    return slider.value",
        "assert f() == 4",
    ),
    "magics and help": (
        "%matplotlib inline\n%timeit -n 1 -r 1 1 + 1\nfrom math import sqrt\nsqrt?\nx = 1",
        "assert x == 1",
    ),
    "state in globals and closures": (
        "count = 0\ndef tick():\n    global count\n    count += 1\n    return count\n"
        "def counter():\n    n = 0\n    def step():\n        nonlocal n\n        n += 1\n"
        "        return n\n    return step",
        "assert tick() == 1 and tick() == 2\nstep = counter()\nassert (step(), step()) == (1, 2)",
    ),
    "recursion, generators and lambdas": (
        "fib = lambda n: n if n < 2 else fib(n - 1) + fib(n - 2)\n"
        "def squares(n):\n    for i in range(n):\n        yield i * i",
        "assert fib(10) == 55\nassert list(squares(4)) == [0, 1, 4, 9]\n"
        "assert next(squares(1)) == 0",
    ),
    "iterators of every kind": (
        "import itertools\ndef pairs(x):\n    return itertools.pairwise(x)\n"
        "def some(x):\n    return itertools.compress(x, [1, 0, 1])\n"
        "def letters(x):\n    return iter(x)",
        "assert list(pairs([1, 2, 3])) == [(1, 2), (2, 3)]\n"
        "assert list(some('abc')) == ['a', 'c']\n"
        "assert list(letters('ab')) == ['a', 'b'] and next(letters('ü')) == 'ü'",
    ),
    "a class with methods and operators": (
        "class Account:\n    def __init__(self, balance=0):\n        self.balance = balance\n"
        "    def deposit(self, amount):\n        if amount < 0:\n"
        "            raise ValueError('negative')\n        self.balance += amount\n"
        "        return self\n    def __len__(self):\n        return 1",
        "account = Account(10)\naccount.deposit(5)\nassert account.balance == 15\n"
        "assert isinstance(account, Account) and len(account) == 1\n"
        "try:\n    account.deposit(-1)\nexcept ValueError:\n    pass\nelse:\n"
        "    raise AssertionError('no error')",
    ),
    "own exceptions": (
        "class TooSmall(ValueError):\n    pass\ndef check(x):\n    if x < 0:\n"
        "        raise TooSmall('below zero')\n    return x",
        "try:\n    check(-1)\nexcept TooSmall as problem:\n    assert 'zero' in str(problem)\n"
        "else:\n    raise AssertionError('no error')",
    ),
    "sorting in place": (
        "def tidy(x):\n    x.sort()",
        "numbers = [3, 1, 2]\nassert tidy(numbers) is None\nassert numbers == [1, 2, 3]",
    ),
    "functions that take functions": (
        "import math\ndef integrate(f, a, b, n=1000):\n    h = (b - a) / n\n"
        "    return h * sum(f(a + (i + 0.5) * h) for i in range(n))",
        "import math\nassert abs(integrate(math.sin, 0, math.pi) - 2) < 1e-4\n"
        "assert abs(integrate(lambda x: x**2, 0, 3) - 9) < 1e-3",
    ),
    "printing as the task": (
        "def greet(name):\n    print(f'Hello, {name}')",
        "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
        "    greet('Ada')\nassert out.getvalue() == 'Hello, Ada\\n'",
    ),
    "a torch module": (
        "import torch\nclass Net(torch.nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.layer = torch.nn.Linear(3, 2)\n"
        "    def forward(self, x):\n        return self.layer(x)\nnet = Net()",
        "import torch\nassert net(torch.ones(4, 3)).shape == (4, 2)\n"
        "assert sum(p.numel() for p in net.parameters()) == 8\n"
        "assert isinstance(net, torch.nn.Module)",
    ),
    "a file as the result": (
        "with open('result.csv', 'w') as file:\n    file.write('a,b\\n1,2\\n')",
        "import pandas as pd\nassert pd.read_csv('result.csv')['b'].tolist() == [2]",
    ),
    "names of builtins": (
        "list = [3, 1]\nsum = 4\ndef f():\n    return sorted(list)",
        "assert f() == [1, 3]\nassert sum == 4 or True",
    ),
}


@pytest.mark.parametrize("style", sorted(RIGHT))
def test_a_right_answer_in_this_style_has_its_marks(graded, style: str):
    answer, test = RIGHT[style]
    outputs = graded(preload=("torch",) if "torch" in style else (), answer=answer, test=test)
    assert [out for out in outputs["test"] if out.output_type == "error"] == []
