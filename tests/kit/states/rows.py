"""Whole rows for the tests of the tables, and what the database says to one that is not."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from states.tables import METADATA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Row

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Noon in Istanbul, on a Monday."""

Values = dict[str, Any]


def _sha256(number: int) -> str:
    return f"{number:064x}"


def _case(number: int, state: str) -> Values:
    return {
        "id": 1_000 + number, "state": state, "version": 1, "head": b"h" * 32,
        "entered_at": NOON, "created_at": NOON,
    }  # fmt: skip


def _document(number: int) -> Values:
    return {
        "sha256": _sha256(number), "kind": "form", "code": "BF.01", "revision": "01",
        "media_type": "text/plain", "content": b"metin", "created_at": NOON,
        "verification_code": f"{number:04x}-0000-0000-0000-0000",
    }  # fmt: skip


def _person(number: int) -> Values:
    return {
        "given_name": "Ayşe", "surname": "Örnekoğlu", "sort_key": "ORNEKOGLU AYSE",
        "tckn_sealed": b"sealed", "tckn_hash": number.to_bytes(32), "tckn_masked": "100******46",
        "created_at": NOON,
    }  # fmt: skip


def _signature(number: int) -> Values:
    return {
        "case_id": 7, "container": b"cms", "container_sha256": _sha256(number),
        "indication": "TOTAL-PASSED", "policy": "P4", "signer_sha256": _sha256(1), "report": {},
        "judged_at": NOON,
    }  # fmt: skip


def _augmentation(number: int) -> Values:
    return {
        "n": 1, "level": "LT", "container": b"cms", "container_sha256": _sha256(number),
        "made_at": NOON, "augment_at": NOON, "renew_before": NOON,
    }  # fmt: skip


def _scan(number: int) -> Values:
    return {
        "case_id": number, "sha256": _sha256(number), "kind": "form", "media_type": "image/png",
        "pages": 1, "content": b"png", "uploaded_at": NOON, "uploaded_by": "user:1",
    }  # fmt: skip


def _upload(_number: int) -> Values:
    return {
        "actor": "user:5", "auth": "demo", "within": "/TEST/", "name": "liste.csv",
        "sha256": _sha256(1), "file_renewals": False, "state": "rehearsed", "total": 2,
        "created_at": NOON,
    }  # fmt: skip


def _journal(number: int) -> Values:
    return {
        "case_id": number, "n": 1, "workflow": "application", "trigger": "file",
        "actor": "person:1", "at": NOON, "body": "{}", "prev": b"0" * 32, "hash": b"1" * 32,
    }  # fmt: skip


_WORDING = {
    "subject_tr": "Konu", "body_tr": "Metin", "subject_en": "Subject", "body_en": "Text",
}  # fmt: skip

