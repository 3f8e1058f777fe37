"""Asking for time-stamps: what is no answer to the question is refused."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms, core, tsp

from signing.authority import tsa
from signing.errors import OnlineAnswerWrong
from signing.network.online import Online
from signing.x509 import tlv
from tests.kit.signing import forge
from tests.kit.signing.house import NOW
from tests.kit.signing.loopback import Loopback, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

from tests.kit.signing.own_house import DIGEST, PATIENT, House, make_house


@pytest.fixture(scope="module")
def house() -> House:
    return make_house()


@pytest.fixture
def site() -> Iterator[Loopback]:
    with serving() as site:
        yield site


@pytest.fixture
def online(site: Loopback) -> Online:
    return Online(site.url("/tsa"), PATIENT)


def test_a_token_is_over_the_digest_and_asked_with_a_nonce_and_for_certificates(
    site: Loopback, house: House, online: Online
) -> None:
    site.answers["/tsa"] = house.stamp
    token = tsp.ContentInfo.load(online.timestamp(DIGEST), strict=True)
    info = token["content"]["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native == DIGEST
    assert info["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha256"
    assert info["gen_time"].native == NOW
    ((_, headers, body),) = site.asked
    request = tsp.TimeStampReq.load(body)
    assert request["nonce"].native.bit_length() >= 56
    assert request["cert_req"].native is True
    assert headers["Content-Type"] == "application/timestamp-query"
    assert headers["Accept"] == "application/timestamp-reply"


def with_status(response: bytes, status: str) -> bytes:
    """Give a time-stamp response with another status."""
    parsed = tsp.TimeStampResp.load(response)
    parsed["status"]["status"] = status
    return bytes(parsed.dump(force=True))


def refusing(house: House, status: str, body: bytes) -> bytes:
    return with_status(house.stamp(body), status)


def test_a_token_that_is_granted_with_changes_is_a_token(
    site: Loopback, house: House, online: Online
) -> None:
    site.answers["/tsa"] = partial(refusing, house, "granted_with_mods")
    assert tsp.ContentInfo.load(online.timestamp(DIGEST), strict=True)
    for refused in ("rejection", "waiting"):
        site.answers["/tsa"] = partial(refusing, house, refused)
        with pytest.raises(OnlineAnswerWrong):
            online.timestamp(DIGEST)


def test_two_requests_carry_two_nonces(site: Loopback, house: House, online: Online) -> None:
    site.answers["/tsa"] = house.stamp
    online.timestamp(DIGEST)
    online.timestamp(DIGEST)
    first, second = (tsp.TimeStampReq.load(body)["nonce"].native for _, _, body in site.asked)
    assert first != second


def test_a_longer_digest_is_stamped_as_such(site: Loopback, house: House, online: Online) -> None:
    site.answers["/tsa"] = house.stamp
    digest = hashlib.sha384(b"x").digest()
    token = tsp.ContentInfo.load(online.timestamp(digest, "sha384"))
    info = token["content"]["encap_content_info"]["content"].parsed
    assert info["message_imprint"]["hashed_message"].native == digest


def other_request(body: bytes, **changed: object) -> bytes:
    request = tsp.TimeStampReq.load(body)
    for name, value in changed.items():
        request[name] = value
    return bytes(request.dump())


def imprint(data: bytes, algorithm: str = "sha256") -> tsp.MessageImprint:
    return tsp.MessageImprint(
        {
            "hash_algorithm": {"algorithm": algorithm},
            "hashed_message": hashlib.new(algorithm, data).digest(),
        }
    )


def extended(house: House, body: bytes) -> bytes:
    """Give a token with a critical extension that nobody knows, well signed."""
    response = tsp.TimeStampResp.load(house.stamp(body))
    signed_data = response["time_stamp_token"]["content"]
    content = signed_data["encap_content_info"]["content"]
    info = content.parsed
    odd = {"extn_id": "1.2.3.4", "critical": True, "extn_value": core.OctetString(b"")}
    info["extensions"] = [odd]
    signed_data["encap_content_info"]["content"] = core.ParsableOctetString(info.dump(force=True))
    signer = signed_data["signer_infos"][0]
    digest = hashlib.sha256(info.dump()).digest()
    for attribute in signer["signed_attrs"]:
        if attribute["type"].native == "message_digest":
            attribute["values"] = [digest]
    attributes = cms.CMSAttributes.load(
        tlv.wrap(tlv.SET, sorted(one.dump(force=True) for one in signer["signed_attrs"]))
    )
    signer["signed_attrs"] = attributes
    signer["signature"] = house.sign(attributes.dump())
    return bytes(response.dump(force=True))


WRONG: dict[str, Callable[[House, bytes], object]] = {
    "another nonce": lambda house, body: house.stamp(other_request(body, nonce=7)),
    "no nonce": lambda house, body: house.stamp(
        bytes(
            tsp.TimeStampReq(
                {
                    "version": "v1",
                    "message_imprint": tsp.TimeStampReq.load(body)["message_imprint"],
                    "cert_req": True,
                }
            ).dump()
        )
    ),
    "another imprint": lambda house, body: house.stamp(
        other_request(body, message_imprint=imprint(b"other"))
    ),
    "another hash": lambda house, body: house.stamp(
        other_request(body, message_imprint=imprint(b"a signature value", "sha512"))
    ),
    "no certificate": lambda house, body: house.stamp(other_request(body, cert_req=False)),
    "a refusal": lambda _house, _body: tsa.rejection(tsa.TimeStampFailure.SYSTEM),
    "a broken signature": lambda house, body: forged(house.stamp(body)),
    "somebody else's signature": lambda house, body: House(
        forge.rsa_key(2048), house.certificate
    ).stamp(body),
    "cut off": lambda house, body: house.stamp(body)[:-9],
    "bytes after the end": lambda house, body: house.stamp(body) + b"\0",
    "an extension that must be known": extended,
    "garbage": lambda _house, _body: b"<html>maintenance</html>",
    "nothing": lambda _house, _body: b"",
}


def forged(response: bytes) -> bytes:
    """Change the time inside a token and leave its signature as it was."""
    return response.replace(NOW.strftime("%Y%m%d%H").encode(), b"2020010100", 1)


@pytest.mark.parametrize("fault", WRONG)
def test_a_token_that_is_no_answer_to_the_question_is_refused(
    site: Loopback, house: House, online: Online, fault: str
) -> None:
    forge.rsa_key(2048)  # making one takes longer than this client waits
    site.answers["/tsa"] = lambda body: WRONG[fault](house, body)
    with pytest.raises(OnlineAnswerWrong) as caught:
        online.timestamp(DIGEST)
    assert caught.value.params["where"] == site.url("/tsa")
    assert caught.value.again
