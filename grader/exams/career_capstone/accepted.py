"""Task `accepted`: signed records, some of them tampered with, and which of them hold.

Keys, people, claims and times are drawn, so that no record of one instance is in another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import numpy as np
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labkit.credentials.proof import base58, did_of, key_of, unbase58
from labkit.exercise.drawing import until

Record = dict[str, Any]
CASES, RECORDS = 2, 24
CONTEXT = "https://www.w3.org/ns/credentials/v2"
SYLLABLES = ("ka", "lo", "mi", "re", "su", "ta", "vo", "ni", "pe", "du")
SKILLS = ("welding", "forecasting", "audit", "stock control", "uplift", "monitoring", "soldering")


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has the task's ``records``, ``trusted``, ``holder`` and ``now``; ``kinds``, how each record
    was tampered with ("" where it was not); and ``traps``, numbers of the records that a verifier
    accepts which leaves something out.
    """
    return {
        "cases": [
            until(partial(_case, rng), _apart, "mistakes that each accept another set")
            for _ in range(CASES)
        ]
    }


class _Desk:
    """Who issues records in a case, and to whom."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.keys = [Ed25519PrivateKey.from_private_bytes(rng.bytes(32)) for _ in range(4)]
        self.trusted = [did_of(key.public_key()) for key in self.keys[: int(rng.integers(2, 4))]]
        self.holder = self.mail()
        day = datetime(int(rng.integers(2026, 2032)), int(rng.integers(2, 12)), 15, tzinfo=UTC)
        self.now = day + timedelta(minutes=int(rng.integers(20_000)))

    def word(self) -> str:
        """A name that nobody has."""
        return "".join(self.rng.choice(SYLLABLES, size=3)).capitalize()

    def mail(self) -> str:
        """An address that nobody has."""
        return f"{self.word()}.{self.rng.integers(10_000)}@example.org"

    def time(self, low: float, high: float) -> str:
        """A time so many hours from now, 0 for now itself, written in a zone of its own."""
        sign = float(np.sign(low))
        hours = sign * np.exp(self.rng.uniform(*np.log(np.abs([low, high])))) if sign else 0.0
        zone = timezone(timedelta(hours=int(self.rng.integers(-11, 13))))
        return (self.now + timedelta(hours=float(hours))).astimezone(zone).isoformat("T", "seconds")

    def who(self, holder: str) -> Record:
        """A salted digest of the holder's address."""
        salt = self.rng.bytes(8).hex()
        digest = hashlib.sha256((holder + salt).encode()).hexdigest()
        return {"identityHash": f"sha256${digest}", "salt": salt}

    def claim(self) -> Record:
        """What a record says; its numbers, letters and names are where JSON's ways part."""
        rng = self.rng
        odd = {
            "hours": float(rng.integers(1, 90)),
            "rate": float(rng.integers(1, 9)) * 10.0 ** -int(rng.integers(7, 10)),
            "town": f"{self.word()} Zürich",
            "\U0001f527": int(rng.integers(100)),
            "\ufb01t": int(rng.integers(100)),
        }
        parts: tuple[list[str], ...] = (
            [], ["hours", "rate"], ["town"], ["\U0001f527", "\ufb01t"],
        )  # fmt: skip
        kept = parts[int(rng.integers(len(parts)))]
        names = [str(name) for name in rng.choice(SKILLS, size=2, replace=False)]
        return {"skills": names, "points": int(rng.integers(50, 101))} | {
            name: odd[name] for name in kept
        }

    def unsigned(self, holder: str = "") -> Record:
        """A record that holds now, of a trusted issuer, without its proof."""
        claim = self.claim()
        return {
            "@context": [CONTEXT, f"https://example.org/{self.word().lower()}/v1"],
            "id": f"urn:uuid:{self.rng.bytes(16).hex()}",
            "type": ["VerifiableCredential"],
            "issuer": {"id": str(self.rng.choice(self.trusted))},
            "validFrom": self.time(-0.2, -9_000),
            "validUntil": self.time(0.2, 9_000),
            "credentialSubject": {"identifier": [self.who(holder or self.holder)], "claim": claim},
        }

    def signed(
        self, record: Record, key: Ed25519PrivateKey | None = None, **options: str
    ) -> Record:
        """The record with a proof, by its issuer's key unless another one is given."""
        if key is None:
            dids = [did_of(one.public_key()) for one in self.keys]
            key = self.keys[dids.index(record["issuer"]["id"])]
        did = did_of(key.public_key())
        proof: Record = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "created": record["validFrom"],
            "verificationMethod": f"{did}#{did.removeprefix('did:key:')}",
            "proofPurpose": "assertionMethod",
            "@context": record["@context"],
        } | options
        value = "z" + base58(key.sign(signed_bytes(record, proof)))
        return record | {"proof": proof | {"proofValue": value}}


