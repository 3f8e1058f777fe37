"""An outsider's check: the openssl command judges our containers, certificates and lists."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms

from signing.authority.crl import Reason, RevokedEntry
from signing.cms import cades
from signing.tokens.keys import KeyKind, Padding
from tests.kit.signing import house as kit
from tests.kit.signing.house import DAY, NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.tokens.slots import TokenStore
    from signing.validation.validate import Validation

TEXT = "İmzalanan metin.\r\nİkinci satır.\n".encode()


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )


def verify(folder: Path, authority: Authority, container: bytes, text: bytes) -> bool:
    """Run the very command that docs/signing.md gives."""
    for name, data in (
        ("x.p7s", container),
        ("x.txt", text),
        ("anchors.pem", authority.anchors_pem()),
    ):
        (folder / name).write_bytes(data)
    command: list[str | Path] = [
        "cms",
        "-verify",
        "-inform",
        "DER",
        "-in",
        folder / "x.p7s",
        "-content",
    ]
    command += [folder / "x.txt", "-binary", "-CAfile", folder / "anchors.pem"]
    done = openssl(*command, "-purpose", "any", "-out", folder / "out", "-attime", stamp())
    return done.returncode == 0 and (folder / "out").read_bytes() == text


def stamp() -> str:
    return str(int(NOW.timestamp()))


def test_openssl_and_we_accept_a_signature_with_pss(
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
    judge: Callable[..., Validation],
    tmp_path: Path,
) -> None:
    signer = kit.demo_card(store, authority, new_order(kind=KeyKind.RSA_3072))
    certificate = signer.produced.certificate
    with store.session(signer.produced.card_serial, kit.PIN) as session:
        container = cades.sign(session, certificate, TEXT, NOW, padding=Padding.PSS)
    info = cms.ContentInfo.load(container)["content"]["signer_infos"][0]
    assert info["signature_algorithm"]["algorithm"].native == "rsassa_pss"
    assert info["signature_algorithm"]["parameters"]["salt_length"].native == 32
    assert verify(tmp_path, authority, container, TEXT)
    assert not verify(tmp_path, authority, container, TEXT + b".")
    assert judge(container, TEXT).qualified
    assert not judge(container, TEXT + b".").passed


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.EC_P384, KeyKind.RSA_3072])
def test_openssl_accepts_the_signature_and_refuses_it_over_another_text(
    kind: KeyKind,
    tmp_path: Path,
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
) -> None:
    container = kit.demo_card(store, authority, new_order(kind=kind)).sign(TEXT)
    assert verify(tmp_path, authority, container, TEXT)
    assert not verify(tmp_path, authority, container, TEXT + b"x")


def test_the_container_carries_the_issuer_so_that_the_root_alone_is_enough(
    tmp_path: Path, authority: Authority, signer: kit.Signer
) -> None:
    (tmp_path / "root.pem").write_bytes(authority.anchors_pem().split(b"-----END")[0])
    root = authority.anchors_pem().split(b"-----BEGIN")[1]
    (tmp_path / "root.pem").write_bytes(b"-----BEGIN" + root)
    (tmp_path / "x.p7s").write_bytes(signer.sign(TEXT))
    (tmp_path / "x.txt").write_bytes(TEXT)
    command: list[str | Path] = [
        "cms",
        "-verify",
        "-inform",
        "DER",
        "-in",
        tmp_path / "x.p7s",
        "-content",
    ]
    command += [tmp_path / "x.txt", "-binary", "-CAfile", tmp_path / "root.pem"]
    done = openssl(*command, "-purpose", "any", "-out", tmp_path / "o", "-attime", stamp())
    assert done.returncode == 0, done.stderr


def test_openssl_reads_the_profile_of_a_qualified_certificate(
    tmp_path: Path, store: TokenStore, authority: Authority, new_order: Callable[..., object]
) -> None:
    url = "http://sil.nes.example/test.crl"
    order = new_order(crl_urls=(url,))
    card = kit.demo_card(store, authority, order)  # type: ignore[arg-type]
    path = tmp_path / "c.der"
    path.write_bytes(card.produced.certificate.der)
    shown = openssl("x509", "-inform", "DER", "-in", path, "-noout", "-text", "-nameopt", "utf8")
    text = shown.stdout
    assert "Subject: C=TR, CN=AYŞE YILMAZ, serialNumber=10000000146" in text
    assert "Issuer: C=TR, O=TEST nes-ofis, CN=TEST NES" in text
    assert "X509v3 Key Usage: critical\n                Digital Signature, Non Repudiation" in text
    assert "Policy: 2.999.5070.1.1" in text
    assert "qcStatements: \n" in text
    assert f"URI:{url}" in text
    assert "CA:TRUE" not in text


def test_openssl_verifies_the_revocation_list_and_reads_its_reasons(
    tmp_path: Path, authority: Authority
) -> None:
    entries = [
        RevokedEntry(0xBEEF, NOW - DAY, Reason.ON_HOLD),
        RevokedEntry(0xABBA, NOW - 2 * DAY, Reason.KEY_COMPROMISE),
        RevokedEntry(0xCAFE, NOW - 3 * DAY, Reason.UNSPECIFIED),
    ]
    (tmp_path / "l.crl").write_bytes(authority.crl(entries, NOW, NOW + DAY, 7))
    (tmp_path / "ca.pem").write_bytes(authority.anchors_pem())
    command: list[str | Path] = [
        "crl",
        "-inform",
        "DER",
        "-in",
        tmp_path / "l.crl",
        "-CAfile",
        tmp_path / "ca.pem",
    ]
    done = openssl(*command, "-noout", "-text")
    assert "verify OK" in done.stderr
    assert done.stdout.count("Serial Number:") == 3
    assert "Certificate Hold" in done.stdout
    assert "Key Compromise" in done.stdout
    assert done.stdout.count("CRL Reason Code") == 2
    assert "X509v3 CRL Number: \n                7" in done.stdout
    assert "Next Update: Nov 23 09:00:00 2026 GMT" in done.stdout


def test_both_authority_certificates_form_a_valid_chain(
    tmp_path: Path, authority: Authority
) -> None:
    (tmp_path / "ca.pem").write_bytes(authority.anchors_pem())
    for name, der in (("root", authority.root.der), ("issuing", authority.issuing.der)):
        (tmp_path / name).write_bytes(der)
        command: list[str | Path] = [
            "verify",
            "-x509_strict",
            "-attime",
            stamp(),
            "-CAfile",
            tmp_path / "ca.pem",
        ]
        assert openssl(*command, tmp_path / name).stdout.strip().endswith(": OK")
