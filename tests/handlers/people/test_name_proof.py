"""The proof of another name: scanned, kept, and seen page by page before it counts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.kit.sentences import sentence_of
from handlers.papers import scans
from handlers.people import name_proof
from states.kit.invalid import Invalid
from states.logs.journal import JournalEntry
from states.papers.scan import Scan, ScanPage
from states.people.person import Person
from tests.handlers.papers.test_scans import picture
from tests.handlers.people.test_contact import WORKFLOW, proposed
from tests.kit.handlers.names import read_proof, scan_proof
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import officer
from workflow.journal.conformance import conform
from workflow.model.refusal import RuleFailed

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from workflow.model.actor import Actor


def approve(world: World, case: int) -> None:
    world.engine.fire(case, "approve", officer(2), workflow=WORKFLOW)


def test_no_name_is_approved_without_a_scan_of_which_each_page_was_seen(world: World) -> None:
    me = world.person()
    case = proposed(world, me, surname="Evlendi")
    with denied("contact.scan_missing"):
        approve(world, case)
    scan_proof(world, case, frames=2)
    read_proof(world, case, number=1)
    with denied("contact.page_unseen", pages=2):
        approve(world, case)
    read_proof(world, case, pages=1)
    with denied("contact.page_unseen", pages=1):
        approve(world, case)
    read_proof(world, case)
    other = name_proof.keep(world.engine, officer(), case, picture("JPEG"))
    with denied("contact.page_unseen", pages=1):
        approve(world, case)
    read_proof(world, case)
    approve(world, case)
    assert world.read(Person, me).surname == "EVLENDİ"
    kept = world.all(Scan)
    assert [(one.case_id, one.kind, one.pages) for one in kept] == [
        (case, scans.NAME_PROOF, 2), (case, scans.NAME_PROOF, 1),
    ]  # fmt: skip
    assert (kept[1].id, kept[1].uploaded_by) == (other, officer().name)
    assert len(world.all(ScanPage)) == 3
    [entry] = world.all(JournalEntry, case_id=case, trigger="approve")
    assert json.loads(entry.body)["documents"] == [one.sha256 for one in kept]
    assert conform(world.engine.database, world.engine.library).differences == ()


def test_who_has_not_opened_the_page_yet_is_only_asked_for_the_scan(world: World) -> None:
    case = proposed(world, world.person(), surname="Evlendi")

    def refusal() -> str | None:
        [one] = [
            one
            for one in world.engine.explain(case, officer(2), workflow=WORKFLOW)
            if one.transition.name == "approve"
        ]
        assert one.refusal is None or isinstance(one.refusal, RuleFailed)
        return None if one.refusal is None else one.refusal.verdict.code

    assert refusal() == "contact.scan_missing"
    scan_proof(world, case)
    assert refusal() is None


def test_the_same_file_is_kept_once(world: World) -> None:
    case = proposed(world, world.person(), surname="Evlendi")
    assert scan_proof(world, case) == scan_proof(world, case)
    assert len(world.all(Scan)) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "scan.empty"), (b"x", "scan.sort"), (b"\x89PNG\r\n\x1a\nx", "scan.unreadable")],
)
def test_what_is_no_scan_is_refused(world: World, content: bytes, code: str) -> None:
    case = proposed(world, world.person(), surname="Evlendi")
    refused(world, officer(), case, code, content)


def refused(world: World, actor: Actor, case: int, code: str, content: bytes | None = None) -> None:
    with pytest.raises(Invalid) as found:
        name_proof.keep(world.engine, actor, case, picture() if content is None else content)
    assert found.value.code == code
    assert sentence_of(found.value).endswith(".")
    assert world.all(Scan) == []


def test_nothing_is_added_once_it_is_decided_to_another_case_or_to_ones_own(world: World) -> None:
    me = world.person()
    case = proposed(world, me, surname="Evlendi")
    refused(world, replace(officer(), person_id=me), case, "scan.own_name")
    refused(world, officer(), 999_999, "scan.decided")
    world.engine.fire(case, "refuse", officer(2), reason="Belge eski", workflow=WORKFLOW)
    refused(world, officer(), case, "scan.decided")


def test_an_application_takes_no_proof_of_a_name(world: World) -> None:
    case = world.file(world.person(), "first")
    with pytest.raises(Invalid) as found:
        name_proof.keep(world.engine, officer(), case, picture())
    assert found.value.code == "scan.decided"
