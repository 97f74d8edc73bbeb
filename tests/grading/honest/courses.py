"""Three ordinary courses in small: numerical methods, data wrangling, object-oriented programs.

Each is one notebook. As in a course, later tasks use what earlier ones made, the instructor's
cells, and files.
"""

from honest import Case, kind

kind(
    "numerical_methods",
    Case(
        "newton",
        "def n1(f, df, x):\n    for _ in range(50):\n        x = x - f(x) / df(x)\n    return x",
        "def n1(f, df, x):\n    return x - f(x) / df(x)",
        "assert abs(n1(lambda x: x * x - 2, lambda x: 2 * x, 1.0) - 2 ** 0.5) < 1e-10",
    ),
    Case(
        "trapezoid",
        "import numpy as np\ndef n2(f, a, b, n):\n    x = np.linspace(a, b, n + 1)\n"
        "    return np.trapezoid(f(x), x)",
        "import numpy as np\ndef n2(f, a, b, n):\n    x = np.linspace(a, b, n)\n"
        "    return f(x).sum() * (b - a) / n",
        "import numpy as np\nassert abs(n2(np.sin, 0, np.pi, 1000) - 2) < 1e-5",
    ),
    Case(
        "euler",
        "def n3(f, y, t, h, steps):\n    out = [y]\n    for i in range(steps):\n"
        "        y = y + h * f(t, y)\n        t += h\n        out.append(y)\n    return out",
        "def n3(f, y, t, h, steps): return [y] * (steps + 1)",
        "got = n3(lambda t, y: y, 1.0, 0.0, 0.1, 2)\n"
        "assert [round(v, 6) for v in got] == [1, 1.1, 1.21]",
    ),
    Case(
        "interpolation",
        "from scipy.interpolate import interp1d\nn4 = interp1d([0, 1, 2], [0, 1, 4])",
        "from scipy.interpolate import interp1d\nn4 = interp1d([0, 1, 2], [0, 1, 2])",
        "assert abs(n4(1.5) - 2.5) < 1e-12",
    ),
    Case(
        "polyfit",
        "import numpy as np\nn5 = np.poly1d(np.polyfit([0, 1, 2, 3], [1, 3, 7, 13], 2))",
        "import numpy as np\nn5 = np.poly1d(np.polyfit([0, 1, 2, 3], [1, 3, 7, 13], 1))",
        "assert abs(n5(4) - 21) < 1e-6",
    ),
    Case(
        "convergence_plot",
        "import matplotlib.pyplot as plt\ndef n6(errors):\n    fig, ax = plt.subplots()\n"
        "    ax.loglog(range(1, len(errors) + 1), errors)\n    ax.set_ylabel('error')\n"
        "    return ax",
        "import matplotlib.pyplot as plt\ndef n6(errors):\n    fig, ax = plt.subplots()\n"
        "    ax.plot(errors)\n    return ax",
        "import matplotlib\nax = n6([1, 0.1, 0.01])\n"
        "assert ax.get_yscale() == 'log' and ax.get_ylabel() == 'error'",
    ),
    Case(
        "linear_system",
        "import numpy as np\ndef n7(a, b): return np.linalg.solve(a, b)",
        "import numpy as np\ndef n7(a, b): return a @ b",
        "import numpy as np\na = np.array([[2.0, 1], [1, 3]])\n"
        "np.testing.assert_allclose(a @ n7(a, np.array([1.0, 2])), [1, 2])",
    ),
    Case(
        "odeint",
        "from scipy.integrate import solve_ivp\n"
        "n8 = solve_ivp(lambda t, y: -y, (0, 1), [1.0], rtol=1e-8)",
        "from scipy.integrate import solve_ivp\nn8 = solve_ivp(lambda t, y: y, (0, 1), [1.0])",
        "import math\nassert abs(n8.y[0, -1] - math.exp(-1)) < 1e-5",
    ),
    Case(
        "root_by_the_former_task",
        "def n9(f, x):\n    def slope(t): return (f(t + 1e-6) - f(t - 1e-6)) / 2e-6\n"
        "    return n1(f, slope, x)",
        "def n9(f, x): return x",
        "import math\nassert abs(n9(math.cos, 1.0) - math.pi / 2) < 1e-8",
    ),
    Case(
        "order_of_an_error",
        "n10 = [abs(n2(np.sin, 0, np.pi, n) - 2) for n in (10, 100, 1000)]",
        "n10 = [0.1, 0.01, 0.001]",
        "orders = [math.log10(a / b) for a, b in zip(n10, n10[1:])]\n"
        "assert all(1.9 < order < 2.1 for order in orders)",
        setup="import math\nimport numpy as np",
    ),
    Case(
        "roots",
        "n11 = np.roots([1, 0, 1])",
        "n11 = np.roots([1, 0, -1])",
        "np.testing.assert_allclose(sorted(n11, key=lambda z: z.imag), [-1j, 1j], atol=1e-12)",
    ),
    Case(
        "polynomial_arithmetic",
        "from numpy.polynomial import Polynomial\nn12 = (Polynomial([1, 1]) ** 2).deriv()",
        "from numpy.polynomial import Polynomial\nn12 = Polynomial([1, 1]).deriv()",
        "assert n12.degree() == 1 and n12(0) == 2 and n12.integ()(1) == 3",
    ),
    Case(
        "plot_of_a_fit",
        "import matplotlib.pyplot as plt\ndef n13(x, y):\n    fig, ax = plt.subplots()\n"
        "    ax.plot(x, y, 'o', label='data')\n"
        "    ax.plot(x, np.polyval(np.polyfit(x, y, 1), x), label='fit')\n"
        "    ax.legend()\n    return ax",
        "import matplotlib.pyplot as plt\ndef n13(x, y):\n    fig, ax = plt.subplots()\n"
        "    ax.plot(x, y, 'o', label='data')\n    ax.plot(x, y, label='fit')\n    return ax",
        "import matplotlib\nax = n13(np.arange(4.0), np.array([0.0, 2, 1, 3]))\n"
        "assert len(ax.lines) == 2\nassert ax.lines[1].get_label() == 'fit'\n"
        "np.testing.assert_allclose(ax.lines[1].get_ydata(), [0.3, 1.1, 1.9, 2.7])",
    ),
)

