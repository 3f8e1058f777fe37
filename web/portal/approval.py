"""A person's one press: the form he approves on his e-onay, and what stands in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for

from handlers.consents.payloads import FormShown
from handlers.kit.moves import APPROVE_E_ONAY
from handlers.kit.roles import APPLICANT
from handlers.kit.sentences import SENTENCES
from handlers.kit.time_limits import wait_in_rule
from handlers.papers import letters
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, spoken
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.reading import timeline
from web.portal import moves, own_records
from web.portal.advice.telling import advise, closed, of_delivered, waiting
from web.portal.blueprint import blueprint
from web.portal.forms import ApproveForm
from workflow.engine.attempts import code_of
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import Refused
from workflow.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord
    from web.portal.advice.states import Advice

NEEDS_CONSENT = frozenset({"consent.missing", "consent.outdated", "consent.unproved"})
"""What an e-onay mends that the person gives now."""

OTHER_FORM = "consent.other_form"


def hindrance(case_id: int) -> tuple[str, str]:
    """Return why the person signed in cannot approve an application: code and sentence, or none.

    The code of a rule is its name.
    """
    request = Request(APPROVE_E_ONAY, current().actor)
    try:
        composed().engine.rehearse(case_id, request, workflow="application")
    except Refused as error:
        return code_of(error), told(error, composed().library.workflow("application"))
    return "", ""


def advice_for(row: Mapping[str, Any]) -> Advice:
    """Return what a person is told of an application, with what keeps it from going on."""
    now = composed().clock.now()
    today = day_in_istanbul(now)
    if row["state"] == "delivered":
        return of_delivered(row, own_records.made_by(row["id"]), now)
    if row["state"] == "expired":
        newest = timeline(composed().database, row["id"])[-1]
        return closed(row, newest.trigger, newest.body["reason"] or "", today)
    if row["state"] != "e_onay":
        return advise("application", row, today)
    definition = composed().library.published(row["definition"])
    wait = wait_in_rule(definition, "waited_long", "entered_at")
    return waiting(row, wait, *hindrance(row["id"]), today)


def lacks_consent(case: CaseRecord) -> bool:
    """Say whether an application waits for an e-onay that its person could give."""
    return case.state == "e_onay" and hindrance(case.id)[0] in NEEDS_CONSENT


@blueprint.get("/basvurularim/<reference>/onay")
@allow(APPLICANT)
def approval(reference: str) -> ResponseReturnValue:
    """Show the frozen form, where the card goes, and the button that approves both."""
    case = own_records.case(reference, "application")
    if case.state != "e_onay":
        return redirect(moves.home_of(case))
    code, sentence = hindrance(case.id)
    document = own_records.document(case.row["form_sha256"])
    return render_template(
        "portal/approval.html",
        case=case,
        form=ApproveForm(formdata=None, seen=str(case.version), belge=document.sha256),
        document=document,
        text=letters.words_of(document),
        consent=own_records.consent_in_force(),
        sentence=sentence,
        needs_consent=code in NEEDS_CONSENT,
        # A definition of before has the form drawn anew by another choice of the method.
        needs_form=code == OTHER_FORM and "renew_form" in case.definition.transitions,
    )


@blueprint.post("/basvurularim/<reference>/onay")
@allow(APPLICANT)
def approve(reference: str) -> ResponseReturnValue:
    """Approve the form that was shown, and no other one."""
    case = own_records.case(reference, "application")
    form = ApproveForm()
    if not form.validate_on_submit():
        flash(spoken(SENTENCES["consent.form_not_shown"]), "danger")
        return redirect(url_for("portal.approval", reference=reference))
    try:
        composed().engine.fire(
            case.id,
            APPROVE_E_ONAY,
            current().actor,
            FormShown(form.belge.data).payload(),
            int(form.seen.data),
            workflow="application",
        )
    except Refused as error:
        flash(told(error, case.definition), "danger")
        return redirect(url_for("portal.approval", reference=reference))
    flash(gettext("Başvurunuz e-onayınızla onaylandı."), "success")
    return redirect(moves.home_of(case))


@blueprint.post("/basvurularim/<reference>/onay/yenile")
@allow(APPLICANT)
def renew_form(reference: str) -> ResponseReturnValue:
    """Have the form drawn anew by the revision in use, and show it."""
    case = own_records.case(reference, "application")
    try:
        composed().engine.fire(case.id, "renew_form", current().actor, workflow="application")
    except Refused as error:
        flash(told(error, case.definition), "danger")
    else:
        flash(gettext("Form güncel metinle yeniden hazırlandı; okuyup onaylayınız."), "success")
    return redirect(url_for("portal.approval", reference=reference))
