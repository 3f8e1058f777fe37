"""What the İmza tab shows: each signature with its later forms, and the judgement by now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.consents.underlying_consent import consent_of
from signing.app.words.validation import PASSED, VALIDATION
from signing.cms.levels import Level
from signing.verdict import Indication, SubIndication
from states.cases.consent import Consent
from states.papers.augmentation import Augmentation
from states.papers.signature import Signature
from web.gate.composition import composed
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from web.kit.reading import CaseRecord

LEVELS = {
    Level.B_B: _("zaman damgası yok"),
    Level.B_T: _("zaman damgalı"),
    Level.B_LT: _("zaman damgalı, doğrulama verisi içinde"),
    Level.B_LTA: _("zaman damgalı, doğrulama verisi içinde, arşiv damgalı"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement in words: when, what came of it, how far the signature had come by then.

    ``report`` is what was kept of it; a form made before judgements were kept has none.
    """

    at: datetime
    level: str
    report: Mapping[str, object] | None

    @property
    def indication(self) -> str:
        """The main result (EN 319 102-1); a form without a report was only kept when it passed."""
        return str(self.report["indication"]) if self.report else Indication.TOTAL_PASSED.value

    @property
    def sentence(self) -> str:
        """The result in Turkish; one that only its profile's wait keeps open says until when."""
        found = self.report and self.report["sub_indication"]
        return VALIDATION[SubIndication(str(found))] if found else PASSED

    @property
    def settles_at(self) -> str:
        """When the last judgement is due (ISO 8601), where only the profile's wait is missing."""
        return str((self.report or {}).get("settles_at") or "")

    @property
    def level_words(self) -> str:
        """The level in words."""
        return LEVELS[Level(self.level)] if self.level else ""


@dataclass(frozen=True, slots=True)
class CaseSignature:
    """A signature of a case: as it was handed in, and how it was judged since."""

    signature: Signature
    judgements: Sequence[Judgement]

    @property
    def newest(self) -> Judgement:
        """The judgement that counts by now."""
        return self.judgements[-1]


def signatures(case: CaseRecord) -> list[CaseSignature]:
    """Return the signatures of a case in order."""
    return _kept(case.id)


def consent_behind(case: CaseRecord) -> tuple[Consent, CaseSignature] | None:
    """Return the e-onay that an application was approved by, with its signature; else None."""
    database = composed().database
    with database.connect() as connection:
        consent_id = consent_of(connection, case.row) if case.workflow == "application" else None
    if consent_id is None:
        return None
    with Session(database, expire_on_commit=False) as session:
        consent = session.get_one(Consent, consent_id)
    signed = [kept for kept in _kept(consent.id) if kept.signature.id == consent.signature_id]
    return consent, signed[0]


def _kept(case_id: int) -> list[CaseSignature]:
    query = select(Signature).where(Signature.case_id == case_id).order_by(Signature.id)
    with Session(composed().database, expire_on_commit=False) as session:
        found = list(session.scalars(query))
        return [CaseSignature(signature, _judgements(session, signature)) for signature in found]


def _judgements(session: Session, signature: Signature) -> list[Judgement]:
    forms = select(Augmentation).where(Augmentation.signature_id == signature.id)
    later = session.scalars(forms.order_by(Augmentation.n))
    first = Judgement(
        signature.judged_at,
        str(signature.report.get("level") or ""),
        {
            "indication": signature.indication,
            "sub_indication": signature.sub_indication,
            "settles_at": signature.report.get("settles_at"),
        },
    )
    return [first, *(Judgement(form.made_at, form.level, form.report) for form in later)]
