"""Of every table: a whole row is taken, nothing may be left out, and no key takes rows with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import null, text

from states.tables import METADATA
from tests.kit.states.rows import NEEDS, WHOLE, Rows

if TYPE_CHECKING:
    from tests.kit.postgres import Database

BY_THEMSELVES = {"figure", "revocation_change", "step", "sweep_run", "try_count"}
"""Tables without any rule beyond their key and the columns that must not be empty."""

RECKONED = {
    "application": {"deadline", "id", "reference"},
    "card_box": {"id", "reference"},
    "certificate": {"id", "reference"},
    "chip_card": {"id", "reference"},
    "code": {"id", "reference"},
    "consent": {"id", "reference"},
    "contact_change": {"id", "reference"},
    "handover": {"id", "reference"},
    "parcel": {"id", "reference"},
    "person": {"given_key"},
    "registration": {"id", "reference"},
    "role_grant": {"id", "reference"},
    "sign_in": {"id", "reference"},
    "support_change": {"id", "reference"},
    "support_question": {"id", "reference"},
    "text_change": {"id", "reference"},
    "unit_letter": {"id", "reference"},
}
"""Columns that the database reckons, and what the reference is reckoned from."""

GIVEN = {
    "application": {"question_open", "sendings", "applicant_key"},
    "batch": {"judged", "moved", "refused", "failed"},
    "code": {"wrong_tries"},
    "contact_change": {"misses"},
    "handover": {"scanned"},
    "journal": {"xid"},
    "notice": {"state", "channel", "lane", "due_at", "language"},
    "office_user": {"active", "leads"},
    "parcel": {"attempts"},
    "person": {"standing", "language", "told_by"},
    "proof": {
        "total", "done", "cases", "found", "problems", "differences", "pinned", "recomputed",
    },
    "sign_in": {"wrong_tries"},
    "staff_upload": {
        "done", "persons", "known_persons", "certificates", "known_certificates", "renewals",
    },
}  # fmt: skip
"""Columns that begin with something, so that whoever enters a row need not name them."""

REFERRED = {
    "absence.deputy_id": "office_user",
    "absence.user_id": "office_user",
    "access_log.person_id": "person",
    "application.assignee_id": "office_user",
    "application.certificate_id": "certificate",
    "application.consent_id": "consent",
    "application.definition": "definition",
    "application.form_sha256": "document",
    "application.institution_id": "institution",
    "application.old_certificate_id": "certificate",
    "application.person_id": "person",
    "augmentation.signature_id": "signature",
    "batch.person_id": "person",
    "batch_item.batch_id": "batch",
    "card_box.definition": "definition",
    "card_box.person_id": "person",
    "certificate.activation_sha256": "document",
    "certificate.application_id": "application",
    "certificate.card_id": "card",
    "certificate.definition": "definition",
    "certificate.person_id": "person",
    "certificate.pin_sha256": "document",
    "certificate.replaces_id": "certificate",
    "chip_card.box_id": "card_box",
    "chip_card.card_id": "card",
    "chip_card.definition": "definition",
    "chip_card.person_id": "person",
    "code.definition": "definition",
    "code.digest": "document",
    "code.person_id": "person",
    "consent.definition": "definition",
    "consent.document_sha256": "document",
    "consent.person_id": "person",
    "consent.signature_id": "signature",
    "consent.terms_version": "terms",
    "contact_change.definition": "definition",
    "contact_change.person_id": "person",
    "courier_event.parcel_id": "parcel",
    "data_change.institution_id": "institution",
    "data_change.person_id": "person",
    "document.person_id": "person",
    "handover.definition": "definition",
    "handover.person_id": "person",
    "institution.parent_id": "institution",
    "letter_line.form_sha256": "document",
    "letter_line.institution_id": "institution",
    "letter_line.letter_sha256": "document",
    "letter_line.person_id": "person",
    "letter_register.institution_id": "institution",
    "letter_register.letter_id": "unit_letter",
    "letter_register.sha256": "document",
    "message_text.change_id": "text_change",
    "notice.person_id": "person",
    "notice_try.notice_id": "notice",
    "office_user.institution_id": "institution",
    "office_user.person_id": "person",
    "parcel.application_id": "application",
    "parcel.chip_card_id": "chip_card",
    "parcel.definition": "definition",
    "parcel.handover_id": "handover",
    "parcel.person_id": "person",
    "person.institution_id": "institution",
    "radar_figure.institution_id": "institution",
    "radar_line.certificate_id": "certificate",
    "radar_line.institution_id": "institution",
    "radar_line.person_id": "person",
    "radar_week.institution_id": "institution",
    "registration.definition": "definition",
    "registration.institution_id": "institution",
    "registration.person_id": "person",
    "reminder.certificate_id": "certificate",
    "reminder.person_id": "person",
    "role_grant.definition": "definition",
    "role_grant.institution_id": "institution",
    "role_grant.person_id": "person",
    "role_grant.user_id": "office_user",
    "saved_filter.user_id": "office_user",
    "scan_page.scan_id": "scan",
    "sign_in.definition": "definition",
    "sign_in.person_id": "person",
    "signature.document_sha256": "document",
    "staff_upload.person_id": "person",
    "staff_upload_row.upload_id": "staff_upload",
    "station_order.certificate_id": "certificate",
    "station_order.station_id": "station",
    "support_change.definition": "definition",
    "support_change.institution_id": "institution",
    "support_change.person_id": "person",
    "support_question.about_id": "application",
    "support_question.definition": "definition",
    "support_question.institution_id": "institution",
    "support_question.person_id": "person",
    "text_change.definition": "definition",
    "text_change.person_id": "person",
    "unit_letter.definition": "definition",
    "unit_letter.institution_id": "institution",
    "unit_letter.person_id": "person",
    "unit_letter_copy.institution_id": "institution",
    "unit_letter_copy.letter_id": "unit_letter",
    "unit_letter_copy.list_sha256": "document",
    "unit_letter_copy.sheet_sha256": "document",
    "web_session.person_id": "person",
    "web_session.user_id": "office_user",
}
"""What each column points at."""

NAMED_OTHERWISE = {
    "augmentation.signature_id": "augmentation_signature_id_fkey",
}
"""References whose names in the database do not follow the pattern of `states/kit/base.py`."""

OPTIONAL = {
    "absence": {"deputy_id", "handed_at", "ended_at", "ended_by"},
    "access_log": {"person_id"},
    "application": {
        "method", "institution_id", "old_certificate_id", "certificate_id", "production_opens_on",
        "window_from", "data_asked_on", "form_sha256", "consent_id", "delivery_address", "paper",
        "tracking_number", "couriered_at", "delivery", "assignee_id", "old_ends_on", "due_at",
        "assigned_version", "holder_id",
    },
    "augmentation": {"report"},
    "batch": {"reason", "person_id", "why", "started_at", "finished_at"},
    "batch_item": {"rehearsed", "outcome", "code"},
    "card": {"pin_sealed", "so_pin_sealed"},
    "card_box": {"person_id", "due_at"},
    "certificate": {
        "application_id", "card_id", "issuer", "not_before", "not_after", "ends_on", "ends_at",
        "der", "sha256", "activation_sha256", "pin_sha256", "suspended_at", "suspended_by",
        "activate_by", "end_asked_at", "activation_opens_at", "revoked_at", "revocation_reason",
        "reminders_stopped_on",
        "replaces_id", "seen", "seen_at", "seen_proof", "stated_ends_on", "checked_at", "chain",
        "due_at",
    },
    "chip_card": {"card_id", "person_id", "due_at"},
    "code": {"secret_hash", "due_at"},
    "consent": {"terms_version", "document_sha256", "signature_id", "due_at"},
    "contact_change": {"sealed", "expires_at", "proof", "due_at"},
    "courier_event": {"event_id", "reason"},
    "data_change": {"person_id", "institution_id", "proof", "reason", "became", "since"},
    "desk_entry": {"text"},
    "document": {"person_id", "words", "case_id", "made_by"},
    "handover": {"person_id", "begun_on", "due_at"},
    "institution": {"parent_id", "closed_on"},
    "journal": {"batch"},
    "letter_line": {"letter_sha256", "line"},
    "notice": {"to_sealed", "revision"},
    "office_user": {"person_id", "institution_id", "subject"},
    "outside_wait": {"case_id", "job_id"},
    "parcel": {"chip_card_id", "handover_id", "wish", "wish_attempt", "due_at"},
    "person": {
        "institution_id", "address", "email", "phone", "standing_since", "erased_at",
    },
    "proof": {"started_at", "finished_at"},
    "radar_sweep": {"terms", "whole_at", "swept_at"},
    "refused_attempt": {"case_id", "state", "role", "batch"},
    "revocation_list": {"entries"},
    "revocation_status": {"entry"},
    "reminder": {"message"},
    "reminder_sweep": {"after_day", "after_id", "swept_at"},
    "registration": {
        "person_id", "institution_id", "tckn_hash", "tckn_sealed", "tckn_masked", "given_name",
        "surname", "address", "email", "phone", "due_at",
    },
    "role_grant": {"user_id", "person_id", "role", "name", "subject", "institution_id", "due_at"},
    "shipment": {"recalled_at"},
    "sign_in": {"person_id", "secret_hash", "due_at"},
    "signature": {"sub_indication", "augment_at"},
    "sign_in_log": {"actor", "role", "source", "session"},
    "station": {"ended_at", "last_seen_at"},
    "station_order": {"key_sha256", "handed_in_at"},
    "staff_upload": {"person_id", "why", "started_at", "finished_at"},
    "staff_upload_row": {"content", "outcome", "reason", "left_out"},
    "terms": {"form_version"},
    "support_change": {"person_id", "unit", "phone", "email", "due_at"},
    "support_question": {"institution_id", "about_id", "about_state", "answer", "due_at"},
    "text_change": {"person_id", "due_at"},
    "unit_letter": {
        "person_id", "due_at", "about", "addition", "contact_phone", "contact_email",
    },
    "unit_letter_copy": {"outcome", "people", "list_sha256", "sheet_sha256", "made_at"},
    "web_session": {
        "actor", "role", "auth", "user_id", "person_id", "name", "ended", "why", "sealed",
    },
}  # fmt: skip
"""Columns that may be empty; what is not named here must be there."""


def test_every_table_has_a_whole_row_or_needs_none() -> None:
    assert set(WHOLE) | BY_THEMSELVES == set(METADATA.tables)


@pytest.mark.parametrize("table", WHOLE)
def test_nothing_that_must_be_there_may_be_empty(rows: Rows, table: str) -> None:
    rows.put(table)
    must = set(METADATA.tables[table].columns.keys()) - OPTIONAL.get(table, set())
    for column in sorted(must - RECKONED.get(table, set())):
        assert rows.refusal(table, **{column: null()}) == column


@pytest.mark.parametrize("table", WHOLE)
def test_what_may_be_empty_may_be(rows: Rows, table: str) -> None:
    row = rows.put(table)._asdict()
    empty = {name for name, value in row.items() if value is None}
    named = set(WHOLE[table](1)) | set(NEEDS.get(table, {}))
    reckoned = {"ends_at", "form_version"} & set(row) - empty
    assert empty == OPTIONAL.get(table, set()) - named - reckoned


@pytest.mark.parametrize("table", GIVEN)
def test_what_a_row_begins_with_is_named_by_nobody(rows: Rows, table: str) -> None:
    row = rows.put(table)
    assert GIVEN[table].isdisjoint(WHOLE[table](1))
    assert {name for name in GIVEN[table] if getattr(row, name) is None} == set()


@pytest.mark.parametrize("reference", REFERRED)
def test_what_points_at_nothing_is_refused(rows: Rows, reference: str) -> None:
    table, column = reference.split(".")
    other: dict[str, object] = (
        {"person_id": None} if reference == "data_change.institution_id" else {}
    )
    if reference == "role_grant.user_id":
        other = {"act": "close"}
    nothing = "nowhere" if _is_text(table, column) else 4_711
    name = NAMED_OTHERWISE.get(reference, f"fk_{table}_{column}")
    assert rows.refusal(table, **{**other, column: nothing}) == name


def _is_text(table: str, column: str) -> bool:
    return METADATA.tables[table].columns[column].type.python_type is str


def test_every_reference_is_one_of_these_and_takes_no_row_with_it(
    module_database: Database,
) -> None:
    statement = text(
        "SELECT conrelid::regclass || '.' || attname, confrelid::regclass::text,"
        " confdeltype::text || confupdtype::text || condeferrable::text"
        " FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]"
        " WHERE contype = 'f' AND conrelid::regclass::text NOT LIKE 'procrastinate%'"
    )
    with module_database.app.connect() as connection:
        found = {column: (table, how) for column, table, how in connection.execute(statement)}
    assert found == {column: (table, "aafalse") for column, table in REFERRED.items()}


@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("application", "person_id", "person"),
        ("application", "old_certificate_id", "certificate"),
        ("certificate", "card_id", "card"),
        ("certificate", "replaces_id", "certificate"),
        ("person", "institution_id", "institution"),
        ("web_session", "user_id", "office_user"),
    ],
)
def test_not_even_its_owner_removes_what_is_pointed_at(
    module_database: Database, table: str, column: str, other: str
) -> None:
    with module_database.owner.connect() as connection:
        rows = Rows(connection)
        target = rows.put(other)
        remove = text(f"DELETE FROM {other} WHERE id = {target.id}")
        assert rows.refused(lambda: connection.execute(remove)) == "nothing"
        rows.put(table, **{column: target.id})
        assert rows.refused(lambda: connection.execute(remove)) == f"fk_{table}_{column}"
        connection.rollback()
