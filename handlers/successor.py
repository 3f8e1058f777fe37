"""Owns the certificate that comes after another one: which it is, and what it leaves to the rest.

A renewal's certificate begins when the old one ends. Until then it serves nobody, so it keeps
nobody from having a card again that was lost meanwhile; that one ends where it begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import and_, or_, select

from handlers import renamed, rows
from handlers.validity import HELD
from states.application import Application
from states.certificate import Certificate

if TYPE_CHECKING:
    from datetime import datetime

    from workflow.context import Context
    from workflow.duration import Duration

_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Successor:
    """A delivered certificate that lives: by which application, and from when on it is valid."""

    id: int
    reference: str
    not_before: datetime | None

    def begins_later(self, now: datetime) -> bool:
        """Say whether it is yet to begin."""
        return self.not_before is not None and now < self.not_before


def living(context: Context, old: Certificate) -> Successor | None:
    """Return the certificate that took the place of this one and still lives, if any.

    One that was made for a lost card has the same renewal after it as the card that was lost.
    """
    kinds = context.definition.kinds.items()
    replacing = [name for name, kind in kinds if kind["old_certificate"] != "none"]
    renewing = [name for name, kind in kinds if kind["old_certificate"] == "runs_out"]
    made_by = rows.find(context.connection, Application, old.application_id)
    before = made_by.old_certificate_id if made_by is not None else None
    about = Application.old_certificate_id
    found = (
        select(Certificate.id, Application.reference, Certificate.not_before)
        .join(Application, Certificate.id == Application.certificate_id)
        .where(
            or_(
                and_(about == old.id, Application.kind.in_(replacing)),
                and_(about == before, Application.kind.in_(renewing)),
            ),
            Certificate.id != old.id, Application.id != context.case_id,
            Application.state == "delivered",
            Certificate.state.in_(HELD), context.now <= Certificate.ends_at,
        )
        .order_by(Certificate.not_before.nulls_first(), Certificate.id)
    )  # fmt: skip
    row = context.connection.execute(found.limit(1)).one_or_none()
    return None if row is None else Successor(*row)


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
