"""The forms of moves that need more than a reason: papers, hand-over, delivery."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from flask_wtf.file import FileField, FileRequired, FileSize
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields import SelectChoice

from handlers.applications.payloads import MethodChoice
from handlers.cards.courier import SHOWN
from handlers.cards.payloads import HOLDER, Consignment, Delivery
from handlers.cards.payloads import LONGEST as LONGEST_WORD
from handlers.certificates import payloads, sight
from handlers.certificates.asking import ASKED_BY, RECOGNISED, Requester
from handlers.certificates.payloads import AuthorityLetter, CertificateFile
from handlers.certificates.renamed import BY_HAND
from handlers.certificates.revocation_reasons import REASONS
from web.gate.language import lazy_gettext as _
from web.gate.language import spoken
from web.kit.move_form import LONGEST_REASON, MoveForm
from web.kit.paper_move_forms import ApprovePaper, RegisterPaper
from web.kit.wording import DOCUMENT_KINDS, choices_of
from web.kit.wording import METHODS as METHOD_TITLES
from workflow.model.clock import ISTANBUL

if TYPE_CHECKING:
    from workflow.model.context import Payload
    from workflow.model.definition import Transition

LARGEST_FILE = 64 * 1024
"""Bytes of a file that may be a certificate."""

CHOOSE = SelectChoice("", _("Seçiniz"))


class NoteBooking(MoveForm):
    """The courier's number for the parcel, which is also the code on its envelope."""

    tracking_number = StringField(
        _("Takip numarası"),
        validators=[
            validators.InputRequired(_("Takip numarasını yazınız.")),
            validators.Length(max=60),
        ],
    )

    def payload(self) -> Payload:
        """Return the number."""
        return Consignment(self.tracking_number.data.strip()).payload()