def signed_bytes(
    document: Record, options: Record, dumps: Callable[[Any], bytes] = rfc8785.dumps
) -> bytes:
    """The 64 bytes that eddsa-jcs-2022 signs: digest of the options, digest of the document."""
    return b"".join(hashlib.sha256(dumps(part)).digest() for part in (options, document))


# --- Ways to tamper -----------------------------------------------------------------------------


def _good(desk: _Desk) -> Record:
    return desk.signed(desk.unsigned())


def _altered(desk: _Desk) -> Record:
    record = _good(desk)
    record["credentialSubject"]["claim"]["points"] += int(desk.rng.integers(1, 20))
    return record


def _added(desk: _Desk) -> Record:
    return _good(desk) | {"evidence": [{"name": desk.word()}]}


def _redated(desk: _Desk) -> Record:
    record = _good(desk)
    record["proof"]["created"] = desk.time(-0.1, -20)
    return record


def _moved(desk: _Desk) -> Record:
    return _good(desk) | {"proof": _good(desk)["proof"]}


def _strange_key(desk: _Desk) -> Record:
    return desk.signed(desk.unsigned(), desk.keys[3])


def _unknown(desk: _Desk) -> Record:
    record = desk.unsigned()
    record["issuer"]["id"] = did_of(desk.keys[3].public_key())
    return desk.signed(record)


def _colleague(desk: _Desk) -> Record:
    record = desk.unsigned()
    others = [did for did in desk.trusted if did != record["issuer"]["id"]]
    dids = [did_of(key.public_key()) for key in desk.keys]
    return desk.signed(record, desk.keys[dids.index(str(desk.rng.choice(others)))])


def _expired(desk: _Desk) -> Record:
    return desk.signed(desk.unsigned() | {"validUntil": desk.time(-0.1, -9)})


def _early(desk: _Desk) -> Record:
    return desk.signed(desk.unsigned() | {"validFrom": desk.time(0.1, 9)})


def _another(desk: _Desk) -> Record:
    return desk.signed(desk.unsigned(desk.mail()))


def _purpose(desk: _Desk) -> Record:
    return desk.signed(desk.unsigned(), proofPurpose="authentication")


def _begins_now(desk: _Desk) -> Record:
    return desk.signed(desk.unsigned() | {"validFrom": desk.time(0, 0)})


def _ends_now(desk: _Desk) -> Record:
    return desk.signed(desk.unsigned() | {"validUntil": desk.time(0, 0)})


WAYS: dict[str, Callable[[_Desk], Record]] = {
    "": _good,
    "begins now": _begins_now,
    "ends now": _ends_now,
    "altered": _altered,
    "added": _added,
    "redated": _redated,
    "moved proof": _moved,
    "strange key": _strange_key,
    "unknown issuer": _unknown,
    "colleague's key": _colleague,
    "expired": _expired,
    "early": _early,
    "another holder": _another,
    "purpose": _purpose,
}
EDGES = ["begins now", "ends now"]
"""Records that hold, by a second."""

