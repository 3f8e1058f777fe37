"""What revocation lists say of a certificate, and whose count (RFC 5280, 6.3.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asn1crypto import core, x509

from signing.x509.certificate import X509Certificate
from signing.x509.crl_scope import ALL_REASONS
from signing.x509.validation_time import SKEW, Moment
from tests.kit.signing.crowd import CA, Own, named
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.telling import (
    PERSON,
    SECOND,
    H,
    Row,
    Teller,
    extension,
    idp,
    odd,
    points,
    revoked,
    url,
)

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


# what lists say


def test_who_is_on_no_list_is_good_and_who_is_on_one_is_revoked_or_waits(teller: Teller) -> None:
    assert teller.asked(teller.list()) == "good"
    assert teller.asked(teller.list(Row(1), Row(2))) == "good"
    assert teller.asked(teller.list(Row(1), on(teller), Row(2))) == REVOKED
    assert teller.asked(teller.list(on(teller, "superseded"))) == REVOKED
    assert teller.asked(teller.list(on(teller, HOLD))) == HELD
    # That lifts a hold in a delta; in a complete list it is at least no good word.
    assert teller.asked(teller.list(on(teller, "remove_from_crl"))) == HELD
    assert teller.asked() == LATER


def test_of_two_entries_about_one_certificate_the_worse_counts(teller: Teller) -> None:
    for rows in ([on(teller, HOLD), on(teller)], [on(teller), on(teller, HOLD)]):
        assert teller.asked(teller.list(*rows)) == REVOKED


@pytest.mark.parametrize("since", [NOW + DAY, NOW + SECOND, NOW, NOW - DAY])
def test_who_is_listed_is_revoked_whatever_date_stands_there(teller: Teller, since: object) -> None:
    assert teller.asked(teller.list(on(teller, since=since))) == REVOKED
    answer = teller.answer(teller.entry(revoked(since)))  # type: ignore[arg-type]
    assert teller.asked(answers=[answer]) == REVOKED


def test_a_date_counts_against_a_time_that_is_proved(teller: Teller) -> None:
    proved = Moment(NOW, past=True)
    for since, found in ((NOW, REVOKED), (NOW + SECOND, "good"), (NOW - SECOND, REVOKED)):
        rows = on(teller, since=since)
        assert teller.asked(teller.list(rows, at=NOW + H, until=NOW + DAY), moment=proved) == found
        entry = teller.entry(revoked(since), NOW + H, NOW + DAY)
        assert teller.asked(answers=[teller.answer(entry)], moment=proved) == found


def test_of_one_issuer_and_scope_the_newest_list_in_force_counts(teller: Teller) -> None:
    held, free = on(teller, HOLD), teller.list(at=NOW - H, number=8)
    older = teller.list(held, at=NOW - 2 * H, number=7)
    for lists in ((older, free), (free, older)):
        assert teller.asked(*lists) == "good"
    assert teller.asked(teller.list(at=NOW - 2 * H), teller.list(held, number=8)) == HELD
    # The same hour: the larger number is the newer one (RFC 5280, 5.2.3).
    assert teller.asked(teller.list(held, number=7), free) == "good"
    assert teller.asked(teller.list(held, number=9), free) == HELD
    # A newer one that is over by now takes nothing away.
    gone = teller.list(at=NOW - H, until=NOW - SECOND, number=9)
    assert teller.asked(older, gone) == HELD


def test_a_revocation_is_for_good_whatever_newer_lists_leave_out(teller: Teller) -> None:
    older = teller.list(on(teller), at=NOW - 2 * H, number=6)
    assert teller.asked(older, teller.list()) == REVOKED
    over = teller.list(on(teller), at=NOW - 2 * DAY, until=NOW - DAY)
    assert teller.asked(over) == REVOKED
    assert teller.asked(over, answers=[teller.answer()]) == REVOKED
    waited = teller.list(on(teller, HOLD), at=NOW - 2 * DAY, until=NOW - DAY)
    assert teller.asked(waited) == LATER
    assert teller.asked(waited, answers=[teller.answer()]) == "good"


# times


@pytest.mark.parametrize(
    ("at", "until", "found"),
    [
        (NOW, NOW, "good"),
        (NOW - DAY, NOW, "good"),
        (NOW - DAY, NOW - SECOND, LATER),
        (NOW + 3 * SECOND, NOW + H, "good"),
        (NOW + SKEW, NOW + H, "good"),
        (NOW + SKEW + SECOND, NOW + H, LATER),
    ],
)
def test_both_ends_belong_to_the_time_of_a_list_and_of_an_answer(
    teller: Teller, at: object, until: object, found: str
) -> None:
    assert teller.asked(teller.list(at=at, until=until)) == found  # type: ignore[arg-type]
    answer = teller.answer(teller.entry(at=at, until=until))  # type: ignore[arg-type]
    assert teller.asked(answers=[answer]) == found
    # Our clock tells fractions of a second, theirs do not.
    assert teller.asked(answers=[answer], moment=Moment(NOW + HALF)) == found


def test_what_is_from_the_future_says_nothing_not_even_revoked(teller: Teller) -> None:
    ahead = NOW + SKEW + SECOND
    assert teller.asked(teller.list(on(teller), at=ahead, until=NOW + DAY)) == LATER
    answer = teller.answer(teller.entry(revoked(), ahead, NOW + DAY))
    assert teller.asked(answers=[answer]) == LATER


def test_without_an_end_a_list_says_nothing_and_an_answer_is_of_its_moment(teller: Teller) -> None:
    assert teller.asked(teller.list(until=None)) == LATER
    for at, found in ((NOW, "good"), (NOW - SKEW, "good"), (NOW - SKEW - SECOND, LATER)):
        assert teller.asked(answers=[teller.answer(teller.entry(at=at, until=None))]) == found


def test_a_profile_takes_data_from_its_moment_on_to_the_second(teller: Teller) -> None:
    for ahead, found in ((timedelta(), "good"), (HALF, "good"), (SECOND, LATER)):
        moment = Moment(NOW, issued_from=NOW - H + ahead)
        assert teller.asked(teller.list(at=NOW - H), moment=moment) == found
    # Older data may still say what is for good.
    moment = Moment(NOW, issued_from=NOW)
    assert teller.asked(teller.list(on(teller), at=NOW - H), moment=moment) == REVOKED


def test_data_from_about_a_proved_time_serves_for_it(teller: Teller) -> None:
    proved = Moment(NOW + DAY).earlier(NOW + HALF)
    for at, found in ((NOW, "good"), (NOW - SKEW, "good"), (NOW - SKEW - SECOND, LATER)):
        assert teller.asked(teller.list(at=at), moment=proved) == found
    # What was revoked leaves the lists when it has ended: later ones say nothing of it.
    end = teller.person.not_after
    for at, found in ((end, "good"), (end + SECOND, LATER)):
        assert teller.asked(teller.list(at=at, until=end + DAY), moment=proved) == found


# deltas


def delta(teller: Teller, *rows: Row, base: int = 7, number: int = 8, **how: object) -> bytes:
    """Make a list of what changed since the list of a number (RFC 5280, 5.2.4)."""
    more = (extension("2.5.29.27", core.Integer(base), critical=True),)
    return teller.list(*rows, number=number, more=more, **how)  # type: ignore[arg-type]


def test_a_list_that_names_a_delta_counts_without_it(teller: Teller) -> None:
    fresher = extension("2.5.29.46", x509.CRLDistributionPoints([{"distribution_point": url("x")}]))
    assert teller.asked(teller.list(more=[fresher])) == "good"
    assert teller.asked(teller.list(on(teller), more=[fresher])) == REVOKED


def test_a_delta_at_hand_amends_the_list_that_it_builds_on(teller: Teller) -> None:
    plain, held = teller.list(), teller.list(on(teller, HOLD))
    lifted, now_held = on(teller, "remove_from_crl"), on(teller, HOLD)
    assert teller.asked(plain, delta(teller)) == "good"
    assert teller.asked(plain, delta(teller, now_held)) == HELD
    assert teller.asked(held, delta(teller)) == HELD
    assert teller.asked(held, delta(teller, lifted)) == "good"
    assert teller.asked(held, delta(teller, lifted), delta(teller, now_held, number=9)) == HELD
    assert teller.asked(held, delta(teller, lifted, number=9), delta(teller, now_held)) == "good"


def test_a_delta_that_does_not_fit_the_list_lifts_nothing(teller: Teller) -> None:
    held, lifted = teller.list(on(teller, HOLD)), on(teller, "remove_from_crl")
    assert teller.asked(held, delta(teller, lifted, base=8, number=9)) == HELD
    assert teller.asked(held, delta(teller, lifted, base=5, number=7)) == HELD
    assert teller.asked(held, delta(teller, lifted, until=NOW - SECOND)) == HELD
    more = (extension("2.5.29.27", core.Integer(7), critical=True), idp(indirect_crl=True))
    assert teller.asked(held, teller.list(lifted, number=8, more=more)) == HELD
    assert teller.asked(delta(teller)) == LATER


def test_a_delta_says_what_is_for_good_with_or_without_its_list(teller: Teller) -> None:
    for one in (delta(teller, on(teller)), delta(teller, on(teller), until=NOW - SECOND)):
        assert teller.asked(teller.list(), one) == REVOKED
        assert teller.asked(one, answers=[teller.answer()]) == REVOKED
    spoilt = delta(teller, Row(1, more=(odd(),)))
    assert teller.asked(teller.list(), spoilt) == "good"


# which certificates a list is about


def pointed(teller: Teller, *entries: dict[str, object]) -> X509Certificate:
    """Certify somebody whose certificate names these distribution points."""
    return teller.certified(Own(named("TEST kişi")), usage=PERSON, more=(points(*entries),))


def directory(name: x509.Name) -> list[x509.GeneralName]:
    return [x509.GeneralName("directory_name", name)]


def test_a_list_of_authorities_or_of_others_only_is_not_about_a_person(teller: Teller) -> None:
    for kind, found in (
        ("only_contains_user_certs", "good"),
        ("only_contains_ca_certs", LATER),
        ("only_contains_attribute_certs", LATER),
    ):
        scoped = teller.list(more=[idp(**{kind: True})])
        assert teller.asked(scoped) == found
    authority = teller.certified(Own(named("TEST ara")), ca=True)
    users = teller.list(more=[idp(only_contains_user_certs=True)])
    assert teller.asked(users, person=authority) == LATER
    assert teller.asked(teller.list(), person=authority) == "good"


def test_a_list_of_one_distribution_point_is_about_those_that_name_it(teller: Teller) -> None:
    here = teller.list(more=[idp(distribution_point=url("http://a/x"))])
    for point, found in (("http://a/x", "good"), ("http://a/y", LATER)):
        person = pointed(teller, {"distribution_point": url(point)})
        assert teller.asked(here, person=person) == found
        # A list that names none is about all.
        assert teller.asked(teller.list(), person=person) == "good"
    assert teller.asked(here) == LATER
    own = x509.DistributionPointName("full_name", directory(teller.own.name))
    assert teller.asked(teller.list(more=[idp(distribution_point=own)])) == "good"


def relative(text: str) -> x509.DistributionPointName:
    value = x509.DirectoryString("utf8_string", core.UTF8String(text))
    part = x509.NameTypeAndValue({"type": "common_name", "value": value})
    name = x509.RelativeDistinguishedName([part])
    return x509.DistributionPointName("name_relative_to_crl_issuer", name)


def test_a_distribution_point_may_be_named_below_its_issuer(teller: Teller) -> None:
    here = teller.list(more=[idp(distribution_point=relative("1"))])
    for text, found in (("1", "good"), ("2", LATER)):
        person = pointed(teller, {"distribution_point": relative(text)})
        assert teller.asked(here, person=person) == found


def test_lists_for_some_reasons_count_together(teller: Teller) -> None:
    some = teller.list(more=[idp(only_some_reasons={"key_compromise", "ca_compromise"})])
    rest = set(ALL_REASONS) - {"key_compromise", "ca_compromise"}
    others = teller.list(more=[idp(only_some_reasons=rest)])
    assert teller.asked(some) == LATER
    assert teller.asked(others) == LATER
    assert teller.asked(some, others) == "good"
    nothing = teller.list(on(teller), more=[idp(only_some_reasons={"unused"})])
    assert teller.asked(nothing) == LATER
    # A point may name the reasons too.
    person = pointed(teller, {"distribution_point": url("x"), "reasons": {"key_compromise"}})
    assert teller.asked(teller.list(), person=person) == LATER


def test_a_list_may_be_issued_by_another_that_the_certificate_names(teller: Teller) -> None:
    lister = Own(named("TEST listeleyen"))
    other = Teller(teller.own)
    other.others = [teller.certified(lister, usage=frozenset({"crl_sign"})).der]
    person = pointed(other, {"distribution_point": url("x"), "crl_issuer": directory(lister.name)})
    names = x509.GeneralNames(directory(teller.own.name))
    naming = extension("2.5.29.29", names, critical=True)
    row, about = Row(person.serial_number), Row(1, more=(naming,))
    indirect = idp(indirect_crl=True, distribution_point=url("x"))
    own = other.list()

    def asked(*rows: Row, more: tuple[dict[str, object], ...] = (indirect,)) -> str:
        theirs = other.list(*rows, by=lister, name=lister.name, more=more)
        return other.asked(theirs, own, person=person)

    assert asked() == "good"
    assert asked(more=()) == LATER
    # An entry belongs to who was named last, at first to the issuer of the list (5.3.3).
    assert asked(row) == "good"
    assert asked(about, row) == REVOKED
    assert asked(row, about) == "good"
    assert asked(about, Row(2, reason="superseded"), row) == REVOKED
    mail: dict[str, object] = {"crl_issuer": [x509.GeneralName("rfc822_name", "a@example.com")]}
    unnamed = pointed(other, mail, {"distribution_point": url("x")})
    assert other.asked(own, person=unnamed) == "good"
    # To those who do not name it the list says nothing.
    theirs = other.list(about, by=lister, name=lister.name, more=[indirect])
    assert other.asked(theirs) == LATER


# who may issue lists


def test_a_list_counts_under_a_key_of_its_issuer_that_may_sign_lists(teller: Teller) -> None:
    stranger = Teller(Own(teller.own.name))
    assert teller.asked(stranger.list()) == LATER
    lists_only, other = Own(teller.own.name), Teller(teller.own)
    for usage, found in ((CA, "good"), (frozenset({"key_cert_sign"}), LATER)):
        other.others = [teller.certified(lists_only, usage=usage).der]
        assert other.asked(other.list(by=lists_only)) == found
    other.others = [stranger.certified(lists_only, usage=CA).der]
    assert other.asked(other.list(by=lists_only)) == LATER
    # One of that name below another authority is not beside our path.
    aside = Own(named("TEST ara"))
    below = X509Certificate(aside.certify(lists_only, usage=CA))
    other.others = [teller.certified(aside, ca=True, usage=CA).der, below.der]
    assert other.asked(other.list(by=lists_only)) == LATER


def test_who_signs_lists_is_asked_about_too(teller: Teller) -> None:
    lists_only, other = Own(teller.own.name), Teller(teller.own)
    signer = teller.certified(lists_only, usage=CA)
    other.others = [signer.der]
    # It may tell of itself: there is no other that could.
    assert other.asked(other.list(by=lists_only)) == "good"
    assert other.asked(other.list(Row(signer.serial_number), by=lists_only)) == LATER
    person = pointed(other, {"distribution_point": url("x")})
    scoped = other.list(by=lists_only, more=[idp(distribution_point=url("x"))])
    assert other.asked(scoped, other.list(), person=person) == "good"
    assert other.asked(scoped, person=person) == LATER
    other.others = [teller.certified(lists_only, usage=CA, until=NOW - 2 * SECOND).der]
    assert other.asked(other.list(by=lists_only)) == LATER


def test_an_issuer_without_the_right_to_sign_lists_signs_none() -> None:
    teller = Teller()
    teller.anchor = X509Certificate(
        teller.own.certify(teller.own, usage=frozenset({"key_cert_sign"}))
    )
    assert teller.asked(teller.list()) == LATER
    assert teller.asked(answers=[teller.answer()]) == "good"


def test_an_authority_that_changed_its_keys_lists_by_the_new_ones() -> None:
    teller = Teller()
    renewed = Own(teller.own.name)
    between = teller.certified(renewed, ca=True, usage=CA)
    person = X509Certificate(renewed.certify(Own(named("TEST kişi")), ca=False, usage=PERSON))
    teller.others = [between.der]
    assert teller.asked(teller.list(by=renewed), person=person) == "good"
    assert teller.asked(teller.list(), person=person) == "good"
    bad = teller.list(Row(between.serial_number))
    assert teller.asked(bad, teller.list(by=renewed), person=person) == "REVOKED_CA_NO_POE"


# what must not be used


def test_a_list_with_an_unknown_critical_extension_is_not_used(teller: Teller) -> None:
    assert teller.asked(teller.list(more=[odd()])) == LATER
    assert teller.asked(teller.list(more=[odd(critical=False)])) == "good"
    assert teller.asked(teller.list(on(teller), more=[odd()])) == LATER


def test_an_unknown_critical_extension_of_whichever_entry_spoils_the_list(teller: Teller) -> None:
    assert teller.asked(teller.list(Row(1), Row(2, more=(odd(),)))) == LATER
    assert teller.asked(teller.list(Row(1), Row(2, more=(odd(critical=False),)))) == "good"
    since = extension("2.5.29.24", core.GeneralizedTime(NOW), critical=True)
    assert teller.asked(teller.list(Row(1, more=(since,)))) == "good"
    assert teller.asked(teller.list(Row(1, more=(since, since)))) == LATER


def test_an_answer_with_an_unknown_critical_extension_is_not_used(teller: Teller) -> None:
    for critical, found in ((True, LATER), (False, "good")):
        whole = teller.answer(more=[odd(critical=critical)])
        assert teller.asked(answers=[whole]) == found
        entry = teller.entry(more=[odd(critical=critical)])
        assert teller.asked(answers=[teller.answer(entry)]) == found
