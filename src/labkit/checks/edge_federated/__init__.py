"""Checks of module 12: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.edge_federated import (
    aggregate,
    compress,
    epsilon,
    federate,
    mask,
    private_round,
    send_up,
    unmask,
)
from labkit.checks.edge_federated.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=12,
    slug="edge_federated",
    edition=1,
    tasks=(
        aggregate.TASK,
        federate.TASK,
        compress.TASK,
        mask.TASK,
        unmask.TASK,
        epsilon.TASK,
        private_round.TASK,
        send_up.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
