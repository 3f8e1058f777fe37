"""How an auditor names an actor: by the key of the journal, or by the name of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from states.kit.text import sort_key
from states.people.user import User
from web.gate.language import gettext

if TYPE_CHECKING:
    from sqlalchemy import Engine

MOST = 5
"""How many accounts of one name are proposed."""


def key_of(database: Engine, typed: str) -> tuple[str, str]:
    """Return the key that somebody typed or named, and a Turkish sentence when it is not one.

    A name finds an account wherever it stands in its name, capitals and circumflexes aside.
    """
    if not typed or ":" in typed:
        return typed, ""
    query = (
        select(User.id, User.name)
        .where(User.sort_key.contains(sort_key(typed), autoescape=True))
        .order_by(User.sort_key, User.id)
        .limit(MOST + 1)
    )
    with database.connect() as connection:
        found = connection.execute(query).all()
    if len(found) == 1:
        return f"user:{found[0].id}", ""
    return "", _sentence([f"{row.name} (user:{row.id})" for row in found])


def _sentence(found: list[str]) -> str:
    if not found:
        return gettext(
            "Bu adda bir hesap yok. Adı denetleyiniz veya user:3, person:12, system:timer "
            "gibi yazınız."
        )
    more = gettext(" ve başkaları") if len(found) > MOST else ""
    return gettext(
        "Bu ada uyan birden çok hesap var, birini seçiniz: %(join)s%(more)s.",
        join=", ".join(found[:MOST]),
        more=more,
    )
