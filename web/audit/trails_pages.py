"""The page of approvals: for each application who approved, checked again, made and handed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for

from handlers.kit.roles import AUDITOR
from states.kit.invalid import Invalid
from states.kit.reference import parse, read_number
from web.audit import messages
from web.audit.blueprint import blueprint
from web.audit.filters import LONGEST, NAMES
from web.audit.trails import trails
from web.gate.composition import composed
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.kit.people import names_of
from workflow.model.refusal import DefinitionMissing

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.audit.trails import Trail
    from workflow.model.definition import Definition

WRONG = _("Bir başvuru numarası yazınız; örnek: B000000123.")


@blueprint.post("/onaylar")
@allow(AUDITOR)
def filter_approvals() -> ResponseReturnValue:
    """Take a number to its address; whatever else was typed, a name maybe, stands in none."""
    typed = request.form.get(NAMES["case"], "").strip()[:LONGEST]
    if _asked(typed)[1]:
        return _shown(typed)
    query: dict[str, Any] = {NAMES["case"]: typed} if typed else {}
    return redirect(url_for("audit.approvals", **query))


@blueprint.get("/onaylar")
@allow(AUDITOR)
def approvals() -> ResponseReturnValue:
    """Show the applications that were approved, newest first: each with whose hands it went by."""
    return _shown(request.args.get(NAMES["case"], "").strip()[:LONGEST])


def _shown(typed: str) -> ResponseReturnValue:
    case_id, problems = _asked(typed)
    before = read_number(request.args.get("sonra", ""))
    database = composed().database
    found, following = ([], None) if problems else trails(database, case_id, before)
    keys = {act.actor for trail in found for act in trail.acts}
    keys |= {row.actor for trail in found for row in trail.evidence}
    keys |= {f"person:{trail.case.person_id}" for trail in found}
    page = render_template(
        "audit/approvals.html",
        typed=typed,
        address={NAMES["case"]: typed} if typed else {},
        problems=problems,
        rows=found,
        following=following,
        paged="sonra" in request.args,
        names=names_of(database, keys),
        definitions=_definitions(found),
        messages=messages,
    )
    return page, 422 if problems else 200


def _asked(typed: str) -> tuple[int | None, dict[str, str]]:
    """Return the application that is asked for, or why what was typed is none."""
    if not typed:
        return None, {}
    try:
        workflow, number = parse(typed)
    except Invalid:
        return None, {NAMES["case"]: WRONG}
    return (number, {}) if workflow == "application" else (None, {NAMES["case"]: WRONG})


def _definitions(found: list[Trail]) -> dict[str, Definition]:
    """Return the definitions that the page speaks of; today's where one cannot be read."""
    library = composed().library
    known: dict[str, Definition] = {}
    for name in {act.definition for trail in found for act in trail.acts} | {
        trail.case.definition for trail in found
    }:
        try:
            known[name] = library.published(name)
        except DefinitionMissing:
            known[name] = library.current["application"]
    return known
