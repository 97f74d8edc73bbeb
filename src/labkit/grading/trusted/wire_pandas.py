"""How pandas' frames, series, indexes and scalars travel (see `wire`); imported only for these.

A frame travels column by column, each as an array with its own data type, so that types, order,
duplicate names, missing values and every kind of index are kept. `attrs` and flags stay behind,
sparse data become dense, and texts stored by Arrow become texts stored by Python. Arrays of other
libraries' types make the whole frame an object to refer to.
"""

from __future__ import annotations

import datetime
import re
import sys
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd

from labkit.grading.trusted.wire import (
    MAX_NODES,
    Decoder,
    Encoder,
    Node,
    Read,
    Unsupported,
    WireError,
    Write,
    flag,
    integer,
    mro,
    text,
    zone_name,
)

_UNIT = re.compile(r"s|ms|us|ns", re.ASCII)
_FREQUENCY = re.compile(r"-?\d{0,6}[A-Za-z]{1,6}(-[A-Z0-9]{1,4})?", re.ASCII)
_CLOSED = re.compile(r"left|right|both|neither", re.ASCII)

# ---------------------------------------------------------------------------------- arrays


def _write_category(encoder: Encoder, value: pd.Categorical, depth: int) -> Node:
    codes, categories = encoder.part(value.codes, depth), encoder.part(value.categories, depth)
    return ["pandas.category", codes, categories, bool(value.ordered)]


def _read_category(decoder: Decoder, node: list[Node], depth: int) -> pd.Categorical:
    codes, categories, ordered = node
    numbers = decoder.one(codes, depth, np.ndarray)
    return pd.Categorical.from_codes(
        numbers, categories=_index(decoder, categories, depth), ordered=flag(ordered)
    )


def _write_masked(encoder: Encoder, value: Any, depth: int) -> Node:
    numbers = value.to_numpy(dtype=value.dtype.numpy_dtype, na_value=value.dtype.type(0))
    return ["pandas.masked", encoder.part(numbers, depth), encoder.part(value.isna(), depth)]


def _read_masked(decoder: Decoder, node: list[Node], depth: int) -> Any:
    numbers, mask = (decoder.one(part, depth, np.ndarray) for part in node)
    if numbers.ndim != 1 or mask.shape != numbers.shape:
        raise WireError("a column whose missing values do not fit its values")
    make = {
        "b": pd.arrays.BooleanArray,
        "i": pd.arrays.IntegerArray,
        "u": pd.arrays.IntegerArray,
        "f": pd.arrays.FloatingArray,
    }[numbers.dtype.kind]
    return make(numbers, mask)


def _write_texts(encoder: Encoder, value: Any, depth: int) -> Node:
    characters = value.to_numpy(dtype=object)
    return ["pandas.texts", value.dtype.na_value is pd.NA, encoder.part(characters, depth)]


def _read_texts(decoder: Decoder, node: list[Node], depth: int) -> Any:
    missing_is_na, characters = node
    kind = pd.StringDtype("python", na_value=pd.NA if flag(missing_is_na) else np.nan)
    values = decoder.one(characters, depth, np.ndarray)
    if values.dtype != object or not all(
        type(x) is str or pd.api.types.is_scalar(x) for x in values
    ):
        raise WireError("a text column with something else in it")
    return pd.array(values, dtype=kind)


def _write_dates(encoder: Encoder, value: Any, depth: int) -> Node:
    if value.tz is None:
        return ["pandas.dates", None, encoder.part(value.to_numpy(), depth)]
    instants = value.tz_convert(None).to_numpy()
    return ["pandas.dates", _write_zone(value.tz), encoder.part(instants, depth)]


def _read_dates(decoder: Decoder, node: list[Node], depth: int) -> Any:
    zone, instants = node
    dates = pd.DatetimeIndex(_times(decoder, instants, depth, "M"))
    if zone is not None:
        dates = dates.tz_localize("UTC").tz_convert(_read_zone(zone))
    return dates.array


def _write_durations(encoder: Encoder, value: Any, depth: int) -> Node:
    return ["pandas.durations", encoder.part(value.to_numpy(), depth)]


