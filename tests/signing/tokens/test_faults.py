"""What a failing token does to us: a typed refusal, nothing half-written, and the next use works.

Everything of ours runs as it is; the script (tests/kit/signing/faults.py) sits in the library
layer.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

import pkcs11
import pytest
from pkcs11 import TokenFlag

from signing import errors
from signing.app.words.refusals import REFUSALS
from signing.authority.production import ProductionOrder, produce
from signing.cms import cades
from signing.tokens import softhsm
from signing.tokens.card import holder_certificate, holder_certificates
from signing.tokens.keys import KeyKind
from signing.tokens.present import CardReader
from signing.tokens.slots import TokenStore
from signing.x509.profile import qualification
from tests.kit.signing import house as kit
from tests.kit.signing.faults import Script, scripted
from tests.kit.signing.house import NOW, carried
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signing.authority.demo import Authority


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, store: TokenStore) -> Iterator[Script]:
    with scripted(monkeypatch, store) as script:
        yield script


SIGNING = [
    ("login", pkcs11.PinIncorrect, errors.PinWrong),
    ("login", pkcs11.PinInvalid, errors.PinWrong),
    ("login", pkcs11.PinLenRange, errors.PinLength),
    ("login", pkcs11.PinLocked, errors.PinLocked),
    ("login", pkcs11.PinExpired, errors.PinMustChange),
    ("login", pkcs11.UserPinNotInitialized, errors.PinMustChange),
    ("login", pkcs11.TokenNotPresent, errors.TokenAbsent),
    ("login", pkcs11.DeviceRemoved, errors.CardRemoved),
    ("login", pkcs11.DeviceError, errors.DeviceFailed),
    ("get_objects", pkcs11.DeviceRemoved, errors.CardRemoved),
    ("get_objects", pkcs11.SessionClosed, errors.CardRemoved),
    ("read", pkcs11.DeviceRemoved, errors.CardRemoved),
    ("sign", pkcs11.DeviceRemoved, errors.CardRemoved),
    ("sign", pkcs11.TokenNotPresent, errors.TokenAbsent),
    ("sign", pkcs11.SessionHandleInvalid, errors.CardRemoved),
    ("sign", pkcs11.SessionClosed, errors.CardRemoved),
    ("sign", pkcs11.DeviceError, errors.DeviceFailed),
    ("sign", pkcs11.FunctionFailed, errors.DeviceFailed),
    ("sign", pkcs11.HostMemory, errors.DeviceFailed),
    ("sign", pkcs11.PinExpired, errors.PinMustChange),
    ("close", pkcs11.DeviceRemoved, errors.CardRemoved),
]


@pytest.mark.parametrize(("call", "fault", "refusal"), SIGNING)
def test_a_signature_that_fails_is_a_sentence_and_the_next_one_works(
    call: str,
    fault: type[pkcs11.PKCS11Error],
    refusal: type[errors.SigningError],
    script: Script,
    signer: kit.Signer,
) -> None:
    script.at(call, fault)
    with pytest.raises(refusal) as caught:
        signer.sign(b"text")
    assert type(caught.value) is refusal
    assert script.once == {}
    assert signer.sign(b"text")


def test_a_wrong_pin_is_sent_once_by_a_card_session_too(script: Script, signer: kit.Signer) -> None:
    script.at("login", pkcs11.PinIncorrect)
    with pytest.raises(errors.PinWrong):
        signer.sign(b"text")
    assert script.calls["login"] == 1


def test_what_failed_first_is_told_and_not_that_closing_failed_too(
    script: Script, signer: kit.Signer
) -> None:
    script.at("sign", pkcs11.DeviceRemoved)
    script.at("close", pkcs11.DeviceError)
    with pytest.raises(errors.CardRemoved):
        signer.sign(b"text")


def test_a_slow_card_signs_all_the_same(script: Script, signer: kit.Signer) -> None:
    waited: list[int] = []
    script.before("sign", lambda: waited.append(1))
    assert signer.sign(b"text")
    assert waited == [1]


FAULTS = [pkcs11.DeviceRemoved, pkcs11.DeviceError, pkcs11.DeviceMemory]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", ["login", "generate_keypair", "create_object", "sign", "close"])
def test_a_production_that_fails_at_any_call_is_carried_on_to_one_key_and_one_certificate(
    call: str,
    fault: type[pkcs11.PKCS11Error],
    script: Script,
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
) -> None:
    for n in range(1, 9):
        order = new_order()
        script.at(call, fault, n)
        try:
            produce(store, authority, order)
        except errors.SigningError as refusal:
            assert type(refusal) is not errors.SigningError  # noqa: PT017 - any typed one will do
        if script.once:
            # There is no n-th call of this name in a whole production.
            break
        made = produce(store, authority, order)
        assert carried(store, order) == ([order.key_id], [order.key_id])
        assert kit.Signer(store, made).sign(b"text")
    script.over()
    assert n > 1


@pytest.mark.parametrize("fault", [pkcs11.DeviceRemoved, pkcs11.GeneralError])
def test_a_production_that_fails_at_any_search_is_carried_on_too(
    fault: type[pkcs11.PKCS11Error],
    script: Script,
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
) -> None:
    for n in range(1, 40, 2):
        order = new_order()
        script.at("get_objects", fault, n)
        # Some searches are only those of a key that is tried, and that is then made anew.
        with suppress(errors.SigningError):
            produce(store, authority, order)
        if script.once:
            break
        produce(store, authority, order)
        assert carried(store, order) == ([order.key_id], [order.key_id])


@pytest.mark.parametrize(
    "fault", [pkcs11.DeviceRemoved, pkcs11.DeviceError, pkcs11.TokenNotPresent]
)
def test_a_key_that_can_not_be_tried_is_not_taken_for_a_torn_one(
    fault: type[pkcs11.PKCS11Error], script: Script, store: TokenStore, blank: str
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        before = session.ensure_key(b"one", KeyKind.EC_P256, "key").dump()
        script.at("sign", fault)
        with pytest.raises(errors.SigningError):
            session.ensure_key(b"one", KeyKind.EC_P256, "key")
        assert session.ensure_key(b"one", KeyKind.EC_P256, "key").dump() == before


def test_a_key_that_answers_nonsense_is_made_anew(
    script: Script, store: TokenStore, blank: str
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        before = session.ensure_key(b"one", KeyKind.EC_P256, "key").dump()
        script.at("sign", pkcs11.FunctionFailed)
        assert session.ensure_key(b"one", KeyKind.EC_P256, "key").dump() != before
        assert session.key_ids() == {b"one"}


@pytest.mark.parametrize("fault", [pkcs11.DeviceMemory, pkcs11.TokenWriteProtected])
def test_a_full_token_takes_neither_key_nor_certificate_and_says_so(
    fault: type[pkcs11.PKCS11Error],
    script: Script,
    store: TokenStore,
    blank: str,
    authority: Authority,
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        script.at("generate_keypair", fault)
        with refusing(errors.StoreFull, match="Kart deposuna yazılamadı"):
            session.generate(b"one", KeyKind.EC_P256, "key")
        script.at("create_object", fault)
        with pytest.raises(errors.StoreFull):
            session.write_certificate(b"one", authority.root.der, "a")
        assert (session.key_ids(), session.certificates()) == (set(), {})
        session.write_certificate(b"one", authority.root.der, "a")
        assert session.certificates().keys() == {b"one"}


def test_the_authority_signs_again_as_soon_as_its_token_does(
    script: Script, repeating: Authority, store: TokenStore
) -> None:
    order = kit.order("X", 2**70)
    with store.pooled(kit.REPEATING_LABEL, kit.PIN) as session:
        public = session.public_key(b"nes-test-issuing")
    script.at("sign", pkcs11.DeviceRemoved)
    with pytest.raises(errors.CardRemoved):
        repeating.issue(order.request, public)
    first = repeating.issue(order.request, public)
    script.at("sign", pkcs11.SessionClosed)
    assert repeating.issue(order.request, public) == first


# For each condition: the title, the refusal that only it has, and whether to try again helps.
CONDITIONS: list[tuple[str, type[errors.SigningError], bool]] = [
    ("Kart okuyucuyu bağlayın", errors.ReaderAbsent, True),
    ("Kartınızı takın", errors.TokenAbsent, True),
    ("Bu kart kullanılamıyor", errors.TokenUnknown, True),
    ("Kartı yeniden takın", errors.CardRemoved, True),
    ("PIN uzunluğunu denetleyin", errors.PinLength, True),
    ("PIN yanlış", errors.PinWrong, True),
    ("Son deneme", errors.PinLastTry, True),
    ("Kartınız kilitlendi", errors.PinLocked, False),
    ("PIN'i değiştirin", errors.PinMustChange, False),
    ("Kendi kartınızı takın", errors.WrongHolder, True),
    ("Sertifika geçerli değil", errors.CertificateUnusable, False),
    ("İşlem tamamlanamadı", errors.DeviceFailed, True),
]


@pytest.mark.parametrize(("title", "kind", "again"), CONDITIONS)
def test_each_condition_of_the_table_has_a_refusal_of_its_own(
    title: str, kind: type[errors.SigningError], *, again: bool
) -> None:
    assert (REFUSALS[kind.code][0], kind.again) == (title, again)
    assert [other for _, other, _ in CONDITIONS].count(kind) == 1


REACHED: list[tuple[str, type[pkcs11.PKCS11Error], type[errors.SigningError]]] = [
    ("get_token", pkcs11.TokenNotPresent, errors.TokenAbsent),
    ("get_token", pkcs11.TokenNotRecognised, errors.TokenUnknown),
    ("get_slots", pkcs11.SlotIDInvalid, errors.ReaderAbsent),
    ("get_slots", pkcs11.GeneralError, errors.DeviceFailed),
    ("sign", pkcs11.DeviceRemoved, errors.CardRemoved),
    ("login", pkcs11.PinLenRange, errors.PinLength),
    ("login", pkcs11.PinIncorrect, errors.PinWrong),
    ("login", pkcs11.PinLocked, errors.PinLocked),
    ("login", pkcs11.PinExpired, errors.PinMustChange),
    ("sign", pkcs11.DeviceError, errors.DeviceFailed),
]


@pytest.mark.parametrize(("call", "fault", "refusal"), REACHED)
def test_what_a_module_keeps_answering_is_told_each_time_until_it_ends(
    call: str,
    fault: type[pkcs11.PKCS11Error],
    refusal: type[errors.SigningError],
    script: Script,
    signer: kit.Signer,
) -> None:
    script.always(call, fault)
    for _ in range(2):
        with pytest.raises(refusal):
            signer.sign(b"text")
    script.over()
    assert signer.sign(b"text")


def test_a_module_that_fails_to_list_its_tokens_is_asked_anew_once(
    script: Script, signer: kit.Signer
) -> None:
    # As SoftHSM does when the file of some other token was torn behind its back.
    script.at("get_slots", pkcs11.GeneralError)
    assert signer.sign(b"text")
    assert script.once == {}


def test_readers_show_what_is_in_them(store: TokenStore, blank: str) -> None:
    readers = store.readers()
    labels = [reader.token.label for reader in readers if reader.token]
    assert blank in labels
    # SoftHSM always offers one more, without a card of ours.
    assert [(reader.token, reader.foreign) for reader in readers][-1] == (None, False)
    assert all("SoftHSM" in reader.name for reader in readers)


@pytest.mark.usefixtures("authority", "repeating", "blank")
def test_an_empty_reader_and_a_foreign_card_are_told_apart(
    script: Script, store: TokenStore
) -> None:
    script.at("get_token", pkcs11.TokenNotPresent, 1)
    script.at("get_token", pkcs11.TokenNotRecognised, 2)
    first, second, *others = store.readers()
    assert first == CardReader(first.name)
    assert second == CardReader(second.name, foreign=True)
    assert any(reader.token for reader in others)


class NoReaders:
    """A module without any slot."""

    def get_slots(self) -> list[object]:
        return []

    def finalize(self) -> None:
        """Know nothing to give back."""


def test_no_reader_at_all_is_its_own_refusal(
    store: TokenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pkcs11, "lib", lambda _so: NoReaders())
        for look in (store.readers, store.tokens):
            with pytest.raises(errors.ReaderAbsent):
                look()
    store.refresh()
    assert store.readers()


def test_the_certificates_of_a_card_tell_holder_issuer_validity_and_quality(
    store: TokenStore, signer: kit.Signer
) -> None:
    label = signer.produced.card_serial
    (found,) = holder_certificates(store, label)
    assert found == holder_certificate(store, label)
    assert (found.holder, found.issuer) == ("AYŞE YILMAZ", "TEST NES Sertifika Hizmet Sağlayıcısı")
    assert found.not_before < NOW < found.not_after
    assert qualification(found).qualified


def test_a_pin_can_be_set_after_a_wrong_one_left_its_session_behind(
    store: TokenStore, blank: str
) -> None:
    with pytest.raises(errors.PinWrong), store.session(blank, "9999"):
        pass
    store.unlock_pin(blank, kit.SO_PIN, "1111")
    with pytest.raises(errors.PinWrong), store.session(blank, "9999"):
        pass
    store.change_pin(blank, "1111", kit.PIN)
    with store.session(blank, kit.PIN) as session:
        assert session.key_ids() == set()


def test_another_path_of_the_module_works_unchanged(
    store: TokenStore, signer: kit.Signer, tmp_path: Path
) -> None:
    path = tmp_path / "libakisp11.so"
    shutil.copy(softhsm.find_module(), path)
    other = TokenStore(store.directory, path)
    label = signer.produced.card_serial
    assert [reader.token.label for reader in other.readers() if reader.token]
    certificate = holder_certificate(other, label)
    assert kit.Signer(other, signer.produced).sign(b"text")
    with other.pooled(label, kit.PIN) as session:
        assert cades.sign(session, certificate, b"text", NOW)
    assert kit.Signer(store, signer.produced).sign(b"text")


def test_last_try_and_locked_are_seen_before_any_pin_is_sent(
    script: Script, store: TokenStore, blank: str
) -> None:
    before = script.calls["login"]
    kit.mark_pin(store, blank, TokenFlag.USER_PIN_FINAL_TRY)
    with pytest.raises(errors.PinLastTry), store.session(blank, kit.PIN):
        pass
    kit.mark_pin(store, blank, TokenFlag.USER_PIN_LOCKED)
    with pytest.raises(errors.PinLocked), store.session(blank, kit.PIN):
        pass
    assert script.calls["login"] == before
