"""What the settings let the product reach: hosts to ask, and what may be asked without TLS."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from states.kit.address import hosts_of

if TYPE_CHECKING:
    from sqlalchemy import URL

    from states.kit.settings import Settings

CHECKED = frozenset({"verify-ca", "verify-full"})
"""Values of libpq's ``sslmode`` that check the server's certificate."""

PLAIN = ("status", "authority", "scanner", "database")
"""The words of NES_PLAIN: what may be asked on another machine without TLS."""


def host_of(address: str) -> str:
    """Return the host of an address in small letters, "" where it names none."""
    return urlsplit(address).hostname or ""


def on_this_machine(host: str) -> bool:
    """Say whether a host of an address is this very machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def hosts_to_ask(settings: Settings) -> frozenset[str] | None:
    """Return the hosts that may be asked: NES_OUTBOUND and those of other settings.

    None stands for all: a demo without NES_OUTBOUND. Of this machine `places_here` tells more.
    """
    if settings.demo and not settings.outbound:
        return None
    named = {host_of(address) for address in _named(settings)}
    listed = {host_of(f"//{word}") for word in settings.outbound}
    return frozenset(listed | named)


def places_here(settings: Settings) -> frozenset[str]:
    """Return the places of this machine (HOST:PORT) that may be asked: what the settings name.

    That the site listens here opens no other port of this machine.
    """
    own = (f"//{settings.host}:{settings.port}", *(f"//{word}" for word in settings.outbound))
    return frozenset({_place(address) for address in (*own, *_named(settings))} - {""})


def _named(settings: Settings) -> list[str]:
    addresses = (
        settings.tsa_url, settings.oidc_issuer, settings.cmp_server, settings.public_url,
        settings.courier_url, settings.sms_url,
    )  # fmt: skip
    return [address for address in addresses if address]


def _place(address: str) -> str:
    """Return HOST:PORT of an address, "" for a bare host."""
    parts = urlsplit(address)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.hostname}:{port}" if port else ""


def overheard(settings: Settings) -> tuple[str, str] | None:
    """Return the first setting that leads off this machine without TLS though NES_PLAIN is silent.

    Given are its key and a sentence of what it may be instead.
    """
    for way in _ways_out(settings):
        if way.clear and way.word not in settings.plain:
            sentence = f"{way.instead}, or let it be asked in the clear with NES_PLAIN={way.word}"
            return way.key, f"it leads to another machine without checked TLS; {sentence}"
    return None


class _WayOut(NamedTuple):
    """A setting that may lead out in the clear: its key, the word of NES_PLAIN that allows it.

    ``clear`` says whether it does; ``instead`` what to do about it.
    """

    key: str
    word: str
    clear: bool
    instead: str


def _ways_out(settings: Settings) -> tuple[_WayOut, ...]:
    """Return the settings that may lead off this machine without TLS."""
    over_proxy = (settings.proxy or "").startswith("https:")
    return (
        _WayOut(
            "NES_TSA_URL", "status", _clear(settings, settings.tsa_url) and not over_proxy,
            "give its https address, set NES_PROXY to an https proxy",
        ),
        _WayOut(
            "NES_PUBLIC_URL", "status",
            _clear(settings, settings.public_url) and _asks_own_list(settings),
            "give an https address, since the site asks its own list there",
        ),
        _WayOut(
            "NES_CMP_SERVER", "authority", _clear(settings, settings.cmp_server),
            "give its https address with NES_CMP_TLS_TRUSTED",
        ),
        _WayOut(
            "NES_CLAMD", "scanner", _far_scanner(settings),
            "give the path of a unix socket or a port of this machine (a tunnel's)",
        ),
        _WayOut(
            "NES_DATABASE_URL", "database", _far_database(settings.database_url),
            "end it with ?sslmode=verify-full&sslrootcert=FILE (or verify-ca)",
        ),
    )  # fmt: skip


def _clear(settings: Settings, address: str | None) -> bool:
    return (address or "").startswith("http:") and not _stays(settings, host_of(address or ""))


def _stays(settings: Settings, host: str) -> bool:
    """Say whether a host is this machine: loopback, or where the site itself listens."""
    return on_this_machine(host) or host == host_of(f"//{settings.host}")


def _asks_own_list(settings: Settings) -> bool:
    """Say whether signatures are judged by a list of ours, fetched from the public address.

    The demo's own is asked at home; an authority elsewhere keeps a list of its own.
    """
    return not settings.demo and settings.tsa_url is not None and settings.cmp_server is None


def _far_scanner(settings: Settings) -> bool:
    scanner = settings.clamd or "/"
    return scanner[0] != "/" and not _stays(settings, host_of(f"//{scanner}"))


def _far_database(url: URL | None) -> bool:
    """Say whether the database would be asked over a net, with its certificate unchecked."""
    if url is None or url.query.get("sslmode") in CHECKED:
        return False
    return _leaves_this_machine(url)


def _leaves_this_machine(url: URL) -> bool:
    """Say whether libpq would go over a net to one of the hosts of an address."""
    return any(host[0] not in "/@" and not on_this_machine(host) for host in hosts_of(url))
