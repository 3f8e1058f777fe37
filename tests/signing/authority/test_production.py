"""One order, one card, one key, one certificate: whenever the producing process dies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from signing import errors
from signing.authority import production
from signing.authority.production import STEPS, ProductionOrder, produce
from signing.tokens import card as cards
from signing.tokens import making, opening, softhsm
from signing.tokens import slots as tokens
from signing.tokens.card import ISSUER_ID
from signing.tokens.keys import KeyKind
from signing.tokens.session import TokenSession
from signing.tokens.slots import TokenStore
from signing.x509.builder import CertificateRequest, CertificateSubject
from tests.kit.pins import shows
from tests.kit.signing import house as kit
from tests.kit.signing.house import DAY, NOW, carried
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Callable

    import pkcs11

    from signing.authority.demo import Authority
    from signing.tokens.library import ModuleSource


@pytest.fixture
def authority(repeating: Authority) -> Authority:
    """Give an authority that signs as that of the demonstration: the same bytes each time."""
    return repeating


def shown(store: TokenStore, label: str) -> bool:
    """Say whether the store shows a card with this label."""
    return label in {token.label for token in store.tokens()}


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
    assert not shows(repr(new_order().card), kit.PIN)
    assert not shows(repr(new_order()), kit.SO_PIN)


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
