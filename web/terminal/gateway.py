"""The process of the demo's identity gateway: on a socket that its parent has opened."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

from web.demo.gateway.citizens import read, register_in
from web.demo.gateway.grants import Client
from web.demo.gateway.provider import TWO_STEPS, Gateway
from web.site.supervisor import SupervisedProcess
from web.terminal.beside import HOST
from web.terminal.serving import end_with_parent

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from states.kit.settings import Settings

NAME = "e-Devlet Kapısı (deneme)"
RETURN = "/giris/oidc/donus"
REGISTER = "GATEWAY_REGISTER"
RETURNS = "GATEWAY_RETURNS"
"""Where its parent tells it the file of citizens, and where it may send browsers back to."""


def client_settings(port: int, secret: str) -> dict[str, str]:
    """Return the settings by which a site signs in through the gateway on a port."""
    return {
        "NES_OIDC_ISSUER": f"http://{HOST}:{port}",
        "NES_OIDC_CLIENT_ID": "nes-ofis",
        "NES_OIDC_CLIENT_SECRET": secret,
        "NES_OIDC_ACR": TWO_STEPS,
        "NES_OIDC_NAME": NAME,
    }


def returns_to(settings: Settings) -> list[str]:
    """Return where the gateway sends browsers back to: every name of a demo, its own one first."""
    names = (settings.host, HOST, "localhost")
    places = [settings.public_url or "", *(f"http://{name}:{settings.port}" for name in names)]
    return [f"{place}{RETURN}" for place in dict.fromkeys(places) if place]


def member(settings: Settings, found: socket.socket, site: Mapping[str, str]) -> SupervisedProcess:
    """Return the gateway as a process of the crew, on a socket that stays open in this one."""
    number = found.fileno()
    told = {
        **site,
        REGISTER: str(register_in(settings.var)),
        RETURNS: " ".join(returns_to(settings)),
    }
    command = [sys.executable, "-m", "web.terminal.gateway", str(number)]
    return SupervisedProcess("gateway", command, environment=told, listening=found)


def gateway_of(environment: Mapping[str, str]) -> Gateway:
    """Return the gateway that an environment describes."""
    site, *_ = places = environment[RETURNS].split()
    return Gateway(
        environment["NES_OIDC_ISSUER"],
        Client(
            environment["NES_OIDC_CLIENT_ID"],
            environment["NES_OIDC_CLIENT_SECRET"],
            frozenset(places),
        ),
        read(Path(environment[REGISTER])),
        time.time,
        site.removesuffix(RETURN),
    )


class _Quiet(WSGIRequestHandler):
    """Answers requests and writes no line about them."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


def main(number: int) -> None:
    """Serve on the socket of that number until the parent is gone."""
    end_with_parent()
    make_server(
        HOST, 0, gateway_of(os.environ), threaded=True, request_handler=_Quiet, fd=number
    ).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
