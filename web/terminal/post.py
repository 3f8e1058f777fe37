"""The process of the demo's mail server: on a socket that its parent has opened."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from web.demo.post.caught import CaughtMails, mail_file
from web.site.supervisor import SupervisedProcess
from web.terminal.beside import MAIL_SERVER, mail_port_file
from web.terminal.serving import end_with_parent
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from states.kit.settings import Settings

FOLDER = "MAIL_VAR"
"""Where its parent tells it the folder of the demo."""


def can_serve() -> bool:
    """Say whether the library is there; a product that is installed without its demo has none."""
    return find_spec("aiosmtpd") is not None


def member(settings: Settings, found: socket.socket) -> SupervisedProcess:
    """Return the server as a process of the crew, on a socket that stays open in this one."""
    command = [sys.executable, "-m", "web.terminal.post", str(found.fileno())]
    told = {FOLDER: str(settings.var)}
    return SupervisedProcess("post", command, environment=told, listening=found)


def main(number: int) -> None:
    """Serve on the socket of that number until the parent is gone."""
    from web.demo.post.server import Catcher, serve  # noqa: PLC0415 - the library may not be there

    end_with_parent()
    var = Path(os.environ[FOLDER])
    mails = CaughtMails(mail_file(var))
    mails.prepare()
    listening = socket.socket(fileno=number)
    mail_port_file(var).write_text(str(listening.getsockname()[1]), "ascii")
    asyncio.run(serve(listening, Catcher(mails, SystemClock().now), MAIL_SERVER))


if __name__ == "__main__":
    main(int(sys.argv[1]))
