"""What OCSP answers say of a certificate, and whose count (RFC 6960, 3.2 and 4.2.2.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asn1crypto import ocsp

from signing.x509 import builder
from signing.x509.certificate import X509Certificate
from signing.x509.validation_time import Moment
from tests.kit.signing import forge
from tests.kit.signing.crowd import Own, named
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.telling import PERSON, SECOND, H, Row, Teller, of_ocsp, revoked

HALF = timedelta(microseconds=500_000)
LATER, HELD, REVOKED = "TRY_LATER", "TRY_LATER held", "REVOKED_NO_POE"
HOLD = "certificate_hold"


@pytest.fixture(scope="module")
def teller() -> Teller:
    """Give an authority that no test changes."""
    return Teller()


def on(teller: Teller, reason: str | None = None, since: object = NOW - DAY) -> Row:
    """Give an entry about the person."""
    return Row(teller.person.serial_number, since, reason)  # type: ignore[arg-type]


def cert(der: bytes) -> X509Certificate:
    """Give the face of a certificate."""
    return X509Certificate(der)


# what answers say


def test_an_answer_says_good_revoked_on_hold_or_nothing(teller: Teller) -> None:
    nothing = ocsp.CertStatus("unknown")
    for status, found in (
        (revoked(), REVOKED),
        (revoked(reason="key_compromise"), REVOKED),
        (revoked(reason=HOLD), HELD),
        (nothing, LATER),
    ):
        answer = teller.answer(teller.entry(status))
        assert teller.asked(answers=[answer]) == found
        # It counts beside a list that knows nothing against it, wherever it came from.
        assert teller.asked(teller.list(), answers=[answer]) == (
            "good" if status is nothing else found
        )


def test_of_two_entries_of_an_answer_the_worse_counts(teller: Teller) -> None:
    good = teller.entry()
    for status, found in ((revoked(), REVOKED), (revoked(reason=HOLD), HELD)):
        bad = teller.entry(status)
        for entries in ((good, bad), (bad, good)):
            assert teller.asked(answers=[teller.answer(*entries)]) == found


def test_of_good_and_on_hold_the_newer_answer_counts(teller: Teller) -> None:
    older = teller.answer(teller.entry(revoked(reason=HOLD), NOW - H))
    assert teller.asked(answers=[older, teller.answer()]) == "good"
    newer = teller.answer(teller.entry(revoked(reason=HOLD)))
    assert teller.asked(answers=[newer, teller.answer(teller.entry(at=NOW - H))]) == HELD
    for_good = teller.answer(teller.entry(revoked(), NOW - 2 * DAY, NOW - DAY))
    assert teller.asked(answers=[for_good, teller.answer()]) == REVOKED


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_an_answer_may_name_the_certificate_by_any_known_hash(teller: Teller, digest: str) -> None:
    assert teller.asked(answers=[teller.answer(teller.entry(digest=digest))]) == "good"
    assert teller.asked(answers=[teller.answer(teller.entry(digest="md5"))]) == LATER


def test_what_can_not_be_read_is_as_if_it_were_not_there(teller: Teller) -> None:
    assert teller.asked(b"", b"junk", teller.list()) == "good"
    assert teller.asked(answers=[b"", b"junk", teller.answer()]) == "good"


def test_an_answer_about_somebody_else_says_nothing(teller: Teller) -> None:
    other = teller.certified(Own(named("TEST başkası")))
    assert teller.asked(answers=[teller.answer(teller.entry(about=other))]) == LATER
    assert teller.asked(answers=[Teller().answer(teller.entry())]) == LATER


def test_where_a_profile_wants_an_answer_a_list_alone_does_not_do(teller: Teller) -> None:
    wanted = Moment(NOW, ocsp=True)
    assert teller.asked(teller.list(), moment=wanted) == LATER
    assert teller.asked(teller.list(), answers=[teller.answer()], moment=wanted) == "good"
    assert teller.asked(answers=[teller.answer()], moment=wanted) == "good"


# who may answer


def test_an_answer_counts_from_the_issuer_and_from_whom_it_certified(teller: Teller) -> None:
    responder, by = teller.responder()
    stranger, false = Own(named("TEST yabancı")), Teller(Own(teller.own.name))
    for who, beside, found in (
        (None, (), "good"),
        (responder, (by,), "good"),
        (responder, (), LATER),
        (stranger, (by,), LATER),
        (responder, (responder.certify(responder, ca=False, more=of_ocsp(nocheck=True)),), LATER),
    ):
        assert teller.asked(answers=[teller.answer(by=who, beside=beside)]) == found
    other, theirs = false.responder()
    assert teller.asked(answers=[teller.answer(by=other, beside=(theirs,))]) == LATER


def test_an_answer_may_name_its_responder_by_key(teller: Teller) -> None:
    for key, found in ((teller.own.public, "good"), (forge.public_info(forge.ec_key()), LATER)):
        assert teller.asked(answers=[teller.answer(by_key=key.sha1)]) == found


def test_a_responder_needs_the_right_and_its_own_time(teller: Teller) -> None:
    plain = Own(named("TEST yanıtlayan"))
    for more in ((), (builder.extension("extended_key_usage", ["code_signing"]),)):
        without = teller.certified(plain, usage=PERSON, more=more).der
        assert teller.asked(answers=[teller.answer(by=plain, beside=[without])]) == LATER
    ended, by = teller.responder(until=NOW - SECOND * 2)
    assert teller.asked(answers=[teller.answer(by=ended, beside=[by])]) == LATER


def test_a_responder_that_ended_before_its_answer_proves_nothing_of_the_past(
    teller: Teller,
) -> None:
    short, by = teller.responder(until=NOW + H)
    proved = Moment(NOW, past=True)
    for at, found in ((NOW, "good"), (NOW + 2 * H, LATER)):
        answer = teller.answer(teller.entry(at=at, until=NOW + DAY), by=short, beside=[by])
        assert teller.asked(answers=[answer], moment=proved) == found


def test_a_responder_without_nocheck_counts_when_it_is_known_not_to_be_revoked(
    teller: Teller,
) -> None:
    responder, by = teller.responder(nocheck=False)
    answer = teller.answer(by=responder, beside=[by])
    wanted, row = Moment(NOW, ocsp=True), Row(cert(by).serial_number)
    assert teller.asked(answers=[answer], moment=wanted) == LATER
    assert teller.asked(teller.list(), answers=[answer], moment=wanted) == "good"
    assert teller.asked(teller.list(row), answers=[answer], moment=wanted) == LATER
    assert teller.asked(teller.list(at=NOW - DAY, until=NOW - H), answers=[answer]) == LATER


def test_a_responder_does_not_answer_for_itself(teller: Teller) -> None:
    responder, by = teller.responder(nocheck=False)
    other, theirs = teller.responder(nocheck=False)
    about = teller.answer(by=responder, beside=[by])
    own = teller.answer(teller.entry(about=cert(by)), by=responder, beside=[by])
    assert teller.asked(answers=[about, own]) == LATER
    # Nor do two for each other; a third that need not be asked about does.
    crossed = [
        teller.answer(teller.entry(about=cert(by)), by=other, beside=[theirs]),
        teller.answer(teller.entry(about=cert(theirs)), by=responder, beside=[by]),
    ]
    assert teller.asked(answers=[about, *crossed]) == LATER
    assert teller.asked(answers=[about, teller.answer(teller.entry(about=cert(by)))]) == "good"


def test_certificates_beside_an_answer_may_be_junk_but_not_many(teller: Teller) -> None:
    responder, by = teller.responder()
    junk = b"\x30\x00"
    assert teller.asked(answers=[teller.answer(by=responder, beside=[junk, by])]) == "good"
    crowd = [teller.anchor.der] * 8
    assert teller.asked(answers=[teller.answer(by=responder, beside=[*crowd[1:], by])]) == "good"
    assert teller.asked(answers=[teller.answer(by=responder, beside=[*crowd, by])]) == LATER
