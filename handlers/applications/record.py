"""The papers that the office itself makes after a move: drawn, sealed, kept with the case."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from handlers.applications.form import NONE
from handlers.consents.resting import newest_report
from handlers.kit import rows
from handlers.papers import letters
from handlers.papers.letters import sheets
from signing.cms.container import read
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.papers.document import Document
from states.papers.signature import Signature
from states.people.institution import Institution
from states.people.person import Person
from workflow.model.clock import day_in_istanbul
from workflow.model.registry import effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from handlers.kit.context import EffectContext

OUR_NUMBER = "E-NESOFIS-710.03"
"""What the numbers of our letters begin with: ours, and 710.03 of the state's file plan."""

REASONS = {
    "consent_record": "e-onay kaydının mühürlenmesi",
    "hand_over": "Kurye teslim formunun mühürlenmesi",
    "official_letter": "Resmî yazının mühürlenmesi",
}
"""Why a paper is sealed, as it stands in its signature."""


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
    """Make the form that goes with the courier, and the letter to the person's institution."""
    with context.database.connect() as connection:
        form = _there(connection, context, letters.HAND_OVER)
        letter = _there(connection, context, letters.OFFICIAL_LETTER)
        values = _hand_over_values(connection, context)
    form = form or _make(context, letters.HAND_OVER, values)
    if letter is None and values["institution"] != NONE:
        _make(context, letters.OFFICIAL_LETTER, {**values, "form_code": form})


def _there(
    connection: Connection, context: EffectContext, template: letters.Template
) -> str | None:
    """Return the verification code of the paper that an earlier try of this effect has made."""
    made = select(Document.verification_code)
    found = connection.execute(made.where(Document.made_by == _key(context, template)))
    return found.scalar_one_or_none()


def _key(context: EffectContext, template: letters.Template) -> str:
    return f"{context.key}/{template.kind}"


def _make(context: EffectContext, template: letters.Template, values: Mapping[str, str]) -> str:
    """Draw, seal and keep a paper; the token is asked outside any transaction."""
    services = context.services
    code, shown = letters.new_verification_code(), {k: sheets.shown(v) for k, v in values.items()}
    pdf = sheets.typeset(template, code, context.now, shown, services.site)
    if services.seal is not None:
        pdf = services.seal().seal(pdf, REASONS[template.kind], context.now)
    row = {
        **letters.Made(template, code, context.now, pdf, letters.PDF_TYPE).row(),
        "person_id": context.case["person_id"],
        "case_id": context.case["id"],
        "made_by": _key(context, template),
    }
    with context.database.begin() as connection:
        # Who comes second has made the same paper; the first one stays.
        connection.execute(
            insert(Document).values(row).on_conflict_do_nothing(index_elements=["made_by"])
        )
    return code


def _consent_values(connection: Connection, context: EffectContext) -> dict[str, str]:
    case = context.case
    person = rows.fetch(connection, Person, case["person_id"])
    document = rows.fetch(connection, Document, case["document_sha256"])
    signature = rows.fetch(connection, Signature, case["signature_id"])
    report = newest_report(connection, signature.id, signature.report)
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
        "indication": str(report["indication"]),
        "policy": signature.policy,
    }


def _hand_over_values(connection: Connection, context: EffectContext) -> dict[str, str]:
    """Say what was handed over; by the entry that asks, where the card has been scrapped since."""
    case = {**context.case}
    if case["certificate_id"] != context.details.get("certificate_id", case["certificate_id"]):
        case |= context.details
        case["couriered_at"] = datetime.fromisoformat(rows.text(context.details, "handed_at"))
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
        "number": f"{OUR_NUMBER}-{case['id']}-{context.n}",
        "dated": letters.short_date(day_in_istanbul(context.now)),
        "filed": letters.short_date(day_in_istanbul(rows.moment(case, "created_at"))),
    }
