"""How a person wants to be told: in which language, and by which channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from handlers.kit.roles import APPLICANT
from states.people.person import LANGUAGES, TOLD_BY, Person
from workflow.model.refusal import NotTheSubject

if TYPE_CHECKING:
    from handlers.kit.context import CaseEngine
    from workflow.model.actor import Actor

NAME = "choose_how_told"


def choose(engine: CaseEngine, actor: Actor, language: str, told_by: str) -> None:
    """Keep what a person has chosen for themselves; it counts from the next message on.

    NotTheSubject for whoever acts in another role; ValueError for what cannot be chosen.
    """
    if actor.person_id is None or APPLICANT not in actor.roles:
        raise NotTheSubject(trigger=NAME)
    if language not in LANGUAGES or told_by not in TOLD_BY:
        message = f"nobody is told in {language!r} by {told_by!r}"
        raise ValueError(message)
    chosen = update(Person).where(Person.id == actor.person_id)
    with engine.database.begin() as connection:
        connection.execute(chosen.values(language=language, told_by=told_by))
