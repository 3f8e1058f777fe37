"""Taking a case up, giving it back and taking it over, as buttons and one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from handlers.desk import claims as desk
from handlers.kit.roles import DESK
from states.kit.reference import read_number
from web.gate.composition import composed
from web.gate.errors import status_of, told
from web.gate.language import gettext
from web.gate.permissions import allow
from web.gate.session import current, signed_in
from web.kit.cases import case_of
from web.kit.people import names_of
from web.office.blueprint import blueprint
from web.office.cases import page
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who holds a case (None: nobody), by name, and what the reader may do about it."""

    holder_id: int | None
    holder: str
    mine: bool
    may_claim: bool


@blueprint.app_template_global()
def assignment_of(case: CaseRecord) -> Assignment | None:
    """Return who holds a case; None for what nobody takes up (closed, or no application)."""
    if case.workflow != "application" or case.standing.final:
        return None
    person = signed_in()
    roles = person.actor.roles if person else frozenset()
    may = any(role in roles and case.state in desk.takeable(case.definition, role) for role in DESK)
    holder = case.row["holder_id"]
    if holder is None:
        return Assignment(None, "", mine=False, may_claim=may)
    key = f"user:{holder}"
    mine = person is not None and person.actor.name == key
    return Assignment(holder, names_of(composed().database, [key])[key], mine, may and not mine)


@blueprint.post("/is/<reference>/ustlen")
@allow(*DESK)
def claim(reference: str) -> ResponseReturnValue:
    """Take a case up; when another was first, show who."""
    case = _application(reference)
    try:
        held = desk.claim(composed().engine, case.id, current().actor)
    except RuleFailed as error:
        if error.verdict.code == "desk.held":
            return _held_by_another(case_of(reference))
        return _refused(case, error)
    flash(
        gettext("Başvuru üzerinizde.") if held.changed else gettext("Başvuru zaten üzerinizde."),
        "success",
    )
    return _back(case)


@blueprint.post("/is/<reference>/birak")
@allow(*DESK)
def release(reference: str) -> ResponseReturnValue:
    """Give a case back that one holds."""
    case = _application(reference)
    if desk.release(composed().engine, case.id, current().actor):
        flash(gettext("Başvuruyu bıraktınız; başkası üzerine alabilir."), "success")
    else:
        flash(gettext("Başvuru üzerinizde değil; değişen bir şey yok."), "info")
    return _back(case)


@blueprint.get("/is/<reference>/devral")
@allow(*DESK)
def take_over(reference: str) -> ResponseReturnValue:
    """Ask before a case is taken from somebody who holds it."""
    case = _application(reference)
    assignment = assignment_of(case)
    if assignment is None or assignment.holder_id is None or assignment.mine:
        return _back(case)
    return _page(case, assignment)


@blueprint.post("/is/<reference>/devral")
@allow(*DESK)
def make_take_over(reference: str) -> ResponseReturnValue:
    """Take a case from the one who was seen to hold it."""
    case = _application(reference)
    seen = read_number(request.form.get("kimden", ""))
    if seen is None:
        abort(400)
    try:
        held = desk.take_over(composed().engine, case.id, current().actor, seen)
    except RuleFailed as error:
        if error.verdict.code == "desk.held":
            return _held_by_another(case_of(reference))
        return _refused(case, error)
    flash(
        gettext("Başvuru üzerinizde.") if held.changed else gettext("Başvuru zaten üzerinizde."),
        "success",
    )
    return _back(case)


def _application(reference: str) -> CaseRecord:
    """Return the application of a reference; 404 for a record of another kind."""
    case = case_of(reference)
    return case if case.workflow == "application" else abort(404)


def _back(case: CaseRecord) -> ResponseReturnValue:
    return redirect(url_for("office.case", reference=case.reference))


def _held_by_another(case: CaseRecord) -> ResponseReturnValue:
    """Show who holds the case by now, with the way to take it over."""
    assignment = assignment_of(case)
    if assignment is None or assignment.holder_id is None:
        return _back(case)
    return _page(case, assignment, came_late=True), 409


def _page(case: CaseRecord, assignment: Assignment, *, came_late: bool = False) -> str:
    return render_template(
        "office/take_over.html",
        case=case,
        about=page.subject(case),
        assignment=assignment,
        came_late=came_late,
    )


def _refused(case: CaseRecord, error: RuleFailed) -> ResponseReturnValue:
    reason = told(error, case.definition)
    answer = render_template("office/not_claimed.html", case=case, reason=reason)
    return answer, status_of(error)
