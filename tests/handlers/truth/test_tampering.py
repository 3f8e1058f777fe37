"""The proof that what an owner of the database changes is found, as far as no seal is needed.

What only a sealed log will find is told in docs/journal.md, "What it cannot find".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.handlers.tampering import MANIPULATIONS, done, town

if TYPE_CHECKING:
    from tests.kit.handlers.tampering import Town

__all__ = ["town"]

FOUND = {
    "an entry later than its follower": {
        "conform earlier": "case 6 entry 4",
    },
    "moments a month back, as the case row tells": {
        "conform moment": "case 6 entry 1",
    },
    "rules emptied": {
        "conform rules": "case 6 entry 1",
    },
    "checks emptied": {
        "conform checks": "case 6 entry 1",
    },
    "documents exchanged for zeros": {
        "conform unknown_document": "case 6 entry 2: document …",
        "conform unnamed": "case 6: application form_sha256 …",
    },
    "another parcel in an entry": {
        "conform column": "case 11 entry 9: parcel application_id, person_id, tracking_number",
    },
    "the newest entry cut off, whose message stays": {
        "conform column": "case 6 entry 10: application couriered, parcel delivered",
        "conform outcome_unordered": "case 6: notice 6/11/notice.delivered",
    },
    "a case removed whole": {
        "conform outcome_unordered": "case 6: document …",
        "conform batch_outcome": "case 6: batch 1: outcome moved",
        "conform stray": "case 6: batch_item 1/6: case_id",
    },
    "the text of a definition": {
        "verify definition": "definition …",
    },
    "when a definition was published": {
        "conform unpublished": "case 6 entry 1: definition …",
    },
    "the text of a document": {
        "verify content": "document …",
    },
    "whose document it is": {
        "conform owner": "case 6: document …: person_id",
    },
    "the verification code of a document": {
        "conform column": "document …: verification_code, words",
    },
    "a document taken away": {
        "conform unknown_document": "case 6 entry 2: document …",
        "conform stray": "application 6: form_sha256",
    },
    "an uploaded scan": {
        "verify content": "case 7 scan 1",
    },
    "a scan taken away": {
        "conform unknown_document": "case 7 entry 5: document …",
    },
    "the container of a signature": {
        "verify content": "case 4 signature 1",
    },
    "the container and its hash": {
        "conform unknown_document": "case 4 entry 2: document …",
    },
    "the judgement of a signature": {
        "conform signature": "case 4 entry 2: signature 1",
    },
    "whose signature it is": {
        "conform signature": "case 4 entry 2: signature 1",
    },
    "a signature taken away": {
        "conform unknown_document": "case 4 entry 2: document …",
        "conform signature": "case 4 entry 2: signature 1",
    },
    "a signature put in": {
        "conform unnamed": "case 4: signature 2",
    },
    "the text of the e-onay": {
        "conform terms": "terms EO.01/02 (BF.01/02)",
    },
    "the end of a certificate": {
        "conform certificate": "case 9: certificate 9: not_after",
    },
    "the last day of a certificate": {
        "conform certificate": "case 9: certificate 9: ends_on",
    },
    "the serial of a certificate": {
        "conform certificate": "case 9: certificate 9: serial",
    },
    "the bytes of a certificate": {
        "verify content": "case 9 certificate 9",
        "conform certificate": "case 9: certificate 9: der",
    },
    "the bytes of a certificate and their hash": {
        "verify content": "case 9 certificate 9",
        "conform certificate": "case 9: certificate 9: serial, not_before, not_after, ends_on",
    },
    "whose certificate it is": {
        "conform owner": "case 9: certificate 9: person_id",
    },
    "when a certificate was revoked": {
        "conform column": "case 10 entry 4: certificate revoked_at, revocation_reason",
    },
    "why a certificate was revoked": {
        "conform column": "case 10 entry 4: certificate revoked_at, revocation_reason",
    },
    "a certificate that only its columns revoke": {
        "conform column": "case 9: certificate revoked_at, revocation_reason",
    },
    "the method of an application": {
        "conform column": "case 6 entry 2: application method",
    },
    "the certificate of an application": {
        "conform column": "case 6 entry 7: application certificate_id",
    },
    "the first day of production": {
        "conform column": "case 6 entry 1: application production_opens_on",
    },
    "the list of papers": {
        "conform column": "case 7 entry 4: application paper",
    },
    "the tracking number of an application": {
        "conform column": "case 6 entry 10: application tracking_number",
    },
    "what was shown at the delivery": {
        "conform column": "case 6 entry 11: application delivery",
    },
    "the moment since which a case stands": {
        "conform moment": "case 6 entry 11",
    },
    "the moment at which a case was opened": {
        "conform moment": "case 6 entry 1",
    },
    "the document of an e-onay": {
        "conform unnamed": "case 4: consent document_sha256 …",
    },
    "the text that an e-onay is given to": {
        "conform column": "case 4 entry 1: consent terms_version",
    },
    "an account made administrator without a grant": {
        "conform account": "case 1 entry 2: office_user 1: roles operator",
    },
    "an account put in": {
        "conform account": "office_user 3: roles administrator",
    },
    "an account that no grant closed": {
        "conform account": "case 1 entry 2: office_user 1: active",
    },
    "a head without a grant": {
        "conform account": "case 1 entry 2: office_user 1: leads",
    },
    "a message taken away": {
        "conform outcome_missing": "case 6 entry 10: notice.couriered",
    },
    "a message put in": {
        "conform outcome_unordered": "case 4: notice 6/2/notice.lost",
    },
    "the number of a booking": {
        "conform column": "case 6: shipment 6/8/courier.book: tracking_number",
    },
    "a booking put in": {
        "conform outcome_unordered": "case 6: shipment 6/1/courier.book",
        "conform column": "case 6: shipment 6/1/courier.book: tracking_number",
    },
    "a paper of ours taken away": {
        "conform outcome_missing": "case 4 entry 2: record.consent",
    },
    "the state of a card": {
        "conform column": "case 9: card 2: status reserved",
    },
    "a sweep taken away": {
        "conform unknown_batch": "case 8 entry 2: sweep:1",
    },
    "a batch taken away": {
        "conform unknown_batch": "case 6 entry 7: batch:1",
    },
    "what came of a batch": {
        "conform batch_outcome": "case 6 entry 7: batch:1: outcome refused",
    },
    "a case more in a batch": {
        "conform batch_outcome": "case 4: batch 1: outcome moved",
    },
    "an effect called done": {
        "conform outcome_missing": "case 6 entry 11: notice.delivered",
    },
    "the numbers of cases set back": {
        "conform numbers": "case 12: sequence case_id: 1",
    },
    "the triggers of a table taken away": {
        "verify guard": "trigger append_only on journal is gone",
    },
    "more rights for the office": {
        "verify guard": "rights of nes_app on table document: INSERT",
    },
    "the step of the database": {
        "verify guard": "the database stands at step 0001",
    },
}
"""By manipulation what is found: who finds it, as what, and where it is first."""


def test_an_office_that_nobody_touched_is_whole(town: Town) -> None:
    assert done(town, "SELECT 1") == {}


@pytest.mark.parametrize("what", MANIPULATIONS)
def test_each_manipulation_is_found_and_named(town: Town, what: str) -> None:
    assert done(town, MANIPULATIONS[what]) == FOUND[what]
