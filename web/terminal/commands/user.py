"""``nes user``: the first administrators of an office that has none yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from handlers.accounts.grants import values_for
from handlers.kit.roles import ADMINISTRATOR
from handlers.people.holders import NamedHuman
from states.kit.reference import reference
from states.people.user import User
from web.gate.failure import CommandFailure
from web.terminal.commands.shared import AUTH, opened
from web.terminal.commands.terminal import json_option, say, say_json
from workflow.model.actor import system

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.kit.context import CaseEngine

REASON = "Kurulum: ilk yönetici"

_number = click.option(
    "--tckn",
    prompt="T.C. kimlik numarası",
    hide_input=True,
    help="His identity number; asked for when left out, so that no history of a shell keeps it.",
)


@click.group()
def user() -> None:
    """Open the first administrators and list the accounts.

    \b
    Example:
      nes user list
    """  # noqa: D301 - \b tells click to keep the lines


@user.command("first")
@click.argument("name")
@click.option("--subject", required=True, help="The `sub` that the sign-in service gives him.")
@_number
@json_option
def first(name: str, subject: str, tckn: str, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Open an account for NAME as administrator; only the first two can be opened like this.

    It is proposed and granted by the workflow `grant` in the name of the system, and stands in the
    journal. All further accounts are proposed by one administrator and granted by another. The
    last word of NAME is the surname.

    \b
    Example:
      nes user first "Ayşe Örnek" --subject 7f3a
    """  # noqa: D301 - the same
    values = {
        "act": "open",
        "user_id": None,
        "person_id": None,
        "role": ADMINISTRATOR,
        "name": name.strip(),
        "subject": subject.strip(),
        "institution_id": None,
    }
    with opened() as composition:
        case = _granted(composition.engine, values, _human(name, tckn))
        with Session(composition.database) as rows:
            found = rows.scalars(select(User).where(User.subject == subject.strip())).one()
            number = found.id
    if as_json:
        say_json({"account": f"user:{number}", "reference": reference("grant", case)})
    else:
        say(f"The account user:{number} is open; the journal has it as {reference('grant', case)}.")


@user.command("tie")
@click.argument("number", type=click.IntRange(min=1))
@click.argument("name")
@_number
@json_option
def tie(number: int, name: str, tckn: str, as_json: bool) -> None:  # noqa: FBT001 - the same
    """Tie account NUMBER, an administrator's, to its person, called NAME.

    Without a person nobody of the house signs in. Only while fewer than two administrators can is
    this done here; the other accounts an administrator ties and another approves.

    \b
    Example:
      nes user tie 1 "Ayşe Örnek"
    """  # noqa: D301 - the same
    with opened() as composition:
        with composition.database.connect() as connection:
            try:
                values = values_for(connection, "tie", number)
            except NoResultFound as error:
                raise CommandFailure(
                    f"There is no account user:{number}; see nes user list."
                ) from error
        case = _granted(composition.engine, values, _human(name, tckn))
    if as_json:
        say_json({"account": f"user:{number}", "reference": reference("grant", case)})
    else:
        say(f"The account user:{number} is tied; the journal has it as {reference('grant', case)}.")


def _human(name: str, tckn: str) -> NamedHuman:
    given_name, _, surname = name.strip().rpartition(" ")
    return NamedHuman(tckn, given_name, surname)


def _granted(desk: CaseEngine, values: Mapping[str, object], human: NamedHuman) -> int:
    case = desk.open("grant", "propose", system(AUTH), values, human.payload(), reason=REASON)
    desk.fire(case, "approve", system(AUTH), workflow="grant")
    return case


@user.command("list")
@json_option
def list_users(as_json: bool) -> None:  # noqa: FBT001 - the same
    """List the accounts with their role.

    \b
    Example:
      nes user list --json
    """  # noqa: D301 - the same
    with opened() as composition, Session(composition.database) as rows:
        found = [
            {
                "account": f"user:{one.id}",
                "name": one.name,
                "role": ", ".join(one.roles),
                "open": one.active,
            }
            for one in rows.scalars(select(User).order_by(User.id))
        ]
    if as_json:
        say_json(found)
        return
    for one in found:
        closed = "" if one["open"] else " (closed)"
        say(f"{one['account']}: {one['name']}, {one['role']}{closed}")
