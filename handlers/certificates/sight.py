"""How a certificate comes to be known: shown by a signature, or told of by its authority.

What a list brings is stated: a serial number and an end that somebody typed. A signature that was
judged shows the certificate itself, which confirms or corrects what was typed; where no card can
sign any more, its authority's letter does. A certificate of another authority is suspended and
revoked there and nowhere else: here is only learnt that it was.
"""

from __future__ import annotations

import hmac
from datetime import date, timedelta
from typing import TYPE_CHECKING

from asn1crypto import pem
from dateutil.relativedelta import relativedelta
from sqlalchemy import or_, select, update

from handlers.certificates.dependents import fire_if_known, follow, gone
from handlers.certificates.foreign import Learnt
from handlers.certificates.payloads import LONGEST, AuthorityLetter, CertificateSeen
from handlers.certificates.validity import HELD, last_day
from handlers.kit import rows
from handlers.kit.payload import checked
from signing.errors import ContainerUnusable
from signing.validation.collect import chain
from states.cases.certificate import Certificate
from states.people.person import Person
from workflow.model.clock import start_of_day
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from signing.x509.certificate import X509Certificate
    from workflow.model.verdict import Verdict

KNOWN = or_(Certificate.seen.is_not(None), Certificate.state.in_(("suspended", "revoked")))
"""Certificates whose end is no mere statement: what was only typed refuses no card that is good."""

LETTER_LIFE = timedelta(days=30)
"""How old an authority's letter may be when it is entered (rule ``old_certificate_answered``).

The rule is one of applications; a letter is entered under the definition of the certificate."""

LONGEST_LIFE = relativedelta(years=10)
"""How far away the end of a certificate may be; none is made for longer than five years."""


@check
def fits(context: Context) -> Verdict:
    """Allow a certificate (DER in the payload) of this very serial number and person."""
    if context.rehearsal:
        return ALLOW
    seen = CertificateSeen.of(context.payload)
    if seen is None or f"{seen.certificate.serial_number:x}" != context.case["serial"]:
        return deny("sight.other_certificate")
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    found = context.services.vault.lookup(seen.certificate.tckn, "tckn")
    same = hmac.compare_digest(found, person.tckn_hash)
    return ALLOW if same else deny("sight.other_person")


@check
def trusted(context: Context) -> Verdict:
    """Allow a certificate (DER in the payload) that leads to one of our anchors, status apart."""
    seen = None if context.rehearsal else CertificateSeen.of(context.payload)
    if seen is None:
        return ALLOW
    try:
        chain(seen.certificate, (), context.services.trust(), context.now)
    except ContainerUnusable:
        return deny("sight.untrusted")
    return ALLOW


def der_of(data: bytes) -> bytes:
    """Return the certificate of a file in DER, whether it is that or PEM; junk stays what it is."""
    try:
        return bytes(pem.unarmor(data)[2]) if pem.detect(data) else data
    except ValueError:
        return data


@action(
    writes=("ends_on", "ends_at", "issuer", "seen"),
    fires=("application.redate", "application.replan"),
)
def see(context: Context) -> None:
    """Keep a certificate that was seen: what it says takes the place of what was stated."""
    seen = checked(CertificateSeen.of(context.payload))
    before, ends_on = context.case["ends_on"], last_day(seen.certificate.not_after)
    context.update(**_values(before, seen, context.now))
    context.note(
        how=seen.how,
        certificate_sha256=seen.certificate.sha256,
        ends_on=ends_on.isoformat(),
        ended_on=before.isoformat() if isinstance(before, date) else None,
        checked=seen.checked,
    )
    follow(context, context.case_id)


def _values(stated: object, seen: CertificateSeen, now: datetime) -> dict[str, object]:
    """Return the columns that a certificate fills which was stated to end on a day."""
    shown = seen.certificate
    ends_on = last_day(shown.not_after)
    values: dict[str, object] = {
        "der": shown.der,
        "sha256": shown.sha256,
        "issuer": shown.issuer,
        "not_before": shown.not_before,
        "not_after": shown.not_after,
        "ends_on": ends_on,
        "seen": seen.how,
        "seen_at": now,
    }
    if stated != ends_on:
        values["stated_ends_on"] = stated
    beside = [der for der in seen.chain if der != shown.der]
    if beside:
        values["chain"] = beside
    if seen.checked:
        values["checked_at"] = now
    return values


def shown_by(
    context: Context, person_id: int, shown: X509Certificate, beside: tuple[bytes, ...]
) -> None:
    """Let a certificate that a judged signature shows confirm or correct what was stated of it."""
    found = _stated(context.connection, person_id, shown)
    if found is not None:
        see_now(context, found, CertificateSeen(shown, "signature", beside))


