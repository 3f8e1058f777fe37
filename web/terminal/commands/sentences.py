"""What a terminal says of an error: one English sentence of what is wrong and what to do."""

from __future__ import annotations

from sqlalchemy.exc import ProgrammingError

from handlers.kit import sentences
from handlers.kit.signing_words import told_at_terminal
from signing.errors import SigningError
from states.kit.errors import CodedError, DatabaseUnavailable, StoreError
from states.kit.invalid import Invalid
from states.postgres.commits import so_far
from states.postgres.database import REFUSED
from workflow.model.problem import WorkflowFileError
from workflow.present.sentences import sentence

UNDEFINED_TABLE = "42P01"
"""PostgreSQL's SQLSTATE of a table that is not there."""


LOOK_FIRST = "Some or all of it may have been done; look before you repeat it."
"""What is added where the database ended a command after a commit, or in the middle of one."""


def sentence_of(error: Exception) -> str:
    """Return the sentence for an error that ended a command."""
    said = _sentence(error)
    ended = isinstance(error, (DatabaseUnavailable, *REFUSED))
    return said if not ended or so_far().certainly_none else f"{said} {LOOK_FIRST}"


def _sentence(error: Exception) -> str:
    if isinstance(error, CodedError | SigningError):
        return _of_house(error)
    if isinstance(error, WorkflowFileError):
        return f"{error.problems[0]}. `nes workflow check` lists every mistake."
    if isinstance(error, REFUSED):
        return _of_database(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Check the path and its rights."
    return f"Something unexpected: {type(error).__name__}. `nes --traceback …` shows where."


def _of_house(error: CodedError | SigningError) -> str:
    if isinstance(error, StoreError | SigningError):
        return told_at_terminal(error)
    if isinstance(error, Invalid):
        return sentences.sentence_of(error, "en")
    return sentence(None, error.code, error.params, "en")


def _of_database(error: Exception) -> str:
    origin = getattr(error, "orig", None)
    if isinstance(error, ProgrammingError) and getattr(origin, "sqlstate", "") == UNDEFINED_TABLE:
        return "The database has no tables yet. Run `nes db upgrade` first."
    return f"The database refused: {str(origin or error).strip()}. `nes db status` tells more."
