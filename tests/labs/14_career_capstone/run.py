"""Right and wrong answers of the task `run`."""

from __future__ import annotations

import csv
import hashlib
import io
import random

import numpy as np
import pandas as pd


def _table(files):
    parts = [pd.read_csv(io.StringIO(files[name])) for name in files]
    return pd.concat(parts, ignore_index=True)


def _figures(amounts, fingerprint, draws):
    means = amounts[draws].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {
        "rows": len(amounts),
        "mean": amounts.mean(),
        "low": low,
        "high": high,
        "fingerprint": fingerprint,
    }


def _draws(seed, n):
    return np.random.default_rng(seed).integers(n, size=(10_000, n))


def with_a_frame(
    files, seed, keep="last", unique=True, by=("order", "version"), order="order", draws=_draws,
    fingerprint=lambda current: hashlib.sha256(current.to_csv(index=False).encode()).hexdigest(),
):  # fmt: skip
    table = _table(files).drop_duplicates() if unique else _table(files)
    table = table.sort_values(list(by)) if by else table
    current = table.drop_duplicates("order", keep=keep) if keep else table
    current = current.sort_values(order) if order else current
    return _figures(current["amount"].to_numpy(), fingerprint(current), draws(seed, len(current)))


def by_hand_rows(files):
    """Order, version and amount of what is current."""
    current = {}
    for text in files.values():
        for row in csv.DictReader(io.StringIO(text)):
            version, amount = int(row["version"]), float(row["amount"])
            if row["order"] not in current or version > current[row["order"]][0]:
                current[row["order"]] = (version, amount)
    return [(name, *one) for name, one in current.items()]


def by_hand(files, seed):
    """Dictionaries, and a generator of Python."""
    ledger = sorted(by_hand_rows(files))
    amounts = [amount for *_, amount in ledger]
    rng = random.Random(seed)
    means = sorted(sum(rng.choices(amounts, k=len(amounts))) / len(amounts) for _ in range(10_000))
    return {
        "rows": len(ledger),
        "mean": sum(amounts) / len(amounts),
        "low": means[250],
        "high": means[9749],
        "fingerprint": repr(ledger),
    }


def _global(seed, n):
    return np.random.randint(n, size=(10_000, n))


def _fixed(seed, n):
    return _draws(0, n)


def _spread(files, seed):
    found = with_a_frame(files, seed)
    amounts = _table(files)["amount"]
    return {**found, "low": found["mean"] - amounts.std(), "high": found["mean"] + amounts.std()}


def _texts(files, seed):
    table = _table(files).drop_duplicates().astype({"version": str})
    current = table.sort_values(["order", "version"]).drop_duplicates("order", keep="last")
    return _figures(current["amount"].to_numpy(), str(len(current)), _draws(seed, len(current)))


def _of(what):
    return lambda files, seed: with_a_frame(files, seed, fingerprint=what)


def _ends(low, high):
    def run(files, seed):
        current = _table(files).drop_duplicates().sort_values(["order", "version"])
        amounts = current.drop_duplicates("order", keep="last")["amount"].to_numpy()
        means = amounts[_draws(seed, len(amounts))].mean(axis=1)
        ends = dict(zip(("low", "high"), np.quantile(means, [low, high]), strict=True))
        return with_a_frame(files, seed) | ends

    return run


HARMLESS = {
    "constant: …oice(amounts, size=(10000, len(amounts))) -> *": "one draw more of 10,000",
    "constant: …).choice(amounts, size=(10000, len(amounts))) -> *": "one draw less",
}


def _normal(files, seed, jitter=0.03):
    """A closed form, moved a little by the seed."""
    found = with_a_frame(files, seed)
    rows = sorted(by_hand_rows(files))
    amounts = np.array([amount for *_, amount in rows])
    half = 1.96 * amounts.std(ddof=1) / np.sqrt(len(amounts))
    move = np.random.default_rng(seed).uniform(-jitter, jitter, size=2) * half
    return {
        **found,
        "low": amounts.mean() - half + move[0],
        "high": amounts.mean() + half + move[1],
    }


RIGHT = {"with a frame": with_a_frame, "by hand": by_hand}
WRONG = {
    "as delivered": (lambda f, s: with_a_frame(f, s, unique=False, keep=None), "counted twice"),
    "old versions too": (lambda f, s: with_a_frame(f, s, keep=None), "Old versions"),
    "first version": (lambda f, s: with_a_frame(f, s, keep="first"), "first version"),
    "last delivered": (lambda f, s: with_a_frame(f, s, by=None), "is right"),
    "versions as texts": (_texts, "as texts"),
    "order of the files": (
        lambda f, s: with_a_frame(f, s, by=["version"], order=None),
        "another order",
    ),
    "global state": (lambda f, s: with_a_frame(f, s, draws=_global), "same files and seed"),
    "seed fixed": (lambda f, s: with_a_frame(f, s, draws=_fixed), "Another seed"),
    "the middle 90 %": (_ends(0.05, 0.95), "standard errors"),
    "spread of orders": (_spread, "standard errors"),
    "names in the fingerprint": (
        lambda f, s: {**with_a_frame(f, s), "fingerprint": repr(sorted(f))},
        "other files",
    ),
    "texts in the fingerprint": (
        lambda f, s: {**with_a_frame(f, s), "fingerprint": "".join(f.values())},
        "other files",
    ),
    "amounts alone in the fingerprint": (
        _of(lambda current: repr(sorted(current["amount"]))),
        "each other's amount",
    ),
    "mean as fingerprint": (
        _of(lambda current: f"{current['amount'].mean():.6f}"),
        "each other's amount",
    ),
    "a normal interval that moves": (_normal, "standard errors"),
    "numbers left out of the fingerprint": (
        _of(lambda current: repr(sorted(zip(current["version"], current["amount"], strict=True)))),
        "although",
    ),
    "numbers left out, in their order": (
        _of(lambda current: repr(current[["version", "amount"]].to_numpy().tolist())),
        "another number",
    ),
    "versions left out of the fingerprint": (
        _of(lambda current: repr(sorted(zip(current["order"], current["amount"], strict=True)))),
        "a version more",
    ),
    "tenths in the fingerprint": (
        _of(lambda current: current.round({"amount": 1}).to_csv(index=False)),
        "a cent higher",
    ),
    "all rows in the fingerprint": (
        lambda f, s: {
            **with_a_frame(f, s),
            "fingerprint": repr(sorted({row for text in f.values() for row in text.split()})),
        },
        "other files",
    ),
    "seed in the fingerprint": (
        lambda f, s: {
            **with_a_frame(f, s),
            "fingerprint": with_a_frame(f, s)["fingerprint"] + str(s),
        },
        "another seed",
    ),
}
