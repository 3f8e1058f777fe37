"""The way to the OpenID provider: over TLS, and through the proxy of the site."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from signing.network.outbound import OutboundPolicy
from tests.kit.signing.forward import Identity, forwarding, identity
from tests.kit.signing.loopback import serving
from tests.kit.web.provider import Provider, running
from tests.web.auth.test_oidc import office_client
from web.auth.asking import Asking, NotOverTls

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.staff import Staff


@pytest.fixture
def shown(tmp_path: Path) -> Identity:
    return identity(tmp_path / "shown")


@pytest.fixture
def everybody_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every name lead to this machine."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _, *rest, **options: real("127.0.0.1", *rest, **options)
    )


def test_the_provider_is_asked_through_the_proxy_of_the_settings(
    world: World, database: Database, tmp_path: Path, shown: Identity
) -> None:
    with serving() as somebody, forwarding(shown) as proxy:
        proxy.ports["kimlik.example"] = int(somebody.address.rpartition(":")[2])
        client = office_client(
            world, database, tmp_path, "https://kimlik.example",
            {"NES_PROXY": proxy.address, "NES_PROXY_TRUSTED": str(shown.anchors)},
        )  # fmt: skip
        assert client.get("/giris/oidc").status_code == 503  # that is no provider over TLS
        assert proxy.asked == [("CONNECT", "//kimlik.example:443")]
        assert somebody.asked == []


def test_a_provider_behind_the_proxy_answers_over_tls_within_tls(
    shown: Identity, tmp_path: Path
) -> None:
    other = identity(tmp_path / "other", "kimlik.example")
    with serving({"/a": b"{}"}, other.served()) as there, forwarding(shown) as proxy:
        proxy.ports["kimlik.example"] = int(there.address.rpartition(":")[2])
        session = Asking(hosts=None, way=OutboundPolicy(proxy.address, shown.anchors))
        answer = session.request(
            "GET", "https://kimlik.example/a", withhold_token=True, verify=str(other.anchors)
        )
        assert answer.json() == {}
        assert there.times("/a") == 1
        session.close()


@pytest.mark.usefixtures("everybody_here")
def test_a_description_that_leads_off_this_machine_without_tls_signs_nobody_in(
    world: World, database: Database, tmp_path: Path, staff: Staff
) -> None:
    assert staff.officer
    proved = int(world.clock.now().timestamp())
    with running(Provider(proved=proved)) as provider:
        more = {"NES_OUTBOUND": "anahtar.example", "NES_PLAIN": "status"}
        client = office_client(world, database, tmp_path, provider.issuer, more)
        provider.claims = {"sub": "sub-Zeynep Görevli"}
        provider.elsewhere = provider.issuer.replace("127.0.0.1", "anahtar.example") + "/keys"
        location = client.get("/giris/oidc").headers["Location"]
        assert client.get(provider.back(location)).status_code == 503
        assert client.get("/hesap").status_code == 302


@pytest.mark.usefixtures("everybody_here")
def test_neither_permission_nor_proxy_lets_the_provider_be_asked_in_the_clear(
    shown: Identity,
) -> None:
    with serving({"/a": b"{}"}) as there, forwarding(shown) as proxy:
        proxy.ports["kimlik.example"] = int(there.address.rpartition(":")[2])
        url = there.url("/a").replace("127.0.0.1", "kimlik.example")
        for way in (OutboundPolicy(plain=True), OutboundPolicy(proxy.address, shown.anchors)):
            with pytest.raises(NotOverTls):
                Asking(hosts=None, way=way).request("GET", url, withhold_token=True)
        assert (there.asked, proxy.asked) == ([], [])
