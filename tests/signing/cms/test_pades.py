"""PDF signatures: made with a card, judged by pyHanko and openssl, and found out when changed."""

from __future__ import annotations

import re
import subprocess
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms, keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.generic import TextStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.cms import cades, pades
from signing.cms.container import read as container_of
from signing.cms.profiles import RULES, Profile
from signing.errors import DocumentUnusable, RequestInvalid
from signing.validation.validate import validate
from signing.verdict import SubIndication
from tests.kit.signing import pdfs
from tests.kit.signing.house import NOW
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation
    from signing.validation.validate import Validation
    from tests.kit.signing.forge import Forger
    from tests.kit.signing.house import Signer

NAME, REASON = "İSMAİL IŞIK", "Başvuru formunun imzalanması"


@pytest.fixture(scope="module")
def prepared() -> bytes:
    """Give a PDF that waits for its container."""
    return pades.prepare(pdfs.pdf(), name=NAME, reason=REASON, at=NOW)


@pytest.fixture(scope="module")
def container(prepared: bytes, signer: Signer) -> bytes:
    """Give the container that the card made over it."""
    return signer.sign(pades.covered(prepared), None)


@pytest.fixture(scope="module")
def signed(prepared: bytes, container: bytes) -> bytes:
    """Give the signed PDF."""
    return pades.embed(prepared, container)


def range_of(document: bytes) -> list[int]:
    (found,) = re.findall(rb"/ByteRange ?\[([0-9 ]+)\]", document)
    return [int(number) for number in found.split()]


def with_range(document: bytes, *numbers: int) -> bytes:
    place = re.search(rb"/ByteRange ?\[([0-9 ]+\] *)", document)
    assert place
    text = (" ".join(map(str, numbers)) + "]").encode()
    return document[: place.start(1)] + text.ljust(len(place[1])) + document[place.end(1) :]


def refused(reason: str) -> pytest.RaisesExc[DocumentUnusable]:
    return pytest.raises(DocumentUnusable, match=re.escape(reason))


def test_pyhanko_finds_the_signature_valid_and_the_document_unmodified(
    signed: bytes, authority: Authority, lists: Revocation
) -> None:
    status = pdfs.pyhanko_says(signed, authority, lists)
    assert status.bottom_line
    assert pdfs.coverage(status) == "ENTIRE_FILE"
    details = status.pretty_print_details()  # type: ignore[no-untyped-call]
    assert "The signature is judged VALID." in details


def test_one_changed_byte_of_a_page_is_found_by_pyhanko_and_by_us(
    signed: bytes, authority: Authority, lists: Revocation
) -> None:
    place = signed.index(b"stream") + 40
    changed = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
    status = pdfs.pyhanko_says(changed, authority, lists)
    assert not status.intact
    assert not status.bottom_line
    found = pades.check(changed)
    answer = validate(
        found.container, found.content, trust=authority.trust, revocation=lists, at=NOW
    )
    assert answer.sub_indication is SubIndication.HASH_FAILURE


def attributes(container: bytes) -> set[str]:
    (info,) = cms.ContentInfo.load(container)["content"]["signer_infos"]
    return {entry["type"].native for entry in info["signed_attrs"]}


