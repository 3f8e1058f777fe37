"""The router's card on the holder's pages: its sentences, its button, and the ways it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for

from handlers.ways import facts
from handlers.ways.durations import durations
from handlers.ways.router import Situation, route
from handlers.ways.way import RoutingDay
from handlers.ways.words import RouteTold, told, told_refusal, told_way
from web.gate.composition import composed
from web.gate.language import language
from web.gate.language import lazy_gettext as _
from web.kit.wording import kind_title, method_title
from web.portal import own_records

if TYPE_CHECKING:
    from handlers.ways.facts import PersonFacts
    from handlers.ways.router import Route, RouteCard

RENEWS = (Situation.EARLY, Situation.DUE, Situation.LATE, Situation.LAST_DAY)
FIRST = (Situation.ENDED, Situation.NONE)
NO_CERTIFICATE = _("Bu tür bir sertifika içindir; kayıtlı bir sertifikanız yok.")


@dataclass(frozen=True, slots=True)
class CardButton:
    """Where a card leads: the words of the button and the page."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class WayLine:
    """A method and what is said of it: the day of the card, or why it cannot be chosen."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as a page shows it."""

    told: RouteTold
    asks: bool
    buttons: tuple[CardButton, ...]
    open: tuple[WayLine, ...] = ()
    closed: tuple[WayLine, ...] = ()


@dataclass(frozen=True, slots=True)
class KindsLeft:
    """The kinds that can end well, what refuses the others, and the certificate to renew first."""

    open: frozenset[str]
    closed: tuple[WayLine, ...]
    certificate: str = ""


def day() -> RoutingDay:
    """Return what ways are judged by at this moment: workflow, moment, how long things take."""
    composition = composed()
    now = composition.clock.now()
    definition = composition.library.workflow("application")
    return RoutingDay(definition, now, durations.of(composition.database, now))


def own_facts() -> PersonFacts:
    """Return what is known of the person signed in."""
    with composed().database.connect() as connection:
        found = facts.read(connection, own_records.person_id())
    assert found is not None  # noqa: S101 - whoever is signed in as a person is one
    return found


def shown(found: Route, today: RoutingDay) -> ShownCard:
    """Return the card of a route as the start page shows it."""
    card, spoken = found.card, language()
    return ShownCard(
        told(card, spoken),
        card.asks,
        tuple(_buttons(card)),
        tuple(WayLine(method_title(way.method), told_way(way, spoken)) for way in found.open),
        tuple(
            WayLine(method_title(way.method), told_refusal(today.definition, way.verdict, spoken))
            for way in found.closed
        ),
    )


def own_card(today: RoutingDay) -> ShownCard:
    """Return the card of the person signed in."""
    return shown(route(own_facts(), today), today)


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
        found.append(CardButton(_("Sertifikayı göster"), address))
    return found
