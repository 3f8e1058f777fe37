"""The evidence of signatures with time-stamps, revocation data and PDFs, checked by a stranger."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from handlers.papers import letters
from handlers.signatures.final import Finalisation
from handlers.signatures.purposes import SignedCase
from signing.cms import pades
from signing.cms.profiles import Profile
from signing.validation.augmentation import renew
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.papers.augmentation import Augmentation
from states.papers.document import Document
from states.papers.signature import Signature
from tests.kit.handlers.evidence import (
    Files,
    Stranger,
    commands,
    files_of,
    flipped,
    summed_anew,
    take,
)
from tests.kit.handlers.outside import connected
from tests.kit.handlers.world import World, applicant

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.cards.seed import Held


@pytest.fixture
def stranger(tmp_path: Path) -> Stranger:
    return Stranger(tmp_path)


@pytest.fixture
def held(world: World) -> Held:
    return world.card(world.person(), date(2026, 4, 10))


def consented(world: World, held: Held, profile: Profile = Profile.P4) -> int:
    """Give an e-onay whose signature is lifted as the profile wants."""
    with connected(world, profile) as (office, _):
        me = office.read(Certificate, held.certificate_id).person_id
        consent = office.offer(me)
        container = office.sign(held, office.read(Consent, consent).document_sha256)
        signed = replace(office.claimed("consent", consent, me), container=container)
        handed = office.handed_in(SignedCase("e_onay", consent), signed)
        office.engine.fire(consent, "sign", applicant(me), handed.payload())
    return consent


def applied(world: World, held: Held) -> int:
    """Give an application whose PDF its holder signed."""
    me = world.read(Certificate, held.certificate_id).person_id
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_imza")
    claimed = world.claimed("application", case, me)
    payload = replace(
        claimed, container=world.sign(held, world.read(Application, case).form_sha256)
    ).payload()
    world.engine.fire(case, "approve_e_imza", applicant(me), payload)
    return case


def failing_with(stranger: Stranger, files: Files, name: str, data: bytes) -> str:
    """Give the commands that fail when a file was changed and its sum with it."""
    return "\n".join(stranger.failing(summed_anew({**files, name: data})))


def test_time_stamp_and_status_are_checked_out_of_the_container_itself(
    world: World, held: Held, stranger: Stranger
) -> None:
    files = files_of(take(world, consented(world, held)))
    wanted = "\n".join(commands(files))
    assert "ts -verify" in wanted
    assert wanted.count("openssl ocsp") == 2
    assert stranger.failing(files) == []
    (kept,) = world.all(Signature)
    assert files["imza/1/kap.p7s"] == kept.container
    assert files["imza/1/kap.damga-1.tst"] in kept.container
    assert files["imza/1/kap.ocsp-1.der"] in kept.container


def test_later_forms_are_there_and_checked_like_the_accepted_one(
    world: World, held: Held, stranger: Stranger
) -> None:
    consent = consented(world, held, Profile.P2)
    (kept,) = world.all(Signature)
    world.clock.set(world.clock.now() + timedelta(hours=25))
    world.publish_lists()
    with connected(world, Profile.P2) as (office, _):
        assert Finalisation(office.engine).run() == {"B-LT": 1}
    files = files_of(take(world, consent))
    (later,) = world.all(Augmentation)
    assert files["imza/1/kap.p7s"] == kept.container
    assert files["imza/1/kap-1.p7s"] == later.container
    wanted = "\n".join(commands(files))
    assert wanted.count("cms -verify") == wanted.count("ts -verify") == 2
    assert "-CRLfile imza/1/kap-1.sil.pem _imzaci-1-1.pem" in wanted
    assert stranger.failing(files) == []
    failed = failing_with(
        stranger, files, "imza/1/kap-1.p7s", flipped(later.container, len(later.container) - 1)
    )
    assert "-in _damga-1-1-1.tst" in failed


def test_an_archive_time_stamp_is_checked_by_itself(
    world: World, held: Held, stranger: Stranger
) -> None:
    consent = consented(world, held)
    (kept,) = world.all(Signature)
    content = letters.signable(world.read(Document, kept.document_sha256))
    world.clock.set(world.clock.now() + timedelta(days=1))
    now = world.clock.now()
    with connected(world) as (office, _):
        online = office.services.online
        assert online is not None
        whole = renew(online, kept.container, content, office.services.trust(), now)
    row = Augmentation(
        signature_id=kept.id, n=1, level="B-LTA", container=whole, container_sha256="a" * 64,
        made_at=now, augment_at=now, renew_before=now,
    )  # fmt: skip
    with Session(world.engine.database) as session:
        session.add(row)
        session.commit()
    files = files_of(take(world, consent))
    assert stranger.failing(files) == []
    (by_itself,) = (line for line in commands(files) if "cms -verify" in line and ".tst" in line)
    assert "-in _damga-1-1-2.tst" in by_itself
    token = files["imza/1/kap-1.damga-2.tst"]
    place = files["imza/1/kap-1.p7s"].index(token) + token.index(b"\x04\x20") + 10
    changed = flipped(files["imza/1/kap-1.p7s"], place)
    assert by_itself in failing_with(stranger, files, "imza/1/kap-1.p7s", changed)


@pytest.mark.parametrize("name", ["imza/1/kap.ocsp-1.der", "imza/1/kap.ocsp-2.der"])
def test_an_answer_that_was_changed_with_its_sum_is_found(
    world: World, held: Held, stranger: Stranger, name: str
) -> None:
    files = files_of(take(world, consented(world, held)))
    failed = failing_with(stranger, files, name, flipped(files[name], len(files[name]) // 2))
    assert failed.count("openssl ocsp") == 1


def test_a_time_stamp_over_another_signature_is_found(
    world: World, held: Held, stranger: Stranger
) -> None:
    files = files_of(take(world, consented(world, held)))
    container = files["imza/1/kap.p7s"]
    token = files["imza/1/kap.damga-1.tst"]
    place = container.index(token) + token.index(b"\x04\x20") + 10
    failed = failing_with(stranger, files, "imza/1/kap.p7s", flipped(container, place))
    assert "ts -verify" in failed


def test_only_authorities_stand_between_and_the_others_beside(world: World, held: Held) -> None:
    files = files_of(take(world, consented(world, held)))
    assert files["guven/kok.pem"].count(b"BEGIN CERTIFICATE") == 1
    assert files["guven/ara.pem"].count(b"BEGIN CERTIFICATE") == 1
    assert files["guven/diger.pem"].count(b"BEGIN CERTIFICATE") == 2
    assert {name for name in files if "makam" in name} == {
        "guven/makam-1.pem", "guven/makam-2.pem",
    }  # fmt: skip


def test_a_signed_pdf_is_there_as_frozen_and_as_signed(
    world: World, held: Held, stranger: Stranger
) -> None:
    case = applied(world, held)
    files = files_of(take(world, case))
    assert stranger.failing(files) == []
    document = world.read(Document, world.read(Application, case).form_sha256)
    (kept,) = world.all(Signature)
    assert files["imza/1/belge.pdf"] == document.content
    signed = files["imza/1/imzali.pdf"]
    assert signed == pades.embed(document.content, kept.container)
    gap = files["imza/1/pdf-dolu.bin"]
    assert kept.container.hex().encode() in gap.lower()
    covered = files["imza/1/pdf-once.bin"] + files["imza/1/pdf-sonra.bin"]
    assert covered == letters.signable(document)
    assert hashlib.sha256(document.content).hexdigest() in files["imza/1/PDF"].decode()
    assert "_kapsanan-1.bin" in files["BENIOKU.txt"].decode()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("imza/1/pdf-once.bin", "cms -verify"),
        ("imza/1/pdf-sonra.bin", "cms -verify"),
        ("imza/1/pdf-bosluk.bin", "sha256sum -c imza/1/PDF"),
        ("imza/1/pdf-dolu.bin", "sha256sum -c imza/1/PDF"),
        ("imza/1/belge.pdf", "BELGELER"),
    ],
)
def test_each_part_of_a_pdf_that_was_changed_with_its_sum_is_found(
    world: World, held: Held, stranger: Stranger, name: str, found: str
) -> None:
    files = files_of(take(world, applied(world, held)))
    place = len(files[name]) // 2
    assert found in failing_with(stranger, files, name, flipped(files[name], place))