def _read_durations(decoder: Decoder, node: list[Node], depth: int) -> Any:
    (durations,) = node
    return pd.TimedeltaIndex(_times(decoder, durations, depth, "m")).array


def _times(decoder: Decoder, node: Node, depth: int, kind: str) -> np.ndarray:
    times = decoder.one(node, depth, np.ndarray)
    if times.ndim != 1 or times.dtype.kind != kind:
        raise WireError("a column of times that holds none")
    return times


def _write_periods(encoder: Encoder, value: Any, depth: int) -> Node:
    return ["pandas.periods", _span(value.dtype), encoder.part(value.asi8, depth)]


def _read_periods(decoder: Decoder, node: list[Node], depth: int) -> Any:
    span, ordinals = node
    numbers = decoder.one(ordinals, depth, np.ndarray)
    if numbers.ndim != 1 or numbers.dtype != np.int64:
        raise WireError("a column of periods that holds none")
    return pd.arrays.PeriodArray(numbers, dtype=pd.PeriodDtype(text(span, _FREQUENCY)))


def _span(kind: pd.PeriodDtype) -> str:
    return str(kind).removeprefix("period[").removesuffix("]")


def _write_intervals(encoder: Encoder, value: Any, depth: int) -> Node:
    ends = encoder.part(value.left, depth), encoder.part(value.right, depth)
    return ["pandas.intervals", value.closed, *ends]


def _read_intervals(decoder: Decoder, node: list[Node], depth: int) -> Any:
    closed, left, right = node
    ends = _index(decoder, left, depth), _index(decoder, right, depth)
    return pd.arrays.IntervalArray.from_arrays(*ends, closed=text(closed, _CLOSED))


def _write_dense(encoder: Encoder, value: Any, depth: int) -> Node:
    encoder.expect(len(value))
    return encoder.part(np.asarray(value), depth)


# ---------------------------------------------------------------------------------- tables


def _data(column: Any) -> Any:
    """Return what a series or an index holds as an array that travels with its data type."""
    return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array


def _read_data(decoder: Decoder, node: Node, depth: int) -> Any:
    data = decoder.decode(node, depth)
    if isinstance(data, pd.api.extensions.ExtensionArray):
        return data
    if type(data) is not np.ndarray or data.ndim != 1 or data.dtype.kind not in "biufcmMO":
        raise WireError("a column or an index that holds no list of values")
    return data


def _index(decoder: Decoder, node: Node, depth: int) -> pd.Index:
    index = decoder.decode(node, depth)
    if not isinstance(index, pd.Index):
        raise WireError(f"a {type(index).__name__} where an index was expected")
    return index


def _write_index(encoder: Encoder, value: pd.Index, depth: int) -> Node:
    name, data = encoder.encode(value.name, depth), encoder.part(_data(value), depth)
    return ["pandas.index", name, data, _frequency(value)]


def _frequency(index: pd.Index) -> str | None:
    """Return the frequency that an index of times knows of, if it is cheap to verify."""
    if not isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex) or len(index) > MAX_NODES:
        return None
    name = index.freqstr
    return name if name is not None and _FREQUENCY.fullmatch(name) else None


def _read_index(decoder: Decoder, node: list[Node], depth: int) -> pd.Index:
    name, values, frequency = node
    label = decoder.decode(name, depth)
    data = _read_data(decoder, values, depth)
    index = pd.Index(data, dtype=data.dtype, name=label)
    if frequency is None:
        return index
    if not isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex) or len(index) > MAX_NODES:
        raise WireError("a frequency for an index that has none")
    return type(index)(index, freq=text(frequency, _FREQUENCY))


def _write_range(encoder: Encoder, value: pd.RangeIndex, depth: int) -> Node:
    return [
        "pandas.range", encoder.encode(value.name, depth), value.start, value.stop, value.step
    ]  # fmt: skip


def _read_range(decoder: Decoder, node: list[Node], depth: int) -> pd.RangeIndex:
    name, start, stop, step = node
    label = decoder.decode(name, depth)
    return pd.RangeIndex(integer(start), integer(stop), integer(step), name=label)


