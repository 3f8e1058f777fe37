"""The scenes of the ways out: stopped, recalled, disputed, and a card that never arrived."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.cards.seed import handed_over
from web.demo.scenes.scene import Scene, expect
from web.demo.stage import FIRST_OFFICER, OPERATOR, SECOND_OFFICER, applicant

if TYPE_CHECKING:
    from web.demo.scenes.scene import Play
    from web.demo.stage import DemoOffice


def _queued(scene: Scene, stage: DemoOffice, number: int, name: str) -> int:
    """Bring a renewal by e-onay to the queue of production; return its person."""
    person, held = stage.holder(number, name, stage.today + timedelta(days=45))
    stage.consent(scene.name, person, held)
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_onay")
    expect(stage, scene, "queued")
    return person


def stopped(scene: Scene, stage: DemoOffice) -> Play:
    """Stop a production: only with a reason, and its person drops the application then."""
    person = _queued(scene, stage, 160, "Tuna")
    stop = (scene.case, "stop_production_by_office", FIRST_OFFICER)
    scene.refusals.append(stage.refused(*stop))
    stage.engine.fire(*stop, reason="data_doubt")
    yield stage.clock.now() + timedelta(days=1)
    expect(stage, scene, "production_stopped")
    stage.engine.fire(scene.case, "cancel", applicant(person))


def recalled(scene: Scene, stage: DemoOffice) -> Play:
    """Call a parcel back, scrap its card, make another one, and lose that in the silence."""
    _queued(scene, stage, 161, "Ufuk")
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "couriered")
    stage.engine.fire(scene.case, "recall", FIRST_OFFICER, reason="wrong_address")
    scene.refusals.append(stage.refused(scene.case, "scrap", OPERATOR, {}))
    stage.engine.fire(scene.case, "courier_return", OPERATOR, reason="geri istendi")
    stage.engine.fire(scene.case, "scrap", OPERATOR, reason="damaged")
    stage.engine.fire(scene.case, "resume_production", OPERATOR)
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "couriered")
    yield stage.clock.now() + timedelta(days=10)
    expect(stage, scene, "courier_silent")
    stage.engine.fire(scene.case, "report_lost", OPERATOR, reason="kurye bulamadı")


def disputed(scene: Scene, stage: DemoOffice) -> Play:
    """Dispute a delivery: who recorded it does not decide, another undoes it."""
    person = _queued(scene, stage, 162, "Vildan")
    yield stage.clock.now() + timedelta(minutes=11)
    said = handed_over(stage.clock.now())
    untold = replace(said, shown_number="").payload()
    scene.refusals.append(stage.refused(scene.case, "deliver", OPERATOR, untold))
    stage.engine.fire(scene.case, "deliver", OPERATOR, said.payload())
    stage.engine.fire(scene.case, "contest_delivery", applicant(person), reason="not_received")
    undone = (scene.case, "undo_delivery", SECOND_OFFICER)
    stage.engine.fire(*undone, reason="kurye başka kapıya bırakmış")
    yield stage.clock.now() + timedelta(days=1)
    expect(stage, scene, "courier_silent")
    stage.engine.fire(scene.case, "report_lost", OPERATOR, reason="kurye bulamadı")


def uncollected(scene: Scene, stage: DemoOffice) -> Play:
    """Wait at the courier's in vain, be called back by the policy's day, and be sent again."""
    _queued(scene, stage, 163, "Yonca")
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "couriered")
    stage.engine.fire(scene.case, "note_attempt", OPERATOR, reason="absent")
    expect(stage, scene, "awaiting_collection")
    yield stage.clock.now() + timedelta(days=7)
    expect(stage, scene, "recalled")
    scene.refusals.append(stage.refused(scene.case, "send_again", OPERATOR, {}))
    stage.engine.fire(scene.case, "courier_return", OPERATOR, reason="not_collected")
    stage.engine.fire(scene.case, "send_again", OPERATOR)
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "couriered")
    yield stage.clock.now() + timedelta(days=2)
    stage.engine.fire(scene.case, "deliver", OPERATOR, handed_over(stage.clock.now()).payload())


def scenes() -> list[Scene]:
    """Return the scenes of this part, each with the end and the refusals it must come to."""
    return [
        Scene("stopped", "Production stopped by the office", "e_onay", stopped, "cancelled",
              ("reason_missing",)),
        Scene("recalled", "Parcel recalled, card made anew, silence", "e_onay", recalled, "lost",
              ("wrong_state",)),
        Scene("disputed", "Delivery disputed and undone", "e_onay", disputed, "lost",
              ("courier.nothing_shown",)),
        Scene("uncollected", "Parcel not collected, sent again", "e_onay", uncollected,
              "delivered", ("wrong_state",)),
    ]  # fmt: skip
