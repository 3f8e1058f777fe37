"""Filing an application: kind, method, review of the form, and only then the case."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from handlers.applications.fitness import ways_left
from handlers.applications.form import form_values
from handlers.applications.payloads import MethodChoice
from handlers.kit.roles import APPLICANT
from handlers.papers import letters
from states.cases.application import FINAL_STATES, Application
from states.kit.reference import reference as reference_of
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.fees import fee_words
from web.portal import moves, own_records, routing
from web.portal.blueprint import blueprint
from web.portal.forms import KindForm, MethodForm
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import Conflict, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord
    from workflow.model.definition import Definition

NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the moment of drawing where two forms are compared."""

GIVEN_LATER = _("(başvuru açılınca verilir)")
"""What stands in the reviewed form where the case's own numbers will be."""


@dataclass(frozen=True, slots=True)
class FilingRequest:
    """What is applied for: a kind and, where there is one, the certificate it is about.

    ``draft`` is the application when it is there already and only the method is to be chosen.
    """

    kind: str
    certificate_id: int | None
    certificate: str
    draft: CaseRecord | None = None

    @property
    def question(self) -> str:
        """The question with which an officer returned the application; "" where there is none."""
        draft = self.draft
        returned = draft is not None and draft.state == "returned_to_applicant"
        return moves.reason_of(draft) if draft and returned and draft.row["question_open"] else ""

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that the kind allows and that are left to the person."""
        known = self.draft.definition if self.draft else definition()
        composition = composed()
        now = composition.clock.now()
        allowed = cast("tuple[str, ...]", known.kinds[self.kind]["methods"])
        window = known.window_on(day_in_istanbul(now))
        with composition.database.connect() as connection:
            return ways_left(connection, own_records.person_id(), allowed, window, now)

    def address(self, endpoint: str) -> str:
        """Return the address of the next page for this wish."""
        if self.draft is not None:
            return url_for(f"portal.draft_{endpoint}", reference=self.draft.reference)
        return url_for(f"portal.new_{endpoint}", tur=self.kind, sertifika=self.certificate)


def definition() -> Definition:
    """Return the workflow of applications."""
    return composed().library.workflow("application")


def _today() -> date:
    return day_in_istanbul(composed().clock.now())


@blueprint.get("/basvurularim/yeni")
@allow(APPLICANT)
def new() -> ResponseReturnValue:
    """Ask for the kind of application."""
    return _kind_page(
        KindForm(formdata=None).offer(definition(), own_records.certificates(), _today())
    )


def _kind_page(form: KindForm, status: int = 200) -> ResponseReturnValue:
    """Show the kinds that can end well, the others folded with what refuses them."""
    left = routing.own_kinds(routing.day())
    form.leave(left.open, left.certificate)
    return render_template("portal/kind.html", form=form, closed=left.closed), status


@blueprint.get("/basvurularim/yeni/yontem")
@allow(APPLICANT)
def new_method() -> ResponseReturnValue:
    """Ask for the method of a new application."""
    form = KindForm(request.args).offer(definition(), own_records.certificates(), _today())
    if not form.validate() or not _fits(form):
        return _kind_page(form, 422)
    return _ask(_wish(form))


@blueprint.post("/basvurularim/yeni/inceleme")
@allow(APPLICANT)
def new_review() -> ResponseReturnValue:
    """Show the form of a new application as it will be frozen."""
    return _review(_asked())


@blueprint.post("/basvurularim/yeni/ac")
@allow(APPLICANT)
def new_send() -> ResponseReturnValue:
    """File a new application and choose its method."""
    return _send(_asked())


@blueprint.get("/basvurularim/<reference>/yontem")
@allow(APPLICANT)
def draft_method(reference: str) -> ResponseReturnValue:
    """Ask for the method of an application that is there already."""
    return _ask(_draft(reference))


@blueprint.post("/basvurularim/<reference>/inceleme")
@allow(APPLICANT)
def draft_review(reference: str) -> ResponseReturnValue:
    """Show the form of an application that is there already."""
    return _review(_draft(reference))


@blueprint.post("/basvurularim/<reference>/yontem/sec")
@allow(APPLICANT)
def draft_send(reference: str) -> ResponseReturnValue:
    """Choose the method of an application that is there already."""
    return _send(_draft(reference))


def _fits(form: KindForm) -> bool:
    """Say whether a certificate was named where the kind is about one."""
    kind = definition().kinds[form.tur.data]
    if kind["old_certificate"] == "none" or form.sertifika.data:
        return True
    form.sertifika.errors = [gettext("Bu başvuru türü bir sertifika içindir; sertifikayı seçiniz.")]
    return False


def _wish(form: KindForm) -> FilingRequest:
    """Return the wish of a valid form; some kinds are about no certificate."""
    by_reference = {row.reference: row.id for row in own_records.certificates()}
    about = definition().kinds[form.tur.data]["old_certificate"] != "none"
    named = form.sertifika.data or "" if about else ""
    return FilingRequest(form.tur.data, by_reference.get(named), named)


def _asked() -> FilingRequest:
    form = KindForm(request.args).offer(definition(), own_records.certificates(), _today())
    if not form.validate() or not _fits(form):
        abort(400)
    return _wish(form)


def _draft(reference: str) -> FilingRequest:
    found = own_records.case(reference, "application")
    if not found.definition.starts("choose_method", found.state):
        abort(409)
    return FilingRequest(found.row["kind"], found.row["old_certificate_id"], "", found)


def _ask(wish: FilingRequest) -> ResponseReturnValue:
    form = MethodForm(formdata=None, adres=own_records.person().address)
    form.offer(wish.methods, question=bool(wish.question))
    return _method_page(wish, form)


def _method_page(wish: FilingRequest, form: MethodForm, status: int = 200) -> ResponseReturnValue:
    """Show the methods that can end well with their days, the others folded with their reason."""
    left = routing.own_methods(wish.kind, wish.certificate_id, wish.draft)
    form.leave(left.open, consented=own_records.consent_in_force() is not None)
    page = render_template(
        "portal/method.html",
        form=form,
        wish=wish,
        left=left,
        definition=definition(),
        consent=own_records.consent_in_force(),
    )
    return page, status


def _review(wish: FilingRequest) -> ResponseReturnValue:
    form = MethodForm().offer(wish.methods, question=bool(wish.question))
    if not form.validate_on_submit():
        return _method_page(wish, form, 422)
    now = composed().clock.now()
    return render_template(
        "portal/review.html",
        form=form,
        wish=wish,
        text=_drawn(wish, form, now),
        fee=fee_words(definition(), wish.kind, day_in_istanbul(now)),
        mark=_mark(wish, form),
        consent=own_records.consent_in_force(),
        definition=definition(),
    )


def _mark(wish: FilingRequest, form: MethodForm) -> str:
    """Return what tells that the form shown is the form frozen: SHA-256 of it but for its time."""
    return hashlib.sha256(_drawn(wish, form, NO_TIME).encode()).hexdigest()


def _drawn(wish: FilingRequest, form: MethodForm, now: datetime) -> str:
    """Return the form as it would be frozen at a moment, with nothing written anywhere."""
    person = own_records.person()
    case: Mapping[str, Any] = {
        "person_id": person.id,
        "kind": wish.kind,
        "method": form.yontem.data,
        "institution_id": person.institution_id,
        "old_certificate_id": wish.certificate_id,
        "reference": wish.draft.reference if wish.draft else GIVEN_LATER,
        "delivery_address": form.adres.data,
    }
    with composed().database.connect() as connection:
        values = form_values(connection, definition(), case)
    return letters.draw(letters.APPLICATION_FORM, GIVEN_LATER, now, values).decode()


def _send(wish: FilingRequest) -> ResponseReturnValue:
    form = MethodForm().offer(wish.methods, question=bool(wish.question))
    if not form.validate_on_submit():
        return _method_page(wish, form, 422)
    # What was not shown, or has changed since, is shown once more with the press that approves it.
    shown = form.gorulen.data == _mark(wish, form)
    try:
        case_id = wish.draft.id if wish.draft else _file(wish)
    except Conflict:
        return _already(wish)
    except Refused as error:
        flash(told(error, definition()), "danger")
        return redirect(url_for("portal.new"))
    return _choose(case_id, form, shown=shown)


def _file(wish: FilingRequest) -> int:
    values = {
        "person_id": own_records.person_id(),
        "kind": wish.kind,
        "old_certificate_id": wish.certificate_id,
    }
    return composed().engine.open("application", "file", current().actor, values)


def _already(wish: FilingRequest) -> ResponseReturnValue:
    """Answer a second filing of a kind for a certificate, a double press of the button included."""
    query = select(Application.reference).where(
        Application.person_id == own_records.person_id(),
        Application.kind == wish.kind,
        Application.old_certificate_id.is_not_distinct_from(wish.certificate_id),
        Application.state.not_in(FINAL_STATES),
    )
    with composed().database.connect() as connection:
        reference = connection.scalar(query)
    if reference is None:  # closed meanwhile
        return redirect(url_for("portal.new"))
    flash(
        gettext(
            "Bunun için açık bir başvurunuz var: %(reference)s. İkincisi açılmadı.",
            reference=reference,
        ),
        "warning",
    )
    return redirect(url_for("portal.application", reference=reference))


def _choose(case_id: int, form: MethodForm, *, shown: bool) -> ResponseReturnValue:
    reference = reference_of("application", case_id)
    choice = MethodChoice(form.yontem.data, form.adres.data, shown)
    try:
        moved = composed().engine.fire(
            case_id,
            "choose_method",
            current().actor,
            choice.payload(),
            reason=form.yanit.data or None,
            workflow="application",
        )
    except Refused as error:
        flash(f"{reference}: {told(error, definition())}", "danger")
        return redirect(url_for("portal.application", reference=reference))
    flash(
        gettext("Başvurunuz alındı. Başvuru numarası: %(reference)s.", reference=reference),
        "success",
    )
    if moved.state == "e_imza":
        return redirect(url_for("portal.sign_form", reference=reference))
    return redirect(url_for("portal.application", reference=reference))
