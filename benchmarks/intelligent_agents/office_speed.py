"""What the office's tools cost beside the same calls through an agent library, in one run.

    python benchmarks/intelligent_agents/office_speed.py

A lab's judge makes some thousand calls of tools. Through `pydantic-ai`, with a recorded model, each
would go through validation, messages and an event loop. CPU time on one core of a busy machine:
0.001 ms an effect against 3.7 ms, some thousand times as much.
"""

from __future__ import annotations

import time

from pydantic_ai import Agent
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import FunctionModel

from labkit.trends.intelligent_agents.world.office import Office, open_office

CALLS = 200
ORDER = {"number": 7, "owner": "a@b", "cents": 500, "status": "shipped"}


def by_the_world() -> int:
    """Calls straight into the office; how many effects its ledger holds."""
    house = Office({7: dict(ORDER)})
    for number in range(CALLS):
        tools, end = open_office(house)
        tools["send_invoice"](tools["find_order"](7)["number"], "a@b", number)
        end()
    return len(house.ledger)


def by_the_library() -> int:
    """The same effects, each as a run of an agent."""
    house = Office({7: dict(ORDER)})
    tools, _ = open_office(house)

    def model(messages, info):
        said = [part for m in messages for part in m.parts if part.part_kind == "tool-return"]
        call = ToolCallPart("send_invoice", {"number": 7, "to": "a@b", "request_id": 1})
        return ModelResponse(parts=[TextPart("done") if said else call])

    agent = Agent(FunctionModel(model))
    agent.tool_plain(tools["send_invoice"])
    for _ in range(CALLS):
        agent.run_sync("send it")
    return len(house.ledger)


def main() -> None:
    """Print seconds and their ratio."""
    seconds = []
    for way in (by_the_world, by_the_library):
        way()  # warm
        start = time.process_time()
        assert way() == CALLS
        seconds.append(time.process_time() - start)
        print(f"{way.__name__:16} {1000 * seconds[-1] / CALLS:.4f} ms an effect")
    print(f"the library takes {seconds[1] / seconds[0]:.0f} times as long")


if __name__ == "__main__":
    main()
