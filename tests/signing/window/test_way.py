"""A signature from the code to the result, in the window."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
import typst
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from signing.app.purpose import FORM_REASON
from signing.app.window.certificate import CertificateScreen
from signing.app.window.code import CodeScreen, OriginScreen
from signing.app.window.document import DocumentScreen
from signing.app.window.outcome import DoneScreen
from signing.app.window.pin import PinScreen
from signing.cms import pades
from signing.fingerprint import short_fingerprint
from signing.validation.validate import validate
from tests.kit.signing import house as kit
from tests.kit.signing.house import DAY, NOW
from tests.signing.app.messages import CODE, PDF_TEXT, TEXT, pdf_answer, prepared_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.app.settings import SettingsKeeper
    from signing.authority.demo import Authority
    from tests.signing.app.small_server import Server
    from tests.signing.window.person import Person


def read(person: Person, code: str = "123 456-789012345") -> DocumentScreen:
    """Enter the code and go on to the document."""
    screen = person.wait(CodeScreen)
    person.enter(screen.code, code)
    person.press("İleri")
    return person.wait(DocumentScreen)


def to_the_pin(person: Person) -> PinScreen:
    """Go on to the PIN."""
    read(person)
    person.press("İleri")
    person.wait(CertificateScreen)
    person.press("İleri")
    return person.wait(PinScreen)


def sign(person: Person, pin: str = kit.PIN) -> None:
    """Go all the way and send the signature."""
    person.enter(to_the_pin(person).pin, pin)
    person.press("İmzala")


def test_a_signature_goes_all_the_way(person: Person, server: Server, maker: Authority) -> None:
    sign(person)
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


def test_the_first_screen_takes_the_code(person: Person) -> None:
    code = person.wait(CodeScreen)
    assert "Adım 1 / 5: Kod" in person.text
    assert person.focused() is code.code
    person.enter(code.code, CODE)
    person.shot("1-kod")
    ways = {"Panodan yapıştır", "English", "Ayarlar", "PIN işlemleri", "İleri"}
    assert person.buttons.keys() == ways


def test_everything_is_shown_before_the_card_is_asked(person: Person, server: Server) -> None:
    read(person)
    for part in (
        "Adım 2 / 5: Belge",
        "Kalan süre: 292 saniye",
        "nes-ofis deneme sunucusu",
        server.url,
        "Elektronik onay verme",
        "AYŞE YILMAZ (100******46)",
        "22.11.2026 11:59",
        "İmza profili",
        "P1 – temel imza",
        short_fingerprint(TEXT.encode()),
        "Başvurularımı elektronik olarak onaylıyorum: İçeriği okudum.",
    ):
        assert part in person.text
    person.shot("2-metin")
    assert len(server.asked) == 1


def test_the_certificates_of_the_person_are_offered(person: Person) -> None:
    read(person)
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


def test_the_pin_is_never_shown(person: Person, server: Server) -> None:
    pin = to_the_pin(person)
    assert "PIN deneme hakkınız tam." in person.text
    person.enter(pin.pin, kit.PIN)
    assert pin.pin.displayText() == "●" * len(kit.PIN)
    person.shot("4-pin")
    assert len(server.asked) == 1
    field = pin.pin
    person.press("Vazgeç")
    assert field.text() == ""
    assert "İmza atılmadı." in person.text


def test_the_keys_on_the_screen_type_and_erase(person: Person) -> None:
    pin = to_the_pin(person)
    for key in "1234567890":
        person.press(key)
    assert pin.pin.text() == "1234567890"
    assert person.focused() is pin.pin
    person.press("Sil")
    assert pin.pin.text() == "123456789"
    person.press("Temizle")
    assert pin.pin.text() == ""


def test_a_pdf_is_shown_page_by_page_before_it_is_signed(person: Person, server: Server) -> None:
    server.claim = (200, pdf_answer())
    read(person)
    assert PDF_TEXT in person.text
    assert "Sayfa 1 / 2" in person.text
    assert "PIN ve PUK bilgilerimi kimseyle paylaşmam." in person.text
    person.shot("2-belge")


@pytest.mark.parametrize("pages", [0, 51])
def test_a_pdf_that_can_not_be_shown_whole_is_not_signed(
    pages: int, person: Person, server: Server
) -> None:
    server.claim = (200, pdf_answer(long_pdf(pages)))
    screen = person.wait(CodeScreen)
    person.enter(screen.code, CODE)
    person.press("İleri")
    person.condition("document_unusable")
    assert len(server.asked) == 1


def long_pdf(pages: int) -> bytes:
    """Give a prepared PDF with many pages; with none of them it is one that nobody can open."""
    words = "#set document(date: none)\n" + "#pagebreak()\n".join(["Sayfa"] * max(1, pages))
    made = pades.prepare(typst.compile(words.encode()), name="A", reason=FORM_REASON, at=NOW)
    return made if pages else made.replace(b"/Pages", b"/Peges")


def test_a_pdf_is_signed_over_its_byte_range(
    person: Person, server: Server, maker: Authority
) -> None:
    server.claim = (200, pdf_answer())
    sign(person)
    person.wait(DoneScreen)
    container = base64.b64decode(server.asked[1][1]["container"])
    content = pades.covered(prepared_pdf())
    lists = kit.revocation(maker)
    assert validate(container, content, trust=maker.trust, revocation=lists, at=NOW).qualified
    assert pades.embed(prepared_pdf(), container).startswith(b"%PDF-")


def test_the_whole_way_is_gone_with_the_keyboard_alone(person: Person) -> None:
    code = person.wait(CodeScreen)
    QTest.keyClicks(code.code, CODE)
    person.key(Qt.Key.Key_Return)
    person.wait(DocumentScreen)
    tab_to(person, "İleri")
    person.wait(CertificateScreen)
    tab_to(person, "İleri")
    pin = person.wait(PinScreen)
    QTest.keyClicks(person.focused(), kit.PIN)
    assert person.focused() is pin.pin
    person.key(Qt.Key.Key_Return)
    person.wait(DoneScreen)
    person.key(Qt.Key.Key_Return)
    assert not person.wizard.frame.isVisible()


def tab_to(person: Person, text: str) -> None:
    """Go with the Tab key to a button and press it."""
    for _ in range(20):
        person.key(Qt.Key.Key_Tab)
        found = person.focused()
        if isinstance(found, QPushButton) and found.text() == text:
            person.key(Qt.Key.Key_Return)
            return
    pytest.fail(f"Tab never reaches {text}")


def test_an_entered_code_begins_again_after_a_signature(person: Person) -> None:
    sign(person)
    person.wait(DoneScreen)
    person.press("Başka bir kod gir")
    assert person.wait(CodeScreen).code.text() == ""


def test_the_code_is_pasted_from_the_clipboard(person: Person) -> None:
    QGuiApplication.clipboard().setText(f" {CODE}\n")
    person.press("Panodan yapıştır")
    assert person.wait(CodeScreen).code.text() == CODE


def test_a_server_that_is_not_known_is_confirmed_first(
    open_person: Callable[..., Person], server: Server, keeper: SettingsKeeper, ayse: str
) -> None:
    assert ayse
    person = open_person(servers=())
    code = person.wait(CodeScreen)
    assert person.focused() is code.server
    code.server.setEditText(server.url)
    person.enter(code.code, CODE)
    person.press("İleri")
    person.wait(OriginScreen)
    person.shot("1-sunucu")
    assert server.asked == []
    assert person.focused() is person.buttons["Vazgeç"]
    person.press("Vazgeç")
    person.press("Başka bir kod gir")
    assert not keeper.load().knows(server.url)
    person.enter(person.wait(CodeScreen).code, CODE)
    person.press("İleri")
    person.wait(OriginScreen)
    person.press("Adres doğru, devam et")
    person.wait(DocumentScreen)
    assert keeper.load().knows(server.url)


def test_an_older_card_and_one_that_may_not_sign_are_told_apart(
    open_person: Callable[..., Person], tmp_path: Path
) -> None:
    store = kit.make_store(tmp_path / "many")
    authority = kit.demo_authority(store)
    dates = {"KART-A": (NOW - DAY, NOW + DAY), "KART-B": (NOW - 9 * DAY, NOW - DAY)}
    for number, (label, validity) in enumerate(dates.items(), 1):
        kit.demo_card(store, authority, kit.order(label, 2**64 + number, validity=validity))
    person = open_person(store)
    read(person)
    person.press("İleri")
    shown = person.wait(CertificateScreen).list
    assert "KART-A" in shown.item(0).text()
    assert "Kullanılamaz: Geçerlilik 21.11.2026 12:00 tarihinde bitti." in shown.item(1).text()
    assert shown.item(1).flags() == Qt.ItemFlag.NoItemFlags
    person.shot("3-iki-sertifika")
    shown.itemActivated.emit(shown.item(0))
    person.wait(PinScreen)
    assert "AYŞE YILMAZ · KART-A" in person.text
