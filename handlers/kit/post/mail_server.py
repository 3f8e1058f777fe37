"""Which mail server takes the messages of the office, as the settings name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is submitted (RFC 6409), and in whose name.

    ``implicit_tls`` speaks TLS from the first byte (RFC 8314); else STARTTLS is wanted unless
    ``here``, the server being on this machine. ``anchors`` are those of its certificate, the
    public ones where None. ``rate`` is how many messages a minute it is given, 0 without a bound.
    """

    host: str
    port: int
    sender: str
    implicit_tls: bool = True
    here: bool = False
    user: str = ""
    password: SecretStr | None = None
    anchors: Path | None = None
    rate: int = 0
