"""The words for values in rows: methods, kinds of document, tags of states."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from wtforms.fields import SelectChoice

from handlers.kit.roles import SYSTEM
from web.gate.language import gettext, language, spoken
from web.gate.language import lazy_gettext as _
from web.kit.formats import moment
from workflow.model.definition import Text
from workflow.model.machine import NEW
from workflow.present.sentences import reason_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask

    from workflow.model.definition import Definition, State

METHODS = {
    "e_onay": "e-onay",
    "e_imza": "e-imza",
    "wet_signature": _("Islak imza"),
    "in_person": _("Yüz yüze"),
}

DOCUMENT_KINDS = {
    "application_form": _("Başvuru formu ve taahhütname"),
    "consent": _("e-onay metni"),
    "activation": _("Etkinleştirme metni"),
    "reinstatement": _("Askıdan indirme metni"),
    "pin": _("PIN belirleme metni"),
    "consent_record": _("e-onay kaydı"),
    "courier_manifest": _("Kurye teslim listesi"),
    "hand_over": _("Kurye teslim formu"),
    "official_letter": _("Kuruma yazı"),
    "unit_letter": _("Birimlere yazı"),
    "unit_list": _("Birim personelinin sertifika listesi"),
    "unit_sheet": _("Birim personelinin sertifika listesi (XLSX)"),
    "identity_card": _("Kimlik kartı"),
    "passport": _("Pasaport"),
    "driving_licence": _("Sürücü belgesi"),
    "employment_letter": _("Görev yeri yazısı"),
    "other": _("Diğer belge"),
}

INDICATIONS = {
    "TOTAL-PASSED": _("Geçerli"),
    "TOTAL-FAILED": _("Geçersiz"),
    "INDETERMINATE": _("Karara varılamadı"),
}

DESK = {
    "claimed": _("Üzerine aldı"),
    "released": _("Bıraktı"),
    "taken_over": _("Devraldı"),
    "assigned": _("Başka görevliye verdi"),
    "note": _("Not"),
    "address": _("Teslimat adresi düzeltildi"),
    "resend": _("Bildirim yeniden gönderildi"),
}
"""What is done at the desk beside the states (`states.logs.desk`)."""

RETURNED = {
    "account_closed": _("Hesabı kapatıldı."),
    "role_lost": _("Hesabının rolü değişti."),
    "own_case": _("Başvuru kendisine aittir; hesabı kişisine bağlandı."),
    "absent": _("Görevli bu günlerde yok."),
}
"""Why a case came back from who held it (`handlers.accounts.departure`)."""

SEEN = {
    None: _("Yalnız beyan edildi, henüz görülmedi"),
    "made": _("Bu kuruluş üretti"),
    "signature": _("Kartıyla atılan bir imzada görüldü"),
    "bytes": _("Sertifika dosyası görüldü"),
    "authority": _("Veren kuruluş yazıyla bildirdi"),
}
"""How a certificate is known (`states.cases.certificate`)."""

NOTICES = {
    "written": _("Gönderilmeyi bekliyor"),
    "handed_over": _("Posta sunucusuna verildi"),
    "delivered": _("Teslim edildi"),
    "bounced": _("Adrese ulaşmadı"),
    "given_up": _("Gönderilemedi"),
    "not_sent": _("Gönderilmedi; yalnız sayfalarda okunur"),
}
"""How far a message has come (`states.cases.notice.NoticeState`)."""

STOPPED = frozenset({"rejected", "lost", "revoked", "locked"})
DONE = frozenset({"delivered", "in_force", "active", "used"})


def choices_of(
    texts: Mapping[str, Text | str], *first: SelectChoice
) -> Callable[[], list[SelectChoice]]:
    """Return what offers the texts of codes to a field, in the language of who fills it in."""

    def offered() -> list[SelectChoice]:
        told = {code: spoken(one) if isinstance(one, Text) else one for code, one in texts.items()}
        return [*first, *(SelectChoice(*one) for one in told.items())]

    return offered


def method_title(name: str | None) -> str:
    """Return the name of a signing method."""
    return str(METHODS.get(name or "", name or gettext("Seçilmedi")))


def seen_title(seen: str | None) -> str:
    """Return how a certificate is known."""
    return str(SEEN[seen])


def letter_title(proof: Mapping[str, str]) -> str:
    """Return number and day of a letter as they are written."""
    return f"{proof['number']}, {date.fromisoformat(proof['dated']):%d.%m.%Y}"


def document_title(kind: str) -> str:
    """Return the name of a kind of document."""
    return str(DOCUMENT_KINDS.get(kind, kind))


HOLDS = {"journey": _("Kartın yolculuğu"), "holder": _("Sahibi"), "office": _("Başvuru ofisi")}


def hold_title(whose: str) -> str:
    """Return the words for whose hold a certificate is under."""
    return str(HOLDS.get(whose, whose))


def delivery_words(handed: Mapping[str, str]) -> str:
    """Return how a card was handed over, in one line: what was shown, by whom, when."""
    at = moment(datetime.fromisoformat(handed["at"]))
    return f"{document_title(handed['shown'])} {handed['number']}, {handed['by']}, {at}"


def indication_title(indication: str) -> str:
    """Return the word for an indication of EN 319 102-1, beside which the term stands."""
    return str(INDICATIONS.get(indication, indication))


def kind_title(definition: Definition, name: str) -> str:
    """Return the title of a kind of application."""
    title = definition.kinds.get(name, {}).get("title")
    return spoken(title) if isinstance(title, Text) else name


def role_title(definition: Definition, name: str) -> str:
    """Return the title of a role."""
    return spoken(definition.roles[name].title) if name in definition.roles else name


def state_title(definition: Definition, name: str) -> str:
    """Return the title of a state; what exists not yet is new."""
    if name == NEW:
        return gettext("Yeni")
    return spoken(definition.states[name].title) if name in definition.states else name


def tag_class(state: State) -> str:
    """Return the look of a state's tag; the tag always says the state in words too."""
    if state.name in STOPPED:
        return "tag-stop"
    if state.name in DONE:
        return "tag-done"
    if state.final:
        return "tag-end"
    return "tag-wait" if state.next != SYSTEM else "tag-work"


def _reason_words(definition: Definition, trigger: str, reason: str | None) -> str:
    return reason_words(definition, trigger, reason, language())


def add_wording(app: Flask) -> None:
    """Give the words to the templates."""
    app.jinja_env.globals.update(
        hold_title=hold_title,
        delivery_words=delivery_words,
        method_title=method_title,
        seen_title=seen_title,
        letter_title=letter_title,
        document_title=document_title,
        indication_title=indication_title,
        kind_title=kind_title,
        role_title=role_title,
        state_title=state_title,
        tag_class=tag_class,
        reason_words=_reason_words,
        desk_titles=DESK,
        returned_reasons=RETURNED,
        notice_states=NOTICES,
    )
