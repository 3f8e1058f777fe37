"""The standing consent (e-onay): its text, what it carries, what it replaces.

An e-onay approves nothing by itself. An application is approved by an act of its own person: they
press before its form, or chose e-onay before that form while the e-onay was in force. Only where a
dated policy says so does it count that they were told and did not object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import func, or_, select

from handlers.consents.payloads import FormShown
from handlers.consents.terms import current_version
from handlers.consents.underlying_consent import standing_of
from handlers.kit import rows
from handlers.papers import letters
from states.cases.application import Application
from states.cases.consent import Consent
from states.cases.notice import Notice
from states.cases.terms import Terms
from states.papers.document import Document
from states.papers.signature import Signature
from states.people.person import Person
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from workflow.model.duration import Duration
    from workflow.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """The e-onay of a person that is in force: since when, to which text, for which form."""

    id: int
    reference: str
    since: datetime
    terms_version: str
    form_version: str | None
    document_sha256: str


def standing(connection: Connection, person_id: object) -> Standing | None:
    """Return the e-onay of a person that is in force; None without one."""
    query = (
        select(
            Consent.id, Consent.reference, Consent.entered_at.label("since"), Consent.terms_version,
            Terms.form_version, Consent.document_sha256,
        )
        .join(Terms, Terms.version == Consent.terms_version)
        .where(Consent.person_id == person_id, Consent.state == "in_force")
    )  # fmt: skip
    found = connection.execute(query).mappings().one_or_none()
    return None if found is None else Standing(**found)


def usable(connection: Connection, person_id: object) -> tuple[Standing | None, Verdict]:
    """Return the e-onay of a person that is in force, and whether it may carry anything now."""
    found = standing(connection, person_id)
    if found is None:
        return None, deny("consent.missing")
    current = current_version(connection)
    if found.terms_version != current:
        return found, deny("consent.outdated", given=found.terms_version, current=current)
    signature = standing_of(connection, found.id)
    if signature is not None and signature.failed:
        return found, deny("consent.unproved", reference=found.reference)
    return found, ALLOW


def usable_id(context: Context) -> int | None:
    """Return the e-onay of the case's person that may carry something now; None without one."""
    found, verdict = usable(context.connection, context.case["person_id"])
    return found.id if found is not None and verdict.allows else None


@check
def terms_published(context: Context) -> Verdict:
    """Allow an offer once there is a text to consent to."""
    known = current_version(context.connection) is not None
    return ALLOW if known else deny("consent.no_terms")


@action(writes=("terms_version",))
def draw_up(context: Context) -> None:
    """Freeze the text in force today, with the person and the moment in it."""
    version = current_version(context.connection)
    terms = rows.fetch(context.connection, Terms, version)
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    sha256 = letters.freeze(
        context.connection,
        letters.CONSENT,
        person.id,
        context.now,
        {
            "name": person.name,
            "tckn_masked": person.tckn_masked,
            "reference": rows.text(context.case, "reference"),
            "terms_version": terms.version,
            "terms_text": terms.text,
        },
    )
    context.update(terms_version=terms.version, document_sha256=sha256)
    context.document(sha256)
    context.note(terms_version=terms.version)


@check
def in_force(context: Context) -> Verdict:
    """Allow what an application's own person approves on an e-onay that covers its form.

    The system only carries out what they chose before the form while this e-onay was in force.
    """
    found, verdict = _covering(context)
    if found is None or not verdict.allows:
        return verdict
    verdict = _chosen(context, found) if "system" in context.actor.roles else _pressed(context)
    return _rests(context, found) if verdict.allows else verdict


@check
def unobjected(context: Context) -> Verdict:
    """Allow what its person was told of and did not object to, where the policy counts that.

    The days begin with the notice (`notice.confirm_application`), and the e-onay must have been
    in force by then.
    """
    found, verdict = _covering(context)
    if found is None or not verdict.allows:
        return verdict
    told_at = _told_at(context)
    if told_at is None:
        return deny("consent.not_told")
    if found.since > told_at:
        return deny("consent.given_later", reference=found.reference)
    until = told_at + cast("Duration", context.window["objection"])
    return (
        deny("consent.may_object", until=until) if context.now < until else _rests(context, found)
    )


