"""Owns what the commands share: settings, the composed office, output for machines, actors."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.orm import Session

from handlers.services import services_of
from states.database import close_server
from states.person import Person
from states.reference import parse
from states.settings import Settings, load_settings
from states.user import User
from web.auth.actors import of_person, of_user
from web.commands.failure import Failure
from web.composition import Composition, compose
from workflow.actor import Actor, system

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

AUTH = "terminal"
"""How an actor named on the command line counts as authenticated: by his rights on this machine."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def settings() -> Settings:
    """Return the settings of this environment."""
    return load_settings(os.environ)


@contextmanager
def office(*, keys: bool = False) -> Iterator[Composition]:
    """Compose the office for one command and close it after.

    ``keys`` says that the command may need the house's own keys, which are looked at first.
    """
    composition = compose(settings(), application="nes cli")
    try:
        if keys:
            services_of(composition.office).check_keys()
        yield composition
    finally:
        composition.database.dispose()
        close_server(composition.settings)


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


class CaseNumber(click.ParamType[int]):
    """A case by its id or its reference (B000000123); becomes the id."""

    name = "case"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:  # noqa: ANN401 - click's signature
        """Read the id."""
        if isinstance(value, int) or (value.isascii() and value.isdecimal()):
            return int(value)
        try:
            return parse(value)[1]
        except ValueError:
            self.fail(
                f"{value!r} is neither a case id nor a reference such as B000000123.", param, ctx
            )


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


as_option = click.option(
    "--as",
    "actor_name",
    required=True,
    metavar="KEY",
    help="Who acts: user:3, person:12 or system.",
)


def actor_named(database: Engine, name: str) -> Actor:
    """Return the actor of a key; refuses unknown and closed accounts."""
    sort, _, number = name.partition(":")
    if sort == "system":
        return system(number or AUTH)
    if sort not in {"user", "person"} or not (number.isascii() and number.isdecimal()):
        raise Failure(f"{name!r} names nobody. Write user:3, person:12 or system.")
    with Session(database) as session:
        if sort == "user":
            user = session.get(User, int(number))
            known = of_user(user, AUTH) if user else None
        else:
            person = session.get(Person, int(number))
            known = of_person(person, AUTH) if person else None
    if known is None:
        raise Failure(f"There is no open account {name}.")
    return known.actor
