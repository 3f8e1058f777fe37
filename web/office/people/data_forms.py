"""The forms by which the data of a person or of an institution are changed by a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField, validators
from wtforms.fields import SelectChoice

from handlers.applications.form import LONGEST_ADDRESS
from handlers.people import changes, closing, person_standing
from states.kit.dates import parse_day
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.kit.wording import choices_of
from workflow.model.entry import storable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from states.kit.invalid import Invalid
    from workflow.model.definition import Text


def _clean(text: str | None) -> str | None:
    """Take out what no page and no table can hold."""
    return storable(text) if text else text


def _text(label: str, most: int = changes.LONGEST, description: str = "") -> StringField:
    def short_enough(_: FlaskForm, field: StringField) -> None:
        """Refuse what is too long, but for what was known before: it is no change."""
        if len(field.data or "") > most and field.data != field.object_data:
            raise validators.ValidationError(gettext("Bu kadar uzun olamaz; kısaltınız."))

    return StringField(label, filters=[_clean], description=description, validators=[short_enough])


def _choice(label: str, choices: Mapping[str, Text | str]) -> SelectField:
    return SelectField(label, choices=choices_of(choices, SelectChoice("", _("Seçiniz"))))


class ProofForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """The document that was shown, why the data change, and the mark of what the page showed."""

    seen = HiddenField(validators=[validators.InputRequired(), validators.Length(max=64)])
    proof = _choice(_("Gösterilen belge"), changes.PROOFS)
    number = _text(_("Belgenin numarası"))
    copy_at = _text(_("Kopyasının saklandığı yer"))
    reason = TextAreaField(
        _("Gerekçe"),
        filters=[_clean],
        validators=[validators.Length(max=changes.LONGEST_REASON, message=_("Kısaltınız."))],
    )

    def shown(self) -> changes.DocumentShown:
        """Return the document that was shown."""
        return changes.DocumentShown(
            self.proof.data, self.number.data or "", self.copy_at.data or ""
        )

    def wish(self, values: Mapping[str, str]) -> changes.PersonChange:
        """Return what is asked for."""
        return changes.PersonChange(values, self.seen.data, self.shown(), self.reason.data or "")

    def blame(self, invalid: Invalid) -> None:
        """Put what is wrong beside the field that it is about."""
        name = _FIELDS.get(invalid.code, invalid.code.partition(".")[0])
        self._fields.get(name, self.reason).errors = [told(invalid)]


_FIELDS = {
    "proof.missing": "number",
    "proof.name": "proof",
    "name.long": "surname",
    "date.form": "since",
    "date.absent": "since",
    "date.far": "since",
}


class PersonDataForm(ProofForm):
    """What is known of a person."""

    given_name = _text(_("Ad"))
    surname = _text(_("Soyad"))
    email = _text("E-posta")
    phone = _text(_("Telefon"))
    address = _text(_("Adres"), LONGEST_ADDRESS)
    institution = _text(
        _("Kurum kodu"), description=_("Boş bırakılırsa kişi hiçbir kuruma bağlı olmaz.")
    )

    def values(self) -> dict[str, str]:
        """Return the data as they are typed."""
        return {name: self[name].data or "" for name in changes.PERSON}


class StandingForm(ProofForm):
    """What was learnt of a person, and since when it is so."""

    ground = _choice(
        _("Kişinin durumu"), {name: one.title for name, one in person_standing.GROUNDS.items()}
    )
    since = _text(_("Ne zamandan beri"), description=_("Gün.ay.yıl; örnek: 22.11.2026."))
    proof = _choice(_("Gösterilen belge"), person_standing.PROOFS)

    def stated(self) -> person_standing.StandingChange:
        """Return what is stated; Invalid for a day that is none."""
        since = parse_day(self.since.data or "")
        return person_standing.StandingChange(
            self.ground.data, since, self.seen.data, self.shown(), self.reason.data or ""
        )


class ClosingForm(ProofForm):
    """Whether an institution is open, and since when it is so."""

    became = _choice(
        _("Kurumun durumu"), {closing.CLOSED: _("Kapandı"), closing.OPEN: _("Yeniden açıldı")}
    )
    since = _text(_("Ne zamandan beri"), description=_("Gün.ay.yıl; örnek: 22.11.2026."))
    proof = _choice(_("Gösterilen belge"), closing.PROOFS)

    def stated(self) -> closing.InstitutionClosing:
        """Return what is stated; Invalid for a day that is none."""
        since = parse_day(self.since.data or "")
        return closing.InstitutionClosing(
            self.became.data, since, self.seen.data, self.shown(), self.reason.data or ""
        )


class InstitutionForm(ProofForm):
    """What an institution is called."""

    name = _text(_("Kurumun adı"))
