"""Handing documents out: the signed form with the newest evidence, and what is a true copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from handlers.certificates import revocation
from handlers.desk import documents
from signing.cms import levels, pades
from signing.cms.contents import carried_by
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.papers.augmentation import Augmentation
from states.papers.document import Document
from states.papers.signature import Signature
from tests.kit.handlers.world import World, applicant
from tests.kit.signing import pdfs

if TYPE_CHECKING:
    from handlers.cards.seed import Held

END = date(2026, 8, 10)


@pytest.fixture
def held(world: World) -> Held:
    """Give Ayşe's card."""
    return world.card(world.person(), END)


@pytest.fixture
def form(world: World, held: Held) -> Document:
    """Give a form that its applicant signed."""
    me = owner(world, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_imza")
    sha256 = world.read(Application, case).form_sha256
    claimed = world.claimed("application", case, me)
    payload = replace(claimed, container=world.sign(held, sha256)).payload()
    world.engine.fire(case, "approve_e_imza", applicant(me), payload)
    return world.read(Document, sha256)


def owner(world: World, held: Held) -> int:
    return world.read(Certificate, held.certificate_id).person_id


def issued(world: World, document: Document) -> bytes:
    with world.engine.database.connect() as connection:
        return documents.issued(connection, document)


def is_copy(world: World, document: Document, file: bytes) -> bool:
    with world.engine.database.connect() as connection:
        return documents.is_copy(connection, document, file)


def augment(world: World, container: bytes, n: int = 1) -> None:
    (signature,) = world.all(Signature)
    now = world.clock.now()
    row = {
        "signature_id": signature.id, "n": n, "level": "B-LT", "container": container,
        "container_sha256": f"{n:064}", "made_at": now, "augment_at": now + timedelta(days=1),
        "renew_before": now + timedelta(days=2),
    }  # fmt: skip
    with world.engine.database.begin() as connection:
        connection.execute(insert(Augmentation).values(row))


def lifted(world: World) -> bytes:
    """Give the accepted container with chain and lists, as the completion makes it."""
    (signature,) = world.all(Signature)
    trust = world.services.trust()
    with world.engine.database.connect() as connection:
        lists = revocation.lists_at(connection, world.clock.now())
    evidence = levels.ValidationData((*trust.intermediates, *trust.anchors), lists.crls)
    return levels.with_evidence(signature.container, evidence)


def test_an_unsigned_document_is_handed_out_as_it_was_frozen(world: World, held: Held) -> None:
    me = owner(world, held)
    case = world.file(me, "renewal", held.certificate_id)
    for method in ("e_imza", "wet_signature"):
        world.choose(case, me, method)
        document = world.read(Document, world.read(Application, case).form_sha256)
        assert issued(world, document) == document.content
        assert is_copy(world, document, document.content)
        assert not is_copy(world, document, document.content + b" ")
        world.engine.fire(case, "change_method", applicant(me))


def test_a_signed_text_stays_the_text(world: World, held: Held) -> None:
    consent = world.read(Consent, world.consent(owner(world, held), held))
    text = world.read(Document, consent.document_sha256)
    assert issued(world, text) == text.content


def test_a_signed_form_is_handed_out_with_its_container(world: World, form: Document) -> None:
    (signature,) = world.all(Signature)
    file = issued(world, form)
    found = pades.check(file)
    assert (found.container, found.content) == (signature.container, pades.covered(form.content))
    assert is_copy(world, form, file)
    assert is_copy(world, form, form.content)


def test_later_evidence_goes_where_pdf_readers_look_for_it(world: World, form: Document) -> None:
    before = issued(world, form)
    container = lifted(world)
    augment(world, container)
    after = issued(world, form)
    found = pades.check(after)
    assert (found.container, found.extended) == (levels.as_stamped(container), True)
    assert carried_by(found.container).crls == ()
    assert issued(world, form) == after
    with world.engine.database.connect() as connection:
        lists = revocation.lists_at(connection, world.clock.now())
    status = pdfs.pyhanko_says(after, world.services.authority(), lists, world.clock.now())
    assert status.bottom_line
    assert pdfs.coverage(status) == "ENTIRE_REVISION"
    assert set(carried_by(container).crls) == set(lists.crls)  # a set is ordered by its bytes
    stamped = pades.embed(form.content, levels.as_stamped(container))
    as_before = pades.embed(form.content, container)
    assert len({after, before, stamped, as_before, form.content}) == 5
    for copy in (after, before, stamped, as_before, form.content):
        assert is_copy(world, form, copy)
    assert not is_copy(world, form, after[:-1])


def test_the_newest_evidence_that_fits_into_the_file_is_taken(world: World, form: Document) -> None:
    container = lifted(world)
    augment(world, container)
    augment(world, container + bytes(pades.ROOM), 2)
    taken = pades.check(issued(world, form))
    assert (taken.container, taken.extended) == (levels.as_stamped(container), True)


def test_evidence_that_would_make_the_file_too_large_stays_beside_it(
    world: World, form: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = lifted(world)
    augment(world, container)
    whole = issued(world, form)
    monkeypatch.setattr(pades, "SIZE_LIMIT", len(whole) - 1)
    taken = pades.check(issued(world, form))
    assert (taken.container, taken.extended) == (levels.as_stamped(container), False)
