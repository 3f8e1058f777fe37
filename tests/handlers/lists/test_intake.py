"""Entering a staff list: everything once, nothing twice, nobody else's people."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.lists.intake import LISTED, Intake
from handlers.lists.sample import SEED, TREE, as_csv, as_xlsx, sample_rows
from handlers.lists.staff_list import MOST_ROWS, StaffList, from_table
from handlers.papers.sandbox import tables
from states.cases.application import Application
from states.cases.certificate import Certificate
from states.logs.access import AccessEntry
from states.people.change import DataChange
from states.people.institution import Institution
from states.people.person import Person
from states.people.tckn import parse
from tests.kit.handlers.world import World, coordinator, operator

if TYPE_CHECKING:
    from handlers.lists.import_result import Entered
    from workflow.model.actor import Actor

TODAY = date(2026, 3, 2)


def read_staff_list(content: bytes) -> StaffList:
    """Read in this process what the product reads in another one."""
    return from_table(tables.read(content, str(MOST_ROWS)))


def upload(
    world: World,
    rows: list[dict[str, str]],
    *,
    renewals: bool = False,
    within: str | None = None,
    actor: Actor | None = None,
) -> Entered:
    intake = Intake(world.engine, world.services.vault, actor or coordinator(), within)
    return intake.import_staff(read_staff_list(as_csv(rows)), file_renewals=renewals)


def faults(entered: Entered) -> list[tuple[int, str]]:
    assert all(row.reason.endswith(".") for row in entered.rejected)
    return [(row.number, row.code) for row in entered.rejected]


def test_the_sample_holds_200_invented_people_of_several_institutions() -> None:
    rows = sample_rows(TODAY)
    assert len({parse(row["tckn"]) for row in rows}) == 200
    assert len({row["institution_code"] for row in rows}) > 3
    assert rows == sample_rows(TODAY, seed=SEED)
    assert rows != sample_rows(TODAY, seed=SEED + 1)
    for write in (as_csv, as_xlsx):
        staff = read_staff_list(write(rows))
        assert (len(staff.rows), staff.rejected) == (200, ())


def test_a_list_is_entered_and_its_second_upload_changes_nothing(world: World) -> None:
    rows = sample_rows(TODAY, 12)
    first = upload(world, rows, renewals=True)
    assert (first.persons, first.certificates, first.renewals, first.rejected) == (12, 12, 12, [])
    before = [world.all(entity) for entity in (Person, Certificate, Application, Institution)]
    second = upload(world, rows, renewals=True)
    assert (second.persons, second.certificates, second.renewals) == (0, 0, 0)
    assert (second.known_persons, second.known_certificates, second.rejected) == (12, 12, [])
    after = [world.all(entity) for entity in (Person, Certificate, Application, Institution)]
    assert before == after


def test_without_the_wish_no_renewal_is_filed(world: World) -> None:
    upload(world, sample_rows(TODAY, 3))
    assert world.all(Application) == []
    assert upload(world, sample_rows(TODAY, 3), renewals=True).renewals == 3


def test_renewals_wait_for_the_persons_consent(world: World) -> None:
    upload(world, sample_rows(TODAY, 12), renewals=True)
    states = Counter(row.state for row in world.all(Application))
    assert states == {"e_onay": 12}


def test_a_person_without_certificate_or_address_is_entered_too(world: World) -> None:
    row = sample_rows(TODAY, 1)[0]
    bare = {**row, "serial": "", "ends_on": "", "address": ""}
    entered = upload(world, [bare], renewals=True)
    assert (entered.persons, entered.certificates, entered.renewals) == (1, 0, 0)
    assert entered.rejected == []


def test_without_an_address_a_renewal_stays_a_draft_and_the_row_says_so(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "address": ""}
    entered = upload(world, [row], renewals=True)
    assert faults(entered) == [(2, "list.form.address_missing")]
    assert [case.state for case in world.all(Application)] == ["draft"]
    world.write("UPDATE person SET address = 'TEST Sokağı 1'")
    again = upload(world, [row], renewals=True)
    assert (again.renewals, again.rejected) == (0, [])
    assert [case.state for case in world.all(Application)] == ["e_onay"]


def test_an_ended_certificate_is_not_recorded_but_its_person_is(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "ends_on": "01.03.2026"}
    entered = upload(world, [row], renewals=True)
    assert (entered.persons, entered.certificates) == (1, 0)
    assert faults(entered) == [(2, "list.has_not_ended")]
    assert world.all(Certificate) == []


def test_a_certificate_that_ended_meanwhile_is_not_renewed(world: World) -> None:
    rows = sample_rows(TODAY, 1)
    upload(world, rows)
    world.clock.advance(days=500)
    entered = upload(world, rows, renewals=True)
    assert entered.renewals == 0
    assert [(row.number, row.code) for row in entered.left_out] == [(2, "renewal.old_gone")]


@pytest.mark.parametrize("state", ["cancelled", "rejected", "expired", "lost"])
def test_a_renewal_from_which_nothing_came_may_be_filed_again(world: World, state: str) -> None:
    rows = sample_rows(TODAY, 1)
    upload(world, rows, renewals=True)
    world.write("UPDATE application SET state = :state", state=state)
    assert upload(world, rows, renewals=True).renewals == 1


@pytest.mark.parametrize(("state", "again"), [("suspended", 0), ("active", 0), ("revoked", 1)])
def test_a_delivered_renewal_is_filed_again_once_its_certificate_is_gone(
    world: World, state: str, again: int
) -> None:
    rows = sample_rows(TODAY, 1)
    upload(world, rows, renewals=True)
    (case,) = world.all(Application)
    new = world.certificate(case.person_id, date(2030, 1, 1), "d4e5f6")
    world.write("UPDATE certificate SET state = :state WHERE id = :id", state=state, id=new)
    world.write("UPDATE application SET state = 'delivered', certificate_id = :new", new=new)
    assert upload(world, rows, renewals=True).renewals == again


def test_each_certificate_of_a_person_has_a_renewal_of_its_own(world: World) -> None:
    first, second = sample_rows(TODAY, 2)
    upload(world, [first], renewals=True)
    entered = upload(world, [{**first, "serial": "abc1"}, second], renewals=True)
    assert faults(entered) == []
    assert entered.renewals == 2


def test_rejected_rows_of_reading_and_entering_come_back_in_order(world: World) -> None:
    rows = sample_rows(TODAY, 3)
    rows[0]["ends_on"] = "01.03.2026"
    rows[1]["tckn"] = "12345678901"
    rows[2]["ends_on"] = "02.03.2025"
    assert [number for number, _ in faults(upload(world, rows))] == [2, 3, 4]


def test_a_coordinator_reaches_his_own_subtree_only(world: World) -> None:
    rows = sample_rows(TODAY, 40)
    entered = upload(world, rows, within="/TEST/TEST-16/TEST-16-01/")
    mine = [row for row in rows if row["institution_code"].startswith("TEST-16-01")]
    assert 0 < len(mine) < len(rows)
    assert entered.persons == len(mine)
    assert {code for _, code in faults(entered)} == {"row.outside"}
    assert len(world.all(Person)) == len(mine)


def test_a_new_school_is_entered_below_ones_own_institutions_only(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "institution_code": "NEW-1", "institution": "Yeni Okul"}
    within = "/TEST/TEST-16/TEST-16-01/"
    outside = upload(world, [{**row, "parent_code": "TEST-06"}], within=within)
    orphan = upload(world, [{**row, "parent_code": ""}], within=within)
    assert faults(outside) == faults(orphan) == [(2, "row.outside")]
    assert upload(world, [{**row, "parent_code": "TEST-16-01"}], within=within).persons == 1
    [school] = world.all(Institution, code="NEW-1")
    assert school.path == "/TEST/TEST-16/TEST-16-01/NEW-1/"


def test_a_school_below_a_parent_that_there_is_not_is_refused(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "institution_code": "NEW-1", "parent_code": "NEW"}
    assert faults(upload(world, [row])) == [(2, "institution.parent")]
    assert len(world.all(Institution)) == len(TREE)


def test_a_person_of_another_subtree_is_not_drawn_over(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "institution_code": "TEST-06-01-1"}
    upload(world, [row])
    taken = {**row, "institution_code": "TEST-16-01-1"}
    assert faults(upload(world, [taken], within="/TEST/TEST-16/")) == [(2, "row.outside")]


def test_a_move_within_the_subtree_is_followed(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "institution_code": "TEST-16-01-1"}
    upload(world, [row])
    upload(world, [{**row, "institution_code": "TEST-16-02-1"}], within="/TEST/TEST-16/")
    [school] = world.all(Institution, code="TEST-16-02-1")
    assert world.all(Person)[0].institution_id == school.id


def test_a_person_of_no_institution_is_the_houses_to_place(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "institution_code": "TEST-16-01-1"}
    upload(world, [row])
    world.write("UPDATE person SET institution_id = NULL")
    for name in (row["surname"], "Başka"):
        taken = upload(world, [{**row, "surname": name}], within="/TEST/TEST-16/")
        assert faults(taken) == [(2, "row.outside")]
        assert world.all(Person)[0].institution_id is None
    upload(world, [row])
    assert world.all(Person)[0].institution_id is not None


def test_a_coordinator_learns_nothing_of_numbers_outside(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "institution_code": "TEST-06-01-1"}
    upload(world, [row])
    mine = {**row, "institution_code": "TEST-16-01-1"}
    asked = [
        mine,
        {**mine, "surname": "Başka"},
        {**mine, "email": "baska@ornek.invalid"},
        {**mine, "serial": "abc1"},
        row,
    ]
    stranger = {**sample_rows(TODAY, 2)[1], "institution_code": "TEST-06-01-1"}
    unknown = upload(world, [stranger], within="/TEST/TEST-16/")
    for one in asked:
        entered = upload(world, [one], within="/TEST/TEST-16/")
        assert entered == unknown
    assert len(world.all(Person)) == 1


def test_looking_people_up_by_a_list_is_kept_for_each_of_them(world: World) -> None:
    rows = sample_rows(TODAY, 3)
    upload(world, rows[:2])
    assert world.all(AccessEntry) == []
    upload(world, rows, within="/TEST/TEST-16/TEST-16-02/")
    people = sorted(person.id for person in world.all(Person))[:2]
    kept = world.all(AccessEntry)
    assert sorted(entry.person_id or 0 for entry in kept) == people
    assert {(entry.actor, entry.what) for entry in kept} == {(coordinator().name, "list")}
    assert {entry.purpose for entry in kept} == {LISTED}


def test_a_move_by_a_list_is_kept_with_who_brought_it(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "institution_code": "TEST-16-01-1"}
    upload(world, [row])
    upload(world, [{**row, "institution_code": "TEST-16-02-1"}])
    upload(world, [{**row, "institution_code": "TEST-16-02-1"}])
    [change] = world.all(DataChange)
    assert (change.actor, change.source, change.proof) == (coordinator().name, "list", None)
    assert set(change.marks) == {"institution"}


def test_other_data_of_a_known_person_is_not_taken_and_the_row_says_so(world: World) -> None:
    row = sample_rows(TODAY, 1)[0]
    upload(world, [row])
    before = world.all(Person)
    new = {"email": "yeni@ornek.invalid", "phone": "+90 999 000 0000", "address": "Yeni Sok. 1"}
    entered = upload(world, [{**row, **new}])
    assert (entered.known_persons, entered.rejected) == (1, [])
    [told] = entered.left_out
    assert (told.number, told.code) == (2, "person.other_data")
    assert "E-posta, Telefon, Adres" in told.reason
    assert "kayıt görevlisi" in told.reason
    assert world.all(Person) == before
    assert upload(world, [{**row, "email": "", "phone": "", "address": ""}]).left_out == []
    world.write("UPDATE person SET phone = '0312 555 12 34'")
    assert upload(world, [{**row, "phone": "+90 (312) 555 12 34"}]).left_out == []


def test_another_end_of_a_known_certificate_is_not_taken_and_the_row_says_so(world: World) -> None:
    row = sample_rows(TODAY, 1)[0]
    upload(world, [row])
    (before,) = world.all(Certificate)
    entered = upload(world, [{**row, "ends_on": "02.03.2030"}])
    assert (entered.known_certificates, entered.rejected) == (1, [])
    [told] = entered.left_out
    assert (told.number, told.code) == (2, "certificate.other_end")
    assert "kayıttakinden farklı, alınmadı" in told.reason
    assert world.all(Certificate) == [before]
    assert upload(world, [row]).left_out == []


def test_a_certificate_that_ends_beyond_all_measure_is_refused(world: World) -> None:
    row = {**sample_rows(TODAY, 1)[0], "ends_on": "03.03.2036"}
    entered = upload(world, [row])
    assert faults(entered) == [(2, "ends_on.far")]
    assert upload(world, [{**row, "ends_on": "02.03.2036"}]).certificates == 1


def test_a_known_number_under_another_name_is_refused(world: World) -> None:
    row = sample_rows(TODAY, 1)[0]
    upload(world, [row])
    assert faults(upload(world, [{**row, "surname": "Başka"}])) == [(2, "person.other_name")]


def test_the_certificate_of_another_person_is_refused(world: World) -> None:
    first, second = sample_rows(TODAY, 2)
    upload(world, [first])
    entered = upload(world, [{**second, "serial": first["serial"]}])
    assert faults(entered) == [(2, "serial.taken")]


def test_who_may_not_record_certificates_is_told_so(world: World) -> None:
    entered = upload(world, sample_rows(TODAY, 1), actor=operator())
    assert faults(entered) == [(2, "list.role_not_allowed")]


def test_an_unforeseen_refusal_still_ends_in_a_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = sample_rows(TODAY, 1)
    rows[0]["ends_on"] = f"{TODAY + timedelta(days=9):%d.%m.%Y}"
    monkeypatch.setattr("handlers.lists.intake.LISTED_AS", ())
    entered = upload(world, rows, actor=operator())
    assert entered.rejected[0].code == "role_not_allowed"
    assert entered.rejected[0].reason.endswith("Sistem.")


def test_a_list_files_nothing_for_who_has_left_and_says_why(world: World) -> None:
    row = sample_rows(TODAY, 1)[0]
    upload(world, [row])
    world.write("UPDATE person SET standing = 'left'")
    entered = upload(world, [row], renewals=True)
    assert faults(entered) == [(2, "person_stands")]
    assert "görevde görünmüyor" in entered.rejected[0].reason
    assert world.all(Application) == []
