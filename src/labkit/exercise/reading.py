"""Reading what an answer returned: every form that means the same, and no other.

A right answer comes as a list, a tuple, an array, a series, a tensor, a generator: here each
becomes the one plain form that judges work with. What has another form raises `UnusableError`
with words for the learner. Whether the content is right is left to the judges.

Foreign objects are asked nothing: a class that merely claims to be an array is refused. Iterators
run under a time limit and up to `MOST_ITEMS`.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import UnusableError, call

Floats = NDArray[np.float64]

MOST_ITEMS = 1_000_000
"""Items taken from an iterator, which may be endless; no task asks for a tenth of it."""

READING_SECONDS = 10.0
"""CPU-seconds for walking through an iterator of the learner's."""


def as_number(value: Any, what: str, *, finite: bool = True) -> float:
    """Read a single real number: int, float, NumPy or torch scalar, or an array of one.

    Args:
        value: the number.
        what: the name of the value in messages.
        finite: False where infinity is an answer.

    Raises:
        UnusableError: it is something else, no number at all, or not finite where it has to be.
    """
    array = _numbers(as_returned(value, f"the {what}"), what)
    if finite or np.isnan(array).any():
        _refuse_not_finite(array, what)
    if array.size != 1:
        raise UnusableError(
            f"The {what} should be one number, but it is an array of shape {array.shape}.",
            "Return a single number.",
        )
    return float(array.reshape(()))


def as_whole(value: Any, what: str) -> int:
    """Read a single whole number; 3.0 is one.

    Raises:
        UnusableError: it is something else.
    """
    number = as_number(value, what)
    if number != round(number):
        raise UnusableError(
            f"The {what} is {number:.6g}; it should be a whole number.", "Round it yourself."
        )
    return round(number)


def as_flag(value: Any, what: str) -> bool:
    """Read a yes or no: a bool of Python, NumPy or torch, or one of the numbers 0 and 1.

    Raises:
        UnusableError: it is something else.
    """
    number = as_number(value, what)
    if number not in (0.0, 1.0):
        raise UnusableError(
            f"The {what} is {number:g}; it should be True or False.",
            "Return the decision, not the number it is made from.",
        )
    return bool(number)


def as_array(value: Any, what: str, shape: tuple[int | None, ...] | None = None) -> Floats:
    """Read numbers as a float64 array.

    Args:
        value: number, list or tuple of numbers (nested), array, tensor, series, index, frame,
            iterator or dictionary view.
        what: the name of the value in messages, for example "order quantity".
        shape: the expected shape, `None` for a free length; a single column too many is forgiven
            nowhere, since broadcasting would turn it into a wrong answer silently.

    Raises:
        UnusableError: not numbers, not finite, or of another shape.
    """
    array = _numbers(as_returned(value, f"the {what}"), what)
    if shape is not None and not _fits(array.shape, shape):
        wanted = tuple("any" if size is None else size for size in shape)
        raise UnusableError(
            f"The {what} should have shape {_as_words(wanted)}, but it has shape "
            f"{_as_words(array.shape)}.",
            "Print the shape of every step to see where it changes.",
        )
    _refuse_not_finite(array, what)
    return array


def _refuse_not_finite(array: Floats, what: str) -> None:
    wrong = ~np.isfinite(array)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        at = f" at index {_as_words(place)}" if place else ""
        raise UnusableError(
            f"The {what} is {array[place]}{at}; every value must be a finite number.",
            "Look for a division by zero, a logarithm of zero or training that diverged.",
        )


def as_probabilities(value: Any, what: str, shape: tuple[int | None, ...] | None = None) -> Floats:
    """Read numbers from 0 to 1.

    Raises:
        UnusableError: one lies outside, or `as_array` refuses them.
    """
    array = as_array(value, what, shape)
    if array.size and (array.min() < -1e-9 or array.max() > 1 + 1e-9):
        wrong = array.min() if array.min() < -1e-9 else array.max()
        raise UnusableError(
            f"The {what} holds {wrong:.4g}; a probability lies between 0 and 1.",
            "Logits become probabilities by softmax or sigmoid; log-probabilities by exp.",
        )
    return array


def as_choices(value: Any, what: str, n: int, allowed: Sequence[int]) -> NDArray[np.int64]:
    """Read n whole numbers, each of them one of the allowed; True and False are 1 and 0.

    Raises:
        UnusableError: another length, or a value that is not allowed.
    """
    array = as_array(value, what, (n,))
    strange = array[~np.isin(array, allowed)]
    if len(strange):
        raise UnusableError(
            f"The {what} holds {strange[0]:g}; it should hold "
            f"{', '.join(map(str, allowed[:-1]))} or {allowed[-1]} in each of its {n} places.",
            "Return decisions, not the scores or probabilities they are made from.",
        )
    return array.astype(np.int64)


