"""The paper way: listed, registered, approved by a second officer."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.applications.payloads import CHECK_LIST
from handlers.kit.reads import record_read
from states.cases.application import Application
from states.papers.document import Document
from states.papers.scan import Scan
from tests.kit.handlers.paper import approve_paper, lay_scan, look_through
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import ISMAIL, World, applicant, officer
from workflow.model.refusal import RuleFailed, SamePerson
from workflow.model.request import Request

FORM = {"kind": "application_form", "number": "1", "copy_at": "arşiv  1"}
IDENTITY = {"kind": "identity_card", "number": " A01B ", "copy_at": "arşiv 1"}


@pytest.fixture
def case(world: World) -> int:
    me = world.person()
    case_id = world.file(me, "renewal", world.certificate(me, date(2026, 4, 10)))
    world.choose(case_id, me, "wet_signature")
    return case_id


def printed(world: World, case: int) -> str:
    form = world.read(Application, case).form_sha256
    return world.read(Document, form).verification_code


def register(world: World, case: int, documents: object, code: str | None = None) -> None:
    payload = {"documents": documents, "verification_code": code or printed(world, case)}
    world.engine.fire(case, "register_paper", officer(1), payload)


def test_registered_paper_says_what_was_shown_where_it_lies_and_who_took_it(
    world: World, case: int
) -> None:
    register(world, case, [FORM, IDENTITY])
    application = world.read(Application, case)
    assert application.paper == {
        "documents": [
            {"kind": "application_form", "number": "1", "copy_at": "arşiv 1"},
            {"kind": "identity_card", "number": "A01B", "copy_at": "arşiv 1"},
        ],
        "form_sha256": application.form_sha256,
        "registered_by": "user:1",
        "registered_at": "2026-03-02T09:00:00+00:00",
    }


@pytest.mark.parametrize("documents", [None, [], "form", {"kind": "x"}])
def test_paper_without_a_list_is_refused(world: World, case: int, documents: object) -> None:
    with denied("paper.list_missing"):
        register(world, case, documents)


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ("form", "kind"),
        ({**FORM, "kind": "letter"}, "kind"),
        ({**FORM, "number": ""}, "number"),
        ({**FORM, "number": "  "}, "number"),
        ({**FORM, "number": 5}, "number"),
        ({**FORM, "copy_at": None}, "copy_at"),
        ({**FORM, "copy_at": "x" * 201}, "copy_at"),
    ],
)
def test_a_document_of_which_something_is_unknown_is_named(
    world: World, case: int, document: object, field: str
) -> None:
    with denied("paper.list_incomplete", row=2, field=field):
        register(world, case, [IDENTITY, document])


def test_a_list_has_an_end(world: World, case: int) -> None:
    with denied("paper.list_too_long", most=20):
        register(world, case, [FORM] * 21)


def test_a_paper_of_another_version_is_refused(world: World, case: int) -> None:
    with denied("paper.other_version"):
        register(world, case, [FORM, IDENTITY], "0000-0000-0000-0000-0000")
    world.write("UPDATE application SET form_sha256 = NULL")
    with denied("paper.other_version"):
        register(world, case, [FORM, IDENTITY], "0000-0000-0000-0000-0000")


@pytest.mark.parametrize(
    ("documents", "code"),
    [([IDENTITY], "paper.form_missing"), ([FORM], "paper.identity_missing")],
)
def test_paper_is_approved_only_with_form_and_identity(
    world: World, case: int, documents: object, code: str
) -> None:
    register(world, case, documents)
    with denied(code):
        approve_paper(world, case, officer(2))


def test_the_officer_who_took_the_paper_does_not_approve_it(world: World, case: int) -> None:
    register(world, case, [FORM, IDENTITY])
    with pytest.raises(SamePerson):
        approve_paper(world, case, officer(1))


@pytest.mark.parametrize(("how", "kept"), [(None, "compared_by_eye"), (" yüz yüze ", "yüz yüze")])
def test_approved_paper_says_who_accepted_it_and_how(
    world: World, case: int, how: str | None, kept: str
) -> None:
    register(world, case, [FORM, IDENTITY])
    approve_paper(world, case, officer(2), how=how)
    paper = world.read(Application, case).paper
    assert paper is not None
    assert (paper["registered_by"], paper["accepted_by"]) == ("user:1", "user:2")
    assert (paper["validated_how"], paper["accepted_at"]) == (kept, "2026-03-02T09:00:00+00:00")


def test_paper_for_a_form_that_changed_meanwhile_is_not_approved(world: World, case: int) -> None:
    register(world, case, [FORM, IDENTITY])
    world.write("UPDATE application SET paper = jsonb_set(paper, '{form_sha256}', '\"old\"')")
    with denied("paper.other_version"):
        approve_paper(world, case, officer(2))
    world.write("UPDATE application SET paper = NULL")
    with denied("paper.list_missing"):
        approve_paper(world, case, officer(2))


def test_paper_that_came_back_is_registered_anew(world: World, case: int) -> None:
    register(world, case, [FORM])
    world.engine.fire(case, "return_to_applicant", officer(2), reason="kimlik yok")
    me = world.read(Application, case).person_id
    payload = {"method": "wet_signature", "shown": True}
    world.engine.fire(case, "choose_method", applicant(me), payload, reason="Kimlik eklendi")
    assert world.read(Application, case).paper is None
    assert "notice.returned" in world.run_effects()


def test_asking_whether_paper_may_be_registered_needs_none(world: World, case: int) -> None:
    world.engine.rehearse(case, Request("register_paper", officer(1)))
    explained = world.engine.explain(case, applicant(world.read(Application, case).person_id))
    assert "register_paper" not in [e.transition.name for e in explained if e.allowed]


@pytest.fixture
def at_the_desk(world: World) -> int:
    me = world.person(ISMAIL, "İsmail", "Taslakçı")
    case_id = world.file(me, "first")
    assert world.choose(case_id, me, "in_person").state == "in_person"
    return case_id


@pytest.mark.parametrize(
    ("documents", "rule"),
    [([IDENTITY], "paper.form_missing"), ([FORM], "paper.identity_missing")],
)
def test_who_comes_to_the_desk_shows_his_identity_document_and_signs_the_form_there(
    world: World, at_the_desk: int, documents: list[object], rule: str
) -> None:
    with denied(rule):
        register(world, at_the_desk, documents)
    assert world.state(at_the_desk) == "in_person"


def test_an_identity_shown_at_the_desk_is_validated_face_to_face_and_in_no_other_way(
    world: World, at_the_desk: int
) -> None:
    register(world, at_the_desk, [FORM, IDENTITY])
    with pytest.raises(SamePerson):
        approve_paper(world, at_the_desk, officer(1))
    with denied("paper.not_face_to_face"):
        approve_paper(world, at_the_desk, officer(2), how="compared_by_eye")
    assert approve_paper(world, at_the_desk, officer(2)).state == "queued"
    paper = world.read(Application, at_the_desk).paper
    assert paper is not None
    assert paper["validated_how"] == "face_to_face"


def test_paper_is_not_approved_before_its_form_is_scanned_and_it_is_said_why(
    world: World, case: int
) -> None:
    register(world, case, [FORM, IDENTITY])
    lay_scan(world, case, kind="identity")
    look_through(world, case, officer(2))
    with denied("paper.scan_missing"):
        world.engine.fire(case, "approve_paper", officer(2), {"checked": CHECK_LIST})
    explained = world.engine.explain(case, officer(2))
    refusal = next(e.refusal for e in explained if e.transition.name == "approve_paper")
    assert isinstance(refusal, RuleFailed)
    assert refusal.verdict.code == "paper.scan_missing"
    lay_scan(world, case)
    assert "approve_paper" in [
        e.transition.name for e in world.engine.explain(case, officer(2)) if e.allowed
    ]


def test_the_pages_that_another_officer_opened_are_not_seen_by_who_approves(
    world: World, case: int
) -> None:
    register(world, case, [FORM, IDENTITY])
    lay_scan(world, case, pages=3)
    look_through(world, case, officer(1))
    with denied("paper.page_unseen", pages=3):
        world.engine.fire(case, "approve_paper", officer(2), {"checked": CHECK_LIST})
    (scan,) = world.all(Scan)
    person = world.read(Application, case).person_id
    record_read(world.engine, officer(2), f"scan:{scan.sha256}:2", "TEST", person)
    record_read(world.engine, officer(2), f"scan:{scan.sha256}:1", "TEST", world.person(ISMAIL))
    with denied("paper.page_unseen", pages=2):
        world.engine.fire(case, "approve_paper", officer(2), {"checked": CHECK_LIST})
    record_read(world.engine, officer(2), f"scan:{scan.sha256}", "TEST", person)
    assert (
        world.engine.fire(case, "approve_paper", officer(2), {"checked": CHECK_LIST}).state
        == "queued"
    )


@pytest.mark.parametrize(
    ("checked", "left"), [(None, 4), ("signed", 4), (["signed", "other"], 3), (CHECK_LIST[1:], 1)]
)
def test_what_was_not_compared_is_counted(
    world: World, case: int, checked: object, left: int
) -> None:
    register(world, case, [FORM, IDENTITY])
    with denied("paper.unchecked", items=left):
        approve_paper(world, case, officer(2), checked=checked)
