"""Tokens, PINs and sessions, on real SoftHSM tokens wherever SoftHSM can show the condition."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, cast

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass, TokenFlag

from signing import errors, keys, library, softhsm, translate
from signing.keys import KeyKind
from signing.pin import Pin
from signing.session import TokenSession
from signing.tokens import TokenStore
from tests.signing import kit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from signing.authority import Authority
    from signing.production import ProductionOrder


@pytest.fixture
def blank(store: TokenStore, new_order: Callable[..., ProductionOrder]) -> str:
    """Give the label of a blank card of this test's own."""
    label = new_order().card.serial
    store.make_blank(label, kit.SO_PIN, kit.PIN)
    return label


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
        monkeypatch.setattr(library, "_activate", lambda _source, **_how: module)
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


def test_a_card_that_was_only_half_made_aside_never_shows(
    store: TokenStore, new_order: Callable[..., ProductionOrder]
) -> None:
    assert store.directory is not None
    softhsm.configure(store.directory, softhsm.STAGING)
    (store.directory / softhsm.STAGING / "half-made").mkdir()
    label = new_order().card.serial
    store.make_blank(label, kit.SO_PIN, kit.PIN)
    assert not list((store.directory / softhsm.STAGING).iterdir())
    assert not (store.directory / softhsm.TOKENS / "half-made").exists()
    assert store.token(label).pin_set


def test_an_unknown_label_is_an_absent_token(store: TokenStore) -> None:
    with pytest.raises(errors.TokenAbsent, match="Kartınızı takın.*YOK") as caught:
        store.token("YOK")
    assert caught.value.params["label"] == "YOK"
    assert caught.value.again


def test_a_wrong_pin_is_said_once_and_shows_on_the_card(store: TokenStore, blank: str) -> None:
    with pytest.raises(errors.PinWrong, match="PIN yanlış"), store.session(blank, "9999"):
        pass
    assert store.token(blank).tries_fewer
    with store.session(blank, kit.PIN) as session:
        assert session.key_ids() == set()
    assert not store.token(blank).tries_fewer


@pytest.mark.parametrize("pin", ["", "123", "12345678901234567"])
def test_a_pin_of_impossible_length_never_reaches_the_card(
    pin: str, store: TokenStore, blank: str
) -> None:
    with pytest.raises(errors.PinLength, match="PIN 4–16 haneli"), store.session(blank, pin):
        pass
    assert not store.token(blank).tries_fewer


def test_the_last_try_is_only_spent_when_the_person_was_told(store: TokenStore, blank: str) -> None:
    kit.mark_pin(store, blank, TokenFlag.USER_PIN_FINAL_TRY, TokenFlag.USER_PIN_COUNT_LOW)
    assert store.token(blank).last_try
    with pytest.raises(errors.PinLastTry, match="Son deneme"), store.session(blank, kit.PIN):
        pass
    with store.session(blank, kit.PIN, last_try_accepted=True) as session:
        assert session.label == blank


def test_a_locked_card_refuses_even_the_right_pin(store: TokenStore, blank: str) -> None:
    kit.mark_pin(store, blank, TokenFlag.USER_PIN_LOCKED)
    with pytest.raises(errors.PinLocked, match="Kartınız kilitlendi") as caught:
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
    with pytest.raises(errors.ReaderAbsent, match="Kart okuyucuyu bağlayın"):
        readers().tokens()


def test_an_empty_reader_holds_no_token(readers: Callable[..., TokenStore]) -> None:
    assert readers(pkcs11.TokenNotPresent()).tokens() == []


def test_a_card_of_another_make_is_not_recognised(readers: Callable[..., TokenStore]) -> None:
    with pytest.raises(errors.TokenUnknown, match="NES kartınızı takın"):
        readers(pkcs11.TokenNotRecognised(), pkcs11.TokenNotPresent()).token("KART")


class FakeToken:
    label = "KART"
    serial = b"1"
    flags = TokenFlag.TOKEN_INITIALIZED | TokenFlag.USER_PIN_INITIALIZED


