"""The rows of held renewals, with journals that verify and forms that say what the rows say.

Nobody could file 20,000 applications for a measurement, nor 500 while somebody waits, so their rows
and journals are written as the office writes them; what follows is done by the product alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from dateutil.relativedelta import relativedelta
from sqlalchemy import select, text

from handlers.applications.form import form_values
from handlers.consents.terms import CURRENT
from handlers.kit.services import vault_of
from handlers.papers import letters
from states.kit.reference import reference
from states.kit.text import sort_key
from states.people.institution import Institution
from states.people.tckn import masked
from web.demo.wave.copying import copy_as_owner
from web.demo.wave.invented import name_of, serial_of, tckn_of
from workflow.model.clock import day_in_istanbul, start_of_day
from workflow.model.entry import GENESIS, EntryContent, chain
from workflow.model.machine import NEW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy import URL, Connection

    from states.kit.vault import Vault
    from web.gate.composition import Composition
    from workflow.model.definition import Definition

NUMBERS = 600_000_000
"""Where the numbers of these people begin: far from those of any other invented one."""

ADDRESS = "TEST Mahallesi Deneme Sokağı 1, Bursa"

_HELD = (
    ("file", "applicant"), ("choose_method", "applicant"), ("use_e_onay", "system"),
    ("approve_e_onay", "applicant"), ("hold", "system"),
)  # fmt: skip
_NAMES_FORM = ("choose_method", "approve_e_onay")
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
_RECORD = (
    "document (sha256, kind, code, revision, media_type, content, verification_code, created_at,"
    " person_id, made_by)"
)
_NOTICE = "notice (key, case_id, person_id, template, subject, text, state, created_at)"
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

    def entries(
        self, case: int, person: int, form: str | None = None
    ) -> Iterator[tuple[object, ...]]:
        """Yield the rows of the journal, each chained to the one before.

        The moves that froze or approved a form name it.
        """
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
                documents=(form,) if form and trigger in _NAMES_FORM else (),
            )
            body = entry.body(case, state, n)
            digest = chain(prev, body)
            yield case, n, self.definition.name, trigger, actor, None, self.at, body, prev, digest
            state, prev = move.target, digest

    def standing(
        self, case: int, person: int, form: str | None = None
    ) -> tuple[str, str, int, bytes]:
        """Return definition, state, version and head of the case after these moves."""
        *_, (_, n, _, trigger, *_, head) = self.entries(case, person, form)
        target = self.definition.transitions[str(trigger)].target
        return self.definition.sha256, target, cast("int", n), cast("bytes", head)


@dataclass(frozen=True, slots=True)
class HeldRenewal:
    """The numbers of one renewal's person and cases."""

    person: int
    application: int
    certificate: int
    consent: int

    @property
    def number(self) -> int:
        """What identity number, name and serial of the person are made of."""
        return NUMBERS + self.person


@dataclass(frozen=True, slots=True)
class _Filling:
    """What all the rows have in common, and the numbers of each renewal."""

    composition: Composition
    renewals: tuple[HeldRenewal, ...]
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


def fill(composition: Composition, url: URL, cases: int) -> tuple[HeldRenewal, ...]:
    """Write so many renewals that are held until the day of the office's clock; their numbers.

    The applications come last and all at once, so that no sweep finds a part of them.
    """
    with composition.database.begin() as connection:
        leaf = select(Institution.id).order_by(Institution.path.desc()).limit(1)
        institution = connection.execute(leaf).scalar_one()
        renewals = _numbers(connection, cases)
    filling = _Filling(composition, renewals, composition.clock.now(), institution)
    copy_as_owner(url, _PERSON, _people(filling, vault_of(composition.settings)))
    copy_as_owner(url, _CONSENT, _consents(filling))
    copy_as_owner(url, _CERTIFICATE, _certificates(filling))
    forms = dict(_forms(filling))
    copy_as_owner(url, _JOURNAL, _entries(filling, forms))
    copy_as_owner(url, _NOTICE, _notices(filling))
    copy_as_owner(url, _RECORD, _records(filling))
    copy_as_owner(url, _DOCUMENT, (_document(one, form) for one, form in forms.items()))
    copy_as_owner(url, _APPLICATION, _applications(filling, forms))
    return renewals


def _numbers(connection: Connection, cases: int) -> tuple[HeldRenewal, ...]:
    """Take the next numbers of people and cases."""
    people = _next(connection, "person_id_seq", cases)
    found = _next(connection, "case_id", 3 * cases)
    applications, certificates = found[:cases], found[cases : 2 * cases]
    return tuple(map(HeldRenewal, people, applications, certificates, found[2 * cases :]))


def _next(connection: Connection, sequence: str, count: int) -> list[int]:
    query = text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)")
    return sorted(connection.scalars(query, {"name": sequence, "count": count}))


def _people(filling: _Filling, vault: Vault) -> Iterator[tuple[object, ...]]:
    for one in filling.renewals:
        given, surname = name_of(one.number)
        tckn = tckn_of(one.number)
        sealed, found = vault.seal(tckn, "tckn"), vault.lookup(tckn, "tckn")
        key = sort_key(f"{surname} {given}")
        yield (
            one.person, given, surname, key, sealed, found, masked(tckn), filling.institution,
            ADDRESS, filling.before,
        )  # fmt: skip


