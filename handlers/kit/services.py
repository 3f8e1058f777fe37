"""What the handlers are composed with: keys, trust, tokens, the authority, the courier."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from threading import Semaphore
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from handlers.kit.courier_company import CourierEndpoint, CourierService
from handlers.kit.courier_service import Courier, LocalCourier
from handlers.kit.own_keys import OwnKeys
from handlers.kit.post.opening import (
    kep_server_of,
    mail_server_of,
    receipt_sources_of,
    sms_gateway_of,
)
from handlers.kit.post.receipt_sources import NO_RECEIPTS
from handlers.kit.production_place import ProductionPlace
from signing.authority.cmp import CmpIssuer, Endpoint, read_chain
from signing.authority.demo import Addresses, Authority, Plan
from signing.authority.seal import Seal
from signing.cms.profiles import Profile
from signing.network.fetch import Fetcher
from signing.network.online import Online
from signing.network.outbound import OutboundPolicy
from signing.tokens.slots import TokenStore
from signing.validation.trust import load as load_trust
from signing.x509.policy import AllowedAlgorithms
from states.kit.outbound_hosts import host_of, hosts_to_ask, places_here
from states.kit.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from handlers.kit.post.kep_server import KepServer
    from handlers.kit.post.mail_server import MailServer
    from handlers.kit.post.receipt_sources import ReceiptSources
    from handlers.kit.post.sms_gateway import SmsGateway
    from signing.authority.issuing import Issuer
    from signing.validation.trust import Trust
    from states.kit.settings import Settings

PIN_DIGITS = 6
AUTHORITY_LABEL = "nes-authority"
"""The label of the token that holds the keys of the demo authority."""

# The demo authority is older than any moment a demo or a test sets its clock to.
_AUTHORITY_FROM = datetime(2015, 1, 1, tzinfo=UTC)
_AUTHORITY_UNTIL = datetime(2049, 12, 31, tzinfo=UTC)


SERVED = frozenset({"/tsa", "/nes.crl", "/root.crl", "/nes.ocsp"})
"""The paths under which the demo authority answers (web/site/authority.py)."""


AT_ONCE = 4
"""Signatures that the demo works on at once: half its threads answer what the others ask."""


def random_pin() -> str:
    """Return a first PIN of six random digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"


@dataclass(frozen=True, slots=True)
class FactSources:
    """Who states what becomes of a card and its parcel: people, or software in their place."""

    parcels_by_software: bool = False
    """Each card is enclosed and handed over by itself, as a demo does; nobody scans."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may reach outside the case; callables open lazily and once.

    ``trust``, ``store`` and ``authority`` may raise the errors of the signing room when the
    token is away. ``addresses`` stand in new certificates: where lists, status answers and the
    issuer are served. ``tsa_url`` is where time-stamps are asked for, "" where nobody gives any.
    ``new_pin`` makes the first PIN of a card (the demo gives one that its readers know); ``site``
    is the address of the product as others reach it, where documents send their readers.
    ``online`` asks for time-stamps and revocation data; without it signatures are judged by our
    own lists and kept as they came. ``profile`` says how far they are lifted.
    """

    vault: Vault
    trust: Callable[[], Trust]
    store: Callable[[], TokenStore]
    authority: Callable[[], Authority]
    courier: Courier
    addresses: Addresses = field(default_factory=Addresses)
    tsa_url: str = ""
    new_pin: Callable[[], str] = field(default=random_pin, repr=False)
    site: str = "http://127.0.0.1:8000"
    online: Online | None = None
    profile: Profile = Profile.P4

    list_interval: timedelta = timedelta(seconds=60)
    """How long changes of certificates are collected for the next revocation list."""

    made: ProductionPlace = ProductionPlace.INSIDE
    """Where cards are made."""

    elsewhere: Issuer | None = None
    """Opens the certificate authority that the settings name, which then issues in our place."""

    seal: Callable[[], Seal] | None = None
    """Opens the office's seal; without one the papers of the office go out unsealed."""

    facts: FactSources = FactSources()
    """Who states that a card is enclosed and that it has left the house."""

    mail: MailServer | None = None
    """Which mail server takes messages; None where they are read on the pages only."""

    sms: SmsGateway | None = None
    """Which provider takes short messages; None where nobody is told by SMS."""

    kep: KepServer | None = None
    """Which provider takes registered e-mail; None where nobody is told by it."""

    receipts: ReceiptSources = NO_RECEIPTS
    """Where what comes back of messages is read, and whose evidence counts."""

    own_keys: OwnKeys | None = None
    """The keys that the house must have; None where it needs none, since others issue."""

    def check_keys(self) -> None:
        """Refuse to go on when the house's own keys are missing or others are in their place."""
        if self.own_keys is not None:
            self.own_keys.check()

    def establish_keys(self) -> None:
        """Make the keys of an empty demo, once; a house that has had any is only checked."""
        if self.own_keys is not None:
            self.own_keys.establish()

    def issuer(self) -> Issuer:
        """Return who issues certificates: the authority elsewhere where one is set, or ours."""
        return self.authority() if self.elsewhere is None else self.elsewhere

    @property
    def mail_domain(self) -> str:
        """The domain that is the office's own in the Message-IDs of what it sends."""
        return host_of(self.site).strip("[]").replace(":", ".")

    @property
    def crl_urls(self) -> tuple[str, ...]:
        """Where the issuing authority's list is served."""
        return self.addresses.crl

    @property
    def ocsp_url(self) -> str:
        """Where the status of a certificate is answered; "" where nobody answers."""
        return next(iter(self.addresses.ocsp), "")


