"""A holder gives his card a new PIN at the window, with a code of the purpose `pin`."""

from __future__ import annotations

import base64
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from pkcs11 import TokenFlag
from PySide6.QtCore import Qt

from signing.app.window.code import CodeScreen
from signing.app.window.document import DocumentScreen
from signing.app.window.new_pin import NewPinScreen
from signing.app.window.outcome import DoneScreen
from signing.app.words import Language
from signing.errors import CardRemoved, PinWrong, SigningError
from signing.tokens.slots import TokenStore
from signing.validation.validate import validate
from tests.kit.pins import shows
from tests.kit.signing import house as kit
from tests.kit.signing.house import NOW
from tests.signing.app.messages import ACCEPTED, PIN_TEXT, REFUSED, pin_answer
from tests.signing.window.person import until
from tests.signing.window.test_access import nameless
from tests.signing.window.test_way import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.tokens.pin import Pin
    from signing.tokens.present import TokenInfo
    from signing.tokens.session import TokenSession
    from signing.validation.trust import Revocation
    from tests.signing.app.small_server import Server
    from tests.signing.window.person import Person

NEW = "864209"
CARD = "KART-2"
DO = "PIN'i belirle ve imzala"


class Leaving(TokenStore):
    """Real cards, of which a test may take some out, or pull one out before it signs."""

    away: frozenset[str] = frozenset()
    faults: tuple[SigningError, ...] = ()

    def tokens(self) -> list[TokenInfo]:
        """Leave out what was taken out."""
        return [token for token in super().tokens() if token.label not in self.away]

    @contextmanager
    def session(
        self, label: str, pin: Pin | str, *, write: bool = False, last_try_accepted: bool = False
    ) -> Iterator[TokenSession]:
        """Fail as a test told, once for each fault."""
        if self.faults:
            fault, *rest = self.faults
            self.faults = tuple(rest)
            raise fault
        with super().session(
            label, pin, write=write, last_try_accepted=last_try_accepted
        ) as session:
            yield session


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with two cards, of which each test takes a copy."""
    folder = tmp_path_factory.mktemp("pattern")
    store = kit.make_store(folder)
    authority = kit.demo_authority(store)
    kit.demo_card(store, authority, kit.order("KART-1", 2**64 + 1))
    kit.demo_card(store, authority, kit.order(CARD, 2**64 + 2))
    return folder


@pytest.fixture
def own(pattern: Path, tmp_path: Path) -> Leaving:
    """Give a store with two cards that a test may spoil."""
    shutil.copytree(pattern, tmp_path / "own")
    return Leaving(tmp_path / "own")


@pytest.fixture
def holder(own: Leaving, open_person: Callable[..., Person], server: Server) -> Person:
    """Give somebody with a code for the PIN of his second card."""
    server.claim = (200, pin_answer(CARD))
    return open_person(own)


def to_the_new_pin(person: Person) -> NewPinScreen:
    """Go on to the new PIN."""
    read(person)
    person.press("İleri")
    return person.wait(NewPinScreen)


def enter(person: Person, new: str = NEW, repeat: str | None = None) -> None:
    """Enter the new PIN twice and have it set."""
    screen = person.wait(NewPinScreen)
    person.enter(screen.new, new)
    person.enter(screen.repeat, new if repeat is None else repeat)
    person.press(DO)


def opens(store: TokenStore, pin: str) -> bool:
    """Say whether a PIN opens the second card."""
    try:
        with store.session(CARD, pin, last_try_accepted=True):
            return True
    except PinWrong:
        return False


def test_the_holder_reads_sets_his_pin_and_is_done(
    holder: Person, own: Leaving, server: Server
) -> None:
    done = {"title": "Kartınızın PIN'i belirlendi.", "reference": "S000000123"}
    server.result = (200, ACCEPTED | done)
    read(holder)
    for part in ("Kart PIN'inin belirlenmesi", CARD, "292 saniye", server.url, PIN_TEXT.split()[0]):
        assert part in holder.text
    holder.shot("pin-belge")
    holder.press("İleri")
    screen = holder.wait(NewPinScreen)
    assert "AYŞE YILMAZ · KART-2" in holder.text
    assert "4–16 hane." in holder.text
    assert nameless(holder) == []
    holder.enter(screen.new, NEW)
    holder.enter(screen.repeat, NEW)
    assert NEW not in holder.text
    holder.shot("pin-yeni")
    holder.press(DO)
    assert (screen.new.text(), screen.repeat.text()) == ("", "")
    holder.wait(DoneScreen)
    assert "Kartınızın PIN'i belirlendi." in holder.text
    holder.shot("pin-sonuc")
    authority = kit.demo_authority(own)
    container = base64.b64decode(server.asked[1][1]["container"])
    assert validate(
        container, PIN_TEXT.encode(), trust=authority.trust, revocation=lists_of(authority), at=NOW
    ).qualified
    assert opens(own, NEW)
    assert not opens(own, kit.PIN)


def lists_of(authority: Authority) -> Revocation:
    """Give fresh lists of an authority."""
    return kit.revocation(authority)


def test_the_secret_is_nowhere_to_be_read_and_wiped_in_the_end(holder: Person) -> None:
    screen = to_the_new_pin(holder)
    assert not shows(holder.text, kit.SO_PIN)
    assert kit.SO_PIN not in screen.new.accessibleDescription()
    order = holder.wizard._order  # noqa: SLF001 - what is in memory is seen by nobody else
    assert order is not None
    secret = order.claim.unlock_secret
    assert secret is not None
    assert len(secret) == 8
    holder.press("Vazgeç")
    holder.condition("abandoned")
    assert len(secret) == 0


def test_the_keys_on_the_screen_type_where_the_focus_was_last(holder: Person) -> None:
    screen = to_the_new_pin(holder)
    assert holder.focused() is screen.new
    for digit in "8642":
        holder.press(digit)
    holder.key(Qt.Key.Key_Return)
    assert holder.focused() is screen.repeat
    for key in ("8", "6", "4", "2", "2", "Sil"):
        holder.press(key)
    assert (screen.new.text(), screen.repeat.text()) == ("8642", "8642")
    holder.press("Temizle")
    assert (screen.new.text(), screen.repeat.text()) == ("8642", "")


def test_the_keyboard_alone_is_enough(holder: Person, own: Leaving) -> None:
    screen = to_the_new_pin(holder)
    holder.enter(screen.new, NEW)
    holder.key(Qt.Key.Key_Tab)
    assert holder.focused() is screen.repeat
    holder.enter(screen.repeat, NEW)
    holder.key(Qt.Key.Key_Return)
    holder.wait(DoneScreen)
    assert opens(own, NEW)


@pytest.mark.parametrize(
    ("new", "repeat", "condition"),
    [
        (NEW, "864208", "pins_differ"),
        ("864", "864", "pin_length"),
        ("8" * 17,) * 2 + ("pin_length",),
    ],
)
def test_a_pin_that_will_not_do_is_told_before_the_card_is_touched(
    new: str, repeat: str, condition: str, holder: Person, own: Leaving
) -> None:
    to_the_new_pin(holder)
    enter(holder, new, repeat)
    holder.condition(condition)
    assert opens(own, kit.PIN)
    holder.press("Yeniden dene")
    enter(holder)
    holder.wait(DoneScreen)


def test_another_card_is_told_and_the_right_one_is_seen_by_itself(
    holder: Person, own: Leaving
) -> None:
    own.away = frozenset({CARD})
    read(holder)
    holder.press("İleri")
    holder.condition("other_card")
    assert f"Takılması gereken kart: {CARD}" in holder.text
    holder.shot("pin-baska-kart")
    own.away = frozenset()
    holder.wizard.retry()
    enter(holder)
    holder.wait(DoneScreen)


def test_a_card_that_leaves_before_it_signs_goes_on_with_the_same_code(
    holder: Person, own: Leaving, server: Server
) -> None:
    to_the_new_pin(holder)
    own.faults = (CardRemoved(),)
    enter(holder)
    holder.condition("pin_unproved")
    assert "PIN karta yazıldı, işlem bitmedi" in holder.text
    holder.shot("pin-yarim")
    assert len(server.asked) == 1
    assert opens(own, NEW)
    holder.press("Yeniden dene")
    enter(holder)
    holder.wait(DoneScreen)


def test_a_refused_secret_says_where_to_turn(holder: Person, own: Leaving, server: Server) -> None:
    server.claim = (200, pin_answer(CARD, "00000000"))
    to_the_new_pin(holder)
    enter(holder)
    holder.condition("secret_refused")
    assert "Kartı veren ofise başvurun." in holder.text
    assert "Yeniden dene" not in holder.buttons
    holder.shot("pin-kilit-acilamadi")
    assert opens(own, kit.PIN)


def test_a_locked_card_is_opened(holder: Person, own: Leaving) -> None:
    kit.mark_pin(own, CARD, TokenFlag.USER_PIN_LOCKED)
    to_the_new_pin(holder)
    enter(holder)
    holder.wait(DoneScreen)
    assert not own.token(CARD).locked


def test_a_denied_proof_asks_for_a_new_code(holder: Person, own: Leaving, server: Server) -> None:
    server.result = (422, REFUSED)
    to_the_new_pin(holder)
    enter(holder)
    holder.condition("server_refused")
    holder.press("Yeniden dene")
    holder.wait(CodeScreen)
    assert opens(own, NEW)


def test_a_proof_that_did_not_arrive_is_sent_again(holder: Person, server: Server) -> None:
    server.result = (503, REFUSED | {"status": 503})
    to_the_new_pin(holder)
    enter(holder)
    holder.condition("server_refused")
    server.result = (200, ACCEPTED)
    holder.press("Yeniden dene")
    holder.wait(DoneScreen)
    sent = [body["container"] for path, body in server.asked if path.endswith("result")]
    assert len(sent) == 2
    assert sent[0] == sent[1]


def test_the_time_ends_this_way_too_and_wipes_the_secret(holder: Person, own: Leaving) -> None:
    to_the_new_pin(holder)
    order = holder.wizard._order  # noqa: SLF001 - what is in memory is seen by nobody else
    holder.elapsed.seconds = 300
    holder.wizard.tick()
    holder.condition("time_up")
    assert order is not None
    assert order.claim.unlock_secret is not None
    assert len(order.claim.unlock_secret) == 0
    assert opens(own, kit.PIN)


def test_the_window_says_it_in_english_too(
    own: Leaving, open_person: Callable[..., Person], server: Server
) -> None:
    server.claim = (200, pin_answer(CARD))
    person = open_person(own, language=Language.ENGLISH)
    person.enter(person.wait(CodeScreen).code, "123456789012345")
    person.press("Next")
    person.wait(DocumentScreen)
    assert "Setting the PIN of the card" in person.text
    own.away = frozenset({CARD})
    person.press("Next")
    person.condition("other_card")
    assert f"The one to insert: {CARD}" in person.text
    own.away = frozenset()
    person.wizard.retry()
    screen = person.wait(NewPinScreen)
    assert "4–16 digits." in person.text
    own.faults = (CardRemoved(),)
    person.enter(screen.new, NEW)
    person.enter(screen.repeat, NEW)
    person.press("Set the PIN and sign")
    person.condition("pin_unproved")
    until(lambda: "enter the new PIN once more" in person.text)
