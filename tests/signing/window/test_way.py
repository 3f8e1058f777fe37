"""A signature from the code to the result, in the window."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from signing.app.window.certificate import CertificateScreen
from signing.app.window.code import CodeScreen
from signing.app.window.document import DocumentScreen
from signing.app.window.outcome import DoneScreen
from signing.app.window.pin import PinScreen
from signing.fingerprint import short_fingerprint
from signing.validation import validate
from tests.signing import kit
from tests.signing.kit import NOW
from tests.signing.messages import CODE, PDF_TEXT, TEXT, pdf_answer

if TYPE_CHECKING:
    from signing.authority import Authority
    from tests.signing.small_server import Server
    from tests.signing.window.person import Person


def read(person: Person) -> DocumentScreen:
    """Enter the code and go on to the document."""
    screen = person.wait(CodeScreen)
    person.enter(screen.code, "123 456-789012345")
    person.press("İleri")
    return person.wait(DocumentScreen)


def to_the_pin(person: Person) -> PinScreen:
    """Go on to the PIN."""
    read(person)
    person.press("İleri")
    person.wait(CertificateScreen)
    person.press("İleri")
    return person.wait(PinScreen)


def test_a_signature_goes_all_the_way(person: Person, server: Server, maker: Authority) -> None:
    code = person.wait(CodeScreen)
    assert "Adım 1 / 5: Kod" in person.text
    person.enter(code.code, CODE)
    person.shot("1-kod")
    person.press("İleri")

    person.wait(DocumentScreen)
    for part in (
        "Adım 2 / 5: Belge",
        "Kalan süre: 292 saniye",
        "nes-ofis deneme sunucusu",
        "Elektronik onay verme",
        "AYŞE YILMAZ (100******46)",
        "22.11.2026 11:59",
        short_fingerprint(TEXT.encode()),
        "Başvurularımı elektronik olarak onaylıyorum: İçeriği okudum.",
    ):
        assert part in person.text
    person.shot("2-metin")
    person.press("İleri")

    certificates = person.wait(CertificateScreen)
    (row,) = [certificates.list.item(place).text() for place in range(certificates.list.count())]
    assert row.splitlines() == [
        "AYŞE YILMAZ",
        "Veren: TEST NES Sertifika Hizmet Sağlayıcısı",
        "Geçerlilik: 23.10.2026 12:00 – 22.10.2028 12:00",
        "Kart: KART-0001",
    ]
    person.shot("3-sertifika")
    person.press("İleri")

    pin = person.wait(PinScreen)
    assert "PIN deneme hakkınız tam." in person.text
    person.enter(pin.pin, kit.PIN)
    assert pin.pin.displayText() == "●" * len(kit.PIN)
    person.shot("4-pin")
    assert len(server.asked) == 1
    person.press("İmzala")

    person.wait(DoneScreen)
    assert "Onayınız alındı." in person.text
    assert "İşlem numarası: NES-2026-7" in person.text
    person.shot("5-sonuc")
    (_, claim), (_, result) = server.asked
    assert claim == {"code": CODE}
    assert result["secret"] == "gizli-ikinci-anahtar"
    container = base64.b64decode(result["container"])
    lists = kit.revocation(maker)
    verdict = validate(container, TEXT.encode(), trust=maker.trust, revocation=lists, at=NOW)
    assert verdict.qualified
    person.press("Kapat")
    assert not person.wizard.frame.isVisible()


def test_a_pdf_is_shown_page_by_page_before_it_is_signed(person: Person, server: Server) -> None:
    server.claim = (200, pdf_answer())
    read(person)
    assert PDF_TEXT in person.text
    assert "Sayfa 1 / 2" in person.text
    assert "PIN ve PUK bilgilerimi kimseyle paylaşmam." in person.text
    person.shot("2-belge")
