"""The İmza tab: every judgement in words, and the e-onay that an application rests on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.signatures.final import Finalisation
from signing.cms.profiles import Profile
from states.cases.certificate import Certificate
from states.cases.consent import Consent
from states.kit.reference import reference
from tests.handlers.consents.test_settlement import applied, later
from tests.kit.handlers.outside import connected
from tests.kit.handlers.waiting import applied as taken
from tests.kit.handlers.waiting import ask, away
from tests.kit.web.staff import path, waiting_for_paper

if TYPE_CHECKING:
    from handlers.cards.seed import Held
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor

DAY = timedelta(days=1)
END = date(2026, 4, 10)


@pytest.fixture
def me(world: World) -> int:
    return world.person()


@pytest.fixture
def held(world: World, me: int) -> Held:
    return world.card(me, END)


def test_the_final_judgement_and_form_stand_beside_the_first_in_words(
    world: World, officer: Visitor, me: int, held: Held
) -> None:
    with connected(world, Profile.P2) as (office, _):
        case = applied(office, me, held)
        before = officer.get(path(case, "imza"))
        assert before.all("h3") == ["Karara varılamadı INDETERMINATE / TRY_LATER"]
        assert "Son denetim en erken: 03.03.2026 12:00:00." in before.text
        assert before.all("h4") == []
        given = office.clock.now()
        later(office, DAY)
        Finalisation(office.engine).run()
        office.clock.set(given)  # so that the officer is still signed in
    page = officer.get(path(case, "imza"))
    assert page.all("h3") == ["Geçerli TOTAL-PASSED"]
    assert page.all("h4") == ["Denetimler"]
    assert "B-LT (zaman damgalı, doğrulama verisi içinde), profil P2" in page.text
    first, final = (
        line for line in page.all("li") if "(INDETERMINATE)." in line or "(TOTAL-" in line
    )
    assert first.startswith("02.03.2026 12:00:00: Karara varılamadı (INDETERMINATE).")
    assert first.endswith("Düzey B-T (zaman damgalı).")
    assert final.startswith("03.03.2026 12:00:00: Geçerli (TOTAL-PASSED). İmza doğrulandı.")


def test_a_signature_that_waits_says_that_nothing_is_known_yet(
    world: World, officer: Visitor, me: int, held: Held
) -> None:
    with connected(world) as (office, site):
        back = away(site, "/tsa")
        case = taken(office, me, held)
        page = officer.get(path(case, "imza"))
        assert "İmza denetleniyor" in page.text
        assert "B-B (zaman damgası yok)" in page.text
        site.answers |= back
        ask(office)
    assert officer.get(path(case, "imza")).all("h3") == ["Geçerli TOTAL-PASSED"]


def test_an_application_by_e_onay_shows_the_signature_of_that_e_onay(
    world: World, officer: Visitor, me: int, held: Held
) -> None:
    case = world.file(me, "renewal", held.certificate_id)
    world.choose(case, me, "e_onay")
    page = officer.get(path(case, "imza"))
    assert "henüz dayandığı bir e-onay yok" in page.text
    consent = world.consent(me, held)
    world.press(case, me)
    world.clock.advance(seconds=60)
    newer = world.consent(me, held)
    page = officer.get(path(case, "imza"))
    assert page.all("h2")[-1] == "Dayandığı e-onay"
    assert page.all("h3") == ["Geçerli TOTAL-PASSED"]
    behind = reference("consent", consent)
    assert page.links[behind] == f"/is/{behind}/imza"
    assert reference("consent", newer) not in page.text
    assert world.read(Consent, consent).state == "superseded"
    assert officer.get(page.links[behind]).all("h3") == ["Geçerli TOTAL-PASSED"]


def test_an_application_on_paper_rests_on_no_e_onay(world: World, officer: Visitor) -> None:
    page = officer.get(path(waiting_for_paper(world), "imza"))
    assert page.all("h2")[-1] == "İmzalar"
    assert "başvuru ofisinde elle imzalanır" in page.text


def test_a_certificate_is_due_on_its_last_day_and_not_the_day_after(
    world: World, officer: Visitor, held: Held
) -> None:
    certificate = world.read(Certificate, held.certificate_id)
    page = officer.get(f"/is/{certificate.reference}")
    assert "10 Nisan 2026" in page.text
    assert "11 Nisan 2026" not in page.text
