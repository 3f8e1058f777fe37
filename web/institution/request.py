"""The page on which a coordinator asks the office to revoke the certificate of their staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy import select

from handlers.kit.roles import COORDINATOR
from states.kit.reference import parse
from states.people.institution import Institution
from states.people.person import Person
from web.gate.composition import composed
from web.gate.errors import status_of, told
from web.gate.language import gettext, spoken
from web.gate.permissions import allow
from web.gate.session import current
from web.institution.blueprint import blueprint
from web.institution.subtree import own_institution
from web.kit.move_forms import form_for
from web.kit.reading import find_case
from workflow.model.refusal import ReasonMissing, Refused, UnknownCase

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.move_form import MoveForm
    from web.kit.reading import CaseRecord

ASK = "ask_end"


@blueprint.route("/kurum/sertifika/<reference>/iptal-iste", methods=["GET", "POST"])
@allow(COORDINATOR)
def ask_end(reference: str) -> ResponseReturnValue:
    """Ask for the end of a certificate, with a reason; an officer decides."""
    case = _own(reference)
    form = form_for(case.definition.transitions[ASK])(seen=str(case.version))
    if not form.is_submitted():
        return _page(case, form, _hindrance(case))
    if not form.validate():
        return _page(case, form), 422
    try:
        composed().engine.fire(
            case.id, ASK, current().actor, {}, int(form.seen.data), form.stated_reason(),
            workflow="certificate",
        )  # fmt: skip
    except ReasonMissing as error:
        form.reason.errors = [told(error, case.definition)]
        return _page(case, form), 422
    except Refused as error:
        return _page(_own(reference), form, told(error, case.definition)), status_of(error)
    flash(
        gettext(
            "%(reference)s: iptal isteğiniz başvuru ofisine iletildi.", reference=case.reference
        ),
        "success",
    )
    return redirect(url_for("institution.home"))


def _own(reference: str) -> CaseRecord:
    """Return a certificate of the coordinator's own staff; to him all others are unknown."""
    try:
        workflow, number = parse(reference)
    except ValueError:
        raise UnknownCase(case=reference[:40]) from None
    if workflow != "certificate":
        raise UnknownCase(case=reference)
    case = find_case(composed().database, composed().library, number)
    top = own_institution()
    place = select(Institution.path).join(Person, Person.institution_id == Institution.id)
    with composed().database.connect() as connection:
        path = connection.scalar(place.where(Person.id == case.subject))
    if top is None or path is None or not path.startswith(top.path):
        raise UnknownCase(case=reference)
    if ASK not in case.definition.transitions:
        abort(409)
    return case


def _page(case: CaseRecord, form: MoveForm, refused: str = "") -> str:
    move = case.definition.transitions[ASK]
    return render_template(
        "institution/ask_end.html", case=case, move=move, form=form, refused=refused
    )


def _hindrance(case: CaseRecord) -> str:
    """Return why the end cannot be asked for now, empty when it can."""
    explained = composed().engine.explain(case.id, current().actor, workflow="certificate")
    refusals = [one.refusal for one in explained if one.transition.name == ASK]
    if not refusals:
        return f"Sertifika “{spoken(case.standing.title)}” durumunda; iptali istenemez."
    return told(refusals[0], case.definition) if refusals[0] else ""
