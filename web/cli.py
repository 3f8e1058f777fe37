"""Owns the command ``nes``: its list of commands, and how an error becomes one sentence."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from typing import Any

import click

from web.commands.failure import sentence_of
from web.logs import configure_logs

COMMANDS = {
    "web": "web.commands.serve:web",
    "worker": "web.commands.serve:worker",
    "workflow": "web.commands.workflow:workflow",
    "case": "web.commands.case:case",
    "sweep": "web.commands.sweep:sweep",
    "journal": "web.commands.journal:journal",
    "db": "web.commands.db:db",
    "user": "web.commands.user:user",
    "keys": "web.commands.keys:keys",
    "demo": "web.demo:demo",
    "bench": "web.bench.command:bench",
}
"""Each command and where it lives; imported only when it is called or its help is asked for."""


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
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

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
            _say(sentence_of(error))
            sys.exit(1)


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
    # stdout belongs to what the command prints; logs go to stderr from the first line on.
    configure_logs(logging.WARNING)


if __name__ == "__main__":  # pragma: no cover - the door of `python -m`
    main()
