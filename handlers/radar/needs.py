"""The certificates that count for an institution, one for each need, with what is known of each.

List and radar select by these, so that they count alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from handlers.lists.intake import SPENT
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.cases.terms import Terms
from states.people.institution import Institution
from states.people.person import Person

if TYPE_CHECKING:
    from sqlalchemy import Select

LISTED = ("active", "suspended", "expired")
"""States of a certificate that has or had a holder who counts on it."""

COUNTED = aliased(Certificate)
"""The certificate that a line is about."""

_new = aliased(Certificate)
_replaced = aliased(Certificate)
_own = aliased(Application)

_renewal = (
    select(
        Application.id,
        Application.state,
        Application.production_opens_on,
        Application.certificate_id,
    )
    .where(Application.old_certificate_id == COUNTED.id, Application.state.not_in(SPENT))
    .order_by(Application.id.desc())
    .limit(1)
    .lateral("renewal")
)

CURRENT_TERMS = select(Terms.version).order_by(Terms.valid_from.desc()).limit(1).scalar_subquery()

CONSENTED = exists().where(
    Consent.person_id == COUNTED.person_id,
    Consent.state == "in_force",
    Consent.terms_version == CURRENT_TERMS,
)
"""Whether the e-onay of the person is in force for the terms of today."""


def needs() -> Select[Any]:
    """Select the ids of the certificates that count; join and columns are the caller's.

    A new certificate that is not in use yet is told of in the line of the one it will replace,
    unless that one is revoked; once it is in use, it stands in its place.
    """
    renewed = and_(_renewal.c.state == "delivered", _new.state.in_(("active", "expired")))
    takes_over = and_(COUNTED.state == "suspended", _replaced.state.in_(LISTED))
    return (
        select(COUNTED.id)
        .join(Person, Person.id == COUNTED.person_id)
        .join(Institution, Institution.id == Person.institution_id)
        .outerjoin(_renewal, true())
        .outerjoin(_new, _new.id == _renewal.c.certificate_id)
        .outerjoin(_own, _own.id == COUNTED.application_id)
        .outerjoin(_replaced, _replaced.id == _own.old_certificate_id)
        .where(
            COUNTED.state.in_(LISTED),
            or_(renewed.is_(None), ~renewed),
            or_(takes_over.is_(None), ~takes_over),
        )
    )


def known_columns() -> list[Any]:
    """Return what a standing is told from; a first certificate not in use yet tells its own way."""
    first_own = and_(COUNTED.state == "suspended", COUNTED.application_id.is_not(None))
    return [
        COUNTED.id,
        COUNTED.person_id,
        COUNTED.ends_on,
        func.coalesce(_renewal.c.state, case((first_own, _own.state))).label("application"),
        _renewal.c.production_opens_on,
        CONSENTED.label("consented"),
    ]
