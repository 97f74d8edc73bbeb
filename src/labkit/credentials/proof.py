"""Data Integrity proofs with the cryptosuite eddsa-jcs-2022, and the did:key that they name.

A document is signed over two digests: SHA-256 of the canonical proof options (without `proofValue`,
with the document's `@context`), then SHA-256 of the canonical document without its proof. Canonical
is JSON by RFC 8785, the signature is Ed25519, and it is written in base58 with the multibase prefix
`z`. What a document says, and whom to trust, is left to `labkit.credentials.record`.

Sources: W3C (15 May 2025), Data Integrity EdDSA Cryptosuites v1.0; RFC 8785; W3C CCG, did:key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519 = b"\xed\x01"
KEY_BYTES, SIGNATURE_BYTES = 32, 64
# A signature of 64 bytes has 88 characters; decoding base58 takes the square of its length.
LONGEST = 120
TYPE, SUITE, PURPOSE = "DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod"
Document = Mapping[str, Any]


class ProofError(Exception):
    """A proof, a key or a document cannot be read as one."""


def sign(document: Document, key: Ed25519PrivateKey, created: str) -> dict[str, Any]:
    """Return the document with a proof.

    Args:
        document: JSON data without a proof.
        key: the issuer's.
        created: when it is signed, XML Schema's dateTime with a zone.
    """
    did = did_of(key.public_key())
    options = {
        "type": TYPE,
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": f"{did}#{did.removeprefix('did:key:')}",
        "proofPurpose": PURPOSE,
    }
    if "@context" in document:
        options["@context"] = document["@context"]
    signature = key.sign(digests(document, options))
    return dict(document) | {"proof": options | {"proofValue": "z" + base58(signature)}}


def is_signed(signed: Document, did: str) -> bool:
    """Tell whether the document's proof was made with the key of a `did:key:`.

    Raises:
        ProofError: there is no proof of this kind, or the document is not canonical JSON.
    """
    proof = signed.get("proof")
    if not isinstance(proof, dict):
        raise ProofError("there is no single proof")
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("z"):
        raise ProofError("the proof's value is no base58 with the prefix z")
    signature = unbase58(value[1:])
    if len(signature) != SIGNATURE_BYTES:
        raise ProofError(f"the signature has {len(signature)} bytes, not {SIGNATURE_BYTES}")
    document = {name: part for name, part in signed.items() if name != "proof"}
    options = {name: part for name, part in proof.items() if name != "proofValue"}
    try:
        key_of(did).verify(signature, digests(document, options))
    except InvalidSignature:
        return False
    return True


def digests(document: Document, options: Document) -> bytes:
    """Return what is signed: 64 bytes, the digest of the options before that of the document.

    Raises:
        ProofError: they hold what JSON by RFC 8785 cannot.
    """
    return b"".join(bytes.fromhex(digest_of(part)) for part in (options, document))


def digest_of(document: Document) -> str:
    """Return the SHA-256 of a document's canonical JSON, in hexadecimal.

    Raises:
        ProofError: it holds what JSON by RFC 8785 cannot.
    """
    try:
        return hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError) as problem:
        raise ProofError(f"it is no canonical JSON: {problem}") from None


def did_of(key: Ed25519PublicKey) -> str:
    """Return the did:key of a public key."""
    return f"did:key:z{base58(ED25519 + key.public_bytes_raw())}"


def key_of(did: str) -> Ed25519PublicKey:
    """Return the public key that a did:key is.

    Raises:
        ProofError: it is no did:key of Ed25519.
    """
    raw = unbase58(did.removeprefix("did:key:z")) if did.startswith("did:key:z") else b""
    if not raw.startswith(ED25519) or len(raw) != len(ED25519) + KEY_BYTES:
        raise ProofError(f"{did[:100]!r} is no did:key of Ed25519")
    return Ed25519PublicKey.from_public_bytes(raw[len(ED25519) :])


def base58(data: bytes) -> str:
    """Write bytes in base58 with Bitcoin's alphabet; leading zero bytes are ones."""
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def unbase58(text: str) -> bytes:
    """Read what `base58` writes.

    Raises:
        ProofError: a character is not in the alphabet, or the text is too long.
    """
    if len(text) > LONGEST or not set(text) <= set(ALPHABET):
        raise ProofError("it is no base58 of this length")
    number = 0
    for character in text:
        number = number * 58 + ALPHABET.index(character)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
