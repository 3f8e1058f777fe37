"""The scenes with which the demonstration begins, most of them renewals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from handlers.papers import letters
from web.demo.scenes.scene import Scene, expect, held_to_the_day, to_the_door
from web.demo.stage import FIRST_OFFICER, OPERATOR, SECOND_OFFICER, applicant, case_of
from workflow.engine.case_sets import TIMER

if TYPE_CHECKING:
    from web.demo.scenes.scene import Play
    from web.demo.stage import DemoOffice


def e_onay(scene: Scene, stage: DemoOffice) -> Play:
    """Renew inside the window, by the standing consent."""
    person, held = stage.holder(1, "Ayla", stage.today + timedelta(days=45))
    stage.consent(scene.name, person, held)
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_onay")
    yield from to_the_door(scene, stage)


def e_imza(scene: Scene, stage: DemoOffice) -> Play:
    """Renew by signing the frozen form with the card."""
    person, held = stage.holder(2, "Bora", stage.today + timedelta(days=40))
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_imza")
    signed = stage.signed_submission(scene.name, "application", scene.case, held)
    stage.engine.fire(scene.case, "approve_e_imza", applicant(person), signed.payload())
    yield from to_the_door(scene, stage)


def in_person(scene: Scene, stage: DemoOffice) -> Play:
    """Come to the desk: the officer who registers what was shown cannot approve it."""
    person = stage.person(3, "Cemil")
    scene.case = stage.file(person, "first", None, "in_person")
    stage.scan(scene.case, FIRST_OFFICER)
    stage.engine.fire(scene.case, "register_paper", FIRST_OFFICER, stage.paper(scene.case))
    scene.refusals.append(stage.refused(scene.case, "approve_paper", FIRST_OFFICER))
    stage.approve_paper(scene.case, SECOND_OFFICER)
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "queued")  # no timer starts what the person did not approve themselves
    stage.engine.fire(scene.case, "start_production", OPERATOR)
    yield from to_the_door(scene, stage)


def early(scene: Scene, stage: DemoOffice) -> Play:
    """Renew five months early: held, and released by itself on the very day."""
    ends_on = stage.today + relativedelta(months=5)
    person, held = stage.holder(4, "Derya", ends_on)
    stage.consent(scene.name, person, held)
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_onay")
    yield from held_to_the_day(scene, stage)


def late(scene: Scene, stage: DemoOffice) -> Play:
    """Renew five days before the end."""
    person, held = stage.holder(5, "Emre", stage.today + timedelta(days=5))
    stage.consent(scene.name, person, held)
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_onay")
    yield from to_the_door(scene, stage)


def skips_the_window(scene: Scene, stage: DemoOffice) -> Play:
    """Try to produce before the window opens; nobody may."""
    person, held = stage.holder(6, "Fikret", stage.today + relativedelta(months=4))
    stage.consent(scene.name, person, held)
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_onay")
    scene.refusals += [
        stage.refused(scene.case, "start_production", OPERATOR),
        stage.refused(scene.case, "release", SECOND_OFFICER),
        stage.refused(scene.case, "release", TIMER),
    ]
    yield from held_to_the_day(scene, stage)


def forged_signature(scene: Scene, stage: DemoOffice) -> Play:
    """Sign another text, which is refused, then the right one."""
    person, held = stage.holder(7, "Gül", stage.today + timedelta(days=50))
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_imza")
    claimed, document = stage.claim("application", scene.case)
    forged = stage.sign_only(held, document, letters.signable(document).replace(b"1", b"2"))
    case = case_of("application", scene.case)
    handed, me = stage.handed_in(case, replace(claimed, container=forged)), applicant(person)
    scene.refusals.append(stage.refused(scene.case, "approve_e_imza", me, handed.payload()))
    signed = stage.sign(scene.name, case, held, document, claimed)
    stage.engine.fire(scene.case, "approve_e_imza", me, signed.payload())
    yield from to_the_door(scene, stage)


def other_card(scene: Scene, stage: DemoOffice) -> Play:
    """Sign with somebody else's card, which is refused, then with the right one."""
    person, held = stage.holder(8, "Hale", stage.today + timedelta(days=55))
    _, stranger = stage.holder(9, "Işıl", stage.today + timedelta(days=300))
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_imza")
    claimed, document = stage.claim("application", scene.case)
    foreign = stage.sign_only(stranger, document)
    case = case_of("application", scene.case)
    handed, me = stage.handed_in(case, replace(claimed, container=foreign)), applicant(person)
    scene.refusals.append(stage.refused(scene.case, "approve_e_imza", me, handed.payload()))
    signed = stage.sign(scene.name, case, held, document, claimed)
    stage.engine.fire(scene.case, "approve_e_imza", me, signed.payload())
    yield from to_the_door(scene, stage)


def expired_code(scene: Scene, stage: DemoOffice) -> Play:
    """Sign an e-onay after the code's 300 seconds, which is refused, then with a new code."""
    person, held = stage.holder(10, "Kaya", stage.today + timedelta(days=35))
    me = applicant(person)
    consent = stage.engine.open("consent", "offer", me, {"person_id": person})
    scene.others.append(consent)
    claimed, document = stage.claim("consent", consent)
    container = stage.sign_only(held, document)
    late = replace(claimed, container=container)
    yield stage.clock.now() + timedelta(seconds=301)
    scene.refusals.append(stage.refused(consent, "sign", me, late.payload()))
    signed = stage.signed_submission(scene.name, "consent", consent, held)
    stage.engine.fire(consent, "sign", me, signed.payload())
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_onay")
    yield from to_the_door(scene, stage)


def scenes() -> list[Scene]:
    """Return the scenes of this part, each with the end and the refusals it must come to."""
    return [
        Scene("e-onay", "Renewal by e-onay", "e_onay", e_onay, "delivered"),
        Scene("e-imza", "Renewal by e-imza", "e_imza", e_imza, "delivered"),
        Scene("in-person", "First application at the desk, two officers", "in_person",
              in_person, "delivered", ("same_person",)),
        Scene("early", "Renewal filed 5 months early", "e_onay", early, "delivered"),
        Scene("late", "Renewal filed 5 days before the end", "e_onay", late, "delivered"),
        Scene("window", "Tries to skip the window", "e_onay", skips_the_window, "delivered",
              ("wrong_state", "role_not_allowed", "window_open")),
        Scene("forged", "Forged signature first", "e_imza", forged_signature, "delivered",
              ("signature.hash_failure",)),
        Scene("other-card", "Another person's card first", "e_imza", other_card, "delivered",
              ("signature.other_person",)),
        Scene("expired-code", "Expired code first", "e_onay", expired_code, "delivered",
              ("code.expired",)),
    ]  # fmt: skip
