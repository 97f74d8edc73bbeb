"""Records of skills out of a graded course: who gets one, the issuer's key, what was withdrawn.

The issuer is the course: a key of its own beside the course's other secrets, made on first use.
What a record looks like and how it is checked is the business of `labkit.credentials`.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from filelock import FileLock

from labkit.authoring.catalog import load_catalog
from labkit.cohort.gather import Cohort, Lab, Learner, Result
from labkit.credentials import jwt
from labkit.credentials.proof import ProofError, did_of, sign
from labkit.credentials.record import Facts, Task, make, read, revoked_list, seal, stamp
from labkit.errors import CourseError
from labkit.files import PRIVATE, write_atomically, write_first

KEY_FILE, REVOKED_FILE = "grader/issuer.key", "grader/revoked.json"
TOKEN_KEY_FILE = "grader/issuer_rsa.pem"
KEY_BYTES, TOKEN_KEY_BITS = 32, 3072
ID = "urn:uuid:"


class CertifyError(CourseError):
    """A record cannot be given or withdrawn; the text says why and what to do."""


def issue(
    root: Path, cohort: Cohort, name: str, assignment: str, share: float, days: int
) -> dict[str, Any]:
    """Return the signed record of a learner's lab.

    Args:
        root: the course's folder.
        cohort: the course as it stands.
        name: the learner's.
        assignment: the lab's.
        share: of the lab's points that must be reached, 0 to 1.
        days: how long the record holds.

    Raises:
        CertifyError: the lab was not handed in, waits for a reader, or has too few points.
    """
    learner = next((one for one in cohort.learners if one.id == name), None)
    lab = next((one for one in cohort.labs if one.name == assignment), None)
    work = cohort.works.get((name, assignment))
    if learner is None or lab is None or work is None:
        raise CertifyError(f"The gradebook has no {assignment} of {name!r}.")
    if work.waiting:
        raise CertifyError(f"{work.waiting:g} points of {name!r} wait for a reader. Read first.")
    if work.score < share * lab.maximum:
        raise CertifyError(
            f"{name!r} has {work.score:g} of {lab.maximum:g} points in {assignment}, fewer than "
            f"{100 * share:.0f} %."
        )
    key = issuer_key(root)
    given = {task: one for task, one in work.results.items() if one.score is not None}
    now = datetime.now(UTC)
    facts = _facts(root, cohort, lab, learner, given)
    facts |= {
        "issuer": (did_of(key.public_key()), cohort.course),
        "criteria": f"At least {100 * share:.0f} % of the {lab.maximum:g} points of the lab.",
        "begins": now,
        "ends": now + timedelta(days=days),
    }
    return seal(make(Facts(**facts)), key, now)


def as_token(root: Path, record: Mapping[str, Any]) -> tuple[str, str]:
    """Return a record as a token for platforms that ask for one, and the thumbprint of its key.

    Raises:
        CertifyError: the file of the key holds none.
    """
    key = token_key(root)
    return jwt.encode(record, key), jwt.thumbprint(jwt.public_jwk(key.public_key()))


def revoke(root: Path, name: str) -> Path:
    """Add a record's id to the issuer's signed list of withdrawn records; return the list's path.

    Raises:
        CertifyError: `name` is no record's id, or the list that is there cannot be read.
    """
    if not name.startswith(ID):
        raise CertifyError(f"{name!r} is no record's id: one begins with {ID}, as its file says.")
    path, key = root / REVOKED_FILE, issuer_key(root)
    with FileLock(str(path) + ".lock"):  # of two at once, neither is lost
        try:
            listed: Sequence[str] = read(path.read_bytes())["revoked"] if path.is_file() else ()
        except (ProofError, KeyError):
            raise CertifyError(f"{path} is no list of withdrawn records.") from None
        now = datetime.now(UTC)
        made = revoked_list(did_of(key.public_key()), [*{*listed, name}], now)
        write_atomically(path, render(sign(made, key, stamp(now))))
    return path


def issuer_key(root: Path) -> Ed25519PrivateKey:
    """Read the issuer's key; make it, readable by its owner alone, on first use.

    Raises:
        CertifyError: the file holds no key.
    """
    path = root / KEY_FILE
    if not path.exists():
        write_first(path, f"{secrets.token_hex(KEY_BYTES)}\n".encode(), PRIVATE)
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    except ValueError:
        raise CertifyError(
            f"{path} holds no key of {KEY_BYTES} bytes in hexadecimal. Restore it from a backup: "
            "records that were given can be checked with the former key alone."
        ) from None


def token_key(root: Path) -> RSAPrivateKey:
    """Read the key that signs tokens; make it, readable by its owner alone, on first use.

    Raises:
        CertifyError: the file holds no key of RSA.
    """
    return read_rsa_key(root / TOKEN_KEY_FILE)


def read_rsa_key(path: Path) -> RSAPrivateKey:
    """Read a key of RSA; make it, readable by its owner alone, on first use.

    Raises:
        CertifyError: the file holds no key of RSA.
    """
    if not path.exists():
        made = rsa.generate_private_key(65537, TOKEN_KEY_BITS)
        form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_first(path, made.private_bytes(*form), PRIVATE)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise CertifyError(f"{path} holds no private key of RSA. Restore it from a backup.")
    return key


def render(document: dict[str, Any]) -> bytes:
    """Write a signed document as a JSON file; how it is indented does not count."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _facts(
    root: Path, cohort: Cohort, lab: Lab, learner: Learner, given: dict[str, Result]
) -> dict[str, Any]:
    module = load_catalog(root).module(lab.name)
    holder = ("emailAddress", learner.email) if learner.email else ("userName", learner.id)
    tasks = tuple(
        Task(task, lab.tasks[task], one.score or 0.0, one.maximum) for task, one in given.items()
    )
    work = cohort.works[learner.id, lab.name]
    said = f"Handed in {work.received:%Y-%m-%d}. " if work.received else ""
    return {
        "id": f"{ID}{uuid.uuid4()}",
        "holder": holder,
        "salt": secrets.token_hex(16),
        "achievement": (f"urn:labkit:{lab.name}", module.title, module.question),
        "skills": module.skills,
        "tasks": tasks,
        "narrative": f"{said}{work.score:g} of {lab.maximum:g} points in the lab {lab.name}.",
    }