def test_a_foreign_card_beside_ours_disturbs_nothing(readers: Callable[..., TokenStore]) -> None:
    found = readers(pkcs11.TokenNotRecognised(), FakeToken()).token("KART")
    assert found.label == "KART"


def test_two_cards_with_one_label_are_ambiguous(readers: Callable[..., TokenStore]) -> None:
    with pytest.raises(errors.TokenAmbiguous, match="Yalnız bir kart"):
        readers(FakeToken(), FakeToken()).token("KART")


def test_sessions_on_two_cards_may_be_open_at_once(
    store: TokenStore, blank: str, signer: kit.Signer
) -> None:
    label = signer.produced.card_serial
    with store.session(blank, kit.PIN) as one, store.session(label, kit.PIN) as two:
        assert one.key_ids() == set()
        assert two.key_ids() == {signer.produced.key_id}


def test_another_store_in_the_same_process_waits_for_open_sessions(
    store: TokenStore, blank: str, tmp_path: Path
) -> None:
    other = TokenStore(tmp_path / "other")
    with store.session(blank, kit.PIN), pytest.raises(errors.StoreBusy):
        other.make_blank("ELSE", kit.SO_PIN, kit.PIN)
    other.make_blank("ELSE", kit.SO_PIN, kit.PIN)
    assert [token.label for token in other.tokens()] == ["ELSE"]
    assert store.token(blank).label == blank


def test_a_refresh_inside_a_session_leaves_the_session_alone(store: TokenStore, blank: str) -> None:
    with store.session(blank, kit.PIN) as session:
        store.refresh()
        assert session.key_ids() == set()


OTHER_PROCESS = """
import sys
import threading
from pathlib import Path
sys.path.insert(0, ".")
from signing.tokens import TokenStore
TokenStore(Path(sys.argv[1])).make_blank(sys.argv[2], "12345678", "4321")
"""


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_card_that_another_process_made_is_seen(
    store: TokenStore, new_order: Callable[..., ProductionOrder]
) -> None:
    label = new_order().card.serial
    with pytest.raises(errors.TokenAbsent):
        store.token(label)
    done = run_python(OTHER_PROCESS, str(store.directory), label)
    assert done.returncode == 0, done.stderr
    with store.session(label, kit.PIN) as session:
        assert session.certificates() == {}


FORKING = """
import os, sys
from pathlib import Path
sys.path.insert(0, ".")
from signing.tokens import TokenStore
store = TokenStore(Path(sys.argv[1]))
store.make_blank("FORK", "12345678", "4321")
with store.session("FORK", "4321", write=True) as session:
    child = os.fork()
    if child == 0:
        with store.session("FORK", "4321") as own:
            os._exit(0 if own.key_ids() == set() else 3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert session.key_ids() == set()
"""


def test_the_child_of_a_fork_loads_the_module_for_itself(tmp_path: Path) -> None:
    done = run_python(FORKING, str(tmp_path / "tokens"))
    assert done.returncode == 0, done.stderr


def test_a_module_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "libakisp11.so"
    with pytest.raises(errors.ModuleAbsent, match="libakisp11.so"):
        TokenStore(None, path)


def test_a_file_that_is_no_module_is_named(tmp_path: Path) -> None:
    path = tmp_path / "libakisp11.so"
    path.write_bytes(b"not a library")
    with pytest.raises(errors.ModuleAbsent, match="libakisp11.so"):
        TokenStore(None, path).tokens()


def test_a_platform_without_a_known_place_asks_for_the_module() -> None:
    with pytest.raises(errors.ModuleAbsent, match="plan9"):
        softhsm.find_module(platform="plan9")


def test_softhsm_is_found_where_this_platform_keeps_it() -> None:
    assert softhsm.find_module().name.startswith("libsofthsm2")


def test_a_store_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("a file in the place of the folder")
    with pytest.raises(errors.StoreFull, match="Kart deposuna yazılamadı"):
        TokenStore(path)
    assert path.read_text() == "a file in the place of the folder"


