"""What the router says of a certificate that is reminded of: the card that speaks of it, if any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.ways import facts
from handlers.ways.router import Situation, route
from handlers.ways.words import told
from workflow.model.definition import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from handlers.ways.facts import PersonFacts
    from handlers.ways.router import RouteCard
    from handlers.ways.way import RoutingDay

REMINDED = frozenset({
    Situation.EARLY, Situation.DUE, Situation.LATE, Situation.LAST_DAY, Situation.YOUR_TURN,
})  # fmt: skip
"""Situations in which a step is sent: the person can act, for this certificate."""

BY_HAND = REMINDED | {Situation.FAR}
"""Situations in which somebody may have a person reminded, however far the end is."""


def asked_of(
    person: PersonFacts | None,
    certificate_id: int,
    day: RoutingDay,
) -> RouteCard | None:
    """Return what is asked of a person for a certificate; None where there is nothing to do."""
    if person is None:
        return None
    found = route(person, day)
    for card in (found.card, *found.more):
        about = card.application.old_certificate_id if card.application else None
        if card.certificate is not None:
            about = card.certificate.id
        if about == certificate_id and card.situation in BY_HAND:
            return card
    return None


def cards_of(
    connection: Connection, people: Mapping[int, int], day: RoutingDay
) -> dict[int, RouteCard]:
    """Return what is asked for certificates, each with its person; those of which nothing is, lack.

    ``people`` are persons by the number of the certificate.
    """
    persons = facts.read_all(connection, sorted(set(people.values())))
    cards = ((number, asked_of(persons.get(one), number, day)) for number, one in people.items())
    return {number: card for number, card in cards if card is not None}


def sentences(card: RouteCard) -> dict[str, object]:
    """Return what the router says, as the fields of a message: what, by when, how, what else."""
    turkish, english = told(card, "tr"), told(card, "en")
    return {
        field: Text(getattr(turkish, name), getattr(english, name))
        for field, name in _FIELDS.items()
    }


_FIELDS = {
    "task": "what", "limit": "when", "how": "how", "card_day": "expected", "otherwise": "otherwise",
}  # fmt: skip
"""How a message calls the sentences of the router."""
