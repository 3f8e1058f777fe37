"""The pages of support units: the list, a proposal, and the decision about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for

from handlers.institutions import support
from handlers.kit.roles import ADMINISTRATOR, AUDITOR, COORDINATOR, acts_as
from handlers.people.register import clean_code, find_institution
from states.kit.invalid import Invalid
from states.kit.reference import read_number, reference
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.decision import DecisionForm, decide, decision_shown, find_proposal
from web.support import reading
from web.support.blueprint import blueprint
from web.support.forms import SupportForm, values_of
from workflow.model.refusal import Refused, UnknownCase

if TYPE_CHECKING:
    from flask.blueprints import BlueprintSetupState
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord

DECISIONS = "any(approve, refuse, withdraw):trigger"


@blueprint.record_once
def _tell_layout(state: BlueprintSetupState) -> None:
    """Let each page name the support unit of who is signed in."""
    state.app.jinja_env.globals.update(support_here=reading.support_here)


@blueprint.get("/destek-birimleri")
@allow(COORDINATOR, ADMINISTRATOR, AUDITOR)
def units() -> ResponseReturnValue:
    """List the proposals that wait; a coordinator sees whom their own people ask now."""
    found = reading.proposed(read_number(request.args.get("sonra", "")) or 0)
    place = reading.own_place()
    return render_template(
        "support/units.html",
        rows=found[: reading.PER_PAGE],
        following=found[reading.PER_PAGE - 1].id if len(found) > reading.PER_PAGE else None,
        place=place,
        unit=reading.unit_for(place.id) if place else None,
        proposes=not acts_as(current().actor, AUDITOR),
    )


@blueprint.route("/destek-birimleri/yeni", methods=["GET", "POST"])
@allow(COORDINATOR, ADMINISTRATOR)
def new_unit() -> ResponseReturnValue:
    """Propose whom the people of an institution are to ask."""
    form, place = SupportForm(), reading.own_place()
    if not form.is_submitted():
        form.kurum.data = place.code if place else ""
        return render_template("support/new.html", form=form)
    if form.validate():
        try:
            case_id = _propose(form)
        except Invalid as invalid:
            form.blame(invalid)
        except Refused as error:
            form.gerekce.errors = [told(error, composed().library.workflow(support.WORKFLOW))]
        else:
            flash(gettext("Öneriniz kaydedildi; yönetici onaylayınca uygulanır."), "success")
            shown = reference(support.WORKFLOW, case_id)
            return redirect(url_for("support.change", reference=shown))
    return render_template("support/new.html", form=form), 422


def _propose(form: SupportForm) -> int:
    """Open the proposal; Invalid for what was typed, Refused for what may not be."""
    with composed().database.connect() as connection:
        place = find_institution(connection, clean_code(form.kurum.data))
    if place is None:
        raise Invalid("institution.unknown")
    values = values_of(place.id, form.unit.data or "", form.phone.data or "", form.email.data or "")
    return composed().engine.open(
        support.WORKFLOW, "propose", current().actor, values, reason=form.gerekce.data
    )


@blueprint.get("/destek-birimi/<reference>")
@allow(COORDINATOR, ADMINISTRATOR, AUDITOR)
def change(reference: str) -> ResponseReturnValue:
    """Show a proposal, and what may be decided about it."""
    return _page(reference, DecisionForm(formdata=None))


@blueprint.post(f"/destek-birimi/<reference>/<{DECISIONS}>")
@allow(COORDINATOR, ADMINISTRATOR)
def decide_unit(reference: str, trigger: str) -> ResponseReturnValue:
    """Approve a proposal or refuse it, or take one's own back."""
    form = DecisionForm()
    status = decide(_found(reference), trigger, form)
    if status:
        return _page(reference, form), status
    return redirect(url_for("support.change", reference=reference))


def _found(quoted: str) -> CaseRecord:
    """Return a proposal; to a coordinator those for other institutions are unknown."""
    case, actor = find_proposal(quoted, support.WORKFLOW), current().actor
    if acts_as(actor, COORDINATOR):
        with composed().database.connect() as connection:
            if not support.answers_for(connection, actor.name, case.row["institution_id"]):
                raise UnknownCase(case=quoted)
    return case


def _page(quoted: str, form: DecisionForm) -> str:
    case = _found(quoted)
    return render_template(
        "support/change.html",
        **decision_shown(case, form),
        place=reading.place_of(case.row["institution_id"]),
        unit=reading.unit_for(case.row["institution_id"]),
    )
