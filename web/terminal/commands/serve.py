"""``nes web``: the site, and a worker beside it where one is asked for."""

from __future__ import annotations

import os
import secrets
import socket
from typing import TYPE_CHECKING

import click

from states.kit.errors import DatabaseUnavailable
from states.kit.outbound_hosts import on_this_machine
from states.kit.settings import load_settings
from states.postgres.database import close_server, look_after_server
from web.backup.pending import refuse_half_restored
from web.gate.composition import compose, migrate
from web.gate.failure import CommandFailure
from web.site.supervisor import (
    SupervisedProcess,
    Supervisor,
    patiently,
    web_command,
    worker_command,
)
from web.terminal.commands.terminal import say

if TYPE_CHECKING:
    from states.kit.settings import Settings
    from web.gate.composition import Composition

TRIES = 6
"""How often the start is tried while the embedded server is away: within some 15 seconds."""


@click.command()
@click.option("--with-worker", is_flag=True, help="Run the worker beside the web server.")
def web(with_worker: bool) -> None:  # noqa: FBT001 - click's signature
    """Bring the database up to date and serve the site until it is stopped.

    In the demo (NES_DEMO=1) an empty database is filled first.

    \b
    Example:
      NES_DEMO=1 nes web --with-worker
    """  # noqa: D301 - \b tells click to keep the lines
    found = load_settings(os.environ)
    refuse_half_restored(found.var)
    _refuse_open_address(found)
    _refuse_taken_port(found)
    members: list[SupervisedProcess] = []
    try:
        _bring_up(found)
        members += _crew(found, with_worker=with_worker)
        why = Supervisor(members, lambda: look_after_server(found)).run()
        if why:
            raise CommandFailure(why)
    finally:
        close_server(found)
        for member in members:
            if member.listening is not None:
                member.listening.close()


def _crew(found: Settings, *, with_worker: bool) -> list[SupervisedProcess]:
    """Return the processes of the site, and in a demo before them those that play its outside.

    Ports and secrets of these are made at each start; who asks them is told by its settings.
    """
    outside, told = _outside(found) if found.demo else ([], {})
    crew = [*outside, SupervisedProcess("web", web_command(), environment=told)]
    if with_worker:
        crew.append(SupervisedProcess("worker", worker_command(), environment=told))
    return crew


def _outside(found: Settings) -> tuple[list[SupervisedProcess], dict[str, str]]:
    """Return what a demo plays of the world, unless settings name another, and how it is asked.

    That is the identity gateway, and the mail server that catches what is sent.
    """
    from web.terminal import beside, gateway, post  # noqa: PLC0415 - no real office loads the demo

    members: list[SupervisedProcess] = []
    told: dict[str, str] = {}
    if not found.oidc_issuer:
        listening = beside.listen(found.port + 1)
        port, secret = listening.getsockname()[1], secrets.token_urlsafe(32)
        told |= gateway.client_settings(port, secret)
        members.append(gateway.member(found, listening, told))
    if not found.smtp_server and post.can_serve():
        listening = beside.listen(found.port + 2)
        told |= beside.mail_settings(listening.getsockname()[1])
        members.append(post.member(found, listening))
    return members, told


def _bring_up(found: Settings) -> None:
    """Bring the database up to date and prepare it.

    The embedded server is started again by its keeper when it ends in the middle of that, which is
    waited for; one of somebody else has its own people, and systemd tries again.
    """

    def do() -> None:
        migrate(found)
        composition = compose(found, application="nes web")
        try:
            _prepare(composition)
        finally:
            composition.database.dispose()

    patiently(do, away=(DatabaseUnavailable,), tries=TRIES if found.database_url is None else 1)


def _prepare(composition: Composition) -> None:
    """Fill the demo, look at the keys, and say where the site is and who may sign in."""
    people = _open_demo(composition) if composition.settings.demo else []
    composition.engine.services.check_keys()
    found = composition.settings
    say(f"nes-ofis: http://{found.host}:{found.port}  (Ctrl-C stops it)")
    for line in people:
        say(f"  {line}")


def _open_demo(composition: Composition) -> list[str]:
    from web.demo.opening import open_demo  # noqa: PLC0415 - a real office never loads the demo

    return open_demo(composition)


def _refuse_open_address(found: Settings) -> None:
    """Refuse to be reached in the clear: the site has no TLS, so a proxy has to stand before it."""
    if found.demo or on_this_machine(found.host) or found.forwarded_by:
        return
    raise CommandFailure(
        f"NES_HOST={found.host} can be reached from other machines, and the site has no TLS of its "
        "own. Let a proxy with TLS on this machine ask 127.0.0.1 (docs/deploy/nginx.conf), or name "
        "the addresses of your proxies in NES_FORWARDED_BY."
    )


def _refuse_taken_port(found: Settings) -> None:
    """Say so at once when the port is taken, instead of after the seeding."""
    with socket.socket(socket.AF_INET6 if ":" in found.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((found.host, found.port))
        except OSError as error:
            raise CommandFailure(
                f"{found.host}:{found.port} cannot be used: {error.strerror}. "
                "Set NES_PORT to another."
            ) from None