def _stated(connection: Connection, person_id: int, shown: X509Certificate) -> Certificate | None:
    """Return the person's certificate of this serial number while its bytes are not known."""
    query = select(Certificate.__table__).where(
        Certificate.serial == f"{shown.serial_number:x}",
        Certificate.person_id == person_id,
        Certificate.state == "active",
        Certificate.der.is_(None),
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Certificate(**row)


def see_now(context: Context, certificate: Certificate, seen: CertificateSeen) -> None:
    """Enter what was seen of a certificate.

    One that was recorded under a definition without the move keeps the same columns; that they
    were filled then stands in the journal of the move at hand.
    """
    if fire_if_known(context, certificate.id, "see", seen.payload()):
        return
    values = _values(certificate.ends_on, seen, context.now)
    filled = update(Certificate).where(Certificate.id == certificate.id).values(values)
    context.connection.execute(filled)
    context.note(seen_certificate=certificate.id)
    follow(context, certificate.id)


@check
def letter(context: Context) -> Verdict:
    """Allow a letter of an authority that says of a certificate that it is in force until a day."""
    if context.rehearsal:
        return ALLOW
    brought = AuthorityLetter.of(context.payload)
    refused = _refused(context, brought)
    if brought is None or refused is not ALLOW:
        return refused
    if brought.issuer is None:
        return deny("sight.issuer_missing", longest=LONGEST)
    ends_on = brought.ends_on
    if ends_on is None or not context.today <= ends_on <= context.today + LONGEST_LIFE:
        return deny("sight.end_unlikely")
    known = context.case["ends_on"]
    if context.case["der"] is not None and ends_on != known:
        return deny("sight.end_differs", ends_on=known)
    return ALLOW


def _refused(context: Context, brought: AuthorityLetter | None) -> Verdict:
    """Return what refuses a letter, whatever it says: no number or day, or too old."""
    if brought is None:
        return deny("sight.letter_missing", longest=LONGEST)
    if not context.today - LETTER_LIFE <= brought.dated <= context.today:
        return deny("sight.letter_old", days=LETTER_LIFE.days)
    return ALLOW


@action(
    writes=("ends_on", "ends_at", "issuer", "seen"),
    fires=("application.redate", "application.replan"),
)
def confirm(context: Context) -> None:
    """Keep what the authority has written: until when, and that it was in force on that day."""
    brought = checked(AuthorityLetter.of(context.payload))
    before, ends_on = context.case["ends_on"], checked(brought.ends_on)
    known = context.case["der"] is not None
    values: dict[str, object] = {
        "seen_proof": brought.proof(),
        "seen_at": context.now,
        "ends_on": ends_on,
        "checked_at": context.now if known else start_of_day(brought.dated),
    }
    if not known:
        values |= {"seen": "authority", "issuer": brought.issuer}
    if before != ends_on:
        values["stated_ends_on"] = before
    context.update(**values)
    context.note(
        letter=brought.number,
        dated=brought.dated.isoformat(),
        ends_on=ends_on.isoformat(),
        ended_on=before.isoformat() if isinstance(before, date) else None,
    )
    follow(context, context.case_id)


@check
def told_revoked(context: Context) -> Verdict:
    """Allow what a status service has said, or a letter of the authority.

    The letter names the day of the revocation, which is never to come.
    """
    if context.rehearsal or Learnt.of(context.payload):
        return ALLOW
    brought = AuthorityLetter.of(context.payload)
    refused = _refused(context, brought)
    if brought is None or refused is not ALLOW:
        return refused
    if brought.revoked_on is None or brought.revoked_on > context.today:
        return deny("sight.revoked_on_unlikely")
    return ALLOW


@action(writes=("seen",), fires=("application.redate", "application.replan"))
def learn(context: Context) -> None:
    """Keep that the authority of a certificate has revoked it: since when, and by which letter.

    What was only stated until then is known by that letter.
    """
    if Learnt.of(context.payload):
        context.update(revoked_at=context.now, revocation_reason=context.reason)
        context.note(learnt="status")
    else:
        brought = checked(AuthorityLetter.of(context.payload))
        context.update(
            revoked_at=start_of_day(checked(brought.revoked_on)),
            revocation_reason=context.reason,
            seen_proof=brought.proof(),
            seen=context.case["seen"] or "authority",
            seen_at=context.now,
        )
        context.note(letter=brought.number, dated=brought.dated.isoformat())
    gone(context)


def unseen(context: Context) -> bool:
    """Say whether an application rests on an old certificate that was only stated.

    Nothing rests on it where the person proved themselves as a first applicant does and neither the
    first nor the last day of the new certificate is taken from it; definitions of before have no
    rule for this.
    """
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    if old is None or old.seen is not None:
        return False
    starts = context.definition.kinds[rows.text(context.case, "kind")]["starts"]
    free = starts == "now" or old.state not in HELD
    on_paper = context.case["method"] == "wet_signature" and context.window["paper_for_first"]
    return not (free and (on_paper or context.case["method"] == "in_person"))
