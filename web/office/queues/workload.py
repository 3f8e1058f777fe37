"""Who has how much in hand, and giving a case to a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from handlers.desk import assignment
from handlers.kit.roles import DESK
from states.kit.reference import read_number
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.cases import case_of
from web.office.blueprint import blueprint
from web.office.queues.pages import role_at_desk
from workflow.model.clock import day_in_istanbul
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from handlers.desk.assignment import Load


def loads() -> list[Load]:
    """Return what each colleague of one's role has in hand, oneself among them."""
    composition = composed()
    today = day_in_istanbul(composition.clock.now())
    with composition.database.connect() as connection:
        return assignment.loads(connection, role_at_desk(), today)


@blueprint.get("/is-yuku")
@allow(*DESK)
def workload() -> ResponseReturnValue:
    """Show the cases in hand of everybody in one's role."""
    return render_template("office/workload.html", loads=loads())


@blueprint.get("/is/<reference>/ver")
@allow(*DESK)
def assign_page(reference: str) -> ResponseReturnValue:
    """Ask to whom a case is given."""
    case = case_of(reference)
    if case.workflow != "application":
        abort(404)
    mine = current().actor.name
    others = [one for one in loads() if f"user:{one.user_id}" != mine]
    return render_template("office/assign.html", case=case, loads=others)


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
