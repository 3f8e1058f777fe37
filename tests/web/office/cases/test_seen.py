"""The tests of the officer's pages for certificates that another authority made."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from states.cases.certificate import Certificate
from states.kit.reference import reference
from tests.kit.handlers.typed import typed

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

LETTER: dict[str, Any] = {"number": "E-17/3", "dated": "2026-03-01", "issuer": "TEST Başka Kuruluş"}


@pytest.fixture
def foreign(world: World) -> int:
    """Give a certificate of another house of which a list has typed number and end."""
    return typed(world, world.person()).certificate_id


def test_an_officer_enters_the_letter_of_an_authority(
    world: World, officer: Visitor, foreign: int
) -> None:
    path = f"/is/{reference('certificate', foreign)}"
    page = officer.get(path)
    assert "Yalnız beyan edildi, henüz görülmedi" in page.text
    assert "askıya al Bu sertifikayı bu kuruluş üretmedi" in page.text
    officer.get(f"{path}/islem/confirm_seen")
    seen = str(world.read(Certificate, foreign).version)
    empty = officer.post(f"{path}/islem/confirm_seen", 422, seen=seen, dated="dün")
    assert "Veren kuruluşun yazısının sayısını yazınız." in empty.text
    assert "Not a valid" not in empty.text
    done = officer.post(f"{path}/islem/confirm_seen", seen=seen, **LETTER, ends_on="2026-05-20")
    assert "Veren kuruluş yazıyla bildirdi (E-17/3, 01.03.2026)" in done.text
    assert "Beyan edilen bitiş: 10 Nisan 2026" in done.text


def test_an_officer_hands_in_the_file_of_a_certificate(
    world: World, officer: Visitor, foreign: int
) -> None:
    path = f"/is/{reference('certificate', foreign)}/islem/confirm_by_file"
    assert 'enctype="multipart/form-data"' in officer.get(path).response.text
    seen = str(world.read(Certificate, foreign).version)
    assert "Sertifika dosyasını seçiniz." in officer.post(path, 422, seen=seen).text
    junk = (io.BytesIO(b"junk"), "kart.cer")
    refused = officer.post(path, 422, seen=seen, file=junk)
    assert "kayıttaki seri numaralı sertifika değil" in refused.text
    large = (io.BytesIO(b"x" * 70_000), "kart.cer")
    assert "bu bir sertifika değil" in officer.post(path, 422, seen=seen, file=large).text
    assert world.read(Certificate, foreign).seen is None


def test_a_letter_that_is_too_old_is_refused_with_the_reason(
    world: World, officer: Visitor, foreign: int
) -> None:
    path = f"/is/{reference('certificate', foreign)}/islem/confirm_seen"
    officer.get(path)
    seen = str(world.read(Certificate, foreign).version)
    late = LETTER | {"dated": "2026-01-01", "ends_on": "2026-05-20"}
    page = officer.post(path, 422, seen=seen, **late)
    assert "Yazının tarihi son 30 gün içinde olmalıdır" in page.text
    assert world.read(Certificate, foreign).seen is None


def test_an_officer_enters_that_an_authority_has_revoked(
    world: World, officer: Visitor, foreign: int
) -> None:
    path = f"/is/{reference('certificate', foreign)}"
    officer.get(f"{path}/islem/learn_revoked")
    seen = str(world.read(Certificate, foreign).version)
    letter: dict[str, Any] = {"number": "E-17/4", "dated": "2026-03-02", "revoked_on": "2026-03-01"}
    done = officer.post(f"{path}/islem/learn_revoked", seen=seen, **letter, reason="Kart çalınmış")
    assert "Yeni durum: İptal edildi" in done.text


def test_an_officer_strikes_a_record_after_seeing_what_closes_along_with_it(
    world: World, officer: Visitor, foreign: int
) -> None:
    me = world.read(Certificate, foreign).person_id
    case = reference("application", world.file(me, "renewal", foreign))
    path = f"/is/{reference('certificate', foreign)}"
    assert "Yanlış kaydı düş" in officer.get(path).text
    page = officer.get(f"{path}/islem/strike")
    assert "Birlikte kapanacak başvurular" in page.text
    assert case in page.text
    seen = str(world.read(Certificate, foreign).version)
    shown = officer.post(f"{path}/islem/strike", seen=seen, cause="other_person", onizle="1")
    assert "Neden: Bu numaralı sertifika başka bir kişinin" in shown.text
    assert world.read(Certificate, foreign).state == "active"
    assert "Bir neden seçiniz." in officer.post(f"{path}/islem/strike", 422, seen=seen).text
    done = officer.post(f"{path}/islem/strike", seen=seen, cause="other_person")
    assert "Yeni durum: Geçersiz kayıt" in done.text
    assert "Vazgeçildi" in officer.get(f"/is/{case}").text
    # What is closed by hand names no other case.
    assert "Birlikte kapanacak" not in officer.get(f"/is/{case}").text
