"""Sending a message once more from the past of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from states.cases.notice import Notice
from states.logs.desk import DeskEntry
from tests.kit.handlers.world import ISMAIL
from tests.kit.handlers.world import officer as officer_actor
from tests.kit.web.staff import Staff, path, waiting_for_paper

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.visitor import Visitor


@pytest.fixture
def case(world: World, officer: Visitor, staff: Staff) -> int:
    """Give a case whose applicant was told of its return a while ago."""
    number = waiting_for_paper(world)
    world.engine.fire(number, "return_to_applicant", officer_actor(), reason="not_signed")
    world.run_effects()
    world.clock.advance(minutes=15)
    officer.sign_in("user", staff.officer)
    return number


def test_a_message_is_shown_and_sent_once_more(world: World, officer: Visitor, case: int) -> None:
    past = officer.get(path(case, "gecmis"))
    (link,) = [url for name, url in past.links.items() if name.startswith("Yeniden gönder")]
    page = officer.get(link)
    assert page.heading == "Bildirimi yeniden gönder"
    assert page.all("pre") == [" ".join(world.all(Notice)[0].text.split())]
    assert page.all("ol") == ["02.03.2026 12:00:00, Gönderilmeyi bekliyor"]
    done = officer.post(link, seen=page.value("seen"))
    assert "Bildirim yeniden gönderilmek üzere sıraya alındı." in done.text
    assert len(done.all("li", class_="step step-notice")) == 2
    (event,) = done.all("li", class_="step step-desk")
    assert "Bildirim yeniden gönderildi Zeynep Görevli" in event
    assert "Başvurunuz size iade edildi" in event


def test_a_double_click_sends_once(world: World, officer: Visitor, case: int) -> None:
    link = path(case, "bildirim", str(world.all(Notice)[0].id))
    seen = officer.get(link).value("seen")
    officer.post(link, seen=seen)
    again = officer.post(link, seen=seen)
    assert "Bu bildirim zaten yeniden gönderilmişti" in again.text
    assert (len(world.all(Notice)), len(world.all(DeskEntry))) == (2, 1)


def test_too_soon_is_refused_with_the_moment_from_which_it_may_go(
    world: World, officer: Visitor, case: int
) -> None:
    link = path(case, "bildirim", str(world.all(Notice)[0].id))
    officer.post(link, seen=officer.get(link).value("seen"))
    page = officer.post(link, 422, seen=officer.get(link).value("seen"))
    assert page.heading == "İşlem yapılamaz: Bildirimi yeniden gönder"
    assert "02.03.2026 12:25 anından sonra" in page.text
    assert len(world.all(Notice)) == 2


def test_a_form_without_a_count_is_not_taken(world: World, officer: Visitor, case: int) -> None:
    link = path(case, "bildirim", str(world.all(Notice)[0].id))
    officer.get(link)
    officer.post(link, 400, seen="x")
    assert len(world.all(Notice)) == 1


def test_a_message_of_another_case_or_of_none_is_not_there(
    world: World, officer: Visitor, case: int
) -> None:
    other = waiting_for_paper(world, ISMAIL)
    number = str(world.all(Notice)[0].id)
    officer.get(path(other, "bildirim", number), 404)
    officer.get(path(case, "bildirim", "99999"), 404)
    officer.get(path(case, "bildirim", "9" * 30), 404)


def test_an_auditor_sends_nothing(world: World, auditor: Visitor, case: int, staff: Staff) -> None:
    auditor.sign_in("user", staff.auditor)
    link = path(case, "bildirim", str(world.all(Notice)[0].id))
    auditor.get(link, 403)
    auditor.post(link, 403, seen="1")
    assert len(world.all(Notice)) == 1