def as_returned(value: Any, what: str) -> Any:
    """Refuse None, since forgetting to return is common; hand anything else back as it is.

    Raises:
        UnusableError: it is None.
    """
    if value is None:
        raise UnusableError(
            f"Your function ran, but returned nothing where {what} was expected.",
            "End it with a `return` of what was asked for.",
        )
    return value


def as_function(value: Any, what: str) -> Any:
    """Read something that can be called: function, partial, object with ``__call__``.

    Raises:
        UnusableError: it cannot be called.
    """
    if not callable(as_returned(value, f"a {what}")):
        raise UnusableError(
            f"A function was expected as {what}, but there is a {type(value).__name__}.",
            "Return the function itself, without brackets.",
        )
    return value


def as_parts(value: Any, names: Sequence[str]) -> list[Any]:
    """Take apart a tuple, or another sequence, of as many parts as there are names.

    Raises:
        UnusableError: it is something else, or has another number of parts.
    """
    words = ", ".join(names)
    items = _items(as_returned(value, words))
    if items is None or len(items) != len(names):
        size = "" if items is None else f" of {len(items)}"
        raise UnusableError(
            f"A tuple of {len(names)} was expected, but there is a {type(value).__name__}{size}.",
            f"End the function with `return {words}`.",
        )
    return items


def as_list(value: Any, what: str, n: int | None = None) -> list[Any]:
    """Read a sequence of anything, of length n if that is given.

    Raises:
        UnusableError: it is no sequence, or of another length.
    """
    items = _items(as_returned(value, f"the {what}"))
    if items is None or n not in (None, len(items)):
        size = "" if items is None else f" of {len(items)}"
        wanted = "A list" if n is None else f"A list of {n}"
        raise UnusableError(
            f"{wanted} was expected as {what}, but there is a {type(value).__name__}{size}.",
            "Collect what was asked for in a list, and return the list.",
        )
    return items


def as_text(value: Any, what: str) -> str:
    """Read one text, also one of NumPy's, or an array that holds just one.

    Raises:
        UnusableError: it is something else.
    """
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(()).item()
    if not isinstance(as_returned(value, f"the {what}"), str):
        raise UnusableError(
            f"The {what} should be a text, but there is a {type(value).__name__}.",
            "Return it in quotes.",
        )
    return str(value)


def as_names(value: Any, what: str, known: Iterable[str]) -> set[str]:
    """Read a set of names, each of them one of the known; order and repetitions do not matter.

    A single known name on its own stands for the set that holds just it.

    Raises:
        UnusableError: it holds something else than texts, or a name that is not known.
    """
    known = list(known)
    items = [value] if isinstance(value, str) else _items(as_returned(value, f"the {what}"))
    if items is None or not all(isinstance(name, str) for name in items):
        raise UnusableError(
            f"The {what} should be a list of names, but it is something else "
            f"({type(value).__name__}).",
            "Return a list of texts, also for a single one, and an empty list for none.",
        )
    names = {str(name) for name in items}
    if unknown := sorted(names - set(known)):
        shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
        raise UnusableError(
            f"'{unknown[0][:80]}' in the {what} is none of {shown}.",
            "Take the names as they stand in the task.",
        )
    return names


def as_pairs(value: Any, what: str) -> set[tuple[str, str]]:
    """Read a collection of pairs of texts; their order and repetitions do not matter.

    Raises:
        UnusableError: it is something else.
    """
    if _is_pandas(value) and hasattr(value, "columns"):
        value = value.to_numpy()
    items = _items(as_returned(value, f"the {what}"))
    pairs = [_items(item) for item in items] if items is not None else [None]
    if not all(pair and len(pair) == 2 and all(isinstance(t, str) for t in pair) for pair in pairs):
        kinds = f"a {type(value).__name__}"
        if items:
            kinds += f" of {type(items[0]).__name__}"
        raise UnusableError(
            f"A list of pairs of texts was expected as {what}, but there is {kinds}.",
            "Return pairs such as ('C', 'red').",
        )
    return {(str(pair[0]), str(pair[1])) for pair in pairs if pair}


