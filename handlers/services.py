"""Owns what the handlers are composed with: keys, trust, tokens, the authority, the courier."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from handlers.carrier import Courier, LocalCourier
from signing.authority import Authority, Plan, create
from signing.tokens import TokenStore
from states.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from signing.trust import Trust
    from states.settings import Settings
    from workflow.context import Context, EffectContext
    from workflow.engine import Office

PIN_DIGITS = 6
AUTHORITY_LABEL = "nes-authority"
"""The label of the token that holds the keys of the demo authority."""

# The demo authority is older than any moment a demo or a test sets its clock to.
_AUTHORITY_FROM = datetime(2015, 1, 1, tzinfo=UTC)
_AUTHORITY_UNTIL = datetime(2049, 12, 31, tzinfo=UTC)


def random_pin() -> str:
    """Return a first PIN of six random digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may reach outside the case; callables open lazily and once.

    ``trust``, ``store`` and ``authority`` may raise the errors of the signing room when the
    token is away. ``crl_urls`` stand in new certificates; ``new_pin`` makes the first PIN of a
    card (the demo gives one that its readers know).
    """

    vault: Vault
    trust: Callable[[], Trust]
    store: Callable[[], TokenStore]
    authority: Callable[[], Authority]
    courier: Courier
    crl_urls: tuple[str, ...] = ()
    new_pin: Callable[[], str] = field(default=random_pin, repr=False)


def services_of(holder: Context | EffectContext | Office) -> Services:
    """Return what the office was composed with; TypeError when it was composed with nothing."""
    services = holder.services
    if not isinstance(services, Services):
        message = "the office was composed without handlers.services.Services"
        raise TypeError(message)
    return services


def vault_of(settings: Settings) -> Vault:
    """Return the vault over the keys of the settings."""
    return Vault(bytes(settings.personal_key), bytes(settings.lookup_key))


def open_services(
    settings: Settings, database: Engine, *, new_pin: Callable[[], str] = random_pin
) -> Services:
    """Compose the services of a process; nothing touches the token before it is needed.

    In demo mode the TEST authority is made on first use; otherwise it must be on the token.
    """

    @cache
    def store() -> TokenStore:
        return TokenStore(settings.var / "tokens", settings.pkcs11_module)

    @cache
    def authority() -> Authority:
        pin = settings.token_pin.get_secret_value()
        if not settings.demo:
            return Authority(store(), AUTHORITY_LABEL, pin)
        return create(store(), Plan(AUTHORITY_LABEL, pin, pin, _AUTHORITY_FROM, _AUTHORITY_UNTIL))

    return Services(
        vault=vault_of(settings),
        trust=lambda: authority().trust,
        store=store,
        authority=authority,
        courier=LocalCourier(database),
        crl_urls=(f"http://{settings.host}:{settings.port}/nes.crl",),
        new_pin=new_pin,
    )
