"""The tests of conformance: each kind of illegal move is seen and named, and only that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.kit.workflow import process as kit
from tests.workflow.engine.test_sets import OLDER
from tests.workflow.journal.test_journal import busy
from workflow.journal import conformance
from workflow.journal.conformance import REASONS, conform
from workflow.journal.finding import MOST_SAMPLES, DifferenceTally, Sample
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock


def body(n: int, old: str, new: str) -> str:
    """Return the statement that changes a piece of the text of one entry."""
    changed = f"UPDATE journal SET body = replace(body, '{old}', '{new}')"
    return f"{changed} WHERE case_id = {{case}} AND n = {n}"


def found(engine: CaseEngine) -> dict[str, list[int]]:
    """Return the numbers of the entries that differ, by reason; all are of one case."""
    outcome = conform(engine.database, engine.library)
    assert outcome.ok is not bool(outcome.differences)
    for difference in outcome.differences:
        assert difference.count == len(difference.samples)
        assert len({sample.case for sample in difference.samples}) == 1
    return {difference.reason: [sample.n for sample in difference.samples]
            for difference in outcome.differences}  # fmt: skip


def test_what_the_office_did_itself_conforms(engine: CaseEngine, clock: FixedClock) -> None:
    first, _, third = busy(engine)
    engine.fire(first, "send", kit.AYSE)
    kit.filed(engine)
    clock.advance(days=90)
    sweep(engine)
    outcome = conform(engine.database, engine.library)
    assert outcome.ok
    assert outcome.differences == ()
    (row,) = kit.query(engine, "SELECT count(*) AS entries FROM journal")
    assert outcome.entries == row["entries"] == 19
    assert kit.standing(engine, third) == ("expired", 2)


def test_an_empty_journal_conforms(engine: CaseEngine) -> None:
    assert conform(engine.database, engine.library) == conformance.Conformance(0, ())


OTHER = """
UPDATE journal SET body = regexp_replace(body, '"definition":"....', '"definition":"0000')
"""

TAMPERINGS = {
    "a text that is no JSON": (
        "UPDATE journal SET body = '{{' WHERE case_id = {case} AND n = 5",
        {"unreadable": [5], "discontinuity": [5]},
    ),
    "a text that is JSON and no object": (
        "UPDATE journal SET body = '[]' WHERE case_id = {case} AND n = 5",
        {"unreadable": [5], "discontinuity": [5]},
    ),
    "a definition nobody published": (
        f"{OTHER} WHERE case_id = {{case}}", {"unknown_definition": [1, 2, 3, 4, 5]},
    ),
    "another definition in the middle": (
        f"{OTHER} WHERE case_id = {{case}} AND n = 5",
        {"unknown_definition": [5], "repinned": [5]},
    ),
    "the definition of another workflow": (
        body(3, '"workflow":"matter"', '"workflow":"permit"'), {"unknown_definition": [3]},
    ),
    "a move that is not in it": (
        body(3, '"trigger":"note"', '"trigger":"nod"'), {"unknown_move": [3]},
    ),
    "a hole": (
        "DELETE FROM journal WHERE case_id = {case} AND n = 3", {"gap": [4]},
    ),
    "a missing beginning": (
        "DELETE FROM journal WHERE case_id = {case} AND n = 1",
        {"gap": [2], "discontinuity": [2]},
    ),
    "a hole that changed the state": (
        "DELETE FROM journal WHERE case_id = {case} AND n = 4",
        {"gap": [5], "discontinuity": [5]},
    ),
    "a start from where the move cannot begin": (
        body(4, '"from":"filed"', '"from":"held"'),
        {"discontinuity": [4], "wrong_source": [4]},
    ),
    "an end where the move does not lead": (
        body(5, '"to":"ready"', '"to":"sent"'), {"wrong_target": [5]},
    ),
    "a role that may not": (
        body(3, '"role":"officer"', '"role":"system"'), {"role": [3]},
    ),
    "an applicant in another's case": (
        body(2, '"actor":"person:', '"actor":"person:9'), {"not_own_case": [2]},
    ),
    "an applicant who is nobody known": (
        body(2, '"actor":"person:', '"actor":"user:'), {"not_own_case": [2]},
    ),
    "the one who noted approving": (
        body(4, '"actor":"user:1"', '"actor":"user:2"'), {"same_person": [4]},
    ),
    "a subject who decides": (
        ("UPDATE journal SET body = replace(body, '\"actor\":\"user:1\"', '\"actor\":\"person:'"
        " || (SELECT person_id FROM application WHERE id = {case}) || '\"')"
        " WHERE case_id = {case} AND n = 4"),
        {"own_case": [4]},
    ),
    "a moment before the entry in front of it": (
        "UPDATE journal SET at = at - interval '11 seconds' WHERE case_id = {case} AND n = 3",
        {"earlier": [3]},
    ),
    "a moment that two who waited for one row may have": (
        "UPDATE journal SET at = at - interval '9 seconds' WHERE case_id = {case} AND n = 3", {},
    ),
    "a rule less": (body(4, '"rules":{{"', '"rules":{{"x'), {"rules": [4]}),
    "a check more": (body(3, '"checks":{{}}', '"checks":{{"x":"allow"}}'), {"checks": [3]}),
    "a rule that did not allow": (body(5, '"allow"', '"deny"'), {"rules": [5]}),
    "a case that stands since another moment": (
        "UPDATE application SET entered_at = entered_at + interval '1 day' WHERE id = {case}",
        {"moment": [5]},
    ),
    "a case that was opened at another moment": (
        "UPDATE application SET created_at = created_at + interval '1 us' WHERE id = {case}",
        {"moment": [1]},
    ),
    "a document that nobody has": (
        body(3, '"documents":[]', '"documents":["0f"]'), {"unknown_document": [3]},
    ),
    "a document that nobody has behind a list that is empty": (
        body(3, '"details":{{}},"documents":[]', '"details":{{"documents":[]}},"documents":["0f"]'),
        {"unknown_document": [3]},
    ),
    "documents that are no list": (body(3, '"documents":[]', '"documents":"0f"'), {}),
    "a sweep that nobody made": (
        "UPDATE journal SET batch = 'sweep:9' WHERE case_id = {case} AND n = 3",
        {"unknown_batch": [3]},
    ),
    "a batch that nobody made": (
        "UPDATE journal SET batch = 'batch:9' WHERE case_id = {case} AND n = 3",
        {"unknown_batch": [3]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_an_illegal_move_is_named_by_its_reason(
    engine: CaseEngine, database: Database, name: str
) -> None:
    case_id, _, _ = busy(engine)
    statement, expected = TAMPERINGS[name]
    kit.tamper(database, statement.format(case=case_id))
    assert found(engine) == expected


def test_each_reason_is_shown_by_a_test() -> None:
    shown = {reason for _, expected in TAMPERINGS.values() for reason in expected}
    assert shown == set(REASONS) - {"unpublished", "numbers"}, "two have tests of their own"


def test_a_case_older_than_its_definition_is_found(engine: CaseEngine, database: Database) -> None:
    busy(engine)
    later = "UPDATE definition SET published_at = published_at + interval '{}'"
    kit.tamper(database, later.format("1 day"))
    assert conform(engine.database, engine.library).ok, "a clock may have been set back"
    kit.tamper(database, later.format("1 second"))
    (only,) = conform(engine.database, engine.library).differences
    assert (only.reason, only.count) == ("unpublished", 5)
    assert only.samples[0].row.startswith("definition ")


def test_a_row_of_numbers_that_was_set_back_is_found(
    engine: CaseEngine, database: Database
) -> None:
    *_, last = busy(engine)
    kit.tamper(database, "SELECT setval('case_id', 1)")
    (only,) = conform(engine.database, engine.library).differences
    assert only.reason == "numbers"
    assert only.samples == (Sample(last, 0, "", "", "sequence case_id: 1"),)


def test_an_officer_whose_account_is_the_subjects_is_found(engine: CaseEngine) -> None:
    case_id, _, _ = busy(engine)
    assert found(engine) == {}
    kit.query(
        engine,
        "INSERT INTO office_user (id, name, sort_key, roles, person_id, created_at)"
        " SELECT 1, 'Ayşe', 'ayse', ARRAY['officer'], person_id, now() FROM application"
        " WHERE id = :id",
        id=case_id,
    )
    assert found(engine) == {"own_case": [4]}


def test_a_second_account_of_the_same_human_is_no_second_pair_of_eyes(engine: CaseEngine) -> None:
    case_id = kit.approvable(engine)
    engine.fire(case_id, "note", kit.AYSE, reason="x")
    engine.fire(case_id, "approve", kit.MEHMET)
    assert found(engine) == {}
    kit.account(engine, 1, 900_001, active=False)
    kit.account(engine, 2, 900_001)
    assert found(engine) == {"same_person": [4]}


def test_the_system_is_nobodys_second_pair_of_eyes(engine: CaseEngine, database: Database) -> None:
    case_id, _, _ = busy(engine)
    changed = '"actor":"user:2"', '"actor":"user:1"'
    kit.tamper(
        database,
        body(3, *changed).format(case=case_id),
        f"UPDATE journal SET actor = 'user:1' WHERE n = 3 AND case_id = {case_id}",
    )
    assert found(engine) == {"same_person": [4]}
    kit.tamper(database, body(4, '"role":"officer"', '"role":"system"').format(case=case_id))
    assert found(engine) == {}


def test_a_case_is_judged_by_the_definition_that_it_names(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    older = kit.engine(database, clock, OLDER)
    old, new = kit.filed(older), kit.filed(engine)
    older.fire(old, "peek", kit.AYSE, workflow="matter")
    engine.fire(new, "look", kit.AYSE, workflow="matter")
    assert conform(engine.database, engine.library).ok
    kit.tamper(database, "UPDATE journal SET body = replace(body, '\"look\"', '\"peek\"')")
    (only,) = conform(engine.database, engine.library).differences
    assert (only.reason, only.samples) == ("unknown_move", (Sample(new, 3, "matter", "look"),))


def test_a_definition_that_was_changed_is_as_good_as_none(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    older = kit.engine(database, clock, OLDER)
    kit.filed(older)
    sha256 = kit.definitions(OLDER)["matter"].sha256
    kit.tamper(
        database,
        f"UPDATE definition SET canonical = canonical || ' ' WHERE sha256 = '{sha256}'",
    )
    assert found(engine) == {"unknown_definition": [1, 2]}


def test_all_are_counted_and_the_first_named_in_the_order_of_the_journal(
    engine: CaseEngine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [kit.filed(engine) for _ in range(3)]
    kit.tamper(
        database,
        'UPDATE journal SET body = replace(body, \'"to":"draft"\', \'"to":"held"\')',
        "DELETE FROM journal WHERE n = 2",
    )
    monkeypatch.setattr(conformance, "MOST_SAMPLES", 2)
    (only,) = conform(engine.database, engine.library).differences
    assert (only.reason, only.count) == ("wrong_target", 3)
    assert only.samples == tuple(Sample(case, 1, "matter", "file") for case in cases[:2])


def test_the_columns_are_not_believed(engine: CaseEngine, database: Database) -> None:
    case_id, _, _ = busy(engine)
    kit.tamper(database, f"UPDATE journal SET trigger = 'park' WHERE case_id = {case_id}")
    said = json.loads(kit.entries(engine, case_id)[2]["body"])
    assert said["trigger"] == "note"
    assert found(engine) == {}


def test_of_many_differences_of_one_reason_all_are_counted_and_the_first_are_shown() -> None:
    tally = DifferenceTally()
    for case in range(MOST_SAMPLES + 2):
        tally.add("gap", Sample(case, 1, "matter", "file"))
    (found,) = tally.differences()
    assert (found.reason, found.count) == ("gap", MOST_SAMPLES + 2)
    assert [sample.case for sample in found.samples] == list(range(MOST_SAMPLES))
