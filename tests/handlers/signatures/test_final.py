"""The later life of signatures: completed after a day, renewed before their stamps fade."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import cms, ocsp
from sqlalchemy import text

from handlers.kit.context import CaseEngine
from handlers.signatures import final
from handlers.signatures.final import Finalisation
from handlers.signatures.purposes import SignedCase
from handlers.signatures.store import MARGIN
from handlers.upkeep import figures
from handlers.upkeep.service_outages import service
from signing.authority.demo import Addresses, Authority, Plan, create
from signing.authority.ocsp import GOOD
from signing.cms import levels
from signing.cms.levels import Level
from signing.cms.profiles import Profile
from signing.tokens.keys import KeyKind
from signing.validation import augmentation
from signing.validation.trust import Revocation
from signing.validation.validate import validate
from states.cases.consent import Consent
from states.kit.errors import DatabaseUnavailable
from states.papers.augmentation import Augmentation
from states.papers.signature import Signature
from tests.kit.handlers.outside import connected
from tests.kit.handlers.world import AYSE, ISMAIL, World, applicant
from tests.kit.workflow.breaks import break_once

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


def signature(office: World, tckn: str = AYSE) -> int:
    """Let a person give an e-onay; give the number of the signature."""
    me = office.person(tckn)
    held = office.card(me, END)
    consent = office.offer(me)
    container = office.sign(held, office.read(Consent, consent).document_sha256)
    signed = replace(office.claimed("consent", consent, me), container=container)
    handed = office.handed_in(SignedCase("e_onay", consent), signed)
    office.engine.fire(consent, "sign", applicant(me), handed.payload())
    return int(office.all(Signature)[-1].id)


def later(office: World, wait: timedelta) -> None:
    office.clock.set(office.clock.now() + wait)
    office.publish_lists()


def forms(office: World) -> list[tuple[int, int, str]]:
    return [(row.signature_id, row.n, row.level) for row in office.all(Augmentation)]


def test_a_p2_signature_is_whole_after_its_day_and_not_before(office: World) -> None:
    number, given = signature(office), office.clock.now()
    chore = Finalisation(office.engine)
    later(office, DAY - timedelta(seconds=1))
    assert chore.run() == {}
    assert forms(office) == []
    later(office, timedelta(seconds=1))
    assert chore.run() == {"B-LT": 1}
    assert forms(office) == [(number, 1, "B-LT")]
    (row,) = office.all(Augmentation)
    said = [
        ocsp.OCSPResponse.load(one.chosen["other_rev_info"].dump())
        for one in cms.ContentInfo.load(row.container)["content"]["crls"]
        if one.name == "other"
    ]
    assert {one.response_data["produced_at"].native for one in said} == {given + DAY}
    assert row.made_at == office.clock.now()
    assert row.renew_before == office.services.authority().stamper.not_after
    assert row.augment_at == row.renew_before - MARGIN


def test_the_accepted_form_stays_and_the_later_one_holds_by_itself(office: World) -> None:
    number = signature(office)
    before = office.read(Signature, number)
    later(office, DAY)
    Finalisation(office.engine).run()
    after = office.read(Signature, number)
    assert (after.container, after.report) == (before.container, before.report)
    (row,) = office.all(Augmentation)
    assert levels.time_stamps(row.container) == levels.time_stamps(before.container)
    content = document_of(office, number)
    judged = validate(
        row.container, content, trust=office.services.trust(), revocation=Revocation(),
        at=office.clock.now(),
    )  # fmt: skip
    assert (judged.passed, judged.level) == (True, Level.B_LT)


def document_of(office: World, number: int) -> bytes:
    with office.engine.database.connect() as connection:
        return final._read(connection, number)[1]  # noqa: SLF001 - what the signature covers


def test_what_is_done_is_not_done_again(office: World) -> None:
    signature(office)
    later(office, DAY)
    chore = Finalisation(office.engine)
    chore.run()
    assert chore.run() == {}
    assert Finalisation(office.engine).run() == {}
    assert len(forms(office)) == 1


def test_a_failure_rests_and_the_others_go_on(
    office: World, site: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = signature(office), signature(office, ISMAIL)
    later(office, DAY)
    chore = Finalisation(office.engine)
    whole = augmentation.augment_after_wait

    def broken(online: object, container: bytes, *rest: object) -> bytes:
        if container == office.read(Signature, first).container:
            return container  # without evidence it does not hold by itself
        return whole(online, container, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(augmentation, "augment_after_wait", broken)
        assert chore.run() == {"failed": 1, "B-LT": 1}
        assert forms(office) == [(second, 1, "B-LT")]
        asked = len(site.asked)
        assert chore.run() == {}
        assert len(site.asked) == asked
        later(office, timedelta(minutes=30))
        assert chore.run() == {"failed": 1}
        later(office, timedelta(minutes=59))
        assert chore.run() == {}
    later(office, timedelta(minutes=1))
    assert chore.run() == {"B-LT": 1}
    assert forms(office) == [(first, 1, "B-LT"), (second, 1, "B-LT")]


def test_services_out_of_reach_leave_everything_as_it_was(office: World, site: Loopback) -> None:
    number = signature(office)
    later(office, DAY)
    answers = dict(site.answers)
    site.answers.clear()
    assert Finalisation(office.engine).run() == {"failed": 1}
    assert forms(office) == []
    (waits,) = figures.outside(office.engine.database)
    (consent,) = office.all(Consent)
    assert (waits["party"], waits["cases"]) == ("signature", [consent.reference])
    assert service(waits["party"], waits["code"]) == "stamp"
    site.answers |= answers
    assert Finalisation(office.engine).run() == {"B-LT": 1}
    assert forms(office) == [(number, 1, "B-LT")]
    assert figures.outside(office.engine.database) == []


def test_a_form_whose_writing_was_cut_off_is_made_at_the_next_ring(
    office: World, database: Database
) -> None:
    number = signature(office)
    later(office, DAY)
    break_once(database, "augmentation", "true", event="INSERT")
    chore = Finalisation(office.engine)
    with pytest.raises(DatabaseUnavailable):
        chore.run()
    assert forms(office) == []
    assert chore.run() == {"B-LT": 1}
    assert forms(office) == [(number, 1, "B-LT")]


def test_a_worker_killed_before_it_writes_leaves_the_form_due(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = signature(office)
    later(office, DAY)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Finalisation, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            Finalisation(office.engine).run()
    assert forms(office) == []
    Finalisation(office.engine).run()
    assert forms(office) == [(number, 1, "B-LT")]


def test_two_workers_with_the_same_form_write_it_once(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature(office)
    later(office, DAY)
    keep = Finalisation._keep  # noqa: SLF001 - where the two meet

    def twice(chore: Finalisation, *form: object) -> None:
        keep(chore, *form)  # type: ignore[arg-type]
        keep(chore, *form)  # type: ignore[arg-type]

    monkeypatch.setattr(Finalisation, "_keep", twice)
    assert Finalisation(office.engine).run() == {"B-LT": 1}
    assert len(forms(office)) == 1


def test_a_turn_is_a_batch_the_oldest_first(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = signature(office)
    office.clock.advance(seconds=60)
    second = signature(office, ISMAIL)
    later(office, DAY)
    monkeypatch.setattr(final, "BATCH", 1)
    chore = Finalisation(office.engine)
    chore.run()
    assert forms(office) == [(first, 1, "B-LT")]
    chore.run()
    assert forms(office) == [(first, 1, "B-LT"), (second, 1, "B-LT")]


def test_evidence_that_was_too_big_at_hand_in_is_kept_as_a_later_form_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(world, Profile.P4) as (office, _):
        with monkeypatch.context() as patch:
            patch.setattr(augmentation, "ROOM", 100)
            number = signature(office)
        kept = office.read(Signature, number)
        assert (kept.report["level"], kept.augment_at) == ("B-T", office.clock.now())
        assert Finalisation(office.engine).run() == {"B-LT": 1}
        assert forms(office) == [(number, 1, "B-LT")]


def test_a_p1_signature_has_nothing_to_come_until_it_fades(world: World) -> None:
    with connected(world, Profile.P1) as (office, _):
        kept = office.read(Signature, signature(office))
        end = office.services.authority().stamper.not_after
        assert (kept.report["level"], kept.augment_at) == ("B-T", end - MARGIN)


def test_an_office_without_services_augments_nothing(world: World) -> None:
    me = world.person()
    world.consent(me, world.card(me, END))
    (kept,) = world.all(Signature)
    assert kept.augment_at is None
    assert Finalisation(world.engine).run() == {}


def test_the_limited_role_may_add_forms_and_change_none(office: World) -> None:
    signature(office)
    later(office, DAY)
    Finalisation(office.engine).run()
    with pytest.raises(Exception, match="permission denied"):
        office.write("UPDATE augmentation SET level = 'B-B'")
    with office.engine.database.connect() as connection:
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
        office, lasting = trusting(plain, fading), site.answers["/tsa"]
        stamp_by(site, office, fading)
        kept = office.read(Signature, signature(office))
        end = fading.stamper.not_after
        assert (kept.augment_at, kept.report["level"]) == (end - MARGIN, "B-LT")
        office.clock.set(end - MARGIN - timedelta(seconds=1))
        office.publish_lists()
        chore = Finalisation(office.engine)
        assert chore.run() == {}
        office.clock.advance(seconds=1)
        # As long as a new time-stamp would end on the same day, none is added.
        assert chore.run() == {"failed": 1}
        assert forms(office) == []
        site.answers["/tsa"] = lasting
        office.clock.advance(seconds=1800)
        assert chore.run() == {"B-LTA": 1}
        (row,) = office.all(Augmentation)
        newer = office.services.authority().stamper.not_after
        assert (row.n, row.level, row.renew_before) == (1, "B-LTA", newer)
        assert row.augment_at == newer - MARGIN
        assert chore.run() == {}


def trusting(office: World, other: Authority) -> World:
    """Give the office with the other authority's root among the anchors of time-stamps."""
    trust = office.services.trust()
    both = replace(trust, tsa_anchors=(*trust.anchors, other.root.der))
    services = replace(office.services, trust=lambda: both)
    old = office.engine
    return World(CaseEngine(old.database, old.library, old.clock, services), services, office.clock)


def stamp_by(site: Loopback, office: World, other: Authority) -> None:
    def now() -> datetime:
        return office.clock.now()

    site.answers |= {
        "/tsa": lambda body: other.timestamp_response(body, now(), 2**64 + 7),
        "/b/nes.crl": lambda _body: other.crl((), now(), now() + DAY, 1),
        "/b/root.crl": lambda _body: other.root_crl(now(), now() + DAY, 1),
        "/b/nes.ocsp": lambda body: other.ocsp_response(body, lambda _serial: GOOD, now()),
    }
