"""What the revocation lists say of the reasons that people and moves give (RFC 5280, 5.3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signing.authority.crl import Reason
from workflow.model.definition import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

OF_LOST_CARD = Text("Kart kayboldu ya da çalındı", "The card is lost or stolen")

REASONS: Mapping[Text, Reason] = {
    OF_LOST_CARD: Reason.KEY_COMPROMISE,
    Text(
        "Kartın PIN'ini başkası öğrendi", "Somebody else has learnt the card’s PIN"
    ): Reason.KEY_COMPROMISE,
    Text(
        "Ad, soyad ya da başka bilgi değişti", "Name, surname or other data have changed"
    ): Reason.AFFILIATION_CHANGED,
    Text(
        "Yerine yeni sertifika alındı", "A new certificate has taken its place"
    ): Reason.SUPERSEDED,
    Text("Sertifikaya gerek kalmadı", "The certificate is no longer needed"): Reason.CESSATION,
}
"""What a person may choose as the reason to revoke, and what the lists say then (RFC 5280, 5.3.1).

The reason of the move begins with the Turkish sentence; their own words may follow after a colon.
"""

OFFICE_REASONS: Mapping[Text, Reason] = {
    Text("Sertifika sahibi öldü", "The holder has died"): Reason.CESSATION,
    Text(
        "Sertifika sahibinin fiil ehliyeti sınırlandı", "The holder’s legal capacity was restricted"
    ): Reason.PRIVILEGE_WITHDRAWN,
    Text("Sertifika sahibi iflas etti", "The holder has gone bankrupt"): Reason.PRIVILEGE_WITHDRAWN,
    Text(
        "Sertifika sahibinin gaipliğine karar verildi", "The holder was declared an absentee"
    ): Reason.CESSATION,
    Text(
        "Sertifika sahibi kurumundan ayrıldı", "The holder has left the institution"
    ): Reason.AFFILIATION_CHANGED,
}
"""The same for what the office learns of a person (law 5070, article 11)."""

CAUSES: Mapping[str, Reason] = {
    "lost": Reason.KEY_COMPROMISE,
    "report_lost": Reason.KEY_COMPROMISE,
    "data_change": Reason.AFFILIATION_CHANGED,
    "fault": Reason.SUPERSEDED,
    "damaged": Reason.SUPERSEDED,
    "puk_blocked": Reason.SUPERSEDED,
    "reissue": Reason.SUPERSEDED,
    "destroy_card": Reason.CESSATION,
    "not_activated": Reason.CESSATION,
    "scrap": Reason.CESSATION,
    "cancel": Reason.CESSATION,
}
"""The same for a revocation that follows from an application: "NES-2026-1: lost: own words"."""

CODES: Mapping[str, Reason] = {
    "lost_or_stolen": Reason.KEY_COMPROMISE,
    "key_disclosed": Reason.KEY_COMPROMISE,
    "data_changed": Reason.AFFILIATION_CHANGED,
    "data_wrong": Reason.AFFILIATION_CHANGED,
    "left_office": Reason.AFFILIATION_CHANGED,
    "not_needed": Reason.CESSATION,
}
"""The same for the codes under which the office revokes on request."""


_BY_SENTENCE = {text.tr: stated for text, stated in {**REASONS, **OFFICE_REASONS}.items()}


def reason_of(reason: str | None) -> Reason:
    """Return what the lists say of the reason of a revocation; other words are unspecified."""
    parts = [part.strip() for part in (reason or "").split(":")]
    causes = (CAUSES.get(part) for part in parts[1:2])
    known = (_BY_SENTENCE, CODES)
    stated = next((found[parts[0]] for found in known if parts[0] in found), None)
    return stated or next(causes, None) or Reason.UNSPECIFIED
