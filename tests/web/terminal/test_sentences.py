"""What a terminal says of an error: one English sentence, and what to do."""

from __future__ import annotations

from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from signing.errors import TokenAbsent
from states.kit.errors import DatabaseUnavailable
from states.kit.invalid import Invalid
from states.postgres import commits
from web.terminal.commands.sentences import LOOK_FIRST, UNDEFINED_TABLE, sentence_of
from workflow.model.problem import Problem, WorkflowFileError
from workflow.model.refusal import NoSuchMove, UnknownCase
