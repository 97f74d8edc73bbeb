"""The lab's `client` as a Flower app: the function as it stands, and Flower's own averaging.

Flower copies this file to where its processes run, so what it needs comes by the environment:
``LABKIT_ROOT``, the course's folder; ``LABKIT_RESULT``, where the model is written.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from flwr.app import Array, ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from labkit.trends.edge_federated.world import clinics as world

ROOT = Path(os.environ["LABKIT_ROOT"])


@functools.cache
def drawn(number: int) -> world.Clinics:
    """The clinics of a run, the same in every process."""
    return world.draw_clinics(np.random.default_rng(12), clinics=number, new=10)


@functools.cache
def of_the_lab() -> Callable:
    """`client` as the lab's solution has it."""
    source = (ROOT / "labs/12_edge_federated/edge_federated.py").read_text(encoding="utf-8")
    cell = source.split('# %% solution="federate"')[1].split("# %%")[0]
    names: dict = {"np": np, "clinics": world}
    exec(compile(cell, "client", "exec"), names)
    return names["client"]


client_app = ClientApp()
server_app = ServerApp()


@client_app.train()
def train(message: Message, context: Context) -> Message:
    """One round in one clinic; what it remembers stays in its context."""
    place, number = (int(context.node_config[name]) for name in ("place", "clinics"))
    x, y = drawn(number).x[place], drawn(number).y[place]
    down = message.content["arrays"]
    model, extra = (down[name].numpy() for name in ("model", "extra"))
    kept = context.state.array_records.get("memory")
    memory = np.zeros_like(model) if kept is None else kept["memory"].numpy()
    model, extra, memory = of_the_lab()(model, extra, x, y, memory)
    context.state["memory"] = ArrayRecord({"memory": Array(memory)})
    up = {
        "arrays": ArrayRecord({"model": Array(model), "extra": Array(extra)}),
        "metrics": MetricRecord({"num-examples": len(y)}),
    }
    return Message(RecordDict(up), reply_to=message)


@server_app.main()
def main(grid: Grid, context: Context) -> None:
    """Run the rounds with Flower's FedAvg and write the model."""
    number = int(context.run_config["clinics"])
    start = drawn(number).start()
    strategy = FedAvg(fraction_evaluate=0.0, min_train_nodes=number, min_available_nodes=number)
    result = strategy.start(
        grid,
        initial_arrays=ArrayRecord({name: Array(start) for name in ("model", "extra")}),
        num_rounds=int(context.run_config["rounds"]),
    )
    np.save(os.environ["LABKIT_RESULT"], result.arrays["model"].numpy())
