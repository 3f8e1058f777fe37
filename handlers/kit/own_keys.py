"""Which keys are the house's own: noted once, compared at every start, never made again.

Certificates, seals and time-stamps of years rest on these keys. Where they are missing or others
stand in their place nothing may start, and nothing makes new ones: that is for a backup, or for an
administrator who takes others on purpose (``nes keys adopt``). Only an empty demo is given keys.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from sqlalchemy import func, insert, select, text

from signing.authority.demo import ISSUING_ID, ISSUING_NAME, OCSP_ID, ROOT_ID, TSA_ID, create
from signing.authority.seal import SEAL_ID, put
from signing.errors import KeyAbsent, SigningError, TokenAbsent, TokenTorn
from signing.tokens import keys, softhsm, whole
from signing.tokens.session import PROBE
from states.cases.certificate import Certificate
from states.people.own_key import OwnKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from signing.authority.demo import Plan
    from signing.tokens.pin import Pin
    from signing.tokens.slots import TokenStore
    from signing.x509.certificate import X509Certificate

ROLE_IDS = {
    "root": ROOT_ID, "issuing": ISSUING_ID, "responder": OCSP_ID, "stamper": TSA_ID,
    "seal": SEAL_ID,
}  # fmt: skip
"""The CKA_ID under which the key of each role lies on the token."""

LOOKED_AT = 3
"""Certificates, of the oldest and of the newest, that the keys of an older house must fit."""

LOCK = 0x4E454B
"""The advisory lock under which keys are made and noted."""

PATIENCE = "120s"
"""How long a second process waits while the first one makes keys."""


class KeysRefused(SigningError):
    """The keys on the token are not the house's own; params: label, roles."""


class KeysMissing(KeysRefused):
    """Keys that are the house's own are not on the token."""

    code = "keys_missing"
    again = False


class KeysForeign(KeysRefused):
    """Other keys than the house's own are on the token."""

    code = "keys_foreign"
    again = False


@dataclass
class OwnKeys:
    """The keys of one house: the token that they lie on and the database that knows them.

    ``plan`` says how those of a demo are made; without one none ever are.
    """

    database: Engine
    store: Callable[[], TokenStore]
    label: str
    pin: Pin | str = field(repr=False)
    plan: Plan | None = None
    _folder: Path | None = None

    def hold(self) -> None:
        """Refuse unless the certificates on the token are the house's own; note them at first.

        Nothing is said of a house that has neither keys nor certificates yet. Raises KeysMissing,
        KeysForeign, and what the token says.
        """
        present = self._present()
        marked = self.marked()
        self._compare(marked or self._noted_at_first(present), present)

    def check(self) -> None:
        """Refuse like ``hold``, and when the private half of a key is away too; logs in once."""
        self.hold()
        lost = []
        for role, shown in self._present().items():
            with self.store().pooled(self.label, self.pin) as session:
                public = shown.parsed.public_key
                try:
                    signature = session.sign(ROLE_IDS[role], PROBE, keys.digest_for(public))
                except KeyAbsent:
                    signature = b""
            if not keys.verify(public, PROBE, signature):
                lost.append(role)
        if lost:
            raise KeysMissing(label=self.label, roles=", ".join(lost))

    def establish(self) -> None:
        """Make the keys of an empty demo, once, however many processes ask; then ``check``.

        A house that has ever had keys or certificates is given none.
        """
        with _alone(self.database) as connection:
            bare = not _marked(connection) and not _issued(connection, {})
            if bare and self.plan is not None:
                create(self.store(), self.plan, put)
                _note(connection, self._present(), "seed")
        self.check()

    def marked(self) -> dict[str, tuple[str, str]]:
        """Return what is noted: the digests (hex) of public key and certificate of each role."""
        with self.database.connect() as connection:
            return _marked(connection)

    def refuse_gone(self, folder: Path) -> None:
        """Refuse a store whose folder is away though the house has keys; raises KeysMissing.

        Whoever opens a store makes its folder, and an empty one would stand in the place of the
        real one when that comes back.
        """
        if not folder.is_dir():
            marked = self.marked()
            if marked:
                raise KeysMissing(label=self.label, roles=", ".join(marked))

    def adopt(self, who: str) -> list[str]:
        """Take the keys that are on the token as the house's own; return the roles that changed."""
        present = self._present()
        if "issuing" not in present:
            raise KeysMissing(label=self.label, roles="issuing")
        with self.database.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            before = _marked(connection)
            now = _digests(present)
            changed = [role for role in now if before.get(role) != now[role]]
            _note(connection, {role: present[role] for role in changed}, who)
        return changed

    def ailment(self) -> SigningError | None:
        """Say what keeps the keys from being used, by the files of a SoftHSM store alone.

        None when nothing ails them, or nothing can be known without asking the device.
        """
        try:
            directory = self.store().directory
        except KeysMissing as gone:
            return gone
        if directory is None:
            return None
        found = [] if self._folder else whole.folders(directory / softhsm.TOKENS)
        if self._folder is None:
            self._folder = next((f for f in found if whole.label_of(f) == self.label), None)
        folder = self._folder
        if folder is None:
            torn = [lost for lost in found if whole.is_lost(lost) and not whole.label_of(lost)]
            return TokenTorn(folder=str(torn[0])) if torn else None
        if not (folder / whole.MAIN).exists():
            return KeysMissing(label=self.label, roles=", ".join(ROLE_IDS))
        return TokenTorn(folder=str(folder)) if whole.is_lost(folder) else None

    def _noted_at_first(self, present: Mapping[str, X509Certificate]) -> dict[str, tuple[str, str]]:
        """Note the keys of a house that is older than the marker, when they fit its certificates.

        Another process may have been faster.
        """
        with self.database.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            marked, issued = _marked(connection), _issued(connection, present)
            if not marked and (present or issued):
                self._refuse_unfit(present, issued)
                marked = _note(connection, present, "start")
        return marked

    def _present(self) -> dict[str, X509Certificate]:
        """Read the certificates of the house from its token by role; none without a token."""
        try:
            with self.store().browse(self.label) as session:
                found = session.certificates()
        except TokenAbsent:
            return {}
        return {role: found[key] for role, key in ROLE_IDS.items() if key in found}

    def _refuse_unfit(self, present: Mapping[str, X509Certificate], issued: list[bytes]) -> None:
        """Refuse keys that did not sign the certificates of the house."""
        if "issuing" not in present:
            raise KeysMissing(label=self.label, roles="issuing")
        issuer = x509.load_der_x509_certificate(present["issuing"].der)
        for der in issued:
            try:
                x509.load_der_x509_certificate(der).verify_directly_issued_by(issuer)
            except (ValueError, TypeError, InvalidSignature):
                raise KeysForeign(label=self.label, roles="issuing") from None

    def _compare(
        self, marked: Mapping[str, tuple[str, str]], present: Mapping[str, X509Certificate]
    ) -> None:
        found = _digests(present)
        missing = [role for role in marked if role not in found]
        if missing:
            raise KeysMissing(label=self.label, roles=", ".join(missing))
        other = [role for role in marked if found[role] != marked[role]]
        if other:
            raise KeysForeign(label=self.label, roles=", ".join(other))


