"""The office's agent in `pydantic-ai`: reads a request, and waits with every effect for a person.

The library runs the agent and holds calls that need approval back (its documentation calls them
deferred tools). In the model's place stands a function: the recorded reader of the office. A person
is a function too: it sees the request and the call that waits, and says yes or no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from labkit.trends.intelligent_agents.world.office import Office, open_office, reader
from labkit.trends.intelligent_agents.world.today import Day

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
    from pydantic_ai.models.function import AgentInfo

Reader = Callable[[str], dict[str, Any]]
Person = Callable[[Mapping[str, Any], str, Mapping[str, Any]], bool]
"""From the request, the tool and its arguments to yes or no."""


def work_through(day: Day, person: Person, right: float, seed: int = 0) -> tuple[Office, int]:
    """Let the library's agent handle all requests of a day.

    Args:
        day: requests and orders.
        person: is asked about every effect before it happens.
        right: chance of each reading of the recorded model to be right.
        seed: fixes what the model reads.

    Returns:
        The office, whose ledger holds what was done, and the number of questions. What a person
        refuses is escalated.
    """
    office = Office({number: dict(order) for number, order in day.orders.items()})
    questions = 0
    # The library's plain call cannot run beside a notebook's own loop, so it runs in a thread.
    with ThreadPoolExecutor(1) as thread:
        for request, true in zip(day.requests, day.truths, strict=True):
            read = reader(seed, request, true, right)
            questions += thread.submit(_handle, office, request, read, person).result()
    return office, questions


def _handle(office: Office, request: Mapping[str, Any], read: Reader, person: Person) -> int:
    """One request: the agent runs to its first effect, a person decides, it runs on."""
    from pydantic_ai import Agent, DeferredToolRequests, DeferredToolResults
    from pydantic_ai.models.function import FunctionModel

    tools, end = open_office(office)
    agent = Agent(FunctionModel(_recorded(request, read)), output_type=[str, DeferredToolRequests])
    agent.tool_plain(tools["find_order"])
    for name in ("refund", "cancel", "send_invoice"):
        agent.tool_plain(requires_approval=True)(tools[name])
    run = agent.run_sync(request["text"])
    questions = 0
    while isinstance(run.output, DeferredToolRequests):
        answers = {
            call.tool_call_id: person(request, call.tool_name, call.args_as_dict())
            for call in run.output.approvals
        }
        questions += len(answers)
        if not all(answers.values()):
            tools["escalate"](request["id"])
        run = agent.run_sync(
            message_history=run.all_messages(),
            deferred_tool_results=DeferredToolResults(approvals=dict(answers)),
        )
    end()
    return questions


def _recorded(
    request: Mapping[str, Any], read: Reader
) -> Callable[[list[ModelMessage], AgentInfo], ModelResponse]:
    """A model for the library that says what a reader reads: look the order up, then act."""
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart

    said: dict[str, Any] = {}

    def model(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        back = [part for m in messages for part in m.parts if part.part_kind == "tool-return"]
        if not back:
            said.update(read(request["text"]))
            return ModelResponse(parts=[ToolCallPart("find_order", {"number": said["order"]})])
        if len(back) == 1:
            return ModelResponse(parts=[_effect(request, said)])
        return ModelResponse(parts=[TextPart("It is done.")])

    return model


def _effect(request: Mapping[str, Any], said: Mapping[str, Any]) -> ToolCallPart:
    """The call that the reader's words lead to: the sum is the one that the mail claims."""
    from pydantic_ai.messages import ToolCallPart

    given = {"number": said["order"], "request_id": request["id"]}
    if said["intent"] == "refund":
        return ToolCallPart("refund", {**given, "cents": said["cents"]})
    if said["intent"] == "cancel":
        return ToolCallPart("cancel", given)
    return ToolCallPart("send_invoice", {**given, "to": request["sender"]})
