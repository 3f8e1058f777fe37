"""Signed PDFs as poppler (Okular, Evince) and mupdf read them, at every level."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms

from signing.cms import levels, pades, signed_data
from signing.cms.container import read
from signing.cms.contents import carried_by
from signing.cms.levels import Level
from signing.validation import augmentation
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from tests.kit.signing import house as kit
from tests.kit.signing import pdfs
from tests.kit.signing.house import NOW
from tests.signing.validation.test_augmentation import authority, card, services

if TYPE_CHECKING:
    from pathlib import Path

    from signing.authority.demo import Authority
    from tests.kit.signing.outside import Outside

__all__ = ["authority", "card", "services"]


@pytest.fixture(scope="module")
def prepared() -> bytes:
    """Give a PDF that waits for its container."""
    return pades.prepare(pdfs.pdf(), name="İSMAİL IŞIK", reason="Deneme", at=NOW)


@pytest.fixture
def archived(
    prepared: bytes, card: kit.Signer, authority: Authority, services: Outside
) -> dict[Level, bytes]:
    """Give the container over the PDF at every level."""
    content = pades.covered(prepared)
    basic = card.sign(content, None)
    stamped = augmentation.stamp(services.online, basic)
    whole = augmentation.augment_stamped(
        services.online, stamped, authority.trust, NOW, Level.B_LT
    ).container
    renewed = augmentation.renew(services.online, whole, content, authority.trust, NOW)
    found = {Level.B_B: basic, Level.B_T: stamped, Level.B_LT: whole, Level.B_LTA: renewed}
    assert {name: levels.level(der) for name, der in found.items()} == {n: n for n in found}
    assert carried_by(whole).answers
    return found


def test_what_stands_in_a_pdf_is_no_more_than_stamped(
    archived: dict[Level, bytes], prepared: bytes, authority: Authority
) -> None:
    content = pades.covered(prepared)
    for level, container in archived.items():
        inside = levels.as_stamped(container)
        assert levels.level(inside) is min(level, Level.B_T, key=list(Level).index)
        assert (carried_by(inside).crls, carried_by(inside).answers) == ((), ())
        before, after = read(container).signer_info, read(inside).signer_info
        for name in ("signed_attrs", "signature"):
            assert after[name].dump() == before[name].dump()
        assert cms.ContentInfo.load(inside)["content"]["version"].native == "v1"
        pieces = carried_by(container)
        known = Revocation(pieces.crls, tuple(answer.der for answer in pieces.answers))
        if level in {Level.B_LT, Level.B_LTA}:
            judged = validate(inside, content, trust=authority.trust, revocation=known, at=NOW)
            assert (judged.passed, judged.level) == (True, Level.B_T)
        else:
            assert inside == container


def test_a_signer_who_is_named_by_his_key_keeps_the_version_that_this_asks_for(
    archived: dict[Level, bytes],
) -> None:
    parts = signed_data.take_apart(archived[Level.B_LT])
    named = replace(parts, signer=(levels.VERSION_3, *parts.signer[1:])).dump()
    inside = levels.as_stamped(named)
    assert cms.ContentInfo.load(inside)["content"]["version"].native == "v3"


def test_poppler_and_mupdf_read_every_level_with_its_evidence_in_the_security_store(
    archived: dict[Level, bytes], prepared: bytes, tmp_path: Path
) -> None:
    for container in archived.values():
        signed = pades.embed(prepared, levels.as_stamped(container))
        assert pdfs.unread(tmp_path, signed) == []
        pieces = carried_by(container)
        whole = pades.with_evidence(
            signed,
            certificates=pieces.certificates,
            crls=pieces.crls,
            ocsps=[answer.der for answer in pieces.answers],
        )
        assert pdfs.unread(tmp_path, whole) == []


def test_they_can_not_read_responses_within_the_container_and_see_a_changed_byte(
    archived: dict[Level, bytes], prepared: bytes, tmp_path: Path
) -> None:
    assert len(pdfs.unread(tmp_path, pades.embed(prepared, archived[Level.B_LT]))) == 2
    signed = pades.embed(prepared, archived[Level.B_T])
    assert len(pdfs.unread(tmp_path, signed.replace(b"/Reason (D", b"/Reason (d"))) == 2
