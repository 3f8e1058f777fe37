"""Rights of accounts: one administrator proposes, another decides, all of it is in the journal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from handlers.accounts import grants
from handlers.people.register import find_institution
from states.cases.grant import ACTS, RoleGrant
from states.logs.journal import JournalEntry, RefusedAttempt
from states.people.session import SignInEntry
from states.people.tckn import check_digits
from states.people.user import User
from tests.kit.handlers.world import AYSE, ISMAIL
from tests.web.admin.conftest import account, newest
from web.admin import reading
from workflow.model.actor import Actor, system
from workflow.model.refusal import Refused, RuleFailed

if TYPE_CHECKING:
    from tests.kit.handlers.world import World
    from tests.kit.web.staff import Staff
    from tests.kit.web.visitor import Visitor
    from tests.web.admin.conftest import Administrator

TERMINAL = system("terminal")
CEM = f"200000000{check_digits('200000000')}"
FIRST = {
    "act": "open", "user_id": None, "person_id": None, "role": "administrator",
    "name": "İlk Yönetici", "subject": "sub-ilk", "institution_id": None,
}  # fmt: skip


def entries(world: World, case: int) -> list[dict[str, object]]:
    """Return the journal of a proposal."""
    return [json.loads(row.body) for row in world.all(JournalEntry, case_id=case)]


def refusals(world: World) -> list[str]:
    """Return the codes of the attempts that were refused."""
    return [row.code for row in world.all(RefusedAttempt)]


def test_a_role_changes_when_a_second_administrator_approves(
    world: World, first: Administrator, other: Administrator, officer: Visitor, staff: Staff
) -> None:
    page = first.propose(staff.officer, "role", rol="auditor")
    assert page.heading.startswith("Rol değişikliği")
    assert "başka bir yönetici onaylayınca uygulanır" in page.text
    case = newest(world)
    assert (case.state, case.role, account(world, staff.officer).roles) == (
        "proposed", "auditor", ["officer"],
    )  # fmt: skip
    done = other.decide(case.id, "approve", "Uygundur")
    assert "Onayla ve uygula: yapıldı." in done.text
    assert account(world, staff.officer).roles == ["auditor"]
    assert officer.get("/is-listem").heading == "Giriş"
    said = [row for row in world.all(SignInEntry) if row.actor == f"user:{staff.officer}"]
    assert [row.outcome for row in said] == ["signed_in", "rights_changed"]


def test_proposal_and_decision_stand_in_the_journal_without_a_name(
    world: World, first: Administrator, other: Administrator, staff: Staff
) -> None:
    first.propose(staff.officer, "close", gerekce="Emeklilik")
    case = newest(world).id
    other.decide(case, "approve")
    proposed, approved = entries(world, case)
    assert (proposed["trigger"], proposed["actor"], proposed["reason"]) == (
        "propose", f"user:{first.number}", "Emeklilik",
    )  # fmt: skip
    assert (approved["trigger"], approved["actor"]) == ("approve", f"user:{other.number}")
    about = f"user:{staff.officer}"
    assert [one["details"]["account"] for one in (proposed, approved)] == [about, about]  # type: ignore[index]
    assert "Görevli" not in json.dumps([proposed, approved], ensure_ascii=False)


def test_nobody_approves_what_he_has_proposed(
    world: World, first: Administrator, staff: Staff
) -> None:
    first.propose(staff.officer, "role", rol="auditor")
    case = newest(world).id
    page = first.browser.get(f"/yonetim/oneri/{newest(world).reference}")
    assert page.buttons.count("Geri çek") == 1
    assert "Onayla ve uygula" not in page.buttons
    assert "Neden karar veremiyorum?" in page.text
    first.decide(case, "approve", status=403)
    first.decide(case, "refuse", "olmaz", status=403)
    assert newest(world).state == "proposed"
    assert account(world, staff.officer).roles == ["officer"]
    assert refusals(world) == ["same_person", "same_person"]


def test_nobody_proposes_or_decides_about_himself(
    world: World, first: Administrator, other: Administrator, third: Administrator
) -> None:
    page = first.propose(first.number, "close", 422)
    assert "Kendi kaydınızda “Öner” işlemini yapamazsınız" in page.text
    assert world.all(RoleGrant) == []
    assert "Bu sizin hesabınız" in first.browser.get(f"/yonetim/hesap/{first.number}").text
    first.propose(other.number, "close")
    case = newest(world).id
    other.decide(case, "approve", status=403)
    assert account(world, other.number).active
    third.decide(case, "approve")
    assert not account(world, other.number).active


def test_nobody_decides_about_the_account_of_his_own_person(
    world: World, first: Administrator, other: Administrator, staff: Staff
) -> None:
    me = world.person()
    world.write("UPDATE office_user SET person_id = :me WHERE id = :id", me=me, id=staff.officer)
    first.propose(staff.officer, "close")
    case = newest(world)
    assert case.person_id == me
    twin = Actor(f"user:{other.number}", frozenset({"administrator"}), "oidc", me)
    with pytest.raises(Refused) as refused:
        world.engine.fire(case.id, "approve", twin)
    assert refused.value.code == "own_case"


def test_two_administrators_stay_whatever_is_proposed(
    world: World, first: Administrator, other: Administrator, third: Administrator
) -> None:
    first.propose(third.number, "close")
    other.decide(newest(world).id, "approve")
    page = first.propose(other.number, "close", 422)
    assert "En az 2 açık yönetici hesabı kalmalıdır" in page.text
    first.propose(other.number, "role", 422, rol="officer")
    assert account(world, other.number).roles == ["administrator"]


def test_what_was_sound_when_proposed_is_judged_again_when_approved(
    world: World, first: Administrator, other: Administrator, third: Administrator
) -> None:
    first.propose(third.number, "close")
    case = newest(world).id
    world.write("UPDATE office_user SET active = false WHERE id = :id", id=third.number)
    page = other.decide(case, "approve", status=422)
    assert "Hesap kapalı" in page.text
    assert newest(world).state == "proposed"


@pytest.mark.parametrize(
    "lost", ["active = false", "roles = '{officer}'"], ids=["closed", "another role"]
)
def test_the_proposal_of_one_who_is_no_administrator_any_more_is_not_applied(
    world: World, first: Administrator, other: Administrator, staff: Staff, lost: str
) -> None:
    first.propose(staff.officer, "role", rol="auditor")
    case = newest(world).id
    world.write(f"UPDATE office_user SET {lost} WHERE id = :id", id=first.number)
    page = other.decide(case, "approve", status=422)
    assert "Öneriyi yapan artık yönetici değil" in page.text
    assert account(world, staff.officer).roles == ["officer"]
    assert refusals(world) == ["grants.proposer_left"]
    other.decide(case, "refuse", "Yeniden önerilsin")
    assert newest(world).state == "refused"


def test_a_closed_account_is_opened_again(
    world: World, first: Administrator, other: Administrator, staff: Staff
) -> None:
    assert "Hesap zaten açık." in first.propose(staff.officer, "reopen", 422).text
    first.propose(staff.officer, "close")
    other.decide(newest(world).id, "approve")
    assert "Hesap kapalı" in first.propose(staff.officer, "role", 422, rol="auditor").text
    assert "Hesap kapalı" in first.propose(staff.officer, "close", 422).text
    assert "Yeniden açılmasını öner" in first.browser.get(f"/yonetim/hesap/{staff.officer}").text
    first.propose(staff.officer, "reopen")
    other.decide(newest(world).id, "approve")
    assert account(world, staff.officer).active


def test_a_refusal_needs_a_reason_and_changes_nothing(
    world: World, first: Administrator, other: Administrator, staff: Staff
) -> None:
    first.propose(staff.officer, "close")
    case = newest(world).id
    page = other.decide(case, "refuse", status=422)
    assert page.title.startswith("Hata:")
    other.decide(case, "refuse", "Görevi sürüyor")
    assert newest(world).state == "refused"
    assert account(world, staff.officer).active
    assert entries(world, case)[-1]["reason"] == "Görevi sürüyor"


def test_only_who_proposed_withdraws(
    world: World, first: Administrator, other: Administrator, staff: Staff
) -> None:
    first.propose(staff.officer, "close")
    case = newest(world).id
    other.decide(case, "withdraw", status=422)
    first.decide(case, "withdraw")
    assert newest(world).state == "withdrawn"
    assert first.decide(case, "withdraw", status=409).title.startswith("Hata:")


def test_a_proposal_nobody_decides_lapses_after_a_week(
    world: World, first: Administrator, staff: Staff
) -> None:
    first.propose(staff.officer, "close")
    case = newest(world)
    assert (case.due_at - world.clock.now()).days == 7  # type: ignore[operator]
    world.engine.fire(case.id, "lapse", TERMINAL)
    assert newest(world).state == "expired"


def test_one_proposal_at_a_time_waits_for_an_account(
    world: World, first: Administrator, other: Administrator, staff: Staff
) -> None:
    first.propose(staff.officer, "close")
    page = other.propose(staff.officer, "role", rol="auditor")
    assert "karar bekleyen bir öneri var" in page.text
    assert newest(world).reference in page.text
    assert len(world.all(RoleGrant)) == 1


def test_only_a_coordinator_has_an_institution_and_he_must(
    world: World, first: Administrator, staff: Staff
) -> None:
    with world.engine.database.connect() as connection:
        place = find_institution(connection, "TEST-16")
    assert place is not None
    kurum = str(place.id)
    assert (
        "kurumu seçilmelidir" in first.propose(staff.officer, "role", 422, rol="coordinator").text
    )
    assert (
        "Yalnız kurum yetkilisinin"
        in first.propose(staff.officer, "role", 422, rol="auditor", kurum=kurum).text
    )
    assert "Hesap zaten böyle" in first.propose(staff.officer, "role", 422, rol="officer").text
    first.propose(staff.officer, "role", rol="coordinator", kurum=kurum)
    assert newest(world).institution_id == place.id
    assert place.name in first.browser.get("/yonetim/oneriler").text


def test_the_form_refuses_what_is_not_in_its_lists(
    world: World, first: Administrator, staff: Staff
) -> None:
    first.propose(staff.officer, "role", 422, rol="system")
    first.propose(staff.officer, "role", 422, rol="officer", kurum="abc")
    first.propose(staff.officer, "close", 422, gerekce=" ")
    assert world.all(RoleGrant) == []


def named(number: str) -> dict[str, str]:
    """Say whom an account belongs to."""
    return {"tckn": number, "given_name": "Cem", "surname": "Örnek"}


def test_the_engine_refuses_what_the_form_would_never_send(world: World, staff: Staff) -> None:
    boss = Actor("user:999", frozenset({"administrator"}), "oidc", 900_999)
    bad = [
        ({**FIRST, "role": "system"}, "grants.unknown_role"),
        ({**FIRST, "name": ""}, "grants.incomplete"),
        ({**FIRST, "subject": None}, "grants.incomplete"),
        ({**FIRST, "subject": "s" * (grants.LONGEST + 1)}, "grants.incomplete"),
    ]
    for values, code in bad:
        with pytest.raises(RuleFailed) as refused:
            world.engine.open("grant", "propose", boss, values, named(AYSE), reason="x")
        assert code in str(refused.value.params)
    assert account(world, staff.officer).active


def test_the_terminal_opens_the_first_two_administrators_and_no_more(world: World) -> None:
    for number in range(2):
        values = {**FIRST, "subject": f"sub-{number}"}
        human = named((AYSE, ISMAIL)[number])
        case = world.engine.open("grant", "propose", TERMINAL, values, human, reason="Kurulum")
        world.engine.fire(case, "approve", TERMINAL)
    third, other = {**FIRST, "subject": "s3"}, {**FIRST, "role": "officer"}
    with pytest.raises(RuleFailed) as refused:
        world.engine.open("grant", "propose", TERMINAL, third, named(CEM), reason="x")
    assert "grants.not_the_first" in str(refused.value.params)
    with pytest.raises(RuleFailed):
        world.engine.open("grant", "propose", TERMINAL, other, named(CEM), reason="x")
    assert [row.roles for row in world.all(User)] == [["administrator"]] * 2


def test_the_list_shows_roles_states_and_open_sessions(
    first: Administrator, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer.get("/hesap")
    page = first.browser.get("/")
    assert page.heading == "Hesaplar"
    assert {"Zeynep Görevli", "Çağrı Denetçi", "Yeni hesap öner"} <= set(page.links)
    rows = [" ".join(part.itertext()) for part in page.tree.iter("tr")]
    assert [row.split()[-2] for row in rows if "Zeynep" in row or "İlker" in row] == ["1", "0"]
    monkeypatch.setattr(reading, "PER_PAGE", 2)
    short = first.browser.get("/yonetim/hesaplar")
    onward = first.browser.get(short.links["Sonraki hesaplar"])
    assert "Listenin başı" in onward.links
    assert "Zeynep Görevli" not in onward.links


def test_what_is_not_there_is_not_found(world: World, first: Administrator, staff: Staff) -> None:
    case = world.file(world.person(), "first")
    first.browser.get("/yonetim/hesaplar?sonra=abc")
    for nothing in (
        "hesap/999999", "hesap/99999999999999999999", "hesap/999999/close",
        f"hesap/{staff.officer}/no", "oneri/Y000000099", "oneri/abc", f"oneri/B{case:09}",
        f"oneri/Y{case:09}",
    ):  # fmt: skip
        first.browser.get(f"/yonetim/{nothing}", 404)


def test_a_decision_without_what_was_seen_is_refused(
    world: World, first: Administrator, other: Administrator, staff: Staff
) -> None:
    first.propose(staff.officer, "close")
    address = f"/yonetim/oneri/{newest(world).reference}"
    other.browser.get(address)
    other.browser.post(f"{address}/approve", 400, surum="x")
    other.browser.get(address)
    other.browser.post(f"{address}/approve", 409, surum="7")
    other.browser.get(address)
    other.browser.post(f"{address}/approve", 422, surum="1", gerekce="u" * 2001)
    assert newest(world).state == "proposed"


def test_an_administrator_ends_the_sessions_of_an_account_and_the_log_says_who(
    world: World, first: Administrator, officer: Visitor, staff: Staff
) -> None:
    address = f"/yonetim/hesap/{staff.officer}"
    assert "Açık oturumlarını kapat" in first.browser.get(address).buttons
    assert "1 oturum kapatıldı." in first.browser.post(f"{address}/oturumlar").text
    assert "yönetici tarafından kapatıldı" in officer.get("/is-listem").text
    page = first.browser.get(address)
    assert "Açık oturumlarını kapat" not in page.buttons
    assert "Açık oturum yoktu." in first.browser.post(f"{address}/oturumlar").text
    first.browser.get(address)
    first.browser.post("/yonetim/hesap/999999/oturumlar", 404)
    said = [(row.actor, row.outcome) for row in world.all(SignInEntry)]
    asked = (f"user:{first.number}", f"ended_sessions_of user:{staff.officer}")
    assert said[2:] == [asked, (f"user:{staff.officer}", "by_administrator"), asked]
    assert account(world, staff.officer).active


def test_the_auditor_reads_a_proposal_and_decides_nothing(
    world: World, first: Administrator, auditor: Visitor, staff: Staff
) -> None:
    first.propose(staff.officer, "close", gerekce="Emeklilik")
    reference = newest(world).reference
    journal = auditor.get("/denetim/gunluk")
    page = auditor.get(journal.links[reference])
    assert "Emeklilik" in page.text
    assert "Karar" not in page.all("h2")
    assert "/yonetim/hesap" not in page.response.text
    auditor.post(f"/yonetim/oneri/{reference}/approve", 403, surum="1")
    assert newest(world).state == "proposed"


def test_the_words_of_rooms_agree() -> None:
    assert tuple(reading.ACTS) == ACTS
