"""Reports of delivery as mail servers write them: what they say, and of which message."""

from __future__ import annotations

import base64

import pytest

from handlers.post.delivery_report import ReceiptRefused, read_report
from handlers.post.keyed import NamedNotice
from handlers.post.mime_parts import MOST_PARTS, parts_of
from states.cases.notice import TryOutcome
from tests.kit.post.returned import Report

TAG = "0123456789abcdef" * 2
ID = f"nes.12.{TAG}"


def reason(mail: bytes) -> str:
    """Return why a mail is no report."""
    with pytest.raises(ReceiptRefused) as refused:
        read_report(mail)
    return str(refused.value.params["reason"])


@pytest.mark.parametrize(
    ("action", "status", "outcome"),
    [
        ("failed", "5.1.1", TryOutcome.BAD_ADDRESS),
        ("failed", "5.2.1", TryOutcome.BAD_ADDRESS),
        ("failed", "5.4.4", TryOutcome.BAD_ADDRESS),
        ("failed", "5.0.0", TryOutcome.BAD_ADDRESS),
        ("failed", "", TryOutcome.BAD_ADDRESS),
        ("failed", "5.2.2 (mailbox full)", TryOutcome.REFUSED),
        ("failed", "5.7.1", TryOutcome.REFUSED),
        ("failed", "4.4.7", TryOutcome.REFUSED),
        (" Delivered ", "2.0.0", TryOutcome.DELIVERED),
        ("expanded", "2.0.0", TryOutcome.DELIVERED),
        ("delayed", "4.4.1", TryOutcome.DELAYED),
        ("relayed", "2.0.0", None),
    ],
)
def test_a_report_says_what_became_of_a_message(
    action: str, status: str, outcome: TryOutcome | None
) -> None:
    report = read_report(Report(ID, action, status).mail())
    assert (report.named, report.outcome) == (NamedNotice(12, TAG), outcome)


def test_the_words_are_the_code_and_what_the_other_server_said() -> None:
    assert read_report(Report(ID).mail()).words == "550 5.1.1 <a@ornek.invalid>: no such user"
    assert read_report(Report(ID, said="kota dolu").mail()).words == "5.1.1 kota dolu"
    assert read_report(Report(ID, status="", said="").mail()).words == ""
    assert read_report(Report(ID, "relayed").mail()).words == ""


def test_line_ends_of_the_wire_are_read_too() -> None:
    mail = Report(ID, "delayed", "4.4.1").mail().replace(b"\n", b"\r\n")
    assert read_report(mail).outcome is TryOutcome.DELAYED


def test_the_best_of_several_readers_counts() -> None:
    more = "\nFinal-Recipient: rfc822; b@ornek.invalid\nAction: delivered\nStatus: 2.1.5\n"
    assert read_report(Report(ID, more=more).mail()).outcome is TryOutcome.DELIVERED
    worse = "\nFinal-Recipient: rfc822; b@ornek.invalid\nAction: delayed\nStatus: 4.0.0\n"
    assert read_report(Report(ID, more=worse).mail()).outcome is TryOutcome.BAD_ADDRESS


def test_either_id_names_the_message_and_both_must_agree() -> None:
    assert read_report(Report("", returned=ID).mail()).named.notice_id == 12
    assert read_report(Report(ID, returned="abc").mail()).named.notice_id == 12
    assert reason(Report(ID, returned=f"nes.13.{TAG}").mail()) == "names_several"
    assert reason(Report("QQ123", returned="abc").mail()) == "names_none"


@pytest.mark.parametrize(
    "changed",
    [
        (b"multipart/report", b"multipart/mixed"),
        (b"report-type=delivery-status", b"report-type=disposition-notification"),
        (b"message/delivery-status", b"text/plain"),
        (b"Action: failed", b"Action: eaten"),
        (b"\nFinal-Recipient: rfc822; a@ornek.invalid\nAction: failed", b"Action: failed"),
    ],
)
def test_other_mail_is_no_report(changed: tuple[bytes, bytes]) -> None:
    assert reason(Report(ID).mail().replace(*changed)) == "no_report"


@pytest.mark.parametrize("mail", [b"", b"\xff\xfe\0", b"Subject: tatildeyim\n\nMerhaba\n"])
def test_what_is_hardly_a_mail_is_no_report(mail: bytes) -> None:
    assert reason(mail) == "no_report"


def test_an_empty_status_names_nothing() -> None:
    head = b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
    assert reason(head + b"--x\nContent-Type: message/delivery-status\n\n--x--\n") == "names_none"
    whole = f"Original-Envelope-Id: {ID}\n".encode()
    bare = head + b"--x\nContent-Type: message/delivery-status\n\n" + whole + b"--x--\n"
    assert reason(bare) == "no_report"


def test_a_status_may_be_encoded() -> None:
    status = f"Original-Envelope-Id: {ID}\n\nAction: failed\nStatus: 5.1.1\n".encode()
    mail = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n"
        b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(status)
        + b"--x--\n"
    )
    assert read_report(mail).outcome is TryOutcome.BAD_ADDRESS


def test_parts_within_parts_are_not_read_and_no_more_than_some() -> None:
    head = b"Content-Type: multipart/mixed; boundary=x\n\n"
    assert len(parts_of(head + b"--x\n\na\n" * (MOST_PARTS + 5))) == MOST_PARTS
    assert parts_of(b"Content-Type: multipart/mixed\n\n--x\n") == []
    assert parts_of(b"Content-Type: text/plain; boundary=x\n\n--x\n\na\n") == []
    deep = b"".join(b"--x\n" + head for _ in range(5_000))
    assert len(parts_of(head + deep)) == MOST_PARTS
