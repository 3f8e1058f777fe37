"""Tests of reading rows: one by its key, and those of a question that is built once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from handlers.kit import rows
from states.cases.application import Application
from states.papers import packing
from states.papers.document import Document
from states.people.person import Person
from tests.kit.handlers.world import ISMAIL
from workflow.engine import driver

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.kit.handlers.world import World


def test_a_row_is_what_a_session_would_give(world: World) -> None:
    case_id = world.file(world.person(), "first")
    with world.engine.database.connect() as connection, Session(connection) as session:
        expected = session.get_one(Application, case_id)
        found = rows.fetch(connection, Application, case_id)
        for name in Application.__mapper__.column_attrs.keys():  # noqa: SIM118 - no mapping
            assert getattr(found, name) == getattr(expected, name), name


def test_a_row_that_is_not_there(world: World) -> None:
    with world.engine.database.connect() as connection:
        assert rows.find(connection, Person, 0) is None
        assert rows.find(connection, Document, "00") is None
        assert rows.find(connection, Document, None) is None
        with pytest.raises(NoResultFound, match="^no person 0$"):
            rows.fetch(connection, Person, 0)


def test_a_row_is_read_where_each_statement_is_committed(world: World) -> None:
    person_id = world.person()
    with world.engine.autocommit.connect() as connection:
        assert rows.fetch(connection, Person, person_id).id == person_id
        assert not connection.connection.driver_connection.pgconn.transaction_status  # type: ignore[union-attr]


def test_a_row_is_read_once_until_something_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id, asked, ask = world.person(), [], driver.fetch

    def count(connection: Connection, source: str, values: dict[str, object]) -> object:
        asked.append(source)
        return ask(connection, source, values)

    monkeypatch.setattr(driver, "fetch", count)
    renamed = update(Person).where(Person.id == person_id).values(surname="NEW")
    with world.engine.database.connect() as connection:
        transaction = connection.begin()
        surname = rows.fetch(connection, Person, person_id).surname
        rows.fetch(connection, Person, person_id).surname = "OTHER"
        assert rows.fetch(connection, Person, person_id).surname == surname != "NEW"
        assert len(asked) == 1
        connection.execute(renamed)
        assert rows.fetch(connection, Person, person_id).surname == "NEW"
        transaction.rollback()
        assert rows.fetch(connection, Person, person_id).surname == surname
    assert len(asked) == 3


def test_what_lies_packed_is_read_as_it_is(world: World) -> None:
    whole = b"%PDF-1.7 paper " * 100
    paper = packing.pack(whole, 1)
    row = {
        "sha256": "ab" * 32, "kind": "application_form", "code": "F", "revision": "01",
        "media_type": "application/pdf", "content": paper, "created_at": world.clock.now(),
        "verification_code": "0000-0000-0000-0000-0001", "words": "paper",
    }  # fmt: skip
    question = rows.Question.of(select(Document.content, Document.kind))
    with world.engine.database.begin() as connection:
        rows.add(connection, Document, {**row, "person_id": world.person()})
        assert rows.fetch(connection, Document, "ab" * 32).content == whole
        found = question.ask(connection)
    assert found == [{"content": whole, "kind": "application_form"}]
    assert len(paper) < len(whole)


def test_a_question_is_asked_with_what_differs(world: World) -> None:
    first, second = world.person(), world.person(ISMAIL)
    case_id = world.file(first, "first")
    question = rows.Question.of(
        select(Application.id, Application.kind).where(
            Application.person_id == rows.given("person"),
            Application.kind.in_(["first", "renewal"]),
            Application.kind.like("f%"),
        )
    )
    with world.engine.database.connect() as connection:
        assert question.ask(connection, person=first) == [{"id": case_id, "kind": "first"}]
        assert question.ask(connection, person=second) == []
