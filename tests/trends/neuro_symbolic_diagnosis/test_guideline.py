"""The graph says what was published, and verdicts follow it wherever it is changed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Literal
from rdflib.namespace import DCTERMS

from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.world import scores
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import (
    COLOURS,
    STRUCTURES,
    draw_lesions,
)


@pytest.fixture(scope="module")
def graph():
    return guideline.load()


@pytest.fixture(scope="module")
def lesions():
    return draw_lesions(2_000, 1)


def test_weights_and_thresholds_are_those_of_the_world(graph, lesions):
    rules = guideline.read(graph)
    assert rules.weights == {name: round(10 * weight) for name, weight in scores.WEIGHTS.items()}
    assert rules.lower == {
        "suspicious": scores.SUSPICIOUS,
        "highly_suspicious": scores.HIGHLY_SUSPICIOUS,
    }
    np.testing.assert_array_equal(rules.tenths(lesions.concepts()), lesions.tenths)
    np.testing.assert_array_equal(rules.bands(lesions.tenths), scores.band_of(lesions.tenths))


def test_findings_are_the_colours_and_structures_of_the_world(graph):
    for criterion, kinds in (("colours", COLOURS), ("structures", STRUCTURES)):
        rows = guideline.ask(
            graph,
            f"SELECT ?name WHERE {{ ?f a g:Finding ; g:ofCriterion g:{criterion} ; "
            "skos:notation ?name }",
        )
        assert sorted(row["name"] for row in rows) == sorted(kinds)


def test_everything_that_is_stated_names_a_known_source(graph):
    rows = guideline.ask(
        graph,
        """
        SELECT ?thing ?title WHERE {
            ?thing a ?kind .
            VALUES ?kind { g:Criterion g:Finding g:Rule g:Sign g:Checklist }
            OPTIONAL { ?thing dcterms:source ?source . ?source a g:Source ; dcterms:title ?title }
        }
        """,
    )
    assert len({row["thing"] for row in rows}) == 4 + 13 + 3 + 2 + 1
    assert all(row["title"] for row in rows)


def test_rule_identifiers_are_unique_and_fire_one_at_a_time(graph):
    identifiers = [row["id"] for row in guideline.ask(graph, "SELECT ?id { ?x g:ruleId ?id }")]
    assert len(set(identifiers)) == len(identifiers) == 7
    rules = guideline.read(graph)
    assert rules.rule_ids(np.array([10, 47, 48, 54, 55, 89])) == [
        "TDS-1",
        "TDS-1",
        "TDS-2",
        "TDS-2",
        "TDS-3",
        "TDS-3",
    ]
    assert rules.rule_ids(47) == ["TDS-1"]


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 80), st.integers(1, 9))
def test_verdicts_follow_thresholds_of_the_graph(lower, gap):
    graph = guideline.load()
    moved = guideline.with_threshold(graph, "highly_suspicious", 9.5)
    moved = guideline.with_threshold(moved, "suspicious", lower / 10)
    moved = guideline.with_threshold(moved, "highly_suspicious", (lower + gap) / 10)
    tenths = np.arange(10, 90)
    expected = (tenths > lower).astype(int) + (tenths > lower + gap)
    np.testing.assert_array_equal(guideline.read(moved).bands(tenths), expected)


def test_a_changed_weight_changes_scores_and_leaves_the_first_graph_alone(graph, lesions):
    before = guideline.to_turtle(graph)
    doubled = guideline.read(guideline.with_weight(graph, "border", 0.2))
    np.testing.assert_array_equal(
        doubled.tenths(lesions.concepts()), lesions.tenths + lesions.border
    )
    assert guideline.to_turtle(graph) == before


def test_a_graph_survives_being_written_and_read(graph):
    moved = guideline.with_weight(
        guideline.with_threshold(graph, "suspicious", 4.25), "colours", 0.7
    )
    again = guideline.load(guideline.to_turtle(moved))
    assert guideline.read(again) == guideline.read(moved)
    assert len(again) == len(graph)


def test_counts_may_stand_for_presences(graph, lesions):
    counts = {
        **lesions.concepts(),
        "colours": lesions.colours.sum(axis=1),
        "structures": lesions.structures.sum(axis=1),
    }
    np.testing.assert_array_equal(guideline.read(graph).tenths(counts), lesions.tenths)


def test_answers_are_plain_values(graph):
    rows = guideline.ask(
        graph,
        "SELECT ?rule ?id ?above ?rank WHERE { ?rule a g:Rule ; g:ruleId ?id ; g:concludes ?b . "
        "?b g:rank ?rank . OPTIONAL { ?rule g:lowerBound ?above } } ORDER BY ?id",
    )
    assert rows[0] == {"rule": "ruleBenign", "id": "TDS-1", "above": None, "rank": 0}
    assert rows[1] == {"rule": "ruleSuspicious", "id": "TDS-2", "above": 4.75, "rank": 1}


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda graph: guideline.with_threshold(graph, "benign", 3.0), "'benign' was given"),
        (lambda graph: guideline.with_threshold(graph, "suspicious", 5.5), "would not rise"),
        (lambda graph: guideline.with_weight(graph, "border", 13), "0.1 to 5 points, and 13"),
        (lambda graph: guideline.with_weight(graph, "border", 0.15), "tenths of a point"),
        (lambda graph: guideline.with_weight(graph, "hair", 0.1), "'hair' was given"),
        (lambda graph: guideline.ask(graph, "ASK { ?s ?p ?o }"), "SELECT"),
    ],
)
def test_what_the_guideline_cannot_hold_is_refused(graph, attempt, words):
    with pytest.raises(ValueError, match=words):
        attempt(graph)


def test_gaps_and_missing_numbers_are_named():
    graph = guideline.load()
    graph.set((guideline.G.ruleBenign, guideline.G.upperBound, Literal("4.5")))
    with pytest.raises(ValueError, match="TDS-1"):
        guideline.read(graph)
    graph = guideline.load()
    graph.remove((guideline.G.border, guideline.G.weight, None))
    with pytest.raises(ValueError, match="no g:weight for g:border"):
        guideline.read(graph)


def test_a_rule_with_two_sources_still_is_one_rule():
    graph = guideline.load()
    graph.add((guideline.G.ruleBenign, DCTERMS.source, guideline.G.stolz1994))
    assert [rule.id for rule in guideline.read(graph).rules] == ["TDS-1", "TDS-2", "TDS-3"]
