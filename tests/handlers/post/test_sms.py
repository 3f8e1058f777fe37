"""SMS over HTTP: each message once under its key, whatever becomes of the answers."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from handlers.kit.post.sms_gateway import SmsGateway
from handlers.post.carrier import CarrierAway, OutgoingMessage
from handlers.post.sms import IN_A_ROW, SmsCarrier, short_text
from signing.network.fetch import Fetcher, FetchTimeouts
from states.cases.notice import TryOutcome
from states.kit.quiet_hours import read_hours
from states.kit.sms_provider import SmsAnswers, SmsProvider
from tests.kit.post.sms_company import ServedSms, sms_company

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "kullanici:parola-0123"
QUICK = Fetcher(patience=FetchTimeouts(connect=5, read=0.5, whole=2))
ANSWERS = SmsAnswers(
    code="/code", words="/what", taken=("00", "1"), later=("70",), refused=("30",),
    bad_number=("40",),
)  # fmt: skip
PROVIDER = SmsProvider(
    headers={"Authorization": "Basic {basic}", "X-Key": "{key}"},
    body={"from": "{sender}", "messages": [{"no": "{to_digits}", "msg": "{text}"}], "n": 1},
    answer=ANSWERS,
)
NUMBERS = count(1)
SITE = "https://nes.example"
TEXT = "Kartınız {yolda}. Ayrıntı: https://nes.example"


@pytest.fixture(scope="module")
def house() -> Iterator[ServedSms]:
    with sms_company() as served:
        yield served


@pytest.fixture
def carrier(house: ServedSms) -> SmsCarrier:
    house.script()
    return carrier_of(house)


def carrier_of(house: ServedSms, provider: SmsProvider = PROVIDER) -> SmsCarrier:
    return SmsCarrier(gateway(f"{house.url}/send", provider), clock)


def gateway(url: str, provider: SmsProvider = PROVIDER) -> SmsGateway:
    return SmsGateway(url, provider, "NESOFIS", SecretStr(SECRET), QUICK, SITE, 60)


def clock() -> datetime:
    return datetime(2026, 3, 2, 20, 59, tzinfo=UTC)  # 23:59 in Istanbul


def message(to: str = "+90 532 111 22 33", subject: str = "Kartınız {yolda}") -> OutgoingMessage:
    """Return a message of a key of its own: the company keeps those of other tests."""
    number = next(NUMBERS)
    return OutgoingMessage(number, f"<nes.{number}.tag@ofis.example>", to, subject, "Sayın ADA,\n")


def key(one: OutgoingMessage) -> str:
    return one.message_id.strip("<>")


def sent(carrier: SmsCarrier, *messages: OutgoingMessage) -> list[tuple[int, TryOutcome, str]]:
    return [(said.id, said.outcome, said.words) for said in carrier.hand_over(messages)]


def test_a_message_is_told_in_the_words_of_its_provider(
    carrier: SmsCarrier, house: ServedSms
) -> None:
    one = message()
    assert sent(carrier, one) == [(one.id, TryOutcome.TAKEN, "200 00")]
    came = house.received()[key(one)]
    assert json.loads(came["body"]) == {
        "from": "NESOFIS", "messages": [{"no": "905321112233", "msg": TEXT}], "n": 1,
    }  # fmt: skip
    headers = came["headers"]
    scheme, _, proof = headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(proof)) == ("Basic", b"kullanici:parola-0123")
    assert headers["X-Key"] == key(one)
    assert headers["Content-Type"] == "application/json"
    assert (carrier.channel, carrier.rate) == ("sms", 60)


def test_a_provider_of_forms_gets_one(house: ServedSms) -> None:
    house.script()
    provider = SmsProvider(body={"to": "{to}", "t": "{text}", "k": "{secret}"}, encoding="form")
    one = message()
    assert sent(carrier_of(house, provider), one) == [(one.id, TryOutcome.TAKEN, "200")]
    came = house.received()[key(one)]
    assert came["body"] == (
        "to=%2B905321112233&t=Kart%C4%B1n%C4%B1z+%7Byolda%7D.+Ayr%C4%B1nt%C4%B1%3A+"
        "https%3A%2F%2Fnes.example&k=kullanici%3Aparola-0123"
    )
    assert came["headers"]["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("to", ["", "0312 555 12 34", "yok", "155", "+90 0000000001"])
def test_what_takes_no_message_is_no_address_and_nobody_is_asked(
    carrier: SmsCarrier, house: ServedSms, to: str
) -> None:
    one = message(to)
    assert sent(carrier, one) == [(one.id, TryOutcome.BAD_ADDRESS, "no mobile number")]
    assert key(one) not in house.received()


@pytest.mark.parametrize(
    ("met", "words"),
    [
        ("lost", "ConnectionError"),
        ("half", "ProtocolError"),
        ("slow", "ReadTimeout"),
        ("huge", "answer_too_large"),
        ("200 <html>", "200"),
        ("200 {}", "200"),
        ("200 " + "[" * 9_000, "200"),
        ('200 {"code": "99", "what": "dolu"}', "200 99 dolu"),
        ('200 {"code": "70"}', "200 70"),
        ('500 {"code": "00"}', "500 00"),
        ('503 {"code": "40"}', "503 40"),
        ("408 {}", "408"),
        ("302 {}", "302"),
    ],
)
def test_what_may_pass_is_tried_again_under_the_same_key(
    carrier: SmsCarrier, house: ServedSms, met: str, words: str
) -> None:
    one = message()
    house.script(met)
    assert sent(carrier, one) == [(one.id, TryOutcome.TRY_LATER, words)]
    assert sent(carrier, one) == [(one.id, TryOutcome.TAKEN, "200 00")]
    assert house.received()[key(one)]["times"] == 2


@pytest.mark.parametrize(
    ("met", "outcome", "words"),
    [
        ('200 {"code": 1}', TryOutcome.TAKEN, "200 1"),
        ('200 {"code": "30", "what": "içerik"}', TryOutcome.REFUSED, "200 30 içerik"),
        ('200 {"code": "40"}', TryOutcome.BAD_ADDRESS, "200 40"),
        ('400 {"code": "40"}', TryOutcome.BAD_ADDRESS, "400 40"),
        ('422 {"code": "00"}', TryOutcome.REFUSED, "422 00"),
        ('400 {"code": "70"}', TryOutcome.REFUSED, "400 70"),
        ("400", TryOutcome.REFUSED, "400"),
    ],
)
def test_a_yes_and_a_no_are_for_good(
    carrier: SmsCarrier, house: ServedSms, met: str, outcome: TryOutcome, words: str
) -> None:
    one = message()
    house.script(met)
    assert sent(carrier, one) == [(one.id, outcome, words)]


def test_without_a_code_the_status_alone_is_the_answer(house: ServedSms) -> None:
    plain = carrier_of(house, SmsProvider(body={"to": "{to}", "t": "{text}"}))
    one, other = message(), message()
    house.script("202", "422 {}")
    assert [outcome for _, outcome, _ in sent(plain, one, other)] == [
        TryOutcome.TAKEN, TryOutcome.REFUSED,
    ]  # fmt: skip


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 429])
def test_what_concerns_all_messages_counts_for_none(
    carrier: SmsCarrier, house: ServedSms, status: int
) -> None:
    house.script(f'{status} {{"what": "anahtar"}}')
    with pytest.raises(CarrierAway) as away:
        sent(carrier, message(), message())
    assert away.value.params == {"reason": str(status), "words": f"{status} anahtar"}


def test_a_provider_that_answers_nobody_is_left_alone(
    carrier: SmsCarrier, house: ServedSms
) -> None:
    house.script("500", "lost", "200 {}", *["500"] * IN_A_ROW)
    asked = [message() for _ in range(2 * IN_A_ROW)]
    said: list[Any] = []
    with pytest.raises(CarrierAway) as away:
        said.extend(carrier.hand_over(iter(asked)))
    assert away.value.params["reason"] == "unanswered"
    received = house.received()
    assert [key(one) in received for one in asked] == [True] * 3 + [False] * 3


def test_a_yes_between_two_failures_says_that_the_provider_is_there(
    carrier: SmsCarrier, house: ServedSms
) -> None:
    house.script("500", "500", '200 {"code": "00"}', "500", "500")
    asked = [message() for _ in range(5)]
    assert [said.outcome for said in carrier.hand_over(asked)] == [
        TryOutcome.TRY_LATER, TryOutcome.TRY_LATER, TryOutcome.TAKEN, TryOutcome.TRY_LATER,
        TryOutcome.TRY_LATER,
    ]  # fmt: skip


def test_many_messages_take_one_connection(carrier: SmsCarrier, house: ServedSms) -> None:
    fresh = SmsCarrier(replace(carrier.gateway, fetcher=Fetcher()), clock)
    before = house.connections()
    assert len(sent(fresh, *[message() for _ in range(20)])) == 20
    assert house.connections() - before == 2  # the messages' and this question's own


def test_a_provider_that_can_not_be_reached_is_told() -> None:
    nobody = SmsCarrier(gateway("http://127.0.0.1:9/"), clock)
    one = message()
    assert [(said.id, said.outcome) for said in nobody.hand_over([one])] == [
        (one.id, TryOutcome.TRY_LATER)
    ]


@pytest.mark.parametrize(("hours", "told"), [("21:00-08:00", 0), ("00:00-23:59", 1)])
def test_in_the_quiet_hours_nobody_is_rung_and_nothing_counts_as_tried(
    carrier: SmsCarrier, hours: str, told: int
) -> None:
    resting = SmsCarrier(replace(carrier.gateway, quiet=read_hours(hours)), clock)
    waiting = iter([message()])
    assert len(list(resting.hand_over(waiting))) == told
    assert len(list(waiting)) == 1 - told


def test_a_short_text_says_what_it_is_about_and_where_it_is_read() -> None:
    assert short_text(" Kartınız kayboldu. ", SITE) == (
        "Kartınız kayboldu. Ayrıntı: https://nes.example"
    )
