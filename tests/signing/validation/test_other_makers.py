"""Containers that other people's programs make are taken, by each algorithm that counts."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from asn1crypto import algos, cms, core, keys, x509
from asn1crypto import pem as armour
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.validation.trust import Revocation, Trust
from signing.validation.validate import validate
from signing.x509 import tlv
from tests.kit.signing import forge
from tests.kit.signing.answers import PASSED, TEXT, answer
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.demo import Authority
    from signing.validation.validate import Validation

BOUNCYCASTLE = Path(__file__).parents[1] / "made" / "bouncycastle"
CURVES: dict[str, type[ec.EllipticCurve]] = {
    "sha256": ec.SECP256R1,
    "sha384": ec.SECP384R1,
    "sha512": ec.SECP521R1,
}
KINDS = [(digest, kind) for digest in CURVES for kind in ("ecdsa", "rsa", "pss")]
ABSENT, NULL = b"", core.Null().dump()


def algorithm(kind: type[core.Sequence], name: str, parameters: bytes) -> core.Sequence:
    """Give an algorithm with just these parameters."""
    oid = kind({"algorithm": name})["algorithm"].dump()
    return kind.load(tlv.wrap(tlv.SEQUENCE, [oid, parameters]))


def key_for(digest: str, kind: str) -> forge.Key:
    return forge.ec_key(CURVES[digest]) if kind == "ecdsa" else forge.rsa_key()


def pem(key: forge.Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


# BouncyCastle


def test_bouncycastle_has_made_one_of_each() -> None:
    made = {path.stem.lower() for path in BOUNCYCASTLE.glob("*.der")}
    names = {"ecdsa": "ecdsa", "rsa": "rsa", "pss": "rsaandmgf1"}
    assert made == {f"{digest}with{names[kind]}" for digest, kind in KINDS}


@pytest.mark.parametrize("path", sorted(BOUNCYCASTLE.glob("*.der")), ids=lambda path: path.stem)
def test_what_bouncycastle_makes_is_taken(path: Path) -> None:
    verdict = bouncycastle(path.read_bytes())
    assert answer(verdict) == PASSED
    assert verdict.qualified
    info = cms.ContentInfo.load(path.read_bytes())["content"]["signer_infos"][0]
    assert not info["digest_algorithm"]["parameters"]
    assert not bouncycastle(path.read_bytes(), TEXT + b".").passed


def bouncycastle(container: bytes, text: bytes = TEXT) -> Validation:
    def read(name: str) -> bytes:
        return (BOUNCYCASTLE / name).read_bytes()

    known = Revocation((read("root.crl"), read("issuing.crl")))
    return validate(container, text, trust=Trust((read("root.cer"),)), revocation=known, at=NOW)


# openssl


@pytest.mark.parametrize(("digest", "kind"), KINDS)
def test_what_openssl_makes_is_taken(
    digest: str, kind: str, authority: Authority, judge: Callable[..., Validation], tmp_path: Path
) -> None:
    key = key_for(digest, kind)
    maker = forge.Forger.of(authority, forge.person_request(), key)
    person = x509.Certificate.load(maker.certificate)
    (tmp_path / "key.pem").write_bytes(pem(key))
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "cer.pem").write_bytes(armoured(person.dump()))
    command = ["openssl", "cms", "-sign", "-cades", "-binary", "-outform", "DER", "-md", digest]
    command += ["-in", "text", "-signer", "cer.pem", "-inkey", "key.pem", "-out", "x.p7s"]
    if kind == "pss":
        command += ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    verdict = judge((tmp_path / "x.p7s").read_bytes())
    assert answer(verdict) == PASSED
    assert verdict.qualified


def armoured(der: bytes) -> bytes:
    return bytes(armour.armor("CERTIFICATE", der))


# pyHanko


@pytest.mark.parametrize(("digest", "kind"), KINDS)
def test_what_pyhanko_makes_is_taken(
    digest: str, kind: str, authority: Authority, judge: Callable[..., Validation]
) -> None:
    key = key_for(digest, kind)
    maker = forge.Forger.of(authority, forge.person_request(), key)
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    beside = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    beside.register(authority.issuing.parsed)
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(maker.certificate),
        signing_key=keys.PrivateKeyInfo.load(der),
        cert_registry=beside,
        prefer_pss=kind == "pss",
    )
    made = asyncio.run(
        signer.async_sign_general_data(TEXT, digest_algorithm=digest, detached=True, use_cades=True)
    )
    verdict = judge(made.dump())
    assert answer(verdict) == PASSED
    assert verdict.qualified


# parameters of NULL, and none at all


@pytest.mark.parametrize("of_digest", [ABSENT, NULL], ids=["digest-absent", "digest-null"])
@pytest.mark.parametrize("of_signature", [ABSENT, NULL], ids=["signature-absent", "null"])
@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_parameters_of_null_and_none_at_all_are_the_same(
    kind: str,
    of_digest: bytes,
    of_signature: bytes,
    authority: Authority,
    judge: Callable[..., Validation],
) -> None:
    key = key_for("sha256", kind)
    maker = forge.Forger.of(authority, forge.person_request(), key)
    made = cms.ContentInfo.load(maker.sign(TEXT))
    signed_data = made["content"]
    digest = algorithm(algos.DigestAlgorithm, "sha256", of_digest)
    signed_data["digest_algorithms"] = [digest]
    info = signed_data["signer_infos"][0]
    info["digest_algorithm"] = digest
    name = info["signature_algorithm"]["algorithm"].native
    info["signature_algorithm"] = algorithm(algos.SignedDigestAlgorithm, name, of_signature)
    container = made.dump(force=True)
    written = cms.ContentInfo.load(container)["content"]["signer_infos"][0]
    assert (b"\x05\x00" in written["digest_algorithm"].dump()) is (of_digest is NULL)
    assert (b"\x05\x00" in written["signature_algorithm"].dump()) is (of_signature is NULL)
    assert answer(judge(container)) == PASSED


@pytest.mark.parametrize("of_hash", [ABSENT, NULL], ids=["absent", "null"])
@pytest.mark.parametrize("of_mask", [ABSENT, NULL], ids=["mask-absent", "mask-null"])
def test_so_they_are_inside_the_parameters_of_pss(
    of_hash: bytes,
    of_mask: bytes,
    authority: Authority,
    judge: Callable[..., Validation],
) -> None:
    key = forge.rsa_key()
    assert isinstance(key, rsa.RSAPrivateKey)
    maker = forge.Forger.of(authority, forge.person_request(), key)
    made = cms.ContentInfo.load(maker.sign(TEXT))
    info = made["content"]["signer_infos"][0]
    mask = algorithm(algos.DigestAlgorithm, "sha256", of_mask)
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": algorithm(algos.DigestAlgorithm, "sha256", of_hash),
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": mask},
            "salt_length": 32,
        }
    )
    info["signature_algorithm"] = {"algorithm": "rsassa_pss", "parameters": parameters}
    pad = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    info["signature"] = key.sign(info["signed_attrs"].untag().dump(), pad, hashes.SHA256())
    container = made.dump(force=True)
    written = cms.ContentInfo.load(container)["content"]["signer_infos"][0]["signature_algorithm"]
    assert written.dump().count(NULL) == (of_hash, of_mask).count(NULL)
    assert answer(judge(container)) == PASSED
