"""The service of module 10's solved lab under whatever bytes may come: never an exception."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue import ROOT
from labkit.authoring.verify.lab import notebook

FEATURES = ["income", "age", "rate", "debt"]
STATUSES = {200, 400, 413, 422}
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(FEATURES, NUMBERS)), min_size=1, max_size=8)
KEYS = st.sampled_from(["rows", *FEATURES, "other"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def _score(rows):
    return [row[0] - 2 * row[1] + 3 * row[2] - 4 * row[3] for row in rows]


def _down(rows):
    raise RuntimeError("the model is down")


@pytest.fixture(scope="module")
def respond():
    return notebook(ROOT, "10_mlops").answer("respond")


@settings(max_examples=80, deadline=None, derandomize=True)
@given(body=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_no_body_makes_an_exception(respond, body):
    status, scores = respond(body, FEATURES, _score)
    assert status in STATUSES
    assert status == 200 or scores == []
    assert respond(body, FEATURES, _down)[0] == (503 if status == 200 else status)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(rows=ROWS)
def test_a_batch_gets_what_its_rows_get_one_by_one(respond, rows):
    def ask(some):
        return respond(json.dumps({"rows": some}).encode(), FEATURES, _score)

    assert ask(rows) == (200, [ask([row])[1][0] for row in rows])


@pytest.mark.parametrize("letter", [b" ", b"[", b'{"rows":', b"\xff"])
def test_a_body_of_50_megabytes_is_refused_unread(respond, letter):
    body, begun = letter * (50_000_000 // len(letter)), time.process_time()
    assert respond(body, FEATURES, _down) == (413, [])
    assert time.process_time() - begun < 0.05
