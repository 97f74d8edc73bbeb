"""Test cells of stock notebooks, run apart from the learner's process."""

from __future__ import annotations


def test_a_function_is_called_and_its_value_compared(rooms):
    rooms.learner("def square(x):\n    return x * x")
    assert rooms.outcome("assert square(3) == 9") == ""
    assert rooms.outcome("assert square(3) == 10, 'three'") == "AssertionError: three"


def test_a_failed_test_names_its_line(rooms):
    rooms.learner("def square(x):\n    return x + x")
    (error,) = rooms.test("a = square(2)\nassert a == 4\nassert square(3) == 9, 'nine'")["outputs"]
    assert error["traceback"] == [
        "In line 3 of this test:",
        "assert square(3) == 9, 'nine'",
        "AssertionError: nine",
    ]


PS1 = """
original_squares = squares
del squares
try:
    sum_of_squares(1)
except NameError:
    pass
else:
    raise AssertionError("sum_of_squares does not use squares")
finally:
    squares = original_squares
"""


def test_a_test_that_takes_a_function_away_sees_who_needs_it(rooms):
    rooms.learner("def squares(n):\n    return [i * i for i in range(1, n + 1)]")
    rooms.learner("def sum_of_squares(n):\n    return sum(squares(n))")
    assert rooms.outcome(PS1) == ""
    assert rooms.outcome("assert sum_of_squares(3) == 14") == ""
    rooms.learner("def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6")
    assert "does not use squares" in rooms.outcome(PS1)
    assert rooms.outcome("assert squares(2) == [1, 4]") == ""


def test_the_last_expression_is_the_partial_credit(rooms):
    rooms.learner("def f(x): return x")
    (output,) = rooms.test("points = 0\nif f(1) == 1:\n    points += 2.5\npoints")["outputs"]
    assert output["output_type"] == "execute_result"
    assert output["data"]["text/plain"] == "2.5"


def test_points_and_cards_are_shown_as_in_a_kernel(rooms):
    rooms.learner("def f(): return 1")
    outputs = rooms.test(
        "from IPython.display import HTML, display\n"
        "from labkit.exercise.lab import Points\n"
        "print('before')\ndisplay(HTML('<b>card</b>'))\nprint('after')\nPoints(f())"
    )["outputs"]
    assert [o["output_type"] for o in outputs] == [
        "stream",
        "display_data",
        "stream",
        "execute_result",
    ]
    assert outputs[0] == {"output_type": "stream", "name": "stdout", "text": "before\n"}
    assert outputs[1]["data"]["text/html"] == "<b>card</b>"
    assert outputs[3]["data"]["text/plain"] == "1.0"


def test_text_on_stderr_costs_nothing(rooms):
    rooms.learner("import sys\ndef f():\n    print('x', file=sys.stderr)\n    return 1")
    answer = rooms.test(
        "import sys, warnings\nwarnings.warn('w')\nsys.stderr.write('e')\nassert f() == 1"
    )
    assert answer["outputs"] == []


def test_what_learner_code_prints_is_no_output_of_the_test(rooms):
    rooms.learner("def f():\n    print('I pass')\n    return 1")
    assert rooms.test("f();")["outputs"] == []


def test_output_is_cut(open_rooms):
    rooms = open_rooms(max_output=1000)
    (output,) = rooms.test("for i in range(1000):\n    print(i)")["outputs"]
    assert len(output["text"]) < 1100 and output["text"].endswith("[output cut]\n")
    (output,) = rooms.test("'x' * 10**6")["outputs"]
    assert output["text"] == "[output left out: too large]\n"


def test_magics_work_and_their_cells_are_searched_for_names(rooms):
    rooms.learner("def f(): return 1")
    assert rooms.outcome("%%capture out\nassert f() == 1\nprint('x')") == ""
    assert rooms.outcome("assert out.stdout == 'x\\n'") == ""
    assert rooms.outcome("%%time\nassert f() == 1") == ""
    assert rooms.outcome("assert eval('f() + 1') == 2") == ""
    assert rooms.outcome("%matplotlib inline\nassert f() == 1") == ""


