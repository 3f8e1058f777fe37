"""Keys and certificates on a card, whole ones and torn ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass

from signing import errors
from signing.tokens import keys
from signing.tokens.keys import KeyKind
from signing.tokens.session import TokenSession
from tests.kit.signing import house as kit
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signing.authority.demo import Authority
    from signing.tokens.slots import TokenStore


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
    with refusing(errors.CardRemoved, match="Kartı yeniden takın. İmza atılmadı"):
        session.sign(b"one", b"data", "sha256")


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


def test_one_certificate_is_read_by_its_key_and_two_under_one_key_are_refused(
    store: TokenStore, authority: Authority, blank: str
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        assert session.certificate(b"one") is None
        session.write_certificate(b"one", authority.root.der, "a")
        assert session.certificate(b"one") == authority.root
        session.write_certificate(b"one", authority.issuing.der, "b")
        with pytest.raises(errors.CardInUse):
            session.certificate(b"one")


@pytest.mark.parametrize("der", [b"", b"0", b"\x30\x80", b"no certificate"])
def test_bytes_that_are_no_certificate_are_not_written(
    der: bytes, store: TokenStore, blank: str
) -> None:
    with store.session(blank, kit.PIN, write=True) as session:
        with pytest.raises(errors.CertificateUnusable):
            session.write_certificate(b"one", der, "a")
        assert session.held() == []
