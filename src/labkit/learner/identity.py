"""Who is learning: one short name, the same in the notebook, on a hub and at grading."""

from __future__ import annotations

import getpass
import os


def learner_id() -> str:
    """Name the learner.

    The first of these that is set: `LABKIT_LEARNER` (the grading run sets it to nbgrader's student
    id), `JUPYTERHUB_USER` (a hub sets it), the account's name on this computer.
    """
    for variable in ("LABKIT_LEARNER", "JUPYTERHUB_USER"):
        name = os.environ.get(variable, "").strip()
        if name:
            return name
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may run under a user without a name
        return "learner"
