"""The carrier of e-mail against servers that refuse, break off, lose their answer or do not trust.

The servers are processes of their own; nothing here waits for a clock.
"""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from handlers.kit.post.mail_server import MailServer
from handlers.post.carrier import CarrierAway, HandedOver, OutgoingMessage
from handlers.post.smtp import BROKEN, SmtpCarrier, sender_header
from states.cases.notice import TryOutcome
from states.kit.mail_address import BadMailAddress
from tests.kit.post.mail_server import ACCOUNT, mail_server
from tests.kit.signing.forward import identity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kit.post.mail_server import RunningMailServer

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER, GONE, NO, OK = (
    TryOutcome.TRY_LATER, TryOutcome.BAD_ADDRESS, TryOutcome.REFUSED, TryOutcome.TAKEN,
)  # fmt: skip


def messages(count: int, to: str = "a@ornek.invalid") -> list[OutgoingMessage]:
    """Return so many messages."""
    return [
        OutgoingMessage(n, f"<nes.{n}.ab@ofis.test>", to, "Konu", f"{n}\n")
        for n in range(1, count + 1)
    ]


def plain(port: int) -> SmtpCarrier:
    """Return the carrier of a server of this machine."""
    return SmtpCarrier(
        MailServer("127.0.0.1", port, "nes@ofis.test", implicit_tls=False, here=True), lambda: NOW
    )


def said(carrier: SmtpCarrier, count: int = 1) -> list[tuple[TryOutcome, str]]:
    """Return what is said of so many messages."""
    return [(one.outcome, one.words) for one in carrier.hand_over(messages(count))]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMailServer]:
    """Give a server that takes everything, unless a test runs one of its own."""
    with mail_server(tmp_path_factory.mktemp("posta") / "s") as running:
        yield running


ANSWERS = {
    "rcpt 550 5.1.1 no such user": GONE,
    "rcpt 450 4.2.1 try again": LATER,
    "rcpt 550 5.7.1 we do not like you": NO,
    "data 552 5.3.4 too large": NO,
    "data 451 4.3.0 busy": LATER,
    "text 554 5.6.0 not like this": NO,
    "text 550 5.1.1 no such user": NO,
    "text 451 4.7.1 greylisted": LATER,
    "mail 451 4.3.2 wait": LATER,
}


def test_an_answer_is_judged_by_its_code_and_the_next_message_goes_on(tmp_path: Path) -> None:
    with mail_server(tmp_path / "s") as own:
        own.script(*ANSWERS)
        found = said(plain(own.port), len(ANSWERS) + 1)
        [taken] = own.taken()
    expected = [(outcome, answer.partition(" ")[2]) for answer, outcome in ANSWERS.items()]
    assert found == [*expected, (OK, "250 2.0.0 taken")]
    assert (taken.message_id, taken.connection) == (f"<nes.{len(ANSWERS) + 1}.ab@ofis.test>", 1)


def test_a_sender_that_is_refused_for_good_concerns_all(tmp_path: Path) -> None:
    with mail_server(tmp_path / "s") as own:
        own.script("mail 550 5.7.1 not you")
        with pytest.raises(CarrierAway) as away:
            said(plain(own.port), 2)
        assert own.taken() == []
    assert away.value.params == {"reason": "550", "words": "5.7.1 not you"}


def test_a_server_that_breaks_off_is_called_again(tmp_path: Path) -> None:
    breaks = ("close", "lost", "mail 421 4.3.2 bye", "rcpt 421 4.3.2 bye", "text 421 4.3.2 bye")
    script = [one for step in breaks for one in (step, "ok")]
    with mail_server(tmp_path / "s") as own:
        own.script(*script)
        found = [outcome for outcome, _ in said(plain(own.port), len(script))]
        taken = [(mail.message_id.split(".")[1], mail.connection) for mail in own.taken()]
    assert found == [LATER, OK] * len(breaks)
    lost = ("3", 2)  # the server has it and nobody knows: it goes once more, under the same name
    assert taken == [("2", 2), lost, ("4", 3), ("6", 4), ("8", 5), ("10", 6)]


def test_one_that_breaks_off_each_time_is_away_and_tried_anew(tmp_path: Path) -> None:
    with mail_server(tmp_path / "s") as own:
        own.script(*["close"] * BROKEN)
        carrier = plain(own.port)
        told: list[HandedOver] = []
        with pytest.raises(CarrierAway) as away:
            told += carrier.hand_over(messages(BROKEN + 1))
        assert away.value.params["reason"] == "broken"
        assert said(carrier) == [(OK, "250 2.0.0 taken")]


