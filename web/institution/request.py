"""The pages on which a coordinator makes a move of a certificate of their staff.

Asking the office for its revocation, having its holder reminded, stopping the reminders of its end
and letting them go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for

from handlers.kit.roles import COORDINATOR
from states.kit.invalid import Invalid
from states.kit.reference import parse
from web.gate.composition import composed
from web.gate.errors import status_of, told
from web.gate.language import gettext, spoken
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.institution import people
from web.institution.blueprint import blueprint
from web.institution.subtree import own_institution
from web.kit.move_forms import form_for
from web.kit.reading import find_case
from workflow.model.refusal import ReasonMissing, Refused, UnknownCase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from web.kit.move_form import MoveForm
    from web.kit.reading import CaseRecord


@dataclass(frozen=True, slots=True)
class OwnMove:
    """A move that a coordinator makes: its name, its button, and what is told once it is made.

    ``why`` stands beside the field of the own words where nobody but the record reads them.
    """

    name: str
    button: str
    done: str
    why: str = ""


ASK_END = OwnMove(
    "ask_end", _("İsteği ilet"), _("%(reference)s: iptal isteğiniz başvuru ofisine iletildi.")
)

REMINDERS: Mapping[str, OwnMove] = {
    "hatirlat": OwnMove(
        "remind",
        _("Şimdi hatırlat"),
        _("%(reference)s: hatırlatma sıraya alındı; birkaç dakika içinde gönderilir."),
    ),
    "hatirlatmayi-durdur": OwnMove(
        "stop_reminders",
        _("Hatırlatmaları durdur"),
        _("%(reference)s: hatırlatmalar durduruldu."),
        _("Başka bir neden seçildiyse yazılması gerekir."),
    ),
    "hatirlatmayi-surdur": OwnMove(
        "resume_reminders",
        _("Hatırlatmaları sürdür"),
        _("%(reference)s: hatırlatmalar sürüyor."),
    ),
}
"""The moves about reminders, by the last part of their address."""

ADDRESSES: Mapping[str, str] = {own.name: address for address, own in REMINDERS.items()}


def address_of(move: str, reference: str) -> str:
    """Return the address of the page of a move; "" where coordinators have none."""
    if move == ASK_END.name:
        return url_for("institution.ask_end", reference=reference)
    if move in ADDRESSES:
        return url_for("institution.reminders", reference=reference, act=ADDRESSES[move])
    return ""


@blueprint.route("/kurum/sertifika/<reference>/iptal-iste", methods=["GET", "POST"])
@allow(COORDINATOR)
def ask_end(reference: str) -> ResponseReturnValue:
    """Ask for the end of a certificate, with a reason; an officer decides."""
    return _make(reference, ASK_END)


@blueprint.route(
    f"/kurum/sertifika/<reference>/<any({', '.join(map(repr, REMINDERS))}):act>",
    methods=["GET", "POST"],
)
@allow(COORDINATOR)
def reminders(reference: str, act: str) -> ResponseReturnValue:
    """Have the holder of a certificate reminded now, stop the reminders, or let them go on."""
    return _make(reference, REMINDERS[act])


def _make(reference: str, own: OwnMove) -> ResponseReturnValue:
    """Show the form of a move, and make it; a second press is told that it was made already."""
    case = _own(reference, own)
    form = form_for(case.definition.transitions[own.name])(seen=str(case.version))
    if own.why:
        form.reason.description = own.why
    if not form.is_submitted():
        return _page(case, own, form, _hindrance(case, own))
    if not form.validate():
        return _page(case, own, form), 422
    try:
        composed().engine.fire(
            case.id, own.name, current().actor, {}, int(form.seen.data), form.stated_reason(),
            workflow="certificate",
        )  # fmt: skip
    except ReasonMissing as error:
        form.reason.errors = [told(error, case.definition)]
        return _page(case, own, form), 422
    except Refused as error:
        refused = told(error, case.definition)
        return _page(_own(reference, own), own, form, refused), status_of(error)
    flash(str(own.done) % {"reference": case.reference}, "success")
    return redirect(url_for("institution.person", number=case.subject))


def _own(reference: str, own: OwnMove) -> CaseRecord:
    """Return a certificate of the coordinator's own staff; to him all others are unknown."""
    try:
        workflow, number = parse(reference)
    except Invalid:
        raise UnknownCase(case=reference[:40]) from None
    if workflow != "certificate":
        raise UnknownCase(case=reference)
    case = find_case(composed().database, composed().library, number)
    top = own_institution()
    if top is None or people.find(composed().database, case.subject, top.path) is None:
        raise UnknownCase(case=reference)
    if own.name not in case.definition.transitions:
        abort(409)
    return case


def _page(case: CaseRecord, own: OwnMove, form: MoveForm, refused: str = "") -> str:
    move = case.definition.transitions[own.name]
    return render_template(
        "institution/ask_end.html", case=case, move=move, own=own, form=form, refused=refused
    )


def _hindrance(case: CaseRecord, own: OwnMove) -> str:
    """Return why the move cannot be made now, empty when it can."""
    explained = composed().engine.explain(case.id, current().actor, workflow="certificate")
    refusals = [one.refusal for one in explained if one.transition.name == own.name]
    if not refusals:
        return gettext(
            "Sertifika “%(state)s” durumunda; bu işlem yapılamaz.",
            state=spoken(case.standing.title),
        )
    return told(refusals[0], case.definition) if refusals[0] else ""
