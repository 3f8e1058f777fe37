"""The scene of the kinds: the renewal of a stolen card makes way for what replaces it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from web.demo.scenes.scene import Scene, to_the_door
from web.demo.stage import applicant

if TYPE_CHECKING:
    from web.demo.scenes.scene import Play
    from web.demo.stage import DemoOffice


def stolen(scene: Scene, stage: DemoOffice) -> Play:
    """Replace a stolen card; the held renewal closes, and nothing rests on the revoked certificate.

    From then on the person counts as a first applicant: neither e-onay nor paper is left.
    """
    person, held = stage.holder(120, "Naz", stage.today + relativedelta(months=7))
    stage.consent(scene.name, person, held)
    me, old = applicant(person), held.certificate_id
    renewal = stage.file(person, "renewal", old, "e_onay")
    scene.case = stage.file(person, "lost", old, "e_onay")
    if stage.state(renewal) != "cancelled":
        message = f"{scene.name}: the held renewal did not make way"
        raise AssertionError(message)
    values = {"kind": "renewal", "person_id": person, "old_certificate_id": old}
    again = stage.engine.open("application", "file", me, values)
    scene.others += [renewal, again]
    scene.refusals += [
        stage.refused(again, "choose_method", me, {"method": "e_onay", "shown": True}),
        stage.refused(again, "choose_method", me, {"method": "wet_signature", "shown": True}),
    ]
    stage.engine.fire(again, "cancel", me)
    yield from to_the_door(scene, stage)


def scenes() -> list[Scene]:
    """Return the scene of this part with the end and the refusals it must come to."""
    return [
        Scene("stolen", "Stolen card whose renewal was held", "e_onay", stolen, "delivered",
              ("form.old_certificate_gone", "form.paper_not_accepted")),
    ]  # fmt: skip
