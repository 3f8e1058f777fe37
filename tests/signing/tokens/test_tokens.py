"""Tokens, PINs and refusals, on real SoftHSM tokens wherever SoftHSM can show the condition."""

from __future__ import annotations

import shutil
import threading
from string import Formatter
from typing import TYPE_CHECKING

import pkcs11
import pytest
from pkcs11 import TokenFlag

from signing import errors
from signing.app.words.refusals import REFUSALS, tell
from signing.tokens import library, softhsm, translate
from signing.tokens.pin import Pin
from signing.tokens.slots import TokenStore
from tests.kit.signing import house as kit
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signing.authority.production import ProductionOrder


class FakeSlot:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    def get_token(self) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class FakeModule:
    def __init__(self, *answers: object) -> None:
        self.answers = answers

    def get_slots(self) -> list[FakeSlot]:
        return [FakeSlot(answer) for answer in self.answers]


@pytest.fixture
def readers(
    monkeypatch: pytest.MonkeyPatch, store: TokenStore
) -> Iterator[Callable[..., TokenStore]]:
    """Let the store see card readers with these cards (or errors) in them."""

    def see(*answers: object) -> TokenStore:
        module = FakeModule(*answers)
        monkeypatch.setattr(library, "_activate", lambda _library, _source, **_how: module)
        return store

    yield see
    monkeypatch.undo()


def test_a_new_card_shows_its_label_and_the_state_of_its_pin(store: TokenStore, blank: str) -> None:
    info = store.token(blank)
    assert info.label == blank
    assert len(info.serial) == 16
    assert info.pin_set
    assert not (info.tries_fewer)
    assert not (info.last_try)
    assert not (info.locked)
    assert not (info.must_change)
    assert info in store.tokens()


def test_making_a_card_twice_keeps_the_first_one(store: TokenStore, blank: str) -> None:
    first = store.token(blank)
    store.make_blank(blank, "87654321", "1111")
    assert store.token(blank) == first
    with store.session(blank, kit.PIN) as session:
        assert session.key_ids() == set()


def test_a_card_without_a_pin_of_its_holder_is_not_tried(
    store: TokenStore, new_order: Callable[..., ProductionOrder]
) -> None:
    label = new_order().card.serial
    with library.use(store._source) as module:  # noqa: SLF001 - a card as no store of ours has
        softhsm.initialise(module, label, kit.SO_PIN.encode())
    assert not store.token(label).pin_set
    with pytest.raises(errors.PinMustChange), store.session(label, kit.PIN):
        pass


def test_an_unknown_label_is_an_absent_token(store: TokenStore) -> None:
    with refusing(errors.TokenAbsent, match="Kartınızı takın.*YOK") as caught:
        store.token("YOK")
    assert caught.value.params["label"] == "YOK"
    assert caught.value.again


def test_a_wrong_pin_is_said_once_and_shows_on_the_card(store: TokenStore, blank: str) -> None:
    with refusing(errors.PinWrong, match="PIN yanlış"), store.session(blank, "9999"):
        pass
    assert store.token(blank).tries_fewer
    with store.session(blank, kit.PIN) as session:
        assert session.key_ids() == set()
    assert not store.token(blank).tries_fewer


@pytest.mark.parametrize("pin", ["", "123", "12345678901234567"])
def test_a_pin_of_impossible_length_never_reaches_the_card(
    pin: str, store: TokenStore, blank: str
) -> None:
    with refusing(errors.PinLength, match="PIN 4–16 haneli"), store.session(blank, pin):
        pass
    assert not store.token(blank).tries_fewer


def test_the_last_try_is_only_spent_when_the_person_was_told(store: TokenStore, blank: str) -> None:
    kit.mark_pin(store, blank, TokenFlag.USER_PIN_FINAL_TRY, TokenFlag.USER_PIN_COUNT_LOW)
    assert store.token(blank).last_try
    with refusing(errors.PinLastTry, match="Son deneme"), store.session(blank, kit.PIN):
        pass
    with store.session(blank, kit.PIN, last_try_accepted=True) as session:
        assert session.label == blank


def test_a_locked_card_refuses_even_the_right_pin(store: TokenStore, blank: str) -> None:
    kit.mark_pin(store, blank, TokenFlag.USER_PIN_LOCKED)
    with refusing(errors.PinLocked, match="Kartınız kilitlendi") as caught:
        store.session(blank, kit.PIN).__enter__()
    assert not caught.value.again


def test_a_pin_that_must_change_is_not_used(store: TokenStore, blank: str) -> None:
    kit.mark_pin(store, blank, TokenFlag.USER_PIN_TO_BE_CHANGED)
    with pytest.raises(errors.PinMustChange), store.session(blank, kit.PIN):
        pass


def test_a_card_taken_away_is_absent(store: TokenStore, blank: str) -> None:
    serial = store.token(blank).serial
    assert store.directory is not None
    (folder,) = store.directory.glob(f"tokens/*{serial[:4]}-{serial[4:]}")
    shutil.rmtree(folder)
    store.refresh()
    with pytest.raises(errors.TokenAbsent), store.session(blank, kit.PIN):
        pass


def test_no_reader_at_all_is_said_so(readers: Callable[..., TokenStore]) -> None:
    with refusing(errors.ReaderAbsent, match="Kart okuyucuyu bağlayın"):
        readers().tokens()


def test_an_empty_reader_holds_no_token(readers: Callable[..., TokenStore]) -> None:
    assert readers(pkcs11.TokenNotPresent()).tokens() == []


def test_a_card_of_another_make_is_not_recognised(readers: Callable[..., TokenStore]) -> None:
    with refusing(errors.TokenUnknown, match="NES kartınızı takın"):
        readers(pkcs11.TokenNotRecognised(), pkcs11.TokenNotPresent()).token("KART")


