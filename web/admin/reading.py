"""What the administrator's pages read: accounts, proposals and who made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.kit import sessions
from states.cases.grant import RoleGrant
from states.people.institution import Institution
from states.people.person import Person
from states.people.user import User, untied
from web.gate.composition import composed
from web.gate.language import lazy_gettext as _

if TYPE_CHECKING:
    from workflow.model.definition import Definition

PER_PAGE = 100
"""Rows of a list; more are reached by the keyset ``sonra``."""

ACTS = {
    "open": _("Hesap açılması"),
    "role": _("Rol değişikliği"),
    "close": _("Hesabın kapatılması"),
    "reopen": _("Hesabın yeniden açılması"),
    "tie": _("Hesabın kişisine bağlanması"),
    "lead": _("Birim sorumluluğunun verilmesi"),
    "unlead": _("Birim sorumluluğunun alınması"),
}


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """One account as listed: its row, its institution's name and how many sessions are open."""

    user: User
    institution: str
    sessions: int

    @property
    def untied(self) -> bool:
        """Say whether it acts for nobody known, and therefore not at all."""
        return untied(self.user.roles, self.user.person_id)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal: its row, the names of account and institution, and whose account it is."""

    row: RoleGrant
    account: str
    institution: str
    human: str = ""


def definition() -> Definition:
    """Return the workflow of proposals as it is today."""
    return composed().library.workflow("grant")


def accounts(after: int) -> tuple[list[ListedAccount], int | None]:
    """Return a page of accounts in the order they were opened, and where the next one begins."""
    query = (
        select(User, Institution.name)
        .outerjoin(Institution, Institution.id == User.institution_id)
        .where(User.id > after)
        .order_by(User.id)
        .limit(PER_PAGE + 1)
    )
    composition = composed()
    with Session(composition.database, expire_on_commit=False) as rows:
        found = list(rows.execute(query))
    shown = found[:PER_PAGE]
    keys = [f"user:{user.id}" for user, _ in shown]
    opened = sessions.open_of(composition.database, keys, composition.clock.now())
    listed = [
        ListedAccount(user, name or "", opened.get(f"user:{user.id}", 0)) for user, name in shown
    ]
    return listed, shown[-1][0].id if len(found) > PER_PAGE else None


def account(number: int) -> ListedAccount:
    """Return one account; there is nothing to see of one that is not there."""
    composition = composed()
    with Session(composition.database, expire_on_commit=False) as rows:
        user = rows.get(User, number)
        if user is None:
            abort(404)
        place = rows.get(Institution, user.institution_id) if user.institution_id else None
    key = f"user:{number}"
    opened = sessions.open_of(composition.database, [key], composition.clock.now())
    return ListedAccount(user, place.name if place else "", opened.get(key, 0))


def institutions() -> list[Institution]:
    """Return the institutions by name."""
    with Session(composed().database, expire_on_commit=False) as rows:
        return list(rows.scalars(select(Institution).order_by(Institution.sort_key)))


def proposals(*, user_id: int | None = None, waiting: bool = False) -> list[Proposal]:
    """Return the newest proposals, all or those about one account or those to be decided."""
    query = (
        select(RoleGrant, User.name, Institution.name)
        .outerjoin(User, User.id == RoleGrant.user_id)
        .outerjoin(Institution, Institution.id == RoleGrant.institution_id)
        .order_by(RoleGrant.id.desc())
        .limit(PER_PAGE)
    )
    if user_id is not None:
        query = query.where(RoleGrant.user_id == user_id)
    if waiting:
        query = query.where(RoleGrant.state == "proposed")
    with Session(composed().database, expire_on_commit=False) as rows:
        return [
            Proposal(row, name or row.name or "", place or "")
            for row, name, place in rows.execute(query)
        ]


def proposal(number: int) -> Proposal:
    """Return the row of a proposal with the names it is about."""
    with Session(composed().database, expire_on_commit=False) as rows:
        row = rows.get_one(RoleGrant, number)
        user = rows.get(User, row.user_id) if row.user_id else None
        place = rows.get(Institution, row.institution_id) if row.institution_id else None
        person = rows.get(Person, row.person_id) if row.person_id else None
    name = user.name if user else row.name or ""
    human = f"{person.name}, {person.tckn_masked}" if person else ""
    return Proposal(row, name, place.name if place else "", human)
