"""The forms by which a holder changes how they are reached."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField, validators
from wtforms.fields import SelectChoice

from handlers.applications.form import LONGEST_ADDRESS
from handlers.parcels.redelivery import KEEP, OTHER
from web.gate.language import lazy_gettext as _
from workflow.model.entry import storable

LONGEST = 254
"""Characters of an address of e-mail; no telephone number is as long."""

_LABELS = {
    "email": (_("Yeni e-posta adresi"), "email", LONGEST),
    "phone": (_("Yeni telefon numarası"), "tel", LONGEST),
    "address": (_("Yeni teslimat adresi"), "street-address", LONGEST_ADDRESS),
}


class ContactForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """The new value."""

    deger = StringField(
        filters=[lambda text: storable(text) if text else text],
        validators=[validators.DataRequired(_("Yeni bilgiyi yazınız."))],
    )

    def about(self, what: str) -> ContactForm:
        """Ask for a value of a sort: its name, how long it may be, what a browser may fill in."""
        label, fills_in, longest = _LABELS[what]
        self.deger.label.text = label
        self.deger.render_kw = {"autocomplete": fills_in, "maxlength": longest}
        too_long = validators.Length(max=longest, message=_("Bu kadar uzun olamaz; kısaltınız."))
        self.deger.validators = [*self.deger.validators, too_long]
        return self


class ContactCodeForm(FlaskForm):  # type: ignore[misc] # the same
    """The code of the message."""

    kod = StringField(
        _("Doğrulama kodu"),
        description=_("İletideki altı rakam."),
        validators=[
            validators.DataRequired(_("İletideki altı rakamı yazınız.")),
            validators.Length(max=20, message=_("İletideki altı rakamı yazınız.")),
        ],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20},
    )


class AtHomeForm(FlaskForm):  # type: ignore[misc] # the same
    """What the courier shall do next with a parcel."""

    istek = RadioField(
        _("Ne yapılsın?"),
        choices=[
            SelectChoice(KEEP, _("Kurye şubesinde beklesin; kimliğimle kendim alacağım.")),
            SelectChoice(
                OTHER, _("Başka bir adrese getirilsin; kimliğimle kendim teslim alacağım.")
            ),
        ],
        validators=[validators.InputRequired(_("Birini seçiniz."))],
    )
    adres = TextAreaField(
        _("Yeni adres"),
        description=_("Yalnız başka bir adrese getirilecekse."),
        filters=[lambda text: storable(text) if text else text],
        validators=[
            validators.Length(max=LONGEST_ADDRESS, message=_("Bu kadar uzun olamaz; kısaltınız."))
        ],
    )
