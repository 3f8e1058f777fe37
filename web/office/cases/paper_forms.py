"""The form of the paper desk: files, what each shows, and what nobody can read off a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    validators,
)
from wtforms.fields import SelectChoice

from handlers.applications.payloads import FORM, IDENTITY, LONGEST
from handlers.desk.paper_desk import PaperNumbers
from web.gate.language import lazy_gettext as _
from web.kit.paper_move_forms import code_field
from web.kit.wording import DOCUMENT_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

FILES = 4
"""Files that the page takes at once; a scanner makes one or two of an application."""

UNTICKED = _("Bu dosyada ne olduğunu işaretleyiniz.")
NO_FILE = _("Taramayı ekleyiniz; başvuru taramasız onaylanamaz.")
NO_NUMBER = _("Kimlik belgesinin numarasını yazınız.")


class ScannedFileForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """One file, and a tick for each kind of document on its pages."""

    class Meta:
        """The form around it carries the token."""

        csrf = False

    dosya = FileField(_("Dosya (PDF, JPEG, PNG ya da TIFF)"))
    basvuru = BooleanField(_("İmzalı form ve taahhütname"))
    kimlik = BooleanField(_("Kimlik belgesi"))
    gorev = BooleanField(_("Görev belgesi"))
    diger = BooleanField(_("Diğer belge"))


class PaperDeskForm(FlaskForm):  # type: ignore[misc] # the same
    """All that registers the paper of one application."""

    seen = HiddenField(validators=[validators.InputRequired(), validators.Regexp(r"^[0-9]{1,9}$")])
    kod = code_field()
    files = FieldList(FormField(ScannedFileForm), min_entries=FILES, max_entries=FILES)
    identity = SelectField(
        _("Gösterilen kimlik belgesi"),
        choices=[SelectChoice(kind, DOCUMENT_KINDS[kind]) for kind in IDENTITY],
    )
    number = StringField(
        _("Kimlik belgesinin numarası"), validators=[validators.Length(max=LONGEST)]
    )
    other = StringField(
        _("Görev belgesinin ya da diğer belgenin numarası"),
        description=_("Numarası olmayan belge taramasının adıyla kaydedilir."),
        validators=[validators.Length(max=LONGEST)],
    )

    def numbers(self) -> PaperNumbers:
        """Return what was read off the paper."""
        typed = (self.kod.data, self.number.data, self.other.data)
        return PaperNumbers(*((word or "").strip() for word in typed))

    def filled(self) -> list[FileRow]:
        """Return the rows that hold a file, each with the kinds that were ticked."""
        return [
            FileRow(row.form, self._kinds(row.form)) for row in self.files if row.form.dosya.data
        ]

    def _kinds(self, row: ScannedFileForm) -> tuple[str, ...]:
        ticked = {
            FORM: row.basvuru, str(self.identity.data): row.kimlik,
            "employment_letter": row.gorev, "other": row.diger,
        }  # fmt: skip
        return tuple(kind for kind, tick in ticked.items() if tick.data)

    def whole(self, kept: Sequence[str]) -> bool:
        """Say whether nothing lacks, and put a sentence at each field that does.

        ``kept`` are the kinds of documents on scans that lie with the application already.
        """
        rows = self.filled()
        for row in rows:
            if not row.kinds:
                row.form.dosya.errors = [UNTICKED]
        if not rows and not kept:
            self.files[0].form.dosya.errors = [NO_FILE]
        shown = {*kept, *(kind for row in rows for kind in row.kinds)}
        if shown.intersection(IDENTITY) and not self.numbers().identity:
            self.number.errors = [NO_NUMBER]
        return not (self.number.errors or any(row.form.dosya.errors for row in self.files))


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of the form that holds a file."""

    form: ScannedFileForm
    kinds: tuple[str, ...]