def test_the_configuration_is_written_once_and_mended(tmp_path: Path) -> None:
    path = softhsm.configure(tmp_path / "tokens")
    before = path.stat().st_mtime_ns
    assert softhsm.configure(tmp_path / "tokens").stat().st_mtime_ns == before
    path.write_text("directories.tokendir = /elsewhere\n")
    softhsm.configure(tmp_path / "tokens")
    assert str((tmp_path / "tokens").resolve()) in path.read_text()


def test_a_store_whose_lock_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("a file in the place of the folder")
    with pytest.raises(errors.StoreFull), softhsm.exclusive(path, "produce"):
        pass


def test_the_lock_of_a_store_keeps_threads_and_processes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(softhsm, "LOCK_WAIT_SECONDS", 0.0)
    with softhsm.exclusive(tmp_path, "produce"):
        with pytest.raises(errors.StoreBusy), softhsm.exclusive(tmp_path, "produce"):
            pass
        code = (
            "import sys; sys.path.insert(0, '.');"
            "from pathlib import Path; from signing import softhsm, errors\n"
            "softhsm.LOCK_WAIT_SECONDS = 0.0\n"
            "try:\n with softhsm.exclusive(Path(sys.argv[1]), 'produce'): pass\n"
            "except errors.StoreBusy: sys.exit(7)\n"
        )
        assert run_python(code, str(tmp_path)).returncode == 7
    assert run_python(code, str(tmp_path)).returncode == 0


def test_a_label_that_does_not_fit_makes_no_card(store: TokenStore) -> None:
    before = store.tokens()
    with pytest.raises(errors.DeviceFailed):
        store.make_blank("X" * 33, kit.SO_PIN, kit.PIN)
    assert store.tokens() == before


def test_an_officer_pin_that_the_card_refuses_makes_no_card(store: TokenStore) -> None:
    before = store.tokens()
    with pytest.raises(errors.StoreFull):
        store.make_blank("SHORT-SO", "1", kit.PIN)
    assert store.tokens() == before


def test_blank_cards_are_only_made_in_a_store_of_ours(tmp_path: Path) -> None:
    foreign = TokenStore(None, softhsm.find_module())
    with pytest.raises(errors.DeviceFailed):
        foreign.make_blank("X", kit.SO_PIN, kit.PIN)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.EC_P384, KeyKind.RSA_2048])
def test_a_key_made_on_the_card_never_leaves_it(
    kind: KeyKind, store: TokenStore, blank: str
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        public = session.ensure_key(b"one", kind, "key")
        assert session.ensure_key(b"one", kind, "key").dump() == public.dump()
        raw = session._session  # noqa: SLF001 - the card itself is asked
        (private,) = raw.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        assert private[Attribute.SENSITIVE]
        assert private[Attribute.NEVER_EXTRACTABLE]
        assert not private[Attribute.EXTRACTABLE]
        secret = Attribute.PRIVATE_EXPONENT if "rsa" in kind else Attribute.VALUE
        with pytest.raises(pkcs11.AttributeSensitive):
            private[secret]
        assert session.key_ids() == {b"one"}


@pytest.mark.parametrize("lost", [ObjectClass.PUBLIC_KEY, ObjectClass.PRIVATE_KEY])
def test_half_a_key_is_made_anew(lost: ObjectClass, store: TokenStore, blank: str) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        before = session.ensure_key(b"one", KeyKind.EC_P256, "key")
        raw = session._session  # noqa: SLF001 - the card itself is damaged
        (half,) = raw.get_objects({Attribute.CLASS: lost})
        half.destroy()
        after = session.ensure_key(b"one", KeyKind.EC_P256, "key")
        assert after.dump() != before.dump()
        assert session.key_ids() == {b"one"}
        assert len(list(raw.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY}))) == 1


def test_a_key_is_found_by_its_id_and_never_by_being_first(store: TokenStore, blank: str) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        session.generate(b"one", KeyKind.EC_P256, "key")
        with pytest.raises(errors.KeyAbsent):
            session.sign(b"two", b"data", "sha256")
        with pytest.raises(errors.KeyAbsent):
            session.public_key(b"two")
        session.generate(b"one", KeyKind.EC_P256, "key")
        with pytest.raises(errors.KeyAbsent):
            session.sign(b"one", b"data", "sha256")


