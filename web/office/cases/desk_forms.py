"""The forms of what is done on a case beside its moves."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField, validators

from handlers.applications.address import LONGEST_REASON
from handlers.applications.form import LONGEST_ADDRESS
from handlers.kit.notes import LONGEST_NOTE
from web.gate.language import lazy_gettext as _
from workflow.model.entry import storable


def _clean(text: str | None) -> str | None:
    """Take out what no page and no table can hold."""
    return storable(text) if text else text


_NUMBER = validators.Regexp(r"^[0-9]{1,9}$")


class NoteForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """A note on a case."""

    text = TextAreaField(
        _("Not"),
        filters=[_clean],
        description=_("Eklenen not değiştirilemez ve silinemez; başvuru sahibine gösterilmez."),
        validators=[
            validators.DataRequired(_("Not boş; kaydedilecek bir not yazınız.")),
            validators.Length(max=LONGEST_NOTE, message=_("Not çok uzun; kısaltınız.")),
        ],
    )


class CaseAddressForm(FlaskForm):  # type: ignore[misc] # the same
    """Another address for the card, with the version and the address that the page showed."""

    seen = HiddenField(validators=[validators.InputRequired(), _NUMBER])
    shown = HiddenField(validators=[validators.InputRequired(), validators.Length(max=64)])
    address = TextAreaField(
        _("Teslimat adresi"),
        filters=[_clean],
        validators=[
            validators.DataRequired(_("Adresi yazınız.")),
            validators.Length(max=LONGEST_ADDRESS, message=_("Adres çok uzun; kısaltınız.")),
        ],
    )
    reason = TextAreaField(
        _("Gerekçe"),
        filters=[_clean],
        description=_("Başvuru sahibine giden bildirimde yer alır."),
        validators=[
            validators.DataRequired(_("Adresin neden düzeltildiğini yazınız.")),
            validators.Length(max=LONGEST_REASON, message=_("Gerekçe çok uzun; kısaltınız.")),
        ],
    )

    def hidden_errors(self) -> bool:
        """Say whether a part of the form is wrong that nobody could have typed."""
        return bool(self.seen.errors or self.shown.errors)


class ResendForm(FlaskForm):  # type: ignore[misc] # the same
    """How often the page said that a message had been sent."""

    seen = HiddenField(validators=[validators.InputRequired(), _NUMBER])
