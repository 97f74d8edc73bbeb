"""Judge of the task `adjustment`: a valid adjustment set, and the effect it gives."""

from __future__ import annotations

from typing import Any

from labkit.checks.causal_uplift import studies
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import (
    as_names,
    as_number,
    as_parts,
)
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.causal_uplift.world.graphs import Study

TRAPS = {
    "adjusts for nothing": "This is the raw slope: what moves both has not been taken out.",
    "adjusts for everything": (
        "This is the slope with every column adjusted for, also what comes after the treatment."
    ),
}


EFFECT_TOLERANCE = 0.1
"""Over 48 studies of 4,000 rows no valid set was more than 0.06 off, and adjusting for nothing at
least 0.15 (studies where it is less are not used)."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """The named set blocks every back door, and the effect is the true one."""
    return each_case(
        instance,
        lambda case: _study(answer, case),
        "Every set is valid, and every effect is right.",
    )


def _study(answer: Any, case: Instance) -> Outcome:
    study = studies.study(case)
    edges = [list(edge) for edge in study.edges]
    raw = ask(answer, study.data, edges, study.treatment, study.outcome, seconds=TRAINING)
    first, second = as_parts(raw, ("adjustment set", "effect"))
    names = as_names(first, "adjustment set", list(study.data))
    effect = as_number(second, "effect")
    on = f"a graph of {len(study.roles) + 2} nodes, {len(study.data):,} rows"
    if sorted(names) not in case["valid_sets"]:
        why, idea = _why_invalid(names, study)
        return failed(
            f"The set {_listed(names)} does not identify the effect: {why}.",
            on=on,
            next_step="Draw the graph. List every path that enters the treatment by an arrow, and "
            "block each one, without touching what the treatment changes.",
            misconception=idea,
        )
    if abs(effect - case["effect"]) <= EFFECT_TOLERANCE:
        return passed("")
    return failed(
        f"The set {_listed(names)} is valid, but the effect {effect:.3f} is not what it gives; the "
        f"true total effect is {case['effect']:.3f}.",
        on=on,
        next_step="Regress the outcome on the treatment and exactly the columns of your set.",
        misconception=trap(effect, case["traps"], TRAPS, 0.02),
    )


def _why_invalid(names: set[str], study: Study) -> tuple[str, str]:
    """What is wrong with a set, and the misconception behind it."""
    if names & {study.treatment, study.outcome}:
        return "it holds the treatment or the outcome itself", ""
    harmful = {
        "mediator": (
            "lies on the way from the treatment to the outcome",
            "Adjusting for a mediator takes away a part of the effect.",
        ),
        "collider": (
            "is changed by treatment and outcome",
            "Adjusting for a collider links its causes, although nothing links them in truth.",
        ),
        "m_collider": (
            "is the common effect of two hidden causes",
            "Measured before the treatment does not mean harmless: this collider opens a path "
            "(M-bias).",
        ),
        studies.ECHO: (
            "follows from the common effect of two hidden causes",
            "What follows from a collider opens the same path as the collider itself (M-bias).",
        ),
    }
    role_of = {role: name for name, role in study.roles.items()}
    if "m_collider" not in role_of:
        del harmful[studies.ECHO]
    for role, (words, idea) in harmful.items():
        if role_of.get(role) in names:
            return f"'{role_of[role]}' {words}", idea
    for role in ("confounder", "second confounder", "proxy"):
        if role in role_of and role_of[role] not in names:
            return (
                f"the back door through '{role_of[role]}' stays open",
                "A common cause is left out: confounding stays in the estimate.",
            )
    for role in studies.DETOURS:
        if role in role_of and role_of[role] not in names:
            return (
                f"a back door further on, through '{role_of[role]}', stays open",
                "The neighbours of treatment and outcome are not enough. A path that enters the "
                "treatment from a node nobody measured, or through a collider, has to be followed "
                "to where it can be blocked.",
            )
    return "a path stays open", ""


def _listed(names: set[str]) -> str:
    return "{" + ", ".join(sorted(names)) + "}" if names else "{} (nothing)"


TASK = Task(
    "adjustment",
    10,
    judge,
    (
        "Every back door starts with an arrow into the treatment. Which columns close all of "
        "them, and lie on no way out of the treatment?",
        "Never adjust for what the treatment changes. A column measured before it can harm as "
        "well, if it is the common effect of two others.",
        "dowhy's CausalModel takes the graph; identify_effect() finds sets, and "
        "get_backdoor_variables() names one. Or try all small sets with networkx's "
        "is_d_separator on the graph without the arrows out of the treatment.",
        "Then regress the outcome on the treatment and the set; the coefficient is the effect.",
    ),
    title="What to adjust for",
    traps=TRAPS,
)
