"""The table registry that every row of the product belongs to."""

from __future__ import annotations

from sqlalchemy import MetaData, Sequence
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all rows; constraint names follow one pattern that migrations can rely on."""

    metadata = MetaData(naming_convention=NAMING)


CASE_ID = Sequence("case_id", metadata=Base.metadata)
"""One number line for the cases of all workflows, so that (case, n) names a journal entry."""
