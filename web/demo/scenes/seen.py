"""The scenes of certificates that another authority made and a list has typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.certificates.payloads import AuthorityLetter
from web.demo.scenes.scene import Scene, expect, to_the_door
from web.demo.stage import FIRST_OFFICER, OPERATOR, applicant

if TYPE_CHECKING:
    from web.demo.scenes.scene import Play
    from web.demo.stage import DemoOffice


def typed(scene: Scene, stage: DemoOffice) -> Play:
    """Renew what was only typed: nothing is made before its authority has written of it."""
    ends_on = stage.today + timedelta(days=45)
    person, certificate = stage.typed_holder(130, "Lale", ends_on)
    stage.consent(scene.name, person, stage.card(person, stage.today + timedelta(days=400)))
    scene.others.append(certificate)
    scene.refusals.append(stage.refused(certificate, "suspend", applicant(person)))
    scene.case = stage.file(person, "renewal", certificate, "e_onay")
    scene.refusals.append(stage.refused(scene.case, "start_production", OPERATOR))
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "certificate_unseen")
    letter = AuthorityLetter("TEST-17/3", stage.today, "TEST Başka Kuruluş", ends_on)
    late = replace(letter, dated=stage.today - timedelta(days=31)).payload()
    scene.refusals.append(stage.refused(certificate, "confirm_seen", FIRST_OFFICER, late))
    stage.engine.fire(certificate, "confirm_seen", FIRST_OFFICER, letter.payload())
    expect(stage, scene, "queued")
    yield from to_the_door(scene, stage)


def scenes() -> list[Scene]:
    """Return the scenes of this part, each with the end and the refusals it must come to."""
    return [
        Scene("typed", "Renewal of a typed certificate of another authority", "e_onay", typed,
              "delivered",
              ("made_here", "old_certificate_known", "sight.letter_old")),
    ]  # fmt: skip
