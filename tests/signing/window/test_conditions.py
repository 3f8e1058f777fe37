"""Every condition is a screen that says what to do, and leads on where that can help."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pkcs11 import TokenFlag

from signing.app.errors import CardAbsent
from signing.app.window.certificate import CertificateScreen
from signing.app.window.code import CodeScreen
from signing.app.window.document import DocumentScreen
from signing.app.window.outcome import DoneScreen
from signing.app.window.pin import PinScreen
from signing.app.words.refusals import tell
from signing.errors import (
    CardRemoved,
    DeviceFailed,
    ModuleAbsent,
    ReaderAbsent,
    SigningError,
    StoreBusy,
)
from signing.tokens.slots import TokenStore
from tests.kit.signing import house as kit
from tests.kit.signing.house import NOW
from tests.signing.app.messages import CODE, claim_answer
from tests.signing.window.test_way import read, sign, to_the_pin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signing.tokens.pin import Pin
    from signing.tokens.present import TokenInfo
    from signing.tokens.session import TokenSession
    from tests.signing.app.small_server import Server
    from tests.signing.window.person import Person


class Faulty(TokenStore):
    """Real cards that fail as a test tells them to, once for each fault."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.faults: defaultdict[str, list[SigningError]] = defaultdict(list)

    def _fail(self, name: str) -> None:
        if self.faults[name]:
            raise self.faults[name].pop(0)

    def tokens(self) -> list[TokenInfo]:
        self._fail("tokens")
        return super().tokens()

    @contextmanager
    def session(
        self, label: str, pin: Pin | str, *, write: bool = False, last_try_accepted: bool = False
    ) -> Iterator[TokenSession]:
        self._fail("session")
        with super().session(
            label, pin, write=write, last_try_accepted=last_try_accepted
        ) as session:
            yield session


@pytest.fixture
def faulty(cards: TokenStore, ayse: str) -> Faulty:
    """Give the store of Ayşe's card, about to fail."""
    assert ayse
    assert cards.directory is not None
    return Faulty(cards.directory)


def ask(person: Person) -> None:
    """Enter the code."""
    person.enter(person.wait(CodeScreen).code, CODE)
    person.press("İleri")


@pytest.mark.parametrize(
    ("fault", "title", "again"),
    [
        (ReaderAbsent(), "Kart okuyucuyu bağlayın", True),
        (CardAbsent(), "Kartınızı takın", True),
        (StoreBusy(), "Kart meşgul", True),
        (DeviceFailed(support="CKR_GENERAL_ERROR"), "İşlem tamamlanamadı", True),
        (ModuleAbsent(module="/usr/lib/libakisp11.so"), "Kart sürücüsünü kurun", False),
    ],
)
def test_a_card_that_can_not_be_looked_at_costs_no_code(
    fault: SigningError,
    title: str,
    again: bool,  # noqa: FBT001 - a column of the table
    faulty: Faulty,
    open_person: Callable[..., Person],
    server: Server,
) -> None:
    faulty.faults["tokens"] = [fault]
    person = open_person(faulty)
    ask(person)
    person.condition(fault.code)
    assert title in person.text
    assert tell(fault).text in person.text
    assert server.asked == []
    person.shot(f"durum-{fault.code}")
    assert ("Yeniden dene" in person.buttons) == again
    if again:
        person.press("Yeniden dene")
        person.wait(DocumentScreen)


@pytest.mark.parametrize("fault", [ReaderAbsent, CardAbsent])
def test_a_card_that_is_put_in_is_seen_by_itself(
    fault: Callable[[], SigningError], faulty: Faulty, open_person: Callable[..., Person]
) -> None:
    faulty.faults["tokens"] = [fault(), fault()]
    person = open_person(faulty)
    ask(person)
    shown = person.condition(fault().code)
    assert "Hazır olduğunda kendiliğinden devam eder." in person.text
    person.wizard.retry()
    person.wizard.retry()
    assert person.screen is shown
    person.wait(DocumentScreen)


def test_an_empty_reader_is_told(open_person: Callable[..., Person], tmp_path: Path) -> None:
    person = open_person(kit.make_store(tmp_path / "empty"))
    ask(person)
    person.condition("token_absent")
    assert "Okuyucuda kart bulunamadı." in person.text


def test_a_card_of_another_house_is_not_recognised(
    open_person: Callable[..., Person], tmp_path: Path
) -> None:
    store = kit.make_store(tmp_path / "foreign")
    store.make_blank("MAGAZA-KARTI", kit.SO_PIN, kit.PIN)
    person = open_person(store)
    ask(person)
    person.condition("token_unknown")
    assert "Bu kart kullanılamıyor" in person.text
    person.shot("durum-token_unknown")


