"""Evidence of a provider of registered e-mail: only what it has signed, only what is known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.kit.post.receipt_sources import KepSigners
from handlers.post.delivery_report import ReceiptRefused
from handlers.post.kep_evidence import is_signed, read_evidence
from handlers.post.keyed import NamedNotice
from states.cases.notice import TryOutcome
from tests.kit.post.returned import Report, evidence, signed, signers

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

TAG = "0123456789abcdef" * 2
ID = f"nes.12.{TAG}"
DELIVERY = "DeliveryNonDeliveryToRecipient"


def reason(world: World, mail: bytes) -> str:
    """Return why a mail is no evidence."""
    with pytest.raises(ReceiptRefused) as refused:
        read_evidence(mail, signers(world), world.clock.now())
    return str(refused.value.params["reason"])


@pytest.mark.parametrize(
    ("kind", "event", "outcome"),
    [
        (DELIVERY, "Delivery", TryOutcome.DELIVERED),
        (DELIVERY, "DeliveryExpiration", TryOutcome.BAD_ADDRESS),
        ("RetrievalNonRetrievalByRecipient", "Retrieval", TryOutcome.DELIVERED),
        ("RetrievalNonRetrievalByRecipient", "NonRetrieval", None),
        ("SubmissionAcceptanceRejection", "Acceptance", None),
        ("SubmissionAcceptanceRejection", "Rejection", TryOutcome.REFUSED),
        ("RelayToREMMDAcceptanceRejection", "Rejection", TryOutcome.REFUSED),
    ],
)
def test_evidence_says_what_became_of_a_message(
    world: World, kind: str, event: str, outcome: TryOutcome | None
) -> None:
    mail = signed(world, evidence(ID, kind, event))
    assert is_signed(mail)
    report = read_evidence(mail, signers(world), world.clock.now())
    assert (report.named, report.outcome, report.words) == (NamedNotice(12, TAG), outcome, event)


def test_a_provider_may_sign_a_report_of_delivery(world: World) -> None:
    mail = signed(world, Report(ID).mail())
    report = read_evidence(mail, signers(world), world.clock.now())
    assert (report.named.notice_id, report.outcome) == (12, TryOutcome.BAD_ADDRESS)


def test_another_signer_a_changed_mail_and_an_expired_one_do_not_count(world: World) -> None:
    mail = signed(world, evidence(ID, DELIVERY, "Delivery"))
    changed = mail.replace(b"Event#Delivery<", b"Event#DeliveryExpiration<")
    assert reason(world, changed) == "signature"
    assert reason(world, mail.replace(b"multipart/signed", b"multipart/mixed")) == "signature"
    for who, at in (
        (KepSigners(), world.clock.now()),
        (signers(world), world.clock.now() + timedelta(days=365 * 60)),
    ):
        with pytest.raises(ReceiptRefused):
            read_evidence(mail, who, at)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ((b"http://uri.etsi.org/02640/v2#", b"http://example.org/x#"), "no_report"),
        ((b"</rem:EventCode>", b""), "no_report"),
        ((b"?>\n<rem:", b"?>\n<!DOCTYPE a [<!ENTITY b 'c'>]>\n<rem:"), "no_report"),
        ((b"application/xml", b"application/octet-stream"), "no_report"),
        ((b"UAMessageIdentifier", b"Other"), "names_none"),
        ((b"nes.12.", b"nes.x."), "names_none"),
    ],
)
def test_signed_mail_that_is_no_evidence_of_ours_does_not_count(
    world: World, changed: tuple[bytes, bytes], why: str
) -> None:
    mail = evidence(ID, DELIVERY, "Delivery").replace(*changed)
    assert reason(world, signed(world, mail)) == why


def test_evidence_is_not_looked_for_at_any_depth(world: World) -> None:
    def within(mail: bytes, levels: int) -> bytes:
        for n in range(levels):
            inner = mail.partition(b"\nContent-Type")[2]
            mail = (
                f'Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="d{n}"\n\n'
                f"--d{n}\nContent-Type".encode()
                + inner
                + f"\n--d{n}--\n".encode()
            )
        return mail

    mail = evidence(ID, DELIVERY, "Delivery")
    one = read_evidence(signed(world, within(mail, 1)), signers(world), world.clock.now())
    assert one.outcome is TryOutcome.DELIVERED
    assert reason(world, signed(world, within(mail, 2))) == "no_report"
