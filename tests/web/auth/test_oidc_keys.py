"""Which keys of an OpenID provider count: of 128 bits of strength, or of 2048 to the site's day."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import OctKey, OKPKey, RSAKey

from tests.kit.web.provider import Provider, ec_key, running
from tests.web.auth.test_oidc import office_client, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.staff import Staff

    Land = Callable[..., tuple[int, str]]

WELCOME = "<h1>İş listem</h1>"
STRANGER = "Bu hesapla giriş yapılamıyor."
AWAY = "Hizmete şu an ulaşılamıyor"


@cache
def rsa_key(bits: int) -> RSAKey:
    """Make an RSA key, once a process: the long ones take a second."""
    return RSAKey.generate_key(bits, {"kid": str(bits)})


def public(*keys: RSAKey | OctKey | OKPKey) -> list[dict[str, Any]]:
    """Write keys as a provider publishes them."""
    return [dict(key.as_dict(private=False)) for key in keys]


@pytest.fixture
def land(world: World, database: Database, tmp_path: Path, staff: Staff) -> Land:
    """Give how one signs in with a provider of these keys: the status and the page at the end."""
    assert staff.officer

    def signing_in(until: str = "", **keys: Any) -> tuple[int, str]:  # noqa: ANN401 - the provider's
        proved = int(world.clock.now().timestamp())
        with running(Provider({"sub": "sub-Zeynep Görevli"}, proved=proved, **keys)) as provider:
            more = {"NES_RSA_2048_UNTIL": until} if until else {}
            client = office_client(world, database, tmp_path, provider.issuer, more)
            location = client.get("/giris/oidc").headers["Location"]
            answer = client.get(provider.back(location), follow_redirects=True)
            return answer.status_code, answer.text

    return signing_in


def test_a_provider_may_sign_with_rsa_of_3072_bits(land: Land) -> None:
    assert WELCOME in land(key=rsa_key(3072))[1]


def test_a_provider_whose_keys_are_all_short_signs_nobody_in(
    land: Land, capsys: pytest.CaptureFixture[str]
) -> None:
    status, page = land(key=rsa_key(2048))
    assert status == 503
    assert AWAY in page
    assert "NoStrongKey" in capsys.readouterr().out


def test_a_provider_with_a_new_and_longer_key_is_believed_without_a_new_start(
    world: World, database: Database, tmp_path: Path, staff: Staff
) -> None:
    assert staff.officer
    proved = int(world.clock.now().timestamp())
    with running(Provider({"sub": "sub-Zeynep Görevli"}, proved=proved)) as provider:
        client = office_client(world, database, tmp_path, provider.issuer)
        strong, provider.key = provider.key, rsa_key(2048)
        location = client.get("/giris/oidc").headers["Location"]
        assert client.get(provider.back(location)).status_code == 503
        provider.key = strong
        assert WELCOME in signed_in(client, provider)


def test_a_short_key_beside_a_strong_one_proves_nothing(land: Land) -> None:
    strong = dict(ec_key("2").as_dict(private=False))
    assert STRANGER in land(key=rsa_key(2048), others=[strong])[1]


@pytest.mark.parametrize(("until", "status"), [("2026-03-02", 200), ("2026-03-01", 503)])
def test_a_site_takes_a_providers_short_key_to_its_own_day(
    land: Land, until: str, status: int
) -> None:
    answer = land(until, key=rsa_key(2048))
    assert (answer[0], WELCOME in answer[1]) == (status, status == 200)


def test_keys_of_other_kinds_beside_a_strong_one_do_not_count_and_do_no_harm(land: Land) -> None:
    others = [*public(OctKey.generate_key(256), OKPKey.generate_key("Ed25519")), {"kty": "AKP"}]
    assert WELCOME in land(others=[*others, {}])[1]


@pytest.mark.parametrize("wrong", [["no key"], [{"kty": "EC", "crv": "P-256"}], [{"kty": "RSA"}]])
def test_a_set_of_keys_that_can_not_be_read_signs_nobody_in(land: Land, wrong: list[Any]) -> None:
    assert STRANGER in land(others=wrong)[1]
