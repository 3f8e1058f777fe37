"""Where personal data rests: docs/personal-data.md names each column that can hold some."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeDecorator

from handlers.upkeep.retention import PERSON
from states.tables import METADATA
from tests.house.tree import ROOT

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

PAGE = (ROOT / "docs" / "personal-data.md").read_text("utf-8")

KEYS = {"actor", "asked_by", "made_by", "uploaded_by"}
"""Columns that name somebody by an opaque key."""

NOBODYS = {
    "reference", "state", "head", "definition", "kind", "method", "workflow", "trigger", "batch",
    "role", "roles", "auth", "code", "outcome", "what", "why", "act", "purpose", "status", "level",
}  # fmt: skip
"""Columns of any table that hold a word or a number of the house."""

ABOUT_NOBODY = {
    "application": {"form_sha256", "paper", "tracking_number"},
    "augmentation": {"container_sha256"},
    "batch": {"filter"},
    "batch_item": {"rehearsed"},
    "card": {"serial", "maker"},
    "certificate": {
        "serial", "issuer", "sha256", "activation_sha256", "pin_sha256", "revocation_reason",
        "seen", "seen_proof", "chain", "suspended_by",
    },
    "code": {"target_workflow", "digest", "code_hash", "session_hash", "secret_hash"},
    "consent": {"terms_version", "document_sha256"},
    "contact_change": {"field"},
    "courier_event": {"key", "event_id", "reason"},
    "data_change": {"source"},
    "erasure": {"rule"},
    "definition": {"sha256", "canonical"},
    "document": {"sha256", "revision", "media_type", "verification_code"},
    "figure": {"name", "rows"},
    "institution": {"name", "sort_key", "path"},
    "journal": {"prev", "hash"},
    "letter_line": {"form_sha256", "letter_sha256", "tracking_number"},
    "message_text": {"subject_tr", "body_tr", "subject_en", "body_en"},
    "notice": {"key", "template", "channel", "language"},
    "notice_try": {"channel"},
    "outside_wait": {"key", "party"},
    "own_key": {"key_sha256", "certificate_sha256", "noted_by"},
    "proof": {"stage", "problems", "differences", "pinned", "recomputed"},
    "revocation_list": {"issuing", "root"},
    "revocation_status": {"serial", "entry"},
    "reminder": {"ladder", "message"},
    "saved_filter": {"face", "sort_key", "address"},
    "scan": {"sha256", "media_type"},
    "parcel": {"tracking_number", "wish"},
    "shipment": {"key", "tracking_number"},
    "sign_in": {"origin", "nonce", "code_hash", "session_hash", "secret_hash"},
    "sign_in_log": {"method", "session"},
    "absence": {"noted_by", "ended_by"},
    "timer_wait": {"tried"},
    "signature": {
        "document_sha256", "container_sha256", "indication", "sub_indication", "policy",
        "signer_sha256",
    },
    "staff_upload": {"within", "sha256"},
    "card_box": {"name", "maker", "first_number", "numbers"},
    "chip_card": {"number"},
    "station": {"name", "secret_hash"},
    "station_order": {"key_sha256"},
    "step": {"number"},
    "sweep_run": {"counts"},
    "terms": {"version", "form_version", "text"},
    "radar_figure": {"counts", "own", "days"},
    "radar_week": {"counts"},
    "radar_sweep": {"terms"},
    "text_change": {"subject_tr", "body_tr", "subject_en", "body_en"},
    "support_question": {"about_state"},
    "unit_letter": {"wording", "subject", "about", "addition"},
    "unit_letter_copy": {"list_sha256", "sheet_sha256"},
    "letter_register": {"sha256"},
    "try_count": {"key"},
    "web_session": {"key"},
}  # fmt: skip
"""Columns that were looked at and hold nothing about a person."""


def columns() -> set[tuple[str, str]]:
    """Return table and name of each column that can hold text, bytes or objects."""
    return {
        (table.name, column.name)
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(_kept(column.type), Text | LargeBinary | JSONB | ARRAY)
    }


def _kept(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return as what the database keeps a column of this type."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def named() -> set[tuple[str, str]]:
    """Return the columns that the page names in its tables of places."""
    tables = PAGE.partition("## Keys")[0]
    return {(table, column) for table, column in re.findall(r"`(\w+)\.(\w+)`", tables)}


def test_the_page_names_every_column_that_can_hold_something_about_a_person() -> None:
    harmless = {(table, name) for table, names in ABOUT_NOBODY.items() for name in names}
    left = {
        f"{table}.{name}"
        for table, name in columns() - named() - harmless
        if name not in KEYS | NOBODYS
    }
    assert left == set(), "personal data? name it in docs/personal-data.md, else here"
    assert harmless <= columns()
    assert not harmless & named()


def test_every_column_that_the_page_names_exists() -> None:
    files = {"py", "md"}
    assert {f"{table}.{name}" for table, name in named() - columns() if name not in files} == set()
    assert len(named()) > 35


LOG = "goes with the log, after the 20 years: it is evidence or refuses every change"
ACCOUNT = "an account keeps its person"
SOON = "is gone by then, by a rule of its own"
HOUSE = "is about a member of staff or about nobody"
STAYS = {
    "augmentation": (LOG, {"report", "container"}),
    "signature": (LOG, {"report", "container"}),
    "document": (LOG, {"content", "words"}),
    "scan": (LOG, {"content"}),
    "scan_page": (LOG, {"picture", "small"}),
    "journal": (LOG, {"body"}),
    "refused_attempt": (LOG, {"params"}),
    "desk_entry": (LOG, {"text"}),
    "data_change": (LOG, {"reason", "became", "marks", "proof"}),
    "notice_try": (LOG, {"words", "to_mark"}),
    "access_log": (LOG, {"purpose", "what"}),
    "erasure": (LOG, {"subject"}),
    "unit_letter": (ACCOUNT, {"contact_name", "contact_phone", "contact_email"}),
    "office_user": (ACCOUNT, {"name", "sort_key", "subject"}),
    "web_session": (SOON, {"name", "sealed"}),
    "registration": (
        "is wiped with its decision; by the hash of one refused its person is told why",
        {
            "tckn_hash",
            "tckn_sealed",
            "tckn_masked",
            "given_name",
            "surname",
            "address",
            "email",
            "phone",
        },
    ),
    "staff_upload_row": (SOON, {"content", "reason", "left_out"}),
    "card": (SOON, {"pin_sealed", "so_pin_sealed"}),
    "sign_in_log": (HOUSE, {"source"}),
    "batch": (HOUSE, {"reason"}),
    "saved_filter": (HOUSE, {"name"}),
    "staff_upload": (HOUSE, {"name"}),
    "support_change": (HOUSE, {"unit", "phone", "email"}),
    "person": ("is worked out of the name by the database", {"given_key"}),
    "radar_line": ("is worked out of its certificate by each sweep", {"standing"}),
}
"""What of a person wiping him leaves where it is, by table, and why."""


def wiped() -> set[tuple[str, str]]:
    """Return the columns that wiping a person overwrites."""
    statements = [re.match(r"\s*UPDATE (\w+) SET (.*) WHERE", one, re.DOTALL) for one in PERSON]
    return {
        (found[1], column)
        for found in statements
        if found is not None
        for column in re.findall(r"(\w+) = ", found[2])
    }


def test_what_is_named_as_personal_is_wiped_with_its_person_or_stays_for_a_reason() -> None:
    stays = {(table, name) for table, (_, names) in STAYS.items() for name in names}
    personal = {(table, name) for table, name in named() if name not in {"py", "md"}}
    assert personal - wiped() == stays
    assert not stays & wiped()


@pytest.mark.parametrize("column", sorted(wiped()))
def test_what_is_wiped_is_a_column_of_its_table(column: tuple[str, str]) -> None:
    table, name = column
    assert name in METADATA.tables[table].columns
