"""Signing in with the card: whose signature opens which browser, and what opens none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.desk.evidence.gather import gather
from handlers.signatures import code as codes
from handlers.signatures import sign_in
from handlers.signatures.submission import Submission
from signing.app.purpose import ORIGIN_LINE
from states.cases.sign_in import SignIn
from states.logs.journal import JournalEntry
from states.papers.document import Document
from states.papers.signature import Signature
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import AYSE, ISMAIL, SYSTEM, World, applicant, officer
from workflow.model.refusal import NotTheSubject, RoleNotAllowed, UnknownCase, WrongState
from workflow.model.request import Request

if TYPE_CHECKING:
    from handlers.cards.seed import Held

END = date(2026, 8, 10)
ORIGIN = "https://ofis.ornek.invalid"
MINE = "tarayıcımın anahtarı"


def begin(world: World, browser: str = MINE) -> int:
    """Ask for a code in a browser."""
    vault, now = world.services.vault, world.clock.now()
    values = sign_in.issue_values(vault, codes.new_code(), browser, ORIGIN, now)
    return world.engine.open("sign_in", "issue", SYSTEM, values)


def claimed(world: World, case_id: int) -> str:
    """Claim a code and return the secret that goes with the signature."""
    secret = codes.new_secret()
    hashed = {"secret_hash": codes.secret_hash(world.services.vault, secret)}
    world.engine.fire(case_id, "claim", SYSTEM, hashed)
    return secret


def text_of(world: World, case_id: int) -> bytes:
    return sign_in.text_of(vars(world.read(SignIn, case_id)))


def hand_in(world: World, case_id: int, secret: str, container: bytes) -> None:
    send(world, case_id, Submission(container, secret=secret))


def send(world: World, case_id: int, submission: Submission) -> None:
    world.engine.fire(case_id, "sign", SYSTEM, submission.payload())


def signed(world: World, held: Held) -> int:
    """Go as far as a signature that was taken."""
    case_id = begin(world)
    secret = claimed(world, case_id)
    hand_in(world, case_id, secret, container=world.sign_bytes(held, text_of(world, case_id)))
    return case_id


def state(world: World, case_id: int) -> str:
    return world.read(SignIn, case_id).state


# The text


def test_the_text_says_where_when_and_which_and_is_always_the_same(world: World) -> None:
    case_id = begin(world)
    row = world.read(SignIn, case_id)
    text = text_of(world, case_id).decode()
    assert f"{ORIGIN_LINE}{ORIGIN}" in text.splitlines()
    assert "İsteme zamanı: 02.03.2026 12:00:00 (İstanbul)" in text.splitlines()
    assert f"Bir kerelik sayı: {row.nonce}" in text.splitlines()
    assert len(row.nonce) == 32
    world.clock.advance(seconds=200)
    assert text_of(world, case_id).decode() == text
    assert text_of(world, begin(world)).decode() != text


def test_neither_digits_nor_text_nor_document_is_kept(world: World) -> None:
    digits = codes.new_code()
    values = sign_in.issue_values(world.services.vault, digits, MINE, ORIGIN, world.clock.now())
    world.engine.open("sign_in", "issue", SYSTEM, values)
    kept = repr(world.all(SignIn))
    assert digits not in kept
    assert MINE not in kept
    assert world.all(Document) == []


# The way in


def test_the_holder_of_a_card_is_recognised_and_let_in_once(
    world: World, me: int, held: Held
) -> None:
    case_id = signed(world, held)
    assert (state(world, case_id), world.read(SignIn, case_id).person_id) == ("signed", me)
    world.engine.fire(case_id, "use", applicant(me), {"browser": MINE})
    assert state(world, case_id) == "used"
    with pytest.raises(WrongState):
        world.engine.fire(case_id, "use", applicant(me), {"browser": MINE})


def test_the_journal_tells_the_sign_in_without_a_number_or_a_name(
    world: World, me: int, held: Held
) -> None:
    case_id = signed(world, held)
    world.engine.fire(case_id, "use", applicant(me), {"browser": MINE})
    entries = world.all(JournalEntry, case_id=case_id)
    assert [(entry.trigger, entry.actor) for entry in entries] == [
        ("issue", "system:test"), ("claim", "system:test"), ("sign", "system:test"),
        ("use", f"person:{me}"),
    ]  # fmt: skip
    told = "".join(entry.body for entry in entries)
    assert '"known":true' in told
    assert '"indication":"TOTAL-PASSED"' in told
    assert AYSE not in told
    assert "ÖRNEKOĞLU" not in told
    assert world.all(Signature) == []


def test_an_account_of_the_same_person_may_be_opened_instead(
    world: World, me: int, held: Held
) -> None:
    case_id = signed(world, held)
    clerk = replace(officer(4), person_id=me, auth="e-imza")
    world.engine.fire(case_id, "use", clerk, {"browser": MINE})
    (entry,) = world.all(JournalEntry, case_id=case_id, trigger="use")
    assert '"actor":"user:4"' in entry.body
    assert '"auth":"e-imza"' in entry.body
    assert '"role":"officer"' in entry.body


def test_a_strangers_good_signature_is_taken_and_opens_nothing(world: World, held: Held) -> None:
    world.write("UPDATE person SET tckn_hash = :other", other=b"x" * 32)
    case_id = signed(world, held)
    row = world.read(SignIn, case_id)
    assert (row.state, row.person_id) == ("signed", None)
    (entry,) = world.all(JournalEntry, case_id=case_id, trigger="sign")
    assert '"known":false' in entry.body
    with denied("sign_in.other_person"):
        world.engine.fire(case_id, "use", officer(), {"browser": MINE})
    with pytest.raises(NotTheSubject):
        world.engine.fire(case_id, "use", applicant(row.id), {"browser": MINE})


def test_nobody_else_is_let_in_with_it(world: World, held: Held) -> None:
    case_id = signed(world, held)
    other = world.person(ISMAIL)
    with pytest.raises(NotTheSubject):
        world.engine.fire(case_id, "use", applicant(other), {"browser": MINE})
    clerk = replace(officer(), person_id=other)
    with denied("sign_in.other_person"):
        world.engine.fire(case_id, "use", clerk, {"browser": MINE})
    with pytest.raises(RoleNotAllowed):
        world.engine.fire(case_id, "use", SYSTEM, {"browser": MINE})


@pytest.mark.parametrize("browser", ["another", "", None, 5])
def test_no_other_browser_is_opened(world: World, me: int, held: Held, browser: object) -> None:
    case_id = signed(world, held)
    with denied("sign_in.other_browser"):
        world.engine.fire(case_id, "use", applicant(me), {"browser": browser})
    assert state(world, case_id) == "signed"


def test_a_rehearsal_needs_neither_secret_nor_browser(world: World, me: int, held: Held) -> None:
    case_id = begin(world)
    claimed(world, case_id)
    world.engine.rehearse(case_id, Request("sign", SYSTEM))
    world.engine.rehearse(signed(world, held), Request("use", applicant(me)))


# Time


def test_a_late_signature_is_refused_to_the_microsecond(world: World, held: Held) -> None:
    case_id = begin(world)
    secret = claimed(world, case_id)
    container = world.sign_bytes(held, text_of(world, case_id))
    world.clock.advance(seconds=300)
    with denied("in_time"):
        hand_in(world, case_id, secret, container=container)
    world.clock.advance(microseconds=-1)
    hand_in(world, case_id, secret, container=container)


def test_the_browser_has_five_minutes_from_the_signature_on(
    world: World, me: int, held: Held
) -> None:
    case_id = begin(world)
    secret = claimed(world, case_id)
    world.clock.advance(seconds=290)
    hand_in(world, case_id, secret, container=world.sign_bytes(held, text_of(world, case_id)))
    world.clock.advance(seconds=300)
    assert world.read(SignIn, case_id).due_at == world.clock.now()
    with denied("in_time"):
        world.engine.fire(case_id, "use", applicant(me), {"browser": MINE})
    world.clock.advance(microseconds=-1)
    world.engine.fire(case_id, "use", applicant(me), {"browser": MINE})


def test_a_sign_in_nobody_finished_is_closed_when_its_time_is_up(world: World, held: Held) -> None:
    waiting, done = begin(world, "another browser"), signed(world, held)
    for case_id in (waiting, done):
        with denied("out_of_time"):
            world.engine.fire(case_id, "expire", SYSTEM)
    world.clock.advance(seconds=300)
    for case_id in (waiting, done):
        world.engine.fire(case_id, "expire", SYSTEM)
        assert state(world, case_id) == "expired"


# Codes


def test_a_new_code_kills_the_earlier_one_of_its_browser_only(world: World, held: Held) -> None:
    first = begin(world)
    elsewhere = begin(world, "another browser")
    second = signed(world, held)
    third = begin(world)
    states = [state(world, case_id) for case_id in (first, elsewhere, second, third)]
    assert states == ["replaced", "issued", "replaced", "issued"]


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_without_the_secret_no_signature_is_looked_at(
    world: World, held: Held, secret: str
) -> None:
    case_id = begin(world)
    claimed(world, case_id)
    container = world.sign_bytes(held, text_of(world, case_id))
    with denied("code.unknown"):
        hand_in(world, case_id, secret, container)
    with pytest.raises(WrongState):
        hand_in(world, begin(world, "other"), codes.new_secret(), container=container)


def test_a_claim_without_a_secret_is_a_mistake_of_ours(world: World) -> None:
    case_id = begin(world)
    with pytest.raises(TypeError, match="secret_hash"):
        world.engine.fire(case_id, "claim", SYSTEM, {"secret_hash": "text"})
    assert state(world, case_id) == "issued"


def test_wrong_tries_are_counted_one_by_one(world: World) -> None:
    case_id, other = begin(world), begin(world, "other")
    with world.engine.database.begin() as connection:
        counted = [sign_in.count_wrong_try(connection, case_id) for _ in range(3)]
    assert counted == [1, 2, 3]
    assert world.read(SignIn, other).wrong_tries == 0


# What is no signature that opens anything


def test_a_strangers_sign_in_is_no_evidence_of_anybody(world: World) -> None:
    case_id = begin(world)
    with pytest.raises(UnknownCase):
        gather(world.engine.database, world.engine.library, case_id)
