"""Signing in with the card: whose signature opens which browser, and what opens none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers.cards.orders import new_serial, order_of
from handlers.cards.seed import Held
from handlers.desk.evidence.gather import gather
from handlers.kit import rows
from handlers.signatures import code as codes
from handlers.signatures import sign_in
from handlers.signatures.submission import LARGEST, Submission
from signing.app.purpose import ORIGIN_LINE
from signing.authority.production import produce
from signing.cms import cades
from signing.cms.profiles import Profile
from states.cases.certificate import Certificate
from states.cases.sign_in import SignIn
from states.logs.journal import JournalEntry
from states.papers.document import Document
from states.papers.signature import Signature
from tests.kit.handlers.refusals import denied, unanswered
from tests.kit.handlers.world import AYSE, ISMAIL, SYSTEM, World, applicant, officer
from workflow.model.refusal import NotTheSubject, RoleNotAllowed, UnknownCase, WrongState
from workflow.model.request import Request

END = date(2026, 8, 10)
ORIGIN = "https://ofis.ornek.invalid"
MINE = "tarayıcımın anahtarı"


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, END)


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


def refused_container(world: World, container: bytes) -> int:
    case_id = begin(world)
    hand_in(world, case_id, claimed(world, case_id), container)
    return case_id


def test_no_container_no_sign_in(world: World) -> None:
    with denied("signature.missing"):
        refused_container(world, b"")


def test_a_container_beyond_the_limit_is_not_even_parsed(world: World) -> None:
    with denied("signature.too_large", largest=LARGEST):
        refused_container(world, b"0" * (LARGEST + 1))


def test_what_is_no_container_is_denied(world: World) -> None:
    with denied("signature.format_failure", indication="TOTAL-FAILED"):
        refused_container(world, b"0" * 100)


def test_the_signature_of_another_sign_in_opens_nothing(world: World, held: Held) -> None:
    earlier = text_of(world, begin(world))
    with denied("signature.hash_failure"):
        refused_container(world, world.sign_bytes(held, earlier))


def hand_in_from(world: World, held: Held, profile: Profile = Profile.P1) -> int:
    case_id = begin(world)
    secret = claimed(world, case_id)
    container = world.sign_bytes(held, text_of(world, case_id), profile)
    hand_in(world, case_id, secret, container=container)
    return case_id


def test_a_signature_that_names_a_profile_without_its_time_stamp_opens_nothing(
    world: World, held: Held
) -> None:
    with denied("signature.sig_constraints_failure"):
        hand_in_from(world, held, Profile.P2)


def test_a_certificate_that_is_not_qualified_opens_nothing(
    world: World, me: int, held: Held
) -> None:
    with world.engine.database.connect() as connection:
        known = rows.fetch(connection, Certificate, held.certificate_id)
        order = order_of(connection, world.services, known)
    plain = replace(order.request, serial_number=int(new_serial(), 16), qualified=False)
    card = replace(order.card, serial=f"GIRIS{me:011}")
    produce(
        world.services.store(), world.services.authority(), replace(order, card=card, request=plain)
    )
    with denied("signature.not_qualified", lacking="qc_compliance"):
        hand_in_from(world, Held(0, card.serial, held.pin))


def test_the_offices_seal_opens_nothing(world: World, held: Held) -> None:
    assert world.services.seal is not None
    assert held.pin
    seal = world.services.seal()
    case_id = begin(world)
    secret = claimed(world, case_id)
    with world.services.store().session("TEST-CA", "1234") as session:
        container = cades.sign(session, seal.certificate, text_of(world, case_id), None)
    with denied("signature.not_qualified", lacking="seal"):
        hand_in(world, case_id, secret, container=container)


def test_a_revoked_certificate_opens_nothing(world: World, me: int, held: Held) -> None:
    world.engine.fire(held.certificate_id, "revoke", applicant(me), reason="çalındı")
    with denied("signature.certificate_not_active", state="revoked"):
        hand_in_from(world, held)
    world.clock.advance(seconds=2)
    world.publish_lists()
    with denied("signature.revoked_no_poe"):
        hand_in_from(world, held)


def test_a_suspended_certificate_opens_nothing(world: World, me: int, held: Held) -> None:
    world.engine.fire(held.certificate_id, "suspend", applicant(me))
    with denied("signature.certificate_not_active", state="suspended"):
        hand_in_from(world, held)
    world.clock.advance(seconds=2)
    world.publish_lists()
    with denied("signature.certificate_not_active", state="suspended"):
        hand_in_from(world, held)


def test_an_expired_certificate_opens_nothing(world: World, held: Held) -> None:
    world.clock.advance(days=162)
    world.publish_lists()
    with denied("signature.out_of_bounds_no_poe"):
        hand_in_from(world, held)


def test_an_end_on_our_record_counts_even_if_the_certificate_says_later(
    world: World, held: Held
) -> None:
    world.write("UPDATE certificate SET ends_on = '2026-03-02', not_after = '2026-03-02T08:59:59Z'")
    with denied("signature.certificate_ended", ends_on=date(2026, 3, 2)):
        hand_in_from(world, held)
    world.write("UPDATE certificate SET not_after = '2026-03-02T09:00:00Z'")
    assert state(world, hand_in_from(world, held)) == "signed"


def test_a_certificate_is_found_in_our_records_by_its_number_too(
    world: World, me: int, held: Held
) -> None:
    world.write("UPDATE certificate SET sha256 = NULL, state = 'revoked'")
    with denied("signature.certificate_not_active", state="revoked"):
        hand_in_from(world, held)
    other = world.person(ISMAIL)
    world.write("UPDATE certificate SET person_id = :other", other=other)
    case_id = hand_in_from(world, held)
    assert world.read(SignIn, case_id).person_id == me


def test_a_stale_list_means_later_and_nobody_is_let_in(world: World, held: Held) -> None:
    world.clock.advance(days=2)
    case_id = begin(world)
    secret = claimed(world, case_id)
    container = world.sign_bytes(held, text_of(world, case_id))
    with unanswered("signature.try_later"):
        hand_in(world, case_id, secret, container=container)
    assert state(world, case_id) == "claimed"
    world.publish_lists()
    hand_in(world, case_id, secret, container=container)
    assert state(world, case_id) == "signed"


def test_a_strangers_sign_in_is_no_evidence_of_anybody(world: World) -> None:
    case_id = begin(world)
    with pytest.raises(UnknownCase):
        gather(world.engine.database, world.engine.library, case_id)
