"""One order, one card, one key, one certificate: whenever the producing process dies."""

from __future__ import annotations

import base64
import json
import random
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass

from signing import errors
from signing.authority import production
from signing.authority.production import STEPS, ProductionOrder, produce
from signing.tokens import card as cards
from signing.tokens import making, opening, shards, softhsm
from signing.tokens import slots as tokens
from signing.tokens.card import ISSUER_ID
from signing.tokens.keys import KeyKind
from signing.tokens.session import TokenSession
from signing.tokens.slots import TokenStore
from signing.x509.builder import CertificateRequest, CertificateSubject
from tests.kit.signing import house as kit
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from signing.authority.demo import Authority
    from signing.tokens.library import ModuleSource
    from signing.x509.certificate import X509Certificate

CHILD = """
import base64, json, os, resource, shutil, sys
sys.path.insert(0, ".")
from pathlib import Path
from signing.authority.demo import Authority
from signing.errors import StoreFull
from signing.authority.production import produce
from tests.kit.signing import house as kit

directory, label, number, kind, stop, what = sys.argv[1:]
store = kit.make_store(Path(directory))
authority = Authority(store, kit.REPEATING_LABEL, kit.PIN)

class Telling(Authority):
    def issue(self, request, public):
        der = super().issue(request, public)
        print(json.dumps(base64.b64encode(der).decode()), flush=True)
        return der

def checkpoint(step):
    if step != stop:
        return
    if what == "kill":
        os.kill(os.getpid(), 9)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

copied, real = [], shutil.copy

def copy(*given, **how):
    copied.append(given)
    if what == "copy" and len(copied) == int(stop):
        os.kill(os.getpid(), 9)
    return real(*given, **how)

shutil.copy = copy
telling = Telling(store, kit.REPEATING_LABEL, kit.PIN)
print("ready", flush=True)
try:
    produce(store, telling, kit.order(label, int(number), kind=kind), checkpoint)
except StoreFull as error:
    os.write(2, error.code.encode())
    os._exit(28)
"""


@pytest.fixture
def authority(repeating: Authority) -> Authority:
    """Give an authority that signs as that of the demonstration: the same bytes each time."""
    return repeating


def child(
    store: TokenStore, order: ProductionOrder, stop: str, what: str = "kill"
) -> subprocess.Popen[str]:
    """Start the production in a process of its own, to be stopped at the step."""
    arguments = [str(store.directory), order.card.serial, str(order.request.serial_number)]
    command = [sys.executable, "-W", "error", "-c", CHILD, *arguments, order.kind, stop, what]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


def signed_before(output: str) -> list[bytes]:
    """Give the certificates that a child says it has signed."""
    lines = output.splitlines()[1:]
    return [base64.b64decode(json.loads(line)) for line in lines]


def shown(store: TokenStore, label: str) -> bool:
    """Say whether the store shows a card with this label."""
    return label in {token.label for token in store.tokens()}


def carried(store: TokenStore, order: ProductionOrder) -> tuple[list[bytes], list[bytes]]:
    """Give the ids of all private keys and of all persons' certificates on the order's card."""
    with store.session(order.card.serial, kit.PIN) as session:
        raw = session._session  # noqa: SLF001 - the card itself is asked, not our reading of it
        found = [
            [bytes(entry[Attribute.ID]) for entry in raw.get_objects({Attribute.CLASS: kind})]
            for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.CERTIFICATE)
        ]
    return found[0], [key_id for key_id in found[1] if key_id != ISSUER_ID]


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_a_production_gives_what_was_ordered(
    kind: KeyKind,
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
) -> None:
    order = new_order(kind=kind)
    steps: list[str] = []
    made = produce(store, authority, order, steps.append)
    assert tuple(steps) == STEPS
    assert made.card_serial == order.card.serial
    certificate = made.certificate
    assert certificate.serial_number == order.request.serial_number
    assert (certificate.holder, certificate.tckn) == ("AYŞE YILMAZ", "10000000146")
    assert (certificate.given_name, certificate.surname) == ("AYŞE", "YILMAZ")
    assert certificate.issuer == "TEST NES Sertifika Hizmet Sağlayıcısı"
    assert (certificate.not_before, certificate.not_after) == (
        order.request.not_before,
        order.request.not_after,
    )
    assert carried(store, order) == ([order.key_id], [order.key_id])