class FakeToken:
    label = "KART"
    serial = b"1"
    flags = TokenFlag.TOKEN_INITIALIZED | TokenFlag.USER_PIN_INITIALIZED


def test_a_foreign_card_beside_ours_disturbs_nothing(readers: Callable[..., TokenStore]) -> None:
    found = readers(pkcs11.TokenNotRecognised(), FakeToken()).token("KART")
    assert found.label == "KART"


def test_two_cards_with_one_label_are_ambiguous(readers: Callable[..., TokenStore]) -> None:
    with refusing(errors.TokenAmbiguous, match="Yalnız bir kart"):
        readers(FakeToken(), FakeToken()).token("KART")


def test_sessions_on_two_cards_may_be_open_at_once(
    store: TokenStore, blank: str, signer: kit.Signer
) -> None:
    label = signer.produced.card_serial
    with store.session(blank, kit.PIN) as one, store.session(label, kit.PIN) as two:
        assert one.key_ids() == set()
        assert two.key_ids() == {signer.produced.key_id}


def test_a_file_that_is_no_module_is_named(tmp_path: Path) -> None:
    path = tmp_path / "libakisp11.so"
    path.write_bytes(b"not a library")
    with refusing(errors.ModuleAbsent, match="libakisp11.so"):
        TokenStore(None, path).tokens()


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (pkcs11.PinIncorrect, errors.PinWrong),
        (pkcs11.PinInvalid, errors.PinWrong),
        (pkcs11.PinLenRange, errors.PinLength),
        (pkcs11.PinLocked, errors.PinLocked),
        (pkcs11.PinExpired, errors.PinMustChange),
        (pkcs11.UserPinNotInitialized, errors.PinMustChange),
        (pkcs11.SlotIDInvalid, errors.ReaderAbsent),
        (pkcs11.TokenNotPresent, errors.TokenAbsent),
        (pkcs11.TokenNotRecognised, errors.TokenUnknown),
        (pkcs11.DeviceRemoved, errors.CardRemoved),
        (pkcs11.SessionHandleInvalid, errors.CardRemoved),
        (pkcs11.DeviceMemory, errors.StoreFull),
        (pkcs11.TokenWriteProtected, errors.StoreFull),
        (pkcs11.GeneralError, errors.DeviceFailed),
        (pkcs11.MechanismInvalid, errors.DeviceFailed),
    ],
)
def test_each_answer_of_a_module_has_its_own_sentence(
    code: type[pkcs11.PKCS11Error], refusal: type[errors.SigningError]
) -> None:
    found = translate.meaning(code(), "KART")
    assert type(found) is refusal
    assert "{" not in str(found)


@pytest.mark.parametrize("code", [pkcs11.GeneralError, pkcs11.FunctionFailed, pkcs11.DeviceError])
def test_a_failed_write_means_that_the_store_is_full(code: type[pkcs11.PKCS11Error]) -> None:
    assert type(translate.meaning(code(), "KART", writing=True)) is errors.StoreFull


def test_every_refusal_has_a_code_of_its_own_and_a_turkish_sentence() -> None:
    # Other rooms have refusals of their own, with words of their own.
    every = subclasses(errors.SigningError)
    found = [kind for kind in every if kind.__module__.startswith("signing.")]
    # One that says the same more exactly, for another reader, keeps the code of its parent.
    codes = [kind.code for kind in found if "code" in vars(kind)]
    assert len(set(codes)) == len(codes)
    spoken = [" ".join(REFUSALS[kind.wording or kind.code]) for kind in found]
    params = {name: "x" for text in spoken for _, name, _, _ in Formatter().parse(text) if name}
    for kind in found:
        said = tell(kind(**params))
        assert said.title
        assert said.text
        assert "\n" not in str(said)


def subclasses(kind: type[errors.SigningError]) -> list[type[errors.SigningError]]:
    import signing.app.errors  # noqa: F401, PLC0415 - so that its kinds are known too

    return [kind] + [found for child in kind.__subclasses__() for found in subclasses(child)]


def test_a_pin_never_shows_and_is_gone_once_cleared() -> None:
    pin = Pin("4321")
    assert "4321" not in f"{pin!r} {pin}"
    assert (len(pin), pin.encode("utf-8")) == (4, b"4321")
    buffer = pin._bytes  # noqa: SLF001 - the very buffer is looked at
    pin.clear()
    assert (len(pin), bytes(buffer)) == (0, b"")


def test_a_session_takes_a_pin_object_as_well_as_a_text(store: TokenStore, blank: str) -> None:
    with store.session(blank, Pin(kit.PIN)) as session:
        assert session.key_ids() == set()


def test_threads_with_one_card_wait_for_each_other(signer: kit.Signer) -> None:
    done: list[bytes] = []

    def work() -> None:
        done.extend(signer.sign(b"text") for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 20
    # ECDSA signs with a fresh random number each time: no answer went to two threads.
    assert len(set(done)) == 20


def test_a_session_is_closed_and_logged_out_whatever_happens_inside(
    store: TokenStore, blank: str
) -> None:
    class Sudden(Exception):
        pass

    for _ in range(2):
        with pytest.raises(Sudden), store.session(blank, kit.PIN):
            raise Sudden
    with pytest.raises(errors.PinWrong), store.session(blank, "9999"):
        pass


def test_a_second_login_on_an_open_card_is_refused_and_leaves_the_first(
    store: TokenStore, blank: str
) -> None:
    with store.session(blank, kit.PIN) as session:
        with pytest.raises(errors.StoreBusy), store.session(blank, kit.PIN):
            pass
        assert session.key_ids() == set()
    with store.session(blank, kit.PIN) as session:
        assert session.key_ids() == set()
