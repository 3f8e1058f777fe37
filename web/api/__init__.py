"""What programs speak to: the handshake, stations and couriers (docs/protocol.md and beside it)."""

from web.api import courier, station  # noqa: F401 - their routes are on the blueprint
from web.api.views import blueprint

__all__ = ["blueprint"]
