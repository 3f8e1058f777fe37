"""Owns the download of the revocation list, at the address that stands in the certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort

from handlers.revocation import current_list
from web.composition import composed
from web.permissions import public

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("revocation", __name__)


@blueprint.get("/nes.crl")
@public
def revocation_list() -> ResponseReturnValue:
    """Hand out the newest list of the issuing authority as DER (RFC 5280, RFC 2585 4.2)."""
    house = composed()
    with house.database.connect() as connection:
        newest = current_list(connection, house.clock.now())
    if newest is None:
        abort(404)
    return Response(newest, content_type="application/pkix-crl")
