"""What programs speak to: the two steps of the signing handshake (docs/protocol.md)."""

from web.api.views import blueprint

__all__ = ["blueprint"]
