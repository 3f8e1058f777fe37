"""The postman: what is due leaves once, what cannot leave says why, and no address is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.kit.post.mail_server import MailServer
from handlers.post import outbox
from handlers.post.carrier import CarrierAway, HandedOver, OutgoingMessage
from handlers.post.delivery import deliver
from handlers.post.keyed import message_id, to_mark
from handlers.post.outbox import NoticeLetter
from handlers.post.smtp import SmtpCarrier
from handlers.post.tries import PAUSES
from states.cases.notice import AT_ONCE, IN_TURN, Notice, NoticeTry, TryOutcome
from tests.kit.post.mail_server import mail_server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.kit.handlers.world import World
    from tests.kit.post.mail_server import RunningMailServer

LETTER = NoticeLetter("held", "Kartınız hazır", "Sayın AYŞE ÖRNEKOĞLU,\n\nİyi günler.\n")


class Pigeon:
    """A carrier that says of each message what it was told to, and keeps what it got."""

    channel = "email"
    rate = 0

    def __init__(self, *answers: TryOutcome) -> None:
        self.answers = list(answers)
        self.got: list[OutgoingMessage] = []

    def hand_over(self, messages: Iterable[OutgoingMessage]) -> Iterator[HandedOver]:
        for message in messages:
            self.got.append(message)
            outcome = self.answers.pop(0) if self.answers else TryOutcome.TAKEN
            yield HandedOver(message.id, outcome, f"so <{message.to}>")


def put(world: World, person: int, n: int = 1, lane: int = IN_TURN) -> int:
    """Write a message and return its id."""
    key = f"77/{n}/notice.held"
    with world.engine.database.begin() as connection:
        case = {"id": 77, "person_id": person}
        outbox.put(connection, case, key, LETTER, world.clock.now(), outbox.PostWay(lane=lane))
    return int(world.all(Notice, key=key)[0].id)


def smtp(world: World, server: RunningMailServer) -> SmtpCarrier:
    """Return the carrier that gives to a server."""
    sender = "NES Ofisi <nes@ofis.test>"
    return SmtpCarrier(
        MailServer("127.0.0.1", server.port, sender, implicit_tls=False, here=True),
        world.clock.now,
    )


def test_a_message_is_really_sent_once_and_read_as_it_was_written(
    world: World, tmp_path: Path
) -> None:
    number = put(world, world.person())
    with mail_server(tmp_path / "posta") as server:
        carrier = smtp(world, server)
        assert [deliver(world.engine, [carrier]), deliver(world.engine, [carrier])] == [1, 0]
        [mail] = server.taken()
    vault = world.services.vault
    assert (mail.to, mail.sender) == (["a@ornek.invalid"], "nes@ofis.test")
    assert mail.message_id == message_id(vault, number, "77/1/notice.held", "127.0.0.1")
    envelope = mail.message_id[1:].partition("@")[0]
    assert mail.mail == f"ENVID={envelope} RET=HDRS"
    assert mail.rcpt == "NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a@ornek.invalid"
    assert mail.message["Subject"] == "Kartınız hazır"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    plain, rich = (mail.message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert rich is not None
    assert plain.get_content() == LETTER.text
    assert "<p>Sayın AYŞE ÖRNEKOĞLU,</p>\n<p>İyi günler.</p>" in rich.get_content()
    [row], [told] = world.all(Notice), world.all(NoticeTry)
    assert row.state == "handed_over"
    assert (told.notice_id, told.n, told.channel, told.outcome) == (number, 1, "email", "taken")
    assert (told.words, told.to_mark) == ("250 2.0.0 taken", to_mark(vault, "a@ornek.invalid"))
    assert told.at == world.clock.now()


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (TryOutcome.TAKEN, "handed_over"),
        (TryOutcome.BAD_ADDRESS, "bounced"),
        (TryOutcome.REFUSED, "given_up"),
        (TryOutcome.TRY_LATER, "written"),
    ],
)
def test_a_message_stands_where_its_carrier_left_it(
    world: World, outcome: TryOutcome, state: str
) -> None:
    put(world, world.person())
    assert deliver(world.engine, [Pigeon(outcome)]) == 1
    [row], [told] = world.all(Notice), world.all(NoticeTry)
    assert (row.state, told.outcome, told.words) == (state, outcome.value, "so …")


def test_what_is_put_off_for_three_days_is_given_up_at_last(world: World) -> None:
    put(world, world.person())
    pigeon = Pigeon(*[TryOutcome.TRY_LATER] * 20)
    for n, pause in enumerate(PAUSES, 1):
        assert deliver(world.engine, [pigeon]) == 1
        assert deliver(world.engine, [pigeon]) == 0
        [row] = world.all(Notice)
        assert (row.state, row.due_at - world.clock.now()) == (
            "written",
            timedelta(seconds=pause),
        )
        assert len(pigeon.got) == n
        world.clock.advance(seconds=pause)
    assert deliver(world.engine, [pigeon]) == 1
    assert [row.state for row in world.all(Notice)] == ["given_up"]
    world.clock.advance(days=30)
    assert deliver(world.engine, [pigeon]) == 0
    assert len({message.message_id for message in pigeon.got}) == 1


def test_without_a_carrier_messages_are_read_on_the_pages_only(world: World) -> None:
    put(world, world.person())
    assert deliver(world.engine, []) == 1
    assert [row.state for row in world.all(Notice)] == ["not_sent"]
    assert world.all(NoticeTry) == []
    assert deliver(world.engine, [Pigeon()]) == 0


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("UPDATE person SET email = NULL", "no_address"),
        ("UPDATE person SET standing = 'dead', standing_since = '2026-01-01'", "withheld"),
        ("UPDATE notice SET text = ''", "withheld"),
    ],
)
def test_who_can_not_be_written_to_is_not(world: World, change: str, outcome: str) -> None:
    put(world, world.person())
    world.write(change)
    pigeon = Pigeon()
    assert deliver(world.engine, [pigeon]) == 1
    [row], [told] = world.all(Notice), world.all(NoticeTry)
    assert (row.state, told.outcome, pigeon.got) == ("not_sent", outcome, [])


def test_a_cohort_holds_up_nobody_and_nobody_holds_up_the_cohort(world: World) -> None:
    me = world.person()
    for n in range(1, 81):
        put(world, me, n)
    for n in range(101, 161):
        put(world, me, n, AT_ONCE)
    pigeon = Pigeon()
    assert deliver(world.engine, [pigeon]) == 140
    lanes = {row.id: row.lane for row in world.all(Notice)}
    order = [lanes[message.id] for message in pigeon.got]
    assert order[:100] == [*[AT_ONCE] * 40, *[IN_TURN] * 10, *[AT_ONCE] * 20, *[IN_TURN] * 30]
    assert sorted(order[100:]) == [IN_TURN] * 40


def test_no_more_is_sent_in_a_minute_than_the_rate_allows(world: World) -> None:
    me = world.person()
    for n in range(1, 8):
        put(world, me, n)
    pigeon = Pigeon()
    pigeon.rate = 3
    told = []
    for _ in range(4):
        told += [deliver(world.engine, [pigeon]), deliver(world.engine, [pigeon])]
        world.clock.advance(seconds=61)
    assert told == [3, 0, 3, 0, 1, 0, 0, 0]


def test_a_server_that_is_away_counts_as_no_try(world: World, tmp_path: Path) -> None:
    put(world, world.person())
    with mail_server(tmp_path / "posta") as server:
        carrier = smtp(world, server)
    with pytest.raises(CarrierAway):
        deliver(world.engine, [carrier])
    assert [row.state for row in world.all(Notice)] == ["written"]
    assert world.all(NoticeTry) == []
