"""What the step of left claims does: only who works here still holds what he took up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from migrations.run import downgrade, upgrade
from tests.migrations.test_ends import certificate, person

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.kit.postgres import Database

LATER = datetime(2999, 1, 1, tzinfo=UTC)
HOLDERS = {
    "closed": ("officer", False, "in_review"),
    "auditor by now": ("auditor", True, "in_review"),
    "closed operator": ("operator", False, "queued"),
    "at work": ("officer", True, "queued"),
}


def claimed(connection: Connection, owner: int, role: str, active: bool, state: str) -> int:  # noqa: FBT001 - a row of the table above
    user = connection.execute(
        text(
            "INSERT INTO office_user (name, sort_key, roles, active, created_at)"
            " VALUES ('A', 'a', ARRAY[:role], :active, now()) RETURNING id"
        ),
        {"role": role, "active": active},
    ).scalar_one()
    old = certificate(connection, owner, f"{user}", "active")
    insert = """
        INSERT INTO application (kind, person_id, definition, state, version, head, entered_at,
            created_at, due_at, assignee_id, assigned_version, old_certificate_id)
        VALUES ('renewal', :owner, 'd', :state, 3, 'h', now(), now(), :due, :user, 3, :old)
        RETURNING id
    """
    values = {"owner": owner, "state": state, "due": LATER, "user": user, "old": old}
    return int(connection.execute(text(insert), values).scalar_one())


def test_only_who_works_here_still_holds_what_he_took_up(empty_database: Database) -> None:
    upgrade(empty_database.url)
    downgrade(empty_database.url, "0040")
    with empty_database.owner.begin() as connection:
        owner = person(connection)
        cases = {name: claimed(connection, owner, *row) for name, row in HOLDERS.items()}
    upgrade(empty_database.url)
    with empty_database.owner.connect() as connection:
        found = {
            one.id: (one.holder_id is None, one.due_at < LATER)
            for one in connection.execute(text("SELECT id, holder_id, due_at FROM application"))
        }
        lines = connection.execute(
            text("SELECT case_id, what, actor, role, split_part(text, ' ', 2) FROM desk_entry")
        ).all()
    assert {name: found[case] for name, case in cases.items()} == {
        "closed": (True, False),
        "auditor by now": (True, False),
        "closed operator": (True, True),
        "at work": (False, False),
    }
    by = ("released", "system:terminal", "system")
    assert [tuple(line) for line in lines] == [
        (cases["closed"], *by, "account_closed"),
        (cases["auditor by now"], *by, "role_lost"),
        (cases["closed operator"], *by, "account_closed"),
    ]
