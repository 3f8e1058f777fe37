"""What is done on a case beside its moves: notes, its address, a message sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from handlers.applications import address
from handlers.desk import resend
from handlers.kit.notes import add_note
from handlers.kit.roles import DESK, OFFICER, REGISTRARS
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.cases import case_of
from web.kit.people import names_of
from web.office.blueprint import blueprint
from web.office.cases import page, past, tabs
from web.office.cases.answers import late, refused
from web.office.cases.desk_forms import CaseAddressForm, NoteForm, ResendForm
from web.office.cases.verdicts import verdicts
from workflow.model.refusal import RuleFailed, StaleVersion, WorkflowError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord

ADDRESS = _("Teslimat adresini düzelt")
RESEND = _("Bildirimi yeniden gönder")


def correctable(case: CaseRecord) -> bool:
    """Say whether the person signed in may correct where the card of a case goes."""
    if case.workflow != "application" or not current().actor.roles & set(REGISTRARS):
        return False
    return _hindrance(case) is None


def _hindrance(case: CaseRecord) -> WorkflowError | None:
    try:
        with composed().database.connect() as connection:
            address.judge(connection, case.row, current().actor)
    except WorkflowError as error:
        return error
    return None


def show_history(case: CaseRecord, form: NoteForm | None = None) -> ResponseReturnValue:
    """Show what happened to a case; ``form`` is a note that could not be kept.

    Of their own case somebody reads no more here than the applicant: no note, no refused attempt.
    """
    own = page.is_own(case, current().actor)
    after = past.parse_mark(request.args.get("once", ""))
    events, following = past.history(case, after, past.OF_ONESELF if own else past.ALL)
    answer = tabs.show(
        case,
        "office/history.html",
        events=events,
        following=following,
        names=names_of(composed().database, past.actors_of(events)),
        verdicts=verdicts,
        own=own,
        form=form or NoteForm(),
    )
    return answer, 422 if form else 200


@blueprint.post("/is/<reference>/not")
@allow(*DESK)
def note(reference: str) -> ResponseReturnValue:
    """Keep a note on a case."""
    case, form = case_of(reference), NoteForm()
    if not form.validate_on_submit():
        return show_history(case, form)
    new = add_note(composed().engine, _name(case), current().actor, form.text.data)
    flash(
        gettext("Not eklendi.")
        if new
        else gettext("Bu not zaten eklenmişti; ikinci kez eklenmedi."),
        "success",
    )
    return redirect(url_for("office.history", reference=reference))


@blueprint.route("/is/<reference>/adres", methods=["GET", "POST"])
@allow(OFFICER)
def correct_address(reference: str) -> ResponseReturnValue:
    """Show the page on which a delivery address is corrected, preview the letter, correct it."""
    case = case_of(reference)
    if case.workflow != "application":
        abort(404)
    form = CaseAddressForm()
    if request.method == "GET":
        return _offer_address(case, form)
    if not form.validate():
        if form.hidden_errors():
            abort(400)
        return _address_page(case, form), 422
    if "onizle" in request.form:
        letter = address.preview(composed().engine, case.row, form.address.data, form.reason.data)
        return _address_page(case, form, letters=[letter])
    return _correct(case, form)


def _offer_address(case: CaseRecord, form: CaseAddressForm) -> ResponseReturnValue:
    hindrance = _hindrance(case)
    if hindrance is not None:
        return refused(case, ADDRESS, hindrance)
    form.seen.data = str(case.version)
    form.shown.data = _mark(case)
    form.address.data = case.row["delivery_address"]
    return _address_page(case, form)


def _correct(case: CaseRecord, form: CaseAddressForm) -> ResponseReturnValue:
    correction = address.Correction(
        int(form.seen.data), form.shown.data, form.address.data, form.reason.data
    )
    try:
        changed = address.correct(composed().engine, case.id, current().actor, correction)
    except StaleVersion:
        return _late_address(case, form)
    except WorkflowError as error:
        return _wrong_address(case, form, error)
    flash(
        gettext("Teslimat adresi düzeltildi; başvuru sahibine bildirilecek.")
        if changed
        else gettext("Kayıttaki adres zaten bu; değişiklik yapılmadı."),
        "success",
    )
    return redirect(url_for("office.case", reference=case.reference))


def _wrong_address(
    case: CaseRecord, form: CaseAddressForm, error: WorkflowError
) -> ResponseReturnValue:
    """Put what is wrong with the address beside it; anything else is a page of its own."""
    code = error.params.get("rule", "")
    if not str(code).startswith("form."):
        return refused(case, ADDRESS, error)
    form.address.errors = [told(error, case.definition)]
    return _address_page(case, form), 422


def _late_address(case: CaseRecord, form: CaseAddressForm) -> ResponseReturnValue:
    seen = int(form.seen.data)
    difference = [(gettext("Teslimat adresi"), form.address.data, case.row["delivery_address"])]
    return late(case, ADDRESS, seen, difference if form.shown.data != _mark(case) else ())


def _mark(case: CaseRecord) -> str:
    return address.mark(composed().engine.services.vault, case.row["delivery_address"])


def _address_page(case: CaseRecord, form: CaseAddressForm, **more: object) -> str:
    about = page.subject(case)
    return render_template("office/address.html", case=case, about=about, form=form, **more)


@blueprint.route("/is/<reference>/bildirim/<int:number>", methods=["GET", "POST"])
@allow(*DESK)
def resend_notice(reference: str, number: int) -> ResponseReturnValue:
    """Show a message as it was sent, and send it once more."""
    case, form = case_of(reference), ResendForm()
    if number >= 2**31:
        abort(404)
    with composed().database.connect() as connection:
        message = resend.message(connection, _name(case), number)
        sent = resend.sent_again(connection, message.key)
    if request.method == "GET":
        form.seen.data = str(len(sent))
        return render_template(
            "office/resend.html", case=case, form=form, letter=message, sent=sent
        )
    if not form.validate():
        abort(400)
    return _resend(case, number, int(form.seen.data))


def _resend(case: CaseRecord, number: int, seen: int) -> ResponseReturnValue:
    office = composed().engine
    try:
        done = resend.resend(office, _name(case), number, current().actor, seen)
    except RuleFailed as error:
        return refused(case, RESEND, error)
    flash(
        gettext("Bildirim yeniden gönderilmek üzere sıraya alındı.")
        if done
        else gettext("Bu bildirim zaten yeniden gönderilmişti; ikinci kez gönderilmedi."),
        "success",
    )
    return redirect(url_for("office.history", reference=case.reference))


def _name(case: CaseRecord) -> tuple[str, int]:
    return case.workflow, case.id
