"""Who a request comes from: what a proxy says, and which addresses are one source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.kit.errors import SettingsError
from states.kit.proxies import proxies_of
from states.kit.settings import load_settings
from web.gate.failure import CommandFailure
from web.gate.forwarded import Forwarded
from web.gate.source import source_key
from web.terminal.commands.serve import _refuse_open_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

SECRETS = {
    "NES_TOKEN_PIN": "1234",
    "NES_SECRET_KEY": "s" * 32,
    "NES_LOOKUP_KEY": "ab" * 32,
    "NES_PERSONAL_KEY": "cd" * 32,
}


def asked_by(settings: Mapping[str, str], peer: str, *said: str, scheme: str = "") -> str:
    """Return scheme and address that the site is told of a request."""
    told = []

    def site(environ: WSGIEnvironment, _: StartResponse) -> Iterable[bytes]:
        told.append(f"{environ['wsgi.url_scheme']} {environ['REMOTE_ADDR']}")
        return []

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http"}
    headers = {"HTTP_X_FORWARDED_FOR": ", ".join(said), "HTTP_X_FORWARDED_PROTO": scheme}
    environ.update({name: value for name, value in headers.items() if value})
    list(Forwarded(site, proxies_of(load_settings(settings)))(environ, lambda *_: None))  # type: ignore[arg-type]  # it starts nothing
    return told[0]


@pytest.mark.parametrize(
    ("named", "peer", "said", "found"),
    [
        ("", "127.0.0.1", ("192.0.2.7",), "192.0.2.7"),
        ("", "::1", ("2001:db8::7",), "2001:db8::7"),
        ("", "::ffff:127.0.0.1", ("192.0.2.7",), "192.0.2.7"),
        ("", "192.0.2.9", ("192.0.2.7",), "192.0.2.9"),
        ("", "127.0.0.1", ("192.0.2.1", "192.0.2.7"), "192.0.2.7"),
        ("10.0.0.0/24", "127.0.0.1", ("192.0.2.7",), "127.0.0.1"),
        ("10.0.0.0/24", "10.0.0.3", ("192.0.2.1", "192.0.2.7", "10.0.0.4"), "192.0.2.7"),
        ("10.0.0.0/24", "10.0.0.3", ("10.0.0.4",), "10.0.0.4"),
        ("10.0.0.0/24", "10.0.0.3", (), "10.0.0.3"),
        ("10.0.0.0/24", "10.0.0.3", ("192.0.2.7", "unknown"), "10.0.0.3"),
        ("10.0.0.0/24 2001:db8::/64", "2001:db8::5", ("192.0.2.7",), "192.0.2.7"),
        ("10.0.0.0/24", "", ("192.0.2.7",), ""),
    ],
)
def test_only_a_proxy_of_the_settings_says_who_asks(
    named: str, peer: str, said: tuple[str, ...], found: str
) -> None:
    settings = {**SECRETS, "NES_FORWARDED_BY": named}
    assert asked_by(settings, peer, *said) == f"http {found}"


def test_only_a_proxy_of_the_settings_says_that_somebody_came_by_tls() -> None:
    assert asked_by(SECRETS, "127.0.0.1", scheme="https") == "https 127.0.0.1"
    assert asked_by(SECRETS, "127.0.0.1", scheme="http, https") == "https 127.0.0.1"
    assert asked_by(SECRETS, "127.0.0.1", scheme="gopher") == "http 127.0.0.1"
    assert asked_by(SECRETS, "192.0.2.9", scheme="https") == "http 192.0.2.9"


def test_a_demo_that_names_no_proxy_believes_nobody(tmp_path: Path) -> None:
    demo = {"NES_DEMO": "1", "NES_VAR": str(tmp_path)}
    assert asked_by(demo, "127.0.0.1", "192.0.2.7", scheme="https") == "http 127.0.0.1"
    named = {**demo, "NES_FORWARDED_BY": "127.0.0.1"}
    assert asked_by(named, "127.0.0.1", "192.0.2.7", scheme="https") == "https 192.0.2.7"


def test_a_proxy_is_named_by_its_address() -> None:
    with pytest.raises(SettingsError, match="'proxy.example' is neither an address nor a network"):
        load_settings({**SECRETS, "NES_FORWARDED_BY": "10.0.0.1 proxy.example"})


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::5", "2001:db8:0:2::/64"),
        ("somewhere", "somewhere"),
    ],
)
def test_a_source_is_an_address_of_ipv4_or_what_one_subscriber_has_of_ipv6(
    address: str, source: str
) -> None:
    assert source_key(address) == source


def test_the_site_is_not_opened_to_other_machines_without_a_word_for_it(tmp_path: Path) -> None:
    office = {**SECRETS, "NES_VAR": str(tmp_path), "NES_HOST": "0.0.0.0"}  # noqa: S104 - it is refused
    with pytest.raises(CommandFailure, match="no TLS of its own"):
        _refuse_open_address(load_settings(office))
    for allowed in ({"NES_HOST": "::1"}, {"NES_FORWARDED_BY": "10.0.0.1"}, {"NES_DEMO": "1"}):
        _refuse_open_address(load_settings({**office, **allowed}))
