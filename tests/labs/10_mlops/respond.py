"""Right and wrong answers of task `respond`, which prove its judge."""

from __future__ import annotations

import contextlib
import json
import math

import pydantic


def _no_json(word):
    raise ValueError(word)


def _finite(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _service(
    length=lambda body: len(body) > 20_000,
    constants=_no_json,
    number=_finite,
    broken=(ValueError, RecursionError),
    extra=False,
    order=True,
    one_by_one=False,
    most=50,
    least=1,
    down=(Exception,),
    value=lambda x: x,
    form=422,
    first_length=True,
    whole=float,
    decode=lambda body: body.decode(),
    refused=lambda model: None,
):
    def respond(body, features, model):
        status, scores = decided(body, features, model)
        if status in (400, 413, 422):
            refused(model)
        return status, scores

    def decided(body, features, model):
        if first_length and length(body):
            return 413, []
        try:
            request = json.loads(decode(body), parse_int=whole, parse_constant=constants)
        except broken:
            return 400, []
        if not first_length and length(body):
            return 413, []
        try:
            rows = request["rows"]
            fits = isinstance(rows, list) and least <= len(rows) <= most
            fits = fits and (extra or len(request) == 1)
        except (TypeError, KeyError):
            fits = False
        if not fits:
            return form, []
        for row in rows:
            if not isinstance(row, dict) or not set(features) <= set(row):
                return form, []
            if not extra and len(row) != len(features):
                return form, []
            if not all(number(row[name]) for name in features):
                return form, []
        table = [
            [value(row[name]) for name in features] if order else list(row.values()) for row in rows
        ]
        try:
            if one_by_one:
                return 200, [model([row])[0] for row in table]
            return 200, list(model(table))
        except down:
            return 503, []

    return respond


def with_pydantic(body, features, model):
    """A strict model of the library, made for these features."""
    if len(body) > 20_000:
        return 413, []
    try:
        request = json.loads(str(body, "utf-8"), parse_int=float, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return 400, []
    strict = pydantic.ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    cells = dict.fromkeys(features, (float, ...))
    row_model = pydantic.create_model("Row", __config__=strict, **cells)
    rows_type = list[row_model]
    rows_field = (rows_type, pydantic.Field(min_length=1, max_length=50))
    request_model = pydantic.create_model("Request", __config__=strict, rows=rows_field)
    try:
        rows = request_model.model_validate(request).rows
    except (ValueError, OverflowError, RecursionError):
        return 422, []
    try:
        return 200, model([[getattr(row, name) for name in features] for row in rows])
    except Exception:
        return 503, []


def library_default(body, features, model):
    """pydantic as it comes: texts and flags become numbers."""
    row_model = pydantic.create_model("Row", **dict.fromkeys(features, (float, ...)))
    request_model = pydantic.create_model("Request", rows=(list[row_model], ...))
    try:
        rows = request_model.model_validate(json.loads(body)).rows
    except pydantic.ValidationError:
        return 422, []
    except ValueError:
        return 400, []
    return 200, model([[getattr(row, name) for name in features] for row in rows])


def hopeful(body, features, model):
    """No check at all."""
    rows = json.loads(body)["rows"]
    return 200, model([[float(row[name]) for name in features] for row in rows])


def _converts(value):
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _whole(digits):
    """Whole numbers stay whole, and those of no float become infinite."""
    return int(digits) if len(digits) < 300 else float(digits)


def _asks(model):
    with contextlib.suppress(Exception):
        model([])


RIGHT = {
    "by hand": _service(),
    "by a strict model": with_pydantic,
    "whole numbers stay whole": _service(whole=_whole),
}

WRONG = {
    "the library's default": (library_default, "follow it to the place"),
    "no check": (hopeful, "follow it to the place"),
    "texts are numbers": (_service(number=_converts), "422 is right"),
    "true is a number": (
        _service(number=lambda x: isinstance(x, bool) or _finite(x)),
        "was taken for one",
    ),
    "NaN is JSON": (_service(constants=None), "which are no JSON"),
    "infinite numbers": (
        _service(number=lambda x: type(x) in (int, float) and x == x),
        "1e400",
    ),
    "large whole numbers raise": (
        _service(
            number=lambda x: type(x) in (int, float) and math.isfinite(x),
            whole=lambda digits: int(digits[:4_000]),
        ),
        "a stranger",
    ),
    "5,000 digits are no JSON": (_service(whole=int), "4,300 digits"),
    "bytes to the reader": (_service(decode=lambda body: body), "guesses their encoding"),
    "UTF-8 with its mark": (_service(decode=lambda body: body.decode("utf-8-sig")), "order mark"),
    "the model is warmed": (_service(refused=_asks), "not even with an empty list"),
    "a model's ValueError is the sender's": (_service(down=(RuntimeError, KeyError)), "a stranger"),
    "nesting raises": (_service(broken=ValueError), "a stranger"),
    "row by row": (_service(one_by_one=True), "asked once a request"),
    "keys too many": (_service(extra=True), "The status is 200"),
    "order as it comes": (_service(order=False), "by name, in order"),
    "letters for bytes": (
        _service(length=lambda body: len(body.decode(errors="ignore")) > 20_000),
        "413",
    ),
    "length after reading": (_service(first_length=False), "413"),
    "length reached is too long": (_service(length=lambda body: len(body) >= 20_000), "413"),
    "one row too many": (_service(most=51), "422"),
    "no rows are fine": (_service(least=0), "422"),
    "the model's fault": (_service(down=()), "a stranger"),
    "everything is 400": (_service(form=400), "422"),
    "whole numbers only": (_service(value=round), "not those of these rows"),
    "always 200": (lambda body, features, model: (200, []), "follow it to the place"),
    "always 400": (lambda body, features, model: (400, []), "The status is 400"),
}
