"""The page of integrity: the last proof in words, the one under way, and asking for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from sqlalchemy import select

from handlers.kit.roles import AUDITOR
from states.logs.journal import JournalEntry
from web.audit import messages
from web.audit.blueprint import blueprint
from web.audit.entries import reference_of
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.permissions import allow
from web.gate.session import current, polled
from web.kit.people import names_of
from workflow.running import journal_verification

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy import Row

    from states.logs.proof import Proof


@blueprint.get("/butunluk")
@allow(AUDITOR)
def integrity() -> ResponseReturnValue:
    """Show what came of the last proof, and how far the one under way is."""
    return _page()


@blueprint.get("/butunluk/izle")
@allow(AUDITOR)
@polled
def watch_integrity() -> ResponseReturnValue:
    """Show the same to a browser that reloads by itself, which never prolongs the session."""
    return _page()


@blueprint.post("/butunluk/dogrula")
@allow(AUDITOR)
def verify() -> ResponseReturnValue:
    """Ask for a proof of the whole journal; one at a time."""
    if not journal_verification.ask(composed().engine, current().actor):
        flash(gettext("Bir doğrulama zaten istenmiş; bitince sonucu burada görünür."), "warning")
    return redirect(url_for("audit.integrity"))


def _page() -> str:
    database = composed().database
    last, under_way = (
        journal_verification.last_proof(database),
        journal_verification.open_proof(database),
    )
    found = [row.asked_by for row in (last, under_way) if row is not None]
    return render_template(
        "audit/integrity.html",
        last=last,
        under_way=under_way,
        alive=under_way is None or journal_verification.worker_alive(database),
        names=names_of(database, found),
        messages=messages,
        reference_of=reference_of,
        broken=broken_cases(last),
    )


def broken_cases(last: Row[tuple[Proof]] | None) -> dict[int, str]:
    """Return the number people quote for each case that is found, where an entry of it is left."""
    if last is None:
        return {}
    samples = [sample for found in last.differences for sample in found["samples"]]
    cases = sorted({found["case"] for found in (*last.problems, *samples)} - {0})
    if not cases:
        return {}
    entry = JournalEntry
    query = select(entry.case_id, entry.workflow).where(entry.case_id.in_(cases)).distinct()
    with composed().database.connect() as connection:
        return {case: reference_of(workflow, case) for case, workflow in connection.execute(query)}
