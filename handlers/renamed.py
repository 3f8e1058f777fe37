"""Owns what another name does to the certificates that bear the old one: the office holds them.

Law 5070, article 11: what a certificate says must be true. A hold reaches that at once and can be
taken back where an officer was mistaken; the change of data that follows revokes the old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.validity import HELD
from signing.certificate import read
from states.certificate import Certificate
from workflow.actor import system
from workflow.request import Request

if TYPE_CHECKING:
    from workflow.library import Library
    from workflow.transaction import Work

_SYSTEM = system("data_change")


def hold(work: Work, library: Library, person_id: int, name: tuple[str, str]) -> list[str]:
    """Hold the person's certificates that were made here and bear a name (given name, surname).

    Returns their references. A standing certificate whose definition knows no hold of the office
    is suspended where it is active.
    """
    made = (
        select(Certificate.id, Certificate.reference, Certificate.der)
        .where(
            Certificate.person_id == person_id, Certificate.state.in_(HELD),
            Certificate.seen == "made", Certificate.der.is_not(None),
        )
        .order_by(Certificate.id)
    )  # fmt: skip
    bearing = [row for row in work.connection.execute(made).all() if _name(row.der) == name]
    return [row.reference for row in bearing if _held(work, library, row.id)]


def _name(der: bytes) -> tuple[str, str]:
    certificate = read(der)
    return certificate.given_name, certificate.surname


def _held(work: Work, library: Library, certificate_id: int) -> bool:
    definition, row = work.read(library.workflow("certificate"), certificate_id, lock=True)
    known = [name for name in ("hold", "suspend") if name in definition.transitions]
    if row["state"] not in definition.transitions[known[0]].source:
        return False
    work.move(definition, certificate_id, Request(known[0], _SYSTEM, reason="data_changed"))
    return True