def test_a_missing_name_is_missing(rooms):
    assert rooms.outcome("assert f(1) == 1") == "NameError: name 'f' is not defined"
    assert rooms.outcome("try:\n    f\nexcept NameError:\n    pass") == ""


def test_a_cell_that_is_no_python_is_an_error_at_its_line(rooms):
    (error,) = rooms.test("x = 1\ny = = 2")["outputs"]
    assert error["traceback"][0] == "In line 2 of this test:"
    assert error["ename"] == "SyntaxError"


def test_an_error_in_a_helper_of_the_same_cell_names_the_line_in_the_helper(rooms):
    rooms.learner("def f(): return 1")
    (error,) = rooms.test("def check(v):\n    assert v == 2, 'two'\n\ncheck(f())")["outputs"]
    assert error["traceback"][:2] == ["In line 2 of this test:", "    assert v == 2, 'two'"]


def test_setup_runs_statement_by_statement_without_the_learner(rooms):
    rooms.learner("def f(): return 2")
    assert rooms.setup("start = f()\ndef check(x):\n    assert f() == x\nprint('ready')") == {
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "ready\n"}]
    }
    rooms.learner("def check(x): pass")
    assert rooms.outcome("check(3)") == "AssertionError"
    assert rooms.outcome("check(2)\nassert start == 2") == ""


def test_names_of_earlier_tests_stay_the_instructors(rooms):
    rooms.learner("def f(): return 2")
    assert rooms.outcome("def check(x):\n    assert f() == x\ncheck(2)") == ""
    rooms.learner("def check(x): pass")
    assert rooms.outcome("check(3)") == "AssertionError"


def test_what_a_test_binds_stays_the_instructors_though_a_learner_has_the_name(rooms):
    rooms.learner("expected = 1\nalias = 2\ndef f(): return 1")
    assert rooms.outcome("expected = 5\nf()\nalias = f\nf()\nassert expected == 5") == ""
    assert rooms.outcome("assert f() == expected") == "AssertionError"
    assert rooms.outcome("assert alias() == 1") == ""


def test_names_that_learners_may_change_come_from_them(open_rooms):
    rooms = open_rooms("data", "sum", "np", imports=["import numpy as np", "from math import sqrt"])
    rooms.setup("data = [1, 2]")
    rooms.learner("data.append(3)\ndef sum(xs): return -1\nnp = None\ndef sqrt(x): return 0")
    assert rooms.outcome("assert data == [1, 2, 3]") == ""
    assert rooms.outcome("assert sum(data) == -1") == ""
    assert rooms.outcome("assert np.pi > 3 and sqrt(4) == 2") == ""


def test_what_the_instructor_imports_judges_whatever_the_learner_calls_so(open_rooms):
    rooms = open_rooms("assert_allclose", imports=["from numpy.testing import assert_allclose"])
    rooms.learner("def assert_allclose(a, b): pass\ndef f(): return 1")
    assert rooms.outcome("assert_allclose(f(), 2)").startswith("AssertionError")


def test_a_value_the_test_gives_a_learners_name_is_seen_by_learner_code(open_rooms):
    rooms = open_rooms("rate")
    rooms.learner("rate = 1\ndef cost(x): return rate * x")
    assert rooms.outcome("rate = 5\nassert cost(2) == 10") == ""
    assert rooms.outcome("assert cost(2) == 2 and rate == 1") == ""


def test_what_cannot_travel_is_kept_from_the_learner_without_harm(open_rooms):
    rooms = open_rooms("helper")
    rooms.learner("helper = 1\ndef f(): return helper")
    assert rooms.outcome("import json as helper\nassert f() == 1") == ""


