"""`submit`, the last cell of every lab.

It runs wherever a notebook runs: at grading for every learner, and whenever all cells are run. So
this module imports next to nothing and hands in only when told `now`; the steps are in
`labkit.desk.handing_in`.
"""

from __future__ import annotations

from pathlib import Path

from IPython import get_ipython

from labkit.exercise.instances import is_graded_run


def submit(
    lab: str = "",
    *,
    now: bool = False,
    validate: bool = True,
    anyway: bool = False,
    learner: str = "",
    to: str | Path | None = None,
) -> None:
    """Hand in the notebook that this cell stands in; without `now`, only say how it stands.

    Running all cells of a notebook hands nothing in by accident. At grading, and while a notebook
    is run from the top to validate it, this does nothing at all.

    Args:
        lab: the lab's name, for example "08_rl_supply_chain".
        now: hand in now.
        validate: run the notebook from the top in a fresh kernel first.
        anyway: hand in also if the file seems not to be what you want to hand in.
        learner: your name as your instructor knows it, where the account's is another one.
        to: a folder for the zip instead of `handed_in/` in the workbook.
    """
    if get_ipython() is None or is_graded_run():
        return
    from labkit.desk.handing_in import Wishes, from_notebook

    wishes = Wishes(validate, anyway, learner, Path(to).expanduser() if to else None)
    from_notebook(lab, wishes, now)
