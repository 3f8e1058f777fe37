"""The page of papers: each document with its code and hash, files, and who opened it when."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.applications.institution_letter import write_letters
from states.cases.application import Application
from states.cases.consent import Consent
from states.kit.reference import reference
from states.logs.access import AccessEntry
from states.papers.document import Document
from tests.kit.handlers.courier.hand_over import hand_over
from tests.kit.handlers.world import applicant
from tests.kit.web.staff import Staff, path, waiting_for_paper
from web.office.cases import papers

if TYPE_CHECKING:
    import pytest

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor


def test_a_document_leads_to_the_public_page_that_verifies_it(
    world: World, officer: Visitor, visitor: Visitor
) -> None:
    case = waiting_for_paper(world)
    document = world.read(Document, world.read(Application, case).form_sha256)
    page = officer.get(path(case, "evrak"))
    code = document.verification_code
    link = page.links[f"Doğrulama sayfasında aç : Başvuru formu ve taahhütname, {code}"]
    assert link == f"/dogrula?kod={code}"
    assert code in visitor.get(link).text
    assert document.sha256 in page.text


def test_who_opened_a_document_when_and_what_for_stands_beside_it(
    world: World, officer: Visitor, second: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    assert "Bu belgeyi henüz kimse açmadı." in officer.get(path(case, "evrak")).text
    sha256 = str(world.read(Application, case).form_sha256)
    officer.post(path(case, "evrak", sha256), amac="review")
    world.clock.advance(minutes=1)
    second.get(path(case, "evrak"))
    second.post(path(case, "evrak", sha256), amac="objection")
    page = officer.get(path(case, "evrak"))
    assert page.all("summary") == ["Kim, ne zaman açtı (2) : Başvuru formu ve taahhütname"]
    assert [item for item in page.all("li") if "Görevli:" in item] == [
        "02.03.2026 12:01:00, İlker Görevli: İtiraz veya şikâyet",
        "02.03.2026 12:00:00, Zeynep Görevli: Başvurunun incelenmesi",
    ]
    assert staff.officer != staff.second


def test_readings_of_other_documents_are_not_shown(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    me = world.read(Application, case).person_id
    consent = world.offer(me)
    text = str(world.read(Consent, consent).document_sha256)
    address = f"/is/{reference('consent', consent)}/evrak"
    officer.get(address)
    officer.post(f"{address}/{text}", amac="review")
    assert len(world.all(AccessEntry)) == 1
    assert "Bu belgeyi henüz kimse açmadı." in officer.get(path(case, "evrak")).text


def test_a_text_is_handed_out_as_a_text(world: World, officer: Visitor) -> None:
    consent = world.offer(world.person())
    address = f"/is/{reference('consent', consent)}/evrak"
    assert "Metin indir : e-onay metni" in officer.get(address).buttons
    text = str(world.read(Consent, consent).document_sha256)
    asked = {"csrf_token": officer.token, "amac": "review"}
    answer = officer.client.post(f"{address}/{text}.txt", data=asked)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.headers["Content-Disposition"].endswith('-consent.txt"')
    assert hashlib.sha256(answer.data).hexdigest() == text
    officer.get(address)
    officer.post(f"{address}/{text}.pdf", 404, amac="review")


def test_a_pdf_is_not_handed_out_as_a_text(world: World, officer: Visitor) -> None:
    case = waiting_for_paper(world)
    sha256 = str(world.read(Application, case).form_sha256)
    officer.get(path(case, "evrak"))
    officer.post(path(case, "evrak", f"{sha256}.txt"), 404, amac="review")


def test_every_form_the_case_ever_had_is_listed_newest_first(
    world: World, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = waiting_for_paper(world)
    first = str(world.read(Application, case).form_sha256)
    me = world.read(Application, case).person_id
    world.clock.advance(minutes=1)
    world.engine.fire(case, "change_method", applicant(me))
    world.choose(case, me, "in_person")
    now = str(world.read(Application, case).form_sha256)
    listed = officer.get(path(case, "evrak")).text
    assert -1 < listed.index(now) < listed.index(first)
    monkeypatch.setattr(papers, "MOST", 1)
    shortened = officer.get(path(case, "evrak")).text
    assert now in shortened
    assert first not in shortened


def test_the_letter_of_the_day_stands_with_each_of_its_cases_and_names_the_line(
    world: World, officer: Visitor
) -> None:
    cases = [waiting_for_paper(world), waiting_for_paper(world, "10000000078", "Işık")]
    for case in cases:
        hand_over(world, case, world.clock.now() - timedelta(days=1))
    assert "Kuruma yazı" not in officer.get(path(cases[0], "evrak")).text
    assert write_letters(world.engine) == 1
    for line, case in enumerate(cases, start=1):
        page = officer.get(path(case, "evrak")).text
        assert "RY.01, revizyon 02" in page
        assert f"Bu başvurunun satırı {line} " in page
