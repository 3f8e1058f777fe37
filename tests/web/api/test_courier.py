"""The courier's events over HTTP: who may tell them, each answered by itself, each counted once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from handlers.cards.scanning import scan_out
from states.cases.application import Application
from states.cases.parcel import Parcel
from states.logs.courier_event import ReportedEvent
from tests.kit.handlers.courier.parcel_desk import begin_list, fill_house, number
from tests.kit.handlers.courier.parcels import where_people_scan
from tests.kit.handlers.world import operator
from web.api import openapi
from web.api.courier_description import MOST_EVENTS, PATH
from web.gate.composition import KEY

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World

SECRET = "kuryenin-sirri-123456"
DELIVERED = {
    "id": "o-1",
    "tracking_number": number(1),
    "kind": "delivered",
    "at": "2026-03-02T12:10:00+03:00",
    "shown": "passport",
    "shown_number": "U1234567",
    "handed_by": "Kurye 7",
}


class Company:
    """A courier company at its own computer."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def tell(self, *events: object, status: int = 200, secret: str | None = SECRET) -> Any:  # noqa: ANN401 - JSON
        head = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        answer = self.client.post(PATH, json={"events": list(events)}, headers=head)
        assert answer.status_code == status, answer.text
        said: Any = answer.json
        return said["answers"] if status == 200 else said

    def send(self, body: bytes, sort: str = "application/json") -> tuple[int, str]:
        head = {"Authorization": f"Bearer {SECRET}"}
        answer = self.client.post(PATH, data=body, content_type=sort, headers=head)
        assert answer.json is not None
        return answer.status_code, str(answer.json["code"])


@pytest.fixture
def company(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Give a company that is connected; two parcels are with it and one waits in the house."""
    office = app.extensions[KEY]
    known = office.settings.model_copy(update={"courier_secret": SecretStr(SECRET)})
    monkeypatch.setitem(app.extensions, KEY, replace(office, settings=known))
    where_people_scan(world)
    parcels = fill_house(world, 3)
    listing = begin_list(world)
    for parcel in parcels[:2]:
        scan_out(world.engine, listing.id, parcel.tracking_number, operator())
    world.clock.advance(minutes=20)
    return Company(app)


def test_a_delivery_counts_once_however_often_it_is_told(world: World, company: Company) -> None:
    assert company.tell(DELIVERED) == [{"id": "o-1", "result": "taken"}]
    assert company.tell(DELIVERED) == [{"id": "o-1", "result": "known"}]
    [kept] = world.all(ReportedEvent)
    assert (kept.event_id, kept.actor) == ("o-1", "system:courier")
    application = world.read(Application, world.read(Parcel, kept.parcel_id).application_id)
    assert application.state == "delivered"
    assert application.delivery is not None
    assert application.delivery["number"] == "*****567"


def test_each_event_is_answered_by_itself(world: World, company: Company) -> None:
    answers = company.tell(
        {**DELIVERED, "id": "a", "tracking_number": number(3)},
        {**DELIVERED, "id": "b", "tracking_number": "YK99999999999999"},
        {**DELIVERED, "id": "c", "at": "2026-03-02T11:00:00+03:00"},
        {**DELIVERED, "id": "d", "shown_number": ""},
        {"id": "e", "tracking_number": number(2), "kind": "returned", "at": "02.03.2026 12:10"},
        {"id": "f", "tracking_number": number(2), "kind": "attempt", "at": "02.03.2026 12:10",
         "reason": "absent"},
        DELIVERED,
    )  # fmt: skip
    assert [(one["id"], one["result"], one.get("code")) for one in answers] == [
        ("a", "refused", "parcel_not_handed_over"),
        ("b", "refused", "parcel_unknown"),
        ("c", "refused", "courier_before_it_left"),
        ("d", "refused", "courier_nothing_shown"),
        ("e", "refused", "tracking_reason_missing"),
        ("f", "taken", None),
        ("o-1", "taken", None),
    ]
    assert all(one["title"].endswith(".") for one in answers[:5])
    assert [parcel.attempts for parcel in world.all(Parcel)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "x" * 101}, "id"),
        ({"id": "ö"}, "id"),
        ({"id": "\ud800"}, "id"),
        ({"kind": "gone"}, "kind"),
        ({"reason": "why"}, "reason"),
        ({"shown": "student_card"}, "shown"),
        ({"handed_by": 7}, "handed_by"),
        ({"handed_by": "a\0b"}, "handed_by"),
        ({"more": "x"}, "more"),
        ({"at": None}, "at"),
    ],
)
def test_a_malformed_field_is_named(
    world: World, company: Company, changes: dict[str, object], field: str
) -> None:
    [answer] = company.tell({**DELIVERED, **changes})
    assert (answer["result"], answer["code"]) == ("refused", "event_malformed")
    assert answer["title"].endswith(f": {field}.")
    assert world.all(ReportedEvent) == []


def test_what_is_no_event_is_refused_by_itself(company: Company) -> None:
    answers = company.tell("x", None, {}, {"id": 7}, DELIVERED)
    assert [(one["id"], one["result"]) for one in answers] == [
        ("", "refused"), ("", "refused"), ("", "refused"), ("", "refused"), ("o-1", "taken"),
    ]  # fmt: skip


@pytest.mark.parametrize("secret", [None, "", "falsch", SECRET[:-1], f"{SECRET}x"])
def test_a_stranger_is_turned_away(world: World, company: Company, secret: str | None) -> None:
    problem = company.tell(DELIVERED, status=401, secret=secret)
    assert (problem["code"], problem["detail"]) == (
        "courier_unknown", "Kurye kuruluşunun sırrı yanlış ya da eksik.",
    )  # fmt: skip
    assert world.all(ReportedEvent) == []


@pytest.mark.usefixtures("world")
def test_an_office_without_a_company_has_no_such_address(app: Flask) -> None:
    problem = Company(app).tell(DELIVERED, status=404)
    assert problem["code"] == "courier_absent"


def test_a_body_that_is_none_is_refused_whole(company: Company) -> None:
    assert company.send(b"{}", "text/plain") == (415, "not_json")
    assert company.send(b"{") == (400, "json_malformed")
    assert company.send(b"[]") == (400, "field_malformed")
    assert company.send(b'{"events": {}}') == (400, "field_malformed")
    assert company.send(b" " * 100_000) == (413, "body_too_large")
    many = [{**DELIVERED, "id": f"o-{one}"} for one in range(MOST_EVENTS + 1)]
    for events in ((), many):
        assert company.tell(*events, status=400)["code"] == "field_malformed"


def test_the_description_names_path_fields_and_answers() -> None:
    found = openapi.description()
    post = found["paths"][PATH]["post"]
    assert post["security"] == [{"courier": []}]
    schema = found["components"]["schemas"]["CourierEvent"]
    assert set(DELIVERED) <= set(schema["properties"])
    assert schema["required"] == ["at", "id", "kind", "tracking_number"]
    answer = found["components"]["schemas"]["CourierAnswers"]["properties"]["answers"]["items"]
    assert answer["properties"]["result"]["enum"] == ["taken", "known", "refused"]