def _write_multi(encoder: Encoder, value: pd.MultiIndex, depth: int) -> Node:
    node: list[Node] = ["pandas.multi"]
    for name, level, codes in zip(value.names, value.levels, value.codes, strict=True):
        node.append(encoder.encode(name, depth))
        node.append(encoder.part(level, depth))
        node.append(encoder.part(np.asarray(codes), depth))
    return node


def _read_multi(decoder: Decoder, node: list[Node], depth: int) -> pd.MultiIndex:
    names, levels, codes = [], [], []
    for name, level, code in zip(node[::3], node[1::3], node[2::3], strict=True):
        names.append(decoder.decode(name, depth))
        levels.append(_index(decoder, level, depth))
        codes.append(decoder.one(code, depth, np.ndarray))
    return pd.MultiIndex(levels=levels, codes=codes, names=names)


def _write_series(encoder: Encoder, value: pd.Series, depth: int) -> Node:
    series = value if type(value) is pd.Series else pd.Series(value)
    return [
        "pandas.series",
        encoder.encode(series.name, depth),
        encoder.part(series.index, depth),
        encoder.part(_data(series), depth),
    ]


def _read_series(decoder: Decoder, node: list[Node], depth: int) -> pd.Series:
    name, labels, values = node
    title = decoder.decode(name, depth)
    index = _index(decoder, labels, depth)
    data = _read_data(decoder, values, depth)
    return pd.Series(data, index=index, dtype=data.dtype, name=title, copy=False)


def _write_frame(encoder: Encoder, value: pd.DataFrame, depth: int) -> Node:
    frame = value if type(value) is pd.DataFrame else pd.DataFrame(value)
    labels = encoder.part(frame.index, depth), encoder.part(frame.columns, depth)
    columns = (frame.iloc[:, position] for position in range(frame.shape[1]))
    return ["pandas.frame", *labels, *(encoder.part(_data(column), depth) for column in columns)]


def _read_frame(decoder: Decoder, node: list[Node], depth: int) -> pd.DataFrame:
    index, columns = _index(decoder, node[0], depth), _index(decoder, node[1], depth)
    if len(columns) != len(node) - 2:
        raise WireError(f"a frame of {len(node) - 2} columns with {len(columns)} names")
    arrays = [_read_data(decoder, column, depth) for column in node[2:]]
    # As series with the very same index, or pandas would look into object columns for dates.
    series = {
        position: pd.Series(array, index=index, dtype=array.dtype, copy=False)
        for position, array in enumerate(arrays)
    }
    frame = pd.DataFrame(series, index=index, copy=False)
    frame.columns = columns
    return frame


# ---------------------------------------------------------------------------------- scalars


def _write_timestamp(encoder: Encoder, value: pd.Timestamp, depth: int) -> Node:
    instant = int(value.to_datetime64().view(np.int64))
    return ["pandas.timestamp", instant, value.unit, _write_zone(value.tz)]


def _read_timestamp(decoder: Decoder, node: list[Node], depth: int) -> pd.Timestamp:
    instant, unit, zone = node
    stamp = pd.Timestamp(np.int64(integer(instant)).view(f"M8[{text(unit, _UNIT)}]"))
    return stamp if zone is None else stamp.tz_localize("UTC").tz_convert(_read_zone(zone))


def _write_timedelta(encoder: Encoder, value: pd.Timedelta, depth: int) -> Node:
    return ["pandas.timedelta", int(value.to_timedelta64().view(np.int64)), value.unit]


def _read_timedelta(decoder: Decoder, node: list[Node], depth: int) -> pd.Timedelta:
    duration, unit = node
    return pd.Timedelta(np.int64(integer(duration)).view(f"m8[{text(unit, _UNIT)}]"))


def _write_period(encoder: Encoder, value: pd.Period, depth: int) -> Node:
    return ["pandas.period", value.ordinal, _span(pd.PeriodDtype(value.freq))]


