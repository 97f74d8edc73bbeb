"""Every form of an answer that means the same is read, and no other."""

from __future__ import annotations

import collections
import itertools
import types

import numpy as np
import pandas as pd
import pytest
import torch

from labkit.exercise import reading
from labkit.exercise.guard import UnusableError


def test_a_hidden_value_of_a_masked_array_is_not_read():
    with pytest.raises(UnusableError, match="must be a finite number"):
        reading.as_array(np.ma.masked_array([1.0, 2.0], mask=[False, True]), "orders")


@pytest.mark.parametrize(
    "value",
    [
        2,
        2.0,
        True + 1,
        np.float32(2),
        np.array(2),
        np.array([[2]]),
        torch.tensor(2.0, requires_grad=True),
        torch.tensor([2], dtype=torch.bfloat16),
        [2],
        (n for n in [2]),
        {"a": 2}.values(),
        pd.Series([2]),
    ],
)
def test_one_number_is_read_however_it_is_written(value):
    assert reading.as_number(value, "quantity") == 2.0


@pytest.mark.parametrize(
    "value",
    [
        [[1, 2], [3, 4]],
        ((1, 2), (3, 4)),
        np.array([[1, 2], [3, 4]], dtype=np.int8),
        np.ma.masked_array([[1, 2], [3, 4]]),
        np.array([[1, 2], [3, 4]], dtype=object),
        torch.tensor([[1, 2], [3, 4]]),
        [torch.tensor([1, 2]), torch.tensor([3, 4])],
        pd.DataFrame([[1, 2], [3, 4]]),
        pd.DataFrame([[1, 2], [3, 4]], dtype="Int64"),
    ],
)
def test_a_table_is_read_however_it_is_written(value):
    assert reading.as_array(value, "table", (2, None)).tolist() == [[1, 2], [3, 4]]


class _Lazy:
    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise AssertionError("a lazy object must not be asked to compute")


@pytest.mark.parametrize(
    "value",
    ["2", b"2", {"a": 2}, {2}, object(), lambda: 2, _Lazy(), [1, [2]], [_Lazy()]],
)
def test_what_holds_no_numbers_is_refused_with_words(value):
    with pytest.raises(UnusableError, match="quantity"):
        reading.as_number(value, "quantity")


def test_a_complex_number_is_refused():
    with pytest.raises(UnusableError):
        reading.as_number(np.array(2 + 1j), "quantity")


def test_one_number_of_a_row_may_be_an_array_of_one():
    assert reading.as_array((np.array([1.0]), 2.0), "pair", (2,)).tolist() == [1.0, 2.0]
    assert reading.as_array([torch.tensor([1.0]), 2], "pair", (2,)).tolist() == [1.0, 2.0]
    with pytest.raises(UnusableError, match="should have shape"):
        reading.as_array([np.array([1.0]), np.array([2.0])], "pair", (2,))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_told_with_its_place(wrong):
    with pytest.raises(UnusableError, match=r"at index \(1,\)"):
        reading.as_array([0.0, wrong], "costs")


def test_a_column_too_many_is_no_silent_broadcast():
    with pytest.raises(UnusableError, match=r"shape \(3,\), but it has shape \(3, 1\)"):
        reading.as_array(np.zeros((3, 1)), "orders", (3,))


NAMES = ["age", "region"]
Point = collections.namedtuple("Point", "low high")


class _Iterable:
    def __iter__(self):
        return iter(NAMES)


@pytest.mark.parametrize(
    "value",
    [
        NAMES,
        tuple(NAMES),
        set(NAMES),
        frozenset(NAMES),
        [*NAMES, "age"],
        np.array(NAMES),
        np.array(NAMES, dtype=object),
        pd.Series(NAMES),
        pd.Index(NAMES),
        dict.fromkeys(NAMES).keys(),
        dict(enumerate(NAMES)).values(),
        collections.deque(NAMES),
        (name for name in NAMES),
        map(str, NAMES),
        [np.str_(name) for name in NAMES],
        _Iterable(),
    ],
)
def test_a_set_of_names_is_read_however_it_is_written(value):
    assert reading.as_names(value, "adjustment set", ["age", "region", "sex"]) == set(NAMES)


def test_one_known_name_stands_for_the_set_that_holds_it():
    assert reading.as_names("age", "adjustment set", ["age"]) == {"age"}
    with pytest.raises(UnusableError, match="'ages' in the adjustment set is none of age"):
        reading.as_names("ages", "adjustment set", ["age"])


@pytest.mark.parametrize("value", [3, [1, 2], {"age": 1}, None, object(), pd.DataFrame()])
def test_what_holds_no_names_is_refused(value):
    with pytest.raises(UnusableError, match="adjustment set"):
        reading.as_names(value, "adjustment set", ["age"])


