"""A lost card: its certificate is stopped at once, and the application for a new one is begun.

A certificate whose card is in other hands serves them until it is stopped (ETSI EN 319 411-1,
6.3.9); the application for a new card may wait for days, so it never stands in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import RadioField, validators
from wtforms.fields import SelectChoice

from handlers.certificates.foreign import MADE, contact_of
from handlers.certificates.revocation_reasons import OF_LOST_CARD
from handlers.kit.roles import APPLICANT
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.formats import day
from web.portal import own_records, routing
from web.portal.blueprint import blueprint
from workflow.model.refusal import WorkflowError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from states.cases.certificate import Certificate

SUSPEND, REVOKE = "suspend", "revoke"

STOPS = {
    SUSPEND: (
        _(
            "Sertifikayı hemen askıya al – Kartı bulursanız sertifikayı yeniden açabilirsiniz. "
            "Yeni kart başvurunuz onaylanınca eski sertifika iptal edilir."
        )
    ),
    REVOKE: _("Sertifikayı hemen iptal et – Kart çalındıysa. İptal geri alınamaz."),
}
"""What may be done with the certificate at once, each with what follows from it."""

DONE = {SUSPEND: _("Sertifikanız askıya alındı"), REVOKE: _("Sertifikanız iptal edildi")}


class LostCardForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """Which card is lost, and whether it may still be found."""

    sertifika = RadioField(
        _("Kaybolan kartın sertifikası"),
        validators=[validators.InputRequired(_("Sertifikayı seçiniz."))],
    )
    islem = RadioField(
        _("Sertifika için şimdi ne yapılsın?"),
        choices=[SelectChoice(*one) for one in STOPS.items()],
        validators=[validators.InputRequired(_("Askıya almayı ya da iptali seçiniz."))],
    )

    def offer(self, certificates: Sequence[Certificate]) -> LostCardForm:
        """Fill in the certificates that can be stopped here; a single one is chosen already."""
        self.sertifika.choices = [
            (
                row.reference,
                gettext(
                    "%(reference)s – son geçerlilik günü %(ends_on)s",
                    reference=row.reference,
                    ends_on=day(row.ends_on),
                ),
            )
            for row in certificates
        ]
        if len(certificates) == 1 and not self.sertifika.data:
            self.sertifika.data = certificates[0].reference
        return self


@blueprint.route("/kartim-kayboldu", methods=["GET", "POST"])
@allow(APPLICANT)
def lost_card() -> ResponseReturnValue:
    """Stop the certificate of a lost card, and lead on to the application for a new card."""
    form = LostCardForm()
    if not form.is_submitted():
        form.sertifika.data = request.args.get("sertifika")
    standing = own_records.certificates_in_hand()
    here = [row for row in standing if row.seen == MADE]
    form.offer(here)
    if form.is_submitted() and form.validate():
        return _stop(form.sertifika.data, form.islem.data)
    services, now = composed().engine.services, composed().clock.now()
    page = render_template(
        "portal/lost_card.html",
        form=form,
        here=here,
        elsewhere=[
            (row, contact_of(services, vars(row), now)) for row in standing if row.seen != MADE
        ],
        last=len(standing) == 1,
        consent=routing.own_facts().has_consent,
    )
    return page, 422 if form.errors else 200


def _stop(reference: str, trigger: str) -> ResponseReturnValue:
    """Make the move, unless the certificate is stopped already, and begin the application."""
    case = own_records.case(reference, "certificate")
    onward = redirect(url_for("portal.new_method", tur="lost", sertifika=reference))
    if trigger == SUSPEND and case.state == "suspended":
        flash(
            gettext(
                "%(reference)s: sertifika zaten askıda. Şimdi yeni kart için başvurunuz.",
                reference=reference,
            ),
            "info",
        )
        return onward
    try:
        composed().engine.fire(
            case.id, trigger, current().actor, reason=OF_LOST_CARD.tr, workflow="certificate"
        )
    except WorkflowError as error:
        flash(f"{reference}: {told(error, case.definition)}", "danger")
        return redirect(url_for("portal.certificate", reference=reference))
    flash(
        gettext(
            "%(reference)s: %(value)s. Şimdi yeni kart için başvurunuz.",
            reference=reference,
            value=DONE[trigger],
        ),
        "success",
    )
    return onward
