"""What every command shares and what loads nothing: its options, and how it prints."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def say(text: str) -> None:
    """Print a line for people."""
    click.echo(text)


def say_json(value: object) -> None:
    """Print a value for machines."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def progress_wanted() -> bool:
    """Say whether somebody looks at the terminal."""
    return sys.stderr.isatty()


class Day(click.ParamType[date]):
    """A calendar day written 2026-11-22."""

    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:  # noqa: ANN401 - click's signature
        """Read the day; 31 February is refused."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day. Write it as 2026-11-22.", param, ctx)


class JsonObject(click.ParamType[dict[str, object]]):
    """A JSON object, such as {"note": "ok"}."""

    name = "json"

    def convert(self, value: Any, param: Any, ctx: Any) -> dict[str, object]:  # noqa: ANN401 - click's signature
        """Read the object."""
        try:
            found = json.loads(value) if isinstance(value, str) else value
        except json.JSONDecodeError as error:
            self.fail(f"is not JSON: {error.msg} at character {error.pos + 1}.", param, ctx)
        if not isinstance(found, dict):
            self.fail('must be a JSON object such as {"note": "ok"}.', param, ctx)
        return found
