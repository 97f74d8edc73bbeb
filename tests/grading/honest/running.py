"""Names, state, files, built-ins, the test's own objects, many calls: where a test runs counts."""

from honest import Case, kind

kind(
    "names_at_run_time",
    Case("globals", "f1 = 5", "f1 = 6", "assert globals()['f1'] == 5"),
    Case("eval", "f2 = 5", "f2 = 6", "assert eval('f' + '2') == 5"),
    Case("exec", "def f3(): return 1", "def f3(): return 2", "exec('assert f' + '3() == 1')"),
    Case("dir", "f4_rate = 1", "f4_rat = 1", "assert 'f4_' + 'rate' in dir()"),
    Case(
        "main",
        "f5 = 7",
        "f5 = 8",
        "import __main__\nassert getattr(__main__, 'f' + '5') == 7",
    ),
    Case(
        "loop_over_names",
        "f6a, f6b = 1, 2",
        "f6a, f6b = 1, 3",
        "for letter, value in zip('ab', (1, 2)):\n    assert globals()['f6' + letter] == value",
    ),
    Case(
        "unittest",
        "def f7(x): return x + 1",
        "def f7(x): return x",
        "import unittest\nclass T7(unittest.TestCase):\n    def test(self):\n"
        "        self.assertEqual(f7(1), 2)\n"
        "suite = unittest.defaultTestLoader.loadTestsFromTestCase(T7)\n"
        "import io\n"
        "assert unittest.TextTestRunner(stream=io.StringIO()).run(suite).wasSuccessful()",
    ),
    Case(
        "unittest_main",
        "def f8(x): return x * 2",
        "def f8(x): return x",
        "import unittest, io\nclass T8(unittest.TestCase):\n    def test(self):\n"
        "        self.assertEqual(f8(2), 4)\n"
        "ran = unittest.main(argv=[''], defaultTest='T8', exit=False, testRunner="
        "unittest.TextTestRunner(stream=io.StringIO()))\nassert ran.result.wasSuccessful()",
    ),
    Case(
        "doctest",
        'def f9(x):\n    """\n    >>> f9(2)\n    4\n    """\n    return x * 2',
        'def f9(x):\n    """\n    >>> f9(2)\n    4\n    """\n    return x',
        "import doctest\nparser = doctest.DocTestParser()\n"
        "case = parser.get_doctest(f9.__doc__, {'f9': f9}, 'f9', None, 0)\n"
        "assert doctest.DocTestRunner(verbose=False).run(case, out=lambda s: None).failed == 0",
    ),
    Case(
        "members",
        "def f10_one(): pass\ndef f10_two(): pass",
        "def f10_one(): pass",
        "import inspect, sys\nmembers = inspect.getmembers(sys.modules['__main__'])\n"
        "assert len([n for n, v in members if n.startswith('f10_') and callable(v)]) == 2",
    ),
    Case("in_globals", "f11 = 1", "f11b = 1", "assert 'f11' in globals()"),
    Case(
        "name_error",
        "f12 = 1",
        "f12b = 1",
        "try:\n    f12\nexcept NameError:\n    raise AssertionError('define f12')",
    ),
)

kind(
    "state",
    Case(
        "variable",
        "g1 = 2 * given_g1",
        "g1 = given_g1",
        "assert g1 == 8",
        setup="given_g1 = 4",
    ),
    Case(
        "results",
        "g2['sum'] = 3",
        "g2['sum'] = 4",
        "assert g2['sum'] == 3",
        setup="g2 = {}",
    ),
    Case(
        "helper",
        "g3 = helper_g3(2)",
        "g3 = helper_g3(3)",
        "assert g3 == 6",
        setup="def helper_g3(x):\n    return 3 * x",
    ),
    Case(
        "module_name_taken",
        "random = 4",
        "random = 5",
        "assert random == 4",
    ),
    Case("re_taken", "re = 'reply'", "re = 'x'", "assert re == 'reply'"),
    Case(
        "builtin_name_taken",
        "def g6(): return sum_g6([1, 2])\ndef sum_g6(x): return x[0] + x[1]",
        "def g6(): return 0\ndef sum_g6(x): return 0",
        "assert g6() == 3",
    ),
    Case("bound_by_a_test", "g9 = 1", "g9 = 2", "helper_g9 = [g9, 5]\nassert g9 == 1"),
    Case(
        "uses_what_a_test_bound",
        "g10 = helper_g9[1] + 1",
        "g10 = 0",
        "assert g10 == 6",
    ),
    Case(
        "function_of_a_test",
        "g11 = 2",
        "g11 = 3",
        "offset_g11 = 10\ndef helper_g11(x):\n    return x + offset_g11\n"
        "assert helper_g11(g11) == 12",
    ),
    Case(
        "uses_a_function_of_a_test",
        "g12 = helper_g11(1)",
        "g12 = 1",
        "assert g12 == 11",
    ),
    Case("last_cell", "g7 = [1]\ng7.append(2)", "g7 = [1]", "assert g7[-1] == 2"),
    Case(
        "global_counter",
        "g8 = 0\ndef g8up():\n    global g8\n    g8 += 1",
        "g8 = 0\ndef g8up(): pass",
        "g8up()\ng8up()\nassert g8 == 2",
    ),
)