def as_mapping(
    value: Any,
    keys: Sequence[str],
    what: str,
    next_step: str = "",
    optional: Sequence[str] = (),
) -> dict[str, Any]:
    """Read a dictionary that has the given keys, and perhaps the optional ones; no others are kept.

    A series or a frame counts as one, by its index or columns, and so does a named tuple.

    Raises:
        UnusableError: it is none, or lacks a key; `next_step` says what to do about it.
    """
    entries = _entries(as_returned(value, what))
    if entries is None:
        raise UnusableError(
            f"A dictionary was expected as {what}, but there is a {type(value).__name__}.",
            next_step or f"Return a dictionary with the keys {', '.join(keys)}.",
        )
    if missing := [key for key in keys if key not in entries]:
        raise UnusableError(
            f"The dictionary for {what} has no key {missing[0]!r}.",
            next_step or f"Its keys are {', '.join(keys)}.",
        )
    return {key: entries[key] for key in (*keys, *optional) if key in entries}


def as_records(value: Any, what: str, n: int, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Read n dictionaries with these keys; a frame with a row each counts too.

    Raises:
        UnusableError: another number of them, or one lacks a key.
    """
    if _is_pandas(value) and hasattr(value, "columns"):
        value = value.to_dict("records")
    records = as_list(value, what, n)
    return [
        as_mapping(record, keys, f"entry {place} of the {what}")
        for place, record in enumerate(records)
    ]


# --- The forms ----------------------------------------------------------------------------------


def _items(value: Any) -> list[Any] | None:
    """The items of whatever holds them one after the other; None where it does not."""
    if isinstance(value, (str, bytes, Mapping)):
        return None
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return list(value)
    if isinstance(value, np.ndarray):
        return list(value.tolist()) if value.ndim else None
    if _is_tensor(value):
        return list(value.detach().cpu().tolist()) if value.ndim else None
    if _is_pandas(value):
        return None if hasattr(value, "columns") else list(value.tolist())
    return _walked(value)


def _walked(value: Any) -> list[Any] | None:
    """Walk through an iterator, a dictionary view, a deque."""
    if not hasattr(type(value), "__iter__"):
        return None
    items: list[Any] = call(
        lambda: list(itertools.islice(iter(value), MOST_ITEMS + 1)), seconds=READING_SECONDS
    )
    if len(items) > MOST_ITEMS:
        raise UnusableError(
            f"There are more than {MOST_ITEMS:,} items where a few were asked for.",
            "Look for a loop, or an iterator, that never ends.",
        )
    return items


def _entries(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, Mapping):
        return value
    if _is_pandas(value) and hasattr(value, "to_dict"):
        return dict(value.items())
    fields = getattr(type(value), "_fields", None)
    if isinstance(value, tuple) and fields:
        return dict(zip(fields, value, strict=True))
    return None


def _numbers(value: Any, what: str) -> Floats:
    """Turn the kinds of value that hold numbers into a float64 array; refuse every other kind."""
    try:
        return np.asarray(_plain(value, what), dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise UnusableError(
            f"The {what} cannot be read as an array of real numbers.",
            "Return numbers only, with rows of equal length.",
        ) from None


def _plain(value: Any, what: str) -> Any:
    """Reduce a value to numbers, arrays of numbers and lists of these, asking no foreign object."""
    if _is_tensor(value) and not value.is_complex():
        return value.detach().cpu().double().numpy()
    if _is_pandas(value) and hasattr(value, "to_numpy"):
        return value.to_numpy(dtype=float, na_value=np.nan)
    if isinstance(value, np.ma.MaskedArray):
        return _plain(np.ma.filled(value.astype(float), np.nan), what)
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind in "biuf":
            return np.asarray(value)
        if value.dtype.kind == "O":
            return _plain(value.tolist(), what)
    if isinstance(value, (list, tuple, range)):
        return _of_one_shape([_plain(item, what) for item in value])
    if isinstance(value, (bool, int, float, Fraction, Decimal)):
        return float(value)
    ordered = not isinstance(value, (str, bytes, Mapping, set, frozenset, np.ndarray))
    items = _walked(value) if ordered else None
    if items is not None:
        return _of_one_shape([_plain(item, what) for item in items])
    raise UnusableError(
        f"Numbers were expected as {what}, but there is something of type {type(value).__name__}.",
        "Return a number, a list, a NumPy array or a torch tensor that is already computed.",
    )


def _of_one_shape(items: list[Any]) -> list[Any]:
    """Numbers of which some come as an array of one, as `(model.predict(x), 2.0)` has them."""
    if {np.shape(item) for item in items if isinstance(item, (float, np.ndarray))} == {(), (1,)}:
        return [np.reshape(item, ()) if np.shape(item) == (1,) else item for item in items]
    return items


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _is_pandas(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "pandas"


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        expected is None or size == expected for size, expected in zip(shape, wanted, strict=True)
    )


def _as_words(shape: tuple[Any, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
