"""The letters of an institution to its units: the archive of both sides, and the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for

from handlers.kit.roles import COORDINATOR, OFFICER
from handlers.unit_letters import archive, drawing, rehearsal
from handlers.unit_letters.drawing import LetterNumber
from handlers.unit_letters.unit_letter import WORKFLOW, place_of
from states.cases.requests.unit_letter import UnitLetter
from states.kit.reference import parse
from web.gate.composition import composed
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current
from web.institution.blueprint import blueprint
from web.institution.subtree import own_institution
from web.kit.decision import DecisionForm, decide, decision_shown, find_proposal
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue
    from sqlalchemy import Row

    from web.kit.reading import CaseRecord

DECISIONS = "any(approve, refuse, withdraw):trigger"
SENDING = "approved"

WORDINGS = {
    "renewal": _("Yenileme başvurularının zamanında yapılması"),
    "consent": _("e-onay verilmesi"),
}
PURPOSES = {"action": _("Gereği"), "info": _("Bilgi")}
OUTCOMES = {
    "sent": _("Gönderildi"),
    "unread": _("Arşivinde; yazılacak yetkilisi yok"),
    "closed": _("Kapandı; gönderilmedi"),
    None: _("Sırada"),
}
MESSAGES = {
    "written": _("gönderilmeyi bekliyor"),
    "handed_over": _("sunucuya verildi"),
    "delivered": _("teslim edildi"),
    "bounced": _("geri döndü"),
    "given_up": _("gönderilemedi"),
    "not_sent": _("yalnız sayfada"),
}


@blueprint.get("/kurum/yazilar")
@allow(COORDINATOR)
def letters() -> ResponseReturnValue:
    """List what the institution has written to its units, and what was written to it."""
    institution = own_institution()
    if institution is None:
        return render_template("institution/unassigned.html")
    with composed().database.connect() as connection:
        sent = archive.sent_by(connection, institution.id)
        received = archive.received_by(connection, institution.id)
    return render_template(
        "institution/letters.html",
        institution=institution,
        sent=sent,
        received=received,
        number_of=number_of,
        purposes=PURPOSES,
        definition=composed().library.workflow(WORKFLOW),
    )


@blueprint.get("/kurum/yazi-taslaklari")
@allow(OFFICER)
def waiting_letters() -> ResponseReturnValue:
    """List the drafts that wait for a second person, for the institutions that have no other."""
    with composed().database.connect() as connection:
        found = archive.waiting(connection)
    return render_template("institution/letters_waiting.html", letters=found)


@blueprint.get("/kurum/yazilar/<reference>")
@allow(COORDINATOR, OFFICER)
def letter(reference: str) -> ResponseReturnValue:
    """Show a letter to who wrote it and to who decides: words, counts, units, decision."""
    return _page(own_letter(reference), DecisionForm(formdata=None))


@blueprint.post(f"/kurum/yazilar/<reference>/<{DECISIONS}>")
@allow(COORDINATOR, OFFICER)
def decide_letter(reference: str, trigger: str) -> ResponseReturnValue:
    """Approve, refuse or withdraw a draft."""
    found, form = own_letter(reference), DecisionForm()
    status = decide(found, trigger, form)
    if status:
        return _page(found, form), status
    return redirect(url_for("institution.letter", reference=found.reference))


@blueprint.get("/kurum/gelen-yazilar/<reference>")
@allow(COORDINATOR)
def received_letter(reference: str) -> ResponseReturnValue:
    """Show a letter to a unit that got it, with its own list."""
    found = received(reference)
    return render_template(
        "institution/letter_received.html",
        letter=found,
        number=number_of(found),
        purposes=PURPOSES,
    )


def own_letter(reference: str) -> CaseRecord:
    """Return a letter of the coordinator's own institution, or any to an officer; UnknownCase."""
    found = find_proposal(reference, WORKFLOW)
    actor = current().actor
    with composed().database.connect() as connection:
        place = place_of(connection, actor.name)
    if OFFICER not in actor.roles and place != found.row["institution_id"]:
        raise UnknownCase(case=reference[:40])
    return found


def received(reference: str) -> Row[Any]:
    """Return a letter that the coordinator's own institution got; UnknownCase for any other."""
    try:
        workflow, number = parse(reference)
    except ValueError:
        raise UnknownCase(case=reference[:40]) from None
    place = own_institution()
    found = None
    if workflow == WORKFLOW and place is not None:
        with composed().database.connect() as connection:
            found = archive.one_received(connection, number, place.id)
    if found is None:
        raise UnknownCase(case=reference)
    return found


def number_of(row: Row[Any]) -> str:
    """Return the number of a letter as it stands on it, "" before it has one."""
    if row.number is None:
        return ""
    return str(LetterNumber(row.sender_code, day_in_istanbul(row.taken_at).year, row.number))


def as_row(found: CaseRecord) -> UnitLetter:
    """Return a letter as its row."""
    names = UnitLetter.__table__.columns.keys()
    return UnitLetter(**{name: found.row[name] for name in names if name in found.row})


def _page(found: CaseRecord, form: DecisionForm) -> str:
    composition = composed()
    row = as_row(found)
    proposed = found.state == "proposed"
    with composition.database.connect() as connection:
        copies = archive.copies_of(connection, found.id)
        counted = rehearsal.rehearse(connection, [one.institution_id for one in copies])
        number = archive.number_and_code(connection, found.id)
    pages = drawing.pages_of(drawing.draft(composition.engine, row)) if proposed else 0
    return render_template(
        "institution/letter.html",
        **decision_shown(found, form),
        letter=row,
        contact=drawing.contact_line(row),
        copies=copies,
        counted=counted,
        pages=pages,
        number=number,
        done=sum(one.outcome is not None for one in copies),
        sending=found.state == SENDING,
        wordings=WORDINGS,
        purposes=PURPOSES,
        outcomes=OUTCOMES,
        message_states=MESSAGES,
        coordinator=COORDINATOR in current().actor.roles,
    )
