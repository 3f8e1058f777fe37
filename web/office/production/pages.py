"""The pages of the operator's room: the line at this moment, and the start of a tray."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import IntegerField, validators

from handlers.cards.boxes import read_level
from handlers.cards.station_queue import MAKING
from handlers.desk.claims import user_id
from handlers.kit.moves import START_PRODUCTION
from handlers.kit.roles import DESK, OPERATOR
from web.gate.composition import composed
from web.gate.language import gettext
from web.gate.language import lazy_gettext as _
from web.gate.permissions import allow
from web.gate.session import current, polled
from web.kit.batches import messages as bulk_words
from web.kit.batches.making import prepare
from web.kit.formats import number
from web.office.blueprint import blueprint
from web.office.bulk import entry as bulk_entry
from web.office.production.line import MADE, forecast, read_line
from web.office.production.queue import BANDS, COUNTED, QUEUED, read_queue, tray
from web.office.production.room import read_room
from workflow.model.clock import day_in_istanbul
from workflow.running import batch as batches
from workflow.running.batch import BatchEmpty, BatchRequest

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.office.production.queue import ProductionQueue
    from workflow.model.definition import Definition

TRAY = 200
"""Cards of a tray unless another number is typed."""

LARGEST_TRAY = 1_000
"""Cards of the largest tray: more is no tray, and a bulk move of the list takes any number."""

INSIDE = "inside"
"""The setting NES_STATION where the worker makes the cards itself."""

_RANGE = _("1 ile 1.000 arasında bir sayı yazınız.")


class TrayForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """How many cards are to be started."""

    cards = IntegerField(
        _("Kart sayısı"),
        default=TRAY,
        validators=[
            validators.InputRequired(_RANGE),
            validators.NumberRange(1, LARGEST_TRAY, message=_RANGE),
        ],
    )


@blueprint.get("/ofis/uretim")
@allow(*DESK)
def production_line() -> ResponseReturnValue:
    """Show what waits for production, what is being made now, and what came of it."""
    return _show(TrayForm(formdata=None))


@blueprint.get("/ofis/uretim/izle")
@allow(*DESK)
@polled
def watch_production() -> ResponseReturnValue:
    """Show the same to a browser that asks by itself, which never prolongs the session."""
    return _show(TrayForm(formdata=None))


@blueprint.post("/ofis/uretim/tepsi")
@allow(OPERATOR)
def start_tray() -> ResponseReturnValue:
    """Make a batch of the most urgent cases that wait, and lead to its rehearsal."""
    form = TrayForm()
    if not form.validate_on_submit():
        return _show(form), 422
    composition, actor = composed(), current().actor
    today = day_in_istanbul(composition.clock.now())
    cards = int(form.cards.data)
    chosen = tray(_definition(), today, user_id(actor), cards)
    words = [gettext("Üretim sırası, en acil %(number)s başvuru", number=number(cards))]
    found = {"scope": bulk_words.OF_TRAY, "words": words}
    wish = BatchRequest(bulk_entry.WORKFLOW, START_PRODUCTION, actor, None, found)
    try:
        batch = prepare(wish, chosen)
    except BatchEmpty:
        flash(gettext("Üretim sırasında başlatabileceğiniz başvuru yok."), "info")
        return redirect(url_for("office.production_line"))
    _warn_of_blanks(batch)
    return redirect(url_for("office.bulk", number=batch))


def _warn_of_blanks(number_of_batch: int) -> None:
    """Say so where the stock has fewer blanks than the tray has cases: each is judged alone."""
    database = composed().database
    batch = batches.read(database, number_of_batch)
    with database.connect() as connection:
        level = read_level(connection)
    if batch is not None and level.kept and level.blanks < batch.total:
        flash(
            gettext(
                "Stokta %(blanks)s boş kart var, tepside %(cases)s başvuru: "
                "prova her başvuruya tek başına bakar; kartlar bitince kalanlar sırada bekler.",
                blanks=number(level.blanks),
                cases=number(batch.total),
            ),
            "warning",
        )


def _definition() -> Definition:
    return composed().library.workflow(bulk_entry.WORKFLOW)


def _show(form: TrayForm) -> str:
    composition, definition = composed(), _definition()
    now = composition.clock.now()
    with composition.database.connect() as connection:
        queue = read_queue(connection, definition, now, day_in_istanbul(now))
        line = read_line(connection, definition, now)
        room = read_room(connection, now)
    return render_template(
        "office/production_line.html",
        now=now,
        queue=queue,
        line=line,
        room=room,
        few_blanks=room.blanks is not None and room.blanks < queue.ready,
        form=form,
        forecast=forecast(line.made, queue.ready + line.making, now),
        bands=BANDS,
        why=_why(definition, queue),
        states=[name for name in (*MAKING, *MADE) if name in line.standing],
        most=COUNTED,
        queued=QUEUED,
        definition=definition,
        demo=composition.settings.demo and composition.settings.station == INSIDE,
        starts=OPERATOR in current().actor.roles,
    )


def _why(definition: Definition, queue: ProductionQueue) -> dict[str, str]:
    """Return in words what holds the cases of the queue back, by the code of the refusal."""
    move = definition.transitions.get(START_PRODUCTION)
    return {one.code: bulk_words.reason_of(definition, move, one.code) for one in queue.held_back}
