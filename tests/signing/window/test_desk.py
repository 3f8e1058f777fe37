"""What the window offers beside signatures: the PIN, the settings, the start of it all."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from pkcs11 import TokenFlag
from PySide6.QtCore import QTimer

from signing.app import cli
from signing.app.errors import PukLocked
from signing.app.modules import Driver
from signing.app.settings import AppSettings, SettingsKeeper
from signing.app.window import start
from signing.app.window.certificate import CertificateScreen
from signing.app.window.change import ChangeScreen
from signing.app.window.code import CodeScreen
from signing.app.window.document import DocumentScreen
from signing.app.window.options import SettingsScreen
from signing.app.window.outcome import NoticeScreen
from signing.app.window.worker import Worker
from signing.errors import PinWrong
from signing.tokens.pin import Pin
from tests.kit.signing import house as kit
from tests.signing.app.messages import CODE
from tests.signing.window.person import PATIENCE_MS
from tests.signing.window.test_access import nameless
from tests.signing.window.test_way import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from signing.tokens.slots import TokenStore
    from tests.signing.app.small_server import Server
    from tests.signing.window.person import Person

NEW = "864209"


@pytest.fixture
def own(tmp_path: Path) -> TokenStore:
    """Give a store with two cards that a test may spoil."""
    store = kit.make_store(tmp_path / "own")
    authority = kit.demo_authority(store)
    kit.demo_card(store, authority, kit.order("KART-1", 2**64 + 1))
    kit.demo_card(store, authority, kit.order("KART-2", 2**64 + 2))
    return store


@pytest.fixture
def changer(own: TokenStore, open_person: Callable[..., Person]) -> Person:
    """Give somebody who is about to change the PIN of his second card."""
    person = open_person(own)
    person.press("PIN işlemleri")
    person.wait(ChangeScreen).card.setCurrentText("KART-2")
    return person


def fill(person: Person, known: str, new: str, repeat: str | None = None) -> None:
    """Fill the fields of the screen."""
    screen = person.wait(ChangeScreen)
    person.enter(screen.known, known)
    person.enter(screen.new, new)
    person.enter(screen.repeat, new if repeat is None else repeat)


def opens(store: TokenStore, pin: str) -> bool:
    """Say whether a PIN opens the second card."""
    try:
        with store.session("KART-2", pin, last_try_accepted=True):
            return True
    except PinWrong:
        return False


def test_a_holder_changes_his_pin(changer: Person, own: TokenStore) -> None:
    screen = changer.wait(ChangeScreen)
    assert [screen.card.itemText(place) for place in range(2)] == ["KART-1", "KART-2"]
    assert nameless(changer) == []
    fill(changer, kit.PIN, NEW)
    changer.shot("pin-degistir")
    lines = [screen.known, screen.new, screen.repeat]
    changer.press("PIN'i değiştir")
    assert [line.text() for line in lines] == ["", "", ""]
    changer.wait(NoticeScreen)
    changer.shot("pin-degisti")
    assert opens(own, NEW)
    assert not opens(own, kit.PIN)


def test_a_holder_opens_his_card_with_the_puk(changer: Person, own: TokenStore) -> None:
    screen = changer.wait(ChangeScreen)
    assert screen.caption_of(screen.known).text() == "Şimdiki PIN"
    screen.by_puk.setChecked(True)
    assert screen.caption_of(screen.known).text() == "PUK"
    assert screen.known.accessibleName() == "PUK"
    fill(changer, kit.SO_PIN, NEW)
    changer.press("PIN'i değiştir")
    changer.wait(NoticeScreen)
    assert opens(own, NEW)


@pytest.mark.parametrize(
    ("known", "new", "repeat", "condition"),
    [
        ("9999", NEW, NEW, "pin_wrong"),
        (kit.PIN, "1", "1", "pin_length"),
        (kit.PIN, NEW, "864208", "pins_differ"),
    ],
)
def test_a_change_that_can_not_be_made_says_why(
    known: str, new: str, repeat: str, condition: str, changer: Person, own: TokenStore
) -> None:
    fill(changer, known, new, repeat)
    changer.press("PIN'i değiştir")
    changer.condition(condition)
    changer.shot(f"durum-{condition}-degistir")
    assert opens(own, kit.PIN)
    changer.press("Yeniden dene")
    again = changer.wait(ChangeScreen)
    assert again.known.text() == ""


def test_a_wrong_puk_says_so(changer: Person) -> None:
    changer.wait(ChangeScreen).by_puk.setChecked(True)
    fill(changer, "00000000", NEW)
    changer.press("PIN'i değiştir")
    changer.condition("puk_wrong")
    assert "PUK yanlış" in changer.text


def test_a_locked_puk_leads_nowhere(
    changer: Person, own: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise PukLocked

    monkeypatch.setattr(own, "unlock_pin", locked)
    changer.wait(ChangeScreen).by_puk.setChecked(True)
    fill(changer, kit.SO_PIN, NEW)
    changer.press("PIN'i değiştir")
    changer.condition("puk_locked")
    assert changer.buttons.keys() == {"Vazgeç"}


def test_a_card_whose_pin_must_be_changed_leads_to_the_change(
    own: TokenStore, open_person: Callable[..., Person]
) -> None:
    kit.mark_pin(own, "KART-1", TokenFlag.USER_PIN_LOCKED)
    kit.mark_pin(own, "KART-2", TokenFlag.USER_PIN_LOCKED)
    person = open_person(own)
    read(person)
    person.press("İleri")
    person.wait(CertificateScreen)
    person.press("İleri")
    person.condition("pin_locked")
    assert person.focused() is person.buttons["PIN işlemleri"]
    person.press("PIN işlemleri")
    screen = person.wait(ChangeScreen)
    assert screen.by_puk.isChecked()
    person.shot("pin-coz")
    person.press("Vazgeç")
    person.wait(CodeScreen)


def test_the_driver_is_chosen_from_those_that_are_here(
    person: Person, keeper: SettingsKeeper, server: Server
) -> None:
    path = Path("/usr/lib/libakisp11.so")
    person.wizard.tools.drivers = lambda: [Driver("AKiS", path)]
    person.enter(person.wait(CodeScreen).code, CODE)
    person.press("Ayarlar")
    screen = person.wait(SettingsScreen)
    assert nameless(person) == []
    assert f"Tanınan sunucular: {server.url}" in person.text
    screen.driver.setCurrentIndex(0)
    person.shot("ayarlar")
    person.press("Kaydet")
    assert keeper.load().module == str(path)
    assert person.wait(CodeScreen).code.text() == CODE


def test_another_driver_is_written_as_a_path(person: Person, keeper: SettingsKeeper) -> None:
    person.press("Ayarlar")
    person.wait(SettingsScreen).driver.setEditText(" /opt/kart.so ")
    person.press("Kaydet")
    assert keeper.load().module == "/opt/kart.so"
    person.press("Ayarlar")
    assert person.wait(SettingsScreen).driver.currentText() == "/opt/kart.so"
    person.press("Vazgeç")
    person.wait(CodeScreen)


def test_known_servers_are_forgotten_when_that_is_saved(
    person: Person, keeper: SettingsKeeper, server: Server
) -> None:
    person.press("Ayarlar")
    person.press("Tanınan sunucuları unut")
    assert "yeniden sorulur" in person.text
    assert keeper.load().knows(server.url)
    person.press("Kaydet")
    assert keeper.load().servers == ()
    person.press("Ayarlar")
    assert "Tanınan sunucular: yok" in person.text


def test_the_program_opens_and_closes_its_window(
    application: QApplication,
    own: TokenStore,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    QTimer.singleShot(0, lambda: [window.close() for window in application.topLevelWidgets()])
    assert cli.main(["--url", server.url, "--store", str(own.directory)]) == 0


def test_the_wizard_of_the_program_signs(
    application: QApplication, own: TokenStore, server: Server, tmp_path: Path
) -> None:
    assert application is not None
    keeper = SettingsKeeper(tmp_path / "settings.json")
    keeper.save(AppSettings((server.url,)))
    wizard = start.make(server.url, own.directory, None, keeper)
    screen = wizard.frame.screen_shown
    assert isinstance(screen, CodeScreen)
    assert screen.entered() == (server.url, "")
    assert wizard.store().directory == own.directory
    assert wizard.store() is wizard.store()
    wizard.frame.close()


def test_a_closed_worker_is_not_heard_any_more(application: QApplication) -> None:
    heard: list[object] = []
    worker = Worker()
    worker.submit(lambda: 7, heard.append, heard.append)
    worker.close()
    with pytest.raises(RuntimeError):
        worker.submit(lambda: 7, heard.append, heard.append)
    application.processEvents()
    assert heard == []


def test_a_pin_whose_turn_never_came_is_cleared(person: Person, server: Server) -> None:
    begun, go_on = Event(), Event()
    pins = [Pin(kit.PIN), Pin(NEW)]

    def wait() -> bool:
        begun.set()
        return go_on.wait(PATIENCE_MS / 1000)

    wizard = person.wizard
    wizard.work("busy.card", wait, print, print)
    wizard.work("busy.pin", lambda: 1, print, print, *pins)
    assert begun.wait(PATIENCE_MS / 1000)
    wizard.frame.close()
    go_on.set()
    assert [len(pin) for pin in pins] == [0, 0]
    assert server.asked == []


def test_an_answer_that_comes_after_a_new_beginning_is_not_heard(person: Person) -> None:
    heard: list[object] = []
    wizard = person.wizard
    wizard.work("busy.card", lambda: 1, heard.append, heard.append)
    wizard.work("busy.card", lambda: 1 / 0, heard.append, heard.append)
    wizard.forget()
    wizard.work("busy.card", lambda: 2, heard.append, heard.append)
    wizard.work("busy.card", lambda: wizard.start, lambda go: go(), heard.append)
    person.wait(CodeScreen)
    assert heard == [2]


def test_a_document_is_read_again_after_other_work(person: Person) -> None:
    read(person)
    person.wizard.other_language()
    person.enter(person.wait(CodeScreen).code, CODE)
    person.press("Next")
    person.wait(DocumentScreen)