def _told_at(context: Context) -> datetime | None:
    """Return when the person was told of the application as it stands; None when they were not."""
    told = select(func.max(Notice.created_at)).where(
        Notice.case_id == context.case_id,
        Notice.template == "confirm_application",
        Notice.created_at >= rows.moment(context.case, "entered_at"),
    )
    return context.connection.execute(told).scalar_one()


def _covering(context: Context) -> tuple[Standing | None, Verdict]:
    """Return the e-onay in force, and whether it is for the revision of the frozen form."""
    found, verdict = usable(context.connection, context.case["person_id"])
    if found is None or not verdict.allows:
        return found, verdict
    frozen = rows.fetch(context.connection, Document, context.case["form_sha256"])
    given_for = f"{frozen.code}/{frozen.revision}"
    if given_for != found.form_version:
        return found, deny("consent.other_form", form=given_for, covered=found.form_version)
    return found, ALLOW


def _pressed(context: Context) -> Verdict:
    """Allow the press of a person before whom stood the form that is frozen."""
    shown = FormShown.of(context.payload).form == context.case["form_sha256"]
    return ALLOW if shown or context.rehearsal else deny("consent.form_not_shown")


def _chosen(context: Context, found: Standing) -> Verdict:
    chosen = context.case["consent_id"] == found.id
    return ALLOW if chosen else deny("consent.unconfirmed")


def _rests(context: Context, found: Standing) -> Verdict:
    """Name e-onay and form in the journal; definitions without `rest_on` have them there alone."""
    context.remember(found)
    context.note(consent=found.id, terms_version=found.terms_version)
    context.document(found.document_sha256)
    context.document(rows.text(context.case, "form_sha256"))
    return ALLOW


@action
def rest_on(context: Context) -> None:
    """Write on which e-onay the approval rests, as the check before has found it."""
    found = cast("Standing", context.recall(Standing))
    context.update(consent_id=found.id)


@check
def form_outdated(context: Context) -> Verdict:
    """Allow another form where the frozen one is not of the revision in use."""
    frozen = rows.fetch(context.connection, Document, context.case["form_sha256"])
    outdated = frozen.revision != letters.APPLICATION_FORM.revision
    return ALLOW if outdated else deny("consent.form_current")


@action(fires=("consent.supersede",))
def replace_earlier(context: Context) -> None:
    """Let the new consent take the place of the one in force."""
    earlier = select(Consent.id).where(
        Consent.person_id == context.case["person_id"],
        Consent.state == "in_force",
        Consent.id != context.case_id,
    )
    for consent_id in context.connection.execute(earlier).scalars().all():
        context.fire(consent_id, "supersede")


@action
def wake_waiting(context: Context) -> None:
    """Count the person's applications that wait for their approval: none is approved by this.

    The notice of the new e-onay names them, each with its page (`notice.consent_given`).
    """
    context.note(waiting=len(waiting_for(context.connection, context.case["person_id"])))


def waiting_for(connection: Connection, person_id: object) -> list[str]:
    """Return the references of a person's applications that wait for an approval by e-onay."""
    waiting = select(Application.reference).where(
        Application.person_id == person_id, Application.state == "e_onay"
    )
    return list(connection.execute(waiting.order_by(Application.id)).scalars())


def overtaken(context: Context) -> Verdict:
    """Refuse an e-onay to an old text, or signed before its person withdrew or signed another."""
    mine = context.case
    if mine["terms_version"] != current_version(context.connection):
        return deny("consent.text_renewed")
    mine_at = signed_at(context)
    later = (
        select(Consent.state)
        .outerjoin(Signature, Signature.id == Consent.signature_id)
        .where(
            Consent.person_id == mine["person_id"],
            Consent.id != context.case_id,
            or_(
                (Consent.state == "in_force") & (Signature.judged_at > mine_at),
                Consent.state.in_(("withdrawn", "ended")) & (Consent.entered_at > mine_at),
            ),
        )
    )
    found = context.connection.execute(later.limit(1)).scalar_one_or_none()
    return ALLOW if found is None else deny("consent.overtaken")


def signed_at(context: Context) -> datetime:
    """Return when the signature of the e-onay at hand was taken."""
    signed = select(Signature.judged_at).where(Signature.id == context.case["signature_id"])
    return context.connection.execute(signed).scalar_one()
