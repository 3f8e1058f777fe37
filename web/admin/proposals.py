"""The pages of proposals: those that wait, one of them, and the decision about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for

from handlers.accounts import departure
from handlers.kit.roles import ADMINISTRATOR, OVERSEERS
from web.admin import reading
from web.admin.blueprint import blueprint
from web.gate.composition import composed
from web.gate.permissions import allow
from web.gate.session import current
from web.kit.decision import DecisionForm, decision_shown, find_proposal
from web.kit.decision import decide as decide_proposal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from states.cases.grant import RoleGrant

DECISIONS = "any(approve, refuse, withdraw):trigger"


@blueprint.get("/oneriler")
@allow(ADMINISTRATOR)
def waiting() -> ResponseReturnValue:
    """List the proposals that wait for a decision, and the newest that were decided."""
    found = reading.proposals()
    return render_template(
        "admin/proposals.html",
        waiting=reading.proposals(waiting=True),
        decided=[one for one in found if one.row.state != "proposed"],
        definition=reading.definition(),
        acts=reading.ACTS,
    )


@blueprint.get("/oneri/<reference>")
@allow(*OVERSEERS)
def proposal(reference: str) -> ResponseReturnValue:
    """Show a proposal, its past, and what this administrator may decide."""
    return _page(reference, DecisionForm(formdata=None))


@blueprint.post(f"/oneri/<reference>/<{DECISIONS}>")
@allow(ADMINISTRATOR)
def decide(reference: str, trigger: str) -> ResponseReturnValue:
    """Approve, refuse or withdraw a proposal."""
    found, form = find_proposal(reference, "grant"), DecisionForm()
    status = decide_proposal(found, trigger, form)
    if status:
        return _page(reference, form), status
    return redirect(url_for("admin.proposal", reference=found.reference))


def _page(reference: str, form: DecisionForm) -> str:
    found = find_proposal(reference, "grant")
    shown = reading.proposal(found.id)
    return render_template(
        "admin/proposal.html",
        **decision_shown(found, form),
        **_behind(shown.row),
        proposal=shown,
        acts=reading.ACTS,
        decides=ADMINISTRATOR in current().actor.roles,
    )


def _behind(row: RoleGrant) -> dict[str, object]:
    """Return what a waiting proposal would take from its account, and what a granted one took."""
    office = composed().engine
    behind, returned = None, []
    if row.user_id is not None and row.state == "proposed":
        behind = departure.behind(office, row.act, row.user_id, row.person_id)
    if row.user_id is not None and row.state == "granted":
        returned = departure.returned(office, row.user_id, row.id)
    return {"behind": behind, "returned": returned}
