"""Tells the class's board on a hub how far its learner is, if the learner wants that.

The hub's settings name the board in a variable; elsewhere there is none. Every few seconds the
board is asked whether the learner shows the own progress, and only then gets what
`labkit.learner.shown` lets out. A board that does not answer stands in nobody's way.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from typing import Any
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPError
from tornado.ioloop import PeriodicCallback

from labkit.learner import progress as records
from labkit.learner.progress import ProgressError
from labkit.learner.shown import shown

ADDRESS = "LABKIT_BOARD_URL"
TOKEN = "JUPYTERHUB_API_TOKEN"
EVERY = 10_000
"""Milliseconds between two questions: thirty learners are three requests a second."""
SECONDS = 5.0
"""How long an answer may take."""


def board_path() -> str:
    """Return the path of the board's page below the hub's own address; empty if there is none."""
    return urlsplit(os.environ.get(ADDRESS, "")).path


def start_telling() -> None:
    """Begin to look every few seconds, where there is a board."""
    if os.environ.get(ADDRESS) and os.environ.get(TOKEN):
        PeriodicCallback(tell, EVERY, jitter=0.1).start()


async def tell() -> bool:
    """Tell the board what is new; return whether anything was sent."""
    try:
        known = await _ask("GET")
        if not known["shown"]:
            return False
        now = shown(await asyncio.to_thread(records.load))
        if now == known["tasks"]:
            return False
        await _ask("PUT", now)
    except (HTTPError, OSError, ProgressError, LookupError, TypeError, ValueError) as trouble:
        logging.getLogger(__name__).debug("The board was not told: %s", trouble)
        return False
    return True


async def _ask(method: str, body: Any = None) -> Any:
    answer = await AsyncHTTPClient().fetch(
        os.environ[ADDRESS] + "own",
        method=method,
        body=None if body is None else json.dumps(body),
        headers={"Authorization": f"token {os.environ[TOKEN]}"},
        request_timeout=SECONDS,
        follow_redirects=False,
    )
    return json.loads(answer.body)