def _consents(filling: _Filling) -> Iterator[tuple[object, ...]]:
    way = filling.way("consent", _CONSENTED)
    for one in filling.renewals:
        standing = way.standing(one.consent, one.person)
        yield one.consent, one.person, CURRENT, *standing, filling.before, filling.before


def _certificates(filling: _Filling) -> Iterator[tuple[object, ...]]:
    way = filling.way("certificate", _RECORDED)
    end = start_of_day(filling.ends_on + relativedelta(days=1)) - relativedelta(seconds=1)
    for one in filling.renewals:
        yield (
            one.certificate, one.person, serial_of(one.number), "CN=TEST", filling.before, end,
            filling.ends_on, "made", *way.standing(one.certificate, one.person), filling.before,
            filling.before,
        )  # fmt: skip


def _entries(
    filling: _Filling, forms: dict[HeldRenewal, letters.Made]
) -> Iterator[tuple[object, ...]]:
    application = filling.way("application", _HELD)
    certificate = filling.way("certificate", _RECORDED)
    consent = filling.way("consent", _CONSENTED)
    for one in filling.renewals:
        yield from application.entries(one.application, one.person, forms[one].sha256)
        yield from certificate.entries(one.certificate, one.person)
        yield from consent.entries(one.consent, one.person)


def _notices(filling: _Filling) -> Iterator[tuple[object, ...]]:
    """Yield the messages that the moves have ordered, as ones that were sent."""
    held, given = len(_HELD), len(_CONSENTED)
    for one in filling.renewals:
        for case, n, template, subject in (
            (one.application, held, "held", "Başvurunuz üretim tarihini bekliyor"),
            (one.consent, given, "consent_given", "e-onayınız alındı"),
        ):
            key = f"{case}/{n}/notice.{template}"
            text_ = "TEST: uydurma bir kişiye yazılmış uydurma bir iletidir."
            yield key, case, one.person, template, subject, text_, "handed_over", filling.before


def _records(filling: _Filling) -> Iterator[tuple[object, ...]]:
    """Yield the records of the consents, as plain text."""
    for one in filling.renewals:
        code = letters.new_verification_code()
        words = f"TEST e-onay kaydı {reference('consent', one.consent)}\nDoğrulama kodu: {code}\n"
        content = words.encode()
        made_by = f"{one.consent}/{len(_CONSENTED)}/record.consent/consent_record"
        yield (
            sha256(content).hexdigest(), "consent_record", "TEST", "01", letters.MEDIA_TYPE,
            content, code, filling.before, one.person, made_by,
        )  # fmt: skip


def _forms(filling: _Filling) -> Iterator[tuple[HeldRenewal, letters.Made]]:
    """Yield the form of each case: that of the first one, with what differs from person to person.

    As plain text; production compares the words alone.
    """
    definition = filling.composition.library.workflow("application")
    first = filling.renewals[0]
    case = {
        "reference": reference("application", first.application), "kind": "renewal",
        "method": "e_onay", "person_id": first.person, "institution_id": filling.institution,
        "old_certificate_id": first.certificate, "delivery_address": ADDRESS,
    }  # fmt: skip
    with filling.composition.database.connect() as connection:
        values = form_values(connection, definition, case)
    shown = reference("certificate", first.certificate)
    for one in filling.renewals:
        own = reference("certificate", one.certificate)
        old = values["old_certificate"].replace(shown, own)
        words = {
            **values,
            "reference": reference("application", one.application),
            "name": " ".join(name_of(one.number)),
            "tckn_masked": masked(tckn_of(one.number)),
            "old_certificate": old.replace(serial_of(first.number), serial_of(one.number)),
        }
        template, code = letters.APPLICATION_FORM, letters.new_verification_code()
        drawn = letters.draw(template, code, filling.before, words)
        yield one, letters.Made(template, code, filling.before, drawn)


def _document(renewal: HeldRenewal, made: letters.Made) -> tuple[object, ...]:
    row = made.row()
    names = (
        "sha256", "kind", "code", "revision", "media_type", "content", "verification_code",
        "created_at",
    )  # fmt: skip
    return (*(row[name] for name in names), renewal.person)


def _applications(
    filling: _Filling, forms: dict[HeldRenewal, letters.Made]
) -> Iterator[tuple[object, ...]]:
    way = filling.way("application", _HELD)
    begun = way.definition.window_on(filling.opens_on)["from"]
    due = start_of_day(filling.opens_on)
    for one, form in forms.items():
        given, surname = name_of(one.number)
        yield (
            one.application, "renewal", "e_onay", one.person, filling.institution,
            one.certificate, one.consent, filling.opens_on, begun, form.sha256, ADDRESS,
            filling.ends_on, sort_key(f"{surname} {given}"),
            *way.standing(one.application, one.person, form.sha256), due, filling.before,
            filling.before,
        )  # fmt: skip
