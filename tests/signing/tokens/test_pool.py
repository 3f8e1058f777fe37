"""Office keys: logged in once, opened anew when stale, never a wrong PIN twice, forks, threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pkcs11
import pytest

from signing import errors
from signing.tokens import keys, library, pool
from signing.tokens.breaker import BreakerLimits
from signing.tokens.keys import KeyKind, Padding
from signing.tokens.pin import Pin
from signing.tokens.slots import TokenStore
from tests.kit.signing import house as kit
from tests.kit.signing.faults import Clock, Script, scripted
from tests.signing.tokens.test_store import run_python

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.tokens.session import TokenSession

KEY = b"seal"
DATA = b"an office document"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(store: TokenStore, blank: str, clock: Clock) -> TokenStore:
    """Give a store of three failures' patience; the blank card holds an office key."""
    with store.session(blank, kit.PIN, write=True) as session:
        session.generate(KEY, KeyKind.EC_P256, "seal")
        session.generate(b"other", KeyKind.EC_P256, "other")
    patience = BreakerLimits(failures=3, rest=30.0, slow=5.0)
    return TokenStore(store.directory, seconds=clock, patience=patience)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, office: TokenStore) -> Iterator[Script]:
    with scripted(monkeypatch, office) as script:
        yield script


def sign(office: TokenStore, label: str, pin: Pin | str = kit.PIN) -> bytes:
    with office.pooled(label, pin) as session:
        return session.sign(KEY, DATA, "sha256")


def right(office: TokenStore, label: str, signature: bytes) -> bool:
    with office.pooled(label, kit.PIN) as session:
        return keys.verify(session.public_key(KEY), DATA, signature)


def test_many_signatures_cost_one_login(office: TokenStore, blank: str, script: Script) -> None:
    made = [sign(office, blank) for _ in range(5)]
    assert all(right(office, blank, signature) for signature in made)
    assert (script.calls["login"], script.calls["sign"]) == (1, 5)
    assert script.calls["close"] == 0


def test_a_key_is_searched_once_for_each_open_session(
    office: TokenStore, blank: str, script: Script
) -> None:
    sign(office, blank)
    searches = script.calls["get_objects"]
    sign(office, blank)
    assert script.calls["get_objects"] == searches == 1


def test_an_office_key_signs_with_pss_too(office: TokenStore, blank: str) -> None:
    with office.session(blank, kit.PIN, write=True) as session:
        session.generate(b"rsa", KeyKind.RSA_2048, "seal")
    with office.pooled(blank, kit.PIN) as session:
        signature = session.sign(b"rsa", DATA, "sha256", Padding.PSS)
        assert keys.verify(session.public_key(b"rsa"), DATA, signature, Padding.PSS)
        assert session.key_ids() == {KEY, b"other", b"rsa"}
        assert session.certificates() == {}


def test_the_session_is_shared_by_all_stores_of_the_process(
    office: TokenStore, store: TokenStore, blank: str, script: Script
) -> None:
    sign(office, blank)
    assert right(store, blank, sign(store, blank))
    assert script.calls["login"] == 1


def test_an_initialisation_of_the_library_ends_the_session_and_the_next_use_opens_it(
    office: TokenStore, blank: str, script: Script
) -> None:
    sign(office, blank)
    office.refresh()
    assert right(office, blank, sign(office, blank))
    assert script.calls["login"] == 2


def test_a_session_of_its_own_takes_the_place_of_the_one_that_was_kept(
    office: TokenStore, blank: str, script: Script
) -> None:
    sign(office, blank)
    with office.session(blank, kit.PIN, write=True) as session:
        session.discard_key(b"other")
    with office.pooled(blank, kit.PIN) as session:
        assert session.key_ids() == {KEY}
    assert script.calls["login"] == 3


def test_a_login_in_the_middle_of_a_pooled_use_is_refused_and_disturbs_nothing(
    office: TokenStore, blank: str
) -> None:
    with office.pooled(blank, kit.PIN) as session:
        session.sign(KEY, DATA, "sha256")
        with pytest.raises(errors.StoreBusy), office.session(blank, kit.PIN):
            pass
        assert session.key_ids() == {KEY, b"other"}


def test_a_pooled_session_writes_nothing(
    office: TokenStore, blank: str, authority: Authority
) -> None:
    with office.pooled(blank, kit.PIN) as session:
        assert session.key_ids() == {KEY, b"other"}
        with pytest.raises(errors.StoreFull):
            session.write_certificate(b"x", authority.root.der, "x")
        assert session.certificates() == {}


@pytest.mark.parametrize("error", pool.STALE)
def test_a_stale_session_is_opened_anew_once_and_the_work_is_done(
    error: type[pkcs11.PKCS11Error], office: TokenStore, blank: str, script: Script
) -> None:
    sign(office, blank)
    script.at("sign", error)
    assert right(office, blank, sign(office, blank))
    assert script.calls["login"] == 2


