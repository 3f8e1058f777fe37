"""The tables of documents, signatures, scans and lists: names by hash, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from states.papers.upload import StaffUpload

if TYPE_CHECKING:
    from tests.kit.states.rows import Rows

SHA = "ab" * 32
NO_SHA256 = (
    "",
    "ab" * 31,
    "ab" * 32 + "a",
    "AB" * 32,
    "ag" * 32,
    "ab" * 32 + "\n",
    " " + "ab" * 32,
)


@pytest.mark.parametrize("table", ["document", "scan"])
@pytest.mark.parametrize("sha256", NO_SHA256)
def test_bytes_are_named_by_a_whole_sha256_in_small_letters(
    rows: Rows, table: str, sha256: str
) -> None:
    assert rows.refusal(table, sha256=sha256) == f"ck_{table}_sha256"
    assert rows.refusal(table, sha256=SHA) == "nothing"


def test_the_same_bytes_are_one_document(rows: Rows) -> None:
    rows.put("document", sha256=SHA)
    assert rows.refusal("document", sha256=SHA) == "pk_document"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "0000-0000-0000-0000",
        "0000-0000-0000-0000-0000-0000",
        "0000-0000-0000-0000-000",
        "0000-0000-0000-0000-00000",
        "0000-0000-0000-0000-000G",
        "ABCD-0000-0000-0000-0000",
        "00000000000000000000",
        "0000 0000 0000 0000 0000",
        "0000-0000-0000-0000-0000\n",
    ],
)
def test_a_verification_code_is_five_groups_of_four_hex_digits(rows: Rows, code: str) -> None:
    refusal = rows.refusal("document", verification_code=code)
    assert refusal == "ck_document_verification_code"


def test_a_verification_code_stands_on_one_paper(rows: Rows) -> None:
    code = "0123-4567-89ab-cdef-0000"
    rows.put("document", verification_code=code)
    assert rows.refusal("document", verification_code=code) == "uq_document_verification_code"


def test_an_effect_makes_one_document(rows: Rows) -> None:
    rows.put("document", made_by="7/2/letter")
    assert rows.refusal("document", made_by="7/2/letter") == "uq_document_made_by"
    rows.put("document", made_by=None)
    assert rows.refusal("document", made_by=None) == "nothing"


def test_a_container_is_handed_in_once(rows: Rows) -> None:
    first = rows.put("signature", container_sha256=SHA)
    twice = rows.refusal("signature", container_sha256=SHA)
    assert twice == "uq_signature_container_sha256"
    # The same document may be signed again, by another container.
    assert rows.refusal("signature", document_sha256=first.document_sha256) == "nothing"


def test_later_forms_are_counted_within_one_signature(rows: Rows) -> None:
    first = rows.put("augmentation", n=1, container_sha256=SHA)
    of_it = {"signature_id": first.signature_id}
    assert rows.refusal("augmentation", **of_it, n=1) == "pk_augmentation"
    assert rows.refusal("augmentation", **of_it, n=2) == "nothing"
    assert rows.refusal("augmentation", n=1) == "nothing"
    twice = rows.refusal("augmentation", **of_it, n=2, container_sha256=SHA)
    assert twice == "uq_augmentation_container_sha256"


@pytest.mark.parametrize(
    ("report", "failed"),
    [
        ({"indication": "TOTAL-PASSED"}, False),
        ({"indication": "TOTAL-FAILED"}, True),
        ({"indication": "INDETERMINATE"}, True),
        ({}, False),
        (None, False),
    ],
)
def test_a_later_form_has_failed_that_was_judged_and_did_not_pass(
    rows: Rows,
    report: dict[str, str] | None,
    failed: bool,  # noqa: FBT001 - what is expected
) -> None:
    rows.put("augmentation", report=report)
    where = rows.connection.scalar(
        text("SELECT pg_get_expr(indpred, indrelid) FROM pg_index"
             " WHERE indexrelid = 'ix_augmentation_failed'::regclass")
    )  # fmt: skip
    found = rows.connection.scalar(text(f"SELECT count(*) FROM augmentation WHERE {where}"))
    assert found == failed


def test_a_file_is_kept_once_for_a_case(rows: Rows) -> None:
    rows.put("scan", case_id=7, sha256=SHA)
    assert rows.refusal("scan", case_id=7, sha256=SHA) == "uq_scan_case_id_sha256"
    assert rows.refusal("scan", case_id=8, sha256=SHA) == "nothing"
    assert rows.refusal("scan", case_id=7, sha256="ac" * 32) == "nothing"


def test_a_scan_has_each_page_once(rows: Rows) -> None:
    first = rows.put("scan_page", n=1)
    assert rows.refusal("scan_page", scan_id=first.scan_id, n=1) == "pk_scan_page"
    assert rows.refusal("scan_page", scan_id=first.scan_id, n=2) == "nothing"
    assert rows.refusal("scan_page", n=1) == "nothing"


def test_a_row_of_a_list_has_one_number(rows: Rows) -> None:
    first = rows.put("staff_upload_row", number=1)
    same = {"upload_id": first.upload_id}
    assert rows.refusal("staff_upload_row", **same, number=1) == "ix_staff_upload_row_number"
    assert rows.refusal("staff_upload_row", **same, number=2) == "nothing"
    assert rows.refusal("staff_upload_row", number=1) == "nothing"


def test_the_same_list_may_be_uploaded_again(rows: Rows) -> None:
    rows.put("staff_upload", sha256=SHA)
    row = rows.put("staff_upload", sha256=SHA)
    counted = (row.done, row.persons, row.known_persons, row.certificates)
    assert counted == (0, 0, 0, 0)
    assert (row.known_certificates, row.renewals) == (0, 0)
    assert StaffUpload(sha256=SHA).source == f"list:{SHA}"