def test_a_production_logs_in_to_its_card_once(
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order, logins = new_order(), []
    real = opening.open_session

    def opened(source: ModuleSource, token: pkcs11.Token, **how: Any) -> pkcs11.Session:  # noqa: ANN401 - as that takes
        if how.get("user_pin"):
            logins.append(token.label)
        return real(source, token, **how)

    for room in (making, tokens):
        monkeypatch.setattr(room, "open_session", opened)
    produce(store, authority, order)
    assert logins.count(order.card.serial) == 1
    assert logins.count(kit.AUTHORITY_LABEL) <= 1


def test_a_production_needs_no_checkpoint_and_repeats_to_the_same_certificate(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    first = produce(store, authority, order)
    steps: list[str] = []
    assert produce(store, authority, order, steps.append) == first
    assert steps == ["card", "compared"]


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
@pytest.mark.parametrize("step", STEPS)
def test_a_production_killed_at_any_step_ends_with_one_key_and_one_certificate(
    step: str,
    kind: KeyKind,
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
) -> None:
    order = new_order(kind=kind)
    process = child(store, order, step)
    output, said = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, said
    made = produce(store, authority, order)
    assert all(der == made.certificate.der for der in signed_before(output))
    assert bool(signed_before(output)) is (step not in {"card", "key"})
    assert carried(store, order) == ([order.key_id], [order.key_id])
    assert kit.Signer(store, made).sign(b"text")


@pytest.mark.parametrize("step", STEPS)
def test_of_two_processes_with_one_order_one_is_killed_and_the_other_finishes(
    step: str, store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    both = [child(store, order, step), child(store, order, "never")]
    outputs = [process.communicate(timeout=120) for process in both]
    # Whoever comes second finds the card begun, and passes fewer steps.
    assert both[0].returncode in {0, -signal.SIGKILL}, outputs[0]
    assert both[1].returncode == 0, outputs[1]
    made = produce(store, authority, order)
    signed = [der for output, _said in outputs for der in signed_before(output)]
    assert signed
    assert all(der == made.certificate.der for der in signed)
    assert carried(store, order) == ([order.key_id], [order.key_id])


COPIES = 11
"""Files of a card: those of the token and its key come first, then those of the certificates."""


@pytest.mark.parametrize("copy", [1, 4, COPIES - 4, COPIES - 3, COPIES])
def test_a_production_killed_while_it_puts_the_card_down_leaves_one_or_none(
    copy: int, store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    process = child(store, order, str(copy), "copy")
    output, said = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, said
    assert store.directory is not None
    place = shards.place(store.directory, order.card.serial)
    assert place.is_dir() is (copy > COPIES - 4)
    assert bool(signed_before(output)) is place.is_dir()
    made = produce(store, authority, order)
    assert all(der == made.certificate.der for der in signed_before(output))
    assert carried(store, order) == ([order.key_id], [order.key_id])
    assert [one.name for one in place.parent.iterdir() if one.name.startswith(".")] == []
    assert list(place.rglob("*.draft")) == []


def test_a_production_killed_at_any_moment_ends_with_one_key_and_one_certificate(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    chance = random.Random(5070)
    for _ in range(8):
        order = new_order()
        process = child(store, order, "never")
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        # Not a wait for something: the moment of the kill is what is tried out.
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=chance.uniform(0.0, 0.05))
        process.kill()
        output, _said = process.communicate(timeout=120)
        made = produce(store, authority, order)
        assert carried(store, order) == ([order.key_id], [order.key_id])
        signed = [base64.b64decode(json.loads(line)) for line in output.splitlines()]
        assert all(der == made.certificate.der for der in signed)


@pytest.mark.parametrize("step", ["card", "key", "signature"])
def test_a_full_disk_is_a_sentence_and_the_order_can_be_finished_later(
    step: str,
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
    tmp_path: Path,
) -> None:
    assert store.directory is not None
    shutil.copytree(store.directory, tmp_path / "tokens")
    store = kit.make_store(tmp_path / "tokens")
    authority = kit.demo_authority(store)
    order = new_order()
    process = child(store, order, step, "fill")
    _output, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (28, "store_full")
    produce(store, authority, order)
    assert carried(store, order) == ([order.key_id], [order.key_id])


def test_two_threads_with_one_order_make_one_certificate(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    made: list[X509Certificate] = []
    threads = [
        threading.Thread(target=lambda: made.append(produce(store, authority, order).certificate))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len({certificate.der for certificate in made}) == 1
    assert carried(store, order) == ([order.key_id], [order.key_id])


def test_two_processes_with_one_order_make_one_certificate(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    both = [child(store, order, "never") for _ in range(2)]
    outputs = [process.communicate(timeout=120) for process in both]
    # SoftHSM may tell one of them that the device failed while the other is writing: the queue
    # tries such an order again, as the last line here does.
    told = [said for process, (_, said) in zip(both, outputs, strict=True) if process.returncode]
    assert len(told) < len(both), outputs
    assert all("signing.errors.DeviceFailed" in said for said in told), outputs
    signed = [der for output, _said in outputs for der in signed_before(output)]
    assert len(signed) == 1
    assert produce(store, authority, order).certificate.der == signed[0]
    assert carried(store, order) == ([order.key_id], [order.key_id])


def test_signing_the_same_request_again_gives_the_same_bytes(authority: Authority) -> None:
    request = kit.order("X", 2**90).request
    public = authority.issuing.parsed.public_key
    first = authority.issue(request, public)
    assert authority.issue(request, public) == first
    assert authority.issue(replace(request, serial_number=2**90 + 1), public) != first


def test_a_card_of_another_order_is_not_used_again(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    first, second = new_order(), new_order()
    produce(store, authority, first)
    with refusing(errors.CardInUse, match="Boş kart kullanın"):
        produce(store, authority, replace(second, card=first.card))
    assert carried(store, first) == ([first.key_id], [first.key_id])


def test_a_card_with_the_bare_key_of_another_order_is_not_used(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    store.make_blank(order.card.serial, kit.SO_PIN, kit.PIN)
    with store.session(order.card.serial, kit.PIN, write=True) as session:
        session.generate(b"other", KeyKind.EC_P256, "other")
    with pytest.raises(errors.CardInUse):
        produce(store, authority, order)
    assert carried(store, order) == ([b"other"], [])


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("subject", {"subject": CertificateSubject("BAŞKA KİŞİ", "10000000146")}),
        ("tckn", {"subject": kit.OTHER_PERSON}),
        ("not_after", {"not_after": NOW + 701 * DAY}),
        ("not_before", {"not_before": NOW - 29 * DAY}),
        ("crl_urls", {"crl_urls": ("http://sil.nes.example/x.crl",)}),
        ("qualified", {"qualified": False}),
    ],
)
def test_a_card_that_carries_something_else_than_was_ordered_is_refused(
    field: str,
    change: dict[str, object],
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
) -> None:
    order = new_order()
    produce(store, authority, order)
    other = replace(order, request=replace(order.request, **change))  # type: ignore[arg-type]
    with pytest.raises(errors.CertificateMismatch) as caught:
        produce(store, authority, other)
    assert field in str(caught.value.params["fields"])


def test_a_certificate_over_another_key_is_refused_and_not_handed_out(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    store.make_blank(order.card.serial, kit.SO_PIN, kit.PIN)
    foreign = authority.issue(order.request, authority.issuing.parsed.public_key)
    with store.session(order.card.serial, kit.PIN, write=True) as session:
        session.generate(order.key_id, KeyKind.EC_P256, "key")
        session.write_certificate(order.key_id, foreign, "foreign")
    with refusing(errors.CertificateMismatch, match="public_key"):
        produce(store, authority, order)


def test_a_second_key_beside_the_ordered_one_is_refused(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    produce(store, authority, order)
    with store.session(order.card.serial, kit.PIN, write=True) as session:
        session.generate(b"other", KeyKind.EC_P256, "other")
    with refusing(errors.CertificateMismatch, match="key"):
        produce(store, authority, order)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("common_name", {"subject": CertificateSubject("", "10000000146")}),
        ("common_name", {"subject": CertificateSubject("A" * 65, "10000000146")}),
        ("tckn", {"subject": CertificateSubject("A", "1000000014")}),
        ("tckn", {"subject": CertificateSubject("A", "1000000014x")}),
        ("tckn", {"subject": CertificateSubject("A", "١٠٠٠٠٠٠٠١٤٦")}),
        ("serial_number", {"serial_number": 0}),
        ("serial_number", {"serial_number": -1}),
        ("serial_number", {"serial_number": 1 << 159}),
        ("validity", {"not_after": NOW - 30 * DAY}),
        ("validity", {"not_after": NOW.replace(tzinfo=None)}),
        ("validity", {"not_before": (NOW - DAY).replace(tzinfo=None)}),
    ],
)
def test_an_impossible_order_is_refused_before_a_card_is_touched(
    field: str,
    change: dict[str, object],
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
) -> None:
    order = new_order()
    bad = replace(order, request=replace(order.request, **change))  # type: ignore[arg-type]
    with pytest.raises(errors.RequestInvalid) as caught:
        produce(store, authority, bad)
    assert caught.value.params["field"] == field
    assert not shown(store, order.card.serial)


def test_cards_are_only_produced_in_a_store_of_ours(
    authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    with pytest.raises(errors.DeviceFailed):
        produce(TokenStore(None, softhsm.find_module()), authority, new_order())


def test_an_order_shows_no_pin(new_order: Callable[..., ProductionOrder]) -> None:
    assert kit.PIN not in repr(new_order().card)
    assert kit.SO_PIN not in repr(new_order())


def test_a_long_name_and_the_largest_serial_number_are_possible(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    request = replace(
        order.request,
        subject=CertificateSubject("Ş" * 64, "10000000146"),
        serial_number=(1 << 159) - 1,
        not_after=NOW.replace(year=2051),
    )
    made = produce(store, authority, replace(order, request=request))
    assert made.certificate.holder == "Ş" * 64
    assert made.certificate.serial_number == (1 << 159) - 1
    assert made.certificate.not_after == NOW.replace(year=2051)
    assert (made.certificate.given_name, made.certificate.surname) == ("", "")


def test_the_holders_certificate_is_found_without_a_pin(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    assert not shown(store, order.card.serial)
    store.make_blank(order.card.serial, kit.SO_PIN, kit.PIN)
    assert shown(store, order.card.serial)
    assert cards.holder_certificates(store, order.card.serial) == []
    with pytest.raises(errors.KeyAbsent):
        cards.holder_certificate(store, order.card.serial)
    made = produce(store, authority, order)
    assert cards.holder_certificate(store, order.card.serial) == made.certificate


def test_the_id_of_a_key_belongs_to_its_serial_number() -> None:
    def key_id(number: int) -> bytes:
        return production.ProductionOrder(
            kit.order("A", 1).card, CertificateRequest(kit.PERSON, number, NOW, NOW + DAY)
        ).key_id

    assert len({key_id(number) for number in range(1, 100)}) == 99
    assert {len(key_id(number)) for number in range(1, 100)} == {16}


def test_a_card_that_already_carries_the_issuer_only_gets_what_lacks(
    store: TokenStore, authority: Authority, new_order: Callable[..., ProductionOrder]
) -> None:
    order = new_order()
    store.make_blank(order.card.serial, kit.SO_PIN, kit.PIN)
    with store.session(order.card.serial, kit.PIN, write=True) as session:
        session.write_certificate(ISSUER_ID, authority.issuing.der, "issuer")
    made = produce(store, authority, order)
    with store.browse(order.card.serial) as session:
        found = session.certificates()
    assert found == {ISSUER_ID: authority.issuing, order.key_id: made.certificate}


def test_a_certificate_that_did_not_reach_the_card_is_never_called_produced(
    store: TokenStore,
    authority: Authority,
    new_order: Callable[..., ProductionOrder],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = new_order()
    with monkeypatch.context() as patch:
        # The module says that it wrote, and did not: a full disk seen from above.
        patch.setattr(TokenSession, "write_certificate", lambda *_: None)
        with pytest.raises(errors.StoreFull):
            produce(store, authority, order)
    assert carried(store, order) == ([order.key_id], [])
    produce(store, authority, order)
    assert carried(store, order) == ([order.key_id], [order.key_id])
