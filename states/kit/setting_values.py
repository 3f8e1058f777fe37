"""What the values of settings must be, each read and refused with a sentence of its own."""

from __future__ import annotations

import os
import re
import ssl
from datetime import date, timedelta
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator
from sqlalchemy import URL

from states.kit.address import read_address
from states.kit.demo_secrets import KEY_BYTES
from states.kit.mail_address import BadMailAddress, envelope_address
from states.kit.outbound_hosts import PLAIN, host_of, on_this_machine
from states.kit.sms_provider import SmsProvider, read_provider

_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
_SITE = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/?")
_PLACE = re.compile(rf"({_HOST.pattern}):([0-9]{{1,5}})")
_MAIL = re.compile(r"smtps?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_PROXY = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")

PORTS = 65535
RSA_2048_AT_MOST = date(2030, 12, 31)
"""The last day that NES_RSA_2048_UNTIL may name (NIST SP 800-131A; signing/x509/algorithms.py)."""
HALF_A_DAY = 12 * 60 * 60
"""Seconds of the longest life of a session (handlers/kit/sessions.py)."""
ONE_LINE = r"^\S(?:[^\x00-\x1f\x7f]*\S)?$"
"""A text for people: one line, no blank at its ends."""


def database_address(value: object) -> object:
    """Read a PostgreSQL address and name the driver we speak to it with."""
    return value if isinstance(value, URL) else read_address(str(value))


def key_bytes(value: object) -> bytes:
    """Read a 32-byte key from 64 hexadecimal digits."""
    try:
        key = bytes.fromhex(str(value))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("give 64 hexadecimal digits; `openssl rand -hex 32` makes them")
    return key


def own_folder(path: Path) -> Path:
    """Return the folder with all parts; the system's /var, where a start in / leads, is refused."""
    folder = path.absolute()
    if folder == Path("/var"):
        # The name is told here, since a default is not known by it.
        reason = "/var is the system's; start in a folder of its own, or name another one"
        raise WrongSetting("NES_VAR", reason)
    return folder


def existing_file(path: Path) -> Path:
    """Refuse a path at which no file stands."""
    if not path.is_file():
        raise ValueError(f"there is no file at {path}")
    return path


def existing_folder(path: Path) -> Path:
    """Refuse a path at which no folder stands."""
    if not path.is_dir():
        raise ValueError(f"there is no folder at {path}")
    return path


def maildir(path: Path) -> Path:
    """Refuse a path at which no maildir stands, or one that we may not move mail in."""
    for name in ("new", "cur"):
        if not os.access(path / name, os.R_OK | os.W_OK | os.X_OK):
            raise ValueError(f"there is no maildir at {path} in which mail can be moved: {name}")
    return path


def site_address(value: str) -> str:
    """Read the address of a whole site: documents and certificates put their own paths behind it.

    Only ASCII, since a certificate holds no other letters in an address.
    """
    if not _SITE.fullmatch(value):
        raise ValueError("write it as https://HOST or http://HOST:PORT, with no path behind it")
    return value.removesuffix("/")


def list_interval(value: object) -> timedelta:
    """Read how long changes are collected for a list."""
    if isinstance(value, timedelta):
        return value
    if re.fullmatch("[1-9][0-9]?|[1-5][0-9]{2}|600", str(value)):
        return timedelta(seconds=int(str(value)))
    raise ValueError(
        "give whole seconds from 1 to 600, such as 60: so long are the changes of certificates "
        "collected for one revocation list"
    )


def day_for_rsa_2048(value: object) -> date:
    """Read the last day on which RSA keys of 2048 bits count."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError("write the last day as YYYY-MM-DD, such as 2028-12-31") from error
    if day > RSA_2048_AT_MOST:
        raise ValueError(
            f"RSA keys of 2048 bits have about 112 bits of strength, which ends everywhere on "
            f"{RSA_2048_AT_MOST} (NIST SP 800-131A); name that day or an earlier one"
        )
    return day


class Key(bytes):
    """A 32-byte key that does not show itself in logs and tracebacks."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Hide the key."""
        return "Key(**********)"

    __str__ = __repr__


