"""When the old certificate ends: at the approval, at the production, or after the activation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

import handlers
from states.cases.application import Application
from states.cases.card import Card
from states.cases.certificate import Certificate
from states.cases.notice import Notice
from states.papers.document import Document
from tests.handlers.conftest import WORKFLOWS
from tests.kit.handlers.paper import approve_paper
from tests.kit.handlers.world import SYSTEM, World, applicant, officer, operator
from workflow.engine.library import Library, publish
from workflow.loading.loader import load

if TYPE_CHECKING:
    from pathlib import Path

    from handlers.cards.seed import Held

END = date(2026, 8, 10)


def approved(world: World, me: int, held: Held, kind: str) -> int:
    world.consent(me, held)
    case = world.open(me, kind, held.certificate_id)
    assert world.choose(case, me, "e_onay").state == "queued"
    return case


def try_to_unlock(world: World, me: int, held: Held) -> None:
    """Ask for the unlock secret of a card; who comes back has one that does not unlock."""
    world.claimed("certificate", held.certificate_id, me, purpose="pin")


def made(world: World, case: int) -> None:
    world.engine.fire(case, "start_production", operator())
    world.run_effects("production.make", "courier.book", "courier.scan_out")
    assert world.state(case) == "couriered"


def new_of(world: World, case: int) -> Certificate:
    return world.read(Certificate, world.read(Application, case).certificate_id)


def old_state(world: World, held: Held) -> str:
    return world.read(Certificate, held.certificate_id).state


def activate(world: World, me: int, held: Held, new: Certificate, way: str = "activate") -> None:
    world.clock.advance(seconds=5)
    world.publish_lists()
    claimed = world.claimed("certificate", new.id, me)
    card = type(held)(new.id, world.read(Card, new.card_id).serial, "123456")
    payload = replace(claimed, container=world.sign(card, new.activation_sha256)).payload()
    world.engine.fire(new.id, way, applicant(me), payload)


def with_kinds(world: World, folder: Path, before: str, after: str) -> None:
    """Run the office by workflows whose kinds say something else."""
    shipped = WORKFLOWS.read_text("utf-8")
    assert before in shipped
    file = folder / "workflows.yaml"
    file.write_text(shipped.replace(before, after), "utf-8")
    definitions = load(file, handlers.registry())
    publish(world.engine.database, definitions, world.clock.now())
    world.engine.library = Library(world.engine.database, definitions, handlers.registry())


def test_what_was_lost_is_revoked_with_the_approval_before_anything_is_made(
    world: World, me: int, held: Held
) -> None:
    case = approved(world, me, held, "lost")
    old = world.read(Certificate, held.certificate_id)
    reference = world.read(Application, case).reference
    assert (old.state, old.revoked_at) == ("revoked", world.clock.now())
    assert old.revocation_reason == f"{reference}: lost"
    world.run_effects()
    assert "certificate_revoked" in [row.template for row in world.all(Notice, person_id=me)]
    made(world, case)


def test_what_is_no_longer_true_is_revoked_when_the_second_officer_accepts_the_change(
    world: World, me: int, held: Held
) -> None:
    world.write("UPDATE person SET surname = 'EVLENDİ' WHERE id = :me", me=me)
    case = world.file(me, "data_change", held.certificate_id)
    world.choose(case, me, "wet_signature")
    form = world.read(Document, world.read(Application, case).form_sha256)
    papers = {
        "documents": [
            {"kind": "application_form", "number": "1", "copy_at": "arşiv 1"},
            {"kind": "identity_card", "number": "A01B", "copy_at": "arşiv 1"},
        ],
        "verification_code": form.verification_code,
    }
    world.engine.fire(case, "register_paper", officer(1), papers)
    assert old_state(world, held) == "active"
    approve_paper(world, case, officer(2))
    assert old_state(world, held) == "revoked"


def test_a_change_of_data_signed_with_the_old_card_ends_that_card_and_is_still_produced(
    world: World, me: int, held: Held
) -> None:
    world.write("UPDATE person SET surname = 'EVLENDİ' WHERE id = :me", me=me)
    case = world.file(me, "data_change", held.certificate_id)
    assert world.choose(case, me, "e_imza").state == "e_imza"
    claimed = world.claimed("application", case, me)
    payload = replace(
        claimed, container=world.sign(held, world.read(Application, case).form_sha256)
    ).payload()
    assert world.engine.fire(case, "approve_e_imza", applicant(me), payload).state == "queued"
    assert old_state(world, held) == "revoked"
    made(world, case)


@pytest.mark.parametrize("kind", ["fault", "puk_blocked", "reissue"])
def test_a_card_that_works_serves_its_holder_until_the_new_one_is_usable(
    world: World, me: int, held: Held, kind: str
) -> None:
    try_to_unlock(world, me, held)
    case = approved(world, me, held, kind)
    made(world, case)
    new = new_of(world, case)
    assert new.replaces_id == held.certificate_id
    assert old_state(world, held) == "active"
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    assert old_state(world, held) == "active"
    activate(world, me, held, new)
    old = world.read(Certificate, held.certificate_id)
    reference = world.read(Application, case).reference
    assert (old.state, old.revocation_reason) == ("revoked", f"{reference}: {kind}")
    assert new_of(world, case).state == "active"


@pytest.mark.parametrize("way", ["report_lost", "courier_return"])
def test_a_new_card_that_never_arrives_leaves_the_holder_the_old_one(
    world: World, me: int, held: Held, way: str
) -> None:
    case = approved(world, me, held, "reissue")
    made(world, case)
    world.engine.fire(case, way, operator(), reason="other: TEST")
    if way == "courier_return":
        world.engine.fire(case, "destroy_card", SYSTEM)
    assert new_of(world, case).state == "revoked"
    assert old_state(world, held) == "active"


def test_a_renewal_leaves_the_old_certificate_to_its_end(world: World, me: int, held: Held) -> None:
    world.clock.advance(days=140)
    world.publish_lists()
    case = approved(world, me, held, "renewal")
    made(world, case)
    assert (old_state(world, held), new_of(world, case).replaces_id) == ("active", None)


def test_an_old_certificate_that_was_revoked_meanwhile_is_left_as_it_is(
    world: World, me: int, held: Held
) -> None:
    case = approved(world, me, held, "fault")
    made(world, case)
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    activate(world, me, held, new_of(world, case))
    assert world.read(Certificate, held.certificate_id).revocation_reason == "çalındı"


def test_a_kind_may_suspend_the_old_certificate_instead(
    world: World, me: int, held: Held, tmp_path: Path
) -> None:
    with_kinds(world, tmp_path, "old_certificate: revoke", "old_certificate: suspend")
    case = approved(world, me, held, "lost")
    assert old_state(world, held) == "suspended"
    made(world, case)
    assert old_state(world, held) == "suspended"


def test_a_kind_that_names_the_production_ends_the_old_certificate_when_the_new_one_is_made(
    world: World, me: int, held: Held, tmp_path: Path
) -> None:
    with_kinds(world, tmp_path, "old_ends: activation", "old_ends: production")
    case = approved(world, me, held, "fault")
    assert old_state(world, held) == "active"
    made(world, case)
    assert (old_state(world, held), new_of(world, case).replaces_id) == ("revoked", None)


def test_what_ends_once_the_new_one_is_activated_is_revoked_then(world: World) -> None:
    kinds = world.engine.library.workflow("application").kinds.values()
    late = [kind for kind in kinds if kind["old_ends"] == "activation"]
    assert late
    assert {str(kind["old_certificate"]) for kind in late} == {"revoke"}
    none = {kind["old_certificate"] for kind in kinds if kind["old_ends"] == "never"}
    assert none == {"runs_out", "none"}
