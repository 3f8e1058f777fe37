"""How the keys of the journal (``user:3``) become names on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from states.people.person import Person
from states.people.user import User
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Engine

SYSTEM = {
    "timer": _("Sistem (süre)"),
    "sweep": _("Sistem (süre)"),
    "effect": _("Sistem (arka plan işi)"),
    "terminal": _("Sistem (komut satırı)"),
}


def names_of(database: Engine, keys: Iterable[str]) -> dict[str, str]:
    """Return a name for each actor key; a key nobody bears is its own name."""
    unique = set(keys)
    with Session(database) as session:
        users = session.execute(select(User.id, User.name).where(User.id.in_(_ids(unique, "user"))))
        people = session.scalars(select(Person).where(Person.id.in_(_ids(unique, "person"))))
        found = {f"user:{number}": name for number, name in users}
        found |= {f"person:{person.id}": person.name for person in people}
    return {key: found.get(key) or _system(key) for key in unique}


def _system(key: str) -> str:
    sort, _, part = key.partition(":")
    return SYSTEM.get(part, gettext("Sistem")) if sort == "system" else key


def _ids(keys: set[str], sort: str) -> list[int]:
    numbers = (key.partition(":")[2] for key in keys if key.startswith(f"{sort}:"))
    return [int(number) for number in numbers if number.isascii() and number.isdecimal()]
