"""The download of the revocation list, as the certificates name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn1crypto import crl

if TYPE_CHECKING:
    from tests.handlers.world import World
    from tests.web.visitor import Visitor


def test_anyone_may_fetch_the_newest_list_and_none_is_told_as_none(
    world: World, visitor: Visitor
) -> None:
    visitor.get("/nes.crl", 404)
    world.publish_lists()
    answer = visitor.get("/nes.crl").response
    assert answer.mimetype == "application/pkix-crl"
    fetched = crl.CertificateList.load(answer.data)
    assert fetched["tbs_cert_list"]["this_update"].native == world.clock.now()
    assert fetched.issuer.native["common_name"].startswith("TEST")