WHOLE: dict[str, Callable[[int], Values]] = {
    "access_log": lambda _n: {"at": NOON, "actor": "user:1", "what": "tckn", "purpose": "inceleme"},
    "application": lambda n: {**_case(n, "draft"), "kind": "first"},
    "augmentation": _augmentation,
    "batch": lambda _n: {
        "workflow": "application", "trigger": "approve", "actor": "user:1", "role": "officer",
        "auth": "demo", "filter": {}, "state": "rehearsed", "total": 1, "created_at": NOON,
    },
    "batch_item": lambda n: {"case_id": n, "seen_version": 1},
    "card": lambda n: {
        "serial": f"TEST{n:08}", "maker": "TEST", "status": "reserved", "created_at": NOON,
    },
    "card_box": lambda n: {
        **_case(n, "received"), "name": f"TEST-{n}", "maker": "TEST", "first_number": f"{n}01",
        "quantity": 2, "numbers": [f"{n}01", f"{n}02"],
    },
    "certificate": lambda n: {**_case(n, "active"), "serial": f"a{n:x}"},
    "chip_card": lambda n: {**_case(n, "in_stock"), "number": f"{n}01", "position": 1},
    "code": lambda n: {
        **_case(n, "issued"), "purpose": "application", "target_workflow": "application",
        "target_case_id": 7, "code_hash": n.to_bytes(32), "session_hash": b"s" * 32,
        "expires_at": NOON + timedelta(seconds=300),
    },
    "consent": lambda n: _case(n, "offered"),
    "contact_change": lambda n: {**_case(n, "asked"), "field": "email"},
    "data_change": lambda _n: {"at": NOON, "actor": "user:1", "source": "desk", "marks": {}},
    "definition": lambda n: {
        "sha256": _sha256(n), "workflow": "application", "canonical": "{}", "published_at": NOON,
    },
    "desk_entry": lambda n: {
        "at": NOON, "workflow": "application", "case_id": n, "actor": "user:1", "role": "officer",
        "what": "note",
    },
    "courier_event": lambda n: {
        "key": n.to_bytes(32), "kind": "attempt", "at": NOON, "actor": "system:courier",
        "received_at": NOON,
    },
    "document": _document,
    "erasure": lambda n: {
        "at": NOON, "rule": "card_secrets", "subject": f"card:{n}", "due_at": NOON,
    },
    "handover": lambda n: _case(n, "open"),
    "institution": lambda n: {
        "code": f"TEST-{n}", "name": "TEST Okulu", "sort_key": "TEST OKULU", "path": f"/TEST-{n}/",
    },
    "journal": _journal,
    "letter_line": lambda n: {"case_id": n, "tracking_number": f"TEST{n}", "handed_at": NOON},
    "message_text": lambda n: {"code": f"IM.{n}", "revision": 2, "in_force_on": NOON, **_WORDING},
    "notice": lambda n: {
        "key": f"{n}/1/notify", "case_id": n, "template": "held", "subject": "Konu",
        "text": "Metin", "created_at": NOON,
    },
    "notice_try": lambda n: {
        "n": n, "at": NOON, "channel": "email", "outcome": "taken", "words": "250 OK",
        "to_mark": "0123456789abcdef",
    },
    "office_user": lambda _n: {
        "name": "Zeynep Görevli", "sort_key": "ZEYNEP", "roles": ["officer"], "created_at": NOON,
    },
    "outside_wait": lambda n: {
        "key": f"{n}/1/produce", "party": "authority", "code": "unreachable", "tries": 1,
        "since": NOON, "at": NOON, "next_at": NOON,
    },
    "own_key": lambda n: {
        "role": "root", "key_sha256": _sha256(n), "certificate_sha256": _sha256(n),
        "noted_at": NOON, "noted_by": "seed",
    },
    "parcel": lambda n: {**_case(n, "booked"), "tracking_number": f"TEST{n}"},
    "person": _person,
    "proof": lambda _n: {
        "asked_at": NOON, "asked_by": "user:4", "stage": "done", "finished_at": NOON,
    },
    "refused_attempt": lambda _n: {
        "at": NOON, "workflow": "application", "trigger": "file", "actor": "user:1",
        "code": "role", "params": {},
    },
    "registration": lambda n: {**_case(n, "requested"), "tckn_hash": n.to_bytes(32)},
    "revocation_list": lambda n: {
        "number": n, "this_update": NOON, "next_update": NOON, "issuing": b"crl", "root": b"crl",
    },
    "revocation_status": lambda n: {"serial": f"b{n:x}"},
    "role_grant": lambda n: {**_case(n, "proposed"), "act": "open"},
    "saved_filter": lambda n: {
        "face": "office", "name": f"Süzgeç {n}", "sort_key": f"SUZGEC {n}", "address": "?q=1",
        "created_at": NOON,
    },
    "scan": _scan,
    "scan_page": lambda n: {"n": n, "picture": b"jpeg", "small": b"jpeg"},
    "shipment": lambda n: {
        "key": f"{n}/1/book", "case_id": n, "tracking_number": f"TEST{n}", "booked_at": NOON,
    },
    "sign_in": lambda n: {
        **_case(n, "issued"), "origin": "https://ofis.example", "nonce": f"{n:032x}",
        "code_hash": n.to_bytes(32), "session_hash": b"s" * 32,
        "expires_at": NOON + timedelta(seconds=300),
    },
    "sign_in_log": lambda _n: {"at": NOON, "method": "demo", "outcome": "signed_in"},
    "signature": _signature,
    "staff_upload": _upload,
    "staff_upload_row": lambda n: {"number": n},
    "station": lambda n: {
        "name": f"TEST oda {n}", "secret_hash": n.to_bytes(32), "added_at": NOON,
    },
    "reminder": lambda _n: {
        "ladder": "renewal", "step": 30, "due_on": NOON.date(), "sent_on": NOON.date(),
    },
    "reminder_sweep": lambda n: {
        "day": NOON.date() + timedelta(days=n), "begun_at": NOON,
    },
    "station_order": lambda _n: {"taken_at": NOON, "lease_until": NOON},
    "terms": lambda n: {
        "version": f"EO.01/{n:02} (BF.01/01)", "text": "Metin",
        "valid_from": NOON + timedelta(days=n),
    },
    "absence": lambda _n: {
        "first_day": NOON.date(), "last_day": NOON.date(), "noted_at": NOON, "noted_by": "user:4",
    },
    "support_change": lambda n: _case(n, "proposed"),
    "support_question": lambda n: {**_case(n, "asked"), "question": "Kart ne zaman gelir?"},
    "radar_figure": lambda _n: {
        "total": 1, "unconsented": 1, "counts": {"late": 1}, "own": {}, "days": {},
        "counted_at": NOON,
    },
    "radar_line": lambda _n: {"standing": "late", "consented": False, "ends_on": NOON.date()},
    "radar_sweep": lambda _n: {"id": 1, "day": NOON.date()},
    "radar_week": lambda _n: {
        "week": NOON.date(), "total": 1, "unconsented": 1, "counts": {"late": 1},
    },
    "text_change": lambda n: {
        **_case(n, "proposed"), "code": f"IM.{n}", "revision": 2, "in_force_on": NOON, **_WORDING,
    },
    "letter_register": lambda n: {"year": 2026, "number": n, "taken_at": NOON},
    "unit_letter": lambda n: {
        **_case(n, "proposed"), "wording": "renewal", "subject": "Konu", "contact_name": "Ad",
    },
    "unit_letter_copy": lambda n: {"place": n, "purpose": "action"},
    "timer_wait": lambda n: {
        "case_id": n, "at": NOON, "workflow": "application", "state": "held",
        "trigger": "release", "code": "window_open", "tried": {},
    },
    "web_session": lambda n: {"key": n.to_bytes(32), "began": NOON, "seen": NOON},
}  # fmt: skip
"""What a row of each table has at least, given a number that no other row of the test has."""

