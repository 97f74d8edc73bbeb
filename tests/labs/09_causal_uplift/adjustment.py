"""Right and wrong answers of the task `adjustment`."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.linear_model import LinearRegression

from .estimates import as_tensor


def _slope(data, treatment, outcome, names):
    table = sm.add_constant(data[[treatment, *names]])
    return float(sm.OLS(data[outcome], table).fit().params[treatment])


def _others(data, treatment, outcome):
    return [name for name in data.columns if name not in (treatment, outcome)]


def _smallest_separating_set(data, edges, treatment, outcome):
    """Try all sets that hold nothing downstream of the treatment, smallest first."""
    graph = nx.DiGraph([tuple(edge) for edge in edges])
    after = nx.descendants(graph, treatment)
    back_doors = graph.copy()
    back_doors.remove_edges_from(list(graph.out_edges(treatment)))
    free = [name for name in _others(data, treatment, outcome) if name not in after]
    for size in range(len(free) + 1):
        for names in itertools.combinations(free, size):
            if nx.is_d_separator(back_doors, {treatment}, {outcome}, set(names)):
                return list(names), _slope(data, treatment, outcome, list(names))
    raise LookupError("no set")


def _measured_ancestors(data, edges, treatment, outcome):
    """All measured causes of either, near and far, that are not downstream of the treatment."""
    graph = nx.DiGraph([tuple(edge) for edge in edges])
    after = nx.descendants(graph, treatment)
    causes = (nx.ancestors(graph, treatment) | nx.ancestors(graph, outcome)) - after
    names = np.array(sorted(causes & set(data.columns) - {treatment, outcome}))
    residuals = [
        data[name] - LinearRegression().fit(data[names], data[name]).predict(data[names])
        for name in (treatment, outcome)
    ]
    return names, as_tensor(residuals[0] @ residuals[1] / (residuals[0] @ residuals[0]))


def _direct_causes(*, of_outcome=False):
    """Follows no path: whatever points at the treatment (or the outcome) and was measured."""

    def adjust(data, edges, treatment, outcome):
        after = nx.descendants(nx.DiGraph([tuple(edge) for edge in edges]), treatment)
        ends = {treatment, outcome} if of_outcome else {treatment}
        causes = {cause for cause, effect in edges if effect in ends and cause in data}
        names = sorted(causes - after - {treatment})
        return names, _slope(data, treatment, outcome, names)

    return adjust


def _with_role(change):
    """An answer whose set is a valid one, changed by what the graph says of roles."""

    def adjust(data, edges, treatment, outcome):
        graph = nx.DiGraph([tuple(edge) for edge in edges])
        names, _ = _smallest_separating_set(data, edges, treatment, outcome)
        changed = change(graph, names, treatment, outcome)
        return changed, _slope(data, treatment, outcome, changed)

    return adjust


def _add_mediators(graph, names, treatment, outcome):
    on_the_way = nx.descendants(graph, treatment) & nx.ancestors(graph, outcome)
    return [*names, *sorted(on_the_way)]


def _add_colliders(graph, names, treatment, outcome):
    return [*names, *sorted(nx.descendants(graph, outcome))]


def _nothing(data, edges, treatment, outcome):
    return [], _slope(data, treatment, outcome, [])


def _everything(data, edges, treatment, outcome):
    names = _others(data, treatment, outcome)
    return names, _slope(data, treatment, outcome, names)


def _all_before(data, edges, treatment, outcome):
    """Everything that is no consequence of the treatment, M-colliders included."""
    after = nx.descendants(nx.DiGraph([tuple(edge) for edge in edges]), treatment)
    names = [name for name in _others(data, treatment, outcome) if name not in after]
    return names, _slope(data, treatment, outcome, names)


def _all_that_cause_something(data, edges, treatment, outcome):
    """Everything before the treatment that has an arrow out, wherever that leads."""
    graph = nx.DiGraph([tuple(edge) for edge in edges])
    after = nx.descendants(graph, treatment) | {treatment}
    names = [name for name in data if name not in after and graph.out_degree(name) > 0]
    return names, _slope(data, treatment, outcome, names)


def _and_what_causes_nothing(data, edges, treatment, outcome):
    """A valid set, and all before the treatment that leads nowhere."""
    graph = nx.DiGraph([tuple(edge) for edge in edges])
    names, _ = _smallest_separating_set(data, edges, treatment, outcome)
    free = set(_others(data, treatment, outcome)) - nx.descendants(graph, treatment)
    names += sorted(name for name in free if graph.out_degree(name) == 0)
    return names, _slope(data, treatment, outcome, names)


def _valid_set_raw_slope(data, edges, treatment, outcome):
    names, _ = _smallest_separating_set(data, edges, treatment, outcome)
    return names, _slope(data, treatment, outcome, [])


def _hidden_too(data, edges, treatment, outcome):
    graph = nx.DiGraph([tuple(edge) for edge in edges])
    hidden = sorted(set(graph) - set(data.columns))
    names, effect = _smallest_separating_set(data, edges, treatment, outcome)
    return [*names, *hidden, "nobody"], effect


def _set_as(form):
    """The right answer, with the set in another form."""

    def adjust(*arguments):
        names, effect = _smallest_separating_set(*arguments)
        return form(names), effect

    return adjust


RIGHT = {
    "smallest d-separating set": _smallest_separating_set,
    "measured ancestors of both, by residuals": _measured_ancestors,
    "the set as an index": _set_as(lambda names: pd.Index(names, dtype=object)),
    "the set as a series": _set_as(lambda names: pd.Series(names, dtype=object)),
    "the set as a view": _set_as(lambda names: dict.fromkeys(names).keys()),
}

WRONG = {
    "nothing": (_nothing, "confounding stays"),
    "everything": (_everything, "mediator takes away"),
    "a mediator": (_with_role(_add_mediators), "mediator takes away"),
    "a collider": (_with_role(_add_colliders), "links its causes"),
    "all before the treatment": (_all_before, "M-bias"),
    "all that cause something": (_all_that_cause_something, "M-bias"),
    "a valid set and what causes nothing": (_and_what_causes_nothing, "follows from"),
    "a confounder forgotten": (
        _with_role(lambda graph, names, *_: names[1:]),
        "stays open",
    ),
    "direct causes of the treatment": (_direct_causes(), "further on"),
    "direct causes of both": (_direct_causes(of_outcome=True), "further on"),
    "a valid set, and the raw slope": (_valid_set_raw_slope, "raw slope"),
    "hidden nodes": (_hidden_too, "in the adjustment set is none of"),
    "the effect first": (
        lambda *a: _smallest_separating_set(*a)[::-1],
        "should be a list of names",
    ),
    "the set alone": (lambda *a: set(_smallest_separating_set(*a)[0]), "expected"),
}

HARMLESS = {
    "constant: …eed_when_unidentifiable=True) -> *": "Every graph has a valid set, so dowhy finds "
    "the effect identifiable and does not ask.",
}