kind(
    "files",
    Case(
        "written",
        "with open('h1.txt', 'w') as f:\n    f.write('42')",
        "with open('h1.txt', 'w') as f:\n    f.write('41')",
        "assert open('h1.txt').read() == '42'",
    ),
    Case(
        "read_by_function",
        "def h2(path): return len(open(path).readlines())",
        "def h2(path): return 1",
        "with open('h2.txt', 'w') as f:\n    f.write('a\\nb\\n')\nassert h2('h2.txt') == 2",
    ),
    Case(
        "csv",
        "import pandas as pd\npd.DataFrame({'a': [1]}).to_csv('h3.csv', index=False)",
        "import pandas as pd\npd.DataFrame({'a': [2]}).to_csv('h3.csv', index=False)",
        "import pandas as pd\nassert pd.read_csv('h3.csv').a.tolist() == [1]",
    ),
    Case(
        "exists",
        "import os\nos.makedirs('h4', exist_ok=True)\nopen('h4/x.txt', 'w').close()",
        "import os",
        "import os\nassert os.path.exists('h4/x.txt')",
    ),
    Case(
        "json",
        "import json\nwith open('h5.json', 'w') as f:\n    json.dump({'n': 1}, f)",
        "import json\nwith open('h5.json', 'w') as f:\n    json.dump({'n': 2}, f)",
        "import json\nassert json.load(open('h5.json'))['n'] == 1",
    ),
    Case(
        "module_written",
        "with open('h6mod.py', 'w') as f:\n    f.write('def f(): return 6')",
        "with open('h6mod.py', 'w') as f:\n    f.write('def f(): return 7')",
        "import h6mod\nassert h6mod.f() == 6",
        person="both",
    ),
    Case(
        "module_used",
        "with open('h7mod.py', 'w') as f:\n    f.write('def f(): return 6')\n"
        "import importlib\nimportlib.invalidate_caches()\nimport h7mod\nh7 = h7mod.f()",
        "h7 = 7",
        "assert h7 == 6",
    ),
    Case(
        "writefile",
        "import importlib\nget_ipython().run_cell_magic('writefile', 'h8mod.py', 'X = 8\\n')\n"
        "importlib.invalidate_caches()\nfrom h8mod import X as h8",
        "h8 = 9",
        "assert h8 == 8",
    ),
    Case(
        "working_folder",
        "import os\nh9 = os.path.basename(os.path.abspath('h9.txt'))",
        "h9 = 'other.txt'",
        "assert h9 == 'h9.txt'",
    ),
    Case(
        "path_argument",
        "def h10(p):\n    p.write_text('x')",
        "def h10(p): pass",
        "from pathlib import Path\nh10(Path('h10.txt'))\nassert Path('h10.txt').read_text() == 'x'",
    ),
)

