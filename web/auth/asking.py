"""How the OpenID provider is asked (listed hosts, TLS, ten seconds) and its keys taken."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from asn1crypto.keys import PublicKeyInfo
from authlib.integrations.flask_client import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from joserfc.jwk import ECKey, RSAKey
from pydantic import BaseModel
from requests import RequestException

from signing.network.outbound import loopback, scheme_and_host
from signing.x509.algorithms import strong_key
from signing.x509.policy import AllowedAlgorithms
from web.gate.composition import composed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signing.network.outbound import OutboundPolicy

SECONDS = 10
"""How long the provider may take to connect, and for each piece of its answer."""

KINDS: Mapping[str, Callable[[dict[str, Any]], RSAKey | ECKey]] = MappingProxyType(
    {"RSA": RSAKey.import_key, "EC": ECKey.import_key}
)
"""How a key of the provider is read, by its ``kty`` (RFC 7518, 6.1)."""


class HostNotListed(RequestException):
    """The provider's description names a host that this site may not ask (NES_OUTBOUND)."""


class NotOverTls(RequestException):
    """The provider's description names an address that others could listen to."""


class NoStrongKey(RequestException):
    """None of the provider's keys is as strong as the settings want it."""


class Provider(FlaskOAuth2App):  # type: ignore[misc] # the library carries no types
    """The provider, of whose keys those count that are strong by the rules of the settings."""

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - the library's
        """Return the strong ones of the keys (RFC 7517, 5).

        A set without any is asked for once more, since the library keeps it and the provider may
        have a new one. NoStrongKey when there is none, ValueError for what is no set of keys.
        """
        strong = _strong(super().fetch_jwk_set(force)) or _strong(super().fetch_jwk_set(force=True))
        if not strong:
            raise NoStrongKey
        return {"keys": strong}


class _Keys(BaseModel):
    keys: list[dict[str, Any]]


def _strong(published: object) -> list[dict[str, Any]]:
    """Return the keys that are strong now, by the rules of the settings."""
    composition = composed()
    rules = AllowedAlgorithms.with_rsa_2048(composition.settings.rsa_2048_until).rules
    read = [(one, _public(one)) for one in _Keys.model_validate(published).keys]
    return [one for one, key in read if key and strong_key(key, composition.clock.now(), rules)]


def _public(key: dict[str, Any]) -> PublicKeyInfo | None:
    """Read a key of the provider; None for a kind that no rule names."""
    read = KINDS.get(str(key.get("kty")))
    return PublicKeyInfo.load(read(key).as_der(private=False)) if read else None


class Asking(OAuth2Session):  # type: ignore[misc] # the library carries no types
    """A session that speaks to some hosts only (None stands for all) and goes one way."""

    def __init__(
        self,
        *,
        hosts: frozenset[str] | None,
        way: OutboundPolicy,
        **options: Any,  # noqa: ANN401 - the library's
    ) -> None:
        """Hold the list and take the way; the options are the library's."""
        super().__init__(**options)
        self.hosts, self.way = hosts, way
        way.lead(self)

    def request(self, method: str, url: str, **options: Any) -> Any:  # noqa: ANN401 - the library's
        """Ask one address, which is never left for another."""
        scheme, host = scheme_and_host(url)
        if not self.way.lets(url, self.hosts):
            raise HostNotListed(host)
        if scheme != "https" and not loopback(host):
            raise NotOverTls(host)
        options.update(allow_redirects=False, timeout=SECONDS)
        return super().request(method, url, **options)
