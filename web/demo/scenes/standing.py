"""The scenes of who a person is today: looked into, dead, and moved to another school."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.applications.payloads import MethodChoice
from handlers.people import changes, person_standing
from web.demo.scenes.scene import Scene, expect
from web.demo.stage import FIRST_OFFICER, OPERATOR, applicant

if TYPE_CHECKING:
    from web.demo.scenes.scene import Play
    from web.demo.stage import DemoOffice

OTHER_SCHOOL = "TEST-16-02-1"


def dead(scene: Scene, stage: DemoOffice) -> Play:
    """Look into a person, whose card is not made meanwhile; then he is dead, and all of it ends."""
    person, held = stage.holder(150, "Yavuz", stage.today + timedelta(days=45))
    stage.consent(scene.name, person, held)
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_onay")
    expect(stage, scene, "queued")
    _declare(stage, person, "suspicion", "report")
    expect(stage, scene, "production_stopped")
    stage.engine.fire(scene.case, "resume_production", OPERATOR)
    scene.refusals.append(stage.refused(scene.case, "start_production", OPERATOR, {}))
    yield stage.clock.now() + timedelta(hours=1)
    expect(stage, scene, "queued")
    _declare(stage, person, "death", "death_record")
    expect(stage, scene, "cancelled")


def _declare(stage: DemoOffice, person: int, ground: str, proof: str) -> None:
    vault = stage.services.vault
    with stage.engine.database.connect() as connection:
        known = person_standing.known_of(connection, person)
    wish = person_standing.StandingChange(
        ground,
        stage.today,
        person_standing.view_of(vault, known or {}),
        changes.DocumentShown(proof, "TEST-1", "arşiv 1"),
        "Deneme",
    )
    person_standing.declare(stage.engine, person, FIRST_OFFICER, wish)


def moved(scene: Scene, stage: DemoOffice) -> Play:
    """Move a person to another school: the held renewal is approved anew, then dropped."""
    person, held = stage.holder(151, "Zehra", stage.today + timedelta(days=100))
    stage.consent(scene.name, person, held)
    scene.case = stage.file(person, "renewal", held.certificate_id, "e_onay")
    expect(stage, scene, "held")
    with stage.engine.database.connect() as connection:
        known = changes.known_of(connection, person) or {}
    wish = changes.PersonChange(
        {**known, "institution": OTHER_SCHOOL},
        changes.view_of(stage.services.vault, known),
        changes.DocumentShown("employment_letter", "TEST-2", "arşiv 2"),
        "Atandı",
    )
    changes.change_person(stage.engine, person, FIRST_OFFICER, wish)
    yield stage.clock.now() + timedelta(minutes=11)
    expect(stage, scene, "returned_to_applicant")
    me = applicant(person)
    stage.engine.fire(scene.case, "choose_method", me, MethodChoice("e_onay", shown=True).payload())
    expect(stage, scene, "held")
    stage.engine.fire(scene.case, "cancel", me)


def scenes() -> list[Scene]:
    """Return the scenes of this part, each with the end and the refusals it must come to."""
    return [
        Scene("dead", "Person looked into, then dead", "e_onay", dead, "cancelled",
              ("person_stands",)),
        Scene("moved", "Person moved to another school", "e_onay", moved, "cancelled"),
    ]  # fmt: skip
