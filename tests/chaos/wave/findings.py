"""What must hold once everything is finished: nothing lost, nothing twice, no orphan."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from asn1crypto.crl import CertificateList
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.cards.orders import order_of
from signing.tokens import shards, softhsm, whole
from signing.tokens.card import ISSUER_ID
from signing.tokens.slots import TokenStore
from states.cases.certificate import Certificate
from states.postgres.database import conninfo
from tests.chaos.checks import HALF, ONCE, TWICE, Checks
from tests.chaos.site import Site
from tests.chaos.wave.victims import forked
from web.gate.composition import compose
from workflow.journal.conformance import conform
from workflow.journal.verification import verify
from workflow.model.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from web.bench.wave.ground import WaveOffice
    from web.gate.composition import Composition

QUERIES = {
    "lost: not with the courier":
        "SELECT id FROM application WHERE state <> 'couriered'",
    "lost: effects not done":
        "SELECT id FROM procrastinate_jobs WHERE status IN ('todo', 'doing')",
    "lost: a booking":
        "SELECT id FROM application a WHERE NOT EXISTS"
        " (SELECT FROM shipment s WHERE s.case_id = a.id)",
    "lost: no form went with the card":
        "SELECT id FROM application a WHERE NOT EXISTS (SELECT FROM document d"
        " WHERE d.case_id = a.id AND d.kind = 'hand_over')",
    "lost: its person was not told":
        "SELECT id FROM application a WHERE NOT EXISTS (SELECT FROM notice n"
        " WHERE n.case_id = a.id AND n.template = 'couriered')",
    "lost: in no letter to its institution":
        "SELECT id FROM application a WHERE NOT EXISTS (SELECT FROM letter_line l"
        " WHERE l.case_id = a.id AND l.letter_sha256 IS NOT NULL)",
    "lost: a change that is in no list":
        "SELECT id FROM revocation_change",
    "lost: a sweep that nobody closed":
        "SELECT id FROM sweep_run WHERE finished_at IS NULL",
    "lost: a list number":
        "SELECT number FROM (SELECT number, row_number() OVER (ORDER BY number) AS n"
        " FROM revocation_list) l WHERE number <> n",
    "twice: forms of one card":
        "SELECT case_id FROM document WHERE kind = 'hand_over'"
        " GROUP BY case_id HAVING count(*) > 1",
    "twice: lines of one card in letters":
        "SELECT case_id FROM letter_line GROUP BY case_id HAVING count(*) > 1",
    "twice: a place in a letter":
        "SELECT letter_sha256 FROM letter_line WHERE letter_sha256 IS NOT NULL"
        " GROUP BY letter_sha256, line HAVING count(*) > 1",
    "twice or not: certificates in force":
        "SELECT a.id FROM application a WHERE (SELECT count(*) FROM certificate c"
        " WHERE c.application_id = a.id AND c.state IN ('suspended', 'active')) <> 1",
    "twice: serial numbers in two letters' case":
        "SELECT ltrim(lower(serial), '0') FROM certificate"
        " GROUP BY ltrim(lower(serial), '0') HAVING count(*) > 1",
    "orphan: a reserved serial that no application has":
        "SELECT c.id FROM certificate c WHERE c.state = 'reserved' AND NOT EXISTS"
        " (SELECT FROM application a WHERE a.certificate_id = c.id)",
    "orphan: a card that no certificate knows":
        "SELECT k.id FROM card k WHERE NOT EXISTS"
        " (SELECT FROM certificate c WHERE c.card_id = k.id)",
    "lost or twice: chip cards of one case":
        "SELECT a.id FROM application a WHERE (SELECT count(*) FROM chip_card k"
        " JOIN certificate c ON c.card_id = k.card_id WHERE c.id = a.certificate_id"
        " AND k.person_id = a.person_id AND k.state = 'handed_over') <> 1",
    "orphan: a chip card of no case":
        "SELECT k.id FROM chip_card k WHERE k.state NOT IN ('in_stock', 'handed_over')",
    "twice: moves of one chip card":
        "SELECT case_id FROM journal WHERE workflow = 'card'"
        " GROUP BY case_id, trigger HAVING count(*) > 1",
    "lost or twice: parcels of one case":
        "SELECT a.id FROM application a WHERE (SELECT count(*) FROM parcel p"
        " WHERE p.application_id = a.id AND p.state = 'handed_over'"
        " AND p.tracking_number = a.tracking_number) <> 1",
    "orphan: a parcel that no case has":
        "SELECT p.id FROM parcel p WHERE p.state <> 'handed_over'",
    "twice: moves of one parcel":
        "SELECT case_id FROM journal WHERE workflow = 'parcel'"
        " GROUP BY case_id, trigger HAVING count(*) > 1",
    "orphan: a letter without a line":
        "SELECT d.sha256 FROM document d WHERE d.kind = 'official_letter' AND NOT EXISTS"
        " (SELECT FROM letter_line l WHERE l.letter_sha256 = d.sha256)",
    "orphan: a booking of no hand-over":
        "SELECT s.key FROM shipment s WHERE NOT EXISTS (SELECT FROM application a"
        " WHERE a.id = s.case_id AND a.tracking_number = s.tracking_number)",
}  # fmt: skip
"""Each gives a row for what must not be once a wave of renewals is with the courier."""

MARKS = ("ended_by_error", '"not_serving"', "Fatal Python error", "exception was never retrieved")
"""What stands in no log of a victim."""


@dataclass(frozen=True, slots=True)
class Before:
    """What an office says of the cases that were filled in, whose moves nobody has made.

    ``effects`` are those that their moves ordered, ``differing`` what conformance says of them.
    """

    effects: frozenset[str]
    differing: Counter[str]


@dataclass(frozen=True, slots=True)
class Looker:
    """Looks at an office of the wave."""

    office: WaveOffice
    stores: tuple[Path, ...] = ()
    """Where the cards lie, where that is not the store of the office itself."""

    @property
    def site(self) -> Site:
        """The office as the checks of the chaos ask it."""
        return Site(self.office.folder, address=conninfo(self.office.url))

    def before(self) -> Before:
        """Look at an office that was just filled."""
        return Before(frozenset(Checks(self.site).effects()), self._apart(_conforming))

    def look(self, before: Before) -> Counter[str]:
        """Return what does not hold after everything was finished, each with how often."""
        found = self.asked({**TWICE, **HALF, **QUERIES})
        undone = set(Checks(self.site).effects()) - before.effects
        found["lost: effects that a move ordered"] += len(undone)
        found["lost: a list that says its own number"] += _misnumbered(self.site)
        found.update(self._apart(_conforming) - before.differing)
        found.update(self.verified())
        stores = self.stores or (self.office.folder / "tokens",)
        for store in stores:
            found.update(self._apart(partial(_carried, store)))
            found.update(_lying(store))
        found.update(_known(stores, self.site))
        found.update({f"in the log: {mark}": self.log.count(mark) for mark in MARKS})
        return +found

    def asked(self, queries: Mapping[str, str]) -> Counter[str]:
        """Return what queries find that must not be."""
        found: Counter[str] = Counter()
        for name, query in queries.items():
            values = (list(ONCE),) if "%s" in query else ()
            found[name] += len(self.site.ask(query, *values))
        return +found

    def verified(self) -> Counter[str]:
        """Return what the journal's own hashes tell."""
        return self._apart(_verifying)

    @property
    def log(self) -> str:
        """What the processes have told."""
        path = self.office.folder / "victims.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def _apart(self, look: Callable[[Composition], Iterator[str]]) -> Counter[str]:
        """Look in a process of its own, which opens the office and its store."""

        def tell(writing: int) -> None:
            composition = compose(self.office.composition.settings, SystemClock(), "nes chaos")
            os.write(writing, json.dumps(Counter(look(composition))).encode())

        process, reading = forked(tell, self.office.folder / "victims.log")
        with os.fdopen(reading, encoding="utf-8") as answers:
            answer = answers.read()
        os.waitpid(process, 0)
        return Counter(json.loads(answer or '{"the look itself broke": 1}'))


