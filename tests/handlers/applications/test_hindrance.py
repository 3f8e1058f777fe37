"""Why an application that nobody approved was closed: the refusal that stood, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.applications import hindrance
from states.cases.notice import Notice
from tests.handlers.applications.test_approval import entry, filed_for
from tests.handlers.applications.test_silence import DAY
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import SYSTEM
from workflow.model.refusal import RuleFailed
from workflow.model.verdict import error
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World


HINDRANCES = {
    "another open application": ("form.other_open", "Aynı kişinin açık bir başvurusu daha var"),
    "outdated terms": ("consent.outdated", "e-onay eski metne verilmiş"),
    "an ended certificate": ("renewable_or_on_paper", "sona ermiş ya da iptal edilmiş"),
    "who left": ("person_stands", "görevde görünmüyor"),
}


def hindered(world: World, me: int, held: Held, why: str) -> None:
    """Let something keep the person's renewal from being approved."""
    match why:
        case "another open application":
            lost = world.file(me, "lost", held.certificate_id)
            world.write("UPDATE application SET state = 'in_production' WHERE id = :id", id=lost)
        case "outdated terms":
            world.write(
                "INSERT INTO terms (version, valid_from, text)"
                " SELECT '99', valid_from + interval '1 day', text"
                " FROM terms ORDER BY valid_from DESC LIMIT 1"
            )
        case "an ended certificate":
            world.write("UPDATE certificate SET state = 'expired'")
        case "who left":
            world.write("UPDATE person SET standing = 'left' WHERE id = :me", me=me)


@pytest.mark.parametrize("why", HINDRANCES)
def test_the_reason_that_is_told_at_the_end_is_the_refusal_that_stood(
    world: World, me: int, held: Held, why: str
) -> None:
    world.consent(me, held)
    case = filed_for(world, me, held)
    hindered(world, me, held, why)
    code, words = HINDRANCES[why]
    with denied(code):
        world.press(case, me)
    world.clock.set(world.clock.now() + 100 * DAY)
    if why != "outdated terms":
        with denied("hindrance.stands"):
            world.engine.fire(case, "expire_unconfirmed", SYSTEM)
    sweep(world.engine)
    closing = entry(world, case, "expire_refused")
    assert (closing["to"], words in str(closing["reason"])) == ("expired", True)
    world.run_effects("notice.unapprovable")
    [letter] = world.all(Notice, case_id=case, template="unapprovable")
    assert f"Engel: {closing['reason']}" in letter.text


def test_while_only_a_press_or_an_e_onay_is_missing_nothing_else_is_told(
    world: World, me: int, held: Held
) -> None:
    case = filed_for(world, me, held)
    world.clock.set(world.clock.now() + 100 * DAY)
    with denied("hindrance.none"):
        world.engine.fire(case, "expire_refused", SYSTEM)
    world.publish_lists()
    world.consent(me, held)
    with denied("hindrance.none"):
        world.engine.fire(case, "expire_refused", SYSTEM)


def test_what_can_not_be_answered_now_closes_nothing(
    world: World, me: int, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.consent(me, held)
    case = filed_for(world, me, held)
    world.clock.set(world.clock.now() + 100 * DAY)
    unanswered = RuleFailed(error("rest_enough"), trigger="approve_e_onay")
    monkeypatch.setattr(hindrance, "_of", lambda _: unanswered)
    sweep(world.engine)
    assert world.state(case) == "e_onay"
