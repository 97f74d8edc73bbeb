"""Six claims: a spurious one has no effect and gives itself away to the attack that fits it."""

import numpy as np
import pytest
import statsmodels.api as sm

from labkit.trends.causal_uplift.baselines import ols
from labkit.trends.causal_uplift.world.claims import (
    AFTER,
    BEFORE,
    BEFORE_OUTCOME,
    FAINT,
    GENUINE,
    LOOKS,
    OUTCOME,
    PUBLISHED,
    SMALL,
    SPURIOUS,
    draw_claims,
)

CLAIMS = [claim for seed in range(24) for claim in draw_claims(seed)]


def of_kind(*kinds):
    return [claim for claim in CLAIMS if claim.kind in kinds]


def effect(claim, columns, outcome=OUTCOME):
    x = claim.data[list(columns)].to_numpy()
    return ols(x, claim.data[claim.treatment], claim.data[outcome])


def strength(claim, outcome=OUTCOME):
    """The effect in standard errors, adjusted for what is known from before."""
    table = sm.add_constant(claim.data[[claim.treatment, *claim.before[:-1]]])
    return abs(sm.OLS(claim.data[outcome], table).fit().tvalues[claim.treatment])


def test_every_draw_has_six_claims_two_to_four_of_them_spurious():
    for seed in range(12):
        claims = draw_claims(seed)
        kinds = [claim.kind for claim in claims if claim.is_spurious]
        assert len(claims) == 6 and 2 <= len(kinds) <= 4
        assert len(set(kinds)) == len(kinds)


def test_a_spurious_claim_is_one_without_an_effect():
    for claim in CLAIMS:
        assert claim.is_spurious == (claim.true_effect == 0) == (claim.kind in SPURIOUS)


def test_every_claim_looks_significant_as_published():
    for claim in CLAIMS:
        assert abs(claim.estimate) > PUBLISHED * claim.error, claim.kind


def test_the_published_estimate_is_that_of_the_published_columns():
    for claim in CLAIMS[:12]:
        assert effect(claim, claim.adjusted_for) == pytest.approx(claim.estimate, abs=1e-6)


def test_genuine_claims_keep_their_effect_however_the_past_is_adjusted_for():
    for claim in of_kind(*GENUINE):
        for columns in (claim.before, claim.before[:-1]):
            assert effect(claim, columns) == pytest.approx(claim.true_effect, abs=1.6)


def test_the_left_out_confounder_was_measured_and_takes_the_effect_away():
    for claim in of_kind("confounder left out"):
        assert not set(claim.before[:-1]) <= set(claim.adjusted_for)
        assert strength(claim) < 3


def test_without_the_collider_its_claim_is_gone():
    for claim in of_kind("collider adjusted for"):
        assert set(claim.adjusted_for) & set(AFTER)
        kept = [name for name in claim.adjusted_for if name in BEFORE]
        assert abs(effect(claim, kept)) < 1.3 < abs(claim.estimate)


def test_a_hidden_confounder_shows_in_the_outcome_of_the_past_and_there_alone():
    def before(claim):
        return strength(claim, BEFORE_OUTCOME)

    assert min(before(claim) for claim in of_kind("hidden confounder")) > 3.5
    assert max(before(claim) for claim in of_kind(*GENUINE)) < 3


def test_the_best_of_many_looks_is_no_news_once_the_looks_are_counted():
    for claim in of_kind("best of many looks"):
        assert claim.looks >= 20
        # Bonferroni for 20 looks at 5 % asks for 3.0 standard errors.
        assert strength(claim) < 3.0
    for claim in of_kind(*GENUINE):
        assert strength(claim) > (2.4 if abs(claim.true_effect) == SMALL else 3.2)


def test_luck_in_many_looks_shows_as_much_as_a_small_effect_looked_for_once():
    small = [claim for claim in of_kind("genuine") if abs(claim.true_effect) == SMALL]
    luck = [strength(claim) for claim in of_kind("best of many looks")]
    truth = [strength(claim) for claim in small]
    assert max(luck) > min(truth) and max(truth) > min(luck)
    assert all(claim.looks == 1 for claim in small)


def test_how_a_claim_was_made_does_not_tell_whether_it_is_true():
    genuine = of_kind(*GENUINE)
    assert {claim.looks for claim in genuine} == set(LOOKS)
    assert any("spend" not in claim.adjusted_for for claim in genuine)
    assert any("survey" in claim.adjusted_for for claim in genuine)
    assert any(claim.looks == 1 and strength(claim) > 4.5 for claim in of_kind("genuine"))
    hidden = {tuple(claim.adjusted_for) for claim in of_kind("hidden confounder")}
    assert len(hidden) > 1


def test_luck_is_as_large_as_it_was_said_to_be():
    strengths = [strength(claim) for claim in of_kind("best of many looks")]
    assert FAINT[0] - 0.1 < min(strengths) and max(strengths) < FAINT[1] + 0.1


def test_adjusting_for_what_came_after_spoils_genuine_claims():
    for claim in of_kind("genuine despite a mediator"):
        spoiled = effect(claim, [*claim.before[:-1], "visits_after"])
        assert abs(spoiled) < 0.6 * abs(effect(claim, claim.before[:-1]))
    off = [
        abs(effect(claim, [*claim.before, "survey"]) - claim.true_effect)
        for claim in of_kind(*GENUINE)
    ]
    assert np.median(off) > 3


def test_the_public_form_keeps_the_truth_to_itself():
    claim = CLAIMS[0]
    public = claim.public()
    assert not {"true_effect", "kind"} & set(public)
    assert set(public["data"]) == {claim.treatment, OUTCOME, *BEFORE, *AFTER}
    public["data"][OUTCOME] = 0.0
    assert claim.data[OUTCOME].std() > 0
