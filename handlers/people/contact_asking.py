"""What a holder asks for and enters: a change of e-mail, telephone or address, and its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from handlers.applications.form import LONGEST_ADDRESS
from handlers.people.contact import is_code
from handlers.people.contact_wish import CodeEntered, ContactWish
from handlers.people.register import clean_contact
from states.cases.contact_change import OPEN, ContactChange
from states.kit.invalid import Invalid
from states.kit.text import normal
from workflow.model.entry import storable
from workflow.model.refusal import RuleFailed
from workflow.model.request import Request
from workflow.model.verdict import deny

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor

WORKFLOW = "contact_change"
_MOVES: Mapping[str, str] = {"email": "ask", "phone": "ask", "address": "move_delivery"}


def ask(engine: CaseEngine, actor: Actor, what: str, typed: str) -> int:
    """Ask for a change of one's own e-mail, telephone or address; return its case.

    An address is changed then, the others once the code is entered. Invalid for what is no value;
    what refuses the move is raised as the engine says it.
    """
    value = _clean(what, typed)
    if actor.person_id is not None:
        with engine.database.connect() as connection:
            if under_way(connection, actor.person_id, what) is not None:
                raise RuleFailed(deny("contact.under_way"))
    values = {
        "person_id": actor.person_id,
        "field": what,
        "sealed": ContactWish({what: value}).seal(engine.services.vault),
    }
    return engine.open(WORKFLOW, _MOVES[what], actor, values)


def _clean(what: str, typed: str) -> str:
    """Return a value as it is kept; Invalid."""
    if what == "address":
        address = normal(storable(typed))
        if len(address) > LONGEST_ADDRESS:
            raise Invalid("address.long", longest=LONGEST_ADDRESS)
        return address
    value = clean_contact(storable(typed), what)
    if value is None:
        raise Invalid(f"{what}.form")
    return value


def under_way(connection: Connection, person_id: int, what: str) -> int | None:
    """Return the change of a person that is not decided, by what it changes; None without one."""
    query = select(ContactChange.id).where(
        ContactChange.person_id == person_id, ContactChange.field == what,
        ContactChange.state.in_(OPEN),
    )  # fmt: skip
    return connection.scalar(query)


def enter_code(engine: CaseEngine, case_id: int, actor: Actor, typed: str) -> bool:
    """Make the change if its code was typed, else count the miss; say whether it was made.

    Tries at the same time are judged one after the other, so that they are all counted. What
    refuses both moves is raised: the time is over, or no try is left.
    """
    with engine.together() as work:
        definition, row = work.read(engine.library.workflow(WORKFLOW), case_id, lock=True)
        sealed = row.columns.get("sealed")
        kept = bytes(sealed) if isinstance(sealed, bytes | memoryview) else None
        wish = ContactWish.opened(engine.services.vault, kept)
        right = wish is not None and bool(wish.code) and is_code(wish, typed)
        proof = Request("prove", actor, CodeEntered(typed).payload())
        work.move(definition, case_id, proof if right else Request("miss", actor))
    return right
