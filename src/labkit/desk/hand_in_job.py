"""Handing in by a button: `labkit/handin` of the server runs it and tells how far it is.

The steps are those of `labkit.desk.handing_in`; the page saves the notebook before it asks.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tornado import web

from labkit.desk.server import Handler


@dataclass
class HandIn:
    """One handing in: what was said so far, how far the run from the top is, and how it ended.

    Attributes:
        said: texts of the cards, in order.
        done, cells: cells that have run from the top, and all cells; 0 before it begins.
        running: whether it has not ended.
        needs: "name" or "anyway" where the learner has to say something before it works.
        file: the zip's path, relative to the served folder; empty where there is none.
        packed: whether there is a zip to send.
    """

    said: list[str] = field(default_factory=list)
    done: int = 0
    cells: int = 0
    running: bool = True
    needs: str = ""
    file: str = ""
    packed: bool = False


class HandInHandler(Handler):
    """`POST labkit/handin {"path", "learner", "anyway"}` begins, `GET labkit/handin` tells."""

    def initialize(self, latest: list[HandIn]) -> None:
        """Take the list that holds the latest handing in."""
        self.latest = latest

    @web.authenticated
    async def get(self) -> None:
        """Answer how far the latest handing in is."""
        self.finish(json.dumps(asdict(self.latest[0]) if self.latest else None))

    @web.authenticated
    async def post(self) -> None:
        """Begin, if nothing is being handed in."""
        asked: dict[str, Any] = self.get_json_body() or {}
        path = (self.root() / str(asked.get("path", "")).lstrip("/")).resolve()
        if not path.is_relative_to(self.root()) or path.suffix != ".ipynb":
            self.refuse(400, "There is no such notebook here.")
        elif self.latest and self.latest[0].running:
            self.refuse(409, "Another notebook is being handed in. Wait for its end.")
        else:
            self.latest[:] = [HandIn()]
            run = asyncio.to_thread(hand_in, self.latest[0], path, self.root(), asked)
            self.settings["labkit_handing_in"] = asyncio.create_task(run)
            self.finish(json.dumps({"message": "Begun."}))


def hand_in(job: HandIn, path: Path, root: Path, asked: dict[str, Any]) -> None:
    """Hand a notebook in; whatever happens is said in the job."""
    # Not before it is asked for: nbgrader and the lab's checks take a second to import.
    from labkit.desk import handing_in
    from labkit.desk.notebooks import SubmitError, faults, read_work

    def tell(done: int, cells: int) -> None:
        job.done, job.cells = done, cells

    learner, anyway = str(asked.get("learner", "")), bool(asked.get("anyway"))
    wishes = handing_in.Wishes(anyway=anyway, learner=learner, tell=tell)
    try:
        work = read_work(path)
        receipt = handing_in.hand_in(
            work, faults(work), wishes, lambda card: job.said.append(card.text)
        )
        zips = sorted((work.root / handing_in.HANDED_IN / work.lab).glob(f"*{receipt['id']}.zip"))
        job.packed = bool(zips)
        if zips and zips[-1].resolve().is_relative_to(root):
            job.file = zips[-1].resolve().relative_to(root).as_posix()
    except handing_in.NameNeeded as problem:
        job.needs = "name"
        job.said.append(str(problem))
    except handing_in.LookedOdd as problem:
        job.needs = "anyway"
        job.said.append(str(problem))
    except SubmitError as problem:
        job.said.append(str(problem))
    except Exception as problem:  # a thread has nobody else to tell
        job.said.append(f"Nothing was handed in ({type(problem).__name__}: {problem}).")
    finally:
        job.running = False
