"""The pages of the stock: what there is, a box that comes in, one box or card and its moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for

from handlers.cards.boxes import read_level, receive
from handlers.kit.roles import DESK, OPERATOR, READERS
from handlers.kit.sentences import sentence_of
from states.kit.invalid import Invalid
from states.kit.reference import reference as reference_of
from web.gate.composition import composed
from web.gate.errors import status_of, told
from web.gate.language import gettext, language, spoken
from web.gate.permissions import allow, may_open
from web.gate.session import current
from web.kit.batches import messages as bulk_words
from web.kit.formats import number
from web.kit.people import names_of
from web.kit.reading import timeline
from web.office.blueprint import blueprint
from web.office.stock import reading
from web.office.stock.forms import BoxForm, ChosenCards, form_of
from workflow.model.refusal import Refused, RoleNotAllowed, UnknownTrigger
from workflow.present.sentences import reason_words

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.kit.reading import CaseRecord
    from web.office.stock.forms import StockMove
    from workflow.model.definition import Definition, Transition

MADE_HERE = frozenset({"count", "send_back", "close", "spoil", "lose", "set_aside", "destroy"})
"""The moves that people make on these pages: every other one of a card follows its application."""

TOGETHER = {"set_aside": "spoilt", "destroy": "to_be_destroyed"}
"""The moves that are made of several cards at once, and where those cards stand."""


@blueprint.get("/ofis/stok")
@allow(*READERS)
def stock() -> ResponseReturnValue:
    """Show boxes and counts, warn of a low stock, and list what is to be destroyed."""
    composition = composed()
    limit = composition.settings.stock_low
    with composition.database.connect() as connection:
        level = read_level(connection)
        boxes = reading.read_boxes(connection)
        counts = reading.read_counts(connection)
        aside = {move: reading.read_aside(connection, state) for move, state in TOGETHER.items()}
    card = composition.library.workflow("card")
    actors = {one.actor for cards in aside.values() for one in cards}
    return render_template(
        "office/stock.html",
        boxes=boxes,
        counts=counts,
        level=level,
        limit=limit,
        aside=aside,
        names=names_of(composition.database, sorted(actors)),
        why=lambda move, reason: reason_words(card, move, reason or "", language()),
        box=composition.library.workflow("box"),
        card=card,
        may={move: _may(card, move) for move in TOGETHER},
        receives=OPERATOR in current().actor.roles,
    )


def _may(definition: Definition, name: str) -> bool:
    return bool(current().actor.roles & set(definition.transitions[name].by))


@blueprint.post("/ofis/stok/ara")
@allow(*READERS)
def find_card() -> ResponseReturnValue:
    """Lead to the card of a printed number."""
    typed = request.form.get("numara", "")[:100]
    with composed().database.connect() as connection:
        found = reading.card_by_number(connection, typed)
    if found is None:
        flash(
            gettext("“%(number)s” numaralı kart stokta hiç olmadı.", number=typed.strip()), "info"
        )
        return redirect(url_for("office.stock"))
    return redirect(url_for("office.stock_item", reference=found))


@blueprint.get("/ofis/stok/kutu")
@allow(OPERATOR)
def new_box() -> ResponseReturnValue:
    """Ask what stands on a box that came in."""
    return render_template("office/stock_box.html", form=BoxForm(formdata=None))


@blueprint.post("/ofis/stok/kutu")
@allow(OPERATOR)
def receive_box() -> ResponseReturnValue:
    """Take a box in, which somebody else counts."""
    form = BoxForm()
    box = form.box() if form.validate_on_submit() else None
    if box is None:
        return render_template("office/stock_box.html", form=form), 422
    composition = composed()
    try:
        case_id = receive(composition.engine, current().actor, box)
    except Invalid as invalid:
        form.name.errors = [sentence_of(invalid, language())]
        return render_template("office/stock_box.html", form=form), 422
    except Refused as refusal:
        field = form.numbers if form.numbers.data else form.first
        field.errors = [told(refusal, composition.library.workflow("box"))]
        return render_template("office/stock_box.html", form=form), status_of(refusal)
    flash(
        gettext(
            "Kutu teslim alındı: %(number)s kart. Şimdi başka biri sayar.",
            number=number(len(box.numbers)),
        ),
        "success",
    )
    return redirect(url_for("office.stock_item", reference=reference_of("box", case_id)))


@blueprint.get("/ofis/stok/<reference>")
@allow(*READERS)
def stock_item(reference: str) -> ResponseReturnValue:
    """Show a box or a card: what it is, its history, and what may be done with it."""
    case = reading.stock_case(reference)
    composition = composed()
    entries = timeline(composition.database, case.id)
    explained = [
        one
        for one in composition.engine.explain(case.id, current().actor, workflow=case.workflow)
        if one.transition.name in MADE_HERE
    ]
    with composition.database.connect() as connection:
        of_box = case.workflow == "box"
        counts = reading.read_counts_of(connection, case.id) if of_box else {}
        application = None if of_box else reading.application_of(connection, case.id)
    return render_template(
        "office/stock_item.html",
        case=case,
        entries=entries,
        names=names_of(composition.database, [entry.actor for entry in entries]),
        why=lambda entry: reason_words(
            case.definition, entry.trigger, entry.body["reason"] or "", language()
        ),
        counts=counts,
        card=composition.library.workflow("card"),
        application=application if may_open("office.case") else None,
        box=_box_of(case),
        allowed=[one.transition for one in explained if one.refusal is None],
        blocked=[
            (one.transition, told(one.refusal, case.definition))
            for one in explained
            if one.refusal is not None and not isinstance(one.refusal, RoleNotAllowed)
        ],
    )


def _box_of(case: CaseRecord) -> CaseRecord | None:
    if case.workflow == "box":
        return None
    return reading.stock_case(reference_of("box", int(case.row["box_id"])))


@blueprint.get("/ofis/stok/<reference>/<trigger>")
@allow(*DESK)
def stock_move(reference: str, trigger: str) -> ResponseReturnValue:
    """Show the page of one move; what cannot be made now is told on the page before."""
    case = reading.stock_case(reference)
    move = _move(case, trigger)
    return _move_page(case, move, form_of(move)(formdata=None, seen=str(case.version)))


@blueprint.post("/ofis/stok/<reference>/<trigger>")
@allow(*DESK)
def make_stock_move(reference: str, trigger: str) -> ResponseReturnValue:
    """Make a move of a box or a card."""
    case = reading.stock_case(reference)
    move = _move(case, trigger)
    form = form_of(move)()
    if not form.validate_on_submit():
        if form.seen.errors:
            abort(400)
        return _move_page(case, move, form), 422
    try:
        moved = composed().engine.fire(
            case.id, trigger, current().actor, form.payload(), int(form.seen.data),
            form.stated_reason(), workflow=case.workflow,
        )  # fmt: skip
    except Refused as refusal:
        page = _move_page(case, move, form, told(refusal, case.definition))
        return page, status_of(refusal)
    title = spoken(case.definition.states[moved.state].title)
    flash(
        gettext("%(move)s: yapıldı. Yeni durum: %(state)s.", move=spoken(move.title), state=title),
        "success",
    )
    return redirect(url_for("office.stock_item", reference=case.reference))


def _move(case: CaseRecord, name: str) -> Transition:
    move = case.definition.transitions.get(name)
    if move is None or name not in MADE_HERE:
        raise UnknownTrigger(trigger=name, workflow=case.workflow)
    return move


def _move_page(case: CaseRecord, move: Transition, form: StockMove, refusal: str = "") -> str:
    return render_template(
        "office/stock_move.html", case=case, move=move, form=form, refusal=refusal
    )


@blueprint.post("/ofis/stok/secilen/<any(set_aside, destroy):trigger>")
@allow(*DESK)
def move_chosen(trigger: str) -> ResponseReturnValue:
    """Set several spoilt cards aside, or state that several were destroyed."""
    form = ChosenCards()
    if not form.validate_on_submit():
        abort(400)
    composition = composed()
    definition = composition.library.workflow("card")
    chosen = reading.ids_of((form.cards.data or [])[: reading.SHOWN_CARDS])
    title = spoken(definition.transitions[trigger].title)
    if not chosen:
        flash(gettext("Önce kartları seçiniz; hiçbir kart değişmedi."), "info")
        return redirect(url_for("office.stock"))
    tally = composition.engine.fire_many("card", trigger, current().actor, chosen)
    if tally.moved:
        flash(
            gettext(
                "%(move)s: %(number)s kart için yapıldı.", move=title, number=number(tally.moved)
            ),
            "success",
        )
    for code, cards in tally.refused.items():
        said = bulk_words.reason_of(definition, definition.transitions[trigger], code)
        flash(
            gettext(
                "%(move)s: %(number)s kart için yapılmadı. %(why)s",
                move=title,
                number=number(cards),
                why=said,
            ),
            "danger",
        )
    return redirect(url_for("office.stock"))
