"""Which provider of registered e-mail (KEP) takes messages, and who signs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from handlers.kit.post.mail_server import MailServer


@dataclass(frozen=True, slots=True)
class KepServer:
    """Where signed mail is submitted; ``sign`` makes the container over a content at a moment.

    ``sign`` asks a token and raises its refusals.
    """

    mail: MailServer
    sign: Callable[[bytes, datetime], bytes]
