"""What revocation lists do to a judgement: revoked, on hold, missing, of another day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asn1crypto import crl

from signing.authority.crl import Reason, RevokedEntry
from signing.validation.trust import Revocation
from signing.verdict import SubIndication
from tests.kit.signing import house as kit
from tests.kit.signing.answers import PASSED, TEXT, answer, unsure
from tests.kit.signing.house import DAY, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.demo import Authority
    from signing.validation.validate import Validation


def listed(card: kit.Signer, reason: Reason) -> RevokedEntry:
    return RevokedEntry(card.produced.certificate.serial_number, NOW - DAY / 2, reason)


@pytest.mark.parametrize("reason", [Reason.KEY_COMPROMISE, Reason.UNSPECIFIED])
def test_a_revoked_certificate_is_not_accepted(
    reason: Reason, signer: kit.Signer, authority: Authority, judge: Callable[..., Validation]
) -> None:
    lists = kit.revocation(authority, listed(signer, reason))
    verdict = judge(signer.sign(TEXT), revocation=lists)
    assert answer(verdict) == unsure(SubIndication.REVOKED_NO_POE)
    assert not verdict.wait


def test_a_suspended_certificate_means_wait(
    signer: kit.Signer, authority: Authority, judge: Callable[..., Validation]
) -> None:
    lists = kit.revocation(authority, listed(signer, Reason.ON_HOLD))
    verdict = judge(signer.sign(TEXT), revocation=lists)
    assert answer(verdict) == unsure(SubIndication.TRY_LATER)
    assert verdict.wait
    assert not verdict.qualified


def test_another_revoked_certificate_on_the_list_changes_nothing(
    signer: kit.Signer, authority: Authority, judge: Callable[..., Validation]
) -> None:
    entry = RevokedEntry(12345, NOW - DAY / 2, Reason.SUPERSEDED)
    verdict = judge(signer.sign(TEXT), revocation=kit.revocation(authority, entry))
    assert answer(verdict) == PASSED


def test_a_revoked_issuing_authority_is_named_as_such(
    signer: kit.Signer, authority: Authority, judge: Callable[..., Validation]
) -> None:
    number = authority.issuing.serial_number
    entry = RevokedEntry(number, NOW - DAY / 2, Reason.CESSATION)
    root = authority.root_crl(NOW - DAY / 2, NOW + DAY / 2, 2, (entry,))
    own = authority.crl((), NOW - DAY / 2, NOW + DAY / 2, 2)
    verdict = judge(signer.sign(TEXT), revocation=Revocation((own, root)))
    assert answer(verdict) == unsure(SubIndication.REVOKED_CA_NO_POE)


@pytest.mark.parametrize("missing", [0, 1, None])
def test_a_missing_list_means_wait(
    missing: int | None,
    signer: kit.Signer,
    lists: Revocation,
    judge: Callable[..., Validation],
) -> None:
    kept = () if missing is None else (lists.crls[missing],)
    verdict = judge(signer.sign(TEXT), revocation=Revocation(kept))
    assert answer(verdict) == unsure(SubIndication.TRY_LATER)
    assert verdict.wait


@pytest.mark.parametrize("days", [-3, 3])
def test_a_list_of_another_day_means_wait(
    days: int, signer: kit.Signer, authority: Authority, judge: Callable[..., Validation]
) -> None:
    stale = kit.revocation(authority, at=NOW + days * DAY)
    assert answer(judge(signer.sign(TEXT), revocation=stale)) == unsure(SubIndication.TRY_LATER)


@pytest.mark.parametrize("junk", [b"", b"junk", b"\x30\x00"])
def test_an_unreadable_list_counts_as_missing(
    junk: bytes, signer: kit.Signer, lists: Revocation, judge: Callable[..., Validation]
) -> None:
    verdict = judge(signer.sign(TEXT), revocation=Revocation((junk, lists.crls[1])))
    assert answer(verdict) == unsure(SubIndication.TRY_LATER)


def test_a_list_with_a_broken_signature_means_wait(
    signer: kit.Signer, lists: Revocation, judge: Callable[..., Validation]
) -> None:
    parsed = crl.CertificateList.load(lists.crls[0])
    parsed["signature"] = b"\x00" * 256
    forged = Revocation((parsed.dump(force=True), lists.crls[1]))
    assert answer(judge(signer.sign(TEXT), revocation=forged)) == unsure(SubIndication.TRY_LATER)
