"""Judge of the task `accepted`: exactly the records that hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_list
from labkit.exercise.task import Instance, Task, each_case

QUICK = 5.0
"""CPU-seconds of a call; the reference needs a hundredth."""

TRAPS = {
    "issuer": "Whoever signs a record is believed, whether trusted or not.",
    "key": "The key is taken from the record itself. Anybody can put a key there: it has to be "
    "the issuer's.",
    "purpose": "A proof that was made for another purpose is no assertion.",
    "times": "Nobody looked at validFrom and validUntil.",
    "holder": "Nobody looked whose record it is.",
    "signature": "Nobody verified the signature.",
    "zones": "Times are compared as texts. Each is written in a zone of its own.",
    "escaped": "Sorted json.dumps is not RFC 8785: 1.0 is written 1, é stays é, and names are "
    "sorted by UTF-16.",
    "sorted": "Sorted json.dumps is not RFC 8785, not even unescaped: 1.0 is written 1, and names "
    "are sorted by UTF-16.",
}

WRONG_WITH = {
    "altered": "its points were raised after it was signed",
    "added": "evidence was added after it was signed",
    "redated": "the proof's date was changed after it was signed",
    "moved proof": "its proof is that of another record",
    "strange key": "it names a trusted issuer and is signed with a stranger's key",
    "unknown issuer": "nobody trusts its issuer",
    "colleague's key": "it is signed with the key of another trusted issuer",
    "expired": "it holds no longer",
    "early": "it does not hold yet",
    "another holder": "it was given to somebody else",
    "purpose": "its proof was made for another purpose",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare sets of records; the first one that is judged wrongly is named."""
    return each_case(
        instance, lambda case: _pile(answer, case), "Every record that holds, and no other."
    )


def _pile(answer: Any, case: Instance) -> Outcome:
    records, kinds = case["records"], case["kinds"]
    raw = call(answer, records, case["trusted"], case["holder"], case["now"], seconds=QUICK)
    found = _places(raw, len(records))
    right = {place for place, kind in enumerate(kinds) if not kind}
    if found == right:
        return passed("")
    place = min(found ^ right)
    words = (
        f"Record {place} is accepted; {WRONG_WITH[kinds[place]]}."
        if place in found
        else f"Record {place} is refused; nothing is wrong with it."
    )
    fits = [key for key, led_to in case["traps"].items() if found == set(led_to)]
    return failed(
        f"{words} {len(found ^ right)} of {len(records)} records are judged wrongly.",
        on=f"{len(records)} records, {len(case['trusted'])} trusted issuers",
        next_step="Look at this record by itself: issuer, key, purpose, both times, holder, "
        "signature.",
        misconception=TRAPS[fits[0]] if fits else "",
    )


def _places(raw: Any, n: int) -> set[int]:
    found = as_array(as_list(raw, "numbers of records"), "numbers of records", (None,))
    if ((found != np.floor(found)) | (found < 0) | (found >= n)).any():
        raise UnusableError(
            f"A number of a record is whole and lies between 0 and {n - 1}.",
            "Return the places of the records in the list, not the records.",
        )
    return {int(place) for place in found}


TASK = Task(
    "accepted",
    15,
    judge,
    (
        "Six questions decide: is the issuer trusted, is the key theirs, is the purpose right, "
        "is it now, is it this holder, does the signature fit?",
        "rfc8785.dumps writes canonical JSON. Sign nothing: "
        "Ed25519PublicKey.from_public_bytes(key).verify(signature, bytes) raises where it does "
        "not fit.",
        "bytes = SHA-256 of the proof without proofValue, then SHA-256 of the record without "
        "proof. datetime.fromisoformat reads times with their zones.",
    ),
    title="Records that hold",
    traps=TRAPS,
)
