"""The pages on which an officer states what was learnt of a person or of an institution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for

from handlers.kit.roles import OFFICER
from handlers.people import closing, person_standing
from handlers.people.register import find_institution
from states.kit.invalid import Invalid
from states.kit.reference import MAX_ID
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.permissions import allow
from web.gate.session import current
from web.office.blueprint import blueprint
from web.office.people import persons
from web.office.people.data_forms import ClosingForm, StandingForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from handlers.people.closing import InstitutionDependents
    from handlers.people.person_standing import StandingChanged
    from states.people.institution import Institution


@blueprint.route("/kisi/<int:number>/durum", methods=["GET", "POST"], endpoint="standing")
@allow(OFFICER)
def state_standing(number: int) -> ResponseReturnValue:
    """Show what a person is to the house, and state what was learnt of him by a document."""
    with composed().database.connect() as connection:
        known = person_standing.known_of(connection, min(number, MAX_ID))
    if known is None:
        abort(404)
    form = StandingForm()
    if not form.is_submitted():
        form.seen.data = person_standing.view_of(composed().engine.services.vault, known)
        return _page(number, known, form)
    if current().actor.person_id == number:
        return _page(number, known, form), 403
    if not form.validate():
        return _page(number, known, form), 422
    try:
        done = person_standing.declare(composed().engine, number, current().actor, form.stated())
    except Invalid as invalid:
        form.blame(invalid)
        return _page(number, known, form), 422
    flash(_followed(done), "success")
    return redirect(url_for("office.person", number=number))


def _followed(done: StandingChanged) -> str:
    """Tell what followed, and what somebody has to see to by hand."""
    parts = [gettext("Kişinin durumu kaydedildi.")]
    if done.moved:
        parts.append(gettext("İşlem yapılan kayıtlar: %(cases)s.", cases=", ".join(done.moved)))
    if done.left:
        parts.append(
            gettext(
                "Elle sonuçlandırılması gereken kayıtlar: %(cases)s. Başka bir makamın "
                "sertifikası o makama bildirilir; üretilmiş kartı üretim görevlisi imha eder.",
                cases=", ".join(done.left),
            )
        )
    return " ".join(parts)


def _page(number: int, known: dict[str, str], form: StandingForm) -> str:
    composition = composed()
    with composition.database.connect() as connection:
        hit = persons.person(connection, number)
    return render_template(
        "office/standing.html",
        hit=hit,
        known=known,
        form=form,
        standings=person_standing.TITLES,
        workflows=composition.library.current,
        own=current().actor.person_id == number,
    )


@blueprint.route("/kurum-bilgisi/<code>/kapanis", methods=["GET", "POST"], endpoint="closing")
@allow(OFFICER)
def state_closing(code: str) -> ResponseReturnValue:
    """Show whether an institution is open, and state that it was closed or opened again."""
    with composed().database.connect() as connection:
        known = find_institution(connection, code)
    if known is None:
        abort(404)
    form = ClosingForm()
    if not form.is_submitted():
        form.seen.data = closing.view_of(composed().engine.services.vault, known)
        return _closing_page(known, form)
    if not form.validate():
        return _closing_page(known, form), 422
    try:
        left = closing.declare(composed().engine, code, current().actor, form.stated())
    except Invalid as invalid:
        form.blame(invalid)
        return _closing_page(known, form), 422
    flash(_hanging(left), "success")
    return redirect(url_for("office.closing", code=code))


def _hanging(left: InstitutionDependents) -> str:
    """Tell what still has to be moved to another institution."""
    return gettext(
        "Kurumun durumu kaydedildi. Bu kuruma kayıtlı %(persons)s kişi ve %(applications)s "
        "açık başvuru var; kişilerin yeni kurumu kaydedilene kadar başvuruları ilerlemez.",
        persons=left.persons,
        applications=left.applications,
    )


def _closing_page(known: Institution, form: ClosingForm) -> str:
    with composed().database.connect() as connection:
        left = closing.left_at(connection, known)
    return render_template("office/closing.html", known=known, left=left, form=form)
