"""Making card and certificate: reserved first, made once, compared before it counts.

A production that is killed goes on where it stood. One that cannot succeed however often it is
tried (an order or an answer at fault, a certificate that our keys did not sign) stops in a state
of the operator's, who queues it again once the cause is mended.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from handlers.applications.recheck import asked_again, changed, failures
from handlers.cards import blanks
from handlers.cards.orders import MAKER, new_card, new_serial, order_of, span_of, tckn_of
from handlers.cards.payloads import FinishedProduction, FollowsCard
from handlers.certificates import succession
from handlers.certificates.dependents import gone
from handlers.certificates.foreign import refuse_foreign
from handlers.certificates.sight import unseen
from handlers.certificates.validity import last_day
from handlers.kit import rows
from handlers.kit.moves import START_PRODUCTION
from handlers.kit.payload import checked
from handlers.kit.production_place import ProductionPlace, is_station
from handlers.kit.signing_words import told
from signing.authority.crl import Reason
from signing.authority.production import produce
from signing.errors import (
    CardInUse,
    CertificateMismatch,
    CertificateUnusable,
    IssuerRefused,
    RequestInvalid,
    ShardUnusable,
    SigningError,
)
from signing.x509.certificate import X509Certificate, read
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.kit.invalid import Invalid
from states.papers.document import Document
from states.people.person import Person
from states.people.tckn import parse
from states.tables import METADATA
from workflow.engine.case_writes import update_case
from workflow.loading.vocabulary import SYSTEM
from workflow.model.actor import system
from workflow.model.context import EffectOutcome
from workflow.model.refusal import RuleFailed, UnknownTrigger, WrongState
from workflow.model.registry import action, check, effect
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from handlers.kit.context import Context, EffectContext
    from handlers.kit.services import Services
    from workflow.model.verdict import Verdict

_SYSTEM = system("production")


@check
def left_alone(context: Context) -> Verdict:
    """Leave alone what somebody of the office has taken up: the timer starts nothing of theirs.

    Nor does it start what is made in a production room, where people say what goes onto a tray; a
    station that repeats a failed card is at such a tray.
    """
    if SYSTEM not in context.actor.roles:
        return ALLOW
    if context.case.get("holder_id") is not None:
        return deny("production.taken_up")
    starts = context.transition.name == START_PRODUCTION and not is_station(context.actor)
    in_rooms = context.services.made is ProductionPlace.ROOMS
    return deny("production.left_to_room") if starts and in_rooms else ALLOW


@check
def unchanged(context: Context) -> Verdict:
    """Allow the production of what was approved: form, person and numbers are still the same.

    The frozen form is drawn once more from today's facts; a line that differs names what changed
    (EN 319 411-1, 6.2.2: attributes are checked again when the certificate is made), and so does a
    person who belongs to another institution by now. Whatever the definition: nothing is produced
    on an old certificate that was only stated, nor for whom nothing could be filed any more.
    """
    form = rows.find(context.connection, Document, context.case["form_sha256"])
    if form is None:
        return deny("production.no_form")
    fields = changed(context, form)
    if fields:
        return deny("production.changed", fields=fields)
    if unseen(context):
        return deny("sight.unseen")
    verdict = asked_again(context)
    return _person_sound(context) if verdict.allows else verdict


@check
def differs(context: Context) -> Verdict:
    """Allow the way back to the applicant when what was approved is not what would be made now."""
    form = rows.find(context.connection, Document, context.case["form_sha256"])
    differing = form is not None and changed(context, form)
    return ALLOW if differing else deny("production.not_changed")


def _person_sound(context: Context) -> Verdict:
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    try:
        parse(tckn_of(context.services, person))
    except Invalid as invalid:
        return deny("production.person_unsound", fault=invalid.code)
    return ALLOW


@action(fires=("certificate.reserve", "card.reserve"))
def reserve(context: Context) -> None:
    """Reserve serial number and card before anything is signed; neither is ever used again.

    The blank is the next one of the stock, where one is kept. Raises RuleFailed where it is empty:
    definitions of before have no check for that.
    """
    blank = blanks.next_blank(context)
    if blank.empty:
        raise RuleFailed(deny("production.stock_empty"), trigger=context.transition.name)
    not_before, not_after = span_of(context)
    card_id = new_card(
        context.connection, context.services, "reserved", context.now, blank.maker or MAKER
    )
    certificate_id = context.open(
        "certificate",
        "reserve",
        {
            "person_id": context.case["person_id"],
            "application_id": context.case_id,
            "card_id": card_id,
            "serial": new_serial(),
            "not_before": not_before,
            "not_after": not_after,
            "ends_on": last_day(not_after),
        },
        by=_SYSTEM,
    )
    if blank.chip_id is not None:
        blanks.reserve(context, blank.chip_id, card_id)
    context.update(certificate_id=certificate_id)
    context.note(certificate=certificate_id)


STOPPING = (RequestInvalid, CertificateMismatch, IssuerRefused)
"""What another card would not change."""

TRIES = 3
"""After so many failed tries in a row production stops: each takes a serial number and a card."""


@effect(
    "finish_production", "production_failed", "await_token",
    when_refused=("stop_production", "production_failed"),
)  # fmt: skip
def make(context: EffectContext) -> EffectOutcome | None:
    """Make key, card and certificate; a repetition goes on where a killed try stopped.

    A fault of the order stops it, one of the card has it made anew with another; so does a shard of
    the store that cannot be used, unless an authority elsewhere may have certified the key that
    lies in it. A token that is away parks the case, once, with the reason; from then on the fault
    is raised, so that the queue tries again with growing pauses. Where cards are made in production
    rooms it does nothing: a station takes the order (handlers/cards/station.py).
    """
    services = context.services
    if services.made is ProductionPlace.ROOMS:
        return None
    with context.database.connect() as connection:
        certificate = rows.fetch(connection, Certificate, context.case["certificate_id"])
        order = order_of(connection, services, certificate)
    try:
        made = produce(services.store(), services.issuer(), order, context.point)
    except (CardInUse, *STOPPING) as refusal:
        return _failed(context, refusal)
    except SigningError as refusal:
        if isinstance(refusal, ShardUnusable) and services.elsewhere is None:
            return _failed(context, refusal)
        if not _may_park(context):
            raise
        return EffectOutcome("await_token", reason=f"{refusal.code}: {told(refusal).title}")
    refuse_vain(context.database, services, certificate.id, made.certificate)
    return EffectOutcome("finish_production", FinishedProduction(made.certificate.der).payload())


def refuse_vain(
    database: Engine, services: Services, certificate_id: int, made: X509Certificate
) -> None:
    """Have an authority elsewhere revoke what it made while somebody stopped the production.

    Our own counts a serial that was given up as never made.
    """
    with database.connect() as connection:
        reserved = rows.fetch(connection, Certificate, certificate_id)
    if reserved.state == "void" and services.elsewhere is not None:
        services.elsewhere.set_status(made, Reason.CESSATION)


def _failed(context: EffectContext, refusal: SigningError) -> EffectOutcome:
    """Give the end of a try: stopped, or made anew with another card, which may help."""
    tried = failures(context.database, rows.number(context.case, "id")) + 1
    hopeless = isinstance(refusal, STOPPING) or tried >= TRIES
    stops = hopeless and "stop_production" in context.definition.transitions
    trigger = "stop_production" if stops else "production_failed"
    return EffectOutcome(trigger, reason=f"{refusal.code}: {told(refusal).title}")


def _may_park(context: EffectContext) -> bool:
    """Say whether the case can go to wait: it does not wait yet, and its definition knows how."""
    known = "await_token" in context.definition.transitions
    return known and context.case["state"] != "awaiting_token"


@check
def matches(context: Context) -> Verdict:
    """Allow a certificate that says what was ordered and that our authority signed."""
    if context.rehearsal:
        return ALLOW
    handed = FinishedProduction.of(context.payload)
    if handed is None:
        return deny("production.no_certificate")
    try:
        made = read(handed.der)
    except CertificateUnusable:
        return deny("production.unreadable")
    services = context.services
    reserved = rows.fetch(context.connection, Certificate, context.case["certificate_id"])
    order = order_of(context.connection, services, reserved)
    key = made.parsed.public_key.dump()
    differing = services.issuer().differences(made, order.request, key)
    if differing:
        return deny("production.differs", fields=differing)
    return ALLOW if made_by_us(services, handed.der) else deny("production.not_our_issuer")


def made_by_us(services: Services, der: bytes) -> bool:
    """Say whether one of our issuing authorities signed these bytes."""
    for issuer in services.trust().intermediates:
        try:
            made = x509.load_der_x509_certificate(der)
            made.verify_directly_issued_by(x509.load_der_x509_certificate(issuer))
        except (ValueError, TypeError, InvalidSignature):
            continue
        return True
    return False


@action(
    fires=(
        "certificate.issue",
        "certificate.revoke",
        "certificate.suspend",
        "certificate.send_to_authority",
        "card.make",
    )
)
def record(context: Context) -> None:
    """Keep the certificate, suspend it for its journey, and end the old one where its kind says so.

    Serial number and validity are as reserved with our own authority; another one chooses its own.
    """
    der = checked(FinishedProduction.of(context.payload)).der
    certificate_id = rows.number(context.case, "certificate_id")
    sha256 = hashlib.sha256(der).hexdigest()
    made = read(der)
    written = {
        "der": der,
        "sha256": sha256,
        "seen": "made",
        "seen_at": context.now,
        "issuer": made.issuer,
        "serial": f"{made.serial_number:x}",
        "not_before": made.not_before,
        "not_after": made.not_after,
        "ends_on": last_day(made.not_after),
    }
    table = METADATA.tables[Certificate.__tablename__]
    update_case(context.connection, table, certificate_id, written)
    chip_id = blanks.set_status(context, certificate_id, "made")
    context.fire(certificate_id, "issue", by=_SYSTEM)
    if chip_id is not None:
        blanks.make(context, chip_id)
    context.note(certificate=certificate_id, certificate_sha256=sha256)
    succession.at_production(context, certificate_id)


@action(fires=("certificate.discard", "card.put_back", "card.spoil"))
def give_up(context: Context) -> None:
    """Void serial and card of a failed try; the next one reserves new ones.

    The blank goes back into the stock only where nobody has begun to write on it.
    """
    certificate_id = rows.number(context.case, "certificate_id")
    context.fire(certificate_id, "discard", by=_SYSTEM)
    chip_id = blanks.set_status(context, certificate_id, "void")
    if chip_id is not None:
        blanks.give_back(context, chip_id)
    context.update(certificate_id=None)
    context.note(certificate=certificate_id)


@action(fires=("certificate.revoke", "card.spoil", "card.lose", "card.return_card"))
def revoke_new(context: Context) -> None:
    """Revoke the certificate of a card that will not reach its holder, for good."""
    certificate_id = rows.number(context.case, "certificate_id")
    certificate = rows.fetch(context.connection, Certificate, certificate_id)
    parts = (rows.text(context.case, "reference"), context.transition.name, context.reason)
    reason = ": ".join(part for part in parts if part)
    if certificate.state in {"active", "suspended"}:
        context.fire(certificate_id, "revoke", FollowsCard().payload(), reason, by=_SYSTEM)
    chip_id = blanks.set_status(context, certificate_id, "destroyed")
    if chip_id is not None:
        blanks.end(context, chip_id)


@action(
    fires=(
        "certificate.discard",
        "certificate.revoke",
        "card.put_back",
        "card.spoil",
        "card.lose",
        "card.return_card",
    )
)
def put_away(context: Context) -> None:
    """Give up what was made or begun for an application that is stopped or dropped, if anything.

    A serial that was only reserved is void; a certificate that was made is revoked, its card
    destroyed.
    """
    certificate_id = rows.optional_number(context.case, "certificate_id")
    if certificate_id is None:
        return
    if rows.fetch(context.connection, Certificate, certificate_id).state == "reserved":
        give_up(context)
    else:
        revoke_new(context)
        context.note(certificate=certificate_id)


@action(
    writes=("sendings",),
    fires=("certificate.revoke", "card.spoil", "card.lose", "card.return_card"),
)
def scrap(context: Context) -> None:
    """Revoke the certificate of a card that cannot be sent, so that another one can be made."""
    revoke_new(context)
    context.note(certificate=rows.number(context.case, "certificate_id"))
    context.update(certificate_id=None, tracking_number=None, couriered_at=None, sendings=0)


@action(fires=("application.recall", "application.redate", "application.replan"))
def note_revocation(context: Context) -> None:
    """Keep since when and why a certificate is revoked: since now, never earlier.

    Its card, where a courier has it on the way to its holder, is called back: what
    would reach them is a card that can never be used.
    """
    refuse_foreign(context)
    context.update(revoked_at=context.now, revocation_reason=context.reason)
    gone(context)
    application = rows.find(context.connection, Application, context.case.get("application_id"))
    if application is not None and not FollowsCard.of(context.payload).card_kept:
        _call_back(context, application)


def _call_back(context: Context, application: Application) -> None:
    if application.state not in {"couriered", "awaiting_collection", "courier_silent"}:
        return
    # A standing case knows no such move, and another move of the card may have come first: who
    # hands it over then is told by the rule of that move.
    with suppress(UnknownTrigger, WrongState):
        context.fire(application.id, "recall", reason="certificate_gone", by=_SYSTEM)
