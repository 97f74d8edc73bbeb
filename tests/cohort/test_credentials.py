"""A record is believed where it is to be believed, and what is wrong with another is told by name.

The vector is that of W3C's Data Integrity EdDSA Cryptosuites v1.0, appendix B (eddsa-jcs-2022).
"""

from __future__ import annotations

import base64
import copy
import json
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from labkit.cli import app
from labkit.cohort.certificate import certificate_page
from labkit.cohort.certify import CertifyError, issue, revoke
from labkit.cohort.gather import gather
from labkit.credentials import jwt, proof, record
from labkit.credentials.proof import ProofError, base58, did_of, is_signed, sign, unbase58
from labkit.credentials.record import Facts, Task, make, revoked_list, stamp, verify
from made_course import EVIL, LAB, digest

EXAMPLES = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
W3C = {
    "@context": EXAMPLES,
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
W3C_SECRET = "3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
W3C_DID = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
W3C_VALUE = (
    "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
DID = did_of(KEY.public_key())
HOLDER = "ada@example.org"


def facts(**changed: Any) -> Facts:
    given = {
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "issuer": (DID, "A course"),
        "holder": ("emailAddress", HOLDER),
        "salt": "0123456789abcdef",
        "achievement": ("urn:example:08", "Supply chains", "Orders well under uncertainty."),
        "skills": ("Set a stock level", "Prüft é ✓"),
        "tasks": (Task("stock", "1 · Stock", 12.5, 15), Task("route", "2 · Route", 1e21, 1e21)),
        "criteria": "60 of 100 points.",
        "narrative": "Graded.",
        "begins": NOW - timedelta(days=1),
        "ends": NOW + timedelta(days=1),
    }
    return Facts(**given | changed)


def signed(key: Ed25519PrivateKey = KEY, **changed: Any) -> dict[str, Any]:
    return sign(make(facts(**changed)), key, stamp(NOW))


def check(document: dict[str, Any] | bytes, **options: Any) -> str:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return verify(content, [DID], NOW, **options).kind


def test_the_vector_of_w3c_is_signed_with_the_same_bytes_and_verifies():
    raw = unbase58(W3C_SECRET)
    assert raw[:2] == b"\x80\x26"
    key = Ed25519PrivateKey.from_private_bytes(raw[2:])
    assert did_of(key.public_key()) == W3C_DID
    made = sign(W3C, key, "2023-02-24T23:36:38Z")
    assert made["proof"]["proofValue"] == W3C_VALUE
    assert is_signed(made, W3C_DID)
    assert (
        proof.digests(W3C, made["proof"] | {"proofValue": None})[32:].hex().startswith("59b7cb62")
    )


@given(st.binary(max_size=70))
def test_base58_reads_back_what_it_writes(data: bytes):
    assert unbase58(base58(data)) == data


def test_a_record_holds_for_its_holder_until_it_is_revoked():
    made = signed()
    assert check(made) == check(made, holder=HOLDER) == "valid"
    assert check(json.dumps(made, indent=3, sort_keys=True).encode()) == "valid"
    for ids, kind in ((["urn:x"], "valid"), ([made["id"]], "revoked")):
        listed = json.dumps(sign(revoked_list(DID, ids, NOW), KEY, stamp(NOW))).encode()
        assert check(made, revoked=listed) == kind


def test_what_was_not_asked_is_said():
    words = verify(json.dumps(signed()).encode(), [DID], NOW).words
    assert "Whose it is was not asked." in words and "withdrawn was not asked" in words


def test_the_holder_does_not_stand_in_the_record():
    assert HOLDER not in json.dumps(signed())


def at(*path: Any) -> Callable[[Any], Callable[[dict], None]]:
    def to(value: Any) -> Callable[[dict], None]:
        def change(document: dict) -> None:
            for part in path[:-1]:
                document = document[part]
            document[path[-1]] = value

        return change

    return to


def _swap_results(document: dict) -> None:
    document["credentialSubject"]["result"].reverse()


def _drop_evidence(document: dict) -> None:
    del document["evidence"]


def _own_key(document: dict) -> None:
    """Signs it anew, with a key of one's own, and says that this is the issuer."""
    del document["proof"]
    document["issuer"]["id"] = did_of(OTHER.public_key())
    document |= sign(dict(document), OTHER, stamp(NOW))


def _own_key_named(document: dict) -> None:
    """Signs it anew with a key of one's own, and leaves the issuer."""
    del document["proof"]
    document |= sign(dict(document), OTHER, stamp(NOW))


def _own_key_hidden(document: dict) -> None:
    """The same, but names the issuer's key."""
    method = document["proof"]["verificationMethod"]
    _own_key_named(document)
    document["proof"]["verificationMethod"] = method


SUBJECT = "credentialSubject"
IDENTITY = (SUBJECT, "identifier", 0)
DESCRIBED = (SUBJECT, "achievement", "resultDescription", 0)
TAMPERED = {
    "more points": (at(SUBJECT, "result", 0, "value")("15"), "altered"),
    "fewer points in all": (at(*DESCRIBED, "valueMax")("13"), "altered"),
    "results swapped": (_swap_results, "altered"),
    "another achievement": (at(SUBJECT, "achievement", "name")("Everything"), "altered"),
    "one more skill": (at(SUBJECT, "achievement", "tag", 1)("Flies"), "altered"),
    "easier criteria": (at(SUBJECT, "achievement", "criteria", "narrative")("None."), "altered"),
    "another holder": (at(*IDENTITY, "identityHash")(record.hashed("eve@x", "s")), "altered"),
    "another salt": (at(*IDENTITY, "salt")("s"), "altered"),
    "holder in the open": (at(*IDENTITY, "hashed")(False), "altered"),
    "evidence taken out": (_drop_evidence, "altered"),
    "a field more": (at("description")("More."), "altered"),
    "a later end": (at("validUntil")("2099-01-01T00:00:00Z"), "altered"),
    "an earlier begin": (at("validFrom")("2001-01-01T00:00:00Z"), "altered"),
    "another id": (at("id")("urn:uuid:00000000-0000-4000-8000-000000000002"), "altered"),
    "another name of the issuer": (at("issuer", "name")("A university"), "altered"),
    "a later proof": (at("proof", "created")("2026-06-02T00:00:00Z"), "altered"),
    "a field more in the proof": (at("proof", "domain")("x"), "altered"),
    "an accent decomposed": (at(SUBJECT, "achievement", "tag", 1)("Prüft e\u0301 ✓"), "altered"),
    "another issuer": (at("issuer", "id")(did_of(OTHER.public_key())), "unknown issuer"),
    "issuer as a list": (at("issuer", "id")([DID]), "unknown issuer"),
    "own key, own issuer": (_own_key, "unknown issuer"),
    "own key": (_own_key_named, "wrong key"),
    "own key under the issuer's name": (_own_key_hidden, "altered"),
    "another key's name": (at("proof", "verificationMethod")("did:key:z6Mk#x"), "wrong key"),
    "another suite": (at("proof", "cryptosuite")("eddsa-rdfc-2022"), "unsupported proof"),
    "another purpose": (at("proof", "proofPurpose")("authentication"), "unsupported proof"),
    "another type of proof": (at("proof", "type")("Ed25519Signature2020"), "unsupported proof"),
    "the proof's context": (at("proof", "@context")(EXAMPLES), "unsupported proof"),
    "the context": (at("@context")(EXAMPLES), "no record"),
    "the type": (at("type")(["VerifiableCredential"]), "no record"),
    "no proof": (at("proof")(None), "no record"),
    "no proof in the list": (at("proof")([]), "no record"),
    "two proofs": (lambda document: document.update(proof=[document["proof"]] * 2),
                   "unsupported proof"),
    "no end": (at("validUntil")(None), "no record"),
    "half a signature": (at("proof", "proofValue")("z2HnFSSPPBzR36zd"), "unreadable"),
    "no base58": (at("proof", "proofValue")("z0OIl"), "unreadable"),
    "a huge signature": (at("proof", "proofValue")("z" + "2" * 500_000), "unreadable"),
    "a number too large": (at(SUBJECT, "result", 0, "value")(2**60), "unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_every_tampering_is_told_by_name(name: str):
    change, kind = TAMPERED[name]
    document = copy.deepcopy(signed())
    change(document)
    assert check(document) == kind


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 100_000,
     b" " * 2_000_000],
)  # fmt: skip
def test_what_is_no_json_object_is_unreadable(content: bytes):
    assert check(content) == "unreadable"


def test_a_name_twice_cannot_hide_what_was_signed():
    text = json.dumps(signed()).replace('"value": "12.5"', '"value": "15", "value": "12.5"')
    assert check(text.encode()) == "unreadable"


def test_time_and_holder_are_told_apart():
    assert check(signed(ends=NOW - timedelta(seconds=1))) == "expired"
    assert check(signed(begins=NOW + timedelta(seconds=1))) == "not yet valid"
    assert check(signed(), holder="eve@example.org") == "not the holder"


def test_a_record_of_a_former_time_is_the_issuers_and_still_not_valid_without_trust():
    assert verify(json.dumps(signed()).encode(), [], NOW).kind == "unknown issuer"


@pytest.mark.parametrize(
    "listed",
    [
        b"{}",
        json.dumps(sign(revoked_list(DID, [], NOW), OTHER, stamp(NOW))).encode(),
        json.dumps(sign(revoked_list("did:key:z1", [], NOW), OTHER, stamp(NOW))).encode(),
    ],
)
def test_a_list_of_withdrawn_records_that_is_not_the_issuers_is_not_taken(listed: bytes):
    assert check(signed(), revoked=listed) == "unreadable"


def test_what_json_cannot_hold_is_not_signed():
    with pytest.raises(ProofError, match="canonical"):
        sign({"a": float("nan")}, KEY, stamp(NOW))


# --- as the published schema has it ---------------------------------------------------------------

# Of 1EdTech's JSON schema of an AchievementCredential (build of 30 July 2024): required members of
# each class that a record has, and the types of what it has.
SCHEMA = {
    (): {"@context": list, "id": str, "type": list, "credentialSubject": dict, "issuer": dict,
         "validFrom": str, "proof": list},
    ("issuer",): {"id": str, "type": list},
    ("proof", 0): {"type": str},
    (SUBJECT,): {"type": list, "achievement": dict},
    IDENTITY: {"type": str, "hashed": bool, "identityHash": str, "identityType": str},
    (SUBJECT, "achievement"): {"id": str, "type": list, "criteria": dict, "description": str,
                               "name": str},
    DESCRIBED: {"id": str, "type": list, "name": str, "resultType": str},
    (SUBJECT, "result", 0): {"type": list},
    ("evidence", 0): {"type": list},
}  # fmt: skip


def test_a_record_has_what_the_published_schema_asks_for_with_its_proof_in_a_list():
    made = record.seal(make(facts()), KEY, NOW)
    assert check(made) == "valid"
    for path, members in SCHEMA.items():
        part: Any = made
        for step in path:
            part = part[step]
        assert {name: type(part.get(name)) for name in members} == members, path
    assert made["@context"][0] == EXAMPLES[0]
    assert re.fullmatch(
        r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json", made["@context"][1]
    )


# --- as a token ----------------------------------------------------------------------------------

RSA_KEY = rsa.generate_private_key(65537, 2048)
OTHER_RSA = rsa.generate_private_key(65537, 2048)
PRINT = jwt.thumbprint(jwt.public_jwk(RSA_KEY.public_key()))
RFC7638 = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebW"
    "KRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQM"
    "icAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcR"
    "wr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
)


def token(key: rsa.RSAPrivateKey = RSA_KEY, **changed: Any) -> str:
    return jwt.encode(make(facts(**changed)), key)


def look(text: str, **options: Any) -> str:
    return verify(text.encode(), [PRINT], NOW, **options).kind


def test_the_thumbprint_is_that_of_the_standards_own_example():
    named = jwt.thumbprint({"kty": "RSA", "n": RFC7638, "e": "AQAB", "alg": "RS256"})
    assert named == jwt.THUMBPRINT + "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_a_token_holds_as_the_record_does_and_has_its_digest():
    assert look(token()) == look(token() + "\n", holder=HOLDER) == "valid"
    found = verify(token().encode(), [PRINT], NOW).digest
    assert found == verify(json.dumps(signed()).encode(), [DID], NOW).digest
    assert found == record.digest(make(facts()))
    assert look(token(), holder="eve@x") == "not the holder"
    assert look(token(ends=NOW - timedelta(seconds=1))) == "expired"
    listed = json.dumps(sign(revoked_list(DID, [facts().id], NOW), KEY, stamp(NOW))).encode()
    assert look(token(), revoked=listed) == "revoked"


def forged(change: Callable[[dict, dict], None], key: rsa.RSAPrivateKey | None = None) -> str:
    """Change a token's header and payload; sign it anew with a key, or leave the signature."""
    parts = token().split(".")
    header, payload = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in parts[:2])
    change(header, payload)
    packed = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in (header, payload)
    ]
    text = ".".join(packed)
    if key is None:
        return f"{text}.{parts[2]}"
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def own_jwk(header: dict, payload: dict) -> None:
    header["jwk"] = jwt.public_jwk(OTHER_RSA.public_key())


