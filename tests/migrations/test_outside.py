"""What the step of the outside does to effects that wait: each waits for its own party now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from migrations.run import downgrade, upgrade

if TYPE_CHECKING:
    from tests.kit.postgres import Database


def locks(database: Database) -> list[str]:
    with database.owner.connect() as connection:
        return list(connection.scalars(text("SELECT lock FROM procrastinate_jobs ORDER BY id")))


def test_effects_that_wait_are_let_go_from_behind_those_of_other_parties(
    database: Database,
) -> None:
    downgrade(database.url, "0033")
    insert = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status) VALUES"
        " ('effect', 'effect', 'case/7', CAST(:args AS jsonb),"
        " CAST(:status AS procrastinate_job_status))"
    )
    with database.owner.begin() as connection:
        for name, status in (("courier.book", "todo"), ("notice.lost", "todo"), ("a.b", "doing")):
            args = f'{{"case": 7, "n": 1, "name": "{name}"}}'
            connection.execute(text(insert), {"args": args, "status": status})
    upgrade(database.url)
    assert locks(database) == ["case/7/courier", "case/7/notice", "case/7"]
    downgrade(database.url, "0033")
    assert locks(database) == ["case/7"] * 3
    upgrade(database.url)
