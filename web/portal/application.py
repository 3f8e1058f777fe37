"""The page of one application: where it stands, what comes next, the form, the moves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for

from handlers.kit.roles import APPLICANT
from handlers.papers import letters
from handlers.ways.days import last_whole_day
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.fees import fee_words
from web.kit.reading import timeline
from web.portal import moves, own_records, routing
from web.portal.address import may_change, parcel_of, tracking_link
from web.portal.advice.past import steps
from web.portal.approval import advice_for, lacks_consent
from web.portal.blueprint import blueprint
from web.portal.code import issuing
from web.portal.consent import file
from web.portal.text import read_and_sign
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import Refused, UnknownCase

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from handlers.ways.way import RoutingDay
    from states.papers.document import Document
    from web.kit.reading import CaseRecord


@blueprint.get("/basvurularim/<reference>")
@allow(APPLICANT)
def application(reference: str) -> ResponseReturnValue:
    """Show where an application stands."""
    case = own_records.case(reference, "application")
    parcel = parcel_of(case)
    return render_template(
        "portal/application.html",
        case=case,
        advice=advice_for(case.row),
        card_day=routing.card_day(case.id),
        reason=moves.reason_of(case),
        possible=moves.possible(case),
        needs_consent=lacks_consent(case),
        address_may_change=may_change(case),
        signature=own_records.signature(case.id),
        form=_form_of(case) if case.row["form_sha256"] else None,
        fee=fee_words(case.definition, case.row["kind"], day_in_istanbul(case.row["created_at"])),
        parcel=parcel,
        tracking=tracking_link(parcel.tracking_number) if parcel else None,
        past=steps(timeline(composed().database, case.id)),
    )


@blueprint.get("/basvurularim/<reference>/form")
@allow(APPLICANT)
def form_page(reference: str) -> ResponseReturnValue:
    """Show the frozen form so that it can be printed, with what to do with the paper."""
    case = own_records.case(reference, "application")
    document = _form_of(case)
    today = routing.day()
    until = last_whole_day(case.row["due_at"], today.today)
    return render_template(
        "portal/form.html",
        case=case,
        until=until,
        post_by=_post_by(until, today),
        document=document,
        text=letters.words_of(document),
        is_pdf=document.media_type == letters.PDF_TYPE,
    )


def _post_by(until: date | None, today: RoutingDay) -> date | None:
    """Return the last day to post a form so that it is here in time; None where that is over."""
    last = until - timedelta(days=today.durations.posting) if until else None
    return last if last is not None and last >= today.today else None


@blueprint.get("/basvurularim/<reference>/form.pdf")
@allow(APPLICANT)
def form_file(reference: str) -> ResponseReturnValue:
    """Hand out the frozen form to be kept or printed, with its signature once it has one."""
    case = own_records.case(reference, "application")
    document = _form_of(case)
    if document.media_type != letters.PDF_TYPE:
        abort(404)
    return file(case, own_records.issued(document), document.media_type, "pdf")


@blueprint.route("/basvurularim/<reference>/imza", methods=["GET", "POST"])
@allow(APPLICANT)
@issuing
def sign_form(reference: str) -> ResponseReturnValue:
    """Show the frozen form that will be signed, and give out a code for it."""
    case = own_records.case(reference, "application")
    return read_and_sign(case, gettext("Başvuru formunu imzala"), moves.home_of(case))


@blueprint.post("/basvurularim/<reference>/islem/change_method")
@allow(APPLICANT)
def change_method(reference: str) -> ResponseReturnValue:
    """Go back to the choice of the method."""
    case = own_records.case(reference, "application")
    try:
        composed().engine.fire(case.id, "change_method", current().actor, workflow="application")
    except Refused as error:
        flash(told(error, case.definition), "danger")
        return redirect(moves.home_of(case))
    return redirect(url_for("portal.draft_method", reference=reference))


@blueprint.route("/basvurularim/<reference>/vazgec", methods=["GET", "POST"])
@allow(APPLICANT)
def cancel(reference: str) -> ResponseReturnValue:
    """Let a person drop their application, on a page of its own."""
    return moves.confirm(own_records.case(reference, "application"), "cancel")


@blueprint.route("/basvurularim/<reference>/teslim-almadim", methods=["GET", "POST"])
@allow(APPLICANT)
def contest_delivery(reference: str) -> ResponseReturnValue:
    """Let a person say that he never got his card, on a page of its own."""
    return moves.confirm(own_records.case(reference, "application"), "contest_delivery")


def _form_of(case: CaseRecord) -> Document:
    if case.row["form_sha256"] is None:
        raise UnknownCase(case=case.reference)
    return own_records.document(case.row["form_sha256"])