def test_a_digest_weaker_than_sha_256_is_not_even_known(store: TokenStore, blank: str) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        session.generate(b"ec", KeyKind.EC_P256, "key")
        session.generate(b"rsa", KeyKind.RSA_2048, "key")
        for key_id in (b"ec", b"rsa"):
            with pytest.raises(KeyError):
                session.sign(key_id, b"data", "sha1")


def test_two_certificates_with_one_id_are_refused(
    store: TokenStore, blank: str, authority: Authority
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        session.write_certificate(b"one", authority.root.der, "a")
        session.write_certificate(b"one", authority.issuing.der, "b")
        with pytest.raises(errors.CardInUse):
            session.certificates()


def test_certificates_show_without_a_pin_and_keys_do_not(
    store: TokenStore, signer: kit.Signer
) -> None:
    with store.browse(signer.produced.card_serial) as session:
        assert session.certificates()[signer.produced.key_id] == signer.produced.certificate
        assert session.key_ids() == set()


class RemovedCard:
    """A python-pkcs11 session whose card has just left the reader."""

    def get_objects(self, _wanted: object) -> Iterator[object]:
        raise pkcs11.DeviceRemoved


def test_a_card_removed_in_the_middle_says_that_nothing_was_signed() -> None:
    session = TokenSession(cast("pkcs11.Session", RemovedCard()), "KART")
    with pytest.raises(errors.CardRemoved, match="Kartı yeniden takın. İmza atılmadı"):
        session.sign(b"one", b"data", "sha256")


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
    found = subclasses(errors.SigningError)
    codes = [kind.code for kind in found]
    assert len(set(codes)) == len(codes)
    params = dict.fromkeys(
        [
            "module",
            "label",
            "min",
            "max",
            "support",
            "where",
            "reason",
            "field",
            "fields",
            "url",
            "title",
            "detail",
            "status",
        ],
        "x",
    )
    for kind in found:
        said = kind(**params)
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


def test_the_digest_follows_the_strength_of_the_key(store: TokenStore, blank: str) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        p256 = session.generate(b"256", KeyKind.EC_P256, "key")
        p384 = session.generate(b"384", KeyKind.EC_P384, "key")
    assert (keys.digest_for(p256), keys.digest_for(p384)) == ("sha256", "sha384")
    assert keys.signature_algorithm(p384)["algorithm"].native == "sha384_ecdsa"


def torn_certificate(session: TokenSession, key_id: bytes, value: bytes) -> None:
    raw = session._session  # noqa: SLF001 - an object as a killed writer leaves it
    raw.create_object(
        {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.PRIVATE: False,
            Attribute.ID: key_id,
            Attribute.SUBJECT: b"",
            Attribute.VALUE: value,
        }
    )


def test_torn_certificates_are_not_shown_and_can_be_cleared_away(
    store: TokenStore, blank: str, authority: Authority
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        session.write_certificate(b"whole", authority.root.der, "whole")
        session.generate(b"key", KeyKind.EC_P256, "key")
        session.generate(b"", KeyKind.EC_P256, "torn")
        torn_certificate(session, b"torn", authority.root.der[:100])
        torn_certificate(session, b"", authority.root.der)
        assert session.certificates().keys() == {b"whole"}
        assert session.key_ids() == {b"key", b""}
        session.clear_debris()
        assert session.certificates().keys() == {b"whole"}
        assert session.key_ids() == {b"key"}
        raw = session._session  # noqa: SLF001 - the card itself is asked
        left = [bytes(entry[Attribute.ID]) for entry in raw.get_objects({})]
        assert sorted(left) == [b"key", b"key", b"whole"]


class TornEntry:
    """An object on a card whose attributes a killed writer never wrote."""

    object_class = ObjectClass.CERTIFICATE

    def __init__(self, error: type[pkcs11.PKCS11Error]) -> None:
        self.error = error

    def __getitem__(self, _name: Attribute) -> bytes:
        raise self.error


class TornCard:
    """A python-pkcs11 session that finds only such objects."""

    def __init__(self, error: type[pkcs11.PKCS11Error]) -> None:
        self.error = error

    def get_objects(self, _wanted: object) -> Iterator[TornEntry]:
        yield TornEntry(self.error)


@pytest.mark.parametrize("error", [pkcs11.AttributeTypeInvalid, pkcs11.ObjectHandleInvalid])
def test_an_attribute_that_was_never_written_reads_as_empty(
    error: type[pkcs11.PKCS11Error],
) -> None:
    session = TokenSession(cast("pkcs11.Session", TornCard(error)), "KART")
    assert session.certificates() == {}
    assert session.key_ids() == {b""}


def test_another_answer_of_the_card_is_not_taken_for_an_empty_attribute() -> None:
    session = TokenSession(cast("pkcs11.Session", TornCard(pkcs11.DeviceRemoved)), "KART")
    with pytest.raises(errors.CardRemoved):
        session.key_ids()


def test_a_card_whose_halves_do_not_belong_together_gets_a_new_key(
    store: TokenStore, blank: str
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        session.generate(b"one", KeyKind.EC_P256, "one")
        session.generate(b"two", KeyKind.EC_P256, "two")
        raw = session._session  # noqa: SLF001 - the card itself is damaged
        for key_id, kind in ((b"one", ObjectClass.PUBLIC_KEY), (b"two", ObjectClass.PRIVATE_KEY)):
            (half,) = raw.get_objects({Attribute.CLASS: kind, Attribute.ID: key_id})
            half.destroy()
        (left,) = raw.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY})
        left[Attribute.ID] = b"one"
        before = session.public_key(b"one").dump()
        assert session.ensure_key(b"one", KeyKind.EC_P256, "one").dump() != before
        assert session.key_ids() == {b"one"}


def test_a_store_without_room_is_not_even_logged_into(store: TokenStore, tmp_path: Path) -> None:
    with pytest.raises(errors.StoreFull, match="Yer açın"):
        softhsm.check_room(tmp_path / "gone")
    assert store.directory is not None
    softhsm.check_room(store.directory)


def test_a_module_that_needs_no_store_of_ours_reads_its_own_configuration(
    store: TokenStore, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.directory is not None
    path = softhsm.configure(store.directory)
    monkeypatch.setenv(library.CONFIGURATION_VARIABLE, str(path))
    foreign = TokenStore(None, softhsm.find_module())
    with foreign.session(blank, kit.PIN) as session:
        assert session.key_ids() == set()


class StubbornModule:
    """A module that says that it was never initialised."""

    def finalize(self) -> None:
        raise pkcs11.PKCS11Error("CKR_CRYPTOKI_NOT_INITIALIZED")


def test_a_module_that_was_not_initialised_here_can_still_be_dropped(
    store: TokenStore, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.refresh()
    with monkeypatch.context() as patch:
        patch.setattr(library._process, "module", StubbornModule())  # noqa: SLF001
        store.refresh()
        assert store.token(blank).label == blank


def test_a_child_starts_with_a_free_lock_and_without_the_uses_of_its_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    process = library._Process(users=3)  # noqa: SLF001 - what a fork leaves
    lock = process.lock
    monkeypatch.setattr(library, "_process", process)
    library._forget()  # noqa: SLF001
    assert process.users == 0
    assert process.lock is not lock


def test_a_store_that_vanished_is_a_sentence_and_comes_back(tmp_path: Path) -> None:
    store = kit.make_store(tmp_path / "tokens")
    store.make_blank("CARD", kit.SO_PIN, kit.PIN)
    (tmp_path / "tokens").rename(tmp_path / "away")
    with pytest.raises(errors.SigningError), store.session("CARD", kit.PIN):
        pass
    with pytest.raises(errors.SigningError):
        store.tokens()
    with pytest.raises(errors.SigningError):
        store.make_blank("OTHER", kit.SO_PIN, kit.PIN)
    (tmp_path / "away").rename(tmp_path / "tokens")
    assert [token.label for token in store.tokens()] == ["CARD"]


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
        with pytest.raises(errors.DeviceFailed), store.session(blank, kit.PIN):
            pass
        assert session.key_ids() == set()
    with store.session(blank, kit.PIN) as session:
        assert session.key_ids() == set()
