"""Owns the last proof of the journal that this process made, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

from web.composition import composed
from web.formats import moment, number
from web.logs import log
from workflow.journal import verify

if TYPE_CHECKING:
    from datetime import datetime

    from workflow.journal import Verification

KEY = "nes.proof"


@dataclass(frozen=True, slots=True)
class Proof:
    """When the journal was verified and what came of it."""

    at: datetime
    outcome: Verification

    @property
    def text(self) -> str:
        """Say it in words; a broken journal names its first broken entry."""
        if self.outcome.ok:
            entries = number(self.outcome.entries)
            return f"Zincir doğrulandı, {moment(self.at)}, {entries} kayıt."
        first = self.outcome.problems[0]
        kind = KINDS.get(first.kind, first.kind)
        return (
            f"Zincir bozuk, {moment(self.at)}: {first.case_id} numaralı kaydın {first.n}. girdisi "
            f"{kind}. Bozuk kayıt sayısı: {number(self.outcome.found)}. "
            "Veritabanını olduğu gibi koruyunuz ve güvenlik sorumlusuna haber veriniz."
        )


KINDS = {
    "changed": "değiştirilmiş",
    "missing": "eksik",
    "forked": "önceki girdiye bağlanmıyor",
    "reordered": "yer değiştirmiş",
    "wrong_definition": "tanımında olmayan bir işlem",
    "state": "kaydın bugünkü durumuyla çelişiyor",
}
"""The kinds of break, in Turkish."""


def last() -> Proof | None:
    """Return the last proof this process made, or None."""
    found: Proof | None = current_app.extensions.get(KEY)
    return found


def make() -> Proof:
    """Verify the whole journal now and remember the outcome."""
    house = composed()
    proof = Proof(house.clock.now(), verify(house.database, house.library))
    current_app.extensions[KEY] = proof
    log.info("journal_verified", ok=proof.outcome.ok, entries=proof.outcome.entries)
    return proof
