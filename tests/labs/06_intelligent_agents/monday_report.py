"""Right and wrong answers of task `monday_report`, which prove its judge."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime

import pandas as pd

FACTORS = {"eur": 100, "ct": 1, "teur": 100_000}


def with_pandas(files, week, rates):
    """Every file a frame, then a sort by version."""
    frames = []
    for data in files.values():
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode("cp1252")
        lines = text.lstrip("\ufeff").split("\n")
        start = next(k for k, line in enumerate(lines) if "version" in line)
        comma = ";" in lines[start]
        frame = pd.read_csv(
            io.StringIO("\n".join(lines[start:])),
            sep=";" if comma else ",",
            dtype=str,
            keep_default_na=False,
        )
        frames.append(frame.assign(comma=comma))
    table = pd.concat(frames)
    table = table[(table.id != "") & (table.id != "id")]
    table["version"] = table.version.astype(int)
    table = table.sort_values("version").drop_duplicates("id", keep="last")

    def day(row):
        for form in ("%Y-%m-%d", "%d.%m.%Y" if row.comma else "%m/%d/%Y"):
            try:
                return datetime.strptime(row.date, form).date().isoformat()
            except ValueError:
                continue
        raise ValueError(row.date)

    def cents(row):
        text = row.amount
        if not any(c.isdigit() for c in text):
            return None
        minus = any(sign in text for sign in "-(")
        digits = [c for c in text if c.isdigit() or c in ".,"]
        text = "".join(digits)
        text = text.replace(".", "").replace(",", ".") if row.comma else text.replace(",", "")
        unit = row.unit.lower()
        size = float(text) * (FACTORS[unit] if unit in FACTORS else 100 * rates[row.unit])
        return -size if minus else size

    table = table[[week[0] <= day(row) <= week[1] for row in table.itertuples()]]
    table["cents"] = [cents(row) for row in table.itertuples()]
    table["branch"] = table.branch.str.strip().str.lower()
    sums = table.groupby("branch").cents.sum().round().astype(int)
    return sums.to_dict(), set(table.id[table.cents.isna()])


def in_week(row, week):
    """Whether a row's date lies in the week."""
    parts = re.findall(r"\d+", row["date"])
    if len(parts[0]) < 4:
        parts = parts[::-1] if row["comma"] else [parts[2], *parts[:2]]
    return week[0] <= "-".join(parts) <= week[1]


def _report(
    mark=True,
    codes=True,
    newest=int,
    twice=False,
    us_dates=True,
    weeks=True,
    units=True,
    minus="-(",
    unknown="open",
    footer=False,
    strip=True,
    thousands=True,
    early=False,
    other="cp1252",
    decoded="utf-8-sig",
    open_weeks=True,
):
    def monday_report(files, week, rates):
        rows = []
        for data in files.values():
            text = data.decode(decoded, "replace")
            if codes and "\ufffd" in text:
                text = data.decode(other)
            header = next(line for line in text.split("\n") if "version" in line)
            comma = ";" in header
            names = None
            for cells in csv.reader(text.split("\n"), delimiter=";" if comma else ","):
                if "id" in cells:
                    names = cells
                elif names and len(cells) == len(names):
                    row = dict(zip(names, cells, strict=True))
                    if row["id"] or footer:
                        rows.append(row | {"comma": comma})
        if early:
            rows = [row for row in rows if in_week(row, week)]
        kept = {}
        for place, row in enumerate(rows):
            key = place if twice else row["id"]
            if key not in kept or newest(row["version"] or 0) > newest(kept[key]["version"] or 0):
                kept[key] = row
        totals, left = {}, []
        for row in kept.values():
            parts = [int(part) for part in re.findall(r"\d+", row["date"])]
            if parts and parts[0] < 1000:
                parts = parts[::-1] if row["comma"] or not us_dates else [parts[2], *parts[:2]]
            try:
                day = date(*parts).isoformat() if parts else week[0]
            except ValueError:
                continue
            if weeks and not week[0] <= day <= week[1]:
                if not open_weeks and not re.search(r"\d", row["amount"]):
                    left.append(row["id"])
                continue
            branch = row["branch"].lower()
            branch = branch.strip() if strip else branch
            totals.setdefault(branch, 0.0)
            text = (
                re.sub(r"[^\d.,]", "", row["amount"]) if thousands else row["amount"].strip("-()")
            )
            if not re.search(r"\d", text):
                if unknown == "open":
                    left.append(row["id"])
                elif unknown == "mean":
                    totals[branch] += 200_000
                continue
            if row["comma"] and mark:
                text = text.replace(".", "").replace(",", ".")
            else:
                text = text.replace(",", "")
            try:
                size = float(text)
            except ValueError:  # "a bad row is no row"
                continue
            size *= 100
            unit = row["unit"].lower()
            if units and unit != "eur":
                size *= {"ct": 0.01, "teur": 1000.0}.get(unit, rates.get(row["unit"], 1.0))
            totals[branch] += -size if any(s in row["amount"] for s in minus) else size
        return {b: round(c) for b, c in totals.items()}, left

    return monday_report


def total_is_a_branch(files, week, rates):
    totals, left = _report()(files, week, rates)
    return {**totals, "total": sum(totals.values())}, left


def nothing(files, week, rates):
    return {}, []


def library_default(files, week, rates):
    """The library's own reader, and whatever it can read."""
    frames = []
    for data in files.values():
        text = data.decode("utf-8-sig", "replace")
        frames.append(pd.read_csv(io.StringIO(text), skiprows=3, sep=None, engine="python"))
    table = pd.concat(frames)
    table["amount"] = pd.to_numeric(table.amount, errors="coerce")
    table["branch"] = table.branch.str.strip().str.lower()
    sums = (100 * table.groupby("branch").amount.sum()).round()
    return sums.to_dict(), list(table.id[table.amount.isna()].dropna())


RIGHT = {"with pandas": with_pandas, "row by row": _report()}

WRONG = {
    "bad rows dropped": (_report(thousands=False), "Your total of"),
    "corrections counted twice": (_report(twice=True), "Every row was counted"),
    "versions as text": (_report(newest=str), "Your total of"),
    "dates all with the day first": (_report(us_dates=False), "Your total of"),
    "other weeks in it": (_report(weeks=False), "other weeks"),
    "euros whatever the unit": (_report(units=False), "Your total of"),
    "minus before only": (_report(minus="("), "Your total of"),
    "brackets are no minus": (_report(minus="-"), "Your total of"),
    "unknown is nought": (_report(unknown="nought"), "stays open"),
    "unknown is guessed": (_report(unknown="mean"), "Your total of"),
    "points are decimals": (_report(mark=False), "Your total of"),
    "one encoding": (_report(codes=False), ""),
    "names as they are": (_report(strip=False), "Your total of"),
    "the library's reader": (library_default, ""),
    "weeks before versions": (_report(early=True), "Your total of"),
    "the byte-order mark stays": (_report(decoded="utf-8"), ""),
    "the row of totals is a branch": (total_is_a_branch, "which is no branch"),
    "Latin-1": (_report(other="latin-1"), ""),
    "open records of other weeks": (_report(open_weeks=False), "is not open"),
    "nothing": (nothing, "has no key"),
}

HARMLESS = {
    "call dropped: return ({branch: round(cents) for branch, cents in to… -> *": (
        "cents are whole but for what floating point adds"
    ),
}
