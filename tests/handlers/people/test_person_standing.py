"""A person's standing: stated once by a document, and all that follows from it at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.certificates.revocation_reasons import reason_of
from handlers.kit.sentences import sentence_of
from handlers.people import person_standing as standing
from handlers.people.changes import DocumentShown
from signing.authority.crl import Reason
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.cases.notice import Notice
from states.kit.invalid import Invalid
from states.people.change import DataChange
from states.people.person import Person
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import AYSE, World, applicant, officer, operator
from tests.kit.web.staff import under_review
from workflow.model.actor import Actor
from workflow.model.definition import Text
from workflow.model.refusal import Busy, RoleNotAllowed
from workflow.present.sentences import reason_words

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from handlers.people.person_standing import StandingChanged

END = date(2026, 4, 10)
PROVED = {
    "death": "death_record", "incapacity": "court_order", "bankruptcy": "court_order",
    "absence": "court_order", "suspicion": "report", "left": "employment_letter", "back": "report",
}  # fmt: skip


def wish(world: World, person: int, ground: str, **more: object) -> standing.StandingChange:
    with world.engine.database.connect() as connection:
        known = standing.known_of(connection, person)
    seen = standing.view_of(world.services.vault, known or {})
    proof = DocumentShown(PROVED[ground], "D-1", "arşiv 9")
    asked = standing.StandingChange(ground, world.clock.now().date(), seen, proof, "Bildirildi")
    return replace(asked, **more)  # type: ignore[arg-type]  # any of its fields


def declare(world: World, person: int, ground: str, **more: object) -> StandingChanged:
    asked = wish(world, person, ground, **more)
    return standing.declare(world.engine, person, officer(3), asked)


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, END)


@pytest.fixture
def case(world: World, me: int, held: Held) -> int:
    """Give a renewal that waits for production."""
    world.consent(me, held)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    world.write("UPDATE application SET state = 'queued' WHERE id = :id", id=case)
    return case


def test_a_death_ends_cards_consent_and_applications_in_one_act_and_tells_nobody(
    world: World, me: int, held: Held, case: int
) -> None:
    world.run_effects()
    told = len(world.all(Notice))
    done = declare(world, me, "death")
    [consent] = world.all(Consent)
    certificate = world.read(Certificate, held.certificate_id)
    assert (certificate.state, world.state(case)) == ("revoked", "cancelled")
    assert (certificate.revoked_at, certificate.revocation_reason) == (
        world.clock.now(), "Sertifika sahibi öldü",
    )  # fmt: skip
    assert reason_of(certificate.revocation_reason) is Reason.CESSATION
    assert set(done.moved) | set(done.left) == {
        certificate.reference, world.read(Application, case).reference, consent.reference,
    }  # fmt: skip
    person = world.read(Person, me)
    assert (person.standing, person.standing_since) == ("dead", world.clock.now().date())
    assert "revocation.publish" in world.run_effects()
    assert len(world.all(Notice)) == told


def test_what_was_learnt_its_document_and_its_day_are_kept(world: World, me: int) -> None:
    yesterday = world.clock.now().date() - timedelta(days=1)
    declare(world, me, "death", since=yesterday, reason=f"Bildiren: {AYSE}")
    [line] = world.all(DataChange)
    assert (line.became, line.since, line.person_id) == ("death", yesterday, me)
    assert (line.actor, line.marks) == (officer(3).name, {})
    assert line.proof == {"kind": "death_record", "number": "D-1", "copy_at": "arşiv 9"}
    assert AYSE not in line.reason
    assert standing.state_of(line.became) == Text("Öldü", "Has died")
    assert standing.state_of(None) is None


def test_who_leaves_is_told_and_his_certificate_is_listed_for_it(
    world: World, me: int, held: Held, case: int
) -> None:
    declare(world, me, "left")
    certificate = world.read(Certificate, held.certificate_id)
    assert reason_of(certificate.revocation_reason) is Reason.AFFILIATION_CHANGED
    world.run_effects()
    told = [one.text for one in world.all(Notice)]
    assert any("Başvuru sahibi kurumdan ayrıldı" in text for text in told), told
    with denied("person_stands"):
        world.file(me, "additional")
    with denied("person_stands"):
        world.offer(me)
    assert world.state(case) == "cancelled"


@pytest.mark.parametrize(
    ("ground", "listed"),
    [
        ("incapacity", Reason.PRIVILEGE_WITHDRAWN),
        ("bankruptcy", Reason.PRIVILEGE_WITHDRAWN),
        ("absence", Reason.CESSATION),
    ],
)
def test_what_a_court_finds_ends_the_certificate_and_closes_what_is_open(
    world: World, me: int, ground: str, listed: Reason
) -> None:
    held = world.card(me, END)
    case = world.file(me, "renewal", held.certificate_id)
    declare(world, me, ground)
    certificate = world.read(Certificate, held.certificate_id)
    assert reason_of(certificate.revocation_reason) is listed
    row = world.read(Application, case)
    definition = world.engine.library.pinned(row.definition)
    said = standing.GROUNDS[ground].said
    assert reason_words(definition, "cancel_by_office", f"other: {said}") == said
    assert (row.state, world.read(Person, me).standing) == ("cancelled", "blocked")


def test_a_suspicion_holds_everything_and_ends_nothing(
    world: World, me: int, held: Held, case: int
) -> None:
    world.engine.fire(case, "start_production", operator())
    declare(world, me, "suspicion")
    assert world.state(case) == "production_stopped"
    assert world.read(Certificate, held.certificate_id).state == "suspended"
    assert [one.state for one in world.all(Consent)] == ["in_force"]
    world.engine.fire(case, "resume_production", operator())
    with denied("person_stands"):
        world.engine.fire(case, "start_production", operator())
    declare(world, me, "back")
    assert world.read(Person, me).standing == "in_office"
    assert world.read(Certificate, held.certificate_id).state == "suspended"
    world.engine.fire(case, "start_production", operator())


def test_production_under_way_stops_and_the_application_ends(
    world: World, me: int, case: int
) -> None:
    world.engine.fire(case, "start_production", operator())
    made = world.read(Application, case).certificate_id
    declare(world, me, "death")
    assert (world.state(case), world.read(Certificate, made).state) == ("cancelled", "void")
    assert world.run_effects("production.make") == ["production.make"]
    assert world.state(case) == "cancelled"


def test_a_card_that_is_made_is_not_handed_over_and_its_certificate_ends(
    world: World, me: int, case: int
) -> None:
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make")
    made = world.read(Application, case).certificate_id
    declare(world, me, "death")
    assert world.read(Certificate, made).state == "revoked"
    world.run_effects()
    assert world.state(case) not in {"couriered", "delivered"}


def test_what_a_rule_of_its_case_refuses_is_named_and_the_rest_is_done(
    world: World, me: int, held: Held, case: int
) -> None:
    world.write("UPDATE certificate SET seen = 'signature' WHERE id = :c", c=held.certificate_id)
    done = declare(world, me, "death")
    certificate = world.read(Certificate, held.certificate_id)
    assert (certificate.state, done.left) == ("active", [certificate.reference])
    assert world.state(case) == "cancelled"


def test_the_certificate_of_another_authority_is_named_to_whoever_has_to_call_it(
    world: World, me: int
) -> None:
    strange = world.read(Certificate, world.certificate(me, END))
    done = declare(world, me, "death")
    assert done.left == [strange.reference]
    assert world.read(Certificate, strange.id).state == "active"


def test_paper_under_review_is_closed_and_the_person_can_not_be_approved(world: World) -> None:
    case = under_review(world, 1)
    me = world.read(Application, case).person_id
    world.write("UPDATE person SET standing = 'dead'")
    with denied("person_stands"):
        approve_paper(world, case, officer(2), how="face_to_face")
    world.write("UPDATE person SET standing = 'in_office'")
    declare(world, me, "left")
    assert world.state(case) == "cancelled"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"ground": "rumour"}, "ground.missing"),
        ({"ground": "back", "proof": DocumentShown("report", "1", "arşiv")}, "ground.same"),
        ({"since": date(2999, 1, 1)}, "since.future"),
        ({"proof": DocumentShown("employment_letter", "1", "arşiv")}, "proof.of_standing"),
        ({"proof": DocumentShown("death_record", " ", "arşiv")}, "proof.missing"),
        ({"reason": " "}, "reason.missing"),
        ({"seen": "x"}, "standing.stale"),
    ],
)
def test_what_can_not_be_stated_changes_nothing(
    world: World, me: int, held: Held, more: dict[str, object], code: str
) -> None:
    asked = replace(wish(world, me, "death"), **more)  # type: ignore[arg-type]  # any field
    with pytest.raises(Invalid) as refused:
        standing.declare(world.engine, me, officer(3), asked)
    assert (refused.value.code, sentence_of(refused.value)[-1]) == (code, ".")
    assert world.read(Person, me).standing == "in_office"
    assert world.read(Certificate, held.certificate_id).state == "active"
    assert world.all(DataChange) == []


def test_nobody_states_his_own_standing_and_only_an_officer_anybodys(world: World, me: int) -> None:
    asked = wish(world, me, "left")
    with pytest.raises(Invalid) as refused:
        standing.declare(
            world.engine, me, Actor("user:9", frozenset({"officer"}), "demo", me), asked
        )
    assert refused.value.code == "standing.own"
    for actor in (operator(), applicant(me)):
        with pytest.raises(RoleNotAllowed):
            standing.declare(world.engine, me, actor, asked)
    with pytest.raises(Invalid) as refused:
        standing.declare(world.engine, 999_999, officer(), asked)
    assert refused.value.code == "data.unknown"


def test_a_case_that_somebody_else_moves_meanwhile_undoes_the_whole_act(
    world: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held_by_another(*_: object) -> None:
        raise Busy

    monkeypatch.setattr(standing, "_write", held_by_another)
    with pytest.raises(Invalid) as refused:
        declare(world, me, "death")
    assert refused.value.code == "standing.busy"
    assert world.read(Certificate, held.certificate_id).state == "active"
