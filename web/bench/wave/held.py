"""The rows of held renewals, with journals that verify and forms that say what the rows say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from handlers.applications.form import form_values
from handlers.consents.terms import CURRENT
from handlers.kit.services import vault_of
from handlers.papers import letters
from states.kit.reference import reference
from states.kit.text import sort_key
from states.people.institution import Institution
from states.people.tckn import masked
from web.bench.kit.crowd import name_of, serial_of, tckn_of
from web.bench.kit.ground import copy_as_owner, run_as_owner
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.model.entry import GENESIS, EntryContent, chain
from workflow.model.machine import NEW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy import URL

    from states.kit.vault import Vault
    from web.gate.composition import Composition
    from workflow.model.definition import Definition

ADDRESS = "TEST Mahallesi Deneme Sokağı 1, Bursa"

_HELD = (
    ("file", "applicant"), ("choose_method", "applicant"), ("use_e_onay", "system"),
    ("approve_e_onay", "applicant"), ("hold", "system"),
)  # fmt: skip
_CONSENTED = (("offer", "applicant"), ("sign", "applicant"))
_RECORDED = (("record", "system"),)

_JOURNAL = "journal (case_id, n, workflow, trigger, actor, batch, at, body, prev, hash)"
_PERSON = (
    "person (id, given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked,"
    " institution_id, address, created_at)"
)
_CONSENT = (
    "consent (id, person_id, terms_version, definition, state, version, head, entered_at,"
    " created_at)"
)
_CERTIFICATE = (
    "certificate (id, person_id, serial, issuer, not_before, not_after, ends_on, seen, definition,"
    " state, version, head, entered_at, created_at)"
)
_DOCUMENT = (
    "document (sha256, kind, code, revision, media_type, content, verification_code, created_at,"
    " person_id)"
)
_APPLICATION = (
    "application (id, kind, method, person_id, institution_id, old_certificate_id, consent_id,"
    " production_opens_on, window_from, form_sha256, delivery_address, old_ends_on, applicant_key,"
    " definition, state, version, head, due_at, entered_at, created_at)"
)


@dataclass(frozen=True, slots=True)
class _Way:
    """The journal of a case: the moves of one workflow that its person or the system has made."""

    definition: Definition
    moves: tuple[tuple[str, str], ...]
    at: datetime

    def entries(self, case: int, person: int) -> Iterator[tuple[object, ...]]:
        """Yield the rows of the journal, each chained to the one before."""
        state, prev = NEW, GENESIS
        for n, (trigger, role) in enumerate(self.moves, start=1):
            move = self.definition.transitions[trigger]
            actor = f"person:{person}" if role == "applicant" else "system:seed"
            entry = EntryContent(
                workflow=self.definition.name,
                definition=self.definition.sha256,
                trigger=trigger,
                target=move.target,
                actor=actor,
                role=role,
                auth="demo" if role == "applicant" else "internal",
                at=self.at,
                rules=dict.fromkeys(move.rules, "allow"),
                checks=dict.fromkeys(move.check, "allow"),
            )
            body = entry.body(case, state, n)
            digest = chain(prev, body)
            yield case, n, self.definition.name, trigger, actor, None, self.at, body, prev, digest
            state, prev = move.target, digest

    def standing(self, case: int, person: int) -> tuple[str, str, int, bytes]:
        """Return definition, state, version and head of the case after these moves."""
        *_, (_, n, _, trigger, *_, head) = self.entries(case, person)
        target = self.definition.transitions[str(trigger)].target
        return self.definition.sha256, target, cast("int", n), cast("bytes", head)


@dataclass(frozen=True, slots=True)
class _Filling:
    """What all the rows have in common; the n-th person has the n-th of each case."""

    composition: Composition
    cases: int
    now: datetime
    institution: int

    @property
    def before(self) -> datetime:
        """When all of it was written: ten days ago."""
        return self.now - relativedelta(days=10)

    @property
    def opens_on(self) -> date:
        """The day on which production opens: that of the office's clock."""
        return day_in_istanbul(self.now)

    @property
    def ends_on(self) -> date:
        """The last day of the old certificates: two calendar months later."""
        return self.opens_on + relativedelta(months=2)

    def way(self, workflow: str, moves: tuple[tuple[str, str], ...]) -> _Way:
        """Return the way of a case of a workflow of today."""
        return _Way(self.composition.library.workflow(workflow), moves, self.before)


