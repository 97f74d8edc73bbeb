"""Tickets of a help desk: what a customer writes, and the record that a clerk would make of it.

A ticket names a component and an urgency in one of several phrasings. Some phrasings are held out:
they never stand in a training set, so that a model which only knows words is found out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COMPONENTS = ("account", "billing", "email", "laptop", "network", "printer")
URGENCIES = ("low", "medium", "high")

SEEN = {
    "account": (
        "my password is not accepted",
        "I am locked out of my account",
        "the login page says wrong password",
        "my user name is unknown after the holidays",
    ),
    "billing": (
        "the invoice shows the wrong amount",
        "we were charged twice this month",
        "the invoice for May is missing",
        "the refund has not been paid",
    ),
    "email": (
        "my mails are not sent",
        "the inbox shows no new mails",
        "a mail with an attachment bounces",
        "spam fills my inbox",
    ),
    "laptop": (
        "my laptop does not start",
        "the laptop battery is empty after ten minutes",
        "the laptop screen flickers",
        "my laptop is hot and loud",
    ),
    "network": (
        "the wifi drops every hour",
        "the network is very slow",
        "there is no internet on our floor",
        "the VPN connection fails",
    ),
    "printer": (
        "the printer prints blank pages",
        "paper is jammed in the printer",
        "the printer is out of toner",
        "the printer is not found",
    ),
}
HELD_OUT = {
    "account": ("signing in is refused since Monday", "I forgot my secret word"),
    "billing": ("your statement asks for money we have already paid", "the price is not as agreed"),
    "email": ("nobody receives what I write to them", "Outlook has stopped delivering"),
    "laptop": ("the keyboard of my notebook is dead", "my notebook fell and the display is black"),
    "network": ("no website opens on any desk", "the cable in room 12 gives no connection"),
    "printer": ("copies come out with grey stripes", "documents stay in the queue on paper tray 2"),
}
HURRY_SEEN = {
    "low": ("There is no hurry.", "Whenever you find time.", "This can wait."),
    "medium": ("Please look at it this week.", "I need it by Friday.", "It slows us down."),
    "high": ("This is urgent.", "Nobody here can work.", "We need help at once."),
}
HURRY_HELD_OUT = {
    "low": ("Next month is fine.", "It is only a small thing."),
    "medium": ("Tomorrow would be good.", "We can manage for a day or two."),
    "high": ("Customers are standing at the desk.", "Everything has come to a halt."),
}
GREETINGS = ("Hello,", "Hi,", "Good morning,", " ".join(("Dear", "team,")), "")
THANKS = ("Thank you.", "Regards", "Best wishes", "")


@dataclass(frozen=True)
class Ticket:
    """What a customer wrote, and what is true of it.

    Attributes:
        text: as it was written.
        component: one of `COMPONENTS`.
        urgency: one of `URGENCIES`.
        customer: number of who wrote it; a customer greets and thanks in one way.
        held_out: whether its phrasings are kept out of every training set.
    """

    text: str
    component: str
    urgency: str
    customer: int
    held_out: bool


def draw_tickets(customers: int, each: int, seed: int, held_out: float) -> list[Ticket]:
    """Draw tickets, `each` of every customer.

    Args:
        customers: how many write.
        each: tickets of a customer.
        seed: of the draw.
        held_out: share of tickets in phrasings that are held out.
    """
    rng = np.random.default_rng(seed)
    tickets = []
    for customer in range(customers):
        greeting, thanks = str(rng.choice(GREETINGS)), str(rng.choice(THANKS))
        # A customer meets some components more often than others.
        taste = rng.dirichlet(np.full(len(COMPONENTS), 1.5))
        for _ in range(each):
            component = str(rng.choice(COMPONENTS, p=taste))
            urgency = str(rng.choice(URGENCIES))
            new = bool(rng.random() < held_out)
            what = str(rng.choice((HELD_OUT if new else SEEN)[component]))
            hurry = str(rng.choice((HURRY_HELD_OUT if new else HURRY_SEEN)[urgency]))
            said = what if greeting else what[0].upper() + what[1:]
            text = " ".join(part for part in (greeting, f"{said}.", hurry, thanks) if part)
            tickets.append(Ticket(text, component, urgency, customer, new))
    return tickets


def record(component: str, urgency: str) -> str:
    """Return the record of a ticket as a model should write it: compact JSON."""
    return f'{{"component":"{component}","urgency":"{urgency}"}}'