FORGED = {
    "more points": (lambda h, p: p.update(name="Everything"), None, "altered"),
    "signed by somebody else under the issuer's key": (lambda h, p: None, OTHER_RSA, "altered"),
    "signed by somebody else": (own_jwk, OTHER_RSA, "unknown issuer"),
    "no algorithm": (lambda h, p: h.update(alg="none"), None, "unsupported proof"),
    "a shared secret": (lambda h, p: h.update(alg="HS256"), None, "unsupported proof"),
    "no key": (lambda h, p: h.pop("jwk"), None, "unreadable"),
    "a short key": (lambda h, p: h["jwk"].update(n="AQAB"), None, "unreadable"),
    "a later end in the claims": (lambda h, p: p.update(exp=2**40), RSA_KEY, "no record"),
    "another issuer in the claims": (lambda h, p: p.update(iss="did:x"), RSA_KEY, "no record"),
    "another type": (lambda h, p: p.update(type=["X"]), RSA_KEY, "no record"),
    "no subject": (lambda h, p: p.pop("credentialSubject"), RSA_KEY, "no record"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_every_forgery_of_a_token_is_told_by_name(name: str):
    change, key, kind = FORGED[name]
    assert look(forged(change, key)) == kind


@pytest.mark.parametrize("text", ["a.b.c", "e30.e30.e30", "W10.W10.AA", "____.____.____", "a.a.a"])
def test_what_is_no_token_is_told(text: str):
    assert look(text) in ("unreadable", "unsupported proof")


# --- out of a graded course ----------------------------------------------------------------------

CATALOG = """\
title: A course
introduction: For the test.
modules:
  - name: 01_sums
    title: Sums
    trend: Sums are everywhere.
    question: How much?
    skills: [Add, Carry]
    roles: [Anyone]
    minutes: 10
    points: 25
    prerequisites: []
    status: available
"""


@pytest.fixture
def root(tmp_path: Path, course: Path) -> Path:
    copied = tmp_path / "course"
    shutil.copytree(course, copied)
    (copied / "course").mkdir()
    (copied / "course" / "course.yml").write_text(CATALOG, encoding="utf-8")
    return copied


def command(root: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    monkeypatch.chdir(root)
    done = CliRunner().invoke(app, ["credential", *arguments])
    return done.exit_code, done.output


def test_a_record_is_given_checked_and_withdrawn(root: Path, monkeypatch: pytest.MonkeyPatch):
    before = digest(root / "gradebook.db")
    code, said = command(root, monkeypatch, "issue", "ada", LAB)
    assert code == 0, said
    page = (root / "grader" / "records" / "ada" / f"{LAB}.html").read_text(encoding="utf-8")
    assert "Ada L" in page and "<svg" in page and record.digest(json.loads(
        (root / "grader" / "records" / "ada" / f"{LAB}.json").read_text(encoding="utf-8")
    )) in page  # fmt: skip
    file = str(root / "grader" / "records" / "ada" / f"{LAB}.json")
    (name,) = re.findall(r"urn:uuid:\S+", said)
    (did,) = re.findall(r"did:key:\w+", said)
    code, said = command(root, monkeypatch, "verify", file, "--trust", did, "--holder", HOLDER)
    assert (code, said.partition(":")[0]) == (0, "valid")
    content = json.loads(Path(file).read_text(encoding="utf-8"))
    assert content["credentialSubject"]["achievement"]["tag"] == ["Add", "Carry"]
    assert [one["value"] for one in content["credentialSubject"]["result"]] == ["10", "10", "5"]
    command(root, monkeypatch, "revoke", "urn:uuid:another")
    assert command(root, monkeypatch, "revoke", name)[0] == 0
    listed = str(root / "grader" / "revoked.json")
    code, said = command(root, monkeypatch, "verify", file, "--trust", did, "--revoked", listed)
    assert (code, said.partition(":")[0]) == (1, "revoked")
    assert (root / "grader" / "issuer.key").stat().st_mode & 0o77 == 0
    assert digest(root / "gradebook.db") == before


def test_a_token_is_given_on_request_and_checked_by_its_keys_thumbprint(
    root: Path, monkeypatch: pytest.MonkeyPatch
):
    code, said = command(root, monkeypatch, "issue", "ada", LAB, "--token")
    assert code == 0, said
    (name,) = re.findall(r"urn:ietf:\S+[^.\s]", said)
    file = str(root / "grader" / "records" / "ada" / f"{LAB}.jwt")
    code, said = command(root, monkeypatch, "verify", file, "--trust", name, "--holder", HOLDER)
    assert (code, said.partition(":")[0]) == (0, "valid")
    assert (root / "grader" / "issuer_rsa.pem").stat().st_mode & 0o77 == 0


def test_what_was_typed_stays_text_on_the_page():
    made = record.seal(make(facts(skills=(EVIL,), criteria=EVIL)), KEY, NOW)
    page = certificate_page(made, EVIL).decode()
    assert page.count("<script>") == 1 and "<img" not in page


def test_of_many_that_are_withdrawn_at_once_none_is_forgotten(tmp_path):
    names = {f"urn:uuid:{number}" for number in range(16)}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: revoke(tmp_path, name), names))
    listed = json.loads((tmp_path / "grader" / "revoked.json").read_text(encoding="utf-8"))
    assert set(listed["revoked"]) == names


def test_what_is_no_records_id_is_not_withdrawn(tmp_path):
    with pytest.raises(CertifyError, match="one begins with urn:uuid:"):
        revoke(tmp_path, "ada/08_rl_supply_chain.json")


@pytest.mark.parametrize(
    ("learner", "lab", "words"),
    [("ada", "02_products", "wait for a reader"), ("cyd", LAB, "fewer than 60 %"),
     ("dan", LAB, "has no 01_sums"), ("../x", LAB, "has no 01_sums")],
)  # fmt: skip
def test_who_has_not_reached_it_gets_none(root: Path, learner: str, lab: str, words: str):
    with pytest.raises(CertifyError, match=words):
        issue(root, gather(root), learner, lab, 0.6, 10)
