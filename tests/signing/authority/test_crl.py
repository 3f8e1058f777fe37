"""The entries of a list: encoded once, read back as they were, and small when there are many."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from asn1crypto import crl

from signing.authority.crl import ListIssue, Reason, RevokedEntry, encode_entry, read_entry
from signing.x509.tlv import is_der

if TYPE_CHECKING:
    from signing.authority.demo import Authority

NOW = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("number", [1, 127, 128, 255, 256, 2**64 - 1, 2**64, 2**158])
def test_an_entry_is_read_as_it_was_encoded(number: int, reason: Reason) -> None:
    entry = RevokedEntry(number, NOW, reason)
    der = encode_entry(entry)
    assert is_der(der)
    assert read_entry(der) == entry
    assert crl.RevokedCertificate.load(der, strict=True)["user_certificate"].native == number


def test_an_entry_without_a_reason_has_no_extensions() -> None:
    entry = encode_entry(RevokedEntry(0x1234, NOW, Reason.UNSPECIFIED))
    assert entry.hex() == "3013" + "02021234" + "170d" + b"261122090000Z".hex()


@pytest.mark.parametrize(
    ("since", "kind"),
    [
        (datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC), "utc_time"),
        (datetime(2050, 1, 1, tzinfo=UTC), "general_time"),
        (datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=3))), "utc_time"),
    ],
)
def test_a_day_from_2050_on_is_written_with_its_century(since: datetime, kind: str) -> None:
    der = encode_entry(RevokedEntry(7, since, Reason.ON_HOLD))
    assert crl.RevokedCertificate.load(der)["revocation_date"].name == kind
    assert read_entry(der).since == since


def test_a_list_holds_its_entries_byte_for_byte(authority: Authority) -> None:
    entries = [encode_entry(RevokedEntry(one, NOW, Reason.ON_HOLD)) for one in range(1, 300)]
    issue = ListIssue(2**70, NOW, NOW + timedelta(days=1))
    issuing, root = authority.sign_lists(b"".join(entries), issue)
    assert is_der(issuing)
    parsed = crl.CertificateList.load(issuing, strict=True)
    assert [entry.dump() for entry in parsed["tbs_cert_list"]["revoked_certificates"]] == entries
    assert parsed.crl_number_value.native == 2**70
    roots = crl.CertificateList.load(root)["tbs_cert_list"]["revoked_certificates"]
    assert roots.native is None


def test_a_long_list_is_signed_in_little_memory() -> None:
    """The figures of 100,000 entries stand in docs/signing.md; fewer show the growth as well."""
    command = [sys.executable, "-m", "tests.kit.signing.long_list", "20000"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert told["bytes"] > 20_000 * 40
    assert told["signed_s"] < 1
