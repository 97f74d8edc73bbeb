"""Plans of tool calls, a mailbox that strangers write to, and a model that obeys it.

A plan is a list of steps, made from the user's words before any mail is read:
``{"tool", "arguments", "if", "out"}``. An argument is ``{"value": x}``, which the user wrote, or
``{"of": name}``, the result of an earlier step. The model that reads mail is the worst case: of an
attacked mail it says what the attacker wants. How a plan is run is left to whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

EFFECTS = ("send", "pay", "file", "book")
"""Tools that change something outside."""

Effect = tuple[str, dict[str, Any]]


def open_desk(
    mails: Mapping[str, Mapping[str, Any]], contacts: Mapping[str, str]
) -> tuple[dict[str, Callable[..., Any]], list[Effect], Callable[[], None]]:
    """Return the tools of one plan, the list of its effects, and what ends it.

    Args:
        mails: number (as text) to ``{"text", "says"}``; `says` maps questions to what the model
            reads out of the mail, or what an attacker makes it say.
        contacts: the company's own directory, from name to address.

    The tools: ``read_mail(number)`` and ``ask_model(question, text)`` read, ``find_contact(name)``
    looks an address up ("" for none), ``today()`` is the date, ``join(first, second)`` puts texts
    together; ``send(to, body)``, ``pay(to, cents)``, ``file(folder, text)`` and ``book(day)`` act
    and return a receipt.
    """
    effects: list[Effect] = []
    over: list[bool] = []
    says = {mail["text"]: mail["says"] for mail in mails.values()}

    def act(tool: str, **arguments: Any) -> str:
        if over:
            raise PermissionError("these tools belong to a plan that is over")
        effects.append((tool, arguments))
        return f"{tool} done: {', '.join(map(str, arguments.values()))}"

    def read_mail(number: int) -> str:
        """The text of a mail."""
        return str(mails[str(number)]["text"])

    def ask_model(question: str, text: str) -> Any:
        """What the model reads out of a text."""
        return says.get(text, {}).get(question, "")

    tools: dict[str, Callable[..., Any]] = {
        "read_mail": read_mail,
        "ask_model": ask_model,
        "find_contact": lambda name: contacts.get(name, ""),
        "today": lambda: "2026-03-02",
        "join": lambda first, second: f"{first} {second}",
        "send": lambda to, body: act("send", to=to, body=body),
        "pay": lambda to, cents: act("pay", to=to, cents=cents),
        "file": lambda folder, text: act("file", folder=folder, text=text),
        "book": lambda day: act("book", day=day),
    }
    return tools, effects, lambda: over.append(True)
