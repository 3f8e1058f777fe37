"""A holder gives his card a new PIN with the secret that a claim handed out, and proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pkcs11
import pytest
from pkcs11 import TokenFlag

from signing.app import flow, pins
from signing.app.client import Service
from signing.app.errors import (
    AnswerMalformed,
    CardAbsent,
    OtherCard,
    PinsDiffer,
    PinUnproved,
    PurposeUnknown,
    SecretRefused,
    TimeUp,
)
from signing.app.protocol import VERSION, VERSION_HEADER, Claim
from signing.app.purpose import SignaturePurpose
from signing.app.words.refusals import tell
from signing.errors import (
    CardRemoved,
    CertificateUnusable,
    PinLength,
    PinWrong,
    TokenUnknown,
    WrongHolder,
)
from signing.tokens.pin import Pin
from signing.validation.validate import validate
from tests.kit.signing import house as kit
from tests.kit.signing.faults import scripted
from tests.kit.signing.house import NOW
from tests.kit.signing.refusing import refusing
from tests.signing.app.messages import PIN_TEXT, claim_answer, pin_answer
from tests.signing.app.small_server import Server, server
from tests.signing.app.terminal import at_home

if TYPE_CHECKING:
    from collections.abc import Callable

    from signing.authority.demo import Authority
    from signing.authority.production import ProductionOrder
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation

__all__ = ["at_home", "server"]

NEW = "864209"


@pytest.fixture
def card(store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]) -> str:
    """Give the label of a card of this test's own."""
    return kit.demo_card(store, authority, new_order()).produced.card_serial


def ordered(card: str, **other: object) -> flow.Order:
    """Give a claimed code for the PIN of a card."""
    return flow.Order(Claim.parse(pin_answer(card, **other)), 0.0, "https://nes.example")  # type: ignore[arg-type]


def make(store: TokenStore, card: str, order: flow.Order, new: Pin | None = None) -> bytes:
    """Go the way from the claim to the container."""
    held = pins.find(store, ordered(card).claim)
    return pins.make(store, held, order, new or Pin(NEW), lambda: 0.0)


def opens(store: TokenStore, card: str, pin: str) -> bool:
    """Say whether a PIN opens the card."""
    try:
        with store.session(card, pin, last_try_accepted=True):
            return True
    except PinWrong:
        return False


# The claim


def test_a_claim_for_a_pin_names_the_card_and_hides_the_secret(card: str) -> None:
    claim = ordered(card).claim
    assert (claim.purpose, claim.card) == (SignaturePurpose.PIN, card)
    assert claim.unlock_secret is not None
    assert claim.unlock_secret.encode().decode() == kit.SO_PIN
    assert kit.SO_PIN not in repr(claim)
    claim.forget()
    assert len(claim.unlock_secret) == 0


@pytest.mark.parametrize("name", ["card", "unlock_secret"])
@pytest.mark.parametrize("value", [None, "", 7, "a\nb"])
def test_a_claim_for_a_pin_without_card_or_secret_is_not_understood(
    name: str, value: object
) -> None:
    with pytest.raises(AnswerMalformed) as caught:
        Claim.parse({**pin_answer("KART-1"), name: value})
    assert caught.value.params["field"] == name


@pytest.mark.parametrize("name", ["card", "unlock_secret"])
def test_a_secret_that_comes_with_another_purpose_is_not_taken(name: str) -> None:
    with pytest.raises(AnswerMalformed) as caught:
        Claim.parse(claim_answer(**{name: "12345678"}))
    assert caught.value.params["field"] == name


def test_a_claim_of_another_purpose_has_nothing_to_forget() -> None:
    claim = Claim.parse(claim_answer())
    claim.forget()
    assert (claim.card, claim.unlock_secret) == (None, None)


def test_a_purpose_of_a_later_server_asks_for_a_newer_program() -> None:
    with pytest.raises(PurposeUnknown) as caught:
        Claim.parse(claim_answer(purpose="something_new"))
    assert "daha yeni bir sürümü gerekir" in tell(caught.value).text


