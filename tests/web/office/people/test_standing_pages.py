"""The pages on which an officer states what was learnt of a person or of an institution."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from states.cases.certificate import Certificate
from states.kit.reference import reference
from states.people.change import DataChange
from states.people.person import Person

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Page, Visitor

PROVED = {
    "ground": "death", "since": "01.03.2026", "proof": "death_record", "number": "Ö-1",
    "copy_at": "arşiv 7", "reason": "Nüfus bildirdi",
}  # fmt: skip


def form(page: Page, **changed: str) -> dict[str, str]:
    """Return the form of a page, filled in."""
    return {"seen": page.value("seen"), **PROVED, **changed}


def test_an_officer_states_a_death_and_reads_what_followed(world: World, officer: Visitor) -> None:
    me = world.person()
    card = world.card(me, date(2026, 9, 1))
    strange = world.certificate(me, date(2026, 9, 1))
    shown = officer.get(f"/kisi/{me}")
    assert "Durum Görevde" in shown.text
    page = officer.get(shown.links["Durumu değiştir"])
    assert page.heading == "Kişinin durumu"
    done = officer.post(f"/kisi/{me}/durum", 200, **form(page))
    mine = reference("certificate", card.certificate_id)
    assert f"İşlem yapılan kayıtlar: {mine}." in done.text
    foreign = reference("certificate", strange)
    assert f"Elle sonuçlandırılması gereken kayıtlar: {foreign}." in done.text
    assert "Durum Öldü" in done.text
    assert "Öldü (01.03.2026) (Ölüm belgesi Ö-1, arşiv 7): Nüfus bildirdi" in done.text
    assert world.read(Certificate, card.certificate_id).state == "revoked"
    again = officer.post(f"/kisi/{me}/durum", 422, **form(page))
    assert "siz bakarken değişti" in again.text


def test_a_person_without_cases_only_changes_his_standing(world: World, officer: Visitor) -> None:
    me = world.person()
    page = officer.get(f"/kisi/{me}/durum")
    left = {"ground": "left", "proof": "employment_letter"}
    done = officer.post(f"/kisi/{me}/durum", 200, **form(page, **left))
    assert "Kişinin durumu kaydedildi." in done.text
    assert "İşlem yapılan" not in done.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ground": ""}, "Kişinin durumunu listeden seçiniz"),
        ({"since": ""}, "Tarihi gün.ay.yıl olarak yazınız"),
        ({"since": "31.02.2026"}, "diye bir gün yok"),
        ({"since": "01.01.2027"}, "Gelecek bir gün yazılamaz"),
        ({"proof": "employment_letter"}, "şu belgelerden biriyle kaydedilir: Ölüm belgesi"),
        ({"proof": ""}, "şu belgelerden biriyle"),
        ({"number": ""}, "Belgenin numarasını"),
        ({"reason": ""}, "Gerekçeyi yazınız"),
        ({"seen": "x"}, "siz bakarken değişti"),
        ({"seen": ""}, "Hata:"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    world: World, officer: Visitor, wrong: dict[str, str], sentence: str
) -> None:
    me = world.person()
    page = officer.post(f"/kisi/{me}/durum", 422, **form(officer.get(f"/kisi/{me}/durum"), **wrong))
    assert sentence in page.text or page.title.startswith(sentence)
    assert world.read(Person, me).standing == "in_office"
    assert world.all(DataChange) == []


def test_others_read_the_standing_and_state_nothing(
    world: World, operator: Visitor, auditor: Visitor, officer: Visitor
) -> None:
    me = world.person()
    for reader in (operator, auditor):
        assert "Durum Görevde" in reader.get(f"/kisi/{me}").text
        reader.get(f"/kisi/{me}/durum", 403)
        reader.post(f"/kisi/{me}/durum", 403, **PROVED)
    for absent in ("999999", "9" * 30):
        officer.get(f"/kisi/{absent}/durum", 404)


def test_an_officer_does_not_state_his_own_standing(
    world: World, staff: Staff, officer: Visitor
) -> None:
    me = world.person()
    asked = form(officer.get(f"/kisi/{me}/durum"))
    world.write("UPDATE office_user SET person_id = :p WHERE id = :u", p=me, u=staff.officer)
    officer.sign_in("user", staff.officer)
    page = officer.get(f"/kisi/{me}/durum")
    assert "Kendi durumunuzu siz değiştiremezsiniz" in page.text
    assert "Durumu kaydet" not in page.buttons
    assert "Kendi durumunuzu siz" in officer.post(f"/kisi/{me}/durum", 403, **asked).text
    assert world.read(Person, me).standing == "in_office"


LETTER = {
    "became": "closed", "since": "01.03.2026", "proof": "employment_letter", "number": "E-7",
    "copy_at": "arşiv 7", "reason": "Birleşti",
}  # fmt: skip


def test_an_officer_states_that_a_school_was_closed_and_reads_who_is_still_there(
    world: World, officer: Visitor
) -> None:
    me = world.person()
    institution = officer.get(officer.get(f"/kisi/{me}").links["Kurumun adını değiştir"])
    link = institution.links["Kapandığını kaydet"]
    page = officer.get(link)
    assert (page.heading, "Bugünkü durum Açık" in page.text) == ("Kurumun durumu", True)
    asked = {**LETTER, "seen": page.value("seen")}
    for wrong, sentence in (
        ({"became": ""}, "Kurumun durumunu seçiniz"),
        ({"since": "dün"}, "Tarihi gün.ay.yıl olarak yazınız"),
        ({"proof": ""}, "Kurum yalnız kurum yazısıyla"),
    ):
        assert sentence in officer.post(link, 422, **{**asked, **wrong}).text
    assert officer.post(link, 422, **{**asked, "seen": ""}).title.startswith("Hata:")
    done = officer.post(link, 200, **asked)
    assert "1 kişi ve 0 açık başvuru var" in done.text
    assert "Bugünkü durum Kapandı, 01.03.2026" in done.text
    officer.get("/kurum-bilgisi/NOWHERE/kapanis", 404)


def test_only_an_officer_closes_an_institution(operator: Visitor) -> None:
    operator.get("/kurum-bilgisi/TEST-16/kapanis", 403)
