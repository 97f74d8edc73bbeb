"""Plain values and calls, and values of libraries."""

from honest import Case, kind

kind(
    "values",
    Case("int", "a1 = 6 * 7", "a1 = 41", "assert a1 == 42"),
    Case("float", "a2 = 0.1 + 0.2", "a2 = 0.31", "assert abs(a2 - 0.3) < 1e-9"),
    Case("text", "a3 = 'Grace'", "a3 = 'grace'", "assert a3 == 'Grace'"),
    Case("list", "a4 = [1, 4, 9]", "a4 = [1, 4]", "assert a4 == [1, 4, 9]"),
    Case("dict", "a5 = {'x': 1}", "a5 = {'x': 2}", "assert a5 == {'x': 1}"),
    Case("set", "a6 = {1, 2}", "a6 = {1, 3}", "assert a6 == {2, 1}"),
    Case("tuple", "a7 = (1, 'b')", "a7 = (1, 'c')", "assert a7 == (1, 'b')"),
    Case("none", "a8 = None", "a8 = 0", "assert a8 is None"),
    Case("bool", "a9 = True", "a9 = False", "assert a9 is True"),
    Case("complex", "a10 = 1j ** 2", "a10 = 1j", "assert a10 == -1"),
    Case("bytes", "a11 = 'é'.encode()", "a11 = b'e'", "assert a11 == b'\\xc3\\xa9'"),
    Case(
        "fraction",
        "from fractions import Fraction\na12 = Fraction(1, 3)",
        "a12 = 0.333",
        "from fractions import Fraction\nassert a12 * 3 == 1",
    ),
    Case(
        "decimal",
        "from decimal import Decimal\na13 = Decimal('1.10')",
        "a13 = '1.10'",
        "from decimal import Decimal\nassert a13 == Decimal('1.1')",
    ),
    Case(
        "date",
        "import datetime\na14 = datetime.date(2024, 2, 29)",
        "import datetime\na14 = datetime.date(2024, 3, 1)",
        "assert a14.isoformat() == '2024-02-29'",
    ),
    Case("type_of", "a15 = 3.0", "a15 = 3", "assert type(a15) == float"),
    Case("isinstance", "a16 = [1]", "a16 = (1,)", "assert isinstance(a16, list)"),
    Case("nested", "a17 = [{'n': [1, 2]}]", "a17 = [{'n': [2]}]", "assert a17[0]['n'][1] == 2"),
    Case("text_methods", "a18 = 'a,b'", "a18 = 'a;b'", "assert a18.split(',') == ['a', 'b']"),
    Case("sorted", "a19 = [3, 1, 2]", "a19 = [3, 1]", "assert sorted(a19) == [1, 2, 3]"),
    Case("length", "a20 = range(7)", "a20 = range(8)", "assert len(a20) == 7"),
)

