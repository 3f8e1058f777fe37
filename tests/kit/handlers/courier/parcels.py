"""A parcel desk where people scan: what software states in a demo is theirs to state."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from handlers.cards.scanning import ScanAnswer, scan_out
from handlers.kit.services import FactSources
from states.cases.chip_card import ChipCard
from states.cases.parcel import Parcel
from states.logs.journal import JournalEntry
from tests.kit.handlers.world import AYSE, World, operator


def where_people_scan(world: World) -> World:
    """Let people state what leaves the house, as an office does and no demo; return the office."""
    world.services = replace(world.services, facts=FactSources())
    world.engine.services = world.services
    return world


def made(world: World, tckn: str = AYSE, surname: str = "Örnekoğlu") -> int:
    """Return an application whose card is made and whose parcel is not booked yet."""
    me = world.person(tckn, "Ayşe", surname)
    held = world.card(me, date(2026, 4, 10))
    world.consent(me, held)
    case_id = world.file(me, "renewal", held.certificate_id)
    world.choose(case_id, me, "e_onay")
    world.engine.fire(case_id, "start_production", operator())
    world.run_effects("production.make")
    return case_id


def booked(world: World, tckn: str = AYSE, surname: str = "Örnekoğlu") -> int:
    """Return an application whose parcel waits in the house."""
    case_id = made(world, tckn, surname)
    world.run_effects("courier.book", "courier.scan_out")
    assert world.state(case_id) == "booked"
    return case_id


def scan(world: World, list_id: int, code: str) -> ScanAnswer:
    """Return what the scan of a code onto a list comes to."""
    return scan_out(world.engine, list_id, code, operator()).answer


def parcel_of(world: World, case_id: int) -> Parcel:
    """Return the newest parcel of an application."""
    newest = select(Parcel.id).where(Parcel.application_id == case_id).order_by(Parcel.id.desc())
    with world.engine.database.connect() as connection:
        parcel_id = connection.scalars(newest).first()
    return world.read(Parcel, parcel_id)


def chip_of(world: World, case_id: int) -> ChipCard:
    """Return the card in the newest parcel of an application."""
    return world.read(ChipCard, parcel_of(world, case_id).chip_card_id)


def newest_entry(world: World, case_id: int) -> dict[str, object]:
    """Return what the newest entry of a case says."""
    newest = (
        select(JournalEntry.body)
        .where(JournalEntry.case_id == case_id)
        .order_by(JournalEntry.n.desc())
    )
    with world.engine.database.connect() as connection:
        return dict(json.loads(str(connection.scalars(newest).first())))
