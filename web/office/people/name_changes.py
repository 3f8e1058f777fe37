"""The pages of names that wait for a second officer: the list, one of them, the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from handlers.kit.roles import OFFICER
from handlers.people import changes
from handlers.people.contact_asking import WORKFLOW
from handlers.people.contact_wish import ContactWish
from states.cases.contact_change import ContactChange
from states.kit.reference import read_number
from states.people.person import Person
from web.gate.composition import composed
from web.gate.permissions import allow
from web.kit.decision import DecisionForm, decide, decision_shown, find_proposal
from web.office.blueprint import blueprint
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord

PER_PAGE = 50
"""Rows of a page of the list; more are reached by the keyset ``sonra``."""

DECISIONS = "any(approve, refuse, take_back):trigger"


@dataclass(frozen=True, slots=True)
class ProposedName:
    """One line of the list: the case, the name as it is, until when it is to be decided."""

    id: int
    reference: str
    name: str
    due_at: datetime | None


@blueprint.get("/ad-degisiklikleri")
@allow(OFFICER)
def name_changes() -> ResponseReturnValue:
    """List the names that wait for a second officer, the oldest first."""
    found = _proposed(read_number(request.args.get("sonra", "")) or 0)
    more = found[PER_PAGE - 1].id if len(found) > PER_PAGE else None
    return render_template("office/name_changes.html", rows=found[:PER_PAGE], more=more)


def _proposed(after: int) -> list[ProposedName]:
    query = (
        select(
            ContactChange.id, ContactChange.reference, Person.given_name, Person.surname,
            ContactChange.due_at,
        )
        .join(Person, Person.id == ContactChange.person_id)
        .where(ContactChange.state == "proposed", ContactChange.id > after)
        .order_by(ContactChange.id)
        .limit(PER_PAGE + 1)
    )  # fmt: skip
    with composed().database.connect() as connection:
        return [
            ProposedName(row.id, row.reference, f"{row.given_name} {row.surname}", row.due_at)
            for row in connection.execute(query)
        ]


@blueprint.get("/ad-degisikligi/<reference>")
@allow(OFFICER)
def name_change(reference: str) -> ResponseReturnValue:
    """Show a name that was proposed, by which document, and what this officer may decide."""
    return _page(_named(reference), DecisionForm(formdata=None))


@blueprint.post(f"/ad-degisikligi/<reference>/<{DECISIONS}>")
@allow(OFFICER)
def decide_name(reference: str, trigger: str) -> ResponseReturnValue:
    """Approve or refuse a name, or take one's own proposal back."""
    case, form = _named(reference), DecisionForm()
    status = decide(case, trigger, form)
    if status:
        return _page(_named(reference), form), status
    return redirect(url_for("office.name_change", reference=case.reference))


def _named(quoted: str) -> CaseRecord:
    """Return the change of a name of a reference; of anything else there is nothing to see."""
    case = find_proposal(quoted, WORKFLOW)
    if case.row["field"] != "name":
        raise UnknownCase(case=quoted)
    return case


def _page(case: CaseRecord, form: DecisionForm) -> str:
    composition = composed()
    wish = ContactWish.opened(composition.engine.services.vault, case.row["sealed"])
    with composition.database.connect() as connection:
        known = changes.known_of(connection, case.row["person_id"])
    return render_template(
        "office/name_change.html",
        **decision_shown(case, form),
        known=known,
        wanted=wish.values if wish else None,
        proofs=changes.PROOFS,
    )
