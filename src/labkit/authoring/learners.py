"""Made-up learners: what each of a cohort would hand in of a lab, always the same for a seed.

A learner has a skill, which decides how often an answer is right, and a diligence, which decides
how much is tried and whether it comes in time. Who is wrong makes one of the typical mistakes in
`tests/labs/`, some of which are frequent. Everybody writes in a hand of the own. A few work
together on some of the tasks, a few hand in a disguised copy with a number of somebody else's
instance, and a few attack the grader.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from labkit.authoring.answer_texts import Written
from labkit.authoring.hands import Hand, disguise
from labkit.code import cell, top_level_names

Role = Literal["alone", "together", "copy", "hostile"]
EACH = 50
"""One of each special role for so many learners, and at least one from `FEWEST` on."""
FEWEST = 8
HOSTILE = (
    "import os\nos._exit(0)",
    "import builtins\nbuiltins.print = None\nlab = type('L', (), {'check': lambda *a: 100.0})()",
    "raise SystemExit",
    "from IPython.display import HTML, display\ndisplay(HTML('<script>alert(1)</script>'))",
    "open('/etc/passwd').read()\nopen('../../gradebook.db', 'wb').write(b'')",
)


@dataclass(frozen=True)
class Made:
    """A made-up learner.

    Attributes:
        name: under which work is handed in.
        skill: how good, as standard deviations from the mean.
        diligence: how much is tried, from 0 to 1.
        role: what else there is to say.
        partner: with whom, or of whom.
    """

    name: str
    skill: float
    diligence: float
    role: Role = "alone"
    partner: str = ""


@dataclass(frozen=True)
class Answer:
    """What stands in a task's cell: its text, and the answer's name in the author's table."""

    source: str
    name: str = ""


Answers = dict[str, Answer]
"""By task; a task that was left as released is not in it."""


def learners(number: int, seed: int) -> list[Made]:
    """Make a cohort."""
    rng = random.Random(f"learners {seed}")
    names = [f"sample-{place:0{len(str(number))}}" for place in range(1, number + 1)]
    made = [Made(name, rng.gauss(0, 1), rng.betavariate(5, 1)) for name in names]
    each = max(1, number // EACH) if number >= FEWEST else 0
    places = rng.sample(range(number), 5 * each)
    for first, second, copying, copied, hostile in zip(*[iter(places)] * 5, strict=True):
        # Who copies hands in all that there is; who is copied from has something.
        for place in (first, copied):
            made[place] = Made(names[place], abs(made[place].skill), 0.95)
        made[second] = Made(names[second], made[second].skill, 0.9, "together", names[first])
        made[copying] = Made(names[copying], -1.0, 0.95, "copy", names[copied])
        made[hostile] = Made(names[hostile], made[hostile].skill, 0.9, "hostile")
    return made


def answers_of_cohort(
    cohort: Sequence[Made],
    lab: str,
    texts: Mapping[str, Sequence[Written]],
    seed: int,
    given: Iterable[str] = (),
    numbers: Mapping[str, Mapping[str, Sequence[float]]] | None = None,
) -> dict[str, Answers]:
    """Return what everybody hands in of a lab.

    Args:
        cohort: from `learners`.
        lab: its name.
        texts: right answers and typical mistakes by task, the reference first.
        seed: the cohort's.
        given: names that the notebook binds for everybody, which nobody takes for something else.
        numbers: by learner and task, numbers that stand in this learner's practice instance: who
            copies takes one of them along.
    """
    tasks = {task: _Task(task, found, given, f"{seed} {lab}") for task, found in texts.items()}
    alone = {one.name: _alone(one, tasks, f"{seed} {lab}") for one in cohort}
    found = dict(alone)
    for one in cohort:
        rng = random.Random(f"{seed} {lab} {one.name} role")
        if one.role == "together":
            shared = sorted(alone[one.partner])[:: rng.choice((1, 2))]
            found[one.name] = alone[one.name] | _copied(alone[one.partner], shared, tasks, rng)
        elif one.role == "copy":
            copied = _copied(alone[one.partner], sorted(alone[one.partner]), tasks, rng)
            found[one.name] = _with_number(copied, (numbers or {}).get(one.partner, {}), rng)
        elif one.role == "hostile" and alone[one.name]:
            task = rng.choice(sorted(alone[one.name]))
            attack = Answer(rng.choice(HOSTILE), "attack")
            found[one.name] = alone[one.name] | {task: attack}
    return found


class _Task:
    """A task of a lab: how hard it is, and how often each answer is met."""

    def __init__(
        self, name: str, texts: Sequence[Written], given: Iterable[str], seed: str
    ) -> None:
        rng = random.Random(f"task {seed} {name}")
        self.difficulty = rng.gauss(-0.5, 0.8)
        self.kept = top_level_names(cell(texts[0].source)) | set(given)
        self._texts = {
            right: [one for one in texts if one.right is right] for right in (True, False)
        }
        self._weights = {
            right: [rng.expovariate(1) for _ in found] for right, found in self._texts.items()
        }

    def draw(self, skill: float, rng: random.Random) -> Written:
        """Draw an answer for somebody of this skill."""
        right = rng.random() < 1 / (1 + math.exp(self.difficulty - 1.5 * skill))
        right = right or not self._texts[False]
        return rng.choices(self._texts[right], self._weights[right])[0]


def _alone(one: Made, tasks: Mapping[str, _Task], seed: str) -> Answers:
    rng = random.Random(f"{seed} {one.name}")
    hand = Hand(rng)
    found = {}
    for name, task in tasks.items():
        drawn = task.draw(one.skill, rng)
        if rng.random() > one.diligence:
            continue
        source = hand.write(drawn.source, task.kept)
        if rng.random() > one.diligence + 0.2:  # begun, and given up
            source = "\n".join(source.split("\n")[: rng.randrange(2, 6)])
            found[name] = Answer(source, "unfinished")
        else:
            found[name] = Answer(source, drawn.name)
    return found


def _copied(
    of: Answers, shared: Sequence[str], tasks: Mapping[str, _Task], rng: random.Random
) -> Answers:
    found = {}
    for task in shared:
        try:
            source = disguise(of[task].source, tasks[task].kept, rng)
        except SyntaxError:  # given up in the middle of a line: copied as it is
            source = of[task].source
        found[task] = Answer(source, of[task].name)
    return found


def _with_number(
    answers: Answers, numbers: Mapping[str, Sequence[float]], rng: random.Random
) -> Answers:
    """Leave a number of somebody else's instance in one of the answers, where it does no harm."""
    tasks = sorted(task for task in answers if numbers.get(task))
    if not tasks:
        return answers
    task = rng.choice(tasks)
    source = f"{answers[task].source}\n\nchecked_with = {rng.choice(list(numbers[task]))!r}"
    return answers | {task: Answer(source, answers[task].name)}
