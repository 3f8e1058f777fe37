"""A small OpenID provider on loopback: it says of everybody what the test told it to."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from werkzeug.wrappers import Request, Response

from tests.kit.web.program import served

if TYPE_CHECKING:
    from collections.abc import Iterator


def ec_key(kid: str) -> ECKey:
    """Make a key on the curve P-256."""
    return ECKey.generate_key("P-256", {"kid": kid})


@dataclass
class Provider:
    """What the provider says; ``claims`` go into the token, ``fails`` breaks its answers.

    ``proved`` is when somebody proved himself to it, by the clock of the test. ``posing`` is the
    issuer that its description names in place of its own, ``elsewhere`` where its keys are said
    to be; ``moved`` sends whoever asks for its description to another place. ``key`` signs, and
    stands with ``others`` in the set of its keys.
    """

    claims: dict[str, Any] = field(default_factory=dict)
    fails: bool = False
    proved: int = 0
    posing: str = ""
    elsewhere: str = ""
    moved: bool = False
    issuer: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    key: RSAKey | ECKey = field(default_factory=lambda: ec_key("1"))
    others: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        """Answer the site: discovery, keys, token."""
        if request.path.startswith("/.well-known") and self.moved:
            return Response("", 302, {"Location": "/moved/openid-configuration"})
        if request.path.endswith("openid-configuration"):
            return _json(self._configuration())
        if request.path == "/keys":
            return _json({"keys": [self.key.as_dict(private=False), *self.others]})
        if self.fails:
            return _json({"error": "invalid_grant"}, 400)
        return _json({"access_token": "a", "token_type": "Bearer", "id_token": self._token()})

    def back(self, location: str, **changed: str) -> str:
        """Follow the redirect to the provider and return where it sends the browser back to."""
        self.asked = {
            name: values[0] for name, values in parse_qs(urlsplit(location).query).items()
        }
        state = changed.get("state", self.asked["state"])
        return f"{urlsplit(self.asked['redirect_uri']).path}?code=c&state={state}"

    def _configuration(self) -> dict[str, object]:
        return {
            "issuer": self.posing or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": self.elsewhere or f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        }

    def _token(self) -> str:
        claims = {
            "iss": self.issuer, "aud": "nes", "exp": 4_000_000_000, "iat": 1_700_000_000,
            "nonce": self.asked.get("nonce", ""), "acr": "two", "auth_time": self.proved,
            **self.claims,
        }  # fmt: skip
        algorithm = "ES256" if isinstance(self.key, ECKey) else "RS256"
        return str(jwt.encode({"alg": algorithm, "kid": self.key.kid}, claims, self.key))


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    """Serve a provider on a free port of loopback."""

    @Request.application
    def application(request: Request) -> Response:
        return provider.answer(request)

    with served(application) as provider.issuer:
        yield provider
