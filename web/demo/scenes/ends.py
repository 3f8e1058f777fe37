"""The scenes of ends and beginnings: when an old card ends, and new ones that never arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.cards.seed import handed_over
from web.demo.scenes.scene import Scene, expect, to_the_door
from web.demo.stage import OPERATOR, applicant, case_of

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from web.demo.scenes.scene import Play
    from web.demo.stage import DemoOffice


def _queued(
    scene: Scene, stage: DemoOffice, number: int, name: str, days: int = 200
) -> tuple[int, Held]:
    """Bring an application by e-onay to the queue of production; return person and old card."""
    person, held = stage.holder(number, name, stage.today + timedelta(days=days))
    stage.consent(scene.name, person, held)
    if scene.name == "serves":
        scene.case = stage.file_by_office(person, held.certificate_id, "weak_keys", "e_onay")
    else:
        kind = "lost" if scene.name == "lost_card" else "renewal"
        scene.case = stage.file(person, kind, held.certificate_id, "e_onay")
    expect(stage, scene, "queued")
    return person, held


def _old(stage: DemoOffice, held: Held, state: str) -> None:
    """Raise AssertionError when the old certificate stands elsewhere than it must."""
    found = stage.certificate(held.certificate_id).state
    if found != state:
        message = f"the old certificate stands in {found}, expected {state}"
        raise AssertionError(message)


def serves(scene: Scene, stage: DemoOffice) -> Play:
    """Have a card made again: the old one serves until its holder has activated the new one."""
    person, held = _queued(scene, stage, 140, "Yasemin")
    yield from to_the_door(scene, stage)
    _old(stage, held, "active")
    new = stage.new_card(scene.case)
    claimed, document = stage.claim("certificate", new.certificate_id)
    signed = replace(claimed, container=stage.sign_only(new, document))
    handed = stage.handed_in(case_of("certificate", new.certificate_id), signed)
    stage.engine.fire(new.certificate_id, "activate", applicant(person), handed.payload())
    _old(stage, held, "revoked")


def lost_card(scene: Scene, stage: DemoOffice) -> Play:
    """Lose a card: its certificate ends with the approval, before another one is made."""
    _, held = _queued(scene, stage, 141, "Yavuz")
    _old(stage, held, "revoked")
    yield from to_the_door(scene, stage)


def called_back(scene: Scene, stage: DemoOffice) -> Play:
    """Revoke a certificate whose card travels: it is called back and handed over to nobody."""
    person, _ = _queued(scene, stage, 142, "Zehra", days=45)
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "couriered")
    new = stage.new_card(scene.case)
    reason = "Sertifikaya gerek kalmadı"
    stage.engine.fire(new.certificate_id, "revoke", applicant(person), reason=reason)
    expect(stage, scene, "recalled")
    said = handed_over(stage.clock.now()).payload()
    scene.refusals.append(stage.refused(scene.case, "deliver", OPERATOR, said))
    yield stage.clock.now() + timedelta(days=2)
    stage.engine.fire(scene.case, "courier_return", OPERATOR, reason="geri istendi")
    stage.engine.fire(scene.case, "destroy_card", OPERATOR)


def made_again(scene: Scene, stage: DemoOffice) -> Play:
    """Have a card that the courier lost made again, for the same application and approval."""
    _queued(scene, stage, 143, "Zeki", days=45)
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "couriered")
    stage.engine.fire(scene.case, "report_lost", OPERATOR, reason="kurye bulamadı")
    expect(stage, scene, "lost")
    stage.engine.fire(scene.case, "make_again", OPERATOR, reason="by_courier")
    stage.engine.fire(scene.case, "resume_production", OPERATOR)
    yield from to_the_door(scene, stage)


def scenes() -> list[Scene]:
    """Return the scenes of this part, each with the end and the refusals it must come to."""
    return [
        Scene("serves", "Old card serves until the new one is active", "e_onay", serves,
              "delivered"),
        Scene("lost_card", "Lost card ends with the approval", "e_onay", lost_card, "delivered"),
        Scene("called_back", "Card called back, its certificate revoked", "e_onay", called_back,
              "cancelled", ("new_certificate_stands",)),
        Scene("made_again", "Lost by the courier, made again", "e_onay", made_again, "delivered"),
    ]  # fmt: skip
