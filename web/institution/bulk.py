"""Reminding many at once: from the list of an institution to a rehearsal, a run and its result.

The batches are those of the office (`workflow.running.batch`): fixed when they are made, rehearsed,
then worked off by the worker, once for each case whatever breaks off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from handlers.kit.roles import COORDINATOR
from states.cases.certificate import Certificate
from states.kit.invalid import Invalid
from states.kit.reference import MAX_ID, parse, read_number
from states.people.institution import Institution
from states.people.person import Person
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current, polled
from web.institution import roster, roster_page
from web.institution.blueprint import blueprint
from web.institution.standing import RADAR_TITLES
from web.institution.subtree import own_institution
from web.kit.batches import messages as bulk_words
from web.kit.batches import page as bulk_page
from web.kit.batches import view
from web.kit.batches.making import prepare
from web.kit.formats import number as number_written
from workflow.model.clock import day_in_istanbul
from workflow.running import batch as batches
from workflow.running.batch import BatchRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask.typing import ResponseReturnValue

    from states.cases.batch import Batch

WORKFLOW = "certificate"
REMIND = "remind"

EMPTY = _("Hiç kimse seçilmedi. Listede en az bir kişiyi işaretleyiniz.")

TOLD: Mapping[str, str] = {
    "baslat": _("Hatırlatma başladı."),
    "duraklat": _("Hatırlatma duraklatıldı; eldeki kişiler bitince durur."),
    "surdur": _("Hatırlatma sürüyor."),
    "durdur": _("Hatırlatma durduruldu; gönderilenler geri alınmadı."),
    "vazgec": _("Vazgeçildi; kimseye hatırlatılmadı."),
}
"""What is told when a coordinator does something with a batch of theirs."""


@blueprint.post("/kurum/hatirlat")
@allow(COORDINATOR)
def remind_many() -> ResponseReturnValue:
    """Make a batch of those whom the list shows, or of those ticked in it, and rehearse it."""
    top = own_institution()
    if top is None:
        abort(403)
    scope = request.form.get("kapsam", "")
    if scope not in {bulk_words.PICKED, bulk_words.BY_FILTER}:
        abort(400)
    picked = _picked() if scope == bulk_words.PICKED else None
    unit = roster_page.asked_unit(top)
    filters = roster_page.asked(unit.path)
    if picked is not None:
        filters = roster.RosterFilter(within=top.path)
    found = {"scope": scope, "words": [] if picked is not None else _words(unit, filters)}
    wish = BatchRequest(WORKFLOW, REMIND, current().actor, None, found)
    today = day_in_istanbul(composed().clock.now())
    try:
        number = prepare(wish, roster.selection(filters, today, picked))
    except batches.BatchEmpty:
        return _back(str(EMPTY))
    except batches.BatchTooLarge:
        most = number_written(batches.MOST)
        return _back(gettext("Bir kerede en çok %(n)s kişi olabilir; filtreyi daraltınız.", n=most))
    return redirect(url_for("institution.bulk", number=number))


def _back(sentence: str) -> ResponseReturnValue:
    """Return to the list as it was filtered, and say what was wrong."""
    flash(sentence, "warning")
    query: dict[str, Any] = request.args.to_dict(flat=False)
    return redirect(url_for("institution.home", **query))


def _picked() -> list[int]:
    """Return the certificates that were ticked; 400 for what is no reference of one."""
    named = request.form.getlist("sertifika")
    if len(named) > roster.PAGE:
        abort(400)
    return [_number(text) for text in named]


def _number(text: str) -> int:
    try:
        workflow, number = parse(text)
    except Invalid:
        abort(400)
    return number if workflow == WORKFLOW else abort(400)


def _words(unit: Institution, filters: roster.RosterFilter) -> list[str]:
    """Return a filter in words; of a name only that there was one, for the batch is kept."""
    titles: dict[str, str] = {str(one): text for one, text in RADAR_TITLES.items()}
    found = [
        unit.name,
        gettext("yalnız birimin kendisi") if filters.alone else "",
        titles.get(filters.standing, ""),
        {roster.WITH: gettext("e-onayı var"), roster.WITHOUT: gettext("e-onayı yok")}.get(
            filters.consent, ""
        ),
        roster.BANDS.get(filters.band, ""),
        f"{filters.month:%m.%Y}" if filters.month else "",
        f"{filters.day:%d.%m.%Y}" if filters.day else "",
        gettext("ada göre") if filters.text else "",
    ]
    return [str(word) for word in found if word]


@blueprint.get("/kurum/toplu")
@allow(COORDINATOR)
def bulk_list() -> ResponseReturnValue:
    """List one's own batches, newest first."""
    before = read_number(request.args.get("once", "")) or MAX_ID
    found, following = bulk_page.mine(composed().database, current().actor.name, before)
    return render_template(
        "institution/bulk_list.html",
        batches=found,
        following=following,
        definition=composed().library.workflow(WORKFLOW),
        words=bulk_words,
    )


@blueprint.get("/kurum/toplu/<int:number>")
@allow(COORDINATOR)
def bulk(number: int) -> ResponseReturnValue:
    """Show a batch: its rehearsal, how far it is, or whom it has reminded and whom not."""
    return _show(number)


@blueprint.get("/kurum/toplu/<int:number>/izle")
@allow(COORDINATOR)
@polled
def watch_bulk(number: int) -> ResponseReturnValue:
    """Show the same to a browser that reloads by itself, which never prolongs the session."""
    return _show(number)


@blueprint.get("/kurum/toplu/<int:number>/durum")
@allow(COORDINATOR)
@polled
def bulk_state(number: int) -> ResponseReturnValue:
    """Say how far a batch is, for the page that waits; asking never prolongs the session."""
    return view.progress(_own(number))


@blueprint.post("/kurum/toplu/<int:number>/<any(baslat, duraklat, surdur, durdur, vazgec):command>")
@allow(COORDINATOR)
def command_bulk(number: int, command: str) -> ResponseReturnValue:
    """Start, pause, resume, stop or give up a batch; a second press changes nothing."""
    batch = _own(number)
    view.change(batch, command, TOLD)
    return redirect(url_for("institution.bulk", number=batch.id))


def _own(number: int) -> Batch:
    """Return a batch of the person signed in; 404 alike for others' and for none."""
    batch = batches.read(composed().database, number) if number <= MAX_ID else None
    if batch is None or batch.actor != current().actor.name:
        abort(404)
    return batch


def _show(number: int) -> str:
    batch = _own(number)
    found = view.view_of(batch)
    named = {line.reference for line in found.lines}
    return render_template(
        "institution/bulk.html",
        batch=batch,
        move=found.definition.transitions[batch.trigger],
        groups=found.groups,
        can=sum(group.cases for group in found.groups if group.moved),
        tried=found.tried,
        open=found.open,
        lines=found.lines,
        following=found.following,
        code=found.code,
        words=bulk_words,
        holders=_holders(named.union(*(group.samples for group in found.groups))),
    )


def _holders(references: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return number and name of the holders of certificates who are still of the subtree."""
    top = own_institution()
    if top is None:
        return {}
    query = (
        select(Certificate.reference, Person.id, Person.given_name, Person.surname)
        .join(Person, Person.id == Certificate.person_id)
        .join(Institution, Institution.id == Person.institution_id)
        .where(
            Certificate.id.in_([parse(one)[1] for one in references]),
            Institution.path.startswith(top.path, autoescape=True),
        )
    )
    with composed().database.connect() as connection:
        rows = connection.execute(query).all()
    return {row.reference: (row.id, f"{row.given_name} {row.surname}") for row in rows}
