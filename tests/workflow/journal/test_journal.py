"""The tests of verification: what a superuser does to the journal is found and named."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.kit.workflow import process as kit
from tests.workflow.engine.test_sets import OLDER
from workflow.engine.library import Library
from workflow.journal import verification as journal
from workflow.model.entry import chain
from workflow.model.registry import Registry
from workflow.running.sweep import sweep

if TYPE_CHECKING:
    from tests.kit.postgres import Database
    from tests.kit.workflow.process import CaseEngine
    from workflow.model.clock import FixedClock


def busy(engine: CaseEngine) -> tuple[int, int, int]:
    """Make cases of both workflows with four and five entries; return three of them."""
    first = kit.approvable(engine)
    engine.fire(first, "note", kit.MEHMET, reason="İçerik tamam")
    engine.fire(first, "approve", kit.AYSE)
    second = kit.approvable(engine)
    engine.fire(second, "note_heard", kit.MEHMET, reason="x")
    engine.fire(second, "approve_heard", kit.AYSE)
    third = kit.matter(engine)
    engine.fire_many("matter", "expire", kit.SYSTEM, [third], batch="b")
    return first, second, third


def found(engine: CaseEngine) -> list[tuple[int, int, str]]:
    outcome = journal.verify(engine.database, engine.library)
    assert outcome.found == len(outcome.problems)
    assert outcome.ok is not bool(outcome.problems)
    assert all(problem.text for problem in outcome.problems)
    return [(problem.case_id, problem.n, problem.kind) for problem in outcome.problems]


def test_an_untouched_journal_is_whole(engine: CaseEngine) -> None:
    busy(engine)
    kit.filed(engine)
    outcome = journal.verify(engine.database, engine.library)
    assert outcome.ok
    assert (outcome.cases, outcome.entries, outcome.found, outcome.problems) == (6, 16, 0, [])


def test_an_empty_journal_is_whole(engine: CaseEngine) -> None:
    outcome = journal.verify(engine.database, engine.library)
    assert (outcome.ok, outcome.cases, outcome.entries) == (True, 0, 0)


SWAP = """
UPDATE journal SET n = 1000 WHERE case_id = {case} AND n = 2;
UPDATE journal SET n = 2 WHERE case_id = {case} AND n = 3;
UPDATE journal SET n = 3 WHERE case_id = {case} AND n = 1000
"""
COPY = """
INSERT INTO journal (case_id, n, workflow, trigger, actor, batch, at, body, prev, hash)
SELECT case_id, {n}, workflow, trigger, actor, batch, at, body, prev, hash
FROM journal WHERE case_id = {case} AND n = 2
"""
WITHOUT_TRACE = """
DELETE FROM journal WHERE case_id = {case} AND n = 5;
UPDATE application SET version = 4, state = 'sorting',
    head = (SELECT hash FROM journal WHERE case_id = {case} AND n = 4) WHERE id = {case}
