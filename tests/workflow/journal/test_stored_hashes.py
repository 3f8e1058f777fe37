"""The test of the stored hashes: none of them is left that nobody recomputes."""

from __future__ import annotations

from states.tables import METADATA
from workflow.journal.stored_hashes import STORED


def test_every_hash_of_bytes_is_recomputed_or_of_bytes_that_are_not_kept() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if "sha256" in column.name
    }
    names_a_document = {
        "document_sha256", "form_sha256", "activation_sha256", "pin_sha256", "letter_sha256",
        "list_sha256", "sheet_sha256",
    }  # fmt: skip
    elsewhere = {
        "own_key.key_sha256", "own_key.certificate_sha256",  # the keys lie in the token
        "station_order.key_sha256",  # the key lies on the card
        "signature.signer_sha256",  # in the container, which is hashed whole
        "letter_register.sha256",  # names the sealed letter, a document
        "staff_upload.sha256",  # of a file of which no copy is kept
    }  # fmt: skip
    recomputed = {f"{one.table}.{one.sha256}" for one in STORED}
    assert recomputed | elsewhere == {
        name for name in columns if name.partition(".")[2] not in names_a_document
    }