def test_a_function_can_be_replaced_for_a_test(open_rooms):
    rooms = open_rooms("roll")
    rooms.learner(
        "import random\ndef roll(): return random.randint(1, 6)\ndef two(): return roll() + roll()"
    )
    test = (
        "from unittest import mock\n"
        "with mock.patch('__main__.roll', return_value=3) as fake:\n"
        "    assert two() == 6\n    assert fake.call_count == 2\n"
    )
    assert rooms.outcome(test) == ""
    assert rooms.outcome("assert two() in range(2, 13)") == ""


def test_secret_files_and_environment_are_the_tests_alone(open_rooms):
    import base64

    rooms = open_rooms(
        files={"data.csv": base64.b64encode(b"a\n1\n").decode()},
        secret={"exams/key.txt": base64.b64encode(b"42").decode()},
        environment={"COURSE_ROOM": "{secret}/exams"},
    )
    rooms.learner("import os\ndef f(): return os.environ.get('COURSE_ROOM'), os.listdir('.')")
    assert rooms.outcome("assert f() == (None, [])") == ""
    assert (
        rooms.outcome("import os\nassert [n for n in os.listdir() if n[0] != '.'] == ['data.csv']")
        == ""
    )
    assert rooms.outcome("assert open(os.environ['COURSE_ROOM'] + '/key.txt').read() == '42'") == ""


def test_files_go_to_and_fro(rooms):
    rooms.learner(
        "open('made.txt', 'w').write('mine')\n"
        "def save(name): open(name, 'w').write('saved')\n"
        "def load(name): return open(name).read()"
    )
    assert rooms.outcome("assert open('made.txt').read() == 'mine'") == ""
    assert rooms.outcome("save('b.txt')\nassert open('b.txt').read() == 'saved'") == ""
    assert rooms.outcome("open('c.txt', 'w').write('test')\nassert load('c.txt') == 'test'") == ""


def test_files_of_the_instructors_stay_his(open_rooms):
    import base64

    rooms = open_rooms(
        files={"data.csv": base64.b64encode(b"1").decode()}, trusted_files=["data.csv"]
    )
    rooms.learner("open('data.csv', 'w').write('9')\nopen('x.txt', 'w').write('2')")
    assert (
        rooms.outcome("assert open('data.csv').read() == '1' and open('x.txt').read() == '2'") == ""
    )


def test_a_learners_file_is_never_imported_nor_unpickled(rooms):
    rooms.learner(
        "open('helper.py', 'w').write('raise SystemExit')\n"
        "open('statistics.py', 'w').write('mean = 9')\n"
        "import pickle\nclass Evil:\n    def __reduce__(self): return (print, ('ran',))\n"
        "open('m.pkl', 'wb').write(pickle.dumps(Evil()))\n"
    )
    assert "ModuleNotFoundError" in rooms.outcome("import helper")
    assert rooms.outcome("import statistics\nassert statistics.mean([1, 3]) == 2") == ""
    assert "learner's code" in rooms.outcome("import pickle\npickle.load(open('m.pkl', 'rb'))")


def test_a_pickle_that_was_handed_in_is_not_unpickled(open_rooms):
    import base64
    import pickle

    pickled = base64.b64encode(pickle.dumps(print)).decode()
    load = "import pickle\npickle.load(open('m.pkl', 'rb'))"
    assert "learner's code" in open_rooms(files={"m.pkl": pickled}).outcome(load)
    assert open_rooms(files={"m.pkl": pickled}, trusted_files=["m.pkl"]).outcome(load) == ""


def test_plain_values_of_old_pickles_are_read_beside_a_learners_files(open_rooms):
    import base64
    import pickle

    pickled = base64.b64encode(pickle.dumps({"a": b"\xff"}, protocol=2)).decode()
    load = "import pickle\nassert pickle.load(open('m.pkl', 'rb')) == {'a': b'\\xff'}"
    assert open_rooms(files={"m.pkl": pickled}).outcome(load) == ""


