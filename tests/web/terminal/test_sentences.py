"""What a terminal says of an error: one sentence of what is wrong and what to do."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from states.kit.errors import DatabaseUnavailable, SettingsError
from states.kit.invalid import Invalid
from states.postgres import commits
from web.terminal.commands.sentences import LOOK_FIRST, sentence_of
from workflow.model.problem import FileProblem, WorkflowFileError
from workflow.model.refusal import RoleNotAllowed, UnknownCase

DATABASE = "`nes db status` tells more."


@pytest.fixture(autouse=True)
def record() -> commits.Commits:
    """Give what this command has committed so far: nothing."""
    return commits.begin()


def refused(error: psycopg.Error) -> OperationalError:
    """Return what SQLAlchemy raises for an error of the driver."""
    return OperationalError("SELECT secret", {"tckn": "10000000146"}, error)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (UnknownCase(case="B7"), "There is no case B7; check the number."),
        (
            Invalid("date.absent", text="31.2.2026"),
            "The calendar has no day 31.2.2026; check the date.",
        ),
        (SettingsError("NES_PORT is no port."), "NES_PORT is no port."),
        (DatabaseUnavailable("The database is away."), "The database is away."),
        (
            WorkflowFileError([FileProblem("w.yaml", 3, 1, "b"), FileProblem("w.yaml", 2, 5, "a")]),
            "w.yaml:2:5: a. `nes workflow check` lists every mistake.",
        ),
        (
            FileNotFoundError(2, "No such file or directory", "/nowhere"),
            "/nowhere: No such file or directory. Check the path and its rights.",
        ),
        (OSError("odd"), "Something unexpected: OSError. `nes --traceback …` shows where."),
        (KeyError("x"), "Something unexpected: KeyError. `nes --traceback …` shows where."),
        (
            ProgrammingError("SELECT 1", {}, psycopg.errors.UndefinedTable("no relation")),
            "The database has no tables yet. Run `nes db upgrade` first.",
        ),
        (
            ProgrammingError("SELECT 1", {}, psycopg.errors.InsufficientPrivilege(" denied\n")),
            f"The database refused: denied. {DATABASE}",
        ),
        (refused(psycopg.OperationalError("gone")), f"The database refused: gone. {DATABASE}"),
        (psycopg.errors.DiskFull("full"), f"The database refused: full. {DATABASE}"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_an_error_becomes_one_sentence(error: Exception, sentence: str) -> None:
    assert sentence_of(error) == sentence


def test_neither_the_statement_nor_its_values_are_printed() -> None:
    said = sentence_of(refused(psycopg.OperationalError("gone")))
    assert "secret" not in said
    assert "10000000146" not in said


@pytest.mark.parametrize(
    "error",
    [DatabaseUnavailable("Away."), refused(psycopg.OperationalError("gone"))],
    ids=["away", "refused"],
)
@pytest.mark.parametrize(("unanswered", "answered"), [(1, 0), (0, 1), (2, 3)])
def test_where_something_may_be_done_one_is_told_to_look_first(
    record: commits.Commits, error: Exception, unanswered: int, answered: int
) -> None:
    assert LOOK_FIRST not in sentence_of(error)
    record.unanswered, record.answered = unanswered, answered
    assert sentence_of(error).endswith(f" {LOOK_FIRST}")


@pytest.mark.parametrize(
    "error", [RoleNotAllowed(role="x"), Invalid("date.absent", text="x"), KeyError("x")]
)
def test_what_did_not_end_at_the_database_says_nothing_of_what_is_done(
    record: commits.Commits, error: Exception
) -> None:
    record.answered = 1
    assert LOOK_FIRST not in sentence_of(error)
