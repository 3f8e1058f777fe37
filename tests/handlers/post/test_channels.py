"""By which channel a person is told, and by which once more."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from handlers.kit import services as composed
from handlers.post.carriers import carriers_of
from handlers.post.channels import channel_for, channels_of, tell_once_more
from handlers.post.delivery import deliver
from handlers.post.outbox import NoticeLetter, PostWay, put
from handlers.post.sms import SmsCarrier
from signing.network.fetch import Fetcher
from signing.network.outbound import OutboundPolicy
from states.cases.notice import Notice, NoticeState, TryOutcome
from states.kit.settings import load_settings
from tests.handlers.post.test_delivery import Pigeon
from tests.handlers.post.test_sms import gateway
from tests.kit.states.given import SECRETS, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.handlers.world import World

LETTER = NoticeLetter("held", "Kartınız hazır", "Sayın AYŞE ÖRNEKOĞLU,\n")
MOBILE, DESK = "+90 532 111 22 33", "+90 312 555 12 34"
MAIL, KEP = "a@ornek.invalid", "a@hs01.kep.tr"


@pytest.mark.parametrize(
    ("email", "phone", "have", "channel"),
    [
        (MAIL, MOBILE, {"email", "sms", "kep"}, "email"),
        (MAIL, MOBILE, {"sms"}, "sms"),
        (MAIL, DESK, {"sms"}, "email"),
        (MAIL, MOBILE, set(), "email"),
        (None, MOBILE, {"email", "sms"}, "sms"),
        (None, DESK, {"email", "sms"}, "email"),
        (None, None, {"email", "sms"}, "email"),
        (None, MOBILE, {"email"}, "email"),
        (KEP, MOBILE, {"email", "sms", "kep"}, "kep"),
        ("A@HS01.KEP.TR", None, {"email", "kep"}, "kep"),
        (KEP, MOBILE, {"email", "sms"}, "sms"),
        (KEP, None, {"email"}, "kep"),
    ],
)
def test_the_channel_follows_from_the_addresses_and_the_carriers(
    email: str | None, phone: str | None, have: set[str], channel: str
) -> None:
    assert channel_for(email, phone, have) == channel


def written(world: World, person: int, n: int, have: frozenset[str]) -> int:
    with world.engine.database.begin() as connection:
        case = {"id": 77, "person_id": person}
        put(connection, case, f"77/{n}/notice.held", LETTER, world.clock.now(), PostWay(have))
    return int(world.all(Notice, key=f"77/{n}/notice.held")[0].id)


def by_sms(world: World) -> list[tuple[str, str, str]]:
    return [(row.key, row.state, row.subject) for row in world.all(Notice, channel="sms")]


def test_a_message_goes_by_the_channel_of_its_reader(world: World) -> None:
    me = world.person()
    world.write("UPDATE person SET email = NULL, phone = :phone", phone=MOBILE)
    written(world, me, 1, frozenset({"email", "sms"}))
    written(world, me, 2, frozenset())
    assert {row.key[:4]: row.channel for row in world.all(Notice)} == {
        "77/1": "sms", "77/2": "email",
    }  # fmt: skip


@pytest.mark.parametrize("said", [TryOutcome.BAD_ADDRESS, TryOutcome.REFUSED])
def test_what_came_back_is_told_once_more_by_sms(world: World, said: TryOutcome) -> None:
    world.engine.services = replace(world.services, sms=gateway("http://127.0.0.1:9/"))
    me = world.person()
    world.write("UPDATE person SET phone = :phone", phone=DESK)
    first = written(world, me, 1, frozenset({"email", "sms"}))
    deliver(world.engine, [Pigeon(said)])
    again = ("sms/77/1/notice.held", NoticeState.NOT_SENT, "Kartınız hazır")
    assert by_sms(world) == [again]  # this round has no carrier for it any more
    with world.engine.database.begin() as connection:
        assert tell_once_more(connection, [first], world.clock.now()) == 0


def test_without_a_provider_or_a_number_nothing_is_told_once_more(world: World) -> None:
    me = world.person()
    world.write("UPDATE person SET phone = :phone", phone=MOBILE)
    written(world, me, 1, frozenset())
    deliver(world.engine, [Pigeon(TryOutcome.REFUSED)])
    world.engine.services = replace(world.services, sms=gateway("http://127.0.0.1:9/"))
    world.write("UPDATE person SET phone = NULL")
    written(world, me, 2, frozenset())
    deliver(world.engine, [Pigeon(TryOutcome.REFUSED)])
    assert by_sms(world) == []


def test_what_is_tried_again_is_not_told_by_another_channel(world: World) -> None:
    world.engine.services = replace(world.services, sms=gateway("http://127.0.0.1:9/"))
    me = world.person()
    world.write("UPDATE person SET phone = :phone", phone=MOBILE)
    written(world, me, 1, frozenset())
    deliver(world.engine, [Pigeon(TryOutcome.TRY_LATER)])
    assert by_sms(world) == []


def described(folder: Path) -> dict[str, str]:
    """Return settings of an office with an SMS provider."""
    path = folder / "sms.json"
    path.write_text(json.dumps({"body": {"to": "{to}", "text": "{text}"}}), "utf-8")
    return {
        **SECRETS, "NES_SMS_URL": "https://sms.example/send?v=1", "NES_SMS_PROVIDER": str(path),
        "NES_SMS_SECRET": "gizli-0123", "NES_SMS_SENDER": "NESOFIS", "NES_SMS_RATE": "600",
        "NES_QUIET_HOURS": "21:00-08:00", "NES_PLAIN": "status",
    }  # fmt: skip


def test_the_settings_choose_the_provider(world: World, tmp_path: Path) -> None:
    settings = load_settings(described(tmp_path))
    services = composed.open_services(settings, world.engine.database)
    assert channels_of(services) == {"sms"}
    [carrier] = carriers_of(services, world.clock.now)
    assert isinstance(carrier, SmsCarrier)
    chosen = carrier.gateway
    assert (chosen.url, chosen.sender, carrier.rate, chosen.quiet) == (
        "https://sms.example/send?v=1", "NESOFIS", 600, settings.quiet_hours,
    )  # fmt: skip
    assert chosen.site == services.site
    assert isinstance(chosen.fetcher, Fetcher)
    assert chosen.fetcher.hosts == frozenset({"sms.example"})
    assert chosen.fetcher.way == replace(composed.way_of(settings), plain=False)
    assert chosen.fetcher.way != OutboundPolicy()
    none = composed.open_services(load_settings(SECRETS), world.engine.database)
    assert (channels_of(none), carriers_of(none, world.clock.now)) == (frozenset(), ())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"NES_SMS_PROVIDER": ""}, "together with NES_SMS_PROVIDER"),
        ({"NES_SMS_SECRET": ""}, "together with NES_SMS_PROVIDER"),
        ({"NES_SMS_URL": ""}, "together with NES_SMS_PROVIDER"),
        ({"NES_SMS_URL": "http://sms.example/"}, "spoken to over TLS"),
        ({"NES_SMS_URL": "https://ada:gizli@sms.example/"}, "no name or password"),
        ({"NES_SMS_URL": "ftp://sms.example/"}, "no name or password"),
        ({"NES_SMS_PROVIDER": "/nowhere/sms.json"}, "cannot be read"),
        ({"NES_SMS_SENDER": "A\nB"}, "NES_SMS_SENDER"),
        ({"NES_QUIET_HOURS": "21"}, "21:00-08:00"),
        (
            {"NES_SMS_URL": "", "NES_SMS_PROVIDER": "", "NES_SMS_SECRET": ""},
            "NES_QUIET_HOURS is not usable: it is for SMS",
        ),
    ],
)
def test_half_a_provider_or_one_in_the_clear_stops_the_start(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    assert said in refusal({**described(tmp_path), **changed}).args[0]
