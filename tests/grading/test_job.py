"""One submitted notebook, run with the learner's cells apart from the tests."""

from __future__ import annotations

import signal
import threading
from typing import Any

import pytest

from labkit.grading.sandbox import client
from labkit.grading.sandbox.limits import Limits
from sample_notebooks import HURRIED


def _error(outputs: list[Any]) -> str:
    """The error that a cell shows, or an empty text."""
    return next((f"{o.ename}: {o.evalue}" for o in outputs if o.output_type == "error"), "")


def test_a_right_answer_passes_and_a_wrong_one_fails_with_the_line(graded):
    seen = graded(
        answer="def double(x):\n    return 2 * x",
        test_right="assert double(4) == 8",
        test_wrong="checked = 1\nassert double(4) == 9, 'twice 4 is not 9'",
    )
    assert seen["test_right"] == []
    assert _error(seen["test_wrong"]) == "AssertionError: twice 4 is not 9"
    assert seen["test_wrong"][0].traceback[0] == "In line 2 of this test:"


def test_the_value_of_the_last_line_is_partial_credit(graded):
    (output,) = graded(answer="x = 3", test="x / 4")["test"]
    assert (output.output_type, output.data["text/plain"]) == ("execute_result", "0.75")


def test_set_up_cells_run_in_both_worlds(graded):
    seen = graded(
        setup="import math\nRADIUS = 2",
        answer="area = math.pi * RADIUS**2",
        test="assert abs(area - math.pi * RADIUS**2) < 1e-9",
    )
    assert seen["test"] == []


def test_a_learner_cannot_change_what_the_tests_were_given(graded):
    seen = graded(
        setup="expected = 9\ndef close(a, b):\n    return a == b",
        answer="def square(x):\n    return 0\nexpected = 0\nclose = lambda a, b: True",
        test="assert close(square(3), expected)",
    )
    assert _error(seen["test"]).startswith("AssertionError")


def test_a_learner_may_fill_what_the_task_hands_over(graded):
    seen = graded(
        learner_names=("results",),
        setup="results = {}",
        answer="results['mean'] = 2.5",
        test="assert results == {'mean': 2.5}",
    )
    assert seen["test"] == []


def test_learner_code_sees_neither_the_secret_nor_its_place(graded):
    code = """
import glob, os
found = [glob.glob(f"{top}/**/answers.txt", recursive=True) for top in (".", "/tmp", "/dev/shm")]
print(os.environ.get("LABKIT_EXAMS"), found)
"""
    seen = graded(
        answer=code,
        test="import os\nfolder = os.environ['LABKIT_EXAMS']\n"
        "assert open(folder + '/exams/answers.txt').read() == '42'",
    )
    assert seen["answer"][0].text == "None [[], [], []]\n"
    assert seen["test"] == []


def test_both_worlds_have_the_data_files(graded):
    code = "rows = open('numbers.csv').read().split(',')"
    seen = graded(answer=code, test="assert open('numbers.csv').read().split(',') == rows")
    assert seen["test"] == []


def test_a_later_cell_may_use_what_a_test_imported(graded):
    seen = graded(
        test_first="import math",
        answer="area = math.pi",
        test_second="assert area > 3",
    )
    assert seen["answer"] == [] and seen["test_second"] == []


def test_what_learner_code_prints_while_it_is_tested_is_dropped(graded):
    seen = graded(answer="def f():\n    print('0.0')\n    return 1", test="assert f() == 1")
    assert seen["test"] == []


def test_an_endless_loop_in_a_cell_costs_only_that_cell(graded):
    seen = graded(
        limits=HURRIED,
        endless="while True:\n    pass",
        answer="x = 1",
        test="assert x == 1\nassert 'y' not in dir()",
    )
    assert "longer than 5 seconds" in seen["endless"][-1].evalue
    assert seen["test"] == []


def test_an_endless_loop_in_a_call_fails_that_test_alone(graded):
    seen = graded(
        limits=HURRIED,
        answer="def f():\n    while True:\n        pass\ndef g():\n    return 1",
        test_endless="f()",
        test_other="assert g() == 1",
    )
    assert _error(seen["test_endless"])
    assert seen["test_other"] == []


def test_a_loop_that_swallows_interrupts_ends_the_learners_side(graded):
    stubborn = (
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass"
    )
    seen = graded(limits=HURRIED, stubborn=stubborn, test="assert True")
    assert "did not stop" in _error(seen["stubborn"])
    assert "could not be run" in _error(seen["test"])


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos._exit(0)",
        "import ctypes\nctypes.string_at(0)",
        "get_ipython().kernel.do_shutdown(False)\nimport os\nos._exit(1)",
    ],
)
def test_a_kernel_that_ends_fails_the_tests_with_a_reason(graded, code: str):
    seen = graded(answer=f"x = 1\n{code}", test="assert x == 1")
    assert "could not be run" in _error(seen["test"])


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "import os, signal\nos.killpg(0, signal.SIGTERM)",
        "exit()",
    ],
)
def test_a_signal_to_itself_or_a_polite_farewell_harms_nobody(graded, code: str):
    seen = graded(answer=f"x = 1\n{code}", test="assert x == 1")
    assert seen["test"] == [] or "ended" in _error(seen["test"]) + _error(seen["answer"])


