"""Cards of the qualified kind: the PIN for each signature, and a renewed certificate of one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pkcs11
import pytest
from pkcs11 import Attribute

from signing import errors
from signing.app import flow
from signing.app.protocol import Claim
from signing.cms import cades
from signing.tokens import keys
from signing.tokens.card import holder_certificates
from signing.tokens.keys import KeyKind, Padding
from signing.tokens.pin import Pin
from signing.tokens.session import TokenSession
from signing.validation.validate import validate
from signing.x509.certificate import X509Certificate
from tests.kit.signing import forge
from tests.kit.signing import house as kit
from tests.kit.signing.house import DAY, NOW
from tests.kit.signing.refusing import refusing
from tests.signing.app.messages import TEXT, claim_answer

if TYPE_CHECKING:
    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore
    from signing.validation.trust import Revocation

DATA = b"what is signed"
URL = "https://nes.example"
KEY_ID = b"one"


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keys that want the PIN for each signature (CKA_ALWAYS_AUTHENTICATE)."""
    monkeypatch.setattr(keys, "SEALED", keys.SEALED | {Attribute.ALWAYS_AUTHENTICATE: True})


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize(
    ("kind", "padding"),
    [
        (KeyKind.EC_P256, Padding.PKCS1),
        (KeyKind.RSA_2048, Padding.PKCS1),
        (KeyKind.RSA_2048, Padding.PSS),
    ],
)
def test_a_key_that_wants_the_pin_each_time_signs_as_often_as_is_asked(
    kind: KeyKind, padding: Padding, store: TokenStore, blank: str
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        public = session.ensure_key(KEY_ID, kind, "key")
        assert session.ensure_key(KEY_ID, kind, "key").dump() == public.dump()
    pin = Pin(kit.PIN)
    with store.session(blank, pin) as session:
        for _ in range(2):
            made = session.sign(KEY_ID, DATA, "sha256", padding)
            assert keys.verify(public, DATA, made, padding)
        bare = TokenSession(session._session, blank)  # noqa: SLF001 - the same, without a PIN
        with refusing(errors.DeviceFailed, match="UserNotLoggedIn"):
            bare.sign(KEY_ID, DATA, "sha256", padding)
    with store.pooled(blank, kit.PIN) as session:
        for _ in range(2):
            assert keys.verify(public, DATA, session.sign(KEY_ID, DATA, "sha256"))


def test_a_module_that_does_not_say_what_a_key_wants_is_taken_at_its_word() -> None:
    class Silent:
        def __getitem__(self, _name: Attribute) -> bytes:
            raise pkcs11.AttributeTypeInvalid

    assert not keys.wants_pin(cast("pkcs11.PrivateKey", Silent()))


def test_a_pin_is_not_shown_with_its_key() -> None:
    assert "1234" not in repr(keys.SigningKey(cast("pkcs11.PrivateKey", None), "1234"))


def renewed(
    store: TokenStore, authority: Authority, label: str
) -> tuple[X509Certificate, X509Certificate]:
    """Put a certificate that has ended and a newer one for the same key on a card."""
    with store.session(label, kit.PIN, write=True) as session:
        public = session.ensure_key(KEY_ID, KeyKind.EC_P256, "key")
        ended, valid = (
            authority.issue(forge.person_request(2**80 + n, subject=kit.PERSON, **days), public)
            for n, days in enumerate(
                ({"not_before": NOW - 900 * DAY, "not_after": NOW - DAY}, {}), start=1
            )
        )
        for der in (ended, valid, valid):
            session.write_certificate(KEY_ID, der, "certificate")
        with pytest.raises(errors.CardInUse):
            session.certificates()
    return X509Certificate(ended), X509Certificate(valid)


def test_two_certificates_of_one_key_are_both_listed_and_the_valid_one_signs(
    store: TokenStore, blank: str, authority: Authority, lists: Revocation
) -> None:
    ended, valid = renewed(store, authority, blank)
    listed = holder_certificates(store, blank)
    assert sorted(one.der for one in listed) == sorted([ended.der, valid.der])
    claim = Claim.parse(claim_answer())
    offered = flow.choices(flow.look_at(store, blank), claim)
    assert [one.held.certificate.der for one in offered] == [valid.der, ended.der]
    assert [one.fault and one.fault.code for one in offered] == [None, "expired"]
    order = flow.Order(claim, 0.0, URL)
    made = flow.sign(store, offered[0].held, order, Pin(kit.PIN), lambda: 0.0)
    found = validate(made, TEXT.encode(), trust=authority.trust, revocation=lists, at=NOW)
    assert found.passed
    assert found.signer is not None
    assert found.signer.der == valid.der


def test_the_one_that_is_chosen_signs_and_no_other(
    store: TokenStore, blank: str, authority: Authority, lists: Revocation
) -> None:
    ended, _valid = renewed(store, authority, blank)
    with store.session(blank, kit.PIN) as session:
        made = cades.sign(session, ended, DATA, NOW - 2 * DAY)
    found = validate(made, DATA, trust=authority.trust, revocation=lists, at=NOW)
    assert found.signer is not None
    assert found.signer.der == ended.der
    assert not found.passed


def test_an_office_never_takes_a_card_with_two_certificates_of_one_key_for_its_own(
    store: TokenStore, blank: str, authority: Authority
) -> None:
    renewed(store, authority, blank)
    with store.browse(blank) as session, pytest.raises(errors.CardInUse):
        session.certificates()