kind(
    "functions",
    Case("call", "def b1(x): return x * x", "def b1(x): return 2 * x", "assert b1(3) == 9"),
    Case(
        "many_inputs",
        "def b2(n): return n % 2 == 0",
        "def b2(n): return n % 2 == 1",
        "for n in range(20):\n    assert b2(n) == (n % 2 == 0), n",
    ),
    Case(
        "raises",
        "def b3(x):\n    if x < 0: raise ValueError('negative')\n    return x ** 0.5",
        "def b3(x): return abs(x) ** 0.5",
        "try:\n    b3(-1)\nexcept ValueError:\n    pass\nelse:\n    assert False, 'no error'",
    ),
    Case(
        "pytest_raises",
        "def b4(s): return int(s)",
        "def b4(s): return 0",
        "import pytest\nwith pytest.raises(ValueError):\n    b4('x')",
    ),
    Case(
        "keyword",
        "def b5(a, b=2): return a - b",
        "def b5(a, b=3): return a - b",
        "assert b5(5) == 3 and b5(b=1, a=1) == 0",
    ),
    Case(
        "in_place",
        "def b6(items): items.append(0)",
        "def b6(items): return items + [0]",
        "box = [1]\nb6(box)\nassert box == [1, 0]",
    ),
    Case(
        "printed",
        "def b7(): print('hello')",
        "def b7(): print('bye')",
        "import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
        "    b7()\nassert out.getvalue() == 'hello\\n'",
    ),
    Case(
        "input",
        "def b8(): return int(input('n: ')) + 1",
        "def b8(): return 5",
        "import builtins\nfrom unittest import mock\n"
        "with mock.patch('builtins.input', lambda *_: '6'):\n    assert b8() == 7",
    ),
    Case(
        "callback",
        "def b9(f, n): return [f(i) for i in range(n)]",
        "def b9(f, n): return list(range(n))",
        "assert b9(lambda i: i * 10, 3) == [0, 10, 20]",
    ),
    Case(
        "returns_function",
        "def b10(n): return lambda x: x + n",
        "def b10(n): return lambda x: x",
        "add = b10(5)\nassert add(1) == 6",
    ),
    Case(
        "generator",
        "def b11():\n    yield 1\n    yield 2",
        "def b11():\n    yield 1",
        "assert list(b11()) == [1, 2]",
    ),
    Case(
        "partial_credit",
        "def b12(x): return x + 1",
        "def b12(x): return 1",
        "points = 0.0\nif b12(0) == 1: points += 0.5\nif b12(1) == 2: points += 0.5\npoints",
    ),
    Case(
        "recursion",
        "def b13(n): return 1 if n < 2 else n * b13(n - 1)",
        "def b13(n): return n",
        "assert b13(5) == 120",
    ),
    Case(
        "docstring",
        'def b14():\n    """Say something."""',
        "def b14(): pass",
        "assert b14.__doc__",
    ),
    Case("callable", "def b15(): pass", "b15 = 3", "assert callable(b15)"),
    Case("name", "def b16(): pass", "b16 = lambda: None", "assert b16.__name__ == 'b16'"),
    Case(
        "signature",
        "def b17(a, b=1): pass",
        "def b17(a): pass",
        "import inspect\nassert list(inspect.signature(b17).parameters) == ['a', 'b']",
    ),
    Case(
        "source",
        "def b18(xs): return [x for x in xs]",
        "def b18(xs): return list(map(lambda x: x, xs))",
        "import inspect\nassert 'for' in inspect.getsource(b18)",
    ),
    Case(
        "deleted_helper",
        "def b19(x): return x + 1\ndef b19b(x): return b19(x) * 2",
        "def b19(x): return x + 1\ndef b19b(x): return (x + 1) * 2",
        "orig = b19\ndel b19\ntry:\n    b19b(1)\nexcept NameError:\n    pass\nelse:\n"
        "    raise AssertionError('b19b does not use b19')\nfinally:\n    b19 = orig\n    del orig",
    ),
    Case(
        "time_limit_free",
        "def b20(n): return n * (n + 1) // 2",
        "def b20(n): return n",
        "import time\nstart = time.time()\nassert b20(10**6) == 500000500000\n"
        "assert time.time() - start < 5",
    ),
)

