"""The scene of duties kept apart: two accounts of one human, a timer, a card of one's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from handlers.people.register import enter_user
from states.people.user import User
from web.demo.scenes.scene import Scene, expect, to_the_door
from web.demo.stage import OPERATOR, SECOND_OFFICER
from workflow.model.actor import Actor, system

if TYPE_CHECKING:
    from web.demo.scenes.scene import Play
    from web.demo.stage import DemoOffice

TIMER = system("timer")


def apart(scene: Scene, stage: DemoOffice) -> Play:
    """Register a paper, and approve, start and hand over under every other name: all refused."""
    me = stage.person(170, "Nesrin")
    filiz = stage.person(171, "Filiz", "Görevli")
    accounts = [_account(stage, subject, filiz) for subject in ("demo:filiz-1", "demo:filiz-2")]
    scene.case = stage.file(me, "first", None, "in_person")
    stage.scan(scene.case, accounts[0])
    stage.engine.fire(scene.case, "register_paper", accounts[0], stage.paper(scene.case))
    scene.refusals.append(stage.refused(scene.case, "approve_paper", accounts[1]))
    stage.approve_paper(scene.case, SECOND_OFFICER)
    expect(stage, scene, "queued")
    tried = (
        TIMER,
        replace(OPERATOR, person_id=None),
        replace(OPERATOR, person_id=me),
        replace(SECOND_OFFICER, roles=frozenset({"operator"})),
        replace(accounts[1], roles=frozenset({"operator"})),
    )
    scene.refusals += [stage.refused(scene.case, "start_production", one) for one in tried]
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "queued")
    stage.engine.fire(scene.case, "start_production", OPERATOR)
    yield from to_the_door(scene, stage)


def _account(stage: DemoOffice, subject: str, person: int) -> Actor:
    """Open an account of a human and close it again: what he did under it counts as his."""
    now = stage.clock.now()
    with stage.engine.database.begin() as connection:
        number = enter_user(connection, "Filiz Görevli", ["officer"], now, subject=subject)
        connection.execute(
            update(User).where(User.id == number).values(person_id=person, active=False)
        )
    return Actor(f"user:{number}", frozenset({"officer"}), "demo", person)


def scenes() -> list[Scene]:
    """Return the scene of this part with the end and the refusals it must come to."""
    return [
        Scene("apart", "Two accounts of one human, and nobody's timer", "in_person", apart,
              "delivered",
              ("same_person", "release.waits", "person_unknown", "own_case", "same_person",
               "same_person")),
    ]  # fmt: skip