def _read_period(decoder: Decoder, node: list[Node], depth: int) -> pd.Period:
    ordinal, span = node
    return pd.Period(ordinal=integer(ordinal), freq=text(span, _FREQUENCY))


def _write_interval(encoder: Encoder, value: pd.Interval, depth: int) -> Node:
    ends = encoder.all((value.left, value.right), depth)
    return ["pandas.interval", value.closed, *ends]


def _read_interval(decoder: Decoder, node: list[Node], depth: int) -> pd.Interval:
    closed, left, right = node
    return pd.Interval(*decoder.all([left, right], depth), closed=text(closed, _CLOSED))


def _write_zone(zone: datetime.tzinfo | None) -> Node:
    """Return a zone as who names it and its name, as microseconds east of UTC, or null."""
    if zone is None:
        return None
    if zoneinfo.ZoneInfo in mro(type(zone)) and zone.key is not None:  # type: ignore[attr-defined]
        return ["zoneinfo", zone.key]  # type: ignore[attr-defined]
    pytz = sys.modules.get("pytz")
    if pytz is not None and pytz.BaseTzInfo in mro(type(zone)):
        return ["pytz", zone.zone]  # type: ignore[attr-defined]
    offset = zone.utcoffset(None)
    if offset is None:
        raise Unsupported("a zone with no name")
    return offset // datetime.timedelta(microseconds=1)


def _read_zone(node: Node) -> datetime.tzinfo:
    if type(node) is not list:
        offset = datetime.timedelta(microseconds=integer(node))
        return datetime.timezone(offset) if offset else datetime.UTC
    source, name = node
    if source == "zoneinfo":
        return zoneinfo.ZoneInfo(zone_name(name))
    if source == "pytz":
        import pytz

        return pytz.timezone(zone_name(name))
    raise WireError("a time zone of no known kind")


def _write_missing(kind: str) -> Write:
    def write(encoder: Encoder, value: object, depth: int) -> Node:
        return [kind]

    return write


def _read_missing(value: object) -> Read:
    def read(decoder: Decoder, node: list[Node], depth: int) -> object:
        return value

    return read


WRITERS: dict[type, Write] = {
    pd.DataFrame: _write_frame,
    pd.Series: _write_series,
    pd.Index: _write_index,
    pd.RangeIndex: _write_range,
    pd.MultiIndex: _write_multi,
    pd.Categorical: _write_category,
    pd.arrays.IntegerArray: _write_masked,
    pd.arrays.FloatingArray: _write_masked,
    pd.arrays.BooleanArray: _write_masked,
    pd.arrays.StringArray: _write_texts,
    pd.arrays.ArrowStringArray: _write_texts,
    pd.arrays.DatetimeArray: _write_dates,
    pd.arrays.TimedeltaArray: _write_durations,
    pd.arrays.PeriodArray: _write_periods,
    pd.arrays.IntervalArray: _write_intervals,
    pd.arrays.SparseArray: _write_dense,
    pd.arrays.NumpyExtensionArray: _write_dense,
    pd.Timestamp: _write_timestamp,
    pd.Timedelta: _write_timedelta,
    pd.Period: _write_period,
    pd.Interval: _write_interval,
    type(pd.NA): _write_missing("pandas.NA"),
    type(pd.NaT): _write_missing("pandas.NaT"),
}

READERS: dict[str, Read] = {
    "pandas.frame": _read_frame,
    "pandas.series": _read_series,
    "pandas.index": _read_index,
    "pandas.range": _read_range,
    "pandas.multi": _read_multi,
    "pandas.category": _read_category,
    "pandas.masked": _read_masked,
    "pandas.texts": _read_texts,
    "pandas.dates": _read_dates,
    "pandas.durations": _read_durations,
    "pandas.periods": _read_periods,
    "pandas.intervals": _read_intervals,
    "pandas.timestamp": _read_timestamp,
    "pandas.timedelta": _read_timedelta,
    "pandas.period": _read_period,
    "pandas.interval": _read_interval,
    "pandas.NA": _read_missing(pd.NA),
    "pandas.NaT": _read_missing(pd.NaT),
}
