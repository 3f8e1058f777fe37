"""The way into a bulk move: which moves are offered, which cases are meant, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, request
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from wtforms import SelectField, TextAreaField, validators
from wtforms.fields import SelectChoice

from states.cases.application import Application
from states.kit.invalid import Invalid
from states.kit.reference import parse
from web.gate.composition import composed
from web.gate.language import gettext, spoken
from web.gate.language import lazy_gettext as _
from web.gate.session import current
from web.kit.batches import messages as bulk_words
from web.kit.move_form import LONGEST_REASON
from web.kit.move_forms import FORMS
from web.office.queues import filter_address
from web.office.queues.pages import QueueViewer, matching_here
from workflow.model.definition import OTHER
from workflow.running.batch import BatchRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from web.office.queues.worklist import Rows
    from workflow.model.definition import Definition, Transition

WORKFLOW = "application"

MOST_PICKED = 1_000
"""Cases that are named one by one; a page of a list has far fewer."""


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """What the form at a list asks for: a move, a scope, and the cases named one by one."""

    move: Transition
    scope: str
    ids: tuple[int, ...]

    def selection(self) -> Rows:
        """Return the query of the cases that are meant."""
        if self.scope == bulk_words.BY_FILTER:
            return matching_here()
        return select(Application.id).where(Application.id.in_(self.ids))

    def cases(self) -> int:
        """Say how many cases are meant."""
        if self.scope != bulk_words.BY_FILTER:
            return len(self.ids)
        query = select(func.count()).select_from(self.selection().subquery())
        with composed().database.connect() as connection:
            return connection.execute(query).scalar_one()

    def wish(self, reason: str | None) -> BatchRequest:
        """Return what the engine is asked."""
        found = {"scope": self.scope, "words": self.words()}
        return BatchRequest(WORKFLOW, self.move.name, current().actor, reason, found)

    def words(self) -> list[str]:
        """Return the list and its filter in words; nothing where cases were picked by hand."""
        if self.scope != bulk_words.BY_FILTER:
            return []
        queue = QueueViewer().queue_of(request.args.get("liste", ""))
        chips = filter_address.chips(filter_address.query_of(request.args), definition())
        return [queue.title, *(word for word, _ in chips)]


def definition() -> Definition:
    """Return the definition whose moves are offered."""
    return composed().library.workflow(WORKFLOW)


ENDS_CERTIFICATE = frozenset({"production.revoke_new", "production.scrap"})
"""Actions that revoke for good what stands on a card."""


def one_by_one(move: Transition) -> bool:
    """Say whether a move is made in a single case only.

    What a move wants to be told of each case is asked on its own page; and no set of certificates
    is revoked for good by one press.
    """
    return move.name in FORMS or not ENDS_CERTIFICATE.isdisjoint(move.do)


def offered(states: Iterable[str] = ()) -> list[Transition]:
    """Return the moves from these states (any for none) that a set can make for their role."""
    roles, standing = current().actor.roles, set(states) or set(definition().states)
    return [
        move
        for move in definition().transitions.values()
        if standing & set(move.source) and roles & set(move.by) and not one_by_one(move)
    ]


def offers_deliveries(states: Iterable[str]) -> bool:
    """Say whether cards of a list may be delivered: many at once by the courier's file.

    Each delivery is told with its own proof, so it is no move of a set.
    """
    move = definition().transitions["deliver"]
    return bool(set(states) & set(move.source) and current().actor.roles & set(move.by))


def read() -> BulkRequest:
    """Read the form of a list; one that our pages cannot have sent is answered with 400."""
    known = {move.name: move for move in offered()}
    move = known.get(request.form.get("islem", ""))
    scope = request.form.get("kapsam", "")
    if move is None or scope not in bulk_words.OF_LISTS:
        abort(400)
    named = [] if scope == bulk_words.BY_FILTER else request.form.getlist(bulk_words.FIELDS[scope])
    if len(named) > MOST_PICKED:
        abort(400)
    return BulkRequest(move, scope, tuple(sorted({_number(text) for text in named})))


def _number(text: str) -> int:
    try:
        workflow, number = parse(text)
    except Invalid:
        abort(400)
    return number if workflow == WORKFLOW else abort(400)


class WhyForm(FlaskForm):  # type: ignore[misc] # the library carries no types
    """Why the cases are moved: a code of the move, where it has some, and own words."""

    code = SelectField(_("Neden"), default="", validate_choice=False)
    reason = TextAreaField(_("Gerekçe"), validators=[validators.Length(max=LONGEST_REASON)])

    def for_move(self, move: Transition) -> WhyForm:
        """Offer the codes of a move."""
        self.code.choices = [
            SelectChoice("", gettext("Seçiniz")),
            *(SelectChoice(code, spoken(text)) for code, text in move.reasons.items()),
        ]
        return self

    def stated(self) -> str | None:
        """Return the reason as the engine reads it: ``code``, ``code: words`` or words."""
        words = (self.reason.data or "").strip()
        code = self.code.data or ""
        return ": ".join(part for part in (code, words) if part) or None

    def complete(self, move: Transition) -> bool:
        """Say whether what the move needs is there, and put the sentence at the field if not."""
        valid = bool(self.validate_on_submit())
        code, words = self.code.data or "", (self.reason.data or "").strip()
        needed = move.reason == "required"
        if code and code not in move.reasons:
            abort(400)
        if move.reasons and not code and (needed or words):
            self.code.errors = [gettext("Listeden bir neden seçiniz.")]
            return False
        if not words and (code == OTHER or (needed and not move.reasons)):
            self.reason.errors = [gettext("Gerekçeyi yazınız.")]
            return False
        return valid
