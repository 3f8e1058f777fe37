"""The pages of names that wait for a second officer: the list, one of them, the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from handlers.kit.roles import OFFICER
from handlers.people import changes
from handlers.people.contact_asking import WORKFLOW
from handlers.people.contact_wish import ContactWish
from states.cases.contact_change import ContactChange
from states.kit.invalid import Invalid
from states.kit.reference import parse, read_number
from states.people.person import Person
from web.gate.composition import composed
from web.gate.errors import status_of, told
from web.gate.language import gettext, spoken
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.people import names_of
from web.kit.reading import find_case, timeline
from web.office.blueprint import blueprint
from web.office.people.data_forms import NameDecisionForm
from workflow.model.refusal import Refused, RoleNotAllowed, UnknownCase

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
    return _page(_named(reference), NameDecisionForm(formdata=None))


@blueprint.post(f"/ad-degisikligi/<reference>/<{DECISIONS}>")
@allow(OFFICER)
def decide_name(reference: str, trigger: str) -> ResponseReturnValue:
    """Approve or refuse a name, or take one's own proposal back."""
    case, form = _named(reference), NameDecisionForm()
    if not form.validate():
        if form.surum.errors:
            abort(400)
        return _page(case, form, 422)
    try:
        composed().engine.fire(
            case.id, trigger, current().actor, None, int(form.surum.data),
            form.gerekce.data or None, workflow=WORKFLOW,
        )  # fmt: skip
    except Refused as error:
        form.gerekce.errors = [told(error, case.definition)]
        return _page(_named(reference), form, status_of(error))
    title = spoken(case.definition.transitions[trigger].title)
    flash(gettext("%(title)s: yapıldı.", title=title), "success")
    return redirect(url_for("office.name_change", reference=case.reference))


def _named(quoted: str) -> CaseRecord:
    """Return the change of a name of a reference; of anything else there is nothing to see."""
    try:
        workflow, case_id = parse(quoted)
    except Invalid:
        raise UnknownCase(case=quoted[:40]) from None
    composition = composed()
    case = find_case(composition.database, composition.library, case_id)
    if workflow != WORKFLOW or case.workflow != workflow or case.row["field"] != "name":
        raise UnknownCase(case=quoted)
    return case


def _page(case: CaseRecord, form: NameDecisionForm, status: int = 200) -> ResponseReturnValue:
    composition = composed()
    form.surum.data = str(case.version)
    moves = composition.engine.explain(case.id, current().actor, workflow=WORKFLOW)
    entries = timeline(composition.database, case.id)
    wish = ContactWish.opened(composition.engine.services.vault, case.row["sealed"])
    with composition.database.connect() as connection:
        known = changes.known_of(connection, case.row["person_id"])
    page = render_template(
        "office/name_change.html",
        case=case,
        form=form,
        known=known,
        wanted=wish.values if wish else None,
        proofs=changes.PROOFS,
        entries=entries,
        names=names_of(composition.database, [entry.actor for entry in entries]),
        allowed=[one.transition for one in moves if one.refusal is None],
        blocked=[
            (one.transition, told(one.refusal, case.definition))
            for one in moves
            if one.refusal is not None and not isinstance(one.refusal, RoleNotAllowed)
        ],
    )
    return page, status
