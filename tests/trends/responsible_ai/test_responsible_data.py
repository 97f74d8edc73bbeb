"""Published figures of the module, computed again, and the attack that measures a promise."""

from __future__ import annotations

import calendar
import datetime
import re

import numpy as np
import pytest
import statsmodels.api as sm

from catalogue import ROOT
from exams.responsible_ai.programmes import accepted
from labkit.privacy_audit import audit_epsilon
from labkit.trends.responsible_ai import data, metrics
from labkit.trends.responsible_ai.world.lending import above, profit, rates

LESSON = ROOT / "course/02_responsible_ai/lesson.py"
LAB = ROOT / "labs/02_responsible_ai/responsible_ai.py"


def test_the_paired_audit_has_its_published_figures():
    pairs = data.audit()
    difference = pairs["b"] - pairs["w"]
    assert len(pairs) == 241
    assert pairs.mean().round(4).to_dict() == {"w": 0.3568, "b": 0.2241}
    assert difference.mean() == pytest.approx(-0.1328, abs=5e-5)
    assert difference.std() / np.sqrt(241) == pytest.approx(0.031, abs=5e-4)


def test_the_mortgages_have_their_published_coefficients():
    loans = data.loans()
    raw = sm.OLS(loans["approve"], sm.add_constant(loans[["white"]])).fit()
    full = loans.dropna()
    held = sm.OLS(full["approve"], sm.add_constant(full[["white", *data.CONTROLS]])).fit()
    assert (len(loans), len(full)) == (1_989, 1_971)
    assert raw.params["white"] == pytest.approx(0.2006, abs=5e-5)
    assert held.params["white"] == pytest.approx(0.1288, abs=5e-5)


@pytest.mark.parametrize(
    ("rule", "share", "published"),
    [("opportunity", 0.929, 0.928), ("odds", 0.804, 0.802), ("parity", 0.705, 0.698)],
)
def test_a_rule_costs_what_hardt_price_and_srebro_found(rule, share, published):
    curves, _ = data.score_curves()
    most = profit(curves, accepted(curves, data.LOSS, "none", 0), data.LOSS)
    policy = accepted(curves, data.LOSS, rule, 0)
    found = profit(curves, policy, data.LOSS) / most
    assert found == pytest.approx(share, abs=5e-4)
    assert found == pytest.approx(published, abs=0.008)
    random = ((policy > 1e-6) & (policy < 1 - 1e-6)).sum(axis=0)
    assert 1 <= random.max() <= 2  # so many scores a group are accepted by chance


def test_one_cut_off_costs_little():
    curves, _ = data.score_curves()
    most = profit(curves, accepted(curves, data.LOSS, "none", 0), data.LOSS)
    best = max(profit(curves, above([cut] * 4, 198), data.LOSS) for cut in range(199))
    assert best / most == pytest.approx(0.9935, abs=5e-5)


def test_the_stored_frontier_is_that_of_the_programme():
    curves, _ = data.score_curves()
    stored = data.figure("frontier")
    for rule in stored["share"]:
        place = stored["bounds"].index(0.03)
        policy = accepted(curves, data.LOSS, rule, 0.03)
        found = profit(curves, policy, data.LOSS) / stored["most"]
        assert found == pytest.approx(stored["share"][rule][place], abs=2e-5)
    policy = accepted(curves, data.LOSS, "opportunity", 0)
    assert rates(curves, policy).selection == pytest.approx(
        stored["policies"]["opportunity"]["selection"], abs=2e-5
    )


@pytest.mark.parametrize(
    ("group", "alarms", "missed"), [("Black", 0.4485, 0.2799), ("white", 0.2345, 0.4772)]
)
def test_the_counts_of_compas_give_the_published_rates_and_chouldechovas_identity(
    group, alarms, missed
):
    (caught, missing), (false, quiet) = data.COMPAS[group].values()
    base = (caught + missing) / (caught + missing + false + quiet)
    assert false / (false + quiet) == pytest.approx(alarms, abs=5e-5)
    assert missing / (caught + missing) == pytest.approx(missed, abs=5e-5)
    tied = metrics.false_positive_rate(
        base, caught / (caught + false), missing / (caught + missing)
    )
    assert tied == pytest.approx(false / (false + quiet), abs=1e-12)


def test_callbacks_have_the_published_ratio():
    (white, _), (black, _) = data.CALLBACKS["white"], data.CALLBACKS["Black"]
    assert white / black == pytest.approx(1.497, abs=2e-3)


@pytest.mark.parametrize(
    ("scale", "low", "high"), [(1.0, 0.85, 1.0), (0.5, 1.75, 2.0), (2.0, 0.38, 0.5)]
)
def test_the_attack_bounds_epsilon_from_below_and_closely(scale, low, high):
    """Noise for epsilon 1, half of it, and twice; 40,000 runs, six seeds."""
    for seed in range(6):
        noise = np.random.default_rng(seed).laplace(0, scale, (2, 40_000))
        assert low < audit_epsilon(10 + noise[0], 9 + noise[1]) <= high


def test_the_attack_accuses_nobody_who_tells_nothing():
    for seed in range(6):
        same = np.random.default_rng(seed).normal(size=(2, 10_000))
        assert audit_epsilon(*same) == 0


def test_every_entry_of_what_applies_has_a_date_a_source_and_when_it_was_read():
    rows = data.what_applies()
    assert {row["where"] for row in rows} >= {"EU", "New York City", "Colorado"}
    for row in rows:
        assert set(row) == {"where", "what", "from", "source", "read", "seen"}
        datetime.date.fromisoformat(row["from"])
        datetime.date.fromisoformat(row["read"])
        assert row["source"] and row["seen"]
    assert len({row["what"] for row in rows}) == len(rows)


@pytest.mark.parametrize("source", [LESSON, LAB])
def test_a_date_of_law_stands_in_the_data_file_or_agrees_with_it(source):
    """The lesson prints the file; the lab's model letter is held against it, word by word."""
    known = set()
    for row in data.what_applies():
        for kind in ("from", "read"):
            day = datetime.date.fromisoformat(row[kind])
            known |= {f"{day:%B %Y}", f"{day.day} {day:%B %Y}"}
    months = "|".join(calendar.month_name[1:])
    text = source.read_text(encoding="utf-8").replace("\n# ", " ")
    found = re.findall(rf"(?:\d{{1,2}} )?(?:{months}) 20\d\d", text)
    assert found
    assert set(found) <= known