def test_a_file_that_was_handed_in_is_seen_as_the_learners_code_left_it(open_rooms):
    import base64

    rooms = open_rooms(files={"out.csv": base64.b64encode(b"old").decode()})
    assert rooms.outcome("assert open('out.csv').read() == 'old'") == ""
    rooms.learner("open('out.csv', 'w').write('made now')")
    assert rooms.outcome("assert open('out.csv').read() == 'made now'") == ""


def test_more_files_than_one_message_holds_are_seen(rooms):
    rooms.learner("for i in range(9):\n    open(f'{i}.bin', 'wb').write(bytes(9_000_000))")
    test = "import os\nassert [os.path.getsize(f'{i}.bin') for i in range(9)] == [9_000_000] * 9"
    assert rooms.outcome(test) == ""


def test_the_instructors_modules_can_be_imported(open_rooms):
    import base64

    rooms = open_rooms(
        files={"helper.py": base64.b64encode(b"def check(x): assert x == 1").decode()},
        trusted_files=["helper.py"],
    )
    rooms.learner("open('helper.py', 'w').write('def check(x): pass')\nx = 2")
    assert rooms.outcome("import helper\nhelper.check(x)") == "AssertionError"


def test_random_numbers_differ_from_run_to_run(open_rooms):
    test = "import random\nimport numpy as np\nrandom.random(), np.random.rand()"
    shown = [open_rooms().test(test)["outputs"][0]["data"]["text/plain"] for _ in range(2)]
    assert shown[0] != shown[1]


def test_a_lab_check_judges_a_function_of_the_other_process(rooms):
    rooms.setup(
        "from labkit.exercise import guard, reading\n"
        "from labkit.exercise.outcome import failed, passed\n"
        "from labkit.exercise.task import Task, judge\n"
        "def judging(answer, instance):\n"
        "    value = reading.as_number(guard.call(answer, 3, seconds=1), 'value')\n"
        "    return passed('') if value == 9 else failed(f'{value:g} is wrong')\n"
        "task = Task('square', 5, judging, ())\n"
        "def says(answer):\n    outcome = judge(task, answer, {})\n"
        "    return outcome.score, outcome.status.name, outcome.message + outcome.printed"
    )
    rooms.learner(
        "def right(x): return x * x\ndef wrong(x): return x\ndef loud(x):\n"
        "    print('hi')\n    return x * x\n"
        "def broken(x):\n    return [][x]\ndef stub(x): raise NotImplementedError\n"
        "def slow(x):\n    while True: pass\ndef end(x): raise SystemExit\n"
        "class Yes:\n    def __eq__(self, o): return True\n    def __float__(self): return 9.0\n"
        "def lie(x): return Yes()\ndef gone(x):\n    import os\n    os._exit(1)\n"
        "def elsewhere(x):\n    import os, time\n    child = os.fork()\n    if child == 0:\n"
        "        while time.process_time() < 1.5: pass\n        os._exit(0)\n"
        "    os.waitpid(child, 0)\n    return x * x"
    )
    assert rooms.outcome("assert says(right) == (1.0, 'PASSED', '')") == ""
    assert (
        rooms.outcome(
            "assert says(wrong)[:2] == (0.0, 'FAILED') and '3 is wrong' in says(wrong)[2]"
        )
        == ""
    )
    assert rooms.outcome("assert says(loud)[2] == 'hi\\n'") == ""
    assert (
        rooms.outcome(
            "assert 'IndexError: list index out of range at line "
            "7' in says(broken)[2], says(broken)"
        )
        == ""
    )
    assert rooms.outcome("assert says(stub)[1] == 'NOT_ATTEMPTED'") == ""
    assert rooms.outcome("assert 'did not return within 1 s' in says(slow)[2]") == ""
    assert rooms.outcome("assert 'did not return within 1 s' in says(elsewhere)[2]") == ""
    assert rooms.outcome("assert says(end)[0] == 0 and 'SystemExit' in says(end)[2]") == ""
    assert rooms.outcome("assert says(lie)[0] == 0 and 'type Yes' in says(lie)[2], says(lie)") == ""
    answer = rooms.test("says(gone)")
    assert "has ended" in answer["lost"]
    assert "The answer cannot be called" in str(answer["outputs"])


