"""Skills records: W3C Verifiable Credentials 2.0 in the shape of Open Badges 3.0, and their check.

`make` writes a record, `verify` says whether to believe one, offline: with the issuers one trusts,
the holder one has before oneself, the issuer's list of withdrawn records, and the time. Every
verdict is one of `KINDS`, with a sentence. Where the facts come from is left to the caller.

Open Badges' certification lists other suites than eddsa-jcs-2022 (eddsa-rdfc-2022, ecdsa-sd-2023, a
signed JWT); a wallet that takes those alone does not take such a record.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labkit.credentials import jwt
from labkit.credentials.proof import PURPOSE, SUITE, TYPE, ProofError, digest_of, is_signed, sign

CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
TYPES = ["VerifiableCredential", "OpenBadgeCredential"]
REVOKED = "RevokedRecords"
LARGEST = 1_000_000
"""Bytes; a record of a lab has some 10 kB."""

KINDS = (
    "valid", "unreadable", "no record", "unsupported proof", "unknown issuer", "wrong key",
    "altered", "not yet valid", "expired", "revoked", "not the holder",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What a check of a record gave: one of `KINDS`, and a sentence."""

    kind: str
    words: str
    digest: str = ""
    """Of a valid record, for comparing it with what a page's code holds."""

    @property
    def valid(self) -> bool:
        """Whether the record can be believed."""
        return self.kind == "valid"


@dataclass(frozen=True)
class Task:
    """Evidence for a record: a task, its points, and its maximum."""

    name: str
    title: str
    score: float
    maximum: float


@dataclass(frozen=True)
class Facts:
    """What a record says.

    Attributes:
        id: the record's own, `urn:uuid:…`.
        issuer: did and name of who gives it.
        holder: kind and text of the holder's identity, for example ("emailAddress", …); it stands
            in the record as a salted digest.
        salt: of that digest.
        achievement: id, name and description of what was achieved.
        skills: what the holder can do.
        tasks: the evidence.
        criteria: in words, what had to be reached.
        narrative: in words, how the evidence was made.
        begins, ends: from when to when the record holds, in UTC.
    """

    id: str
    issuer: tuple[str, str]
    holder: tuple[str, str]
    salt: str
    achievement: tuple[str, str, str]
    skills: tuple[str, ...]
    tasks: tuple[Task, ...]
    criteria: str
    narrative: str
    begins: datetime
    ends: datetime


def make(facts: Facts) -> dict[str, Any]:
    """Return a record without its proof."""
    achievement, name, description = facts.achievement
    did, issuer = facts.issuer
    kind, identity = facts.holder
    described = [
        {
            "id": f"{facts.id}#{task.name}",
            "type": ["ResultDescription"],
            "name": task.title,
            "resultType": "RawScore",
            "valueMin": "0",
            "valueMax": f"{task.maximum:g}",
        }
        for task in facts.tasks
    ]
    results = [
        {"type": ["Result"], "resultDescription": one["id"], "value": f"{task.score:g}"}
        for one, task in zip(described, facts.tasks, strict=True)
    ]
    return {
        "@context": CONTEXT,
        "id": facts.id,
        "type": TYPES,
        "name": name,
        "issuer": {"id": did, "type": ["Profile"], "name": issuer},
        "validFrom": stamp(facts.begins),
        "validUntil": stamp(facts.ends),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityType": kind,
                    "identityHash": hashed(identity, facts.salt),
                    "salt": facts.salt,
                }
            ],
            "achievement": {
                "id": achievement,
                "type": ["Achievement"],
                "name": name,
                "description": description,
                "criteria": {"narrative": facts.criteria},
                "tag": list(facts.skills),
                "resultDescription": described,
            },
            "result": results,
        },
        "evidence": [{"type": ["Evidence"], "name": name, "narrative": facts.narrative}],
    }


def seal(record: Mapping[str, Any], key: Ed25519PrivateKey, created: datetime) -> dict[str, Any]:
    """Return a record with its proof, in a list as the published schema of Open Badges has it."""
    signed = sign(record, key, stamp(created))
    return signed | {"proof": [signed["proof"]]}


