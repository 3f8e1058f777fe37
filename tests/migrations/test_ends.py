"""What the step of the ends writes into rows of before: whose hold since when, and the last day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from migrations.run import downgrade, upgrade

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from tests.kit.postgres import Database

DAY = "2026-03-{:02}T09:00:00Z"


def person(connection: Connection) -> int:
    insert = """
        INSERT INTO person (given_name, surname, sort_key, tckn_sealed, tckn_hash, tckn_masked,
            created_at) VALUES ('A', 'B', 'b a', 's', 'h', '100******46', now()) RETURNING id
    """
    connection.execute(
        text(
            "INSERT INTO definition (sha256, workflow, canonical, published_at)"
            " VALUES ('d', 'certificate', '{}', now())"
        )
    )
    return int(connection.execute(text(insert)).scalar_one())


def certificate(
    connection: Connection, owner: int, serial: str, state: str, **values: object
) -> int:
    row = {"ends_on": "2029-02-01", "not_after": None, **values}
    insert = """
        INSERT INTO certificate (person_id, serial, ends_on, not_after, state, version, head,
            entered_at, created_at, definition)
        VALUES (:owner, :serial, :ends_on, :not_after, :state, 1, 'h', now(), now(), 'd')
        RETURNING id
    """
    found = connection.execute(
        text(insert), {"owner": owner, "serial": serial, "state": state, **row}
    )
    return int(found.scalar_one())


def moved(connection: Connection, case: int, *moves: tuple[str, str]) -> None:
    """Write the entries of moves, each a day after the one before: (trigger, role)."""
    insert = """
        INSERT INTO journal (case_id, n, workflow, trigger, actor, at, body, prev, hash)
        VALUES (:case, :n, 'certificate', :trigger, 'a', :at, :body, 'p', 'h')
    """
    for n, (trigger, role) in enumerate(moves, 1):
        values = {"case": case, "n": n, "trigger": trigger, "at": DAY.format(n)}
        connection.execute(text(insert), {**values, "body": json.dumps({"role": role})})


def row(connection: Connection, case: int) -> Row[datetime | None, str | None, date, datetime]:
    columns = "suspended_at, suspended_by, ends_on, ends_at"
    return connection.execute(text(f"SELECT {columns} FROM certificate WHERE id = {case}")).one()


ISSUED, LIFTED = ("issue", "system"), ("activate", "applicant")
HOLDS = {
    "on its way": ("suspended", (ISSUED,), (1, "journey")),
    "held by its holder": ("suspended", (ISSUED, LIFTED, ("suspend", "applicant")), (3, "holder")),
    "held by an officer": ("suspended", (ISSUED, LIFTED, ("suspend", "officer")), (3, "office")),
    "a PIN made since": ("suspended", (ISSUED, ("set_pin", "applicant")), (1, "journey")),
    "ended on hold": ("expired", (("suspend", "applicant"), ("end", "system")), (1, "holder")),
    "revoked on hold": (
        "revoked",
        (("suspend", "applicant"), ("revoke", "officer")),
        (1, "holder"),
    ),
    "in force": ("active", (ISSUED, ("confirm_signature", "system")), (None, None)),
    "ended in force": ("expired", (ISSUED, LIFTED, ("end", "system")), (None, None)),
    "never on hold": ("expired", (("record", "system"), ("end", "system")), (None, None)),
}


def test_the_journal_tells_since_when_and_by_whom_it_is_on_hold(empty_database: Database) -> None:
    upgrade(empty_database.url)
    downgrade(empty_database.url, "0027")
    cases = {}
    with empty_database.owner.begin() as connection:
        owner = person(connection)
        for serial, (name, (state, moves, _)) in enumerate(HOLDS.items(), 1):
            cases[name] = certificate(connection, owner, str(serial), state)
            moved(connection, cases[name], *moves)
    upgrade(empty_database.url)
    with empty_database.owner.connect() as connection:
        found = {name: row(connection, case) for name, case in cases.items()}
    wanted = {name: hold for name, (_, _, hold) in HOLDS.items()}
    told = {name: (at and at.day, whose) for name, (at, whose, *_) in found.items()}
    assert told == wanted
    assert {at.hour for at, *_ in found.values() if at} == {9}


def test_a_last_day_of_one_second_is_no_last_day_and_every_certificate_has_a_last_moment(
    empty_database: Database,
) -> None:
    upgrade(empty_database.url)
    downgrade(empty_database.url, "0027")
    ends = ["2029-01-31T21:00:00Z", "2029-01-31T20:59:59Z", "2029-02-01T07:00:00Z", None]
    with empty_database.owner.begin() as connection:
        owner = person(connection)
        cases = [
            certificate(connection, owner, f"a{n}", "active", not_after=end, ends_on=day)
            for n, (end, day) in enumerate(
                zip(ends, ["2029-02-01", "2029-01-31", "2029-02-01", "2029-02-01"], strict=True), 1
            )
        ]
    upgrade(empty_database.url)
    with empty_database.owner.connect() as connection:
        found = [(one.ends_on, one.ends_at) for one in (row(connection, c) for c in cases)]
    assert found == [
        (date(2029, 1, 31), datetime(2029, 1, 31, 21, tzinfo=UTC)),
        (date(2029, 1, 31), datetime(2029, 1, 31, 20, 59, 59, tzinfo=UTC)),
        (date(2029, 2, 1), datetime(2029, 2, 1, 7, tzinfo=UTC)),
        (date(2029, 2, 1), datetime(2029, 2, 1, 20, 59, 59, tzinfo=UTC)),
    ]
