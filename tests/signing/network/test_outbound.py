"""The way to other houses: TLS off this machine, and the site's own forward proxy."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from asn1crypto import tsp

from signing.app.words.refusals import tell
from signing.errors import OnlineUnavailable
from signing.network.fetch import Fetcher, FetchTimeouts
from signing.network.online import SMALL, Online
from signing.network.outbound import (
    OutboundPolicy,
    host_and_port,
    loopback,
    scheme_and_host,
    this_machine,
)
from tests.kit.signing.forward import Forward, Identity, forwarding, identity
from tests.kit.signing.house import NOW
from tests.kit.signing.loopback import Loopback, serving
from tests.kit.signing.own_house import DIGEST, make_house, subject
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK = FetchTimeouts(connect=2, read=2, whole=4)


def port(url: str) -> int:
    """Give the port of an address that has one."""
    return urlsplit(url).port or 0


@pytest.fixture
def site() -> Iterator[Loopback]:
    with serving({"/a": b"the answer"}) as site:
        yield site


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return identity(tmp_path_factory.mktemp("proxy") / "own")


@pytest.fixture
def proxy(shown: Identity, site: Loopback) -> Iterator[Forward]:
    """Give a proxy that knows where the invented hosts really are."""
    with forwarding(shown) as proxy:
        proxy.ports = dict.fromkeys(("liste.example", "zaman.example"), port(site.address))
        yield proxy


@pytest.fixture
def everybody_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have every name lead to this machine, so that going straight would arrive; give the names."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def here(host: str, *rest: object, **options: object) -> object:
        asked.append(host)
        return real("127.0.0.1", *rest, **options)  # type: ignore[arg-type] # as they came

    monkeypatch.setattr(socket, "getaddrinfo", here)
    return asked


def asking(way: OutboundPolicy, hosts: frozenset[str] | None = None) -> Fetcher:
    return Fetcher(patience=QUICK, way=way, hosts=hosts)


def get(fetcher: Fetcher, url: str) -> bytes:
    return fetcher.get(url, "*/*", SMALL)


# without a proxy


@pytest.mark.usefixtures("everybody_here")
def test_without_permission_nothing_is_asked_in_the_clear_off_this_machine(site: Loopback) -> None:
    url = f"http://liste.example:{port(site.address)}/a"
    for ask in (get, lambda fetcher, url: fetcher.post(url, b"x", ("a/b", "a/b"), SMALL)):
        with pytest.raises(OnlineUnavailable) as caught:
            ask(asking(OutboundPolicy()), url)
        assert caught.value.params["where"] == url
        assert "NES_PLAIN=status" in tell(caught.value).text
        assert "NES_PROXY" in tell(caught.value).text
    assert site.asked == []
    assert get(asking(OutboundPolicy(plain=True)), url) == b"the answer"


def test_a_list_over_tls_needs_no_permission(shown: Identity, everybody_here: list[str]) -> None:
    with serving({"/a": b"the answer"}, shown.served()) as site:
        fetcher = asking(OutboundPolicy())
        fetcher.session.verify = str(shown.anchors)
        assert get(fetcher, site.url("/a")) == b"the answer"
        with refusing(OnlineUnavailable, match="SSLError"):  # the name is another's
            get(fetcher, f"https://liste.example:{port(site.address)}/a")
        with refusing(OnlineUnavailable, match="SSLError"):
            get(asking(OutboundPolicy()), site.url("/a"))
    assert "liste.example" in everybody_here


def test_what_stays_on_this_machine_is_asked_over_http(site: Loopback) -> None:
    assert get(asking(OutboundPolicy()), site.url("/a")) == b"the answer"
    assert not OutboundPolicy().overheard("http://LOCALHOST:8000/nes.crl")
    here = OutboundPolicy(here=frozenset({"10.0.0.5"}))
    assert not here.overheard("http://10.0.0.5:8000/nes.crl")
    assert here.overheard("http://10.0.0.6:8000/nes.crl")


def test_an_address_that_is_led_elsewhere_is_judged_by_where_it_leads(site: Loopback) -> None:
    home = Fetcher(route=lambda _: site.url("/a"))
    assert get(home, "http://nes.example/nes.crl") == b"the answer"
    astray = Fetcher(route=lambda _: "http://nes.example/a")
    with refusing(OnlineUnavailable, match="NES_PLAIN"):
        get(astray, site.url("/a"))


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True), ("127.255.0.9", True), ("::1", True), ("localhost", True),
        ("localhost.example", False), ("10.0.0.7", False), ("128.0.0.1", False), ("::2", False),
        ("", False), ("169.254.0.1", False),
    ],
)  # fmt: skip
def test_loopback_is_this_machine_and_nothing_else_is(host: str, *, here: bool) -> None:
    assert loopback(host) == here


@pytest.mark.parametrize(
    "url",
    [
        "http://kotu.example\\@127.0.0.1/a", "http://kotu.example\t@127.0.0.1/a",
        "http://127.0.0.1/a b", " http://127.0.0.1/", "http://127.0.0.1/ğ", "http://127.0.0.1\n",
        "http://[", "",
    ],
)  # fmt: skip
def test_an_address_that_two_readers_would_read_in_two_ways_is_not_asked(url: str) -> None:
    assert scheme_and_host(url) == ("", "")
    with refusing(OnlineUnavailable, match="http veya https"):
        get(asking(OutboundPolicy(plain=True), frozenset({"127.0.0.1"})), url)
    assert scheme_and_host("https://u:p@Liste.example:1/a?b#c") == ("https", "liste.example")


# through the proxy


def test_a_list_and_a_time_stamp_over_http_are_asked_through_the_proxy(
    site: Loopback, proxy: Forward, shown: Identity, everybody_here: list[str]
) -> None:
    house = make_house()
    listed = house.list()
    site.answers |= {"/a.crl": listed, "/tsa": house.stamp}
    online = Online(
        "http://zaman.example/tsa", asking(OutboundPolicy(proxy.address, shown.anchors))
    )
    certificate = subject(house, [["http://liste.example/a.crl"]], [])
    assert online.crls(certificate, NOW) == (listed,)
    assert tsp.ContentInfo.load(online.timestamp(DIGEST), strict=True)
    assert proxy.asked == [
        ("GET", "http://liste.example/a.crl"), ("POST", "http://zaman.example/tsa"),
    ]  # fmt: skip
    assert {host for host in everybody_here if host.endswith("example")} == set()


def test_an_https_address_is_asked_over_tls_within_tls(
    proxy: Forward, shown: Identity, tmp_path: Path
) -> None:
    other = identity(tmp_path / "other", "liste.example")
    with serving({"/a": b"the answer"}, other.served()) as there:
        proxy.ports["liste.example"] = port(there.address)
        fetcher = asking(OutboundPolicy(proxy.address, shown.anchors))
        fetcher.session.verify = str(other.anchors)
        assert get(fetcher, "https://liste.example/a") == b"the answer"
        assert proxy.asked == [("CONNECT", "//liste.example:443")]


@pytest.mark.usefixtures("everybody_here")
def test_the_anchors_of_the_proxy_are_for_nobody_else(
    proxy: Forward, shown: Identity, tmp_path: Path
) -> None:
    posing = identity(tmp_path / "posing", "liste.example")
    both = Identity(tmp_path / "both.pem", posing.own)
    both.anchors.write_bytes(shown.anchors.read_bytes() + posing.anchors.read_bytes())
    with serving({"/a": b"the answer"}, posing.served()) as there:
        proxy.ports["liste.example"] = port(there.address)
        with refusing(OnlineUnavailable, match="SSLError"):
            get(asking(OutboundPolicy(proxy.address, both.anchors)), "https://liste.example/a")
        assert there.asked == []
    assert [method for method, _ in proxy.asked] == ["CONNECT"]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.usefixtures("everybody_here")
def test_a_proxy_whose_certificate_nobody_vouches_for_is_told_nothing(
    site: Loopback, proxy: Forward, tmp_path: Path, scheme: str
) -> None:
    stranger = identity(tmp_path / "stranger")
    for anchors in (stranger.anchors, None):
        with refusing(OnlineUnavailable, match="ProxyError|SSLError"):
            get(asking(OutboundPolicy(proxy.address, anchors)), f"{scheme}://liste.example/a")
    assert (proxy.asked, site.asked) == ([], [])


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.usefixtures("everybody_here")
def test_a_proxy_that_shows_the_certificate_of_another_name_is_told_nothing(
    site: Loopback, tmp_path: Path, scheme: str
) -> None:
    other = identity(tmp_path / "other", "vekil.example")
    with forwarding(other) as posing:
        posing.ports["liste.example"] = port(site.address)
        named = posing.address.replace("127.0.0.1", "vekil.example")
        with refusing(OnlineUnavailable, match="ProxyError|SSLError"):
            get(
                asking(OutboundPolicy(posing.address, other.anchors)), f"{scheme}://liste.example/a"
            )
        assert (posing.asked, site.asked) == ([], [])
        assert (
            get(asking(OutboundPolicy(named, other.anchors)), "http://liste.example/a")
            == b"the answer"
        )


@pytest.mark.parametrize("plain", [False, True])
def test_nothing_goes_straight_while_the_proxy_is_away(
    site: Loopback, shown: Identity, everybody_here: list[str], *, plain: bool
) -> None:
    with forwarding(shown) as gone:
        way = OutboundPolicy(gone.address, shown.anchors, plain=plain)
    for scheme in ("http", "https"):
        with refusing(OnlineUnavailable, match="ProxyError"):
            get(asking(way), f"{scheme}://liste.example:{port(site.address)}/a")
    assert site.asked == []
    assert "liste.example" not in everybody_here


def test_what_is_near_is_asked_without_the_proxy_and_not_in_the_clear(
    site: Loopback, proxy: Forward, shown: Identity, everybody_here: list[str]
) -> None:
    near, here = frozenset({"liste.example"}), frozenset({"zaman.example"})
    way = OutboundPolicy(proxy.address, shown.anchors, here, near)
    assert get(asking(way), site.url("/a")) == b"the answer"
    assert get(asking(way), f"http://zaman.example:{port(site.address)}/a") == b"the answer"
    url = f"http://liste.example:{port(site.address)}/a"
    with refusing(OnlineUnavailable, match="NES_PLAIN"):
        get(asking(way), url)
    allowed = OutboundPolicy(proxy.address, shown.anchors, here, near, plain=True)
    assert get(asking(allowed), url) == b"the answer"
    assert proxy.asked == []
    assert {"zaman.example", "liste.example"} <= set(everybody_here)


def test_the_proxy_is_not_asked_for_hosts_that_are_not_listed(
    proxy: Forward, shown: Identity
) -> None:
    fetcher = asking(OutboundPolicy(proxy.address, shown.anchors), frozenset({"liste.example"}))
    with refusing(OnlineUnavailable, match="NES_OUTBOUND"):
        get(fetcher, "http://zaman.example/a")
    assert get(fetcher, "http://liste.example/a") == b"the answer"
    assert proxy.asked == [("GET", "http://liste.example/a")]


def test_a_proxy_without_tls_gives_no_permission(site: Loopback) -> None:
    with forwarding(None) as proxy:
        proxy.ports["liste.example"] = port(site.address)
        with refusing(OnlineUnavailable, match="NES_PLAIN"):
            get(asking(OutboundPolicy(proxy.address)), "http://liste.example/a")
        assert proxy.asked == []
        allowed = asking(OutboundPolicy(proxy.address, plain=True))
        assert get(allowed, "http://liste.example/a") == b"the answer"
        assert proxy.asked == [("GET", "http://liste.example/a")]


def test_the_passwords_of_the_environment_are_not_used(
    site: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = tmp_path / "netrc"
    passwords.write_text("default login u password p")
    monkeypatch.setenv("NETRC", str(passwords))
    assert get(asking(OutboundPolicy()), site.url("/a")) == b"the answer"
    ((_, headers, _),) = site.asked
    assert "Authorization" not in headers


def test_anchors_that_are_gone_mean_that_nobody_can_be_asked(
    proxy: Forward, tmp_path: Path
) -> None:
    with refusing(OnlineUnavailable, match="FileNotFoundError"):
        get(asking(OutboundPolicy(proxy.address, tmp_path / "yok.pem")), "http://liste.example/a")
    assert proxy.asked == []


@pytest.mark.parametrize(
    "host",
    ["localhost", "a.localhost", "localhost.", "127.0.0.1", "127.1", "2130706433", "0x7f000001",
     "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"],  # noqa: S104 - nothing listens there
)  # fmt: skip
def test_however_it_is_written_this_machine_is_known(host: str) -> None:
    assert this_machine(host)


@pytest.mark.parametrize("host", ["", "a.example", "localhost.example", "10.0.0.7", "fd00::7", "8"])
def test_another_machine_is_not_taken_for_this_one(host: str) -> None:
    assert not this_machine(host)


def test_an_address_has_the_port_of_its_scheme_unless_it_names_one() -> None:
    assert host_and_port("http://Liste.example/a") == "liste.example:80"
    assert host_and_port("https://[::1]/a") == "::1:443"
    assert host_and_port("https://a.example:8443") == "a.example:8443"
    for odd in ("http://a.example:99999/", "ftp://a.example/", "//", "http://a b/", "x"):
        assert host_and_port(odd) == ""


def test_of_this_machine_only_named_ports_are_asked_whatever_the_list_of_hosts(
    site: Loopback,
) -> None:
    named = OutboundPolicy(
        here=frozenset({"nes.example"}), places=frozenset({host_and_port(site.address)})
    )
    for hosts in (None, frozenset({"127.0.0.1", "nes.example"}), frozenset[str]()):
        fetcher = Fetcher(patience=QUICK, way=named, hosts=hosts)
        assert fetcher.get(site.url("/a"), "*/*", SMALL) == b"the answer"
        for other in ("127.0.0.1:9", "localhost:9", "[::1]:9", "0.0.0.0:9", "nes.example:9"):
            with refusing(OnlineUnavailable, match="listesinde yok"):
                fetcher.get(f"http://{other}/a", "*/*", SMALL)
    assert site.times("/a") == 3
    assert named.lets("http://a.example:9/", None)
    assert not named.lets("http://a.example:9/", frozenset())
