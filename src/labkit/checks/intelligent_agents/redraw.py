"""The scored mails of task `triage`, drawn again from an instance's seed."""

from __future__ import annotations

import numpy as np

from labkit.exercise.task import Instance
from labkit.trends.intelligent_agents.world.mail import Scored, draw_scored

KNOWN, NEW = 1_500, 2_000


def mails(case: Instance) -> tuple[Scored, Scored]:
    """The mails whose priority is known, and the new ones."""
    rng = np.random.default_rng(case["seed"])
    known, new = (
        draw_scored(rng, n, case["clear"], case["sharp"], case["shift"]) for n in (KNOWN, NEW)
    )
    return known, new
