"""The demo authority, the rule for qualified certificates, and the small parts beside them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pkcs11
import pytest
from asn1crypto import pem, x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.sign.ades.qualified_asn1 import get_qc_statements

from signing import errors
from signing.authority.demo import (
    ISSUING_ID,
    OCSP_ID,
    ROOT_ID,
    TSA_ID,
    Addresses,
    Authority,
    Plan,
    create,
)
from signing.authority.seal import SEAL_ID
from signing.fingerprint import short_fingerprint
from signing.tokens import keys
from signing.tokens.keys import KeyKind
from signing.x509 import builder, oids
from signing.x509.certificate import X509Certificate, is_tckn_shaped, read
from signing.x509.profile import qualification
from signing.x509.tlv import DEPTH_LIMIT, is_der
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.house import NOW
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.production import ProductionOrder
    from signing.tokens.session import TokenSession
    from signing.tokens.slots import TokenStore


def test_the_authority_is_made_once_and_opened_afterwards(
    store: TokenStore, authority: Authority
) -> None:
    again = kit.demo_authority(store)
    assert (again.root, again.issuing) == (authority.root, authority.issuing)
    opened = Authority(store, kit.AUTHORITY_LABEL, kit.PIN)
    assert opened.trust == authority.trust


def test_a_token_is_published_with_everything_on_it_or_not_at_all(tmp_path: Path) -> None:
    store = kit.make_store(tmp_path / "tokens")

    def broken(_session: TokenSession, _plan: Plan) -> None:
        raise errors.StoreFull(where="x")

    with pytest.raises(errors.StoreFull):
        create(store, kit.plan(), broken)
    assert store.tokens() == []
    whole = kit.demo_authority(store)
    with store.browse(kit.AUTHORITY_LABEL) as session:
        assert session.certificates().keys() == {ROOT_ID, ISSUING_ID, OCSP_ID, TSA_ID, SEAL_ID}
    assert whole.root.parsed.self_signed == "maybe"


def test_an_authority_that_lacks_keys_is_given_none(tmp_path: Path) -> None:
    store = kit.make_store(tmp_path / "tokens")
    whole = kit.demo_authority(store)
    with store.session(kit.AUTHORITY_LABEL, kit.PIN, write=True) as session:
        for key_id in (OCSP_ID, TSA_ID):
            session.discard_key(key_id)
            raw = session._session  # noqa: SLF001 - the token of an older release
            for entry in list(raw.get_objects({pkcs11.Attribute.ID: key_id})):
                entry.destroy()
    older = kit.demo_authority(store)
    assert (older.root, older.issuing) == (whole.root, whole.issuing)
    with pytest.raises(errors.KeyAbsent):
        _ = older.responder
    with pytest.raises(errors.KeyAbsent):
        _ = older.stamper


def test_every_certificate_says_where_its_status_and_its_issuer_are_found(tmp_path: Path) -> None:
    addresses = Addresses.under("http://ca.example")
    plan = replace(kit.plan(), addresses=addresses)
    authority = create(kit.make_store(tmp_path / "tokens"), plan)

    def said(certificate: X509Certificate) -> tuple[list[str], list[str], list[str]]:
        parsed = certificate.parsed
        access = parsed.authority_information_access_value or []
        issuers = [
            entry["access_location"].native
            for entry in access
            if entry["access_method"].native == "ca_issuers"
        ]
        lists = [point.url for point in parsed.crl_distribution_points]
        return lists, parsed.ocsp_urls, issuers

    assert said(authority.root) == ([], [], [])
    assert said(authority.issuing) == (
        ["http://ca.example/root.crl"], [], ["http://ca.example/ca/root.cer"],
    )  # fmt: skip
    assert said(authority.responder) == ([], [], ["http://ca.example/ca/nes.cer"])
    assert said(authority.stamper) == (
        ["http://ca.example/nes.crl"], ["http://ca.example/nes.ocsp"],
        ["http://ca.example/ca/nes.cer"],
    )  # fmt: skip


def test_a_person_s_certificate_is_for_signatures_by_turkish_law(authority: Authority) -> None:
    statements = get_qc_statements(issued(authority).parsed)
    assert [entry["statement_id"].dotted for entry in statements] == [
        oids.QC_COMPLIANCE, oids.NATIONAL_STATEMENT, oids.QC_TYPE, oids.QC_LEGISLATION,
    ]  # fmt: skip
    infos = [entry["statement_info"].native for entry in statements]
    assert infos == [None, builder.NATIONAL_SENTENCE, ["qct_esign"], ["TR"]]


def test_every_name_and_the_policy_say_that_this_is_a_test(authority: Authority) -> None:
    for certificate in (authority.root, authority.issuing):
        assert certificate.holder.startswith("TEST ")
        assert certificate.parsed.subject.native["organization_name"].startswith("TEST ")
        assert certificate.parsed.ca
        usage = certificate.parsed.key_usage_value.native
        assert usage == {"key_cert_sign", "crl_sign"}
    assert oids.DEMO_POLICY.startswith("2.999.")
    assert "TEST" in builder.NATIONAL_SENTENCE
    assert authority.root.serial_number != authority.issuing.serial_number
    assert authority.issuing.serial_number.bit_length() == 65


def test_only_the_issuing_authority_is_limited_to_persons(authority: Authority) -> None:
    assert authority.root.parsed.max_path_length is None
    assert authority.issuing.parsed.max_path_length == 0


def test_the_bundle_of_anchors_holds_the_root_and_then_the_issuing_authority(
    authority: Authority,
) -> None:
    ders = [der for _kind, _headers, der in pem.unarmor(authority.anchors_pem(), multiple=True)]
    assert ders == [authority.root.der, authority.issuing.der]
    assert authority.trust.anchors == (authority.root.der,)
    assert authority.trust.intermediates == (authority.issuing.der,)


def test_an_ordinary_card_is_no_authority(store: TokenStore, signer: kit.Signer) -> None:
    with pytest.raises(errors.TokenUnknown):
        Authority(store, signer.produced.card_serial, kit.PIN)


def test_an_authority_with_an_ec_key_signs_as_well(tmp_path: Path) -> None:
    store = kit.make_store(tmp_path / "tokens")
    plan = kit.plan(KeyKind.EC_P256, "TEST-EC")
    authority = create(store, plan)
    made = kit.demo_card(store, authority, kit.order("CARD", 2**66))
    issued = made.produced.certificate.parsed
    assert issued["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
    assert keys.verify(
        authority.issuing.parsed.public_key,
        issued["tbs_certificate"].dump(),
        issued["signature_value"].native,
    )


def test_a_wrong_signature_is_not_taken_for_a_right_one(authority: Authority) -> None:
    key = forge.ec_key()
    signature = forge.raw_sign(key, b"data", "sha256")
    public = forge.public_info(key)
    assert keys.verify(public, b"data", signature)
    assert not keys.verify(public, b"Data", signature)
    assert not keys.verify(authority.root.parsed.public_key, b"data", signature)


def issued(
    authority: Authority, key: forge.Key | None = None, **deviations: object
) -> X509Certificate:
    request = forge.person_request(2**80 + 1, **deviations)
    return X509Certificate(forge.Forger.of(authority, request, key).certificate)


def test_a_certificate_by_the_rule_is_qualified(authority: Authority) -> None:
    verdict = qualification(issued(authority))
    assert verdict.qualified
    assert verdict.code == ""


def test_the_other_national_statement_serves_as_well(authority: Authority) -> None:
    statements = (oids.QC_COMPLIANCE, oids.NATIONAL_STATEMENT_OTHER)
    assert qualification(issued(authority, None, statements=statements)).qualified


@pytest.mark.parametrize(
    ("code", "deviation"),
    [
        ("qc_compliance", {"qualified": False}),
        ("qc_compliance", {"statements": (oids.NATIONAL_STATEMENT,)}),
        ("national_statement", {"statements": (oids.QC_COMPLIANCE,)}),
        (
            "seal",
            {
                "statements": (
                    oids.QC_COMPLIANCE,
                    oids.NATIONAL_STATEMENT,
                    min(oids.SEAL_STATEMENTS),
                )
            },
        ),
        (
            "seal",
            {
                "statements": (
                    oids.QC_COMPLIANCE,
                    oids.NATIONAL_STATEMENT,
                    max(oids.SEAL_STATEMENTS),
                )
            },
        ),
        ("key_usage", {"key_usage": frozenset({"digital_signature"})}),
        ("key_usage", {"key_usage": frozenset({"non_repudiation"})}),
    ],
)
def test_a_certificate_that_lacks_something_is_told_what(
    code: str, deviation: dict[str, object], authority: Authority
) -> None:
    verdict = qualification(issued(authority, None, **deviation))
    assert not verdict.qualified
    assert verdict.code == code


def spoilt(authority: Authority, change: Callable[[x509.TbsCertificate], None]) -> str:
    return qualification(X509Certificate(forge.changed(issued(authority).der, change))).code


def test_statements_marked_critical_are_refused(authority: Authority) -> None:
    def change(tbs: x509.TbsCertificate) -> None:
        tbs["extensions"][-1]["critical"] = True

    assert spoilt(authority, change) == "qc_critical"


def test_a_certificate_that_does_not_say_its_usage_is_refused(authority: Authority) -> None:
    def change(tbs: x509.TbsCertificate) -> None:
        kept = [e for e in tbs["extensions"] if e["extn_id"].native != "key_usage"]
        tbs["extensions"] = x509.Extensions(kept)

    assert spoilt(authority, change) == "key_usage"


@pytest.mark.parametrize("tckn", ["1000000014", "1000000014x", "12345678901\u0661"])
def test_a_holder_without_a_tckn_is_refused(tckn: str, authority: Authority) -> None:
    def change(tbs: x509.TbsCertificate) -> None:
        tbs["subject"] = builder.distinguished_name({"common_name": "X", "surname": tckn})

    assert spoilt(authority, change) == "tckn"
    assert not is_tckn_shaped(tckn)


def test_two_serial_numbers_in_a_name_are_no_tckn(authority: Authority) -> None:
    def change(tbs: x509.TbsCertificate) -> None:
        part = {"serial_number": "10000000146"}
        other = {"serial_number": "10000000078"}
        both = [builder.distinguished_name(entry).chosen[0] for entry in (part, other)]
        tbs["subject"] = x509.Name("", x509.RDNSequence(both))

    assert spoilt(authority, change) == "tckn"


def test_a_key_that_no_site_may_allow_is_refused(authority: Authority) -> None:
    assert qualification(issued(authority, forge.rsa_key(1024))).code == "weak_key"
    assert qualification(issued(authority, forge.ec_key(ec.SECP192R1))).code == "weak_key"
    assert qualification(issued(authority, forge.rsa_key(2048))).qualified
    assert qualification(issued(authority, forge.ec_key(ec.SECP384R1))).qualified


def test_a_certificate_signed_with_sha_1_is_not_qualified() -> None:
    root, key = forge.ec_key(), forge.ec_key()
    name = kit.PERSON.name()
    weak = forge.certificate(key, root, forge.person_request(), name, digest="sha1")
    assert qualification(X509Certificate(weak)).code == "weak_hash"


def test_a_signature_that_names_no_hash_is_not_qualified(authority: Authority) -> None:
    parsed = x509.Certificate.load(issued(authority).der)
    parsed["signature_algorithm"] = {"algorithm": "ed25519"}
    assert qualification(X509Certificate(parsed.dump(force=True))).code == "weak_hash"


def test_an_authoritys_own_certificate_is_nobodys_signature_certificate(
    authority: Authority,
) -> None:
    assert qualification(authority.issuing).code == "authority"


def test_the_reading_of_a_certificate_needs_exactly_one(authority: Authority) -> None:
    der = authority.root.der
    assert read(der) == authority.root
    assert authority.root.sha256 == hashlib.sha256(der).hexdigest()
    for bad in (b"", b"junk", der[:-1], der + b"\x00", b"\x30\x00"):
        with refusing(errors.CertificateUnusable, match="okunamadı"):
            read(bad)


def test_an_issuer_without_a_common_name_is_named_by_what_it_has() -> None:
    key = forge.ec_key()
    name = builder.distinguished_name({"organization_name": "TEST Kurum"})
    der = forge.certificate(key, key, forge.person_request(), name)
    assert X509Certificate(der).issuer == "Organization: TEST Kurum"


def test_times_past_2049_are_written_as_generalized_time() -> None:
    assert builder.moment(NOW.replace(year=2049)).name == "utc_time"
    later = builder.moment(NOW.replace(year=2050, microsecond=17))
    assert later.name == "general_time"
    assert later.native == NOW.replace(year=2050)


def test_the_request_of_the_same_person_builds_the_same_bytes(
    authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    request = new_order().request
    public = authority.root.parsed.public_key
    first = authority.to_be_signed(request, public).dump()
    assert authority.to_be_signed(replace(request), public).dump() == first


def test_the_short_fingerprint_is_the_head_of_the_sha_256() -> None:
    assert short_fingerprint(b"") == "E3B0-C442-98FC-1C14"
    assert short_fingerprint("İmza".encode()) != short_fingerprint(b"imza")


@given(st.binary())
def test_the_short_fingerprint_always_has_four_groups_of_four(data: bytes) -> None:
    shown = short_fingerprint(data)
    assert [len(group) for group in shown.split("-")] == [4, 4, 4, 4]
    assert bytes.fromhex(shown.replace("-", "")) == hashlib.sha256(data).digest()[:8]


@pytest.mark.parametrize(
    ("good", "data"),
    [
        (True, "0500"),
        (True, "040130"),
        (True, "30030101ff"),
        (True, "048180" + "00" * 128),
        (True, "04820100" + "00" * 256),
        (False, ""),
        (False, "05"),
        (False, "050000"),
        (False, "0501"),
        (False, "30800000"),
        (False, "300401010500"),
        (False, "3004010105"),
        (False, "300301ff05"),
        (False, "04810100"),
        (False, "0482007f" + "00" * 127),
        (False, "0482"),
        (False, "1f8100"),
        (False, "3081"),
    ],
)
def test_only_strict_der_is_der(good: bool, data: str) -> None:  # noqa: FBT001 - a table
    assert is_der(bytes.fromhex(data)) is good


def test_values_nested_deeper_than_any_container_are_refused() -> None:
    def nested(depth: int) -> bytes:
        value = b"\x05\x00"
        for _ in range(depth):
            value = b"\x30" + bytes([len(value)]) + value
        return value

    assert is_der(nested(DEPTH_LIMIT - 1))
    assert not is_der(nested(DEPTH_LIMIT))


@given(st.binary(max_size=64))
def test_any_bytes_can_be_asked_whether_they_are_der(data: bytes) -> None:
    assert is_der(data) in {True, False}


def test_the_ids_of_the_authority_keys_differ() -> None:
    assert len({ROOT_ID, ISSUING_ID, OCSP_ID, TSA_ID}) == 4
