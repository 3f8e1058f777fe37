"""What the step of the published statuses takes in of certificates that stand already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from migrations.run import downgrade, upgrade
from tests.migrations.test_ends import certificate, person

if TYPE_CHECKING:
    from tests.kit.postgres import Database

MADE = """
    UPDATE certificate SET der = 'd', seen = 'made', sha256 = serial,
        suspended_at = CASE WHEN state = 'suspended' THEN entered_at END
    WHERE serial <> '9'
"""


def test_what_is_in_force_is_known_and_what_is_not_is_marked_to_be_encoded(
    empty_database: Database,
) -> None:
    upgrade(empty_database.url)
    downgrade(empty_database.url, "0043")
    states = {"1": "active", "2": "suspended", "3": "revoked", "4": "expired", "9": "active"}
    with empty_database.owner.begin() as connection:
        owner = person(connection)
        ids = {
            serial: certificate(connection, owner, serial, state)
            for serial, state in states.items()
        }
        connection.execute(text(MADE))
    upgrade(empty_database.url)
    with empty_database.owner.begin() as connection:
        known = connection.execute(text("SELECT serial, entry FROM revocation_status ORDER BY 1"))
        marked = connection.scalars(text("SELECT certificate_id FROM revocation_change ORDER BY 1"))
        assert known.all() == [("1", None), ("4", None)]
        assert marked.all() == [ids["2"], ids["3"]]
        connection.execute(text("DELETE FROM revocation_change"))
        for change in ("state = state, entered_at = entered_at", "suspended_at = entered_at"):
            connection.execute(text(f"UPDATE certificate SET {change} WHERE serial IN ('1', '9')"))
        found = connection.execute(text("SELECT certificate_id, urgent FROM revocation_change"))
        assert found.all() == [(ids["1"], False)]