def test_the_container_of_a_pdf_signs_no_time_as_with_pyhankos_own_pades_signer(
    container: bytes, forger: Forger
) -> None:
    maker = SimpleSigner(
        signing_cert=x509.Certificate.load(forger.certificate),
        signing_key=keys.PrivateKeyInfo.load(
            forger.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    how = PdfSignatureMetadata("imza", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    theirs = sign_pdf(IncrementalPdfFileWriter(BytesIO(pdfs.pdf())), how, signer=maker)
    (signature,) = PdfFileReader(theirs).embedded_signatures
    expected = {"content_type", "message_digest", "signing_certificate_v2"}
    assert attributes(bytes(signature.pkcs7_content)) == expected
    assert attributes(container) == expected


def test_a_container_without_a_time_is_a_qualified_signature_that_claims_none(
    prepared: bytes, container: bytes, judge: Callable[..., Validation]
) -> None:
    verdict = judge(container, pades.covered(prepared))
    assert verdict.qualified
    assert verdict.claimed_time is None
    assert judge(container, pades.covered(prepared) + b".").sub_indication is (
        SubIndication.HASH_FAILURE
    )


def test_the_container_of_a_pdf_names_the_profile_too(
    prepared: bytes, store: TokenStore, signer: Signer
) -> None:
    with store.session(signer.produced.card_serial, signer.pin) as session:
        named = cades.sign(
            session, signer.produced.certificate, pades.covered(prepared), None, Profile.P4
        )
    assert container_of(named).policy_oid == RULES[Profile.P4].identifier
    assert "signing_time" not in attributes(named)


def test_openssl_accepts_the_container_over_the_covered_bytes(
    signed: bytes, authority: Authority, tmp_path: Path
) -> None:
    found = pades.check(signed)
    (tmp_path / "imza.p7s").write_bytes(found.container)
    (tmp_path / "kapsam").write_bytes(found.content)
    (tmp_path / "makam.pem").write_bytes(authority.anchors_pem())
    command = (
        "openssl cms -verify -binary -inform DER -in imza.p7s -content kapsam "
        "-CAfile makam.pem -purpose any -attime 1795338000 -out cikti"
    )
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, b"successful" in done.stderr.lower()) == (0, True), done.stderr
    assert (tmp_path / "cikti").read_bytes() == found.content


def test_what_is_taken_out_is_what_was_put_in(
    prepared: bytes, container: bytes, signed: bytes
) -> None:
    found = pades.check(signed)
    assert found == pades.Embedded(container, pades.covered(prepared), extended=False)
    assert pades.covered(signed) == pades.covered(prepared)
    assert len(signed) == len(prepared)


def test_the_covered_bytes_are_the_whole_file_but_the_gap(prepared: bytes) -> None:
    first, start, end, rest = range_of(prepared)
    assert (first, end + rest) == (0, len(prepared))
    assert prepared[start:end] == b"<" + b"0" * 2 * pades.ROOM + b">"
    assert pades.covered(prepared) == prepared[:start] + prepared[end:]


def test_a_smaller_gap_takes_a_smaller_container(prepared: bytes) -> None:
    small = pades.prepare(pdfs.pdf(), name="x", reason="y", at=NOW, room=2_000)
    assert len(prepared) - len(small) > 2 * (pades.ROOM - 2_000) - 200
    assert len(pades.embed(small, b"\x30" * 2_000)) == len(small)
    with pytest.raises(DocumentUnusable):
        pades.embed(small, b"\x30" * 2_001)


def test_the_same_pdf_is_prepared_to_the_same_bytes_and_its_own_are_kept(prepared: bytes) -> None:
    document = pdfs.pdf()
    assert pades.prepare(document, name=NAME, reason=REASON, at=NOW) == prepared
    assert prepared.startswith(document)
    other = pades.prepare(document, name=NAME, reason="Başka", at=NOW)
    assert pades.covered(other) != pades.covered(prepared)


def test_name_reason_time_and_profile_stand_in_the_signature(prepared: bytes) -> None:
    (reference,) = PdfFileReader(BytesIO(prepared)).root["/AcroForm"]["/Fields"]
    field = reference.get_object()
    entry = field["/V"]
    assert (field["/T"], entry["/Name"], entry["/Reason"]) == ("imza", NAME, REASON)
    assert entry["/SubFilter"] == "/ETSI.CAdES.detached"
    assert entry["/M"].startswith("D:20261122090000")


def test_a_naive_time_is_refused() -> None:
    naive = datetime(2026, 11, 22)  # noqa: DTZ001 - the time without a zone that is refused
    with refusing(RequestInvalid, match="Saat dilimi"):
        pades.prepare(pdfs.pdf(), name=NAME, reason=REASON, at=naive)


def test_only_an_empty_prepared_file_is_prepared(prepared: bytes, signed: bytes) -> None:
    assert pades.is_prepared(prepared)
    for other in (signed, pdfs.pdf(), b"", b"%PDF-1.7 deneme", prepared + b"\n"):
        assert not pades.is_prepared(other)


@pytest.mark.parametrize("document", [b"", b"Metin.", b" %PDF-1.7\n%%EOF", b"\x00" * 100])
def test_what_is_no_pdf_is_refused_by_every_step(document: bytes) -> None:
    with refused(pades.UNREADABLE):
        pades.prepare(document, name=NAME, reason=REASON, at=NOW)
    with refused(pades.UNREADABLE):
        pades.covered(document)
    with refused(pades.UNREADABLE):
        pades.check(document)
    with refused(pades.TAKEN):
        pades.embed(document, b"x")


def test_a_huge_file_is_not_parsed(prepared: bytes) -> None:
    with refused(pades.UNREADABLE):
        pades.covered(prepared + b" " * pades.SIZE_LIMIT)


def test_a_file_with_a_signature_field_is_not_prepared_again(prepared: bytes) -> None:
    for document in (prepared, pdfs.with_another_field(pdfs.pdf())):
        with refused(pades.TAKEN):
            pades.prepare(document, name=NAME, reason=REASON, at=NOW)


def test_a_pdf_without_a_signature_has_nothing_to_cover() -> None:
    for document in (pdfs.pdf(), pdfs.with_another_field(pdfs.pdf())):
        with refused(pades.NO_GAP):
            pades.covered(document)


def test_a_file_that_speaks_of_two_ranges_is_refused(prepared: bytes) -> None:
    first, start, end, rest = range_of(prepared)
    same = f"/ByteRange [{first} {start} {end} {rest}]"
    for more in (same, "/ByteRange [0 0 0 0]", "/ByteRange"):
        with refused(pades.NO_GAP):
            pades.covered(prepared + f"\n% {more}\n".encode())


def test_a_second_container_does_not_replace_the_first(signed: bytes, container: bytes) -> None:
    with refused(pades.TAKEN):
        pades.embed(signed, container)


def test_a_container_that_does_not_fit_is_refused_and_one_that_just_fits_is_not(
    prepared: bytes,
) -> None:
    with refused(pades.TOO_LARGE):
        pades.embed(prepared, b"\x30" * (pades.ROOM + 1))
    assert len(pades.embed(prepared, b"\x30" * pades.ROOM)) == len(prepared)


def test_a_range_that_leaves_more_out_than_the_gap_is_refused(prepared: bytes) -> None:
    first, start, end, rest = range_of(prepared)
    assert pades.covered(with_range(prepared, first, start, end, rest))
    for numbers in (
        (1, start, end, rest),
        (0, start - 1, end, rest),
        (0, start, end + 1, rest - 1),
        (0, start, end, rest + 1),
        (0, start, end, 0),
        (0, 0, end, rest),
        (0, end, start, rest),
        (0, start, end),
        (0, start + 2, end, rest),
    ):
        with refused(pades.NO_GAP):
            pades.covered(with_range(prepared, *numbers))


def test_a_gap_with_anything_but_digits_is_refused(prepared: bytes) -> None:
    _, start, end, _ = range_of(prepared)
    for text in (b" " * 8, b"<!-- a >", b"0000000g", b">000000<"):
        odd = prepared[: start + 9] + text + prepared[start + 17 :]
        assert len(odd) == len(prepared)
        assert odd[end - 1 : end] == b">"
        with refused(pades.NO_GAP):
            pades.covered(odd)


def test_an_empty_gap_is_no_signature(prepared: bytes) -> None:
    with refused(pades.NOT_SIGNED):
        pades.check(prepared)


def test_a_gap_that_holds_no_asn1_is_unreadable(prepared: bytes) -> None:
    with refused(pades.UNREADABLE):
        pades.check(pades.embed(prepared, b"\x30\x84\xff\xff\xff\xff"))


def test_bytes_hidden_behind_the_container_are_found(prepared: bytes, container: bytes) -> None:
    with refused(pades.CHANGED):
        pades.check(pades.embed(prepared, container + b"gizli"))


def test_a_page_changed_by_a_later_update_is_found(
    signed: bytes, authority: Authority, lists: Revocation
) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0]
    page.get_object()[pdf_name("/Rotate")] = page.get_object()["/MediaBox"][0]
    writer.update_container(page.get_object())
    changed = pdfs.written(writer)
    assert not pdfs.pyhanko_says(changed, authority, lists).bottom_line
    with refused(pades.CHANGED):
        pades.check(changed)


def test_a_title_changed_by_a_later_update_is_found(signed: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.root[pdf_name("/Lang")] = TextStringObject("en")
    writer.update_root()  # type: ignore[no-untyped-call]
    with refused(pades.CHANGED):
        pades.check(pdfs.written(writer))


def test_evidence_is_added_behind_the_signed_part_and_changes_nothing(
    signed: bytes, authority: Authority, lists: Revocation
) -> None:
    certificates = [authority.issuing.der, authority.root.der]
    longer = pades.with_evidence(signed, certificates=certificates, crls=lists.crls)
    assert longer.startswith(signed)
    before, after = pades.check(signed), pades.check(longer)
    assert (after.container, after.content) == (before.container, before.content)
    assert (before.extended, after.extended) == (False, True)
    status = pdfs.pyhanko_says(longer, authority, lists)
    assert status.bottom_line
    assert pdfs.coverage(status) == "ENTIRE_REVISION"
    store = PdfFileReader(BytesIO(longer)).root["/DSS"]
    assert (len(store["/Certs"]), len(store["/CRLs"]), "/VRI" in store) == (2, 2, False)


def test_evidence_is_added_to_signed_files_only_and_must_be_what_it_says(
    prepared: bytes, signed: bytes
) -> None:
    with refused(pades.NOT_SIGNED):
        pades.with_evidence(prepared)
    with refused(pades.UNREADABLE):
        pades.with_evidence(signed, certificates=[b"sertifika"])
