"""Receipts: each counts once for the message that only we could name, and others change nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from handlers.kit.post.receipt_sources import ReceiptSources
from handlers.post.keyed import envelope_id, to_mark
from handlers.post.receipts import (
    COUNTED,
    LARGEST,
    REASONS,
    ReceiptAnswer,
    ReceiptResult,
    refused_receipts,
    take_receipt,
)
from states.cases.notice import Notice, NoticeTry, TryOutcome
from tests.handlers.post.test_delivery import put
from tests.handlers.post.test_sms import gateway
from tests.kit.post.returned import STRANGE_ID, Report, evidence, sent, signed, signers

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

WORDS = "550 5.1.1 …: no such user"
TAKEN, KNOWN = ReceiptAnswer(ReceiptResult.TAKEN), ReceiptAnswer(ReceiptResult.KNOWN)


def tries(world: World) -> list[tuple[int, str, str]]:
    """Return what was written of the messages."""
    return [(row.n, row.outcome, row.words) for row in world.all(NoticeTry)]


def state(world: World) -> str:
    """Return where the only message stands."""
    [row] = world.all(Notice)
    return str(row.state)


def refused(reason: str) -> ReceiptAnswer:
    """Return the answer to what does not count."""
    return ReceiptAnswer(ReceiptResult.REFUSED, reason)


@pytest.mark.parametrize(
    ("report", "becomes", "outcome"),
    [
        (("failed", "5.1.1"), "bounced", "bad_address"),
        (("failed", "5.7.1"), "given_up", "refused"),
        (("delivered", "2.0.0"), "delivered", "delivered"),
        (("delayed", "4.4.1"), "handed_over", "delayed"),
    ],
)
def test_a_receipt_is_a_try_of_its_message_and_moves_it_once(
    world: World, report: tuple[str, str], becomes: str, outcome: str
) -> None:
    name = sent(world, put(world, world.person()))
    world.clock.advance(minutes=3)
    mail = Report(name, *report).mail()
    assert [take_receipt(world.engine, mail) for _ in range(3)] == [TAKEN, KNOWN, KNOWN]
    assert state(world) == becomes
    _, told = world.all(NoticeTry)
    assert (told.n, told.channel, told.outcome, told.at) == (2, "email", outcome, world.clock.now())
    assert told.words == (WORDS if report[1] == "5.1.1" else f"{report[1]} {WORDS}")
    assert told.to_mark == "0123456789abcdef"


def test_no_news_is_written_nowhere(world: World) -> None:
    name = sent(world, put(world, world.person()))
    assert take_receipt(world.engine, Report(name, "relayed", "2.0.0").mail()) == KNOWN
    assert (state(world), len(tries(world))) == ("handed_over", 1)


@pytest.mark.parametrize(
    ("first", "second", "ends"),
    [
        ("delivered 2.0.0", "failed 5.1.1", "bounced"),
        ("failed 5.1.1", "delivered 2.0.0", "bounced"),
        ("failed 5.7.1", "delivered 2.0.0", "delivered"),
        ("failed 5.7.1", "failed 5.1.1", "given_up"),
        ("delivered 2.0.0", "failed 5.7.1", "delivered"),
        ("delivered 2.0.0", "delayed 4.4.1", "delivered"),
    ],
)
def test_what_comes_later_counts_where_it_knows_more(
    world: World, first: str, second: str, ends: str
) -> None:
    name = sent(world, put(world, world.person()))
    for said in (first, second):
        assert take_receipt(world.engine, Report(name, *said.split()).mail()) == TAKEN
    assert (state(world), len(tries(world))) == (ends, 3)


def test_a_message_whose_hand_over_was_never_written_is_known_all_the_same(world: World) -> None:
    me = world.person()
    number = put(world, me)
    name = envelope_id(world.services.vault, number, "77/1/notice.held")
    assert take_receipt(world.engine, Report(name, "delivered", "2.0.0").mail()) == TAKEN
    [told] = world.all(NoticeTry)
    mark = to_mark(world.services.vault, "a@ornek.invalid")
    assert (told.n, told.to_mark, state(world)) == (1, mark, "delivered")


def test_of_a_person_without_an_address_there_is_no_mark(world: World) -> None:
    number = put(world, world.person())
    world.write("UPDATE person SET email = NULL")
    name = envelope_id(world.services.vault, number, "77/1/notice.held")
    assert take_receipt(world.engine, Report(name).mail()) == TAKEN
    assert [row.to_mark for row in world.all(NoticeTry)] == [""]


def test_what_came_back_is_told_once_more_by_sms(world: World) -> None:
    world.engine.services = replace(world.services, sms=gateway("http://127.0.0.1:9/"))
    world.person()
    world.write("UPDATE person SET phone = '+90 532 111 22 33'")
    name = sent(world, put(world, world.person()))
    take_receipt(world.engine, Report(name, "delayed", "4.4.1").mail())
    assert len(world.all(Notice)) == 1
    for _ in range(2):
        take_receipt(world.engine, Report(name).mail())
    told = {row.channel: (row.key, row.state) for row in world.all(Notice)}
    assert told == {
        "email": ("77/1/notice.held", "bounced"), "sms": ("sms/77/1/notice.held", "written"),
    }  # fmt: skip


def test_forged_and_unknown_receipts_change_nothing_and_are_counted(world: World) -> None:
    number = put(world, world.person())
    name = sent(world, number)
    other = envelope_id(world.services.vault, number, "78/1/notice.held")
    before = tries(world)
    bad = {
        "forged": [Report(STRANGE_ID.replace(".1.", f".{number}.")), Report(other)],
        "unknown": [Report(STRANGE_ID.replace(".1.", ".999999999999999999."))],
        "names_none": [Report("x", returned="y")],
    }
    for reason, reports in bad.items():
        for report in reports:
            with capture_logs() as lines:
                assert take_receipt(world.engine, report.mail()) == refused(reason)
            assert [(line["event"], line["code"]) for line in lines] == [
                ("receipt_refused", reason)
            ]
    assert take_receipt(world.engine, b"x" * (LARGEST + 1)) == refused("too_large")
    assert take_receipt(world.engine, b"Subject: tatildeyim\n\n") == refused("no_report")
    assert (state(world), tries(world)) == ("handed_over", before)
    counted = {"forged": 2, "unknown": 1, "names_none": 1, "too_large": 1, "no_report": 1}
    assert refused_receipts(world.engine) == counted
    assert counted.keys() <= set(REASONS)
    world.clock.advance(seconds=COUNTED.total_seconds())
    assert refused_receipts(world.engine) == {}
    assert take_receipt(world.engine, Report(name).mail()) == TAKEN


def test_a_message_that_never_left_has_no_receipt(world: World) -> None:
    name = sent(world, put(world, world.person()), TryOutcome.WITHHELD)
    assert take_receipt(world.engine, Report(name).mail()) == refused("never_handed_over")
    assert state(world) == "not_sent"


def test_of_registered_email_only_its_provider_may_tell(world: World) -> None:
    number = put(world, world.person())
    world.write("UPDATE notice SET channel = 'kep'")
    name = sent(world, number)
    proof = evidence(name, "DeliveryNonDeliveryToRecipient", "Delivery")
    assert take_receipt(world.engine, Report(name).mail()) == refused("unsigned")
    assert take_receipt(world.engine, proof) == refused("no_report")
    assert take_receipt(world.engine, signed(world, proof)) == refused("signature")
    world.engine.services = replace(
        world.services, receipts=ReceiptSources(kep_signers=signers(world))
    )
    assert take_receipt(world.engine, signed(world, proof)) == TAKEN
    assert take_receipt(world.engine, signed(world, proof)) == KNOWN
    assert (state(world), tries(world)[1:]) == ("delivered", [(2, "delivered", "Delivery")])