def test_the_program_says_which_messages_it_knows(service: Service) -> None:
    # requests is asked itself: this is what goes out with every request.
    assert service._session.headers[VERSION_HEADER] == str(VERSION)  # noqa: SLF001 - see above
    assert VERSION >= 4


@pytest.fixture
def service(server: Server) -> Service:
    """Give the program's side of the connection."""
    client = Service(server.url)
    client.close()
    return client


# The two entries of the new PIN


def test_a_pin_that_was_entered_twice_the_same_is_taken() -> None:
    new, repeat = Pin(NEW), Pin(NEW)
    assert pins.agreed(new, repeat) is new
    assert (new.encode(), len(repeat)) == (NEW.encode(), 0)


@pytest.mark.parametrize(
    ("new", "repeat", "refusal"),
    [
        (NEW, "864208", PinsDiffer),
        ("864", "864", PinLength),
        ("8" * 17, "8" * 17, PinLength),
        ("", "", PinLength),
        ("864", "865", PinsDiffer),
    ],
)
def test_a_pin_that_will_not_do_is_refused_and_wiped(
    new: str, repeat: str, refusal: type[Exception]
) -> None:
    both = Pin(new), Pin(repeat)
    with pytest.raises(refusal):
        pins.agreed(*both)
    assert [len(pin) for pin in both] == [0, 0]


@pytest.mark.parametrize("pin", ["8642", "8" * 16])
def test_the_shortest_and_the_longest_pin_are_taken(pin: str) -> None:
    assert pins.agreed(Pin(pin), Pin(pin)).encode() == pin.encode()


# The card


def test_the_card_of_the_claim_is_found_among_others_even_when_it_is_locked(
    store: TokenStore, card: str
) -> None:
    kit.mark_pin(store, card, TokenFlag.USER_PIN_LOCKED)
    held = pins.find(store, ordered(card).claim)
    assert held.token.label == card
    assert held.token.locked


def test_a_card_is_found_by_the_serial_number_of_its_token_too(
    store: TokenStore, card: str
) -> None:
    serial = store.token(card).serial
    assert pins.find(store, ordered(serial).claim).token.label == card


