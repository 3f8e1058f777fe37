"""What people are told: one row in the outbox for each move that tells somebody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from handlers.applications.message import day_of_card, days_in, reason_of, write
from handlers.certificates.foreign import contact_of
from handlers.consents.consent import waiting_for
from handlers.kit.roles import APPLICANT
from handlers.post.channels import channels_of
from handlers.post.outbox import PostWay, put
from states.cases.notice import AT_ONCE, IN_TURN
from states.logs.journal import JournalEntry
from workflow.model.entry import parsed
from workflow.model.registry import effect

if TYPE_CHECKING:
    from handlers.kit.context import EffectContext
    from workflow.model.duration import Duration


def tell(context: EffectContext, template: str, **more: object) -> None:
    """Write a message to the person of the case, once for each effect, whatever its repetitions.

    ``template`` names the text (`handlers.papers.letters.message_texts`); ``more`` is what it says
    beside what every message knows.
    """
    reason = reason_of(context.definition, context.trigger, context.reason)
    more.update(
        day_of_card(context.database, context.definition, template, context.case, context.now)
    )
    with context.database.begin() as connection:
        more["days_in"] = days_in(context.definition, context.today)
        letter = write(connection, template, context.case, reason, context.today, **more)
        way = PostWay(channels_of(context.services), AT_ONCE if context.by_a_person else IN_TURN)
        put(connection, context.case, context.key, letter, context.now, way)


@effect()
def returned(context: EffectContext) -> None:
    """Tell that the application came back, and why."""
    tell(context, "returned")


@effect()
def data_changed(context: EffectContext) -> None:
    """Tell that data changed after the approval, so that the form is approved anew."""
    tell(context, "data_changed")


@effect()
def rejected(context: EffectContext) -> None:
    """Tell that the application was rejected, and why."""
    tell(context, "rejected")


@effect()
def cancelled(context: EffectContext) -> None:
    """Tell that the office closed the application, and why."""
    tell(context, "cancelled")


@effect()
def confirm_application(context: EffectContext) -> None:
    """Tell of an application that somebody else filed and its person has to approve."""
    if context.case["state"] != "e_onay" or _chosen_by(context) == APPLICANT:
        return
    window = context.definition.window_on(context.today)
    until = None
    if window["silence_approves"]:
        until = context.now + cast("Duration", window["objection"])
    tell(context, "confirm_application", url=page_of(context), until=until)


@effect()
def opened_by_office(context: EffectContext) -> None:
    """Tell of an application that the office opened for a person, who chooses how to approve it."""
    tell(context, "opened_by_office", url=page_of(context))


@effect()
def come_to_desk(context: EffectContext) -> None:
    """Tell of an application that somebody else filed for which its person has to come."""
    if _chosen_by(context) != APPLICANT:
        tell(context, "come_to_desk", url=page_of(context))


def _chosen_by(context: EffectContext) -> str:
    """Return the role in which the method of an application was chosen last."""
    chosen = select(JournalEntry.body).where(
        JournalEntry.case_id == context.case["id"], JournalEntry.trigger == "choose_method"
    )
    with context.database.connect() as connection:
        newest = connection.scalar(chosen.order_by(JournalEntry.n.desc()).limit(1))
    return str(parsed(newest or "").get("role"))


def page_of(context: EffectContext, reference: str | None = None) -> str:
    """Return the address of a person's page of an application, by default the one at hand."""
    site = context.services.site
    return f"{site}/basvurularim/{reference or context.case['reference']}"


@effect()
def approve_again(context: EffectContext) -> None:
    """Tell that the approval of an application counts no longer, and that it has to be given."""
    tell(context, "approve_again", url=page_of(context))


@effect()
def unconsented(context: EffectContext) -> None:
    """Tell that the application was closed because no e-onay was given."""
    tell(context, "unconsented")


@effect()
def unconfirmed(context: EffectContext) -> None:
    """Tell that the application was closed because its person did not approve it."""
    tell(context, "unconfirmed")


@effect()
def method_taken_back(context: EffectContext) -> None:
    """Tell that the chosen method cannot be used, and that another one has to be chosen."""
    tell(context, "method_taken_back", url=page_of(context))


@effect()
def unapprovable(context: EffectContext) -> None:
    """Tell that the application was closed because of what kept it from being approved."""
    tell(context, "unapprovable")


@effect()
def expired(context: EffectContext) -> None:
    """Tell that the application was closed because nothing happened."""
    tell(context, "expired")


@effect()
def queued(context: EffectContext) -> None:
    """Tell that the application is approved and its card will be made."""
    tell(context, "queued")


@effect()
def held(context: EffectContext) -> None:
    """Tell from which day on production may start."""
    tell(context, "held")


@effect()
def paper_needed(context: EffectContext) -> None:
    """Tell that only the paper way is left."""
    tell(context, "paper_needed")


@effect()
def sign_again(context: EffectContext) -> None:
    """Tell that a signature that was being checked could not be taken, and why."""
    tell(context, "sign_again")


