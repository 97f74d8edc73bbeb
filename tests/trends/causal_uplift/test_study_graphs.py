"""Studies with a known graph: names give nothing away, the stated effect is the true one."""

from graphlib import CycleError

import numpy as np
import pytest

from labkit.trends.causal_uplift.baselines import ols
from labkit.trends.causal_uplift.world.graphs import (
    OUTCOME,
    TREATMENT,
    draw_study,
    simulate_linear,
    total_effect,
)

BLOCKING = ("confounder", "second confounder", "proxy")


def estimate(study, columns):
    """Coefficient of the treatment; `ols` of no columns is the plain slope."""
    x = study.data[list(columns)].to_numpy()
    return ols(x, study.data[study.treatment], study.data[study.outcome])


def named(study, *roles):
    return [name for name in study.data if study.roles.get(name) in roles]


def test_the_total_effect_is_the_sum_over_all_directed_paths():
    chain = {("a", "b"): 2.0, ("b", "c"): 3.0, ("a", "c"): 0.5, ("z", "a"): 9.0}
    assert total_effect(chain, "a", "c") == pytest.approx(6.5)
    assert total_effect(chain, "c", "a") == 0


@pytest.mark.parametrize("seed", range(8))
def test_setting_the_treatment_by_hand_moves_the_outcome_by_the_stated_effect(seed):
    study = draw_study(10, seed)
    # Without its causes the treatment is drawn by lot, so the plain slope is the effect.
    cut = {edge: b for edge, b in study.coefficients.items() if edge[1] != TREATMENT}
    table = simulate_linear(cut, 60_000, seed)
    slope = np.polyfit(table[TREATMENT], table[OUTCOME], 1)[0]
    assert slope == pytest.approx(study.effect, abs=0.05)


@pytest.mark.parametrize("seed", range(8))
def test_adjusting_for_what_blocks_the_back_doors_converges_and_the_traps_do_not(seed):
    study = draw_study(40_000, seed)
    blocking = named(study, *BLOCKING)
    assert estimate(study, blocking) == pytest.approx(study.effect, abs=0.06)
    others = [name for name in study.data if name not in (TREATMENT, OUTCOME)]
    traps = ([], others, [*blocking, *named(study, "mediator")])
    for trap in (*traps, [*blocking, *named(study, "collider")]):
        assert abs(estimate(study, trap) - study.effect) > 0.1, trap


def test_an_early_collider_does_harm_though_it_precedes_the_treatment():
    studies = (draw_study(40_000, seed) for seed in range(20))
    study = next(one for one in studies if "m_collider" in one.roles.values())
    blocking = named(study, *BLOCKING)
    error = estimate(study, [*blocking, *named(study, "m_collider")]) - study.effect
    assert abs(error) > 0.03
    assert abs(error) > 2 * abs(estimate(study, blocking) - study.effect)


def test_hidden_nodes_stand_in_the_graph_and_not_in_the_data():
    for seed in range(10):
        study = draw_study(5, seed)
        nodes = {node for edge in study.edges for node in edge}
        assert nodes == set(study.data) | set(study.hidden)
        assert not set(study.data) & set(study.hidden)
        assert set(study.roles) == nodes - {TREATMENT, OUTCOME}


def test_one_name_has_many_roles_over_the_seeds():
    roles = {draw_study(2, seed).roles.get("weather") for seed in range(60)}
    assert len(roles) > 5


def test_a_circle_of_causes_is_refused():
    with pytest.raises(CycleError):
        simulate_linear({("a", "b"): 1.0, ("b", "a"): 1.0}, 5, 0)
