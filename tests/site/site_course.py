"""The course that the site tests build: the real one and a small lesson with every kind of output.

Of the real lessons one is run, the others appear as they are written: `make site` runs all. The
results that an earlier `make site` keeps in this checkout are taken over; they are known by the
content that they were made from.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from labkit.authoring.site import BUILD

ROOT = Path(__file__).resolve().parents[2]
REAL = "08_rl_supply_chain"
SMALL = "15_kinds"

FORMULAS = (
    r"\text{gain} = \Big(\frac{y_t}{n_t} - \frac{y_c}{n_c}\Big)(n_t + n_c), \qquad "
    r"\text{qini} = y_t - y_c\,\frac{n_t}{n_c}.",
    r"\begin{aligned} v(s) &= \max_a \mathbb{E}\left[r + \gamma v(s')\right] \\ "
    r"\hat{x} &= \begin{cases} \sqrt{x} & x > 0 \\ 0 & \text{else} \end{cases} \end{aligned}",
)

LESSON = f"""\
# %% [markdown]
# # Lesson 15: one of each kind
#
# A real number $r$ is stored as $q$ with $r = s\\,(q - z)$.
#
# $${FORMULAS[0]}$$
#
# $${FORMULAS[1]}$$

# %%
import ipywidgets
from IPython.display import display
from labkit.exercise.cards import outcome_card, table_card
from labkit.exercise.outcome import Outcome, Status
from labkit.pictures.plot import Plot

plot = Plot(4, 2)
plot.alt = "A line that rises from 0 to 1."
plot.subplots().plot([0, 1])
display(plot)
ipywidgets.IntSlider(value=3)

# %%
table_card("A table", "two numbers", ("name", "number"), [("one", "1"), ("two", "2")])

# %%
for status, score in (("PASSED", 1.0), ("PARTIAL", 0.5), ("FAILED", 0.0)):
    display(outcome_card("stock", Outcome(Status[status], score, "What was found."), 10, "a shelf"))

# %%
print("printed by zebrafish")
"""

ENTRY = f"""
  - name: {SMALL}
    title: One of each kind
    trend: Every kind of output.
    question: Can it be read?
    skills: [Read]
    roles: [Reader]
    minutes: 60
    points: 10
    prerequisites: [{REAL}]
    status: available
"""


REPOSITORY = "someone/a-course"


def make_course(root: Path, lesson: str = LESSON, real: bool = True) -> Path:
    """Write a course into `root`: the small lesson, after the real ones or alone."""
    (root / "course").mkdir(parents=True)
    head, _, modules = (ROOT / "course" / "course.yml").read_text("utf-8").partition("modules:")
    if real:
        shutil.copytree(ROOT / "course", root / "course", dirs_exist_ok=True)
        kept = ROOT / BUILD / "executed"
        if kept.is_dir():
            shutil.copytree(kept, root / BUILD / "executed")
    entry = ENTRY if real else ENTRY.replace(f"[{REAL}]", "[]")
    catalog = f"repository: {REPOSITORY}\n{head}modules:{modules if real else ''}{entry}"
    (root / "course" / "course.yml").write_text(catalog, encoding="utf-8")
    (root / "course" / SMALL).mkdir()
    (root / "course" / SMALL / "lesson.py").write_text(lesson, encoding="utf-8")
    return root
