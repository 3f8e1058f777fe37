"""Of which age data must be to say something of a certificate at a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from signing.x509.validation_time import SKEW, Moment

if TYPE_CHECKING:
    from asn1crypto import x509

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
END = datetime(2026, 6, 30, 20, 59, 59, tzinfo=UTC)
SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)


class Ends:
    """A certificate of which only the end is asked."""

    not_valid_after = END


CERTIFICATE = cast("x509.Certificate", Ends())


def test_of_the_present_data_of_any_age_fits() -> None:
    fits = Moment(AT).fits(CERTIFICATE)
    assert fits(AT - timedelta(days=3_650))
    assert fits(END + SECOND)


@pytest.mark.parametrize(
    ("issued", "fitting"),
    [(AT - SECOND, False), (AT, True), (AT + SECOND, True), (END + SECOND, True)],
)
def test_data_is_not_older_than_is_asked(issued: datetime, fitting: bool) -> None:  # noqa: FBT001 - expected
    assert Moment(AT, issued_from=AT).fits(CERTIFICATE)(issued) is fitting


def test_the_fractions_of_a_time_stamp_make_no_list_too_old() -> None:
    stamped = AT + SECOND - TICK
    fits = Moment(AT, issued_from=stamped).fits(CERTIFICATE)
    assert fits(AT)
    assert not fits(AT - SECOND)


def test_of_the_past_only_data_of_the_life_of_the_certificate_counts() -> None:
    fits = Moment(AT, past=True).fits(CERTIFICATE)
    assert fits(END)
    assert not fits(END + SECOND)
    both = Moment(AT, past=True, issued_from=AT).fits(CERTIFICATE)
    assert [both(AT - SECOND), both(AT), both(END), both(END + SECOND)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_of_issuers_nothing_more_is_asked_than_the_time() -> None:
    asked = Moment(AT, past=True, issued_from=AT, ocsp=True)
    assert asked.of_issuers() == Moment(AT, past=True)


def test_a_proof_moves_the_question_to_an_earlier_time_by_another_clock() -> None:
    before = AT - timedelta(days=1)
    earlier = Moment(AT, ocsp=True).earlier(before)
    assert earlier == Moment(before, past=True, issued_from=before - SKEW, ocsp=True)
    assert timedelta(minutes=5) == SKEW


def test_what_was_asked_before_stays_asked_where_it_is_stricter() -> None:
    strict = Moment(AT, issued_from=AT)
    assert strict.earlier(AT - timedelta(days=1)).issued_from == AT
    later = AT + timedelta(days=1)
    assert strict.earlier(later).issued_from == later - SKEW
    edge = replace(strict, issued_from=AT - SKEW)
    assert edge.earlier(AT).issued_from == AT - SKEW
