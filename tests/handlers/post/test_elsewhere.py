"""Messages to an address that is not the person's: sealed until they have gone, and told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.post import elsewhere
from handlers.post.channels import tell_once_more
from handlers.post.delivery import deliver
from handlers.post.elsewhere import CODE_PLACE, OtherAddress
from handlers.post.keyed import to_mark
from handlers.post.outbox import NoticeLetter
from states.cases.notice import Notice, NoticeTry, TryOutcome
from tests.handlers.post.test_delivery import Pigeon

if TYPE_CHECKING:
    from tests.kit.handlers.world import World

OTHER = OtherAddress("code", "email", "yeni@ornek.invalid", "123456")
LETTER = NoticeLetter("contact/code", f"Kodunuz {CODE_PLACE}", f"Kod: {CODE_PLACE}.\n")


def put(world: World, person: int) -> None:
    """Write a message with a code to another address."""
    case = {"id": 77, "person_id": person}
    with world.engine.database.begin() as connection:
        elsewhere.put(connection, world.services.vault, case, LETTER, world.clock.now(), OTHER)


def test_the_code_is_filled_in_on_the_way_out_and_nothing_of_it_is_left(world: World) -> None:
    put(world, world.person())
    put(world, world.all(Notice)[0].person_id)
    carrier = Pigeon(TryOutcome.TRY_LATER, TryOutcome.TAKEN)
    assert deliver(world.engine, [carrier]) == 1
    [waiting] = world.all(Notice)
    assert (waiting.state, waiting.to_sealed is None) == ("written", False)
    world.write("UPDATE notice SET due_at = :now", now=world.clock.now())
    assert deliver(world.engine, [carrier]) == 1
    for sent in carrier.got:
        assert sent.to == OTHER.to
        assert (sent.subject, sent.text) == ("Kodunuz 123456", "Kod: 123456.\n")
    [gone] = world.all(Notice)
    assert (gone.state, gone.to_sealed) == ("handed_over", None)
    assert (gone.subject, gone.text) == (LETTER.subject, LETTER.text)
    mark = to_mark(world.services.vault, OTHER.to)
    assert {one.to_mark for one in world.all(NoticeTry)} == {mark}


def test_what_was_withdrawn_goes_nowhere_and_is_not_told_by_another_channel(world: World) -> None:
    put(world, world.person())
    with world.engine.database.begin() as connection:
        elsewhere.withdraw(connection, 77, "changed")
        elsewhere.withdraw(connection, 77, "code")
    [row] = world.all(Notice)
    assert (row.state, row.to_sealed) == ("not_sent", None)
    assert elsewhere.opened(world.services.vault, row.key, "a@ornek.invalid", None) == ("", "")
    world.write("UPDATE notice SET state = 'written'")
    carrier = Pigeon()
    deliver(world.engine, [carrier])
    [tried] = world.all(NoticeTry)
    assert (carrier.got, tried.outcome) == ([], "no_address")
    world.write("UPDATE notice SET state = 'bounced'; UPDATE person SET phone = '0532 111 22 33'")
    with world.engine.database.begin() as connection:
        assert tell_once_more(connection, [row.id], world.clock.now()) == 0
