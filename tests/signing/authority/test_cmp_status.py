"""What a CMP authority says of its certificates later, over which way, and under which chain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from asn1crypto import pem

from signing import errors
from signing.authority.cmp import CmpIssuer, read_chain
from signing.authority.cmp_message import certificates_in
from signing.authority.crl import Reason
from signing.x509.algorithms import KEY_RULES, LAST_DAY, rsa_2048
from signing.x509.certificate import X509Certificate
from tests.kit.signing import forge
from tests.kit.signing.elsewhere import NOWHERE, House
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("reason", "number"), [(Reason.ON_HOLD, 6), (None, 8), (Reason.KEY_COMPROMISE, 1)]
)
def test_a_status_is_told_with_its_reason(house: House, reason: Reason | None, number: int) -> None:
    made = house.made()
    relay = house.open(made)
    house.issuer(relay).set_status(X509Certificate(made), reason)
    assert relay.kinds == ["rr"]
    assert bytes([0x0A, 1, number]) in relay.seen[0][1]
    assert not house.kept.exists()


def test_a_certificate_that_is_revoked_already_needs_no_more(house: House) -> None:
    made = house.made()
    relay = house.open(made, "-pkistatus", "2", "-failure", "10")
    house.issuer(relay).set_status(X509Certificate(made), Reason.CESSATION)
    with pytest.raises(errors.IssuerRefused):
        house.issuer(relay).set_status(X509Certificate(made), None)


def test_a_status_that_can_not_be_told_is_told_later(house: House) -> None:
    with pytest.raises(errors.IssuerAway):
        house.issuer(NOWHERE).set_status(X509Certificate(house.made()), Reason.ON_HOLD)


def test_the_chain_is_read_from_the_issuing_certificate_to_the_root(
    house: House, tmp_path: Path
) -> None:
    path = tmp_path / "chain.pem"
    path.write_bytes(b"".join(pem.armor("CERTIFICATE", der) for der in house.chain))
    assert read_chain(path) == house.chain


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"yok",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "reversed",
        "short",
    ],
)
def test_a_chain_that_is_none_is_said_with_its_path(
    house: House, tmp_path: Path, content: bytes | str | None
) -> None:
    path = tmp_path / "chain.pem"
    if isinstance(content, str):
        ders = {"reversed": house.chain[::-1], "short": house.chain[:1]}[content]
        content = b"".join(pem.armor("CERTIFICATE", der) for der in ders)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(errors.TrustUnusable) as caught:
        read_chain(path)
    assert str(path) in str(caught.value)


def test_an_authority_over_tls_is_asked_over_tls_only(house: House, tmp_path: Path) -> None:
    relay = house.open(house.made())
    anchors = tmp_path / "tls.pem"
    anchors.write_bytes(pem.armor("CERTIFICATE", house.authority.root.der))
    plain = relay.endpoint(tls_anchors=anchors)
    secured = replace(plain, server=plain.server.replace("http:", "https:"), seconds=2)
    relay.before = lambda _kind: pytest.fail("the message came in clear")
    with pytest.raises(errors.IssuerAway):
        CmpIssuer(secured, house.chain, house.kept).certify(house.request, house.proof)


def test_an_answer_gives_its_certificates_and_a_torn_one_gives_none(house: House) -> None:
    made = house.made()
    house.issuer(house.open(made)).certify(house.request, house.proof)
    (path,) = house.kept.glob("*/answer-01.der")
    (confirmed,) = house.kept.glob("*/answer-02.der")
    answer = path.read_bytes()
    assert certificates_in(answer) == (made,)
    assert certificates_in(confirmed.read_bytes()) == ()
    assert {certificates_in(answer[:length]) for length in range(len(answer))} == {()}


@pytest.mark.parametrize("weak", ["issuing", "root"])
def test_a_chain_with_a_short_key_counts_only_by_the_rule_of_the_site(
    tmp_path: Path, weak: str
) -> None:
    strong, short = forge.ec_key(), forge.rsa_key(2048)
    root, issuing = (short, strong) if weak == "root" else (strong, short)
    request = forge.person_request()
    top = forge.self_signed(root, request)
    chain = (forge.certificate(issuing, root, request, request.subject.name()), top)
    path = tmp_path / "chain.pem"
    path.write_bytes(b"".join(pem.armor("CERTIFICATE", der) for der in chain))
    with refusing(errors.TrustUnusable, match="NES_RSA_2048_UNTIL") as caught:
        read_chain(path)
    assert str(path) in str(caught.value)
    assert read_chain(path, (*KEY_RULES, rsa_2048(LAST_DAY))) == chain
