"""The certificate that comes after another one: which it is, and what it leaves to the rest.

A renewal's certificate begins when the old one ends. Until then it serves nobody, so it keeps
nobody from having a card again that was lost meanwhile; that one ends where it begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.certificates import renamed
from handlers.certificates.replacements import Replacements
from handlers.kit import rows
from states.cases.certificate import Certificate

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.kit.context import Context

_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Successor:
    """A certificate that nobody gave up: by which application, and from when on it is valid."""

    id: int
    reference: str
    not_before: datetime | None

    def begins_later(self, now: datetime) -> bool:
        """Say whether it is yet to begin."""
        return self.not_before is not None and now < self.not_before


def living(context: Context, old: Certificate) -> Successor | None:
    """Return the certificate that took the place of this one and still lives, if any.

    Of several the one that begins first.
    """
    return next(iter(_living(context, Replacements.read_once(context, old))), None)


def all_living(context: Context, old: Certificate) -> list[Successor]:
    """Return all certificates that took the place of this one and still live, first ones first.

    They are read anew: an action asks this after it has ended the old one.
    """
    return _living(context, Replacements.read(context, old))


def _living(context: Context, replacements: Replacements) -> list[Successor]:
    found = replacements.living(context.case_id, context.now)
    return [Successor(one.id, str(one.reference), one.not_before) for one in found]


def bridged(context: Context, old: Certificate) -> datetime | None:
    """Return when the last of those ends that were made to serve until this case's own began."""
    return Replacements.read_once(context, old).bridged(context.case_id, context.now)


def serves(context: Context, certificate_id: int) -> bool:
    """Say whether a certificate names the person as the records do now."""
    der = rows.fetch(context.connection, Certificate, certificate_id).der
    return der is None or renamed.says_the_same(context, der)


def until(context: Context, old: Certificate | None) -> datetime | None:
    """Return the last moment before the successor of a certificate begins; None without one."""
    found = living(context, old) if old is not None else None
    if found is None or found.not_before is None or not found.begins_later(context.now):
        return None
    return found.not_before - _ONE_SECOND
