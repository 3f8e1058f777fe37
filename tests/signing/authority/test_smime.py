"""Signed mail: openssl and we accept it, and nothing in it may change."""

from __future__ import annotations

import email.policy
import subprocess
from datetime import timedelta
from email import message_from_bytes
from functools import partial
from typing import TYPE_CHECKING

import pytest
from asn1crypto import pem

from signing.authority.seal import Seal
from signing.cms.smime import LARGEST, MailSigner, check_signer, open_mail, sign_mail
from signing.errors import ContainerUnusable, KeyAbsent
from tests.kit.signing import house as kit
from tests.kit.signing.house import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore

HEAD = (
    b"From: ofis@ofis.example\r\nSubject: =?utf-8?b?xLA=?=\r\n =?utf-8?b?xLE=?=\r\n"
    b"MIME-Version: 1.0\r\nMessage-ID: <nes.1.ab@ofis.example>\r\n"
)
PART = (
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nS2FydA==\r\n"
)
MAIL = HEAD + PART


@pytest.fixture(scope="module")
def seal(store: TokenStore, authority: Authority) -> Seal:
    del authority  # it has to be on the token first
    return Seal(store, kit.AUTHORITY_LABEL, kit.PIN)


@pytest.fixture(scope="module")
def signed(seal: Seal) -> bytes:
    return sign_mail(MAIL, partial(seal.sign, at=NOW))


def refused(work: object, *values: object) -> object:
    assert callable(work)
    with pytest.raises(ContainerUnusable) as caught:
        work(*values)
    return caught.value.params["reason"]


def test_a_signed_mail_keeps_its_heads_and_holds_the_part_as_it_was(
    signed: bytes, seal: Seal
) -> None:
    found = open_mail(signed)
    assert found.content == PART
    check_signer(found, {seal.certificate.der}, NOW)
    read = message_from_bytes(signed, policy=email.policy.default)
    assert read.get_content_type() == "multipart/signed"
    assert (read.get_param("micalg"), read.get_param("protocol")) == (
        "sha-256", "application/pkcs7-signature",
    )  # fmt: skip
    assert [(name, str(read[name])) for name in ("From", "Subject", "Message-ID")] == [
        ("From", "ofis@ofis.example"), ("Subject", "İı"), ("Message-ID", "<nes.1.ab@ofis.example>"),
    ]  # fmt: skip
    assert [len(read.get_all(name, [])) for name in ("MIME-Version", "Content-Type")] == [1, 1]
    assert signed.isascii()
    text, container = read.iter_parts()
    assert text.get_content().strip() == "Kart"
    assert container.get_content() == found.container


def test_openssl_accepts_it_and_refuses_another_text(
    signed: bytes, seal: Seal, tmp_path: Path
) -> None:
    (tmp_path / "seal.pem").write_bytes(pem.armor("CERTIFICATE", seal.certificate.der))
    (tmp_path / "mail").write_bytes(signed)
    (tmp_path / "other").write_bytes(signed.replace(b"S2FydA==", b"S2FydB=="))
    # -noverify leaves the chain alone, not the signature.
    asked = ["openssl", "cms", "-verify", "-noverify", "-out", "/dev/null", "-in"]
    ends = [
        subprocess.run([*asked, tmp_path / name], capture_output=True, check=False, timeout=60)
        for name in ("mail", "other")
    ]
    assert [end.returncode == 0 for end in ends] == [True, False]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_a_maildir_may_keep_it_without_carriage_returns(
    signed: bytes, seal: Seal, ends: bytes
) -> None:
    kept = signed.replace(b"\r\n", ends)
    found = open_mail(kept)
    assert found.mail == signed
    check_signer(found, {seal.certificate.der}, NOW)


def test_the_older_name_of_the_container_is_read(signed: bytes, seal: Seal) -> None:
    older = signed.replace(b"application/pkcs7-signature", b"application/x-pkcs7-signature")
    check_signer(open_mail(older), [seal.certificate.der], NOW)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"S2FydA==", b"S2FydB==", "mail_signature_HASH_FAILURE"),
        (b"text/plain", b"text/html", "mail_signature_HASH_FAILURE"),
        (b"smime.p7s\r\n\r\nMII", b"smime.p7s\r\n\r\nMIJ", "mail_signature_FORMAT_FAILURE"),
    ],
)
def test_another_content_or_container_is_refused(
    signed: bytes, seal: Seal, old: bytes, new: bytes, reason: str
) -> None:
    assert signed.count(old) == 1
    found = open_mail(signed.replace(old, new))
    assert refused(check_signer, found, {seal.certificate.der}, NOW) == reason


def test_only_the_named_certificates_sign_and_only_in_their_time(
    signed: bytes, seal: Seal, authority: Authority
) -> None:
    found, own = open_mail(signed), seal.certificate
    assert refused(check_signer, found, {authority.issuing.der}, NOW) == "mail_signer_unknown"
    for late in (own.not_after + timedelta(seconds=1), own.not_before - timedelta(seconds=1)):
        assert refused(check_signer, found, {own.der}, late) == "mail_signer_expired"
    check_signer(found, {own.der}, own.not_before)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"multipart/signed", b"multipart/mixed", "mail_not_signed"),
        (b'protocol="application/pkcs7-signature"', b"protocol=text/plain", "mail_not_signed"),
        (b"boundary=", b"bound=", "mail_not_signed"),
        (b'boundary="s-', b'boundary="t-', "mail_not_of_two_parts"),
        (b"Encoding: base64\r\nContent-Disp", b"Encoding: 8bit\r\nContent-Disp",
         "mail_without_signature"),
        (b"Content-Type: application/pkcs7", b"Content-Type: text/pkcs7", "mail_without_signature"),
        (b"smime.p7s\r\n\r\nMII", b"smime.p7s\r\n\r\n*II", "mail_without_signature"),
    ],
)  # fmt: skip
def test_what_is_no_signed_mail_is_refused(
    signed: bytes, old: bytes, new: bytes, reason: str
) -> None:
    assert signed.count(old) == 1
    assert refused(open_mail, signed.replace(old, new)) == reason


def test_a_mail_without_its_end_or_too_large_is_refused(signed: bytes) -> None:
    assert refused(open_mail, signed[: signed.rindex(b"--")]) == "mail_without_signature"
    assert refused(open_mail, b"x" * 11, 10) == "mail_too_large"
    assert refused(open_mail, b"") == "mail_not_signed"
    assert LARGEST > 10_000_000


@pytest.mark.parametrize(
    "mail", [b"From: a", MAIL.replace(b"\r\n", b"\n"), MAIL + b"\xff", MAIL + b"x\n"]
)
def test_only_a_mail_of_seven_bits_and_whole_lines_is_signed(mail: bytes) -> None:
    assert refused(sign_mail, mail, bytes) == "no_mail_of_7_bits"


def test_the_one_certificate_of_a_token_signs(
    store: TokenStore, signer: kit.Signer, authority: Authority
) -> None:
    label = signer.produced.card_serial
    made = MailSigner(lambda: store, label, kit.PIN)
    found = open_mail(sign_mail(MAIL, partial(made.sign, at=NOW)))
    check_signer(found, {signer.produced.certificate.der}, NOW)
    del authority  # whose token holds more than one
    several = MailSigner(lambda: store, kit.AUTHORITY_LABEL, kit.PIN)
    with pytest.raises(KeyAbsent) as refusal:
        several.sign(b"", NOW)
    assert refusal.value.params == {"label": kit.AUTHORITY_LABEL}
