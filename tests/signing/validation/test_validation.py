"""What the validation answers to honest signatures: trust, time, revocation, qualification."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from asn1crypto import cms

from signing.app.words.validation import VALIDATION, sentence_of
from signing.authority.crl import revocation_list
from signing.cms import cades
from signing.errors import CertificateUnusable, KeyAbsent, RequestInvalid
from signing.tokens.keys import KeyKind
from signing.validation import chain
from signing.validation.trust import Revocation, Trust
from signing.validation.validate import Validation, validate
from signing.verdict import Indication, SubIndication, indication
from signing.x509.builder import CertificateRequest
from signing.x509.certificate import X509Certificate
from signing.x509.policy import NAME, AllowedAlgorithms
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.tokens.slots import TokenStore

from tests.kit.signing.answers import PASSED, TEXT, answer, failed, unsure

CA_USAGE = frozenset({"key_cert_sign", "crl_sign"})


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.EC_P384, KeyKind.RSA_3072])
def test_a_signature_made_on_a_card_passes_and_names_its_signer(
    kind: KeyKind,
    store: TokenStore,
    authority: Authority,
    judge: Callable[..., Validation],
    new_order: Callable[..., ProductionOrder],
) -> None:
    card = kit.demo_card(store, authority, new_order(kind=kind))
    verdict = judge(card.sign(TEXT))
    assert answer(verdict) == PASSED
    assert verdict.passed
    assert verdict.qualified
    assert not verdict.wait
    assert verdict.signer == card.produced.certificate
    assert verdict.signer is not None
    assert (verdict.signer.tckn, verdict.signer.holder) == ("10000000146", "AYŞE YILMAZ")
    assert verdict.claimed_time == NOW
    assert verdict.at == NOW
    assert verdict.policy == NAME
    assert verdict.content_sha256 == hashlib.sha256(TEXT).hexdigest()
    assert sentence_of(verdict) == "İmza doğrulandı."


def test_a_forger_who_bends_nothing_makes_a_good_signature(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    assert answer(judge(forger.sign(TEXT))) == PASSED


def test_the_record_for_the_journal_holds_no_name_and_no_tckn(
    signer: kit.Signer, judge: Callable[..., Validation], authority: Authority, lists: Revocation
) -> None:
    record = judge(signer.sign(TEXT)).record()
    assert record == {
        "indication": "TOTAL-PASSED",
        "sub_indication": None,
        "at": "2026-11-22T09:00:00+00:00",
        "policy": NAME,
        "content_sha256": hashlib.sha256(TEXT).hexdigest(),
        "certificate_sha256": signer.produced.certificate.sha256,
        "qualified": True,
        "qualification": "",
        "claimed_time": "2026-11-22T09:00:00+00:00",
        "proved_time": None,
        "level": "B-B",
        "profile": "P1",
        "settles_at": None,
        "time_stamps": [],
        "certificates": [
            entry.sha256
            for entry in (authority.root, authority.issuing, signer.produced.certificate)
        ],
        "crls": [hashlib.sha256(der).hexdigest() for der in lists.crls],
        "ocsps": [],
    }
    assert json.loads(json.dumps(record)) == record


def test_the_record_of_an_unreadable_container_says_so_without_a_signer(
    judge: Callable[..., Validation],
) -> None:
    record = judge(b"\x30\x00").record()
    assert record["sub_indication"] == "FORMAT_FAILURE"
    assert record["certificate_sha256"] is None
    assert record["qualification"] is None
    assert record["claimed_time"] is None
    assert record["qualified"] is False


def test_another_text_is_a_hash_failure(
    signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    verdict = judge(signer.sign(TEXT), TEXT + b" ")
    assert answer(verdict) == failed(SubIndication.HASH_FAILURE)
    assert not verdict.qualified


def test_the_container_of_another_person_names_that_person(
    forger: forge.Forger, judge: Callable[..., Validation]
) -> None:
    verdict = judge(forger.sign(TEXT))
    assert verdict.signer is not None
    assert verdict.signer.tckn == kit.OTHER_PERSON.tckn


def test_a_self_signed_certificate_has_no_chain(judge: Callable[..., Validation]) -> None:
    key = forge.ec_key()
    own = forge.Forger(key, forge.self_signed(key, forge.person_request()))
    verdict = judge(own.sign(TEXT))
    assert answer(verdict) == unsure(SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_an_anchor_that_the_container_brings_is_not_trusted(
    forger: forge.Forger, authority: Authority, judge: Callable[..., Validation]
) -> None:
    key = forge.ec_key()
    other = forge.self_signed(key, forge.person_request())
    brought = forger.bent(others=(authority.issuing.der, authority.root.der))
    verdict = judge(brought.sign(TEXT), trust=Trust((other,)))
    assert answer(verdict) == unsure(SubIndication.NO_CERTIFICATE_CHAIN_FOUND)


def test_the_intermediate_may_come_from_us_instead_of_the_container(
    forger: forge.Forger, judge: Callable[..., Validation], authority: Authority
) -> None:
    container = forger.bent(others=()).sign(TEXT)
    assert answer(judge(container)) == PASSED
    bare = Trust(authority.trust.anchors)
    expected = unsure(SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    assert answer(judge(container, trust=bare)) == expected


def test_a_certificate_is_good_to_its_last_second_and_not_beyond(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    first, last = NOW - 2 * DAY, NOW + 2 * DAY
    card = kit.demo_card(store, authority, new_order(validity=(first, last)))
    container = card.sign(TEXT)

    def at(moment: datetime) -> SubIndication | None:
        fresh = kit.revocation(authority, at=moment)
        verdict = validate(container, TEXT, trust=authority.trust, revocation=fresh, at=moment)
        return verdict.sub_indication

    assert at(first) is None
    assert at(last) is None
    assert at(first - timedelta(minutes=1)) is SubIndication.OUT_OF_BOUNDS_NO_POE
    assert at(last + timedelta(minutes=1)) is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_a_key_of_2048_bits_counts_to_the_last_day_of_the_site_and_the_answer_says_so(
    authority: Authority,
) -> None:
    last = datetime(2030, 12, 31, 23, 59, tzinfo=UTC)
    request = CertificateRequest(kit.PERSON, 2**70, NOW, last + DAY)
    container = forge.Forger.of(authority, request, forge.rsa_key(2048)).sign(TEXT)

    def at(moment: datetime, until: date | None) -> Validation:
        lists = kit.revocation(authority, at=moment)
        allowed = AllowedAlgorithms.with_rsa_2048(until)
        trust = replace(authority.trust, allowed=allowed)
        found = validate(container, TEXT, trust=trust, revocation=lists, at=moment)
        assert found.policy == found.record()["policy"] == allowed.name
        # What the certificate itself says is the same at every site.
        assert found.qualification is not None
        assert found.qualification.qualified
        return found

    weak = unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert at(last, last.date()).qualified
    assert answer(at(last + timedelta(minutes=1), last.date())) == weak
    assert answer(at(last, last.date() - DAY)) == weak
    refused = at(NOW, None)
    assert answer(refused) == weak
    assert not refused.qualified
    assert "anahtarı kısa" in sentence_of(refused)
    assert "başka bir sertifikayla imzalayınız" in sentence_of(refused)


def test_an_anchor_of_2048_bits_is_trusted_only_where_the_site_says_so() -> None:
    root, key, request = forge.rsa_key(2048), forge.ec_key(), forge.person_request()
    anchor = forge.self_signed(root, replace(request, key_usage=CA_USAGE))
    leaf = forge.certificate(key, root, forge.person_request(9), request.subject.name())
    certificate = X509Certificate(anchor)
    window = (NOW - DAY / 2, NOW + DAY / 2)
    lists = Revocation((revocation_list(
        certificate, (), window, 1, lambda data: forge.raw_sign(root, data, "sha256")
    ),))  # fmt: skip
    container = forge.Forger(key, leaf).sign(TEXT)

    def found(until: date | None) -> tuple[Indication, SubIndication | None]:
        trust = Trust((anchor,), allowed=AllowedAlgorithms.with_rsa_2048(until))
        return answer(validate(container, TEXT, trust=trust, revocation=lists, at=NOW))

    assert found(NOW.date()) == PASSED
    weak = unsure(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert found(None) == weak
    assert found(NOW.date() - DAY) == weak


def test_a_certificate_that_is_not_qualified_passes_and_is_named_so(
    authority: Authority, judge: Callable[..., Validation]
) -> None:
    plain = forge.Forger.of(authority, forge.person_request(qualified=False))
    verdict = judge(plain.sign(TEXT))
    assert answer(verdict) == PASSED
    assert verdict.qualification is not None
    assert verdict.qualification.code == "qc_compliance"
    assert not verdict.qualified


def test_a_certificate_without_the_right_key_usage_breaks_a_constraint_of_the_chain(
    authority: Authority, judge: Callable[..., Validation]
) -> None:
    request = forge.person_request(key_usage=frozenset({"key_encipherment"}))
    verdict = judge(forge.Forger.of(authority, request).sign(TEXT))
    assert answer(verdict) == unsure(SubIndication.CHAIN_CONSTRAINTS_FAILURE)


def test_an_anchor_that_is_no_certificate_never_accepts_anything(
    signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    verdict = judge(signer.sign(TEXT), trust=Trust((b"junk",)))
    assert answer(verdict) == unsure(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)


def test_a_path_validation_that_would_wait_for_something_is_not_believed(
    signer: kit.Signer, judge: Callable[..., Validation], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Waiting:
        def __await__(self) -> Generator[None, None, None]:
            yield

    async def waits(*_: object) -> None:
        await Waiting()

    monkeypatch.setattr(chain, "async_validate_path", waits)
    verdict = judge(signer.sign(TEXT))
    assert answer(verdict) == unsure(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE)


@pytest.mark.parametrize("year", [1999, 2049])
def test_the_wall_clock_plays_no_part(
    year: int, signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    container = signer.sign(TEXT)
    with time_machine.travel(NOW.replace(year=year), tick=False):
        assert answer(judge(container)) == PASSED


def test_a_moment_without_a_time_zone_is_refused(
    signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    with refusing(RequestInvalid, match="at: Saat dilimi yok"):
        judge(signer.sign(TEXT), at=NOW.replace(tzinfo=None))


async def _inside(judge: Callable[..., Validation], container: bytes) -> Validation:
    return judge(container)


def test_a_validation_inside_a_running_event_loop_gives_the_same_answer(
    signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    assert answer(asyncio.run(_inside(judge, signer.sign(TEXT)))) == PASSED


async def _signed_inside(signer: kit.Signer) -> bytes:
    return signer.sign(TEXT)


def test_a_signature_made_inside_a_running_event_loop_is_as_good(
    signer: kit.Signer, judge: Callable[..., Validation]
) -> None:
    assert answer(judge(asyncio.run(_signed_inside(signer)))) == PASSED


def test_every_sub_indication_has_a_turkish_sentence_and_a_main_result() -> None:
    assert VALIDATION.keys() == set(SubIndication)
    assert all(said.endswith(".") for said in VALIDATION.values())
    assert indication(None) is Indication.TOTAL_PASSED
    only = {sub for sub in SubIndication if indication(sub) is Indication.TOTAL_FAILED}
    assert only == {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.NOT_YET_VALID,
    }


def test_a_time_without_a_zone_is_not_signed(store: TokenStore, signer: kit.Signer) -> None:
    with refusing(CertificateUnusable, match="saat dilimi yok"):
        signer.sign(TEXT, NOW.replace(tzinfo=None))
    label = signer.produced.card_serial
    with store.session(label, kit.PIN) as session, pytest.raises(KeyAbsent):
        cades.sign(session, X509Certificate(b"of another card"), TEXT, NOW)


def test_a_signature_by_the_issuing_authority_itself_is_no_persons_signature(
    store: TokenStore, authority: Authority, judge: Callable[..., Validation]
) -> None:
    with store.session(kit.AUTHORITY_LABEL, kit.PIN) as session:
        container = cades.sign(session, authority.issuing, TEXT, NOW)
    verdict = judge(container)
    assert answer(verdict) == unsure(SubIndication.CHAIN_CONSTRAINTS_FAILURE)
    assert not verdict.qualified


def test_the_attributes_that_are_signed_are_those_of_the_baseline(signer: kit.Signer) -> None:
    parsed = cms.ContentInfo.load(signer.sign(TEXT), strict=True)["content"]
    (info,) = parsed["signer_infos"]
    names = {entry["type"].native for entry in info["signed_attrs"]}
    assert names == {"content_type", "message_digest", "signing_time", "signing_certificate_v2"}
    assert info["digest_algorithm"]["algorithm"].native == "sha256"
    assert parsed["encap_content_info"]["content"].native is None
    held = [entry.chosen.dump() for entry in parsed["certificates"]]
    assert signer.produced.certificate.der in held
    assert len(held) == 2


def test_the_signed_attributes_are_in_the_order_that_der_wants(signer: kit.Signer) -> None:
    parsed = cms.ContentInfo.load(signer.sign(TEXT), strict=True)["content"]
    encoded = [entry.dump() for entry in parsed["signer_infos"][0]["signed_attrs"]]
    assert encoded == sorted(encoded)
