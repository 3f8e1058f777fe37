"""What the gateway has promised: a code for each sign-in, good once, for a minute, for one place.

RFC 6749, 4.1.2 and RFC 7636 (PKCE, S256 only); OpenID Connect Core, 3.1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.demo.gateway.citizens import Citizen

LIFE = 60
"""Seconds for which a code can be traded."""

MOST = 1000
"""Codes that are kept; an older one goes for a newer one."""

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Client:
    """The one site that signs in through the gateway."""

    number: str
    secret: str
    returns_to: frozenset[str]

    def proves(self, number: str, secret: str) -> bool:
        """Say whether a caller is this client."""
        return hmac.compare_digest(
            f"{self.number}:{self.secret}".encode(), f"{number}:{secret}".encode()
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a site asks the gateway for, as it stood in the address."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    level: str

    @staticmethod
    def of(values: Mapping[str, str]) -> Asked:
        """Read it from the fields of an address or a form."""
        return Asked(
            values.get("redirect_uri", ""),
            values.get("state", ""),
            values.get("nonce", ""),
            values.get("code_challenge", ""),
            values.get("acr_values", ""),
        )


def fault_of(client: Client, values: Mapping[str, str]) -> str | None:
    """Return why nobody may even be sent back: another client, another place; None otherwise."""
    if values.get("client_id") != client.number:
        return "unknown_client"
    if values.get("redirect_uri") not in client.returns_to:
        return "unknown_redirect_uri"
    return None


def error_of(values: Mapping[str, str]) -> str | None:
    """Return the OAuth error with which the browser is sent back at once; None when all is well."""
    if values.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in values.get("scope", "").split():
        return "invalid_scope"
    challenge = values.get("code_challenge", "")
    if values.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        return "invalid_request"
    return None


@dataclass(frozen=True, slots=True)
class Grant:
    """Who proved themselves, how strongly and when, and for what it was asked."""

    asked: Asked
    citizen: Citizen
    level: str
    at: float


@dataclass
class Grants:
    """The codes that are out."""

    _open: dict[str, Grant] = field(default_factory=dict)

    def give(self, grant: Grant) -> str:
        """Return a new code for a grant."""
        while len(self._open) >= MOST:
            self._open.pop(next(iter(self._open)))
        code = secrets.token_urlsafe(32)
        self._open[code] = grant
        return code

    def trade(self, code: str, redirect_uri: str, verifier: str, now: float) -> Grant | None:
        """Return what a code stands for, once; None for one that is wrong, used or over."""
        grant = self._open.pop(code, None)
        if grant is None or not 0 <= now - grant.at <= LIFE:
            return None
        digest = hashlib.sha256(verifier.encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
        same = hmac.compare_digest(proof, grant.asked.challenge)
        return grant if same and redirect_uri == grant.asked.redirect_uri else None
