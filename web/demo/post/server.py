"""The mail server of the demo: it takes every message and sends none on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from datetime import datetime

    from aiosmtpd.smtp import Envelope, Session

    from web.demo.post.caught import CaughtMails


@dataclass(frozen=True)
class Catcher:
    """What the server does with a message: it keeps it."""

    mails: CaughtMails
    now: Callable[[], datetime]

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a message and say so; nothing is promised that is not written."""
        del server, session
        content = envelope.original_content or b""
        number = self.mails.add(", ".join(envelope.rcpt_tos), content, self.now())
        return f"250 2.0.0 kept as {number}"


async def serve(listening: socket.socket, catcher: Catcher, name: str) -> None:
    """Serve on a socket until the process ends; ``name`` is what the server calls itself."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(catcher, hostname=name, loop=loop), sock=listening
    )
    await server.serve_forever()
