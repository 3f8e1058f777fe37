"""The pages of what is known of a person and of an institution, and of changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for

from handlers.kit.roles import OFFICER, READERS
from handlers.people import changes, contact_asking, person_standing
from handlers.people.register import find_institution
from handlers.upkeep import retention
from states.kit.invalid import Invalid
from states.kit.reference import MAX_ID, reference
from web.gate.composition import composed
from web.gate.language import gettext, spoken
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.people import names_of
from web.office.blueprint import blueprint
from web.office.people import persons
from web.office.people.data_forms import InstitutionForm, PersonDataForm

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.office.people.data_forms import ProofForm
    from workflow.model.definition import Text


@blueprint.get("/kisi/<int:number>", endpoint="person")
@allow(*READERS)
def show_person(number: int) -> ResponseReturnValue:
    """Show what is known of a person, and what of it was changed, when and by which document."""
    known = _known(number)
    form = PersonDataForm(data={**known, "seen": _mark(known)})
    return _person_page(number, form)


@blueprint.post("/kisi/<int:number>", endpoint="change_person")
@allow(OFFICER)
def change_person(number: int) -> ResponseReturnValue:
    """Change the data of a person by a document."""
    form = PersonDataForm(data=_known(number))
    if not form.validate():
        return _person_page(number, form), 422
    try:
        wish = form.wish(form.values())
        changed = changes.change_person(composed().engine, number, current().actor, wish)
    except Invalid as invalid:
        form.blame(invalid)
        return _person_page(number, form), 422
    if changed.fields or changed.proposal is None:
        flash(_done([changes.PERSON[name] for name in changed.fields]), "success")
    if changed.proposal is not None:
        flash(gettext("Ad değişikliği ikinci bir görevlinin onayına gönderildi."), "success")
    return redirect(url_for("office.person", number=number))


@blueprint.route("/kurum-bilgisi/<code>", methods=["GET", "POST"], endpoint="institution")
@allow(OFFICER)
def rename_institution(code: str) -> ResponseReturnValue:
    """Show what an institution is called, and give it another name by a document."""
    with composed().database.connect() as connection:
        known = find_institution(connection, code)
    if known is None:
        abort(404)
    form = InstitutionForm()
    if not form.is_submitted():
        shown = {"name": known.name}
        form = InstitutionForm(data={**shown, "seen": _mark(shown)})
        return _institution_page(known.code, form)
    if not form.validate():
        return _institution_page(known.code, form), 422
    try:
        wish = form.wish({"name": form.name.data or ""})
        changed = changes.rename_institution(composed().engine, code, current().actor, wish)
    except Invalid as invalid:
        form.blame(invalid)
        return _institution_page(known.code, form), 422
    flash(_done([changes.INSTITUTION["name"]] if changed else []), "success")
    return redirect(url_for("office.institution", code=code))


def _done(changed: list[Text]) -> str:
    if not changed:
        return gettext("Kayıttaki bilgiler zaten böyle; değişiklik yapılmadı.")
    return gettext("Değiştirildi: %(fields)s.", fields=", ".join(map(spoken, changed)))


def _known(number: int) -> dict[str, str]:
    with composed().database.connect() as connection:
        known = changes.known_of(connection, min(number, MAX_ID))
    if known is None:
        abort(404)
    return known


def _mark(known: dict[str, str]) -> str:
    return changes.view_of(composed().engine.services.vault, known)


def _person_page(number: int, form: PersonDataForm) -> str:
    composition = composed()
    with composition.database.connect() as connection:
        hit = persons.person(connection, number)
        done = changes.changes_of(connection, number)
        standing = person_standing.known_of(connection, number)
        kept_until = retention.kept_until(connection, number)
        proposed = contact_asking.under_way(connection, number, "name")
    name_change = None if proposed is None else reference(contact_asking.WORKFLOW, proposed)
    return render_template(
        "office/person.html",
        hit=hit,
        form=form,
        done=done,
        names=names_of(composition.database, [one.actor for one in done]),
        fields=changes.PERSON,
        proofs=changes.PROOFS | person_standing.PROOFS,
        standing=standing,
        name_change=name_change,
        kept_until=kept_until,
        standings=person_standing.TITLES,
        became=person_standing.state_of,
        workflows=composition.library.current,
        may_change=OFFICER in current().actor.roles and current().actor.person_id != number,
    )


def _institution_page(code: str, form: ProofForm) -> str:
    return render_template("office/institution.html", code=code, form=form)
