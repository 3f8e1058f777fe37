"""What another name does to the certificates that bear the old one, and what it opens.

Law 5070, article 11: what a certificate says must be true. The office holds them: a hold reaches
that at once and can be taken back where an officer was mistaken. The change of data that follows
revokes the old one, and is only for a certificate that says something else than the records.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.certificates.validity import HELD
from handlers.kit import rows
from signing.x509.certificate import read
from states.cases.certificate import Certificate
from states.kit.text import normal, upper
from states.people.person import Person
from workflow.model.actor import system
from workflow.model.refusal import UnknownTrigger, WrongState
from workflow.model.registry import check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from handlers.kit.context import Context
    from states.kit.vault import Vault
    from workflow.model.verdict import Verdict

BY_HAND = ("wet_signature", "in_person")
"""Methods by which an officer sees the document that proves who the person is."""

KIND = "data_change"
_SYSTEM = system("data_change")


@check
def needed(context: Context) -> Verdict:
    """Allow a change of data where the old certificate says something else than the records now.

    Of one that is only known by its number nobody can say so by itself: then an officer looks, at
    the document that goes with a form signed by hand.
    """
    method = context.case.get("method")
    return refused(context, None if method is None else str(method))


def refused(context: Context, method: str | None) -> Verdict:
    """Refuse a change of data by which nothing would change; no ``method`` before its choice."""
    old = rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))
    if context.case["kind"] != KIND or old is None:
        return ALLOW
    if old.der is None:
        unproved = method is not None and method not in BY_HAND
        return deny("renamed.by_hand", certificate=old.reference) if unproved else ALLOW
    same = says_the_same(context, old.der)
    return deny("renamed.nothing_changed", certificate=old.reference) if same else ALLOW


def says_the_same(context: Context, der: bytes) -> bool:
    """Say whether a certificate bears name and number of the case's person as in the records now.

    Nothing else of its holder stands in it.
    """
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    return is_of(context.services.vault, person, der)


def is_of(vault: Vault, person: Person, der: bytes) -> bool:
    """Say whether a certificate bears name and number of a person as the records have them."""
    number = vault.lookup(read(der).tckn, "tckn")
    same = _whole(der) == upper(normal(person.name))
    return same and hmac.compare_digest(number, person.tckn_hash)


def _whole(der: bytes) -> str:
    """Return the whole name that a certificate bears, in capitals as the records have it.

    Not every authority writes given name and surname apart.
    """
    certificate = read(der)
    apart = f"{certificate.given_name} {certificate.surname}".strip()
    return upper(normal(apart or certificate.holder))


def hold(context: Context, person_id: int, name: tuple[str, str]) -> list[str]:
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
    bearing = [row for row in context.connection.execute(made).all() if _name(row.der) == name]
    return [row.reference for row in bearing if _held(context, row.id)]


def _name(der: bytes) -> tuple[str, str]:
    certificate = read(der)
    return certificate.given_name, certificate.surname


def _held(context: Context, certificate_id: int) -> bool:
    try:
        context.fire(certificate_id, "hold", reason="data_changed", by=_SYSTEM)
    except UnknownTrigger:
        return _suspended(context, certificate_id)
    return True


def _suspended(context: Context, certificate_id: int) -> bool:
    try:
        context.fire(certificate_id, "suspend", reason="data_changed", by=_SYSTEM)
    except WrongState:
        return False
    return True
