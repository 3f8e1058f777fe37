"""What programs speak to: nes-imza, stations, couriers and mail servers (docs/protocol.md)."""

from web.api import courier, receipts, station  # noqa: F401 - their routes are on the blueprint
from web.api.views import blueprint

__all__ = ["blueprint"]