def fill(composition: Composition, url: URL, cases: int) -> None:
    """Write so many renewals that are held until the day of the office's clock."""
    with composition.database.connect() as connection:
        leaf = select(Institution.id).order_by(Institution.path.desc()).limit(1)
        institution = connection.execute(leaf).scalar_one()
    filling = _Filling(composition, cases, composition.clock.now(), institution)
    copy_as_owner(url, _PERSON, _people(filling, vault_of(composition.settings)))
    copy_as_owner(url, _CONSENT, _consents(filling))
    copy_as_owner(url, _CERTIFICATE, _certificates(filling))
    copy_as_owner(url, _JOURNAL, _entries(filling))
    forms = dict(_forms(filling))
    copy_as_owner(url, _DOCUMENT, (_document(case, form) for case, form in forms.items()))
    copy_as_owner(url, _APPLICATION, _applications(filling, forms))
    last: dict[str, object] = {"last": 3 * cases + 1}
    run_as_owner(
        url,
        ("SELECT setval('case_id', %(last)s), setval('person_id_seq', %(last)s)", last),
        ("VACUUM ANALYZE", {}),
        ("CHECKPOINT", {}),
    )


def _people(filling: _Filling, vault: Vault) -> Iterator[tuple[object, ...]]:
    for number in range(1, filling.cases + 1):
        given, surname = name_of(number)
        tckn = tckn_of(number)
        sealed, found = vault.seal(tckn, "tckn"), vault.lookup(tckn, "tckn")
        key = sort_key(f"{surname} {given}")
        yield (
            number, given, surname, key, sealed, found, masked(tckn), filling.institution, ADDRESS,
            filling.before,
        )  # fmt: skip


def _consents(filling: _Filling) -> Iterator[tuple[object, ...]]:
    way = filling.way("consent", _CONSENTED)
    for person in range(1, filling.cases + 1):
        case = 2 * filling.cases + person
        standing = way.standing(case, person)
        yield case, person, CURRENT, *standing, filling.before, filling.before


def _certificates(filling: _Filling) -> Iterator[tuple[object, ...]]:
    way = filling.way("certificate", _RECORDED)
    end = start_of_day(filling.ends_on + relativedelta(days=1)) - relativedelta(seconds=1)
    for person in range(1, filling.cases + 1):
        case = filling.cases + person
        yield (
            case, person, serial_of(person), "CN=TEST", filling.before, end, filling.ends_on,
            "made", *way.standing(case, person), filling.before, filling.before,
        )  # fmt: skip


def _entries(filling: _Filling) -> Iterator[tuple[object, ...]]:
    ways = (
        filling.way("application", _HELD),
        filling.way("certificate", _RECORDED),
        filling.way("consent", _CONSENTED),
    )
    for place, way in enumerate(ways):
        for person in range(1, filling.cases + 1):
            yield from way.entries(place * filling.cases + person, person)


def _forms(filling: _Filling) -> Iterator[tuple[int, letters.Made]]:
    """Yield the form of each case: that of the first one, with what differs from person to person.

    As plain text; production compares the words alone.
    """
    definition = filling.composition.library.workflow("application")
    first = filling.cases + 1
    case = {
        "reference": reference("application", 1), "kind": "renewal", "method": "e_onay",
        "person_id": 1, "institution_id": filling.institution, "old_certificate_id": first,
        "delivery_address": ADDRESS,
    }  # fmt: skip
    with filling.composition.database.connect() as connection:
        values = form_values(connection, definition, case)
    for number in range(1, filling.cases + 1):
        own = reference("certificate", filling.cases + number)
        old = values["old_certificate"].replace(reference("certificate", first), own)
        words = {
            **values,
            "reference": reference("application", number),
            "name": " ".join(name_of(number)),
            "tckn_masked": masked(tckn_of(number)),
            "old_certificate": old.replace(serial_of(1), serial_of(number)),
        }
        template, code = letters.APPLICATION_FORM, letters.new_verification_code()
        drawn = letters.draw(template, code, filling.before, words)
        yield number, letters.Made(template, code, filling.before, drawn)


def _document(person: int, made: letters.Made) -> tuple[object, ...]:
    row = made.row()
    names = (
        "sha256", "kind", "code", "revision", "media_type", "content", "verification_code",
        "created_at",
    )  # fmt: skip
    return (*(row[name] for name in names), person)


def _applications(
    filling: _Filling, forms: dict[int, letters.Made]
) -> Iterator[tuple[object, ...]]:
    way = filling.way("application", _HELD)
    begun = way.definition.window_on(filling.opens_on)["from"]
    due = start_of_day(filling.opens_on)
    for case, form in forms.items():
        given, surname = name_of(case)
        yield (
            case, "renewal", "e_onay", case, filling.institution, filling.cases + case,
            2 * filling.cases + case, filling.opens_on, begun, form.sha256, ADDRESS,
            filling.ends_on, sort_key(f"{surname} {given}"), *way.standing(case, case), due,
            filling.before, filling.before,
        )  # fmt: skip
