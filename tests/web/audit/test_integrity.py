"""The page of integrity: asking for a proof, watching it, reading what came of it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from handlers.truth import comparisons
from states.kit.reference import reference
from tests.kit.web.staff import Staff, under_review, waiting_for_paper
from web.audit import messages
from workflow.journal import conformance
from workflow.running.journal_verification import prove

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.postgres import Database
    from tests.kit.web.visitor import Page, Visitor

PAGE = "/denetim/butunluk"


def proved(world: World, auditor: Visitor) -> Page:
    """Ask for a proof, have a worker do it, and look."""
    auditor.get(PAGE)
    auditor.post(f"{PAGE}/dogrula")
    assert prove(world.engine) is True
    return auditor.get(PAGE)


def test_a_journal_that_nobody_has_proved_says_so(auditor: Visitor) -> None:
    page = auditor.get(PAGE)
    assert page.heading == "Bütünlük"
    assert page.all("p", role="status") == ["Zincir henüz doğrulanmadı."]
    assert "Günlüğü şimdi doğrula" in page.buttons


def test_a_whole_journal_is_said_in_words(world: World, auditor: Visitor) -> None:
    waiting_for_paper(world)
    page = proved(world, auditor)
    with world.engine.database.connect() as connection:
        entries = connection.scalar(text("SELECT count(*) FROM journal"))
    assert page.all("p", role="status") == [
        f"Zincir doğrulandı, 02.03.2026 12:00, {entries} kayıt.",
        "Her girdi, adını verdiği tanımın izin verdiği bir işlemdir.",
    ]
    assert page.all("div", role="alert") == []


def test_a_proof_under_way_is_shown_with_its_progress(database: Database, auditor: Visitor) -> None:
    auditor.get(PAGE)
    page = auditor.post(f"{PAGE}/dogrula")
    assert "Sırada bekliyor" in page.all("p", role="status")
    assert "Çağrı Denetçi" in page.text
    assert "Arka plan işçisi çalışmıyor" in page.text
    assert "Günlüğü şimdi doğrula" not in page.buttons
    with database.owner.begin() as connection:
        connection.execute(
            text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        )
        connection.execute(text("UPDATE proof SET stage = 'chains', done = 1500, total = 48211"))
    page = auditor.get(f"{PAGE}/izle")
    assert "Arka plan işçisi" not in page.text
    said = "Zincirlerin özetleri yeniden hesaplanıyor: 1.500 / 48.211"
    assert said in page.all("p", role="status")
    (bar,) = page.tree.iter("progress")
    assert (bar.get("value"), bar.get("max")) == ("1500", "48211")
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE proof SET stage = 'moves'"))
    (bar,) = auditor.get(PAGE).tree.iter("progress")
    assert bar.get("value") is None


def test_a_second_proof_at_once_is_refused_kindly(world: World, auditor: Visitor) -> None:
    auditor.get(PAGE)
    auditor.post(f"{PAGE}/dogrula")
    auditor.token = auditor.get("/hesap").value("csrf_token")
    page = auditor.post(f"{PAGE}/dogrula")
    assert "Bir doğrulama zaten istenmiş" in page.text
    with world.engine.database.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM proof")) == 1


def test_a_broken_journal_is_a_red_alert_that_names_the_first_broken_entry(
    world: World, database: Database, auditor: Visitor
) -> None:
    case = waiting_for_paper(world)
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(
            text("UPDATE journal SET body = replace(body, '\"role\":\"applicant\"',"
                 " '\"role\":\"operator\"') WHERE n = 1")
        )  # fmt: skip
    page = proved(world, auditor)
    (alert,) = page.all("div", role="alert")
    assert f"{reference('application', case)} numaralı kaydın 1. girdisi değiştirilmiş" in alert
    assert "Tanımların izin vermediği ya da girdilerle çelişen 1 bulgu var." in page.all(
        "p", role="alert"
    )
    assert "Bu rol bu işlemi yapamaz role" in page.all("th", scope="row")
    assert f"{reference('application', case)}, 1. girdi" in page.links
    assert "Bozuk girdiler" in page.text
    again = proved(world, auditor)
    assert again.all("div", role="alert") == [alert]
    (there,) = auditor.get("/denetim/gunluk").all("div", role="alert")
    assert there == f"{alert} Bütünlük sayfası"


def test_findings_beside_the_journal_lead_to_their_case_or_name_their_row(
    world: World, database: Database, auditor: Visitor
) -> None:
    case = waiting_for_paper(world)
    page = proved(world, auditor)
    (told,) = [line for line in page.all("p") if line.startswith("Saklanan özetleri")]
    assert told.endswith(
        " tanım, 1 belge, 0 tarama, 0 imza, 0 imzanın sonraki biçimi, 0 sertifika."
    )
    with database.owner.begin() as connection:
        for table in ("document", "definition", "terms"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE document SET content = content || 'x'"))
        connection.execute(text("UPDATE document SET person_id = NULL"))
        connection.execute(text("UPDATE terms SET text = 'x'"))
    page = proved(world, auditor)
    (alert,) = page.all("div", role="alert")
    assert " satırının saklanan içeriği saklanan özetini vermiyor." in alert
    assert any(link.startswith(reference("application", case)) for link in page.links)
    for said in (
        "saklanan içeriği saklanan özetini vermiyor document ",
        "veritabanının koruması kurulduğu gibi değil trigger append_only on document: never",
        "Belge ya da sertifika başka bir kişiye yazılmış owner",
        "E-onay metni, bu sürümün yayımladığı metin değil terms",
        "terms EO.",
    ):
        assert said in page.text


def test_the_journal_only_shows_and_the_officer_may_not_prove(
    world: World, officer: Visitor, staff: Staff
) -> None:
    under_review(world, staff.officer)
    officer.get(PAGE, 403)
    officer.get("/hesap")
    officer.post(f"{PAGE}/dogrula", 403)
    assert prove(world.engine) is False


@pytest.mark.parametrize("reason", [*conformance.REASONS, *comparisons.REASONS])
def test_each_reason_has_its_words(reason: str) -> None:
    assert messages.REASONS[reason] != reason
