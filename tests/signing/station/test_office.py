"""An office over HTTP: what is sent, and what each answer means."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from signing.app.errors import AddressRefused, AnswerMalformed
from signing.station import protocol
from signing.station.errors import OfficeAway, OfficeRefused
from signing.station.office import OrderingOffice
from signing.station.protocol import ClaimAnswer, FailAnswer, OrderSheet
from tests.kit.signing.refusing import refusing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.signing.station.ordering import FakeOffice

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Scripted:
    """What the server answers next, and what it was asked."""

    url: str = ""
    status: int = 200
    answer: object = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any], Any]] = field(default_factory=list)


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """Serve on a free port of this machine."""
    state = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append((self.path, dict(self.headers), body))
            found = state.answer
            raw = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    http = HTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture
def ordering(scripted: Scripted) -> Iterator[OrderingOffice]:
    """Give the office behind that server."""
    found = OrderingOffice(scripted.url, "geheim", lambda: NOW)
    yield found
    found.close()


def test_each_question_says_who_asks_at_what_time(
    scripted: Scripted, ordering: OrderingOffice, office: FakeOffice
) -> None:
    sheet = office.sheet(office.orders[0])
    scripted.answer = ClaimAnswer(sheet, 7).body()
    answer = ordering.claim([str(number) for number in range(300)])
    assert (answer.sheet, answer.waiting) == (sheet, 7)
    scripted.answer = {"certificate": "AGRlcg=="}
    assert ordering.certify("1", b"proof") == b"\x00der"
    scripted.answer = {"result": "accepted"}
    ordering.hand_in("1", b"\x00der")
    ordering.skip("1")
    scripted.answer = {"stopped": True, "ordered_again": False, "why_not": ""}
    failed = ordering.fail("1", "card_faulty", again=True)
    assert failed == FailAnswer(stopped=True, ordered_again=False, why_not="")
    assert FailAnswer.parse(failed.body()) == failed
    paths, headers, bodies = zip(*scripted.asked, strict=True)
    assert paths == (
        protocol.CLAIM_PATH, protocol.CERTIFY_PATH, protocol.RESULT_PATH, protocol.SKIP_PATH,
        protocol.FAIL_PATH,
    )  # fmt: skip
    assert {one["Authorization"] for one in headers} == {"Bearer geheim"}
    assert {one[protocol.TIME_HEADER] for one in headers} == {"2026-03-02T09:00:00+00:00"}
    assert bodies[0]["besides"] == [str(number) for number in range(100, 300)]
    assert bodies[1:] == (
        {"order": "1", "proof": "cHJvb2Y="},
        {"order": "1", "certificate": "AGRlcg=="},
        {"order": "1"},
        {"order": "1", "reason": "card_faulty", "again": True},
    )


PROBLEM = {"type": "about:blank", "status": 0, "code": "order_void", "title": "T", "detail": "D"}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_office_that_cannot_answer_now_is_away(
    scripted: Scripted, ordering: OrderingOffice, status: int
) -> None:
    scripted.status, scripted.answer = status, {**PROBLEM, "status": status}
    with refusing(OfficeAway, match="Ofise ulaşılamıyor. http.*: T. D"):
        ordering.skip("1")


@pytest.mark.parametrize(("status", "answer"), [(502, b"<html>"), (200, b"<html>"), (200, [])])
def test_what_is_no_answer_of_an_office_counts_as_away(
    scripted: Scripted, ordering: OrderingOffice, status: int, answer: object
) -> None:
    scripted.status, scripted.answer = status, answer
    with pytest.raises(OfficeAway):
        ordering.hand_in("1", b"")


def test_no_network_is_an_office_that_is_away() -> None:
    with pytest.raises(OfficeAway):
        OrderingOffice("http://127.0.0.1:9", "x", lambda: NOW).skip("1")


def test_a_refusal_is_told_in_the_words_of_the_office(
    scripted: Scripted, ordering: OrderingOffice
) -> None:
    scripted.status, scripted.answer = 410, {**PROBLEM, "status": 410}
    with refusing(OfficeRefused, match="T. D") as raised:
        ordering.skip("1")
    assert raised.value.refusal == "order_void"


def test_a_secret_never_goes_over_a_connection_in_the_clear() -> None:
    with pytest.raises(AddressRefused):
        OrderingOffice("http://ofis.example", "x", lambda: NOW)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("order", ""), ("order", 7), ("order", "a\0b"), ("order", "\ud800"),
        ("so_pin", None), ("kind", "dsa"), ("issuing", "AAAA"),
        ("issuing", "?"), ("due", "soon"), ("begun", 1), ("place", None), ("place", {"box": ""}),
        ("request", []), ("reference", None),
    ],
)  # fmt: skip
def test_an_order_that_is_not_as_described_is_refused(
    office: FakeOffice, name: str, value: object
) -> None:
    body = office.sheet(office.orders[0]).body()
    assert OrderSheet.parse(body).label == office.orders[0].card.serial
    with pytest.raises(AnswerMalformed):
        OrderSheet.parse({**body, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("serial_number", "x"), ("not_before", "soon"), ("not_after", "2026-03-02T09:00:00"),
        ("crl_urls", "x"), ("ocsp_urls", [7]), ("common_name", ""),
    ],
)  # fmt: skip
def test_a_certificate_that_is_asked_for_oddly_is_refused(
    office: FakeOffice, name: str, value: object
) -> None:
    body = office.sheet(office.orders[0]).body()
    wanted = body["request"]
    assert isinstance(wanted, dict)
    with pytest.raises(AnswerMalformed):
        OrderSheet.parse({**body, "request": {**wanted, name: value}})


def test_an_answer_to_a_claim_counts_what_waits() -> None:
    assert ClaimAnswer.parse({"order": None, "waiting": 0}) == ClaimAnswer(None, 0)
    with pytest.raises(AnswerMalformed):
        ClaimAnswer.parse({"order": None, "waiting": "0"})
    with pytest.raises(AnswerMalformed):
        FailAnswer.parse({"stopped": "no", "ordered_again": False, "why_not": ""})
