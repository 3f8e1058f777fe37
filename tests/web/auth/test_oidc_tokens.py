"""What an ID token must be to sign somebody in: each way of being wrong signs nobody in."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from joserfc import jwt

from tests.kit.web.provider import Provider, ec_key, running
from tests.web.auth.test_oidc import office_client, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from joserfc.jwk import ECKey

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.staff import Staff

WELCOME = "<h1>İş listem</h1>"
STRANGER = "Bu hesapla giriş yapılamıyor."

Claims = dict[str, Any]


@dataclass
class Forger(Provider):
    """A provider whose token somebody made in another way."""

    forge: Callable[[Forger, Claims], str] | None = None
    dropped: tuple[str, ...] = ()
    own: ECKey = field(default_factory=lambda: ec_key("1"))
    """A key of the same name as the provider's, which the provider never published."""

    def _token(self) -> str:
        token = super()._token()
        claims = json.loads(_decoded(token.split(".")[1]))
        for name in self.dropped:
            claims.pop(name)
        return self.forge(self, claims) if self.forge else self.signed(claims)

    def signed(self, claims: Claims, **header: Any) -> str:  # noqa: ANN401 - values of a header
        """Sign claims as the provider does."""
        return str(jwt.encode({"alg": "ES256", "kid": "1", **header}, claims, self.key))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _keyed(secret: bytes, claims: Claims) -> str:
    """Sign with a shared secret; by hand, for libraries refuse a public key as one."""
    signed = f"{_part({'alg': 'HS256', 'kid': '1'})}.{_part(claims)}"
    mac = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def with_another_key(forger: Forger, claims: Claims) -> str:
    return str(jwt.encode({"alg": "ES256", "kid": "1"}, claims, forger.own))


def with_a_key_of_its_own_in_the_head(forger: Forger, claims: Claims) -> str:
    header = {"alg": "ES256", "jwk": dict(forger.own.as_dict(private=False))}
    return str(jwt.encode(header, claims, forger.own))


def unsigned(_: Forger, claims: Claims) -> str:
    return f"{_part({'alg': 'none', 'kid': '1'})}.{_part(claims)}."


def with_the_signature_cut_off(forger: Forger, claims: Claims) -> str:
    return forger.signed(claims).rpartition(".")[0] + "."


def with_the_public_key_as_a_secret(forger: Forger, claims: Claims) -> str:
    return _keyed(forger.key.as_pem(private=False), claims)


def with_the_secret_of_the_site(_: Forger, claims: Claims) -> str:
    return _keyed(b"secret", claims)


def with_changed_claims(forger: Forger, claims: Claims) -> str:
    head, _, signature = forger.signed({**claims, "sub": "somebody"}).split(".")
    return f"{head}.{_part(claims)}.{signature}"


FORGERIES = (
    with_another_key, with_a_key_of_its_own_in_the_head, unsigned, with_the_signature_cut_off,
    with_the_public_key_as_a_secret, with_the_secret_of_the_site, with_changed_claims,
)  # fmt: skip


@pytest.fixture
def lands(world: World, database: Database, tmp_path: Path, staff: Staff) -> Callable[..., str]:
    """Give the page on which one lands with the token of a provider."""
    assert staff.officer

    def landing(claims: Claims | None = None, **changed: Any) -> str:  # noqa: ANN401 - the provider's
        said = {"sub": "sub-Zeynep Görevli", **(claims or {})}
        proved = int(world.clock.now().timestamp())
        with running(Forger(said, proved=proved, **changed)) as provider:
            client = office_client(world, database, tmp_path, provider.issuer)
            return signed_in(client, provider)

    return landing


@pytest.mark.parametrize("claims", [{}, {"aud": ["nes"]}, {"aud": ["nes", "x"], "azp": "nes"}])
def test_a_sound_token_signs_in(lands: Callable[..., str], claims: Claims) -> None:
    assert WELCOME in lands(claims)


@pytest.mark.parametrize("forge", FORGERIES, ids=[one.__name__ for one in FORGERIES])
def test_a_token_that_the_provider_did_not_sign_with_a_published_key_signs_nobody_in(
    lands: Callable[..., str], forge: Callable[[Forger, Claims], str]
) -> None:
    page = lands(forge=forge)
    assert STRANGER in page
    assert WELCOME not in page


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example"}, {"iss": ""}, {"aud": "another"}, {"aud": ["another"]},
        {"aud": []}, {"aud": "another", "azp": "nes"}, {"aud": ["another"], "azp": "nes"},
        {"azp": "another"}, {"exp": 1_700_000_001}, {"nbf": 4_000_000_000}, {"nonce": "another"},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_of_another_issuer_audience_or_time_signs_nobody_in(
    lands: Callable[..., str], claims: Claims
) -> None:
    assert STRANGER in lands(claims)


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "nonce", "sub"])
def test_a_token_that_leaves_out_what_an_id_token_says_signs_nobody_in(
    lands: Callable[..., str], name: str
) -> None:
    assert STRANGER in lands(dropped=(name,))
