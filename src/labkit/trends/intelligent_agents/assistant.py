"""The office's agent in `pydantic-ai`: reads a request, and waits with every effect for a person.

The library runs the agent and holds calls that need approval back (its documentation calls them
deferred tools). In the model's place stands a function that takes its reading of a request from the
office's recorded reader, or from a small language model. A person is a function too: it sees the
request and the call that waits, and says yes or no.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from labkit.trends.intelligent_agents.world.office import Office, open_office, reader
from labkit.trends.intelligent_agents.world.today import Day

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse, ToolCallPart
    from pydantic_ai.models.function import AgentInfo

Reader = Callable[[str], dict[str, Any]]
Readers = Callable[[Mapping[str, Any], Mapping[str, Any]], Reader]
"""From a request and what it truly means to who reads it."""
Person = Callable[[Mapping[str, Any], str, Mapping[str, Any]], bool]
"""From the request, the tool and its arguments to yes or no."""

GRAMMAR = r"""root ::= "{\"intent\":\"" intent "\",\"order\":" [1-9] [0-9] [0-9] [0-9] "}"
intent ::= "refund" | "cancel" | "invoice"
"""
"""What a language model may write, in llama.cpp's notation: a reading that a program can use."""

TASK = "Read a customer's mail. Say whether it wants a refund, cancel or invoice, and its order."
SOLVED = (
    ("The parcel with order 4710 went back to you. Please pay me the 25.90 €.", "refund", 4710),
    ("Please stop order 5230, I do not need it any more.", "cancel", 5230),
    ("I have lost the invoice of order 3380, could I have a copy?", "invoice", 3380),
    ("I returned 6140, it was too small. My 61.05 € are still missing.", "refund", 6140),
)
"""Mails that a language model is shown with their readings."""


def recorded(right: float, seed: int = 0) -> Readers:
    """Return the office's recorded readers.

    Args:
        right: chance of each reading to be right.
        seed: fixes what they read.
    """
    return lambda request, true: reader(seed, request, true, right)


def written(chat: Callable[..., Mapping[str, Any]]) -> Readers:
    """Return readers that ask a language model for intent and order.

    Args:
        chat: is called with messages of role and content, `tokens` and `grammar`, and returns
            ``{"text"}``. The claimed sum needs no model: it is the number before the "€".
            A mail is read once: at temperature 0 the words would be the same again.
    """

    @functools.cache
    def read(text: str) -> dict[str, Any]:
        messages = [{"role": "system", "content": TASK}]
        for mail, intent, order in SOLVED:
            answer = json.dumps({"intent": intent, "order": order}, separators=(",", ":"))
            messages += [
                {"role": "user", "content": mail},
                {"role": "assistant", "content": answer},
            ]
        messages.append({"role": "user", "content": text})
        said = json.loads(chat(messages, tokens=30, grammar=GRAMMAR)["text"])
        claim = re.search(r"(\d+)\.(\d\d) €", text)
        return {**said, "cents": int("".join(claim.groups())) if claim else 0}

    return lambda request, true: read


def work_through(day: Day, person: Person, readers: Readers) -> tuple[Office, int]:
    """Let the library's agent handle all requests of a day.

    Args:
        day: requests and orders.
        person: is asked about every effect before it happens.
        readers: who reads each request.

    Returns:
        The office, whose ledger holds what was done, and the number of questions. What a person
        refuses is escalated.
    """
    office = Office({number: dict(order) for number, order in day.orders.items()})
    questions = 0
    # The library's plain call cannot run beside a notebook's own loop, so it runs in a thread.
    with ThreadPoolExecutor(1) as thread:
        for request, true in zip(day.requests, day.truths, strict=True):
            read = readers(request, true)
            questions += thread.submit(_handle, office, request, read, person).result()
    return office, questions


def _handle(office: Office, request: Mapping[str, Any], read: Reader, person: Person) -> int:
    """One request: the agent runs to its first effect, a person decides, it runs on."""
    from pydantic_ai import Agent, DeferredToolRequests, DeferredToolResults
    from pydantic_ai.models.function import FunctionModel

    tools, end = open_office(office)
    agent = Agent(FunctionModel(_model(request, read)), output_type=[str, DeferredToolRequests])
    agent.tool_plain(tools["find_order"])
    for name in ("refund", "cancel", "send_invoice"):
        agent.tool_plain(requires_approval=True)(tools[name])
    questions = 0
    try:
        run = agent.run_sync(request["text"])
    except LookupError:  # the model read a number that no order has
        tools["escalate"](request["id"])
        return questions
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


def _model(
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