kind(
    "arrays",
    Case(
        "allclose",
        "import numpy as np\nc1 = np.arange(3.0)",
        "import numpy as np\nc1 = np.ones(3)",
        "import numpy as np\nnp.testing.assert_allclose(c1, [0, 1, 2])",
    ),
    Case(
        "shape",
        "import numpy as np\nc2 = np.zeros((2, 3))",
        "import numpy as np\nc2 = np.zeros((3, 2))",
        "assert c2.shape == (2, 3)",
    ),
    Case(
        "dtype",
        "import numpy as np\nc3 = np.zeros(2, dtype=int)",
        "import numpy as np\nc3 = np.zeros(2)",
        "assert c3.dtype.kind == 'i'",
    ),
    Case(
        "function_of_array",
        "def c4(x): return (x - x.mean()) / x.std()",
        "def c4(x): return x - x.mean()",
        "import numpy as np\nz = c4(np.array([1.0, 2.0, 4.0]))\nassert abs(z.std() - 1) < 1e-12",
    ),
    Case(
        "frame",
        "import pandas as pd\nc5 = pd.DataFrame({'a': [1, 2]})",
        "import pandas as pd\nc5 = pd.DataFrame({'a': [1, 3]})",
        "assert c5['a'].sum() == 3 and list(c5.columns) == ['a']",
    ),
    Case(
        "frame_equal",
        "import pandas as pd\ndef c6(df): return df[df.a > 1].reset_index(drop=True)",
        "def c6(df): return df",
        "import pandas as pd\nfrom pandas.testing import assert_frame_equal\n"
        "assert_frame_equal(c6(pd.DataFrame({'a': [1, 2]})), pd.DataFrame({'a': [2]}))",
    ),
    Case(
        "series",
        "import pandas as pd\nc7 = pd.Series([1, 2], index=['x', 'y'])",
        "import pandas as pd\nc7 = pd.Series([1, 2])",
        "assert c7['y'] == 2 and list(c7.index) == ['x', 'y']",
    ),
    Case(
        "groupby_result",
        "import pandas as pd\ndef c8(df): return df.groupby('k')['v'].mean()",
        "def c8(df): return df.groupby('k')['v'].sum()",
        "import pandas as pd\nassert c8(pd.DataFrame({'k': [1, 1], 'v': [2, 4]}))[1] == 3",
    ),
    Case(
        "random_generator",
        "def c9(rng): return rng.normal(size=5)",
        "def c9(rng): return rng.uniform(size=5)",
        "import numpy as np\n"
        "assert np.allclose(c9(np.random.default_rng(3)), np.random.default_rng(3).normal(size=5))",
    ),
    Case(
        "seeded",
        "import numpy as np\ndef c10():\n    np.random.seed(1)\n    return np.random.rand()",
        "import random\ndef c10(): return random.random()",
        "assert c10() == c10()",
    ),
    Case(
        "boolean_mask",
        "def c11(x): return x[x > 0]",
        "def c11(x): return x",
        "import numpy as np\nassert (c11(np.array([-1, 2])) == np.array([2])).all()",
    ),
    Case(
        "matrix",
        "def c12(a, b): return a @ b",
        "def c12(a, b): return a * b",
        "import numpy as np\nassert c12(np.eye(2), np.ones((2, 2))).sum() == 4",
    ),
    Case(
        "estimator",
        "from sklearn.linear_model import LinearRegression\n"
        "def c13(x, y): return LinearRegression().fit(x, y)",
        "from sklearn.linear_model import LinearRegression\n"
        "def c13(x, y): return LinearRegression(fit_intercept=False).fit(x, y)",
        "import numpy as np\nx = np.arange(4.0)[:, None]\n"
        "assert np.allclose(c13(x, 2 * x[:, 0] + 1).predict([[10.0]]), 21)",
    ),
    Case(
        "fitted_attribute",
        "from sklearn.linear_model import LinearRegression\n"
        "c14 = LinearRegression().fit([[0], [1]], [0, 3])",
        "from sklearn.linear_model import LinearRegression\n"
        "c14 = LinearRegression().fit([[0], [1]], [0, 2])",
        "from sklearn.linear_model import LinearRegression\nassert abs(c14.coef_[0] - 3) < 1e-9",
    ),
    Case(
        "is_estimator",
        "from sklearn.tree import DecisionTreeClassifier\nc15 = DecisionTreeClassifier()",
        "c15 = 'tree'",
        "from sklearn.tree import DecisionTreeClassifier\n"
        "assert isinstance(c15, DecisionTreeClassifier)",
    ),
    Case(
        "params",
        "from sklearn.neighbors import KNeighborsClassifier\nc16 = KNeighborsClassifier(3)",
        "from sklearn.neighbors import KNeighborsClassifier\nc16 = KNeighborsClassifier()",
        "import sklearn\nassert c16.get_params()['n_neighbors'] == 3",
    ),
)

