"""Owns the standing consent (e-onay): its text, whether it is in force, what it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers import letters, rows
from handlers.terms import current_version
from states.application import Application
from states.consent import Consent
from states.person import Person
from states.terms import Terms
from workflow.registry import action, check
from workflow.verdict import ALLOW, deny

if TYPE_CHECKING:
    from workflow.context import Context
    from workflow.verdict import Verdict


@check
def terms_published(context: Context) -> Verdict:
    """Allow an offer once there is a text to consent to."""
    known = current_version(context.connection) is not None
    return ALLOW if known else deny("consent.no_terms")


@action
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
    """Allow when the person has a consent in force to the text in force."""
    standing = select(Consent.terms_version, Consent.reference).where(
        Consent.person_id == context.case["person_id"], Consent.state == "in_force"
    )
    found = context.connection.execute(standing).one_or_none()
    if found is None:
        return deny("consent.missing")
    current = current_version(context.connection)
    if found.terms_version != current:
        return deny("consent.outdated", given=found.terms_version, current=current)
    return ALLOW


@action
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
    """Let the person's applications that wait for this consent go on."""
    waiting = select(Application.id).where(
        Application.person_id == context.case["person_id"], Application.state == "e_onay"
    )
    for application_id in context.connection.execute(waiting).scalars().all():
        context.wake(application_id)
