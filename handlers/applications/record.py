"""The papers of one case that the office makes after a move: set, sealed, kept with the case."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from handlers.applications import institution_letter
from handlers.applications.form import NONE
from handlers.consents.underlying_consent import newest_standing
from handlers.kit import rows
from handlers.papers import letters
from handlers.papers.sealed import make_paper
from signing.cms.container import read
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.papers.document import Document
from states.papers.signature import Signature
from states.people.institution import Institution
from states.people.person import Person
from workflow.model.registry import effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from handlers.kit.context import EffectContext
    from workflow.model.context import Row


@effect()
def consent(context: EffectContext) -> None:
    """Record a consent that came into force: whose, to which text, with which certificate."""
    with context.database.connect() as connection:
        if _there(connection, context, letters.CONSENT_RECORD):
            return
        values = _consent_values(connection, context)
    _make(context, letters.CONSENT_RECORD, values)


@effect()
def hand_over(context: EffectContext) -> None:
    """Make the form that goes with the courier, and note it for the letter to the institution."""
    case, key = _handed_over(context), _key(context, letters.HAND_OVER)
    with context.database.connect() as connection:
        made = _there(connection, context, letters.HAND_OVER)
        values = _hand_over_values(connection, case)
    if not made:
        _make(context, letters.HAND_OVER, values)
    institution_letter.note(context.database, case, key)


def _there(connection: Connection, context: EffectContext, template: letters.Template) -> bool:
    """Say whether an earlier try of this effect has made the paper."""
    made = select(Document.sha256).where(Document.made_by == _key(context, template))
    return connection.execute(made).scalar_one_or_none() is not None


def _key(context: EffectContext, template: letters.Template) -> str:
    return f"{context.key}/{template.kind}"


def _make(context: EffectContext, template: letters.Template, values: Mapping[str, str]) -> None:
    """Make a paper and keep it; who comes second has made the same one, and the first stays."""
    made = make_paper(context.services, template, values, context.now, context.point)
    row = {
        **made.row(),
        "person_id": context.case["person_id"],
        "case_id": context.case["id"],
        "made_by": _key(context, template),
    }
    with context.database.begin() as connection:
        connection.execute(
            insert(Document).values(row).on_conflict_do_nothing(index_elements=["made_by"])
        )


def _consent_values(connection: Connection, context: EffectContext) -> dict[str, str]:
    case = context.case
    person = rows.fetch(connection, Person, case["person_id"])
    document = rows.fetch(connection, Document, case["document_sha256"])
    signature = rows.fetch(connection, Signature, case["signature_id"])
    found = newest_standing(connection, signature.id, signature.report)
    signer = read(signature.container).certificate
    return {
        "reference": rows.text(case, "reference"),
        "terms_version": rows.text(case, "terms_version"),
        "consent_code": document.verification_code,
        "consent_sha256": document.sha256,
        "accepted_at": letters.local_time(signature.judged_at),
        "name": person.name,
        "tckn_masked": person.tckn_masked,
        "issuer": signer.issuer,
        "serial": f"{signer.serial_number:x}",
        "signer_sha256": signature.signer_sha256,
        "container_sha256": signature.container_sha256,
        "indication": found.indication.value,
        "policy": signature.policy,
    }


def _handed_over(context: EffectContext) -> Row:
    """Return the case as it was handed over: by the entry, where its card was scrapped since."""
    case = {**context.case}
    if case["certificate_id"] != context.details.get("certificate_id", case["certificate_id"]):
        case |= context.details
        case["couriered_at"] = datetime.fromisoformat(rows.text(context.details, "handed_at"))
    return case


def _hand_over_values(connection: Connection, case: Row) -> dict[str, str]:
    person = rows.fetch(connection, Person, case["person_id"])
    institution = rows.find(connection, Institution, case.get("institution_id"))
    certificate = rows.fetch(connection, Certificate, case["certificate_id"])
    card = rows.fetch(connection, Card, certificate.card_id)
    return {
        "reference": rows.text(case, "reference"),
        "tracking_number": rows.text(case, "tracking_number"),
        "handed_at": letters.local_time(rows.moment(case, "couriered_at")),
        "card": card.serial,
        "name": person.name,
        "tckn_masked": person.tckn_masked,
        "institution": institution.name if institution else NONE,
        "address": rows.text(case, "delivery_address"),
    }
