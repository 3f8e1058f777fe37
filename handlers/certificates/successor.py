"""The certificate that comes after another one: which it is, and what it leaves to the rest.

A renewal's certificate begins when the old one ends. Until then it serves nobody, so it keeps
nobody from having a card again that was lost meanwhile; that one ends where it begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from handlers.certificates import renamed
from handlers.certificates.replacements import Replacements
from handlers.kit import rows
from states.cases.certificate import Certificate

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.certificates.replacements import IssuedCertificate
    from handlers.kit.context import Context
    from workflow.model.duration import Duration

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

    However many there were between, by whatever kinds, and whatever became of them; of several the
    one that begins first.
    """
    return next(iter(_living(context, old, Replacements.read_once(context, old))), None)


def all_living(context: Context, old: Certificate) -> list[Successor]:
    """Return all certificates that took the place of this one and still live, first ones first.

    They are read anew: an action asks this after it has ended the old one.
    """
    return _living(context, old, Replacements.read(context, old))


def _living(context: Context, old: Certificate, replacements: Replacements) -> list[Successor]:
    begins = max(filter(None, (old.not_before, _began(context, replacements))), default=None)
    return [
        Successor(link.id, link.reference, link.not_before)
        for link in _others(context, replacements)
        if link.reference is not None and not _ends_before(link, begins)
    ]


def bridged(context: Context, old: Certificate) -> datetime | None:
    """Return when the last of those ends that were made to serve until this case's own began.

    So it is where the card of a renewal is made again; None if there is none such.
    """
    replacements = Replacements.read_once(context, old)
    begins = _began(context, replacements)
    ends = [
        link.ends_at
        for link in _others(context, replacements)
        if link.ends_at is not None and _ends_before(link, begins)
    ]
    return max(ends, default=None)


def _others(context: Context, replacements: Replacements) -> list[IssuedCertificate]:
    found = replacements.after(context.now)
    return [
        link for link in found
        if link.stands(context.now) and link.application_id != context.case_id
    ]  # fmt: skip


def _began(context: Context, replacements: Replacements) -> datetime | None:
    """Return when what this case had made before was to begin; the last one."""
    made = (link.not_before for link in replacements.made_by(context.case_id))
    return max((start for start in made if start is not None), default=None)


def _ends_before(link: IssuedCertificate, begins: datetime | None) -> bool:
    return begins is not None and link.ends_at is not None and link.ends_at < begins


def too_near(context: Context, found: Successor) -> bool:
    """Say whether so little is left until a successor begins that no card is made for it.

    One that says something else than the records leaves all: the approval ends it.
    """
    rest = cast("Duration | None", context.window.get("same_end_rest"))
    if rest is None or found.not_before is None or not serves(context, found):
        return False
    return context.now + rest > found.not_before


def serves(context: Context, found: Successor) -> bool:
    """Say whether a successor names the person as the records do now."""
    der = rows.fetch(context.connection, Certificate, found.id).der
    return der is None or renamed.says_the_same(context, der)


def until(context: Context, old: Certificate | None) -> datetime | None:
    """Return the last moment before the successor of a certificate begins; None without one."""
    found = living(context, old) if old is not None else None
    if found is None or found.not_before is None or not found.begins_later(context.now):
        return None
    return found.not_before - _ONE_SECOND
