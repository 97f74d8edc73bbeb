"""A record signed as a JSON Web Token with RS256, for platforms that take no other proof.

The key is named by its thumbprint, which is what a verifier trusts: the key in the token's own
header proves nothing by itself. What a record says is left to `labkit.credentials.record`.

Sources: Open Badges 3.0, JSON Web Token Proof Format (`iss`, `jti`, `nbf`, `exp`, the key as `jwk`
in the header, RS256); RFC 7515, 7518, 7638 (thumbprint), 9278 (its URI).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    RSAPublicNumbers,
)
from cryptography.hazmat.primitives.hashes import SHA256

from labkit.credentials.proof import ProofError

ALGORITHM = "RS256"
THUMBPRINT = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"
TOKEN = re.compile(rb"\s*[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\s*")
LEAST_BITS, MOST_BITS = 2048, 8192
CLAIMS = ("iss", "jti", "nbf", "exp")


def encode(record: Mapping[str, Any], key: RSAPrivateKey) -> str:
    """Return a record, without another proof, as a signed token."""
    payload = {name: part for name, part in record.items() if name != "proof"}
    header = {"alg": ALGORITHM, "typ": "JWT", "jwk": public_jwk(key.public_key())}
    return seal(header, payload | _claims(payload), key)


def seal(header: Mapping[str, Any], payload: Mapping[str, Any], key: RSAPrivateKey) -> str:
    """Return header and payload as a token that is signed with RS256."""
    signed = ".".join(_packed(_json(part)) for part in (header, payload))
    return f"{signed}.{_packed(key.sign(signed.encode('ascii'), PKCS1v15(), SHA256()))}"


def looks_like_token(content: bytes) -> bool:
    """Tell whether a file holds a token rather than JSON."""
    return TOKEN.fullmatch(content) is not None


def parts_of(content: bytes) -> tuple[bytes, bytes, bytes, str]:
    """Return header, payload and signature of a token, and the text that was signed.

    Raises:
        ProofError: they are not written in base64url.
    """
    text = content.decode("ascii").strip()
    header, payload, signature = (_unpacked(part) for part in text.split("."))
    return header, payload, signature, text.rpartition(".")[0]


def is_signed(signed: str, signature: bytes, key: RSAPublicKey) -> bool:
    """Tell whether a text was signed with the private half of a key."""
    try:
        key.verify(signature, signed.encode("ascii"), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def claims_fit(payload: Mapping[str, Any]) -> bool:
    """Tell whether the token's own claims say what the record in it says."""
    try:
        return all(payload.get(name) == value for name, value in _claims(payload).items())
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def public_jwk(key: RSAPublicKey) -> dict[str, str]:
    """Return a public key as JSON Web Key."""
    numbers = key.public_numbers()
    return {"e": _packed(_bytes(numbers.e)), "kty": "RSA", "n": _packed(_bytes(numbers.n))}


def key_of(jwk: Any) -> RSAPublicKey:
    """Return the public key of a JSON Web Key.

    Raises:
        ProofError: it is none of RSA with 2048 bits or more.
    """
    if not isinstance(jwk, dict) or jwk.get("kty") != "RSA":
        raise ProofError("the header has no key of RSA")
    try:
        e, n = (int.from_bytes(_unpacked(jwk[name]), "big") for name in ("e", "n"))
        if not LEAST_BITS <= n.bit_length() <= MOST_BITS:
            raise ProofError(f"the key has {n.bit_length()} bits")
        return RSAPublicNumbers(e, n).public_key()
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise ProofError(f"the header's key is none: {problem}") from None


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Return the URI by which a key is named: the digest of its required members."""
    needed = {name: jwk[name] for name in ("e", "kty", "n")}
    return THUMBPRINT + _packed(hashlib.sha256(_json(needed)).digest())


def _claims(record: Mapping[str, Any]) -> dict[str, Any]:
    begins, ends = (
        int(datetime.fromisoformat(record[name]).timestamp())
        for name in ("validFrom", "validUntil")
    )
    values = (record["issuer"]["id"], record["id"], begins, ends)
    return dict(zip(CLAIMS, values, strict=True))


def _json(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return text.encode("utf-8")


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as problem:
        raise ProofError(f"a part is no base64url: {problem}") from None
