"""Whoever the gateway has proved and nobody knows here, kept in the browser until they ask."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import session

from handlers.kit.services import vault_of
from states.kit.invalid import Invalid
from states.kit.vault import VaultClosed
from states.people.tckn import parse
from web.gate.composition import composed

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = "stranger"
"""Where the browser's session keeps who proved themselves, sealed."""

PURPOSE = "stranger"
LASTS = timedelta(minutes=30)
"""How long the proof of the gateway serves for a request."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody unknown here, as the gateway has proved them; ``until`` is in Unix seconds."""

    tckn: str = field(repr=False)
    given_name: str
    surname: str
    until: int


def stranger_in(claims: Mapping[str, object]) -> Stranger | None:
    """Return whom a gateway's claims name in full; None where they do not."""
    number, given, surname = (claims.get(one) for one in ("tckn", "given_name", "family_name"))
    if not (isinstance(number, str) and isinstance(given, str) and isinstance(surname, str)):
        return None
    try:
        parse(number)
    except Invalid:
        return None
    until = composed().clock.now() + LASTS
    return Stranger(number, given, surname, int(until.timestamp()))


def keep(stranger: Stranger) -> None:
    """Keep them in the browser's session, where only this site can read it."""
    sealed = vault_of(composed().settings).seal(json.dumps(asdict(stranger)), PURPOSE)
    session[KEPT] = base64.b64encode(sealed).decode("ascii")


def kept() -> Stranger | None:
    """Return who proved themselves in this browser, while the proof serves."""
    try:
        sealed = base64.b64decode(str(session.get(KEPT, "")), validate=True)
        found = Stranger(**json.loads(vault_of(composed().settings).open(sealed, PURPOSE)))
    except (binascii.Error, ValueError, VaultClosed):
        return None
    return found if found.until >= composed().clock.now().timestamp() else None


def drop() -> None:
    """Forget them in this browser."""
    session.pop(KEPT, None)
