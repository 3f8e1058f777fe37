"""The process of the demo's mail server: on a socket that its parent has opened."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from web.demo.post.caught import NAME, CaughtMails, mail_file
from web.site.supervisor import SupervisedProcess
from web.terminal.beside import HOST, greeted_port
from web.terminal.serving import end_with_parent
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from states.kit.settings import Settings

SENDER = "NES Ofisi (TEST) <nes@ofis.invalid>"
FILE = "MAIL_FILE"
"""Where its parent tells it the file of the caught mail."""


def can_serve() -> bool:
    """Say whether the library is there; a product that is installed without its demo has none."""
    return find_spec("aiosmtpd") is not None


def settings_of(port: int) -> dict[str, str]:
    """Return the settings by which an office hands its mail to the server on a port."""
    return {"NES_SMTP_SERVER": f"smtp://{HOST}:{port}", "NES_SMTP_FROM": SENDER}


def port_file(mails: Path) -> Path:
    """Return the file beside the caught mail that tells other commands the port of the server."""
    return mails.with_name("post.port")


def running_settings(var: Path) -> dict[str, str]:
    """Return the settings of the server of a demo that runs now, nothing where none does."""
    port = greeted_port(port_file(mail_file(var)), f"220 {NAME} ".encode())
    return {} if port is None else settings_of(port)


def member(settings: Settings, found: socket.socket) -> SupervisedProcess:
    """Return the server as a process of the crew, on a socket that stays open in this one."""
    command = [sys.executable, "-m", "web.terminal.post", str(found.fileno())]
    told = {FILE: str(mail_file(settings.var))}
    return SupervisedProcess("post", command, environment=told, listening=found)


def main(number: int) -> None:
    """Serve on the socket of that number until the parent is gone."""
    from web.demo.post.server import Catcher, serve  # noqa: PLC0415 - the library may not be there

    end_with_parent()
    mails = CaughtMails(Path(os.environ[FILE]))
    mails.prepare()
    listening = socket.socket(fileno=number)
    port_file(mails.file).write_text(str(listening.getsockname()[1]), "ascii")
    asyncio.run(serve(listening, Catcher(mails, SystemClock().now)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