SALES = (
    "import pandas as pd\nsales = pd.DataFrame({'shop': ['a', 'b', 'a', 'c'], "
    "'day': pd.to_datetime(['2024-01-01', '2024-01-01', '2024-02-01', '2024-02-03']), "
    "'amount': [10.0, 20.0, None, 5.0]})"
)

kind(
    "data_wrangling",
    Case(
        "missing",
        "def o1(df): return df.dropna(subset=['amount'])",
        "def o1(df): return df",
        "assert len(o1(sales)) == 3 and len(sales) == 4",
        setup=SALES,
    ),
    Case(
        "totals",
        "o2 = sales.groupby('shop')['amount'].sum()",
        "o2 = sales.groupby('shop')['amount'].count()",
        "import pandas as pd\npd.testing.assert_series_equal(o2, "
        "sales.groupby('shop')['amount'].sum())",
    ),
    Case(
        "by_month",
        "o3 = sales.assign(month=sales.day.dt.month)",
        "o3 = sales.assign(month=sales.day.dt.day)",
        "assert list(o3.month) == [1, 1, 2, 2]",
    ),
    Case(
        "merge",
        "import pandas as pd\n"
        "o4 = sales.merge(pd.DataFrame({'shop': ['a', 'b'], 'city': ['X', 'Y']}), how='left')",
        "import pandas as pd\n"
        "o4 = sales.merge(pd.DataFrame({'shop': ['a', 'b'], 'city': ['X', 'Y']}))",
        "assert len(o4) == 4 and o4.city.isna().sum() == 1",
    ),
    Case(
        "pivot",
        "o5 = sales.pivot_table(index='shop', values='amount', aggfunc='sum')",
        "o5 = sales.pivot_table(index='shop', values='amount', aggfunc='count')",
        "assert o5.loc['b', 'amount'] == 20",
    ),
    Case(
        "fillna_in_place",
        "def o6(df):\n    df['amount'] = df['amount'].fillna(0)",
        "def o6(df):\n    df = df.fillna(0)",
        "copy = sales.copy()\no6(copy)\nassert copy.amount.isna().sum() == 0",
    ),
    Case(
        "category",
        "o7 = sales.shop.astype('category')",
        "o7 = sales.shop",
        "assert str(o7.dtype) == 'category'",
    ),
    Case(
        "regex",
        "import re\ndef o8(text): return re.findall(r'[A-Z]\\w+', text)",
        "def o8(text): return text.split()",
        "assert o8('Ada met grace and Alan') == ['Ada', 'Alan']",
    ),
    Case(
        "messy_file",
        "o9 = pd.read_csv('o9.csv', sep=';', decimal=',', na_values='-').rename(columns=str.strip)",
        "o9 = pd.read_csv('o9.csv')",
        "assert list(o9.columns) == ['city', 'rain']\nassert o9.rain.sum() == 4.0\n"
        "assert o9.rain.isna().sum() == 1",
        setup="import pandas as pd\nwith open('o9.csv', 'w') as file:\n"
        "    file.write('city; rain\\nOslo;1,5\\nBern;-\\nRome;2,5\\n')",
    ),
    Case(
        "long_form",
        "o10 = o9.assign(snow=[1.0, 2.0, 0.0]).melt('city', var_name='kind')",
        "o10 = o9.assign(snow=[1.0, 2.0, 0.0]).melt('city')",
        "assert o10.shape == (6, 3)\nassert set(o10.kind) == {'rain', 'snow'}",
    ),
    Case(
        "steps_of_a_pipeline",
        "def o11(df):\n    return (o1(df).drop_duplicates('shop')"
        ".sort_values('amount', ascending=False).reset_index(drop=True))",
        "def o11(df): return df.drop_duplicates('shop')",
        "pd.testing.assert_frame_equal(o11(sales)[['shop', 'amount']], "
        "pd.DataFrame({'shop': ['b', 'a', 'c'], 'amount': [20.0, 10.0, 5.0]}))",
    ),
    Case(
        "two_levels",
        "o12 = sales.groupby(['shop', sales.day.dt.month]).size().unstack(fill_value=0)",
        "o12 = sales.groupby('shop').size()",
        "assert o12.loc['a'].tolist() == [1, 1] and o12.loc['b', 2] == 0",
    ),
    Case(
        "written_for_others",
        "o2.to_json('o13.json')",
        "o2.to_csv('o13.json')",
        "import json\nassert json.load(open('o13.json')) == {'a': 10.0, 'b': 20.0, 'c': 5.0}",
    ),
)

