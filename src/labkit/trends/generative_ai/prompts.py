"""Twelve ways to ask a chat model for the record of a ticket, and how its answer is scored.

A prompt is a list of chat messages that ends with the ticket, so all tickets share its beginning,
which a server computes once. A prompt with a schema is decoded under a grammar: every answer is
then a valid record, right or wrong.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from labkit.trends.generative_ai.model import Model
from labkit.trends.generative_ai.world.tickets import (
    COMPONENTS,
    URGENCIES,
    Ticket,
    draw_tickets,
    record,
)

Message = dict[str, str]

BARE = "Turn the ticket into a JSON record with the keys component and urgency."
LISTS = (
    f"{BARE} component is one of {', '.join(COMPONENTS)}. urgency is one of "
    f"{', '.join(URGENCIES)}. Answer with the JSON record alone."
)
RULES = (
    f"{LISTS} account: passwords and logins. billing: invoices and payments. email: mails. "
    "laptop: the computer itself. network: wifi and internet. printer: printing and paper. "
    "high: nobody can work. medium: this week. low: it can wait."
)
ASKED = "Ticket: {text}\nRecord:"
GRAMMAR = (
    'root ::= "{\\"component\\":\\"" component "\\",\\"urgency\\":\\"" urgency "\\"}"\n'
    f"component ::= {' | '.join(json.dumps(word) for word in COMPONENTS)}\n"
    f"urgency ::= {' | '.join(json.dumps(word) for word in URGENCIES)}\n"
)
"""Of a record, in the notation of llama.cpp (GBNF)."""


FREE, BOUND = 20, 40
"""Tokens that an answer may have: without a grammar, and under it, where it may spell a word."""


@dataclass(frozen=True)
class Prompt:
    """One way to ask.

    Attributes:
        name: as tables and plots call it.
        rules: what the model is told first.
        shots: how many solved tickets it is shown.
        schema: whether only valid records can come out.
        seed: of the solved tickets.
    """

    name: str
    rules: str
    shots: int
    schema: bool
    seed: int = 7


PROMPTS = (
    Prompt("bare", BARE, 0, False),
    Prompt("lists", LISTS, 0, False),
    Prompt("rules", RULES, 0, False),
    Prompt("bare, schema", BARE, 0, True),
    Prompt("lists, schema", LISTS, 0, True),
    Prompt("rules, schema", RULES, 0, True),
    Prompt("6 shots", LISTS, 6, False),
    Prompt("6 shots, schema", LISTS, 6, True),
    Prompt("6 other shots, schema", LISTS, 6, True, 8),
    Prompt("12 shots, schema", LISTS, 12, True),
    Prompt("12 shots, rules, schema", RULES, 12, True),
    Prompt("18 shots, schema", LISTS, 18, True),
)


def shots(count: int, seed: int) -> list[Ticket]:
    """Solved tickets in seen phrasings: as many of each component, urgencies in turn."""
    pool = draw_tickets(80, 4, seed, held_out=0.0)
    chosen = []
    for place in range(count):
        component = COMPONENTS[place % len(COMPONENTS)]
        urgency = URGENCIES[(place + place // len(COMPONENTS)) % len(URGENCIES)]
        fits = [t for t in pool if (t.component, t.urgency) == (component, urgency)]
        chosen.append(fits[place // len(COMPONENTS) % len(fits)])
    return chosen


def ask(model: Model, prompt: Prompt, text: str) -> str:
    """Return what the model answers, the likeliest token each time."""
    grammar, most = (GRAMMAR, BOUND) if prompt.schema else ("", FREE)
    return str(model.chat(messages(prompt, text), tokens=most, grammar=grammar)["text"])


def messages(prompt: Prompt, text: str) -> list[Message]:
    """The chat that asks for the record of a ticket."""
    chat = [{"role": "system", "content": prompt.rules}]
    for ticket in shots(prompt.shots, prompt.seed):
        chat.append({"role": "user", "content": ASKED.format(text=ticket.text)})
        chat.append({"role": "assistant", "content": record(ticket.component, ticket.urgency)})
    return [*chat, {"role": "user", "content": ASKED.format(text=text)}]


def read_record(answer: str) -> dict[str, str] | None:
    """Read an answer as strictly as a program would: a JSON record with both keys, or None."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    if not isinstance(said, dict) or set(said) != {"component", "urgency"}:
        return None
    valid = said["component"] in COMPONENTS and said["urgency"] in URGENCIES
    return said if valid else None


def score(answers: Sequence[str], tickets: Sequence[Ticket]) -> list[tuple[bool, bool, bool]]:
    """For each answer: is it a valid record, is the component right, is the record right."""
    found = []
    for answer, ticket in zip(answers, tickets, strict=True):
        said = read_record(answer) or {}
        component = said.get("component") == ticket.component
        found.append((bool(said), component, component and said.get("urgency") == ticket.urgency))
    return found
