"""The pages of names that wait for a second officer: the list, one of them, the decision."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy import select

from handlers.kit.reads import record_read
from handlers.kit.roles import OFFICER
from handlers.papers import scans
from handlers.papers.scans import rendering, sightings
from handlers.people import changes, name_proof
from handlers.people.contact_asking import WORKFLOW
from handlers.people.contact_wish import ContactWish
from states.cases.contact_change import ContactChange
from states.kit.invalid import Invalid
from states.kit.reference import read_number
from states.people.person import Person
from web.gate.composition import composed
from web.gate.errors import told
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.limits import limiter
from web.gate.permissions import allow
from web.gate.session import current
from web.gate.uploads import examined
from web.kit.decision import DecisionForm, decide, decision_shown, find_proposal
from web.kit.people import names_of
from web.kit.reading_purposes import PURPOSES
from web.office.blueprint import blueprint
from workflow.model.refusal import UnknownCase

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord

PER_PAGE = 50
"""Rows of a page of the list; more are reached by the keyset ``sonra``."""

MISSING = _("Yüklenecek dosyayı seçiniz.")


class ProofScanForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """One file that shows the document."""

    dosya = FileField(_("Tarama (PDF, JPEG, PNG ya da TIFF)"))


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


@blueprint.post("/ad-degisikligi/<reference>/taramalar")
@allow(OFFICER)
@limiter.limit("60 per 5 minutes")
def add_name_proof(reference: str) -> ResponseReturnValue:
    """Take in a scan of the document that proves the name."""
    case, form = _named(reference), ProofScanForm()
    if not form.validate_on_submit() or not form.dosya.data:
        form.dosya.errors = [MISSING]
        return _page(case, DecisionForm(formdata=None), form), 422
    composition = composed()
    with closing(form.dosya.data) as file:
        content = file.read(scans.LARGEST + 1)
    try:
        name_proof.keep(composition.engine, current().actor, case.id, examined(content))
    except Invalid as invalid:
        form.dosya.errors = [told(invalid)]
        return _page(case, DecisionForm(formdata=None), form), 422
    flash(gettext("Belgenin taraması eklendi."), "success")
    return redirect(url_for("office.name_change", reference=case.reference))


@blueprint.get("/ad-degisikligi/<reference>/taramalar/<int:number>/sayfa/<int:page>")
@allow(OFFICER)
def name_proof_page(reference: str, number: int, page: int) -> ResponseReturnValue:
    """Hand out one page of the document as we drew it; the read is kept."""
    case, composition = _named(reference), composed()
    with composition.database.connect() as connection:
        found = scans.page_of(connection, case.id, number, page)
    if found is None:
        abort(404)
    sha256, picture = found
    what = sightings.one_page(sha256, page)
    record_read(composition.engine, current().actor, what, PURPOSES["review"], case.subject)
    return Response(picture, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _named(quoted: str) -> CaseRecord:
    """Return the change of a name of a reference; of anything else there is nothing to see."""
    case = find_proposal(quoted, WORKFLOW)
    if case.row["field"] != "name":
        raise UnknownCase(case=quoted)
    return case


def _page(case: CaseRecord, form: DecisionForm, proof: ProofScanForm | None = None) -> str:
    composition = composed()
    wish = ContactWish.opened(composition.engine.services.vault, case.row["sealed"])
    with composition.database.connect() as connection:
        known = changes.known_of(connection, case.row["person_id"])
        kept = scans.of_case(connection, case.id)
    own = current().actor.person_id == case.subject
    return render_template(
        "office/name_change.html",
        **decision_shown(case, form),
        known=known,
        wanted=wish.values if wish else None,
        proofs=changes.PROOFS,
        scans=kept,
        uploaders=names_of(composition.database, [one.uploaded_by for one in kept]),
        takes_in=case.state == "proposed" and not own,
        proof_form=proof or ProofScanForm(formdata=None),
        megabytes=scans.LARGEST // 1024**2,
        most_pages=rendering.MOST_PAGES,
    )
