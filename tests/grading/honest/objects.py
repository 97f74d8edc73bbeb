"""Classes of the learner's and of the instructor's."""

from honest import Case, kind

STACK = (
    "class E1:\n    def __init__(self): self.items = []\n"
    "    def push(self, x): self.items.append(x)\n    def pop(self): return self.items.pop({})\n"
    "    def __len__(self): return len(self.items)"
)
VECTOR = (
    "class E2:\n    def __init__(self, x, y): self.x, self.y = x, y\n"
    "    def __add__(self, o): return E2(self.x + o.x, self.y {} o.y)\n"
    "    def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)\n"
    "    def __repr__(self): return f'E2({{self.x}}, {{self.y}})'"
)

kind(
    "classes",
    Case(
        "stack",
        STACK.format(""),
        STACK.format("0"),
        "s = E1()\ns.push(1)\ns.push(2)\nassert s.pop() == 2 and len(s) == 1",
    ),
    Case(
        "operator",
        VECTOR.format("+"),
        VECTOR.format("-"),
        "assert E2(1, 2) + E2(1, 1) == E2(2, 3)",
        person="both",
    ),
    Case(
        "repr",
        VECTOR.format("+"),
        "class E2:\n    def __init__(self, x, y): pass",
        "assert repr(E2(1, 2)) == 'E2(1, 2)'",
    ),
    Case(
        "attribute",
        "class E3:\n    def __init__(self): self.balance = 10",
        "class E3:\n    def __init__(self): self.balance = 0",
        "assert E3().balance == 10",
    ),
    Case(
        "private_attribute",
        "class E4:\n    def __init__(self): self._cache = {}",
        "class E4:\n    def __init__(self): self.cache = {}",
        "assert E4()._cache == {}",
        person="both",
    ),
    Case(
        "has_no_attribute",
        "class E5:\n    def __init__(self): self.__pin = 1",
        "class E5:\n    def __init__(self): self.pin = 1",
        "assert not hasattr(E5(), 'pin')",
    ),
    Case(
        "property",
        "class E6:\n    def __init__(self, c): self.c = c\n    @property\n"
        "    def f(self): return self.c * 9 / 5 + 32",
        "class E6:\n    def __init__(self, c): self.c = c\n    @property\n"
        "    def f(self): return self.c * 9 / 5",
        "assert E6(100).f == 212",
    ),
    Case(
        "setter_raises",
        "class E7:\n    def __init__(self): self._w = 1\n    @property\n"
        "    def w(self): return self._w\n    @w.setter\n    def w(self, v):\n"
        "        if v < 0: raise ValueError\n        self._w = v",
        "class E7:\n    w = 1",
        "import pytest\nq = E7()\nq.w = 3\nassert q.w == 3\nwith pytest.raises(ValueError):\n"
        "    q.w = -1",
    ),
    Case(
        "inheritance",
        "class E8: pass\nclass E8b(E8): pass",
        "class E8: pass\nclass E8b: pass",
        "assert issubclass(E8b, E8) and isinstance(E8b(), E8)",
    ),
    Case(
        "abstract",
        "from abc import ABC, abstractmethod\nclass E9(ABC):\n    @abstractmethod\n"
        "    def area(self): ...",
        "class E9:\n    def area(self): ...",
        "import pytest\nwith pytest.raises(TypeError):\n    E9()",
    ),
    Case(
        "iterator",
        "class E10:\n    def __iter__(self): return iter([1, 2, 3])",
        "class E10:\n    def __iter__(self): return iter([1, 2])",
        "assert sum(E10()) == 6",
    ),
    Case(
        "context_manager",
        "class E11:\n    log = []\n    def __enter__(self): self.log.append('in'); return self\n"
        "    def __exit__(self, *a): self.log.append('out')",
        "class E11:\n    log = []\n    def __enter__(self): return self\n"
        "    def __exit__(self, *a): pass",
        "with E11() as box:\n    pass\nassert box.log == ['in', 'out']",
    ),
    Case(
        "dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass E12:\n    x: int\n    y: int = 0",
        "from dataclasses import dataclass\n@dataclass\nclass E12:\n    x: int\n    y: int = 1",
        "assert E12(1).y == 0",
    ),
    Case(
        "dataclass_equal",
        "from dataclasses import dataclass\n@dataclass\nclass E13:\n    x: int",
        "class E13:\n    def __init__(self, x): self.x = x",
        "assert E13(1) == E13(1)",
        person="right",
    ),
    Case(
        "exact_type",
        "class E14: pass\ndef e14(): return E14()",
        "class E14: pass\ndef e14(): return object()",
        "assert type(e14()) == E14",
    ),
    Case(
        "subclass_in_test",
        "class E15:\n    def speak(self): return self.sound() + '!'",
        "class E15:\n    def speak(self): return 'woof'",
        "class Cat(E15):\n    def sound(self): return 'meow'\nassert Cat().speak() == 'meow!'",
        person="both",
    ),
    Case(
        "cached_method",
        "import functools\nclass E16:\n    @functools.lru_cache\n    def f(self, n): return n * 2",
        "class E16:\n    def f(self, n): return n",
        "assert E16().f(4) == 8",
    ),
    Case(
        "cached_function",
        "import functools\n@functools.lru_cache\n"
        "def e17(n): return n if n < 2 else e17(n - 1) + e17(n - 2)",
        "def e17(n): return n",
        "assert e17(50) == 12586269025",
    ),
    Case(
        "cache_info",
        "import functools\n@functools.lru_cache\ndef e18(n): return n",
        "import functools\n@functools.lru_cache(maxsize=None)\ndef e18(n): return n",
        "assert e18.cache_info().maxsize == 128",
    ),
    Case(
        "enumeration",
        "from enum import Enum\nclass E19(Enum):\n    RED = 1\n    BLUE = 2",
        "from enum import Enum\nclass E19(Enum):\n    RED = 2\n    BLUE = 1",
        "assert E19.RED.value == 1 and len(E19) == 2",
    ),
    Case(
        "named_tuple",
        "from collections import namedtuple\nE20 = namedtuple('E20', 'x y')",
        "from collections import namedtuple\nE20 = namedtuple('E20', 'y x')",
        "assert E20(1, 2).x == 1",
    ),
    Case(
        "own_exception",
        "class E21(Exception): pass\ndef e21(): raise E21('no')",
        "class E21(Exception): pass\ndef e21(): raise KeyError('no')",
        "try:\n    e21()\n    assert False\nexcept E21 as error:\n    assert str(error) == 'no'",
    ),
    Case(
        "class_attribute",
        "class E22:\n    count = 0\n    def __init__(self): E22.count += 1",
        "class E22:\n    count = 0",
        "E22()\nE22()\nassert E22.count == 2",
    ),
    Case(
        "static_method",
        "class E23:\n    @staticmethod\n    def twice(x): return 2 * x",
        "class E23:\n    @staticmethod\n    def twice(x): return x",
        "assert E23.twice(4) == 8",
    ),
    Case(
        "instructors_class",
        "def e24(p): return Point24(p.x + 1, p.y)",
        "def e24(p): return Point24(p.x, p.y)",
        "assert e24(Point24(1, 2)).x == 2",
        setup="class Point24:\n    def __init__(self, x, y):\n        self.x, self.y = x, y",
    ),
    Case(
        "linked_list",
        "def e25(node):\n    total = 0\n    while node:\n        total += node.value\n"
        "        node = node.next\n    return total",
        "def e25(node): return node.value",
        "assert e25(Node25(1, Node25(2, None))) == 3",
        setup="class Node25:\n    def __init__(self, value, next):\n"
        "        self.value, self.next = value, next",
    ),
    Case("none_compared", "class E26: pass\ne26 = E26()", "e26 = None", "assert e26 != None"),
    Case(
        "identity",
        "class E27: pass\ne27 = E27()\ne27b = e27",
        "class E27: pass\ne27 = E27()\ne27b = E27()",
        "assert e27 is e27b",
    ),
)
