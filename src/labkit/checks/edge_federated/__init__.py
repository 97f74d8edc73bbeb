"""Checks of module 12: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.edge_federated.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=12,
    slug="edge_federated",
    edition=1,
    tasks=TaskFiles(
        __name__,
        "aggregate",
        "federate",
        "compress",
        "mask",
        "unmask",
        "epsilon",
        "private_round",
        "send_up",
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