def test_another_card_is_told_and_nothing_is_sent_to_it(
    store: TokenStore, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(monkeypatch, store) as script, pytest.raises(OtherCard) as caught:
        pins.find(store, ordered("KART-YOK").claim)
    assert caught.value.params == {"card": "KART-YOK"}
    assert (script.calls["login"], script.calls["init_pin"]) == (0, 0)
    assert opens(store, card, kit.PIN)


def test_no_card_at_all_is_told(store: TokenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "tokens", list)
    with pytest.raises(CardAbsent):
        pins.find(store, ordered("KART-1").claim)


def test_a_card_without_a_certificate_can_prove_nothing(
    store: TokenStore, new_order: Callable[..., ProductionOrder]
) -> None:
    label = new_order().card.serial
    store.make_blank(label, kit.SO_PIN, kit.PIN)
    with pytest.raises(TokenUnknown):
        pins.find(store, ordered(label).claim)


def test_the_card_of_another_person_can_prove_nothing(store: TokenStore, card: str) -> None:
    with pytest.raises(WrongHolder):
        pins.find(store, ordered(card, tckn_masked="123******45").claim)


def test_a_card_that_has_not_begun_can_prove_nothing(store: TokenStore, card: str) -> None:
    early = {"server_time": (NOW - 100 * kit.DAY).isoformat()}
    with pytest.raises(CertificateUnusable):
        pins.find(store, ordered(card, **early).claim)


# Setting and proving


def test_the_new_pin_opens_the_card_and_has_signed_the_text(
    store: TokenStore, card: str, authority: Authority, lists: Revocation
) -> None:
    order, new = ordered(card), Pin(NEW)
    container = make(store, card, order, new)
    verdict = validate(
        container, PIN_TEXT.encode(), trust=authority.trust, revocation=lists, at=NOW
    )
    assert verdict.qualified
    assert opens(store, card, NEW)
    assert not opens(store, card, kit.PIN)
    assert order.claim.unlock_secret is not None
    assert (len(new), len(order.claim.unlock_secret)) == (0, 0)


def test_it_can_be_done_twice(store: TokenStore, card: str) -> None:
    make(store, card, ordered(card))
    make(store, card, ordered(card), Pin("975310"))
    assert opens(store, card, "975310")


def test_a_refused_secret_leaves_the_pin_and_tells_where_to_turn(
    store: TokenStore, card: str
) -> None:
    order, new = ordered(card, secret="00000000"), Pin(NEW)
    with pytest.raises(SecretRefused) as caught:
        make(store, card, order, new)
    assert "PIN değişmedi. Kartı veren ofise başvurun." in tell(caught.value).text
    assert not caught.value.again
    assert opens(store, card, kit.PIN)
    assert len(new) == 0


def test_a_locked_secret_is_a_refused_one(
    store: TokenStore, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = pins.find(store, ordered(card).claim)
    with scripted(monkeypatch, store) as script:
        script.at("login", pkcs11.PinLocked)
        with pytest.raises(SecretRefused):
            pins.make(store, held, ordered(card), Pin(NEW), lambda: 0.0)
    assert opens(store, card, kit.PIN)


def test_a_card_that_was_exchanged_meanwhile_gets_no_secret(
    store: TokenStore, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = pins.find(store, ordered(card).claim)
    others = [token for token in store.tokens() if token.label != card]
    monkeypatch.setattr(store, "tokens", lambda: others)
    sent: list[object] = []
    monkeypatch.setattr(store, "unlock_pin", lambda *given: sent.append(given))
    with pytest.raises(OtherCard):
        pins.make(store, held, ordered(card), Pin(NEW), lambda: 0.0)
    assert sent == []


def test_a_card_that_leaves_before_the_pin_is_set_keeps_the_old_one(
    store: TokenStore, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, order = pins.find(store, ordered(card).claim), ordered(card)
    with scripted(monkeypatch, store) as script:
        script.at("init_pin", pkcs11.DeviceRemoved)
        with pytest.raises(CardRemoved):
            pins.make(store, held, order, Pin(NEW), lambda: 0.0)
    assert opens(store, card, kit.PIN)
    assert make(store, card, order)


def test_a_card_that_leaves_between_setting_and_signing_can_go_on_with_the_same_claim(
    store: TokenStore, card: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, order, new = pins.find(store, ordered(card).claim), ordered(card), Pin(NEW)
    with scripted(monkeypatch, store) as script:
        script.at("login", pkcs11.DeviceRemoved, n=2)
        with pytest.raises(PinUnproved) as caught:
            pins.make(store, held, order, new, lambda: 0.0)
    said = tell(caught.value).text
    assert "İmza atılmadı. Kart okuyucudayken yeni PIN'i bir kez daha girin." in said
    assert len(new) == 0
    assert opens(store, card, NEW)
    assert make(store, card, order)


def test_a_code_that_ran_out_sets_nothing(store: TokenStore, card: str) -> None:
    held, new = pins.find(store, ordered(card).claim), Pin(NEW)
    with pytest.raises(TimeUp):
        pins.make(store, held, ordered(card), new, lambda: 292.0)
    assert opens(store, card, kit.PIN)
    assert len(new) == 0


def test_a_code_that_runs_out_between_setting_and_signing_has_set_the_pin(
    store: TokenStore, card: str
) -> None:
    held, times = pins.find(store, ordered(card).claim), iter([291.0, 292.0])
    with refusing(PinUnproved, match="Süre doldu"):
        pins.make(store, held, ordered(card), Pin(NEW), lambda: next(times))
    assert opens(store, card, NEW)


def test_a_forgotten_secret_sets_nothing(store: TokenStore, card: str) -> None:
    order = ordered(card)
    order.claim.forget()
    with pytest.raises(TimeUp):
        make(store, card, order)
    assert opens(store, card, kit.PIN)
