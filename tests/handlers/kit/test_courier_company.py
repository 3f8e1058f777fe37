"""A courier company over HTTP: each parcel is booked once, whatever becomes of the answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from handlers.kit import services as composed
from handlers.kit.courier_company import REST, CourierEndpoint, CourierService
from handlers.kit.courier_service import (
    Booking,
    CourierAway,
    CourierRefused,
    LocalCourier,
    Redelivery,
)
from signing.network.fetch import Fetcher, FetchTimeouts
from signing.network.outbound import OutboundPolicy
from states.cases.shipment import Shipment
from states.kit.settings import load_settings
from tests.kit.handlers.courier.courier_company import SECRET, Served, company
from tests.kit.states.given import SECRETS, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.handlers.world import World

PARCEL = Booking("7/4/courier.book", 7, "AYŞE ÖRNEKOĞLU", "TEST Sokağı 1, Bursa")
QUICK = Fetcher(patience=FetchTimeouts(connect=5, read=0.5, whole=2))


class Seconds:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def house() -> Iterator[Served]:
    with company() as served:
        yield served


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def courier(world: World, house: Served, seconds: Seconds) -> CourierService:
    house.script()
    return CourierService(
        world.engine.database, CourierEndpoint(house.url, SecretStr(SECRET)), QUICK, seconds
    )


def parcel(name: str) -> Booking:
    """Return a parcel of a key of its own: the company keeps those of other tests."""
    return replace(PARCEL, key=f"{name}/4/courier.book")


def book(courier: CourierService, world: World, one: Booking) -> str:
    return courier.book(one, world.clock.now())


def test_a_parcel_is_booked_with_name_and_address_and_kept(
    courier: CourierService, world: World, house: Served
) -> None:
    one = parcel("whole")
    number = book(courier, world, one)
    said = house.booked()[one.key]
    assert (said["key"], said["name"], said["address"]) == (one.key, one.name, one.address)
    assert number == said["tracking_number"]
    (row,) = world.all(Shipment)
    assert (row.key, row.case_id, row.tracking_number, row.booked_at, row.recalled_at) == (
        one.key, 7, number, world.clock.now(), None,
    )  # fmt: skip


def test_a_booking_that_is_kept_is_not_asked_for_again(
    courier: CourierService, world: World, house: Served
) -> None:
    one = parcel("kept")
    first = book(courier, world, one)
    house.script("broken")
    assert book(courier, world, one) == first
    assert house.booked()[one.key]["times"] == 1


@pytest.mark.parametrize(
    ("met", "reason"),
    [
        ("lost", "ConnectionError"),
        ("slow", "ReadTimeout"),
        ("garbage", "no_tracking_number"),
        ("nested", "no_tracking_number"),
        ("huge", "answer_too_large"),
        ("too_many", "http_status"),
        ("broken", "http_status"),
        ("away", "http_status"),
        ("unauthorised", "http_status"),
        ("forbidden", "http_status"),
        ("moved", "http_status"),
        ('number:"AB"', "no_tracking_number"),
        ('number:"AB CD"', "no_tracking_number"),
        ("number:12345", "no_tracking_number"),
        ("number:null", "no_tracking_number"),
    ],
)
def test_what_may_pass_is_asked_again_under_the_same_key_and_booked_once(
    courier: CourierService, world: World, house: Served, met: str, reason: str
) -> None:
    one = parcel(f"again {met}")
    house.script(met)
    with pytest.raises(CourierAway) as away:
        book(courier, world, one)
    assert away.value.params["reason"] == reason
    assert world.all(Shipment) == []
    number = book(courier, world, one)
    booked = house.booked()
    assert booked[one.key]["tracking_number"] == number
    assert [row.tracking_number for row in world.all(Shipment)] == [number]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("bölge dışı", "bölge dışı"),
        ("  iki \n\t satır\x00 ", "iki satır"),
        ("x" * 300, "x" * 200),
        ("10000000146 numaralı alıcı", "100******46 numaralı alıcı"),
        ("", "HTTP 422"),
    ],
)
def test_what_the_company_does_not_take_is_refused_in_its_words(
    courier: CourierService, world: World, house: Served, said: str, reason: str
) -> None:
    house.script(f"refuse:{said}")
    with pytest.raises(CourierRefused) as refused:
        book(courier, world, parcel("refused"))
    assert refused.value.params == {"reason": reason}
    assert world.all(Shipment) == []


def test_the_number_of_another_parcel_is_not_taken(
    courier: CourierService, world: World, house: Served
) -> None:
    number = book(courier, world, parcel("first"))
    house.script(f'number:"{number}"')
    with pytest.raises(CourierAway) as away:
        book(courier, world, parcel("second"))
    assert away.value.params == {"reason": "number_of_another_parcel", "number": number}
    assert [row.key for row in world.all(Shipment)] == [parcel("first").key]


def test_a_company_that_is_away_is_left_alone_and_tried_with_one_parcel(
    courier: CourierService, world: World, house: Served, seconds: Seconds
) -> None:
    house.script(*["broken"] * REST.failures)
    for n in range(REST.failures):
        with pytest.raises(CourierAway, match="http_status"):
            book(courier, world, parcel(f"rest {n}"))
    with pytest.raises(CourierAway) as away:
        book(courier, world, parcel("rest last"))
    assert away.value.params == {"reason": "resting", "label": "courier", "seconds": 30}
    assert parcel("rest last").key not in house.booked()
    seconds.now += REST.rest
    assert book(courier, world, parcel("rest last"))
    assert book(courier, world, parcel("rest 0"))


def test_a_refusal_says_that_the_company_is_there(
    courier: CourierService, world: World, house: Served
) -> None:
    house.script(*["broken"] * (REST.failures - 1), "refuse:no", "broken")
    for _ in range(REST.failures - 1):
        with pytest.raises(CourierAway):
            book(courier, world, parcel("there"))
    with pytest.raises(CourierRefused):
        book(courier, world, parcel("there"))
    with pytest.raises(CourierAway, match="http_status"):
        book(courier, world, parcel("there"))
    assert book(courier, world, parcel("there"))


def test_a_parcel_is_called_back_under_a_key_of_its_own(
    courier: CourierService, world: World, house: Served
) -> None:
    one = parcel("back")
    number = book(courier, world, one)
    courier.recall(number, world.clock.now())
    assert house.booked()[one.key]["recalled"] == f"recall/{number}"
    house.script("delivered")
    courier.recall(number, world.clock.now())


def test_a_parcel_that_the_company_does_not_know_can_not_be_called_back(
    courier: CourierService, world: World
) -> None:
    with pytest.raises(CourierRefused) as refused:
        courier.recall("BASKA/../1", world.clock.now())
    assert refused.value.params == {"reason": "unknown parcel"}


def test_another_address_or_to_be_kept_is_asked_for_and_may_be_refused(
    courier: CourierService, world: World, house: Served
) -> None:
    one = parcel("tried")
    number = book(courier, world, one)
    now = world.clock.now()
    courier.redeliver(Redelivery("9/4/ask", number, "TEST Cadde 2"), now)
    told = ["redeliver", "9/4/ask", {"address": "TEST Cadde 2"}]
    assert house.booked()[one.key]["wish"] == told
    courier.redeliver(Redelivery("9/5/ask", number, None), now)
    assert house.booked()[one.key]["wish"] == ["keep", "9/5/ask", {}]
    house.script("refuse:bölge dışı", "broken")
    with pytest.raises(CourierRefused) as refused:
        courier.redeliver(Redelivery("9/6/ask", number, None), now)
    assert refused.value.params == {"reason": "bölge dışı"}
    with pytest.raises(CourierAway):
        courier.redeliver(Redelivery("9/7/ask", number, None), now)


def test_a_wrong_secret_is_a_courier_that_is_away(world: World, house: Served) -> None:
    house.script()
    stranger = CourierService(
        world.engine.database, CourierEndpoint(house.url, SecretStr("x" * 16)), QUICK
    )
    with pytest.raises(CourierAway) as away:
        book(stranger, world, parcel("stranger"))
    assert away.value.params == {"reason": "http_status", "status": 401}


def test_the_settings_choose_the_courier(world: World) -> None:
    database = world.engine.database
    given = {**SECRETS, "NES_COURIER_URL": "https://kurye.example/v1/"}
    given |= {"NES_COURIER_SECRET": SECRET, "NES_PLAIN": "status"}
    chosen = composed.open_services(load_settings(given), database).courier
    assert isinstance(chosen, CourierService)
    fetcher = chosen._fetcher  # noqa: SLF001 - how it asks is nobody else's to know
    assert isinstance(fetcher, Fetcher)
    assert fetcher.hosts == frozenset({"kurye.example"})
    assert (
        fetcher.way
        == replace(composed.way_of(load_settings(given)), plain=False)
        != OutboundPolicy()
    )
    assert chosen._endpoint.url == "https://kurye.example/v1"  # noqa: SLF001 - as above
    assert isinstance(
        composed.open_services(load_settings(SECRETS), database).courier, LocalCourier
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"NES_COURIER_URL": "https://kurye.example"}, "together with NES_COURIER_SECRET"),
        ({"NES_COURIER_SECRET": SECRET}, "together with NES_COURIER_SECRET"),
        (
            {"NES_COURIER_URL": "http://kurye.example", "NES_COURIER_SECRET": SECRET},
            "spoken to over TLS",
        ),
        (
            {"NES_COURIER_URL": "https://kurye.example?x=1", "NES_COURIER_SECRET": SECRET},
            "NES_COURIER_URL",
        ),
        ({"NES_COURIER_URL": "https://kurye.example", "NES_COURIER_SECRET": "kisa"}, "at least 16"),
    ],
)
def test_half_a_courier_or_one_in_the_clear_stops_the_start(
    given: dict[str, str], said: str
) -> None:
    assert said in refusal({**SECRETS, **given}).args[0]
