"""The support units: whom the people of an institution ask, and how that is changed.

Each institution may name a unit of its own; without one, that of the nearest institution above
counts. Who answers for an institution proposes, an administrator decides: both are moves of the
workflow ``support_change``, for whom people are told to call is worth a fraud.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.institutions.units import unit_of
from handlers.kit import rows
from handlers.kit.entitlement import why_not
from handlers.kit.proposals import proposer_of
from handlers.kit.roles import ADMINISTRATOR, COORDINATOR
from states.cases.requests.support_change import SupportChange
from states.people.institution import Institution
from states.people.user import User
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.institutions.units import SupportUnit
    from handlers.kit.context import Context
    from workflow.model.verdict import Verdict

WORKFLOW = "support_change"


def own_unit(connection: Connection, institution_id: int) -> SupportUnit | None:
    """Return the support unit that an institution has named itself, None without one."""
    found = unit_of(connection, institution_id)
    return found if found is not None and found.institution_id == institution_id else None


def answers_for(connection: Connection, actor: str, institution_id: int) -> bool:
    """Say whether a coordinator (``user:3``) answers for an institution: it is theirs or below."""
    if why_not(connection, actor, COORDINATOR) is not None:
        return False
    top = select(Institution.path).join(User, User.institution_id == Institution.id)
    path = connection.scalar(top.where(User.id == int(actor.partition(":")[2])))
    place = rows.fetch(connection, Institution, institution_id)
    return path is not None and place.path.startswith(path)


@check
def fits(context: Context) -> Verdict:
    """Allow what changes the support unit of an open institution that its proposer answers for.

    Judged when it is proposed and again when it is approved, for an institution may have been
    closed and a coordinator may have left in between.
    """
    case, connection = context.case, context.connection
    institution_id = rows.number(case, "institution_id")
    if rows.fetch(connection, Institution, institution_id).closed_on is not None:
        return deny("support.closed")
    approving = context.transition.name == "approve"
    proposer = proposer_of(connection, context.case_id) if approving else context.actor.name
    if not _may_propose(connection, str(proposer), institution_id):
        return deny("support.proposer_left" if approving else "support.not_yours")
    if not approving and under_way(connection, institution_id) is not None:
        return deny("support.under_way")
    own = own_unit(connection, institution_id)
    known = (own.unit, own.phone, own.email) if own else (None, None, None)
    return deny("support.no_change") if known == _wanted(context) else ALLOW


def _may_propose(connection: Connection, actor: str, institution_id: int) -> bool:
    administers = why_not(connection, actor, ADMINISTRATOR) is None
    return administers or answers_for(connection, actor, institution_id)


def _wanted(context: Context) -> tuple[str | None, ...]:
    return tuple(rows.optional_text(context.case, name) for name in ("unit", "phone", "email"))


def under_way(connection: Connection, institution_id: int) -> int | None:
    """Return the proposal for an institution that waits for its decision, None without one."""
    query = select(SupportChange.id).where(
        SupportChange.institution_id == institution_id, SupportChange.state == "proposed"
    )
    return connection.scalar(query)


@check
def own_proposal(context: Context) -> Verdict:
    """Allow a proposal to be withdrawn by who made it."""
    mine = proposer_of(context.connection, context.case_id) == context.actor.name
    return ALLOW if mine else deny("support.not_the_proposer")


@action
def describe(context: Context) -> None:
    """Say in the journal of which institution the unit is to change, and to what, by its hash.

    The name of a unit may be that of somebody, so it is not in the journal itself.
    """
    said = "\0".join(part or "" for part in _wanted(context))
    context.note(
        institution=context.case["institution_id"], sha256=sha256(said.encode()).hexdigest()
    )
