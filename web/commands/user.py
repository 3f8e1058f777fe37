"""Owns ``nes user``: the first administrators of an office that has none yet."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from states.reference import reference
from states.user import User
from web.commands.house import AUTH, office
from web.commands.terminal import json_option, say, say_json
from workflow.actor import system

REASON = "Kurulum: ilk yönetici"


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
@json_option
def first(name: str, subject: str, as_json: bool) -> None:  # noqa: FBT001 - click's signature
    """Open an account for NAME as administrator; only the first two can be opened like this.

    It is proposed and granted by the workflow `grant` in the name of the system, and stands in the
    journal. All further accounts are proposed by one administrator and granted by another.

    \b
    Example:
      nes user first "Ayşe Örnek" --subject 7f3a
    """  # noqa: D301 - the same
    values = {
        "act": "open",
        "user_id": None,
        "person_id": None,
        "role": "administrator",
        "name": name.strip(),
        "subject": subject.strip(),
        "institution_id": None,
    }
    with office() as house:
        case = house.office.open("grant", "propose", system(AUTH), values, reason=REASON)
        house.office.fire(case, "approve", system(AUTH), workflow="grant")
        with Session(house.database) as rows:
            found = rows.scalars(select(User).where(User.subject == subject.strip())).one()
            number = found.id
    if as_json:
        say_json({"account": f"user:{number}", "reference": reference("grant", case)})
    else:
        say(f"The account user:{number} is open; the journal has it as {reference('grant', case)}.")


@user.command("list")
@json_option
def list_users(as_json: bool) -> None:  # noqa: FBT001 - the same
    """List the accounts with their role.

    \b
    Example:
      nes user list --json
    """  # noqa: D301 - the same
    with office() as house, Session(house.database) as rows:
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
