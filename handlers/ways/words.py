"""What a route says, in Turkish and English: what to do, by when, how, and what happens if not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from babel.dates import format_date

from handlers.ways.router import Situation
from workflow.model.clock import ISTANBUL
from workflow.model.definition import Text
from workflow.present.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from handlers.ways.router import RouteCard
    from handlers.ways.way import ApplicationWay
    from workflow.model.definition import Definition
    from workflow.model.verdict import Verdict

NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class RouteWords:
    """The five sentences of a card; each may be empty."""

    what: Text
    when: Text = NOTHING
    how: Text = NOTHING
    expected: Text = NOTHING
    otherwise: Text = NOTHING


@dataclass(frozen=True, slots=True)
class RouteTold:
    """The five sentences as one person reads them; each may be empty."""

    what: str
    when: str
    how: str
    expected: str
    otherwise: str


_CARD_ON = Text(
    "Bugün başvurursanız kartınızın beklenen günü: {expected}.",
    "If you apply today, the card is expected on {expected}.",
)
_CARD = Text("Kartınızın beklenen günü: {expected}.", "The card is expected on {expected}.")
_OPEN_ENDED = Text(
    "Kartınızın gününü şimdiden söylemek mümkün değil; durum değişince burada görürsünüz.",
    "The day of the card cannot be told yet; it will stand here.",
)
_GAP = Text(
    "Bugün başvursanız da {gap_first} ile {expected} arasında, yaklaşık {gap_days} gün, "
    "sertifikasız kalırsınız.",
    "Even if you apply today, you will be without a certificate from {gap_first} to about "
    "{expected}, some {gap_days} days.",
)
_AFTER = Text(
    "{ends} gününden sonra elektronik imza atamazsınız; yeni başvuru için kimliğinizle başvuru "
    "ofisine gelmeniz gerekir.",
    "After {ends} you cannot sign; a new application then needs you at the desk with your identity "
    "document.",
)
_DESK = Text(
    "Başvuruyu burada açınız, sonra kimlik kartınız, pasaportunuz ya da sürücü belgenizle başvuru "
    "ofisine geliniz; formu orada imzalarsınız.",
    "Open the application here, then come to the desk with your identity card, passport or driving "
    "licence; the form is signed there.",
)
_PAPER = Text(
    "Başvuruyu burada açınız; formu yazdırıp imzalar, kimlik belgenizin örneğiyle başvuru ofisine "
    "ulaştırırsınız.",
    "Open the application here; print and sign the form and bring it to the office with a copy of "
    "your identity document.",
)
_CONSENT = Text(
    "e-onayınız yürürlükte: formu bir kez onaylamanız yeter.",
    "Your e-onay is in force: approving the form once is enough.",
)
_NO_CONSENT = Text(
    "Kartınızla e-onay verirseniz (iki dakika sürer) formu bir kez onaylamanız yeter; isterseniz "
    "formu kartınızla imzalarsınız.",
    "Give an e-onay with your card (two minutes) and approving the form once is enough; or sign "
    "the form with your card.",
)
_DESK_SENTENCE = Text(
    "Yeni kart gelene kadar elektronik imza atamazsınız.",
    "Until the new card arrives you cannot sign.",
)
_LATE_WHEN = Text(
    "Kurumunuzun istediği son gün ({deadline}) geçti; sertifikanız {ends} gününün sonunda bitiyor.",
    "The last day your institution asks for ({deadline}) is over; the certificate ends with "
    "{ends}.",
)

WORDS: Mapping[Situation, RouteWords] = {
    Situation.FAR: RouteWords(
        Text("Şimdi yapmanız gereken bir şey yok.", "There is nothing to do now."),
        Text(
            "Sertifikanız {ends} gününe kadar geçerli; yenileme dönemi {opens} tarihinde başlar.",
            "Your certificate is valid until {ends}; the time to renew it begins on {opens}.",
        ),
        _NO_CONSENT,
    ),
    Situation.EARLY: RouteWords(
        Text("Yenileme başvurunuzu şimdiden yapabilirsiniz.", "You may apply for renewal already."),
        Text(
            "Yenileme dönemi {opens} tarihinde başlar; başvuru için son gün {by}.",
            "The time to renew begins on {opens}; the last day to apply is {by}.",
        ),
        _NO_CONSENT,
        Text(
            "Şimdi başvurursanız üretim {produced} gününe kadar bekletilir; kartınızın beklenen "
            "günü: {expected}.",
            "If you apply now it is held until {produced}; the card is expected on {expected}.",
        ),
        _AFTER,
    ),
    Situation.DUE: RouteWords(
        Text("Sertifikanızı yenileyiniz.", "Renew your certificate."),
        Text(
            "En geç {by} günü başvurunuz; sertifikanız {ends} gününün sonunda bitiyor.",
            "Apply by {by}; the certificate ends with {ends}.",
        ),
        _NO_CONSENT,
        _CARD_ON,
        _AFTER,
    ),
    Situation.LATE: RouteWords(
        Text("Sertifikanızı bugün yenileyiniz.", "Renew your certificate today."),
        _LATE_WHEN,
        _NO_CONSENT,
        _CARD_ON,
        _AFTER,
    ),
    Situation.LAST_DAY: RouteWords(
        Text(
            "Bugün sertifikanızın son günü: hemen başvurunuz.",
            "Today is the last day of your certificate: apply now.",
        ),
        Text("Bugün saat 23:59’a kadar.", "Until 23:59 today."),
        _NO_CONSENT,
        _CARD_ON,
        Text(
            "Yarından sonra kartınızla başvuru yapılamaz; kimliğinizle başvuru ofisine gelmeniz "
            "gerekir.",
            "From tomorrow on the card serves no application; you will have to come to the desk.",
        ),
    ),
    Situation.ENDED: RouteWords(
        Text(
            "Yeni sertifika için başvuru ofisine geliniz.",
            "Come to the desk for a new certificate.",
        ),
        Text("Sertifikanız {ends} gününün sonunda bitti.", "Your certificate ended with {ends}."),
        _DESK,
        Text(
            "Bugün gelirseniz kartınızın beklenen günü: {expected}.",
            "If you come today, the card is expected on {expected}.",
        ),
        _DESK_SENTENCE,
    ),
    Situation.NONE: RouteWords(
        Text("İlk sertifikanız için başvurunuz.", "Apply for your first certificate."),
        NOTHING,
        _DESK,
        Text(
            "Bugün gelirseniz kartınızın beklenen günü: {expected}.",
            "If you come today, the card is expected on {expected}.",
        ),
    ),
    Situation.YOUR_TURN: RouteWords(
        Text("Başvurunuz sizi bekliyor: {application}.", "Your application waits: {application}."),
        Text("Son gün: {by}.", "Last day: {by}."),
        NOTHING,
        _CARD,
        Text(
            "Süresi içinde yapılmazsa başvuru kapanır; yeniden başvurmanız gerekir.",
            "If it is not done in time the application is closed; you would have to apply anew.",
        ),
    ),
    Situation.UNDER_WAY: RouteWords(
        Text("Sizin bir şey yapmanız gerekmiyor.", "There is nothing for you to do."),
        Text("{application} numaralı başvurunuz sürüyor.", "Application {application} goes on."),
        NOTHING,
        _CARD,
    ),
    Situation.BEGINS_LATER: RouteWords(
        Text(
            "Yeni kartınızı saklayınız; {begins} günü etkinleştiriniz.",
            "Keep your new card; activate it on {begins}.",
        ),
        Text(
            "Yeni sertifikanız {begins} günü başlıyor; o güne kadar eskisini kullanınız.",
            "Your new certificate begins on {begins}; use the old one until then.",
        ),
    ),
    Situation.ACTIVATE: RouteWords(
        Text("Yeni sertifikanızı etkinleştiriniz.", "Activate your new certificate."),
        Text("En geç {by}.", "By {by}."),
        Text(
            "Kartınız yanınızdayken önce PIN’inizi oluşturunuz, sonra etkinleştiriniz.",
            "With the card at hand set your PIN first, then activate it.",
        ),
        NOTHING,
        Text(
            "Etkinleştirilmeyen sertifika iptal edilir.",
            "A certificate that is not activated is revoked.",
        ),
    ),
    Situation.HELD_BY_OFFICE: RouteWords(
        Text("Başvuru ofisini arayınız.", "Call the office."),
        Text(
            "{certificate} numaralı sertifikanızı ofis askıya aldı; askıyı yalnız ofis kaldırır.",
            "The office has put certificate {certificate} on hold; it alone can lift that.",
        ),
    ),
    Situation.NOT_ENTITLED: RouteWords(
        Text("Şu an başvuru yapılamıyor.", "No application can be made at present."),
        Text(
            "Kayıtlara göre görevde değilsiniz ya da kurumunuz kapandı.",
            "By the records you are not in office, or your institution is closed.",
        ),
        Text(
            "Kayıt yanlışsa kurumunuza ya da başvuru ofisine bildiriniz.",
            "If that is wrong, tell your institution or the office.",
        ),
    ),
}
"""The sentences of each situation, where the person has no e-onay and is in time."""

STEPS: Mapping[str, Text] = {
    "draft": Text("Onaylama yöntemini seçiniz.", "Choose how to approve it."),
    "e_onay": Text("Formu okuyup onaylayınız.", "Read the form and approve it."),
    "e_imza": Text("Formu kartınızla imzalayınız.", "Sign the form with your card."),
    "wet_signature": Text(
        "Formu yazdırıp imzalayınız ve başvuru ofisine ulaştırınız.",
        "Print and sign the form and bring it to the office.",
    ),
    "in_person": Text(
        "Kimlik belgenizle başvuru ofisine geliniz; formu orada imzalarsınız.",
        "Come to the desk with your identity document; the form is signed there.",
    ),
    "returned_to_applicant": Text(
        "İade nedenini gideriniz ve yöntemi yeniden seçiniz.",
        "Set right what it was returned for and choose the method again.",
    ),
    "certificate_unseen": Text(
        "Eski kartınızla portala giriş yapınız.", "Sign in with your old card."
    ),
}
"""What an application that waits for its person asks, by its state."""

IN_TIME = Text("kartın beklenen günü {expected}", "card expected on {expected}")
WITH_GAP = Text(
    "kartın beklenen günü {expected}; {gap_days} gün sertifikasız kalırsınız",
    "card expected on {expected}; {gap_days} days without a certificate",
)


def told(card: RouteCard, language: str = "tr") -> RouteTold:
    """Return the sentences of a card."""
    words = _words(card)
    values = _values(card, language)

    def write(text: Text) -> str:
        return _in(text, language).format_map(values)

    return RouteTold(
        write(words.what), write(words.when), write(words.how), write(words.expected),
        write(words.otherwise),
    )  # fmt: skip


def told_way(way: ApplicationWay, language: str = "tr") -> str:
    """Return on which day a way that is open brings the card, and how long there will be none."""
    had_one = way.gap is not None and way.certificate is not None
    return _in(WITH_GAP if had_one else IN_TIME, language).format_map(_way_values(way, language))


def told_refusal(definition: Definition, verdict: Verdict, language: str = "tr") -> str:
    """Return the sentence of what refuses a kind or a way."""
    return sentence(definition, verdict.code, verdict.params, language)


def _words(card: RouteCard) -> RouteWords:
    found = WORDS[card.situation]
    if card.application is not None:
        found = replace(found, how=STEPS.get(card.application.state, NOTHING))
    elif found.how is _NO_CONSENT and card.has_consent:
        found = replace(found, how=_CONSENT)
    elif found.how is _DESK and card.way is not None and card.way.method == "wet_signature":
        found = replace(found, how=_PAPER)
    if found.expected is _CARD_ON and card.gap is not None:
        found = replace(found, expected=_GAP)
    if found.expected is not NOTHING and card.expected is None:
        found = replace(found, expected=_OPEN_ENDED if card.application else NOTHING)
    if card.situation in {Situation.ACTIVATE, Situation.YOUR_TURN} and card.by is None:
        found = replace(found, when=NOTHING, otherwise=NOTHING)
    if card.situation is Situation.UNDER_WAY and card.application is None:
        found = replace(found, when=NOTHING)
    return found


def _values(card: RouteCard, language: str) -> dict[str, str]:
    certificate = card.certificate

    def written(value: date | datetime | None) -> str:
        return _day(value, language)

    values = {
        "ends": written(certificate.ends_on if certificate else None),
        "certificate": certificate.reference if certificate else "",
        "application": card.application.reference if card.application else "",
        "by": written(card.by), "opens": written(card.opens), "deadline": written(card.deadline),
        "begins": written(card.begins.astimezone(ISTANBUL) if card.begins else None),
        "expected": written(card.expected), "produced": "",
    }  # fmt: skip
    return values | (_way_values(card.way, language) if card.way else {})


def _way_values(way: ApplicationWay, language: str) -> dict[str, str]:
    gap = way.gap
    return {
        "expected": _day(way.expected, language),
        "produced": _day(way.opens_on, language),
        "gap_first": _day(gap.first if gap else None, language),
        "gap_days": str(gap.days if gap else 0),
    }


def _in(text: Text, language: str) -> str:
    return text.en if language == "en" else text.tr


def _day(value: date | datetime | None, language: str) -> str:
    if value is None:
        return ""
    return format_date(value, "d MMM yyyy" if language == "en" else "dd.MM.yyyy", locale=language)