def test_a_session_that_stays_stale_is_not_opened_a_third_time(
    office: TokenStore, blank: str, script: Script
) -> None:
    sign(office, blank)
    script.always("sign", pkcs11.SessionClosed)
    with pytest.raises(errors.CardRemoved):
        sign(office, blank)
    assert script.calls["login"] == 2
    script.over()
    assert right(office, blank, sign(office, blank))


def test_a_session_that_somebody_closed_is_opened_anew(office: TokenStore, blank: str) -> None:
    first = sign(office, blank)
    found = pool.seat(office._source, blank).living()  # noqa: SLF001 - closed behind its back
    assert found is not None
    found.session.close()
    second = sign(office, blank)
    assert first != second
    assert right(office, blank, second)


def test_a_key_that_is_not_there_is_absent_and_costs_no_more_than_one_new_look(
    office: TokenStore, blank: str, script: Script
) -> None:
    with office.pooled(blank, kit.PIN) as session, pytest.raises(errors.KeyAbsent):
        session.sign(b"none", DATA, "sha256")
    assert script.calls["login"] == 2
    assert right(office, blank, sign(office, blank))


def test_a_wrong_pin_is_sent_once_and_never_again(
    office: TokenStore, blank: str, script: Script
) -> None:
    for _ in range(5):
        with pytest.raises(errors.PinWrong):
            sign(office, blank, "9999")
    assert script.calls["login"] == 1
    assert right(office, blank, sign(office, blank))
    assert script.calls["login"] == 2
    with pytest.raises(errors.PinWrong):
        sign(office, blank, Pin("9999"))
    assert script.calls["login"] == 2


def test_an_open_session_is_not_given_to_who_has_another_pin(
    office: TokenStore, blank: str
) -> None:
    sign(office, blank)
    with pytest.raises(errors.PinWrong):
        sign(office, blank, "1111")
    assert right(office, blank, sign(office, blank, Pin(kit.PIN)))
    assert right(office, blank, sign(office, blank, Pin(kit.PIN)))


def test_a_locked_or_too_short_pin_is_not_even_sent(
    office: TokenStore, blank: str, script: Script
) -> None:
    with pytest.raises(errors.PinLength):
        sign(office, blank, "12")
    kit.mark_pin(office, blank, pkcs11.TokenFlag.USER_PIN_LOCKED)
    with pytest.raises(errors.PinLocked):
        sign(office, blank)
    assert script.calls["login"] == 0


def test_after_three_failures_the_device_is_left_alone_and_then_probed_once(
    office: TokenStore, blank: str, script: Script, clock: Clock
) -> None:
    script.always("sign", pkcs11.DeviceError)
    for _ in range(3):
        with pytest.raises(errors.DeviceFailed):
            sign(office, blank)
    asked = script.calls.copy()
    with pytest.raises(errors.DeviceResting):
        sign(office, blank)
    assert script.calls == asked
    clock.now += 30
    with pytest.raises(errors.DeviceFailed):
        sign(office, blank)
    assert script.calls["sign"] == asked["sign"] + 1
    with pytest.raises(errors.DeviceResting):
        sign(office, blank)
    script.over()
    clock.now += 30
    assert right(office, blank, sign(office, blank))


def test_one_token_at_rest_does_not_stop_another(
    office: TokenStore, blank: str, script: Script, signer: kit.Signer
) -> None:
    script.always("sign", pkcs11.DeviceError)
    for _ in range(3):
        with pytest.raises(errors.DeviceFailed):
            sign(office, blank)
    script.over()
    with office.pooled(signer.produced.card_serial, kit.PIN) as session:
        assert session.sign(signer.produced.key_id, DATA, "sha256")


def test_slow_signatures_are_good_and_tire_the_breaker(
    office: TokenStore, blank: str, script: Script, clock: Clock
) -> None:
    sign(office, blank)

    def slowly() -> None:
        clock.now += 6

    script.before("sign", slowly)
    made = [sign(office, blank) for _ in range(3)]
    with pytest.raises(errors.DeviceResting):
        sign(office, blank)
    script.over()
    clock.now += 30
    assert all(right(office, blank, signature) for signature in made)