def _verifying(composition: Composition) -> Iterator[str]:
    outcome = verify(composition.database, composition.library)
    yield from (f"verify: {problem.kind}" for problem in outcome.problems)


def _conforming(composition: Composition) -> Iterator[str]:
    outcome = conform(composition.database, composition.library)
    for one in outcome.differences:
        yield from [f"conform: {one.reason}"] * one.count


def _carried(directory: Path, composition: Composition) -> Iterator[str]:
    """Yield what a card carries and should not, and what it should carry and does not."""
    services = composition.engine.services
    own_store = directory == composition.settings.var / "tokens"
    store = services.store() if own_store else TokenStore(directory)
    serials: Counter[int] = Counter()
    with Session(composition.database) as session:
        made = session.scalars(select(Certificate).where(Certificate.card_id.is_not(None))).all()
        for certificate in made:
            order = order_of(session.connection(), services, certificate)
            if not shards.holds(directory, order.card.serial):
                continue
            with store.session(order.card.serial, order.card.pin) as card:
                keys, written = card.key_ids(), card.certificates()
            own = {name: one for name, one in written.items() if name != ISSUER_ID}
            serials.update(one.serial_number for one in own.values())
            if not keys | set(own) <= {order.key_id}:
                yield "twice: a key or a certificate on one card"
            stands = certificate.state in {"suspended", "active"}
            if stands and [one.der for one in own.values()] != [certificate.der]:
                yield "lost: a card without the certificate of its row"
    yield from ("twice: a serial on two cards" for count in serials.values() if count > 1)


def _misnumbered(site: Site) -> int:
    """Return how many lists say another number than that of their row."""
    rows = site.ask("SELECT number, issuing FROM revocation_list")
    return sum(_number_of(issuing) != number for number, issuing in rows)


def _number_of(der: object) -> object:
    return CertificateList.load(der).crl_number_value.native


def _lying(tokens: Path) -> Iterator[str]:
    """Yield what killed processes have left half done in the shards."""
    for folder in shards.folders(tokens):
        if any(whole.is_torn(token) for token in whole.folders(folder / softhsm.TOKENS)):
            yield "torn: a card"
        if list(folder.rglob("*.draft")):
            yield "orphan: a file half copied"
    drafts = (tokens / shards.CARDS).glob("*/.card-*")
    yield from ("orphan: a card half put down" for _ in drafts)


def _known(stores: Sequence[Path], site: Site) -> Iterator[str]:
    """Hold the cards of all stores against the rows."""
    rows = "SELECT k.serial, c.state FROM card k JOIN certificate c ON c.card_id = k.id"
    cards = {str(serial): state for serial, state in site.ask(rows)}
    there = Counter(
        unquote(one.name.removeprefix("card-")) for store in stores for one in shards.folders(store)
    )
    yield from ("orphan: a card in a shard that no row knows" for _ in set(there) - set(cards))
    yield from ("twice: a card in two stores" for times in there.values() if times > 1)
    for label, state in cards.items():
        if state in {"suspended", "active"} and label not in there:
            yield "lost: a card that lies nowhere"