def test_what_a_function_of_the_other_process_keeps_can_be_made_to_be_lost(rooms):
    rooms.setup(
        "from labkit.exercise import guard\n"
        "def act(n):\n    made.append(n)\n    if n == 2: raise TimeoutError('late')\n"
        "    return n\nmade = []\n"
        "def calls(answer, forgets):\n"
        "    return guard.call(answer, {'act': act}, seconds=1, forgets=forgets)\n"
        "def why(answer):\n"
        "    try: return calls(answer, True)\n"
        "    except guard.UnusableError as problem: return str(problem)"
    )
    rooms.learner(
        "kept = []\ndef keep(tools):\n    kept.append(tools['act'](len(kept)))\n"
        "    return len(kept)\n"
        "class Keeper:\n    def __init__(self): self.n = 0\n"
        "    def __call__(self, tools):\n        self.n += 1\n        return self.n\n"
        "keeper = Keeper()\n"
        "def late(tools): return tools['act'](2)\ndef end(tools):\n    import os\n    os._exit(1)"
    )
    assert (
        rooms.outcome(
            "assert [calls(keep, f) for f in (True, True, False, True)] == [1, 1, 1, 2]\n"
            "assert made == [0, 0, 0, 1], made\n"
            "assert [calls(keeper, f) for f in (True, False, True)] == [1, 1, 2]"
        )
        == ""
    )
    assert rooms.outcome("assert 'TimeoutError: late at line 11' in why(late), why(late)") == ""
    assert rooms.outcome("assert 'ended before the function returned' in why(end), why(end)") == ""


def test_a_judge_reads_any_librarys_attribute_by_its_name_and_a_test_does_not(rooms):
    rooms.setup(
        "from labkit.exercise import guard, reading\n"
        "def steps(answer): return reading.as_number(guard.read(answer, 'steps'), 'steps')\n"
        "def best(answer): return guard.call(guard.read(answer, 'best'), 2, seconds=1)\n"
        "def why(answer, name):\n"
        "    try: return guard.read(answer, name, seconds=0.3)\n"
        "    except guard.UnusableError as problem: return str(problem)"
    )
    rooms.learner(
        "import types\nclass Study:\n    steps = 12\n    def best(self, x): return x * self.steps\n"
        "    @property\n    def slow(self):\n        while True: pass\n"
        "    @property\n    def ends(self):\n        import os\n        os._exit(1)\n"
        "Study.__module__ = 'optuna.study'\nstudy = Study()"
    )
    assert rooms.outcome("assert (steps(study), best(study)) == (12, 24)") == ""
    assert "reads .steps" in rooms.outcome("study.steps")
    assert rooms.outcome("assert 'no attribute' in why(study, 'nothing'), why(study, 'no')") == ""
    assert rooms.outcome("assert 'within 0.3 s' in why(study, 'slow'), why(study, 'slow')") == ""
    assert "has ended" in rooms.test("why(study, 'ends')")["lost"]


def test_an_alarm_of_the_test_rings_once_the_bridge_is_free(rooms):
    rooms.learner("import time\ndef f(): time.sleep(30)\ndef g(): return 1")
    test = (
        "from labkit.exercise import guard\n"
        "try:\n    guard.call(lambda: f(), seconds=0.3)\n"
        "except guard.UnusableError as e:\n    assert 'within 0.3 s' in str(e), e\n"
        "else:\n    raise AssertionError\nassert g() == 1"
    )
    assert rooms.outcome(test) == ""


def test_a_share_of_the_points_is_shown_as_nbgrader_reads_it(rooms):
    rooms.learner("import numpy as np\ndef share(): return np.float64(0.25)")
    (output,) = rooms.test("4 * share()")["outputs"]
    assert output["data"] == {"text/plain": "1.0"}
