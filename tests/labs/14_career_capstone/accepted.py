"""Right and wrong answers of the task `accepted`."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labkit.credentials.proof import ALPHABET, ProofError, is_signed


def _unbase58(text):
    number = 0
    for letter in text:
        number = 58 * number + ALPHABET.index(letter)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _fits(record, did, dumps=rfc8785.dumps, options=True, swapped=False):
    proof = dict(record["proof"])
    signature = _unbase58(proof.pop("proofValue")[1:]).rjust(64, b"\0")
    document = {name: part for name, part in record.items() if name != "proof"}
    parts = [hashlib.sha256(dumps(part)).digest() for part in (proof, document)][not options :]
    key = Ed25519PublicKey.from_public_bytes(_unbase58(did.removeprefix("did:key:z"))[2:])
    try:
        key.verify(signature, b"".join(parts[::-1] if swapped else parts))
    except Exception:
        return False
    return True


STEPS = {
    "issuer": lambda r, trusted, holder, now: r["issuer"]["id"] in trusted,
    "key": lambda r, trusted, holder, now: (
        r["proof"]["verificationMethod"].split("#")[0] == r["issuer"]["id"]
    ),
    "purpose": lambda r, trusted, holder, now: r["proof"]["proofPurpose"] == "assertionMethod",
    "times": lambda r, trusted, holder, now: (
        datetime.fromisoformat(r["validFrom"])
        <= datetime.fromisoformat(now)
        <= datetime.fromisoformat(r["validUntil"])
    ),
    "holder": lambda r, trusted, holder, now: (
        "sha256$"
        + hashlib.sha256(
            (holder + r["credentialSubject"]["identifier"][0]["salt"]).encode()
        ).hexdigest()
        == r["credentialSubject"]["identifier"][0]["identityHash"]
    ),
    "signature": lambda r, *_: _fits(r, r["proof"]["verificationMethod"].split("#")[0]),
}


def _steps(**instead):
    steps = {**STEPS, **instead}

    def accepted(records, trusted, holder, now):
        return [
            place
            for place, record in enumerate(records)
            if all(step(record, trusted, holder, now) for step in steps.values() if step)
        ]

    return accepted


def with_the_librarys_signature(records, trusted, holder, now):
    """The course's own `is_signed`, and everything else by hand."""
    when, found = datetime.fromisoformat(now).astimezone(UTC), set()
    for place, record in enumerate(records):
        issuer, proof = record["issuer"]["id"], record["proof"]
        (who,) = record["credentialSubject"]["identifier"]
        begins, ends = (datetime.fromisoformat(record[n]) for n in ("validFrom", "validUntil"))
        digest = hashlib.sha256(f"{holder}{who['salt']}".encode()).hexdigest()
        try:
            ok = issuer in trusted and is_signed(record, issuer)
        except ProofError:
            ok = False
        if ok and begins <= when <= ends and who["identityHash"].endswith(digest):
            if proof["proofPurpose"] == "assertionMethod":
                found.add(place)
    return found


def _sorted(part, **more):
    return json.dumps(part, sort_keys=True, separators=(",", ":"), **more).encode()


def _named(r):
    return r["proof"]["verificationMethod"].split("#")[0]


def _texts(r, trusted, holder, now):
    return r["validFrom"] <= now <= r["validUntil"]


def _without_zone(r, trusted, holder, now):
    """Zones are cut off."""
    begins, when, ends = (
        re.sub(r"([+-]\d\d:\d\d|Z)$", "", text) for text in (r["validFrom"], now, r["validUntil"])
    )
    return begins <= when <= ends


RIGHT = {
    "step by step": _steps(),
    "with the library's signature": with_the_librarys_signature,
    "the issuer's key tried": _steps(key=None, signature=lambda r, *_: _fits(r, r["issuer"]["id"])),
}
WRONG = {
    "key from the record": (_steps(key=None), "taken from the record"),
    "issuer not looked at": (_steps(issuer=None), "whether trusted or not"),
    "any purpose": (_steps(purpose=None), "another purpose"),
    "times not looked at": (_steps(times=None), "validFrom"),
    "times as texts": (_steps(times=_texts), "compared as texts"),
    "times without zones": (_steps(times=_without_zone), "judged wrongly"),
    "holder not looked at": (_steps(holder=None), "whose record"),
    "signature not looked at": (_steps(signature=None), "verified the signature"),
    "sorted JSON": (
        _steps(signature=lambda r, *_: _fits(r, _named(r), _sorted)),
        "1.0 is written 1",
    ),
    "sorted JSON with é": (
        _steps(
            signature=lambda r, *_: _fits(
                r, _named(r), lambda part: _sorted(part, ensure_ascii=False)
            )
        ),
        "not even unescaped",
    ),
    "options left out": (
        _steps(signature=lambda r, *_: _fits(r, _named(r), options=False)),
        "is refused",
    ),
    "digests swapped": (
        _steps(signature=lambda r, *_: _fits(r, _named(r), swapped=True)),
        "is refused",
    ),
    "only the signature": (
        _steps(issuer=None, key=None, purpose=None, times=None, holder=None),
        "judged wrongly",
    ),
    "all": (lambda records, *_: range(len(records)), "judged wrongly"),
}
