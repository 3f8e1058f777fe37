"""The forms of the applicant: what he chooses, and the boxes that he ticks himself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField, validators

from handlers.applications.form import LONGEST_ADDRESS
from states.people.person import BY_BOTH, BY_SMS, USUAL
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.kit.fees import fee_words
from web.kit.formats import day
from web.kit.wording import METHODS as METHOD_TITLES
from web.kit.wording import kind_title
from workflow.model.entry import storable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from states.cases.certificate import Certificate
    from workflow.model.definition import Definition


class PreferencesForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """In which language, and by which channels, a person wants to be told."""

    dil = RadioField(
        _("İletilerin dili"), validators=[validators.InputRequired(_("Bir dil seçiniz."))]
    )
    yol = RadioField(
        _("Nasıl bildirilsin?"), validators=[validators.InputRequired(_("Bir yol seçiniz."))]
    )

    def offer(self) -> PreferencesForm:
        """Fill in what may be chosen."""
        self.dil.choices = [
            ("tr", gettext("Türkçe")), ("en", gettext("İngilizce, altında Türkçesi")),
        ]  # fmt: skip
        self.yol.choices = [
            (USUAL, gettext("Kayıtlı e-posta adresime; yoksa SMS ile")),
            (BY_SMS, gettext("Yalnız SMS ile")),
            (BY_BOTH, gettext("Hem e-posta hem SMS ile")),
        ]
        return self


NO_CERTIFICATE = ""
LONGEST_ANSWER = 1000
ANSWER = _("İade nedenine yanıtınızı, neyin düzeltildiğini yazınız.")

KINDS = {
    "renewal": _("Süresi dolacak sertifikanızın yerine yenisi üretilir; eskisi bitince başlar."),
    "first": _("Geçerli sertifikanız yoksa."),
    "lost": (
        _(
            "Kartınız kaybolduysa ya da çalındıysa; başvurunuz onaylanınca eski sertifika "
            "iptal edilir."
        )
    ),
    "fault": (
        _(
            "Geçerli sertifikanızın kartı garanti süresinde bozulduysa; eski sertifika, yenisini "
            "etkinleştirdiğinizde iptal edilir."
        )
    ),
    "damaged": (
        _(
            "Geçerli sertifikanızın kartı garanti dışında bozulduysa; eski sertifika, yenisini "
            "etkinleştirdiğinizde iptal edilir."
        )
    ),
    "puk_blocked": (
        _(
            "Geçerli sertifikanızın kartında PUK kilitlendiyse ve PIN kilidi açılamıyorsa; eski "
            "sertifika, yenisini etkinleştirdiğinizde iptal edilir."
        )
    ),
    "data_change": (
        _(
            "Sertifikanızdaki bilgileriniz değiştiyse. Yeni bilgilerinizi önce belgenizle kayıt "
            "görevlisi işler; başvuru formu onları gösterir. Başvurunuz onaylanınca eski sertifika "
            "iptal edilir."
        )
    ),
    "additional": _("Geçerli sertifikanızın yanında bir tane daha gerekiyorsa."),
}
"""When each kind of application is the right one, of those that a person opens themselves."""

METHODS = {
    "e_onay": _("Verdiğiniz e-onaya dayanır; formu okuyup onaylarsınız, imza atmanız gerekmez."),
    "e_imza": _("Başvuru formunu, geçerli sertifikanız ve kartınızla hemen imzalarsınız."),
    "wet_signature": _("Formu yazdırıp elle imzalar, başvuru ofisine ulaştırırsınız."),
    "in_person": _("Kimliğinizle başvuru ofisine gelir, formu orada imzalarsınız."),
}
"""What each signing method asks of the person."""


_GONE = {"suspended": _("askıda"), "revoked": _("iptal edildi"), "expired": _("süresi doldu")}


def _standing(certificate: Certificate) -> str:
    """Say of a certificate until when it is valid, and whether it is not."""
    last = gettext("son geçerlilik günü %(ends_on)s", ends_on=day(certificate.ends_on))
    gone = _GONE.get(certificate.state)
    return f"{last}, {gone}" if gone else last


def _fee(definition: Definition, today: date, kind: str) -> str:
    return gettext("Ücret: %(fee)s.", fee=fee_words(definition, kind, today))


class KindForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """What is applied for, and the certificate that it is about."""

    class Meta:
        """How the library treats the form."""

        csrf = False  # the form only asks for the next page; nothing is written by it

    tur = RadioField(
        _("Başvuru türü"), validators=[validators.InputRequired(_("Başvuru türünü seçiniz."))]
    )
    sertifika = SelectField(_("İlgili sertifika"), validators=[validators.Optional()])

    def offer(
        self, definition: Definition, certificates: Sequence[Certificate], today: date
    ) -> KindForm:
        """Fill in the kinds that a person opens themselves, what they cost, the certificates."""
        fee_of = partial(_fee, definition, today)
        self.tur.choices = [
            (
                name,
                f"{kind_title(definition, name)} – {KINDS[name]} {fee_of(name)}",
            )
            for name, kind in definition.kinds.items()
            if kind["opened_by"] == "person"
        ]
        self.sertifika.choices = [
            (row.reference, f"{row.reference} – {_standing(row)}") for row in certificates
        ] + [(NO_CERTIFICATE, gettext("Sertifikam yok"))]
        return self

    def leave(self, kinds: Collection[str], certificate: str) -> None:
        """Leave these kinds to choose from, and preset the certificate where none was chosen."""
        self.tur.choices = [one for one in self.tur.choices if one[0] in kinds]
        if self.tur.data is None and len(self.tur.choices) == 1:
            self.tur.data = self.tur.choices[0][0]
        if self.sertifika.data is None:
            self.sertifika.data = certificate


class MethodForm(FlaskForm):  # type: ignore[misc] # the same
    """How the application will be approved, and where the card goes."""

    yontem = RadioField(
        _("Onaylama yöntemi"),
        validators=[validators.InputRequired(_("Onaylama yöntemini seçiniz."))],
    )
    adres = TextAreaField(
        _("Kartın teslim edileceği adres"),
        validators=[
            validators.InputRequired(_("Kartın gönderileceği adresi yazınız.")),
            validators.Length(
                max=LONGEST_ADDRESS,
                message=_(
                    "Adres en çok %(longest_address)s harf olabilir.",
                    longest_address=LONGEST_ADDRESS,
                ),
            ),
        ],
    )

    yanit = TextAreaField(
        _("İade nedenine yanıtınız"), validators=[validators.Length(max=LONGEST_ANSWER)]
    )
    gorulen = HiddenField()

    def offer(self, methods: Sequence[str], *, question: bool = False) -> MethodForm:
        """Fill in the methods that the kind allows, each with what it asks of the person.

        ``question`` says that the application was returned with a question, which is answered here.
        """
        if question:
            self.yanit.validators = [validators.InputRequired(ANSWER), *self.yanit.validators]
        self.yontem.choices = [
            (name, f"{METHOD_TITLES[name]} – {METHODS[name]}") for name in methods
        ]
        return self

    def leave(self, days: Mapping[str, str], *, consented: bool) -> None:
        """Leave the methods that can end well, each with its day; choose where one press will do.

        That is the only one, or e-onay for who has given it.
        """
        left = [one for one in self.yontem.choices if one[0] in days]
        self.yontem.choices = [(name, f"{label} {_today(days[name])}") for name, label in left]
        if self.yontem.data is None and len(days) == 1:
            self.yontem.data = next(iter(days))
        elif self.yontem.data is None and consented and "e_onay" in days:
            self.yontem.data = "e_onay"


def _today(then: str) -> str:
    return gettext("Bugün başvurursanız %(then)s.", then=then)


class ApproveForm(FlaskForm):  # type: ignore[misc] # the same
    """What goes with the press of approval: the version of the case and the form, as shown."""

    seen = HiddenField(validators=[validators.InputRequired(), validators.Regexp(r"^[0-9]{1,9}$")])
    belge = HiddenField(validators=[validators.Regexp(r"^[0-9a-f]{64}$")])


class OwnAddressForm(FlaskForm):  # type: ignore[misc] # the same
    """Another address for a card that has not left yet, with what the page showed."""

    seen = HiddenField(validators=[validators.InputRequired(), validators.Regexp(r"^[0-9]{1,9}$")])
    shown = HiddenField(validators=[validators.InputRequired(), validators.Length(max=64)])
    adres = TextAreaField(
        _("Kartın teslim edileceği adres"),
        filters=[lambda text: storable(text) if text else text],
        validators=[
            validators.DataRequired(_("Kartın gönderileceği adresi yazınız.")),
            validators.Length(
                max=LONGEST_ADDRESS,
                message=_(
                    "Adres en çok %(longest_address)s harf olabilir.",
                    longest_address=LONGEST_ADDRESS,
                ),
            ),
        ],
    )


class ReadForm(FlaskForm):  # type: ignore[misc] # the same
    """The box that a person ticks themselves after reading the text to be signed."""

    okudum = BooleanField(
        _("Metnin tamamını okudum ve imzalamak istiyorum."),
        validators=[
            validators.InputRequired(_("Devam etmek için metni okuduğunuzu işaretleyiniz."))
        ],
    )
