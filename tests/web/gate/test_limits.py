"""Limits over all sources: nothing of them is used up by what one source is refused."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from limits.util import parse
from werkzeug.exceptions import TooManyRequests

import web
from handlers.kit import rate_limits
from signing.app.protocol import CLAIM_PATH, RESULT_PATH
from states.cases.sign_in import SignIn
from web.api import openapi
from web.api import views as api
from web.auth import card
from web.gate.limits import LimitOfAll
from web.verify import views as verify

if TYPE_CHECKING:
    from flask import Flask

    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

ONE, OTHER = ({"environ_overrides": {"REMOTE_ADDR": f"192.0.2.{n}"}} for n in (1, 2))
"""Two sources, as options of a request."""


def charged(world: World, limit: LimitOfAll) -> int:
    """Return how much of a limit over all is used up."""
    return rate_limits.read(world.engine.database, limit.scope, world.clock.now())[0]


def use_up(world: World, limit: LimitOfAll) -> None:
    """Let all sources together have had what they may have."""
    lasts = timedelta(seconds=limit.item.get_expiry())
    rate_limits.add(world.engine.database, limit.scope, limit.item.amount, lasts, world.clock.now())


def most(limit: str) -> int:
    return parse(limit).amount


def test_a_limit_of_all_is_charged_until_it_is_used_up_and_begins_anew(
    app: Flask, world: World
) -> None:
    limit = LimitOfAll("test", "2 per minute")
    with app.test_request_context():
        limit.charge()
        world.clock.advance(seconds=30)
        limit.charge()
        with pytest.raises(TooManyRequests) as refused:
            limit.charge()
        assert refused.value.retry_after == 31
        world.clock.advance(seconds=30)
        limit.charge()


def test_malformed_requests_of_one_source_close_signing_for_that_source_alone(
    app: Flask, world: World
) -> None:
    client = app.test_client()
    paths = [CLAIM_PATH, RESULT_PATH]
    answers = [
        client.post(paths[n % 2], data="x", **ONE).status_code for n in range(most(api.EACH) + 1)
    ]
    assert answers == [415] * most(api.EACH) + [429]
    assert charged(world, api.together) == 0
    assert client.post(CLAIM_PATH, json={"code": "0" * 15}, **OTHER).status_code == 404
    assert charged(world, api.together) == 1


def test_what_the_limit_of_wrong_codes_refuses_is_not_charged_to_all(
    app: Flask, world: World
) -> None:
    client = app.test_client()
    wrong = most(api.WRONG_CODES)
    answers = [
        client.post(CLAIM_PATH, json={"code": f"{n:015}"}, **ONE).status_code
        for n in range(wrong + 3)
    ]
    assert answers == [404] * wrong + [429] * 3
    assert charged(world, api.together) == wrong


@pytest.mark.parametrize(
    "body",
    [{"code": "1" * 14}, {"code": 5}, {}, {"secret": "x", "container": "?"}],
    ids=["short", "a number", "empty", "no base64"],
)
def test_what_is_no_code_and_no_signature_never_reaches_a_look_up(
    app: Flask, world: World, body: dict[str, object]
) -> None:
    client = app.test_client()
    for path in (CLAIM_PATH, RESULT_PATH):
        assert client.post(path, json=body).status_code == 400
    assert charged(world, api.together) == 0


def test_the_description_has_a_purse_of_its_own(app: Flask, world: World) -> None:
    client = app.test_client()
    answers = [
        client.get(openapi.PATH, **ONE).status_code for _ in range(most(api.DESCRIPTIONS) + 1)
    ]
    assert answers == [200] * most(api.DESCRIPTIONS) + [429]
    assert client.get(openapi.PATH, **OTHER).status_code == 200
    assert client.post(CLAIM_PATH, json={"code": "0" * 15}, **ONE).status_code == 404
    assert charged(world, api.together) == 1


def test_questions_without_a_code_close_the_public_page_for_their_source_alone(
    app: Flask, world: World
) -> None:
    client = app.test_client()
    answers = [client.get("/dogrula", **ONE).status_code for _ in range(most(verify.EACH) + 1)]
    assert answers == [200] * most(verify.EACH) + [429]
    assert client.get("/dogrula?kod=böyle-kod-olmaz", **OTHER).status_code == 404
    assert charged(world, verify.together) == 0
    assert client.get("/dogrula?kod=" + "0000-" * 5, **OTHER).status_code == 404
    assert charged(world, verify.together) == 1


def test_a_code_to_sign_in_that_its_source_may_not_have_is_not_charged_to_all(
    visitor: Visitor, world: World
) -> None:
    visitor.get("/giris")
    visitor.post("/giris/kart", 400, csrf_token="başka")
    for _ in range(most(card.ISSUES)):
        visitor.post("/giris/kart")
    visitor.post("/giris/kart", 429)
    assert charged(world, card.issuing_to_all) == most(card.ISSUES)


def test_when_all_together_asked_too_often_the_answer_says_how_long_to_wait(
    app: Flask, world: World, visitor: Visitor
) -> None:
    for limit in (api.together, verify.together, card.issuing_to_all):
        use_up(world, limit)
    client = app.test_client()
    visitor.get("/giris")
    world.clock.advance(seconds=20)
    answer = client.post(CLAIM_PATH, json={"code": "0" * 15})
    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    assert answer.get_json()["code"] == "too_many_requests"
    assert int(answer.headers["Retry-After"]) in (40, 41)
    page = visitor.get("/dogrula?kod=" + "0000-" * 5, 429)
    assert page.heading == "Çok sık denendi"
    assert int(page.response.headers["Retry-After"]) in (40, 41)
    assert visitor.get("/dogrula").heading != "Çok sık denendi"
    visitor.post("/giris/kart", 429)
    assert world.all(SignIn) == []


@pytest.mark.parametrize(
    ("each", "limit"),
    [
        (api.EACH, api.together),
        (verify.EACH, verify.together),
        (card.ISSUES, card.issuing_to_all),
    ],
)
def test_a_source_has_a_limit_well_below_that_of_all(each: str, limit: LimitOfAll) -> None:
    one = parse(each)
    assert one.amount / one.get_expiry() <= limit.item.amount / limit.item.get_expiry() / 4


def test_no_other_limit_counts_all_sources_as_one() -> None:
    keys, made = set(), 0
    for file in Path(web.__file__).parent.rglob("*.py"):
        text = file.read_text("utf-8")
        keys |= set(re.findall(r"key_func=(.+?)[,)]", text))
        made += len(re.findall(r"= LimitOfAll\(", text))
    assert keys == {"by_person"}
    assert made == 3, "name the limit of its source in the test above"
