"""The verification code: bound, short-lived, single."""

from __future__ import annotations

import math
import secrets
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from handlers.signatures import code as codes
from handlers.signatures.purposes import purpose_of
from handlers.signatures.submission import Submission
from states.cases.code import Code
from states.cases.consent import Consent
from tests.kit.handlers.refusals import denied
from tests.kit.handlers.world import ISMAIL, SYSTEM, World, applicant
from workflow.model.refusal import RuleFailed, WrongState

if TYPE_CHECKING:
    from handlers.cards.seed import Held

END = date(2026, 8, 10)


def issue(world: World, workflow: str, row: dict[str, object], me: int) -> tuple[int, str]:
    digits = codes.new_code()
    target = codes.target_of(purpose_of(workflow), row)
    values = codes.issue_values(world.services.vault, digits, "session", target, world.clock.now())
    return world.engine.open("code", "issue", applicant(me), values), digits


def sign(world: World, consent: int, me: int, claimed: Submission, held: Held) -> None:
    container = world.sign(held, world.read(Consent, consent).document_sha256)
    signed = replace(claimed, container=container)
    world.engine.fire(consent, "sign", applicant(me), signed.payload())


def test_a_code_is_fifteen_digits_and_each_is_another() -> None:
    drawn = {codes.new_code() for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(code) == 15 and code.isdecimal() and code.isascii() for code in drawn)


def test_a_code_is_drawn_by_the_systems_generator_from_all_there_are_of_fifteen_digits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def drawn(below: int) -> int:
        asked.append(below)
        return 7

    monkeypatch.setattr(secrets, "randbelow", drawn)
    assert codes.new_code() == "000000000000007"
    assert asked == [10**15]
    assert math.log2(asked[0]) > 49


def test_a_secret_holds_at_least_128_bits() -> None:
    assert len({codes.new_secret() for _ in range(100)}) == 100
    assert len(codes.new_secret()) * 6 >= 128


def test_the_digits_themselves_are_kept_nowhere(world: World, me: int) -> None:
    row = vars(world.read(Consent, world.offer(me)))
    code_id, digits = issue(world, "consent", row, me)
    kept = repr(world.all(Code, id=code_id))
    assert digits not in kept
    assert "session'" not in kept


def test_a_code_is_known_by_its_digits_however_they_are_grouped(world: World, me: int) -> None:
    row = vars(world.read(Consent, world.offer(me)))
    code_id, digits = issue(world, "consent", row, me)
    vault = world.services.vault
    grouped = f" {digits[:5]}-{digits[5:10]} {digits[10:]}\n"
    kept = world.read(Code, code_id).code_hash
    assert [codes.code_hash(vault, typed) for typed in (digits, grouped)] == [kept, kept]
    assert codes.code_hash(vault, digits[:-1]) != kept


def test_a_signature_spends_its_code_and_a_second_one_is_refused(
    world: World, me: int, held: Held
) -> None:
    consent = world.offer(me)
    claimed = world.claimed("consent", consent, me)
    sign(world, consent, me, claimed, held)
    assert world.read(Code, claimed.code_id).state == "used"
    other = world.offer(me)
    with denied("code.used"):
        sign(world, other, me, claimed, held)


def test_a_code_is_dead_after_300_seconds_exactly(world: World, me: int, held: Held) -> None:
    consent = world.offer(me)
    claimed = world.claimed("consent", consent, me)
    world.clock.advance(seconds=300)
    with denied("code.expired"):
        sign(world, consent, me, claimed, held)
    world.clock.advance(microseconds=-1)
    sign(world, consent, me, claimed, held)


def test_a_code_closed_by_the_sweep_is_named_expired(world: World, me: int, held: Held) -> None:
    consent = world.offer(me)
    claimed = world.claimed("consent", consent, me)
    world.clock.advance(seconds=301)
    world.engine.fire(claimed.code_id or 0, "expire", SYSTEM)
    with denied("code.expired"):
        sign(world, consent, me, claimed, held)


def test_a_code_nobody_claimed_carries_no_signature(world: World, me: int, held: Held) -> None:
    consent = world.offer(me)
    code_id, _ = issue(world, "consent", vars(world.read(Consent, consent)), me)
    with denied("code.not_claimed"):
        sign(world, consent, me, Submission(code_id=code_id, secret="x"), held)


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_without_the_secret_a_code_is_unknown(
    world: World, me: int, held: Held, secret: str
) -> None:
    consent = world.offer(me)
    claimed = world.claimed("consent", consent, me)
    with denied("code.unknown"):
        sign(world, consent, me, replace(claimed, secret=secret), held)


