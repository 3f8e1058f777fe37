"""The rights of accounts: what may be proposed of one, and what a granted proposal changes.

Proposing, approving and refusing are moves of the workflow ``grant``, so that the engine keeps the
four eyes and the journal keeps the rest. A process has exactly one role for each account
(EN 319 411-1: separation of duties), and two administrators at least, for one alone could grant
nothing any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from handlers.accounts import departure
from handlers.kit import rows, sessions
from handlers.kit.proposals import proposer_left, proposer_of
from handlers.kit.roles import ADMINISTRATOR, COORDINATOR, DESK, STAFF, acts_alone
from handlers.people import holders
from handlers.people.register import enter_user
from states.cases.grant import RoleGrant
from states.people.user import User
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Connection

    from handlers.kit.context import Context
    from workflow.model.context import Row
    from workflow.model.verdict import Verdict

FEWEST_ADMINISTRATORS = 2
"""With fewer there are no four eyes; the terminal may make the first ones."""

LONGEST = 200
"""Characters of a name or of the ``sub`` of the sign-in service."""


@check
def fits(context: Context) -> Verdict:
    """Allow what changes something, leaves rights sound and is not about the actor.

    Judged when it is proposed and again when it is approved; then who proposed it must still be an
    administrator, for theirs is one of the two pairs of eyes.
    """
    named = holders.judged(context)
    if named is not ALLOW:
        return named
    case = {**context.case, "person_id": holders.person_of(context)}
    if acts_alone(context.actor):
        return _first(context.connection, case)
    if context.actor.name == f"user:{case.get('user_id')}":
        return deny("grants.own_account")
    approving = context.transition.name == "approve"
    if approving and proposer_left(context.connection, context.case_id, ADMINISTRATOR):
        return deny("grants.proposer_left")
    return _JUDGES[rows.text(case, "act")](context.connection, case)


def _first(connection: Connection, case: Row) -> Verdict:
    """Allow the terminal the first administrators, and to tie them to people, and nothing else."""
    known = User.person_id.is_not(None)
    few = {
        "open": _administrators(connection) < FEWEST_ADMINISTRATORS,
        "tie": _administrators(connection, known) < FEWEST_ADMINISTRATORS,
    }
    act = rows.text(case, "act")
    if case["role"] != ADMINISTRATOR or not few.get(act):
        return deny("grants.not_the_first")
    return _JUDGES[act](connection, case)


def _opening(connection: Connection, case: Row) -> Verdict:
    name, subject = case.get("name"), case.get("subject")
    if not all(isinstance(text, str) and 0 < len(text) <= LONGEST for text in (name, subject)):
        return deny("grants.incomplete")
    taken = select(User.id).where(
        (User.subject == subject)
        | (User.person_id.is_not(None) & (User.person_id == case.get("person_id")))
    )
    if connection.execute(taken.limit(1)).first() is not None:
        return deny("grants.account_exists")
    return _sound_role(case)


def _changing(connection: Connection, case: Row) -> Verdict:
    account = rows.fetch(connection, User, case["user_id"])
    if not account.active:
        return deny("grants.closed_already")
    same = (account.roles, account.institution_id) == ([case["role"]], case["institution_id"])
    if same:
        return deny("grants.no_change")
    if case["role"] != ADMINISTRATOR and _is_needed(connection, account):
        return deny("grants.too_few_administrators", fewest=FEWEST_ADMINISTRATORS)
    return _sound_role(case)


def _closing(connection: Connection, case: Row) -> Verdict:
    account = rows.fetch(connection, User, case["user_id"])
    if not account.active:
        return deny("grants.closed_already")
    if _is_needed(connection, account):
        return deny("grants.too_few_administrators", fewest=FEWEST_ADMINISTRATORS)
    return ALLOW


def _reopening(connection: Connection, case: Row) -> Verdict:
    account = rows.fetch(connection, User, case["user_id"])
    if account.active:
        return deny("grants.open_already")
    if holders.has_another(connection, account.person_id, account.id):
        return deny("grants.account_exists")
    return ALLOW


def _tying(connection: Connection, case: Row) -> Verdict:
    account = rows.fetch(connection, User, case["user_id"])
    if account.person_id is not None:
        return deny("grants.tied_already")
    person_id = rows.optional_number(case, "person_id")
    if account.active and holders.has_another(connection, person_id, account.id):
        return deny("grants.human_has_account")
    return ALLOW


def _leading(connection: Connection, case: Row) -> Verdict:
    account = rows.fetch(connection, User, case["user_id"])
    if not account.active:
        return deny("grants.closed_already")
    if account.leads:
        return deny("grants.no_change")
    return ALLOW if _at_desk(account) else deny("grants.no_desk")


def _at_desk(account: User) -> bool:
    return not set(DESK).isdisjoint(account.roles)


def _unleading(connection: Connection, case: Row) -> Verdict:
    account = rows.fetch(connection, User, case["user_id"])
    return ALLOW if account.leads else deny("grants.no_change")


_JUDGES: dict[str, Callable[[Connection, Row], Verdict]] = {
    "open": _opening,
    "role": _changing,
    "close": _closing,
    "reopen": _reopening,
    "tie": _tying,
    "lead": _leading,
    "unlead": _unleading,
}


def _sound_role(case: Row) -> Verdict:
    if case["role"] not in STAFF:
        return deny("grants.unknown_role")
    placed = case["institution_id"] is not None
    if case["role"] == COORDINATOR:
        return ALLOW if placed else deny("grants.institution_missing")
    return deny("grants.no_institution") if placed else ALLOW


def _administrators(connection: Connection, *which: ColumnElement[bool]) -> int:
    held = select(func.count()).where(User.active, User.roles == [ADMINISTRATOR], *which)
    return connection.execute(held).scalar_one()


def _is_needed(connection: Connection, account: User) -> bool:
    holds = account.roles == [ADMINISTRATOR]
    return holds and _administrators(connection) <= FEWEST_ADMINISTRATORS


@check
def own_proposal(context: Context) -> Verdict:
    """Allow a proposal to be withdrawn by who made it."""
    mine = proposer_of(context.connection, context.case_id) == context.actor.name
    return ALLOW if mine else deny("grants.not_yours")


@action
def describe(context: Context) -> None:
    """Say in the journal what is proposed, without a name; keep the human it is about."""
    holders.keep(context)
    case = context.case
    context.note(act=case["act"], role=case["role"], institution=case["institution_id"])
    if case["user_id"] is not None:
        context.note(account=f"user:{case['user_id']}")


@action
def apply(context: Context) -> None:
    """Do what was proposed; who loses rights loses sessions and claims in the same transaction."""
    act = rows.text(context.case, "act")
    if act == "open":
        context.update(user_id=_open(context))
    else:
        _change(context, act)
    account = f"user:{context.case['user_id']}"
    context.note(act=act, account=account, role=context.case["role"])
    sessions.end_all(context.connection, account, "rights_changed", context.now)
    departure.hand_back(context, act)


def _open(context: Context) -> int:
    case = context.case
    return enter_user(
        context.connection,
        rows.text(case, "name"),
        [rows.text(case, "role")],
        context.now,
        person_id=rows.optional_number(case, "person_id"),
        institution_id=rows.optional_number(case, "institution_id"),
        subject=rows.text(case, "subject"),
    )


def _change(context: Context, act: str) -> None:
    case = context.case
    values: dict[str, dict[str, object]] = {
        # Who changes the desk or leaves it leads it no more.
        "role": {
            "roles": [case["role"]], "institution_id": case["institution_id"], "leads": False,
        },
        "close": {"active": False, "leads": False},
        "reopen": {"active": True},
        "tie": {"person_id": case["person_id"]},
        "lead": {"leads": True},
        "unlead": {"leads": False},
    }  # fmt: skip
    context.connection.execute(update(User).where(User.id == case["user_id"]).values(values[act]))


def values_for(connection: Connection, act: str, user_id: int) -> dict[str, object]:
    """Return what a proposal about an account is opened with; its role stays unless changed."""
    account = rows.fetch(connection, User, user_id)
    return {
        "act": act,
        "user_id": user_id,
        "person_id": account.person_id,
        "role": account.roles[0] if len(account.roles) == 1 else None,
        "name": None,
        "subject": None,
        "institution_id": account.institution_id,
    }


def under_way(connection: Connection, user_id: int) -> int | None:
    """Return the proposal about an account that waits for its decision, or None."""
    query = select(RoleGrant.id).where(RoleGrant.user_id == user_id, RoleGrant.state == "proposed")
    return connection.execute(query).scalar_one_or_none()
