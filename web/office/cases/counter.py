"""The page on which an officer opens an application for somebody who stands at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import SelectField, TextAreaField, validators
from wtforms.fields import SelectChoice

from handlers.applications.address import LONGEST_REASON
from handlers.kit.roles import OFFICER
from states.cases.certificate import Certificate
from states.kit.reference import MAX_ID
from states.kit.reference import reference as reference_of
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, spoken
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.wording import kind_title, state_title
from web.office.blueprint import blueprint
from web.office.people import persons
from workflow.model.entry import storable
from workflow.model.refusal import Conflict, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

NONE = ""

BY_OFFICE = "file_by_office"
"""The move that opens what the office alone opens, with its reason."""


class OpenApplicationForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """What is applied for, and the certificate that it is about."""

    kind = SelectField(
        _("Başvuru türü"), validators=[validators.InputRequired(_("Başvuru türünü seçiniz."))]
    )
    certificate = SelectField(
        _("Hangi sertifika için"),
        description=_("İlk başvuruda ve ek sertifikada boş bırakınız."),
        validators=[validators.Optional()],
    )
    code = SelectField(
        _("Ofisin nedeni"),
        description=_("Yalnız ofisin kendi kararıyla açtığı türlerde seçiniz."),
        validators=[validators.Optional()],
    )
    words = TextAreaField(
        _("Nedenin açıklaması"),
        filters=[lambda text: storable(text) if text else text],
        validators=[
            validators.Length(max=LONGEST_REASON, message=_("Açıklama çok uzun; kısaltınız."))
        ],
    )

    @property
    def reason(self) -> str | None:
        """The reason as the journal keeps it: a code, with words of one's own or without."""
        return ": ".join(filter(None, (self.code.data, (self.words.data or "").strip()))) or None


@blueprint.route("/kisi/<int:number>/basvuru", methods=["GET", "POST"], endpoint="open_application")
@allow(OFFICER)
def open_application(number: int) -> ResponseReturnValue:
    """Ask what is applied for and open the application; its method is chosen on its own page."""
    if number > MAX_ID:
        abort(404)
    form = _offer(OpenApplicationForm(), number)
    if not form.is_submitted():
        return _page(number, form)
    if not form.validate():
        return _page(number, form), 422
    certificate = form.certificate.data or NONE
    values = {
        "person_id": number,
        "kind": form.kind.data,
        "old_certificate_id": int(certificate) if certificate else None,
    }
    try:
        case_id = _open(values, form)
    except Conflict:
        form.kind.errors = [
            gettext("Bu kişinin bu türde açık bir başvurusu var; ona devam ediniz.")
        ]
        return _page(number, form), 409
    except Refused as error:
        form.kind.errors = [told(error, composed().library.workflow("application"))]
        return _page(number, form), 422
    reference = reference_of("application", case_id)
    flash(
        gettext(
            "Başvuru açıldı: %(reference)s. Şimdi onaylama yöntemini seçiniz.", reference=reference
        ),
        "success",
    )
    return redirect(url_for("office.case", reference=reference))


def _open(values: Mapping[str, object], form: OpenApplicationForm) -> int:
    """Open the application by the move that its kind has: for its person, or for the office."""
    office, actor = composed().engine, current().actor
    kinds = composed().library.workflow("application").kinds
    if kinds[form.kind.data]["opened_by"] == "person":
        return office.open("application", "file", actor, values)
    return office.open("application", BY_OFFICE, actor, values, reason=form.reason)


def _offer(form: OpenApplicationForm, number: int) -> OpenApplicationForm:
    library = composed().library
    application, certificate = library.workflow("application"), library.workflow("certificate")
    reasons = application.transitions[BY_OFFICE].reasons
    form.code.choices = [
        SelectChoice(NONE, gettext("Ofisin nedeni yok")),
        *(SelectChoice(code, spoken(title)) for code, title in reasons.items()),
    ]
    form.kind.choices = [
        SelectChoice(NONE, gettext("Seçiniz")),
        *(SelectChoice(name, kind_title(application, name)) for name in application.kinds),
    ]
    query = select(Certificate.id, Certificate.reference, Certificate.state).where(
        Certificate.person_id == number, Certificate.state.not_in(("reserved", "void"))
    )
    with composed().database.connect() as connection:
        known = connection.execute(query.order_by(Certificate.id.desc())).all()
    form.certificate.choices = [
        SelectChoice(NONE, gettext("Sertifika yok")),
        *(
            SelectChoice(str(row.id), f"{row.reference} ({state_title(certificate, row.state)})")
            for row in known
        ),
    ]
    return form


def _page(number: int, form: OpenApplicationForm) -> str:
    with composed().database.connect() as connection:
        hit = persons.person(connection, number)
    if hit is None:
        abort(404)
    return render_template("office/open_application.html", hit=hit, form=form)
