"""Lifting a container level by level: what is added, and that nothing signed changes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms, core, pem, tsp
from pyhanko.sign.general import extract_signer_info

from signing.cms import levels
from signing.cms.levels import Level, ValidationData
from signing.errors import ContainerUnusable
from signing.x509.tlv import is_der
from tests.kit.signing.answers import TEXT
from tests.kit.signing.house import NOW
from tests.kit.signing.refusing import refusing
from tests.kit.signing.stamping import ocsp_answer, token
from tests.signing.authority.test_openssl import openssl, stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.validation.trust import Revocation
    from signing.validation.validate import Validation
    from tests.kit.signing import forge
    from tests.kit.signing import house as kit


@pytest.fixture(scope="module")
def basic(signer: kit.Signer) -> bytes:
    return signer.sign(TEXT)


@pytest.fixture(scope="module")
def stamped(authority: Authority, basic: bytes) -> bytes:
    return levels.with_time_stamp(basic, token(authority, levels.signature_imprint(basic)))


@pytest.fixture(scope="module")
def evidence(authority: Authority, signer: kit.Signer, lists: Revocation) -> ValidationData:
    answer = ocsp_answer(authority, signer.produced.certificate.serial_number)
    return ValidationData((authority.issuing.der, authority.root.der), lists.crls, (answer,))


@pytest.fixture(scope="module")
def whole(stamped: bytes, evidence: ValidationData) -> bytes:
    return levels.with_evidence(stamped, evidence)


def archived(authority: Authority, container: bytes, text: bytes = TEXT) -> bytes:
    imprint = levels.archive_imprint(container, text, levels.archive_index(container))
    return levels.with_archive_stamp(container, text, token(authority, imprint))


@pytest.fixture(scope="module")
def old(authority: Authority, whole: bytes) -> bytes:
    return archived(authority, whole)


def signer_info(container: bytes) -> cms.SignerInfo:
    return extract_signer_info(cms.ContentInfo.load(container)["content"])


ENVELOPED = cms.ContentInfo({"content_type": "data", "content": b"x"}).dump()
SIGNED = ("version", "sid", "digest_algorithm", "signed_attrs", "signature_algorithm", "signature")


def test_each_step_is_der_and_leaves_the_signed_part_byte_for_byte(
    basic: bytes, stamped: bytes, whole: bytes, old: bytes
) -> None:
    before = [signer_info(basic)[name].dump() for name in SIGNED]
    for container in (stamped, whole, old):
        assert is_der(container)
        assert [signer_info(container)[name].dump() for name in SIGNED] == before


def test_the_level_is_told_by_what_is_carried(
    basic: bytes, stamped: bytes, whole: bytes, old: bytes
) -> None:
    found = [levels.level(container) for container in (basic, stamped, whole, old)]
    assert found == [Level.B_B, Level.B_T, Level.B_LT, Level.B_LTA]


def test_the_first_stamp_is_over_the_signature_value(basic: bytes, stamped: bytes) -> None:
    (found,) = levels.time_stamps(stamped)
    info = tsp.ContentInfo.load(found)["content"]["encap_content_info"]["content"].parsed
    value = signer_info(basic)["signature"].native
    assert info["message_imprint"]["hashed_message"].native == hashlib.sha256(value).digest()
    assert levels.stamped_at(found) == NOW


def test_the_evidence_stands_in_the_fields_for_it_each_piece_once(
    authority: Authority, stamped: bytes, whole: bytes, evidence: ValidationData
) -> None:
    signed_data = cms.ContentInfo.load(whole)["content"]
    assert signed_data["version"].native == "v5"
    found = list(signed_data["crls"])
    assert {one.chosen.dump() for one in found if one.name == "crl"} == set(evidence.crls)
    (other,) = [one.chosen for one in found if one.name == "other"]
    assert other["other_rev_info_format"].dotted == "1.3.6.1.5.5.7.16.2"
    assert other["other_rev_info"].dump() == evidence.ocsps[0]
    assert authority.root.der in levels.certificates(whole)
    assert authority.root.der not in levels.certificates(stamped)
    assert len(set(levels.certificates(whole))) == len(levels.certificates(whole))
    assert levels.with_evidence(whole, evidence) == whole


def test_lists_alone_need_no_other_version(stamped: bytes, lists: Revocation) -> None:
    with_lists = levels.with_evidence(stamped, ValidationData(crls=lists.crls))
    assert cms.ContentInfo.load(with_lists)["content"]["version"].native == "v1"
    assert levels.level(with_lists) is Level.B_LT


def test_no_evidence_lifts_nothing(stamped: bytes) -> None:
    assert levels.level(levels.with_evidence(stamped, ValidationData())) is Level.B_T


def test_certificates_come_into_a_container_that_had_none(
    authority: Authority, forger: forge.Forger
) -> None:
    bare = cms.ContentInfo.load(forger.sign(TEXT))
    del bare["content"]["certificates"]
    lifted = levels.with_evidence(bare.dump(), ValidationData((authority.issuing.der,)))
    assert levels.certificates(lifted) == (authority.issuing.der,)


def test_the_archive_stamp_is_over_content_signer_and_index_as_the_standard_says(
    whole: bytes, old: bytes
) -> None:
    archive = levels.time_stamps(old)[1]
    info = tsp.ContentInfo.load(archive)["content"]["encap_content_info"]["content"].parsed
    index = index_of(archive)
    signer = signer_info(whole)
    pieces = [core.ObjectIdentifier("1.2.840.113549.1.7.1").dump(), hashlib.sha256(TEXT).digest()]
    pieces += [signer[name].dump() for name in SIGNED]
    wanted = hashlib.sha256(b"".join(pieces) + index.dump()).digest()
    assert info["message_imprint"]["hashed_message"].native == wanted
    assert signer["signed_attrs"].dump()[0] == 0xA0  # as it stands in SignerInfo


def index_of(archive: bytes) -> levels.AtsHashIndexV3:
    (attribute,) = extract_signer_info(cms.ContentInfo.load(archive)["content"])["unsigned_attrs"]
    assert attribute["type"].dotted == "0.4.0.19122.1.5"
    (value,) = attribute["values"]
    index: levels.AtsHashIndexV3 = levels.AtsHashIndexV3.load(value.dump(), strict=True)
    return index


def test_the_index_names_every_certificate_list_and_attribute_that_was_there(
    whole: bytes, old: bytes
) -> None:
    index = index_of(levels.time_stamps(old)[1])
    assert index["hash_ind_algorithm"]["algorithm"].native == "sha256"
    signed_data = cms.ContentInfo.load(whole)["content"]

    def named(field: str) -> set[bytes]:
        return set(index[field].native)

    def hashed(values: object) -> set[bytes]:
        return {hashlib.sha256(value.dump()).digest() for value in values}  # type: ignore[attr-defined]

    assert named("certificates_hash_index") == hashed(signed_data["certificates"])
    assert named("crls_hash_index") == hashed(signed_data["crls"])
    (attribute,) = signer_info(whole)["unsigned_attrs"]
    both = attribute["type"].dump() + attribute["values"][0].dump()
    assert named("unsigned_attr_values_hash_index") == {hashlib.sha256(both).digest()}


def test_a_renewal_covers_the_archive_stamp_before_it(authority: Authority, old: bytes) -> None:
    newer = archived(authority, old)
    assert len(levels.time_stamps(newer)) == 3
    assert set(levels.time_stamps(old)) < set(levels.time_stamps(newer))
    sizes = sorted(
        len(index_of(one)["unsigned_attr_values_hash_index"])
        for one in levels.time_stamps(newer)[1:]
    )
    assert sizes == [1, 2]
    assert levels.level(newer) is Level.B_LTA


def test_a_stamp_over_something_else_is_not_put_in(
    authority: Authority, basic: bytes, whole: bytes
) -> None:
    other = token(authority, hashlib.sha256(b"other").digest())
    with refusing(ContainerUnusable, match="bu imza için"):
        levels.with_time_stamp(basic, other)
    with refusing(ContainerUnusable, match="bu imza için"):
        levels.with_archive_stamp(whole, TEXT, other)
    index = levels.archive_index(whole)
    for_other = token(authority, levels.archive_imprint(whole, TEXT + b" ", index))
    with pytest.raises(ContainerUnusable):
        levels.with_archive_stamp(whole, TEXT, for_other)


@pytest.mark.parametrize(
    "bad", [b"", b"garbage", b"\x30\x00", b"\x30\x80\x00\x00", ENVELOPED, None]
)
def test_what_is_no_container_is_refused_in_every_step(
    authority: Authority, basic: bytes, bad: bytes | None
) -> None:
    container = basic[:-5] if bad is None else bad
    good = token(authority, levels.signature_imprint(basic))
    for step in (
        lambda: levels.level(container),
        lambda: levels.with_time_stamp(container, good),
        lambda: levels.with_time_stamp(basic, container),
        lambda: levels.with_evidence(container, ValidationData()),
        lambda: levels.with_archive_stamp(container, TEXT, good),
    ):
        with pytest.raises(ContainerUnusable):
            step()


def test_another_signature_is_no_token(basic: bytes, forger: forge.Forger) -> None:
    attached = forger.bent(attached=True).sign(TEXT)
    for no_token in (basic, attached):
        with refusing(ContainerUnusable, match="Zaman damgası okunamadı"):
            levels.with_time_stamp(basic, no_token)


@pytest.mark.parametrize("field", ["certificates", "crls", "ocsps"])
def test_unreadable_evidence_is_refused(stamped: bytes, field: str) -> None:
    with refusing(ContainerUnusable, match="Kanıt"):
        levels.with_evidence(stamped, ValidationData(**{field: (b"garbage",)}))


def test_two_signers_are_no_case_for_us(forger: forge.Forger) -> None:
    with pytest.raises(ContainerUnusable):
        levels.level(forger.bent(signers=2).sign(TEXT))


def test_a_token_gives_its_certificates(authority: Authority, stamped: bytes) -> None:
    found = levels.certificates(levels.time_stamps(stamped)[0])
    assert set(found) == {authority.stamper.der, authority.issuing.der}
    bare = token(authority, hashlib.sha256(b"x").digest(), with_certificates=False)
    assert levels.certificates(bare) == ()


# The outsider's check


@pytest.fixture
def folder(tmp_path: Path, authority: Authority) -> Path:
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", authority.root.der))
    (tmp_path / "chain.pem").write_bytes(pem.armor("CERTIFICATE", authority.issuing.der))
    (tmp_path / "x.txt").write_bytes(TEXT)
    return tmp_path


@pytest.mark.parametrize("step", ["stamped", "whole", "old"])
def test_openssl_accepts_each_level_over_the_text_and_not_over_another(
    folder: Path, request: pytest.FixtureRequest, step: str
) -> None:
    (folder / "x.p7s").write_bytes(request.getfixturevalue(step))
    (folder / "y.txt").write_bytes(TEXT + b".")
    command: list[str | Path] = ["cms", "-verify", "-inform", "DER", "-in", folder / "x.p7s"]
    command += ["-binary", "-CAfile", folder / "root.pem", "-purpose", "any", "-attime", stamp()]
    command += ["-out", folder / "out", "-content"]
    done = openssl(*command, folder / "x.txt")
    assert done.returncode == 0, done.stderr
    assert (folder / "out").read_bytes() == TEXT
    assert openssl(*command, folder / "y.txt").returncode != 0


def test_openssl_accepts_the_tokens_inside(
    folder: Path, whole: bytes, old: bytes, basic: bytes
) -> None:
    signature, archive = levels.time_stamps(old)
    imprint = levels.archive_imprint(whole, TEXT, levels.archive_index(whole))
    assert verify_token(folder, signature, levels.signature_imprint(basic))
    assert verify_token(folder, archive, imprint)
    assert not verify_token(folder, archive, hashlib.sha256(b"other").digest())


def verify_token(folder: Path, found: bytes, digest: bytes) -> bool:
    (folder / "token.der").write_bytes(found)
    command: list[str | Path] = ["ts", "-verify", "-token_in", "-in", folder / "token.der"]
    command += ["-digest", digest.hex(), "-CAfile", folder / "root.pem", "-attime", stamp()]
    done = openssl(*command, "-untrusted", folder / "chain.pem")
    return done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr


def test_the_validation_passes_what_was_lifted(
    whole: bytes, old: bytes, stamped: bytes, judge: Callable[..., Validation]
) -> None:
    for container in (stamped, whole, old):
        found = judge(container)
        assert (found.passed, found.level) == (True, levels.level(container))
