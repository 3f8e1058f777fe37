"""How a command says that it could not do what it was asked."""

from __future__ import annotations

import click


class CommandFailure(click.ClickException):
    """A command that could not do what it was asked, with the sentence to print."""

    exit_code = 1