kind(
    "library_values",
    Case(
        "polynomial",
        "import numpy as np\nd1 = np.polynomial.Polynomial([1, 0, 2])",
        "import numpy as np\nd1 = np.polynomial.Polynomial([1, 2])",
        "assert abs(d1(3) - 19) < 1e-12",
        person="",
    ),
    Case(
        "polynomial_coefficients",
        "import numpy as np\nd2 = np.polynomial.Polynomial.fit([0, 1, 2], [1, 2, 5], 2).convert()",
        "import numpy as np\nd2 = np.polynomial.Polynomial([1, 2])",
        "import numpy as np\nassert np.allclose(d2.coef, [1, 0, 1], atol=1e-9)",
    ),
    Case(
        "poly1d",
        "import numpy as np\nd3 = np.poly1d([1, -3, 2])",
        "import numpy as np\nd3 = np.poly1d([1, -3])",
        "assert sorted(d3.roots) == [1, 2] and d3.order == 2",
    ),
    Case(
        "optimize_result",
        "from scipy.optimize import minimize\nd4 = minimize(lambda x: (x[0] - 2) ** 2, [0.0])",
        "from scipy.optimize import minimize\nd4 = minimize(lambda x: (x[0] + 2) ** 2, [0.0])",
        "assert d4.success and abs(d4.x[0] - 2) < 1e-3",
    ),
    Case(
        "root_result",
        "from scipy.optimize import root_scalar\n"
        "d5 = root_scalar(lambda x: x * x - 2, bracket=[0, 2])",
        "from scipy.optimize import root_scalar\n"
        "d5 = root_scalar(lambda x: x * x - 3, bracket=[0, 2])",
        "assert d5.converged and abs(d5.root - 2 ** 0.5) < 1e-6",
    ),
    Case(
        "frozen_distribution",
        "from scipy import stats\nd6 = stats.norm(1, 2)",
        "from scipy import stats\nd6 = stats.norm(0, 2)",
        "assert abs(d6.mean() - 1) < 1e-12 and abs(d6.cdf(1) - 0.5) < 1e-12",
    ),
    Case(
        "test_result",
        "from scipy import stats\nd7 = stats.ttest_1samp([1.0, 2.0, 3.0], 2.0)",
        "from scipy import stats\nd7 = stats.ttest_1samp([1.0, 2.0, 3.0], 0.0)",
        "assert d7.pvalue > 0.99",
    ),
    Case(
        "linregress",
        "from scipy import stats\nd8 = stats.linregress([0, 1, 2], [1, 3, 5])",
        "from scipy import stats\nd8 = stats.linregress([0, 1, 2], [1, 2, 3])",
        "assert abs(d8.slope - 2) < 1e-9 and abs(d8.intercept - 1) < 1e-9",
    ),
    Case(
        "graph",
        "import networkx as nx\nd9 = nx.path_graph(4)",
        "import networkx as nx\nd9 = nx.path_graph(3)",
        "assert d9.number_of_nodes() == 4 and d9.has_edge(0, 1)",
    ),
    Case(
        "graph_function",
        "import networkx as nx\nd10 = nx.cycle_graph(5)",
        "import networkx as nx\nd10 = nx.path_graph(5)",
        "import networkx as nx\nassert nx.diameter(d10) == 2",
    ),
    Case(
        "sympy",
        "import sympy\nx = sympy.symbols('x')\nd11 = sympy.diff(x ** 3, x)",
        "import sympy\nx = sympy.symbols('x')\nd11 = x ** 2",
        "import sympy\nassert sympy.simplify(d11 - 3 * sympy.Symbol('x') ** 2) == 0",
    ),
    Case(
        "sympy_equal",
        "import sympy\nd12 = sympy.Rational(1, 3)",
        "import sympy\nd12 = sympy.Rational(1, 4)",
        "import sympy\nassert d12 == sympy.Rational(1, 3)",
    ),
    Case(
        "groupby",
        "import pandas as pd\nd13 = pd.DataFrame({'k': [1, 1, 2], 'v': [1, 2, 3]}).groupby('k')",
        "import pandas as pd\nd13 = pd.DataFrame({'k': [1, 2, 3], 'v': [1, 2, 3]}).groupby('k')",
        "assert d13.ngroups == 2",
    ),
    Case(
        "styler",
        "import pandas as pd\nd14 = pd.DataFrame({'v': [1.0]}).style.format(precision=2)",
        "import pandas as pd\nd14 = pd.DataFrame({'v': [1.0]}).style",
        "assert '1.00<' in d14.to_html()",
    ),
    Case(
        "bunch",
        "from sklearn.utils import Bunch\nd15 = Bunch(data=[1, 2], name='b')",
        "from sklearn.utils import Bunch\nd15 = Bunch(data=[1], name='b')",
        "assert d15.data == [1, 2] and d15['name'] == 'b'",
    ),
    Case(
        "namespace",
        "from types import SimpleNamespace\nd16 = SimpleNamespace(rate=0.5)",
        "from types import SimpleNamespace\nd16 = SimpleNamespace(rate=0.6)",
        "assert d16.rate == 0.5",
    ),
    Case(
        "pattern",
        "import re\nd17 = re.compile(r'\\d+')",
        "import re\nd17 = re.compile(r'\\w')",
        "assert d17.fullmatch('123') and not d17.fullmatch('a')",
    ),
    Case(
        "match",
        "import re\nd18 = re.match(r'(\\w+)@', 'ada@home')",
        "import re\nd18 = re.match(r'(\\w)', 'ada@home')",
        "assert d18.group(1) == 'ada'",
    ),
    Case(
        "path",
        "from pathlib import Path\nd19 = Path('a') / 'b.txt'",
        "from pathlib import Path\nd19 = Path('a.txt')",
        "assert d19.name == 'b.txt' and d19.suffix == '.txt'",
    ),
    Case(
        "spline",
        "from scipy.interpolate import CubicSpline\nd20 = CubicSpline([0, 1, 2], [0, 1, 4])",
        "from scipy.interpolate import CubicSpline\nd20 = CubicSpline([0, 1, 2], [0, 1, 2])",
        "assert abs(d20(2) - 4) < 1e-9",
    ),
    Case(
        "pipeline",
        "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import "
        "StandardScaler\nfrom sklearn.linear_model import Ridge\n"
        "d21 = make_pipeline(StandardScaler(), Ridge())",
        "from sklearn.pipeline import make_pipeline\nfrom sklearn.linear_model import Ridge\n"
        "d21 = make_pipeline(Ridge())",
        "import sklearn\nassert len(d21.steps) == 2 and d21.steps[0][0] == 'standardscaler'",
    ),
    Case(
        "counter",
        "from collections import Counter\nd22 = Counter('aab')",
        "from collections import Counter\nd22 = Counter('abb')",
        "assert d22.most_common(1) == [('a', 2)]",
    ),
)
