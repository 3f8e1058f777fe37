"""E-mail addresses as an SMTP server takes them (RFC 5321, 4.1.2), and why one is refused.

Only what every server takes is taken: no quoted local part, no literal of an address (``[192…]``),
and letters beyond ASCII in the domain alone, where IDNA writes them (RFC 5891).
"""

from __future__ import annotations

import re

import idna

from states.kit.errors import CodedError

LONGEST = 254
"""Octets of an address (RFC 5321, 4.5.3.1.3: a path of 256 with its brackets)."""

LONGEST_LOCAL = 64

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")

_FOREIGN = re.compile(r"[^\x00-\x7f]")


class BadMailAddress(CodedError):
    """Nobody can be written to there; params: reason."""

    code = "mail_address"


def envelope_address(text: str) -> str:
    """Return an address in ASCII, its domain in small letters and by IDNA; BadMailAddress."""
    if any(not sign.isprintable() for sign in text):
        raise BadMailAddress(reason="control")
    local, at, domain = text.strip().partition("@")
    if not at or "@" in domain:
        raise BadMailAddress(reason="at")
    if not _LOCAL.fullmatch(_FOREIGN.sub("x", local)) or len(local) > LONGEST_LOCAL:
        raise BadMailAddress(reason="local")
    if not local.isascii():
        raise BadMailAddress(reason="local_letters")
    address = f"{local}@{_domain(domain)}"
    if len(address) > LONGEST:
        raise BadMailAddress(reason="long")
    return address


def _domain(domain: str) -> str:
    try:
        written = idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise BadMailAddress(reason="domain") from error
    if "." not in written or written.endswith(".") or written.rpartition(".")[2].isdigit():
        raise BadMailAddress(reason="domain")
    return written
