"""The pages of what is known of the person signed in, and of changing how they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from handlers.certificates import renamed
from handlers.kit.roles import APPLICANT
from handlers.people import changes, contact_asking
from handlers.people.contact import TRIES
from handlers.people.contact_wish import ContactWish
from states.kit.invalid import Invalid
from states.kit.reference import parse, reference
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.reading import find_case
from web.portal import own_records
from web.portal.blueprint import blueprint
from web.portal.contact_forms import ContactCodeForm, ContactForm
from workflow.model.refusal import Refused, UnknownCase

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord

TITLES = {
    "email": _("E-posta adresimi değiştir"),
    "phone": _("Telefon numaramı değiştir"),
    "address": _("Teslimat adresimi değiştir"),
}
"""What may be changed here, by the word that stands in the address of its page."""

WORDS = {"e-posta": "email", "telefon": "phone", "adres": "address"}


@blueprint.get("/bilgilerim")
@allow(APPLICANT)
def my_data() -> ResponseReturnValue:
    """Show what is known of oneself, and what of it waits for a code."""
    waiting = {what: _waiting(what) for what in WORDS.values()}
    return render_template(
        "portal/my_data.html",
        me=own_records.person(),
        known=_known(),
        words={what: word for word, what in WORDS.items()},
        waiting={what: number for what, number in waiting.items() if number},
    )


@blueprint.get("/bilgi-degisikligi")
@allow(APPLICANT)
def what_changed() -> ResponseReturnValue:
    """Ask what has changed, and lead to where that is changed first."""
    me, vault = own_records.person(), composed().engine.services.vault
    bearing = [
        one
        for one in own_records.certificates_in_hand()
        if one.der is not None and not renamed.is_of(vault, me, one.der)
    ]
    return render_template("portal/what_changed.html", me=me, bearing=bearing)


@blueprint.route("/bilgilerim/<any('e-posta', telefon, adres):word>", methods=["GET", "POST"])
@allow(APPLICANT)
def change_contact(word: str) -> ResponseReturnValue:
    """Ask for the new value; an address is changed at once, the others once a code is entered."""
    what = WORDS[word]
    form = ContactForm().about(what)
    if request.method == "GET":
        form.deger.data = _known()[what]
    if request.method == "GET" or not form.validate():
        return _page(what, form)
    try:
        case_id = contact_asking.ask(
            composed().engine, current().actor, what, form.deger.data or ""
        )
    except (Invalid, Refused) as error:
        form.deger.errors = [told(error, composed().library.workflow(contact_asking.WORKFLOW))]
        return _page(what, form)
    if what == "address":
        flash(gettext("Teslimat adresiniz değiştirildi."), "success")
        return redirect(url_for("portal.my_data"))
    number = reference(contact_asking.WORKFLOW, case_id)
    return redirect(url_for("portal.enter_code", reference=number))


@blueprint.route("/bilgilerim/kod/<reference>", methods=["GET", "POST"])
@allow(APPLICANT)
def enter_code(reference: str) -> ResponseReturnValue:
    """Take the code that was sent to the new address."""
    case = _own(reference)
    form = ContactCodeForm()
    if case.state != "asked":
        return _ended(case)
    if request.method == "GET" or not form.validate():
        return _code_page(case, form)
    try:
        right = contact_asking.enter_code(
            composed().engine, case.id, current().actor, form.kod.data or ""
        )
    except Refused as error:
        form.kod.errors = [told(error, case.definition)]
        return _code_page(_own(reference), form)
    if right:
        flash(gettext("Bilginiz değiştirildi."), "success")
        return redirect(url_for("portal.my_data"))
    case = _own(reference)
    left = TRIES - case.row["misses"]
    form.kod.errors = [
        gettext("Kod yanlış. Kalan deneme: %(left)s.", left=left)
        if left
        else gettext("Kod beş kez yanlış yazıldı; vazgeçip değişikliği yeniden isteyiniz.")
    ]
    return _code_page(case, form)


@blueprint.post("/bilgilerim/kod/<reference>/vazgec")
@allow(APPLICANT)
def withdraw_change(reference: str) -> ResponseReturnValue:
    """Give up a change that waits for its code; nothing changes."""
    case = _own(reference)
    if case.state == "asked":
        composed().engine.fire(
            case.id, "withdraw", current().actor, workflow=contact_asking.WORKFLOW
        )
        flash(gettext("Değişiklikten vazgeçildi; bilgileriniz olduğu gibi kaldı."), "info")
    return redirect(url_for("portal.my_data"))


def _known() -> dict[str, str]:
    with composed().database.connect() as connection:
        return changes.known_of(connection, own_records.person_id()) or abort(404)


def _waiting(what: str) -> str | None:
    with composed().database.connect() as connection:
        found = contact_asking.under_way(connection, own_records.person_id(), what)
    return None if found is None else reference(contact_asking.WORKFLOW, found)


def _own(quoted: str) -> CaseRecord:
    """Return a change of one's own; another person's is as unknown as one that is not there."""
    try:
        workflow, case_id = parse(quoted)
    except Invalid:
        raise UnknownCase(case=quoted[:40]) from None
    composition = composed()
    case = find_case(composition.database, composition.library, case_id)
    mine = case.row.get("person_id") == own_records.person_id()
    if workflow != contact_asking.WORKFLOW or case.workflow != workflow or not mine:
        raise UnknownCase(case=quoted)
    return case


def _ended(case: CaseRecord) -> ResponseReturnValue:
    if case.state == "made":
        flash(gettext("Bilginiz değiştirildi."), "success")
    else:
        flash(gettext("Bu değişiklik kapandı; değişikliği yeniden isteyebilirsiniz."), "warning")
    return redirect(url_for("portal.my_data"))


def _page(what: str, form: ContactForm) -> ResponseReturnValue:
    page = render_template(
        "portal/change_contact.html", form=form, what=what, title=TITLES[what], now=_known()[what]
    )
    return page, 422 if form.errors else 200


def _code_page(case: CaseRecord, form: ContactCodeForm) -> ResponseReturnValue:
    form.kod.data = ""
    wish = ContactWish.opened(composed().engine.services.vault, case.row["sealed"])
    what = case.row["field"]
    page = render_template(
        "portal/enter_code.html",
        form=form,
        case=case,
        what=what,
        to=wish.values[what] if wish else "",
        left=TRIES - case.row["misses"],
    )
    return page, 422 if form.errors else 200
