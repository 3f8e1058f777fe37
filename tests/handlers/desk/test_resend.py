"""Messages that are sent once more: the same words, not too often, kept at the desk."""

from __future__ import annotations

import pytest

from handlers.desk.resend import PAUSE, resend
from states.cases.notice import Notice
from states.logs.desk import RESEND, DeskEntry
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import ISMAIL, World, applicant, officer, operator
from tests.kit.web.staff import waiting_for_paper
from workflow.model.actor import Actor
from workflow.model.refusal import RoleNotAllowed, UnknownCase


@pytest.fixture
def case(world: World) -> tuple[str, int]:
    """Give a case whose applicant was told of its return, a pause ago."""
    number = waiting_for_paper(world)
    world.engine.fire(number, "return_to_applicant", officer(), reason="not_signed")
    world.run_effects()
    world.clock.advance(minutes=10)
    return "application", number


def first(world: World) -> int:
    return int(world.all(Notice)[0].id)


def test_a_message_goes_out_again_with_the_same_words_under_a_key_of_its_own(
    world: World, case: tuple[str, int]
) -> None:
    assert resend(world.engine, case, first(world), officer(3), 1) is True
    old, new = world.all(Notice)
    assert (new.key, new.state) == (f"{old.key}/again/1", "written")
    assert new.created_at == world.clock.now()
    for column in ("case_id", "person_id", "template", "subject", "text"):
        assert getattr(new, column) == getattr(old, column)
    (entry,) = world.all(DeskEntry)
    assert (entry.workflow, entry.case_id, entry.actor, entry.role, entry.what, entry.text) == (
        *case, "user:3", "officer", RESEND, "Başvurunuz size iade edildi",
    )  # fmt: skip


def test_the_same_click_sends_once(world: World, case: tuple[str, int]) -> None:
    assert resend(world.engine, case, first(world), operator(), 1)
    assert resend(world.engine, case, first(world), operator(), 1) is False
    world.clock.advance(days=1)
    assert resend(world.engine, case, first(world), operator(), 1) is False
    assert (len(world.all(Notice)), len(world.all(DeskEntry))) == (2, 1)


def test_a_message_rests_for_ten_minutes_after_each_sending(
    world: World, case: tuple[str, int]
) -> None:
    assert PAUSE.total_seconds() == 600
    resend(world.engine, case, first(world), officer(), 1)
    world.clock.advance(minutes=9, seconds=59)
    with denied("notice.too_soon", again_at=world.clock.now().replace(second=0, minute=20)):
        resend(world.engine, case, first(world), officer(), 2)
    world.clock.advance(seconds=1)
    again = world.all(Notice)[1].id
    assert resend(world.engine, case, again, officer(), 2) is True
    assert [row.key.partition("/again/")[2] for row in world.all(Notice)] == ["", "1", "2"]


def test_messages_with_like_keys_are_not_taken_for_one(world: World, case: tuple[str, int]) -> None:
    row = world.all(Notice)[0]
    world.write(
        "INSERT INTO notice (key, case_id, person_id, template, subject, text, created_at)"
        " SELECT replace(key, '.', '_') || '/again/1', case_id, person_id, 'x', 'x', 'x',"
        " created_at + interval '10 minutes' FROM notice WHERE id = :id",
        id=row.id,
    )
    assert resend(world.engine, case, row.id, officer(), 1) is True


def test_a_message_of_another_case_or_of_none_is_unknown(
    world: World, case: tuple[str, int]
) -> None:
    other = "application", waiting_for_paper(world, ISMAIL)
    for name, number in ((other, first(world)), (case, 999)):
        with pytest.raises(UnknownCase):
            resend(world.engine, name, number, officer(), 1)
    assert len(world.all(Notice)) == 1


def test_only_the_desk_sends_again(world: World, case: tuple[str, int]) -> None:
    with pytest.raises(RoleNotAllowed):
        resend(world.engine, case, first(world), applicant(1), 1)
    assert len(world.all(Notice)) == 1


def test_nobody_sends_a_message_of_a_case_about_himself(
    world: World, case: tuple[str, int]
) -> None:
    twin = Actor("user:3", frozenset({"officer"}), "oidc", world.person())
    with denied("desk.own_case"):
        resend(world.engine, case, first(world), twin, 1)
    assert len(world.all(Notice)) == 1
