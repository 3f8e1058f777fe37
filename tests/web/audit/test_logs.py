"""The auditor's pages of sign-ins and of reads: who, when, how, what for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from handlers.kit.reads import record_read
from states.cases.application import Application
from states.kit.reference import reference
from states.people.session import SignInEntry
from tests.kit.handlers.world import ISMAIL
from tests.kit.handlers.world import officer as officer_actor
from tests.kit.web.staff import Staff, waiting_for_paper
from tests.kit.web.visitor import Visitor
from web.audit import messages

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Page

SIGN_INS, READS = "/denetim/oturumlar", "/denetim/erisimler"


def total(page: Page) -> str:
    """Return what the page says of how many rows there are."""
    return page.all("p", role="status")[-1]


def test_who_signed_in_and_who_left_is_shown(
    auditor: Visitor, officer: Visitor, staff: Staff
) -> None:
    officer.get("/hesap")
    officer.post("/cikis")
    page = auditor.get(SIGN_INS)
    assert page.heading == "Oturumlar"
    signed_in = f"Zeynep Görevli user:{staff.officer}, Başvuru görevlisi"
    assert page.all("th", scope="row")[0] == signed_in
    first = page.all("td")
    assert first[:3] == ["02.03.2026 12:00:00", "Deneme kişisi", "Çıkış yapıldı"]
    assert "Oturum açıldı" in first
    assert total(page) == "3 kayıt"


def test_sign_ins_are_found_by_person_day_and_outcome(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    Visitor(auditor.app).sign_in("user", staff.officer)
    with world.engine.database.begin() as connection:
        connection.execute(
            insert(SignInEntry).values(at=world.clock.now(), method="oidc", outcome="refused")
        )
    refused = auditor.get(f"{SIGN_INS}?sonuc=refused")
    assert total(refused) == "1 kayıt"
    assert refused.all("th", scope="row") == ["Bilinmiyor"]
    assert "Kurum girişi" in refused.all("td")
    assert total(auditor.post(SIGN_INS, kim="zeynep")) == "1 kayıt"
    assert total(auditor.get(f"{SIGN_INS}?kim=user:{staff.auditor}")) == "1 kayıt"
    assert total(auditor.get(f"{SIGN_INS}?ilk=2026-03-02&son=2026-03-02")) == "3 kayıt"
    assert total(auditor.get(f"{SIGN_INS}?ilk=2026-03-03")) == "0 kayıt"
    assert total(auditor.get(f"{SIGN_INS}?son=2026-03-01")) == "0 kayıt"


@pytest.mark.parametrize("page", [SIGN_INS, READS])
def test_a_filter_of_a_log_that_can_not_be_read_is_said_at_its_field(
    auditor: Visitor, page: str
) -> None:
    shown = auditor.post(page, 422, ilk="31.02.2026", kim="Nobody")
    assert shown.title.startswith("Hata:")
    assert len(shown.all("p", id="ilk-hata")) == len(shown.all("p", id="kim-hata")) == 1


def test_reads_are_shown_with_reader_person_and_purpose(
    world: World, auditor: Visitor, staff: Staff
) -> None:
    case = waiting_for_paper(world)
    person = world.read(Application, case).person_id
    actor = officer_actor(staff.officer)
    record_read(world.engine, actor, "tckn", "objection", person)
    record_read(world.engine, actor, f"document:{'ab' * 32}", "audit", person)
    auditor.get("/denetim/gunluk/aktar?bicim=csv&islem=file")
    page = auditor.get(READS)
    assert page.all("th", scope="row")[1:] == [f"Zeynep Görevli user:{staff.officer}"] * 2
    assert page.all("th", scope="row")[0].startswith("Çağrı Denetçi")
    cells = page.all("td")
    assert cells[1].startswith("Günlük, 1 kayıt journal:1:")
    assert cells[2:4] == ["–", "İşlem: file"]
    assert cells[5].startswith("Belge document:abab")
    assert cells[7] == "Denetim"
    assert cells[9:12] == [
        "T.C. kimlik numarası tckn",
        f"AYŞE ÖRNEKOĞLU person:{person}",
        "İtiraz veya şikâyet",
    ]


def test_reads_are_found_by_whom_they_concern(world: World, auditor: Visitor) -> None:
    mine, other = waiting_for_paper(world), waiting_for_paper(world, ISMAIL)
    person = world.read(Application, mine).person_id
    record_read(world.engine, officer_actor(), "tckn", "audit", person)
    number = reference("application", mine)
    assert total(auditor.get(f"{READS}?kimin=person:{person}")) == "1 kayıt"
    assert total(auditor.get(f"{READS}?kimin={number}")) == "1 kayıt"
    assert total(auditor.get(f"{READS}?kimin={reference('application', other)}")) == "0 kayıt"


@pytest.mark.parametrize(
    "typed", ["x", "person:x", "B999999999", "S000000001", "person:" + "9" * 30]
)
def test_a_person_that_can_not_be_read_is_said_at_its_field(auditor: Visitor, typed: str) -> None:
    page = auditor.get(READS, 422, query_string={"kimin": typed})
    assert len(page.all("p", id="kimin-hata")) == 1
    assert page.value("kimin") == typed


def test_the_pages_of_a_log_neither_miss_nor_repeat_a_row(
    world: World, auditor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        record_read(world.engine, officer_actor(), f"document:{number}", "audit")
    everything = auditor.get(READS).all("tr")[1:]
    monkeypatch.setattr("web.audit.logs.PAGE", 2)
    page, seen = auditor.get(READS), []
    while True:
        seen += page.all("tr")[1:]
        if "Daha eskiler" not in page.links:
            break
        page = auditor.get(page.links["Daha eskiler"])
        assert "En yeniler" in page.links
    assert seen == everything
    assert len(everything) == 5


def test_the_purpose_of_an_export_is_its_filter_in_words() -> None:
    assert messages.purpose("{}") == "Filtresiz, tamamı"
    assert messages.purpose('{"kim": "user:3", "x": "y"}') == "Kim: user:3, x: y"
    assert messages.purpose("review") == "Başvurunun incelenmesi"
    assert messages.purpose("özel") == "özel"
    assert messages.seen("evidence:B000000001") == "Kanıt dosyası"
    assert messages.seen("x:y") == "x"
