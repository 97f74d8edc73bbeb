"""The requests of LTI 1.3 by which a tool gives grades back: token, line item, score.

A request that gets no answer, or "later" for one, is sent again, at most so often; a score with the
same time, so that a platform which has it already keeps one. Anything else that a platform does not
take is an error with its words.

Sources: 1EdTech, Security Framework 1.0 (4.1, client credentials with a signed JWT), Learning Tools
Interoperability Assignment and Grade Services 2.0 (3.2 line items, 3.4 scores).
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from labkit.credentials import jwt
from labkit.errors import CourseError

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCOPES = (f"{AGS}lineitem", f"{AGS}score")
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
TRIES, FIRST_WAIT = 4, 0.5
"""Waits of half a second, one, two: a platform that is away for longer is told of."""
SECONDS = 20.0
NO_ANSWER = (0, 429, 500, 502, 503, 504)
"""None at all, or one that says "later": what was asked may have been done."""
KNOWN = 409
"""The platform has a score of this time or a later one."""
LARGEST = 5_000_000
HERE = ("127.0.0.1", "localhost", "::1")


class AgsError(CourseError):
    """A platform did not take something; `status` is its answer's, 0 where there was none."""

    def __init__(self, text: str, status: int = 0) -> None:
        """Keep the words and the status."""
        super().__init__(text)
        self.status = status


@dataclass
class Platform:
    """A learning platform, by what its page about the tool says.

    Attributes:
        client_id: the tool's, as the platform calls it.
        token_url: where tokens are given out.
        lineitems: the address of the course's line items.
        key: the tool's; the platform has its public half.
        audience: whom a request for a token is made out to; the token's address if empty.
        wait: the seconds before the second try of a request.
    """

    client_id: str
    token_url: str
    lineitems: str
    key: RSAPrivateKey
    audience: str = ""
    wait: float = FIRST_WAIT
    _token: tuple[str, float] = field(default=("", 0.0), init=False, repr=False)

    def line_item(self, resource: str, label: str, maximum: float) -> str:
        """Return the address of a lab's column; it is made where there is none.

        Raises:
            AgsError: the platform did not take it.
        """
        query = urlencode({"resource_id": resource})
        glue = "&" if urlsplit(self.lineitems).query else "?"
        for tries in range(1, TRIES + 1):
            found = self._send(f"{self.lineitems}{glue}{query}", None, ITEMS)
            for item in found if isinstance(found, list) else ():
                if item.get("resourceId") == resource:
                    return str(item["id"])
            body = {"scoreMaximum": maximum, "label": label, "resourceId": resource}
            try:
                # Sent once: a platform would make two columns of two requests.
                return str(self._send(self.lineitems, body, ITEM, tries=1)["id"])
            except AgsError as trouble:
                if trouble.status not in NO_ANSWER or tries == TRIES:
                    raise
                time.sleep(self.wait * 2 ** (tries - 1))
        raise AssertionError("the last try returns or raises")

    def score(self, item: str, score: Mapping[str, Any], sent_before: bool = False) -> None:
        """Give a learner's score to a line item.

        Args:
            item: the line item's address.
            score: as AGS 2.0 names it.
            sent_before: whether the very same may have come there already.

        Raises:
            AgsError: the platform did not take it.
        """
        parts = urlsplit(item)
        address = urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))
        self._send(address, score, SCORE, known=sent_before)

    def _send(self, url: str, body: Any, kind: str, tries: int = TRIES, known: bool = False) -> Any:
        """Send a request with a token, again where there was no answer."""
        data = None if body is None else json.dumps(body).encode()
        for number in range(1, tries + 1):
            try:
                headers = {"Authorization": f"Bearer {self._bearer()}"}
                headers["Accept" if body is None else "Content-Type"] = kind
                return _ask(url, data, headers)
            except AgsError as trouble:
                if trouble.status == KNOWN and (known or number > 1):
                    return None
                ran_out = trouble.status == 401 and number == 1
                if number == tries or not (trouble.status in NO_ANSWER or ran_out):
                    raise
                self._token = ("", 0.0) if ran_out else self._token
                time.sleep(self.wait * 2 ** (number - 1))
        raise AssertionError("the last try returns or raises")

    def _bearer(self) -> str:
        token, ends = self._token
        if time.monotonic() < ends:
            return token
        now = int(time.time())
        claims = {"iss": self.client_id, "sub": self.client_id, "iat": now, "exp": now + 60}
        claims |= {"aud": self.audience or self.token_url, "jti": str(uuid.uuid4())}
        header = {"alg": "RS256", "typ": "JWT", "kid": public_key(self.key)["kid"]}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": jwt.seal(header, claims, self.key),
            "scope": " ".join(SCOPES),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = _ask(self.token_url, urlencode(form).encode(), headers)
        try:
            given = set(str(answer.get("scope", " ".join(SCOPES))).split())
            self._token = (answer["access_token"], time.monotonic() + answer["expires_in"] - 30)
        except (LookupError, TypeError, AttributeError):
            raise AgsError(f"{self.token_url} gave no token.") from None
        if missing := [scope for scope in SCOPES if scope not in given]:
            raise AgsError(f"The platform does not allow {', '.join(missing)}.", 403)
        return self._token[0]


def public_key(key: RSAPrivateKey) -> dict[str, str]:
    """Return the public half of the tool's key, as a platform asks for it."""
    jwk = jwt.public_jwk(key.public_key())
    return jwk | {"alg": jwt.ALGORITHM, "use": "sig", "kid": jwt.thumbprint(jwk)}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token is for one address: nothing is followed elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler())


def _ask(url: str, data: bytes | None, headers: Mapping[str, str]) -> Any:
    """Send one request; return the answer's JSON, None where there is no content."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HERE):
        raise AgsError(f"{url!r} is no address of https.", 400)
    request = urllib.request.Request(url, data, dict(headers))
    try:
        with _OPENER.open(request, timeout=SECONDS) as answer:
            content = answer.read(LARGEST)
    except urllib.error.HTTPError as problem:
        with problem:
            said = problem.read(300).decode("utf-8", "replace")
        raise AgsError(f"{problem.code} {problem.reason}: {said}", problem.code) from None
    except (OSError, HTTPException) as problem:
        raise AgsError(f"no answer from {parts.hostname}: {problem}") from None
    try:
        return json.loads(content) if content.strip() else None
    except ValueError:
        return None
