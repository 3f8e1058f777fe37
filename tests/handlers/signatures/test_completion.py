"""The later life of signatures: completed after a day, renewed before their stamps fade."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms, ocsp
from sqlalchemy import text

from handlers.signatures import completion, lifting
from handlers.signatures.completion import MARGIN, Completion
from handlers.upkeep import figures
from handlers.upkeep.outside import service
from signing.authority.demo import Addresses, Authority, Plan, create
from signing.authority.ocsp import GOOD
from signing.cms import levels
from signing.cms.levels import Level
from signing.cms.profiles import Profile
from signing.tokens.keys import KeyKind
from signing.validation import lifting as signing_lifting
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from states.cases.consent import Consent
from states.kit.errors import DatabaseUnavailable
from states.papers.augmentation import Augmentation
from states.papers.signature import Signature
from tests.kit.handlers.outside import connected
from tests.kit.handlers.world import AYSE, ISMAIL, World, applicant
from tests.kit.workflow.breaks import break_once
from workflow.engine.engine import CaseEngine

if TYPE_CHECKING:
    from signing.tokens.slots import TokenStore
    from tests.kit.postgres import Database
    from tests.kit.signing.loopback import Loopback

DAY = timedelta(days=1)
END = date(2026, 8, 10)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def profile() -> Profile:
    return Profile.P2


def signature(engine: World, tckn: str = AYSE) -> int:
    """Let a person give an e-onay; give the number of the signature."""
    me = engine.person(tckn)
    held = engine.card(me, END)
    consent = engine.offer(me)
    container = engine.sign(held, engine.read(Consent, consent).document_sha256)
    database = engine.engine.database
    payload = engine.claimed("consent", consent, me)
    payload |= lifting.prepare(
        database, engine.services, ("e_onay", consent), container, engine.clock
    )
    engine.engine.fire(consent, "sign", applicant(me), payload)
    return int(engine.all(Signature)[-1].id)


def later(engine: World, wait: timedelta) -> None:
    engine.clock.set(engine.clock.now() + wait)
    engine.publish_lists()


def forms(engine: World) -> list[tuple[int, int, str]]:
    return [(row.signature_id, row.n, row.level) for row in engine.all(Augmentation)]


def test_a_p2_signature_is_whole_after_its_day_and_not_before(engine: World) -> None:
    number, given = signature(engine), engine.clock.now()
    chore = Completion(engine.engine)
    later(engine, DAY - timedelta(seconds=1))
    assert chore.run() == {}
    assert forms(engine) == []
    later(engine, timedelta(seconds=1))
    assert chore.run() == {"B-LT": 1}
    assert forms(engine) == [(number, 1, "B-LT")]
    (row,) = engine.all(Augmentation)
    said = [
        ocsp.OCSPResponse.load(one.chosen["other_rev_info"].dump())
        for one in cms.ContentInfo.load(row.container)["content"]["crls"]
        if one.name == "other"
    ]
    assert {one.response_data["produced_at"].native for one in said} == {given + DAY}
    assert row.made_at == engine.clock.now()
    assert row.renew_before == engine.services.authority().stamper.not_after
    assert row.augment_at == row.renew_before - MARGIN


def test_the_accepted_form_stays_and_the_later_one_holds_by_itself(engine: World) -> None:
    number = signature(engine)
    before = engine.read(Signature, number)
    later(engine, DAY)
    Completion(engine.engine).run()
    after = engine.read(Signature, number)
    assert (after.container, after.report) == (before.container, before.report)
    (row,) = engine.all(Augmentation)
    assert levels.time_stamps(row.container) == levels.time_stamps(before.container)
    content = document_of(engine, number)
    judged = validate(
        row.container, content, trust=engine.services.trust(), revocation=Revocation(),
        at=engine.clock.now(),
    )  # fmt: skip
    assert (judged.passed, judged.level) == (True, Level.B_LT)


def document_of(engine: World, number: int) -> bytes:
    with engine.engine.database.connect() as connection:
        return completion._read(connection, number)[1]  # noqa: SLF001 - what the signature covers


def test_what_is_done_is_not_done_again(engine: World) -> None:
    signature(engine)
    later(engine, DAY)
    chore = Completion(engine.engine)
    chore.run()
    assert chore.run() == {}
    assert Completion(engine.engine).run() == {}
    assert len(forms(engine)) == 1


def test_a_failure_rests_and_the_others_go_on(
    engine: World, site: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = signature(engine), signature(engine, ISMAIL)
    later(engine, DAY)
    chore = Completion(engine.engine)
    whole = signing_lifting.complete

    def broken(online: object, container: bytes, *rest: object) -> bytes:
        if container == engine.read(Signature, first).container:
            return container  # without evidence it does not hold by itself
        return whole(online, container, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(signing_lifting, "complete", broken)
        assert chore.run() == {"failed": 1, "B-LT": 1}
        assert forms(engine) == [(second, 1, "B-LT")]
        asked = len(site.asked)
        assert chore.run() == {}
        assert len(site.asked) == asked
        later(engine, timedelta(minutes=30))
        assert chore.run() == {"failed": 1}
        later(engine, timedelta(minutes=59))
        assert chore.run() == {}
    later(engine, timedelta(minutes=1))
    assert chore.run() == {"B-LT": 1}
    assert forms(engine) == [(first, 1, "B-LT"), (second, 1, "B-LT")]


def test_services_out_of_reach_leave_everything_as_it_was(engine: World, site: Loopback) -> None:
    number = signature(engine)
    later(engine, DAY)
    answers = dict(site.answers)
    site.answers.clear()
    assert Completion(engine.engine).run() == {"failed": 1}
    assert forms(engine) == []
    (waits,) = figures.outside(engine.engine.database)
    (consent,) = engine.all(Consent)
    assert (waits["party"], waits["cases"]) == ("signature", [consent.reference])
    assert service(waits["party"], waits["code"]) == "stamp"
    site.answers |= answers
    assert Completion(engine.engine).run() == {"B-LT": 1}
    assert forms(engine) == [(number, 1, "B-LT")]
    assert figures.outside(engine.engine.database) == []


def test_a_form_whose_writing_was_cut_off_is_made_at_the_next_ring(
    engine: World, database: Database
) -> None:
    number = signature(engine)
    later(engine, DAY)
    break_once(database, "augmentation", "true", event="INSERT")
    chore = Completion(engine.engine)
    with pytest.raises(DatabaseUnavailable):
        chore.run()
    assert forms(engine) == []
    assert chore.run() == {"B-LT": 1}
    assert forms(engine) == [(number, 1, "B-LT")]


def test_a_worker_killed_before_it_writes_leaves_the_form_due(
    engine: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = signature(engine)
    later(engine, DAY)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Completion, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            Completion(engine.engine).run()
    assert forms(engine) == []
    Completion(engine.engine).run()
    assert forms(engine) == [(number, 1, "B-LT")]


def test_two_workers_with_the_same_form_write_it_once(
    engine: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature(engine)
    later(engine, DAY)
    keep = Completion._keep  # noqa: SLF001 - where the two meet

    def twice(chore: Completion, *form: object) -> None:
        keep(chore, *form)  # type: ignore[arg-type]
        keep(chore, *form)  # type: ignore[arg-type]

    monkeypatch.setattr(Completion, "_keep", twice)
    assert Completion(engine.engine).run() == {"B-LT": 1}
    assert len(forms(engine)) == 1


def test_a_turn_is_a_batch_the_oldest_first(engine: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = signature(engine)
    engine.clock.advance(seconds=60)
    second = signature(engine, ISMAIL)
    later(engine, DAY)
    monkeypatch.setattr(completion, "BATCH", 1)
    chore = Completion(engine.engine)
    chore.run()
    assert forms(engine) == [(first, 1, "B-LT")]
    chore.run()
    assert forms(engine) == [(first, 1, "B-LT"), (second, 1, "B-LT")]


def test_evidence_that_was_too_big_at_hand_in_is_kept_as_a_later_form_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(world, Profile.P4) as (engine, _):
        with monkeypatch.context() as patch:
            patch.setattr(signing_lifting, "ROOM", 100)
            number = signature(engine)
        kept = engine.read(Signature, number)
        assert (kept.report["level"], kept.augment_at) == ("B-T", engine.clock.now())
        assert Completion(engine.engine).run() == {"B-LT": 1}
        assert forms(engine) == [(number, 1, "B-LT")]


def test_a_p1_signature_has_nothing_to_come_until_it_fades(world: World) -> None:
    with connected(world, Profile.P1) as (engine, _):
        kept = engine.read(Signature, signature(engine))
        end = engine.services.authority().stamper.not_after
        assert (kept.report["level"], kept.augment_at) == ("B-T", end - MARGIN)


def test_an_office_without_services_augments_nothing(world: World) -> None:
    me = world.person()
    world.consent(me, world.card(me, END))
    (kept,) = world.all(Signature)
    assert kept.augment_at is None
    assert Completion(world.engine).run() == {}


def test_the_limited_role_may_add_forms_and_change_none(engine: World) -> None:
    signature(engine)
    later(engine, DAY)
    Completion(engine.engine).run()
    with pytest.raises(Exception, match="permission denied"):
        engine.write("UPDATE augmentation SET level = 'B-B'")
    with engine.engine.database.connect() as connection:
        assert connection.execute(text("SELECT level FROM augmentation")).scalar_one() == "B-LT"


# renewal


@pytest.fixture(scope="module")
def fading(token_store: TokenStore) -> Authority:
    """Give another authority, whose time-stamps are good for 200 days only."""
    plan = Plan("TEST-TSA", "12345678", "1234", START - DAY, START + 200 * DAY, KeyKind.EC_P256)
    return create(token_store, replace(plan, addresses=Addresses.under("http://tsa.example/b")))


def test_a_signature_is_renewed_before_its_time_stamp_fades(
    world: World, fading: Authority
) -> None:
    with connected(world, Profile.P4) as (plain, site):
        engine, lasting = trusting(plain, fading), site.answers["/tsa"]
        stamp_by(site, engine, fading)
        kept = engine.read(Signature, signature(engine))
        end = fading.stamper.not_after
        assert (kept.augment_at, kept.report["level"]) == (end - MARGIN, "B-LT")
        engine.clock.set(end - MARGIN - timedelta(seconds=1))
        engine.publish_lists()
        chore = Completion(engine.engine)
        assert chore.run() == {}
        engine.clock.advance(seconds=1)
        # As long as a new time-stamp would end on the same day, none is added.
        assert chore.run() == {"failed": 1}
        assert forms(engine) == []
        site.answers["/tsa"] = lasting
        engine.clock.advance(seconds=1800)
        assert chore.run() == {"B-LTA": 1}
        (row,) = engine.all(Augmentation)
        newer = engine.services.authority().stamper.not_after
        assert (row.n, row.level, row.renew_before) == (1, "B-LTA", newer)
        assert row.augment_at == newer - MARGIN
        assert chore.run() == {}


def trusting(engine: World, other: Authority) -> World:
    """Give the office with the other authority's root among the anchors of time-stamps."""
    trust = engine.services.trust()
    both = replace(trust, tsa_anchors=(*trust.anchors, other.root.der))
    services = replace(engine.services, trust=lambda: both)
    old = engine.engine
    return World(CaseEngine(old.database, old.library, old.clock, services), services, engine.clock)


def stamp_by(site: Loopback, engine: World, other: Authority) -> None:
    def now() -> datetime:
        return engine.clock.now()

    site.answers |= {
        "/tsa": lambda body: other.timestamp_response(body, now(), 2**64 + 7),
        "/b/nes.crl": lambda _body: other.crl((), now(), now() + DAY, 1),
        "/b/root.crl": lambda _body: other.root_crl(now(), now() + DAY, 1),
        "/b/nes.ocsp": lambda body: other.ocsp_response(body, lambda _serial: GOOD, now()),
    }