class Deliver(MoveForm):
    """That the holder himself took the card: what he showed, who handed it over, when."""

    holder = BooleanField(
        _("Kart, kimliği görülerek sahibine teslim edildi."),
        validators=[
            validators.InputRequired(_("Kart yalnızca sahibine teslim edilebilir; onaylayınız."))
        ],
    )
    shown = SelectField(
        _("Gösterilen kimlik belgesi"),
        choices=[CHOOSE, *(SelectChoice(kind, DOCUMENT_KINDS[kind]) for kind in SHOWN)],
        validators=[validators.InputRequired(_("Gösterilen belgeyi seçiniz."))],
    )
    shown_number = StringField(
        _("Belgenin numarası"),
        description=_("Kayıtta yalnız son üç hanesi görünür."),
        validators=[
            validators.InputRequired(_("Belgenin numarasını yazınız.")),
            validators.Length(max=LONGEST_WORD),
        ],
    )
    handed_by = StringField(
        _("Kartı teslim eden"),
        description=_("Kurye görevlisinin adı ya da sicil numarası."),
        validators=[
            validators.InputRequired(_("Kartı kimin teslim ettiğini yazınız.")),
            validators.Length(max=LONGEST_WORD),
        ],
    )
    handed_at = DateTimeLocalField(
        _("Teslim anı (Türkiye saati)"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[validators.InputRequired(_("Teslim anını yazınız."))],
    )

    def payload(self) -> Payload:
        """Return to whom the card was handed, on what proof, by whom and when."""
        return Delivery(
            handed_to=HOLDER,
            shown=self.shown.data,
            shown_number=self.shown_number.data.strip(),
            handed_by=self.handed_by.data.strip(),
            handed_at=self.handed_at.data.replace(tzinfo=ISTANBUL),
        ).payload()


class AuthorityLetterForm(MoveForm):
    """A letter of the authority that issued a certificate."""

    number = StringField(
        _("Yazının sayısı"),
        validators=[
            validators.InputRequired(_("Veren kuruluşun yazısının sayısını yazınız.")),
            validators.Length(max=payloads.LONGEST),
        ],
    )
    dated = DateField(
        _("Yazının tarihi"), validators=[validators.InputRequired(_("Yazının tarihini yazınız."))]
    )

    def payload(self) -> Payload:
        """Return number and day of the letter."""
        return self.letter().payload()

    def letter(self) -> AuthorityLetter:
        """Return the letter, as far as it was filled in."""
        return AuthorityLetter(self.number.data.strip(), self.dated.data)


class ConfirmSeen(AuthorityLetterForm):
    """What an authority has written of a certificate: that it is in force, and until when."""

    issuer = StringField(
        _("Sertifikayı veren kuruluş"),
        validators=[
            validators.InputRequired(_("Veren kuruluşun adını yazınız.")),
            validators.Length(max=payloads.LONGEST),
        ],
    )
    ends_on = DateField(
        _("Yazıya göre son geçerlilik günü"),
        validators=[validators.InputRequired(_("Son geçerlilik gününü yazınız."))],
    )

    def letter(self) -> AuthorityLetter:
        """Return the letter and what it says."""
        return replace(super().letter(), issuer=self.issuer.data.strip(), ends_on=self.ends_on.data)


class ConfirmByFile(MoveForm):
    """The file of a certificate, as its holder or its authority gives it."""

    file = FileField(
        _("Sertifika dosyası"),
        description=_("Kartın sertifikası (.cer, .crt, .der ya da .pem); en çok 64 KB."),
        validators=[
            FileRequired(_("Sertifika dosyasını seçiniz.")),
            FileSize(LARGEST_FILE, message=_("Dosya çok büyük; bu bir sertifika değil.")),
        ],
    )

    def payload(self) -> Payload:
        """Return the certificate's bytes."""
        return CertificateFile(sight.der_of(self.file.data.read())).payload()


class LearnRevoked(AuthorityLetterForm):
    """What an authority has written of a certificate: since when it is revoked."""

    revoked_on = DateField(
        _("Yazıya göre iptal tarihi"),
        validators=[validators.InputRequired(_("İptal tarihini yazınız."))],
    )

    def letter(self) -> AuthorityLetter:
        """Return the letter and the day that it names."""
        return replace(super().letter(), revoked_on=self.revoked_on.data)


class CodedReason(MoveForm):
    """A reason that is one of the codes of the move, with own words where they help."""

    reason = TextAreaField(
        _("Açıklama"),
        description=(
            _(
                "Başvuru sahibine giden yazıda nedenden sonra yer alır. "
                "Başka bir neden seçildiyse yazılması gerekir."
            )
        ),
        validators=[validators.Length(max=LONGEST_REASON)],
    )

    def stated_reason(self) -> str | None:
        """Return the chosen code, with their own words after it."""
        words = (self.reason.data or "").strip()
        return ": ".join(part for part in (self.cause.data, words) if part) or None


class Revoke(MoveForm):
    """Why a certificate is revoked: one of the reasons that the lists know, or own words."""

    cause = SelectField(
        _("Neden"),
        default="",
        description=_("Listedeki bir neden yetiyorsa gerekçeyi boş bırakabilirsiniz."),
        choices=choices_of(
            {reason.tr: reason for reason in REASONS},
            SelectChoice("", _("Başka bir neden (aşağıya yazınız)")),
        ),
    )

    def stated_reason(self) -> str | None:
        """Return the chosen reason, with their own words after it."""
        words = (self.reason.data or "").strip()
        return ": ".join(part for part in (self.cause.data, words) if part) or None


class OnRequest(CodedReason):
    """Who asked the office to hold or revoke a certificate, and how he was recognised."""

    asked_by = SelectField(
        _("İsteği yapan"),
        choices=choices_of(ASKED_BY, CHOOSE),
        validators=[validators.InputRequired(_("İsteği kimin yaptığını seçiniz."))],
    )
    recognised = SelectField(
        _("Nasıl tanındı?"),
        choices=choices_of(RECOGNISED, CHOOSE),
        validators=[validators.InputRequired(_("İsteği yapanın nasıl tanındığını seçiniz."))],
    )

    def payload(self) -> Payload:
        """Return who asked, and how he was recognised."""
        return Requester(self.asked_by.data, self.recognised.data).payload()


class ChooseMethodFor(MoveForm):
    """By which way somebody at the desk approves their application."""

    method = RadioField(
        _("Onaylama yöntemi"),
        choices=[SelectChoice(one, METHOD_TITLES[one]) for one in BY_HAND],
        validators=[validators.InputRequired(_("Onaylama yöntemini seçiniz."))],
    )

    def payload(self) -> Payload:
        """Return the method."""
        return MethodChoice(self.method.data).payload()


FORMS: dict[str, type[MoveForm]] = {
    "register_paper": RegisterPaper,
    "approve_paper": ApprovePaper,
    "choose_method_for": ChooseMethodFor,
    "note_booking": NoteBooking,
    "hand_to_courier": NoteBooking,
    "deliver": Deliver,
    "revoke": Revoke,
    "confirm_seen": ConfirmSeen,
    "confirm_by_file": ConfirmByFile,
    "learn_revoked": LearnRevoked,
}
"""The moves that need more than a reason."""


ON_REQUEST = frozenset({"hold", "revoke_by_office"})
"""The moves that the office makes because somebody asked for them."""


def form_for(move: Transition) -> type[MoveForm]:
    """Return the form of a move."""
    if move.reasons:
        around = OnRequest if move.name in ON_REQUEST else CodedReason
        return _coded(around, tuple((code, spoken(text)) for code, text in move.reasons.items()))
    return FORMS.get(move.name, MoveForm)


@cache
def _coded(around: type[CodedReason], codes: tuple[tuple[str, str], ...]) -> type[MoveForm]:
    """Return a form that offers these codes."""
    cause = RadioField(
        _("Neden"),
        choices=[SelectChoice(code, text) for code, text in codes],
        validators=[validators.InputRequired(_("Bir neden seçiniz."))],
    )
    return type("CodedMove", (around,), {"cause": cause})


def has_page(move: Transition) -> bool:
    """Say whether a move is made on a page of its own instead of by one press of a button."""
    return move.consequence is not None or move.reason != "none" or move.name in FORMS
