"""A mailbox in words: each priority has ways to say it, and new mails say it in other ways.

The sentences are the course's own. What a mail says is made of a sentence and a filling, so many
labelled mails may still know few ways to say a thing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PHRASINGS = (
    (  # now
        "The {thing} is on fire, everybody is leaving the hall",
        "Customers cannot log in, the whole site is down since {number} minutes",
        "We are losing data on the {thing} while I write this",
        "Somebody has stolen the keys to the {thing}",
        "A worker was hurt at the {thing}, the ambulance is on its way",
        "Water is running into the room with the {thing}",
        "An intruder is in our network and copies files of the {thing}",
        "The payment run of {number} started with wrong amounts, stop it",
        "All phones are dead and the {thing} does not answer",
        "Gas smell near the {thing}, what shall we do",
        "The truck with the {thing} had an accident on the motorway",
        "Hackers have encrypted the {thing} and ask for ransom",
        "The freezer with the {thing} has failed, everything is thawing",
        "The bank says our account {number} is being emptied at this moment",
        "A child is locked in the lift beside the {thing}",
        "The alarm at the {thing} will not stop and the guard is missing",
    ),
    (  # today
        "Could you sign the offer for the {thing} before we close",
        "The supplier wants a confirmation of order {number} by this evening",
        "Please check the invoice {number}, it goes out this afternoon",
        "The client visits at four and needs the figures of the {thing}",
        "I have to answer the tax office about {number} before five",
        "The courier picks the {thing} up at noon, is it packed",
        "Your approval of the holiday list is missing, payroll closes tonight",
        "The meeting about the {thing} was moved to three this afternoon",
        "Can you send the draft on the {thing} to the lawyer within hours",
        "The candidate waits for a call back this afternoon",
        "Please release batch {number}, the shift ends at six",
        "The press asks for a statement on the {thing} by this evening",
        "The discount for the {thing} expires at midnight, shall we take it",
        "Please correct the price of the {thing}, the catalogue prints tonight",
        "The auditor leaves at two and lacks paper {number}",
        "We must book the hotel for {number} guests before the office closes",
    ),
    (  # this week
        "Here are the minutes of our talk about the {thing}",
        "When you find time, have a look at my thoughts on the {thing}",
        "The newsletter on the {thing} is attached for your information",
        "The canteen will have a new menu from month {number} on",
        "Some ideas for the summer party with the {thing}",
        "A survey on the {thing} is open, it takes {number} minutes",
        "Thank you for the nice evening and the talk on the {thing}",
        "I have updated the wiki page about the {thing}",
        "Next quarter we might think about a new {thing}",
        "The training on the {thing} has free places",
        "Attached are photographs of the {thing} from the fair",
        "My colleague takes over the {thing} while I am on leave next month",
        "The magazine wrote an article about the {thing}",
        "We collect wishes for the design of the {thing}",
        "For the archive: the old handbook of the {thing}",
        "Reading tip on the history of the {thing}, {number} pages",
    ),
)
THINGS = ("server", "warehouse", "printer", "contract", "crane", "scanner", "shop", "boiler", "van")


def draw_mails(
    rng: np.random.Generator, n: int, ways: NDArray[np.int64]
) -> tuple[list[str], NDArray[np.int64]]:
    """Draw mails that use some ways to say things only.

    Args:
        rng: where chance comes from.
        n: number of mails.
        ways: places in each priority's list of phrasings, 0 to 15.

    Returns:
        Texts and priorities, 0 to 2.
    """
    labels = rng.integers(0, 3, n)
    texts = [
        PHRASINGS[label][rng.choice(ways)].format(
            thing=rng.choice(THINGS), number=rng.integers(2, 90)
        )
        for label in labels
    ]
    return texts, labels