"""
MOVE_OVER = "UPDATE journal SET case_id = {other}, n = 3 WHERE case_id = {case} AND n = 3"

REWRITTEN = """
UPDATE journal SET body = replace(body, 'tamam', 'eksik') WHERE case_id = {case} AND n = 3;
UPDATE journal SET hash = sha256(prev || convert_to(body, 'UTF8')) WHERE case_id = {case} AND n = 3
"""

TAMPERINGS = {
    "body": (
        "UPDATE journal SET body = replace(body, 'tamam', 'eksik') WHERE case_id = {case}",
        [(3, "changed")],
    ),
    "body with a new hash of its own": (REWRITTEN, [(4, "forked")]),
    "body that is no JSON": (
        "UPDATE journal SET body = '{{' WHERE case_id = {case} AND n = 2", [(2, "changed")],
    ),
    "body that is another entry's": (
        "UPDATE journal j SET body = k.body FROM journal k"  # noqa: ISC004 - one statement
        " WHERE j.case_id = {case} AND k.case_id = j.case_id AND j.n = 2 AND k.n = 3",
        [(2, "reordered")],
    ),
    "hash": (
        "UPDATE journal SET hash = sha256(hash) WHERE case_id = {case} AND n = 2",
        [(2, "changed")],
    ),
    "prev": (
        "UPDATE journal SET prev = sha256(prev) WHERE case_id = {case} AND n = 2",
        [(2, "changed")],
    ),
    "actor's column": (
        "UPDATE journal SET actor = 'user:9' WHERE case_id = {case} AND n = 3",
        [(3, "changed")],
    ),
    "trigger's column": (
        "UPDATE journal SET trigger = 'park' WHERE case_id = {case} AND n = 3",
        [(3, "changed")],
    ),
    "workflow's column": (
        "UPDATE journal SET workflow = 'permit' WHERE case_id = {case} AND n = 1",
        [(1, "changed")],
    ),
    "batch's column": (
        "UPDATE journal SET batch = 'b:1' WHERE case_id = {case} AND n = 3", [(3, "changed")],
    ),
    "moment's column": (
        "UPDATE journal SET at = at - interval '1 microsecond' WHERE case_id = {case} AND n = 4",
        [(4, "changed")],
    ),
    "first deleted": ("DELETE FROM journal WHERE case_id = {case} AND n = 1", [(2, "missing")]),
    "middle deleted": ("DELETE FROM journal WHERE case_id = {case} AND n = 3", [(4, "missing")]),
    "tail deleted": ("DELETE FROM journal WHERE case_id = {case} AND n > 3", [(4, "missing")]),
    "all deleted": ("DELETE FROM journal WHERE case_id = {case}", [(1, "missing")]),
    "two swapped": (SWAP, [(2, "reordered")]),
    "inserted in front": (COPY.replace("{n}", "0"), [(0, "reordered")]),
    "inserted behind": (COPY.replace("{n}", "6"), [(6, "reordered")]),
    "state": ("UPDATE application SET state = 'delivered' WHERE id = {case}", [(5, "state")]),
    "head": ("UPDATE application SET head = sha256(head) WHERE id = {case}", [(5, "state")]),
    "version set back": ("UPDATE application SET version = 4 WHERE id = {case}", [(5, "state")]),
    "version set on": ("UPDATE application SET version = 6 WHERE id = {case}", [(6, "missing")]),
    "definition": (
        "UPDATE application SET definition = '{permit}' WHERE id = {case}",
        [(5, "wrong_definition")],
    ),
    "tail and case row together": (WITHOUT_TRACE, []),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_a_superuser_does_is_found_and_the_first_bad_entry_named(
    engine: CaseEngine, database: Database, name: str
) -> None:
    case_id, _, _ = busy(engine)
    statement, wanted = TAMPERINGS[name]
    permit = kit.definitions()["permit"].sha256
    kit.tamper(database, *statement.format(case=case_id, permit=permit).split(";"))
    assert found(engine) == [(case_id, n, kind) for n, kind in wanted]


def test_an_entry_moved_to_another_case_breaks_both(engine: CaseEngine, database: Database) -> None:
    case_id, _, third = busy(engine)
    kit.tamper(database, MOVE_OVER.format(case=case_id, other=third))
    assert found(engine) == [(case_id, 4, "missing"), (third, 3, "reordered")]


def test_a_case_that_vanished_leaves_entries_that_belong_to_none(
    engine: CaseEngine, database: Database
) -> None:
    first, _, third = busy(engine)
    kit.tamper(database, f"DELETE FROM application WHERE id IN ({first}, {third})")
    assert found(engine) == [(first, 5, "state"), (third, 2, "state")]


def test_a_case_that_vanished_with_its_entries_goes_unseen_until_a_sealed_log_tells(
    engine: CaseEngine, database: Database
) -> None:
    _, _, third = busy(engine)
    kit.tamper(
        database,
        f"DELETE FROM application WHERE id = {third}",
        f"DELETE FROM journal WHERE case_id = {third}",
    )
    assert found(engine) == []


def test_a_case_that_no_move_has_made_is_found(engine: CaseEngine, database: Database) -> None:
    made = kit.matter(engine)
    kit.tamper(
        database,
        "INSERT INTO consent (person_id, definition, state, version, head, entered_at, created_at)"
        " SELECT person_id, definition, 'in_force', 0, decode(repeat('00', 32), 'hex'), now(),"
        f" now() FROM application WHERE id = {made}",
    )
    assert found(engine) == [(made + 1, 0, "state")]


@dataclass
class Forger:
    """Somebody with every right who knows how the chain is made."""

    database: Database
    engine: CaseEngine
    case_id: int

    def add(self, words: dict[str, object], *, keep: bool = True) -> int:
        """Append an entry with a right hash, and bring the case row along where ``keep``.

        Words that are ``...`` are left out of the entry.
        """
        last = kit.entries(self.engine, self.case_id)[-1]
        said = json.loads(last["body"])
        said |= {"n": last["n"] + 1, "from": said["to"], **words}
        said = {key: value for key, value in said.items() if value is not ...}
        body = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = chain(last["hash"], body)
        kit.query(
            self.database.owner,
            "INSERT INTO journal (case_id, n, workflow, trigger, actor, batch, at, body, prev,"
            " hash) SELECT case_id, :n, workflow, :t, actor, batch, at, :body, hash, :digest"
            " FROM journal WHERE case_id = :i AND n = :last",
            n=last["n"] + 1, t=said.get("trigger", ""), body=body, digest=digest,
            i=self.case_id, last=last["n"],
        )  # fmt: skip
        if keep:
            self.follow(last["n"] + 1, str(said.get("to")), digest)
        return int(last["n"]) + 1

    def follow(self, n: int, state: str, head: bytes) -> None:
        kit.query(
            self.database.owner,
            "UPDATE application SET version = :n, state = :s, head = :h WHERE id = :i",
            n=n, s=state, h=head, i=self.case_id,
        )  # fmt: skip


@pytest.fixture
def forger(database: Database, engine: CaseEngine) -> Forger:
    return Forger(database, engine, busy(engine)[0])


def test_a_forged_entry_that_the_case_does_not_know_of_is_found(forger: Forger) -> None:
    n = forger.add({"trigger": "send", "to": "sent"}, keep=False)
    assert found(forger.engine) == [(forger.case_id, n, "state")]


def test_a_forged_move_that_the_definition_does_not_have_is_found(forger: Forger) -> None:
    n = forger.add({"trigger": "send", "to": "delivered"})
    assert found(forger.engine) == [(forger.case_id, n, "wrong_definition")]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ({"trigger": "approve", "to": "sorting"}, "wrong_definition"),
        ({"trigger": "grant", "to": "in_force"}, "wrong_definition"),
        ({"trigger": "send", "to": "sent", "definition": "ab" * 32}, "wrong_definition"),
        ({"trigger": "send", "to": "sent", "from": "held"}, "forked"),
        ({"trigger": "send", "to": ...}, "wrong_definition"),
        ({"trigger": "send", "to": "sent", "definition": ...}, "wrong_definition"),
        ({"trigger": ..., "to": "sent"}, "changed"),
        ({"trigger": "send", "to": "sent", "case": ...}, "reordered"),
        ({"trigger": "send", "to": "sent", "n": ...}, "reordered"),
        ({"trigger": "send", "to": "sent", "from": ...}, "forked"),
        ({"trigger": "send", "to": "sent", "at": "2026-03-02"}, "changed"),
    ],
)
def test_a_forged_entry_with_a_right_hash_is_still_not_a_legal_move(
    forger: Forger, words: dict[str, object], kind: str
) -> None:
    n = forger.add(words)
    assert found(forger.engine) == [(forger.case_id, n, kind)]


def test_a_forged_move_by_another_published_definition_is_found(
    forger: Forger, database: Database, clock: FixedClock
) -> None:
    kit.engine(database, clock, OLDER)
    sha256 = kit.definitions(OLDER)["matter"].sha256
    n = forger.add({"trigger": "send", "to": "sent", "definition": sha256})
    kit.tamper(database, f"UPDATE application SET definition = '{sha256}' WHERE state = 'sent'")
    assert found(forger.engine) == [(forger.case_id, n, "wrong_definition")]


def test_a_first_entry_of_another_workflow_is_found(forger: Forger, database: Database) -> None:
    kit.tamper(database, f"DELETE FROM journal WHERE case_id = {forger.case_id} AND n > 1")
    first = kit.entries(forger.engine, forger.case_id)[0]
    said = json.loads(first["body"]) | {"workflow": "permit"}
    body = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    with database.owner.begin() as connection:
        connection.execute(text("ALTER TABLE journal DISABLE TRIGGER append_only"))
        connection.execute(
            text("UPDATE journal SET body = :b, hash = :h, workflow = 'permit' WHERE case_id = :i"),
            {"b": body, "h": chain(bytes(32), body), "i": forger.case_id},
        )
    forger.follow(1, "draft", chain(bytes(32), body))
    assert found(forger.engine) == [(forger.case_id, 1, "wrong_definition")]


def test_an_entry_in_front_of_the_first_is_found_even_with_a_right_hash(forger: Forger) -> None:
    first = kit.entries(forger.engine, forger.case_id)[0]
    said = json.loads(first["body"]) | {"n": 0}
    body = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    kit.query(
        forger.database.owner,
        "INSERT INTO journal (case_id, n, workflow, trigger, actor, batch, at, body, prev, hash)"
        " SELECT case_id, 0, workflow, trigger, actor, batch, at, :b, prev, :h FROM journal"
        " WHERE case_id = :i AND n = 1",
        b=body, h=chain(bytes(32), body), i=forger.case_id,
    )  # fmt: skip
    assert found(forger.engine) == [(forger.case_id, 0, "forked")]


def test_a_published_definition_that_was_changed_gives_its_cases_away(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    older = kit.engine(database, clock, OLDER)
    case_id = kit.filed(older)
    assert found(engine) == []
    sha256 = kit.definitions(OLDER)["matter"].sha256
    kit.tamper(
        database,
        "UPDATE definition SET canonical = replace(canonical, 'peek', 'take')"
        f" WHERE sha256 = '{sha256}'",
    )
    fresh = kit.engine(database, clock)
    assert found(fresh) == [(case_id, 1, "wrong_definition"), (0, 0, "definition")]
    assert found(older) == [(0, 0, "definition")], "the one in memory is not the row"
    (row,) = [problem.row for problem in journal.verify(older.database, older.library).problems]
    assert row == f"definition {sha256}"


def test_entries_of_a_definition_whose_handlers_are_gone_are_still_verified(
    engine: CaseEngine, database: Database, clock: FixedClock
) -> None:
    case_id = kit.filed(kit.engine(database, clock, OLDER))
    engine.library = Library(database.app, kit.definitions(), Registry())
    assert found(engine) == []
    kit.tamper(database, f"UPDATE application SET state = 'ready' WHERE id = {case_id}")
    assert found(engine) == [(case_id, 2, "state")]


def test_a_verification_counts_every_problem_and_lists_the_first(
    engine: CaseEngine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [kit.matter(engine) for _ in range(5)]
    monkeypatch.setattr(journal, "MOST_PROBLEMS", 2)
    kit.tamper(database, "UPDATE application SET state = 'ready'")
    outcome = journal.verify(engine.database, engine.library)
    assert (outcome.found, [problem.case_id for problem in outcome.problems]) == (5, cases[:2])
    assert outcome.problems[0].text == "the state of the case is ready, its last entry gives draft"
    assert not outcome.ok


def test_verification_sees_one_moment_while_the_office_goes_on(
    engine: CaseEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = kit.matter(engine)
    clock.advance(days=30)
    cases_sql = journal._cases_sql  # noqa: SLF001 - the place between the two readings

    def meanwhile(library: Library) -> str:
        sweep(engine)
        return cases_sql(library)

    monkeypatch.setattr(journal, "_cases_sql", meanwhile)
    outcome = journal.verify(engine.database, engine.library)
    assert (outcome.ok, outcome.entries) == (True, 1)
    assert kit.standing(engine, case_id)[0] == "expired"


def test_not_even_the_owner_changes_the_journal_in_passing(
    engine: CaseEngine, database: Database
) -> None:
    kit.matter(engine)
    for statement in (
        "UPDATE journal SET actor = 'x'", "DELETE FROM journal", "TRUNCATE journal CASCADE",
        "SET session_replication_role = replica; DELETE FROM journal",
    ):  # fmt: skip
        with database.owner.connect() as connection, pytest.raises(
            ProgrammingError, match="what was written stays"
        ):  # fmt: skip
            connection.execute(text(statement))
    assert found(engine) == []
