"""The command ``nes``: its list of commands, and how an error becomes one sentence."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Iterator


class CommandPlace(NamedTuple):
    """One command: where it lives, as MODULE:NAME, and what the list of commands says of it."""

    place: str
    told: str


COMMANDS = {
    "web": CommandPlace(
        "web.terminal.commands.serve:web",
        "Bring the database up to date and serve the site until it is stopped.",
    ),
    "worker": CommandPlace(
        "web.terminal.commands.worker:worker", "Run effects and sweeps until it is stopped."
    ),
    "workflow": CommandPlace(
        "web.terminal.commands.workflow:workflow",
        "Prove, show, draw and publish the processes of workflows.yaml.",
    ),
    "case": CommandPlace("web.terminal.commands.case:case", "Open, move and look at one case."),
    "sweep": CommandPlace(
        "web.terminal.commands.sweep:sweep",
        "Move every case whose timer has rung, and print what moved and what was refused why.",
    ),
    "journal": CommandPlace(
        "web.terminal.commands.journal:journal", "Prove the journal and take it out."
    ),
    "db": CommandPlace("web.terminal.commands.db:db", "Bring the database up and down its steps."),
    "backup": CommandPlace(
        "web.terminal.commands.backup:backup",
        "Write the office as it is at one moment into PLACE.",
    ),
    "restore": CommandPlace(
        "web.terminal.commands.backup:restore",
        "Put a backup back into an empty database and an empty NES_VAR.",
    ),
    "user": CommandPlace(
        "web.terminal.commands.user:user", "Open the first administrators and list the accounts."
    ),
    "keys": CommandPlace(
        "web.terminal.commands.keys:keys",
        "Exchange the keys of personal data; look at the keys that the house signs with.",
    ),
    "stock": CommandPlace(
        "web.terminal.commands.stock:stock", "Receive, count and list boxes of blank cards."
    ),
    "station": CommandPlace(
        "web.terminal.commands.station:station",
        "Make cards in a production room; add, list and end the stations of an office.",
    ),
    "demo": CommandPlace(
        "web.demo.command:demo",
        "Play the scenes of the office on a scratch database and verify the journal.",
    ),
    "bench": CommandPlace(
        "web.bench.command:bench",
        "Measure the product against the bare scripts it competes with, in one run on one server.",
    ),
}
"""Every command. It is imported when it is called, and not to be named in the list of them."""


class House(click.Group):
    """The command ``nes``: loads its parts on demand, shows a traceback only when asked to."""

    traceback = False

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].place.partition(":")
        with _undisturbed():
            command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list of commands; the library would import each one for its sentence."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, part.told) for name, part in COMMANDS.items()])

    def main(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - click's signature
        """Run, and end with 0 only for success; every error is one sentence on stderr."""
        options["standalone_mode"] = False
        try:
            sys.exit(super().main(*args, **options) or 0)
        except click.exceptions.Exit as done:
            sys.exit(done.exit_code)
        except click.Abort:
            _say("stopped")
            sys.exit(130)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "nes"
            _say(f"{error.format_message()} See `{path} --help`.")
            sys.exit(error.exit_code)
        except click.ClickException as error:
            _say(error.format_message())
            sys.exit(error.exit_code)
        except Exception as error:
            if self.traceback:
                raise
            from web.terminal.commands.sentences import sentence_of  # noqa: PLC0415 - knows every room

            _say(sentence_of(error))
            sys.exit(1)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Import without searches for garbage: there is none, and they take a fifth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _show_traceback(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    command = ctx.find_root().command
    if isinstance(command, House):
        command.traceback = value


def _say(text: str) -> None:
    click.echo(f"nes: {' '.join(text.split())}", err=True)


@click.command("nes", cls=House, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--traceback",
    is_flag=True,
    expose_value=False,
    callback=_show_traceback,
    help="Show where an error came from, for developers.",
)
@click.version_option(package_name="nes-ofis", prog_name="nes")
def main() -> None:
    """Run the back office of a registration authority for NES certificates.

    \b
    Example:
      NES_DEMO=1 nes web --with-worker
    """  # noqa: D301 - \b tells click to keep the lines
    # Whatever a command writes (keys, tokens, certificates, evidence) is its user's alone.
    os.umask(0o077)
    # What a command leaves behind goes with its process; Python would walk through all of it twice.
    atexit.register(gc.freeze)
    # A list of commands or a version needs no logs.
    from states.postgres.commits import begin  # noqa: PLC0415 - the same
    from web.gate.logs import configure_logs  # noqa: PLC0415 - see above

    begin()
    # stdout belongs to what the command prints; logs go to stderr from the first line on.
    configure_logs(logging.WARNING)


if __name__ == "__main__":  # pragma: no cover - the door of `python -m`
    main()