def digest(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a record says, whatever proves it and however its file looks."""
    said = {name: part for name, part in record.items() if name != "proof"}
    return f"sha256:{digest_of(said)}"


def revoked_list(did: str, ids: Sequence[str], when: datetime) -> dict[str, Any]:
    """Return an issuer's list of withdrawn records without its proof; not a W3C format."""
    return {"type": REVOKED, "issuer": did, "made": stamp(when), "revoked": sorted(ids)}


def hashed(identity: str, salt: str) -> str:
    """Return the digest of an identity as Open Badges 3.0 writes it."""
    return f"sha256${hashlib.sha256((identity + salt).encode()).hexdigest()}"


def stamp(when: datetime) -> str:
    """Return a time in UTC, to the second, as XML Schema writes it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(content: bytes) -> dict[str, Any]:
    """Read a signed document.

    Raises:
        ProofError: it is no JSON object, too large, or has a name twice or a number without value.
    """
    if len(content) > LARGEST:
        raise ProofError(f"it has more than {LARGEST} bytes")
    try:
        found = json.loads(content.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise ProofError(f"it is no JSON: {problem}") from None
    if not isinstance(found, dict):
        raise ProofError("it is no JSON object")
    return found


def verify(
    content: bytes,
    trusted: Sequence[str],
    now: datetime,
    holder: str = "",
    revoked: bytes | None = None,
) -> Verdict:
    """Say whether a record can be believed.

    Args:
        content: the record's file, JSON with a proof or a signed token.
        trusted: dids of issuers, or thumbprints of the keys that sign tokens; the key never comes
            from the record itself.
        now: the time that counts, with a zone.
        holder: whose record it should be, as the issuer knows them (mail address or name); empty
            where that is not asked.
        revoked: the issuer's list of withdrawn records.
    """
    try:
        if jwt.looks_like_token(content):
            record, faulty = _token(content, trusted)
        else:
            record = _with_one_proof(read(content))
            faulty = _shape(record) or _signature(record, trusted)
        return (
            faulty
            or _withdrawn(record, revoked)
            or _time(record, now)
            or _holder(record, holder)
            or _valid(record, holder, revoked)
        )
    except ProofError as problem:
        return Verdict("unreadable", f"This is no record that can be read: {problem}.")


def _with_one_proof(record: dict[str, Any]) -> dict[str, Any]:
    """Take the proof out of its list; more than one is left as it is, and then not supported."""
    proof = record.get("proof")
    return record | {"proof": proof[0]} if isinstance(proof, list) and len(proof) == 1 else record


def _token(content: bytes, trusted: Sequence[str]) -> tuple[dict[str, Any], Verdict | None]:
    """Return the record in a token, and what is wrong with the token."""
    header, payload, signature, signed = jwt.parts_of(content)
    head, record = read(header), read(payload)
    if head.get("alg") != jwt.ALGORITHM:
        return record, Verdict("unsupported proof", f"The token's alg is not {jwt.ALGORITHM}.")
    key = jwt.key_of(head.get("jwk"))
    name = jwt.thumbprint(jwt.public_jwk(key))
    if name not in trusted:
        return record, Verdict("unknown issuer", f"You do not trust the token's key, {name}.")
    if not jwt.is_signed(signed, signature, key):
        words = "The signature does not fit: it was changed after it was signed."
        return record, Verdict("altered", words)
    if not jwt.claims_fit(record):
        return record, Verdict("no record", "The token's claims are not those of its record.")
    record = {name: part for name, part in record.items() if name not in jwt.CLAIMS}
    return record, _kind(record, ("issuer", "credentialSubject"))


def _shape(record: Mapping[str, Any]) -> Verdict | None:
    if isinstance(record.get("proof"), list) and record["proof"]:
        return Verdict("unsupported proof", "It has more than one proof.")
    if faulty := _kind(record, ("issuer", "credentialSubject", "proof")):
        return faulty
    proof = record["proof"]
    for name, wanted in (("type", TYPE), ("cryptosuite", SUITE), ("proofPurpose", PURPOSE)):
        if proof.get(name) != wanted:
            return Verdict("unsupported proof", f"The proof's {name} is not {wanted}.")
    if proof.get("@context") != record["@context"]:
        return Verdict("unsupported proof", "The proof is not for the record's @context.")
    return None


def _kind(record: Mapping[str, Any], places: Sequence[str]) -> Verdict | None:
    if record.get("@context") != CONTEXT or record.get("type") != TYPES:
        return Verdict("no record", "Its @context or type is not that of an Open Badge 3.0.")
    if not all(isinstance(record.get(place), dict) for place in places):
        return Verdict("no record", "Issuer, subject or proof is missing.")
    if not all(isinstance(record.get(place), str) for place in ("id", "validFrom", "validUntil")):
        return Verdict("no record", "Its id, validFrom or validUntil is missing.")
    return None


def _signature(record: Mapping[str, Any], trusted: Sequence[str]) -> Verdict | None:
    issuer = record["issuer"].get("id")
    if not isinstance(issuer, str) or issuer not in trusted:
        return Verdict("unknown issuer", f"You do not trust its issuer, {str(issuer)[:100]}.")
    if record["proof"].get("verificationMethod") != f"{issuer}#{issuer.removeprefix('did:key:')}":
        return Verdict("wrong key", "The proof names another key than the issuer's.")
    if not is_signed(record, issuer):
        return Verdict("altered", "The signature does not fit: it was changed after it was signed.")
    return None


def _withdrawn(record: Mapping[str, Any], revoked: bytes | None) -> Verdict | None:
    if revoked is None:
        return None
    issuer = record["issuer"]["id"]
    listed = read(revoked)
    if listed.get("type") != REVOKED or listed.get("issuer") != issuer:
        raise ProofError("the list of withdrawn records is not the issuer's")
    if not is_signed(listed, issuer):
        raise ProofError("the list of withdrawn records was changed after it was signed")
    if record["id"] in listed["revoked"]:
        return Verdict("revoked", f"The issuer has withdrawn it ({listed['made']}).")
    return None


def _time(record: Mapping[str, Any], now: datetime) -> Verdict | None:
    try:
        begins, ends = (
            datetime.fromisoformat(record[name]) for name in ("validFrom", "validUntil")
        )
        early, late = now < begins, now > ends
    except (ValueError, TypeError):
        return Verdict("no record", "Its times are none, or have no zone.")
    if early:
        return Verdict("not yet valid", f"It holds from {record['validFrom']}.")
    if late:
        return Verdict("expired", f"It held until {record['validUntil']}.")
    return None


def _holder(record: Mapping[str, Any], holder: str) -> Verdict | None:
    if not holder:
        return None
    for identity in record["credentialSubject"].get("identifier", ()):
        found, salt = identity.get("identityHash", ""), identity.get("salt", "")
        if hmac.compare_digest(found.encode(), hashed(holder, salt).encode()):
            return None
    return Verdict("not the holder", "It was given to somebody else.")


def _valid(record: Mapping[str, Any], holder: str, revoked: bytes | None) -> Verdict:
    open_questions = [] if holder else ["Whose it is was not asked."]
    open_questions += [] if revoked is not None else ["Whether it was withdrawn was not asked."]
    words = f"The record {record['id']} holds until {record['validUntil']}."
    return Verdict("valid", " ".join([words, *open_questions]), digest(record))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")