def test_the_card_of_another_person_is_told(person: Person, server: Server) -> None:
    server.claim = (200, claim_answer(tckn_masked="123******45"))
    read(person)
    person.press("İleri")
    person.condition("wrong_holder")
    assert "Kendi kartınızı takın" in person.text
    person.shot("durum-wrong_holder")
    person.press("Yeniden dene")
    person.condition("wrong_holder")


def test_an_expired_certificate_is_told_with_its_day(person: Person, server: Server) -> None:
    late = NOW + timedelta(days=900)
    server.claim = (
        200,
        claim_answer(
            server_time=late.isoformat(), expires_at=(late + timedelta(seconds=9)).isoformat()
        ),
    )
    read(person)
    person.press("İleri")
    person.condition("certificate_unusable")
    assert "Geçerlilik 22.10.2028 12:00 tarihinde bitti." in person.text
    assert person.buttons.keys() == {"Vazgeç"}
    person.shot("durum-certificate_unusable")


def test_a_wrong_pin_is_told_and_asked_for_again(
    cards_of: Callable[[str], TokenStore], open_person: Callable[..., Person]
) -> None:
    person = open_person(cards_of("YANLIS"))
    sign(person, "9999")
    person.condition("pin_wrong")
    assert "Kalan hakkınız azaldı." in person.text
    person.shot("durum-pin_wrong")
    person.press("Yeniden dene")
    again = person.wait(PinScreen)
    assert "Dikkat: daha önce yanlış PIN girildi" in person.text
    person.shot("4-pin-azaldi")
    person.enter(again.pin, kit.PIN)
    person.press("İmzala")
    person.wait(DoneScreen)


def test_a_pin_of_impossible_length_is_not_sent_to_the_card(person: Person) -> None:
    sign(person, "12")
    person.condition("pin_length")
    assert "PIN 4–16 haneli olmalıdır." in person.text
    person.shot("durum-pin_length")
    person.press("Yeniden dene")
    person.wait(PinScreen)
    assert "PIN deneme hakkınız tam." in person.text


@pytest.fixture
def cards_of(tmp_path: Path) -> Callable[[str], TokenStore]:
    """Make a store with one card of Ayşe's that a test may spoil."""

    def make(label: str) -> TokenStore:
        store = kit.make_store(tmp_path / label)
        kit.demo_card(store, kit.demo_authority(store), kit.order(label, 2**64 + 99))
        return store

    return make


def test_the_last_try_is_told_before_it_is_spent(
    cards_of: Callable[[str], TokenStore], open_person: Callable[..., Person]
) -> None:
    store = cards_of("SON")
    kit.mark_pin(store, "SON", TokenFlag.USER_PIN_FINAL_TRY)
    person = open_person(store)
    pin = to_the_pin(person)
    assert "Son deneme: bir kez daha yanlış girilirse kart kilitlenir." in person.text
    assert "Son deneme" in pin.pin.accessibleDescription()
    person.shot("4-pin-son-deneme")


@pytest.mark.parametrize(
    ("flag", "code", "title"),
    [
        (TokenFlag.USER_PIN_LOCKED, "pin_locked", "Kartınız kilitlendi"),
        (TokenFlag.USER_PIN_TO_BE_CHANGED, "pin_must_change", "PIN'i değiştirin"),
    ],
)
def test_a_pin_that_can_not_be_used_is_told_before_it_is_asked_for(
    flag: TokenFlag,
    code: str,
    title: str,
    cards_of: Callable[[str], TokenStore],
    open_person: Callable[..., Person],
) -> None:
    store = cards_of("DURUM")
    kit.mark_pin(store, "DURUM", flag)
    person = open_person(store)
    read(person)
    person.press("İleri")
    person.wait(CertificateScreen)
    person.press("İleri")
    person.condition(code)
    assert title in person.text
    assert "Yeniden dene" not in person.buttons
    person.shot(f"durum-{code}")


def test_a_card_that_leaves_while_it_signs_has_signed_nothing(
    faulty: Faulty, open_person: Callable[..., Person], server: Server
) -> None:
    faulty.faults["session"] = [CardRemoved()]
    person = open_person(faulty)
    sign(person)
    person.condition("card_removed")
    assert "Kartı yeniden takın" in person.text
    assert "İmza atılmadı." in person.text
    assert len(server.asked) == 1
    person.shot("durum-card_removed")
    person.press("Yeniden dene")
    person.wait(PinScreen)


def test_a_mistake_of_ours_is_a_support_code(
    faulty: Faulty, open_person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> list[TokenInfo]:
        raise ZeroDivisionError

    monkeypatch.setattr(faulty, "tokens", fail)
    person = open_person(faulty)
    ask(person)
    person.condition("device_error")
    assert "Destek kodu: ZeroDivisionError" in person.text
