"""A mail server in a process of its own, which answers as it is told to and keeps what it takes.

Run as a program with a folder it serves on a free loopback port and prints it. Line k of
``script`` in that folder says what the k-th message meets: ``ok``, ``mail 451 …``, ``rcpt 550 …``,
``data 552 …`` (before its text), ``text 554 …`` (after it), ``close`` (before the text is taken),
``lost`` (the message is taken, its answer is not given), ``hang``. What was taken stands in
``taken``, one JSON object on a line.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.kit.scripted import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

ACCOUNT = ("ofis", "posta-sirri")
"""Name and password of the account, where the server wants one."""


class Handler:
    """Answers by the script, and keeps what it takes."""

    def __init__(self, folder: Path) -> None:
        self.script, self.taken = folder / "script", folder / "taken"
        self.met = 0
        self.what = "ok"

    def begin(self) -> str:
        """Say what the next message meets."""
        lines = self.script.read_text("utf-8").splitlines() if self.script.exists() else []
        self.what = lines[self.met] if self.met < len(lines) else "ok"
        self.met += 1
        return self.what

    async def handle_EHLO(  # noqa: N802 - the library's name
        self,
        server: Server,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Offer DSN beside what the library offers."""
        del server, envelope
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]]

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: Server, session: Session, envelope: Envelope
    ) -> str:
        """Take a message, unless the script says otherwise."""
        del session
        step, _, answer = self.what.partition(" ")
        if step == "text":
            return answer
        if step == "hang":
            await asyncio.Event().wait()
        content = envelope.original_content or b""
        kept = {
            "to": envelope.rcpt_tos, "from": envelope.mail_from, "mail": server.mail_options,
            "rcpt": server.rcpt_options, "content": base64.b64encode(content).decode(),
            "tls": server.session.ssl is not None if server.session else False,
            "connection": server.number,
        }  # fmt: skip
        with self.taken.open("a", encoding="utf-8") as file:
            file.write(json.dumps(kept) + "\n")
        if step == "lost":
            close(server)
        return "250 2.0.0 taken"


class Server(SMTP):
    """The protocol with the answers of the script, and with DSN (RFC 3461)."""

    connections = 0

    def __init__(self, handler: Handler, **options: Any) -> None:  # noqa: ANN401 - the library's
        super().__init__(handler, **options)
        self.said: Handler = handler
        self.mail_options = self.rcpt_options = ""
        Server.connections += 1
        self.number = Server.connections

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        """Take the sender and what is asked for with it."""
        step, _, answer = self.said.begin().partition(" ")
        if step == "mail":
            await self.push(answer)
            return
        address, _, self.mail_options = (arg or "").partition("> ")
        await super().smtp_MAIL(address.rstrip(">") + ">")

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        """Take a reader and what is asked for with them."""
        step, _, answer = self.said.what.partition(" ")
        if step == "rcpt":
            await self.push(answer)
            return
        address, _, self.rcpt_options = (arg or "").partition("> ")
        await super().smtp_RCPT(address.rstrip(">") + ">")

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - the library's name
        """Take the text, or close before it."""
        step, _, answer = self.said.what.partition(" ")
        if step == "close":
            close(self)
        elif step == "data":
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)


def close(server: Server) -> None:
    """Close a connection without a word."""
    assert server.transport is not None
    server.transport.close()


def admit(
    _server: object, _session: object, _envelope: object, _how: str, data: LoginPassword
) -> AuthResult:
    """Say whether name and password are those of the account."""
    given = (data.login.decode(), data.password.decode())
    return AuthResult(success=given == ACCOUNT, handled=False)


async def serve(folder: Path, how: str) -> None:
    """Serve until killed; ``how`` is plain, starttls or tls."""
    handler = Handler(folder)
    context = None
    if how != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "tls" / "own.pem")
    options: dict[str, Any] = {"hostname": "posta.test", "enable_SMTPUTF8": False}
    if how == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if how != "plain":
        options |= {
            "authenticator": admit,
            "auth_required": True,
            "auth_require_tls": how != "tls",
        }
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Server(handler, **options, loop=loop), "127.0.0.1", 0,
        ssl=context if how == "tls" else None,
    )  # fmt: skip
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


@dataclass(frozen=True)
class TakenMail:
    """A message as it came in."""

    to: list[str]
    sender: str
    mail: str
    rcpt: str
    tls: bool
    connection: int
    message: EmailMessage

    @property
    def message_id(self) -> str:
        """The Message-ID."""
        return str(self.message["Message-ID"])


@dataclass(frozen=True)
class RunningMailServer:
    """A mail server that runs: where, and its folder."""

    port: int
    folder: Path

    def script(self, *what: str) -> None:
        """Say what the messages from the first one on meet."""
        (self.folder / "script").write_text("\n".join(what), "utf-8")

    def taken(self) -> list[TakenMail]:
        """Give what was taken, in its order."""
        file = self.folder / "taken"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return [_read(json.loads(line)) for line in lines]


def _read(kept: dict[str, Any]) -> TakenMail:
    content = base64.b64decode(kept["content"])
    message: EmailMessage = message_from_bytes(content, policy=policy.default)
    return TakenMail(
        kept["to"], kept["from"], kept["mail"], kept["rcpt"], kept["tls"], kept["connection"],
        message,
    )  # fmt: skip


@contextmanager
def mail_server(folder: Path, how: str = "plain") -> Iterator[RunningMailServer]:
    """Run a mail server for as long as the block lasts; for TLS ``folder/tls`` has its identity."""
    folder.mkdir(exist_ok=True)
    with running(__name__, str(folder), how) as port:
        yield RunningMailServer(port, folder)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