def _digests(present: Mapping[str, X509Certificate]) -> dict[str, tuple[str, str]]:
    """Give the digests (hex) of public key and certificate of each role."""
    return {
        role: (hashlib.sha256(one.parsed.public_key.dump()).hexdigest(), one.sha256)
        for role, one in present.items()
    }


def _marked(connection: Connection) -> dict[str, tuple[str, str]]:
    rows = connection.execute(
        select(OwnKey.role, OwnKey.key_sha256, OwnKey.certificate_sha256).order_by(OwnKey.id)
    )
    return {row.role: (row.key_sha256, row.certificate_sha256) for row in rows}


def _note(
    connection: Connection, present: Mapping[str, X509Certificate], who: str
) -> dict[str, tuple[str, str]]:
    found = _digests(present)
    for role, (key, certificate) in found.items():
        connection.execute(
            insert(OwnKey).values(
                role=role,
                key_sha256=key,
                certificate_sha256=certificate,
                noted_by=who,
                noted_at=func.now(),
            )
        )
    return found


def _issued(connection: Connection, present: Mapping[str, X509Certificate]) -> list[bytes]:
    """Read certificates that an authority of ours has signed: the oldest and the newest."""
    names = {ISSUING_NAME} | {one.holder for role, one in present.items() if role == "issuing"}
    ours = select(Certificate.der).where(
        Certificate.der.is_not(None), Certificate.issuer.in_(names)
    )
    found: list[bytes | None] = []
    for order in (Certificate.id.asc(), Certificate.id.desc()):
        found += connection.scalars(ours.order_by(order).limit(LOOKED_AT)).all()
    return [bytes(der) for der in found if der is not None]


@contextmanager
def _alone(database: Engine) -> Iterator[Connection]:
    """Keep other processes away meanwhile, without a transaction: making keys takes seconds."""
    with database.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"SET lock_timeout = '{PATIENCE}'"))
        connection.execute(select(func.pg_advisory_lock(LOCK)))
        try:
            yield connection
        finally:
            connection.execute(select(func.pg_advisory_unlock(LOCK)))
            connection.execute(text("RESET lock_timeout"))
