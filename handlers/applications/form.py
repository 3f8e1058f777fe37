"""The application form: who may file what, the chosen method, and the frozen text."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import update

from handlers.applications import fitness, question
from handlers.applications.payloads import MethodChoice
from handlers.certificates import renamed, striking
from handlers.certificates.validity import valid_of
from handlers.consents import consent
from handlers.kit import rows
from handlers.kit.payload import checked
from handlers.papers import letters
from handlers.papers.letters import sheets
from signing.app.purpose import FORM_REASON
from signing.cms import pades
from states.cases.certificate import Certificate
from states.kit.text import normal
from states.people.institution import Institution
from states.people.person import Person
from workflow.model.actor import system
from workflow.model.registry import action, check
from workflow.model.verdict import ALLOW, deny

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

    from handlers.kit.context import Context
    from workflow.model.definition import Definition, Text
    from workflow.model.verdict import Verdict

METHOD_TITLES = {
    "e_onay": "elektronik onaylı",
    "e_imza": "elektronik imzalı",
    "wet_signature": "ıslak imzalı",
    "in_person": "yüz yüze, ıslak imzalı",
}
NONE = "yok"
"""What stands in the form where there is nothing to write."""

LONGEST_ADDRESS = 500
_SYSTEM = system("form")


@check
def fileable(context: Context) -> Verdict:
    """Allow an application whose kind fits the certificate it replaces."""
    kind = context.definition.kinds.get(str(context.case.get("kind")))
    if kind is None:
        return deny("form.unknown_kind", kind=str(context.case.get("kind")))
    old = _old_certificate(context)
    if old is not None:
        if old.person_id != context.case["person_id"]:
            return deny("form.old_certificate_of_other_person")
        if context.case["kind"] == "first":
            return deny("form.not_first")
        if old.state in {"reserved", "void"} and not striking.spared(context, old):
            return deny("form.old_certificate_never_made")
    return fitness.refused_kind(context)


def _old_certificate(context: Context) -> Certificate | None:
    return rows.find(context.connection, Certificate, context.case.get("old_certificate_id"))


@action
def place(context: Context) -> None:
    """Give the application its person's institution, unless filed with one, and its list keys.

    A kind that takes no certificate's place is about none, whatever it was filed with.
    """
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    old = None if kind["old_certificate"] == "none" else _old_certificate(context)
    context.update(
        old_certificate_id=old.id if old else None,
        institution_id=context.case.get("institution_id") or person.institution_id,
        old_ends_on=old.ends_on if old else None,
        applicant_key=person.sort_key,
    )


@check
def complete(context: Context) -> Verdict:
    """Allow the choice of a method that the kind offers, by a person who can be reached."""
    if context.rehearsal:
        return ALLOW
    kind = context.definition.kinds[rows.text(context.case, "kind")]
    method = MethodChoice.of(context.payload).method
    if method not in METHOD_TITLES:
        return deny("form.method_missing")
    if method not in cast("tuple[str, ...]", kind["methods"]):
        return deny("form.method_not_allowed", kind=context.case["kind"], method=method)
    for verdict in (question.may_choose(context), _reachable(context)):
        if not verdict.allows:
            return verdict
    return _possible(context, method)


def _reachable(context: Context) -> Verdict:
    """Refuse an address that is missing, too long, or that no document could show."""
    verdict = deliverable(_address(context))
    if not verdict.allows:
        return verdict
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    institution = rows.find(context.connection, Institution, person.institution_id)
    if institution is not None and institution.closed_on is not None:
        return deny("form.institution_closed", institution=institution.name)
    shown = {
        "Ad soyad": person.name,
        "Kurum": institution.name if institution else "",
        "E-posta": person.email or "",
    }
    fault = next((field for field, text in shown.items() if not sheets.settable(text)), None)
    return deny("form.unprintable", field=fault) if fault else ALLOW


def deliverable(address: str) -> Verdict:
    """Allow an address (in normal form) that a card can be sent to and a document can show."""
    if not address:
        return deny("form.address_missing")
    if len(address) > LONGEST_ADDRESS:
        return deny("form.address_too_long", longest=LONGEST_ADDRESS)
    return ALLOW if sheets.settable(address) else deny("form.unprintable", field="Teslimat adresi")


def _possible(context: Context, method: str) -> Verdict:
    """Refuse now what the rules after the choice would let hang in ``method_chosen``."""
    if method == "e_imza":
        person_id = context.case["person_id"]
        signs = valid_of(context.connection, person_id, context.now, signs=True)
        if not signs:
            return deny("form.no_valid_certificate")
    verdict = fitness.refused_method(context, method)
    return renamed.refused(context, method) if verdict.allows else verdict


def _address(context: Context) -> str:
    """Return the address that the person hands in, or else the one already known.

    Nobody else may send a card to another place.
    """
    given = MethodChoice.of(context.payload).address or ""
    own = context.actor.person_id == context.case["person_id"]
    if own and given.strip():
        return normal(given)
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    return normal(person.address or "")


@action(writes=("method",))
def choose(context: Context) -> None:
    """Keep method, address, the person's institution of today, and what the person so approves.

    Where the form was before the person, their own choice of e-onay is their approval on the e-onay
    that is in force now, and on no later one.
    """
    choice = MethodChoice.of(context.payload)
    method = checked(choice.method)
    address = _address(context)
    context.connection.execute(
        update(Person).where(Person.id == context.case["person_id"]).values(address=address)
    )
    own = context.actor.person_id == context.case["person_id"]
    chosen = method == "e_onay" and own and choice.shown
    consent_id = consent.usable_id(context) if chosen else None
    person = rows.fetch(context.connection, Person, context.case["person_id"])
    context.update(
        method=method,
        delivery_address=address,
        institution_id=person.institution_id,
        consent_id=consent_id,
    )
    context.note(method=method)


@action(writes=("method",))
def to_paper(context: Context) -> None:
    """Turn the application to the paper way, for no other is left."""
    _turn(context, "wet_signature")


@action(writes=("method",))
def to_desk(context: Context) -> None:
    """Turn the application to the way by which the person comes to the desk."""
    _turn(context, "in_person")


def _turn(context: Context, method: str) -> None:
    context.note(method_before=rows.optional_text(context.case, "method"))
    context.update(method=method)


@action
def freeze(context: Context) -> None:
    """Draw form and commitment once more and keep their bytes: they are what is approved.

    For e-imza the PDF is made ready for the signature, so that the card signs this very file.
    """
    values = form_values(context.connection, context.definition, context.case)
    made = _made(values, rows.text(context.case, "method"), context.now, context.services.site)
    sha256 = letters.keep(context.connection, made, rows.number(context.case, "person_id"))
    context.update(form_sha256=sha256, paper=None)
    context.document(sha256)


def _made(values: Mapping[str, str], method: str, now: datetime, site: str) -> letters.Made:
    template, code = letters.APPLICATION_FORM, letters.new_verification_code()
    on_paper = {**values, "by_hand": method in renamed.BY_HAND}
    pdf = sheets.typeset(template, code, now, on_paper, site)
    if method == "e_imza":
        pdf = pades.prepare(pdf, name=values["name"], reason=FORM_REASON, at=now)
    words = letters.draw(template, code, now, values).decode()
    return letters.Made(template, code, now, pdf, letters.PDF_TYPE, words)


def form_values(
    connection: Connection, definition: Definition, case: Mapping[str, object]
) -> dict[str, str]:
    """Return what stands in the form, from the facts of this moment."""
    person = rows.fetch(connection, Person, case["person_id"])
    institution = rows.find(connection, Institution, case.get("institution_id"))
    old = rows.find(connection, Certificate, case.get("old_certificate_id"))
    kind = definition.kinds[rows.text(case, "kind")]
    return {
        "reference": rows.text(case, "reference"),
        "kind_title": cast("Text", kind["title"]).tr,
        "method_title": METHOD_TITLES[rows.text(case, "method")],
        "old_certificate": _described(old, old.ends_on if old else None),
        "name": person.name,
        "tckn_masked": person.tckn_masked,
        "institution": institution.name if institution else NONE,
        "address": rows.optional_text(case, "delivery_address") or NONE,
        "email": person.email or NONE,
        "phone": person.phone or NONE,
    }


def old_as_stated(connection: Connection, case: Mapping[str, object]) -> str:
    """Return what stood in the form of the old certificate before it was seen."""
    old = rows.find(connection, Certificate, case.get("old_certificate_id"))
    return _described(old, (old.stated_ends_on or old.ends_on) if old else None)


def _described(old: Certificate | None, ends_on: date | None) -> str:
    if old is None:
        return NONE
    end = f", {letters.short_date(ends_on)} tarihine kadar" if ends_on else ""
    return f"{old.reference} ({old.serial}){end}"


@check
def no_other_open(context: Context) -> Verdict:
    """Allow when this application still fits and no other would meet the same need.

    Another one of the same kind for the same certificate always stands in the way; one of another
    kind for it does once it is approved (EN 319 411-1, 6.2.2: checked again at production).
    """
    verdict = fitness.refused_again(context)
    if verdict.allows:
        verdict = renamed.needed(context)  # which definitions of before do not name
    if not verdict.allows:
        return verdict
    reference = fitness.other_open(context)
    return ALLOW if reference is None else deny("form.other_open", reference=reference)


@action(fires=("application.give_way",))
def take_place(context: Context) -> None:
    """Close the renewals of the certificate that this application ends, each with a notice."""
    reference = rows.text(context.case, "reference")
    for case_id in fitness.making_way(context):
        context.fire(case_id, "give_way", reason=reference, by=_SYSTEM)
