"""Who has how much in hand, and giving cases to a colleague."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from handlers.desk import absences, assignment, heads
from handlers.desk.claims import user_id
from handlers.kit.roles import DESK
from states.kit.invalid import Invalid
from states.kit.reference import parse, read_number
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext, ngettext
from web.gate.permissions import allow
from web.gate.session import current, signed_in
from web.kit.cases import case_of
from web.office.blueprint import blueprint
from web.office.queues.pages import role_at_desk
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flask.typing import ResponseReturnValue
    from sqlalchemy import Row

    from handlers.desk.assignment import Load
    from workflow.model.refusal import WorkflowError

MOST_PICKED = 200
"""Cases that are given at once; a page of a list has fewer."""


def loads() -> list[Load]:
    """Return what each colleague of one's role has in hand, oneself among them."""
    with composed().database.connect() as connection:
        return assignment.loads(connection, role_at_desk(), today())


def today() -> date:
    """Return the day of the office."""
    return day_in_istanbul(composed().clock.now())


def colleagues() -> list[Load]:
    """Return to whom a case may be given: everybody else of one's role who is there today."""
    me = user_id(current().actor)
    return [one for one in loads() if one.user_id != me and one.away_until is None]


@blueprint.app_template_global()
def leads_desk() -> bool:
    """Say whether the reader is the head of their desk."""
    person = signed_in()
    if person is None or person.actor.roles.isdisjoint(DESK):
        return False
    with composed().database.connect() as connection:
        return heads.leads(connection, user_id(person.actor), role_at_desk())


@blueprint.app_template_global()
def desk_colleagues() -> list[Load]:
    """Return to whom the head of a desk may give the cases of a list, oneself among them."""
    return [one for one in loads() if one.away_until is None]


@blueprint.get("/is-yuku")
@allow(*DESK)
def workload() -> ResponseReturnValue:
    """Show the cases in hand of everybody in one's role, and who is away when."""
    return render_template(
        "office/workload.html",
        loads=loads(),
        absences=_coming(),
        me=user_id(current().actor),
    )


def _coming() -> Sequence[Row[*tuple[object, ...]]]:
    with composed().database.connect() as connection:
        return absences.coming(connection, role_at_desk(), today())


@blueprint.get("/is/<reference>/ver")
@allow(*DESK)
def assign_page(reference: str) -> ResponseReturnValue:
    """Ask to whom a case is given."""
    case = case_of(reference)
    if case.workflow != "application":
        abort(404)
    return render_template("office/assign.html", case=case, loads=colleagues())


@blueprint.post("/is/<reference>/ver")
@allow(*DESK)
def assign(reference: str) -> ResponseReturnValue:
    """Give a case to a colleague."""
    case, colleague = case_of(reference), read_number(request.form.get("kime", ""))
    if case.workflow != "application":
        abort(404)
    if colleague is None:
        abort(400)
    try:
        assignment.assign(composed().engine, case.id, current().actor, colleague)
    except RuleFailed as error:
        flash(told(error, case.definition), "danger")
    else:
        flash(gettext("Başvuru görevliye verildi."), "success")
    return redirect(url_for("office.case", reference=case.reference))


@blueprint.post("/is-yuku/ver")
@allow(*DESK)
def assign_several() -> ResponseReturnValue:
    """Give the cases that are ticked in a list to a colleague."""
    colleague = read_number(request.form.get("kime", ""))
    named = request.form.getlist("basvuru")
    if colleague is None or len(named) > MOST_PICKED:
        abort(400)
    if not named:
        flash(gettext("Listede başvuru işaretleyiniz."), "warning")
    ids = sorted({_number(text) for text in named})
    _tell(len(ids), assignment.assign_many(composed().engine, ids, current().actor, colleague))
    return redirect(url_for("office.workload"))


def _number(text: str) -> int:
    try:
        workflow, number = parse(text)
    except Invalid:
        abort(400)
    return number if workflow == "application" else abort(400)


def _tell(asked: int, refusals: list[WorkflowError]) -> None:
    """Say how many cases were given, and why the others were not."""
    given = asked - len(refusals)
    if given:
        words = ngettext(
            "%(num)s başvuru görevliye verildi.", "%(num)s başvuru görevliye verildi.", given
        )
        flash(words, "success")
    definition = composed().library.workflow("application")
    for why, cases in Counter(told(one, definition) for one in refusals).items():
        flash(gettext("%(cases)s başvuru verilemedi: %(why)s", cases=cases, why=why), "danger")
