"""How the address of the database is read: each form that libpq takes, and several hosts.

libpq itself reads it, so that what it would ask is what is judged. The address of one host of a net
stands in the URL as usual; sockets and several hosts stand in its query as libpq's lists, each host
with its own port.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

if TYPE_CHECKING:
    from collections.abc import Mapping

DRIVER = "postgresql+psycopg"
SCHEMES = frozenset({"postgresql", "postgres", DRIVER})
HOW = "write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
MORE = f"{HOW}, several hosts as HOST:PORT,HOST:PORT, other signs in a password as %XX"
LISTS = ("host", "hostaddr", "port")
"""What libpq reads as a list, one part for each host."""

WRITES = frozenset({"read-write", "primary"})
"""Values of ``target_session_attrs`` that lead to a server that takes writes."""

DEFAULT_PORT = "5432"
LAST_PORT = 65535

ELSEWHERE = ("PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE")
"""Keys of libpq's own environment that lead a connection elsewhere than its address says."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_PLACE = re.compile(r"([^:/@][^:]*):([0-9]+)")


def read_address(text: str) -> URL:
    """Return the address that a text names; raises ValueError with what to write instead."""
    scheme = _SCHEME.match(text)
    if scheme is None and "=" not in text:
        raise ValueError(HOW)
    if scheme is not None and scheme[1] not in SCHEMES:
        raise ValueError(f"only PostgreSQL is supported, not {scheme[1]}")
    parts = _parts(f"postgresql://{text[scheme.end() :]}" if scheme else text)
    for name in ("service", "servicefile"):
        if parts.pop(name, None) is not None:
            raise ValueError(f"{name} is not read; name host, user and database in the address")
    return _url(parts, _places(parts))


def hosts_of(url: URL) -> list[str]:
    """Return what libpq would ask: names, addresses and paths of sockets; none for its default."""
    named = [str(url.host or "")]
    for key in ("host", "hostaddr"):
        given = url.query.get(key, ())
        named += [given] if isinstance(given, str) else given
    return [host for name in named for host in name.split(",") if host]


def each_host(url: URL) -> list[URL]:
    """Return the addresses of the single hosts of an address, in its order."""
    lists = {key: str(url.query[key]).split(",") for key in LISTS if key in url.query}
    count = max((len(values) for values in lists.values()), default=1)
    if count == 1:
        return [url]
    return [
        url.update_query_dict({key: values[n] for key, values in lists.items()})
        for n in range(count)
    ]


def led_elsewhere(url: URL, env: Mapping[str, str]) -> str | None:
    """Return the key of libpq's environment that would lead a connection past its address."""
    keys = ELSEWHERE if hosts_of(url) else ("PGHOST", *ELSEWHERE)
    return next((key for key in keys if env.get(key)), None)


def _parts(text: str) -> dict[str, str]:
    """Have libpq take an address apart; it would keep the last of several, we keep their list."""
    try:
        found = conninfo_to_dict(_listed(text))
    except psycopg.ProgrammingError as error:
        # Its words may hold a part of the password.
        unknown = re.search(
            r'invalid (?:URI query parameter|connection option)[: ]+"(\w+)"', str(error)
        )
        raise ValueError(f"libpq knows no {unknown[1]}" if unknown else MORE) from None
    return {name: str(value) for name, value in found.items() if value is not None}


def _listed(text: str) -> str:
    """Write what is named several times in a query as one list, HOST:PORT as host and port."""
    path, mark, query = text.partition("?")
    if not mark or "://" not in path:
        return text
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(query.replace("+", "%2B"), keep_blank_values=True):
        given.setdefault(name, []).append(value)
    for name, values in given.items():
        if len(values) > 1 and name not in LISTS:
            raise ValueError(f"{name} is named twice")
    hosts = [host for value in given.get("host", ()) for host in value.split(",")]
    placed = [_PLACE.fullmatch(host) for host in hosts]
    if any(placed):
        if "port" in given:
            raise ValueError("ports stand both with the hosts and alone; name each once")
        given["host"] = [
            found[1] if found else host for host, found in zip(hosts, placed, strict=True)
        ]
        given["port"] = [found[2] if found else DEFAULT_PORT for found in placed]
    joined = {name: ",".join(values) for name, values in given.items()}
    return f"{path}?{urlencode(joined, quote_via=quote)}"


def _places(parts: dict[str, str]) -> list[dict[str, str]]:
    """Take the hosts out of the parts: for each what it is named and its port."""
    lists = {key: parts.pop(key).split(",") for key in LISTS if key in parts}
    named = [len(lists[key]) for key in ("host", "hostaddr") if key in lists]
    count = max(named, default=1)
    if len(set(named)) > 1:
        raise ValueError(f"{named[0]} hosts have {named[1]} addresses; give each its own")
    ports = lists.pop("port", [""])
    if len(ports) not in {1, count}:
        raise ValueError(f"{count} hosts have {len(ports)} ports; give one for all or one for each")
    for port in ports:
        if port and not (port.isdecimal() and 0 < int(port) <= LAST_PORT):
            raise ValueError(f"{port[:20]!r} is no port; {MORE}")
    ports = ports * count if len(ports) == 1 else ports
    return [
        {**{key: values[n] for key, values in lists.items()}, "port": ports[n]}
        for n in range(count)
    ]


def _url(parts: dict[str, str], places: list[dict[str, str]]) -> URL:
    base = URL.create(
        DRIVER,
        parts.pop("user", None),
        parts.pop("password", None),
        database=parts.pop("dbname", None),
    )
    wanted = parts.get("target_session_attrs")
    if len(places) > 1:
        parts.setdefault("target_session_attrs", "read-write")
    elif wanted == "any":
        del parts["target_session_attrs"]
    if parts.get("target_session_attrs", "primary") not in WRITES:
        raise ValueError(f"the product writes; target_session_attrs={wanted} must be read-write")
    first = places[0]
    plain = (
        len(places) == 1
        and set(first) <= {"host", "port"}
        and first.get("host", "")[:1] not in {"/", "@"}
    )
    if plain:
        port = int(first["port"]) if first["port"] else None
        return base.set(host=first.get("host") or None, port=port, query=parts)
    lists = {key: [place[key] for place in places] for key in first}
    if not any(lists["port"]):
        del lists["port"]
    else:
        lists["port"] = [port or DEFAULT_PORT for port in lists["port"]]
    query = {**{key: ",".join(values) for key, values in lists.items()}, **parts}
    return base.set(query=query)