def vault_of(settings: Settings) -> Vault:
    """Return the vault over the keys of the settings."""
    former = settings.personal_key_old
    return Vault(
        bytes(settings.personal_key), bytes(settings.lookup_key), bytes(former) if former else None
    )


def _store(settings: Settings, own_keys: OwnKeys) -> TokenStore:
    """Open the store of tokens, where one is or is to be."""
    folder = settings.var / "tokens"
    own_keys.refuse_gone(folder)
    return TokenStore(folder, settings.pkcs11_module)


def open_services(
    settings: Settings, database: Engine, *, new_pin: Callable[[], str] = random_pin
) -> Services:
    """Compose the services of a process; nothing touches the token before it is needed."""
    base = f"http://{settings.host}:{settings.port}"
    addresses = _addresses(settings)

    @cache
    def store() -> TokenStore:
        return _store(settings, own_keys)

    pin = settings.token_pin.get_secret_value()
    plan = _plan(pin, addresses)
    own_keys = OwnKeys(database, store, AUTHORITY_LABEL, pin, plan if settings.demo else None)

    @cache
    def authority() -> Authority:
        own_keys.hold()
        return Authority(store(), AUTHORITY_LABEL, pin)

    @cache
    def seal() -> Seal:
        own_keys.hold()
        return Seal(store(), AUTHORITY_LABEL, pin)

    allowed = AllowedAlgorithms.with_rsa_2048(settings.rsa_2048_until)
    elsewhere = _elsewhere(settings, allowed)
    return Services(
        vault=vault_of(settings),
        trust=_trust(settings, allowed, authority if elsewhere is None else lambda: elsewhere),
        store=store,
        authority=authority,
        courier=_courier(settings, database),
        addresses=addresses,
        tsa_url=f"{base}/tsa" if settings.demo else "",
        new_pin=new_pin,
        site=_site(settings),
        seal=seal if settings.demo else None,
        elsewhere=elsewhere,
        own_keys=own_keys if settings.demo or elsewhere is None else None,
        online=_online(settings, base),
        profile=Profile(settings.signature_profile),
        list_interval=settings.list_interval,
        mail=mail_server_of(settings),
        sms=sms_gateway_of(settings, _fetcher_of_people(settings), _site(settings)),
        kep=kep_server_of(settings, store, lambda content, at: seal().sign(content, at)),
        receipts=receipt_sources_of(settings, allowed),
        made=ProductionPlace(settings.station),
        facts=FactSources(parcels_by_software=settings.demo),
    )


