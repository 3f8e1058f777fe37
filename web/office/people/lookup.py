"""Finding a record by its number: reference, certificate serial or tracking number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select

from states.cases.application import Application
from states.cases.certificate import Certificate
from states.cases.parcel import Parcel
from states.kit.reference import parse
from states.kit.text import identifier
from states.tables import METADATA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Connection

    from workflow.model.definition import Definition

PARCEL = "parcel"

MOST = 50
"""Parcels of one tracking number that are shown."""

_SERIAL = re.compile(r"(?:0x)?[0-9a-f][0-9a-f: ]{6,80}", re.ASCII | re.IGNORECASE)
_TO_CAPITALS = str.maketrans({chr(code): chr(code - 32) for code in range(ord("a"), ord("z") + 1)})


def exact(connection: Connection, text: str, workflows: Mapping[str, Definition]) -> list[str]:
    """Return the references that a reference, certificate serial or tracking number names."""
    found = [
        *_by_reference(connection, text, workflows),
        *_by_serial(connection, text),
        *_by_tracking(connection, text),
    ]
    return list(dict.fromkeys(found))


def _by_reference(
    connection: Connection, text: str, workflows: Mapping[str, Definition]
) -> list[str]:
    try:
        workflow, case_id = parse("".join(text.split()))
    except ValueError:
        return []
    if workflow == PARCEL:  # it has no page of its own
        return _of_parcels(connection, Parcel.id == case_id)
    table = METADATA.tables[workflows[workflow].table]
    return list(
        connection.execute(select(table.c.reference).where(table.c.id == case_id)).scalars()
    )


def _by_serial(connection: Connection, text: str) -> list[str]:
    if not _SERIAL.fullmatch(text):
        return []
    digits = re.sub(r"[: ]", "", identifier(text)).removeprefix("0x").lstrip("0")
    query = select(Certificate.reference).where(Certificate.serial == digits)
    return list(connection.execute(query).scalars())


def _by_tracking(connection: Connection, text: str) -> list[str]:
    numbers = {text, text.translate(_TO_CAPITALS)}
    query = (
        select(Application.reference)
        .where(Application.tracking_number.in_(numbers))
        .order_by(Application.id.desc())
    )
    sent = list(connection.execute(query.limit(MOST)).scalars())
    return [*sent, *_of_parcels(connection, Parcel.tracking_number.in_(numbers))]


def _of_parcels(connection: Connection, condition: ColumnElement[bool]) -> list[str]:
    """Return the applications of parcels, sent before or waiting in the house."""
    query = select(Application.reference).join(Parcel, Parcel.application_id == Application.id)
    return list(connection.execute(query.where(condition).limit(MOST)).scalars())
