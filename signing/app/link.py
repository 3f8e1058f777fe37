"""The links `nes-imza:` of the code pages: which code, of which server.

A link may stand on any page and be pressed by anybody, so it is read strictly, and it names only
what the person then sees, confirms and sends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from signing.app.client import checked_address
from signing.app.errors import LinkHostRefused, LinkMalformed
from signing.app.protocol import ClaimRequest
from signing.errors import SigningError
from signing.network.outbound import loopback

SCHEME = "nes-imza:"
LONGEST = 600
FIELDS = ["code", "server"]

_FORM = re.compile(r"nes-imza:(//)?sign/?\?([!-~]+)")
_SHOWABLE = re.compile(r"[!-~]+")
_PLAIN_HOST = re.compile(r"(?!.*\bxn--)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}")


@dataclass(frozen=True)
class CodeLink:
    """What a link asks the window to open with."""

    server: str
    code: str

    @classmethod
    def parse(cls, link: str) -> CodeLink:
        """Read a link.

        Raises LinkMalformed for anything that no code page writes, and LinkHostRefused for a
        server that could be overheard or whose name a person cannot tell from another's: an IP
        address, a name without a dot, letters outside ASCII. Such a server can be typed by hand.
        """
        form = _FORM.fullmatch(link) if len(link) <= LONGEST else None
        try:
            pairs = parse_qsl(form[2], strict_parsing=True, max_num_fields=2) if form else []
        except ValueError as error:
            raise LinkMalformed from error
        fields = dict(pairs)
        if sorted(fields) != FIELDS:
            raise LinkMalformed
        return cls(_server(fields["server"]), _code(fields["code"]))


def _code(text: str) -> str:
    try:
        return ClaimRequest.parse(text).code
    except SigningError as error:
        raise LinkMalformed from error


def _server(url: str) -> str:
    try:
        server = checked_address(url)
    except SigningError as error:
        raise LinkHostRefused(url=_shown(url)) from error
    host = urlsplit(server).hostname or ""
    if not _SHOWABLE.fullmatch(server) or not (loopback(host) or _PLAIN_HOST.fullmatch(host)):
        raise LinkHostRefused(url=_shown(url))
    return server


def _shown(url: str) -> str:
    """Return an address as it can be shown: short, and without letters that look like others."""
    return url[:100].encode("ascii", "backslashreplace").decode()
