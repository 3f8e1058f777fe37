"""``nes db``: the steps of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from migrations import check as proof
from migrations import guard, run
from states.postgres import programs
from states.postgres.database import close_server, database_url, make_engine
from web.gate.failure import CommandFailure
from web.terminal.commands.shared import settings
from web.terminal.commands.terminal import json_option, say, say_json

if TYPE_CHECKING:
    from sqlalchemy import URL


@click.group()
def db() -> None:
    """Bring the database up and down its steps.

    \b
    Example:
      nes db status
    """  # noqa: D301 - \b tells click to keep the lines


@db.command()
def upgrade() -> None:
    """Bring the database to the newest step.

    \b
    Example:
      nes db upgrade
    """  # noqa: D301 - the same
    found = settings()
    try:
        run.upgrade(database_url(found))
        say(f"The database stands at step {run.steps()[-1]}.")
    finally:
        close_server(found)


@db.command()
def prepare() -> None:
    """Make an empty database ready for `pg_restore`: a dump brings no roles along.

    `nes restore` needs none of this.

    \b
    Example:
      nes db prepare
      nes db run pg_restore --no-owner --single-transaction --dbname=nes nes.dump
    """  # noqa: D301 - the same
    found = settings()
    try:
        run.prepare(database_url(found))
        say("The server knows the role of the office. A dump may be loaded: pg_restore --no-owner.")
    finally:
        close_server(found)


@db.command("run", context_settings={"allow_interspersed_args": False})
@click.argument("program")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run_program(program: str, arguments: tuple[str, ...]) -> None:
    """Run a PROGRAM of PostgreSQL, such as psql or pg_dump, on the database of this office.

    It is the one that fits the server, finds the database by itself (PGHOST, PGDATABASE …), and
    its end is this command's end. The embedded server runs meanwhile.

    \b
    Example:
      nes db run psql -c 'SELECT count(*) FROM journal'
    """  # noqa: D301 - the same
    found = settings()
    try:
        code = programs.run(database_url(found), program, arguments)
    finally:
        close_server(found)
    if code:
        raise CommandFailure(f"{program} ended with {code}; its lines above say why.")


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask: what the steps made is removed.")
def downgrade(revision: str, yes: bool) -> None:  # noqa: FBT001 - click's signature
    """Take the database back to step REVISION, or to `base`; its data is lost.

    \b
    Example:
      nes db downgrade 0004 --yes
    """  # noqa: D301 - the same
    if not yes:
        click.confirm("What the later steps hold will be lost. Go on?", abort=True, err=True)
    found = settings()
    try:
        run.downgrade(database_url(found), revision)
        say(f"The database stands at step {revision}.")
    except run.UnknownRevision:
        known = ", ".join(("base", *run.steps()))
        raise CommandFailure(f"There is no step {revision!r}; the steps are {known}.") from None
    finally:
        close_server(found)


@db.command()
@json_option
def status(as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Show at which step the database stands, and what differs of its guard; ends with 1 then.

    The guard is what keeps the past from being changed: triggers, owners, rights.

    \b
    Example:
      nes db status --json
    """  # noqa: D301 - the same
    found = settings()
    try:
        stand = run.status(database_url(found))
        differs = _differs(database_url(found)) if not stand.pending else ()
    finally:
        close_server(found)
    if as_json:
        say_json({"current": stand.current, "head": stand.head, "pending": list(stand.pending),
                  "guard": list(differs)})  # fmt: skip
    else:
        say(f"step {stand.current or 'none'} of {stand.head}")
        for sentence in differs:
            say(sentence)
    if stand.pending:
        raise CommandFailure(f"{len(stand.pending)} step(s) are missing. Run `nes db upgrade`.")
    if differs:
        raise CommandFailure(
            f"The guard of the database differs in {len(differs)} thing(s) from what the steps "
            f"made: {differs[0]}. Find out who changed it before you mend it."
        )


def _differs(url: URL) -> tuple[str, ...]:
    engine = make_engine(url, owner=True, application="nes db")
    try:
        with engine.connect() as connection:
            return guard.differences(connection)
    finally:
        engine.dispose()


@db.command()
def check() -> None:
    """Prove on a scratch server that the steps lead up, down and up to the tables of the code.

    \b
    Example:
      nes db check
    """  # noqa: D301 - the same
    if proof.main():
        raise CommandFailure("The steps and the tables differ; the lines above say where.")
    say("The steps lead up, down and up again, and to the tables of the code.")