def test_too_much_memory_ends_the_cell_or_the_kernel(graded):
    seen = graded(answer="block = [b'x' * 10_000_000 for _ in range(500)]", test="block")
    assert _error(seen["answer"]) and _error(seen["test"])


def test_a_kernel_that_does_not_serve_the_tests_fails_them(graded):
    seen = graded(
        answer="x = 1\nget_ipython().run_cell = lambda *a, **k: None\n"
        "get_ipython().run_cell_async = None",
        test="assert x == 1",
    )
    assert _error(seen["test"])


def test_a_learner_who_closes_the_bridge_fails(graded):
    seen = graded(
        answer="import os\nos.close(int(os.environ['LABKIT_BRIDGE']))\nx = 1", test="assert x == 1"
    )
    assert _error(seen["test"])


def test_a_flood_of_output_is_cut(graded):
    seen = graded(answer="for i in range(200_000):\n    print(i, 'x' * 100)", test="assert True")
    size = sum(len(str(output)) for output in seen["answer"])
    assert size < 2 * Limits().output_bytes
    assert seen["test"] == []


def test_the_whole_notebook_has_a_time_limit(graded):
    limits = Limits(cell_seconds=30, total_seconds=3)
    seen = graded(limits=limits, slow="import time\ntime.sleep(60)", test="assert True")
    assert "longer than 3 seconds" in _error(seen["test"])


def test_a_test_that_takes_too_long_is_stopped(graded):
    seen = graded(limits=HURRIED, test_slow="import time\ntime.sleep(60)", test_next="assert True")
    assert _error(seen["test_slow"])
    assert seen["test_next"] == []


@pytest.mark.parametrize("victim", ["kernel", "evaluator"])
def test_a_process_that_somebody_kills_costs_no_point(
    graded, victim: str, monkeypatch: pytest.MonkeyPatch
):
    children = []
    fork = client.WarmProcess.fork

    def kill_the_first(self, kind, *args, **kwargs):
        child = fork(self, kind, *args, **kwargs)
        if kind == victim:
            children.append(child)
            if len(children) == 1:
                threading.Timer(0.5, child.signal, [signal.SIGKILL]).start()
        return child

    monkeypatch.setattr(client.WarmProcess, "fork", kill_the_first)
    seen = graded(
        answer="import time\ntime.sleep(1.5)\ndef f():\n    return 1", test="assert f() == 1"
    )
    assert len(children) == 2
    assert seen["test"] == []


def test_what_a_kernel_shows_later_changes_no_verdict(graded):
    forge = """
from IPython.display import display, update_display
def f():
    display({}, raw=True, display_id="x")
    return 1
"""
    later = "update_display({'text/plain': '1.0'}, raw=True, display_id='x')"
    seen = graded(answer=forge, test="f() / 8", later=later)
    assert [out.data["text/plain"] for out in seen["test"]] == ["0.125"]


def test_a_message_that_makes_no_sense_does_not_stop_the_run(graded):
    nonsense = """
kernel = get_ipython().kernel
for kind, content in (("stream", {}), ("display_data", {"data": 3}), ("error", {}), ("status", {})):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
x = 1
"""
    assert graded(answer=nonsense, test="assert x == 1")["test"] == []


def test_a_test_starts_no_program(graded):
    seen = graded(answer="x = 1", test="import subprocess\nsubprocess.run(['true'])")
    assert "PermissionError" in _error(seen["test"])


def test_what_a_visible_test_binds_reaches_later_cells_and_what_is_hidden_does_not(graded):
    seen = graded(
        answer="a = 1",
        test_a="rate = 3\nhelper = lambda x: x * rate\n### BEGIN HIDDEN TESTS\nsecret = 42\n"
        "mixed = secret + rate\n### END HIDDEN TESTS\nafter = 5\nassert a == 1\nassert a == 2\n"
        "beyond = 1",
        later="print(helper(2), after)",
        hidden="print(secret)",
        mixed="print(mixed)",
        beyond="print(beyond)",
        nowhere="print(nowhere)",
        uses="def f():\n    return secret",
        test_b="assert a == 1",
        test_c="assert f() == 42",
    )
    assert seen["later"][0].text == "6 5\n"
    for name in ("hidden", "mixed", "beyond"):
        assert seen[name][0].ename == "NameError", name
        assert "is bound in test_a" in seen[name][1].text, name
    assert [out.output_type for out in seen["nowhere"]] == ["error"]
    assert "secret is bound in test_a" in seen["test_c"][1].text


def test_a_module_beside_the_notebook_is_found_by_the_learner_and_never_by_the_test(graded):
    seen = graded(
        answer="open('helper_mod.py', 'w').write('X = 5')\nopen('json.py', 'w').write('X = 6')\n"
        "import importlib\nimportlib.invalidate_caches()\nimport helper_mod\nx = helper_mod.X",
        test_x="import json\nassert x == 5 and hasattr(json, 'loads')",
        test_module="import helper_mod",
    )
    assert seen["test_x"] == []
    assert seen["test_module"][-1].ename == "NeedsPerson"