QUEUE = (
    "class P1:\n    def __init__(self): self.waiting = []\n"
    "    def add(self, name, urgent=False):\n"
    "        self.waiting.insert(0, name) if urgent else self.waiting.append(name)\n"
    "    def next(self): return self.waiting.pop({})"
)
SHAPES = (
    "class P2:\n    def area(self): raise NotImplementedError\n"
    "    def __lt__(self, other): return self.area() < other.area()\n"
    "class P2Square(P2):\n    def __init__(self, a): self.a = a\n"
    "    def area(self): return self.a {}"
)

kind(
    "object_oriented",
    Case(
        "queue",
        QUEUE.format("0"),
        QUEUE.format("-1"),
        "q = P1()\nq.add('ada')\nq.add('alan')\nq.add('grace', urgent=True)\n"
        "assert [q.next(), q.next()] == ['grace', 'ada']",
    ),
    Case(
        "polymorphism",
        SHAPES.format("** 2"),
        SHAPES.format("* 4"),
        "assert P2Square(3).area() == 9 and issubclass(P2Square, P2)",
    ),
    Case(
        "abstract_method",
        SHAPES.format("** 2"),
        SHAPES.format("** 2").replace("raise NotImplementedError", "return 0"),
        "try:\n    P2().area()\nexcept NotImplementedError:\n    pass\nelse:\n    assert False",
    ),
    Case(
        "ordering",
        SHAPES.format("** 2"),
        SHAPES.format("** 2").replace("<", ">"),
        "assert P2Square(1) < P2Square(2)",
        person="both",
    ),
    Case(
        "money",
        "class P5:\n    def __init__(self, cents): self.cents = cents\n"
        "    def __str__(self): return f'{self.cents / 100:.2f} EUR'",
        "class P5:\n    def __init__(self, cents): self.cents = cents",
        "assert str(P5(250)) == '2.50 EUR'",
    ),
    Case(
        "composition",
        "class P6Wheel: pass\nclass P6:\n    def __init__(self):\n"
        "        self.wheels = [P6Wheel() for _ in range(4)]",
        "class P6Wheel: pass\nclass P6:\n    def __init__(self): self.wheels = [P6Wheel()]",
        "assert len(P6().wheels) == 4",
    ),
    Case(
        "all_of_a_class",
        "class P7Wheel: pass\nclass P7:\n    def __init__(self):\n"
        "        self.wheels = [P7Wheel() for _ in range(4)]",
        "class P7Wheel: pass\nclass P7:\n    def __init__(self): self.wheels = [1, 2]",
        "assert all(isinstance(w, P7Wheel) for w in P7().wheels)",
    ),
    Case(
        "class_method",
        "class P8:\n    def __init__(self, x): self.x = x\n    @classmethod\n"
        "    def parse(cls, text): return cls(int(text))",
        "class P8:\n    def __init__(self, x): self.x = x\n    @classmethod\n"
        "    def parse(cls, text): return cls(text)",
        "assert P8.parse('3').x == 3",
    ),
    Case(
        "extends_the_former_task",
        "class P9(P1):\n    def add(self, name, urgent=False):\n"
        "        if name in self.waiting: raise ValueError(name)\n"
        "        super().add(name, urgent)",
        "class P9(P1): pass",
        "q = P9()\nq.add('ada')\nassert isinstance(q, P1) and q.waiting == ['ada']\ntry:\n"
        "    q.add('ada')\nexcept ValueError as problem:\n    assert 'ada' in str(problem)\n"
        "else:\n    assert False",
    ),
    Case(
        "own_exception",
        "class P10Error(Exception): pass\nclass P10:\n    def __init__(self): self.left = 1\n"
        "    def take(self):\n        if not self.left: raise P10Error('empty')\n"
        "        self.left -= 1",
        "class P10Error(Exception): pass\nclass P10:\n    def __init__(self): self.left = 1\n"
        "    def take(self): self.left -= 1",
        "import pytest\nbox = P10()\nbox.take()\nwith pytest.raises(P10Error):\n    box.take()",
    ),
    Case(
        "told_of_changes",
        "class P11:\n    def __init__(self): self.tell = []\n    def watch(self, f):\n"
        "        self.tell.append(f)\n    def set(self, x):\n        for f in self.tell: f(x)",
        "class P11:\n    def watch(self, f): pass\n    def set(self, x): pass",
        "seen = []\nthing = P11()\nthing.watch(seen.append)\nthing.set(3)\nassert seen == [3]",
    ),
    Case(
        "works_with_anything_alike",
        "def p12(shapes): return sum(s.area() for s in shapes)",
        "def p12(shapes): return len(shapes)",
        "class Flag:\n    def area(self): return 2\nassert p12([Flag(), Flag()]) == 4\n"
        "assert p12([P2Square(3)]) == 9",
    ),
)