@pytest.mark.parametrize("code_id", [None, 0, 999_999_999])
def test_a_code_that_there_is_not_is_unknown(
    world: World, me: int, held: Held, code_id: int | None
) -> None:
    consent = world.offer(me)
    with denied("code.unknown"):
        sign(world, consent, me, Submission(code_id=code_id, secret="x"), held)


def test_a_code_for_another_purpose_is_refused(world: World, me: int, held: Held) -> None:
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_imza")
    claimed = world.claimed("application", case, me)
    consent = world.offer(me)
    with denied("code.wrong_purpose", purpose="e_imza"):
        sign(world, consent, me, claimed, held)


def test_a_code_of_another_person_is_refused(world: World, me: int, held: Held) -> None:
    other = world.person(ISMAIL, "İsmail", "Taslakçı")
    claimed = world.claimed("consent", world.offer(other), other)
    with denied("code.other_person"):
        sign(world, world.offer(me), me, claimed, held)


def test_a_code_of_another_case_is_refused(world: World, me: int, held: Held) -> None:
    claimed = world.claimed("consent", world.offer(me), me)
    with denied("code.other_case"):
        sign(world, world.offer(me), me, claimed, held)


def test_a_code_for_another_text_is_refused(world: World, me: int, held: Held) -> None:
    first, consent = world.offer(me), world.offer(me)
    claimed = world.claimed("consent", consent, me)
    world.write(
        "UPDATE code SET digest = :digest", digest=world.read(Consent, first).document_sha256
    )
    with denied("code.other_text"):
        sign(world, consent, me, claimed, held)


def test_a_new_code_kills_the_persons_old_one_for_the_purpose_and_no_other(
    world: World, me: int, held: Held
) -> None:
    other = world.person(ISMAIL, "İsmail", "Taslakçı")
    row = vars(world.read(Consent, world.offer(me)))
    issued, _ = issue(world, "consent", row, me)
    theirs, _ = issue(world, "consent", vars(world.read(Consent, world.offer(other))), other)
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_imza")
    form = world.claimed("application", case, me).code_id
    claimed = world.claimed("consent", int(str(row["id"])), me).code_id
    newest, _ = issue(world, "consent", row, me)
    states = [world.read(Code, code).state for code in (issued, theirs, form, claimed, newest)]
    assert states == ["replaced", "issued", "claimed", "replaced", "issued"]
    lost = Submission(code_id=claimed, secret="x")
    with denied("code.unknown"):
        sign(world, int(str(row["id"])), me, lost, held)


def test_only_one_claim_wins(world: World, me: int) -> None:
    row = vars(world.read(Consent, world.offer(me)))
    code_id, _ = issue(world, "consent", row, me)
    world.engine.fire(code_id, "claim", applicant(me), {"secret_hash": b"1" * 32})
    with pytest.raises(WrongState):
        world.engine.fire(code_id, "claim", applicant(me), {"secret_hash": b"2" * 32})
    assert world.read(Code, code_id).secret_hash == b"1" * 32


def test_a_late_claim_is_refused(world: World, me: int) -> None:
    row = vars(world.read(Consent, world.offer(me)))
    code_id, _ = issue(world, "consent", row, me)
    world.clock.advance(seconds=300)
    with pytest.raises(RuleFailed):
        world.engine.fire(code_id, "claim", applicant(me), {"secret_hash": b"1" * 32})


def test_a_claim_without_the_hash_of_its_secret_is_a_broken_caller(world: World, me: int) -> None:
    row = vars(world.read(Consent, world.offer(me)))
    code_id, _ = issue(world, "consent", row, me)
    with pytest.raises(TypeError, match="secret_hash"):
        world.engine.fire(code_id, "claim", applicant(me), {"secret_hash": "text"})
    assert world.read(Code, code_id).state == "issued"


def test_wrong_tries_are_counted_and_a_locked_code_is_named(
    world: World, me: int, held: Held
) -> None:
    consent = world.offer(me)
    claimed = world.claimed("consent", consent, me)
    code_id = claimed.code_id or 0
    with world.engine.database.begin() as connection:
        counts = [codes.count_wrong_try(connection, code_id) for _ in range(codes.WRONG_TRIES)]
    assert counts == [1, 2, 3, 4, 5]
    world.engine.fire(code_id, "lock", SYSTEM)
    with denied("code.locked"):
        sign(world, consent, me, claimed, held)