@pytest.mark.parametrize(
    "value",
    [
        (1, 2.5),
        [1, 2.5],
        np.array([1, 2.5]),
        torch.tensor([1, 2.5]),
        pd.Series([1, 2.5]),
        Point(1, 2.5),
        (n for n in (1, 2.5)),
    ],
)
def test_a_tuple_is_taken_apart_however_it_is_written(value):
    low, high = reading.as_parts(value, ("low", "high"))
    assert (reading.as_number(low, "low"), reading.as_number(high, "high")) == (1.0, 2.5)


@pytest.mark.parametrize("value", [3, (1,), (1, 2, 3), "ab", {"low": 1, "high": 2}])
def test_what_has_other_parts_is_refused(value):
    with pytest.raises(UnusableError, match="A tuple of 2 was expected"):
        reading.as_parts(value, ("low", "high"))


@pytest.mark.parametrize(
    "value",
    [
        {"low": 1, "high": 2, "more": 3},
        types.MappingProxyType({"low": 1, "high": 2}),
        collections.OrderedDict(low=1, high=2),
        pd.Series({"low": 1, "high": 2}),
        Point(1, 2),
    ],
)
def test_a_dictionary_is_read_however_it_is_written(value):
    assert reading.as_mapping(value, ["low", "high"], "interval") == {"low": 1, "high": 2}


@pytest.mark.parametrize(
    "value", [float("inf"), np.inf, [np.inf], torch.tensor(np.inf), "inf", np.nan]
)
def test_infinity_is_read_only_where_it_is_an_answer(value):
    with pytest.raises(UnusableError):
        reading.as_number(value, "period")
    if value is np.nan or isinstance(value, str):
        with pytest.raises(UnusableError):
            reading.as_number(value, "period", finite=False)
    else:
        assert reading.as_number(value, "period", finite=False) == np.inf


def test_an_optional_entry_of_a_dictionary_is_kept_where_there_is_one():
    for value, kept in (({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2}), ({"a": 1}, {"a": 1})):
        assert reading.as_mapping(value, ["a"], "interval", optional=["b"]) == kept


def test_a_dictionary_without_a_key_is_told_which():
    with pytest.raises(UnusableError, match="has no key 'high'"):
        reading.as_mapping({"low": 1}, ["low", "high"], "interval")
    with pytest.raises(UnusableError, match="A dictionary was expected as interval"):
        reading.as_mapping([1, 2], ["low", "high"], "interval")


def test_records_may_come_as_a_frame():
    rows = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert reading.as_records(pd.DataFrame(rows), "table", 2, ["a", "b"]) == rows
    with pytest.raises(UnusableError, match="entry 1 of the table"):
        reading.as_records([{"a": 1}, {}], "table", 2, ["a"])


@pytest.mark.parametrize(
    "value",
    [
        [("C", "red")],
        {("C", "red")},
        np.array([["C", "red"]]),
        [["C", "red"], ["C", "red"]],
        zip(["C"], ["red"], strict=True),
        pd.DataFrame({"letter": ["C"], "name": ["red"]}),
    ],
)
def test_pairs_are_read_however_they_are_written(value):
    assert reading.as_pairs(value, "answers") == {("C", "red")}


@pytest.mark.parametrize("value", [True, 1, 1.0, np.bool_(True), torch.tensor(True), [True]])
def test_a_yes_is_read_however_it_is_written(value):
    assert reading.as_flag(value, "overlap") is True


def test_a_number_between_is_neither_yes_nor_no():
    with pytest.raises(UnusableError, match="should be True or False"):
        reading.as_flag(0.7, "overlap")


@pytest.mark.parametrize("value", ["ATT", np.str_("ATT"), np.array("ATT"), np.array(["ATT"])])
def test_a_text_is_read_however_it_is_written(value):
    assert reading.as_text(value, "estimand") == "ATT"


def test_an_endless_iterator_ends_in_words():
    with pytest.raises(UnusableError, match="more than 1,000,000 items"):
        reading.as_names(itertools.repeat("age"), "adjustment set", ["age"])


def test_whole_numbers_choices_and_probabilities():
    assert reading.as_whole(np.float64(3.0), "cap") == 3
    with pytest.raises(UnusableError, match="should be a whole number"):
        reading.as_whole(2.5, "cap")
    assert reading.as_choices([True, False, 1], "decision", 3, (0, 1)).tolist() == [1, 0, 1]
    with pytest.raises(UnusableError, match="holds 0.4"):
        reading.as_choices([0.4, 0, 1], "decision", 3, (0, 1))
    with pytest.raises(UnusableError, match="lies between 0 and 1"):
        reading.as_probabilities([0.2, 1.2], "belief")
