"""The forms of the moves of paper: its registration by hand, and its approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    validators,
)
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput

from handlers.applications.payloads import (
    CHECK_LIST,
    KINDS,
    LONGEST,
    PaperApproval,
    PaperDocument,
    PaperList,
)
from web.gate.language import lazy_gettext as _
from web.kit.move_form import MoveForm
from web.kit.wording import DOCUMENT_KINDS

if TYPE_CHECKING:
    from workflow.model.context import Payload

PAPERS = 3
"""How many documents the page for registering paper has room for."""

NEEDED = _("Bu alanı doldurunuz.")


class PaperForm(FlaskForm):  # type: ignore[misc] # the same
    """One document that was shown: what it is, its number, where its copy is kept."""

    class Meta:
        """The form around it carries the token."""

        csrf = False

    kind = SelectField(
        _("Belge"),
        choices=[
            SelectChoice("", _("Seçiniz")),
            *(SelectChoice(kind, DOCUMENT_KINDS[kind]) for kind in KINDS),
        ],
    )
    number = StringField(_("Belge numarası"), validators=[validators.Length(max=LONGEST)])
    copy_at = StringField(_("Suretin saklandığı yer"), validators=[validators.Length(max=LONGEST)])

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - the library's signature
        """Refuse a row that is filled in part."""
        valid = super().validate(extra_validators)
        filled = [bool((field.data or "").strip()) for field in self]
        if any(filled) and not all(filled):
            for field, full in zip(self, filled, strict=True):
                if not full:
                    field.errors = [*field.errors, NEEDED]
            return False
        return bool(valid)


def code_field() -> StringField:
    """Return the field of the code that is printed on a form, for the pages that take paper in."""
    return StringField(
        _("Kâğıttaki belge doğrulama kodu"),
        description=_("Formun altında yazan, dörderli beş grup; örnek: 1a2b-3c4d-5e6f-7a8b-9c0d."),
        validators=[
            validators.InputRequired(_("Formdaki doğrulama kodunu yazınız.")),
            validators.Length(max=LONGEST),
        ],
    )


class RegisterPaper(MoveForm):
    """The documents that came with a paper application (EN 319 411-1, 6.2.2)."""

    verification_code = code_field()
    documents = FieldList(FormField(PaperForm), min_entries=PAPERS, max_entries=PAPERS)

    def payload(self) -> Payload:
        """Return the code on the paper and the documents that were filled in."""
        filled = (row.data for row in self.documents if row.data["kind"])
        documents = tuple(PaperDocument.of(row) for row in filled)
        return PaperList(self.verification_code.data.strip(), documents).payload()


CHECKS = {
    "form_current": _("Taramadaki form, yandaki formla aynı: sürüm, doğrulama kodu, bilgiler"),
    "signed": _("Form ve taahhütname imzalı, tarihli ve eksiksiz"),
    "same_person": _("Ad, soyad ve T.C. kimlik numarası kimlik belgesindekiyle aynı"),
    "document_valid": _("Kimlik belgesi geçerli ve okunuyor; fotoğraf başvuru sahibinin"),
}
"""What is compared before paper is approved, as the officer reads it."""


class ApprovePaper(MoveForm):
    """How the identity on the papers was validated, what of them was shown, and what compared."""

    view = HiddenField(validators=[validators.InputRequired()])
    how = RadioField(
        _("Kimlik nasıl doğrulandı?"),
        choices=[
            SelectChoice("face_to_face", _("Yüz yüze, kimlik belgesinin aslıyla")),
            SelectChoice("compared_by_eye", _("Belgelerin suretleri karşılaştırılarak")),
            SelectChoice("institution_letter", _("Kurumun resmî yazısıyla")),
        ],
        validators=[validators.InputRequired(_("Doğrulama yolunu seçiniz."))],
    )
    checked = SelectMultipleField(
        "Denetim listesi",
        choices=[SelectChoice(item, CHECKS[item]) for item in CHECK_LIST],
        option_widget=CheckboxInput(),
    )

    def payload(self) -> Payload:
        """Return how the identity was validated, the hash of what was shown, what was compared."""
        ticked = tuple(self.checked.data or ())
        return PaperApproval(self.how.data, self.view.data, ticked).payload()