TAMPERED = [kind for kind in WAYS if kind not in ("", *EDGES)]


def _case(rng: np.random.Generator) -> dict[str, Any]:
    desk = _Desk(rng)
    kinds = [*TAMPERED, *rng.choice(TAMPERED, size=int(rng.integers(0, 3)))]
    kinds += EDGES
    kinds += [""] * (RECORDS - len(kinds))
    kinds = [str(kind) for kind in rng.permutation(kinds)]
    case: dict[str, Any] = {
        "records": [WAYS[kind](desk) for kind in kinds],
        "trusted": desk.trusted,
        "holder": desk.holder,
        "now": desk.now.isoformat("T", "seconds"),
        "kinds": [kind if kind not in EDGES else "" for kind in kinds],
    }
    steps = [
        verdicts(record, case["trusted"], case["holder"], case["now"]) for record in case["records"]
    ]
    case["traps"] = {
        name: _places(steps, without, instead) for name, (without, instead) in MISTAKES.items()
    }
    return case


# --- What a check asks, and what is accepted where a step is left out or made in another way ----

MISTAKES = {
    "issuer": ("issuer", ""),
    "key": ("key", ""),
    "purpose": ("purpose", ""),
    "times": ("times", ""),
    "holder": ("holder", ""),
    "signature": ("signature", ""),
    "zones": ("times", "texts"),
    "escaped": ("signature", "escaped"),
    "sorted": ("signature", "sorted"),
}
"""By name: the step that is not made, and what is done in its place."""

STEPS = ("issuer", "key", "purpose", "times", "holder", "signature")


def verdicts(record: Record, trusted: list[str], holder: str, now: str) -> dict[str, bool]:
    """What each step of a check says of a record; it holds if all of `STEPS` do."""
    issuer, proof = record["issuer"]["id"], record["proof"]
    named = proof["verificationMethod"].partition("#")[0]
    begins, ends = record["validFrom"], record["validUntil"]
    early, late = (datetime.fromisoformat(text) for text in (begins, ends))
    (who,) = record["credentialSubject"]["identifier"]
    digest = hashlib.sha256((holder + who["salt"]).encode()).hexdigest()
    return {
        "issuer": issuer in trusted,
        "key": named == issuer,
        "purpose": proof["proofPurpose"] == "assertionMethod",
        "times": early <= datetime.fromisoformat(now) <= late,
        "holder": who["identityHash"] == f"sha256${digest}",
        "signature": _is_signed(record, named, rfc8785.dumps),
        "texts": begins <= now <= ends,
        "escaped": _is_signed(record, named, partial(_python, escape=True)),
        "sorted": _is_signed(record, named, partial(_python, escape=False)),
    }


def _python(part: Any, escape: bool) -> bytes:
    """JSON with sorted names, as Python writes it."""
    text = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=escape)
    return text.encode()


def _is_signed(record: Record, did: str, dumps: Callable[[Any], bytes]) -> bool:
    options = {name: part for name, part in record["proof"].items() if name != "proofValue"}
    document = {name: part for name, part in record.items() if name != "proof"}
    signature = unbase58(record["proof"]["proofValue"][1:])
    try:
        key_of(did).verify(signature, signed_bytes(document, options, dumps))
    except InvalidSignature:
        return False
    return True


def _places(steps: list[dict[str, bool]], without: str, instead: str) -> list[int]:
    """Numbers of the records whose steps all hold, but for one that another may stand in for."""
    asked = [step for step in STEPS if step != without] + [instead] * bool(instead)
    return [place for place, found in enumerate(steps) if all(found[step] for step in asked)]


def _apart(case: dict[str, Any]) -> bool:
    good = [place for place, kind in enumerate(case["kinds"]) if not kind]
    sets = [good, *case["traps"].values()]
    return len({tuple(one) for one in sets}) == len(sets) and bool(case["traps"]["escaped"])