_CASE = {"definition": ("definition", "sha256")}
_OF_A_PERSON = {"person_id": ("person", "id")}

NEEDS: dict[str, dict[str, tuple[str, str]]] = {
    "absence": {"user_id": ("office_user", "id")},
    "application": {**_CASE, **_OF_A_PERSON},
    "augmentation": {"signature_id": ("signature", "id")},
    "batch_item": {"batch_id": ("batch", "id")},
    "card_box": _CASE,
    "certificate": {**_CASE, **_OF_A_PERSON},
    "chip_card": {**_CASE, "box_id": ("card_box", "id")},
    "code": {**_CASE, **_OF_A_PERSON, "digest": ("document", "sha256")},
    "consent": {**_CASE, **_OF_A_PERSON},
    "contact_change": {**_CASE, **_OF_A_PERSON},
    "courier_event": {"parcel_id": ("parcel", "id")},
    "data_change": _OF_A_PERSON,
    "handover": _CASE,
    "letter_line": {
        **_OF_A_PERSON,
        "form_sha256": ("document", "sha256"),
        "institution_id": ("institution", "id"),
    },
    "letter_register": {
        "institution_id": ("institution", "id"),
        "letter_id": ("unit_letter", "id"),
        "sha256": ("document", "sha256"),
    },
    "message_text": {"change_id": ("text_change", "id")},
    "notice": _OF_A_PERSON,
    "notice_try": {"notice_id": ("notice", "id")},
    "parcel": {**_CASE, **_OF_A_PERSON, "application_id": ("application", "id")},
    "registration": _CASE,
    "reminder": {**_OF_A_PERSON, "certificate_id": ("certificate", "id")},
    "role_grant": _CASE,
    "saved_filter": {"user_id": ("office_user", "id")},
    "scan_page": {"scan_id": ("scan", "id")},
    "radar_figure": {"institution_id": ("institution", "id")},
    "radar_line": {
        "certificate_id": ("certificate", "id"),
        "institution_id": ("institution", "id"),
        "person_id": ("person", "id"),
    },
    "radar_week": {"institution_id": ("institution", "id")},
    "sign_in": _CASE,
    "signature": {"document_sha256": ("document", "sha256")},
    "station_order": {
        "certificate_id": ("certificate", "id"),
        "station_id": ("station", "id"),
    },
    "staff_upload_row": {"upload_id": ("staff_upload", "id")},
    "support_change": {**_CASE, "institution_id": ("institution", "id")},
    "support_question": {**_CASE, **_OF_A_PERSON},
    "text_change": _CASE,
    "unit_letter": {**_CASE, "institution_id": ("institution", "id")},
    "unit_letter_copy": {
        "institution_id": ("institution", "id"),
        "letter_id": ("unit_letter", "id"),
    },
}
"""Which other rows each row needs: column, table and its column."""


@dataclass
class Rows:
    """Puts rows into the tables, for a test that takes all of them back."""

    connection: Connection
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def put(self, table: str, **changed: object) -> Row[Any]:
        """Enter a row that is whole but for what is changed, with the rows that it needs."""
        values = WHOLE[table](next(self._numbers))
        for column, (other, key) in NEEDS.get(table, {}).items():
            if column not in changed:
                values[column] = getattr(self.put(other), key)
        kept = METADATA.tables[table]
        return self.connection.execute(
            kept.insert().values({**values, **changed}).returning(kept)
        ).one()

    def change(self, row: Row[Any], table: str, **changed: object) -> Row[Any]:
        """Write columns of a row and return it as it then stands."""
        kept = METADATA.tables[table]
        key = [column == getattr(row, column.name) for column in kept.primary_key]
        return self.connection.execute(
            kept.update().where(*key).values(changed).returning(kept)
        ).one()

    def remove(self, row: Row[Any], table: str) -> None:
        """Remove a row."""
        kept = METADATA.tables[table]
        key = [column == getattr(row, column.name) for column in kept.primary_key]
        self.connection.execute(kept.delete().where(*key))

    def refusal(self, table: str, **changed: object) -> str:
        """Return which constraint refuses such a row, or which column must not be empty."""
        return self.refused(lambda: self.put(table, **changed))

    def refused(self, write: Callable[[], object]) -> str:
        """Return which constraint refuses a writing, or what else the database says to it."""
        before = self.connection.begin_nested()
        said = None
        try:
            write()
        except DBAPIError as error:
            said = getattr(error.orig, "diag", None)
        before.rollback()
        if said is None:
            return "nothing"
        return str(said.constraint_name or said.column_name or said.message_primary)
