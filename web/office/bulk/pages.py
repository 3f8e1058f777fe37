"""The pages of bulk moves: from a filter to a rehearsal, a run and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, redirect, render_template, request, url_for

from handlers.kit.roles import ADMINISTRATOR, AUDITOR, DESK, HOUSE, OVERSEERS
from states.kit.reference import MAX_ID, read_number, reference
from web.gate.composition import composed
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current, polled
from web.kit.batches import messages as bulk_words
from web.kit.batches import page as bulk_page
from web.kit.batches import view
from web.kit.batches.making import prepare
from web.kit.people import names_of
from web.office.blueprint import blueprint
from web.office.bulk import entry as bulk_entry
from web.office.bulk.entry import WhyForm
from workflow.running import batch as batches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from states.cases.batch import Batch
    from workflow.model.actor import Actor


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    """Give the lists the form that the boxes of their rows belong to, and its moves."""
    return {
        "bulk_form": "toplu",
        "bulk_moves": bulk_entry.offered,
        "offers_deliveries": bulk_entry.offers_deliveries,
    }


@blueprint.post("/toplu")
@allow(*DESK)
def make_bulk() -> ResponseReturnValue:
    """Make a batch of what a list's form asks for; first ask why, where the move wants it."""
    entry = bulk_entry.read()
    form = WhyForm().for_move(entry.move)
    if entry.move.reason != "none":
        if "reason" not in request.form:
            return _ask(entry, WhyForm(formdata=None).for_move(entry.move))
        if not form.complete(entry.move):
            return _ask(entry, form), 422
    return _make(entry, form)


def _make(entry: bulk_entry.BulkRequest, form: WhyForm) -> ResponseReturnValue:
    try:
        number = prepare(entry.wish(form.stated()), entry.selection())
    except batches.BatchEmpty:
        return _ask(entry, form, bulk_words.EMPTY), 422
    except batches.BatchTooLarge:
        return _ask(entry, form, bulk_words.too_large()), 422
    return redirect(url_for("office.bulk", number=number))


def _ask(entry: bulk_entry.BulkRequest, form: WhyForm, problem: str = "") -> str:
    return render_template(
        "office/bulk_why.html",
        entry=entry,
        move=entry.move,
        cases=entry.cases(),
        words=entry.words(),
        definition=bulk_entry.definition(),
        field=bulk_words.FIELDS.get(entry.scope),
        named=[reference(bulk_entry.WORKFLOW, case_id) for case_id in entry.ids],
        form=form,
        problem=problem,
        scopes=bulk_words.SCOPES,
    )


@blueprint.get("/toplu")
@allow(*HOUSE)
def bulk_list() -> ResponseReturnValue:
    """List one's batches, newest first; auditors and administrators see everybody's."""
    actor = current().actor
    before = request.args.get("once", "")
    found, following = bulk_page.mine(
        composed().database,
        None if _reads_all(actor) else actor.name,
        read_number(before) or MAX_ID,
    )
    return render_template(
        "office/bulk_list.html",
        batches=found,
        following=following,
        paged=bool(before),
        workflows=composed().library.current,
        names=names_of(composed().database, [batch.actor for batch in found]),
        words=bulk_words,
        reads_all=_reads_all(actor),
    )


def _reads_all(actor: Actor) -> bool:
    return bool(actor.roles & set(OVERSEERS))


def _batch(number: int) -> Batch:
    """Return a batch that the person may see; 404 alike for others' and for none."""
    batch = batches.read(composed().database, number) if number <= MAX_ID else None
    actor = current().actor
    if batch is None or (batch.actor != actor.name and not _reads_all(actor)):
        abort(404)
    return batch


@blueprint.get("/toplu/<int:number>")
@allow(*HOUSE)
def bulk(number: int) -> ResponseReturnValue:
    """Show a batch: its rehearsal, how far it is, or what came of it."""
    return _show(number)


@blueprint.get("/toplu/<int:number>/izle")
@allow(*HOUSE)
@polled
def watch_bulk(number: int) -> ResponseReturnValue:
    """Show the same to a browser that reloads by itself, which never prolongs the session."""
    return _show(number)


def _show(number: int) -> str:
    batch = _batch(number)
    found, actor = view.view_of(batch), current().actor
    return render_template(
        "office/bulk.html",
        batch=batch,
        move=found.definition.transitions.get(batch.trigger),
        definition=found.definition,
        groups=found.groups,
        tried=found.tried,
        open=found.open,
        lines=found.lines,
        following=found.following,
        code=found.code,
        words=bulk_words,
        name=names_of(composed().database, [batch.actor])[batch.actor],
        own=batch.actor == actor.name,
        opens_cases=ADMINISTRATOR not in actor.roles,
        reads_journal=AUDITOR in actor.roles,
    )


@blueprint.get("/toplu/<int:number>/durum")
@allow(*HOUSE)
@polled
def bulk_state(number: int) -> ResponseReturnValue:
    """Say how far a batch is, for the page that waits; asking never prolongs the session."""
    return view.progress(_batch(number))


@blueprint.get("/toplu/<int:number>/sonuc.csv")
@allow(*HOUSE)
def bulk_takeout(number: int) -> ResponseReturnValue:
    """Hand out what came of every case of a batch as CSV."""
    batch = _batch(number)
    definition = composed().library.workflow(batch.workflow)
    lines = bulk_page.takeout(composed().database, batch, definition)
    answer = Response(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="toplu-is-{batch.id}.csv"'
    return answer


TOLD: Mapping[str, str] = {
    "baslat": _("Toplu iş başlatıldı."),
    "duraklat": _("Toplu iş duraklatıldı; eldeki başvurular bitince durur."),
    "surdur": _("Toplu iş sürüyor."),
    "durdur": _("Toplu iş durduruldu; yapılanlar geri alınmadı."),
    "vazgec": _("Toplu işten vazgeçildi; hiçbir başvuru değişmedi."),
}
"""What a maker is told of what he did with his batch."""


@blueprint.post("/toplu/<int:number>/<any(baslat, duraklat, surdur, durdur, vazgec):command>")
@allow(*DESK)
def command_bulk(number: int, command: str) -> ResponseReturnValue:
    """Start, pause, resume, stop or give up a batch; a second press changes nothing."""
    batch = _batch(number)
    view.change(batch, command, TOLD)
    return redirect(url_for("office.bulk", number=batch.id))
