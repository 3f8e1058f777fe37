"""What the holder of a certificate is told once its renewal is under way, or delivered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from states.cases.application import Application
from states.kit.reference import reference
from tests.handlers.certificates.test_succession import made
from tests.kit.handlers.world import SYSTEM, officer, operator
from tests.web.portal.conftest import signed_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder

APPLY = "10.07.2026"
JUNE = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


def test_nobody_is_told_to_renew_what_is_renewed(app: Flask, world: World, holder: Holder) -> None:
    me, old = holder.person_id, holder.held.certificate_id
    assert APPLY in holder.browser.get("/basvurularim").text
    world.consent(me, holder.held)
    case = world.file(me, "renewal", old)
    assert world.choose(case, me, "e_onay").state == "held"
    page = holder.browser.get("/basvurularim").text
    assert APPLY not in page
    assert "ikinci bir başvuru gerekmez" in page
    said = f"yenileme başvurunuz ({reference('application', case)}) sürüyor"
    assert said in holder.browser.get(f"/sertifikalarim/{reference('certificate', old)}").text

    world.clock.set(JUNE)
    world.publish_lists()
    world.engine.fire(case, "release", SYSTEM)
    made(world, case)
    world.engine.fire(case, "deliver", operator(), world.handed_over())
    browser = signed_in(app, me)
    page = browser.get("/basvurularim").text
    assert APPLY not in page
    assert "yeni kartınızı 11.08.2026 itibarıyla etkinleştiriniz" in page
    told = browser.get(f"/sertifikalarim/{reference('certificate', old)}").text
    assert f"yenilemesi ({reference('application', case)}) teslim edildi" in told
    assert "son geçerlilik günü 10.08.2029" in told

    new = world.read(Application, case).certificate_id
    address = f"/sertifikalarim/{reference('certificate', new or 0)}"
    assert "Sertifikanız 11.08.2026 itibarıyla başlıyor" in browser.get(address).text
    asked = {"asked_by": "office", "recognised": "own_records"}
    world.engine.fire(new or 0, "hold", officer(), asked, reason="identity_doubt")
    assert "itibarıyla başlıyor" not in browser.get(address).text
    world.write("UPDATE certificate SET state = 'revoked' WHERE id = :id", id=new)
    assert APPLY in browser.get("/basvurularim").text
