"""Owns the pages on which an officer states what was learnt of a person or of an institution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for

from handlers import person_standing
from handlers.services import services_of
from states.invalid import Invalid
from states.reference import MAX_ID
from web.composition import composed
from web.office import persons
from web.office.data_forms import StandingForm
from web.office.face import blueprint
from web.permissions import allow
from web.session import current

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from handlers.person_standing import Done


@blueprint.route("/kisi/<int:number>/durum", methods=["GET", "POST"], endpoint="standing")
@allow("officer")
def state_standing(number: int) -> ResponseReturnValue:
    """Show what a person is to the house, and state what was learnt of him by a document."""
    with composed().database.connect() as connection:
        known = person_standing.known_of(connection, min(number, MAX_ID))
    if known is None:
        abort(404)
    form = StandingForm()
    if not form.is_submitted():
        form.seen.data = person_standing.view_of(services_of(composed().office).vault, known)
        return _page(number, known, form)
    if current().actor.person_id == number:
        return _page(number, known, form), 403
    if not form.validate():
        return _page(number, known, form), 422
    try:
        done = person_standing.declare(composed().office, number, current().actor, form.stated())
    except Invalid as invalid:
        form.blame(invalid)
        return _page(number, known, form), 422
    flash(_followed(done), "success")
    return redirect(url_for("office.person", number=number))


def _followed(done: Done) -> str:
    """Tell what followed, and what somebody has to see to by hand."""
    parts = ["Kişinin durumu kaydedildi."]
    if done.moved:
        parts.append(f"İşlem yapılan kayıtlar: {', '.join(done.moved)}.")
    if done.left:
        parts.append(
            f"Elle sonuçlandırılması gereken kayıtlar: {', '.join(done.left)}. Başka bir makamın "
            "sertifikası o makama bildirilir; yoldaki kart geri istenir."
        )
    return " ".join(parts)


def _page(number: int, known: dict[str, str], form: StandingForm) -> str:
    house = composed()
    with house.database.connect() as connection:
        hit = persons.person(connection, number)
    return render_template(
        "office/standing.html",
        hit=hit,
        known=known,
        form=form,
        standings=person_standing.TITLES,
        workflows=house.library.current,
        own=current().actor.person_id == number,
    )
