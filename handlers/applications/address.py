"""Another delivery address before the card leaves the house: by an officer, by its holder.

The frozen form keeps the address that was approved; only where this card goes changes, and nothing
that another application of the person was approved with. The line at the desk holds keyed marks of
both addresses instead of the addresses themselves, so that the log proves which ones they were to
whoever has the key, and tells nobody else (KVKK).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update

from handlers.applications import message
from handlers.applications.form import deliverable
from handlers.kit import notes, rows
from handlers.kit.roles import APPLICANT, REGISTRARS
from handlers.post import outbox
from handlers.post.outbox import at_once
from states.cases.application import Application
from states.cases.shipment import Shipment
from states.kit.text import normal
from states.logs.desk import ADDRESS
from states.people.person import IN_OFFICE, Person
from states.people.tckn import mask_all
from workflow.model.clock import day_in_istanbul
from workflow.model.entry import storable
from workflow.model.refusal import NotTheSubject, RuleFailed, StaleVersion, UnknownCase
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from handlers.post.outbox import NoticeLetter
    from states.kit.vault import Vault
    from workflow.model.actor import Actor
    from workflow.model.context import Row

NAME = "correct_address"
TEMPLATE = "desk/address_corrected"
OWN_TEMPLATE = "desk/address_changed"
LONGEST_REASON = 500

CORRECTABLE = (
    "method_chosen", "e_onay", "e_imza", "wet_signature", "in_person", "paper_received", "approved",
    "in_review", "held", "queued", "checking_certificate", "certificate_unseen",
    "in_production", "awaiting_token", "production_stopped", "produced", "not_booked",
    "courier_returned",
)  # fmt: skip
"""States with an address in which the card is not under way."""

SHOWN_IN_FORM = ("method_chosen", "e_onay", "e_imza")
"""States in which the holder sees the form and is yet to approve it."""

_MARK = 16


@dataclass(frozen=True, slots=True)
class Correction:
    """What an officer asks for: version and mark that the page showed, the address, and why."""

    seen: int
    shown: str
    address: str
    reason: str


def mark(vault: Vault, address: str | None) -> str:
    """Return what an address is recognised by without being told: 16 hex digits of a keyed hash."""
    return vault.lookup(normal(address or ""), "address").hex()[:_MARK]


def correct(engine: CaseEngine, case_id: int, actor: Actor, wanted: Correction) -> bool:
    """Correct where the card goes and tell its holder; say whether anything was to be changed.

    StaleVersion when the case or the address is not what the page showed; RuleFailed with the rule
    that stands in the way. Nothing is written then.
    """
    hand = notes.at_desk(engine, actor, NAME, REGISTRARS)
    address, reason = normal(storable(wanted.address)), mask_all(storable(wanted.reason).strip())
    with engine.database.begin() as connection:
        notes.alone(connection, case_id)
        case = _locked(connection, case_id)
        before = rows.optional_text(case, "delivery_address")
        if before == address:
            return False
        _refuse_stale(engine, case, wanted)
        judge(connection, case, actor)
        _refuse_unfit(address, reason)
        write_address(connection, case_id, address)
        vault = engine.services.vault
        told = f"{reason} (adres izi: {mark(vault, before)} → {mark(vault, address)})"
        entry = notes.keep(connection, ("application", case_id), hand, ADDRESS, told)
        key = f"{case_id}/desk/{entry}"
        changed = {**case, "delivery_address": address}
        letter = message.write(connection, TEMPLATE, changed, reason, day_in_istanbul(hand.at))
        outbox.put(connection, changed, key, letter, hand.at, at_once(engine.services))
    return True


def change_own(engine: CaseEngine, case_id: int, actor: Actor, wanted: Correction) -> bool:
    """Change where the holder's own card goes, as they ask; say whether anything was to be changed.

    The holder is told at once, so that a change by somebody else is noticed. StaleVersion and
    RuleFailed as for a correction. Nothing is written then.
    """
    hand = notes.at_desk(engine, actor, NAME, (APPLICANT,))
    address = normal(storable(wanted.address))
    with engine.database.begin() as connection:
        notes.alone(connection, case_id)
        case = _locked(connection, case_id)
        judge_own(connection, case, actor)
        before = rows.optional_text(case, "delivery_address")
        if before == address:
            return False
        _refuse_stale(engine, case, wanted)
        _refuse_undeliverable(address)
        write_address(connection, case_id, address)
        vault = engine.services.vault
        told = f"(adres izi: {mark(vault, before)} → {mark(vault, address)})"
        entry = notes.keep(connection, ("application", case_id), hand, ADDRESS, told)
        changed = {**case, "delivery_address": address}
        letter = message.write(connection, OWN_TEMPLATE, changed, "", day_in_istanbul(hand.at))
        key = f"{case_id}/desk/{entry}"
        outbox.put(connection, changed, key, letter, hand.at, at_once(engine.services))
    return True


def judge_own(connection: Connection, case: Row, actor: Actor) -> None:
    """Raise why somebody cannot change now where the card of an application goes, if so."""
    if actor.person_id is None or actor.person_id != case["person_id"]:
        raise NotTheSubject(trigger=NAME)
    if rows.fetch(connection, Person, actor.person_id).standing != IN_OFFICE:
        raise RuleFailed(deny("address.not_in_office"))
    if case["state"] in SHOWN_IN_FORM:
        raise RuleFailed(deny("address.form_shows_it"))
    _refuse_late(connection, case)


def judge(connection: Connection, case: Row, actor: Actor) -> None:
    """Raise why the address of an application cannot be corrected by somebody now, if so."""
    if actor.person_id is not None and actor.person_id == case["person_id"]:
        raise RuleFailed(deny("address.own_case"))
    _refuse_late(connection, case)


def _refuse_late(connection: Connection, case: Row) -> None:
    """Raise RuleFailed when a card has no address yet, or is booked or under way to it."""
    if case["state"] == "booked":
        raise RuleFailed(deny("address.booked"))
    if case["state"] not in CORRECTABLE or not case["delivery_address"]:
        raise RuleFailed(deny("address.not_now", state=case["state"]))
    booked = exists().where(
        Shipment.case_id == case["id"], Shipment.booked_at >= case["entered_at"]
    )
    if case["state"] == "produced" and connection.execute(select(booked)).scalar():
        raise RuleFailed(deny("address.booked"))


def preview(engine: CaseEngine, case: Row, address: str, reason: str) -> NoticeLetter:
    """Return what the holder would be told, by the text that is really sent."""
    changed = {**case, "delivery_address": normal(storable(address))}
    today = day_in_istanbul(engine.clock.now())
    words = mask_all(storable(reason).strip())
    with engine.database.connect() as connection:
        return message.write(connection, TEMPLATE, changed, words, today)


def _locked(connection: Connection, case_id: int) -> Row:
    table = Application.__table__
    found = connection.execute(select(table).where(table.c.id == case_id).with_for_update())
    case = found.mappings().one_or_none()
    if case is None:
        raise UnknownCase(case=case_id)
    return dict(case)


def _refuse_stale(engine: CaseEngine, case: Row, wanted: Correction) -> None:
    now = mark(engine.services.vault, rows.optional_text(case, "delivery_address"))
    if (case["version"], now) != (wanted.seen, wanted.shown):
        raise StaleVersion(trigger=NAME, seen=wanted.seen, version=case["version"])


def _refuse_undeliverable(address: str) -> None:
    verdict = deliverable(address)
    if not verdict.allows:
        raise RuleFailed(verdict)


def _refuse_unfit(address: str, reason: str) -> None:
    _refuse_undeliverable(address)
    if not reason:
        raise RuleFailed(deny("address.reason_missing"))
    if len(reason) > LONGEST_REASON:
        raise RuleFailed(deny("address.reason_too_long", longest=LONGEST_REASON))


def write_address(connection: Connection, case_id: int, address: str) -> None:
    """Write where the card of an application goes."""
    table = Application.__table__
    statement = update(Application).where(table.c.id == case_id)
    connection.execute(statement.values(delivery_address=address))
