"""What the commands over the database share: settings, the composed office, actors."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.orm import Session

from states.kit.reference import parse
from states.kit.settings import Settings, load_settings
from states.people.person import Person
from states.people.user import User
from states.postgres.database import close_server
from web.backup.pending import refuse_half_restored
from web.gate.actors import Untied, of_person, of_user
from web.gate.apart import holds_demo
from web.gate.failure import CommandFailure
from web.terminal.beside import running_mail_settings
from workflow.model.actor import Actor, system

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from web.gate.composition import Composition
    from workflow.model.clock import Clock

AUTH = "terminal"
"""How an actor that a command names counts as authenticated: by rights on this machine."""


def settings() -> Settings:
    """Return the settings of this environment, or of the demo that stands in its folder.

    ``nes web`` does not ask here: it lets people sign in by a button, so it must be told.
    """
    env = {**({"NES_DEMO": "1"} if holds_demo(os.environ) else {}), **os.environ}
    found = load_settings(env)
    refuse_half_restored(found.var)
    if found.demo and found.smtp_server is None:
        found = load_settings({**env, **running_mail_settings(found.var)})
    return found


@contextmanager
def opened(
    clock: Clock | None = None, application: str = "nes cli", *, keys: bool = False
) -> Iterator[Composition]:
    """Compose the office for one command and close it after.

    ``keys`` says that the command may need the house's own keys, which are looked at first.
    """
    # The help of a command needs none of what an office is composed of.
    from web.gate.composition import compose  # noqa: PLC0415 - see above

    composition = compose(settings(), clock, application)
    try:
        if keys:
            composition.engine.services.check_keys()
        yield composition
    finally:
        composition.database.dispose()
        close_server(composition.settings)


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
        raise CommandFailure(f"{name!r} names nobody. Write user:3, person:12 or system.")
    with Session(database) as session:
        if sort == "user":
            user = session.get(User, int(number))
            try:
                known = of_user(user, AUTH) if user else None
            except Untied as error:
                raise CommandFailure(f"{name} is tied to no person; have it tied first.") from error
        else:
            person = session.get(Person, int(number))
            known = of_person(person, AUTH) if person else None
    if known is None:
        raise CommandFailure(f"There is no open account {name}.")
    return known.actor
