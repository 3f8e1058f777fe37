"""Lifting with the help of others: at hand-in, after a day, before a time-stamp's end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms, crl, pem
from pyhanko.sign.ades.cades_asn1 import SignaturePolicyIdentifier
from pyhanko.sign.general import extract_signer_info

from signing.authority.demo import Addresses, create
from signing.cms import cades, levels
from signing.cms.container import OWN_LIMIT, SIZE_LIMIT
from signing.cms.levels import Level
from signing.cms.profiles import GUIDE_SHA256, RULES, Profile
from signing.errors import ContainerUnusable, OnlineUnavailable
from signing.network.online import LARGEST_LIST
from signing.validation import augmentation, collect
from signing.validation.trust import Revocation, Trust
from signing.validation.validate import validate
from signing.verdict import SubIndication
from signing.x509.certificate import X509Certificate
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.answers import TEXT
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.outside import BASE, Outside, outside
from tests.kit.signing.refusing import refusing
from tests.signing.authority.test_openssl import openssl, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore
    from signing.validation.validate import Validation


@pytest.fixture(scope="module")
def authority(store: TokenStore) -> Authority:
    """Give an authority whose own certificates name the addresses of its services too."""
    return create(store, replace(kit.plan(label="LIFT-CA"), addresses=Addresses.under(BASE)))


@pytest.fixture(scope="module")
def card(store: TokenStore, authority: Authority) -> kit.Signer:
    plain = kit.order("NAMED", 2**64 + 2**41)
    request = replace(plain.request, crl_urls=(f"{BASE}/nes.crl",), ocsp_urls=(f"{BASE}/nes.ocsp",))
    return kit.demo_card(store, authority, replace(plain, request=request))


@pytest.fixture
def services(authority: Authority) -> Iterator[Outside]:
    with outside(authority) as found:
        yield found


@pytest.fixture
def basic(card: kit.Signer) -> bytes:
    return card.sign(TEXT)


def judged(
    authority: Authority, container: bytes, at: datetime = NOW, known: Revocation | None = None
) -> Validation:
    return validate(container, TEXT, trust=authority.trust, revocation=known or Revocation(), at=at)


def test_b_t_is_stamped_and_what_was_fetched_is_given_beside(
    authority: Authority, services: Outside, basic: bytes
) -> None:
    lifted = augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_T)
    assert levels.level(lifted.container) is Level.B_T
    found = judged(authority, lifted.container, known=lifted.revocation)
    assert (found.passed, found.level, found.proved_time) == (True, Level.B_T, NOW)
    assert judged(authority, lifted.container).wait


def test_b_lt_needs_nothing_but_itself(
    authority: Authority, services: Outside, basic: bytes
) -> None:
    lifted = augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_LT)
    found = judged(authority, lifted.container)
    assert (found.passed, found.level) == (True, Level.B_LT)


def test_b_b_stays_as_it_came(authority: Authority, services: Outside, basic: bytes) -> None:
    lifted = augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_B)
    assert lifted.container == basic
    assert services.site.times("/tsa") == 0
    assert judged(authority, basic, known=lifted.revocation).passed


def test_each_certificate_is_asked_about_once(
    authority: Authority, services: Outside, basic: bytes
) -> None:
    augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_LT)
    # The holder and the time-stamp authority have one issuer and one list.
    asked = {path: services.site.times(path) for path in ("/nes.crl", "/nes.ocsp", "/tsa")}
    assert asked["/nes.crl"] <= 1
    assert asked["/nes.ocsp"] <= 2
    assert asked["/tsa"] == 1


@pytest.mark.parametrize("gone", ["/tsa", "/nes.ocsp"])
def test_a_service_out_of_reach_lifts_nothing(
    authority: Authority, services: Outside, basic: bytes, gone: str
) -> None:
    del services.site.answers[gone]
    with pytest.raises(OnlineUnavailable):
        augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_LT)


@pytest.mark.parametrize("broken", [(503, b""), b"no list", None])
def test_an_answer_serves_in_lieu_of_a_list_that_is_away(
    authority: Authority, services: Outside, basic: bytes, broken: object
) -> None:
    services.site.answers["/nes.crl"] = broken
    lifted = augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_LT)
    assert lifted.revocation.ocsps
    found = judged(authority, lifted.container)
    assert (found.passed, found.level) == (True, Level.B_LT)


def test_completion_brings_lists_from_after_the_wait(
    authority: Authority, services: Outside, basic: bytes
) -> None:
    at_once = augmentation.augment(
        services.online, basic, authority.trust, NOW, Level.B_T
    ).container
    services.now = NOW + DAY
    whole = augmentation.augment_after_wait(
        services.online, at_once, authority.trust, services.now, services.now
    )
    assert levels.level(whole) is Level.B_LT
    lists = [one.chosen for one in cms.ContentInfo.load(whole)["content"]["crls"]]
    issued = {
        one["tbs_cert_list"]["this_update"].native
        for one in lists
        if isinstance(one, crl.CertificateList)
    }
    assert NOW + DAY in issued
    found = judged(authority, whole, at=NOW + DAY)
    assert (found.passed, found.level) == (True, Level.B_LT)


def test_renewal_puts_an_archive_stamp_over_all(
    authority: Authority, services: Outside, basic: bytes
) -> None:
    whole = augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_LT).container
    services.now = NOW + 400 * DAY
    newer = augmentation.renew(services.online, whole, TEXT, authority.trust, services.now)
    assert [levels.stamped_at(one) for one in levels.time_stamps(newer)] == [NOW, services.now]
    found = judged(authority, newer, at=services.now)
    assert (found.passed, found.level, found.proved_time) == (True, Level.B_LTA, NOW)


def test_the_end_to_renew_before_is_that_of_the_newest_stamp(
    authority: Authority, services: Outside, basic: bytes
) -> None:
    assert augmentation.renew_before(basic) is None
    lifted = augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_T).container
    assert augmentation.renew_before(lifted) == authority.stamper.not_after


def test_what_has_no_signer_is_refused(authority: Authority, services: Outside) -> None:
    with pytest.raises(ContainerUnusable):
        augmentation.augment(services.online, b"garbage", authority.trust, NOW, Level.B_B)


# chains


def test_a_chain_ends_at_the_anchor(authority: Authority, card: kit.Signer) -> None:
    path = collect.chain(card.produced.certificate, (), authority.trust, NOW)
    assert [one.der for one in path] == [
        card.produced.certificate.der,
        authority.issuing.der,
        authority.root.der,
    ]


def test_an_anchor_for_time_stamps_ends_a_chain_too(authority: Authority) -> None:
    trust = Trust((), tsa_anchors=(authority.issuing.der,))
    assert len(collect.chain(authority.stamper, (), trust, NOW)) == 2


def test_what_leads_to_no_anchor_has_no_chain(authority: Authority, card: kit.Signer) -> None:
    stranger = X509Certificate(forge.self_signed(forge.ec_key(), forge.person_request()))
    for leaf, trust in (
        (stranger, authority.trust),
        (card.produced.certificate, Trust((stranger.der,))),
        (X509Certificate(forge.changed(card.produced.certificate.der, rename)), authority.trust),
    ):
        with refusing(ContainerUnusable, match="kök"):
            collect.chain(leaf, (authority.issuing.der,), trust, NOW)


def test_somebody_elses_time_stamp_is_passed_over_and_nobody_at_all_is_refused(
    authority: Authority, card: kit.Signer, services: Outside
) -> None:
    stranger = X509Certificate(forge.self_signed(forge.ec_key(), forge.person_request()))
    ours, theirs = (card.produced.certificate, ()), (stranger, ())
    asked = [
        collect.collect(services.online, leaves, authority.trust, NOW)
        for leaves in ([ours], [ours, theirs], [theirs, ours])
    ]
    assert len({found.certificates for found in asked}) == 1
    assert all(len(found.ocsps) == 1 for found in asked)
    assert collect.collect(services.online, [], authority.trust, NOW) == levels.ValidationData()
    with refusing(ContainerUnusable, match="kök"):
        collect.collect(services.online, [theirs], authority.trust, NOW)


def test_a_chain_that_has_ended_is_asked_about_as_of_its_last_moment_and_no_other_is(
    authority: Authority, card: kit.Signer
) -> None:
    leaf = card.produced.certificate
    assert len(collect.chain(leaf, (), authority.trust, leaf.not_after + DAY)) == 3
    with refusing(ContainerUnusable, match="OUT_OF_BOUNDS"):
        collect.chain(leaf, (), authority.trust, leaf.not_before - DAY)


def rename(tbs: object) -> None:
    tbs["serial_number"] = 7  # type: ignore[index]


def test_a_large_list_stays_out_when_an_answer_says_the_same(
    authority: Authority, services: Outside, basic: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "LARGE", 10)
    leaf = X509Certificate(basic_signer(basic))
    found = collect.collect(services.online, [(leaf, ())], authority.trust, NOW)
    assert len(found.ocsps) == 1
    # The issuing authority has no responder, so its own list is needed whatever its size.
    assert len(found.crls) == 1


def basic_signer(container: bytes) -> bytes:
    return next(
        der for der in levels.certificates(container) if X509Certificate(der).tckn == "10000000146"
    )


# profiles


@pytest.mark.parametrize("profile", Profile)
def test_a_signature_names_its_profile(
    store: TokenStore, card: kit.Signer, profile: Profile
) -> None:
    certificate = card.produced.certificate
    with store.session(card.produced.card_serial, card.pin) as session:
        container = cades.sign(session, certificate, TEXT, NOW, profile)
    attributes = extract_signer_info(cms.ContentInfo.load(container)["content"])["signed_attrs"]
    named = [
        entry["values"][0] for entry in attributes if entry["type"].dotted.endswith(".9.16.2.15")
    ]
    if profile is Profile.P1:
        assert named == []
        return
    (value,) = named
    policy = SignaturePolicyIdentifier.load(value.dump()).chosen
    assert policy["sig_policy_id"].dotted == RULES[profile].identifier
    assert policy["sig_policy_hash"]["digest"].native.hex() == GUIDE_SHA256
    assert policy["sig_policy_hash"]["digest_algorithm"]["algorithm"].native == "sha256"


def test_the_rules_are_those_of_the_regulator() -> None:
    assert {profile.value: rules.identifier for profile, rules in RULES.items()} == {
        "P1": "",
        "P2": "2.16.792.1.61.0.1.5070.3.1.1",
        "P3": "2.16.792.1.61.0.1.5070.3.2.1",
        "P4": "2.16.792.1.61.0.1.5070.3.3.1",
    }
    waits = {profile.value: rules.wait for profile, rules in RULES.items()}
    assert waits == {"P1": 0 * DAY, "P2": DAY, "P3": DAY, "P4": 0 * DAY}
    assert [profile.value for profile, rules in RULES.items() if rules.ocsp] == ["P4"]
    assert RULES[Profile.P4].at_once is Level.B_LT


def test_a_signature_that_names_p4_passes_with_an_answer_and_not_with_lists_alone(
    store: TokenStore, authority: Authority, services: Outside, card: kit.Signer
) -> None:
    certificate = card.produced.certificate
    with store.session(card.produced.card_serial, card.pin) as session:
        container = cades.sign(session, certificate, TEXT, NOW, Profile.P4)
    lifted = augmentation.augment(services.online, container, authority.trust, NOW, Level.B_T)
    known = lifted.revocation
    found = judged(authority, lifted.container, known=known)
    assert (found.passed, found.profile) == (True, "P4")
    assert judged(authority, lifted.container, known=Revocation(known.crls)).wait


def test_openssl_accepts_a_signature_that_names_p4_at_b_lt(
    tmp_path: Path, store: TokenStore, authority: Authority, services: Outside, card: kit.Signer
) -> None:
    certificate = card.produced.certificate
    with store.session(card.produced.card_serial, card.pin) as session:
        container = cades.sign(session, certificate, TEXT, NOW + timedelta(0), Profile.P4)
    lifted = augmentation.augment(services.online, container, authority.trust, NOW, Level.B_LT)
    (tmp_path / "x.p7s").write_bytes(lifted.container)
    (tmp_path / "x.txt").write_bytes(TEXT)
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", authority.root.der))
    command: list[str | Path] = ["cms", "-verify", "-inform", "DER", "-in", tmp_path / "x.p7s"]
    command += ["-content", tmp_path / "x.txt", "-binary", "-CAfile", tmp_path / "root.pem"]
    command += ["-purpose", "any", "-attime", stamp(), "-out", tmp_path / "out"]
    assert openssl(*command).returncode == 0


def test_without_a_responder_completion_waits_for_a_list_from_after_the_wait(
    store: TokenStore, authority: Authority, services: Outside
) -> None:
    plain = kit.order("LISTED", 2**64 + 2**42)
    request = replace(plain.request, crl_urls=(f"{BASE}/nes.crl",))
    listed = kit.demo_card(store, authority, replace(plain, request=request))
    trust, since = authority.trust, NOW + DAY
    at_once = augmentation.augment(
        services.online, listed.sign(TEXT), trust, NOW, Level.B_T
    ).container
    with refusing(OnlineUnavailable, match="henüz"):
        augmentation.augment_after_wait(services.online, at_once, trust, since, since)
    services.now = since
    whole = augmentation.augment_after_wait(services.online, at_once, trust, since, since)
    assert judged(authority, whole, at=since).level is Level.B_LT


def test_a_form_of_our_own_may_be_larger_than_what_is_taken_from_others(
    authority: Authority, services: Outside, basic: bytes
) -> None:
    whole = augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_LT).container
    for limit, sub in ((len(whole), None), (len(whole) - 1, SubIndication.FORMAT_FAILURE)):
        found = validate(
            whole, TEXT, trust=authority.trust, revocation=Revocation(), at=NOW, limit=limit
        )
        assert found.sub_indication == sub
    assert OWN_LIMIT > 2 * LARGEST_LIST > SIZE_LIMIT


def test_a_signature_that_is_only_stamped_gets_the_holders_evidence_at_renewal(
    authority: Authority, services: Outside, basic: bytes
) -> None:
    at_once = augmentation.augment(
        services.online, basic, authority.trust, NOW, Level.B_T
    ).container
    services.now = NOW + DAY
    newer = augmentation.renew(services.online, at_once, TEXT, authority.trust, services.now)
    found = judged(authority, newer, at=services.now)
    assert (found.passed, found.level) == (True, Level.B_LTA)


def test_evidence_that_a_pdf_has_no_room_for_stays_beside(
    authority: Authority, services: Outside, basic: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(augmentation, "ROOM", 6000)
    lifted = augmentation.augment(services.online, basic, authority.trust, NOW, Level.B_LT)
    assert levels.level(lifted.container) is Level.B_T
    assert judged(authority, lifted.container, known=lifted.revocation).passed
