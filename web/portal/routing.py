"""The router's card on the holder's pages: its sentences, its button, and the ways it names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import url_for

from handlers.ways import facts
from handlers.ways.asked import routing_day
from handlers.ways.fit import by_id
from handlers.ways.router import Route, Situation, expected_day, route
from handlers.ways.way import RoutingDay
from handlers.ways.words import told_refusal, told_way
from web.gate.composition import composed
from web.gate.language import language
from web.gate.language import lazy_gettext as _
from web.kit.ways import ShownRoute, WayLine, shown
from web.kit.wording import kind_title, method_title
from web.portal import own_records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from handlers.ways.facts import PersonFacts
    from handlers.ways.router import RouteCard
    from web.kit.reading import CaseRecord

RENEWS = (Situation.EARLY, Situation.DUE, Situation.LATE, Situation.LAST_DAY)
FIRST = (Situation.ENDED, Situation.NONE)
TO_CERTIFICATE = _("Sertifikayı göster")
NO_CERTIFICATE = _("Bu tür bir sertifika içindir; kayıtlı bir sertifikanız yok.")


@dataclass(frozen=True, slots=True)
class CardButton:
    """Where a card leads: the words of the button and the page."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as a page of its person shows it, with where it leads."""

    route: ShownRoute
    buttons: tuple[CardButton, ...]


@dataclass(frozen=True, slots=True)
class KindsLeft:
    """The kinds that can end well, what refuses the others, and the certificate to renew first."""

    open: frozenset[str]
    closed: tuple[WayLine, ...]
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class MethodsLeft:
    """The methods of a kind that can end well, each with its day, and what refuses the others."""

    open: Mapping[str, str]
    closed: tuple[WayLine, ...]


def day() -> RoutingDay:
    """Return what ways are judged by at this moment."""
    return routing_day(composed().engine)


def own_facts() -> PersonFacts:
    """Return what is known of the person signed in."""
    with composed().database.connect() as connection:
        found = facts.read(connection, own_records.person_id())
    assert found is not None  # noqa: S101 - whoever is signed in as a person is one
    return found


def own_card(today: RoutingDay) -> ShownCard:
    """Return the card of the person signed in."""
    found = route(own_facts(), today)
    return ShownCard(shown(found, today), tuple(_buttons(found.card)))


def card_of(certificate_id: int, today: RoutingDay) -> ShownCard | None:
    """Return what one's own certificate asks for, for its own page; None where it asks nothing.

    What asks for an application comes with the ways to it; the page itself is no button.
    """
    found = route(own_facts(), today)
    cards = (found.card, *found.more)
    mine = next(
        (one for one in cards if one.certificate and one.certificate.id == certificate_id), None
    )
    if mine is None:
        return None
    ways = found.ways if mine is found.card else ()
    buttons = tuple(one for one in _buttons(mine) if one.title != TO_CERTIFICATE)
    return ShownCard(shown(Route(mine, ways), today), buttons)


def own_kinds(today: RoutingDay) -> KindsLeft:
    """Return what the person signed in may apply for, by each kind that people open themselves."""
    person, spoken = own_facts(), language()
    closed, left = [], set()
    for name, ways in today.by_kind(person).items():
        if any(one.open for one in ways):
            left.add(name)
        else:
            about = today.definition.kinds[name]["old_certificate"] != "none"
            refusal = told_refusal(today.definition, ways[-1].why, spoken)
            text = str(NO_CERTIFICATE) if about and not person.certificates else refusal
            closed.append(WayLine(kind_title(today.definition, name), text))
    renewed = (way.certificate for way in route(person, today).ways if way.certificate)
    first = next(renewed, None)
    return KindsLeft(frozenset(left), tuple(closed), first.reference if first else "")


def own_methods(kind: str, certificate_id: int | None, draft: CaseRecord | None) -> MethodsLeft:
    """Return by which methods the person signed in may apply for a kind, today.

    An application that is there already is judged by its own definition, and is none beside itself.
    """
    person, spoken, today = own_facts(), language(), day()
    if draft is not None:
        others = tuple(one for one in person.applications if one.id != draft.id)
        person = replace(person, applications=others)
        today = RoutingDay(draft.definition, today.now, today.durations)
    found = today.kind(person, kind, by_id(person, certificate_id))
    refused = [(way, told_refusal(today.definition, way.verdict, spoken)) for way in found.ways]
    return MethodsLeft(
        {way.method: told_way(way, spoken) for way in found.open},
        tuple(WayLine(method_title(way.method), text) for way, text in refused if not way.open),
    )


def card_day(application_id: int) -> date | None:
    """Return the day on which the card of one's own open application is expected.

    None of one that has ended, and where it stands still: nobody can say how long.
    """
    mine = next((one for one in own_facts().applications if one.id == application_id), None)
    return None if mine is None else expected_day(mine, day())


def _buttons(card: RouteCard) -> list[CardButton]:
    """Return where the card leads, the first one above all."""
    found = []
    if card.way is not None and card.situation in (*RENEWS, *FIRST):
        old = card.way.certificate
        address = url_for(
            "portal.new_method", tur=card.way.kind, sertifika=old.reference if old else ""
        )
        title = _("Yenileme başvurusu yap") if old else _("Başvuruyu aç")
        found.append(CardButton(title, address))
    if card.situation in (Situation.FAR, *RENEWS) and not card.has_consent:
        found.append(CardButton(_("e-onay ver"), url_for("portal.consent_start")))
    if card.application is not None:
        address = url_for("portal.application", reference=card.application.reference)
        found.append(CardButton(_("Başvuruyu göster"), address))
    elif card.certificate is not None and not found:
        address = url_for("portal.certificate", reference=card.certificate.reference)
        found.append(CardButton(TO_CERTIFICATE, address))
    return found
