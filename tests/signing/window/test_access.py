"""The window is for everybody: names on all controls, large letters, two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QWidget

from signing.app.settings import SCALES
from signing.app.window.certificate import CertificateScreen
from signing.app.window.code import CodeScreen
from signing.app.window.document import DocumentScreen
from signing.app.window.frame import tells
from signing.app.window.outcome import DoneScreen
from signing.app.window.pin import PinScreen
from signing.app.words import Language
from signing.tokens.pin import Pin
from tests.kit.pins import shows
from tests.kit.signing import house as kit
from tests.signing.app.messages import CODE, claim_answer, pdf_answer
from tests.signing.window.person import until
from tests.signing.window.test_way import read, sign, to_the_pin

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.app.settings import SettingsKeeper
    from tests.signing.app.small_server import Server
    from tests.signing.window.person import Person

# What Qt itself puts into a control belongs to that control.
INNER = ("qt_",)


def nameless(person: Person) -> list[str]:
    """List the controls of the window that can have the focus and do not say what they are."""
    return [
        f"{type(control).__name__} {control.objectName()}"
        for control in person.wizard.frame.findChildren(QWidget)
        if control.isVisible()
        and control.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not control.objectName().startswith(INNER)
        and not isinstance(control.parentWidget(), QLineEdit)
        and not control.accessibleName()
    ]


@pytest.mark.parametrize("answer", [claim_answer, pdf_answer])
def test_every_control_says_what_it_is(
    answer: Callable[[], dict[str, object]], person: Person, server: Server
) -> None:
    server.claim = (200, answer())
    assert nameless(person) == []
    for screen in (DocumentScreen, CertificateScreen, PinScreen):
        if screen is DocumentScreen:
            read(person)
        else:
            person.press("İleri")
            person.wait(screen)
        assert nameless(person) == []
        assert person.screen.title in person.focused().accessibleDescription()
    person.enter(person.wait(PinScreen).pin, kit.PIN)
    person.press("İmzala")
    person.wait(DoneScreen)
    assert nameless(person) == []
    assert "NES-2026-7" in person.focused().accessibleDescription()


def test_what_will_be_signed_is_told_with_the_document(person: Person) -> None:
    read(person)
    told = person.focused().accessibleDescription()
    for part in ("İsteyen: nes-ofis", "Amaç: Elektronik onay", "Kişi: AYŞE YILMAZ", "Kısa özet"):
        assert part in told


def test_the_pages_of_a_pdf_are_told_in_words(person: Person, server: Server) -> None:
    server.claim = (200, pdf_answer())
    read(person)
    sheets = [
        part.accessibleDescription()
        for part in person.screen.findChildren(QWidget, "paper")
    ]  # fmt: skip
    assert ["Nitelikli" in sheets[0], "Taahhütname" in sheets[1]] == [True, True]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(240, True), (239, False), (180, True), (135, False), (120, True), (105, True), (100, False)],
)
def test_the_time_is_told_each_minute_and_at_the_end_each_quarter(
    seconds: int,
    told: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert tells(seconds) == told


def test_the_time_is_told_without_moving_the_focus(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(person)
    said: list[str] = []
    monkeypatch.setattr(person.wizard.frame, "announce", said.append)
    focus = person.focused()
    for second in range(10, 60):
        person.elapsed.seconds = float(second)
        person.wizard.tick()
    assert said == ["Kalan süre: 240 saniye"]
    assert person.focused() is focus


def test_letters_grow_and_shrink_and_stay_so(person: Person, keeper: SettingsKeeper) -> None:
    frame = person.wizard.frame
    heights = []
    for _ in SCALES:
        heights.append(person.wait(CodeScreen).code.sizeHint().height())
        QTest.keyClick(frame, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert heights == sorted(set(heights))
    assert keeper.load().scale == SCALES[-1]
    person.shot("1-kod-buyuk")
    person.enter(person.wait(CodeScreen).code, CODE)
    person.press("İleri")
    person.wait(DocumentScreen)
    person.shot("2-metin-buyuk")
    QTest.keyClick(frame, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert keeper.load().scale == SCALES[-2]


def test_the_pages_of_a_pdf_grow_with_the_letters(person: Person, server: Server) -> None:
    server.claim = (200, pdf_answer())
    read(person)
    sheet = person.screen.findChildren(QLabel, "paper")[0]
    narrow = sheet.pixmap().width()
    for _ in SCALES:
        QTest.mouseClick(person.wizard.frame.larger, Qt.MouseButton.LeftButton)
    until(lambda: sheet.pixmap().width() > narrow * 3 // 2)
    person.shot("2-belge-buyuk")


def test_the_buttons_of_the_size_do_the_same(person: Person) -> None:
    frame = person.wizard.frame
    larger, smaller = frame.larger, frame.smaller
    QTest.mouseClick(larger, Qt.MouseButton.LeftButton)
    assert person.wizard.settings.scale == SCALES[1]
    QTest.mouseClick(smaller, Qt.MouseButton.LeftButton)
    assert person.wizard.settings.scale == SCALES[0]
    assert (larger.accessibleName(), smaller.accessibleName()) == ("Yazıyı büyüt", "Yazıyı küçült")


def test_the_language_changes_and_stays_so_without_losing_what_was_entered(
    person: Person, keeper: SettingsKeeper
) -> None:
    person.enter(person.wait(CodeScreen).code, CODE)
    person.press("English")
    screen = person.wait(CodeScreen)
    assert screen.code.text() == CODE
    assert "Enter the verification code" in person.text
    assert keeper.load().language is Language.ENGLISH
    person.press("Next")
    person.wait(DocumentScreen)
    assert "Signing the text of the standing consent (e-onay)" in person.text
    assert "Time left: 292 seconds" in person.text
    person.shot("2-metin-en")


def test_the_whole_way_in_english(open_person: Callable[..., Person], ayse: str) -> None:
    assert ayse
    person = open_person(language=Language.ENGLISH)
    person.enter(person.wait(CodeScreen).code, CODE)
    for kind in (DocumentScreen, CertificateScreen, PinScreen):
        person.press("Next")
        person.wait(kind)
    assert "You have all tries of the PIN." in person.text
    person.enter(person.wait(PinScreen).pin, "1")
    person.press("Sign")
    person.condition("pin_length")
    assert "A PIN has 4–16 digits." in person.text
    person.shot("durum-pin_length-en")
    person.press("Cancel")
    assert "Nothing was signed." in person.text
    person.press("Enter another code")
    person.press("Türkçe")
    assert "Doğrulama kodunu girin" in person.text


def test_the_pin_field_tells_nothing_to_those_who_ask_it(person: Person) -> None:
    pin = to_the_pin(person)
    field = pin.pin
    assert field.echoMode() is QLineEdit.EchoMode.Password
    assert field.inputMethodHints() & Qt.InputMethodHint.ImhSensitiveData
    assert field.contextMenuPolicy() is Qt.ContextMenuPolicy.NoContextMenu
    person.enter(field, kit.PIN)
    field.selectAll()
    field.copy()
    assert not shows(person.text, kit.PIN)
    assert kit.PIN not in repr(Pin(kit.PIN))


def test_what_could_not_be_remembered_stops_no_signature(
    person: Person, keeper: SettingsKeeper
) -> None:
    keeper.path.unlink()
    keeper.path.parent.rmdir()
    keeper.path.parent.write_text("no folder")
    sign(person)
    person.wait(DoneScreen)


@pytest.mark.parametrize("document", ["text", "pages"])
def test_on_a_small_screen_only_the_document_scrolls(
    person: Person, server: Server, document: str
) -> None:
    server.claim = (200, pdf_answer() if document == "pages" else claim_answer())
    screen = read(person)
    person.wizard.frame.resize(900, 700)
    until(lambda: person.wizard.frame.height() == 700)
    around = screen.findChildren(QScrollArea)[0]
    until(lambda: around.verticalScrollBar().maximum() == 0)
