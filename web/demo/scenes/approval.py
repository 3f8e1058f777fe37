"""What only the person themselves approves: filed by a coordinator, returned with a question."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.applications.payloads import MethodChoice
from handlers.consents.payloads import FormShown
from web.demo.scenes.scene import Scene, to_the_door
from web.demo.stage import FIRST_OFFICER, SECOND_OFFICER, applicant
from workflow.engine.case_sets import TIMER
from workflow.model.actor import Actor

if TYPE_CHECKING:
    from web.demo.scenes.scene import Play
    from web.demo.stage import DemoOffice

COORDINATOR = Actor("user:904", frozenset({"coordinator"}), "demo", 900_904)


def press(scene: Scene, stage: DemoOffice) -> Play:
    """Approve by one press what a coordinator filed, answer an officer, and end the e-onay."""
    person, held = stage.holder(110, "Aslı", stage.today + timedelta(days=45))
    me, consent = applicant(person), stage.consent(scene.name, person, held)
    scene.others.append(consent)
    scene.case = stage.file_for(COORDINATOR, person, held.certificate_id)
    scene.refusals += [
        stage.refused(scene.case, "approve_e_onay", TIMER),
        stage.refused(scene.case, "approve_e_onay", COORDINATOR),
        stage.refused(scene.case, "approve_e_onay", me, FormShown("another form").payload()),
    ]
    shown = FormShown(stage.form(scene.case)).payload()
    stage.engine.fire(scene.case, "approve_e_onay", me, shown)
    question = "other: teslimat adresini doğrulayınız"
    stage.engine.fire(scene.case, "return_to_applicant", FIRST_OFFICER, reason=question)
    chosen = MethodChoice("e_onay", shown=True).payload()
    scene.refusals.append(stage.refused(scene.case, "choose_method", me, chosen))
    stage.engine.fire(scene.case, "choose_method", me, chosen, reason="adres doğru")
    stage.engine.fire(scene.case, "accept_answer", SECOND_OFFICER)
    yield from to_the_door(scene, stage)
    scene.refusals.append(stage.refused(consent, "end_by_office", FIRST_OFFICER))
    reason = "key_compromised: kart ve PIN başkasında"
    stage.engine.fire(consent, "end_by_office", FIRST_OFFICER, reason=reason)


def scenes() -> list[Scene]:
    """Return the scenes of this part, each with the end and the refusals it must come to."""
    return [
        Scene("press", "Filed by a coordinator, approved by its person alone", "e_onay", press,
              "delivered",
              ("consent.unconfirmed", "role_not_allowed", "consent.form_not_shown",
               "question.unanswered", "reason_missing")),
    ]  # fmt: skip