def test_a_module_that_can_not_be_loaded_counts_against_the_device(
    tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "libakisp11.so"
    path.write_bytes(b"not a library")
    broken = TokenStore(None, path, seconds=clock)
    for _ in range(3):
        with pytest.raises(errors.ModuleAbsent):
            sign(broken, "X")
    with pytest.raises(errors.DeviceResting):
        sign(broken, "X")


def test_a_store_that_is_busy_says_nothing_about_the_device(
    office: TokenStore, blank: str, tmp_path: Path, clock: Clock
) -> None:
    other = TokenStore(tmp_path / "other", seconds=clock)
    with office.session(blank, kit.PIN):
        for _ in range(4):
            with pytest.raises(errors.StoreBusy):
                sign(other, "X")


def test_a_folder_that_went_away_and_came_back_needs_nobody(tmp_path: Path, clock: Clock) -> None:
    store = TokenStore(tmp_path / "tokens", seconds=clock)
    store.make_blank("OFFICE", kit.SO_PIN, kit.PIN)
    with store.session("OFFICE", kit.PIN, write=True) as session:
        session.generate(KEY, KeyKind.EC_P256, "seal")
    assert right(store, "OFFICE", sign(store, "OFFICE"))
    (tmp_path / "tokens").rename(tmp_path / "away")
    for _ in range(3):
        with pytest.raises(errors.DeviceFailed):
            sign(store, "OFFICE")
    with pytest.raises(errors.DeviceResting):
        sign(store, "OFFICE")
    (tmp_path / "away").rename(tmp_path / "tokens")
    clock.now += 30
    assert right(store, "OFFICE", sign(store, "OFFICE"))


def test_a_token_alone_that_went_away_and_came_back_needs_nobody(
    office: TokenStore, blank: str, tmp_path: Path
) -> None:
    sign(office, blank)
    serial = office.token(blank).serial
    assert office.directory is not None
    (folder,) = office.directory.glob(f"tokens/*{serial[:4]}-{serial[4:]}")
    folder.rename(tmp_path / "away")
    with pytest.raises(errors.TokenAbsent):
        sign(office, blank)
    (tmp_path / "away").rename(folder)
    assert right(office, blank, sign(office, blank))


def test_threads_share_one_session_and_get_their_own_answers(
    office: TokenStore, blank: str, script: Script
) -> None:
    made: list[bytes] = []

    def work() -> None:
        made.extend(sign(office, blank) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 40
    assert all(right(office, blank, signature) for signature in made)
    assert script.calls["login"] == 1


def test_pooled_uses_of_two_tokens_may_be_inside_each_other(
    office: TokenStore, blank: str, signer: kit.Signer
) -> None:
    def outer(session: TokenSession) -> bytes:
        return session.sign(KEY, DATA, "sha256")

    label = signer.produced.card_serial
    with office.pooled(blank, kit.PIN) as one, office.pooled(label, kit.PIN) as two:
        assert outer(one)
        assert two.sign(signer.produced.key_id, DATA, "sha256")
        with pytest.raises(errors.KeyAbsent):
            two.sign(b"none", DATA, "sha256")
        assert outer(one)


FORKED = """
import os, sys, threading, warnings
from pathlib import Path
sys.path.insert(0, ".")
from signing.tokens import keys, pool
from signing.tokens.keys import KeyKind
from tests.kit.signing import house as kit

# Python warns of forks beside threads from 3.12 on; that such a fork works is the point.
warnings.filterwarnings("ignore", "This process", DeprecationWarning)
store = kit.make_store(Path(sys.argv[1]))
store.make_blank("OFFICE", kit.SO_PIN, kit.PIN)
with store.session("OFFICE", kit.PIN, write=True) as session:
    public = session.generate(b"seal", KeyKind.EC_P256, "seal")

def good():
    with store.pooled("OFFICE", kit.PIN) as session:
        return keys.verify(public, b"text", session.sign(b"seal", b"text", "sha256"))

def child_is_good():
    child = os.fork()
    if child == 0:
        try:
            code = 0 if all(good() for _ in range(20)) else 3
        except BaseException as error:
            os.write(2, repr(error).encode())
            code = 4
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

assert good()
opened = pool.seat(store._source, "OFFICE").opened
# Forked beside, and in the middle of, a pooled use.
assert child_is_good()
with store.pooled("OFFICE", kit.PIN) as session:
    session.sign(b"seal", b"text", "sha256")
    assert child_is_good()
assert good()
# The parent's own session never ended.
assert pool.seat(store._source, "OFFICE").opened is opened

# Forked while other threads are inside the module.
stop = threading.Event()
wrong = []
def busy():
    while not stop.is_set():
        if not good():
            wrong.append(1)
threads = [threading.Thread(target=busy) for _ in range(2)]
for thread in threads:
    thread.start()
assert all(child_is_good() for _ in range(5))
stop.set()
for thread in threads:
    thread.join()
assert not wrong and good()
"""


def test_the_child_of_a_fork_logs_in_for_itself_and_the_parent_keeps_its_session(
    tmp_path: Path,
) -> None:
    done = run_python(FORKED, str(tmp_path / "tokens"))
    assert done.returncode == 0, done.stderr


def test_a_use_of_the_library_that_fails_to_begin_leaves_it_free(tmp_path: Path) -> None:
    path = tmp_path / "no.so"
    path.write_bytes(b"")
    with pytest.raises(errors.ModuleAbsent):
        library.acquire(source := library.ModuleSource(path, None))
    done: list[bool] = []

    def other() -> None:
        lock = library._of(source).lock  # noqa: SLF001 - another thread tries it
        done.append(lock.acquire(blocking=False))
        lock.release()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert done == [True]