@effect()
def couriered(context: EffectContext) -> None:
    """Tell that the card is on its way; where it has been scrapped since, by the entry's number."""
    number = context.case["tracking_number"] or context.details["tracking_number"]
    tell(replace(context, case={**context.case, "tracking_number": number}), "couriered")


@effect()
def in_person_needed(context: EffectContext) -> None:
    """Tell that the old certificate is gone and the person has to come to the desk."""
    tell(context, "in_person_needed")


@effect()
def check_data(context: EffectContext) -> None:
    """Ask whether address and data still hold before the certificate is made."""
    tell(context, "check_data", url=page_of(context))


@effect()
def gave_way(context: EffectContext) -> None:
    """Tell that a renewal closed, for another application has ended its certificate."""
    tell(context, "gave_way")


@effect()
def delivered(context: EffectContext) -> None:
    """Tell that the card arrived and must be activated."""
    tell(context, "delivered")


@effect()
def courier_returned(context: EffectContext) -> None:
    """Tell that the card came back."""
    tell(context, "courier_returned")


@effect()
def uncollected(context: EffectContext) -> None:
    """Tell that the card could not be handed over, and until when it waits to be collected."""
    tell(context, "uncollected")


@effect()
def lost(context: EffectContext) -> None:
    """Tell that the card was lost and its certificate revoked."""
    tell(context, "lost")


@effect()
def card_destroyed(context: EffectContext) -> None:
    """Tell that the card nobody took was destroyed."""
    tell(context, "card_destroyed")


@effect()
def consent_given(context: EffectContext) -> None:
    """Tell that the consent is in force, and which applications wait to be approved on it."""
    with context.database.connect() as connection:
        waiting = waiting_for(connection, context.case["person_id"])
    pages = [(reference, page_of(context, reference)) for reference in waiting]
    tell(context, "consent_given", waiting=pages)


@effect()
def consent_withdrawn(context: EffectContext) -> None:
    """Tell that the consent was withdrawn."""
    tell(context, "consent_withdrawn")


@effect()
def consent_ended(context: EffectContext) -> None:
    """Tell that the office ended the consent, and why."""
    tell(context, "consent_ended")


@effect()
def consent_unproved(context: EffectContext) -> None:
    """Tell that the consent ended because its signature could not be proved."""
    tell(context, "consent_unproved")


@effect()
def certificate_active(context: EffectContext) -> None:
    """Tell that the certificate can be used."""
    tell(context, "certificate_active")


@effect()
def certificate_suspended(context: EffectContext) -> None:
    """Tell that the certificate is suspended."""
    tell(context, "certificate_suspended")


@effect()
def certificate_revoked(context: EffectContext) -> None:
    """Tell that the certificate is revoked for good."""
    tell(context, "certificate_revoked")


@effect()
def certificate_found_revoked(context: EffectContext) -> None:
    """Tell that the authority of the certificate has revoked it, as was learnt here."""
    tell(context, "certificate_found_revoked")


@effect()
def certificate_struck(context: EffectContext) -> None:
    """Tell that the record of a certificate that nobody had seen was struck, and why."""
    tell(context, "certificate_struck")


@effect()
def call_authority(context: EffectContext) -> None:
    """Tell that only its own authority can end the certificate, and why it should be ended."""
    contact = contact_of(context.services, context.case, context.now)
    application = (context.reason or "").partition(":")[0]
    tell(context, "call_authority", contact=contact, application=application)


@effect()
def certificate_held(context: EffectContext) -> None:
    """Tell that the office holds the certificate, and why."""
    tell(context, "certificate_held")


@effect()
def hold_released(context: EffectContext) -> None:
    """Tell that the office does not hold the certificate any more, and how it is activated."""
    tell(context, "hold_released")


@effect()
def activation_announced(context: EffectContext) -> None:
    """Tell that an activation was asked for, from when on it can be made, how it is stopped."""
    tell(context, "activation_announced")


@effect()
def not_activated(context: EffectContext) -> None:
    """Tell that the certificate was revoked because it was not activated in time."""
    tell(context, "not_activated")


@effect()
def recalled(context: EffectContext) -> None:
    """Tell that the card was called back from the courier, and why."""
    tell(context, "recalled")


@effect()
def made_again(context: EffectContext) -> None:
    """Tell that the card that was lost is made again, without a new application."""
    tell(context, "made_again")


@effect()
def delivery_contested(context: EffectContext) -> None:
    """Tell that the office looks into the delivery of the card."""
    tell(context, "delivery_contested")


@effect()
def delivery_undone(context: EffectContext) -> None:
    """Tell that the card counts as not delivered."""
    tell(context, "delivery_undone")


@effect()
def certificate_unseen(context: EffectContext) -> None:
    """Tell that production waits until the old certificate has been seen, and how that is done."""
    tell(context, "certificate_unseen")


@effect()
def expired_unseen(context: EffectContext) -> None:
    """Tell that the application was closed because the old certificate was never seen."""
    tell(context, "expired_unseen")


@effect()
def question_answered(context: EffectContext) -> None:
    """Tell whoever asked that the answer to their question is there, and where it is read."""
    url = f"{context.services.site}/sorularim/{context.case['reference']}"
    tell(context, "question/answered", url=url)
