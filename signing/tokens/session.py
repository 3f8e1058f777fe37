"""One open session on one token: reading certificates, signing, and writing to a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pkcs11
from pkcs11 import Attribute, ObjectClass

from signing.errors import (
    CardInUse,
    CardRemoved,
    CertificateUnusable,
    KeyAbsent,
    ReaderAbsent,
    SigningError,
    TokenAbsent,
)
from signing.tokens import keys
from signing.tokens.translate import translated
from signing.x509.certificate import X509Certificate, read

if TYPE_CHECKING:
    from asn1crypto.keys import PublicKeyInfo

    from signing.tokens.pin import Pin


PROBE = b"nes-ofis: does this key work?"
AWAY = (CardRemoved, ReaderAbsent, TokenAbsent)


class TokenSession:
    """A session that is open on the token called `label`; made by TokenStore, never directly.

    Keys and certificates are found by CKA_ID only, never as "the first one". Every method may
    raise the refusals of signing.errors for a card that left, is full or does not answer.
    """

    def __init__(self, session: pkcs11.Session, label: str, pin: Pin | str | None = None) -> None:
        """Wrap a python-pkcs11 session; `pin` is the one it was logged in with."""
        self._session = session
        self.label = label
        self._key_pin = pin

    def _objects(self, kind: ObjectClass, key_id: bytes | None = None) -> list[pkcs11.Object]:
        wanted: dict[Attribute, object] = {Attribute.CLASS: kind}
        if key_id is not None:
            wanted[Attribute.ID] = key_id
        with translated(self.label):
            # The whole search is read, so that the module ends the search operation.
            return list(self._session.get_objects(wanted))

    def _value(self, entry: pkcs11.Object, name: Attribute) -> bytes:
        """Read an attribute; one that a killed write left out is empty."""
        with translated(self.label):
            try:
                return bytes(entry[name])
            except (pkcs11.AttributeTypeInvalid, pkcs11.ObjectHandleInvalid):
                return b""

    def _readable(self, entry: pkcs11.Object) -> X509Certificate | None:
        try:
            return read(self._value(entry, Attribute.VALUE))
        except CertificateUnusable:
            return None

    def certificates(self) -> dict[bytes, X509Certificate]:
        """Give the readable certificates on the token by CKA_ID; CardInUse when two share one."""
        pairs = self._held()
        found = dict(pairs)
        if len(found) != len(pairs):
            raise CardInUse(label=self.label)
        return found

    def certificate(self, key_id: bytes) -> X509Certificate | None:
        """Give the readable certificate with this CKA_ID, if any; CardInUse when two share it."""
        entries = self._objects(ObjectClass.CERTIFICATE, key_id)
        found = {one.der: one for one in map(self._readable, entries) if one is not None}
        if len(found) > 1:
            raise CardInUse(label=self.label)
        return next(iter(found.values()), None)

    def held(self) -> list[tuple[bytes, X509Certificate]]:
        """Give each readable certificate once, with its CKA_ID.

        A certificate that was renewed for the same key shares the CKA_ID of the one before.
        """
        return self._held()

    def _held(self) -> list[tuple[bytes, X509Certificate]]:
        found = {}
        for entry in self._objects(ObjectClass.CERTIFICATE):
            key_id, certificate = self._value(entry, Attribute.ID), self._readable(entry)
            if key_id and certificate is not None:
                found[key_id, certificate.der] = (key_id, certificate)
        return list(found.values())

    def key_ids(self) -> set[bytes]:
        """Give the CKA_ID of each private key on the token (needs a login)."""
        entries = self._objects(ObjectClass.PRIVATE_KEY)
        return {self._value(entry, Attribute.ID) for entry in entries}

    def clear_debris(self) -> None:
        """Destroy what a writer killed in the middle left: objects without id, torn certificates.

        Nothing that was ever whole can look like that, so nothing of worth is lost.
        """
        kinds = (ObjectClass.CERTIFICATE, ObjectClass.PUBLIC_KEY, ObjectClass.PRIVATE_KEY)
        for kind in kinds:
            for entry in self._objects(kind):
                torn = kind is ObjectClass.CERTIFICATE and self._readable(entry) is None
                if torn or not self._value(entry, Attribute.ID):
                    with translated(self.label, writing=True):
                        entry.destroy()

    def _one(self, kind: ObjectClass, key_id: bytes) -> pkcs11.Object:
        found = self._objects(kind, key_id)
        if len(found) != 1:
            raise KeyAbsent(label=self.label)
        return found[0]

    def public_key(self, key_id: bytes) -> PublicKeyInfo:
        """Give the public key with this CKA_ID; KeyAbsent when there is not exactly one."""
        entry = self._one(ObjectClass.PUBLIC_KEY, key_id)
        with translated(self.label):
            return keys.public_info(cast("pkcs11.PublicKey", entry))

    def sign(
        self,
        key_id: bytes,
        data: bytes,
        digest: str,
        padding: keys.Padding = keys.Padding.PKCS1,
    ) -> bytes:
        """Sign data with the private key of this CKA_ID; KeyAbsent when not exactly one.

        `padding` is for RSA keys; PSS takes the digest for its mask too and a salt of its length.
        """
        key = self._private_key(key_id)
        with translated(self.label):
            return keys.sign(key, data, digest, padding)

    def _private_key(self, key_id: bytes) -> keys.SigningKey:
        key = cast("pkcs11.PrivateKey", self._one(ObjectClass.PRIVATE_KEY, key_id))
        with translated(self.label):
            return keys.SigningKey(key, self._key_pin if keys.wants_pin(key) else None)

    def generate(self, key_id: bytes, kind: keys.KeyKind, label: str) -> PublicKeyInfo:
        """Make a key pair on the token and give its public half."""
        with translated(self.label, writing=True):
            public, _private = keys.generate(self._session, kind, key_id, label)
            return keys.public_info(public)

    def ensure_key(self, key_id: bytes, kind: keys.KeyKind, label: str) -> PublicKeyInfo:
        """Give the public key of this CKA_ID, made now unless a working one is already there.

        A half or torn key, left by a process killed in between, is worth nothing and is made
        anew: the two halves must prove that they belong together. Only for keys that no
        certificate was issued for yet.
        """
        if self._works(key_id):
            return self.public_key(key_id)
        self.discard_key(key_id)
        return self.generate(key_id, kind, label)

    def _works(self, key_id: bytes) -> bool:
        try:
            public = self.public_key(key_id)
            return keys.verify(public, PROBE, self.sign(key_id, PROBE, keys.digest_for(public)))
        except (SigningError, ValueError, TypeError) as error:
            if isinstance(error, AWAY) or isinstance(error.__cause__, pkcs11.DeviceError):
                # The device does not answer; that says nothing about the key.
                raise
            # Whatever else a torn key answers, it does not work.
            return False

    def discard_key(self, key_id: bytes) -> None:
        """Destroy both halves of the key with this CKA_ID, whichever of them exist."""
        halves = self._objects(ObjectClass.PUBLIC_KEY, key_id)
        halves += self._objects(ObjectClass.PRIVATE_KEY, key_id)
        with translated(self.label, writing=True):
            for half in halves:
                half.destroy()

    def write_certificate(self, key_id: bytes, der: bytes, label: str) -> None:
        """Store a certificate beside its key: public, so that it can be shown before the PIN.

        CertificateUnusable when the bytes are none.
        """
        parsed = read(der).parsed
        serial_number = parsed["tbs_certificate"]["serial_number"].dump()
        with translated(self.label, writing=True):
            self._session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: False,
                    Attribute.ID: key_id,
                    Attribute.LABEL: label,
                    Attribute.SUBJECT: parsed.subject.dump(),
                    Attribute.ISSUER: parsed.issuer.dump(),
                    Attribute.SERIAL_NUMBER: serial_number,
                    Attribute.VALUE: der,
                }
            )
