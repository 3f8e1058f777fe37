"""The holders of the demonstration whose certificates end near and far: one for each card.

Their surnames say how many days are left when the demo is filled, so that whoever tries it finds
the card that is wanted; who has renewed and waits for the new one is Hale, of the seeding itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from states.cases.certificate import Certificate

if TYPE_CHECKING:
    from web.demo.stage import DemoOffice


@dataclass(frozen=True, slots=True)
class DemoHolder:
    """Somebody with a card that ends in some days, with an e-onay or without."""

    number: int
    given_name: str
    surname: str
    ends_in: int
    consents: bool = False


HOLDERS = (
    DemoHolder(121, "Ferit", "Dörtyüzgün", 400),
    DemoHolder(122, "Nazlı", "Yüzgün", 100),
    DemoHolder(123, "Irmak", "Kırkgün", 40),
    DemoHolder(124, "Sevim", "Onaylı", 40, consents=True),
    DemoHolder(125, "Tarık", "Yirmigün", 20),
    DemoHolder(126, "Ülkü", "Birgün", 1),
    DemoHolder(127, "Çetin", "Bugün", 0),
    DemoHolder(128, "Defne", "Dünbitti", -1),
)


def enter_holders(stage: DemoOffice, ago: timedelta) -> None:
    """Enter them at a moment that lies so long before the one from which their days count.

    Whoever has a certificate already is left alone: a filling that was broken off goes on.
    """
    for one in HOLDERS:
        person = stage.person(one.number, one.given_name, one.surname)
        if _has_one(stage, person):
            continue
        held = stage.card(person, stage.today + ago + timedelta(days=one.ends_in))
        if one.consents:
            stage.consent(f"demo-{one.number}", person, held)


def _has_one(stage: DemoOffice, person: int) -> bool:
    query = select(func.count()).where(Certificate.person_id == person)
    with stage.engine.database.connect() as connection:
        return bool(connection.execute(query).scalar_one())
