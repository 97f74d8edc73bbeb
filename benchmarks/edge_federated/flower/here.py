"""All in one process: Flower's FedAvg over a grid that hands messages to the clinics' app.

    LABKIT_ROOT=… LABKIT_RESULT=… python here.py CLINICS ROUNDS [--ours]

Called by ``run.py``, which reads the lines: CPU-seconds of both, the most memory, and how far the
models lie apart.
With ``--ours`` Flower's rounds were run elsewhere.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterable

import numpy as np
from app import client_app, drawn, of_the_lab, server_app
from flwr.app import Context, Message, RecordDict
from flwr.serverapp import Grid
from flwr.supercore.task_identity import TaskIdentity

from labkit.trends.edge_federated.world.federation import averaged, rounds


class InProcess(Grid):
    """A grid without a network: a message is answered where it is sent."""

    def __init__(self, number: int) -> None:
        self.contexts = {
            place + 1: Context(1, place + 1, {"place": place, "clinics": number}, RecordDict(), {})
            for place in range(number)
        }

    def set_run(self, run) -> None:
        """There is one run."""

    @property
    def run(self):
        raise NotImplementedError("there is one run")

    def create_message(self, content, message_type, dst_node_id, group_id, ttl=None) -> Message:
        return Message(content, dst_node_id, message_type, ttl=ttl, group_id=group_id)

    def get_node_ids(self) -> Iterable[int]:
        return list(self.contexts)

    def push_messages(self, messages):
        raise NotImplementedError("send_and_receive answers at once")

    def pull_messages(self, message_ids):
        raise NotImplementedError("send_and_receive answers at once")

    def send_and_receive(self, messages, *, timeout=None) -> Iterable[Message]:
        return [client_app(one, self.contexts[one.metadata.dst_node_id]) for one in messages]


def ours(number: int, wanted: int) -> np.ndarray:
    """The model of our own rounds."""
    *_, (model, _) = rounds(drawn(number), *averaged(of_the_lab()), wanted)
    return model


def main() -> None:
    """Run Flower's rounds, unless they were run, then ours; hold the models side by side."""
    number, wanted = map(int, sys.argv[1:3])
    if "--ours" not in sys.argv:
        # Flower's processes say who they are; a message is signed with it.
        TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = 1, 1, 1
        context = Context(1, 0, {}, RecordDict(), {"clinics": number, "rounds": wanted})
        start = time.process_time()
        server_app(InProcess(number), context)
        print(f"flower {time.process_time() - start:.3f}")
    start = time.process_time()
    model = ours(number, wanted)
    print(f"ours {time.process_time() - start:.3f}")
    print(f"megabytes {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f}")
    print(f"off {np.abs(np.load(os.environ['LABKIT_RESULT']) - model).max():.3g}")


if __name__ == "__main__":
    main()
