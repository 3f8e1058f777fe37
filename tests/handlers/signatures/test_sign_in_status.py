"""Asking others about the certificate of a sign-in, before the engine takes its row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.signatures import sign_in
from handlers.signatures.submission import Submission
from signing.network.fetch import Fetcher
from signing.network.online import Online
from signing.validation.trust import Revocation
from tests.handlers.signatures.test_sign_in import (
    begin,
    claimed,
    send,
    state,
    text_of,
)
from tests.kit.handlers.refusals import unanswered

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World
    from tests.kit.signing.loopback import Loopback


def prepared(office: World, case_id: int, signed: Submission) -> Submission:
    content = text_of(office, case_id)
    return sign_in.prepare_submission(office.services, content, signed, office.clock.now())


def test_the_status_is_asked_for_and_no_time_stamp_is_made(
    world: World, held: Held, office: World, site: Loopback
) -> None:
    case_id = begin(office)
    secret = claimed(office, case_id)
    container = office.sign_bytes(held, text_of(office, case_id))
    ready = prepared(office, case_id, Submission(container, secret=secret))
    assert ready.container == container
    assert {path for path, _, _ in site.asked} == {"/nes.ocsp", "/nes.crl", "/root.crl"}
    send(office, case_id, ready)
    assert state(world, case_id) == "signed"


def test_nobody_is_asked_about_a_signature_that_is_bad_in_itself(
    held: Held, office: World, site: Loopback
) -> None:
    case_id = begin(office)
    container = office.sign_bytes(held, b"another text")
    assert prepared(office, case_id, Submission(container)).revocation == Revocation()
    assert site.asked == []


def test_while_the_services_are_away_the_answer_is_later(
    world: World, held: Held, office: World
) -> None:
    away = replace(office.services, online=Online("http://127.0.0.1:9/tsa", Fetcher()))
    case_id = begin(office)
    secret = claimed(office, case_id)
    content = text_of(office, case_id)
    signed = Submission(office.sign_bytes(held, content), secret=secret)
    ready = sign_in.prepare_submission(away, content, signed, office.clock.now())
    with unanswered("signature.try_later"):
        send(office, case_id, ready)
    assert state(world, case_id) == "claimed"


def test_an_office_that_asks_nobody_judges_by_its_own_lists(world: World, held: Held) -> None:
    signed = Submission(world.sign_bytes(held, b"text"))
    now = world.clock.now()
    assert sign_in.prepare_submission(world.services, b"text", signed, now) == signed