kind(
    "own_objects",
    Case(
        "string_io",
        "def i1(stream): return stream.read().upper()",
        "def i1(stream): return ''",
        "import io\nassert i1(io.StringIO('abc')) == 'ABC'",
    ),
    Case(
        "string_io_written",
        "def i2(stream): stream.write('done')",
        "def i2(stream): pass",
        "import io\nout = io.StringIO()\ni2(out)\nassert out.getvalue() == 'done'",
    ),
    Case(
        "open_file",
        "def i3(f): return sum(1 for _ in f)",
        "def i3(f): return 0",
        "with open('i3.txt', 'w') as f:\n    f.write('a\\nb\\n')\n"
        "with open('i3.txt') as f:\n    assert i3(f) == 2",
    ),
    Case(
        "iterator",
        "def i4(it): return next(it) + next(it)",
        "def i4(it): return next(it)",
        "assert i4(iter([1, 2, 3])) == 3",
    ),
    Case(
        "generator",
        "def i5(it): return sum(it)",
        "def i5(it): return 0",
        "assert i5(x * x for x in range(4)) == 14",
    ),
    Case(
        "connection",
        "def i6(db): return db.execute('select max(x) from t').fetchone()[0]",
        "def i6(db): return 0",
        "import sqlite3\ndb = sqlite3.connect(':memory:')\ndb.execute('create table t (x)')\n"
        "db.execute('insert into t values (3)')\nassert i6(db) == 3",
    ),
    Case(
        "fake",
        "def i7(service): return service.rate('EUR') * 10",
        "def i7(service): return 10",
        "class Fake:\n    def rate(self, currency): return 2\nassert i7(Fake()) == 20",
    ),
    Case(
        "fake_attribute",
        "def i8(account): return account.balance + 1",
        "def i8(account): return 0",
        "class Fake8:\n    balance = 4\nassert i8(Fake8()) == 5",
    ),
    Case(
        "fake_records",
        "def i9(log): log.warn('low')",
        "def i9(log): pass",
        "class Log:\n    def __init__(self): self.seen = []\n"
        "    def warn(self, text): self.seen.append(text)\n"
        "log = Log()\ni9(log)\nassert log.seen == ['low']",
    ),
    Case(
        "mock",
        "def i10(send): send('hi', to='ada')",
        "def i10(send): send('hi')",
        "from unittest.mock import Mock\nsend = Mock()\ni10(send)\n"
        "send.assert_called_once_with('hi', to='ada')",
    ),
    Case(
        "graph_argument",
        "def i11(g): return g.number_of_edges()",
        "def i11(g): return 0",
        "import networkx as nx\nassert i11(nx.cycle_graph(4)) == 4",
    ),
    Case(
        "estimator_argument",
        "def i12(model, x): return model.predict(x)",
        "def i12(model, x): return x[:, 0]",
        "import numpy as np\nfrom sklearn.dummy import DummyRegressor\n"
        "m = DummyRegressor(strategy='constant', constant=7).fit([[0]], [1])\n"
        "assert list(i12(m, np.zeros((2, 1)))) == [7, 7]",
    ),
    Case(
        "axes_argument",
        "def i13(ax): ax.set_title('Rain')",
        "def i13(ax): pass",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\ni13(ax)\n"
        "assert ax.get_title() == 'Rain'",
    ),
    Case(
        "custom_sequence",
        "def i14(seq): return [seq[0], len(seq)]",
        "def i14(seq): return []",
        "class Seq:\n    def __len__(self): return 3\n    def __getitem__(self, i): return i * 10\n"
        "assert i14(Seq()) == [0, 3]",
    ),
    Case(
        "clock",
        "def i15(timer):\n    with timer:\n        return 1",
        "def i15(timer): return 1",
        "class Timer:\n    used = False\n    def __enter__(self): self.used = True\n"
        "    def __exit__(self, *a): pass\nt = Timer()\nassert i15(t) == 1 and t.used",
    ),
)

kind(
    "built_ins",
    Case(
        "sum_is_used",
        "def j1(x): return sum(x)",
        "def j1(x):\n    t = 0\n    for v in x: t += v\n    return t",
        "from unittest import mock\nwith mock.patch('builtins.sum', lambda x: 99):\n"
        "    assert j1([1]) == 99",
    ),
    Case(
        "sorted_is_not_used",
        "def j2(x):\n    x = list(x)\n    for i in range(len(x)):\n"
        "        for k in range(len(x) - 1):\n"
        "            if x[k] > x[k + 1]: x[k], x[k + 1] = x[k + 1], x[k]\n    return x",
        "def j2(x): return sorted(x)",
        "def forbidden(*_): raise AssertionError('write it yourself')\n"
        "import builtins\nkeep = builtins.sorted\nbuiltins.sorted = forbidden\ntry:\n"
        "    assert j2([2, 1]) == [1, 2]\nfinally:\n    builtins.sorted = keep",
    ),
    Case(
        "name_of_main_replaced",
        "def j3a(x): return x + 1\ndef j3(x): return j3a(x) * 2",
        "def j3a(x): return x + 1\ndef j3(x): return (x + 1) * 2",
        "from unittest import mock\nwith mock.patch('__main__.j3a', lambda x: 10):\n"
        "    assert j3(1) == 20",
    ),
    Case(
        "name_of_main_assigned",
        "def j4a(): return 1\ndef j4(): return j4a() + 1",
        "def j4a(): return 1\ndef j4(): return 2",
        "old = j4a\nj4a = lambda: 5\ntry:\n    assert j4() == 6\nfinally:\n    j4a = old",
    ),
    Case(
        "random_patched",
        "import random\ndef j5(): return random.random() * 2",
        "def j5(): return 1.5",
        "from unittest import mock\nwith mock.patch('random.random', lambda: 0.25):\n"
        "    assert j5() == 0.5",
        person="both",
    ),
    Case(
        "print_patched",
        "def j6(): print('a', 'b')",
        "def j6(): print('a b')",
        "from unittest import mock\nwith mock.patch('builtins.print') as fake:\n    j6()\n"
        "fake.assert_called_with('a', 'b')",
    ),
    Case(
        "source_says",
        "def j7(x): return max(x)",
        "def j7(x): return sorted(x)[-1]",
        "import inspect, ast\ntree = ast.parse(inspect.getsource(j7))\n"
        "assert any(getattr(n, 'id', '') == 'max' for n in ast.walk(tree))",
    ),
)