class WrongSetting(ValueError):
    """A mistake of several keys together that is told of one of them."""

    def __init__(self, setting: str, reason: str) -> None:
        super().__init__(reason)
        self.setting = setting


def words(value: object) -> object:
    """Read words with blanks between them."""
    return tuple(value.split()) if isinstance(value, str) else value


def host_names(value: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse what is no name of a host; names are kept in small letters.

    On this machine a port is named with the host, elsewhere none.
    """
    for word in value:
        placed = _PLACE.fullmatch(word)
        if placed and _is_here(placed[1]) and 0 < int(placed[2]) <= PORTS:
            continue
        if not _HOST.fullmatch(word):
            raise ValueError(f"{word!r} is no bare host name; give names with blanks between them")
        if _is_here(word):
            raise ValueError(f"{word!r} is this machine; give HOST:PORT of what may be asked there")
    return tuple(word.lower() for word in value)  # ASCII: names of hosts


def _is_here(name: str) -> bool:
    return on_this_machine(host_of(f"//{name}"))


def courier_address(value: str) -> str:
    """Read the address of a courier company, which is told names and where people live."""
    if value.startswith("http:") and not on_this_machine(host_of(value)):
        raise ValueError("a courier on another machine is spoken to over TLS: https://HOST/PATH")
    return value.rstrip("/")


def sms_address(value: str) -> str:
    """Read the address of an SMS provider, which is told numbers and that they are of the office's.

    Its query may hold what the provider wants there; a secret belongs into its own setting.
    """
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s#]*)?", value):
        raise ValueError("write it as https://HOST/PATH, with no name or password in it")
    if value.startswith("http:") and not on_this_machine(host_of(value)):
        raise ValueError("a provider on another machine is spoken to over TLS: https://HOST/PATH")
    return value


def described_provider(value: object) -> SmsProvider:
    """Read the description of an SMS provider from the file that is named."""
    return value if isinstance(value, SmsProvider) else read_provider(Path(str(value)))


def mail_server(value: str) -> str:
    """Read where mail is submitted: with TLS from the first byte, or from STARTTLS on."""
    port = _MAIL.fullmatch(value)
    if port is None or not 1 <= int(port[1]) <= PORTS:
        raise ValueError(
            "write it as smtps://HOST:PORT (TLS from the first byte) or smtp://HOST:PORT (STARTTLS)"
        )
    return value


def mail_sender(value: str) -> str:
    """Read the sender of all mail: an address, or a name and the address in angle brackets."""
    name, address = parseaddr(value)
    try:
        return formataddr((name, envelope_address(address)))
    except BadMailAddress as bad:
        raise ValueError(
            "write an address such as nes@example.org, or NAME <nes@example.org>"
        ) from bad


def plain_words(value: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a word that allows nothing."""
    for word in value:
        if word not in PLAIN:
            raise ValueError(f"{word!r} is none of its words, which are {', '.join(PLAIN)}")
    return value


def proxy_address(value: str) -> str:
    """Read the address of a forward proxy, which is spoken to over TLS unless it is here."""
    port = _PROXY.fullmatch(value)
    if port is None or not 1 <= int(port[1]) <= PORTS:
        raise ValueError("write it as https://HOST:PORT, with no name, password or path")
    if value.startswith("http:") and not on_this_machine(host_of(value)):
        raise ValueError("a proxy on another machine is spoken to over TLS: https://HOST:PORT")
    return value


def anchors_file(path: Path) -> Path:
    """Refuse a file that holds no certificate to trust in."""
    try:
        ssl.create_default_context(cafile=str(path))
    except OSError as error:
        raise ValueError(f"no certificates in PEM can be read from {path}") from error
    return path


Interval = Annotated[timedelta, BeforeValidator(list_interval)]
Words = Annotated[tuple[str, ...], BeforeValidator(words)]
KeyField = Annotated[Key, BeforeValidator(lambda value: Key(key_bytes(value)))]
