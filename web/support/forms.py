"""The form by which a support unit is proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField, validators

from handlers.kit.sentences import sentence_of
from handlers.people.register import clean_contact
from states.kit.invalid import Invalid
from states.kit.text import normal
from states.people.tckn import mask_all
from web.gate.language import language
from web.gate.language import lazy_gettext as _
from web.kit.decision import LONGEST_REASON
from workflow.model.entry import storable

if TYPE_CHECKING:
    from collections.abc import Mapping


LONGEST_NAME = 120
"""Characters of the name of a unit."""


class SupportForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """Whom the people of an institution are to ask, and why."""

    kurum = StringField(
        _("Kurum kodu"), validators=[validators.InputRequired(_("Kurumun kodunu yazınız."))]
    )
    unit = StringField(
        _("Destek biriminin adı"),
        description=_(
            "Üç alanı da boş bırakırsanız kurumun kendi destek birimi olmaz; üst kurumunki geçerli "
            "olur."
        ),
    )
    phone = StringField(_("Telefon"), render_kw={"inputmode": "tel", "autocomplete": "off"})
    email = StringField(_("E-posta"), render_kw={"inputmode": "email", "autocomplete": "off"})
    gerekce = TextAreaField(
        _("Gerekçe"),
        validators=[
            validators.InputRequired(_("Gerekçeyi yazınız.")),
            validators.Length(
                max=LONGEST_REASON,
                message=_(
                    "Gerekçe en çok %(longest_reason)s harf olabilir.",
                    longest_reason=LONGEST_REASON,
                ),
            ),
        ],
    )

    def blame(self, invalid: Invalid) -> None:
        """Put what is wrong beside the field that it is about."""
        name = {"institution": "kurum", "support": "unit"}
        subject = invalid.code.partition(".")[0]
        self[name.get(subject, subject)].errors = [sentence_of(invalid, language())]


def values_of(institution_id: int, unit: str, phone: str, email: str) -> Mapping[str, object]:
    """Return the columns of a proposal; Invalid for what nobody could be reached by.

    Without a name, telephone number and address the institution is to have no unit of its own.
    """
    name = mask_all(normal(storable(unit)))
    number, address = clean_contact(phone, "phone"), clean_contact(email, "email")
    if len(name) > LONGEST_NAME:
        raise Invalid("support.long", longest=LONGEST_NAME)
    if name and not number and not address:
        raise Invalid("support.unreached")
    if not name and (number or address):
        raise Invalid("support.nameless")
    return {
        "institution_id": institution_id, "unit": name or None,
        "phone": number, "email": address, "person_id": None,
    }  # fmt: skip
