"""The English reading copy of one's own documents, and of what any document of a kind says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from states.cases.application import Application
from states.cases.consent import Consent
from states.kit.reference import reference
from tests.handlers.applications.test_approval import filed_for
from tests.kit.handlers.world import ISMAIL
from tests.web.portal.conftest import holder, signed_in

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.web.portal.conftest import Holder

__all__ = ["holder"]

LINK = "İngilizce okuma nüshası"


def test_a_form_to_be_approved_can_be_read_in_english_and_by_nobody_else(
    world: World, holder: Holder
) -> None:
    world.consent(holder.person_id, holder.held)
    case = filed_for(world, holder.person_id, holder.held)
    shown = holder.browser.get(f"/basvurularim/{reference('application', case)}/form")
    assert [part.get("lang") for part in shown.tree.iter("pre")] == ["tr"]
    way = shown.links[LINK]
    assert way == f"/belge/{world.read(Application, case).form_sha256}/ingilizce"
    page = holder.browser.get(way)
    assert page.heading == "APPLICATION FORM FOR A QUALIFIED ELECTRONIC CERTIFICATE"
    assert "Reading copy – not binding." in page.text
    assert [part.get("lang") for part in page.tree.iter("article")] == ["en"]
    facts = dict(zip(page.all("dt"), page.all("dd"), strict=True))
    assert facts["Application number"] == reference("application", case)
    assert facts["Kind of application"] == "Renewal"
    assert facts["Name and surname"] == "AYŞE ÖRNEKOĞLU"
    assert page.links["Başvurularım"] == "/basvurularim"
    stranger = signed_in(holder.browser.app, world.person(ISMAIL, surname="Iraksak"))
    assert "ÖRNEKOĞLU" not in stranger.get(way, 404).text
    holder.browser.get(f"/belge/{'0' * 64}/ingilizce", 404)


def test_an_e_onay_to_be_signed_can_be_read_in_english(world: World, holder: Holder) -> None:
    consent = world.offer(holder.person_id)
    text = holder.browser.get(f"/e-onay/{reference('consent', consent)}/metin")
    assert text.links[LINK].startswith(f"/belge/{world.read(Consent, consent).document_sha256}")
    page = holder.browser.get(text.links[LINK])
    assert page.heading == "DECLARATION OF ELECTRONIC APPROVAL (e-onay)"
    assert "I can withdraw it at any time;" in page.text