def _plan(pin: str, addresses: Addresses) -> Plan:
    """Return how an empty demo makes the authority that must be the house's own."""
    return Plan(AUTHORITY_LABEL, pin, pin, _AUTHORITY_FROM, _AUTHORITY_UNTIL, addresses=addresses)


def _site(settings: Settings) -> str:
    """Return the address of the product as others reach it."""
    return settings.public_url or f"http://{settings.host}:{settings.port}"


def _addresses(settings: Settings) -> Addresses:
    """Return what is served; outside a demonstration the list alone (web/site/authority.py)."""
    served = Addresses.under(_site(settings))
    return served if settings.demo else Addresses(crl=served.crl)


def _trust(
    settings: Settings, allowed: AllowedAlgorithms, issuer: Callable[[], Issuer]
) -> Callable[[], Trust]:
    """Return what gives the trusted certificates: our issuer's and those of the trust folder.

    All of them are held to the algorithms of the settings, since our issuer may be another house.
    The folder is read now, so that a mistake in it stops the start (TrustUnusable).
    """
    if settings.trust is None:
        return lambda: replace(issuer().trust, allowed=allowed)
    folder = replace(load_trust(settings.trust), allowed=allowed)
    return lambda: folder.beside(issuer().trust)


def _online(settings: Settings, base: str) -> Online | None:
    """Return the client of the time-stamp authority that is set; the demo asks its own."""
    if settings.tsa_url is None and not settings.demo:
        return None
    hosts, way = hosts_to_ask(settings), way_of(settings)
    if not settings.demo:
        return Online(str(settings.tsa_url), Fetcher(hosts=hosts, way=way))
    fetcher = Fetcher(route=partial(at_home, base), hosts=hosts, way=way)
    return Online(settings.tsa_url or f"{base}/tsa", fetcher, gate=Semaphore(AT_ONCE))


def _courier(settings: Settings, database: Engine) -> Courier:
    """Return the courier of the settings; without one the house books its own."""
    if settings.courier_url is None or settings.courier_secret is None:
        return LocalCourier(database)
    endpoint = CourierEndpoint(settings.courier_url, settings.courier_secret)
    return CourierService(database, endpoint, _fetcher_of_people(settings))


def _fetcher_of_people(settings: Settings) -> Fetcher:
    """Return what asks those who are told of people: never in the clear, whatever NES_PLAIN is."""
    return Fetcher(hosts=hosts_to_ask(settings), way=replace(way_of(settings), plain=False))


def way_of(settings: Settings) -> OutboundPolicy:
    """Return how the site reaches other machines: NES_PROXY, except to itself, and NES_PLAIN."""
    return OutboundPolicy(
        proxy=settings.proxy or "",
        anchors=settings.proxy_trusted,
        here=frozenset({host_of(f"//{settings.host}")}),
        near=frozenset({host_of(settings.public_url)} if settings.public_url else ()),
        plain="status" in settings.plain,
        places=places_here(settings),
    )


def at_home(base: str, url: str) -> str:
    """Return where the demo really serves an address of its authority.

    Its certificates name host and port of the day on which the token was made, or the public
    address, which may lead nowhere from here.
    """
    path = urlsplit(url).path
    return f"{base}{path}" if path in SERVED else url


def _elsewhere(settings: Settings, allowed: AllowedAlgorithms) -> Issuer | None:
    """Return the certificate authority of the settings; None where ours issues.

    Its chain is read now, so that a mistake in it stops the start (TrustUnusable).
    """
    server, reference = settings.cmp_server, settings.cmp_reference
    secret, chain = settings.cmp_secret, settings.cmp_chain
    if server is None or reference is None or secret is None or chain is None:
        return None
    endpoint = Endpoint(
        server,
        reference,
        secret.get_secret_value(),
        recipient=settings.cmp_recipient,
        tls_anchors=settings.cmp_tls_trusted,
    )
    return CmpIssuer(endpoint, read_chain(chain, allowed.rules), settings.var / "cmp")
