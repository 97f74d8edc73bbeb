"""Rounds of learning without sharing: the server sends the model, clinics send messages back.

A method is a pair of functions, and all that passes between them passes here, so it can be counted:

    client(down, x, y, state) -> (message, state)
    server(down, messages, sizes, state) -> (down, state)

`down` is what the server sends to all: a dictionary with the ``"model"`` and whatever else a method
needs; in the first round it holds the model alone. `state` is None in the first round and what the
function returned of it afterwards; a clinic's never leaves the clinic.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.trends.edge_federated.metrics import bytes_sent
from labkit.trends.edge_federated.world.clinics import Clinics

Floats = NDArray[np.float64]
Client = Callable[..., tuple[Any, Any]]
Server = Callable[..., tuple[Any, Any]]
Part = Callable[..., tuple[Any, Any, Any]]


def rounds(
    clinics: Clinics, client: Client, server: Server, number: int
) -> Iterator[tuple[Floats, int]]:
    """Yield the model after every round, and the bytes that all clinics sent in it.

    Args:
        clinics: all of them take part in every round.
        client: runs in each clinic, with its own patients.
        server: gets the messages in the order of the clinics, and how many patients each has.
        number: of rounds.
    """
    down: dict[str, Any] = {"model": clinics.start()}
    states, at_server = [None] * len(clinics.x), None
    for _ in range(number):
        messages = []
        for place, (x, y) in enumerate(zip(clinics.x, clinics.y, strict=True)):
            message, states[place] = client(copy.deepcopy(down), x, y, states[place])
            messages.append(message)
        down, at_server = server(down, messages, clinics.sizes, at_server)
        yield down["model"], bytes_sent(messages)


def averaged(part: Part) -> tuple[Client, Server]:
    """Make a method of what a clinic does; the server averages all that it gets.

    Args:
        part: ``part(model, extra, x, y, memory) -> (model, extra, memory)``, arrays of the model's
            shape. The server weighs models and extras by patients and sends both means to all;
            the memory stays in its clinic. At first all three are zero.
    """

    def client(down: Any, x: Floats, y: Any, state: Any) -> tuple[Any, Any]:
        model = down["model"]
        nothing = np.zeros_like(model)
        memory = nothing.copy() if state is None else state
        model, extra, memory = part(model, down.get("extra", nothing), x, y, memory)
        return {"model": model, "extra": extra}, memory

    def server(
        down: Any, messages: Sequence[Any], sizes: Sequence[int], state: Any
    ) -> tuple[Any, None]:
        means = {
            name: np.average([message[name] for message in messages], axis=0, weights=sizes)
            for name in ("model", "extra")
        }
        return means, None

    return client, server