def test_an_address_that_is_none_needs_no_server() -> None:
    carrier = plain(9)
    told = list(carrier.hand_over(messages(1, "ayşe@b.tr")))
    assert told == [HandedOver(1, GONE, "address: local_letters")]
    assert list(carrier.hand_over([])) == []


def test_a_server_that_is_not_there_is_away() -> None:
    with pytest.raises(CarrierAway) as away:
        said(plain(9))
    assert away.value.params == {"reason": "ConnectionRefusedError", "words": ""}


def test_what_does_not_speak_smtp_is_away(server: RunningMailServer) -> None:
    """A server that speaks in the clear where TLS from the first byte is expected."""
    carrier = SmtpCarrier(MailServer("127.0.0.1", server.port, "nes@ofis.test"), lambda: NOW)
    with pytest.raises(CarrierAway) as away:
        said(carrier)
    assert str(away.value.params["reason"]).startswith("SSL")


def test_a_server_elsewhere_that_offers_no_tls_is_away(server: RunningMailServer) -> None:
    there = MailServer("127.0.0.1", server.port, "nes@ofis.test", implicit_tls=False)
    before = len(server.taken())
    with pytest.raises(CarrierAway) as away:
        said(SmtpCarrier(there, lambda: NOW))
    assert away.value.params["reason"] == "SMTPNotSupportedError"
    assert len(server.taken()) == before


@pytest.mark.parametrize("how", ["starttls", "tls"])
def test_tls_and_the_password_are_checked(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    made = identity(folder / "tls")
    name, password = ACCOUNT

    def carrier(secret: str, *, trusted: bool = True) -> SmtpCarrier:
        given = MailServer(
            "127.0.0.1", own.port, "Ofis <nes@ofis.test>", implicit_tls=how == "tls",
            user=name, password=SecretStr(secret), anchors=made.anchors if trusted else None,
            rate=7,
        )  # fmt: skip
        return SmtpCarrier(given, lambda: NOW)

    with mail_server(folder, how) as own:
        assert said(carrier(password)) == [(OK, "250 2.0.0 taken")]
        [mail] = own.taken()
        with pytest.raises(CarrierAway) as wrong:
            said(carrier("yanlis"))
        with pytest.raises(CarrierAway) as stranger:
            said(carrier(password, trusted=False))
        assert len(own.taken()) == 1
    assert (mail.sender, carrier(password).rate) == ("nes@ofis.test", 7)
    assert mail.message["From"] == "Ofis <nes@ofis.test>"
    assert wrong.value.params["reason"] == "535"
    assert "yanlis" not in str(wrong.value.params)
    assert stranger.value.params["reason"] == "SSLCertVerificationError"


class Line(smtplib.SMTP):
    """A line to a server that knows no extension; it says ``answer`` to a text, or nothing."""

    def __init__(self, answer: bytes | None) -> None:
        self.sock = None
        self.esmtp_features: dict[str, str] = {}
        self.answer = answer
        self.asked: list[list[str]] = []

    def mail(self, sender: str, options: object = ()) -> tuple[int, bytes]:
        """Take a sender."""
        self.asked.append([sender, str(options)])
        return 250, b"ok"

    def rcpt(self, recip: str, options: object = ()) -> tuple[int, bytes]:
        """Take a reader."""
        self.asked.append([recip, str(options)])
        return 250, b"ok"

    def data(self, _msg: object) -> tuple[int, bytes]:
        """Take a text, or say nothing until patience is over."""
        if self.answer is None:
            raise TimeoutError("timed out")
        return 250, self.answer


def test_a_server_without_dsn_is_asked_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line("alındı".encode())
    monkeypatch.setattr(SmtpCarrier, "_open", lambda _self: line)
    assert said(plain(9)) == [(OK, "250 alındı")]
    assert line.asked == [["nes@ofis.test", "[]"], ["a@ornek.invalid", "[]"]]


def test_a_silent_server_has_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SmtpCarrier, "_open", lambda _self: Line(None))
    assert said(plain(9)) == [(LATER, "TimeoutError: timed out")]


def test_a_sender_has_an_address_that_is_one() -> None:
    assert sender_header("NES Ofisi", "nes@şirket.tr") == "NES Ofisi <nes@xn--irket-idb.tr>"
    with pytest.raises(BadMailAddress):
        sender_header("NES", "nes")


def test_signs_of_an_address_are_written_for_the_envelope(server: RunningMailServer) -> None:
    before = len(server.taken())
    [told] = plain(server.port).hand_over(messages(1, "ali+nes=1@ornek.invalid"))
    assert told.outcome is OK
    mail = server.taken()[before]
    assert mail.rcpt == "NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;ali+2Bnes+3D1@ornek.invalid"
