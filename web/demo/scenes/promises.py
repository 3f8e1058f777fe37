"""The scene of the promises: whose hands an application may go through, and whose never."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.cards.seed import handed_over
from handlers.consents.payloads import FormShown
from web.demo.scenes.scene import Scene, expect
from web.demo.stage import FIRST_OFFICER, OPERATOR, applicant
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from web.demo.scenes.scene import Play
    from web.demo.stage import DemoOffice

COORDINATOR = Actor("user:904", frozenset({"coordinator"}), "demo", 900_904)


def hands(scene: Scene, stage: DemoOffice) -> Play:
    """Let others try what the processes promise that they never can, at each step of the way."""
    person, held = stage.holder(180, "Nil", stage.today + timedelta(days=45))
    stage.consent(scene.name, person, held)
    scene.case = stage.file_for(COORDINATOR, person, held.certificate_id)
    me, form = applicant(person), FormShown(stage.form(scene.case)).payload()
    scene.refusals += [
        stage.refused(scene.case, "approve_e_onay", COORDINATOR, form),
        stage.refused(scene.case, "approve_e_onay", FIRST_OFFICER, form),
    ]
    stage.engine.fire(scene.case, "approve_e_onay", me, form)
    scene.refusals.append(stage.refused(scene.case, "start_production", FIRST_OFFICER))
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "couriered")
    handed = handed_over(stage.clock.now()).payload()
    scene.refusals.append(stage.refused(scene.case, "deliver", me, handed))
    yield stage.clock.now() + timedelta(days=2)
    stage.engine.fire(scene.case, "deliver", OPERATOR, handed_over(stage.clock.now()).payload())


def scenes() -> list[Scene]:
    """Return the scenes of this part, each with the end and the refusals it must come to."""
    return [
        Scene("hands", "Everybody else tries what is not his", "e_onay", hands, "delivered",
              ("role_not_allowed",) * 4),
    ]  # fmt: skip
