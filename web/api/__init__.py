"""What programs speak to: the signing handshake (docs/protocol.md), stations (docs/station.md)."""

from web.api import station  # noqa: F401 - its routes are on the blueprint
from web.api.views import blueprint

__all__ = ["blueprint"]
