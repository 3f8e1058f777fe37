"""The requests to be registered: those that wait, a decision, and an entry at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice

from handlers.kit.roles import OFFICER
from handlers.kit.services import vault_of
from handlers.people import registration
from states.cases.requests.registration import Registration
from states.kit.invalid import Invalid
from states.kit.reference import read_number
from states.people.institution import Institution
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.decision import DecisionForm, decide, decision_shown, find_proposal
from web.kit.wording import DOCUMENT_KINDS
from web.office.blueprint import blueprint
from workflow.model.entry import storable
from workflow.model.refusal import Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from workflow.model.definition import Definition

WORKFLOW = "registration"

PER_PAGE = 50


def _clean(text: str | None) -> str | None:
    return storable(text) if text else text


def _text(label: str, description: str = "") -> StringField:
    return StringField(label, filters=[_clean], description=description)


class EnterPersonForm(FlaskForm):  # type: ignore[misc] # the same
    """Whom an officer enters, and by which document they were known."""

    tckn = _text(_("T.C. kimlik numarası"))
    given_name = _text(_("Ad"))
    surname = _text(_("Soyad"))
    email = _text(_("E-posta"))
    phone = _text(_("Telefon"))
    address = _text(_("Adres"))
    institution = _text(_("Kurum kodu"), _("Kişi bir kurumda çalışmıyorsa boş bırakınız."))
    kind = SelectField(_("Görülen kimlik belgesi"))
    number = _text(_("Belgenin numarası"))
    copy_at = _text(_("Kopyasının saklandığı yer"))

    def blame(self, invalid: Invalid) -> None:
        """Put what is wrong beside the field that it is about."""
        name = {"name.long": "surname"}.get(invalid.code, invalid.code.partition(".")[0])
        self._fields.get(name, self.email).errors = [told(invalid)]


def _definition() -> Definition:
    return composed().library.workflow(WORKFLOW)


@blueprint.get("/kayit-istekleri", endpoint="registrations")
@allow(OFFICER)
def waiting() -> ResponseReturnValue:
    """List the requests that wait, the oldest first; ``sonra`` is the keyset of the next ones."""
    after = read_number(request.args.get("sonra", "")) or 0
    query = (
        select(Registration, Institution.name)
        .outerjoin(Institution, Institution.id == Registration.institution_id)
        .where(Registration.state == "requested", Registration.id > after)
        .order_by(Registration.id)
        .limit(PER_PAGE + 1)
    )
    with Session(composed().database, expire_on_commit=False) as rows:
        found = list(rows.execute(query))
    return render_template(
        "office/registrations.html",
        requests=found[:PER_PAGE],
        following=found[PER_PAGE - 1][0].id if len(found) > PER_PAGE else None,
        paged=bool(after),
    )


@blueprint.get("/kayit-istekleri/<reference>", endpoint="registration")
@allow(OFFICER)
def request_page(reference: str) -> ResponseReturnValue:
    """Show a request and what may be decided about it."""
    return _page(reference, DecisionForm(formdata=None))


@blueprint.post(
    "/kayit-istekleri/<reference>/<any(accept, refuse):trigger>", endpoint="decide_registration"
)
@allow(OFFICER)
def decide_request(reference: str, trigger: str) -> ResponseReturnValue:
    """Accept a request or refuse it."""
    form = DecisionForm()
    status = decide(find_proposal(reference, WORKFLOW), trigger, form)
    if status:
        return _page(reference, form), status
    return redirect(url_for("office.registrations"))


def _page(reference: str, form: DecisionForm) -> str:
    case = find_proposal(reference, WORKFLOW)
    with Session(composed().database, expire_on_commit=False) as rows:
        row = rows.get_one(Registration, case.id)
        place = rows.get(Institution, row.institution_id) if row.institution_id else None
    return render_template(
        "office/registration.html",
        **decision_shown(case, form),
        row=row,
        institution=place.name if place else "",
    )


@blueprint.route("/kisi/yeni", methods=["GET", "POST"], endpoint="enter_person")
@allow(OFFICER)
def enter() -> ResponseReturnValue:
    """Enter somebody whose identity document was seen at the desk."""
    form = EnterPersonForm()
    form.kind.choices = [
        SelectChoice("", _("Seçiniz")),
        *(SelectChoice(one, DOCUMENT_KINDS[one]) for one in registration.SHOWN),
    ]
    if not form.is_submitted():
        return _entering(form)
    if not form.validate():
        return _entering(form), 422
    composition = composed()
    names = ("tckn", "given_name", "surname", "institution", "address", "email", "phone")
    wish = registration.RegistrationWish(*(form[one].data or "" for one in names))
    shown = registration.IdentityShown(
        *(form[one].data or "" for one in ("kind", "number", "copy_at"))
    )
    try:
        with composition.database.connect() as connection:
            values = registration.values_of(connection, vault_of(composition.settings), wish)
        case_id = composition.engine.open(
            WORKFLOW, "enter", current().actor, values, shown.payload()
        )
    except Invalid as invalid:
        form.blame(invalid)
    except Refused as error:
        form.tckn.errors = [told(error, _definition())]
    else:
        with Session(composition.database) as rows:
            person_id = rows.get_one(Registration, case_id).person_id
        flash(gettext("Kişi kaydedildi."), "success")
        return redirect(url_for("office.person", number=person_id))
    return _entering(form), 422


def _entering(form: EnterPersonForm) -> str:
    form.tckn.data = ""  # no page repeats an identity number
    return render_template("office/enter_person.html", form=form)