kind(
    "many_calls",
    Case(
        "thousand",
        "def k1(n): return n + 1",
        "def k1(n): return n",
        "assert all(k1(n) == n + 1 for n in range(1000))",
    ),
    Case(
        "method_thousand",
        "class K2:\n    def __init__(self): self.n = 0\n    def up(self): self.n += 1",
        "class K2:\n    def __init__(self): self.n = 0\n    def up(self): pass",
        "c = K2()\nfor _ in range(500): c.up()\nassert c.n == 500",
    ),
    Case(
        "large_array",
        "import numpy as np\ndef k3(): return np.ones(2_000_000)",
        "import numpy as np\ndef k3(): return np.zeros(2_000_000)",
        "assert k3().sum() == 2_000_000",
    ),
    Case(
        "long_list",
        "def k4(n): return list(range(n))",
        "def k4(n): return []",
        "assert sum(k4(100_000)) == 4999950000",
    ),
    Case(
        "hundred_thousand",
        "def k6(n): return 2 * n",
        "def k6(n): return 2 * n if n < 99_990 else n",
        "for n in range(100_000):\n    assert k6(n) == 2 * n",
    ),
    Case(
        "method_hundred_thousand",
        "class K7:\n    def __init__(self): self.n = 0\n"
        "    def add(self, by):\n        self.n += by\n        return self.n",
        "class K7:\n    def __init__(self): self.n = 0\n    def add(self, by): return by",
        "c = K7()\ntotal = 0\nfor n in range(100_000):\n    total += n\n"
        "    assert c.add(n) == total\nassert c.n == total",
    ),
    Case(
        "calls_and_state",
        "k8 = []\ndef k8add(n):\n    k8.append(n)\n    return len(k8)",
        "k8 = []\ndef k8add(n): return n",
        "for n in range(200):\n    assert k8add(n) == n + 1\nassert k8 == list(range(200))",
    ),
    Case(
        "array_of_128_mb",
        "import numpy as np\nk9 = np.ones(16 * 2**20)",
        "import numpy as np\nk9 = np.zeros(16 * 2**20)",
        "assert k9.sum() == 16 * 2**20",
        person="both",
    ),
    Case(
        "returns_128_mb",
        "import numpy as np\ndef k10(): return np.ones(16 * 2**20)",
        "import numpy as np\ndef k10(): return np.zeros(16 * 2**20)",
        "assert k10().sum() == 16 * 2**20",
        person="both",
    ),
    Case(
        "callbacks",
        "def k5(f): return sum(f(i) for i in range(500))",
        "def k5(f): return 0",
        "assert k5(lambda i: 1) == 500",
    ),
)

kind(
    "plots",
    Case(
        "axes_returned",
        "import matplotlib.pyplot as plt\ndef l1():\n    fig, ax = plt.subplots()\n"
        "    ax.set_xlabel('t')\n    return ax",
        "import matplotlib.pyplot as plt\ndef l1():\n    fig, ax = plt.subplots()\n    return ax",
        "import matplotlib\nassert l1().get_xlabel() == 't'",
    ),
    Case(
        "lines",
        "import matplotlib.pyplot as plt\ndef l2():\n    fig, ax = plt.subplots()\n"
        "    ax.plot([0, 1], [0, 1])\n    return ax",
        "import matplotlib.pyplot as plt\ndef l2():\n    return plt.subplots()[1]",
        "import matplotlib\nassert len(l2().lines) == 1",
    ),
    Case(
        "pandas_plot",
        "import pandas as pd\nl3 = pd.Series([1, 2]).plot(title='Sales')",
        "import pandas as pd\nl3 = pd.Series([1, 2]).plot()",
        "assert l3.get_title() == 'Sales'",
    ),
    Case(
        "current_figure",
        "import matplotlib.pyplot as plt\nplt.figure()\nplt.title('Rain')\nl4 = plt.gca()",
        "import matplotlib.pyplot as plt\nplt.figure()\nl4 = plt.gca()",
        "import matplotlib.pyplot as plt\nassert l4.get_title() == 'Rain'",
    ),
)

kind(
    "proves_nothing",
    Case("constant", "m1 = 1", "m1 = 2", "assert True", person="both"),
    Case("own_names", "m2 = 1", "m2 = 2", "x_m2 = 3\nassert x_m2 == 3", person="both"),
    Case(
        "uncalled",
        "def m3(): return 1",
        "def m3(): return 2",
        "def check_m3():\n    assert m3() == 1",
        person="both",
    ),
)
